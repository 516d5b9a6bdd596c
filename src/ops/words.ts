/** How the command line writes values, and how it reads those it is given. */
import { Temporal } from 'temporal-polyfill'
import type { Instant } from '#core/clock.ts'
import { nearest } from '#engine/policy/nearest.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { type OpsContext, UsageError } from './command.ts'

/** Longer values are cut in lists. */
const VALUE_CHARS_MAX = 200

/** `2026-09-28T09:00:00+08:00`. */
export function writeInstant(instant: Instant, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString({ timeZone: zone, smallestUnit: 'second' })
}

export const zoneOf = ({ app }: OpsContext): string => app.policy.current().section(OrganisationPolicy).zone

/** A value on one line: texts as they are, everything else as JSON, cut when long. */
export function writeValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return oneLine(text === '' ? '""' : text)
}

/** Nothing in it begins a new line of a list. */
export function oneLine(text: string, charsMax = VALUE_CHARS_MAX): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > charsMax ? `${line.slice(0, charsMax)}…` : line
}

/** `1 person`, `2 people`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** Columns as wide as their widest entry; the last one runs free, so that Chinese in it misaligns nothing. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** One of `known`. Throws UsageError that offers the nearest. */
export function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value)
  if (found !== undefined) return found
  const near = nearest(value, known)
  const meant = near === undefined ? '' : ` Did you mean ${near}?`
  throw new UsageError(`${what} ${value} is none of ${known.join(', ')}.${meant}`)
}

/** A whole number from 1 to `max`. Throws UsageError. */
export function numberOf(what: string, value: string, max: number): number {
  const n = /^\d{1,15}$/.test(value) ? Number(value) : 0
  if (n < 1 || n > max) throw new UsageError(`${what} ${value} is no whole number from 1 to ${max}.`)
  return n
}
