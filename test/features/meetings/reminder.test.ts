/** MEET-04: the channel is told half an hour before the weekly meeting, on days on which it is held, once, and never after it has begun. */
import { describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../../src/core/clock.ts'
import { presenceFor } from '../../../src/engine/presence/presence.ts'
import { testDatabase } from '../../support/database.ts'
import { departmentAt, hire, policyOf, WEEKLY, ZONE } from './support.ts'

const test = testDatabase()
const time = (instant: number) => new Date(instant + 8 * 60 * MINUTE_MS).toISOString().slice(5, 16).replace('T', ' ')
const moved = { ...WEEKLY, rule: { every: 'week', weekday: 'fri', at: '16:00', onDayOff: 'last-working-day' } }

describe('the Friday meeting', () => {
  it('is announced half an hour before, in the channel, in both languages', async () => {
    await hire(test.db, 1, '周敏', { roles: ['head'] })
    const { passUntil, said, trouble } = await departmentAt(
      test.db,
      '2026-10-09T15:00:00+08:00',
      policyOf({ weekly: WEEKLY }),
    )
    await passUntil('2026-10-09T15:29:00+08:00')
    expect(said).toEqual([])
    await passUntil('2026-10-09T17:00:00+08:00')
    expect(said.map(({ key, to, text }) => ({ key, to, text }))).toEqual([
      {
        key: `meetings.reminder:weekly:${Date.parse('2026-10-09T15:30:00+08:00')}`,
        to: { channel: 'department' },
        text: {
          'zh-CN': '部门例会将于30分钟后开始\n时间: 10月9日（周五）16:00\n主持: 客服部主任：周敏',
          'zh-TW': '部門例會將於30分鐘後開始\n時間: 10月9日（週五）16:00\n主持: 客服部主任：周敏',
          en: 'Department meeting starts in 30 min\nTime: Fri 9 Oct, 16:00\nChair: Head of customer service: 周敏',
        },
      },
    ])
    expect(trouble).toEqual([])
  })

  it.each([
    ['Mid-Autumn, a day off, by default', WEEKLY, '2026-09-21', '2026-09-28', []],
    ['Mid-Autumn, moved to the last working day', moved, '2026-09-21', '2026-09-28', ['09-24 15:30']],
    ['National Day, by default', WEEKLY, '2026-09-28', '2026-10-05', []],
    ['National Day, moved to the last working day', moved, '2026-09-28', '2026-10-05', ['09-30 15:30']],
    ['an ordinary Friday before a make-up Saturday', WEEKLY, '2026-10-05', '2026-10-12', ['10-09 15:30']],
    ['the same, where only a Friday off moves', moved, '2026-10-05', '2026-10-12', ['10-09 15:30']],
  ])('%s', async (_, series, from, until, expected) => {
    const start = `${from}T00:00:00+08:00`
    const { schedules, clock, ring, said } = await departmentAt(test.db, start, policyOf({ weekly: series }))
    const end = Date.parse(`${until}T00:00:00+08:00`)
    const announced: string[] = []
    // From one instant that something is due to the next, and every midnight between.
    for (let day = Date.parse(start) + 24 * 60 * MINUTE_MS; day <= end; day += 24 * 60 * MINUTE_MS) {
      const next = schedules.nextDueAt(clock.now()) ?? end
      for (const instant of next < day ? [next, day] : [day]) {
        clock.set(instant)
        const before = said.length
        await ring()
        if (said.length > before) announced.push(time(instant))
      }
    }
    expect(announced).toEqual(expected)
    expect(schedules.preview(Date.parse(start), end).map(({ at }) => time(at))).toEqual(expected)
  })

  it('is announced late, with the minutes that are left, when the bot was away at the time', async () => {
    const { clock, ring, said } = await departmentAt(test.db, '2026-10-09T15:00:00+08:00', policyOf({ weekly: WEEKLY }))
    clock.set(Date.parse('2026-10-09T15:47:30+08:00'))
    await ring()
    expect(said.map(({ text }) => text)).toEqual([
      {
        'zh-CN':
          '补发：部门例会将于13分钟后开始\n时间: 10月9日（周五）16:00\n主持: 客服部主任\n这条提醒原定 10月9日（周五）15:30 发送，现补发。',
        'zh-TW':
          '補發：部門例會將於13分鐘後開始\n時間: 10月9日（週五）16:00\n主持: 客服部主任\n這條提醒原定 10月9日（週五）15:30 傳送，現補發。',
        en:
          'Late: Department meeting starts in 13 min\nTime: Fri 9 Oct, 16:00\nChair: Head of customer service\n' +
          'This reminder was due on Fri 9 Oct, 15:30 and comes late.',
      },
    ])
  })

  it('is announced as starting now at the last moment, and not at all once it has begun', async () => {
    const start = '2026-10-09T15:00:00+08:00'
    const inTime = await departmentAt(test.db, start, policyOf({ weekly: WEEKLY }))
    inTime.clock.set(Date.parse('2026-10-09T16:00:00+08:00'))
    await inTime.ring()
    expect(inTime.said[0]?.text.en).toMatch(/^Late: Department meeting starts now\n/)
    expect(inTime.said[0]?.text['zh-CN']).toMatch(/^补发：部门例会现在开始\n/)
    const tooLate = await departmentAt(test.db, '2026-10-16T15:00:00+08:00', policyOf({ weekly: WEEKLY }))
    tooLate.clock.set(Date.parse('2026-10-16T16:00:01+08:00'))
    expect((await tooLate.tick()).skipped).toMatchObject([{ schedule: 'meetings.weekly', reason: 'stale' }])
    await tooLate.ring()
    expect(tooLate.said).toEqual([])
  })

  it('is left out, and the audit log says so, when its job comes to run after the beginning', async () => {
    const { clock, tick, runner, said } = await departmentAt(
      test.db,
      '2026-10-09T15:00:00+08:00',
      policyOf({ weekly: WEEKLY }),
    )
    clock.set(Date.parse('2026-10-09T15:30:00+08:00'))
    await tick()
    clock.set(Date.parse('2026-10-09T16:00:01+08:00'))
    expect(await runner.pump()).toBe(1)
    expect(said).toEqual([])
    const lines = await test.db.transact('people', ({ sql }) => sql('SELECT action, subject, data FROM audit_line'))
    const [due, startsAt] = ['15:30', '16:00'].map((at) => Date.parse(`2026-10-09T${at}:00+08:00`))
    expect(lines).toEqual([
      { action: 'meetings.reminder-left-out', subject: 'meeting:weekly', data: { due, startsAt, reason: 'begun' } },
    ])
  })

  it('after three days asleep over a Friday says nothing of it', async () => {
    const { clock, ring, passUntil, said } = await departmentAt(
      test.db,
      '2026-10-09T15:00:00+08:00',
      policyOf({ weekly: WEEKLY }),
    )
    clock.set(Date.parse('2026-10-12T09:00:00+08:00'))
    await ring()
    expect(said).toEqual([])
    clock.set(Date.parse('2026-10-16T15:25:00+08:00'))
    await passUntil('2026-10-16T15:35:00+08:00')
    expect(said).toHaveLength(1)
  })

  it('follows a new policy from then on, and catches up nothing for it', async () => {
    const department = await departmentAt(test.db, '2026-10-09T15:00:00+08:00', policyOf({}))
    const { clock, passUntil, change, said } = department
    clock.set(Date.parse('2026-10-09T15:40:00+08:00'))
    await change(policyOf({ weekly: WEEKLY }, {}, 2))
    await passUntil('2026-10-09T16:10:00+08:00')
    expect(said).toEqual([])
    await change(policyOf({ weekly: { ...WEEKLY, rule: { every: 'week', weekday: 'fri', at: '17:00' } } }, {}, 3))
    await passUntil('2026-10-09T17:00:00+08:00')
    expect(said.map(({ text }) => text.en.split('\n')[1])).toEqual(['Time: Fri 9 Oct, 17:00'])
  })
})

describe('who leads it', () => {
  const friday = '2026-10-09T15:29:00+08:00'
  async function chairIn(policy = policyOf({ weekly: WEEKLY })) {
    const { passUntil, said } = await departmentAt(test.db, friday, policy)
    await passUntil('2026-10-09T15:31:00+08:00')
    const [first] = said
    const card = first?.draw({ locale: 'zh-CN', zone: ZONE }).card
    return { text: first?.text['zh-CN'].split('\n')[2], value: card?.fields?.[1]?.value }
  }

  it('is called by name; who is away at that time is named and not called, and nobody learns why', async () => {
    const present = await hire(test.db, 1, '周敏', { roles: ['head'] })
    const away = await hire(test.db, 2, '韩磊', { roles: ['head'] })
    await hire(test.db, 3, '离职', { roles: ['head'], active: false })
    await test.db.transact('people', (tx) =>
      presenceFor(tx, policyOf({}).calendar).set('leave', '1', [
        {
          personId: away,
          kind: 'away',
          from: Date.parse('2026-10-09T13:00:00+08:00'),
          until: Date.parse('2026-10-09T18:00:00+08:00'),
        },
      ]),
    )
    expect(await chairIn()).toEqual({
      text: '主持: 客服部主任：周敏、韩磊（届时不在）',
      value: ['客服部主任：', { person: present, name: '周敏' }, '、', '韩磊（届时不在）'],
    })
  })

  it('is the head nearest to the department of the channel; without one, whoever holds the role', async () => {
    await hire(test.db, 1, '中心主任', { roles: ['head'], department: 'centre' })
    await hire(test.db, 2, '人事主任', { roles: ['head'], department: 'hr' })
    expect((await chairIn()).text).toBe('主持: 客服部主任：中心主任')
    const anywhere = policyOf(
      { weekly: { ...WEEKLY, rule: { every: 'week', weekday: 'fri', at: '16:00' } } },
      {},
      1,
      {},
    )
    await test.db.transact('people', ({ sql }) => sql('TRUNCATE schedule_mark, occurrence, job'))
    expect((await chairIn(anywhere)).text).toBe('主持: 客服部主任：中心主任、人事主任')
  })

  it('names five of many and counts the rest', async () => {
    for (let n = 1; n <= 7; n++) await hire(test.db, n, `主任${n}`, { roles: ['head'] })
    expect((await chairIn()).text).toBe('主持: 客服部主任：主任1、主任2、主任3、主任4、主任5，另有2人')
  })

  it('is left out when the policy names nobody', async () => {
    const { chair: _, ...unled } = WEEKLY
    expect(await chairIn(policyOf({ weekly: unled }))).toEqual({ text: undefined, value: undefined })
  })
})
