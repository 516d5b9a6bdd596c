/** A feature of one command for fault stories: 跑腿 does what the story says, inside the transaction. */
import type { PersonCtx } from '../../src/engine/context.ts'
import { command, defineFeature, type Feature } from '../../src/engine/feature.ts'

/** @param run what happens when somebody says 跑腿; when it resolves, they read 跑完了 */
export function errandThat(run: (ctx: PersonCtx) => Promise<void>): Feature {
  return defineFeature({
    name: 'errand',
    commands: [
      command({
        id: 'errand.run',
        names: { en: ['errand'], zh: ['跑腿'] },
        permission: 'inbox.talk',
        args: {},
        help: { line: () => '', examples: { en: [], 'zh-CN': [] } },
        async run(ctx) {
          await run(ctx)
          return { message: { text: '跑完了' } }
        },
      }),
    ],
  })
}
