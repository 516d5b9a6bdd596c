/** A full disk under the embedded database: the process ends and says so, and nothing that was acknowledged is missing afterwards. */
import path from 'node:path'
import { afterEach, expect, inject, it } from 'vitest'
import { openEmbedded } from '../../src/engine/db/open.ts'
import { type FakeSlack, startFakeSlack } from '../adapters/slack/fake.ts'
import { type Child, home, startChild } from '../support/child.ts'
import { makeData } from '../support/data-folder.ts'
import { rowsOf } from '../support/story.ts'

const PATIENCE_MS = 240_000
const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** Slack goes on delivering; what was not acknowledged it will bring again. @returns what was acknowledged */
async function untilItEnds(slack: FakeSlack, child: Child): Promise<readonly string[]> {
  const taken: string[] = []
  for (let n = 0; n < 2_000 && !child.hasEnded; n++) {
    const ts = `${1_800_000_000 + n}.000100`
    const answered = await child
      .call(slack.message({ user: 'UA1', text: `今天天气真好 ${'晴'.repeat(2_000)}`, ts }))
      .catch(() => undefined)
    if (answered?.status === 200) taken.push(ts)
    else if (answered === undefined) break
  }
  return taken
}

it.runIf(inject('template').kind === 'embedded')(
  'ends with code 70 and a clear line; when there is room again it opens, and every acknowledged event is there',
  async () => {
    const slack = await startFakeSlack()
    const { env, folder, remove } = home(slack)
    await makeData(folder)
    const child = await startChild(env)
    open.push({
      async close() {
        child.kill()
        await child.ended
        await slack.close()
        remove()
      },
    })
    await child.fillDisk()
    const taken = await untilItEnds(slack, child)
    expect(await child.ended).toBe('70')
    expect(child.log).toMatch(/the embedded database cannot go on \(is the disk full\?\)/)
    const db = await openEmbedded(path.join(folder, 'data', 'db'), () => {})
    open.push(db)
    const kept = await rowsOf<{ ts: string }>(db, 'SELECT message_id AS ts FROM inbox ORDER BY id')
    const there = new Set(kept.map(({ ts }) => ts))
    expect(taken.filter((ts) => !there.has(ts))).toEqual([])
    await rowsOf(db, `UPDATE inbox SET last_error = 'it can be written to again'`)
  },
  PATIENCE_MS,
)
