/** What a start does with a people file that lets people go: ordinary leaving passes, a file that was cut off does not. */
import { describe, expect, it } from 'vitest'
import { manualClock } from '../src/core/clock.ts'
import type { FilePerson } from '../src/engine/identity/people-file.ts'
import { createPolicyStore } from '../src/engine/policy/store.ts'
import { checkedPeople, checkedPolicy, DEMONSTRATION, importPeople, textFile } from '../src/files.ts'
import { refuseAtStart, wrongAtStart } from '../src/people-at-start.ts'
import { peopleOf, policyOf, someone } from './engine/identity/department.ts'
import { testDatabase } from './support/database.ts'

const test = testDatabase()
const policy = await policyOf()
const number = (i: number) => String(1000 + i)
/** So many people; the first of them holds the fallback role, which has every permission. */
const active = (count: number) =>
  Array.from({ length: count }, (_, i) => someone({ staffNo: number(i), roles: i === 0 ? ['admin'] : [] }))
const file = (numbers: readonly number[], admins: readonly number[] = [0]) =>
  peopleOf(
    `people: ${JSON.stringify(
      numbers.map((i) => ({
        staffNo: number(i),
        name: '某',
        department: 'cs',
        roles: admins.includes(i) ? ['admin'] : [],
      })),
    )}`,
  )
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe('at a start', () => {
  it.each([
    { of: 15, stay: 10, told: [] },
    { of: 14, stay: 9, told: ['5 of 14 active people are not in it and would become inactive'] },
    { of: 6, stay: 2, told: [] },
    { of: 5, stay: 1, told: [] },
  ])('of $of people $stay stay', async ({ of, stay, told }) => {
    expect(wrongAtStart(active(of), await file(range(0, stay)), policy)).toEqual(told)
  })

  it('the last who hold the fallback role, or are told when something is wrong, do not leave unless others come', async () => {
    expect(wrongAtStart(active(4), await file([1, 2, 3]), policy)).toEqual([
      '1 of 1 active people with the fallback role admin would become inactive',
      '1 of 1 active people with the permission administration.told would become inactive',
    ])
    expect(wrongAtStart(active(4), await file([1, 2, 3, 9], [9]), policy)).toEqual([])
    expect(wrongAtStart(active(4), await file([0, 1, 2, 3], []), policy)).toEqual([])
  })

  it('nobody in the file is wrong only where somebody is', async () => {
    expect(wrongAtStart(active(3), [], policy)).toEqual(['it names nobody: all 3 active people would become inactive'])
    expect(wrongAtStart([], [], policy)).toEqual([])
  })
})

it('the people of the demonstration make room for a department, but not once somebody real is among them', async () => {
  const clock = manualClock('2026-09-28T09:00:00+08:00')
  const store = createPolicyStore()
  const content = await checkedPolicy(await textFile(DEMONSTRATION.policy))
  await test.db.transact('people', (tx) => store.apply(tx, content, 'start', clock.now()))
  const invented = checkedPeople(await textFile(DEMONSTRATION.people), store.current())
  await importPeople(test.db, clock, invented)
  const people = await file([0])
  const start = () =>
    test.db.transact('work', (tx) =>
      refuseAtStart(tx, store, { files: { policy: 'p.yaml', people: 'people.yaml' }, people, policy }),
    )
  await expect(start()).resolves.toBeUndefined()
  await importPeople(test.db, clock, [...invented, { ...invented[0], staffNo: '7', accounts: {} } as FilePerson])
  await expect(start()).rejects.toThrow(/active people are not in it/)
})
