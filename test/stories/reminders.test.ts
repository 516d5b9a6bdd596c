/** Reminders of meetings: on time, not on days off, moved where the policy says so, late with a word, or left out with a reason. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { rowsOf, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
const REMINDER = /部门例会将于30分钟后开始/

/** The weekly meeting of 物业客服部: Fridays at 16:00. */
const property = (startsAt: string, policy = '') => open({ on: 'simulator', presets: ['pm_cs_000'], startsAt, policy })
const LAST_WORKING_DAY = `meetings:
  series:
    weekly: { rule: { every: week, weekday: fri, at: '16:00', onDayOff: last-working-day } }
`

const inChannel = async (spruce: Department, what = /部门例会/) =>
  (await spruce.stage.shown('A1')).filter(({ room, words }) => room === 'channel' && what.test(words))
const occurrences = () =>
  rowsOf<{ due: Date; state: string; reason: string | null }>(
    test.db,
    `SELECT due_at AS due, state, reason FROM occurrence WHERE schedule = 'meetings.weekly' ORDER BY due_at`,
  )

describe('the weekly meeting on Friday at 16:00', () => {
  it('MEET-04: the channel is reminded at 15:30, not before, with the time and who leads', async () => {
    const spruce = await property('2026-10-16T09:00:00+08:00')
    await spruce.until('2026-10-16T15:29:55+08:00')
    expect(await inChannel(spruce)).toEqual([])
    await spruce.until('2026-10-16T15:30:00+08:00')
    const [reminder, ...more] = await inChannel(spruce, REMINDER)
    expect(more).toEqual([])
    expect(reminder?.words).toMatch(/10月16日（周五）16:00[\s\S]*客服部主任/)
    await spruce.until('2026-10-23T15:30:00+08:00')
    expect(await inChannel(spruce, REMINDER)).toHaveLength(2)
  })

  it('MEET-04: nothing comes on a Friday off: not on National Day, not at Mid-Autumn', async () => {
    const spruce = await property('2026-09-21T09:00:00+08:00')
    await spruce.until('2026-10-09T15:29:55+08:00')
    expect(await inChannel(spruce)).toEqual([])
    await spruce.until('2026-10-09T15:30:00+08:00')
    expect(await inChannel(spruce, REMINDER)).toHaveLength(1)
    expect((await occurrences()).map(({ due }) => due.toISOString())).toEqual(['2026-10-09T07:30:00.000Z'])
  })

  it('MEET-04: held on the last working day instead where the policy says so: Thursday before Mid-Autumn, Wednesday before National Day', async () => {
    const spruce = await property('2026-09-21T09:00:00+08:00', LAST_WORKING_DAY)
    await spruce.until('2026-09-24T15:29:55+08:00')
    expect(await inChannel(spruce)).toEqual([])
    await spruce.until('2026-09-24T15:30:00+08:00')
    expect((await inChannel(spruce, REMINDER)).map(({ words }) => /9月24日（周四）16:00/.test(words))).toEqual([true])
    await spruce.until('2026-09-30T15:29:55+08:00')
    expect(await inChannel(spruce)).toHaveLength(1)
    await spruce.until('2026-09-30T15:30:00+08:00')
    expect(await inChannel(spruce)).toHaveLength(2)
  })
})

describe('after a sleep', () => {
  const asleepUntil = async (instant: string) => {
    const spruce = await property('2026-10-16T15:00:00+08:00')
    await spruce.until('2026-10-16T15:20:00+08:00')
    spruce.clock.set(Date.parse(instant))
    await spruce.restart()
    await spruce.settle()
    return spruce
  }

  it('from 15:20 to 15:50 the reminder comes late, says so, and counts the minutes that are left', async () => {
    const spruce = await asleepUntil('2026-10-16T15:50:00+08:00')
    const [late, ...more] = await inChannel(spruce)
    expect(more).toEqual([])
    expect(late?.words).toMatch(/补发：部门例会将于10分钟后开始/)
    expect(late?.words).toMatch(/原定 10月16日（周五）15:30 发送，现补发/)
    expect((await occurrences()).map(({ state }) => state)).toEqual(['late'])
    await spruce.settle()
    expect(await inChannel(spruce)).toHaveLength(1)
  })

  it('at 16:00 it is still said that the meeting begins', async () => {
    const spruce = await asleepUntil('2026-10-16T16:00:00+08:00')
    expect((await inChannel(spruce)).map(({ words }) => /补发：部门例会现在开始/.test(words))).toEqual([true])
  })

  it('beyond 16:00 nothing is said any more, and the list says why', async () => {
    const spruce = await asleepUntil('2026-10-16T16:00:01+08:00')
    expect(await inChannel(spruce)).toEqual([])
    expect(await occurrences()).toEqual([
      { due: new Date('2026-10-16T15:30:00+08:00'), state: 'skipped', reason: 'stale' },
    ])
    await spruce.until('2026-10-23T15:30:00+08:00')
    expect(await inChannel(spruce, REMINDER)).toHaveLength(1)
  })
})

describe('the demonstration', () => {
  it('MEET-10: the monthly meeting is on the Friday before the 25th, which a Friday the 25th is not', async () => {
    const spruce = await open({ on: 'simulator', demonstration: true, startsAt: '2026-12-14T09:00:00+08:00' })
    // 25 December 2026 is a Friday: the one strictly before it is the 18th.
    await spruce.until('2026-12-18T13:59:55+08:00')
    const seen = async () => (await spruce.stage.shown('YS006')).filter(({ words }) => /月度服务质量会/.test(words))
    expect(await seen()).toEqual([])
    await spruce.until('2026-12-18T14:00:00+08:00')
    expect(
      (await seen()).map(({ words }) => /月度服务质量会将于1小时后开始[\s\S]*12月18日（周五）15:00/.test(words)),
    ).toEqual([true])
    await spruce.until('2026-12-25T18:00:00+08:00')
    expect(await seen()).toHaveLength(1)
  })
})
