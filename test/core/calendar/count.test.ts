/** What a stretch of days amounts to, half by half, and where n halves end. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, compareDates, eachDay, weekday } from '#core/calendar/civil.ts'
import { countDays, type Span, spanOf } from '#core/calendar/count.ts'
import { workCalendar } from '#core/calendar/days.ts'
import { DEFAULT_PATTERN, type WorkingPattern } from '#core/calendar/pattern.ts'
import type { HalfDay } from '#core/command-args.ts'

const name = { 'zh-CN': '半天', en: 'Half day' }
const calendar = workCalendar({ companyDays: [{ date: '2026-03-06', name, works: 'off', half: 'afternoon' }] })
const mornings: WorkingPattern = {
  segments: [{ half: 'morning', from: '08:00', to: '12:00' }],
  weekdays: [1, 2, 3, 4, 5, 6],
  holidays: 'statutory',
}
const brief = (span: Span, pattern = DEFAULT_PATTERN, basis: 'working' | 'calendar' = 'working') => {
  const { minutes, halfDays } = countDays(span, pattern, calendar, basis)
  return { minutes, halfDays }
}

describe('countDays', () => {
  it.each<[string, Span, number, number]>([
    ['one day', { from: '2026-09-28', to: '2026-09-28' }, 480, 2],
    ['a morning', { from: '2026-09-28', to: '2026-09-28', toHalf: 'morning' }, 180, 1],
    ['an afternoon', { from: '2026-09-28', to: '2026-09-28', fromHalf: 'afternoon' }, 300, 1],
    ['both halves named', { from: '2026-09-28', to: '2026-09-28', fromHalf: 'morning', toHalf: 'afternoon' }, 480, 2],
    [
      'Monday noon to Wednesday noon',
      { from: '2026-09-28', to: '2026-09-30', fromHalf: 'afternoon', toHalf: 'morning' },
      960,
      4,
    ],
    ['over National Day', { from: '2026-09-30', to: '2026-10-08' }, 960, 4],
    ['over a make-up Saturday', { from: '2026-10-09', to: '2026-10-12' }, 1_440, 6],
    ['a weekend', { from: '2026-09-12', to: '2026-09-13' }, 0, 0],
    [
      'a half that lies on a holiday is nothing, not minus a half',
      { from: '2026-09-29', to: '2026-10-01', toHalf: 'morning' },
      960,
      4,
    ],
    [
      'an afternoon on a holiday before a working day',
      { from: '2026-10-07', to: '2026-10-08', fromHalf: 'afternoon' },
      480,
      2,
    ],
    ['the free half of a company day', { from: '2026-03-06', to: '2026-03-06', fromHalf: 'afternoon' }, 0, 0],
    ['all of a company half day', { from: '2026-03-06', to: '2026-03-06' }, 180, 1],
    ['two hours', { from: '2026-09-28', to: '2026-09-28', fromTime: '14:00', toTime: '16:00' }, 120, 0],
    ['over lunch', { from: '2026-09-28', to: '2026-09-28', fromTime: '11:30', toTime: '13:30' }, 60, 0],
    ['hours beyond the day', { from: '2026-09-28', to: '2026-09-28', fromTime: '07:00', toTime: '12:30' }, 180, 1],
    ['at lunch only', { from: '2026-09-28', to: '2026-09-28', fromTime: '12:00', toTime: '13:00' }, 0, 0],
    [
      'from four o’clock to the next noon',
      { from: '2026-09-28', to: '2026-09-29', fromTime: '16:00', toTime: '12:00' },
      300,
      1,
    ],
  ])('%s', (_, span, minutes, halfDays) => {
    expect(brief(span)).toEqual({ minutes, halfDays })
  })

  it('counts every day by the calendar, weekends and holidays as full days of the pattern', () => {
    expect(brief({ from: '2026-09-30', to: '2026-10-08' }, DEFAULT_PATTERN, 'calendar')).toEqual({
      minutes: 9 * 480,
      halfDays: 18,
    })
    expect(
      brief({ from: '2026-10-03', to: '2026-10-04', toHalf: 'morning' }, DEFAULT_PATTERN, 'calendar').halfDays,
    ).toBe(3)
  })

  it('counts a day of one half as one half', () => {
    expect(brief({ from: '2026-09-28', to: '2026-10-03' }, mornings)).toEqual({ minutes: 720, halfDays: 3 })
  })

  it('explains each day and gives the stretches that count', () => {
    const counted = countDays(
      { from: '2026-09-30', to: '2026-10-08', fromHalf: 'afternoon', toTime: '10:00' },
      DEFAULT_PATTERN,
      calendar,
      'working',
    )
    expect(counted.segments).toEqual([
      { date: '2026-09-30', from: 780, to: 1_080 },
      { date: '2026-10-08', from: 540, to: 600 },
    ])
    expect(counted.days.map(({ minutes }) => minutes)).toEqual([300, 0, 0, 0, 0, 0, 0, 0, 60])
    expect(counted.days[1]).toMatchObject({
      counted: false,
      reason: 'legal-holiday',
      halves: [],
      info: { name: { en: 'National Day' } },
    })
    expect(counted.days[0]?.halves).toEqual(['afternoon'])
  })

  it('is provisional where the calendar of a year is not known and is asked', () => {
    const span = { from: '2026-12-30', to: '2027-01-04' }
    const provisional = (pattern: WorkingPattern, basis: 'working' | 'calendar', of: Span = span) =>
      countDays(of, pattern, calendar, basis).provisional
    expect(provisional(DEFAULT_PATTERN, 'working')).toBe(true)
    expect(provisional(DEFAULT_PATTERN, 'calendar')).toBe(false)
    expect(provisional({ ...DEFAULT_PATTERN, holidays: 'ignored' }, 'working')).toBe(false)
    expect(provisional(DEFAULT_PATTERN, 'working', { from: '2026-09-28', to: '2026-10-08' })).toBe(false)
  })

  it.each<[Span, string]>([
    [{ from: '2026-09-29', to: '2026-09-28' }, '2026-09-29 to 2026-09-28 ends before it begins'],
    [
      { from: '2026-09-28', to: '2026-09-28', fromHalf: 'afternoon', toHalf: 'morning' },
      'afternoon to 2026-09-28 morning',
    ],
    [{ from: '2026-09-28', to: '2026-09-28', fromTime: '16:00', toTime: '16:00' }, '16:00 to 2026-09-28 16:00'],
    [{ from: '2026-09-31', to: '2026-10-02' }, '2026-09-31 is not a date'],
    [{ from: '2026-09-28', to: '2026-09-28', fromTime: '25:00', toTime: '26:00' }, '25:00 is not a time of day'],
    [{ from: '2026-09-28', to: '2086-09-28' }, 'at most 3660'],
  ])('refuses %j', (span, why) => {
    expect(() => countDays(span, DEFAULT_PATTERN, calendar, 'working')).toThrow(why)
  })
})

describe('spanOf', () => {
  it.each<[string, string, number, HalfDay | undefined, string, HalfDay]>([
    ['three days from Monday', '2026-09-28', 6, undefined, '2026-09-30', 'afternoon'],
    ['three and a half days run over National Day', '2026-09-28', 7, undefined, '2026-10-08', 'morning'],
    ['from an afternoon', '2026-09-28', 2, 'afternoon', '2026-09-29', 'morning'],
    ['from a day off it begins with the next working day', '2026-10-01', 1, 'afternoon', '2026-10-08', 'morning'],
    ['a make-up Saturday counts', '2026-10-09', 4, undefined, '2026-10-10', 'afternoon'],
    ['a company half day gives one half', '2026-03-06', 2, undefined, '2026-03-09', 'morning'],
  ])('%s', (_, from, halfDays, fromHalf, to, toHalf) => {
    expect(spanOf(from, halfDays, fromHalf, DEFAULT_PATTERN, calendar, 'working')).toEqual({ to, toHalf })
  })

  it('counts days off too by the calendar', () => {
    expect(spanOf('2026-09-30', 20, undefined, DEFAULT_PATTERN, calendar, 'calendar')).toEqual({
      to: '2026-10-09',
      toHalf: 'afternoon',
    })
  })

  it('refuses no length, broken lengths and lengths without end', () => {
    for (const wrong of [0, -1, 1.5, Number.NaN]) {
      expect(() => spanOf('2026-09-28', wrong, undefined, DEFAULT_PATTERN, calendar, 'working')).toThrow(
        'is not a number of half-days',
      )
    }
    expect(() => spanOf('2026-09-28', 100_000, undefined, DEFAULT_PATTERN, calendar, 'working')).toThrow(
      'do not end within 3660 days',
    )
  })
})

const dates = fc.integer({ min: 0, max: 700 }).map((n) => addDays('2025-06-01', n))
const halves = fc.constantFrom<HalfDay | undefined>('morning', 'afternoon', undefined)
const bases = fc.constantFrom('working' as const, 'calendar' as const)
const patterns = fc.constantFrom<WorkingPattern>(DEFAULT_PATTERN, mornings, {
  ...DEFAULT_PATTERN,
  weekdays: [2, 4],
  holidays: 'ignored',
})

describe('counting, against a slow reference', () => {
  it('agrees with looking at every minute of every day', () => {
    const slow = (from: string, to: string, fromHalf?: HalfDay, toHalf?: HalfDay) => {
      let minutes = 0
      for (const date of eachDay(from, to)) {
        const info = calendar.day(date)
        if (info.works === 'off' || (info.works === 'pattern' && weekday(date) > 5)) continue
        for (let minute = 0; minute < 1_440; minute += 1) {
          const half = minute < 720 ? 'morning' : 'afternoon'
          const atWork = (minute >= 540 && minute < 720) || (minute >= 780 && minute < 1_080)
          if (!atWork || info.offHalf === half) continue
          if (date === from && fromHalf === 'afternoon' && half === 'morning') continue
          if (date === to && toHalf === 'morning' && half === 'afternoon') continue
          minutes += 1
        }
      }
      return minutes
    }
    fc.assert(
      fc.property(dates, fc.integer({ min: 1, max: 30 }), halves, halves, (from, days, fromHalf, toHalf) => {
        const to = addDays(from, days)
        const span = { from, to, ...(fromHalf && { fromHalf }), ...(toHalf && { toHalf }) }
        const counted = countDays(span, DEFAULT_PATTERN, calendar, 'working')
        expect(counted.minutes).toBe(slow(from, to, fromHalf, toHalf))
        expect(counted.segments.reduce((sum, segment) => sum + segment.to - segment.from, 0)).toBe(counted.minutes)
        expect(counted.days.flatMap((day) => day.halves)).toHaveLength(counted.halfDays)
      }),
    )
  })

  it('counts two parts of a span as much as the whole', () => {
    fc.assert(
      fc.property(fc.array(dates, { minLength: 3, maxLength: 3 }), patterns, bases, (three, pattern, basis) => {
        const [from = '', middle = '', to = ''] = three.sort(compareDates)
        const count = (a: string, b: string) => countDays({ from: a, to: b }, pattern, calendar, basis)
        const parts = from === middle ? 0 : count(from, addDays(middle, -1)).minutes
        expect(parts + count(middle, to).minutes).toBe(count(from, to).minutes)
      }),
    )
  })

  it('counts exactly the halves that spanOf was asked for', () => {
    fc.assert(
      fc.property(
        dates,
        fc.integer({ min: 1, max: 40 }),
        halves,
        patterns,
        bases,
        (from, halfDays, fromHalf, pattern, basis) => {
          const end = spanOf(from, halfDays, fromHalf, pattern, calendar, basis)
          const counted = countDays({ from, ...end, ...(fromHalf && { fromHalf }) }, pattern, calendar, basis)
          expect(counted.halfDays).toBe(halfDays)
          expect(counted.days.at(-1)?.counted).toBe(true)
        },
      ),
    )
  })
})
