/** Months: when a report is due, which month it is about, what of a leave lies in it, and how people write one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatInstant } from '../../../src/core/calendar/civil.ts'
import { workCalendar } from '../../../src/core/calendar/days.ts'
import { DEFAULT_PATTERN } from '../../../src/core/calendar/pattern.ts'
import type { Period } from '../../../src/core/command-args.ts'
import { amountWithin } from '../../../src/features/leave/queries.ts'
import { ReportsPolicy } from '../../../src/features/reports/policy.ts'
import {
  addMonths,
  datesOf,
  dueOf,
  monthCovered,
  readMonth,
  writeMonth,
} from '../../../src/features/reports/rules/month.ts'
import { terms } from '../leave/asker.ts'

const ZONE = 'Asia/Shanghai'
const calendar = workCalendar()
const policyOf = (leave: object) => {
  const read = ReportsPolicy.schema.parse({ leave: { covers: 'covers' in leave ? 'previous-month' : 'this-month' } })
  if (!read.leave) throw new Error('there is a report')
  // What a rule means is asked of every rule, also of those that a policy is refused for.
  return { ...read.leave, ...leave } as typeof read.leave
}
const due = (month: string, leave: object = {}, zone = ZONE) => {
  const at = dueOf(month, zone, calendar, policyOf(leave))
  return at === undefined ? 'never' : formatInstant(at, zone, 'en')
}

describe('a report is due', () => {
  it.each([
    ['2026-01', 'Fri 30 Jan, 17:30'],
    ['2026-02', 'Sat 28 Feb, 17:30'],
    ['2026-05', 'Fri 29 May, 17:30'],
    ['2026-09', 'Wed 30 Sep, 17:30'],
    ['2026-10', 'Fri 30 Oct, 17:30'],
    ['2026-12', 'Thu 31 Dec, 17:30'],
  ])('for %s at %s: the last working day, make-up days included', (month, expected) => {
    expect(due(month)).toBe(expected)
  })

  it('by another rule when the policy says so, in the month itself or the one after', () => {
    expect(due('2026-09', { rule: { every: 'month', day: 25, at: '09:00' } })).toBe('Fri 25 Sep, 09:00')
    const third = { rule: { every: 'month', day: 3, at: '09:00' }, covers: 'previous-month' }
    expect(due('2026-09', third)).toBe('Sat 3 Oct, 09:00')
    expect(due('2026-12', third)).toBe('Sun 3 Jan, 09:00')
    expect(due('2026-08', { rule: { every: 'month', workingDay: 'last', at: '17:30', months: [9] } })).toBe('never')
  })

  it('for the month that the rule meant, also where a day off has moved it into another', () => {
    const moved = (leave: object, month: string) => {
      const policy = policyOf(leave)
      const at = dueOf(month, ZONE, calendar, policy)
      return at === undefined ? 'never' : [formatInstant(at, ZONE, 'en'), monthCovered(at, ZONE, calendar, policy)]
    }
    // 1 November 2026 is a Sunday, 31 October a Saturday.
    const first = { rule: { every: 'month', day: 1, at: '09:00', onDayOff: 'previous-working-day' } }
    expect(moved({ ...first, covers: 'previous-month' }, '2026-10')).toEqual(['Fri 30 Oct, 09:00', '2026-10'])
    const last = { rule: { every: 'month', day: 31, at: '09:00', onDayOff: 'next-working-day' } }
    expect(moved(last, '2026-10')).toEqual(['Mon 2 Nov, 09:00', '2026-10'])
    const cron = { rule: { cron: '0 1 1 * *', minus: 'PT2H' }, covers: 'previous-month' }
    expect(moved(cron, '2026-09')).toEqual(['Wed 30 Sep, 23:00', '2026-09'])
  })

  it('at midnight of the first, which belongs to its own month', () => {
    const first = { rule: { every: 'month', day: 1, at: '00:00' } }
    expect(due('2026-09', first)).toBe('Tue 1 Sep, 00:00')
    expect(due('2026-09', { ...first, covers: 'previous-month' })).toBe('Thu 1 Oct, 00:00')
  })

  it('and is about the month that the organisation has at that instant', () => {
    const at = Date.parse('2026-09-30T23:30:00+08:00')
    const [same, before] = [policyOf({}), policyOf({ covers: 'previous-month' })]
    expect(monthCovered(at, ZONE, calendar, same)).toBe('2026-09')
    expect(monthCovered(at, 'Pacific/Auckland', calendar, same)).toBe('2026-10')
    expect(monthCovered(at, 'Pacific/Auckland', calendar, before)).toBe('2026-09')
  })
})

describe('a rule', () => {
  const problemOf = (leave: object) =>
    ReportsPolicy.schema.safeParse({ leave }).error?.issues.map(({ message }) => message)
  const third = { every: 'month', day: 3, at: '09:00' }

  it.each([
    [{}],
    [{ rule: { every: 'month', day: 31, at: '23:00' } }],
    [{ rule: { every: 'month', day: 31, at: '09:00', onDayOff: 'previous-working-day' } }],
    [{ rule: { cron: '30 17 L * *' } }],
    [{ rule: third, covers: 'previous-month' }],
    [{ rule: { ...third, day: 1, onDayOff: 'previous-working-day' }, covers: 'previous-month' }],
    [{ rule: { every: 'month', workingDay: 3, at: '09:00' }, covers: 'previous-month' }],
  ])('that closes every month once, when its work is done, is taken: %j', (leave) => {
    expect(problemOf(leave)).toBeUndefined()
  })

  it.each([
    [{ rule: third }, 'closes 2023-01 on 2023-01-03, before its last working day, 2023-01-31'],
    [{ rule: { ...third, day: 30 } }, 'closes 2023-01 on 2023-01-30, before its last working day, 2023-01-31'],
    [{ rule: { every: 'month', workingDay: 'last', at: '00:30', minus: 'PT1H' } }, 'closes 2023-01 on 2023-01-30'],
    [{ rule: { ...third, months: [3, 6, 9, 12] }, covers: 'previous-month' }, 'makes no report of 2023-01'],
    [{ rule: { every: 'month', workingDay: 23, at: '17:30' } }, 'makes no report of 2023-01'],
    [{ rule: { every: 'week', weekday: 'fri', at: '17:30' } }, 'makes the report of 2023-01 more than once'],
    [{ rule: { cron: '* * * * *' } }, 'makes the report of 2023-01 more than once'],
  ])('that does not is refused with what to write: %j', (leave, words) => {
    const [message = ''] = problemOf(leave) ?? []
    expect(message).toContain(words)
    expect(message).toContain('covers: previous-month')
  })
})

describe('what of a leave lies in a month', () => {
  const inMonth = (period: Period, month: string, about: Parameters<typeof terms>[1] = {}) => {
    const { halfDays, restMinutes, minutes } = amountWithin(terms(period, about).days, datesOf(month))
    return `${halfDays} halves, ${restMinutes} min; ${minutes} min`
  }
  const hourly = { policy: { types: { personal: { minUnit: 'hour' as const } } } }
  const calendarDays = {
    policy: { types: { maternity: { basis: 'calendar' as const } }, defaultType: 'maternity' },
    type: 'maternity',
  }

  it.each<[string, Period, string, string, string, Parameters<typeof terms>[1]?]>([
    [
      'over National Day: two days before it, two after it with a make-up day',
      { from: '2026-09-29', to: '2026-10-09' },
      '4 halves, 0 min; 960 min',
      '4 halves, 0 min; 960 min',
      '0 halves, 0 min; 0 min',
    ],
    [
      'to the make-up Saturday',
      { from: '2026-09-30', to: '2026-10-10' },
      '2 halves, 0 min; 480 min',
      '6 halves, 0 min; 1440 min',
      '0 halves, 0 min; 0 min',
    ],
    [
      'from an afternoon on, to a midday',
      { from: '2026-09-30', fromHalf: 'afternoon', to: '2026-10-08', toHalf: 'morning' },
      '1 halves, 0 min; 300 min',
      '1 halves, 0 min; 180 min',
      '0 halves, 0 min; 0 min',
    ],
    [
      'two hours',
      { from: '2026-09-30', fromTime: '14:00', toTime: '16:00' },
      '0 halves, 120 min; 120 min',
      '0 halves, 0 min; 0 min',
      '0 halves, 0 min; 0 min',
      hourly,
    ],
    [
      'by calendar days: holidays and weekends count',
      { from: '2026-09-29', to: '2026-11-01' },
      '4 halves, 0 min; 960 min',
      '62 halves, 0 min; 14880 min',
      '2 halves, 0 min; 480 min',
      calendarDays,
    ],
  ])('%s', (_, period, september, october, november, about) => {
    expect(['2026-09', '2026-10', '2026-11'].map((month) => inMonth(period, month, about))).toEqual([
      september,
      october,
      november,
    ])
  })

  it('of all months together is the whole leave', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.boolean(), (length, half) => {
        const found = terms({ from: '2026-09-29', amount: { halfDays: length * 2 - (half ? 1 : 0) } })
        const months = ['2026-09', '2026-10', '2026-11', '2026-12', '2027-01'].map((month) =>
          amountWithin(found.days, datesOf(month)),
        )
        const sum = (of: (amount: (typeof months)[number]) => number) => months.reduce((all, one) => all + of(one), 0)
        expect(sum(({ halfDays }) => halfDays)).toBe(found.halfDays)
        expect(sum(({ minutes }) => minutes)).toBe(found.minutes)
      }),
      { numRuns: 40 },
    )
  })

  it('is counted by the person’s own day, in their own dates', () => {
    const mornings = { ...DEFAULT_PATTERN, segments: [{ half: 'morning' as const, from: '08:30', to: '12:00' }] }
    expect(inMonth({ from: '2026-09-30', to: '2026-10-08' }, '2026-10', { pattern: mornings })).toBe(
      '2 halves, 0 min; 210 min',
    )
  })
})

describe('a month as people write it', () => {
  it.each([
    ['2026-09', '2026-09'],
    ['2026-9', '2026-09'],
    ['2026/09', '2026-09'],
    ['202609', '2026-09'],
    ['2026年9月', '2026-09'],
    ['2026年9月份', '2026-09'],
    ['9月', '2026-09'],
    ['９月', '2026-09'],
    ['九月', '2026-09'],
    ['10月', '2026-10'],
    ['十月份', '2026-10'],
    // Not begun yet: the last one there was.
    ['11月', '2025-11'],
    ['十二月', '2025-12'],
    ['去年9月', '2025-09'],
    ['今年一月', '2026-01'],
    ['上个月', '2026-09'],
    ['上個月', '2026-09'],
    ['上月', '2026-09'],
    ['上上个月', '2026-08'],
    ['本月', '2026-10'],
    ['这个月', '2026-10'],
    ['September', '2026-09'],
    ['sep', '2026-09'],
    ['Sept.', '2026-09'],
    ['septembre', undefined],
    ['Dec', '2025-12'],
    ['december 2024', '2024-12'],
    ['last month', '2026-09'],
    ['for last month', '2026-09'],
    ['this month', '2026-10'],
    ['2026-13', undefined],
    ['13月', undefined],
    ['0月', undefined],
    ['who knows', undefined],
    ['9月28日', undefined],
  ])('%s on 12 October 2026 is %s', (said, month) => {
    expect(readMonth(said, '2026-10-12')?.month).toBe(month)
  })

  it.each([
    ['', { again: false }],
    ['again', { again: true }],
    ['2026-09 again', { month: '2026-09', again: true }],
    ['9月 重做', { month: '2026-09', again: true }],
    ['重新生成 上个月', { month: '2026-09', again: true }],
    ['上个月再做一遍', { month: '2026-09', again: true }],
  ])('%j says whether it is to be made again', (said, read) => {
    expect(readMonth(said, '2026-10-12')).toEqual(read)
  })

  it('is written in the reader’s language', () => {
    expect([writeMonth('2026-09', 'zh-CN'), writeMonth('2026-09', 'en')]).toEqual(['2026年9月', 'September 2026'])
    expect([addMonths('2026-01', -1), addMonths('2026-12', 1), addMonths('2026-09', -21)]).toEqual([
      '2025-12',
      '2027-01',
      '2024-12',
    ])
  })
})
