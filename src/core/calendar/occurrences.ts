/** When a rule falls due: the one pure function that live running, catch-up, preview, the calendar and rehearsal ask. */
import type { Instant } from '../clock.ts'
import type { CivilDate } from '../command-args.ts'
import {
  addDays,
  civilDateAt,
  daysBetween,
  eachDay,
  instantAt,
  lastDayOfMonth,
  monthOf,
  wallTimeAt,
  weekday,
} from './civil.ts'
import type { WorkCalendar } from './days.ts'
import { DEFAULT_PATTERN, type WorkingPattern, works } from './pattern.ts'
import { offsetMsOf, type ScheduleRule, wallCron, weekdayOf } from './schedule-rule.ts'

export { describeRule } from './describe-rule.ts'
export { type ScheduleRule, scheduleRuleSchema } from './schedule-rule.ts'

/** More than this in one question is a mistake of the asker. */
const OCCURRENCES_MAX = 10_000
/** A century: no question is longer, whatever the rule. */
const WINDOW_DAYS_MAX = 36_600
/** How far a rule may move an occurrence from the month or week it belongs to; no holiday is longer. */
const MOVE_DAYS_MAX = 31

/**
 * Every instant after `from` and up to and including `until` at which `rule` falls due in `zone`, in order, none twice.
 * Which instants these are depends on the rule alone and not on where the window begins: the occurrences of two windows
 * that touch are those of both together.
 *
 * Wall times are turned into instants as {@link instantAt} says, cron or not: a time that the clock skips in spring falls
 * due at the first instant after the gap (02:30 at 03:00), a time it shows twice in autumn once, the first time round.
 * A cron that repeats within the hour therefore rests during the second showing.
 *
 * @param pattern what a working day is; Monday to Friday by the statutory calendar unless given
 * Throws `RangeError` over 10,000 occurrences or a window of over 36,600 days, and for a rule that {@link ScheduleRule}'s
 * schema would refuse.
 */
export function occurrences(
  rule: ScheduleRule,
  from: Instant,
  until: Instant,
  zone: string,
  calendar: WorkCalendar,
  pattern: Pick<WorkingPattern, 'weekdays' | 'holidays'> = DEFAULT_PATTERN,
): readonly Instant[] {
  if (until <= from) return []
  const minusMs = offsetMsOf(rule.minus)
  if (minusMs === undefined) throw new RangeError(`minus: ${rule.minus} is not a length of time: write PT30M`)
  const window = { from: from + minusMs, until: until + minusMs, zone }
  const due = 'cron' in rule ? cronInstants(rule.cron, window) : dateInstants(rule, window, calendar, pattern)
  const found = new Set<Instant>()
  for (const instant of due) {
    if (instant <= window.from || instant > window.until) continue
    found.add(instant - minusMs)
    if (found.size > OCCURRENCES_MAX) {
      throw new RangeError(`more than ${OCCURRENCES_MAX} occurrences in one window: ask for a shorter one`)
    }
  }
  return [...found].sort((a, b) => a - b)
}

interface Window {
  readonly from: Instant
  readonly until: Instant
  readonly zone: string
}

/**
 * croner walks the wall clock (as if it were UTC) and we put each wall time into the zone: its own walk in a zone depends
 * on where it starts, once a clock has been set back, and windows would no longer fit together.
 */
function* cronInstants(expression: string, { from, until, zone }: Window): Generator<Instant> {
  const cron = wallCron(expression)
  const { date, time } = wallTimeAt(from, zone)
  let run = cron.nextRun(`${date}T${time}:00`)
  while (run !== null) {
    const wall = wallTimeAt(run.getTime(), 'UTC')
    const instant = instantAt(wall.date, wall.minuteOfDay, zone)
    // A later wall time is never an earlier instant, so nothing due lies behind this one.
    if (instant > until) return
    yield instant
    run = cron.nextRun(run)
  }
}

type DateRule = Exclude<ScheduleRule, { cron: string }>

function* dateInstants(
  rule: DateRule,
  { from, until, zone }: Window,
  calendar: WorkCalendar,
  pattern: Pick<WorkingPattern, 'weekdays' | 'holidays'>,
): Generator<Instant> {
  const first = civilDateAt(from, zone)
  // A clock set back over midnight shows the evening again after the first minutes of the next day.
  const last = addDays(civilDateAt(until, zone), 1)
  if (daysBetween(first, last) > WINDOW_DAYS_MAX) {
    throw new RangeError(`${first} to ${last} is more than ${WINDOW_DAYS_MAX} days: ask for a shorter window`)
  }
  const isWorking = (date: CivilDate) => works(date, pattern, calendar).works
  for (const date of datesOf(rule, first, last, isWorking, calendar)) yield instantAt(date, rule.at, zone)
}

type IsWorking = (date: CivilDate) => boolean

/** The dates of a rule that may lie between two dates; some beyond, never one too few. */
function* datesOf(
  rule: DateRule,
  first: CivilDate,
  last: CivilDate,
  isWorking: IsWorking,
  calendar: WorkCalendar,
): Generator<CivilDate> {
  if ('beforeHoliday' in rule) {
    const { days } = rule.beforeHoliday
    yield* holidayStarts(addDays(first, days), addDays(last, days), calendar, -days)
    return
  }
  if (rule.every === 'working-day') {
    for (let date = first; date <= last; date = addDays(date, 1)) if (isWorking(date)) yield date
    return
  }
  if (rule.every === 'week') {
    for (let monday = mondayOf(first); monday <= last; monday = addDays(monday, 7)) {
      const date = inWeek(rule, monday, isWorking)
      if (date !== undefined) yield date
    }
    return
  }
  const end = addDays(last, MOVE_DAYS_MAX)
  for (let month = firstOf(addDays(first, -MOVE_DAYS_MAX)); month <= end; month = addDays(lastDayOfMonth(month), 1)) {
    if (rule.months !== undefined && !rule.months.includes(Number(month.slice(5, 7)))) continue
    const date = inMonth(rule, month, isWorking)
    if (date !== undefined) yield date
  }
}

/** Days counted from the first day off of each public holiday, a year's worth of calendar at a time. */
function* holidayStarts(first: CivilDate, last: CivilDate, calendar: WorkCalendar, move: number): Generator<CivilDate> {
  for (let start = first; start <= last; start = addDays(start, 366)) {
    const yearOn = addDays(start, 365)
    const end = yearOn < last ? yearOn : last
    for (const run of calendar.holidays(start, end)) {
      if (run.legal) yield addDays(run.from, move)
    }
  }
}

function inWeek(
  { weekday, onDayOff = 'skip' }: Extract<DateRule, { every: 'week' }>,
  monday: CivilDate,
  isWorking: IsWorking,
): CivilDate | undefined {
  const usual = addDays(monday, weekdayOf(weekday) - 1)
  if (onDayOff === 'same' || isWorking(usual)) return usual
  return onDayOff === 'skip' ? undefined : eachDay(monday, addDays(monday, 6)).findLast(isWorking)
}

function inMonth(
  rule: Extract<DateRule, { every: 'month' }>,
  month: CivilDate,
  isWorking: IsWorking,
): CivilDate | undefined {
  if ('workingDay' in rule) {
    const days = eachDay(month, lastDayOfMonth(month)).filter(isWorking)
    return rule.workingDay === 'last' ? days.at(-1) : days[rule.workingDay - 1]
  }
  const usual = usualInMonth(rule, month)
  if (rule.onDayOff === undefined || rule.onDayOff === 'same' || isWorking(usual)) return usual
  const step = rule.onDayOff === 'previous-working-day' ? -1 : 1
  for (let n = 1; n <= MOVE_DAYS_MAX; n += 1) {
    const date = addDays(usual, step * n)
    if (isWorking(date)) return date
  }
  return undefined
}

function usualInMonth(
  rule: Exclude<Extract<DateRule, { every: 'month' }>, { workingDay: unknown }>,
  month: CivilDate,
): CivilDate {
  const last = lastDayOfMonth(month)
  if ('day' in rule) {
    const date = addDays(month, rule.day - 1)
    return date < last ? date : last
  }
  const wanted = weekdayOf(rule.weekday)
  if ('before' in rule) return weekdayBefore(wanted, addDays(month, rule.before - 1))
  if (rule.nth === 'last') return weekdayBefore(wanted, addDays(last, 1))
  return addDays(weekdayBefore(wanted, addDays(month, 7)), 7 * (rule.nth - 1))
}

/** The last such weekday strictly before a date. */
function weekdayBefore(wanted: number, date: CivilDate): CivilDate {
  const back = (weekday(date) - wanted + 7) % 7
  return addDays(date, back === 0 ? -7 : -back)
}

function mondayOf(date: CivilDate): CivilDate {
  return addDays(date, 1 - weekday(date))
}

function firstOf(date: CivilDate): CivilDate {
  return `${monthOf(date)}-01`
}
