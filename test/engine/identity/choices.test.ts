/** What people chose for themselves goes before the people file, and neither takes the other away; codes are used once, by one. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Tx } from '#engine/db/transaction.ts'
import { addressOf, linkAccount, linkAccounts } from '#engine/identity/accounts.ts'
import { choiceOf, choose, preferredOf } from '#engine/identity/choices.ts'
import { makeCode, useCode } from '#engine/identity/codes.ts'
import { delegateTo, delegationsOf, endOwnDelegations } from '#engine/identity/delegations.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { exportedPeople, planImport } from '#engine/identity/people-import.ts'
import { testDatabase } from '../../support/database.ts'
import { at, importing, peopleOf, policyOf } from './department.ts'

const test = testDatabase()
const policy = await policyOf()
const within = <T>(work: (tx: Tx) => Promise<T>) => test.db.transact('people', work)
const FILE = `people:
  - { staffNo: '1', name: 安然, department: cs, language: en, prefers: slack, accounts: { slack: U1, lark: ou_1 }, delegate: { to: '2', from: 2026-10-01, until: 2026-10-07 } }
  - { staffNo: '2', name: 李明, department: cs }
`
const person = async (staffNo: string) => {
  const found = await within((tx) => peopleFor(tx, policy).byStaffNo(staffNo))
  if (!found) throw new Error(`nobody is ${staffNo}`)
  return found
}
let an = ''
beforeEach(async () => {
  await within((tx) => importing(tx, FILE))
  an = (await person('1')).id
})

describe('a choice', () => {
  it('goes before the file, is neither exported nor taken back by an import, and ends when it is taken back', async () => {
    expect(await within((tx) => choose(tx, an, { locale: 'zh-CN', preferredPlatform: 'lark' }))).toEqual({
      locale: null,
      preferredPlatform: null,
      quiet: null,
    })
    await within((tx) => choose(tx, an, { quiet: { from: '22:00', until: '08:00' } }))
    const file = await peopleOf(FILE)
    expect(await within((tx) => planImport(tx, file))).toMatchObject({ changed: [], unchanged: 2 })
    await within((tx) => importing(tx, FILE.replace('安然', '安然然')))
    expect(await person('1')).toMatchObject({ name: '安然然', locale: 'zh-CN' })
    expect((await within(exportedPeople))[0]).toMatchObject({ language: 'en', prefers: 'slack' })
    expect(await within((tx) => addressOf(tx, an, ['slack', 'lark']))).toMatchObject({ platform: 'lark' })
    expect(await within((tx) => preferredOf(tx, an))).toBe('lark')
    await within((tx) => choose(tx, an, { locale: null, preferredPlatform: null }))
    expect(await person('1')).toMatchObject({ locale: 'en' })
    expect(await within((tx) => addressOf(tx, an, ['slack', 'lark']))).toMatchObject({ platform: 'slack' })
    expect((await within((tx) => choiceOf(tx, an))).quiet).toEqual({ from: '22:00', until: '08:00' })
  })
})

describe('a delegate named by oneself', () => {
  const li = async () => (await person('2')).id
  const name = async (from: string, until: string) => {
    const [me, delegateId] = [await person('1'), await li()]
    await within((tx) => delegateTo(tx, { person: me, delegateId, from, until, at }))
  }

  it('is one at a time, begins now when it begins today, and leaves the file’s alone, as an import leaves theirs', async () => {
    const today = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)
    await name(today, '2099-01-01')
    await name(today, '2099-02-01')
    await within((tx) => importing(tx, FILE.replace('安然', '安然然')))
    const own = (await within((tx) => delegationsOf(tx, an, at))).filter(({ isOwn }) => isOwn)
    expect(own).toEqual([
      { delegateId: await li(), from: at, until: Date.parse('2099-02-02T00:00:00+08:00'), isOwn: true },
    ])
    expect(await within((tx) => endOwnDelegations(tx, an, at + 60_000))).toBe(true)
    expect(await within((tx) => endOwnDelegations(tx, an, at + 60_000))).toBe(false)
    expect((await within((tx) => delegationsOf(tx, an, at + 60_000))).filter(({ isOwn }) => isOwn)).toEqual([])
    expect((await within((tx) => delegationsOf(tx, an, at))).some(({ isOwn }) => !isOwn)).toBe(true)
  })
})

describe('many accounts at once', () => {
  const link = (...links: readonly [account: string, personId: string][]) =>
    within((tx) =>
      linkAccounts(
        tx,
        'slack',
        links.map(([account, personId]) => ({ account, personId })),
        at,
      ),
    )
  const owned = () => within(({ sql }) => sql(`SELECT account FROM account WHERE platform = 'slack' ORDER BY 1`))

  it('are linked together, or not one of them', async () => {
    const lin = (await person('2')).id
    await link(['U2', lin], ['U1', an], ['U3', an])
    expect(await owned()).toEqual([{ account: 'U1' }, { account: 'U2' }, { account: 'U3' }])
    await expect(link(['U4', an], ['U2', an])).rejects.toThrow(/belongs to somebody else/)
    expect(await owned()).toHaveLength(3)
  })
})

describe('a code', () => {
  const use = (db: typeof test.db, account: string, code: string, now = at) =>
    db.transact('people', (tx) => useCode(tx, { platform: 'wecom', account, code, now }))

  it('links one account, also when two processes are given it at the same moment', async () => {
    const code = await within((tx) => makeCode(tx, an, at))
    const uses = await Promise.all([use(test.db, 'w1', code), use(test.second, 'w2', code)])
    expect(uses.map(({ kind }) => kind).sort()).toEqual(['linked', 'wrong'])
  })

  it('counts exactly at its end, and no more once there is a newer one', async () => {
    const first = await within((tx) => makeCode(tx, an, at))
    const second = await within((tx) => makeCode(tx, an, at))
    expect(await use(test.db, 'w1', first)).toMatchObject({ kind: 'wrong' })
    expect(await use(test.db, 'w1', second, at + 10 * 60_000)).toEqual({ kind: 'linked', personId: an })
    expect(await within(({ sql }) => sql('SELECT 1 FROM link_attempt'))).toEqual([])
  })

  it('is kept as a hash, and no use to who has left or to an account that is somebody’s', async () => {
    const code = await within((tx) => makeCode(tx, an, at))
    expect(JSON.stringify(await within(({ sql }) => sql('SELECT * FROM link_code')))).not.toContain(code)
    const other = (await person('2')).id
    await within((tx) => linkAccount(tx, { platform: 'wecom', account: 'w2', personId: other, at }))
    expect(await use(test.db, 'w2', code)).toEqual({ kind: 'taken', isOwn: false })
    await within(({ sql }) => sql('UPDATE person SET active = FALSE WHERE id = $1', [an]))
    expect(await use(test.db, 'w3', code)).toMatchObject({ kind: 'wrong' })
  })
})
