/** What is not answered: reminded in the approver's own working time, to the minute, then handed on, and closed everywhere at once. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { peopleWith } from '../support/spruce.ts'
import { auditOf, leaveStates, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
const REMINDED = /还在等你审批/

async function asksAt(spruce: Department, instant: string) {
  await spruce.until(instant)
  await spruce.someone('A1').says('请假 11月20日')
  await spruce.someone('A1').clicks('提交')
}
const reminders = (spruce: Department) => timesSeen(spruce, 'S1', REMINDED)

/** Four working hours after it was asked, by the pattern of the one who is asked. */
describe('the first reminder comes at the exact minute', () => {
  const LATE_SHIFT = `calendar:
  patterns:
    late:
      segments:
        - { half: morning, from: '11:00', to: '15:00' }
        - { half: afternoon, from: '16:00', to: '20:00' }
`
  it.each([
    ['after the lunch break', 'office', '2026-10-12T10:00', '2026-10-12T14:59', '2026-10-12T15:00'],
    ['after the night and the weekend', 'office', '2026-10-16T15:00', '2026-10-19T09:59', '2026-10-19T10:00'],
    ['after National Day', 'office', '2026-09-30T17:00', '2026-10-08T11:59', '2026-10-08T12:00'],
    ['on the make-up Saturday', 'office', '2026-10-09T17:00', '2026-10-10T11:59', '2026-10-10T12:00'],
    ['in the evening of a late shift', 'late', '2026-10-12T15:00', '2026-10-12T19:59', '2026-10-12T20:00'],
  ])('%s', async (_, pattern, asked, before, due) => {
    const spruce = await open({
      on: 'simulator',
      policy: LATE_SHIFT,
      people: peopleWith(pattern === 'late' ? { S1: { pattern } } : {}),
      startsAt: '2026-09-28T09:00:00+08:00',
    })
    await asksAt(spruce, `${asked}:00+08:00`)
    await spruce.until(`${before}:55+08:00`)
    expect(await reminders(spruce)).toBe(0)
    await spruce.until(`${due}:00+08:00`)
    expect(await reminders(spruce)).toBe(1)
  })
})

it('after two reminders the one above is asked too; their yes closes every card that was sent', async () => {
  const spruce = await open({ on: 'slack', startsAt: '2026-10-16T09:00:00+08:00' })
  const [zhou, shen, an] = [spruce.someone('S1'), spruce.someone('M2'), spruce.someone('A1')]
  await asksAt(spruce, '2026-10-16T15:00:00+08:00')
  await spruce.until('2026-10-19T14:59:55+08:00')
  expect(await reminders(spruce)).toBe(1)
  await spruce.until('2026-10-19T15:00:00+08:00')
  // One live card, however often it came: its earlier places lost their buttons.
  expect(await reminders(spruce)).toBe(1)
  expect(await auditOf(test.db, 'approval.reminded')).toHaveLength(2)
  await spruce.until('2026-10-20T09:59:55+08:00')
  await shen.doesNotSee(/安然/)
  await spruce.until('2026-10-20T10:00:00+08:00')
  await shen.sees(/安然申请请假[\s\S]*转给你审批：周敏从10月16日（周五）15:00起一直没有回应/)
  expect((await an.sees(/请假已提交/)).words).toMatch(/客服主管：等(周敏、沈静|沈静、周敏)/)
  expect((await zhou.screen()).filter(({ buttons }) => buttons.includes('同意'))).toHaveLength(1)
  expect(await auditOf(test.db, 'approval.reminded')).toHaveLength(2)
  expect(await auditOf(test.db, 'approval.handed-on')).toHaveLength(1)

  await shen.clicks('同意')
  await an.sees(/沈静已批准你的请假：11月20日/)
  for (const person of [zhou, shen]) {
    const cards = (await person.screen()).filter(({ words }) => /安然申请请假/.test(words))
    expect(cards.flatMap(({ buttons }) => buttons)).toEqual([])
    expect(cards.at(-1)?.words).toMatch(/沈静 已同意/)
  }
  await spruce.until('2026-10-30T18:00:00+08:00')
  expect(await reminders(spruce)).toBe(0)
  expect(await auditOf(test.db, 'approval.reminded')).toHaveLength(2)
})

it('the one above who does not answer either is reminded, then the fallback role is asked; nothing is ever approved by waiting', async () => {
  const spruce = await open({
    on: 'simulator',
    startsAt: '2026-10-12T09:00:00+08:00',
    policy: 'approvals: { remindAfterMinutes: 60 }',
  })
  await asksAt(spruce, '2026-10-12T09:00:00+08:00')
  await spruce.until('2026-10-30T18:00:00+08:00')
  await spruce.someone('M2').sees(/安然申请请假[\s\S]*还在等你审批/)
  expect(await auditOf(test.db, 'approval.handed-on')).toHaveLength(2)
  expect(await leaveStates(test.db)).toEqual(['pending'])
  // The last who was asked is reminded every working day: a request never waits in silence.
  await spruce.someone('M1').sees(/安然申请请假[\s\S]*还在等你审批/)
  await spruce.someone('M1').clicks('同意')
  await spruce.someone('A1').sees(/高远已批准你的请假/)
})

it('an approver who has gone on leave since is not waited for: at the time of the reminder the one above is asked', async () => {
  const spruce = await open({ on: 'simulator', startsAt: '2026-10-12T09:00:00+08:00' })
  await asksAt(spruce, '2026-10-12T09:00:00+08:00')
  await spruce.someone('S1').says('请假 今天下午')
  await spruce.someone('S1').clicks('提交')
  await spruce.someone('H1').clicks('同意', { on: /周敏申请请假/ })
  await spruce.until('2026-10-12T13:59:55+08:00')
  await spruce.someone('M2').doesNotSee(/安然/)
  await spruce.until('2026-10-12T14:00:00+08:00')
  expect(await reminders(spruce)).toBe(0)
  await spruce.someone('M2').clicks('同意', { on: /安然申请请假[\s\S]*转给你审批/ })
  await spruce.someone('A1').sees(/沈静已批准你的请假/)
})

it('withdrawing ends the reminders', async () => {
  const spruce = await open({ on: 'simulator', startsAt: '2026-10-12T09:00:00+08:00' })
  await asksAt(spruce, '2026-10-12T09:00:00+08:00')
  await spruce.someone('A1').says('撤回请假')
  await spruce.until('2026-10-13T18:00:00+08:00')
  expect(await reminders(spruce)).toBe(0)
})
