/** A policy in force: who gets which layer, and what two policies differ in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffPolicies } from '../../../src/engine/policy/diff.ts'
import { hashOf, loadPolicy, type PolicyContent } from '../../../src/engine/policy/loaded.ts'
import { type Json, type JsonMap, merge } from '../../../src/engine/policy/merge.ts'
import { departmentChain, OrganisationPolicy } from '../../../src/engine/policy/organisation.ts'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'
import { contentOf, loaded, ORGANISATION } from './files.ts'

describe('a section', () => {
  const policy = () =>
    loaded(`${ORGANISATION}leave: { draftLapsesAfterHours: 1, requestDaysMax: 1 }
departments:
  top: { leave: { draftLapsesAfterHours: 2, requestDaysMax: 2 } }
  night: { leave: { draftLapsesAfterHours: 3 } }
posts:
  lead: { leave: { draftLapsesAfterHours: 4 } }
`)
  it('is laid from the organisation over the departments, from the top down, to the post', async () => {
    const section = (await policy()).section
    const of = (department: string, post = '') => {
      const { draftLapsesAfterHours, requestDaysMax } = section(LeavePolicy, { department, post })
      return [draftLapsesAfterHours, requestDaysMax]
    }
    expect(section(LeavePolicy).draftLapsesAfterHours).toBe(1)
    expect(of('top')).toEqual([2, 2])
    expect(of('cs')).toEqual([2, 2])
    expect(of('night')).toEqual([3, 2])
    expect(of('night', 'agent')).toEqual([3, 2])
    expect(of('night', 'lead')).toEqual([4, 2])
    // Somebody whose department the policy has dropped is still somebody of the organisation.
    expect(of('gone', 'lead')).toEqual([4, 1])
  })
  it('is the same object every time, and nobody can change it for the others', async () => {
    const { section } = await policy()
    const once = section(LeavePolicy, { department: 'cs', post: '' })
    expect(section(LeavePolicy, { department: 'cs', post: '' })).toBe(once)
    expect(() => Object.assign(once.types['annual'] ?? {}, { allowanceDays: 99 })).toThrow(TypeError)
  })
  it('gives its defaults when nobody speaks of it, and the reader gives those of a department', async () => {
    const { reader, section } = await policy()
    expect(section(LeavePolicy).defaultType).toBe('personal')
    expect(reader.departments).toEqual(['top', 'cs', 'night'])
    expect(reader.section(LeavePolicy, 'night').draftLapsesAfterHours).toBe(3)
    expect(reader.section(LeavePolicy).draftLapsesAfterHours).toBe(1)
  })
  it('that this program cannot read says which version and what to do', () => {
    const old = loadPolicy({ sections: { leave: { lengthOfDrafts: 3 } }, departments: {}, posts: {} }, 7)
    expect(() => old.section(LeavePolicy)).toThrow(
      /^Policy version 7 does not fit this program: leave: .*ops policy apply/,
    )
  })
  it('turns names into both languages and maps into lists in the order of the file', async () => {
    const organisation = (await policy()).section(OrganisationPolicy)
    expect(organisation.name).toEqual({ 'zh-CN': '测试', en: 'Test' })
    expect(organisation.roles.map(({ id }) => id)).toEqual(['boss', 'admin'])
    expect(organisation.zone).toBe('Asia/Shanghai')
    expect(departmentChain(organisation, 'night')).toEqual(['night', 'cs', 'top'])
    expect(departmentChain(organisation, 'gone')).toEqual([])
  })
  it('knows the days of the company and of a year that came with the policy', async () => {
    const { calendar } = await loaded(
      `${ORGANISATION}calendar:\n  companyDays: [{ date: 2026-11-11, name: { zh: 司庆, en: Anniversary }, works: off }]\n`,
    )
    expect(calendar.day('2026-11-11')).toMatchObject({ kind: 'company-day', works: 'off' })
    expect(calendar.day('2026-11-12')).toMatchObject({ kind: 'ordinary' })
  })
})

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 2 }))
const keyed = <T extends Json>(value: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom('a', 'b', 'c'), value)
const map: fc.Arbitrary<JsonMap> = keyed(fc.oneof(leaf, keyed(fc.oneof(leaf, keyed(leaf)))))

describe('laying one layer over another', () => {
  it('changes nothing with nothing, wins wherever it speaks, and does no more the second time', () => {
    fc.assert(
      fc.property(map, map, (x, y) => {
        expect(merge(x, {})).toEqual(x)
        expect(merge(undefined, x)).toEqual(x)
        expect(merge(merge(x, y), y)).toEqual(merge(x, y))
        for (const key of Object.keys(x)) if (!Object.hasOwn(y, key)) expect(merge(x, y)).toHaveProperty(key, x[key])
        for (const key of Object.keys(y))
          if (typeof y[key] !== 'object') expect(merge(x, y)).toHaveProperty(key, y[key])
      }),
    )
  })
  it('treats keys of every name as data', () => {
    const above = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as JsonMap
    const merged = merge({}, above) as JsonMap
    expect(Object.keys(merged)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('the difference of two policies', () => {
  const content = (leave: JsonMap): PolicyContent => ({ sections: { leave }, departments: {}, posts: {} })
  it('names every path that was added, removed or changed, and a new order', () => {
    expect(
      diffPolicies(content({ a: 1, b: { c: [1], d: 2 }, e: 3 }), content({ b: { c: [2], d: 2, f: 4 }, a: 1 })),
    ).toEqual([
      { path: 'leave.b.c', kind: 'changed', from: [1], to: [2] },
      { path: 'leave.b.f', kind: 'added', to: 4 },
      { path: 'leave.e', kind: 'removed', from: 3 },
      { path: 'leave', kind: 'order', from: ['a', 'b'], to: ['b', 'a'] },
    ])
  })
  it('says which department it is about', async () => {
    const one = await contentOf(`${ORGANISATION}departments: { cs: { leave: { requestDaysMax: 3 } } }\n`)
    const other = await contentOf(`${ORGANISATION}departments: { cs: { leave: { requestDaysMax: 4 } } }\n`)
    expect(diffPolicies(one, other)).toEqual([
      { path: 'departments.cs.leave.requestDaysMax', kind: 'changed', from: 3, to: 4 },
    ])
  })
  it('is empty exactly when both have the same hash', () => {
    fc.assert(
      fc.property(map, map, (x, y) => {
        expect(diffPolicies(content(x), content(y)).length === 0).toBe(hashOf(content(x)) === hashOf(content(y)))
      }),
    )
  })
  it('does not see comments and layout, nor does the hash', async () => {
    const tidy = await contentOf(`${ORGANISATION}leave: { draftLapsesAfterHours: 9 }\n`)
    const untidy = await contentOf(`# hours\n${ORGANISATION}\n\nleave:\n    draftLapsesAfterHours:    9 # nine\n`)
    expect(hashOf(untidy)).toBe(hashOf(tidy))
  })
})
