/** Quiet hours: when they hold, when they end, and how people write them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantAt, timeOf } from '#core/calendar/civil.ts'
import { quietUntil, readQuietHours } from '#core/calendar/quiet-hours.ts'

const NIGHT = { from: '22:00', until: '08:00' }
const SHANGHAI = 'Asia/Shanghai'
const at = (wall: string) => Date.parse(`${wall}+08:00`)

describe('quiet hours', () => {
  it.each([
    ['2026-09-28T21:59:59', undefined],
    ['2026-09-28T22:00:00', '2026-09-29T08:00:00'],
    ['2026-09-29T00:00:00', '2026-09-29T08:00:00'],
    ['2026-09-29T07:59:59', '2026-09-29T08:00:00'],
    ['2026-09-29T08:00:00', undefined],
  ])('over midnight, at %s, end at %s', (now, end) => {
    expect(quietUntil(NIGHT, SHANGHAI, at(now))).toBe(end === undefined ? undefined : at(end))
  })

  it('are those of the person’s own zone', () => {
    expect(quietUntil(NIGHT, 'Europe/London', at('2026-09-28T22:30:00'))).toBeUndefined()
    expect(quietUntil(NIGHT, 'Europe/London', Date.parse('2026-09-28T22:30:00+01:00'))).toBe(
      Date.parse('2026-09-29T08:00:00+01:00'),
    )
  })

  it('end later than now, at the time that was said, and are over then; without them nobody waits', () => {
    const minute = fc.integer({ min: 0, max: 1_439 })
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.constantFrom(SHANGHAI, 'Europe/London', 'America/New_York', 'Australia/Lord_Howe'),
        fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-12-31T00:00:00Z') }),
        (from, until, zone, now) => {
          fc.pre(from !== until)
          const hours = { from: timeOf(from), until: timeOf(until) }
          const end = quietUntil(hours, zone, now)
          const holds = (date: string, next: string) =>
            instantAt(date, from, zone) <= now && now < instantAt(from < until ? date : next, until, zone)
          const day = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 10)
          const days = [-2, -1, 0, 1].map((n) => [day(n), day(n + 1)] as const)
          expect(end !== undefined).toBe(days.some(([date, next]) => holds(date, next)))
          if (end === undefined) return
          expect(end).toBeGreaterThan(now)
          expect(end - now).toBeLessThanOrEqual(25 * 3_600_000)
          expect(quietUntil(hours, zone, end)).toBeUndefined()
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each([
    ['22:00-08:00', '22:00', '08:00'],
    ['22:00-8:00', '22:00', '08:00'],
    ['22 - 8', '22:00', '08:00'],
    ['２２：００～８：００', '22:00', '08:00'],
    ['22:30 to 7:15', '22:30', '07:15'],
    ['from 10pm to 7:30am', '22:00', '07:30'],
    ['晚上10点到早上8点', '22:00', '08:00'],
    ['晚上10點半到次日早上8點', '22:30', '08:00'],
    ['从晚上12点到早上6点', '00:00', '06:00'],
    ['中午12点至下午2点', '12:00', '14:00'],
    ['12pm-2pm', '12:00', '14:00'],
    ['22-24', '22:00', '00:00'],
  ])('are read from “%s”', (said, from, until) => {
    expect(readQuietHours(said)).toEqual({ from, until })
  })

  it.each(['', '很久', '22:00', '22:00-22:00', '25:00-08:00', '22:70-08:00', '22:00-08:00 吧', '今晚'])(
    'are not read from “%s”',
    (said) => {
      expect(readQuietHours(said)).toBeUndefined()
    },
  )
})
