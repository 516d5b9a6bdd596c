/** The rows of the ledger: only ever added to. A balance is a sum of them and nothing else. */
import type { Instant } from '#core/clock.ts'
import type { PrismaTx } from '#engine/db/transaction.ts'

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
