/** Every statement on jobs: adding, claiming, counting failures, listing. Times are instants of the product's clock. */
import type { Instant } from '#core/clock.ts'
import type { Sql } from '../../db/transaction.ts'

/** A job as it is written down. */
export interface NewJob {
  readonly name: string
  /** JSON. */
  readonly payload: unknown
  readonly key: string | null
  readonly lane: string | null
  readonly dueAt: Instant
  readonly attemptsMax: number
  readonly createdAt: Instant
}

/** A job whose row this transaction holds. */
export interface ClaimedJob {
  readonly id: number
  readonly name: string
  readonly payload: unknown
  readonly key: string | null
  readonly lane: string | null
  readonly dueAt: Instant
  /** How often it has failed before. */
  readonly attempts: number
  readonly attemptsMax: number
  /** False while another process runs a job of the same lane. */
  readonly laneFree: boolean
}

export interface JobRow extends Omit<ClaimedJob, 'laneFree'> {
  readonly state: 'waiting' | 'failed'
  /** First line of the last error; null when it never failed. */
  readonly lastError: string | null
  readonly createdAt: Instant
  /** When it was given up; null while it waits. */
  readonly finishedAt: Instant | null
}

interface Row {
  id: string
  name: string
  payload: unknown
  key: string | null
  lane: string | null
  due_at: Date
  attempts: number
  attempts_max: number
}

const RUN = 'id, name, payload, key, lane, due_at, attempts, attempts_max'
const LANE_LOCK = `hashtextextended('job-lane:' || lane, 0)`
const FIRST_OF_LANE = `NOT EXISTS (SELECT FROM job AS earlier WHERE earlier.state = 'waiting' AND earlier.lane = next.lane
  AND (earlier.due_at, earlier.id) < (next.due_at, next.id))`

/**
 * Adds a job. One that waits under the same key gives way: its row is written over under a new id, so that nobody who saw
 * the old one (a failing run that counts its attempt) takes the new one for it. A row that is running now is waited for.
 * @returns the new job's id
 */
export async function insertJob(sql: Sql, job: NewJob): Promise<number> {
  const rows = await sql<{ id: string }>(
    `INSERT INTO job (name, payload, key, lane, state, due_at, attempts, attempts_max, created_at)
     VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6, $7)
     ON CONFLICT (key) WHERE state = 'waiting' DO UPDATE SET id = EXCLUDED.id, name = EXCLUDED.name,
       payload = EXCLUDED.payload, lane = EXCLUDED.lane, due_at = EXCLUDED.due_at, attempts = 0,
       attempts_max = EXCLUDED.attempts_max, last_error = NULL, created_at = EXCLUDED.created_at,
       leased_until = NULL, leased_by = NULL
     RETURNING id`,
    valuesOf(job),
  )
  return Number(rows[0]?.id)
}

function valuesOf(job: NewJob): unknown[] {
  const { name, payload, key, lane, dueAt, attemptsMax, createdAt } = job
  return [name, JSON.stringify(payload), key, lane, new Date(dueAt), attemptsMax, new Date(createdAt)]
}

/** Takes back what waits under a key; waits for a run of it that is under way, and then finds nothing to take back. */
export async function cancelWaiting(sql: Sql, key: string, now: Instant): Promise<void> {
  await sql(`UPDATE job SET state = 'cancelled', finished_at = $2 WHERE key = $1 AND state = 'waiting'`, [
    key,
    new Date(now),
  ])
}

/**
 * Claims the oldest due job by marking it done in this transaction, before it runs: whoever looks meanwhile skips its row,
 * a rollback (a throw, a kill) leaves it waiting, and the handler may add its own key again.
 *
 * Jobs of one lane run one after the other: the lane's lock is held until the transaction ends. When another process has
 * it, the row comes back with `laneFree: false` and the caller must roll back.
 * @param busyLanes lanes not to look at
 * @param leased names of jobs that are taken up by {@link leaseNext}
 */
export async function claimNext(
  sql: Sql,
  now: Instant,
  busyLanes: readonly string[],
  leased: readonly string[] = [],
): Promise<ClaimedJob | undefined> {
  const [row] = await sql<Row & { lane_free: boolean }>(
    `UPDATE job SET state = 'done', finished_at = $1 WHERE id = (
       SELECT next.id FROM job AS next
       WHERE next.state = 'waiting' AND next.due_at <= $1 AND next.name <> ALL ($3::text[])
         AND (next.lane IS NULL OR (next.lane <> ALL ($2::text[]) AND ${FIRST_OF_LANE}))
       ORDER BY next.due_at, next.id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${RUN}, lane IS NULL OR pg_try_advisory_xact_lock(${LANE_LOCK}) AS lane_free`,
    [new Date(now), busyLanes, leased],
  )
  return row && { ...claimed(row), laneFree: row.lane_free }
}

/** A job that somebody prepares outside any transaction. */
export interface LeasedJob extends Omit<ClaimedJob, 'laneFree'> {
  /** Who has it: a name of this one try. */
  readonly leasedBy: string
}

/**
 * Takes the oldest due job of these names in hand without running it: it goes on waiting, and nobody else takes it up
 * before `until`. Who prepared it claims it with {@link claimLeased}.
 * @param lease.real real time; `lease.until` likewise
 */
export async function leaseNext(
  sql: Sql,
  now: Instant,
  names: readonly string[],
  lease: { by: string; real: Instant; until: (name: string) => Instant },
): Promise<LeasedJob | undefined> {
  const [row] = await sql<Row>(
    `SELECT ${RUN} FROM job AS next
     WHERE next.state = 'waiting' AND next.due_at <= $1 AND next.name = ANY ($2::text[])
       AND (next.leased_until IS NULL OR next.leased_until <= $3) AND (next.lane IS NULL OR ${FIRST_OF_LANE})
     ORDER BY next.due_at, next.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [new Date(now), names, new Date(lease.real)],
  )
  if (!row) return undefined
  await sql('UPDATE job SET leased_by = $2, leased_until = $3 WHERE id = $1', [
    row.id,
    lease.by,
    new Date(lease.until(row.name)),
  ])
  return { ...claimed(row), leasedBy: lease.by }
}

/** Marks a prepared job done in this transaction, before it runs. False when it was taken back, replaced or taken over. */
export async function claimLeased(sql: Sql, { id, leasedBy }: LeasedJob, now: Instant): Promise<boolean> {
  const rows = await sql(
    `UPDATE job SET state = 'done', finished_at = $3 WHERE id = $1 AND state = 'waiting' AND leased_by = $2
     RETURNING lane IS NULL OR (SELECT true FROM pg_advisory_xact_lock(${LANE_LOCK})) AS mine`,
    [id, leasedBy, new Date(now)],
  )
  return rows.length > 0
}

/** Gives back what was not prepared to the end: anybody may take it up at once. */
export async function giveBack(sql: Sql, { id, leasedBy }: LeasedJob): Promise<void> {
  await sql('UPDATE job SET leased_by = NULL, leased_until = NULL WHERE id = $1 AND leased_by = $2', [id, leasedBy])
}

/**
 * Counts a failed attempt. False when the job is not the one that failed any more: replaced, taken back, or run by another
 * process meanwhile.
 * @param failure.retryAt undefined: given up
 */
export async function countAttempt(
  sql: Sql,
  job: Pick<ClaimedJob, 'id' | 'attempts'>,
  failure: { error: string; retryAt: Instant | undefined; now: Instant },
): Promise<boolean> {
  const { error, retryAt, now } = failure
  const rows = await sql(
    `UPDATE job SET attempts = attempts + 1, last_error = $3, due_at = coalesce($4, due_at), leased_by = NULL,
       leased_until = NULL,
       state = CASE WHEN $4::timestamptz IS NULL THEN 'failed' ELSE state END,
       finished_at = CASE WHEN $4::timestamptz IS NULL THEN $5::timestamptz END
     WHERE id = $1 AND state = 'waiting' AND attempts = $2 RETURNING id`,
    [job.id, job.attempts, error, retryAt === undefined ? null : new Date(retryAt), new Date(now)],
  )
  return rows.length > 0
}

/** The waiting job that falls due first; undefined when nothing waits. */
export async function nextJob(sql: Sql): Promise<{ at: Instant; name: string } | undefined> {
  const [row] = await sql<{ due_at: Date; name: string }>(
    `SELECT due_at, name FROM job WHERE state = 'waiting' ORDER BY due_at, id LIMIT 1`,
  )
  return row && { at: row.due_at.getTime(), name: row.name }
}

/** Failed jobs first, then those that wait, oldest first. */
export async function listJobs(
  sql: Sql,
  states: readonly JobRow['state'][],
  limit: number,
): Promise<readonly JobRow[]> {
  const rows = await sql<
    Row & { state: JobRow['state']; last_error: string | null; created_at: Date; finished_at: Date | null }
  >(
    `SELECT id, name, payload, key, lane, due_at, attempts, attempts_max, state, last_error, created_at, finished_at
     FROM job WHERE state = ANY ($1::text[]) ORDER BY state, due_at, id LIMIT $2`,
    [states, limit],
  )
  return rows.map((row) => ({
    ...claimed(row),
    state: row.state,
    lastError: row.last_error,
    createdAt: row.created_at.getTime(),
    finishedAt: row.finished_at?.getTime() ?? null,
  }))
}

/** Makes a failed job wait again with all its attempts, unless its key has another waiting one. */
export async function requeue(sql: Sql, id: number, now: Instant): Promise<boolean> {
  const rows = await sql(
    `UPDATE job SET state = 'waiting', attempts = 0, due_at = $2, finished_at = NULL
     WHERE id = $1 AND state = 'failed' AND NOT EXISTS (
       SELECT FROM job AS newer WHERE newer.key = job.key AND newer.state = 'waiting') RETURNING id`,
    [id, new Date(now)],
  )
  return rows.length > 0
}

/** The state of a job, and whether another one waits under its key; undefined when there is no such job. */
export async function stateOf(sql: Sql, id: number): Promise<{ state: string; replaced: boolean } | undefined> {
  const [row] = await sql<{ state: string; replaced: boolean }>(
    `SELECT state, EXISTS (SELECT FROM job AS newer WHERE newer.key = job.key AND newer.state = 'waiting'
       AND newer.id <> job.id) AS replaced FROM job WHERE id = $1`,
    [id],
  )
  return row
}

/** Deletes at most `limit` rows that were done or taken back before `before`; failed ones stay until somebody has looked. */
export async function deleteFinished(sql: Sql, before: Instant, limit: number): Promise<number> {
  const rows = await sql(
    `DELETE FROM job WHERE id IN (
       SELECT id FROM job WHERE state IN ('done', 'cancelled') AND finished_at < $1 ORDER BY id LIMIT $2
       FOR UPDATE SKIP LOCKED) RETURNING id`,
    [new Date(before), limit],
  )
  return rows.length
}

function claimed(row: Row): Omit<ClaimedJob, 'laneFree'> {
  const { name, payload, key, lane, attempts } = row
  return {
    id: Number(row.id),
    name,
    payload,
    key,
    lane,
    dueAt: row.due_at.getTime(),
    attempts,
    attemptsMax: row.attempts_max,
  }
}

/** How many jobs wait, and how many were given up. */
export async function countRows(sql: Sql): Promise<{ state: string; rows: number }[]> {
  return sql(`SELECT state, count(*)::int AS rows FROM job WHERE state IN ('waiting', 'failed') GROUP BY state`)
}

/** How many jobs were given up, and the name of the last one; undefined when none was. */
export async function countFailed(sql: Sql): Promise<{ count: number; name: string } | undefined> {
  const [row] = await sql<{ count: number; name: string }>(
    `SELECT count(*) OVER ()::int AS count, name FROM job WHERE state = 'failed' ORDER BY finished_at DESC, id DESC LIMIT 1`,
  )
  return row
}

/**
 * How many jobs wait that were due by `dueBy`, with name and time of the oldest; undefined when none does. What is being
 * prepared waits no more.
 * @param real real time, of leases
 */
export async function countLate(
  sql: Sql,
  dueBy: Instant,
  real: Instant,
): Promise<{ count: number; name: string; dueAt: Instant } | undefined> {
  const [row] = await sql<{ count: number; name: string; due_at: Date }>(
    `SELECT count(*) OVER ()::int AS count, name, due_at FROM job WHERE state = 'waiting' AND due_at <= $1
       AND (leased_until IS NULL OR leased_until <= $2) ORDER BY due_at, id LIMIT 1`,
    [new Date(dueBy), new Date(real)],
  )
  return row && { count: row.count, name: row.name, dueAt: row.due_at.getTime() }
}

/** An administrator lets a job be that was given up. @returns false when it was not given up */
export async function letBe(sql: Sql, id: number, now: Instant): Promise<boolean> {
  const rows = await sql(
    `UPDATE job SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state = 'failed' RETURNING id`,
    [id, new Date(now)],
  )
  return rows.length > 0
}
