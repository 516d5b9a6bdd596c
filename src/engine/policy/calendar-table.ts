/** An official year as a table: one row a day or a stretch of days, read and written. */
import { eachDay, formatWeekday, weekday, yearOf } from '#core/calendar/civil.ts'
import { holidaysIn, nameOf } from '#core/calendar/year-schedule.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Locale, Text } from '#core/i18n.ts'
import { fold } from '#core/parser/fold.ts'
import { dayIn } from '#core/table/cells.ts'
import { type Sheet, type SheetCell, type Table, type TableProblem, writeProblems } from '#core/table/table.ts'
import { type ImportedYear, importedYearSchema } from './calendar.ts'
import { type Issue, issuesOf } from './check.ts'
import { type Columns, columnsOf, type Field, idNamed, type Named } from './columns.ts'

type Key = 'year' | 'date' | 'until' | 'weekday' | 'kind' | 'name' | 'english' | 'half' | 'source'

const FIELDS: readonly Field<Key>[] = [
  { key: 'year', zh: '年度', en: 'Year', also: ['年份', '年'] },
  { key: 'date', zh: '日期', en: 'Date', also: ['开始', '开始日期', '起', 'from', 'start'], required: true },
  { key: 'until', zh: '至', en: 'Until', also: ['结束', '结束日期', '止', 'to', 'end'] },
  { key: 'weekday', zh: '星期', en: 'Weekday', also: ['周几', 'day of the week'] },
  { key: 'kind', zh: '安排', en: 'Kind', also: ['类型', '类别', 'type'], required: true },
  { key: 'name', zh: '名称', en: 'Name', also: ['节日', '假期', '节假日名称', 'holiday'] },
  { key: 'english', zh: '英文名称', en: 'English name', also: ['英文名'] },
  { key: 'half', zh: '半天', en: 'Half' },
  { key: 'source', zh: '来源', en: 'Source', also: ['依据', '文号', 'notice'] },
]

type Kind = 'off' | 'work' | 'company-off' | 'company-work'

/** The first name is the one that our own tables write, the second the English one. */
const KINDS: readonly (Named & { readonly id: Kind })[] = [
  {
    id: 'off',
    names: [
      '放假',
      'Off',
      '休假',
      '休息',
      '休',
      '节假日',
      '法定节假日',
      '法定假日',
      'Day off',
      'Public holiday',
      'Legal holiday',
      'Bridge day',
    ],
  },
  {
    id: 'work',
    names: [
      '上班',
      'Work',
      '调休上班',
      '补班',
      '班',
      '工作日',
      'Make-up',
      'Make-up day',
      'Make-up working day',
      'Working day',
    ],
  },
  {
    id: 'company-off',
    names: ['公司放假', 'Company off', '公司休息', '公司假期', 'Company holiday', 'Company day off'],
  },
  { id: 'company-work', names: ['公司上班', 'Company work', 'Company working day'] },
]
const HALVES: readonly Named[] = [
  { id: 'morning', names: ['上午', 'Morning', 'am'] },
  { id: 'afternoon', names: ['下午', 'Afternoon', 'pm'] },
]

interface Row {
  readonly line: number
  readonly from: CivilDate
  readonly to: CivilDate
  readonly kind: Kind
  readonly name: string
  readonly english: string
  readonly half: string | undefined
  readonly weekday: string
}

/** @returns the year, or every problem with row and column; never both */
export function readYearTable(
  table: Table,
): { readonly year: ImportedYear } | { readonly problems: readonly string[] } {
  const columns = columnsOf(table, FIELDS)
  if (columns.problems.length > 0) return { problems: writeProblems(table, columns.problems) }
  const problems: TableProblem[] = []
  const rows = table.rows.flatMap(({ line, cells }) =>
    rowOf(line, (key) => cells[columns.of(key) ?? -1]?.trim() ?? '', columns, problems),
  )
  if (rows.length === 0 && problems.length === 0) problems.push({ message: 'there is no day in it' })
  if (problems.length > 0) return { problems: writeProblems(table, problems) }
  const raw = rawYear(table, columns, rows)
  const read = importedYearSchema.safeParse(raw)
  if (read.success) return { year: read.data }
  return {
    problems: writeProblems(
      table,
      issuesOf(importedYearSchema, raw).map((issue) => placed(issue, rows, columns)),
    ),
  }
}

function rowOf(
  line: number,
  textOf: (key: Key) => string,
  columns: Columns<Key>,
  problems: TableProblem[],
): readonly Row[] {
  const before = problems.length
  const wrong = (key: Key, message: string) => {
    const column = columns.of(key)
    problems.push({ line, ...(column === undefined ? {} : { column }), message })
  }
  const day = (key: 'date' | 'until') => {
    const date = dayIn(textOf(key))
    if (date === undefined) wrong(key, `${JSON.stringify(textOf(key))}: write the day as 2026-09-28`)
    return date ?? ''
  }
  const from = day('date')
  const to = textOf('until') === '' ? from : day('until')
  const kind = idNamed(textOf('kind'), KINDS) as Kind | undefined
  if (kind === undefined)
    wrong(
      'kind',
      `${JSON.stringify(textOf('kind'))}: write ${KINDS.map(({ names: [zh, en] }) => `${zh} (${en})`).join(', ')}`,
    )
  const name = textOf('name')
  if (name === '' && kind !== undefined && kind !== 'work') wrong('name', 'write what the day is called')
  const half = textOf('half') === '' ? undefined : idNamed(textOf('half'), HALVES)
  if (textOf('half') !== '' && half === undefined)
    wrong('half', `${JSON.stringify(textOf('half'))}: write 上午 (Morning) or 下午 (Afternoon)`)
  if (half !== undefined && kind !== 'company-off') wrong('half', 'only 公司放假 (Company off) can be half a day')
  if (kind !== 'off' && from < to && eachDay(from, to).length > 7)
    wrong('until', 'write each of these days by itself: only days off come in long stretches')
  if (problems.length > before || kind === undefined) return []
  return [{ line, from, to, kind, name, english: textOf('english'), half, weekday: textOf('weekday') }]
}

/** The rows as the schema of a year takes them, paths and all. */
function rawYear(table: Table, columns: Columns<Key>, rows: readonly Row[]) {
  const first = (key: Key): string =>
    table.rows.map(({ cells }) => cells[columns.of(key) ?? -1]?.trim() ?? '').find((text) => text !== '') ?? ''
  const year = /^\d{4}/.exec(first('year'))?.[0]
  const own = (kind: Kind) => rows.filter((row) => row.kind === kind)
  return {
    year: year === undefined ? mostOften(rows.map(({ from }) => yearOf(from))) : Number(year),
    source: first('source') === '' ? table.name : first('source'),
    off: own('off').map(({ name, english, from, to }) => ({ name: textIn(name, english), from, to })),
    work: own('work').flatMap(({ from, to }) => eachDay(from, to)),
    weekdays: Object.fromEntries(rows.flatMap(({ from, weekday: said }) => (said === '' ? [] : [[from, fold(said)]]))),
    companyDays: companyRows(rows).map(({ date, row: { name, english, kind, half } }) => ({
      date,
      name: { zh: name, en: english === '' ? name : english },
      works: kind === 'company-off' ? 'off' : 'work',
      ...(half === undefined ? {} : { half }),
    })),
  }
}

const companyRows = (rows: readonly Row[]): readonly { readonly date: CivilDate; readonly row: Row }[] =>
  rows
    .filter(({ kind }) => kind === 'company-off' || kind === 'company-work')
    .flatMap((row) => eachDay(row.from, row.to).map((date) => ({ date, row })))

/** A holiday of the law is known by its word in every language; another name has one in each. */
const textIn = (name: string, english: string): string | { zh: string; en: string } =>
  english === '' || holidaysIn(name).length > 0 ? name : { zh: name, en: english }

function mostOften(years: readonly number[]): number {
  const times = (year: number) => years.filter((one) => one === year).length
  return years.reduce((best, year) => (times(year) > times(best) ? year : best), years[0] ?? 0)
}

/** Issues speak of dates: the row is the first that holds one of them. */
function placed({ path, message }: Issue, rows: readonly Row[], columns: Columns<Key>): TableProblem {
  const [list, index] = path
  const own = rows.filter(({ kind }) => kind === 'off')
  const listed = list === 'off' && typeof index === 'number' ? own[index] : undefined
  const company = list === 'companyDays' && typeof index === 'number' ? companyRows(rows)[index]?.row : undefined
  const named = (message.match(/\d{4}-\d{2}-\d{2}/g) ?? []).flatMap((date) =>
    rows.filter(({ from, to }) => from <= date && date <= to),
  )
  const row = listed ?? company ?? named[0]
  const column = columns.of(message.startsWith('weekdays:') ? 'weekday' : 'date')
  return { ...(row === undefined ? {} : { line: row.line, ...(column === undefined ? {} : { column }) }), message }
}

/** A year as a sheet that {@link readYearTable} reads as the same year. */
export function yearSheet({ year, source, off, work, companyDays }: ImportedYear, locale: Locale): Sheet {
  const english = locale === 'en'
  const word = (kind: Kind): string => KINDS.find(({ id }) => id === kind)?.names[english ? 1 : 0] ?? kind
  const half = (id: string | undefined): string | null =>
    HALVES.find((one) => one.id === id)?.names[english ? 1 : 0] ?? null
  const row = (
    from: CivilDate,
    to: CivilDate,
    kind: Kind,
    name: Text | undefined,
    of?: string,
  ): readonly SheetCell[] => [
    year,
    { day: from },
    from === to ? null : { day: to },
    formatWeekday(weekday(from), english ? 'en' : 'zh-CN'),
    word(kind),
    name?.['zh-CN'] ?? null,
    name === undefined || name.en === name['zh-CN'] ? null : name.en,
    half(of),
    source,
  ]
  const rows = [
    ...off.map(({ name, from, to }) => ({ from, cells: row(from, to, 'off', nameOf(name)) })),
    ...work.map((date) => ({ from: date, cells: row(date, date, 'work', undefined) })),
    ...companyDays.map(({ date, name, works, half: of }) => ({
      from: date,
      cells: row(date, date, works === 'off' ? 'company-off' : 'company-work', name, of),
    })),
  ]
  return {
    name: String(year),
    columns: FIELDS.map(({ zh, en }) => ({ header: english ? en : zh })),
    rows: rows.toSorted((a, b) => (a.from < b.from ? -1 : 1)).map(({ cells }) => cells),
  }
}
