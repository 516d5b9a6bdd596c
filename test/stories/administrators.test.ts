/** Administrators are told: what could not be said, what could not be done, what has to be done before the year ends. */
import { describe, expect, it } from 'vitest'
import { checkedPolicy } from '../../src/files.ts'
import { testDatabase } from '../support/database.ts'
import type { Department, Where } from '../support/department.ts'
import { errandThat } from '../support/errand.ts'
import { rowsOf, stories, timesSeen } from '../support/story.ts'
import { YEAR_2027 } from '../support/year-2027.ts'

const test = testDatabase()
const open = stories(test)

/** H1 is the administrator of the department. */
const told = (spruce: Department, what: RegExp) => timesSeen(spruce, 'H1', what)
const minutesLater = (spruce: Department, minutes: number) =>
  spruce.until(new Date(spruce.clock.now() + minutes * 60_000).toISOString())

/** Fails until it is mended. */
const errand = (state: { broken: boolean }) =>
  errandThat(async () => {
    if (state.broken) throw new Error('the errand broke')
  })

describe.each<Where>(['simulator', 'slack'])('on %s', (on) => {
  it('what somebody asked for fails again and again: the administrator is told once, with what to type, and once when it is over', async () => {
    const state = { broken: true }
    const spruce = await open({ on, moreFeatures: [errand(state)] })
    await spruce.someone('A1').says('跑腿')
    await minutesLater(spruce, 5)
    expect(await told(spruce, /有人交办的事没办成/)).toBe(1)
    await spruce.someone('H1').sees(/有 1 件事试了几次都没成[\s\S]*E1[\s\S]*npm run ops -- inbox retry ID/)
    // Nobody else hears of it, and more of the same says nothing new.
    await spruce.someone('S1').doesNotSee(/交办的事/)
    await spruce.someone('A2').says('跑腿')
    await minutesLater(spruce, 30)
    expect(await told(spruce, /有人交办的事没办成/)).toBe(1)
    state.broken = false
    await test.db.transact('work', ({ sql }) =>
      sql(`UPDATE inbox SET state = 'received', attempts = 0, due_at = $1 WHERE state = 'parked'`, [
        new Date(spruce.clock.now()),
      ]),
    )
    await minutesLater(spruce, 20)
    await spruce.someone('A1').sees(/跑完了/)
    // The first card says that it is over, and a message of its own does.
    expect(await told(spruce, /已恢复：有人交办的事没办成/)).toBe(2)
    await minutesLater(spruce, 120)
    expect(await told(spruce, /有人交办的事没办成/)).toBe(2)
  })
})

describe('the days off of the next year', () => {
  it('are asked for on 1 November, not before, and the administrator hears when they are known', async () => {
    const spruce = await open({ on: 'simulator', startsAt: '2026-10-31T09:00:00+08:00' })
    await spruce.until('2026-10-31T23:59:00+08:00')
    expect(await told(spruce, /放假安排/)).toBe(0)
    await spruce.until('2026-11-01T00:00:00+08:00')
    await spruce.someone('H1').sees(/2027 年的放假安排还没有录入[\s\S]*11月1日（周日）00:00/)
    await spruce.until('2026-11-04T09:00:00+08:00')
    expect(await told(spruce, /放假安排/)).toBe(1)
    const { content } = spruce.app.policy.current()
    const text = JSON.stringify({
      ...content.sections,
      calendar: { years: [YEAR_2027] },
    })
    const next = await checkedPolicy({ name: 'policy.yaml', text })
    await test.db.transact('people', (tx) => spruce.app.policy.apply(tx, next, 'story', spruce.clock.now()))
    await minutesLater(spruce, 15)
    await spruce.someone('H1').sees(/^已恢复：2027 年的放假安排还没有录入/)
  })
})

describe('a room that is not there', () => {
  it('the reminder that found no room is told to the room of the administrators; let be, it is over', async () => {
    const policy = `
channels:
  ops: { name: { zh: 运维群, en: Operations }, simulator: cs }
  lost: { name: { zh: 无, en: Lost }, wecom: nowhere }
administration: { channel: ops }
meetings:
  series:
    daily:
      name: { zh: 晨会, en: Stand-up }
      rule: { every: working-day, at: '09:30' }
      channel: lost
`
    const spruce = await open({ on: 'simulator', policy })
    await spruce.until('2026-09-29T09:05:00+08:00')
    const inRoom = async () =>
      (await spruce.stage.shown('A1')).filter(({ room, words }) => room === 'channel' && /找不到该发给谁/.test(words))
        .length
    expect(await inRoom()).toBe(1)
    expect(await told(spruce, /找不到该发给谁/)).toBe(1)
    await spruce.until('2026-09-30T09:30:00+08:00')
    expect(await inRoom()).toBe(1)
    await test.db.transact('work', ({ sql }) => sql(`UPDATE outbox SET state = 'dropped' WHERE state = 'dead'`))
    await minutesLater(spruce, 15)
    expect(await inRoom()).toBe(2)
    expect(await rowsOf(test.db, 'SELECT 1 FROM alert WHERE closed_at IS NULL')).toEqual([])
  })
})
