/** One door to the database: plain SQL and Prisma are one transaction, and what is urgent goes first. */
import { describe, expect, it } from 'vitest'
import { isConnectionLoss, sqlState, type Tx, WorkTooLong } from '../../../src/engine/db/transaction.ts'
import { testDatabase } from '../../support/database.ts'

const test = testDatabase({ own: true })
const line = { at: new Date('2026-09-28T01:00:00Z'), action: 'x', subject: 's:1', data: {} }
const count = () =>
  test.db.transact('people', async ({ sql }) =>
    Number((await sql<{ n: string }>('SELECT count(*) AS n FROM audit_line'))[0]?.n),
  )

describe('a transaction', () => {
  it('shows plain SQL what Prisma wrote, and Prisma what plain SQL wrote, before the commit', async () => {
    await test.db.transact('people', async ({ sql, db }) => {
      await db.auditLine.create({ data: line })
      expect(await sql('SELECT action FROM audit_line')).toEqual([{ action: 'x' }])
      await sql(`INSERT INTO audit_line (at, action, subject, data) VALUES ($1, 'y', 's:2', '{}')`, [new Date(0)])
      expect(await db.auditLine.count()).toBe(2)
    })
    expect(await count()).toBe(2)
  })

  it('leaves nothing of either behind when the work throws, and passes the error on', async () => {
    const failing = test.db.transact('people', async ({ sql, db }) => {
      await db.auditLine.create({ data: line })
      await sql(`INSERT INTO audit_line (at, action, subject, data) VALUES ($1, 'y', 's:2', '{}')`, [new Date(0)])
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await count()).toBe(0)
  })

  it('undoes only what happened behind a savepoint, Prisma included', async () => {
    await test.db.transact('people', async (tx) => {
      await tx.db.auditLine.create({ data: line })
      await expect(
        tx.savepoint(async () => {
          await tx.db.auditLine.create({ data: { ...line, action: 'undone' } })
          throw new Error('refused')
        }),
      ).rejects.toThrow('refused')
      await tx.db.auditLine.create({ data: { ...line, action: 'after' } })
    })
    const rows = await test.db.transact('people', ({ db }) =>
      db.auditLine.findMany({ orderBy: { id: 'asc' }, select: { action: true } }),
    )
    expect(rows.map((row) => row.action)).toEqual(['x', 'after'])
  })

  it('keeps instants whatever zone the server has', async () => {
    await test.db.transact('people', ({ db }) => db.auditLine.create({ data: line }))
    const [row] = await test.db.transact('people', ({ sql }) => sql<{ at: Date }>('SELECT at FROM audit_line'))
    expect(row?.at.toISOString()).toBe('2026-09-28T01:00:00.000Z')
  })

  it('runs what waits for the commit after it, and never after a rollback', async () => {
    const ran: string[] = []
    await test.db.transact('people', async (tx) => {
      tx.afterCommit(() => ran.push('committed'))
      expect(ran).toEqual([])
    })
    await test.db
      .transact('people', async (tx) => {
        tx.afterCommit(() => ran.push('never'))
        throw new Error('no')
      })
      .catch(() => {})
    await test.db.transact('people', async (tx) => {
      const undone = async () => {
        tx.afterCommit(() => ran.push('undone'))
        throw new Error('refused')
      }
      await tx.savepoint(undone).catch(() => {})
    })
    expect(ran).toEqual(['committed'])
  })

  it('refuses to rewrite what happened, with a state of its own', async () => {
    await test.db.transact('people', ({ db }) => db.auditLine.create({ data: line }))
    for (const statement of [`UPDATE audit_line SET action = 'z'`, 'DELETE FROM audit_line']) {
      const error = await test.db.transact('people', ({ sql }) => sql(statement)).catch((e: unknown) => e)
      expect(sqlState(error)).toBe('BZ001')
    }
  })

  it('serves forty at once, each whole', async () => {
    await Promise.all(
      Array.from({ length: 40 }, () => test.db.transact('work', ({ db }) => db.auditLine.create({ data: line }))),
    )
    expect(await count()).toBe(40)
  })
})

describe('work that does not end', () => {
  const never = new Promise<never>(() => {})
  const tooLong = { withinMs: 30 }

  it('is undone at its time, gives its connection back, and is told by its name', async () => {
    const stuck = test.db.transact(
      'people',
      async ({ sql, db }) => {
        await db.auditLine.create({ data: line })
        await sql(`INSERT INTO audit_line (at, action, subject, data) VALUES ($1, 'y', 's:2', '{}')`, [new Date(0)])
        return never
      },
      tooLong,
    )
    await expect(stuck).rejects.toThrow(WorkTooLong)
    expect(await count()).toBe(0)
  })

  it('reaches nothing any more when it goes on afterwards, whatever it holds', async () => {
    let held: Tx | undefined
    const stuck = test.db.transact(
      'people',
      (tx) => {
        held = tx
        return never
      },
      tooLong,
    )
    await expect(stuck).rejects.toThrow(WorkTooLong)
    const late = held as Tx
    await test.db.transact('people', async () => {
      await expect(late.sql('SELECT 1')).rejects.toThrow('over')
      await expect(late.db.auditLine.create({ data: line })).rejects.toThrow('over')
      await expect(late.savepoint(async () => {})).rejects.toThrow('over')
    })
    expect(await count()).toBe(0)
  })

  it('lets go also when it had begun something with Prisma and never waited for it', async () => {
    const stuck = test.db.transact(
      'people',
      ({ db }) => {
        void db.auditLine.create({ data: line }).catch(() => {})
        return never
      },
      tooLong,
    )
    await expect(stuck).rejects.toThrow(WorkTooLong)
    expect(await count()).toBe(0)
  })

  it('that waits for somebody’s lock on a server loses its connection, and others have theirs', async () => {
    if (test.db === test.second) return
    const lock = ({ sql }: Tx) => sql('SELECT true AS mine FROM pg_advisory_xact_lock(4711)')
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    let locked = () => {}
    const hasLock = new Promise<void>((resolve) => {
      locked = resolve
    })
    const holder = test.second.transact('people', async (tx) => {
      await lock(tx)
      locked()
      await gate
    })
    await hasLock
    await expect(test.db.transact('people', lock, tooLong)).rejects.toThrow(WorkTooLong)
    expect(await count()).toBe(0)
    open()
    await holder
  })
})

it.each([
  [{ code: '57P01' }, true],
  [{ code: 'ECONNREFUSED' }, true],
  [new Error('Connection terminated unexpectedly'), true],
  [new Error('timeout exceeded when trying to connect'), true],
  [{ code: '23505' }, false],
  [{ code: '57014' }, false],
  [new Error('boom'), false],
])('%o is a lost connection: %s', (error, expected) => {
  expect(isConnectionLoss(error)).toBe(expected)
})
