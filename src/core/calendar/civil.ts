/** Civil dates and wall times: arithmetic on days as they stand on a wall calendar, and the way between them and instants. */
import { DAY_MS, type Instant, MINUTE_MS } from '../clock.ts'
import type { CivilDate } from '../command-args.ts'
import { defineMessages, type Locale } from '../i18n.ts'
import { endOfGap, offsetMsAt } from './zone.ts'

export { isZone } from './zone.ts'

/** Monday 1 … Sunday 7, as ISO 8601 counts. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** What a clock on the wall of a zone shows. */
export interface WallTime {
  readonly date: CivilDate
  /** `HH:MM`, 24 hours. */
  readonly time: string
  /** Minutes since the wall clock showed 00:00, 0–1439; seconds are dropped. */
  readonly minuteOfDay: number
}

/** The longest list of days that is ever made: about ten years. */
export const DAYS_MAX = 3_660

const MINUTES_PER_DAY = 1_440
/** Days from 0001-01-01 to 1970-01-01. */
const DAYS_BEFORE_1970 = 719_162
/** Date arithmetic ends here, so that every date keeps four digits of year. */
const FIRST_DAY = dayNumber(1, 1, 1)
const LAST_DAY = dayNumber(9999, 12, 31)

/** True for `YYYY-MM-DD` naming a day that exists (proleptic Gregorian, years 0001–9999). */
export function isCivilDate(s: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(s)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** The date `n` days later, earlier when `n` is negative. Throws `RangeError` when `date` is none or `n` is no integer. */
export function addDays(date: CivilDate, n: number): CivilDate {
  if (!Number.isSafeInteger(n)) throw new RangeError(`${n} is not a number of days: give an integer`)
  return fromDayNumber(toDayNumber(date) + n)
}

/** Days from `from` to `to`: `to − from`, 0 on the same day, negative when `to` is earlier. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return toDayNumber(to) - toDayNumber(from)
}

/** The weekday of a date, Monday 1 … Sunday 7. */
export function weekday(date: CivilDate): Weekday {
  // Day 0, 1970-01-01, was a Thursday.
  return (modulo(toDayNumber(date) + 3, 7) + 1) as Weekday
}

/** Negative, 0 or positive as `a` is before, on or after `b`; fit for `sort`. */
export function compareDates(a: CivilDate, b: CivilDate): number {
  return toDayNumber(a) - toDayNumber(b)
}

/** Every day from `from` to `toInclusive`; empty when `toInclusive` is earlier. Throws `RangeError` over {@link DAYS_MAX} days. */
export function eachDay(from: CivilDate, toInclusive: CivilDate): readonly CivilDate[] {
  const first = toDayNumber(from)
  const count = toDayNumber(toInclusive) - first + 1
  if (count > DAYS_MAX) {
    throw new RangeError(`${from} to ${toInclusive} is ${count} days: at most ${DAYS_MAX} can be listed at once`)
  }
  return Array.from({ length: Math.max(0, count) }, (_, index) => fromDayNumber(first + index))
}

/** The month of a date, `2026-09`. */
export function monthOf(date: CivilDate): string {
  return checked(date).slice(0, 7)
}

/** The year of a date, as a number. */
export function yearOf(date: CivilDate): number {
  return Number(checked(date).slice(0, 4))
}

/** The last day of the month that `dateOrMonth` (`2026-02-10` or `2026-02`) lies in. */
export function lastDayOfMonth(dateOrMonth: string): CivilDate {
  const month = checked(dateOrMonth.length === 7 ? `${dateOrMonth}-01` : dateOrMonth).slice(0, 7)
  return `${month}-${pad2(daysInMonth(Number(month.slice(0, 4)), Number(month.slice(5))))}`
}

/** The civil date that `zone` has at an instant. */
export function civilDateAt(instant: Instant, zone: string): CivilDate {
  return fromDayNumber(Math.floor((instant + offsetMsAt(instant, zone)) / DAY_MS))
}

/** The date and wall time that `zone` has at an instant. Throws `RangeError` for an unknown zone. */
export function wallTimeAt(instant: Instant, zone: string): WallTime {
  const local = instant + offsetMsAt(instant, zone)
  const day = Math.floor(local / DAY_MS)
  const minuteOfDay = Math.floor((local - day * DAY_MS) / MINUTE_MS)
  return { date: fromDayNumber(day), time: timeOf(minuteOfDay), minuteOfDay }
}

/**
 * The instant at which the wall clock of `zone` shows `time` on `date`.
 *
 * A time that the clock skips (spring) means the first instant after the gap: 02:30 becomes 03:00. A time that it shows
 * twice (autumn) means the first of the two. So a later wall time is never an earlier instant, and no interval of the
 * day can turn round.
 *
 * @param time minutes of the day (may lie outside 0–1440 and then means a neighbouring day: 1,560 is 02:00 of the next) or `HH:MM`
 */
export function instantAt(date: CivilDate, time: number | string, zone: string): Instant {
  const minute = typeof time === 'string' ? minuteOf(time) : time
  if (!Number.isSafeInteger(minute)) throw new RangeError(`${time} is not a minute of the day: give an integer`)
  const local = toDayNumber(date) * DAY_MS + minute * MINUTE_MS
  const before = local - offsetMsAt(local - DAY_MS, zone)
  if (local - before === offsetMsAt(before, zone)) {
    // The offset of the day before holds, and of two readings it gives the earlier one (the clock was set back).
    return before
  }
  const after = local - offsetMsAt(local + DAY_MS, zone)
  if (local - after === offsetMsAt(after, zone)) return after
  return endOfGap(local, zone)
}

/** The first instant of a day in `zone`: midnight, or later where summer time begins at midnight. */
export function startOfDay(date: CivilDate, zone: string): Instant {
  return instantAt(date, 0, zone)
}

/** Minutes since 00:00 of `HH:MM`, 0–1440 (`24:00` is the end of the day). Throws `RangeError` for anything else. */
export function minuteOf(time: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(time)
  const minute = match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2])
  if (Number.isNaN(minute) || Number(match?.[2]) > 59 || minute > MINUTES_PER_DAY) {
    throw new RangeError(`${time} is not a time of day: write HH:MM from 00:00 to 24:00`)
  }
  return minute
}

/** `HH:MM` of a minute of the day, 0–1440. Throws `RangeError` outside. */
export function timeOf(minuteOfDay: number): string {
  if (!Number.isSafeInteger(minuteOfDay) || minuteOfDay < 0 || minuteOfDay > MINUTES_PER_DAY) {
    throw new RangeError(`${minuteOfDay} is not a minute of the day: give an integer from 0 to ${MINUTES_PER_DAY}`)
  }
  return `${pad2(Math.floor(minuteOfDay / 60))}:${pad2(minuteOfDay % 60)}`
}

const messages = defineMessages(
  {
    day: '{day} {month}',
    'day-in-year': '{day} {month} {year}',
    'with-weekday': '{weekday} {date}',
    'date-and-time': '{date}, {time}',
    range: '{from} – {to}',
    hours: '{hours} h',
    minutes: '{minutes} min',
    'hours-and-minutes': '{hours} h {minutes} min',
    months: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
    weekdays: 'Mon Tue Wed Thu Fri Sat Sun',
  },
  {
    day: '{month}月{day}日',
    'day-in-year': '{year}年{month}月{day}日',
    'with-weekday': '{date}（{weekday}）',
    'date-and-time': '{date}{time}',
    range: '{from}至{to}',
    hours: '{hours}小时',
    minutes: '{minutes}分钟',
    'hours-and-minutes': '{hours}小时{minutes}分钟',
    months: '1 2 3 4 5 6 7 8 9 10 11 12',
    weekdays: '周一 周二 周三 周四 周五 周六 周日',
  },
)

/** How a date is written. */
export interface DateStyle {
  /** With its weekday; yes unless said otherwise. */
  readonly weekday?: boolean
  /** `auto` (the default): only when it differs from the year of `relativeTo`; without `relativeTo` never. */
  readonly year?: 'auto' | 'always'
  /** The reader's today, for `year: 'auto'`. */
  readonly relativeTo?: CivilDate
}

/** `9月28日（周一）`, `Mon 28 Sep`; with the year `2026年9月28日（周一）`, `Mon 28 Sep 2026`. Depends on nothing but its arguments. */
export function formatDate(date: CivilDate, locale: Locale, style: DateStyle = {}): string {
  const { relativeTo, year = 'auto' } = style
  const withYear = year === 'always' || (relativeTo !== undefined && yearOf(relativeTo) !== yearOf(date))
  const parts = {
    day: Number(checked(date).slice(8)),
    month: messages.say(locale, 'months').split(' ')[Number(date.slice(5, 7)) - 1] ?? '',
  }
  const text = withYear
    ? messages.say(locale, 'day-in-year', { ...parts, year: yearOf(date) })
    : messages.say(locale, 'day', parts)
  if (style.weekday === false) return text
  return messages.say(locale, 'with-weekday', { date: text, weekday: formatWeekday(weekday(date), locale) })
}

/** `周一`, `Mon`. */
export function formatWeekday(day: Weekday, locale: Locale): string {
  return messages.say(locale, 'weekdays').split(' ')[day - 1] ?? ''
}

/** Date and wall time in `zone`: `9月28日（周一）09:00`, `Mon 28 Sep, 09:00`. */
export function formatInstant(instant: Instant, zone: string, locale: Locale, style: DateStyle = {}): string {
  const { date, time } = wallTimeAt(instant, zone)
  return messages.say(locale, 'date-and-time', { date: formatDate(date, locale, style), time })
}

/** A length of time: `2小时30分钟`, `2 h 30 min`; never in days, for how long a day is differs from person to person. */
export function formatMinutes(minutes: number, locale: Locale): string {
  if (minutes < 0) return `−${formatMinutes(-minutes, locale)}`
  const parts = { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
  if (parts.hours === 0) return messages.say(locale, 'minutes', parts)
  return messages.say(locale, parts.minutes === 0 ? 'hours' : 'hours-and-minutes', parts)
}

/**
 * Both ends included: `9月28日（周一）至10月2日（周五）`, `Mon 28 Sep – Fri 2 Oct`; a single day is written once.
 * When the ends lie in different years both carry theirs, unless `style.year` or `relativeTo` already says so.
 */
export function formatRange(from: CivilDate, to: CivilDate, locale: Locale, style: DateStyle = {}): string {
  if (from === to) return formatDate(from, locale, style)
  const both: DateStyle = yearOf(from) === yearOf(to) ? style : { ...style, year: 'always' }
  return messages.say(locale, 'range', { from: formatDate(from, locale, both), to: formatDate(to, locale, both) })
}

function checked(date: string): CivilDate {
  if (!isCivilDate(date)) throw new RangeError(`${date} is not a date: write YYYY-MM-DD, as 2026-09-28`)
  return date
}

function toDayNumber(date: CivilDate): number {
  checked(date)
  return dayNumber(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8)))
}

function fromDayNumber(day: number): CivilDate {
  if (day < FIRST_DAY || day > LAST_DAY) throw new RangeError(`day ${day} lies outside the years 1 to 9999`)
  // A first guess from the mean length of a year is at most one year off.
  let year = Math.floor((day - FIRST_DAY) / 365.2425) + 1
  if (dayNumber(year, 1, 1) > day) year -= 1
  else if (dayNumber(year + 1, 1, 1) <= day) year += 1
  let month = 1
  let left = day - dayNumber(year, 1, 1)
  while (left >= daysInMonth(year, month)) {
    left -= daysInMonth(year, month)
    month += 1
  }
  return `${String(year).padStart(4, '0')}-${pad2(month)}-${pad2(left + 1)}`
}

/** Days since 1970-01-01. Integers only: no `Date`, which moves years below 100 and tempts to read a zone. */
function dayNumber(year: number, month: number, day: number): number {
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  let count = past * 365 + leapDays + day - 1
  for (let m = 1; m < month; m += 1) count += daysInMonth(year, m)
  return count - DAYS_BEFORE_1970
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function pad2(n: number): string {
  return String(n).padStart(2, '0')
}

function modulo(n: number, by: number): number {
  return ((n % by) + by) % by
}
