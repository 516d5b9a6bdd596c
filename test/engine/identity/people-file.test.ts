/** A people file is checked as a whole: every problem with its line, and nobody is taken from a file that has one. */
import { describe, expect, it } from 'vitest'
import { DEFAULT_PATTERN } from '../../../src/core/calendar/pattern.ts'
import { readPeopleFile } from '../../../src/engine/identity/people-file.ts'
import { peopleOf, policyOf } from './department.ts'

const policy = await policyOf()
/** The problems of a file that begins with `people:`. */
const problems = (...lines: string[]) => {
  const read = readPeopleFile({ name: 'people.yaml', text: ['people:', ...lines].join('\n') }, policy)
  return 'problems' in read ? read.problems : []
}
const AN = "  - { staffNo: '1001', name: 安然, department: cs }"
const one = (more: string) => `  - { staffNo: '1002', name: 李明, department: cs, ${more} }`
/** Where `more` begins. */
const COLUMN = one('').indexOf(' }') + 1

describe('each mistake is told at its line', () => {
  it.each([
    [
      'a department that is none',
      'department: css',
      '"css" is no department: there are top, cs, night, hr; did you mean cs?',
    ],
    ['a post that is none', 'post: agnt', '"agnt" is no post: there are agent; did you mean agent?'],
    ['a role that is none', 'roles: [chief]', '"chief" is no role: there are supervisor, hr, admin, all-rounder'],
    [
      'a manager who is not in the file',
      "manager: '1009'",
      '"1009" is no staff number of this file: 1001, 1002; did you mean 1001?',
    ],
    [
      'a manager who is oneself',
      "manager: '1002'",
      '1002 is their own manager: leave the manager of the person at the top away',
    ],
    ['a number without quotes', 'manager: 1001', 'write it in quotes: without them 0012 would become 12'],
    [
      'a delegate who is not in the file',
      "delegate: { to: '7', from: 2026-10-01, until: 2026-10-02 }",
      '"7" is no staff number of this file: 1001, 1002',
    ],
    [
      'a delegate who is oneself',
      "delegate: { to: '1002', from: 2026-10-01, until: 2026-10-02 }",
      'nobody can stand in for themselves',
    ],
    [
      'a delegation that ends before it begins',
      "delegate: { to: '1001', from: 2026-10-02, until: 2026-10-01 }",
      'this lies before from: until is the last day',
    ],
    [
      'two delegates on one day',
      "delegate: [{ to: '1001', from: 2026-10-01, until: 2026-10-05 }, { to: '1001', from: 2026-10-05, until: 2026-10-06 }]",
      '2026-10-05 to 2026-10-06 overlaps 2026-10-01 to 2026-10-05: one person stands in at a time',
    ],
    [
      'a zone that is none',
      'zone: Beijing',
      'this is not a time zone: write an IANA name, as Asia/Shanghai or Europe/London',
    ],
    ['a language that is not spoken', 'language: fr', '"fr" is none of zh-CN, zh-TW, en'],
    ['a date that does not exist', 'hired: 2026-02-29', 'this is not a date: write YYYY-MM-DD'],
    ['a pattern that is none', 'pattern: erly', '"erly" is none of calendar.patterns: early; did you mean early?'],
    ['a pattern that is wrong', 'pattern: { weekdays: [8] }', '8 is none of 1, 2, 3, 4, 5, 6, 7'],
    ['an e-mail address that is none', 'email: an', 'this is not an e-mail address'],
    ['a platform that is none', 'accounts: { slak: U1 }', 'did you mean slack?'],
    ['a preferred platform that is none', 'prefers: teams', '"teams" is none of slack, lark, wecom, simulator'],
    ['an unknown key', 'departmnt: cs', 'this key is not known, did you mean department?'],
  ])('%s', (_, more, message) => {
    const line = more.startsWith('department:') ? one('x').replace('department: cs, x', more) : one(more)
    const found = problems(AN, line)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^people\.yaml:3:\d+ people\[1\]/)
    expect(found[0]).toContain(message)
  })

  it('and at its column', () => {
    expect(problems(AN, one('zone: Beijing'))[0]).toMatch(new RegExp(`^people\\.yaml:3:${COLUMN + 'zone: '.length} `))
  })

  it.each([
    ['a staff number', "  - { staffNo: '1001', name: 李明, department: cs }", 'staff number "1001"'],
    ['an account', one('accounts: { slack: U1 }'), 'the account "U1"'],
    ['an e-mail address, capitals or not', one('email: AN@example.com'), '"AN@example.com"'],
    ['a telephone number, however spaced', one("mobile: '139 0000-0001'"), '"139 0000-0001"'],
  ])('%s that belongs to somebody else', (_, line, what) => {
    const first =
      "  - { staffNo: '1001', name: 安然, department: cs, email: an@example.com, mobile: '13900000001', accounts: { slack: [U1, U2] } }"
    const found = problems(first, line)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^people\.yaml:3:/)
    expect(found[0]).toContain(`${what} is also that of 1001 安然: it can belong to one person only`)
  })

  it('managers that go round in a circle, once, at the first of them', () => {
    const person = (no: string, manager: string) =>
      `  - { staffNo: '${no}', name: 人, department: cs, manager: '${manager}' }`
    expect(problems(person('9', '1'), person('1', '2'), person('2', '3'), person('3', '1'))).toEqual([
      'people.yaml:3:55 people[1].manager: 1 → 2 → 3 → 1 goes round in a circle: leave the manager of the person at the top away',
    ])
  })

  it('all of them at once, and a person who is wrong elsewhere is still somebody’s manager', () => {
    const found = problems(
      "  - { staffNo: '1001', name: 安然, department: css }",
      one("manager: '1001', zone: Mars"),
      '  - { name: 王 }',
    )
    expect(found.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      'people.yaml:2:46 people[0].department:',
      expect.stringMatching(/^people\.yaml:3:\d+ people\[1\]\.zone:$/),
      'people.yaml:4:5 people[2].staffNo:',
      'people.yaml:4:5 people[2].department:',
    ])
  })

  it('a file that holds no list of people, or whose grammar is broken', () => {
    const read = (text: string) => readPeopleFile({ name: 'people.yaml', text }, policy)
    expect(read('persons: []\n')).toMatchObject({
      problems: expect.arrayContaining([expect.stringContaining('people: is missing: write a list')]),
    })
    expect(read('people: [')).toMatchObject({ problems: [expect.stringMatching(/^people\.yaml:1:10 /)] })
  })
})

describe('what the file does not say', () => {
  it('is what the organisation has: zone, language, working hours', async () => {
    const [an] = await peopleOf(`people:\n${AN}\n`)
    expect(an).toEqual({
      staffNo: '1001',
      name: '安然',
      department: 'cs',
      post: '',
      roles: [],
      manager: null,
      delegate: [],
      zone: 'Asia/Shanghai',
      language: 'zh-CN',
      hired: null,
      email: null,
      mobile: null,
      pattern: DEFAULT_PATTERN,
      accounts: {},
    })
  })
  it('patterns are those of the policy by name, or one’s own', async () => {
    const [early, own] = await peopleOf(
      `people:\n${one('pattern: early')}\n${one('pattern: { weekdays: [6, 7], holidays: ignored }').replace('1002', '1003')}\n`,
    )
    expect(early?.pattern.segments[0]?.from).toBe('07:00')
    expect(own?.pattern).toEqual({ ...DEFAULT_PATTERN, weekdays: [6, 7], holidays: 'ignored' })
  })
})

it('ten thousand managers who are not in the file are told at once; only the first have a nearest number', () => {
  const entries = Array.from(
    { length: 10_000 },
    (_, i) => `  - { staffNo: 'A${10_000 + i}', name: 某, department: cs, manager: 'A${30_000 + i}' }`,
  )
  const told = problems(...entries)
  expect(told).toHaveLength(10_000)
  expect(told.filter((line) => line.includes('did you mean'))).toHaveLength(50)
}, 30_000)
