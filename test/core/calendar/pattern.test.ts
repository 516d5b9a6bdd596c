/** A person's own pattern, under the calendar and against it. */
import { describe, expect, it } from 'vitest'
import { lastDayOfMonth } from '#core/calendar/civil.ts'
import { workCalendar } from '#core/calendar/days.ts'
import {
  DEFAULT_PATTERN,
  nextWorkingDay,
  segmentsOn,
  type WorkingPattern,
  workingDaysIn,
  workingPatternSchema,
  works,
} from '#core/calendar/pattern.ts'

const name = { 'zh-CN': '妇女节半天', en: 'Half day' }
const calendar = workCalendar({
  companyDays: [
    { date: '2026-03-06', name, works: 'off', half: 'afternoon' },
    { date: '2026-11-07', name, works: 'work' },
    { date: '2026-11-09', name, works: 'off' },
  ],
})
const shifts: WorkingPattern = { ...DEFAULT_PATTERN, weekdays: [2, 3, 4, 5, 6], holidays: 'ignored' }
const shop: WorkingPattern = { ...DEFAULT_PATTERN, weekdays: [2, 3, 4, 5, 6] }

describe('the pattern as it is written', () => {
  it('is nine to six from Monday to Friday when nothing is said', () => {
    expect(workingPatternSchema.parse({})).toEqual(DEFAULT_PATTERN)
  })

  it.each([
    [{ segments: [{ half: 'morning', from: '12:00', to: '09:00' }] }, '12:00–09:00 ends before it begins'],
    [{ segments: [{ half: 'morning', from: '9:00', to: '12:00' }] }, 'write a time as HH:MM'],
    [
      {
        segments: [
          { half: 'morning', from: '09:00', to: '12:00' },
          { half: 'afternoon', from: '11:30', to: '18:00' },
        ],
      },
      '11:30 lies before the end of the stretch above, 12:00',
    ],
    [
      {
        segments: [
          { half: 'afternoon', from: '09:00', to: '12:00' },
          { half: 'morning', from: '13:00', to: '18:00' },
        ],
      },
      'a morning stretch stands below an afternoon one',
    ],
    [{ segments: [] }, 'name at least one stretch of work'],
    [{ weekdays: [] }, 'name at least one weekday'],
    [{ weekdays: [1, 1] }, 'a weekday is listed twice'],
  ])('%j is refused: %s', (written, why) => {
    const result = workingPatternSchema.safeParse(written)
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(why)
  })

  it('may end at midnight', () => {
    const late = workingPatternSchema.parse({ segments: [{ half: 'afternoon', from: '16:00', to: '24:00' }] })
    expect(segmentsOn('2026-09-28', late, calendar)).toEqual([{ half: 'afternoon', from: 960, to: 1_440 }])
  })
})

describe('working days of 2026', () => {
  it.each([
    ['2026-01', 21, '2026-01-30'],
    ['2026-02', 16, '2026-02-28'],
    ['2026-03', 22, '2026-03-31'],
    ['2026-04', 21, '2026-04-30'],
    ['2026-05', 19, '2026-05-29'],
    ['2026-06', 21, '2026-06-30'],
    ['2026-07', 23, '2026-07-31'],
    ['2026-08', 21, '2026-08-31'],
    ['2026-09', 22, '2026-09-30'],
    ['2026-10', 18, '2026-10-30'],
    ['2026-11', 21, '2026-11-30'],
    ['2026-12', 23, '2026-12-31'],
  ])('%s has %i, the last on %s', (month, count, last) => {
    const days = workingDaysIn(`${month}-01`, lastDayOfMonth(month), DEFAULT_PATTERN, workCalendar())
    const worked = days.filter(({ counted }) => counted)
    expect(worked).toHaveLength(count)
    expect(worked.at(-1)?.date).toBe(last)
    expect(worked.every(({ minutes }) => minutes === 480)).toBe(true)
  })

  it('are explained day by day', () => {
    const reasons = (from: string, to: string, pattern = DEFAULT_PATTERN) =>
      workingDaysIn(from, to, pattern, calendar).map(
        ({ date, counted, reason }) => `${date.slice(5)} ${counted ? '+' : '-'} ${reason}`,
      )
    expect(reasons('2026-09-30', '2026-10-11')).toEqual([
      '09-30 + working-day',
      '10-01 - legal-holiday',
      '10-02 - legal-holiday',
      '10-03 - legal-holiday',
      '10-04 - weekend',
      '10-05 - bridge-day',
      '10-06 - bridge-day',
      '10-07 - bridge-day',
      '10-08 + working-day',
      '10-09 + working-day',
      '10-10 + make-up-day',
      '10-11 - weekend',
    ])
    expect(reasons('2026-11-06', '2026-11-09')).toEqual([
      '11-06 + working-day',
      '11-07 + company-day',
      '11-08 - weekend',
      '11-09 - company-day',
    ])
    // Who works on Saturdays is freed on one inside a holiday, and has Mondays off.
    expect(reasons('2026-01-02', '2026-01-05', shop)).toEqual([
      '01-02 - bridge-day',
      '01-03 - bridge-day',
      '01-04 + make-up-day',
      '01-05 - not-in-pattern',
    ])
  })

  it('leave half of a day whose other half the company frees', () => {
    expect(workingDaysIn('2026-03-06', '2026-03-06', DEFAULT_PATTERN, calendar)).toMatchObject([
      { counted: true, minutes: 180, halves: ['morning'], reason: 'company-day' },
    ])
  })

  it('do not bind a pattern that ignores the calendar', () => {
    const days = workingDaysIn('2026-10-01', '2026-10-05', shifts, calendar)
    expect(days.map(({ counted, reason }) => [counted, reason])).toEqual([
      [true, 'working-day'],
      [true, 'working-day'],
      [true, 'working-day'],
      [false, 'weekend'],
      [false, 'not-in-pattern'],
    ])
    expect(works('2026-01-04', shifts, calendar).works).toBe(false)
    expect(segmentsOn('2026-03-06', shifts, calendar)).toHaveLength(2)
    expect(works('2026-10-01', shifts, calendar).why.kind).toBe('legal-holiday')
  })
})

describe('the next working day', () => {
  it('lies behind the holiday, or on a make-up day', () => {
    expect(nextWorkingDay('2026-09-30', DEFAULT_PATTERN, calendar)).toBe('2026-10-08')
    expect(nextWorkingDay('2026-10-09', DEFAULT_PATTERN, calendar)).toBe('2026-10-10')
    expect(nextWorkingDay('2026-12-31', DEFAULT_PATTERN, calendar)).toBe('2027-01-04')
  })

  it('is refused, not searched for ever, when there is none', () => {
    expect(() => nextWorkingDay('2026-09-30', { weekdays: [], holidays: 'ignored' }, calendar)).toThrow(
      'no working day within 400 days',
    )
  })
})
