/** The public holidays that mainland law fixes: which days they are in a year, by sun and moon, and what they are called. */
import chineseDays from 'chinese-days'
import type { CivilDate } from '../command-args.ts'
import type { Text } from '../i18n.ts'
import { addDays } from './civil.ts'

export type HolidayId =
  | 'new-year'
  | 'spring-festival'
  | 'qingming'
  | 'labour-day'
  | 'dragon-boat'
  | 'mid-autumn'
  | 'national-day'
  | 'victory-day'

export interface LawDay {
  readonly date: CivilDate
  readonly holiday: HolidayId
}

interface Holiday {
  readonly name: Text
  /** Everything it is called in a sentence or a notice; the first is how a notice writes it. */
  readonly names: readonly string[]
}

export const HOLIDAYS: Readonly<Record<HolidayId, Holiday>> = {
  'new-year': {
    name: { 'zh-CN': '元旦', en: "New Year's Day" },
    names: ['元旦', '元旦节', '新年', "New Year's Day", 'New Year', "New Year's"],
  },
  'spring-festival': {
    name: { 'zh-CN': '春节', en: 'Spring Festival' },
    names: ['春节', '过年', '大年', '农历新年', 'Spring Festival', 'Chinese New Year', 'Lunar New Year', 'CNY'],
  },
  qingming: {
    name: { 'zh-CN': '清明节', en: 'Qingming Festival' },
    names: ['清明节', '清明', 'Qingming Festival', 'Qingming', 'Tomb-Sweeping Day', 'Tomb Sweeping Day'],
  },
  'labour-day': {
    name: { 'zh-CN': '劳动节', en: 'Labour Day' },
    names: ['劳动节', '五一', '五一劳动节', '五一节', 'Labour Day', 'Labor Day', 'May Day'],
  },
  'dragon-boat': {
    name: { 'zh-CN': '端午节', en: 'Dragon Boat Festival' },
    names: ['端午节', '端午', 'Dragon Boat Festival', 'Dragon Boat'],
  },
  'mid-autumn': {
    name: { 'zh-CN': '中秋节', en: 'Mid-Autumn Festival' },
    names: ['中秋节', '中秋', 'Mid-Autumn Festival', 'Mid-Autumn', 'Mid Autumn Festival', 'Moon Festival'],
  },
  'national-day': {
    name: { 'zh-CN': '国庆节', en: 'National Day' },
    names: ['国庆节', '国庆', '十一', '十一黄金周', 'National Day', 'Golden Week'],
  },
  'victory-day': {
    name: { 'zh-CN': '抗战胜利纪念日', en: 'Victory Day' },
    names: [
      '抗战胜利纪念日',
      '中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日',
      'Victory Day',
      'Anti-Fascist 70th Day',
    ],
  },
}

/** The lunar tables of chinese-days hold for these years; Qingming is asked for from 2008 on. */
const LUNAR_YEAR_MIN = 1900
const LUNAR_YEAR_MAX = 2099

/**
 * The days off that the law itself fixes in a year, in order; two holidays may fall on one date (Mid-Autumn on 3 October
 * 2028). Source: 全国年节及纪念日放假办法 as it stood in that year (1999, 2008, 2014, 2025); a future year follows the text
 * of 2025. Outside 1900–2099 the moon is not known and only the days of the solar calendar are given.
 */
export function lawDays(year: number): readonly LawDay[] {
  const days: LawDay[] = [
    ...stretch('new-year', `${pad4(year)}-01-01`, 1),
    ...stretch('labour-day', `${pad4(year)}-05-01`, year >= 2025 ? 2 : year >= 2008 ? 1 : 3),
    ...stretch('national-day', `${pad4(year)}-10-01`, 3),
  ]
  // Named once, in a special decree of the State Council of 2015-05-13.
  if (year === 2015) days.push(...stretch('victory-day', '2015-09-03', 1))
  if (year >= LUNAR_YEAR_MIN && year <= LUNAR_YEAR_MAX) days.push(...lunarLawDays(year))
  return days.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

function lunarLawDays(year: number): readonly LawDay[] {
  // The eve was a day off in 2008–2013 and is again since 2025 (then with four days in all).
  const fromEve = year >= 2025 || (year >= 2008 && year <= 2013)
  const spring = addDays(solarDate(year, 1, 1), fromEve ? -1 : 0)
  const days = [...stretch('spring-festival', spring, year >= 2025 ? 4 : 3)]
  if (year < 2008) return days
  return [
    ...days,
    ...stretch('qingming', qingming(year), 1),
    ...stretch('dragon-boat', solarDate(year, 5, 5), 1),
    ...stretch('mid-autumn', solarDate(year, 8, 15), 1),
  ]
}

/** Lunar New Year of 1900, where the tables of chinese-days begin. */
const LUNAR_EPOCH = '1900-01-31'

/**
 * The date of a day of a lunar year, by adding up the lengths of months. Of chinese-days only its tables are asked: its
 * conversions go through a `Date` of the process's zone and are a day early west of Greenwich (1.5.7, tried).
 */
function solarDate(lunarYear: number, lunarMonth: number, lunarDay: number): CivilDate {
  let days = lunarDay - 1
  for (let year = LUNAR_YEAR_MIN; year < lunarYear; year += 1) days += lunarDays(year, 12)
  return addDays(LUNAR_EPOCH, days + lunarDays(lunarYear, lunarMonth - 1))
}

/** How many days the first months of a lunar year have; a leap month follows the month it is named after. */
function lunarDays(year: number, months: number): number {
  const { leapMonth, days } = chineseDays.getYearLeapMonth(year)
  let sum = leapMonth !== undefined && leapMonth <= months ? days : 0
  for (let month = 1; month <= months; month += 1) sum += chineseDays.monthDays(year, month)
  return sum
}

/** Qingming, when the sun stands at 15°: the common formula of the solar terms, without exception for 2000–2099. */
function qingming(year: number): CivilDate {
  const inCentury = year - 2000
  const day = Math.floor(inCentury * 0.2422 + 4.81) - Math.floor(inCentury / 4)
  return `${year}-04-${String(day).padStart(2, '0')}`
}

function stretch(holiday: HolidayId, from: CivilDate, days: number): readonly LawDay[] {
  return Array.from({ length: days }, (_, index) => ({ date: addDays(from, index), holiday }))
}

function pad4(year: number): string {
  return String(year).padStart(4, '0')
}

/** The holiday that a word means, in either language; undefined when it is none of the law's. */
export function holidayNamed(word: string): HolidayId | undefined {
  const folded = word.trim().toLowerCase()
  for (const [id, { names }] of Object.entries(HOLIDAYS)) {
    if (names.some((name) => name.toLowerCase() === folded)) return id as HolidayId
  }
  return undefined
}
