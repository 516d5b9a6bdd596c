/** The rows of the working time that requests take. */
import { instantAt } from '#core/calendar/civil.ts'
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { PrismaTx, Sql } from '#engine/db/transaction.ts'
import type { Terms } from '../rules/model.ts'
import type { LeaveRow } from './requests.ts'

/** A stretch of working time as instants, half open. */
export interface Taken {
  readonly date: CivilDate
  readonly from: Instant
  readonly until: Instant
}

/** The segments of some terms as instants in the person's zone. */
export function takenBy({ segments }: Pick<Terms, 'segments'>, zone: string): readonly Taken[] {
  return segments.map(({ date, from, to }) => ({
    date,
    from: instantAt(date, from, zone),
    until: instantAt(date, to, zone),
  }))
}

/**
 * Takes the working time of a request. The exclusion constraint decides (also between two processes): a segment that lies
 * on another leave of the person is not written, and then the answer is false and the caller has to refuse.
 */
export async function takeSegments(
  sql: Sql,
  row: Pick<LeaveRow, 'id' | 'rootId' | 'personId'>,
  taken: readonly Taken[],
): Promise<boolean> {
  const written = await sql(
    `INSERT INTO leave_segment (request_id, root_id, person_id, date, from_at, until_at, minutes, active)
     SELECT $1, $2, $3, s.date, s.from_at, s.until_at, s.minutes, true
     FROM unnest($4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[]) AS s(date, from_at, until_at, minutes)
     ON CONFLICT DO NOTHING RETURNING id`,
    [
      row.id,
      row.rootId,
      row.personId,
      taken.map(({ date }) => date),
      taken.map(({ from }) => new Date(from)),
      taken.map(({ until }) => new Date(until)),
      taken.map(({ from, until }) => (until - from) / MINUTE_MS),
    ],
  )
  return written.length === taken.length
}

/** The number of another leave of the person that takes some of this time. */
export async function overlapping(
  sql: Sql,
  personId: string,
  taken: readonly Taken[],
  exceptRootId: number,
): Promise<number | undefined> {
  const [row] = await sql<{ id: number }>(
    `SELECT l.request_id AS id
     FROM leave_segment l
     JOIN unnest($2::timestamptz[], $3::timestamptz[]) AS s(from_at, until_at)
       ON l.from_at < s.until_at AND s.from_at < l.until_at
     WHERE l.person_id = $1 AND l.active AND l.root_id <> $4
     ORDER BY l.from_at LIMIT 1`,
    [personId, taken.map(({ from }) => new Date(from)), taken.map(({ until }) => new Date(until)), exceptRootId],
  )
  return row?.id
}

/** Gives the working time of a request free again. */
export async function freeSegments(db: PrismaTx, requestId: number): Promise<void> {
  await db.leaveSegment.updateMany({ where: { requestId }, data: { active: false } })
}

/** First and last instant of the working time that a request takes. */
export async function boundsOf(
  db: PrismaTx,
  requestId: number,
): Promise<{ readonly from: Instant; readonly until: Instant } | undefined> {
  const { _min, _max } = await db.leaveSegment.aggregate({
    where: { requestId, active: true },
    _min: { fromAt: true },
    _max: { untilAt: true },
  })
  return _min.fromAt && _max.untilAt ? { from: _min.fromAt.getTime(), until: _max.untilAt.getTime() } : undefined
}
