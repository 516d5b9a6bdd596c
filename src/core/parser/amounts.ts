/** How long, in Chinese and English: half days and minutes, and what a week or "two or three days" may mean. */
import type { Amount } from '../command-args.ts'
import { ENGLISH_COUNT, HAN_NUMBER, NUMBER, readNumber, WHOLE, wholeParts } from './numerals.ts'
import {
  away,
  DAYS_SAID_MAX,
  minutesAway,
  monthsAway,
  NOT_A_NUMBER,
  OUT_OF_RANGE,
  rule,
  type Sense,
  type TermRule,
} from './terms.ts'
import type { Moment } from './understanding.ts'

/** A length before it is known whether it is one (三天) or an offset from today (三天后). */
type Length =
  | { readonly unit: 'days' | 'weeks' | 'months' | 'hours' | 'minutes'; readonly count: number }
  | { readonly unit: 'days'; readonly counts: readonly [number, number] }

/**
 * What precedes or follows a number of days when it bounds or points instead of measuring: 第三天, 提前3天, 3天以上, `within 3 days`.
 * Such words name no length at all.
 */
const NOT_MEASURED_BEFORE =
  /(?:第|每隔?|这|那|前|近|过去|过了|提前|至少|最少|最多|不超过|超过|不满|满|剩下?|还有|仅剩|\b(?:every|each|last|past|previous|these|those|first|within|over|under|more than|less than|at least|at most|up to|per)\s|\b(?:days?|hours?|times?|once|twice)\s(?=\s?$))\s?$/
const NOT_MEASURED_AFTER =
  /^\s?(?:以上|以内|之内|内(?!科)|以下|前后|(?:or more|or less|left|old|in advance|before|per|a week|a month|a year|remaining|notice|'s? notice|' notice)\b)/

const LATER = '(?:之|以)?后(?!天|面|来)'
const EARLIER = '(?:之|以)?前(?!面|天)'

/** True when the number at `start`..`end` of `folded` bounds or points and so is no length. */
export function isNoLength(folded: string, start: number, end: number): boolean {
  return (
    NOT_MEASURED_BEFORE.test(folded.slice(Math.max(0, start - 14), start)) ||
    NOT_MEASURED_AFTER.test(folded.slice(end, end + 14))
  )
}

/** An amount, or that it cannot be one. Days come in half days, hours in minutes; a week is 5 working or 7 calendar days and a month 22 or 30: both are given. */
export function amountOf(length: Length): Sense {
  if ('counts' in length) return amounts(length.counts.map((count) => halfDays(count)))
  const { unit, count } = length
  switch (unit) {
    case 'days':
      return amounts([halfDays(count)])
    case 'weeks':
      return amounts([halfDays(count * 5), halfDays(count * 7)])
    case 'months':
      return amounts([halfDays(count * 22), halfDays(count * 30)])
    case 'hours':
      return amounts([minutes(count * 60)])
    case 'minutes':
      return amounts([minutes(count)])
  }
}

function amounts(all: readonly (Amount | 'uneven' | 'out-of-range')[]): Sense {
  const good: Amount[] = []
  for (const one of all) {
    if (one === 'uneven') return NOT_A_NUMBER
    if (one === 'out-of-range') return OUT_OF_RANGE
    good.push(one)
  }
  return { kind: 'amount', amounts: good }
}

/** Days as half days, so that 3.5 is exact. */
export function halfDays(days: number): Amount | 'uneven' | 'out-of-range' {
  const whole = wholeParts(days, 2)
  if (whole === undefined) return 'uneven'
  return whole <= 0 || whole > DAYS_SAID_MAX * 2 ? 'out-of-range' : { halfDays: whole }
}

function minutes(count: number): Amount | 'uneven' | 'out-of-range' {
  const whole = wholeParts(count, 1)
  if (whole === undefined) return 'uneven'
  return whole <= 0 || whole > DAYS_SAID_MAX * 1_440 ? 'out-of-range' : { minutes: whole }
}

function offset(length: Length, sign: 1 | -1, moment: Moment): Sense | undefined {
  if ('counts' in length) return undefined
  const { unit, count } = length
  if (unit === 'hours' || unit === 'minutes') {
    const whole = wholeParts(count, unit === 'hours' ? 60 : 1)
    return whole === undefined ? NOT_A_NUMBER : minutesAway(moment, sign * whole)
  }
  if (unit === 'months' && count === 0.5) return away(moment, sign * 15)
  if (!Number.isInteger(count)) return undefined
  if (unit === 'months') return monthsAway(moment, sign * count)
  return away(moment, sign * count * (unit === 'weeks' ? 7 : 1))
}

/** Every rule that reads a length also reads it as an offset when the words for later or earlier follow (or `in` stands before). */
function lengthRules(
  source: string,
  read: (match: RegExpExecArray) => Length | undefined,
  later: string,
  earlier: string,
): TermRule[] {
  const as = (pattern: string, use: (length: Length, match: RegExpExecArray, moment: Moment) => Sense | undefined) =>
    rule(pattern, (match, moment) => {
      const length = read(match)
      return length === undefined ? undefined : use(length, match, moment)
    })
  return [
    as(`${source}${later}`, (length, _, moment) => offset(length, 1, moment)),
    as(`${source}${earlier}`, (length, match, moment) =>
      isNoLength(match.input, match.index, match.index) ? undefined : offset(length, -1, moment),
    ),
    as(source, (length, match) =>
      isNoLength(match.input, match.index, match.index + match[0].length) ? undefined : amountOf(length),
    ),
  ]
}

const number = (text: string | undefined): number =>
  text === undefined ? Number.NaN : (readNumber(text) ?? Number.NaN)

/** A length of `count`, or nothing when the words are no number: 二五天. */
function length(unit: 'days' | 'weeks' | 'months' | 'hours' | 'minutes', count: number): Length | undefined {
  return Number.isNaN(count) ? undefined : { unit, count }
}

function between(from: number, to: number): Length | undefined {
  return from > 0 && to > from ? { unit: 'days', counts: [from, to] } : undefined
}

const chinese = (source: string, read: (match: RegExpExecArray) => Length | undefined) =>
  lengthRules(source, read, `\\s?${LATER}`, `\\s?${EARLIER}`)

const DAY = '(?:个?(?:工作日|自然日)|个?整?天)'
const HOUR = '(?:小时|钟头|(?<=个)钟(?![头点]))'
const WEEK = '(?:周|星期|礼拜)(?![一二三四五六日天末1-7])'

const CHINESE_LENGTHS: readonly TermRule[] = [
  ...chinese(`一?半个?(?:工作日|天|日)`, () => ({ unit: 'days', count: 0.5 })),
  ...chinese(`(${WHOLE})个半天`, (m) => length('days', number(m[1]) / 2)),
  ...chinese(`([一二两三四五六七八九])个半(?:工作日|天)`, () => undefined),
  ...chinese(`(${NUMBER})\\s?${DAY}(半)?`, (m) => length('days', number(m[1]) + (m[2] === undefined ? 0 : 0.5))),
  ...chinese(`一整天`, () => ({ unit: 'days', count: 1 })),
  ...chinese(`(\\d{1,2})\\/2\\s?天`, (m) => length('days', number(m[1]) / 2)),
  ...chinese(`([一二两三四五六七八九])([二三四五六七八九十])天`, (m) => between(number(m[1]), number(m[2]))),
  ...chinese(`(${NUMBER})天?\\s?(?:-|~|到|至|或者?)\\s?(${NUMBER})\\s?天`, (m) => between(number(m[1]), number(m[2]))),
  ...chinese(`(${WHOLE})\\s?个?${WEEK}`, (m) => length('weeks', number(m[1]))),
  ...chinese(`(${WHOLE})\\s?个月`, (m) => length('months', number(m[1]))),
  ...chinese(`半个月`, () => ({ unit: 'months', count: 0.5 })),
  ...chinese(`半个?${HOUR}`, () => ({ unit: 'minutes', count: 30 })),
  ...chinese(`(${WHOLE})\\s?个半${HOUR}`, (m) => length('hours', number(m[1]) + 0.5)),
  ...chinese(`(${NUMBER})\\s?个?${HOUR}(半)?`, (m) => length('hours', number(m[1]) + (m[2] === undefined ? 0 : 0.5))),
  ...chinese(`(${WHOLE})\\s?个?${HOUR}零?(${WHOLE})\\s?分钟?`, (m) =>
    length('minutes', number(m[1]) * 60 + number(m[2])),
  ),
  ...chinese(`(${WHOLE})\\s?分钟`, (m) => length('minutes', number(m[1]))),
  ...chinese(`([一三])刻钟`, (m) => length('minutes', number(m[1]) * 15)),
]

const ADJECTIVE = '(?:(?:more|full|whole|entire|working|business|calendar|consecutive|extra|additional)[ -])?'
const english = (source: string, read: (match: RegExpExecArray) => Length | undefined) => [
  ...lengthRules(`${source}\\b`, read, ' (?:later|from now|from today|hence|after today)\\b', ' (?:ago|earlier)\\b'),
  rule(`in ${source}\\b(?! a row)(?:(?:'|'s)? time\\b)?`, (match, moment) => {
    const found = read(match)
    return found === undefined ? undefined : offset(found, 1, moment)
  }),
]

const ENGLISH_LENGTHS: readonly TermRule[] = [
  ...english(`half[ -](?:an? )?(day|hour)`, (m) =>
    m[1] === 'day' ? { unit: 'days', count: 0.5 } : { unit: 'minutes', count: 30 },
  ),
  ...english(`an? half[ -](day|hour)`, (m) =>
    m[1] === 'day' ? { unit: 'days', count: 0.5 } : { unit: 'minutes', count: 30 },
  ),
  ...english(`(?:an? |one )?(day|hour) and a half`, (m) => length(m[1] === 'day' ? 'days' : 'hours', 1.5)),
  ...english(`${ENGLISH_COUNT}(day|hour)s? and (?:a|one) half`, (m) =>
    length(m[2] === 'day' ? 'days' : 'hours', number(m[1]) + 0.5),
  ),
  ...english(`${ENGLISH_COUNT}(?:and (?:a|one)[ -]half|and 1/2|1/2|½)[ -]${ADJECTIVE}(day|hour)s?`, (m) =>
    length(m[2] === 'day' ? 'days' : 'hours', number(m[1]) + 0.5),
  ),
  ...english(`(?:1/2|½) (?:an? )?(day|hour)`, (m) =>
    m[1] === 'day' ? { unit: 'days', count: 0.5 } : { unit: 'minutes', count: 30 },
  ),
  ...english(`${ENGLISH_COUNT}half[ -]days?`, (m) => length('days', number(m[1]) / 2)),
  ...english(`${ENGLISH_COUNT}${ADJECTIVE}days?`, (m) => length('days', number(m[1]))),
  ...english(`(\\d{1,2}) ?d`, (m) => length('days', number(m[1]))),
  ...english(`${ENGLISH_COUNT}(?:-|to|or) ?${ENGLISH_COUNT}days`, (m) => between(number(m[1]), number(m[2]))),
  ...english(`an? couple(?: of)? days`, () => between(2, 3)),
  ...english(`${ENGLISH_COUNT}(?:whole |full |entire )?weeks?`, (m) => length('weeks', number(m[1]))),
  ...english(`${ENGLISH_COUNT}(?:whole |full |entire )?months?`, (m) => length('months', number(m[1]))),
  ...english(`${ENGLISH_COUNT}(?:hours?|hrs?|h)`, (m) => length('hours', number(m[1]))),
  ...english(`${ENGLISH_COUNT}(?:minutes?|mins?)`, (m) => length('minutes', number(m[1]))),
  ...english(`(\\d{1,2}) ?(?:hours?|hrs?|h) ?(?:and )?(\\d{1,2}) ?(?:minutes?|mins?|m)?`, (m) =>
    length('minutes', number(m[1]) * 60 + number(m[2])),
  ),
]

/** A minus sign is no slip to be overlooked: `-3 days` is refused, not read as three. */
const NEGATIVE: readonly TermRule[] = [
  rule(`(?<![^\\s])-(?:${NUMBER})\\s?(?:天|小时|days?\\b|hours?\\b)`, () => OUT_OF_RANGE),
  rule(`负(?:${HAN_NUMBER}|\\d{1,4})(?:天|小时)`, () => OUT_OF_RANGE),
]

/** Lengths and offsets in Chinese (三天半, 三天后) and refused negatives. */
export const CHINESE_AMOUNT_RULES: readonly TermRule[] = [...CHINESE_LENGTHS, ...NEGATIVE]
/** The same in English: `a day and a half`, `in 3 days`. */
export const ENGLISH_AMOUNT_RULES: readonly TermRule[] = [...ENGLISH_LENGTHS, ...NEGATIVE]
