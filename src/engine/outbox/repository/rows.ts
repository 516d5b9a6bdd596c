/** SQL of the outbox rows: writing, replacing, holding, settling. */
import type { Message } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import type { SentAs } from '#core/platform.ts'
import type { Sql } from '../../db/transaction.ts'
import { errorLine, storable } from '../content.ts'
import type { Next } from '../outcome.ts'
import type { Address, Claimed, Content, NewRow, State, Trouble } from '../row.ts'

export const instant = (at: Instant | undefined): Date | null => (at === undefined ? null : new Date(at))

const COLUMNS = `key, platform, conversation, recipient, message, locale, accounts, card_id, operation, quiet, state, due_at,
  held_until, error_kind, last_error, created_at, person_id, attempts`

/**
 * Writes a row, unless its key is there already; one that had found nobody to tell is written anew.
 * @returns the row's id; undefined when the key is there
 */
export async function insertRow(sql: Sql, row: NewRow): Promise<string | undefined> {
  const rows = await sql<{ id: string }>(
    `INSERT INTO outbox (${COLUMNS})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)
     ON CONFLICT (key) DO UPDATE SET (${COLUMNS}) = ROW(${COLUMNS.replaceAll(/\b\w+\b/g, 'EXCLUDED.$&')})
     WHERE outbox.state IN ('dead', 'dropped') AND outbox.error_kind = 'unreachable'
     RETURNING id`,
    [
      row.key,
      row.platform,
      row.conversation,
      storable(row.recipient),
      storable(row.message),
      row.locale,
      storable(row.accounts),
      row.cardId ?? null,
      row.operation,
      row.quiet,
      row.state,
      instant(row.dueAt),
      instant(row.heldUntil),
      row.errorKind ?? null,
      row.lastError === undefined ? null : errorLine(row.lastError),
      instant(row.createdAt),
      row.personId ?? null,
    ],
  )
  return rows[0]?.id
}

/** What is still to be said of a card. Locked, oldest first. */
export interface OpenRow {
  readonly id: string
  readonly operation: 'send' | 'edit'
  readonly quiet: boolean
  readonly state: 'held' | 'waiting' | 'sending'
  readonly errorKind: Trouble | null
}

/** The caller holds the lock of the card. */
export async function openRowsOfCard(sql: Sql, cardId: string): Promise<OpenRow[]> {
  return sql<OpenRow>(
    `SELECT id, operation, quiet, state, error_kind AS "errorKind" FROM outbox
     WHERE card_id = $1 AND state IN ('held', 'waiting', 'sending') ORDER BY id FOR UPDATE`,
    [cardId],
  )
}

export async function replaceContent(sql: Sql, id: string, content: Content, quiet: boolean): Promise<void> {
  await sql('UPDATE outbox SET message = $2, locale = $3, accounts = $4, quiet = $5 WHERE id = $1', [
    id,
    storable(content.message),
    content.locale,
    storable(content.accounts),
    quiet,
  ])
}

/** What a row says now; undefined when there is no such row. */
export async function contentOf(sql: Sql, id: string): Promise<Pick<Content, 'message' | 'locale'> | undefined> {
  const [row] = await sql<Pick<Content, 'message' | 'locale'>>('SELECT message, locale FROM outbox WHERE id = $1', [id])
  return row
}

/** What waited only for the end of quiet hours waits no more. */
export async function hasten(sql: Sql, id: string, now: Instant): Promise<void> {
  await sql(
    `UPDATE outbox SET due_at = $2, last_error = NULL
     WHERE id = $1 AND state = 'waiting' AND due_at > $2 AND error_kind IS NULL AND attempts = 0`,
    [id, instant(now)],
  )
}

/**
 * The row goes to another platform as a new message, with everything that was tried forgotten but where.
 * @param row.claimedBy whose claim it ends; undefined for one that waits
 * @returns false when somebody else has it by now: nothing was changed
 */
export async function moveRow(
  sql: Sql,
  row: Pick<Claimed, 'id' | 'platform'> & { readonly claimedBy: string | undefined },
  to: Address & { readonly accounts: Content['accounts'] },
  why: string,
  now: Instant,
): Promise<boolean> {
  const rows = await sql(
    `UPDATE outbox SET state = 'waiting', operation = 'send', quiet = false, due_at = $3, attempts = 0, error_kind = NULL,
       last_error = $4, first_failed_at = NULL, first_claimed_at = NULL, claimed_at = NULL, claimed_by = NULL,
       platform = $5, conversation = $6, recipient = $7, accounts = $8, been_on = COALESCE(been_on, '{}') || $9::text
     WHERE id = $1 AND platform = $9 AND (state = 'sending' AND claimed_by = $2 OR $2::text IS NULL AND state = 'waiting')
     RETURNING id`,
    [
      row.id,
      row.claimedBy ?? null,
      instant(now),
      errorLine(why),
      to.platform,
      to.conversation,
      storable(to.recipient),
      storable(to.accounts),
      row.platform,
    ],
  )
  return rows.length > 0
}

export async function dropRows(sql: Sql, ids: readonly string[], why: string): Promise<void> {
  await sql(`UPDATE outbox SET state = 'dropped', last_error = $2 WHERE id = ANY($1)`, [ids, errorLine(why)])
}

/** Takes back what waited for somebody whom nobody could reach. */
export async function dropUnreached(sql: Sql, key: string): Promise<void> {
  await sql(`UPDATE outbox SET state = 'dropped' WHERE key = $1 AND state = 'dead' AND error_kind = 'unreachable'`, [
    key,
  ])
}

/** Which card the row with this key belongs to. Undefined when there is no such row, null when it is no card. */
export async function cardIdOf(sql: Sql, key: string): Promise<{ id: string; cardId: string | null } | undefined> {
  const [row] = await sql<{ id: string; cardId: string | null }>(
    'SELECT id, card_id AS "cardId" FROM outbox WHERE key = $1',
    [key],
  )
  return row
}

/**
 * HTTP answers carried the replies $1 at $2: those that are still held are said, and so are the cards they were. It locks
 * the cards first and in their order, as everyone does.
 */
export const MARK_CARRIED = `
  WITH held AS (SELECT card_id FROM outbox WHERE key = ANY ($1) AND state = 'held'),
       card AS (SELECT id FROM shown_card WHERE id IN (SELECT card_id FROM held) ORDER BY id FOR UPDATE),
       said AS (
         UPDATE outbox SET state = 'sent', sent_at = $2
         WHERE key = ANY ($1) AND state = 'held' AND (SELECT count(*) FROM card) >= 0 RETURNING card_id)
  UPDATE shown_card SET sent_at = $2 WHERE id IN (SELECT card_id FROM said)`

/** @param by who was given it to carry again, see {@link holdAgain}; undefined for the first */
export async function markReleased(sql: Sql, key: string, now: Instant, by: string | undefined): Promise<void> {
  await sql(
    `UPDATE outbox SET state = 'waiting', due_at = $2, held_until = NULL, claimed_by = NULL
     WHERE key = $1 AND state = 'held' AND claimed_by IS NOT DISTINCT FROM $3`,
    [key, instant(now), by ?? null],
  )
}

/**
 * Gives a reply that nobody has begun to send to one more answer: until `heldUntil` (real time) the outbox leaves it alone.
 * From then on it is `by`'s alone to release.
 * @returns what it says now; undefined when the outbox says it, has said it, or never will
 */
export async function holdAgain(
  sql: Sql,
  key: string,
  by: string,
  heldUntil: Instant,
): Promise<{ message: Message } | undefined> {
  const [row] = await sql<{ message: Message }>(
    `UPDATE outbox SET state = 'held', held_until = $3, claimed_by = $2
     WHERE key = $1 AND state IN ('held', 'waiting') AND first_claimed_at IS NULL AND attempts = 0 AND last_error IS NULL
     RETURNING message`,
    [key, by, instant(heldUntil)],
  )
  return row
}

/** Did an answer carry it, rather than the outbox? */
export async function wasCarried(sql: Sql, key: string): Promise<boolean> {
  const rows = await sql(`SELECT 1 FROM outbox WHERE key = $1 AND state = 'sent' AND first_claimed_at IS NULL`, [key])
  return rows.length > 0
}

/** What else is there of the card, behind the row `id`. */
export interface Behind {
  /** Something newer that was said or will be. */
  readonly newer: boolean
  /** A newer message, which is the card from then on. */
  readonly newerSend: boolean
  /** A change that nobody has begun to send. */
  readonly waitingEdit: string | undefined
}

/** The caller holds the lock of the card. */
export async function behind(sql: Sql, cardId: string, id: string): Promise<Behind> {
  const rows = await sql<{ id: string; operation: 'send' | 'edit'; state: State }>(
    `SELECT id, operation, state FROM outbox
     WHERE card_id = $1 AND id > $2 AND state IN ('held', 'waiting', 'sending', 'sent') ORDER BY id`,
    [cardId, id],
  )
  return {
    newer: rows.length > 0,
    newerSend: rows.some((row) => row.operation === 'send'),
    waitingEdit: rows.find((row) => row.operation === 'edit' && row.state === 'waiting')?.id,
  }
}

/** Takes over the newer content of a waiting edit, so that nothing old is said first. */
export async function foldInto(sql: Sql, id: string, edit: string): Promise<void> {
  await sql(
    `UPDATE outbox o SET message = e.message, locale = e.locale, accounts = e.accounts FROM outbox e
     WHERE o.id = $1 AND e.id = $2`,
    [id, edit],
  )
  await dropRows(sql, [edit], 'said by the message itself')
}

/**
 * Ends a claim. A send that turns out well after its claim had passed on still counts, as long as nobody has it in hand.
 * @returns false when the claim is somebody else's by now: nothing was changed
 */
export async function settleRow(sql: Sql, row: Claimed, next: Next, now: Instant): Promise<boolean> {
  if (next.to === 'sent') return settleSent(sql, row, next.operation, next.sentAs, now)
  const waiting = next.to === 'waiting' ? next : undefined
  const attempts = 'attempts' in next ? next.attempts : row.attempts
  const rows = await sql(
    `UPDATE outbox SET state = $3, operation = $4, due_at = $5, attempts = $6, error_kind = $7, last_error = $8,
       first_failed_at = $9, platform = $10, conversation = $11, recipient = $12, claimed_at = NULL, claimed_by = NULL,
       first_claimed_at = CASE WHEN $13 THEN NULL ELSE first_claimed_at END
     WHERE id = $1 AND state = 'sending' AND claimed_by = $2 RETURNING id`,
    [
      row.id,
      row.claimedBy,
      next.to,
      waiting?.operation ?? row.operation,
      instant(waiting?.dueAt ?? row.dueAt),
      attempts,
      ('errorKind' in next ? next.errorKind : row.errorKind) ?? null,
      errorLine(next.lastError),
      instant(waiting && !waiting.failed ? row.firstFailedAt : (row.firstFailedAt ?? now)),
      waiting?.address?.platform ?? row.platform,
      waiting?.address?.conversation ?? row.conversation,
      storable(waiting?.address?.recipient ?? row.recipient),
      // Another way is taken: nothing can be there yet.
      waiting !== undefined && waiting.errorKind === undefined,
    ],
  )
  return rows.length > 0
}

async function settleSent(sql: Sql, row: Claimed, operation: 'send' | 'edit', sentAs: SentAs, now: Instant) {
  const rows = await sql(
    `UPDATE outbox SET state = 'sent', operation = $3, sent_as = $4, sent_at = $5, error_kind = NULL, last_error = NULL,
       claimed_at = NULL, claimed_by = NULL
     WHERE id = $1 AND (state = 'sending' AND claimed_by = $2 OR state IN ('waiting', 'unknown') AND error_kind = 'unknown')
     RETURNING id`,
    [row.id, row.claimedBy, operation, storable(sentAs), instant(now)],
  )
  return rows.length > 0
}
