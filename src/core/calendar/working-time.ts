/** Clock arithmetic for deadlines: minutes that run on the wall, or only inside working windows, with every step explained. */
import { type Instant, MINUTE_MS } from '../clock.ts'
import type { CivilDate } from '../command-args.ts'
import { addDays, civilDateAt, DAYS_MAX, instantAt } from './civil.ts'
import type { WorkCalendar } from './days.ts'
import { type DayReason, reasonFor, segmentsOn, type WorkingPattern } from './pattern.ts'

/** A stretch of a day in which time counts: minutes of the day, half open. */
export interface Window {
  readonly from: number
  readonly to: number
}

export type TimeClock =
  | { readonly kind: 'wall' }
  | {
      readonly kind: 'working'
      /** The windows of a date, in order and without overlap; empty on a day that does not count. */
      readonly windows: (date: CivilDate) => readonly Window[]
      /** Why a date has no windows, for the explanation. */
      readonly why?: (date: CivilDate) => DayReason
      readonly zone: string
    }

/** One line of an explained deadline. The `minutes` of all lines add up to what was asked. */
export type ExplainLine =
  | { readonly kind: 'wall'; readonly from: Instant; readonly to: Instant; readonly minutes: number }
  /** Time that counted, on `date`, from one instant to another. */
  | {
      readonly kind: 'counted'
      readonly date: CivilDate
      readonly from: Instant
      readonly to: Instant
      readonly minutes: number
    }
  /** A whole day that was passed over. `reason` is absent when the clock does not say. */
  | { readonly kind: 'skipped'; readonly date: CivilDate; readonly minutes: 0; readonly reason?: DayReason }

/** The clock of a person's or a department's working pattern. */
export function workingClock(pattern: WorkingPattern, calendar: WorkCalendar, zone: string): TimeClock {
  return {
    kind: 'working',
    windows: (date) => segmentsOn(date, pattern, calendar),
    why: (date) => reasonFor(calendar.day(date), pattern),
    zone,
  }
}

/**
 * The instant at which `minutes` have run since `start`. An end that falls on the end of a window lies there, not at the
 * beginning of the next; 0 minutes are due at `start` itself. Minutes are real ones: a window over the autumn change is an
 * hour longer. Throws `RangeError` for a negative or broken number, and when they have not run within 3,660 days.
 */
export function addTime(
  start: Instant,
  minutes: number,
  clock: TimeClock,
): { readonly due: Instant; readonly lines: readonly ExplainLine[] } {
  if (!Number.isSafeInteger(minutes) || minutes < 0) {
    throw new RangeError(`${minutes} is not a number of minutes: give an integer from 0`)
  }
  if (clock.kind === 'wall') {
    const due = start + minutes * MINUTE_MS
    return { due, lines: [{ kind: 'wall', from: start, to: due, minutes }] }
  }
  if (minutes === 0) return { due: start, lines: [] }
  const wantedMs = minutes * MINUTE_MS
  const lines: ExplainLine[] = []
  let runMs = 0
  for (const { date, windows } of openDays(start, clock)) {
    if (windows.length === 0) lines.push(skippedLine(date, clock))
    for (const window of windows) {
      const from = Math.max(window.from, start)
      if (from >= window.to) continue
      const to = Math.min(window.to, from + wantedMs - runMs)
      // Whole minutes of the running total, so that the lines add up however the seconds fall.
      const counted = Math.floor((runMs + to - from) / MINUTE_MS) - Math.floor(runMs / MINUTE_MS)
      lines.push({ kind: 'counted', date, from, to, minutes: counted })
      runMs += to - from
      if (runMs === wantedMs) return { due: to, lines }
    }
  }
  throw new RangeError(`${minutes} working minutes do not pass within ${DAYS_MAX} days: check the working windows`)
}

/**
 * Whole minutes that run from `a` to `b`, rounded towards 0; negative when `b` is earlier. The way back of
 * {@link addTime}. Throws `RangeError` when they lie more than 3,660 days apart on a working clock.
 */
export function timeBetween(a: Instant, b: Instant, clock: TimeClock): number {
  if (b < a) return 0 - timeBetween(b, a, clock)
  if (clock.kind === 'wall') return Math.floor((b - a) / MINUTE_MS)
  let runMs = 0
  for (const { start, windows } of openDays(a, clock)) {
    if (start >= b) return Math.floor(runMs / MINUTE_MS)
    for (const { from, to } of windows) runMs += Math.max(0, Math.min(to, b) - Math.max(from, a))
  }
  throw new RangeError(`working time can be counted over at most ${DAYS_MAX} days`)
}

type WorkingClock = Extract<TimeClock, { kind: 'working' }>

interface OpenDay {
  readonly date: CivilDate
  /** The first instant of the day. */
  readonly start: Instant
  readonly windows: readonly { readonly from: Instant; readonly to: Instant }[]
}

/** The days from the one `from` lies in, with their windows as instants. A window that summer time swallows is left out. */
function* openDays(from: Instant, { windows, zone }: WorkingClock): Generator<OpenDay> {
  const first = civilDateAt(from, zone)
  for (let n = 0; n <= DAYS_MAX; n += 1) {
    const date = addDays(first, n)
    const at = (minute: number) => instantAt(date, minute, zone)
    yield { date, start: at(0), windows: windows(date).map((window) => ({ from: at(window.from), to: at(window.to) })) }
  }
}

function skippedLine(date: CivilDate, { why }: WorkingClock): ExplainLine {
  return { kind: 'skipped', date, minutes: 0, ...(why === undefined ? {} : { reason: why(date) }) }
}
