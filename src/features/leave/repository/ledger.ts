/** The rows of the ledger: only ever added to. A balance is a sum of them and nothing else. */
import type { Instant } from '#core/clock.ts'
import type { PrismaTx, Sql } from '#engine/db/transaction.ts'

export interface LedgerLine {
  readonly leaveYear: number
  readonly minutes: number
  readonly kind: string
}

/** Granted and used minutes of one type and year; `used` is negative or 0. The rows of `exceptRequestId` are left out. */
export async function ledgerSums(
  db: PrismaTx,
  about: { personId: string; type: string; leaveYear: number; exceptRequestId?: number | undefined },
): Promise<{ readonly granted: number; readonly used: number }> {
  const { personId, type, leaveYear, exceptRequestId } = about
  const rows = await db.leaveLedger.groupBy({
    by: ['kind'],
    where: {
      personId,
      type,
      leaveYear,
      ...(exceptRequestId !== undefined && { OR: [{ requestId: null }, { requestId: { not: exceptRequestId } }] }),
    },
    _sum: { minutes: true },
  })
  const sum = (of: (kind: string) => boolean) =>
    rows.filter(({ kind }) => of(kind)).reduce((minutes, row) => minutes + (row._sum.minutes ?? 0), 0)
  return { granted: sum((kind) => kind === 'grant'), used: sum((kind) => kind !== 'grant') }
}

export async function ledgerOf(db: PrismaTx, requestId: number): Promise<readonly LedgerLine[]> {
  return db.leaveLedger.findMany({
    where: { requestId },
    orderBy: { id: 'asc' },
    select: { leaveYear: true, minutes: true, kind: true },
  })
}

/** Appends lines to the ledger. */
export async function appendLedger(
  db: PrismaTx,
  about: { personId: string; type: string; requestId: number | null; at: Instant; actorId: string | null },
  lines: readonly LedgerLine[],
): Promise<void> {
  const { at, ...same } = about
  if (lines.length === 0) return
  await db.leaveLedger.createMany({ data: lines.map((line) => ({ ...same, ...line, at: new Date(at) })) })
}

/** What was entered on top of the allowance, and what was taken or asked for; minutes. */
export interface Standing {
  readonly adjusted: number
  readonly used: number
}

/** Of everybody in these years, by `personId type year`; those without any rows are absent. */
export async function standingsOf(db: PrismaTx, years: readonly number[]): Promise<ReadonlyMap<string, Standing>> {
  const rows = await db.leaveLedger.groupBy({
    by: ['personId', 'type', 'leaveYear', 'kind'],
    where: { leaveYear: { in: [...years] }, kind: { not: 'grant' } },
    _sum: { minutes: true },
  })
  const standings = new Map<string, Standing>()
  for (const { personId, type, leaveYear, kind, _sum } of rows) {
    const key = `${personId} ${type} ${leaveYear}`
    const { adjusted, used } = standings.get(key) ?? { adjusted: 0, used: 0 }
    const minutes = _sum.minutes ?? 0
    standings.set(key, kind === 'adjust' ? { adjusted: adjusted + minutes, used } : { adjusted, used: used - minutes })
  }
  return standings
}

/**
 * Until the end of the transaction nobody else reads or writes the ledger: who has checked an allowance and is about to draw
 * on it is waited for, and who comes later sees the new one.
 */
export async function lockLedger(sql: Sql): Promise<void> {
  await sql('LOCK TABLE leave_ledger IN ACCESS EXCLUSIVE MODE')
}

/** Appends what was entered by the administrator: on top of the allowance, of no request. */
export async function appendAdjustments(
  sql: Sql,
  at: Instant,
  lines: readonly { personId: string; type: string; leaveYear: number; minutes: number }[],
): Promise<void> {
  await sql(
    `INSERT INTO leave_ledger (person_id, type, leave_year, minutes, kind, at)
     SELECT person_id, type, leave_year, minutes, 'adjust', $5
     FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[]) AS entered(person_id, type, leave_year, minutes)`,
    [
      lines.map(({ personId }) => personId),
      lines.map(({ type }) => type),
      lines.map(({ leaveYear }) => leaveYear),
      lines.map(({ minutes }) => minutes),
      new Date(at),
    ],
  )
}
