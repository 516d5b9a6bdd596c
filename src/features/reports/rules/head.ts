/** What stands around the facts of a report: its version, when it was made, and its names in one language. Pure. */
import { formatInstant } from '#core/calendar/civil.ts'
import type { Instant } from '#core/clock.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import { messages } from '../i18n.ts'
import type { Facts } from './facts.ts'
import { writeMonth } from './month.ts'

export interface Head {
  readonly version: number
  readonly hash: string
  readonly policyVersion: number
  readonly madeAt: Instant
  /** Null when it was asked for. */
  readonly dueAt: Instant | null
  readonly late: boolean
}

/** `2026年9月请假汇总`; a later version and a late one say so. */
export function titleOf(
  { month }: Pick<Facts, 'month'>,
  { version, late }: Pick<Head, 'version' | 'late'>,
  locale: Locale,
): string {
  const values = { month: writeMonth(month, locale), version }
  const title = messages.say(locale, version > 1 ? 'title-again' : 'title', values)
  return late ? messages.say(locale, 'late', { title }) : title
}

/** A civil time of the zone of the report, with its year. */
export const writeAt = (instant: Instant, { zone }: Pick<Facts, 'zone'>, locale: Locale): string =>
  formatInstant(instant, zone, locale, { year: 'always' })

/** A name by its id; an id that is in no list stands for itself. */
export function nameIn(
  list: readonly { readonly id: string; readonly name: Text }[],
  id: string,
  locale: Locale,
): string {
  const found = list.find((one) => one.id === id)
  return found ? inLocale(found.name, locale) : id
}

/** What the audit log calls a report. */
export const subjectOf = ({ kind, month }: { readonly kind: string; readonly month: string }): string =>
  `report:${kind}:${month}`

/** What a file of a report is called. */
export function fileName(
  part: 'sheet' | 'chart',
  { month, version }: { readonly month: string; readonly version: number },
  locale: Locale,
): string {
  return messages.say(locale, `file.${part}`, { month, version })
}
