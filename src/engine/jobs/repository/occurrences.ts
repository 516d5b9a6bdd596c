/** Every statement on schedules: how far each has been looked at, and what became of each occurrence. */
import type { Instant } from '#core/clock.ts'
import type { Text } from '#core/i18n.ts'
import type { Sql } from '../../db/transaction.ts'
import type { NewJob } from './jobs.ts'

/** How far a schedule has been looked at, and under which rule. */
export interface Mark {
  readonly name: string
  readonly ruleHash: string
  readonly title: Text
  /** Everything up to and including this instant has become an occurrence. */
  readonly markAt: Instant
}

/**
 * Why an occurrence did not run: `stale` it came up later than the schedule's freshness allows, `superseded` a newer one
 * was run instead, `missed` the schedule catches up nothing.
 */
export type SkipReason = 'stale' | 'superseded' | 'missed'

/** A schedule with its last occurrences, newest first. */
export interface ScheduleRow extends Mark {
  readonly last: readonly {
    readonly due: Instant
    readonly state: 'queued' | 'late' | 'skipped'
    readonly reason: SkipReason | null
    readonly firedAt: Instant
    /** What became of its job; null when it was skipped or the row has been cleared away. */
    readonly job: { readonly id: number; readonly state: string } | null
  }[]
}

interface MarkRow {
  name: string
  rule_hash: string
  title: Text
  mark_at: Date
}

/** All marks, held until the transaction ends: another process waits here and then finds nothing left to do. */
export async function lockMarks(sql: Sql): Promise<readonly Mark[]> {
  const rows = await sql<MarkRow>('SELECT name, rule_hash, title, mark_at FROM schedule_mark ORDER BY name FOR UPDATE')
  return rows.map(markOf)
}

/** Begins a schedule, or begins it anew under another rule. False when another process has just done so. */
export async function beginMark(sql: Sql, mark: Mark): Promise<boolean> {
  const rows = await sql(
    `INSERT INTO schedule_mark (name, rule_hash, title, mark_at, loaded_at) VALUES ($1, $2, $3, $4, $4)
     ON CONFLICT (name) DO UPDATE SET rule_hash = EXCLUDED.rule_hash, title = EXCLUDED.title,
       mark_at = EXCLUDED.mark_at, loaded_at = EXCLUDED.loaded_at
     WHERE schedule_mark.rule_hash <> EXCLUDED.rule_hash RETURNING name`,
    [mark.name, mark.ruleHash, JSON.stringify(mark.title), new Date(mark.markAt)],
  )
  return rows.length > 0
}

export async function retitleMark(sql: Sql, name: string, title: Text): Promise<void> {
  await sql('UPDATE schedule_mark SET title = $2 WHERE name = $1', [name, JSON.stringify(title)])
}

export async function removeMark(sql: Sql, name: string): Promise<void> {
  await sql('DELETE FROM schedule_mark WHERE name = $1', [name])
}

/** Moves marks forward, never back. */
export async function advanceMarks(sql: Sql, names: readonly string[], to: Instant): Promise<void> {
  if (names.length === 0) return
  await sql('UPDATE schedule_mark SET mark_at = $2 WHERE name = ANY ($1::text[]) AND mark_at < $2', [
    names,
    new Date(to),
  ])
}

/**
 * Fires an occurrence: its row and its job are one guarded statement. False when it has been fired or skipped before.
 * @param job due at the occurrence's own instant
 */
export async function fireOccurrence(
  sql: Sql,
  schedule: string,
  job: Omit<NewJob, 'key' | 'lane'>,
  late: boolean,
): Promise<boolean> {
  const rows = await sql(
    `WITH fired AS (
       INSERT INTO occurrence (schedule, due_at, state, job_id, fired_at)
       VALUES ($1, $2, $3, nextval(pg_get_serial_sequence('job', 'id')), $4)
       ON CONFLICT (schedule, due_at) DO NOTHING RETURNING job_id)
     INSERT INTO job (id, name, payload, state, due_at, attempts, attempts_max, created_at)
     SELECT job_id, $5, $6::jsonb, 'waiting', $2, 0, $7, $4 FROM fired RETURNING id`,
    [
      schedule,
      new Date(job.dueAt),
      late ? 'late' : 'queued',
      new Date(job.createdAt),
      job.name,
      JSON.stringify(job.payload),
      job.attemptsMax,
    ],
  )
  return rows.length > 0
}

/** Writes down that occurrences were left out. Gives those that had not been fired or skipped before. */
export async function skipOccurrences(
  sql: Sql,
  schedule: string,
  skipped: readonly { readonly due: Instant; readonly reason: SkipReason }[],
  now: Instant,
): Promise<ReadonlySet<Instant>> {
  if (skipped.length === 0) return new Set()
  const rows = await sql<{ due_at: Date }>(
    `INSERT INTO occurrence (schedule, due_at, state, reason, fired_at)
     SELECT $1, due_at, 'skipped', reason, $4 FROM unnest($2::timestamptz[], $3::text[]) AS missed (due_at, reason)
     ON CONFLICT (schedule, due_at) DO NOTHING RETURNING due_at`,
    [schedule, skipped.map(({ due }) => new Date(due)), skipped.map(({ reason }) => reason), new Date(now)],
  )
  return new Set(rows.map((row) => row.due_at.getTime()))
}

/** Every schedule with its last `each` occurrences, newest first. */
export async function recentOccurrences(sql: Sql, each: number): Promise<readonly ScheduleRow[]> {
  const rows = await sql<
    MarkRow & {
      due_at: Date | null
      state: 'queued' | 'late' | 'skipped'
      reason: SkipReason | null
      fired_at: Date
      job_id: string | null
      job_state: string | null
    }
  >(
    `SELECT mark.name, mark.rule_hash, mark.title, mark.mark_at, last.due_at, last.state, last.reason, last.fired_at,
       job.id AS job_id, job.state AS job_state
     FROM schedule_mark AS mark
     LEFT JOIN LATERAL (
       SELECT * FROM occurrence WHERE schedule = mark.name ORDER BY due_at DESC LIMIT $1) AS last ON true
     LEFT JOIN job ON job.id = last.job_id
     ORDER BY mark.name, last.due_at DESC`,
    [each],
  )
  const schedules = new Map<string, ScheduleRow & { last: ScheduleRow['last'][number][] }>()
  for (const row of rows) {
    const schedule = schedules.get(row.name) ?? { ...markOf(row), last: [] }
    schedules.set(row.name, schedule)
    if (row.due_at === null) continue
    schedule.last.push({
      due: row.due_at.getTime(),
      state: row.state,
      reason: row.reason,
      firedAt: row.fired_at.getTime(),
      job: row.job_id === null ? null : { id: Number(row.job_id), state: row.job_state ?? '' },
    })
  }
  return [...schedules.values()]
}

/**
 * Deletes at most `limit` occurrences that fell due and were decided before `before`; the last `kept` of a schedule that
 * is in force stay, so that the list shows them however seldom it comes.
 * @returns how many
 */
export async function deleteOccurrences(sql: Sql, before: Instant, kept: number, limit: number): Promise<number> {
  const rows = await sql(
    `DELETE FROM occurrence WHERE (schedule, due_at) IN (
       SELECT old.schedule, old.due_at FROM occurrence AS old
       WHERE old.due_at < $1 AND old.fired_at < $1 AND (
         NOT EXISTS (SELECT FROM schedule_mark AS mark WHERE mark.name = old.schedule)
         OR (SELECT count(*) FROM (SELECT FROM occurrence AS newer
           WHERE newer.schedule = old.schedule AND newer.due_at > old.due_at LIMIT $2) AS after) = $2)
       ORDER BY old.due_at LIMIT $3) RETURNING due_at`,
    [new Date(before), kept, limit],
  )
  return rows.length
}

function markOf(row: MarkRow): Mark {
  return { name: row.name, ruleHash: row.rule_hash, title: row.title, markAt: row.mark_at.getTime() }
}
