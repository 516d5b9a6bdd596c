/** The rehearsal clock: one for all processes, at real speed, moved forward and never back. */
import { describe, expect, it } from 'vitest'
import { openRehearsalClock } from '../../../src/engine/db/rehearsal-clock.ts'
import { testDatabase } from '../../support/database.ts'

const test = testDatabase({ own: true })
const START = Date.parse('2026-09-28T09:00:00+08:00')
const HOUR = 3_600_000
/** It runs on while the test does: within a minute of `instant`, and never before it. */
const shows = (now: number, instant: number) => {
  expect(now).toBeGreaterThanOrEqual(instant)
  expect(now).toBeLessThan(instant + 60_000)
}

describe('the rehearsal clock', () => {
  it('begins where it is told, and after a restart goes on from its row', async () => {
    const first = await openRehearsalClock(test.db, START)
    shows(first.now(), START)
    await first.moveTo(START + 8 * HOUR)
    shows((await openRehearsalClock(test.db, START)).now(), START + 8 * HOUR)
  })

  it('is never moved back, neither by an instant that has passed nor by another process that is slower', async () => {
    const here = await openRehearsalClock(test.db, START)
    const there = await openRehearsalClock(test.second, START)
    await here.moveTo(START + 2 * HOUR)
    await there.moveTo(START + HOUR)
    shows(there.now(), START + 2 * HOUR)
    await here.moveTo(START)
    shows(here.now(), START + 2 * HOUR)
  })

  it('is moved as far as the farthest of two who move it at once', async () => {
    const clocks = [await openRehearsalClock(test.db, START), await openRehearsalClock(test.second, START)]
    await Promise.all(clocks.map((clock, n) => clock.moveTo(START + (n + 1) * HOUR)))
    for (const clock of clocks) {
      await clock.refresh()
      shows(clock.now(), START + 2 * HOUR)
    }
  })

  it('moved by another process is followed at the next look', async () => {
    const here = await openRehearsalClock(test.db, START)
    const there = await openRehearsalClock(test.second, START)
    await here.moveTo(START + HOUR)
    shows(there.now(), START)
    await there.refresh()
    shows(there.now(), START + HOUR)
  })
})
