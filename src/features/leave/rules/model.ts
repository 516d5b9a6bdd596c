/** The words that the rules of leave share: who asks, what was said, and what it comes to. */
import type { CountBasis, Span } from '#core/calendar/count.ts'
import type { WorkCalendar } from '#core/calendar/days.ts'
import { type DayReason, patternSegments, totals, type WorkingPattern } from '#core/calendar/pattern.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate, HalfDay, Period } from '#core/command-args.ts'
import type { Text } from '#core/i18n.ts'
import type { LeavePolicy, NoticeRule } from '../policy.ts'

/** Whose leave it is, and the moment it is looked at. */
export interface Asker {
  readonly pattern: WorkingPattern
  readonly zone: string
  readonly calendar: WorkCalendar
  /** Their civil date at `now`. */
  readonly today: CivilDate
  readonly now: Instant
  readonly policy: LeavePolicy
}

/** What was said; what was not is absent. */
export interface Said {
  readonly period: Period
  /** The id of a type in the policy. */
  readonly type?: string | undefined
}

/** What the product added to what was said. Always shown. */
export type Proposed = 'type' | 'from' | 'length' | 'half' | 'start' | 'end'

/** One day of a leave: what counts of it, or why nothing does. */
export interface DayLine {
  readonly date: CivilDate
  readonly counted: boolean
  /** Working minutes taken. */
  readonly minutes: number
  /** The halves taken whole, morning first. */
  readonly halves: readonly HalfDay[]
  /** The same as half-days of this person; see {@link Amount}. */
  readonly halfDays: number
  /** Of `minutes`, those in a half that is only partly taken. */
  readonly restMinutes: number
  /** What it takes from a yearly allowance, in minutes: a half day is half of the person's full day, however long that half is. */
  readonly chargeMinutes: number
  readonly reason: DayReason
  /** The holiday's or the company's name for the day. */
  readonly name?: Text | undefined
}

/** How much a leave is. Shown as days, halves and, where a half is cut, hours. */
export interface Amount {
  /** Half-days of this person: two make one of their days, also for those who only work mornings. */
  readonly halfDays: number
  /** Minutes beyond them, in halves that are only partly taken. */
  readonly restMinutes: number
}

export interface NoticeFinding {
  readonly rule: NoticeRule
  readonly met: boolean
  /** The earliest first day it would have allowed; undefined for hours. */
  readonly earliest?: CivilDate | undefined
}

/** What a request comes to. Computed once at the draft and once more when it is sent; never recomputed after that. */
export interface Terms extends Amount {
  readonly type: string
  readonly basis: CountBasis
  readonly span: Span
  /** Working minutes taken; the sum of `days`. */
  readonly minutes: number
  readonly days: readonly DayLine[]
  /** Half open, minutes of the day. */
  readonly segments: readonly { readonly date: CivilDate; readonly from: number; readonly to: number }[]
  /** A schedule that is not out yet may change it. */
  readonly provisional: boolean
  /** What it takes from each calendar year's allowance; years in order, each above 0. */
  readonly byYear: readonly { readonly year: number; readonly minutes: number }[]
  /** Roles in the order in which they decide; empty with `decision: none`. */
  readonly steps: readonly string[]
  /** Notice that came late where the policy only records that. */
  readonly late: readonly NoticeFinding[]
  readonly proposed: readonly Proposed[]
}

/** How many halves this person's full day has: 2, or 1 for those who only work mornings or only afternoons. */
export function halvesPerDay(pattern: WorkingPattern): number {
  return totals(patternSegments(pattern)).halves.length
}

/** The working minutes of this person's full day. */
export function fullDayMinutes(pattern: WorkingPattern): number {
  return totals(patternSegments(pattern)).minutes
}
