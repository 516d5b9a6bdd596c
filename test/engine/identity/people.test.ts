/** Who is found for a role, who stands in for whom, and where each person is reached. */
import { describe, expect, it } from 'vitest'
import { Refusal } from '../../../src/core/errors.ts'
import type { Tx } from '../../../src/engine/db/transaction.ts'
import {
  accountsOf,
  addressOf,
  linkAccount,
  personByAccount,
  touchAccount,
  unlinkAccount,
} from '../../../src/engine/identity/accounts.ts'
import { peopleFor } from '../../../src/engine/identity/people.ts'
import { testDatabase } from '../../support/database.ts'
import { at, importing, policyOf } from './department.ts'

const test = testDatabase()
const policy = await policyOf()
const MINUTE_MS = 60_000

/** Runs `work` in a department of these people; `id` gives a person's id by staff number. */
const among = <T>(lines: readonly string[], work: (tx: Tx, id: (staffNo: string) => string) => Promise<T>) =>
  test.db.transact('people', async (tx) => {
    await importing(tx, ['people:', ...lines].join('\n'))
    const all = await peopleFor(tx, policy).all()
    return work(tx, (staffNo) => all.find((person) => person.staffNo === staffNo)?.id ?? '')
  })
const person = (staffNo: string, department: string, more = '') =>
  `  - { staffNo: '${staffNo}', name: 人, department: ${department}${more} }`
const leave = (tx: Tx, staffNo: string) => tx.sql('UPDATE person SET active = FALSE WHERE staff_no = $1', [staffNo])

describe('the holders of a role', () => {
  const lines = [
    person('1', 'top', ', roles: [supervisor]'),
    person('2', 'cs', ', roles: [supervisor]'),
    person('3', 'cs', ', roles: [supervisor]'),
    person('4', 'hr', ', roles: [hr]'),
    person('5', 'night'),
  ]
  const holders = (tx: Tx, role: string, department: string) =>
    peopleFor(tx, policy)
      .withRole(role, department)
      .then((found) => found.map(({ staffNo }) => staffNo))

  it('are all those of the nearest department upwards that has any who are still here', async () => {
    await among(lines, async (tx) => {
      expect(await holders(tx, 'supervisor', 'cs')).toEqual(['2', '3'])
      expect(await holders(tx, 'supervisor', 'night')).toEqual(['2', '3'])
      expect(await holders(tx, 'supervisor', 'hr')).toEqual(['1'])
      await leave(tx, '2')
      expect(await holders(tx, 'supervisor', 'night')).toEqual(['3'])
      await leave(tx, '3')
      expect(await holders(tx, 'supervisor', 'night')).toEqual(['1'])
    })
  })
  it('of a role that serves the organisation are found from everywhere; of a role nobody has, nobody is', async () => {
    await among(lines, async (tx) => {
      expect(await holders(tx, 'hr', 'night')).toEqual(['4'])
      expect(await holders(tx, 'admin', 'night')).toEqual([])
      expect(await holders(tx, 'supervisor', 'no-such-department')).toEqual([])
    })
  })
})

describe('a delegate', () => {
  const to = (staffNo: string) => `, delegate: { to: '${staffNo}', from: 2026-09-28, until: 2026-09-28 }`
  const stands = (tx: Tx, id: string) =>
    peopleFor(tx, policy)
      .delegateOf(id, at)
      .then((found) => found?.staffNo)

  it('who has named one of their own passes it on; in a circle the last before it closes acts', async () => {
    await among([person('1', 'cs', to('2')), person('2', 'cs', to('3')), person('3', 'cs')], async (tx, id) => {
      expect(await stands(tx, id('1'))).toBe('3')
      expect(await stands(tx, id('3'))).toBeUndefined()
    })
    await among(
      [person('1', 'cs', to('2')), person('2', 'cs', to('3')), person('3', 'cs', to('1'))],
      async (tx, id) => {
        expect(await stands(tx, id('1'))).toBe('3')
        expect(await stands(tx, id('2'))).toBe('1')
      },
    )
  })
  it('nobody acts by a chain that passes or reaches the one it may not', async () => {
    await among([person('1', 'cs', to('2')), person('2', 'cs', to('3')), person('3', 'cs')], async (tx, id) => {
      const through = (staffNo: string) => peopleFor(tx, policy).delegateOf(id('1'), at, id(staffNo))
      expect(await through('2')).toBeUndefined()
      expect(await through('3')).toBeUndefined()
      expect((await through('1'))?.staffNo).toBe('3')
    })
  })
  it('who has left acts for nobody', async () => {
    await among([person('1', 'cs', to('2')), person('2', 'cs')], async (tx, id) => {
      await leave(tx, '2')
      expect(await stands(tx, id('1'))).toBeUndefined()
    })
  })
})

describe('people', () => {
  it('are found by id, by staff number and by department, without its sub-departments', async () => {
    await among([person('1', 'cs'), person('2', 'night'), person('3', 'cs')], async (tx, id) => {
      const people = peopleFor(tx, policy)
      expect((await people.byStaffNo('2'))?.id).toBe(id('2'))
      expect((await people.byIds([id('3'), id('1')])).map(({ staffNo }) => staffNo)).toEqual(['1', '3'])
      await leave(tx, '3')
      expect((await people.inDepartment('cs')).map(({ staffNo }) => staffNo)).toEqual(['1'])
      expect((await people.all()).map(({ staffNo, active }) => [staffNo, active])).toEqual([
        ['1', true],
        ['2', true],
        ['3', false],
      ])
      expect(await people.byStaffNo('9')).toBeUndefined()
    })
  })
})

describe('an account', () => {
  const two = [person('1', 'cs'), person('2', 'cs')]

  it('is linked once, to one person; somebody else’s is refused in both languages and stays theirs', async () => {
    await among(two, async (tx, id) => {
      const link = (staffNo: string) => linkAccount(tx, { platform: 'slack', account: 'U1', personId: id(staffNo), at })
      await link('1')
      await link('1')
      const refused = await link('2').catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Refusal)
      expect((refused as Refusal).say('zh-CN')).toContain('已经绑定')
      expect((refused as Refusal).say('en')).toContain('belongs to somebody else')
      expect((await personByAccount(tx, 'slack', 'U1'))?.staffNo).toBe('1')
      expect(await unlinkAccount(tx, { platform: 'slack', account: 'U1' })).toBe(true)
      expect(await unlinkAccount(tx, { platform: 'slack', account: 'U1' })).toBe(false)
      await link('2')
      expect((await personByAccount(tx, 'slack', 'U1'))?.staffNo).toBe('2')
      expect(await personByAccount(tx, 'lark', 'U1')).toBeUndefined()
    })
  })

  it('is marked as used at most once in five minutes', async () => {
    await among([person('1', 'cs', ', accounts: { slack: U1 }')], async (tx) => {
      const touch = async (instant: number) => {
        await touchAccount(tx, { platform: 'slack', account: 'U1' }, instant)
        const [row] = await tx.sql<{ last_used_at: Date }>('SELECT last_used_at FROM account')
        return row?.last_used_at.getTime()
      }
      expect(await touch(at)).toBe(at)
      expect(await touch(at + 5 * MINUTE_MS - 1)).toBe(at)
      expect(await touch(at + 5 * MINUTE_MS)).toBe(at + 5 * MINUTE_MS)
    })
  })

  it('is chosen by preference, then by last use, then by age, among the platforms that are on', async () => {
    await among([person('1', 'cs', ', prefers: wecom'), person('2', 'cs')], async (tx, id) => {
      const link = (account: string, staffNo: string, platform: string, minutes: number) =>
        linkAccount(tx, { platform, account, personId: id(staffNo), at: at + minutes * MINUTE_MS })
      for (const staffNo of ['1', '2']) {
        await link(`s${staffNo}`, staffNo, 'slack', 1)
        await link(`l${staffNo}`, staffNo, 'lark', 0)
        await link(`w${staffNo}`, staffNo, 'wecom', 2)
      }
      const address = async (staffNo: string, ...platforms: string[]) =>
        (await addressOf(tx, id(staffNo), platforms))?.account
      expect(await address('1', 'slack', 'lark', 'wecom')).toBe('w1')
      expect(await address('1', 'slack', 'lark')).toBe('l1')
      expect(await address('2', 'slack', 'lark', 'wecom')).toBe('l2')
      await touchAccount(tx, { platform: 'slack', account: 's2' }, at)
      expect(await address('2', 'slack', 'lark', 'wecom')).toBe('s2')
      expect(await address('2', 'lark', 'wecom')).toBe('l2')
      expect(await address('2', 'simulator')).toBeUndefined()
      await link('s9', '2', 'slack', 3)
      expect(await accountsOf(tx, [id('1'), id('2')], 'slack')).toEqual({ [id('1')]: 's1', [id('2')]: 's2' })
      expect(await accountsOf(tx, [], 'slack')).toEqual({})
    })
  })
})
