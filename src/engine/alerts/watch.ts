/** What is watched over: each watch looks at one thing and says what is wrong with it now. */
import type { Instant } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'

export const ALERT_KINDS = [
  'outbox.dead',
  'inbox.parked',
  'jobs.failed',
  'jobs.late',
  'platform.down',
  'calendar.missing',
  'backup.missing',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** What the sentences of an alert need; plain JSON, and nothing that anybody said. */
export type AlertFacts = Readonly<Record<string, string | number>>

export interface Found {
  /** What exactly, where a kind can be wrong in several places: `slack`, `2027`. */
  readonly what?: string
  readonly facts: AlertFacts
}

export interface Watch {
  readonly kind: AlertKind
  /** What is wrong now; nothing when all is well. Reads only. */
  look(tx: Tx, now: Instant): Promise<readonly Found[]>
  /** The next instant at which something may go wrong by the mere passing of time, where that is known. */
  nextAt?(tx: Tx, now: Instant): Promise<Instant | undefined>
}

/** `outbox.dead:slack`, or the kind alone. */
export const keyOf = (kind: AlertKind, { what }: Found): string => (what === undefined ? kind : `${kind}:${what}`)

/** The kind of a key; undefined for one that an older or newer program wrote. */
export function kindOf(key: string): AlertKind | undefined {
  const [kind] = key.split(':')
  return ALERT_KINDS.find((known) => known === kind)
}
