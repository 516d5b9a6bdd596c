/** The section `leave` of a policy: what holds without a word, what a short file may say, and how mistakes are named. */
import { describe, expect, it } from 'vitest'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'

const read = (section: object) => LeavePolicy.schema.safeParse(section)
const problems = (section: object) =>
  (read(section).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('a policy of leave', () => {
  it('holds without a word: the own manager decides, nothing is limited, nobody is held to a notice', () => {
    const leave = LeavePolicy.schema.parse({})
    expect(leave).toMatchObject({
      defaultType: 'personal',
      chains: [{ steps: ['manager'] }],
      notice: [],
      draftLapsesAfterHours: 24,
      requestDaysMax: 366,
    })
    expect(Object.keys(leave.types)).toEqual([
      'personal',
      'annual',
      'sick',
      'marriage',
      'maternity',
      'paternity',
      'bereavement',
      'lieu',
    ])
    expect(
      Object.values(leave.types).every(({ allowanceDays, decision }) => allowanceDays === null && decision === 'chain'),
    ).toBe(true)
  })

  it('gives a known type its names and words, and keeps what the file adds', () => {
    const { annual, personal } = LeavePolicy.schema.parse({
      types: {
        personal: {},
        annual: { allowanceDays: 10, aliases: { zh: ['公休'] }, name: { zh: '公休假', en: 'Annual leave' } },
      },
    }).types
    expect(personal?.name).toEqual({ 'zh-CN': '事假', en: 'Personal leave' })
    expect(annual).toMatchObject({
      name: { 'zh-CN': '公休假' },
      allowanceDays: 10,
      aliases: expect.arrayContaining(['annual', '公休']),
    })
  })

  it.each<[string, object, RegExp]>([
    [
      'a default that is no type',
      { defaultType: 'moon' },
      /^defaultType: moon is no type of leave here; there are personal/,
    ],
    [
      'a chain for a type that is none',
      { chains: [{ steps: ['a'] }, { types: ['moon'], steps: ['a'] }] },
      /^chains\.1\.types\.0: moon is no type/,
    ],
    ['notice for a type that is none', { notice: [{ types: ['moon'], days: 1 }] }, /^notice\.0\.types\.0: moon/],
    ['both thresholds', { chains: [{ steps: ['a'], from: 3, above: 3 }] }, /^chains\.0: write from: .* or above:/],
    ['two lengths of notice', { notice: [{ days: 3, months: 1 }] }, /^notice\.0: write exactly one of/],
    ['no length of notice', { notice: [{ types: ['personal'] }] }, /^notice\.0: write exactly one of/],
    ['a quarter of a day', { types: { personal: { allowanceDays: 0.25 } } }, /whole or half days/],
    [
      'a new type without a name',
      { types: { personal: {}, 'shift-rest': {} } },
      /^types\.shift-rest\.name: give shift-rest a name in zh and en/,
    ],
    [
      'no decision and nobody told',
      { types: { personal: {}, sick: { decision: 'none' } } },
      /^types\.sick\.tells: with decision: none name at least one role/,
    ],
    [
      'short leave that no chain decides',
      { chains: [{ from: 3, steps: ['a'] }] },
      /^chains: no chain decides a short leave of type personal/,
    ],
    ['an unknown key', { types: { personal: { alowance: 3 } } }, /alowance/],
    ['no type at all', { types: {} }, /name at least one type/],
  ])('is refused for %s', (_, section, expected) => {
    expect(problems(section)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]))
  })
})
