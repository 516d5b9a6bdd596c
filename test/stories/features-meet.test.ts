/** Features meet through events and questions: in the same transaction, without knowing each other. */
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { rest } from '../../src/core/command-args.ts'
import { contract } from '../../src/core/contract.ts'
import type { Question } from '../../src/engine/context.ts'
import { answerTo, command, defineFeature, subscription } from '../../src/engine/feature.ts'
import { LeaveDecided } from '../../src/features/leave/events.ts'
import { testDatabase } from '../support/database.ts'
import { type Department, department } from '../support/department.ts'

const test = testDatabase()
let open: Department | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})
const decisions = () =>
  test.db.transact('people', ({ sql }) => sql<{ state: string }>('SELECT state FROM leave_request ORDER BY id'))

it('a feature hears of a decision in the transaction of that decision', async () => {
  const heard: unknown[] = []
  const listener = defineFeature({
    name: 'listener',
    on: [
      subscription({
        on: LeaveDecided,
        async run(ctx, facts) {
          heard.push(facts)
          await ctx.audit('listener.heard', `leave:${facts.requestId}`)
        },
      }),
    ],
  })
  open = await department({ on: 'simulator', db: test.db, moreFeatures: [listener] })
  const [an, zhou] = [open.someone('A1'), open.someone('S1')]
  await an.says('请假 10月12日')
  await an.clicks('提交')
  expect(heard).toEqual([])
  await zhou.clicks('同意')
  expect(heard).toEqual([expect.objectContaining({ approved: true, from: '2026-10-12', to: '2026-10-12' })])
  const lines = await test.db.transact('people', ({ sql }) =>
    sql(`SELECT subject FROM audit_line WHERE action = 'listener.heard'`),
  )
  expect(lines).toHaveLength(1)
})

it('what a listener cannot do undoes the decision with it, and both happen together when it can', async () => {
  let able = false
  const listener = defineFeature({
    name: 'listener',
    on: [
      subscription({
        on: LeaveDecided,
        async run() {
          if (!able) throw new Error('the listener is not ready')
        },
      }),
    ],
  })
  open = await department({ on: 'simulator', db: test.db, moreFeatures: [listener] })
  await open.someone('A1').says('请假 10月12日')
  await open.someone('A1').clicks('提交')
  await open.someone('S1').clicks('同意')
  expect(await decisions()).toEqual([{ state: 'pending' }])
  await open.someone('S1').sees(/编号 E\d+/)
  able = true
  open.clock.advance(10_000)
  await open.settle()
  expect(await decisions()).toEqual([{ state: 'approved' }])
  await open.someone('A1').sees(/已批准/)
})

it('a question collects the lines of every feature that answers it', async () => {
  const Impact: Question<z.ZodObject<{ what: z.ZodString }>, string> = {
    name: 'test.impact',
    about: z.object({ what: z.string() }),
  }
  const Said = contract('test.said', z.strictObject({}))
  const answering = (name: string, line: string) =>
    defineFeature({ name, answers: [answerTo({ to: Impact, run: async (_, { what }) => [`${line} ${what}`] })] })
  const asker = defineFeature({
    name: 'asker',
    commands: [
      command({
        id: Said.name,
        names: { en: ['impact'], zh: ['影响'] },
        permission: 'leave.request',
        args: { what: rest(50) },
        help: { line: () => '', examples: { en: [], 'zh-CN': [] } },
        run: async (ctx, { what }) => ({ message: { text: (await ctx.ask(Impact, { what })).join(' | ') } }),
      }),
    ],
  })
  open = await department({
    on: 'simulator',
    db: test.db,
    moreFeatures: [asker, answering('one', '早班缺'), answering('two', '投诉')],
  })
  await open.someone('A1').says('影响 周三')
  await open.someone('A1').sees(/早班缺 周三 \| 投诉 周三/)
})
