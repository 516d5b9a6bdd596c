/** SQL of the worker: whose turn it is, who has it in hand, how fast it may go. */
import type { Instant } from '#core/clock.ts'
import type { SentAs } from '#core/platform.ts'
import type { Sql } from '../../db/transaction.ts'
import type { Pace, PaceLimit } from '../pace.ts'
import { type Claimed, FILE_TIMEOUT_MS, HOLDS_UP_MS, LEASE_MS } from '../row.ts'
import { instant } from './rows.ts'

/** One process at a time looks for what is due, so that two keep one order and one pace. Held for a few statements. */
const CLAIM_LOCK = 4_827_151

export async function lockClaims(sql: Sql): Promise<void> {
  await sql('SELECT true AS mine FROM pg_advisory_xact_lock($1)', [CLAIM_LOCK])
}

/**
 * How the conversations begin that this process cannot speak in (`wecom:bot:`): it leaves them to the one that can. Usually
 * none, and then the statements are as without it.
 */
export type OutOfReach = readonly string[]
/** @param at the number of the parameter that holds {@link OutOfReach}, which is sent when there is one */
const reachable = (outOfReach: OutOfReach, at: number): string =>
  outOfReach.length === 0 ? '' : `AND NOT conversation ^@ ANY($${at}::text[])`
const parameter = (outOfReach: OutOfReach): readonly OutOfReach[] => (outOfReach.length === 0 ? [] : [outOfReach])

/**
 * How each open row stands: `ready` to go, `holds` up those behind it, or waits `aside`. A change of a card waits for the
 * message it changes. The bound of two minutes counts in both directions: another process's clock may be a little behind,
 * and one that was set back holds up nobody for long. $1 now, $2 real time, $3 platforms.
 */
const open = (reachable: string) => `open AS (
  SELECT id, conversation, platform, state, due_at, held_until, claimed_at, first_failed_at,
    CASE WHEN state = 'waiting' AND due_at <= $1 THEN 'ready'
         WHEN state = 'held' AND held_until <= $2 THEN 'ready'
         WHEN state IN ('held', 'sending') THEN 'holds'
         WHEN $1 > first_failed_at - interval '${HOLDS_UP_MS} milliseconds'
          AND $1 < first_failed_at + interval '${HOLDS_UP_MS} milliseconds' THEN 'holds'
         ELSE 'aside' END AS stand
  FROM outbox o
  WHERE state IN ('held', 'waiting', 'sending') AND platform = ANY($3) ${reachable}
    AND NOT (operation = 'edit' AND state = 'waiting' AND EXISTS (
      SELECT 1 FROM outbox p WHERE p.card_id = o.card_id AND p.id < o.id
        AND (p.state IN ('held', 'sending') OR p.state = 'waiting' AND p.operation = 'send')))
), head AS (
  SELECT DISTINCT ON (conversation) * FROM open WHERE stand <> 'aside' ORDER BY conversation, id
)`

/** Is anything of the platform due, or left behind by a process that ended, and has it as a whole asked to wait? Asked without any lock. */
export async function isAnythingDue(
  sql: Sql,
  platform: string,
  at: { readonly now: Instant; readonly real: Instant },
  outOfReach: OutOfReach = [],
): Promise<{ readonly due: boolean; readonly stale: boolean; readonly blocked: boolean }> {
  const [row] = await sql<{ due: boolean; stale: boolean; blocked: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM outbox WHERE platform = $1 ${reachable(outOfReach, 5)}
         AND (state = 'waiting' AND due_at <= $2 OR state = 'held' AND held_until <= $3)) AS due,
       EXISTS (SELECT 1 FROM outbox WHERE platform = $1 AND state = 'sending' AND claimed_at <= $4) AS stale,
       EXISTS (SELECT 1 FROM pace WHERE address = $1 AND blocked_till > $2) AS blocked`,
    [platform, instant(at.now), instant(at.real), instant(at.real - LEASE_MS), ...parameter(outOfReach)],
  )
  return row ?? { due: false, stale: false, blocked: false }
}

/** Since when the oldest row that is due has waited, whoever can send it; undefined when nothing is due. */
export async function overdueSince(
  sql: Sql,
  platforms: readonly string[],
  now: Instant,
  real: Instant,
): Promise<Instant | undefined> {
  const [row] = await sql<{ since: Date | null }>(
    `SELECT min(due_at) AS since FROM outbox WHERE platform = ANY($1) AND due_at <= $2
       AND (state IN ('waiting', 'sending') OR state = 'held' AND held_until <= $3)`,
    [platforms, instant(now), instant(real)],
  )
  return row?.since?.getTime()
}

/** The oldest row of each conversation whose turn it is and whose pace allows it, longest due first; locked. */
export async function turns(
  sql: Sql,
  platform: string,
  limit: PaceLimit,
  at: { readonly now: Instant; readonly real: Instant },
  countMax: number,
  outOfReach: OutOfReach = [],
): Promise<{ id: string; conversation: string }[]> {
  return sql(
    `WITH ${open(reachable(outOfReach, 7))}
     SELECT o.id, o.conversation FROM outbox o JOIN head ON head.id = o.id
       LEFT JOIN pace ON pace.address = o.conversation
     WHERE head.stand = 'ready' AND o.state IN ('held', 'waiting')
       AND NOT EXISTS (SELECT 1 FROM open busy WHERE busy.conversation = o.conversation AND busy.state = 'sending')
       AND COALESCE(pace.blocked_till <= $1, true)
       AND NOT COALESCE(pace.window_from <= $1 AND $1 < pace.window_from + $4 * interval '1 millisecond'
         AND pace.sends >= $5, false)
     ORDER BY head.due_at, o.id LIMIT $6 FOR UPDATE OF o SKIP LOCKED`,
    [instant(at.now), instant(at.real), [platform], limit.perMs, limit.sends, countMax, ...parameter(outOfReach)],
  )
}

type Read = Omit<
  Claimed,
  'dueAt' | 'firstClaimedAt' | 'firstFailedAt' | 'createdAt' | 'card' | 'cardId' | 'errorKind' | 'personId'
> & {
  readonly dueAt: Date
  readonly firstClaimedAt: Date | null
  readonly firstFailedAt: Date | null
  readonly createdAt: Date
  readonly cardId: string | null
  readonly personId: string | null
  readonly errorKind: Claimed['errorKind'] | null
  readonly cardSentAs: SentAs | null
  readonly cardSentAt: Date | null
}

const CLAIMED = `o.id, o.key, o.platform, o.conversation, o.recipient, o.message, o.locale, o.accounts, o.card_id AS "cardId",
  o.operation, o.quiet, o.due_at AS "dueAt", o.claimed_by AS "claimedBy", o.first_claimed_at AS "firstClaimedAt",
  o.first_failed_at AS "firstFailedAt", o.attempts, o.error_kind AS "errorKind", o.created_at AS "createdAt",
  o.person_id AS "personId", COALESCE(o.been_on, '{}') AS "beenOn",
  o.person_id IS NULL OR NOT o.recipient ? 'account' OR EXISTS (SELECT FROM account a WHERE a.platform = o.platform
    AND a.account = o.recipient ->> 'account' AND a.person_id = o.person_id) AS "isTheirs", c.sent_as AS "cardSentAs", c.sent_at AS "cardSentAt"`

/** Takes rows in hand. The order of the result is that of their ids. */
export async function claim(sql: Sql, ids: readonly string[], claimedBy: string, real: Instant): Promise<Claimed[]> {
  if (ids.length === 0) return []
  await sql(
    // A file takes longer: its claim runs out as much later.
    `UPDATE outbox SET state = 'sending', claimed_by = $3, held_until = NULL,
       claimed_at = $2::timestamptz + CASE WHEN message ? 'file' THEN interval '${FILE_TIMEOUT_MS} milliseconds' ELSE interval '0' END,
       first_claimed_at = COALESCE(first_claimed_at, $2::timestamptz)
     WHERE id = ANY($1) AND state IN ('held', 'waiting')`,
    [ids, instant(real), claimedBy],
  )
  const rows = await sql<Read>(
    `SELECT ${CLAIMED} FROM outbox o LEFT JOIN shown_card c ON c.id = o.card_id
     WHERE o.id = ANY($1) AND o.claimed_by = $2 ORDER BY o.id`,
    [ids, claimedBy],
  )
  return rows.map(claimedOf)
}

/** What a process that is not there any more had in hand. */
export async function staleClaims(sql: Sql, platform: string, real: Instant): Promise<Claimed[]> {
  const rows = await sql<Read>(
    `SELECT ${CLAIMED} FROM outbox o LEFT JOIN shown_card c ON c.id = o.card_id
     WHERE o.state = 'sending' AND o.platform = $1 AND o.claimed_at <= $2 ORDER BY o.id`,
    [platform, instant(real - LEASE_MS)],
  )
  return rows.map(claimedOf)
}

/**
 * New messages to people that are due since before `dueBefore`, on a platform that as a whole has asked us to wait or in a
 * conversation out of reach; of people who have an account on another platform of `reachable`, for the others would stand
 * before them for ever.
 */
export async function blockedRows(
  sql: Sql,
  platforms: readonly string[],
  reachable: readonly string[],
  now: Instant,
  dueBefore: Instant,
  outOfReach: OutOfReach = [],
): Promise<Claimed[]> {
  const blocked = await sql<{ address: string }>(
    'SELECT address FROM pace WHERE address = ANY($1) AND blocked_till > $2',
    [platforms, instant(now)],
  )
  if (blocked.length + outOfReach.length === 0) return []
  const rows = await sql<Read>(
    `SELECT ${CLAIMED} FROM outbox o LEFT JOIN shown_card c ON c.id = o.card_id
     WHERE o.state = 'waiting' AND o.due_at <= $2 AND (o.platform = ANY($1) OR o.conversation ^@ ANY($3::text[])) AND o.operation = 'send'
       AND o.error_kind IS DISTINCT FROM 'unknown' AND NOT o.message ? 'form'
       AND EXISTS (SELECT FROM account a WHERE a.person_id = o.person_id AND a.platform = ANY($4)
         AND a.platform <> o.platform AND NOT a.platform = ANY(COALESCE(o.been_on, '{}')))
     ORDER BY o.id LIMIT 100`,
    [blocked.map(({ address }) => address), instant(dueBefore), outOfReach, reachable],
  )
  return rows.map(claimedOf)
}

function claimedOf(read: Read): Claimed {
  const { cardSentAs, cardSentAt, ...row } = read
  return {
    ...row,
    dueAt: read.dueAt.getTime(),
    firstClaimedAt: read.firstClaimedAt?.getTime() ?? 0,
    firstFailedAt: read.firstFailedAt?.getTime(),
    createdAt: read.createdAt.getTime(),
    cardId: read.cardId ?? undefined,
    personId: read.personId ?? undefined,
    errorKind: read.errorKind ?? undefined,
    card: read.cardId === null ? undefined : { sentAs: cardSentAs ?? undefined, sentAt: cardSentAt?.getTime() },
  }
}

/** By address: a platform's name, or a conversation. */
export async function pacesOf(sql: Sql, addresses: readonly string[]): Promise<ReadonlyMap<string, Pace>> {
  const rows = await sql<{ address: string; windowFrom: Date; sends: number; blockedTill: Date | null }>(
    `SELECT address, window_from AS "windowFrom", sends, blocked_till AS "blockedTill" FROM pace WHERE address = ANY($1)`,
    [addresses],
  )
  return new Map(
    rows.map(({ address, windowFrom, sends, blockedTill }) => [
      address,
      { windowFrom: windowFrom.getTime(), sends, blockedTill: blockedTill?.getTime() },
    ]),
  )
}

/** Keeps the windows; what is blocked stays blocked. */
export async function savePaces(sql: Sql, paces: ReadonlyMap<string, Pace>): Promise<void> {
  const entries = [...paces].sort(([one], [other]) => (one < other ? -1 : 1))
  await sql(
    `INSERT INTO pace (address, window_from, sends)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::int[])
     ON CONFLICT (address) DO UPDATE SET window_from = EXCLUDED.window_from, sends = EXCLUDED.sends`,
    [
      entries.map(([address]) => address),
      entries.map(([, pace]) => instant(pace.windowFrom)),
      entries.map(([, pace]) => pace.sends),
    ],
  )
}

/** Nothing leaves for `address` before `till`. */
export async function blockPace(sql: Sql, address: string, now: Instant, till: Instant): Promise<void> {
  await sql(
    `INSERT INTO pace (address, window_from, sends, blocked_till) VALUES ($1, $2, 0, $3)
     ON CONFLICT (address) DO UPDATE SET blocked_till = EXCLUDED.blocked_till`,
    [address, instant(now), instant(till)],
  )
}

/** How one conversation stands, to say when something of it may leave next. */
export interface Standing {
  readonly platform: string
  readonly conversation: string
  readonly stand: 'ready' | 'holds' | null
  readonly state: 'held' | 'waiting' | 'sending' | null
  readonly dueAt: Date | null
  readonly heldUntil: Date | null
  readonly firstFailedAt: Date | null
  /** When something of it was taken in hand, real time; null when nothing is. */
  readonly busySince: Date | null
  /** The first of those that wait for their time and hold up nobody. */
  readonly asideDueAt: Date | null
}

export async function standings(
  sql: Sql,
  platforms: readonly string[],
  at: { readonly now: Instant; readonly real: Instant },
  outOfReach: OutOfReach = [],
): Promise<Standing[]> {
  return sql<Standing>(
    `WITH ${open(reachable(outOfReach, 4))}
     SELECT open.platform, open.conversation, head.stand, head.state, head.due_at AS "dueAt", head.held_until AS "heldUntil",
       head.first_failed_at AS "firstFailedAt", max(open.claimed_at) FILTER (WHERE open.state = 'sending') AS "busySince",
       min(open.due_at) FILTER (WHERE open.stand = 'aside') AS "asideDueAt"
     FROM open LEFT JOIN head ON head.conversation = open.conversation
     GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    [instant(at.now), instant(at.real), platforms, ...parameter(outOfReach)],
  )
}
