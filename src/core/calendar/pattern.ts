/** A person's own working pattern: which weekdays, which hours, and whether the statutory calendar bends it. */
import { z } from 'zod'
import type { CivilDate, HalfDay } from '../command-args.ts'
import { addDays, eachDay, minuteOf, type Weekday, weekday } from './civil.ts'
import type { DayInfo, WorkCalendar } from './days.ts'

/** A stretch of work inside one day, half open: minutes of the day, `from` 0–1439, `to` 1–1440. */
export interface Segment {
  readonly half: HalfDay
  readonly from: number
  readonly to: number
}

/** Why a day counts or does not. */
export type DayReason =
  | 'working-day'
  | 'make-up-day'
  | 'weekend'
  | 'legal-holiday'
  | 'bridge-day'
  | 'company-day'
  | 'not-in-pattern'

/** One day of an explained count. */
export interface WorkedDay {
  readonly date: CivilDate
  readonly counted: boolean
  /** Working minutes that count; 0 when the day does not. */
  readonly minutes: number
  /** The halves that count, morning first. */
  readonly halves: readonly HalfDay[]
  readonly info: DayInfo
  /** With `company-day`, `counted` says which way the company decided. */
  readonly reason: DayReason
}

const from = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as HH:MM, from 00:00 to 23:59')
const to = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'write a time as HH:MM, up to 24:00')

const DEFAULT_SEGMENTS = [
  { half: 'morning' as const, from: '09:00', to: '12:00' },
  { half: 'afternoon' as const, from: '13:00', to: '18:00' },
]
const DEFAULT_WEEKDAYS: Weekday[] = [1, 2, 3, 4, 5]

const segments = z
  .array(z.strictObject({ half: z.enum(['morning', 'afternoon']), from, to }))
  .min(1, 'name at least one stretch of work')
  .max(8)
  .superRefine((list, ctx) => {
    list.forEach((segment, index) => {
      const before = list[index - 1]
      const wrong = (message: string) => ctx.addIssue({ code: 'custom', path: [index], message })
      if (segment.from >= segment.to) {
        wrong(
          `${segment.from}–${segment.to} ends before it begins: a stretch lies inside one day, work past midnight is a shift of the roster`,
        )
      }
      if (before === undefined) return
      if (segment.from < before.to) wrong(`${segment.from} lies before the end of the stretch above, ${before.to}`)
      if (before.half === 'afternoon' && segment.half === 'morning')
        wrong('a morning stretch stands below an afternoon one')
    })
  })

const weekdays = z
  .array(z.literal([1, 2, 3, 4, 5, 6, 7]))
  .min(1, 'name at least one weekday, Monday is 1')
  .refine((days) => new Set(days).size === days.length, 'a weekday is listed twice')

/**
 * A working pattern as a policy or people file writes it. Defaults: Monday to Friday, 09:00–12:00 and 13:00–18:00
 * (480 minutes), `holidays: statutory`. `holidays: ignored` is for shift staff whose pattern bows to no calendar:
 * neither holidays, make-up days nor company days touch it.
 */
export const workingPatternSchema = z.strictObject({
  segments: segments.default(DEFAULT_SEGMENTS),
  weekdays: weekdays.default(DEFAULT_WEEKDAYS),
  holidays: z.enum(['statutory', 'ignored']).default('statutory'),
})

/** Times are wall times of the person's own zone; `to` may be `24:00`. */
export interface WorkingPattern {
  readonly segments: readonly { readonly half: HalfDay; readonly from: string; readonly to: string }[]
  readonly weekdays: readonly Weekday[]
  readonly holidays: 'statutory' | 'ignored'
}

/** Monday to Friday, 09:00–12:00 and 13:00–18:00, by the statutory calendar. */
export const DEFAULT_PATTERN: WorkingPattern = {
  segments: DEFAULT_SEGMENTS,
  weekdays: DEFAULT_WEEKDAYS,
  holidays: 'statutory',
}

/** How far {@link nextWorkingDay} looks: longer than any holiday, so that nothing is found only if nothing is there. */
const SEARCH_DAYS_MAX = 400
const SATURDAY = 6

/** The working segments of a date, in order; empty when the person does not work. */
export function segmentsOn(date: CivilDate, pattern: WorkingPattern, calendar: WorkCalendar): readonly Segment[] {
  const { works: working, why } = works(date, pattern, calendar)
  if (!working) return []
  const all = patternSegments(pattern)
  return pattern.holidays === 'ignored' ? all : all.filter(({ half }) => half !== why.offHalf)
}

/** The segments of a full day by the pattern alone, whatever the date. */
export function patternSegments({ segments }: Pick<WorkingPattern, 'segments'>): readonly Segment[] {
  return segments.map(({ half, from, to }) => ({ half, from: minuteOf(from), to: minuteOf(to) }))
}

/** Whether the person works on a date, and what the calendar says of it (which an `ignored` pattern does not follow). */
export function works(
  date: CivilDate,
  pattern: Pick<WorkingPattern, 'weekdays' | 'holidays'>,
  calendar: WorkCalendar,
): { readonly works: boolean; readonly why: DayInfo } {
  const why = calendar.day(date)
  const usual = pattern.weekdays.includes(weekday(date))
  return { works: pattern.holidays === 'ignored' || why.works === 'pattern' ? usual : why.works === 'work', why }
}

/** The first working day after a date. Throws `RangeError` when there is none within 400 days. */
export function nextWorkingDay(
  after: CivilDate,
  pattern: Pick<WorkingPattern, 'weekdays' | 'holidays'>,
  calendar: WorkCalendar,
): CivilDate {
  for (let n = 1; n <= SEARCH_DAYS_MAX; n += 1) {
    const date = addDays(after, n)
    if (works(date, pattern, calendar).works) return date
  }
  throw new RangeError(`no working day within ${SEARCH_DAYS_MAX} days after ${after}: check weekdays and company days`)
}

/** Every day from `from` to `to` (inclusive), with what counts of it and why. Throws over 3,660 days. */
export function workingDaysIn(
  from: CivilDate,
  to: CivilDate,
  pattern: WorkingPattern,
  calendar: WorkCalendar,
): readonly WorkedDay[] {
  return eachDay(from, to).map((date) => workedDay(date, pattern, calendar))
}

/** One day of {@link workingDaysIn}. */
export function workedDay(date: CivilDate, pattern: WorkingPattern, calendar: WorkCalendar): WorkedDay {
  const info = calendar.day(date)
  const open = segmentsOn(date, pattern, calendar)
  return { date, counted: open.length > 0, ...totals(open), info, reason: reasonFor(info, pattern) }
}

/** The working minutes and halves of some segments. */
export function totals(open: readonly Segment[]): { readonly minutes: number; readonly halves: readonly HalfDay[] } {
  const halves = (['morning', 'afternoon'] as const).filter((half) => open.some((segment) => segment.half === half))
  return { minutes: open.reduce((sum, segment) => sum + segment.to - segment.from, 0), halves }
}

/**
 * Why a person works on a day or not. Where two things keep them away (a legal holiday on a Saturday) the calendar's is
 * named; a weekend inside a holiday is a `weekend` for those who have it free, and a `bridge-day` for those it frees.
 */
export function reasonFor(info: DayInfo, pattern: Pick<WorkingPattern, 'weekdays' | 'holidays'>): DayReason {
  const usual = pattern.weekdays.includes(weekday(info.date))
  const notUsual = weekday(info.date) >= SATURDAY ? 'weekend' : 'not-in-pattern'
  if (pattern.holidays === 'ignored') return usual ? 'working-day' : notUsual
  if (info.works === 'pattern' && !usual) return notUsual
  switch (info.kind) {
    case 'legal-holiday':
    case 'bridge-day':
    case 'company-day':
      return info.kind
    case 'make-up-working-day':
      return 'make-up-day'
    case 'ordinary':
      if (info.works === 'off') return usual ? 'bridge-day' : notUsual
      return 'working-day'
  }
}
