/** Days as they are said in English, and dates in figures: `next Wed`, `30 Dec`, `Dec 30-31`, `12/30`, `2026-12-30`. */
import { addDays, type Weekday } from '../calendar/civil.ts'
import {
  away,
  dayOfMonthFrom,
  mondayOf,
  monthDay,
  onDay,
  point,
  rule,
  type Sense,
  type TermRule,
  WRONG_DATE,
  yearMonthDay,
} from './terms.ts'
import type { Moment } from './understanding.ts'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?'
const WEEKDAY =
  "(mon(?:day)?|tues?(?:day)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)(?:\\.(?= ))?(?:'s)?\\b"
const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)'
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?'
/** A figure that goes on, or a unit, is no day of the month: `Dec 3 days`, `Dec 3:00`. */
const DAY_ENDS = '(?![\\d:.]\\d|\\d| ?(?:days?|hours?|[ap]m)\\b)'
const YEAR = '(?:,? (\\d{4}))?(?!\\d)'
const LINK = ' ?(?:-|to|until|till|through) ?'

const month = (text: string | undefined): number => MONTHS.indexOf((text ?? '').slice(0, 3)) + 1
const weekdayOf = (text: string | undefined): Weekday => (WEEKDAYS.indexOf((text ?? '').slice(0, 3)) + 1) as Weekday

function date(monthText: string | undefined, day: string | undefined, year: string | undefined): Sense {
  return year === undefined
    ? monthDay(month(monthText), Number(day))
    : yearMonthDay(Number(year), month(monthText), Number(day))
}

/** `Dec 30-31`: both ends in one month, and in one year when it is said. */
function dates(
  monthText: string | undefined,
  from: string | undefined,
  to: string | undefined,
  year: string | undefined,
): Sense {
  const [first, last] = [date(monthText, from, year), date(monthText, to, year)]
  if (first.kind !== 'point' || last.kind !== 'point' || first.first === undefined || last.first === undefined) {
    return first.kind === 'wrong' ? first : last
  }
  if (Number(to) < Number(from)) return { kind: 'wrong', problem: 'end-before-start' }
  return point({ first: first.first, last: last.first, bothSaid: true })
}

/**
 * `Wed`: the next such day from today on. `this Wed`, `next Wed`: the day of this or the next calendar week, counted from
 * Monday; people differ about `next`, so whoever answers should name the date.
 */
function dayOfWeek(which: string | undefined, day: string | undefined, { today }: Moment): Sense {
  const weeks = { this: 0, next: 1, last: -1 }[which ?? '']
  if (weeks === undefined) return point({ first: { weekday: weekdayOf(day) } })
  return onDay(addDays(mondayOf(today, weeks), weekdayOf(day) - 1))
}

/** `12/30` is month and day, as in China and the United States; `30/12` cannot be, and is read the other way round. */
function figures(a: string | undefined, b: string | undefined, year: string | undefined): Sense | undefined {
  const [first, second] = [Number(a), Number(b)]
  // 24/7 is no date but a way of saying always; beyond 31 it is a score or a share.
  if (first > 31 || second > 31 || (first === 24 && second === 7)) return undefined
  const [inYear, day] = first > 12 && second <= 12 ? [second, first] : [first, second]
  return year === undefined ? monthDay(inYear, day) : yearMonthDay(Number(year), inYear, day)
}

const FIGURES: readonly TermRule[] = [
  rule('(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:日|号)?(?!\\d)', (m) =>
    yearMonthDay(Number(m[1]), Number(m[3]), Number(m[4])),
  ),
  rule('(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}))?(?![\\d/]| ?(?:天|小时|个|days?\\b|an? ))', (m) =>
    figures(m[1], m[2], m[3]),
  ),
  // 12.30 alone may be a time or an amount: it is a date as the end of a range or before 号, 起.
  rule(
    '(\\d{1,2})\\.(\\d{1,2})(?= ?(?:-|~|到|至) ?\\d{1,2}\\.\\d{1,2}(?![\\d天个小.])|[日号起]|开始)(?:[日号])?',
    (m) => figures(m[1], m[2], undefined),
  ),
  rule('(?<=\\d\\.\\d{1,2} ?(?:-|~|到|至) ?)(\\d{1,2})\\.(\\d{1,2})(?![\\d天个小.])(?:[日号])?', (m) =>
    figures(m[1], m[2], undefined),
  ),
]

const ENGLISH: readonly TermRule[] = [
  rule('(?:the )?day after (?:tomorrow|tmrw?|tmr)\\b', (_, moment) => away(moment, 2)),
  rule('(?:tomorrow|tmrw?|tmr) and the (?:day after|next day)(?: tomorrow)?\\b', (_, { today }) =>
    point({ first: { on: addDays(today, 1) }, last: { on: addDays(today, 2) } }),
  ),
  rule('today and tomorrow\\b', (_, { today }) => point({ first: { on: today }, last: { on: addDays(today, 1) } })),
  rule('(?:the )?day before yesterday\\b', (_, moment) => away(moment, -2)),
  rule("(?:today|this day)(?:'s)?\\b", (_, moment) => away(moment, 0)),
  rule("(?:tomorrow|tomorow|tommorow|tommorrow|tmrw?|tmr)(?:'s)?\\b", (_, moment) => away(moment, 1)),
  rule("yesterday(?:'s)?\\b", (_, moment) => away(moment, -1)),
  rule('tonight\\b', (_, { today }) => point({ first: { on: today }, part: 'evening' })),
  rule('this (morning|afternoon|evening)\\b', (m, { today }) =>
    point({
      first: { on: today },
      part: m[1] === 'morning' ? 'morning' : m[1] === 'afternoon' ? 'afternoon' : 'evening',
    }),
  ),
  rule('(?:from now|starting now|right now|as of now)\\b(?! on)', (_, moment) =>
    point({
      first: { on: moment.today },
      minute: Number(moment.time.slice(0, 2)) * 60 + Number(moment.time.slice(3, 5)),
    }),
  ),
  rule(`(?:(?:this )?(?:coming|upcoming) |(this|next|last) (?:week(?:'s)? )?(?:on )?)?${WEEKDAY}`, (m, moment) =>
    dayOfWeek(m[1], m[2], moment),
  ),
  rule(`${WEEKDAY}(?: of)? (this|next) week\\b`, (m, moment) => dayOfWeek(m[2], m[1], moment)),
  rule('(?:the )?week after next(?: week)?\\b', (_, { today }) => point({ week: mondayOf(today, 2) })),
  rule("(this|next) week(?!end)(?:'s)?\\b", (m, { today }) =>
    point({ week: mondayOf(today, m[1] === 'next' ? 1 : 0) }),
  ),
  rule('(?:(this|next|the|at the) )?weekend\\b', (m, { today }) => {
    const monday = mondayOf(today, m[1] === 'next' ? 1 : 0)
    return point({ first: { on: addDays(monday, 5) }, last: { on: addDays(monday, 6) } })
  }),
  rule(`${MONTH} ?(?:the )?${DAY}${YEAR}${DAY_ENDS}`, (m) => date(m[1], m[2], m[3])),
  rule(`(?:the )?${DAY},?(?: of)? ?${MONTH}\\b${YEAR}`, (m) => date(m[2], m[1], m[3])),
  rule(
    `${MONTH} ?${DAY}${LINK}(?:the )?${DAY}${YEAR}(?![\\d/:.-]| ?(?:days?|hours?|[ap]m)\\b| ?(?:${MONTHS.join('|')}))`,
    (m) => dates(m[1], m[2], m[3], m[4]),
  ),
  rule(`(?:the )?${DAY}${LINK}(?:the )?${DAY},?(?: of)? ?${MONTH}\\b${YEAR}`, (m) => dates(m[3], m[1], m[2], m[4])),
  // 8 and 9 October: two days that follow each other; others are not one stretch.
  rule(`(?:the )?${DAY} ?(?:and|&) ?(?:the )?${DAY},?(?: of)? ?${MONTH}\\b${YEAR}`, (m) =>
    Number(m[2]) === Number(m[1]) + 1 ? dates(m[3], m[1], m[2], m[4]) : undefined,
  ),
  rule(`(?:the )?${ORDINAL}(?: of)? (this|next) month\\b`, (m, { today }) =>
    dayOfMonthFrom(today, m[2] === 'next' ? 1 : 0, Number(m[1])),
  ),
  rule('(?:the )?(first|last|end)(?: day)? of (this|next|the) month\\b', (m, { today }) =>
    dayOfMonthFrom(today, m[2] === 'next' ? 1 : 0, m[1] === 'first' ? 1 : 'last'),
  ),
  rule('(?:the )?month[ -]?end\\b', (_, { today }) => dayOfMonthFrom(today, 0, 'last')),
  rule(
    `(?<=\\b(?:on|the|from|to|until|till|through|-|and) ?)(?:the )?${ORDINAL}\\b(?! (?:time|floor|shift|line|grade|quarter|half|week|day|year|place|party))`,
    (m) => {
      const day = Number(m[1])
      return day >= 1 && day <= 31 ? point({ first: { dayOfMonth: day } }) : WRONG_DATE
    },
  ),
]

/** Dates in figures belong to no language. */
export const FIGURE_RULES: readonly TermRule[] = FIGURES
/** Days in English words. */
export const ENGLISH_DAY_RULES: readonly TermRule[] = ENGLISH
