/** A report as a workbook: totals, people, every request, what waits, what changed. Pure: the same report is the same file. */
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Sheet, SheetCell, SheetColumn, Workbook } from '#core/table/table.ts'
import { writeLeaveAmount, writeLeaveSpan } from '../../leave/queries.ts'
import { messages } from '../i18n.ts'
import type { Facts, LeaveAmount, Line } from './facts.ts'
import { type Head, nameIn, writeAt } from './head.ts'
import { writeMonth } from './month.ts'
import {
  byDepartment,
  byType,
  type Change,
  changesBetween,
  groupBy,
  isNothing,
  isSame,
  listsOf,
  sumOf,
  type ToldLater,
} from './sums.ts'

/** What a file of a report is made of. */
export interface Made {
  readonly facts: Facts
  readonly head: Head
  /** The version before, when there is one. */
  readonly before?: { readonly version: number; readonly facts: Facts }
  /** What later months' reports said of this month since that version. */
  readonly toldLater?: readonly ToldLater[]
}

interface Page {
  readonly made: Made
  readonly locale: Locale
  /** Words of a line, each kind of them made once: a month of ten thousand people has some hundred different ones. */
  readonly written: Map<string, string>
}

export function workbookOf(made: Made, locale: Locale): Workbook {
  const page: Page = { made, locale, written: new Map() }
  const { facts, before, toldLater } = made
  const changes = before ? changesBetween(before.facts, facts, toldLater) : []
  return {
    sheets: [
      summary(page),
      people(page),
      requests(page, 'sheet.details', facts.lines),
      ...(facts.waiting.length > 0 ? [requests(page, 'sheet.waiting', facts.waiting)] : []),
      ...(facts.adjustments.length > 0 ? [differences(page, 'sheet.adjustments', facts.adjustments)] : []),
      ...(changes.length > 0 ? [differences(page, 'sheet.changes', changes)] : []),
    ],
  }
}

function titleLines({ made: { facts, head }, locale }: Page): readonly string[] {
  const values = { organisation: inLocale(facts.organisation, locale), month: writeMonth(facts.month, locale) }
  return [
    messages.say(locale, 'sheet.title', values),
    messages.say(locale, 'sheet.made', {
      version: head.version,
      made: writeAt(head.madeAt, facts, locale),
      zone: facts.zone,
      policy: head.policyVersion,
    }),
    ...(head.late && head.dueAt !== null
      ? [messages.say(locale, 'sheet.late', { due: writeAt(head.dueAt, facts, locale) })]
      : []),
  ]
}

const hashLine = ({ made, locale }: Page): string => messages.say(locale, 'sheet.hash', { hash: made.head.hash })

/** Halves as days; nothing stays empty, so that what is there stands out. */
const days = ({ halfDays }: LeaveAmount): SheetCell => (halfDays === 0 ? null : halfDays / 2)
const hours = ({ restMinutes }: LeaveAmount): SheetCell => (restMinutes === 0 ? null : restMinutes / 60)

function typeColumns({ made, locale }: Page): readonly SheetColumn[] {
  return made.facts.types.map(({ name }) => ({ header: inLocale(name, locale), decimals: 1 }))
}
const totalColumns = ({ locale }: Page): readonly SheetColumn[] => [
  { header: messages.say(locale, 'column.total'), decimals: 1 },
  { header: messages.say(locale, 'column.hours'), decimals: 2 },
]

/** Days by type in the order of the columns, then all of them, then the hours beside them. */
function amountCells({ made: { facts } }: Page, lines: readonly Line[]): readonly SheetCell[] {
  const found = new Map(byType(facts, lines).map(({ type, amount }) => [type.id, amount]))
  const { amount } = sumOf(lines)
  const ofType = (id: string): SheetCell => {
    const one = found.get(id)
    return one === undefined ? null : days(one)
  }
  return [...facts.types.map(({ id }) => ofType(id)), amount.halfDays / 2, hours(amount)]
}

function summary(page: Page): Sheet {
  const { locale } = page
  const { facts } = page.made
  const row = (name: string, lines: readonly Line[]): readonly SheetCell[] => {
    const { people: count, requests: times } = sumOf(lines)
    return [name, count, times, ...amountCells(page, lines)]
  }
  return {
    name: messages.say(locale, 'sheet.summary'),
    title: titleLines(page),
    columns: [
      { header: messages.say(locale, 'column.department') },
      { header: messages.say(locale, 'column.people'), decimals: 0 },
      { header: messages.say(locale, 'column.requests'), decimals: 0 },
      ...typeColumns(page),
      ...totalColumns(page),
    ],
    rows: byDepartment(facts, facts.lines).map(({ department, lines }) =>
      row(inLocale(department.name, locale), lines),
    ),
    totals: row(messages.say(locale, 'total'), facts.lines),
    notes: [
      ...(facts.lines.length === 0 ? [messages.say(locale, 'empty')] : []),
      messages.say(locale, 'sheet.counts'),
      ...(facts.lines.some(({ provisional }) => provisional) ? [messages.say(locale, 'sheet.provisional')] : []),
      hashLine(page),
    ],
    frozenColumns: 1,
    landscape: true,
  }
}

function people(page: Page): Sheet {
  const { locale } = page
  const { facts } = page.made
  const groups = groupBy(facts.lines, ({ staffNo }) => staffNo)
  return {
    name: messages.say(locale, 'sheet.people'),
    title: titleLines(page),
    columns: [
      { header: messages.say(locale, 'column.department') },
      { header: messages.say(locale, 'column.staff-no') },
      { header: messages.say(locale, 'column.name') },
      { header: messages.say(locale, 'column.requests'), decimals: 0 },
      ...typeColumns(page),
      ...totalColumns(page),
    ],
    rows: [...groups.values()].flatMap((lines) => {
      const [first] = lines
      if (first === undefined) return []
      const department = nameIn(facts.departments, first.department, locale)
      return [[department, first.staffNo, first.name, lines.length, ...amountCells(page, lines)]]
    }),
    totals: [messages.say(locale, 'total'), null, null, facts.lines.length, ...amountCells(page, facts.lines)],
    notes: [messages.say(locale, 'sheet.counts'), hashLine(page)],
    frozenColumns: 3,
    landscape: true,
  }
}

function requests(page: Page, name: 'sheet.details' | 'sheet.waiting', lines: readonly Line[]): Sheet {
  const { locale } = page
  const { facts } = page.made
  const { amount } = sumOf(lines)
  const cells = (line: Line): readonly SheetCell[] => [
    line.request,
    nameIn(facts.departments, line.department, locale),
    line.staffNo,
    line.name,
    nameIn(facts.types, line.type, locale),
    { day: line.span.from },
    { day: line.span.to },
    spanIn(page, line.span),
    amountIn(page, line.part),
    days(line.part),
    hours(line.part),
    amountIn(page, line.whole),
    line.provisional ? messages.say(locale, 'remark.provisional') : null,
  ]
  return {
    name: messages.say(locale, name),
    title: titleLines(page),
    columns: [
      { header: messages.say(locale, 'column.request'), decimals: 0 },
      { header: messages.say(locale, 'column.department') },
      { header: messages.say(locale, 'column.staff-no') },
      { header: messages.say(locale, 'column.name') },
      { header: messages.say(locale, 'column.type') },
      { header: messages.say(locale, 'column.from'), width: 12 },
      { header: messages.say(locale, 'column.to'), width: 12 },
      { header: messages.say(locale, 'column.when') },
      { header: messages.say(locale, 'column.amount') },
      { header: messages.say(locale, 'column.days'), decimals: 1 },
      { header: messages.say(locale, 'column.hours'), decimals: 2 },
      { header: messages.say(locale, 'column.whole') },
      { header: messages.say(locale, 'column.remarks') },
    ],
    rows: lines.map(cells),
    totals: [messages.say(locale, 'total'), ...Array<null>(8).fill(null), amount.halfDays / 2, hours(amount)],
    notes: [...(name === 'sheet.waiting' ? [messages.say(locale, 'sheet.waiting-note')] : []), hashLine(page)],
    frozenColumns: 4,
    landscape: true,
  }
}

function differences(page: Page, name: 'sheet.adjustments' | 'sheet.changes', all: readonly Change[]): Sheet {
  const { locale, made } = page
  const { facts, before } = made
  const { departments, types } = listsOf(facts, before?.facts)
  const written = (amount: LeaveAmount) =>
    isNothing(amount) ? messages.say(locale, 'nothing') : writeLeaveAmount(amount, locale)
  const cells = (one: Change): readonly SheetCell[] => [
    one.month,
    one.request,
    nameIn(departments, one.department, locale),
    one.staffNo,
    one.name,
    nameIn(types, one.type, locale),
    written(one.was),
    written(one.is),
    (one.is.halfDays - one.was.halfDays) / 2,
    (one.is.restMinutes - one.was.restMinutes) / 60,
    ...(name === 'sheet.changes' ? [remarkOf(one, locale) ?? null] : []),
  ]
  const about =
    name === 'sheet.adjustments'
      ? messages.say(locale, 'sheet.adjustments-note')
      : messages.say(locale, 'sheet.changes-note', { version: before?.version ?? 0 })
  return {
    name: messages.say(locale, name),
    title: titleLines(page),
    columns: [
      { header: messages.say(locale, 'column.month') },
      { header: messages.say(locale, 'column.request'), decimals: 0 },
      { header: messages.say(locale, 'column.department') },
      { header: messages.say(locale, 'column.staff-no') },
      { header: messages.say(locale, 'column.name') },
      { header: messages.say(locale, 'column.type') },
      { header: messages.say(locale, 'column.was') },
      { header: messages.say(locale, 'column.is') },
      { header: messages.say(locale, 'column.more-days'), decimals: 1 },
      { header: messages.say(locale, 'column.more-hours'), decimals: 2 },
      ...(name === 'sheet.changes' ? [{ header: messages.say(locale, 'column.remarks') }] : []),
    ],
    rows: all.map(cells),
    notes: [about, hashLine(page)],
    frozenColumns: 5,
    landscape: true,
  }
}

/** What whoever settles by the difference has to know of it: it may be paid already, or be no leave of this month. */
export function remarkOf({ told, adjustment, is }: Change, locale: Locale): string | undefined {
  if (adjustment !== undefined) return messages.say(locale, `remark.${adjustment}`)
  if (told === undefined) return undefined
  const month = writeMonth(told.month, locale)
  if (isSame(told.amount, is)) return messages.say(locale, 'remark.told', { month })
  const amount = isNothing(told.amount) ? messages.say(locale, 'nothing') : writeLeaveAmount(told.amount, locale)
  return messages.say(locale, 'remark.told-otherwise', { month, amount })
}

function amountIn({ written, locale }: Page, amount: LeaveAmount): string {
  return once(written, `${amount.halfDays} ${amount.restMinutes}`, () => writeLeaveAmount(amount, locale))
}

function spanIn({ written, locale }: Page, span: Line['span']): string {
  const { from, to, fromHalf, toHalf, fromTime, toTime } = span
  const key = [from, to, fromHalf, toHalf, fromTime, toTime].join('|')
  return once(written, key, () => writeLeaveSpan(span, locale))
}

function once(written: Map<string, string>, key: string, write: () => string): string {
  const there = written.get(key)
  if (there !== undefined) return there
  const made = write()
  written.set(key, made)
  return made
}
