/** What the database itself keeps: no two leaves of a person at one time, one transition each, a ledger that is only added to. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Database, Tx } from '../../../src/engine/db/transaction.ts'
import { appendLedger, ledgerSums } from '../../../src/features/leave/repository/ledger.ts'
import {
  findRequest,
  insertDraft,
  move,
  updateDraft,
  versionsOf,
} from '../../../src/features/leave/repository/requests.ts'
import {
  boundsOf,
  freeSegments,
  overlapping,
  takenBy,
  takeSegments,
} from '../../../src/features/leave/repository/segments.ts'
import type { Terms } from '../../../src/features/leave/rules/model.ts'
import { testDatabase } from '../../support/database.ts'
import { terms } from './asker.ts'

const test = testDatabase()
const ZONE = 'Asia/Shanghai'
const AT = Date.parse('2026-09-28T09:00:00+08:00')
const AN = randomUUID()
const work = <T>(job: (tx: Tx) => Promise<T>, db: Database = test.db) => db.transact('people', job)
const draft = (tx: Tx, found: Terms, more: { rootId?: number; reason?: string } = {}) =>
  insertDraft(tx.db, {
    personId: AN,
    terms: found,
    reason: more.reason ?? null,
    policyVersion: 1,
    at: AT,
    ...(more.rootId && { rootId: more.rootId }),
  })
const days = (from: string, to: string) => terms({ from, to })

describe('a request', () => {
  it('comes back as it was written, every field and every day', async () => {
    const found = terms({ from: '2026-12-31', to: '2027-01-04', fromHalf: 'afternoon' })
    const id = await work(async (tx) => (await draft(tx, found, { reason: '<b>家里有事</b>' })).id)
    expect(await work(({ db }) => findRequest(db, id))).toEqual({
      id,
      personId: AN,
      rootId: id,
      state: 'draft',
      type: 'personal',
      basis: 'working',
      span: found.span,
      minutes: found.minutes,
      amount: { halfDays: 3, restMinutes: 0 },
      days: found.days,
      provisional: true,
      reason: '<b>家里有事</b>',
      policyVersion: 1,
      approvalId: null,
      createdAt: AT,
      submittedAt: null,
    })
  })

  it('is moved on by one of two, and a draft that is over is not rewritten', async () => {
    const found = days('2026-10-12', '2026-10-12')
    const id = await work(async (tx) => (await draft(tx, found)).id)
    const tries = [test.db, test.second].map((db) =>
      work((tx) => move(tx.db, id, 'draft', 'pending', { submittedAt: AT, policyVersion: 2 }), db),
    )
    expect((await Promise.all(tries)).toSorted()).toEqual([false, true])
    expect(
      await work((tx) =>
        updateDraft(tx.db, id, { terms: days('2026-10-13', '2026-10-13'), reason: null, policyVersion: 3 }),
      ),
    ).toBe(false)
    expect(await work(({ db }) => findRequest(db, id))).toMatchObject({
      state: 'pending',
      submittedAt: AT,
      policyVersion: 2,
      span: found.span,
    })
  })

  it('knows its other versions', async () => {
    const [first, second] = await work(async (tx) => {
      const one = await draft(tx, days('2026-10-12', '2026-10-12'))
      return [one, await draft(tx, days('2026-10-12', '2026-10-13'), { rootId: one.id })] as const
    })
    expect(second.rootId).toBe(first.id)
    expect((await work(({ db }) => versionsOf(db, second, 'draft'))).map(({ id }) => id)).toEqual([first.id])
    expect((await work(({ db }) => versionsOf(db, first, 'draft'))).map(({ id }) => id)).toEqual([second.id])
  })
})

describe('working time', () => {
  const taken = (found: Terms) => takenBy(found, ZONE)

  it('is taken by one of two requests sent at the same moment by two processes; the loser can name the winner', async () => {
    const found = days('2026-10-12', '2026-10-13')
    const [one, two] = await work(async (tx) => [await draft(tx, found), await draft(tx, found)] as const)
    const tries = await Promise.all([
      work((tx) => takeSegments(tx.sql, one, taken(found)), test.db),
      work((tx) => takeSegments(tx.sql, two, taken(found)), test.second),
    ])
    expect(tries.toSorted()).toEqual([false, true])
    const [winner, loser] = tries[0] ? [one, two] : [two, one]
    expect(await work((tx) => overlapping(tx.sql, AN, taken(found), loser.rootId))).toBe(winner.id)
  })

  it('may be touched but not shared, be shared by versions of one leave, and is free once given back', async () => {
    const found = terms({ from: '2026-10-12', fromHalf: 'morning' })
    const [one, later, version] = await work(async (tx) => {
      const first = await draft(tx, found)
      return [first, await draft(tx, found), await draft(tx, found, { rootId: first.id })] as const
    })
    const afternoon = taken(terms({ from: '2026-10-12', fromHalf: 'afternoon' }))
    await work(async (tx) => {
      expect(await takeSegments(tx.sql, one, taken(found))).toBe(true)
      expect(await takeSegments(tx.sql, later, afternoon)).toBe(true)
      expect(await takeSegments(tx.sql, version, taken(found))).toBe(true)
      expect(await takeSegments(tx.sql, later, taken(found))).toBe(false)
      await freeSegments(tx.db, one.id)
      await freeSegments(tx.db, version.id)
      expect(await takeSegments(tx.sql, later, taken(found))).toBe(true)
      expect(await boundsOf(tx.db, later.id)).toEqual({
        from: Date.parse('2026-10-12T09:00:00+08:00'),
        until: Date.parse('2026-10-12T18:00:00+08:00'),
      })
      expect(await boundsOf(tx.db, one.id)).toBeUndefined()
    })
  })
})

describe('the ledger', () => {
  const about = { personId: AN, type: 'annual', at: AT, actorId: null }

  it('is a sum of its lines by type and year, with and without one request', async () => {
    const sums = await work(async (tx) => {
      await appendLedger(tx.db, { ...about, requestId: null }, [{ leaveYear: 2026, minutes: 4_800, kind: 'grant' }])
      await appendLedger(tx.db, { ...about, requestId: 1 }, [{ leaveYear: 2026, minutes: -960, kind: 'reserve' }])
      await appendLedger(tx.db, { ...about, requestId: 2 }, [
        { leaveYear: 2026, minutes: -480, kind: 'reserve' },
        { leaveYear: 2027, minutes: -480, kind: 'reserve' },
      ])
      const of = { personId: AN, type: 'annual', leaveYear: 2026 }
      return [
        await ledgerSums(tx.db, of),
        await ledgerSums(tx.db, { ...of, exceptRequestId: 1 }),
        await ledgerSums(tx.db, { ...of, leaveYear: 2028 }),
      ]
    })
    expect(sums).toEqual([
      { granted: 4_800, used: -1_440 },
      { granted: 4_800, used: -480 },
      { granted: 0, used: 0 },
    ])
  })

  it('is never rewritten', async () => {
    await work((tx) =>
      appendLedger(tx.db, { ...about, requestId: 1 }, [{ leaveYear: 2026, minutes: -960, kind: 'reserve' }]),
    )
    await expect(work((tx) => tx.sql('UPDATE leave_ledger SET minutes = 0'))).rejects.toThrow(/append-only/)
    await expect(work((tx) => tx.sql('DELETE FROM leave_ledger'))).rejects.toThrow(/append-only/)
  })
})
