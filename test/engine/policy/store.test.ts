/** Policies in the database: numbered, never twice the same in a row, and every process follows the newest. */
import { describe, expect, it } from 'vitest'
import { type ImportedYear, importedYearSchema } from '../../../src/engine/policy/calendar.ts'
import { createPolicyStore } from '../../../src/engine/policy/store.ts'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'
import { testDatabase } from '../../support/database.ts'
import { YEAR_2027 } from '../../support/year-2027.ts'
import { contentOf, ORGANISATION } from './files.ts'

const test = testDatabase()
const at = Date.parse('2026-09-28T09:00:00+08:00')
const hours = (n: number) => contentOf(`${ORGANISATION}leave: { draftLapsesAfterHours: ${n} }\n`)
const apply = (
  store: ReturnType<typeof createPolicyStore>,
  content: Awaited<ReturnType<typeof contentOf>>,
  db = test.db,
) => db.transact('people', (tx) => store.apply(tx, content, 'YS001', at))

const YEAR: ImportedYear = importedYearSchema.parse(YEAR_2027)

describe('imported years', () => {
  it('hold under every version, are followed by other processes, and not when they were rolled back', async () => {
    const [ours, theirs] = [createPolicyStore(), createPolicyStore()]
    await apply(ours, await hours(5))
    await apply(theirs, await hours(5), test.second)
    const importing = (year: ImportedYear, fail = false) =>
      test.db.transact('people', async (tx) => {
        const changed = await ours.importYear(tx, year, 'ops', at)
        if (fail) throw new Error('no')
        return changed
      })
    const refresh = () => test.second.transact('work', (tx) => theirs.refresh(tx))
    await expect(importing(YEAR, true)).rejects.toThrow('no')
    expect(ours.current().calendar.knows(2027)).toBe(false)
    expect(await refresh()).toBe(false)
    expect(await importing(YEAR)).toBe(true)
    expect(await importing(YEAR)).toBe(false)
    expect(ours.current().calendar.knows(2027)).toBe(true)
    expect(theirs.current().calendar.knows(2027)).toBe(false)
    expect(await refresh()).toBe(true)
    expect(theirs.current().calendar.day('2027-02-09').kind).toBe('bridge-day')
    expect(await refresh()).toBe(false)
    await apply(ours, await hours(6))
    expect(ours.current().calendar.knows(2027)).toBe(true)
    await importing({
      ...YEAR,
      companyDays: [{ date: '2027-02-11', name: { 'zh-CN': '年休', en: 'Break' }, works: 'off' }],
    })
    expect(ours.current().calendar.day('2027-02-11').kind).toBe('company-day')
    // Asked of the newest version of the database, which this process need not have seen.
    const asked: number[] = []
    const { version } = await apply(theirs, await hours(7), test.second)
    const refused = test.db.transact('people', (tx) =>
      ours.importYear(tx, { ...YEAR, source: 'other' }, 'ops', at, (newest) => {
        asked.push(newest.version)
        throw new Error('written there')
      }),
    )
    await expect(refused).rejects.toThrow('written there')
    expect(asked).toEqual([version])
    expect(ours.current().importedYears[0]?.source).toBe(YEAR.source)
    const fresh = createPolicyStore()
    await test.db.transact('work', (tx) => fresh.refresh(tx))
    expect(fresh.current().calendar.version).toBe(ours.current().calendar.version)
  })
})

describe('the store', () => {
  it('has no policy until one is applied, and says so', () => {
    expect(() => createPolicyStore().current()).toThrow(/No policy is in force yet/)
  })

  it('numbers each new policy and makes none of the same again', async () => {
    const store = createPolicyStore()
    const first = await apply(store, await hours(5))
    expect(first.changed).toBe(true)
    expect(store.current().version).toBe(first.version)
    expect(await apply(store, await hours(5))).toEqual({ version: first.version, changed: false })
    const second = await apply(store, await hours(6))
    expect(second).toEqual({ version: first.version + 1, changed: true })
    // Going back is a change too.
    expect((await apply(store, await hours(5))).version).toBe(first.version + 2)
    const rows = await test.db.transact('people', ({ db }) => db.policyVersion.findMany({ orderBy: { number: 'asc' } }))
    expect(rows.map(({ loadedBy, loadedAt }) => [loadedBy, loadedAt.getTime()])).toEqual(Array(3).fill(['YS001', at]))
  })

  it('follows what another process applied, once', async () => {
    const ours = createPolicyStore()
    const theirs = createPolicyStore()
    const { version } = await apply(ours, await hours(5))
    await apply(theirs, await hours(7), test.second)
    const refresh = () => test.db.transact('work', (tx) => ours.refresh(tx))
    expect(ours.current().version).toBe(version)
    expect(await refresh()).toBe(true)
    expect(ours.current().section(LeavePolicy).draftLapsesAfterHours).toBe(7)
    expect(await refresh()).toBe(false)
  })

  it('two processes that start at once store the same file once', async () => {
    const stores = [createPolicyStore(), createPolicyStore()]
    const content = await hours(5)
    const results = await Promise.all(stores.map((store, i) => apply(store, content, i === 0 ? test.db : test.second)))
    expect(results.map(({ changed }) => changed).toSorted()).toEqual([false, true])
    expect(stores[0]?.current().version).toBe(stores[1]?.current().version)
  })

  it('works on with the old policy when the new one was rolled back', async () => {
    const store = createPolicyStore()
    const { version } = await apply(store, await hours(5))
    const content = await hours(6)
    const failing = test.db.transact('people', async (tx) => {
      await store.apply(tx, content, 'YS001', at)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(store.current().version).toBe(version)
    expect(await test.db.transact('work', (tx) => store.refresh(tx))).toBe(false)
  })

  it('keeps every version for the requests that were filed under it, in the order of the file', async () => {
    const store = createPolicyStore()
    const types =
      'types: { wedding: { name: { zh: 婚假, en: Wedding } }, personal: {}, a: { name: { zh: 甲, en: A } } }'
    const { version } = await apply(store, await contentOf(`${ORGANISATION}leave: { ${types} }\n`))
    await apply(store, await hours(6))
    const elsewhere = createPolicyStore()
    const old = await test.db.transact('people', (tx) => elsewhere.at(tx, version))
    expect(Object.keys(old.section(LeavePolicy).types)).toEqual(['wedding', 'personal', 'a'])
    expect(old.version).toBe(version)
    expect(await test.db.transact('people', (tx) => elsewhere.at(tx, version))).toBe(old)
    await expect(test.db.transact('people', (tx) => store.at(tx, 99))).rejects.toThrow('There is no policy version 99')
  })
})
