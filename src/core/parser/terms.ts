/** The words of a sentence that speak of time, before anyone has asked what they mean together. */
import { addDays, isCivilDate, type Weekday, weekday } from '../calendar/civil.ts'
import type { Amount, CivilDate, HalfDay } from '../command-args.ts'
import type { Span } from './fold.ts'
import type { Moment } from './understanding.ts'

/** A day as it was named. All but `on` are settled against a day they may not lie before. */
export type Day =
  | { readonly on: CivilDate }
  | { readonly weekday: Weekday }
  | { readonly month: number; readonly day: number }
  | { readonly dayOfMonth: number }

/** Parts of the day as they are said. */
export type DayPart = 'dawn' | 'morning' | 'noon' | 'afternoon' | 'evening'

/** A place in time: a day or stretch of days, a part of the day, a clock time, or several of them. */
export interface PointSense {
  readonly kind: 'point'
  readonly first?: Day
  /** Only for words that name several days: 国庆节, 周末, 明后天. */
  readonly last?: Day
  /** Both ends were said, `12 to 14 October`: a `from` before it leaves nothing open. */
  readonly bothSaid?: true
  /** The Monday of a week named without a day: 下周, `next week`. */
  readonly week?: CivilDate
  readonly part?: DayPart
  /** Minutes of the day, 0–1440. */
  readonly minute?: number
  /** The hour was said on a twelve-hour clock: 2点 may be 14:00. */
  readonly twelveHours?: boolean
}

/** What a time word means by itself. */
export type Sense =
  | PointSense
  /** How long. Several amounts: it may mean any of them, likeliest first. */
  | { readonly kind: 'amount'; readonly amounts: readonly Amount[] }
  /** Reads like a time and cannot be one: 2月30日, 0.3天. */
  | { readonly kind: 'wrong'; readonly problem: string }

/** A time word and its place. */
export interface Term extends Span {
  readonly sense: Sense
}

/** One kind of expression: a sticky pattern, and what a match of it means. `undefined`: it means no time after all. */
export interface TermRule {
  readonly pattern: RegExp
  read(match: RegExpExecArray, moment: Moment): Sense | undefined
}

/** A day no calendar holds. */
export const WRONG_DATE: Sense = { kind: 'wrong', problem: 'no-such-date' }
/** A number that does not come out in half days or minutes. */
export const NOT_A_NUMBER: Sense = { kind: 'wrong', problem: 'not-a-number' }
/** Beyond what anybody means: 0天, 25:00, a year 9999. */
export const OUT_OF_RANGE: Sense = { kind: 'wrong', problem: 'out-of-range' }

/** Years that a sentence may name; anything else is a slip of the pen. */
const YEAR_MIN = 1970
const YEAR_MAX = 2999
/** The longest stretch that is understood, ten years: more is a slip of the pen. */
export const DAYS_SAID_MAX = 3_660

const HALF_OF: Readonly<Record<DayPart, HalfDay | undefined>> = {
  dawn: undefined,
  morning: 'morning',
  noon: undefined,
  afternoon: 'afternoon',
  evening: 'afternoon',
}

/** The half of the day a part belongs to; the evening ends the afternoon, dawn and noon belong to neither. */
export const halfOf = (part: DayPart | undefined): HalfDay | undefined =>
  part === undefined ? undefined : HALF_OF[part]

/** A rule from the source of a pattern; it is made sticky, so it only ever looks at one place. */
export function rule(source: string, read: TermRule['read']): TermRule {
  return { pattern: new RegExp(source, 'y'), read }
}

/** A place in time. */
export const point = (sense: Omit<PointSense, 'kind'>): Sense => ({ kind: 'point', ...sense })
/** A named day. */
export const onDay = (on: CivilDate): Sense => point({ first: { on } })

/** A date of a named year. */
export function yearMonthDay(year: number, month: number, day: number): Sense {
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  if (!isCivilDate(date)) return WRONG_DATE
  return year < YEAR_MIN || year > YEAR_MAX ? OUT_OF_RANGE : onDay(date)
}

/** A date without its year. 29 February counts as a date here; whether the coming year has one is seen later. */
export function monthDay(month: number, day: number): Sense {
  return isCivilDate(`2000-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
    ? point({ first: { month, day } })
    : WRONG_DATE
}

/** The day `day` of the month that lies `months` after the month of `date`; the month's last day for `'last'`. */
export function dayOfMonthFrom(date: CivilDate, months: number, day: number | 'last'): Sense {
  const month = Number(date.slice(5, 7)) - 1 + months
  const [year, inYear] = [Number(date.slice(0, 4)) + Math.floor(month / 12), ((month % 12) + 12) % 12]
  if (day !== 'last') return yearMonthDay(year, inYear + 1, day)
  for (const last of [31, 30, 29]) {
    const sense = yearMonthDay(year, inYear + 1, last)
    if (sense.kind === 'point') return sense
  }
  return yearMonthDay(year, inYear + 1, 28)
}

/** `days` away from today, negative for the past. */
export function away(moment: Moment, days: number): Sense {
  return Math.abs(days) > DAYS_SAID_MAX ? OUT_OF_RANGE : onDay(addDays(moment.today, days))
}

/** `months` away from today, on the same day of the month or, where there is none, on the last. */
export function monthsAway(moment: Moment, months: number): Sense {
  if (Math.abs(months) * 30 > DAYS_SAID_MAX) return OUT_OF_RANGE
  const same = dayOfMonthFrom(moment.today, months, Number(moment.today.slice(8)))
  return same.kind === 'point' ? same : dayOfMonthFrom(moment.today, months, 'last')
}

/** The Monday of the week that lies `weeks` after the one `date` is in. Weeks begin on Monday. */
export function mondayOf(date: CivilDate, weeks = 0): CivilDate {
  return addDays(date, 1 - weekday(date) + 7 * weeks)
}

/** A clock time; `twelveHours` when the hour alone leaves open whether it is before or after noon. */
export function clock(hour: number, minute: number, twelveHours = false): Sense {
  const total = hour * 60 + minute
  if (minute > 59 || total > 1_440) return OUT_OF_RANGE
  return point({ minute: total, ...(twelveHours && hour >= 1 && hour <= 12 ? { twelveHours } : {}) })
}

/** A clock time so many minutes from now, with its day. */
export function minutesAway(moment: Moment, minutes: number): Sense {
  const now = Number(moment.time.slice(0, 2)) * 60 + Number(moment.time.slice(3, 5))
  const then = now + minutes
  const days = Math.floor(then / 1_440)
  if (Math.abs(days) > DAYS_SAID_MAX) return OUT_OF_RANGE
  return point({ first: { on: addDays(moment.today, days) }, minute: then - days * 1_440 })
}
