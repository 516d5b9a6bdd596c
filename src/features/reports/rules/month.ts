/** Months: the one a report is about, its days, and how people write one. Pure. */
import { addDays, civilDateAt, lastDayOfMonth, monthOf, startOfDay } from '#core/calendar/civil.ts'
import type { WorkCalendar } from '#core/calendar/days.ts'
import { occurrences, type ScheduleRule } from '#core/calendar/occurrences.ts'
import { offsetMsOf } from '#core/calendar/schedule-rule.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Locale } from '#core/i18n.ts'
import { fold } from '#core/parser/fold.ts'
import { HAN_NUMBER, readNumber } from '#core/parser/numerals.ts'
import { messages } from '../i18n.ts'

/** `2026-09`. */
export type Month = string

export const isMonth = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text)

/** First and last day, both included. */
export function datesOf(month: Month): { readonly first: CivilDate; readonly last: CivilDate } {
  return { first: `${month}-01`, last: lastDayOfMonth(month) }
}

/** `n` months later, earlier when it is negative. */
export function addMonths(month: Month, n: number): Month {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + n
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`
}

/** `2026年9月`, `September 2026`. */
export function writeMonth(month: Month, locale: Locale): string {
  const name = messages.say(locale, 'month-names').split(' ')[Number(month.slice(5)) - 1] ?? ''
  return messages.say(locale, 'month', { name, year: Number(month.slice(0, 4)) })
}

/** A rule moves an occurrence no further than this from the month it belongs to: over a holiday, and a week ahead. */
const MOVED_DAYS_MAX = 40

/** The month that a report due at `due` is about: it follows from the month the rule meant, wherever a day off has moved it. */
export function monthCovered(due: Instant, zone: string, calendar: WorkCalendar, policy: Timing): Month {
  const near = monthOf(civilDateAt(due, zone))
  const meant = [0, 1, -1, 2, -2]
    .map((n) => addMonths(near, n))
    .find((month) => meantFor(policy.rule, month, zone, calendar).includes(due))
  return covered(meant ?? near, policy)
}

/** When the report of `month` is due; undefined when the rule leaves that month out. Of several times the last. */
export function dueOf(month: Month, zone: string, calendar: WorkCalendar, policy: Timing): Instant | undefined {
  return duesOf(month, zone, calendar, policy).at(-1)
}

/** Every time at which the report of `month` is due: one, in a policy that was checked. */
export function duesOf(month: Month, zone: string, calendar: WorkCalendar, policy: Timing): readonly Instant[] {
  return meantFor(policy.rule, policy.covers === 'this-month' ? month : addMonths(month, 1), zone, calendar)
}

/** When it is made, and which month it is then about. */
export interface Timing {
  readonly rule: ScheduleRule
  readonly covers: 'this-month' | 'previous-month'
}

const covered = (meant: Month, { covers }: Timing): Month => (covers === 'this-month' ? meant : addMonths(meant, -1))

/** The times that a rule means for one month, though a day off or `minus` may move them out of it. */
function meantFor(rule: ScheduleRule, month: Month, zone: string, calendar: WorkCalendar): readonly Instant[] {
  const { first, last } = datesOf(month)
  if ('every' in rule && rule.every === 'month') {
    const index = Number(month.slice(5))
    if (rule.months !== undefined && !rule.months.includes(index)) return []
    const [from, until] = [addDays(first, -MOVED_DAYS_MAX), addDays(last, MOVED_DAYS_MAX)]
    const only = { ...rule, months: [index] }
    return occurrences(only, startOfDay(from, zone), startOfDay(until, zone), zone, calendar)
  }
  const minusMs = offsetMsOf(rule.minus) ?? 0
  const [from, until] = [startOfDay(first, zone) - minusMs, startOfDay(addDays(last, 1), zone) - minusMs]
  // A window leaves out its beginning: midnight of the 1st belongs to it.
  return occurrences(rule, from - 1, until - 1, zone, calendar)
}

/** What somebody wrote behind the command. `again`: the report is to be made once more. */
export interface SaidMonth {
  readonly month?: Month
  readonly again: boolean
}

const AGAIN =
  /(?<![a-z])(?:again|anew|once more|remake|redo)(?![a-z])|再(?:做|生成|来)一[次遍份]|重新(?:生成|做|算)|重[做算]|再(?:做|生成)/
const ENGLISH = 'january february march april may june july august september october november december'.split(' ')
const NUMBER = `\\d{1,2}|${HAN_NUMBER}`

/**
 * `9月`, `2026-09`, `2026年9月`, `上个月`, `September`, `last month`, with or without 重做 or `again`. A month without its year
 * is the newest that has begun. Undefined when there is something else in it.
 */
export function readMonth(said: string, today: CivilDate): SaidMonth | undefined {
  const folded = fold(said).trim()
  const again = AGAIN.test(folded)
  const rest = folded
    .replace(AGAIN, ' ')
    .replace(/(?<![a-z])(?:for|of|in|the|please|report)(?![a-z])|的|请|报表|汇总/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (rest === '') return { again }
  const month = monthIn(rest, monthOf(today))
  return month === undefined ? undefined : { month, again }
}

function monthIn(text: string, now: Month): Month | undefined {
  const near = nearMonth(text)
  if (near !== undefined) return addMonths(now, near)
  const figures = /^(\d{4}) ?[-/.年]? ?(0?[1-9]|1[0-2]) ?月?份?$/.exec(text) ?? /^(\d{4})(0[1-9]|1[0-2])$/.exec(text)
  if (figures) return written(Number(figures[1]), Number(figures[2]))
  const chinese = new RegExp(`^(今年|去年|前年|\\d{4}年)? ?(${NUMBER}) ?月份?$`).exec(text)
  if (chinese) return ofYear(chinese[1], readNumber(chinese[2] ?? ''), now)
  const english = /^([a-z]{3,9})\.?,?(?: (\d{4}))?$/.exec(text)
  const index = english ? ENGLISH.findIndex((name) => name.startsWith(english[1] ?? '-')) : -1
  return index < 0 ? undefined : ofYear(english?.[2], index + 1, now)
}

function nearMonth(text: string): number | undefined {
  if (/^(?:这个?月|本月|当月|this month)$/.test(text)) return 0
  if (/^(?:上个?月|上月份|last month|previous month)$/.test(text)) return -1
  if (/^上上个?月$/.test(text)) return -2
  return undefined
}

const YEARS_BACK: Readonly<Record<string, number>> = { 今年: 0, 去年: 1, 前年: 2 }

function ofYear(year: string | undefined, month: number | undefined, now: Month): Month | undefined {
  if (month === undefined || month < 1 || month > 12) return undefined
  const thisYear = Number(now.slice(0, 4))
  if (year === undefined) {
    const same = written(thisYear, month)
    return same > now ? written(thisYear - 1, month) : same
  }
  const back = YEARS_BACK[year]
  return written(back === undefined ? Number.parseInt(year, 10) : thisYear - back, month)
}

const written = (year: number, month: number): Month =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
