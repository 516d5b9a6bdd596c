/** Days as they are said in Chinese: 大后天, 下下周三, 12月30号, 月底, 周六日. */
import { addDays, type Weekday } from '../calendar/civil.ts'
import { readHanDigits, readNumber, WHOLE } from './numerals.ts'
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

const WEEK = '(?:周|星期|礼拜)'
/** A digit or numeral that goes on, or a unit: then 周三 is not the day meant (周三天 = three days). */
const NOT_A_UNIT = '(?![\\d点天个月号]|小时)'
const WEEKS_AWAY: Readonly<Record<string, number>> = { 上上: -2, 上: -1, 这: 0, 本: 0, 下: 1, 下下: 2 }
const MONTHS_AWAY: Readonly<Record<string, number>> = { 上: -1, 这: 0, 本: 0, 下: 1, 下下: 2 }
const YEARS_AWAY: Readonly<Record<string, number>> = { 去: -1, 今: 0, 明: 1, 后: 2 }

const DAYS_AWAY: Readonly<Record<string, number>> = {
  大前天: -3,
  前天: -2,
  前日: -2,
  昨天: -1,
  昨日: -1,
  昨儿: -1,
  今天: 0,
  今日: 0,
  今儿: 0,
  明天: 1,
  明日: 1,
  明儿: 1,
  后天: 2,
  后日: 2,
  后儿: 2,
  大后天: 3,
}

const number = (text: string | undefined): number =>
  text === undefined ? Number.NaN : (readNumber(text) ?? Number.NaN)

function weekdayOf(text: string | undefined): Weekday {
  const index = '一二三四五六日1234567'.indexOf(text === '天' ? '日' : (text ?? ''))
  return ((index % 7) + 1) as Weekday
}

/** 周三: the next such day from today on. 这周三, 下周三, 下下周三: the day of that calendar week. */
function dayOfWeek(prefix: string | undefined, day: string | undefined, moment: Moment): Sense {
  if (day === '末') return weekend(prefix, moment)
  if (prefix === undefined) return point({ first: { weekday: weekdayOf(day) } })
  return onDay(addDays(mondayOf(moment.today, WEEKS_AWAY[prefix]), weekdayOf(day) - 1))
}

function weekend(prefix: string | undefined, moment: Moment): Sense {
  const monday = mondayOf(moment.today, prefix === undefined ? 0 : WEEKS_AWAY[prefix])
  return point({ first: { on: addDays(monday, 5) }, last: { on: addDays(monday, 6) } })
}

/** 周六日, 周一二: two days of one week, only when they follow each other. */
function twoDaysOfWeek(prefix: string | undefined, one: string | undefined, two: string | undefined, moment: Moment) {
  const [first, second] = [weekdayOf(one), weekdayOf(two)]
  if (second !== first + 1) return undefined
  if (prefix === undefined) return point({ first: { weekday: first }, last: { weekday: second } })
  const monday = mondayOf(moment.today, WEEKS_AWAY[prefix])
  return point({ first: { on: addDays(monday, first - 1) }, last: { on: addDays(monday, second - 1) } })
}

function edgeOfMonth(months: number, edge: string | undefined, moment: Moment): Sense {
  return dayOfMonthFrom(moment.today, months, edge === '初' ? 1 : 'last')
}

function edgeOfNamedMonth(month: number, edge: string | undefined): Sense | undefined {
  if (!(month >= 1 && month <= 12)) return WRONG_DATE
  if (edge === '初') return monthDay(month, 1)
  // 二月底 has no fixed day: left to be said more exactly.
  return month === 2 ? undefined : monthDay(month, [4, 6, 9, 11].includes(month) ? 30 : 31)
}

function dayAlone(text: string | undefined): Sense | undefined {
  const day = number(text)
  if (Number.isNaN(day)) return undefined
  return day >= 1 && day <= 31 ? point({ first: { dayOfMonth: day } }) : WRONG_DATE
}

function monthAndDay(month: number, day: number): Sense | undefined {
  return Number.isNaN(month) || Number.isNaN(day) ? undefined : monthDay(month, day)
}

const yearNamed = (moment: Moment, word: string | undefined): number =>
  Number(moment.today.slice(0, 4)) + (YEARS_AWAY[word ?? ''] ?? 0)

/** What follows a number and 号 when it numbers a thing and not a day: 3号楼. */
const NOT_A_THING = '(?![楼门线机桌柜店房厅车库窗院病床位员报志常程])'
const LINK = '\\s?(?:-|~|到|至)\\s?'

/** Days in Chinese words. */
export const CHINESE_DAY_RULES: readonly TermRule[] = [
  rule(
    `(?:${Object.keys(DAYS_AWAY)
      .sort((a, b) => b.length - a.length)
      .join('|')})`,
    (m, moment) => away(moment, DAYS_AWAY[m[0]] ?? 0),
  ),
  rule('([今明昨后])([早晚])(?!点|上好)上?', (m, moment) => {
    const days = { 昨: -1, 今: 0, 明: 1, 后: 2 }[m[1] ?? ''] ?? 0
    return point({ first: { on: addDays(moment.today, days) }, part: m[2] === '早' ? 'morning' : 'evening' })
  }),
  rule('明后(?:两|2)?[天日]', (_, { today }) =>
    point({ first: { on: addDays(today, 1) }, last: { on: addDays(today, 2) } }),
  ),
  rule('今明(?:两|2)?[天日]', (_, { today }) => point({ first: { on: today }, last: { on: addDays(today, 1) } })),
  rule('从?即日起', (_, { today }) => onDay(today)),
  rule('(?:从现在(?:起|开始)?|现在(?:起|开始))', (_, moment) =>
    point({
      first: { on: moment.today },
      minute: Number(moment.time.slice(0, 2)) * 60 + Number(moment.time.slice(3, 5)),
    }),
  ),
  rule(
    `(?<![每各])(上上|(?<!一)上|这|本|下下|(?<!一)下)?一?个?${WEEK}的?(?:${WEEK})?\\s?([一二三四五六日天末1-7])${NOT_A_UNIT}`,
    (m, moment) => dayOfWeek(m[1], m[2], moment),
  ),
  rule(
    `(?<![每各])(上上|(?<!一)上|这|本|下下|(?<!一)下)?个?${WEEK}([一二三四五六])([二三四五六日天])(?![点个号月天周]|小时)`,
    (m, moment) => twoDaysOfWeek(m[1], m[2], m[3], moment),
  ),
  rule(`(这|本|下下|(?<!一)下)一?个?${WEEK}(?![一二三四五六日天末1-7])`, (m, { today }) =>
    point({ week: mondayOf(today, WEEKS_AWAY[m[1] ?? '']) }),
  ),
  rule(`(\\d{4})\\s?年\\s?(${WHOLE})\\s?月(?:份)?\\s?(${WHOLE})\\s?[日号]?(?![\\d天])`, (m) =>
    yearMonthDay(Number(m[1]), number(m[2]), number(m[3])),
  ),
  rule(`([〇零一二三四五六七八九]{4})年(${WHOLE})月(${WHOLE})[日号]?(?!天)`, (m) =>
    yearMonthDay(Number(readHanDigits(m[1] ?? '') ?? Number.NaN), number(m[2]), number(m[3])),
  ),
  rule(`([去今明后])年的?(${WHOLE})月(?:份)?(${WHOLE})[日号]?(?!天)`, (m, moment) =>
    yearMonthDay(yearNamed(moment, m[1]), number(m[2]), number(m[3])),
  ),
  rule(
    `(${WHOLE})\\s?月(?:份)?的?\\s?(${WHOLE})\\s?(?:[日号]${NOT_A_THING}|(?![\\d天个点时分周月.:小工]|\\s?(?:天|小时)))`,
    (m) => monthAndDay(number(m[1]), number(m[2])),
  ),
  rule(`(${WHOLE})[号日]${NOT_A_THING}`, (m) => dayAlone(m[1])),
  // 3到5号, 12月30-31: the unit is said once.
  rule(`(${WHOLE})(?=${LINK}${WHOLE}[号日])`, (m) => dayAlone(m[1])),
  rule(`(?<=月${WHOLE}[日号]?${LINK})(${WHOLE})(?![\\d天个点时分周月号日.:/小-])`, (m) => dayAlone(m[1])),
  rule(`(下下|下|这|本|上)个?月的?(${WHOLE})[号日]`, (m, { today }) =>
    dayOfMonthFrom(today, MONTHS_AWAY[m[1] ?? ''] ?? 0, number(m[2])),
  ),
  rule('(?:(下下|下|这|本|上)个?)?月的?([底末初])', (m, moment) =>
    edgeOfMonth(MONTHS_AWAY[m[1] ?? ''] ?? (m[2] === '初' ? 1 : 0), m[2], moment),
  ),
  rule(`(${WHOLE})月份?的?([底末初])`, (m) => edgeOfNamedMonth(number(m[1]), m[2])),
  rule('([今明])?年?年?底(?!薪)', (m, moment) =>
    m[0].includes('年') ? yearMonthDay(yearNamed(moment, m[1] ?? '今'), 12, 31) : undefined,
  ),
]
