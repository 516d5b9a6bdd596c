/** Platforms deliver again, late, and in another order: each thing happens once, and what comes too early or too late is said so. */
import { expect, it } from 'vitest'
import type { RawRequest } from '../../src/core/platform.ts'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import type { LarkStage } from '../support/stage-lark.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import type { WecomStage } from '../support/stage-wecom.ts'
import { auditOf, countOf, expectQuiet, leaveStates, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
const slackOf = (spruce: Department) => spruce.stage as SlackStage
const DRAFT = /请假：请核对/

it('three times at once, a minute later, seven hours later and after a restart: one request, one reply', async () => {
  const spruce = await open({ on: 'slack' })
  const { slack, call } = slackOf(spruce)
  const request = slack.message({ user: 'UA1', text: '请假 10月12日' })
  const answers = await Promise.all([call(request), call(request), call(request)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await spruce.settle()
  for (const later of ['2026-09-28T09:01:00+08:00', '2026-09-28T16:00:00+08:00']) {
    await spruce.until(later)
    expect((await call(request)).status).toBe(200)
    await spruce.settle()
  }
  await spruce.restart()
  expect((await call(request)).status).toBe(200)
  await spruce.settle()
  expect(await timesSeen(spruce, 'A1', DRAFT)).toBe(1)
  expect([await countOf(test.db, 'inbox'), await countOf(test.db, 'leave_request')]).toEqual([1, 1])
  expectQuiet(spruce)
})

it('as Lark repeats what was not acknowledged, after 15 seconds, 5 minutes, an hour and six, encrypted and signed anew: one request, one reply', async () => {
  const spruce = await open({ on: 'lark' })
  const { lark, call } = spruce.stage as LarkStage
  const body = lark.message({ user: 'ou_A1', text: '请假 10月12日', id: 'om_repeated' })
  expect((await call(body)).status).toBe(200)
  await spruce.settle()
  for (const later of ['09:00:15', '09:05:15', '10:05:15', '16:05:15']) {
    await spruce.until(`2026-09-28T${later}+08:00`)
    expect((await call(body)).status).toBe(200)
    await spruce.settle()
  }
  expect(await timesSeen(spruce, 'A1', DRAFT)).toBe(1)
  expect([await countOf(test.db, 'inbox'), await countOf(test.db, 'leave_request')]).toEqual([1, 1])
  expectQuiet(spruce)
})

it('as WeCom repeats, three times, encrypted and signed anew, a text and then a press on its card: one request, sent once', async () => {
  const spruce = await open({ on: 'wecom' })
  const { wecom, call } = spruce.stage as WecomStage
  const repeats = async (make: () => RawRequest) => {
    for (let time = 0; time < 4; time++) {
      expect((await call(make())).status).toBe(200)
      await spruce.settle()
      spruce.clock.advance(5_000)
    }
  }
  await repeats(() => wecom.text('w-a1', '请假 10月12日', '4711'))
  expect(await countOf(test.db, 'leave_request')).toBe(1)
  const card = wecom.posted().findLast((posted) => posted.card !== undefined)
  if (!card) throw new Error('A1 has no card')
  const code = wecom.state.newCode(card.taskId ?? '', card.room)
  const press = { ...card }
  await repeats(() => wecom.press(press, '提交', code))
  expect(await leaveStates(test.db)).toEqual(['pending'])
  expect(await countOf(test.db, 'inbox')).toBe(2)
  expectQuiet(spruce)
})

it('a click that comes three times, on two processes: one decision, told once', async () => {
  const spruce = await open({ on: 'slack' })
  const other = await spruce.anotherProcess(test.second)
  await spruce.someone('A1').says('请假 10月12日')
  await spruce.someone('A1').clicks('提交')
  const { slack, platform } = slackOf(spruce)
  const [card] = slack.posted().filter(({ channel }) => channel === slack.rooms.direct('US1'))
  if (!card) throw new Error('S1 has no card')
  const click = slack.click({ user: 'US1', on: card, label: '同意' })
  const on = (process: typeof other) => platform.receive(click, (event) => process.deliver(platform, event))
  await Promise.all([on(spruce.app), on(other), on(spruce.app)])
  await spruce.settle()
  await on(other)
  await spruce.settle()
  expect(await leaveStates(test.db)).toEqual(['approved'])
  expect(await auditOf(test.db, 'approval.approved')).toHaveLength(1)
  expect(await timesSeen(spruce, 'A1', /已批准你的请假/)).toBe(1)
  await spruce.someone('S1').doesNotSee(/已经处理过了/)
  expectQuiet(spruce)
})

it('an edit and a deletion that come before the message they are about do nothing, and the message is acted on as it was sent', async () => {
  const spruce = await open({ on: 'slack' })
  const { slack, call } = slackOf(spruce)
  const ts = '1900000500.000100'
  const [before, after] = ['请假 10月12日', '请假 10月13日']
  await call(slack.edit({ user: 'UA1', ts, before, after }))
  await call(slack.remove({ user: 'UA1', ts, before: after }))
  await spruce.settle()
  expect(await countOf(test.db, 'leave_request')).toBe(0)
  await call(slack.message({ user: 'UA1', ts, text: before }))
  await spruce.settle()
  await spruce.someone('A1').sees(/10月12日（周一）/)
  expect(await leaveStates(test.db)).toEqual(['draft'])
  expectQuiet(spruce)
})

it('two messages in the wrong order are acted on in the order in which they came', async () => {
  const spruce = await open({ on: 'slack' })
  const { slack, call } = slackOf(spruce)
  const first = slack.message({ user: 'UA1', ts: '1900000500.000100', text: '请假 10月12日' })
  const second = slack.message({ user: 'UA1', ts: '1900000501.000100', text: '改成10月14日' })
  await call(second)
  await call(first)
  await spruce.settle()
  await spruce.someone('A1').sees(/10月12日（周一）/)
  expect(await leaveStates(test.db)).toEqual(['draft'])
  expectQuiet(spruce)
})
