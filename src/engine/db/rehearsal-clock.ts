/** The rehearsal clock: a row that every process reads, running at real speed, moved forward and never back. */
import { type Clock, type Instant, realNow } from '#core/clock.ts'
import type { Database, Tx } from './transaction.ts'

export interface RehearsalClockRow extends Clock {
  readonly kind: 'rehearsal'
  /** Moves it to `instant` for every process; an instant that has passed changes nothing. */
  moveTo(instant: Instant): Promise<void>
  /** Follows what another process moved; within a second is soon enough. */
  refresh(): Promise<void>
}

interface Row {
  readonly base: Date
  readonly set: Date
}

/** @param startsAt the first instant; a database that was rehearsed in before goes on from its own */
export async function openRehearsalClock(db: Database, startsAt: Instant): Promise<RehearsalClockRow> {
  let row = await db.transact('people', async (tx) => {
    await tx.sql('INSERT INTO rehearsal_clock (id, base_at, set_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING', [
      new Date(startsAt),
      new Date(realNow()),
    ])
    return read(tx)
  })
  const now = () => row.base.getTime() + realNow() - row.set.getTime()
  return {
    kind: 'rehearsal',
    now,
    async moveTo(instant) {
      row = await db.transact('people', async (tx) => {
        // Compared in the database: two processes may move it at once.
        await tx.sql(
          `UPDATE rehearsal_clock SET base_at = $1, set_at = $2
           WHERE id = 1 AND base_at + ($2::timestamptz - set_at) < $1::timestamptz`,
          [new Date(instant), new Date(realNow())],
        )
        return read(tx)
      })
    },
    async refresh() {
      row = await db.transact('work', read)
    },
  }
}

async function read({ sql }: Tx): Promise<Row> {
  const [row] = await sql<Row>('SELECT base_at AS base, set_at AS set FROM rehearsal_clock WHERE id = 1')
  if (!row) throw new Error('The rehearsal clock has no row')
  return row
}
