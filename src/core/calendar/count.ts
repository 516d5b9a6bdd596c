/** How much a stretch of days amounts to, in minutes and halves of a person's own days, and where n half-days end. */
import type { CivilDate, HalfDay, Period } from '../command-args.ts'
import { addDays, DAYS_MAX, daysBetween, eachDay, minuteOf } from './civil.ts'
import type { WorkCalendar } from './days.ts'
import {
  patternSegments,
  type Segment,
  segmentsOn,
  totals,
  type WorkedDay,
  type WorkingPattern,
  workedDay,
} from './pattern.ts'

/** `working`: only what the person would have worked. `calendar`: every day, weekends and holidays too, as a full day of the pattern. */
export type CountBasis = 'working' | 'calendar'

/** A stretch of days with both ends; halves and clock times narrow the first and the last day. */
export type Span = Required<Pick<Period, 'from' | 'to'>> & Pick<Period, 'fromHalf' | 'toHalf' | 'fromTime' | 'toTime'>

export interface Counted {
  readonly minutes: number
  /**
   * Halves of a day that are covered whole: a working day has one or two. A half that a clock time cuts is not among
   * them and counts in `minutes` alone, so hours are never rounded into halves.
   */
  readonly halfDays: number
  /** Each day with what counts of it: minutes and halves are those inside the span. */
  readonly days: readonly WorkedDay[]
  /** The stretches that count, in order, half open, minutes of the day. */
  readonly segments: readonly { readonly date: CivilDate; readonly from: number; readonly to: number }[]
  /** A schedule that is not out yet may change the count. Never for a count that asks no calendar. */
  readonly provisional: boolean
}

/**
 * Counts a span: first which segments the calendar leaves of each day, then which of these lie inside the span, so that a
 * half on a holiday is nothing and not minus a half (lessons 2.A 2). Throws `RangeError` when the span ends before it
 * begins or is longer than 3,660 days.
 */
export function countDays(span: Span, pattern: WorkingPattern, calendar: WorkCalendar, basis: CountBasis): Counted {
  checkOrder(span)
  const segments: { date: CivilDate; from: number; to: number }[] = []
  let halfDays = 0
  const days = eachDay(span.from, span.to).map((date) => {
    const open = openOn(date, pattern, calendar, basis)
    const inside = open.flatMap((segment) => clip(segment, date, span))
    segments.push(...inside.map(({ from, to }) => ({ date, from, to })))
    halfDays += wholeHalves(open, inside).length
    return { ...workedDay(date, pattern, calendar), counted: inside.length > 0, ...totals(inside) }
  })
  const asksCalendar = basis === 'working' && pattern.holidays === 'statutory'
  return {
    minutes: days.reduce((sum, { minutes }) => sum + minutes, 0),
    halfDays,
    days,
    segments,
    provisional: asksCalendar && days.some(({ info }) => info.provisional),
  }
}

/**
 * Where `halfDays` half-days end that begin on `from` (with its afternoon, if `fromHalf` says so): the inclusive last day
 * and its half. Days that do not count are passed over; a day with one working half gives one. It is the way back of
 * {@link countDays}: the span it ends counts exactly `halfDays`. Throws `RangeError` for less than 1 or no integer, and
 * when they do not end within 3,660 days.
 */
export function spanOf(
  from: CivilDate,
  halfDays: number,
  fromHalf: HalfDay | undefined,
  pattern: WorkingPattern,
  calendar: WorkCalendar,
  basis: CountBasis,
): { readonly to: CivilDate; readonly toHalf: HalfDay } {
  if (!Number.isSafeInteger(halfDays) || halfDays < 1) {
    throw new RangeError(`${halfDays} is not a number of half-days: give an integer from 1`)
  }
  let left = halfDays
  for (let n = 0; n < DAYS_MAX; n += 1) {
    const date = addDays(from, n)
    const { halves } = totals(openOn(date, pattern, calendar, basis))
    for (const half of halves) {
      if (n === 0 && fromHalf === 'afternoon' && half === 'morning') continue
      left -= 1
      if (left === 0) return { to: date, toHalf: half }
    }
  }
  throw new RangeError(`${halfDays} half-days from ${from} do not end within ${DAYS_MAX} days`)
}

function openOn(
  date: CivilDate,
  pattern: WorkingPattern,
  calendar: WorkCalendar,
  basis: CountBasis,
): readonly Segment[] {
  return basis === 'calendar' ? patternSegments(pattern) : segmentsOn(date, pattern, calendar)
}

/** What of a segment lies inside the span; nothing or one piece. */
function clip(segment: Segment, date: CivilDate, span: Span): readonly Segment[] {
  if (date === span.from && span.fromHalf === 'afternoon' && segment.half === 'morning') return []
  if (date === span.to && span.toHalf === 'morning' && segment.half === 'afternoon') return []
  const from = date === span.from && span.fromTime !== undefined ? minuteOf(span.fromTime) : 0
  const to = date === span.to && span.toTime !== undefined ? minuteOf(span.toTime) : Number.POSITIVE_INFINITY
  const piece = { ...segment, from: Math.max(segment.from, from), to: Math.min(segment.to, to) }
  return piece.from < piece.to ? [piece] : []
}

function wholeHalves(open: readonly Segment[], inside: readonly Segment[]): readonly HalfDay[] {
  const minutesOf = (segments: readonly Segment[], half: HalfDay) =>
    totals(segments.filter((segment) => segment.half === half)).minutes
  return totals(inside).halves.filter((half) => minutesOf(open, half) === minutesOf(inside, half))
}

function checkOrder({ from, to, fromHalf, toHalf, fromTime, toTime }: Span): void {
  const days = daysBetween(from, to)
  const halvesTurned = fromHalf === 'afternoon' && toHalf === 'morning'
  const timesTurned = fromTime !== undefined && toTime !== undefined && minuteOf(fromTime) >= minuteOf(toTime)
  if (days < 0 || (days === 0 && (halvesTurned || timesTurned))) {
    const end = (date: CivilDate, half?: HalfDay, time?: string) => [date, half, time].filter(Boolean).join(' ')
    throw new RangeError(`${end(from, fromHalf, fromTime)} to ${end(to, toHalf, toTime)} ends before it begins`)
  }
}
