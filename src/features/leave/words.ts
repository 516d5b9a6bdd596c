/** How leave writes days, stretches and amounts, in both languages. */
import { formatDate, formatMinutes } from '#core/calendar/civil.ts'
import type { Span } from '#core/calendar/count.ts'
import type { CivilDate, HalfDay } from '#core/command-args.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import { messages } from './i18n.ts'
import type { Amount, DayLine } from './rules/model.ts'

/** `9月28日（周一）`, `Mon 28 Sep`; with the year when it is another than that of `today`. */
export function writeDay(date: CivilDate, locale: Locale, today?: CivilDate): string {
  return formatDate(date, locale, today === undefined ? {} : { relativeTo: today })
}

export const writeMinutes = (minutes: number, locale: Locale): string => formatMinutes(minutes, locale)

export const writeHalf = (half: HalfDay, locale: Locale): string => messages.say(locale, half)

/** `9月29日（周二）下午至10月9日（周五）`, `Tue 29 Sep afternoon – Fri 9 Oct`; `9月29日（周二）14:00–16:00`. */
export function writeSpan(span: Span, locale: Locale, today?: CivilDate): string {
  const { from, to, fromHalf, toHalf, fromTime, toTime } = span
  const crosses = from.slice(0, 4) !== to.slice(0, 4)
  const day = (date: CivilDate) =>
    crosses ? formatDate(date, locale, { year: 'always' }) : writeDay(date, locale, today)
  const part = (half: HalfDay | undefined, time: string | undefined) => time ?? (half ? writeHalf(half, locale) : '')
  const join = (date: string, tail: string) =>
    tail === '' ? date : messages.say(locale, 'day-part', { day: date, part: tail })
  if (from !== to)
    return messages.say(locale, 'span', {
      from: join(day(from), part(fromHalf, fromTime)),
      to: join(day(to), part(toHalf, toTime)),
    })
  if (fromTime && toTime) return join(day(from), `${fromTime}–${toTime}`)
  if (fromTime) return join(day(from), messages.say(locale, 'from-time', { time: fromTime }))
  if (toTime) return join(day(from), messages.say(locale, 'until-time', { time: toTime }))
  return join(day(from), part(fromHalf ?? toHalf, undefined))
}

/** `3天半`, `半天`, `2天3小时`, `90分钟`; `3½ days`, `½ day`, `2 days 3 h`. */
export function writeAmount({ halfDays, restMinutes }: Amount, locale: Locale): string {
  const whole = Math.floor(halfDays / 2)
  const odd = halfDays % 2 === 1
  const days =
    halfDays === 0
      ? ''
      : whole === 0
        ? messages.say(locale, 'half-a-day')
        : odd
          ? messages.say(locale, 'days-and-half', { days: whole })
          : messages.say(locale, 'days', { days: whole })
  if (restMinutes === 0 && days !== '') return days
  const rest = writeMinutes(restMinutes, locale)
  return days === '' ? rest : messages.say(locale, 'days-and-hours', { days, hours: rest })
}

/** Below this an odd number of minutes is dust: half of a day of 445 minutes. */
const DUST_MINUTES = 15

/** Minutes of an allowance as days of this person; what is left of a day that does not divide in two is not shown. */
export function writeBalance(minutes: number, dayMinutes: number, locale: Locale): string {
  if (minutes < 0) return `−${writeBalance(-minutes, dayMinutes, locale)}`
  const halfDays = Math.floor((minutes * 2) / dayMinutes)
  const rest = minutes - Math.floor((halfDays * dayMinutes) / 2)
  if (halfDays === 0 && rest < DUST_MINUTES) return messages.say(locale, 'days', { days: 0 })
  return writeAmount({ halfDays, restMinutes: rest < DUST_MINUTES ? 0 : rest }, locale)
}

/** Why a day counts or not: `周末`, `国庆节`, `补班`, `国庆节放假`. */
export function writeReason({ reason, name }: Pick<DayLine, 'reason' | 'name'>, locale: Locale): string {
  if (name !== undefined && (reason === 'legal-holiday' || reason === 'company-day')) return inLocale(name, locale)
  if (name !== undefined && reason === 'bridge-day')
    return messages.say(locale, 'reason.bridge-day', { name: inLocale(name, locale) })
  return reason === 'bridge-day' ? messages.say(locale, 'reason.day-off') : messages.say(locale, `reason.${reason}`)
}

/** Lists longer than this are condensed: days in a row with the same answer become one line. */
const LINES_MAX = 10

/** Each day with its count, or why it does not count; a long stretch condensed to runs of equal days. */
export function writeDays(days: readonly DayLine[], locale: Locale, today?: CivilDate): readonly string[] {
  return writeRuns(days.length > LINES_MAX ? runsOf(days) : days.map((line) => [line]), days, locale, today)
}

/** The same for a card on which something is decided: days in a row that do not count, for one reason, are always one line. */
export function writeDaysBriefly(days: readonly DayLine[], locale: Locale, today?: CivilDate): readonly string[] {
  return writeRuns(runsOf(days, days.length > LINES_MAX ? sameLine : sameSkipped), days, locale, today)
}

function writeRuns(
  runs: readonly (readonly DayLine[])[],
  days: readonly DayLine[],
  locale: Locale,
  today?: CivilDate,
): readonly string[] {
  const crosses = new Set(days.map(({ date }) => date.slice(0, 4))).size > 1
  const day = (date: CivilDate) =>
    crosses ? formatDate(date, locale, { year: 'always' }) : writeDay(date, locale, today)
  return runs.map((run) => {
    const first = run[0] as DayLine
    const last = run.at(-1) as DayLine
    const when =
      run.length === 1 ? day(first.date) : messages.say(locale, 'span', { from: day(first.date), to: day(last.date) })
    if (!first.counted) return messages.say(locale, 'line.skipped', { day: when, why: writeReason(first, locale) })
    return writeCounted(run, when, locale)
  })
}

function writeCounted(run: readonly DayLine[], when: string, locale: Locale): string {
  const first = run[0] as DayLine
  const [half] = first.halves
  const day =
    half !== undefined && first.halfDays === 1
      ? messages.say(locale, 'day-part', { day: when, part: writeHalf(half, locale) })
      : when
  const amount = writeAmount(
    {
      halfDays: run.reduce((sum, { halfDays }) => sum + halfDays, 0),
      restMinutes: run.reduce((sum, { restMinutes }) => sum + restMinutes, 0),
    },
    locale,
  )
  if (first.reason === 'working-day') return messages.say(locale, 'line.counted', { day, amount })
  // A make-up day, or a weekend or holiday of a leave that counts every day.
  return messages.say(locale, 'line.counted-because', { day, amount, why: writeReason(first, locale) })
}

function runsOf(days: readonly DayLine[], same = sameLine): readonly DayLine[][] {
  const runs: DayLine[][] = []
  for (const line of days) {
    const before = runs.at(-1)
    if (before && same(before[0] as DayLine, line)) before.push(line)
    else runs.push([line])
  }
  return runs
}

function sameLine(a: DayLine, b: DayLine): boolean {
  return (
    a.counted === b.counted &&
    a.minutes === b.minutes &&
    a.halves.join() === b.halves.join() &&
    a.reason === b.reason &&
    a.name?.en === b.name?.en
  )
}

function sameSkipped(a: DayLine, b: DayLine): boolean {
  return !a.counted && sameLine(a, b)
}
