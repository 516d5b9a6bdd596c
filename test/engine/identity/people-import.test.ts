/** A people file in the database: first what would change, then exactly that; the past of those who left stays. */
import { describe, expect, it } from 'vitest'
import type { Tx } from '../../../src/engine/db/transaction.ts'
import { linkAccount, personByAccount, touchAccount } from '../../../src/engine/identity/accounts.ts'
import { peopleFor } from '../../../src/engine/identity/people.ts'
import { applyImport, exportedPeople, peopleYaml, planImport } from '../../../src/engine/identity/people-import.ts'
import { testDatabase } from '../../support/database.ts'
import { at, importing, peopleOf, policyOf } from './department.ts'

const test = testDatabase()
const policy = await policyOf()
const within = <T>(work: (tx: Tx) => Promise<T>) => test.db.transact('people', work)
const load = (text: string) => within((tx) => importing(tx, text))
const plan = async (text: string) => {
  const people = await peopleOf(text)
  return within((tx) => planImport(tx, people))
}
const exported = async (tx: Tx) => peopleYaml(await exportedPeople(tx), policy)
const everybody = () => within((tx) => peopleFor(tx, policy).all())

const FILE = `people:
  - { staffNo: '1001', name: 沈静, department: top, roles: [supervisor, admin], accounts: { slack: U1 } }
  - staffNo: '1002'
    name: 安然
    department: cs
    post: agent
    manager: '1001'
    language: en
    zone: Europe/London
    hired: 2024-02-29
    email: an@example.com
    mobile: +86 139 0000 0001
    pattern: early
    prefers: lark
    delegate: { to: '1003', from: 2026-10-01, until: 2026-10-07 }
    accounts: { slack: [U2, U3], lark: ou_2 }
  - { staffNo: '1003', name: 李明, department: night, manager: '1002' }
`

describe('an import', () => {
  it('adds people with everything the file says of them', async () => {
    const { plan, lines } = await load(FILE)
    expect(plan).toMatchObject({
      added: [{ staffNo: '1001' }, { staffNo: '1002' }, { staffNo: '1003' }],
      changed: [],
      left: [],
      unchanged: 0,
    })
    expect(lines.map(([action]) => action)).toEqual(Array(3).fill('people.added'))
    const [boss, an, li] = await everybody()
    expect(boss).toMatchObject({ name: '沈静', roles: ['admin', 'supervisor'], managerId: null, active: true })
    expect(an).toMatchObject({
      managerId: boss?.id,
      locale: 'en',
      zone: 'Europe/London',
      hiredOn: '2024-02-29',
      post: 'agent',
    })
    expect(an?.pattern.segments[0]).toEqual({ half: 'morning', from: '07:00', to: '11:00' })
    const { byLark, delegates } = await within(async (tx) => {
      const delegate = (instant: string) => peopleFor(tx, policy).delegateOf(an?.id ?? '', Date.parse(instant))
      const byLark = await personByAccount(tx, 'lark', 'ou_2')
      // Whole days in the zone of the person who is stood in for: London is on summer time.
      const instants = ['2026-09-30T22:59:59Z', '2026-09-30T23:00:00Z', '2026-10-07T22:59:59Z', '2026-10-07T23:00:00Z']
      const delegates = []
      for (const instant of instants) delegates.push((await delegate(instant))?.staffNo)
      return { byLark, delegates }
    })
    expect(byLark?.id).toBe(an?.id)
    expect(delegates).toEqual([undefined, li?.staffNo, li?.staffNo, undefined])
  })

  it('of the same file changes nothing', async () => {
    await load(FILE)
    const before = await everybody()
    const { done, lines } = await load(FILE)
    expect(done).toMatchObject({ added: [], changed: [], left: [], moved: [], unchanged: 3 })
    expect(lines).toEqual([])
    expect(await everybody()).toEqual(before)
  })

  it('shows every field that would change, and changes nothing until it is applied', async () => {
    await load(FILE)
    const before = await everybody()
    const next = FILE.replace('department: night', 'department: hr')
      .replace('roles: [supervisor, admin]', 'roles: [admin]')
      .replace("manager: '1002'", "manager: '1001'")
      .replace('an@example.com', 'anran@example.com')
      .replace('until: 2026-10-07', 'until: 2026-10-08')
      .replace('lark: ou_2', 'lark: ou_3')
    const planned = await plan(next)
    expect(planned.changed.map(({ staffNo, field, from, to }) => [staffNo, field, from, to])).toEqual([
      ['1001', 'roles', ['admin', 'supervisor'], ['admin']],
      [
        '1002',
        'delegate',
        [{ to: '1003', from: '2026-10-01', until: '2026-10-07' }],
        [{ to: '1003', from: '2026-10-01', until: '2026-10-08' }],
      ],
      ['1002', 'email', 'an@example.com', 'anran@example.com'],
      ['1002', 'accounts.lark', ['ou_2'], ['ou_3']],
      ['1003', 'department', 'night', 'hr'],
      ['1003', 'manager', '1002', '1001'],
    ])
    expect(await everybody()).toEqual(before)
    const { done, lines } = await load(next)
    expect(done.changed).toEqual(planned.changed)
    expect(lines).toContainEqual([
      'people.changed',
      { staffNo: '1003', department: { from: 'night', to: 'hr' }, manager: { from: '1002', to: '1001' } },
    ])
    // The log forgets nothing, so it is not told addresses.
    expect(JSON.stringify(lines)).not.toContain('@example.com')
    expect(await plan(next)).toMatchObject({ changed: [], unchanged: 3 })
    expect(await within((tx) => personByAccount(tx, 'lark', 'ou_2'))).toBeUndefined()
  })

  it('lets those who are no longer in the file leave, keeps what was theirs, and takes them back as the same', async () => {
    await load(FILE)
    const [, an] = await everybody()
    const without = FILE.replace(/ {2}- staffNo: '1002'[\s\S]*(?= {2}- \{ staffNo: '1003')/, '').replace(
      ", manager: '1002'",
      '',
    )
    expect((await plan(without)).left).toEqual([{ staffNo: '1002', name: '安然' }])
    const { lines } = await load(without)
    expect(lines.map(([action]) => action)).toEqual(['people.left', 'people.changed'])
    const gone = await within((tx) => peopleFor(tx, policy).byId(an?.id ?? ''))
    expect(gone).toMatchObject({ name: '安然', active: false })
    expect((await within((tx) => personByAccount(tx, 'slack', 'U2')))?.active).toBe(false)
    expect((await plan(without)).left).toEqual([])
    const { done } = await load(FILE)
    expect(done.changed).toContainEqual({ staffNo: '1002', name: '安然', field: 'active', from: false, to: true })
    expect((await everybody())[1]).toEqual(an)
  })

  it('moves an account that the file gives to somebody else, and says so', async () => {
    await load(FILE)
    const next = FILE.replace('slack: [U2, U3], ', '').replace(
      "manager: '1002' }",
      "manager: '1002', accounts: { slack: U2 } }",
    )
    const planned = await plan(next)
    expect(planned.moved).toEqual([{ platform: 'slack', account: 'U2', from: '1002', to: '1003' }])
    await load(next)
    const owner = async (account: string) => (await within((tx) => personByAccount(tx, 'slack', account)))?.staffNo
    expect(await owner('U2')).toBe('1003')
    // Of a platform that an entry does not name nothing is taken away.
    expect(await owner('U3')).toBe('1002')
  })

  it('leaves alone what people linked and chose in chat, and when an account was last used', async () => {
    await load(FILE)
    const [boss] = await everybody()
    await within(async (tx) => {
      await linkAccount(tx, { platform: 'wecom', account: 'w1', personId: boss?.id ?? '', at })
      await touchAccount(tx, { platform: 'slack', account: 'U1' }, at)
      await tx.sql(`UPDATE person SET preferred_platform = 'wecom' WHERE id = $1`, [boss?.id])
    })
    await load(FILE.replace('沈静', '沈静静'))
    const rows = await within((tx) =>
      tx.db.account.findMany({ where: { personId: boss?.id ?? '' }, orderBy: { platform: 'asc' } }),
    )
    expect(rows.map(({ platform, lastUsedAt }) => [platform, lastUsedAt?.getTime()])).toEqual([
      ['slack', at],
      ['wecom', undefined],
    ])
    const person = await within((tx) => tx.db.person.findUnique({ where: { staffNo: '1001' } }))
    expect(person).toMatchObject({ name: '沈静静', preferredPlatform: 'wecom' })
  })

  it('applies what is true now, not what was planned before somebody else imported', async () => {
    const people = await peopleOf(FILE)
    const stale = await within((tx) => planImport(tx, people))
    await load(FILE)
    const done = await test.second.transact('people', (tx) => applyImport(tx, stale, at, async () => {}))
    expect(stale.added).toHaveLength(3)
    expect(done).toMatchObject({ added: [], changed: [], unchanged: 3 })
    expect(await everybody()).toHaveLength(3)
  })

  it('by two processes at once adds everybody once', async () => {
    const people = await peopleOf(FILE)
    const run = (db: typeof test.db) =>
      db.transact('people', async (tx) => applyImport(tx, await planImport(tx, people), at, async () => {}))
    const done = await Promise.all([run(test.db), run(test.second)])
    expect(done.map(({ added }) => added.length).toSorted()).toEqual([0, 3])
    expect(await everybody()).toHaveLength(3)
  })
})

describe('an export', () => {
  it('reads back as the same people', async () => {
    await load(FILE)
    const text = await within((tx) => exported(tx))
    expect(await peopleOf(text)).toEqual(await peopleOf(FILE))
    expect(await plan(text)).toMatchObject({ added: [], changed: [], left: [], unchanged: 3 })
    expect(text).toContain('pattern: early')
    expect(text).not.toContain('Asia/Shanghai')
  })
  it('holds nobody who left, and nobody who points at them', async () => {
    await load(FILE)
    await within((tx) => tx.sql(`UPDATE person SET active = FALSE WHERE staff_no = '1002'`))
    const people = await peopleOf(await within((tx) => exported(tx)))
    expect(people.map(({ staffNo, manager }) => [staffNo, manager])).toEqual([
      ['1001', null],
      ['1003', null],
    ])
  })
  it('keeps what people wrote as text, whatever it looks like', async () => {
    const names = ['*x', '&a', 'yes: no', '# 1', '"', '0012', '~']
    const entries = names.map((name, i) => `  - ${JSON.stringify({ staffNo: `0${i}`, name, department: 'cs' })}`)
    await load(`people:\n${entries.join('\n')}\n`)
    const back = await peopleOf(await within((tx) => exported(tx)))
    expect(back.map(({ staffNo, name }) => [staffNo, name])).toEqual(names.map((name, i) => [`0${i}`, name]))
  })
})
