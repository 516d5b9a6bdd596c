/** What the reports have told of a month so far: the newest version of each later month counts, and what is newer than it. */
import { describe, expect, it } from 'vitest'
import { toldBetween, toldOf } from '../../../src/features/reports/repository.ts'
import type { LeaveAmount } from '../../../src/features/reports/rules/facts.ts'
import { testDatabase } from '../../support/database.ts'
import { rowsOf } from '../../support/story.ts'

const test = testDatabase()
const days = (n: number): LeaveAmount => ({ halfDays: n * 2, restMinutes: 0, minutes: n * 480 })
const WHO = { staffNo: 'A1', name: '安然', department: 'cs', type: 'annual' }
const line = (request: number, n: number) => ({ ...WHO, request, part: days(n) })
const adjustment = (request: number, n: number) => ({ ...WHO, request, month: '2026-09', was: days(0), is: days(n) })

async function insert(month: string, version: number, facts: { lines?: object[]; adjustments?: object[] }) {
  const [row] = await rowsOf<{ id: number }>(
    test.db,
    `INSERT INTO report (kind, month, department, version, hash, facts, policy_version, made_at, late, files)
     VALUES ('leave', $1, '', $2, '', $3::jsonb, 1, now(), false, '[]'::jsonb) RETURNING id`,
    [month, version, JSON.stringify({ lines: [], adjustments: [], ...facts })],
  )
  return row?.id ?? 0
}
const toldIn = async (id: number, requests: readonly number[]) =>
  test.db.transact('people', async ({ sql }) => {
    const told = await toldOf(sql, 'leave', [{ id, month: '2026-09' }], requests, '2026-12')
    return requests.map((request) => told.get(`2026-09 ${request}`)?.amount.halfDays)
  })
const between = async (after: number, before?: number) =>
  test.db.transact('people', async ({ sql }) =>
    (await toldBetween(sql, 'leave', '2026-09', { after, before })).map(
      ({ request, month, amount }) => `${request} in ${month}: ${amount.halfDays}`,
    ),
  )

describe('what was told of a month', () => {
  it('is what the newest version of a later month says, not one that it replaced', async () => {
    const september = await insert('2026-09', 1, { lines: [line(1, 1)] })
    await insert('2026-10', 1, { adjustments: [adjustment(2, 1), adjustment(3, 1)] })
    expect(await toldIn(september, [1, 2, 3])).toEqual([2, 2, 2])
    await insert('2026-10', 2, { adjustments: [adjustment(3, 1)] })
    expect(await toldIn(september, [1, 2, 3])).toEqual([2, undefined, 2])
    await insert('2026-11', 1, { adjustments: [adjustment(3, 2)] })
    expect(await toldIn(september, [1, 2, 3])).toEqual([2, undefined, 4])
    expect(await between(september)).toEqual(['3 in 2026-11: 4'])
  })

  it('is what its own newer version says, though an older adjustment is repeated after it', async () => {
    const first = await insert('2026-09', 1, {})
    await insert('2026-10', 1, { adjustments: [adjustment(2, 1)] })
    const second = await insert('2026-09', 2, { lines: [line(2, 3)] })
    // Another version of October, for its own lines: its adjustments stand as they were told before September's second.
    await insert('2026-10', 2, { lines: [line(9, 1)], adjustments: [adjustment(2, 1)] })
    expect(await toldIn(second, [2])).toEqual([6])
    expect(await between(first, second)).toEqual(['2 in 2026-10: 2'])
    expect(await between(second)).toEqual([])
  })
})
