/** When rules fall due: by the calendar of 2026, by the clocks of New York, and whatever the window. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, eachDay, formatInstant, instantAt, wallTimeAt, weekday } from '#core/calendar/civil.ts'
import { workCalendar } from '#core/calendar/days.ts'
import { occurrences, type ScheduleRule } from '#core/calendar/occurrences.ts'
import { DEFAULT_PATTERN, works } from '#core/calendar/pattern.ts'

const SHANGHAI = 'Asia/Shanghai'
const NEW_YORK = 'America/New_York'
const calendar = workCalendar()

/** Wall times of the occurrences from the beginning of one day to the end of another. */
const due = (rule: ScheduleRule, from: string, to: string, zone = SHANGHAI) =>
  occurrences(rule, instantAt(from, 0, zone) - 1, instantAt(to, '24:00', zone) - 1, zone, calendar).map((instant) => {
    const { date, time } = wallTimeAt(instant, zone)
    return `${date} ${time}`
  })
const dates = (rule: ScheduleRule, from: string, to: string) => due(rule, from, to).map((when) => when.slice(5, 10))
const year = (rule: ScheduleRule) => dates(rule, '2026-01-01', '2026-12-31')

describe('rules that follow working days', () => {
  it('finds the last working day of each month of 2026', () => {
    expect(year({ every: 'month', workingDay: 'last', at: '17:30' })).toEqual([
      '01-30',
      '02-28',
      '03-31',
      '04-30',
      '05-29',
      '06-30',
      '07-31',
      '08-31',
      '09-30',
      '10-30',
      '11-30',
      '12-31',
    ])
  })

  it('finds the n-th working day, and none in a month that has fewer', () => {
    expect(dates({ every: 'month', workingDay: 1, at: '09:00' }, '2026-10-01', '2026-12-31')).toEqual([
      '10-08',
      '11-02',
      '12-01',
    ])
    expect(dates({ every: 'month', workingDay: 20, at: '09:00' }, '2026-09-01', '2026-11-30')).toEqual([
      '09-28',
      '11-27',
    ])
  })

  it('keeps to the months that a rule names', () => {
    expect(year({ every: 'month', workingDay: 'last', at: '17:30', months: [3, 6, 9, 12] })).toEqual([
      '03-31',
      '06-30',
      '09-30',
      '12-31',
    ])
  })

  it('meets on working days only, make-up days too', () => {
    expect(dates({ every: 'working-day', at: '09:00' }, '2026-09-30', '2026-10-12')).toEqual([
      '09-30',
      '10-08',
      '10-09',
      '10-10',
      '10-12',
    ])
  })

  it('leaves the weekly meeting out on a Friday off (MEET-04), or moves it to the last working day of the week', () => {
    const friday = { every: 'week', weekday: 'fri', at: '16:00' } as const
    // 25 September is Mid-Autumn, 2 October National Day.
    expect(dates(friday, '2026-09-14', '2026-10-11')).toEqual(['09-18', '10-09'])
    expect(dates({ ...friday, onDayOff: 'last-working-day' }, '2026-09-14', '2026-10-11')).toEqual([
      '09-18',
      '09-24',
      '09-30',
      '10-09',
    ])
    expect(dates({ ...friday, onDayOff: 'same' }, '2026-09-14', '2026-10-11')).toEqual([
      '09-18',
      '09-25',
      '10-02',
      '10-09',
    ])
  })

  it('counts a make-up weekend as a working day of its week, and knows weeks without any', () => {
    const friday = { every: 'week', weekday: 'fri', at: '16:00', onDayOff: 'last-working-day' } as const
    // New Year: Friday 2 January is off, Sunday 4 January is worked.
    expect(dates(friday, '2025-12-29', '2026-01-04')).toEqual(['01-04'])
    // 16 to 22 February 2026 is off altogether.
    expect(dates(friday, '2026-02-16', '2026-02-22')).toEqual([])
  })

  it('holds the monthly meeting on the Friday strictly before the 25th (MEET-10)', () => {
    const meeting = { every: 'month', weekday: 'fri', before: 25, at: '16:00' } as const
    // 25 September and 25 December 2026 are Fridays themselves.
    expect(dates(meeting, '2026-09-01', '2026-12-31')).toEqual(['09-18', '10-23', '11-20', '12-18'])
    expect(dates({ ...meeting, before: 26 }, '2026-12-01', '2026-12-31')).toEqual(['12-25'])
    expect(dates({ ...meeting, before: 26, onDayOff: 'previous-working-day' }, '2026-09-01', '2026-09-30')).toEqual([
      '09-24',
    ])
    expect(dates({ ...meeting, before: 1 }, '2026-11-01', '2026-11-30')).toEqual(['11-27'])
  })

  it('finds the n-th and the last weekday of a month', () => {
    const tuesday = { every: 'month', weekday: 'tue', at: '14:00' } as const
    expect(dates({ ...tuesday, nth: 1 }, '2026-09-01', '2026-10-31')).toEqual(['09-01', '10-06'])
    expect(dates({ ...tuesday, nth: 4 }, '2026-09-01', '2026-10-31')).toEqual(['09-22', '10-27'])
    expect(dates({ ...tuesday, nth: 'last' }, '2026-09-01', '2026-10-31')).toEqual(['09-29', '10-27'])
    expect(dates({ ...tuesday, nth: 1, onDayOff: 'next-working-day' }, '2026-10-01', '2026-10-31')).toEqual(['10-08'])
  })

  it('moves a day of the month off a holiday, also over the end of the month', () => {
    const day = (n: number, onDayOff: 'same' | 'previous-working-day' | 'next-working-day') => ({
      every: 'month' as const,
      day: n,
      at: '17:00',
      onDayOff,
    })
    expect(dates(day(1, 'same'), '2026-09-15', '2026-10-15')).toEqual(['10-01'])
    expect(dates(day(1, 'previous-working-day'), '2026-09-15', '2026-10-15')).toEqual(['09-30'])
    expect(dates(day(1, 'next-working-day'), '2026-09-15', '2026-10-15')).toEqual(['10-08'])
    expect(dates(day(31, 'next-working-day'), '2026-10-15', '2026-11-15')).toEqual(['11-02'])
    expect(dates(day(31, 'next-working-day'), '2026-11-01', '2026-11-15')).toEqual(['11-02'])
  })

  it('takes a day the month does not have as its last', () => {
    expect(dates({ every: 'month', day: 31, at: '17:00' }, '2026-02-01', '2026-04-30')).toEqual([
      '02-28',
      '03-31',
      '04-30',
    ])
    expect(dates({ every: 'month', day: 30, at: '17:00' }, '2028-02-01', '2028-02-29')).toEqual(['02-29'])
  })

  it('reminds before each public holiday (ROS-08), of an unknown year before its days by law', () => {
    const rule = { beforeHoliday: { days: 7 }, at: '09:00' }
    expect(year(rule)).toEqual(['02-08', '03-28', '04-24', '06-12', '09-18', '09-24', '12-25'])
    expect(dates(rule, '2027-01-01', '2027-12-31')).toEqual([
      '01-29',
      '03-29',
      '04-24',
      '06-02',
      '09-08',
      '09-24',
      '12-25',
    ])
  })

  it('gives no such reminder before the company’s own days off', () => {
    const name = { 'zh-CN': '司庆日', en: 'Founders’ Day' }
    const own = workCalendar({ companyDays: [{ date: '2026-11-20', name, works: 'off' }] })
    const [from, until] = [instantAt('2026-11-01', 0, SHANGHAI), instantAt('2026-11-30', 0, SHANGHAI)]
    expect(own.holidays('2026-11-01', '2026-11-30')).toHaveLength(1)
    expect(occurrences({ beforeHoliday: { days: 7 }, at: '09:00' }, from, until, SHANGHAI, own)).toEqual([])
  })

  it('follows another pattern than Monday to Friday when it is given one', () => {
    const pattern = { weekdays: [2, 3, 4, 5, 6] as const, holidays: 'ignored' as const }
    const [from, until] = [instantAt('2026-09-28', 0, SHANGHAI), instantAt('2026-10-06', 0, SHANGHAI)]
    const found = occurrences({ every: 'working-day', at: '09:00' }, from, until, SHANGHAI, calendar, pattern)
    expect(found.map((instant) => formatInstant(instant, SHANGHAI, 'en').slice(0, 3))).toEqual([
      'Tue',
      'Wed',
      'Thu',
      'Fri',
      'Sat',
    ])
  })
})

describe('the window and the offset', () => {
  const nine = instantAt('2026-09-28', '09:00', SHANGHAI)
  const daily = { cron: '0 9 * * *' }

  it('leaves its beginning out and takes its end in', () => {
    expect(occurrences(daily, nine - 1, nine, SHANGHAI, calendar)).toEqual([nine])
    expect(occurrences(daily, nine, nine + 1, SHANGHAI, calendar)).toEqual([])
    expect(occurrences(daily, nine, nine, SHANGHAI, calendar)).toEqual([])
    expect(occurrences(daily, nine, nine - 86_400_000, SHANGHAI, calendar)).toEqual([])
    const byDate = { every: 'working-day', at: '09:00' } as const
    expect(occurrences(byDate, nine - 1, nine, SHANGHAI, calendar)).toEqual([nine])
    expect(occurrences(byDate, nine, nine + 1, SHANGHAI, calendar)).toEqual([])
  })

  it('moves an occurrence ahead, into the day before if need be', () => {
    expect(due({ every: 'week', weekday: 'fri', at: '16:00', minus: 'PT30M' }, '2026-09-18', '2026-09-18')).toEqual([
      '2026-09-18 15:30',
    ])
    expect(due({ cron: '15 0 28 9 *', minus: 'PT1H30M' }, '2026-09-01', '2026-10-31')).toEqual(['2026-09-27 22:45'])
    expect(due({ every: 'month', day: 1, at: '00:15', minus: 'PT30M' }, '2026-09-30', '2026-09-30')).toEqual([
      '2026-09-30 23:45',
    ])
  })

  it('refuses windows and rules that give too much', () => {
    expect(() => occurrences({ cron: '* * * * *' }, nine, nine + 8 * 86_400_000, SHANGHAI, calendar)).toThrow(
      'more than 10000 occurrences',
    )
    expect(occurrences({ cron: '* * * * *' }, nine, nine + 10_000 * 60_000, SHANGHAI, calendar)).toHaveLength(10_000)
    const century = instantAt('2130-01-01', 0, SHANGHAI)
    expect(() => occurrences({ every: 'month', day: 1, at: '09:00' }, nine, century, SHANGHAI, calendar)).toThrow(
      '36600 days',
    )
    expect(() => occurrences({ cron: '0 9 * * *', minus: 'soon' }, nine, nine + 1, SHANGHAI, calendar)).toThrow(
      'minus: soon',
    )
    expect(() => occurrences(daily, nine, nine + 1, 'Mars/Olympus', calendar)).toThrow(
      'Mars/Olympus is not a time zone',
    )
  })
})

describe('where clocks change, cron and wall-time rules alike', () => {
  const both = (hhmm: string): readonly ScheduleRule[] => [
    { cron: `${Number(hhmm.slice(3))} ${Number(hhmm.slice(0, 2))} * * *` },
    { every: 'week', weekday: 'sun', at: hhmm, onDayOff: 'same' },
  ]

  it('falls due at the end of the gap in spring, once', () => {
    for (const rule of both('02:30')) {
      expect(due(rule, '2026-03-08', '2026-03-08', NEW_YORK)).toEqual(['2026-03-08 03:00'])
    }
    expect(due({ cron: '*/30 1-3 * * *' }, '2026-03-08', '2026-03-08', NEW_YORK).map((when) => when.slice(11))).toEqual(
      ['01:00', '01:30', '03:00', '03:30'],
    )
  })

  it('falls due the first time round in autumn, once', () => {
    for (const rule of both('01:30')) {
      const window = [Date.parse('2026-11-01T00:00-04:00'), Date.parse('2026-11-02T00:00-05:00')] as const
      expect(occurrences(rule, ...window, NEW_YORK, calendar)).toEqual([Date.parse('2026-11-01T01:30-04:00')])
      // A window that begins between the two showings has none left.
      expect(occurrences(rule, Date.parse('2026-11-01T01:45-04:00'), window[1], NEW_YORK, calendar)).toEqual([])
    }
  })

  it('does not lose midnight where the clock was set back just after it', () => {
    // St. John's, 7 November 2010: one minute past midnight became 23:01 of the 6th.
    const midnight = Date.parse('2010-11-07T00:00-02:30')
    const rule = { every: 'week', weekday: 'sun', at: '00:00', onDayOff: 'same' } as const
    expect(occurrences(rule, midnight - 60_000, midnight + 600_000, 'America/St_Johns', calendar)).toEqual([midnight])
    expect(occurrences(rule, midnight + 600_000, midnight + 86_400_000, 'America/St_Johns', calendar)).toEqual([])
  })

  it('stays at the same hour of the wall on both sides', () => {
    expect(due({ cron: '0 9 * * *' }, '2026-03-07', '2026-03-09', NEW_YORK).map((when) => when.slice(11))).toEqual([
      '09:00',
      '09:00',
      '09:00',
    ])
  })
})

const rules = fc.constantFrom<ScheduleRule>(
  { cron: '0 9 * * 1-5' },
  { cron: '*/20 * * * *' },
  { cron: '30 1,2 * * *', minus: 'PT45M' },
  { cron: '0 0 L * *' },
  { every: 'working-day', at: '00:00' },
  { every: 'week', weekday: 'fri', at: '16:00', onDayOff: 'last-working-day' },
  { every: 'week', weekday: 'sun', at: '02:30', onDayOff: 'same', minus: 'PT24H' },
  { every: 'month', workingDay: 'last', at: '17:30', minus: 'PT168H' },
  { every: 'month', workingDay: 1, at: '09:00' },
  { every: 'month', weekday: 'fri', before: 25, at: '16:00', minus: 'PT30M' },
  { every: 'month', weekday: 'mon', nth: 1, at: '01:30' },
  { every: 'month', day: 1, at: '00:00', onDayOff: 'previous-working-day' },
  { every: 'month', day: 31, at: '23:59', onDayOff: 'next-working-day' },
  { beforeHoliday: { days: 7 }, at: '09:00' },
)
const zones = fc.constantFrom(SHANGHAI, NEW_YORK, 'Africa/Cairo')
/** Minutes around both changes of the clock, two holidays and the turn of an unknown year. */
const instants = fc
  .tuple(
    fc.constantFrom('2026-02-27', '2026-10-24', '2026-12-28', '2026-09-25'),
    fc.integer({ min: 0, max: 12 * 1_440 * 2 }),
  )
  .map(([date, half]) => instantAt(date, 0, 'UTC') + half * 30_000)

describe('whatever the window', () => {
  it('gives the same instants in one piece and in two', () => {
    fc.assert(
      fc.property(rules, zones, fc.array(instants, { minLength: 3, maxLength: 3 }), (rule, zone, three) => {
        const [a = 0, b = 0, c = 0] = three.sort((x, y) => x - y)
        fc.pre(!('cron' in rule && rule.cron.startsWith('*/20')) || c - a < 100 * 86_400_000)
        const parts = [...occurrences(rule, a, b, zone, calendar), ...occurrences(rule, b, c, zone, calendar)]
        expect(parts).toEqual(occurrences(rule, a, c, zone, calendar))
      }),
      { numRuns: 300 },
    )
  })

  it('gives every instant once and in order', () => {
    fc.assert(
      fc.property(rules, zones, instants, fc.integer({ min: 1, max: 60 }), (rule, zone, from, days) => {
        const found = occurrences(rule, from, from + days * 86_400_000, zone, calendar)
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
        for (const instant of found) expect(instant > from && instant <= from + days * 86_400_000).toBe(true)
      }),
    )
  })

  it('agrees with asking each day by itself', () => {
    const isWorking = (date: string) => works(date, DEFAULT_PATTERN, calendar).works
    const lastWorkingDay = (date: string) => {
      const month = eachDay(`${date.slice(0, 7)}-01`, addDays(`${date.slice(0, 7)}-01`, 30)).filter(
        (day) => day.slice(0, 7) === date.slice(0, 7),
      )
      return month.filter(isWorking).at(-1) === date
    }
    const slow: readonly [ScheduleRule, (date: string) => boolean][] = [
      [{ every: 'month', workingDay: 'last', at: '09:00' }, lastWorkingDay],
      [{ every: 'working-day', at: '09:00' }, isWorking],
      [{ every: 'week', weekday: 'fri', at: '09:00' }, (date) => weekday(date) === 5 && isWorking(date)],
      [{ cron: '0 9 * * 1-5' }, (date) => weekday(date) <= 5],
      [
        { every: 'month', weekday: 'fri', before: 25, at: '09:00' },
        (date) => weekday(date) === 5 && Number(date.slice(8)) >= 18 && Number(date.slice(8)) <= 24,
      ],
    ]
    for (const [rule, falls] of slow) {
      const days = eachDay('2025-11-01', '2027-03-01').filter(falls)
      expect(due(rule, '2025-11-01', '2027-03-01')).toEqual(days.map((date) => `${date} 09:00`))
    }
  })
})
