/** The words of the outbox: its rows, its cards, and the bounds it works within. */
import type { Message } from '#core/card.ts'
import { DAY_MS, type Instant, MINUTE_MS, SECOND_MS } from '#core/clock.ts'
import type { PlatformErrorKind } from '#core/errors.ts'
import type { Locale } from '#core/i18n.ts'
import type { Recipient, SentAs } from '#core/platform.ts'
import type { To } from '../context.ts'

/** A row is given up after so many attempts: with the backoff below about 70 minutes. Being asked to wait is none. */
export const ATTEMPTS_MAX = 12
export const BACKOFF_FIRST_MS = 2 * SECOND_MS
export const BACKOFF_FACTOR = 3
export const BACKOFF_MAX_MS = 10 * MINUTE_MS
/** How long a row that failed may hold up those behind it, by the clock, from its first failure on (design section 7). */
export const HOLDS_UP_MS = 2 * MINUTE_MS
/** Real time after which a claim belongs to a process that is not there any more. Longer than any send takes. */
export const LEASE_MS = 30 * SECOND_MS
/** Real time after which a send that has not answered is unknown. */
export const SEND_TIMEOUT_MS = 10 * SECOND_MS
/** The same for a message with a file: 20 MB at 3 Mbit/s. */
export const FILE_TIMEOUT_MS = 60 * SECOND_MS
/** When the platform asks us to wait and does not say how long. */
export const RETRY_AFTER_DEFAULT_MS = 30 * SECOND_MS
/** Conversations of one platform that are spoken to at the same time by one process. */
export const PARALLEL_MAX = 8
/** Sent rows are kept so long; after that the same key would be said again. */
export const SENT_KEPT_MS = 30 * DAY_MS
/** Rows deleted in one go. */
export const DELETED_AT_ONCE_MAX = 1_000

export const STATES = ['held', 'waiting', 'sending', 'sent', 'unknown', 'dead', 'dropped'] as const
/**
 * `held` the HTTP answer may still carry it · `waiting` · `sending` claimed by a process · `sent` · `unknown` nobody can
 * say whether it happened; listed · `dead` it did not happen and will not; listed · `dropped` overtaken by something newer.
 */
export type State = (typeof STATES)[number]
/** `unreachable`: nobody knows where this person or channel could be told. */
export type Trouble = PlatformErrorKind | 'unreachable'

/** Whom a row that found no address was meant for; looked up again by `outbox retry`. */
export interface Unreached {
  readonly unreached: To
  /** The card it would have been. */
  readonly card?: string
}

/** Where a message goes: the platform, the conversation that keeps its order, and what the adapter is told. */
export interface Address {
  readonly platform: string
  /** `slack:C0123`, or `slack:@U0123` for direct messages. */
  readonly conversation: string
  readonly recipient: Recipient
}

export interface Content {
  readonly message: Message
  readonly locale: Locale
  readonly accounts: Readonly<Record<string, string>>
}

/** A row as it is written. */
export interface NewRow extends Content {
  readonly key: string
  readonly platform: string
  readonly conversation: string
  readonly recipient: Recipient | Unreached
  readonly cardId: string | undefined
  readonly operation: 'send' | 'edit'
  readonly quiet: boolean
  readonly state: 'held' | 'waiting' | 'dead'
  readonly dueAt: Instant
  /** Real time. */
  readonly heldUntil?: Instant
  readonly errorKind?: Trouble
  readonly lastError?: string
  readonly createdAt: Instant
  /** Whom it is for, when it may reach them on any platform of theirs. */
  readonly personId?: string | undefined
}

/** A row as the worker takes it up. */
export interface Claimed extends Content {
  readonly id: string
  readonly key: string
  readonly platform: string
  readonly conversation: string
  readonly recipient: Recipient
  readonly cardId: string | undefined
  readonly operation: 'send' | 'edit'
  readonly quiet: boolean
  readonly dueAt: Instant
  readonly claimedBy: string
  /** Real time. */
  readonly firstClaimedAt: Instant
  readonly firstFailedAt: Instant | undefined
  readonly attempts: number
  /** `unknown` on a send: it may be there already. */
  readonly errorKind: Trouble | undefined
  readonly createdAt: Instant
  /** Of {@link NewRow}; absent where it belongs to one platform: a reply, a room. */
  readonly personId: string | undefined
  /** The platforms on which it could not be said before. */
  readonly beenOn: readonly string[]
  /** False when the account that it goes to is not that of {@link Claimed.personId} any more. */
  readonly isTheirs: boolean
  /** Of an edit: where the card lies, and since when by the clock. */
  readonly card: { readonly sentAs: SentAs | undefined; readonly sentAt: Instant | undefined } | undefined
}

/** A card that was stated to one recipient. */
export interface CardRow {
  readonly id: string
  readonly key: string
  /** `person:<id>` or `channel:<id>`. */
  readonly recipientKey: string
  readonly platform: string
  readonly conversation: string
  readonly recipient: Recipient
  /** Of what was stated last; empty when that could not be shown. */
  readonly contentHash: string
  readonly sentAs: SentAs | undefined
  readonly sentAt: Instant | undefined
}

/** A row that needs a person's eye, for metrics, logs and administrators. Without its content: that is private. */
export interface TroubledRow {
  readonly id: string
  readonly key: string
  readonly platform: string
  readonly conversation: string
  readonly operation: 'send' | 'edit'
  readonly state: 'dead' | 'unknown'
  readonly attempts: number
  readonly errorKind: Trouble
  readonly lastError: string
}

export const recipientKeyOf = (to: To): string => ('person' in to ? `person:${to.person}` : `channel:${to.channel}`)

export function toOf(recipientKey: string): To {
  const id = recipientKey.slice(recipientKey.indexOf(':') + 1)
  return recipientKey.startsWith('person:') ? { person: id } : { channel: id }
}

/** The person behind a recipient's key; undefined for a channel. */
export function personIn(recipientKey: string): string | undefined {
  const to = toOf(recipientKey)
  return 'person' in to ? to.person : undefined
}

/** A direct message to an account. */
export function directTo(platform: string, account: string): Address {
  return { platform, conversation: `${platform}:@${account}`, recipient: { account } }
}

/** A room of the platform, for everybody in it. */
export function roomOf(platform: string, room: string): Address {
  return { platform, conversation: `${platform}:${room}`, recipient: { room } }
}
