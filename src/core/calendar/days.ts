/** What kind of day a date is on the working calendar of the mainland, and why: the schedule of its year, the law, the company. */
import type { CivilDate, HalfDay } from '../command-args.ts'
import type { Text } from '../i18n.ts'
import { addDays, eachDay, weekday, yearOf } from './civil.ts'
import { HOLIDAYS, type HolidayId, lawDays } from './law.ts'
import { builtInYears, holidaysIn, joinNames, nameOf, type YearSchedule } from './year-schedule.ts'

export { checkYearSchedule, type YearSchedule } from './year-schedule.ts'

/**
 * - `legal-holiday`: one of the days the law itself fixes (13 a year since 2025), also when it falls on a weekend;
 * - `bridge-day`: a weekday that only the year's schedule makes a day off, whether worked off on a weekend or given for a
 *   law day lost to one;
 * - `make-up-working-day`: a weekend on which everyone works;
 * - `company-day`: the company's own decision;
 * - `ordinary`: everything else, also a weekend that lies inside a holiday (it is off for everyone, and carries its name).
 */
export type DayKind = 'legal-holiday' | 'bridge-day' | 'make-up-working-day' | 'company-day' | 'ordinary'

export interface DayInfo {
  readonly date: CivilDate
  readonly kind: DayKind
  /** The holiday it belongs to, or the company's name for it. */
  readonly name?: Text
  /** `pattern`: the person's own working pattern decides. */
  readonly works: 'off' | 'work' | 'pattern'
  /** A company day may free one half only; the other half is decided by `works`. */
  readonly offHalf?: HalfDay
  /** One of the law's own days whatever else is said of it: work on it is paid as such. */
  readonly legal: boolean
  /** Where this is from: the notice of the year, the law, the company. */
  readonly source: string
  /**
   * An official schedule may still change it: its year has none yet, or it is one of the last three days of December and
   * the next year has none (a notice for January has moved those days before).
   */
  readonly provisional: boolean
}

/** A stretch of consecutive days off that has a name. */
export interface HolidayRun {
  /** Everything it is called in a sentence, in both languages. */
  readonly names: readonly string[]
  readonly name: Text
  readonly from: CivilDate
  /** Inclusive. */
  readonly to: CivilDate
  /** It holds at least one day of the law; false for stretches that only the company gives. */
  readonly legal: boolean
  readonly provisional: boolean
}

/** The company's own decision about one day; it goes before the schedule of the year. */
export interface CompanyDay {
  readonly date: CivilDate
  readonly name: Text
  readonly works: 'off' | 'work'
  /** With `works: 'off'`: only this half is off. On a day that is off anyway it changes nothing. */
  readonly half?: HalfDay
}

export interface WorkCalendar {
  /** Throws `RangeError` when `date` is none. */
  day(date: CivilDate): DayInfo
  /** Whether the official schedule of a year is loaded. */
  knows(year: number): boolean
  /** The same as long as every answer is the same: for `why` and for rows that must be recomputed when it changes. */
  readonly version: string
  /** Named stretches off that touch the days from `from` to `to`, in order and whole, also where they reach beyond. */
  holidays(from: CivilDate, to: CivilDate): readonly HolidayRun[]
}

const LAW_SOURCE = '全国年节及纪念日放假办法'
const MAKE_UP_NAME: Text = { 'zh-CN': '调休上班', en: 'Make-up working day' }
const SATURDAY = 6
/** The earliest December day that a notice for the next year has ever moved: 2007-12-29. */
const FIRST_UNSETTLED_DAY = 29
/** No stretch is longer than this: how far around a window to look for its ends. */
const RUN_DAYS_MAX = 31
/** How many years of the law are remembered. */
const LAW_YEARS_MAX = 50

interface Scheduled {
  readonly works: 'off' | 'work'
  readonly name: Text
  readonly source: string
}

/**
 * The statutory calendar (2004–2026 built in), with imported years and company days on top.
 * An imported year replaces a built-in one as a whole; of two schedules that name the same December day the later year's
 * holds; of two company days on one date the later in the list. Throws `RangeError` for a date that is none; run
 * {@link checkYearSchedule} before an import to hear everything at once.
 */
export function workCalendar(
  options: { companyDays?: readonly CompanyDay[]; years?: readonly YearSchedule[] } = {},
): WorkCalendar {
  const { companyDays = [], years = [] } = options
  const schedules = new Map([...builtInYears(), ...years].map((schedule) => [schedule.year, schedule]))
  const scheduled = scheduledDays([...schedules.values()].sort((a, b) => a.year - b.year))
  // A date that is none must not lie there unnoticed.
  const company = new Map(companyDays.map((day) => [addDays(day.date, 0), day]))
  const law = lawByDate()
  const knows = (year: number) => schedules.has(year)

  const day = (date: CivilDate): DayInfo => {
    const official = officialDay(date, { knows, law, scheduled, sourceOf: (year) => schedules.get(year)?.source })
    const own = company.get(date)
    return own === undefined ? official : companyDay(official, own)
  }
  return {
    day,
    knows,
    version: versionOf([...schedules.values()], companyDays),
    holidays: rememberingLast((from, to) => runsOf(day, law, from, to)),
  }
}

/** Every sentence asks for the same window all day long: it was a quarter of the time that a command took. */
function rememberingLast(runs: WorkCalendar['holidays']): WorkCalendar['holidays'] {
  let last: { from: CivilDate; to: CivilDate; runs: readonly HolidayRun[] } | undefined
  return (from, to) => {
    if (last?.from !== from || last.to !== to) last = { from, to, runs: runs(from, to) }
    return last.runs
  }
}

/** Every date that a schedule speaks of. Later years overwrite: a notice for January may rearrange December. */
function scheduledDays(schedules: readonly YearSchedule[]): ReadonlyMap<CivilDate, Scheduled> {
  const days = new Map<CivilDate, Scheduled>()
  for (const { off, work, source } of schedules) {
    for (const { name, from, to } of off) {
      for (const date of eachDay(from, to)) days.set(date, { works: 'off', name: nameOf(name), source })
    }
    for (const date of work) days.set(addDays(date, 0), { works: 'work', name: MAKE_UP_NAME, source })
  }
  return days
}

type LawOf = (date: CivilDate) => readonly HolidayId[]

/** The holidays that the law puts on a date, worked out once a year of them. */
function lawByDate(): LawOf {
  const years = new Map<number, ReadonlyMap<CivilDate, readonly HolidayId[]>>()
  const read = (year: number) => {
    const days = new Map<CivilDate, readonly HolidayId[]>()
    for (const { date, holiday } of lawDays(year)) days.set(date, [...(days.get(date) ?? []), holiday])
    if (years.size >= LAW_YEARS_MAX) years.clear()
    years.set(year, days)
    return days
  }
  return (date) => {
    const year = yearOf(date)
    return (years.get(year) ?? read(year)).get(date) ?? []
  }
}

interface Sources {
  readonly knows: (year: number) => boolean
  readonly law: LawOf
  readonly scheduled: ReadonlyMap<CivilDate, Scheduled>
  readonly sourceOf: (year: number) => string | undefined
}

function officialDay(date: CivilDate, { knows, law, scheduled, sourceOf }: Sources): DayInfo {
  const year = yearOf(date)
  const holidays = law(date)
  const planned = scheduled.get(date)
  const legal = holidays.length > 0
  const known = knows(year)
  const moved = date >= `${date.slice(0, 4)}-12-${FIRST_UNSETTLED_DAY}` && !knows(year + 1)
  const base = { date, legal, provisional: !known || (moved && planned === undefined) }
  const lawName = legal ? { name: joinNames(holidays.map((id) => HOLIDAYS[id].name)) } : {}
  if (planned?.works === 'work') {
    return { ...base, kind: 'make-up-working-day', name: planned.name, works: 'work', source: planned.source }
  }
  if (planned === undefined && !(legal && !known)) {
    return { ...base, kind: 'ordinary', ...lawName, works: 'pattern', source: sourceOf(year) ?? LAW_SOURCE }
  }
  const kind = legal ? 'legal-holiday' : weekday(date) >= SATURDAY ? 'ordinary' : 'bridge-day'
  const source = planned?.source ?? LAW_SOURCE
  return { ...base, kind, ...(planned === undefined ? {} : { name: planned.name }), ...lawName, works: 'off', source }
}

function companyDay(official: DayInfo, own: CompanyDay): DayInfo {
  const { date, legal, provisional } = official
  const ours = { date, legal, name: own.name, kind: 'company-day', source: 'company' } as const
  if (own.works === 'off' && own.half !== undefined) {
    if (official.works === 'off') return official
    return { ...ours, works: official.works, offHalf: own.half, provisional }
  }
  // What the company says outright no notice can change.
  return { ...ours, works: own.works, provisional: false }
}

/** Stretches of days off. Official days that touch are one stretch with all their names; a company's days stand apart. */
function runsOf(day: (date: CivilDate) => DayInfo, law: LawOf, from: CivilDate, to: CivilDate): readonly HolidayRun[] {
  const runs: DayInfo[][] = []
  for (const date of eachDay(addDays(from, -RUN_DAYS_MAX), addDays(to, RUN_DAYS_MAX))) {
    const info = day(date)
    if (info.works !== 'off' || info.name === undefined) continue
    const last = runs.at(-1)
    const before = last?.at(-1)
    if (last !== undefined && before !== undefined && addDays(before.date, 1) === date && sameStretch(before, info)) {
      last.push(info)
    } else runs.push([info])
  }
  return runs.map((days) => runOf(days, law)).filter((run) => run.from <= to && run.to >= from)
}

function sameStretch(a: DayInfo, b: DayInfo): boolean {
  if ((a.kind === 'company-day') !== (b.kind === 'company-day')) return false
  return a.kind !== 'company-day' || a.name?.['zh-CN'] === b.name?.['zh-CN']
}

function runOf(days: readonly DayInfo[], law: LawOf): HolidayRun {
  const texts = days.flatMap(({ name }) => (name === undefined ? [] : [name]))
  const ids = days.flatMap(({ kind, date, name }) =>
    kind === 'company-day' || name === undefined ? [] : [...law(date), ...holidaysIn(name)],
  )
  const first = days.at(0)?.date ?? ''
  const names = [...texts.flatMap((text) => [text['zh-CN'], text.en]), ...ids.flatMap((id) => HOLIDAYS[id].names)]
  return {
    names: [...new Set(names)],
    // Each holiday once, in the order of the days: 国庆节、中秋节.
    name: ids.length > 0 ? joinNames([...new Set(ids)].map((id) => HOLIDAYS[id].name)) : joinNames(texts),
    from: first,
    to: days.at(-1)?.date ?? first,
    legal: days.some(({ legal }) => legal),
    provisional: days.some(({ provisional }) => provisional),
  }
}

/** A short mark of the contents (FNV-1a, 32 bits, twice): told apart by people, not a defence. */
function versionOf(schedules: readonly YearSchedule[], companyDays: readonly CompanyDay[]): string {
  const contents = JSON.stringify([schedules.toSorted((a, b) => a.year - b.year), companyDays])
  const years = schedules.map(({ year }) => year)
  return `${Math.min(...years)}-${Math.max(...years)}.${fnv1a(contents)}${fnv1a(`${contents}.`)}`
}

function fnv1a(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
