/** What reports look like: the month's card, its short version, and the list of months. */
import { formatInstant } from '#core/calendar/civil.ts'
import { button, type Card, type Markup, select } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { writeLeaveAmount } from '../leave/queries.ts'
import { PARTS, SendPart, ShowReport } from './contracts.ts'
import { messages } from './i18n.ts'
import type { Report, ReportHead } from './repository.ts'
import type { Facts, LeaveAmount } from './rules/facts.ts'
import { nameIn, titleOf, writeAt } from './rules/head.ts'
import { writeMonth } from './rules/month.ts'
import {
  byDepartment,
  byType,
  type Change,
  groupBy,
  isNothing,
  type Lists,
  listsOf,
  type Sum,
  sumOf,
} from './rules/sums.ts'
import { remarkOf } from './rules/workbook.ts'

/** A card is looked at, not read: the sheet has the rest. */
const DEPARTMENTS_MAX = 12
const CHANGES_MAX = 8
/** Enough to tell two versions apart; the sheet has all of it. */
const HASH_CHARS = 8

export interface ReportView {
  readonly report: Report
  /** Against the version before. */
  readonly changes: readonly Change[]
  /** What that version calls what this one no longer holds. */
  readonly before?: Lists
  /** The role that nobody has, in whose place this reader is told. */
  readonly insteadOf?: Text
}

export function reportCard(
  { locale }: Pick<Reader, 'locale'>,
  { report, changes, before, insteadOf }: ReportView,
): Card {
  const { facts } = report
  const { types } = listsOf(facts, before)
  const say = messages.say
  const notes = [
    ...(insteadOf ? [say(locale, 'note.fallback', { role: inLocale(insteadOf, locale) })] : []),
    ...(report.late && report.dueAt !== null
      ? [
          say(locale, 'late-note', {
            due: writeAt(report.dueAt, facts, locale),
            made: writeAt(report.madeAt, facts, locale),
          }),
        ]
      : []),
    say(locale, 'note', {
      made: writeAt(report.madeAt, facts, locale),
      policy: report.policyVersion,
      hash: report.hash.slice(0, HASH_CHARS),
    }),
  ]
  const list = [
    ...shortened(departmentLines(facts, locale), DEPARTMENTS_MAX, locale),
    ...shortened(
      changes.map((change) => changeLine('line.changed', change, types, locale, report.version - 1)),
      CHANGES_MAX,
      locale,
    ),
    ...shortened(
      facts.adjustments.map((change) => changeLine('line.adjustment', change, types, locale)),
      CHANGES_MAX,
      locale,
    ),
  ]
  return {
    title: titleOf(facts, report, locale),
    tone: report.late ? 'warning' : 'neutral',
    ...(facts.lines.length === 0 ? { text: say(locale, 'empty') } : {}),
    fields: fieldsOf(report, locale),
    ...(list.length > 0 ? { list } : {}),
    buttons: PARTS.filter((part) => part !== 'chart' || facts.lines.length > 0).map((part) =>
      button(SendPart, { reportId: report.id, part }, say(locale, `button.${part}`), {
        style: part === 'sheet' ? 'primary' : 'plain',
      }),
    ),
    note: inLines(notes),
  }
}

function fieldsOf({ facts, version }: Report, locale: Locale): NonNullable<Card['fields']> {
  const say = messages.say
  const { lines, waiting, adjustments } = facts
  const provisional = lines.filter((line) => line.provisional)
  const field = (label: string, value: string) => ({ label, value })
  const months = [...groupBy(adjustments, ({ month }) => month)].map(([month, all]) =>
    say(locale, 'value.adjustments', { month: writeMonth(month, locale), count: all.length }),
  )
  return [
    ...(lines.length > 0 ? [field(say(locale, 'field.total'), writeSum(sumOf(lines), locale))] : []),
    ...(waiting.length > 0 ? [field(say(locale, 'field.waiting'), writeSum(sumOf(waiting), locale))] : []),
    ...(provisional.length > 0 ? [field(say(locale, 'field.provisional'), writeSum(sumOf(provisional), locale))] : []),
    ...(months.length > 0 ? [field(say(locale, 'field.adjustments'), months.join(say(locale, 'comma')))] : []),
    field(say(locale, 'field.version'), say(locale, 'value.version', { version })),
  ]
}

function writeSum({ amount, people, requests }: Sum, locale: Locale): string {
  return messages.say(locale, 'value.total', {
    amount: writeAmount(amount, locale),
    people: messages.say(locale, 'people', { n: people }),
    requests: messages.say(locale, 'requests', { n: requests }),
  })
}

const writeAmount = (amount: LeaveAmount, locale: Locale): string =>
  isNothing(amount) ? messages.say(locale, 'nothing') : writeLeaveAmount(amount, locale)

function departmentLines(facts: Facts, locale: Locale): readonly string[] {
  return byDepartment(facts, facts.lines).map(({ department, lines }) =>
    messages.say(locale, 'line.department', {
      department: inLocale(department.name, locale),
      types: byType(facts, lines)
        .map(({ type, amount }) =>
          messages.say(locale, 'line.type', { type: inLocale(type.name, locale), amount: writeAmount(amount, locale) }),
        )
        .join(messages.say(locale, 'comma')),
    }),
  )
}

function changeLine(
  key: 'line.adjustment' | 'line.changed',
  change: Change,
  types: Facts['types'],
  locale: Locale,
  version = 0,
): string {
  const values = {
    month: writeMonth(change.month, locale),
    request: change.request,
    name: change.name,
    type: nameIn(types, change.type, locale),
    was: writeAmount(change.was, locale),
    is: writeAmount(change.is, locale),
  }
  if (key === 'line.adjustment') return messages.say(locale, key, values)
  const line = change.adjustment
    ? messages.say(locale, `line.${change.adjustment}`, { ...values, version })
    : messages.say(locale, key, { ...values, version })
  const remark = change.told && remarkOf(change, locale)
  return remark === undefined ? line : messages.say(locale, 'line.remark', { line, remark })
}

function shortened(lines: readonly string[], max: number, locale: Locale): readonly string[] {
  if (lines.length <= max) return lines
  return [...lines.slice(0, max - 1), messages.say(locale, 'line.more', { count: lines.length - max + 1 })]
}

function inLines(lines: readonly string[]): Markup {
  return lines.flatMap((line, index) => (index === 0 ? [line] : [{ newline: true } as const, line]))
}

export interface NoteView {
  readonly report: Pick<Report, 'facts' | 'late' | 'dueAt' | 'madeAt'>
  /** Of the department, or of the organisation, that the channel belongs to. */
  readonly name: Text
  /** The departments it is about. */
  readonly departments: ReadonlySet<string>
}

/** The short version for everybody: how many, how long. Nobody's name, no type, nothing that still waits. */
export function noteCard({ locale }: Pick<Reader, 'locale'>, { report, name, departments }: NoteView): Card {
  const { facts } = report
  const say = messages.say
  const lines = facts.lines.filter(({ department }) => departments.has(department))
  const { amount, people } = sumOf(lines)
  const department = inLocale(name, locale)
  const parts = byDepartment(facts, lines)
  const title = say(locale, 'note.title', { month: writeMonth(facts.month, locale) })
  return {
    title: report.late ? say(locale, 'late', { title }) : title,
    tone: report.late ? 'warning' : 'neutral',
    text:
      lines.length === 0
        ? say(locale, 'note.empty', { department })
        : say(locale, 'note.text', {
            department,
            people: say(locale, 'people', { n: people }),
            amount: writeAmount(amount, locale),
          }),
    ...(parts.length > 1
      ? {
          list: shortened(
            parts.map((part) => {
              const sum = sumOf(part.lines)
              return say(locale, 'note.line', {
                department: inLocale(part.department.name, locale),
                people: say(locale, 'people', { n: sum.people }),
                amount: writeAmount(sum.amount, locale),
              })
            }),
            DEPARTMENTS_MAX,
            locale,
          ),
        }
      : {}),
    ...(report.late && report.dueAt !== null
      ? {
          note: say(locale, 'late-note', {
            due: writeAt(report.dueAt, facts, locale),
            made: writeAt(report.madeAt, facts, locale),
          }),
        }
      : {}),
  }
}

export interface ListView {
  /** The newest version of each month, newest month first. */
  readonly reports: readonly ReportHead[]
  /** When the next one is made; absent when none is planned. */
  readonly next?: Instant | undefined
  readonly zone: string
}

export function listCard({ locale }: Pick<Reader, 'locale'>, { reports, next, zone }: ListView): Card {
  const say = messages.say
  return {
    title: say(locale, 'list.title'),
    ...(reports.length === 0
      ? { text: say(locale, 'list.empty') }
      : {
          list: reports.map((report) =>
            say(locale, 'list.line', {
              title: titleOf(report, { version: 1, late: false }, locale),
              version: say(locale, 'version', { version: report.version }),
              made: formatInstant(report.madeAt, zone, locale, { year: 'always' }),
            }),
          ),
          select: select(
            ShowReport,
            {},
            {
              label: say(locale, 'list.choose'),
              options: reports.map(({ id, month }) => ({ value: String(id), label: writeMonth(month, locale) })),
            },
          ),
        }),
    ...(next === undefined
      ? {}
      : { note: say(locale, 'list.next', { due: formatInstant(next, zone, locale, { year: 'always' }) }) }),
  }
}
