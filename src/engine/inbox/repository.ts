/** The table of the inbox, in plain SQL: every inbound event runs through here. */
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import type { Answer, Incoming } from '#core/platform.ts'
import type { Sql } from '../db/transaction.ts'

export interface InboxRow {
  readonly id: string
  readonly platform: string
  readonly event: Incoming
  readonly state: 'received' | 'done' | 'parked'
  readonly attempts: number
  readonly ran: string | null
  readonly about: string | null
  readonly answer: Answer | null
  readonly personId: string | null
}
const COLUMNS = `id, platform, event, state, attempts, ran, about, answer, person_id AS "personId"`

/** Whoever received it handles it at once; who finds it unhandled after that takes it for left behind. */
const LEFT_BEHIND_MS = 2_000

/** How long an event that is not done may hold up those of the same person behind it, by the clock. After that it waits aside. */
const HOLDS_UP_MS = 2 * MINUTE_MS

/**
 * What of the same person was received before the row `i` and is neither done nor given up. The bound counts in both
 * directions, so that a clock that was set back holds up nobody for long. $2 is now.
 */
const OLDER = `FROM inbox o WHERE o.state = 'received' AND o.id < i.id
  AND o.received_at > $2::timestamptz - interval '${HOLDS_UP_MS} milliseconds'
  AND o.received_at < $2::timestamptz + interval '${HOLDS_UP_MS} milliseconds'
  AND (o.platform, o.account) IN (SELECT i.platform, i.account UNION SELECT b.platform, b.account
    FROM account a JOIN account b ON b.person_id = a.person_id WHERE a.platform = i.platform AND a.account = i.account)`
/** The earliest instant at which nothing older holds the row up any more, as far as can be told now. */
const FREE_AT = `max(least(o.due_at, o.received_at + interval '${HOLDS_UP_MS} milliseconds'))`

/**
 * Events of one account are numbered in the order in which they are stored, on all processes: the second waits for the
 * commit of the first, so that whoever sees a number sees all of that account before it.
 * @returns the new row's id, or undefined when this key was there before
 */
export async function insert(sql: Sql, platform: string, event: Incoming, at: Instant): Promise<string | undefined> {
  const [row] = await sql<{ id: string }>(
    `WITH turn AS MATERIALIZED (SELECT true FROM pg_advisory_xact_lock(hashtextextended('heard:' || $1 || ':' || $5, 0)))
     INSERT INTO inbox (platform, key, kind, event, account, room, message_id, state, attempts, due_at, received_at)
     SELECT $1, $2, $3, $4::jsonb, $5, $6, $7, 'received', 0, $9::timestamptz, $8::timestamptz FROM turn
     ON CONFLICT (platform, key) DO NOTHING RETURNING id`,
    [
      platform,
      event.key,
      event.kind,
      JSON.stringify(event),
      event.person,
      event.room,
      messageIdOf(event),
      new Date(at),
      new Date(at + LEFT_BEHIND_MS),
    ],
  )
  return row?.id
}

export async function byKey(sql: Sql, platform: string, key: string): Promise<InboxRow | undefined> {
  const [row] = await sql<InboxRow>(`SELECT ${COLUMNS} FROM inbox WHERE platform = $1 AND key = $2`, [platform, key])
  return row
}

export async function byId(sql: Sql, id: string): Promise<InboxRow | undefined> {
  const [row] = await sql<InboxRow>(`SELECT ${COLUMNS} FROM inbox WHERE id = $1`, [id])
  return row
}

/** Takes the row for handling; undefined when another process has it, or it is done. */
export async function claim(sql: Sql, id: string): Promise<InboxRow | undefined> {
  const [row] = await sql<InboxRow>(
    `SELECT ${COLUMNS} FROM inbox WHERE id = $1 AND state = 'received' FOR UPDATE SKIP LOCKED`,
    [id],
  )
  return row
}

/** What of the same person stands before a row. */
export interface Before {
  /** All of it was received a moment ago and is being handled now. */
  readonly inHand: boolean
  readonly freeAt: Date
}

/** As {@link claim}, with what stands before it; undefined there when it is the row's turn. */
export async function claimInTurn(
  sql: Sql,
  id: string,
  now: Instant,
): Promise<{ readonly row: InboxRow; readonly before: Before | undefined } | undefined> {
  // Mostly nothing older is open at all; whose it is costs more to find out.
  const [found] = await sql<InboxRow & { older: boolean }>(
    `SELECT ${COLUMNS}, EXISTS (SELECT FROM inbox o WHERE o.state = 'received' AND o.id < $1) AS older
     FROM inbox WHERE id = $1 AND state = 'received' FOR UPDATE SKIP LOCKED`,
    [id],
  )
  if (!found) return undefined
  const { older, ...row } = found
  return { row, before: older ? await standingBefore(sql, id, now) : undefined }
}

async function standingBefore(sql: Sql, id: string, now: Instant): Promise<Before | undefined> {
  const [row] = await sql<{ inHand: boolean | null; freeAt: Date | null }>(
    `SELECT before.* FROM inbox i, LATERAL (
       SELECT bool_and(o.attempts = 0 AND o.due_at > $2) AS "inHand", ${FREE_AT} AS "freeAt" ${OLDER}) before WHERE i.id = $1`,
    [id, new Date(now)],
  )
  return row?.freeAt ? { inHand: row.inHand === true, freeAt: row.freeAt } : undefined
}

/** It waits for what stands before it. */
export async function setAside(sql: Sql, id: string, freeAt: Date): Promise<void> {
  await sql(`UPDATE inbox SET due_at = $2 WHERE id = $1 AND state = 'received'`, [id, freeAt])
}

/** What was said in a message, the first time it was heard: what an edit or a deletion refers to. */
export async function saidIn(
  sql: Sql,
  platform: string,
  room: string,
  messageId: string,
): Promise<InboxRow | undefined> {
  const [row] = await sql<InboxRow>(
    `SELECT ${COLUMNS} FROM inbox WHERE platform = $1 AND room = $2 AND message_id = $3 AND kind = 'said' ORDER BY id LIMIT 1`,
    [platform, room, messageId],
  )
  return row
}

export async function finish(
  sql: Sql,
  id: string,
  result: { ran: string | null; about: string | null; personId: string | null; answer: Answer; at: Instant },
): Promise<void> {
  await sql(
    `UPDATE inbox SET state = 'done', ran = $2, about = $3, person_id = $4, answer = $5, done_at = $6 WHERE id = $1`,
    [id, result.ran, result.about, result.personId, JSON.stringify(result.answer), new Date(result.at)],
  )
}

/**
 * Whether the form of this message was taken already, by another event than `id`. What was refused was not taken. Events of
 * one person are handled one after the other, so that of two presses the second sees the first.
 */
export async function isFormTaken(
  sql: Sql,
  id: string,
  { platform, room, sentKey }: { platform: string; room: string; sentKey: string },
): Promise<boolean> {
  const rows = await sql(
    `SELECT 1 FROM inbox WHERE platform = $1 AND room = $2 AND message_id = $3 AND kind = 'filled' AND ran IS NOT NULL AND id <> $4
     LIMIT 1`,
    [platform, room, sentKey, id],
  )
  return rows.length > 0
}

/** A repeat is not answered with it: the outbox says it. */
export async function saidElsewhere(sql: Sql, id: string): Promise<void> {
  await sql(`UPDATE inbox SET answer = '{}' WHERE id = $1 AND state = 'done'`, [id])
}

/** A failed attempt: tried again at `dueAt`, or parked. */
export async function fail(
  sql: Sql,
  id: string,
  failure: { parked: boolean; attempts: number; dueAt: Instant; error: string },
): Promise<void> {
  await sql(
    `UPDATE inbox SET attempts = $5, state = $2, due_at = $3, last_error = $4 WHERE id = $1 AND state = 'received'`,
    [id, failure.parked ? 'parked' : 'received', new Date(failure.dueAt), failure.error, failure.attempts],
  )
}

export type DueRow = Pick<InboxRow, 'id' | 'platform' | 'attempts'>

/** Rows of these platforms that were received and never finished: the process died, or an attempt failed. Oldest first. */
export async function due(sql: Sql, platforms: readonly string[], now: Instant, limit: number): Promise<DueRow[]> {
  return sql<DueRow>(
    `SELECT id, platform, attempts FROM inbox WHERE state = 'received' AND due_at <= $1 AND platform = ANY ($2)
     ORDER BY id LIMIT $3`,
    [new Date(now), platforms, limit],
  )
}

/**
 * Counts one more attempt before it is made. False when somebody else is at it, or was, or when something of the same
 * person stands before it: then it waits for that, and no attempt is counted.
 * @param turn.attempts as they were seen
 */
export async function takeTurn(
  sql: Sql,
  id: string,
  turn: { attempts: number; now: Instant; dueAt: Instant },
): Promise<boolean> {
  const found = await claimInTurn(sql, id, turn.now)
  if (!found || found.row.attempts !== turn.attempts) return false
  if (found.before) {
    await setAside(sql, id, found.before.freeAt)
    return false
  }
  await sql('UPDATE inbox SET attempts = attempts + 1, due_at = $2 WHERE id = $1', [id, new Date(turn.dueAt)])
  return true
}

export async function nextDueAt(sql: Sql, platforms: readonly string[]): Promise<Instant | undefined> {
  const [row] = await sql<{ at: Date | null }>(
    `SELECT min(due_at) AS at FROM inbox WHERE state = 'received' AND platform = ANY ($1)`,
    [platforms],
  )
  return row?.at?.getTime()
}

/** Events that were given up, oldest first, with whose account it is now. */
export async function parked(
  sql: Sql,
  platform: string | null,
  limit: number,
): Promise<
  {
    readonly id: string
    readonly platform: string
    readonly kind: Incoming['kind']
    readonly account: string
    readonly attempts: number
    readonly lastError: string | null
    readonly receivedAt: Date
    readonly staffNo: string | null
    readonly name: string | null
  }[]
> {
  return sql(
    `SELECT i.id, i.platform, i.kind, i.account, i.attempts, i.last_error AS "lastError",
       i.received_at AS "receivedAt", p.staff_no AS "staffNo", p.name
     FROM inbox i LEFT JOIN account a ON a.platform = i.platform AND a.account = i.account
       LEFT JOIN person p ON p.id = a.person_id
     WHERE i.state = 'parked' AND ($1::text IS NULL OR i.platform = $1) ORDER BY i.id LIMIT $2`,
    [platform, limit],
  )
}

/** Due at once, with all its attempts. @returns false when it is not parked any more */
export async function unpark(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql(
    `UPDATE inbox SET state = 'received', attempts = 0, due_at = received_at WHERE id = $1 AND state = 'parked' RETURNING id`,
    [id],
  )
  return rows.length > 0
}

/** How many events were given up, and the first of them; undefined when none was. */
export async function countParked(sql: Sql): Promise<{ count: number; first: string } | undefined> {
  const [row] = await sql<{ count: number; first: string }>(
    `SELECT count(*) OVER ()::int AS count, id AS first FROM inbox WHERE state = 'parked' ORDER BY id LIMIT 1`,
  )
  return row
}

/** An administrator lets an event be that was given up. False when it was not. */
export async function letBe(sql: Sql, id: string, now: Instant): Promise<boolean> {
  const rows = await sql(
    `UPDATE inbox SET state = 'done', done_at = $2 WHERE id = $1 AND state = 'parked' RETURNING id`,
    [id, new Date(now)],
  )
  return rows.length > 0
}

/** How many events wait to be handled, and how many were given up. */
export async function countRows(sql: Sql): Promise<{ state: string; rows: number }[]> {
  return sql(`SELECT state, count(*)::int AS rows FROM inbox WHERE state <> 'done' GROUP BY state`)
}

/** Deletes at most 5,000 rows that were done and received before `before`; those that were given up stay. @returns how many */
export async function forget(sql: Sql, before: Instant): Promise<number> {
  const rows = await sql(
    `DELETE FROM inbox WHERE id IN (
       SELECT id FROM inbox WHERE state = 'done' AND received_at < $1 ORDER BY id LIMIT 5000) RETURNING id`,
    [new Date(before)],
  )
  return rows.length
}

function messageIdOf(event: Incoming): string | null {
  if (event.kind === 'said') return event.messageId ?? null
  if (event.kind === 'filled') return event.sentKey ?? null
  return event.kind === 'edited' || event.kind === 'deleted' ? event.messageId : null
}
