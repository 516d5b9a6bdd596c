/** The audit chain holds over everything that was written, and shows what was changed behind its back. */
import { describe, expect, it } from 'vitest'
import { appendLine, appendLines, linesOf } from '../../../src/engine/audit/lines.ts'
import { seal, verify } from '../../../src/engine/audit/seal.ts'
import { testDatabase } from '../../support/database.ts'

const test = testDatabase()
const write = (count: number) =>
  test.db.transact('people', async ({ sql }) => {
    for (let i = 0; i < count; i++)
      await appendLine(sql, {
        at: Date.parse('2026-09-28T01:00:00Z') + i,
        actorId: null,
        action: 'leave.sent',
        subject: `leave:${i}`,
        data: { z: i, a: '三天' },
      })
  })
/** As someone with the database's own rights would do it. */
const tamper = (statement: string) =>
  test.db.transact('people', async ({ sql }) => {
    for (const table of ['audit_line', 'audit_seal']) await sql(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    await sql(statement)
    for (const table of ['audit_line', 'audit_seal']) await sql(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
  })

it('many lines at once are kept in their order and as they were said, over the bound of one statement', async () => {
  const said = Array.from({ length: 1_003 }, (_, i) => ({
    at: Date.parse('2026-09-28T01:00:00Z') + i,
    actorId: i === 0 ? '11111111-2222-4333-8444-555555555555' : null,
    action: i % 2 ? 'people.added' : 'people.left',
    subject: i < 1_000 ? 'person:early' : 'person:late',
    ...(i === 1 ? {} : { data: { 姓名: `"安,然"\\{${i}}`, none: null } }),
  }))
  const [early, late] = await test.db.transact('people', async ({ sql }) => {
    await appendLines(sql, said)
    await appendLines(sql, [])
    return [await linesOf(sql, 'person:early'), await linesOf(sql, 'person:late')]
  })
  const plain = (rows: typeof early) => rows.map(({ id: _, at, ...row }) => ({ at: at.getTime(), ...row }))
  const written = said.map(({ at, actorId: actor_id, action, subject, data = {} }) => ({
    at,
    actor_id,
    action,
    subject,
    data,
  }))
  // linesOf gives the first 500.
  expect(plain(early)).toEqual(written.slice(0, 500))
  expect(plain(late)).toEqual(written.slice(1_000))
})

describe('the audit chain', () => {
  it('seals what was written, once, over several calls', async () => {
    await write(3)
    expect(await verify(test.db)).toEqual({ sealed: 0, unsealed: 3, breaks: [] })
    expect(await seal(test.db)).toBe(3)
    await write(2)
    expect(await seal(test.db)).toBe(2)
    expect(await seal(test.db)).toBe(0)
    expect(await verify(test.db)).toEqual({ sealed: 5, unsealed: 0, breaks: [] })
  })

  it('seals each line once when two processes seal at the same time', async () => {
    await write(50)
    const counts = await Promise.all([seal(test.db), seal(test.second), seal(test.db), seal(test.second)])
    expect(counts.reduce((a, b) => a + b)).toBe(50)
    expect(await verify(test.db)).toEqual({ sealed: 50, unsealed: 0, breaks: [] })
  })

  it.each([
    [
      'a changed line',
      `UPDATE audit_line SET data = '{"a":"一天"}' WHERE subject = 'leave:1'`,
      /seal 2: line \d+ \(leave.sent leave:1\) was changed/,
    ],
    ['a deleted line', `DELETE FROM audit_line WHERE subject = 'leave:1'`, /seal 2: its line is gone/],
    ['a deleted line with its seal', `DELETE FROM audit_seal WHERE seq = 2`, /seal 1 is followed by 3/],
    ['a moved time', `UPDATE audit_line SET at = at + interval '1 day' WHERE subject = 'leave:0'`, /seal 1: line/],
  ])('shows %s', async (_, statement, complaint) => {
    await write(3)
    await seal(test.db)
    await tamper(statement)
    expect((await verify(test.db)).breaks.join('\n')).toMatch(complaint)
  })
})
