/** The official schedule of a year: which days off it joins, which weekends it takes for work; its checks, and the years that come with us. */
import statutory from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import type { CivilDate } from '../command-args.ts'
import { inEvery, inLocale, type Text } from '../i18n.ts'
import { addDays, compareDates, daysBetween, eachDay, isCivilDate, type Weekday, weekday, yearOf } from './civil.ts'
import { HOLIDAYS, type HolidayId, holidayNamed, lawDays } from './law.ts'

/** One notice of the State Council, as its title names the year. It may reach into December of the year before. */
export interface YearSchedule {
  readonly year: number
  /** Where it is from, for people to check: `国办发明电〔2025〕7号`. */
  readonly source: string
  /** Days off, both ends included. A name is one of the law's holidays in either language, several joined by `、`, or a text of its own. */
  readonly off: readonly { readonly name: string | Text; readonly from: CivilDate; readonly to: CivilDate }[]
  /** Make-up working days (调休上班): weekends on which everyone works. */
  readonly work: readonly CivilDate[]
  /** The weekday that the notice prints beside a date, `周四` or `Thu`: checked, for a wrong one betrays a slip of the pen. */
  readonly weekdays?: Readonly<Record<CivilDate, string>>
}

/** The longest stretch off that a notice has ever joined is eight or nine days; longer is a typing slip. */
const OFF_DAYS_MAX = 12
const SATURDAY = 6

const WEEKDAY_NAMES: readonly (readonly string[])[] = [
  ['周一', '星期一', '礼拜一', 'mon', 'monday'],
  ['周二', '星期二', '礼拜二', 'tue', 'tuesday'],
  ['周三', '星期三', '礼拜三', 'wed', 'wednesday'],
  ['周四', '星期四', '礼拜四', 'thu', 'thursday'],
  ['周五', '星期五', '礼拜五', 'fri', 'friday'],
  ['周六', '星期六', '礼拜六', 'sat', 'saturday'],
  ['周日', '星期日', '周天', '星期天', '礼拜天', 'sun', 'sunday'],
]

/** The law's holidays that the name of a stretch speaks of; empty for a name of its own. */
export function holidaysIn(name: string | Text): readonly HolidayId[] {
  const words = (typeof name === 'string' ? name : name['zh-CN']).split(/[、，,/和与及&]/)
  return words.map(holidayNamed).filter((id) => id !== undefined)
}

/** A schedule's name in every language. */
export function nameOf(name: string | Text): Text {
  if (typeof name !== 'string') return name
  const ids = holidaysIn(name)
  return ids.length === 0 ? { 'zh-CN': name, en: name } : joinNames(ids.map((id) => HOLIDAYS[id].name))
}

/** Several names as one: `国庆节、中秋节`, `National Day & Mid-Autumn Festival`; each once. */
export function joinNames(names: readonly Text[]): Text {
  return inEvery((locale) =>
    [...new Set(names.map((name) => inLocale(name, locale)))].join(locale === 'en' ? ' & ' : '、'),
  )
}

/**
 * Everything that is wrong with an imported year, as sentences for whoever imports it; empty when it may be used.
 * Checks that dates exist and lie in the year, that stretches do not overlap, that make-up days are weekends outside
 * every stretch, that printed weekdays fit, that every day the law fixes is off and no stretch bears the name of a holiday
 * that is elsewhere, and that days off and make-up days balance: each weekday off is a law day, stands for a law day lost to a weekend, or is worked off.
 */
export function checkYearSchedule(schedule: YearSchedule): readonly string[] {
  const dates = malformed(schedule)
  // The other checks count days: they would only repeat what is wrong with the dates.
  if (dates.length > 0) return dates
  return [
    ...overlaps(schedule),
    ...makeUpDays(schedule),
    ...printedWeekdays(schedule),
    ...lawCovered(schedule),
    ...balance(schedule),
  ]
}

function malformed({ year, off, work, weekdays = {} }: YearSchedule): readonly string[] {
  const problems: string[] = []
  if (!Number.isInteger(year) || year < 1999 || year > 9998)
    problems.push(`year: ${year} is not a year from 1999 to 9998`)
  if (off.length === 0) problems.push(`off: the schedule of ${year} names no day off`)
  const check = (where: string, date: string) => {
    if (!isCivilDate(date)) problems.push(`${where}: ${date} is not a date: write YYYY-MM-DD`)
    else if (yearOf(date) !== year && !date.startsWith(`${year - 1}-12-`)) {
      problems.push(`${where}: ${date} lies outside ${year} and the December before it`)
    }
  }
  off.forEach(({ name, from, to }, index) => {
    const where = `off[${index}] ${nameOf(name).en}`
    check(`${where} from`, from)
    check(`${where} to`, to)
    if (!isCivilDate(from) || !isCivilDate(to)) return
    const days = daysBetween(from, to) + 1
    if (days < 1) problems.push(`${where}: it ends on ${to}, before it begins on ${from}`)
    if (days > OFF_DAYS_MAX) problems.push(`${where}: ${from} to ${to} is ${days} days, more than ${OFF_DAYS_MAX}`)
  })
  work.forEach((date, index) => {
    check(`work[${index}]`, date)
  })
  for (const date of Object.keys(weekdays)) check('weekdays', date)
  return problems
}

function overlaps({ off, work }: YearSchedule): readonly string[] {
  const problems: string[] = []
  const seen = new Map<CivilDate, string>()
  for (const { name, from, to } of off) {
    for (const date of eachDay(from, to)) {
      const other = seen.get(date)
      if (other !== undefined) problems.push(`off: ${date} is named twice, in ${other} and in ${nameOf(name).en}`)
      seen.set(date, nameOf(name).en)
    }
  }
  for (const date of work) {
    const holiday = seen.get(date)
    if (holiday !== undefined) problems.push(`work: ${date} is a make-up day and also off for ${holiday}`)
  }
  return problems
}

function makeUpDays({ work }: YearSchedule): readonly string[] {
  const problems = work
    .filter((date) => !isWeekend(date))
    .map((date) => `work: ${date} is a ${englishWeekday(weekday(date))}: make-up days fall on Saturday or Sunday`)
  const twice = work.filter((date, index) => work.indexOf(date) !== index)
  return [...problems, ...twice.map((date) => `work: ${date} is listed twice`)]
}

function printedWeekdays({ weekdays = {} }: YearSchedule): readonly string[] {
  return Object.entries(weekdays)
    .filter(([date, said]) => !WEEKDAY_NAMES[weekday(date) - 1]?.includes(said.trim().toLowerCase()))
    .map(([date, said]) => `weekdays: ${date} is a ${englishWeekday(weekday(date))}, not ${said}`)
}

/**
 * Stretches with nothing but a weekend between them, as one: holidays that fall together may be listed as one stretch or
 * as several (2009, 2020, 2025), and so may a holiday and the day given for it (2015).
 */
interface Block {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly label: string
  readonly holidays: readonly HolidayId[]
}

function blocksOf(off: YearSchedule['off']): readonly Block[] {
  const blocks: Block[] = []
  for (const { name, from, to } of off.toSorted((a, b) => compareDates(a.from, b.from))) {
    const last = blocks.at(-1)
    const block = { from, to, label: nameOf(name).en, holidays: holidaysIn(name) }
    if (last === undefined || eachDay(addDays(last.to, 1), addDays(from, -1)).some((date) => !isWeekend(date)))
      blocks.push(block)
    else {
      const holidays = [...last.holidays, ...block.holidays]
      blocks.splice(-1, 1, { from: last.from, to, label: `${last.label}, ${block.label}`, holidays })
    }
  }
  return blocks
}

/** Every day of the law must be off, and a stretch named after a holiday must hold a day of it. */
function lawCovered({ year, off }: YearSchedule): readonly string[] {
  const law = lawDays(year)
  const blocks = blocksOf(off)
  const isIn = (date: CivilDate) => (block: Block) => block.from <= date && date <= block.to
  const missing = law
    .filter(({ date }) => !blocks.some(isIn(date)))
    .map(({ date, holiday }) => `off: ${date}, a day of ${HOLIDAYS[holiday].name.en} by law, is not off`)
  const misnamed = blocks.flatMap((block) =>
    block.holidays
      .filter((id) => !law.some(({ date, holiday }) => holiday === id && isIn(date)(block)))
      .map(
        (id) =>
          `off: ${block.from} to ${block.to} is called ${block.label} and holds no day of ${HOLIDAYS[id].name.en} by law`,
      ),
  )
  return [...missing, ...new Set(misnamed)]
}

function balance({ year, off, work }: YearSchedule): readonly string[] {
  const law = lawDays(year)
  const lawDates = new Set(law.map(({ date }) => date))
  const taken = off
    .flatMap(({ from, to }) => eachDay(from, to))
    .filter((date) => !isWeekend(date) && !lawDates.has(date))
  // Two holidays on one date leave a day over, as a holiday on a weekend does.
  const owed = [...lawDates].filter(isWeekend).length + law.length - lawDates.size
  if (taken.length === owed + work.length) return []
  return [
    `${year}: ${taken.length} weekdays are off beyond the law's own days, but ${owed} are owed for law days lost to weekends ` +
      `and ${work.length} are worked off: compare the make-up days with the notice`,
  ]
}

function isWeekend(date: CivilDate): boolean {
  return weekday(date) >= SATURDAY
}

function englishWeekday(day: Weekday): string {
  const name = WEEKDAY_NAMES[day - 1]?.at(-1) ?? ''
  return name.slice(0, 1).toUpperCase() + name.slice(1)
}

/**
 * The official years that come with us, from the data of chinese-days 1.5.7: 2004–2026. A date of December that is off
 * or worked for New Year belongs to the notice of the year after. Every call makes the list anew (a few milliseconds).
 */
export function builtInYears(): readonly YearSchedule[] {
  const years = new Map<number, { off: { name: Text; from: CivilDate; to: CivilDate }[]; work: CivilDate[] }>()
  const of = (date: CivilDate, holiday: HolidayId | undefined) => {
    const year = yearOf(date) + (holiday === 'new-year' && date.slice(5, 7) === '12' ? 1 : 0)
    const made = years.get(year) ?? { off: [], work: [] }
    years.set(year, made)
    return made
  }
  for (const [date, label] of sorted(statutory.holidays)) {
    const { off } = of(date, holidayIn(label))
    const name = nameOf(holidayWord(label))
    const last = off.at(-1)
    if (last !== undefined && last.name.en === name.en && addDays(last.to, 1) === date) last.to = date
    else off.push({ name, from: date, to: date })
  }
  for (const [date, label] of sorted(statutory.workdays)) of(date, holidayIn(label)).work.push(date)
  return [...years]
    .sort(([a], [b]) => a - b)
    .map(([year, { off, work }]) => ({
      year,
      source: `State Council notice for ${year} (chinese-days 1.5.7)`,
      off,
      work,
    }))
}

function sorted(days: Readonly<Record<CivilDate, string>>): readonly (readonly [CivilDate, string])[] {
  return Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The Chinese word of a label such as `National Day,国庆节,3`. */
function holidayWord(label: string): string {
  return label.split(',')[1] ?? label
}

function holidayIn(label: string): HolidayId | undefined {
  return holidayNamed(holidayWord(label))
}
