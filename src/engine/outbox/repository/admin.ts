/** SQL for administrators: what is listed, counted, tried again and thrown away. */
import type { Instant } from '#core/clock.ts'
import type { Recipient } from '#core/platform.ts'
import type { Sql } from '../../db/transaction.ts'
import { storable } from '../content.ts'
import { type Address, type Content, DELETED_AT_ONCE_MAX, type State, type Trouble, type Unreached } from '../row.ts'
import { instant } from './rows.ts'

/** A row without its content, which is private. */
export interface ListedRow {
  readonly id: string
  readonly key: string
  /** `none` when nobody could be reached. */
  readonly platform: string
  readonly conversation: string
  readonly operation: 'send' | 'edit'
  readonly state: State
  readonly attempts: number
  readonly errorKind: Trouble | null
  readonly lastError: string | null
  readonly dueAt: Date
  readonly createdAt: Date
}

export async function listRows(
  sql: Sql,
  filter: {
    readonly states: readonly State[]
    readonly platform: string | undefined
    readonly conversation: string | undefined
    readonly countMax: number
  },
): Promise<ListedRow[]> {
  return sql<ListedRow>(
    `SELECT id, key, platform, conversation, operation, state, attempts, error_kind AS "errorKind", last_error AS "lastError",
       due_at AS "dueAt", created_at AS "createdAt"
     FROM outbox WHERE state = ANY($1) AND ($2::text IS NULL OR platform = $2) AND ($3::text IS NULL OR conversation = $3)
     ORDER BY id LIMIT $4`,
    [filter.states, filter.platform ?? null, filter.conversation ?? null, filter.countMax],
  )
}

export interface StateCount {
  readonly platform: string
  readonly state: State
  readonly rows: number
  readonly oldestDueAt: Date
}

export async function countRows(sql: Sql): Promise<StateCount[]> {
  return sql<StateCount>(
    `SELECT platform, state, count(*)::int AS rows, min(due_at) AS "oldestDueAt" FROM outbox
     WHERE state IN ('held', 'waiting', 'sending', 'unknown', 'dead') GROUP BY platform, state ORDER BY platform, state`,
  )
}

export interface RetriedRow extends Content {
  readonly id: string
  readonly key: string
  readonly state: State
  readonly recipient: Recipient | Unreached
  readonly cardId: string | null
}

/** Unlocked: the card goes first. */
export async function rowById(sql: Sql, id: string): Promise<RetriedRow | undefined> {
  const [row] = await sql<RetriedRow>(
    'SELECT id, key, state, recipient, message, locale, accounts, card_id AS "cardId" FROM outbox WHERE id = $1',
    [id],
  )
  return row
}

/** @returns false when it is neither dead nor unknown any more */
export async function requeue(
  sql: Sql,
  id: string,
  now: Instant,
  changes: { readonly address?: Address; readonly accounts?: Content['accounts']; readonly cardId?: string } = {},
): Promise<boolean> {
  const { address, accounts, cardId } = changes
  const rows = await sql(
    `UPDATE outbox SET state = 'waiting', due_at = $2, attempts = 0, error_kind = NULL, first_failed_at = NULL,
       first_claimed_at = NULL, been_on = '{}', platform = COALESCE($3, platform), conversation = COALESCE($4, conversation),
       recipient = COALESCE($5, recipient), accounts = COALESCE($6, accounts), card_id = COALESCE($7, card_id)
     WHERE id = $1 AND state IN ('dead', 'unknown') RETURNING id`,
    [
      id,
      instant(now),
      address?.platform ?? null,
      address?.conversation ?? null,
      address ? storable(address.recipient) : null,
      accounts ? storable(accounts) : null,
      cardId ?? null,
    ],
  )
  return rows.length > 0
}

/** A bounded number of rows that were said or overtaken before `before`. @returns how many */
export async function deleteOld(sql: Sql, before: Instant): Promise<number> {
  const rows = await sql(
    `DELETE FROM outbox WHERE id IN (
       SELECT id FROM outbox WHERE state IN ('sent', 'dropped') AND due_at < $1 AND COALESCE(sent_at, due_at) < $1
       ORDER BY due_at LIMIT ${DELETED_AT_ONCE_MAX} FOR UPDATE SKIP LOCKED)
     RETURNING id`,
    [instant(before)],
  )
  return rows.length
}

/** Windows that are long over say nothing. */
export async function deleteOldPaces(sql: Sql, before: Instant): Promise<void> {
  await sql(
    `DELETE FROM pace WHERE address IN (
       SELECT address FROM pace WHERE window_from < $1 AND COALESCE(blocked_till < $1, true)
       LIMIT ${DELETED_AT_ONCE_MAX} FOR UPDATE SKIP LOCKED)`,
    [instant(before)],
  )
}

/** How many messages were given up on each platform, those whose key or card begins with `except` left out. */
export async function countDead(sql: Sql, except: string): Promise<{ platform: string; count: number }[]> {
  return sql(
    `SELECT o.platform, count(*)::int AS count FROM outbox o LEFT JOIN shown_card c ON c.id = o.card_id
     WHERE o.state = 'dead' AND NOT starts_with(o.key, $1) AND NOT starts_with(o.key, 'card:' || $1)
       AND NOT coalesce(starts_with(c.key, $1), false)
     GROUP BY o.platform ORDER BY o.platform`,
    [except],
  )
}

/**
 * Those of these cards that died as new messages and have not been said in another way: to a person that is this person's
 * own other message, to a room anybody's.
 */
export async function deadCards(
  sql: Sql,
  keys: readonly string[],
): Promise<{ key: string; recipientKey: string; platform: string }[]> {
  return sql(
    `SELECT DISTINCT c.key, c.recipient_key AS "recipientKey", o.platform FROM outbox o
     JOIN shown_card c ON c.id = o.card_id
     WHERE o.state = 'dead' AND o.operation = 'send' AND c.key = ANY($1) AND NOT EXISTS (
       SELECT 1 FROM outbox e WHERE starts_with(e.key, c.key || ':elsewhere>'
         || CASE WHEN starts_with(c.recipient_key, 'person:') THEN c.recipient_key ELSE '' END))
     ORDER BY c.key, c.recipient_key LIMIT 100`,
    [keys],
  )
}

/** An administrator lets it be: it will not be said. @returns false when it is neither dead nor unknown */
export async function letBe(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql(
    `UPDATE outbox SET state = 'dropped' WHERE id = $1 AND state IN ('dead', 'unknown') RETURNING id`,
    [id],
  )
  return rows.length > 0
}

/**
 * After a restore nobody knows which of the waiting messages were said since the backup was made: they are looked for
 * before they are said, where the platform can be asked, and listed where nobody can tell.
 * @param since real time at which the backup was made
 */
export async function doubtUnsaid(sql: Sql, since: Instant): Promise<number> {
  const rows = await sql(
    `UPDATE outbox SET state = 'waiting', error_kind = CASE operation WHEN 'send' THEN 'unknown' ELSE error_kind END,
       first_claimed_at = coalesce(first_claimed_at, $1), claimed_at = NULL, claimed_by = NULL, held_until = NULL
     WHERE state IN ('held', 'waiting', 'sending') RETURNING id`,
    [instant(since)],
  )
  return rows.length
}
