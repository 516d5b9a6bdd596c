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
  const read = ReportsPolicy.schema.parse({ leave })
  if (!read.leave) throw new Error('there is a report')
  return read.leave
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

  it('at midnight of the first, which belongs to its own month', () => {
    const first = { rule: { every: 'month', day: 1, at: '00:00' } }
    expect(due('2026-09', first)).toBe('Tue 1 Sep, 00:00')
    expect(due('2026-09', { ...first, covers: 'previous-month' })).toBe('Thu 1 Oct, 00:00')
  })

  it('and is about the month that the organisation has at that instant', () => {
    const at = Date.parse('2026-09-30T23:30:00+08:00')
    const [same, before] = [policyOf({}), policyOf({ covers: 'previous-month' })]
    expect(monthCovered(at, ZONE, same)).toBe('2026-09')
    expect(monthCovered(at, 'Pacific/Auckland', same)).toBe('2026-10')
    expect(monthCovered(at, 'Pacific/Auckland', before)).toBe('2026-09')
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
