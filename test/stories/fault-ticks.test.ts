/** The bot was away when it should have spoken, or its clock was wrong: what is still of use comes late and says so, nothing comes twice. */
import { expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { rowsOf, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
/** A meeting on every working day at 16:00; the channel is reminded half an hour before. */
const DAILY = `meetings:
  series:
    daily: { name: { zh: 每日例会, en: Daily meeting }, rule: { every: working-day, at: '16:00' } }
`
const daily = (startsAt: string) => open({ on: 'simulator', startsAt, policy: DAILY })
const reminders = async (spruce: Department) =>
  (await spruce.stage.shown('A1')).filter(({ room, words }) => room === 'channel' && /每日例会/.test(words))
const occurrences = () =>
  rowsOf<{ due: string; state: string; reason: string | null }>(
    test.db,
    `SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') AS due, state, reason FROM occurrence
     WHERE schedule = 'meetings.daily' ORDER BY due_at`,
  )

it('three days asleep, and two processes that wake at once: today’s comes late with a label, the others are left out as stale', async () => {
  const spruce = await daily('2026-10-12T15:00:00+08:00')
  spruce.clock.set(Date.parse('2026-10-15T15:40:00+08:00'))
  await spruce.restart()
  const other = await spruce.anotherProcess(test.second)
  await Promise.all([spruce.app.tick(), other.tick()])
  await spruce.settle()
  expect((await reminders(spruce)).map(({ words }) => /补发：每日例会将于20分钟后开始/.test(words))).toEqual([true])
  expect(await occurrences()).toEqual([
    { due: '10-12 15:30', state: 'skipped', reason: 'stale' },
    { due: '10-13 15:30', state: 'skipped', reason: 'stale' },
    { due: '10-14 15:30', state: 'skipped', reason: 'stale' },
    { due: '10-15 15:30', state: 'late', reason: null },
  ])
})

it('a clock that is set back says nothing a second time, and goes on where it was', async () => {
  const spruce = await daily('2026-10-12T15:00:00+08:00')
  await spruce.until('2026-10-12T15:30:00+08:00')
  expect(await reminders(spruce)).toHaveLength(1)
  spruce.clock.set(Date.parse('2026-10-12T14:50:00+08:00'))
  await spruce.until('2026-10-12T15:45:00+08:00')
  expect(await reminders(spruce)).toHaveLength(1)
  await spruce.until('2026-10-13T15:30:00+08:00')
  expect(await reminders(spruce)).toHaveLength(2)
  expect((await occurrences()).map(({ due, state }) => `${due} ${state}`)).toEqual([
    '10-12 15:30 queued',
    '10-13 15:30 queued',
  ])
})
