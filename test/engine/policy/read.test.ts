/** A policy file is checked as a whole: every problem with its file, line and column, and nothing is taken until there is none. */
import { describe, expect, it } from 'vitest'
import { readPolicy } from '../../../src/engine/policy/read.ts'
import { textSchema, writtenText } from '../../../src/engine/policy/text.ts'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'
import { ALL, contentOf, fileOf, loaded, ORGANISATION, problemsOf, shipped } from './files.ts'

/** The first line after the organisation. */
const NEXT = ORGANISATION.split('\n').length
const withOrganisation = (text: string) => problemsOf(ORGANISATION + text)
const changed = (from: string, to: string) => {
  expect(ORGANISATION).toContain(from)
  return problemsOf(ORGANISATION.replace(from, to))
}

describe('the grammar of a file', () => {
  it('a bracket that never closes is told where it is noticed', async () => {
    const [problem, ...others] = await problemsOf('organisation:\n  name: { zh: 测试, en: Test\n  x: 1\n')
    expect(problem).toMatch(/^policy\.yaml:3:3 .*must be sufficiently indented and end with a }/)
    expect(others).toEqual([])
  })
  it('a key that is written twice is told at its second place', async () => {
    expect(await withOrganisation('leave: {}\nleave: {}\n')).toEqual([
      `policy.yaml:${NEXT + 1}:1 this key is written twice: keep one of them`,
    ])
  })
  it('anchors are not followed, so that no file grows without end', async () => {
    expect(await problemsOf('a: &a [1]\nb: [*a, *a]\n')).toEqual([
      'policy.yaml:2:5 *a: anchors are not followed here: write the value out, or put it into a preset',
      'policy.yaml:2:9 *a: anchors are not followed here: write the value out, or put it into a preset',
    ])
  })
  it('a file that is no map is refused, an empty one lacks its organisation', async () => {
    expect(await problemsOf('- a\n')).toEqual(['policy.yaml:1:1 the file is not a map: write sections as key: value'])
    expect(await problemsOf('')).toContain('policy.yaml:1:1 organisation.name: is missing: write a map (key: value)')
    expect(await problemsOf('')).toContain('policy.yaml:1:1 organisation.fallbackRole: is missing: write a text')
  })
  it('a byte-order mark at the beginning is no part of the first key', async () => {
    expect(await problemsOf(`\uFEFF${ORGANISATION}`)).toEqual([])
  })
})

describe('a value that is wrong is told with its line, its path, itself and what is allowed', () => {
  it.each([
    [
      'a text where a number belongs',
      'leave:\n  draftLapsesAfterHours: "24"\n',
      '1:26 leave.draftLapsesAfterHours: "24" is not a number',
    ],
    [
      'a number that is too big',
      'leave:\n  draftLapsesAfterHours: 721\n',
      '1:26 leave.draftLapsesAfterHours: 721 is too much: at most 720',
    ],
    [
      'a number that is no integer',
      'leave:\n  draftLapsesAfterHours: 1.5\n',
      '1:26 leave.draftLapsesAfterHours: 1.5 is not a whole number',
    ],
    [
      'a word that is not among the options',
      'leave:\n  types:\n    annual: { basis: workin }\n  defaultType: annual\n',
      '2:22 leave.types.annual.basis: "workin" is none of working, calendar; did you mean working?',
    ],
    [
      'an unknown key with one like it',
      'leave:\n  defaultTyp: sick\n',
      '1:3 leave.defaultTyp: this key is not known, did you mean defaultType?; here may stand defaultType, types, chains, notice, draftLapsesAfterHours, papers, requestDaysMax',
    ],
    [
      'an id in capitals',
      'channels:\n  Room: { name: { zh: 群, en: Room } }\n',
      '1:3 channels.Room: "Room": an id is written in small letters, digits and hyphens, as customer-service',
    ],
    [
      'a name in one language only',
      'channels:\n  room: { name: { zh: 群 } }\n',
      '1:11 channels.room.name.en: is missing: write a text',
    ],
    ['a list where a map belongs', 'leave: [1]\n', '0:8 leave: a list is not a map (key: value)'],
    [
      'a date that does not exist',
      'calendar:\n  companyDays:\n    - { date: 2026-02-30, name: { zh: 司庆, en: Day }, works: off }\n',
      '2:15 calendar.companyDays[0].date: "2026-02-30": this is not a date: write YYYY-MM-DD',
    ],
    [
      'a sentence of the schema itself',
      'leave:\n  chains:\n    - { steps: [boss] }\n    - { from: 3, above: 3, steps: [boss] }\n',
      '3:7 leave.chains[1]: write from: (the number belongs to it) or above: (it does not), not both',
    ],
    [
      'the form of a union that was meant',
      'meetings:\n  series:\n    weekly: { name: { zh: a, en: b }, rule: { every: week, weekday: friday, at: "16:00" }, channel: room }\nchannels: { room: { name: { zh: a, en: b } } }\n',
      '2:45 meetings.series.weekly.rule: weekday: write a weekday as mon, tue, wed, thu, fri, sat, sun',
    ],
  ])('%s', async (_, text, expected) => {
    const [line, ...rest] = expected.split(':')
    expect(await withOrganisation(text)).toEqual([`policy.yaml:${NEXT + Number(line)}:${rest.join(':')}`])
  })

  it.each([
    [
      'a zone that is none',
      '  departments:',
      '  zone: Asia/Shangai\n  departments:',
      'policy.yaml:3:9 organisation.zone: "Asia/Shangai": this is not a time zone: write an IANA name, as Asia/Shanghai or Europe/London',
    ],
    [
      'a permission that is none',
      '[leave.decide]',
      '[leave.decide@mine]',
      'policy.yaml:11:47 organisation.roles.boss.may[0]: "leave.decide@mine": write a permission as leave.decide, leave.* or *, and if need be @own, @reports, @department or @all after it',
    ],
    [
      'a role that has the word for one’s own manager',
      '    boss:',
      '    manager:',
      'policy.yaml:11:14 organisation.roles.manager: "manager" is the word for each person\'s own manager: call the role department-manager',
    ],
  ])('%s', async (_, from, to, problem) => {
    expect(await changed(from, to)).toEqual([problem])
  })

  it('all of them at once, in the order of the lines', async () => {
    const problems = await withOrganisation(
      'meetings: { serie: {} }\nleave: { defaultType: 3, draftLapsesAfterHours: 0 }\nnothing: {}\n',
    )
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      `policy.yaml:${NEXT}:13 meetings.serie:`,
      `policy.yaml:${NEXT + 1}:23 leave.defaultType:`,
      `policy.yaml:${NEXT + 1}:49 leave.draftLapsesAfterHours:`,
      `policy.yaml:${NEXT + 2}:1 nothing:`,
    ])
    expect(problems.at(-1)).toContain('"nothing" is no section: there are organisation, channels')
  })
})

describe('what a policy points at must exist', () => {
  it.each([
    [
      'a parent',
      'parent: cs }',
      'parent: css }',
      'policy.yaml:6:51 organisation.departments.night.parent: "css" is no department: there are top, cs, night; did you mean cs?',
    ],
    [
      'the fallback role',
      'fallbackRole: admin',
      'fallbackRole: nobody',
      'policy.yaml:13:17 organisation.fallbackRole: "nobody" is no role: there are boss, admin',
    ],
    [
      'no parent may be its own descendant',
      'en: Top } }',
      'en: Top }, parent: night }',
      'policy.yaml:4:47 organisation.departments.top.parent: "night": top → night → cs → top goes round in a circle: the department at the top has no parent',
    ],
  ])('%s', async (_, from, to, problem) => {
    expect(await changed(from, to)).toEqual([problem])
  })
  it('the roles of a chain, of which `manager` is everybody’s own', async () => {
    expect(await withOrganisation('leave:\n  chains: [{ steps: [manager, bos] }]\n')).toEqual([
      `policy.yaml:${NEXT + 1}:31 leave.chains[0].steps[1]: "bos" is no approver: there are manager, boss, admin; did you mean boss?`,
    ])
  })
  it('a channel and its department, from whichever section', async () => {
    const rule = 'rule: { every: working-day, at: "09:00" }'
    expect(
      await withOrganisation(
        `meetings:\n  series:\n    daily: { name: { zh: a, en: b }, ${rule}, channel: hall }\nchannels:\n  room: { name: { zh: 群, en: Room }, department: nowhere }\n`,
      ),
    ).toEqual([
      `policy.yaml:${NEXT + 2}:90 meetings.series.daily.channel: "hall" is no channel: there are room`,
      `policy.yaml:${NEXT + 4}:50 channels.room.department: "nowhere" is no department: there are top, cs, night`,
    ])
  })
  it('a permission the product asks for, when it is known what it asks for', async () => {
    const problems = async (may: string) => {
      const text = ORGANISATION.replace('[leave.decide]', may)
      const result = await readPolicy(
        { name: 'p', text },
        { sections: ALL, presets: shipped, permissions: ['leave.decide', 'leave.read'] },
      )
      return 'problems' in result ? result.problems : []
    }
    expect(await problems('[leave.decde@all]')).toEqual([
      'p:11:47 organisation.roles.boss.may[0]: "leave.decde" is no permission: there are leave.decide, leave.read; did you mean leave.decide?',
    ])
    expect(await problems('[roster.*]')).toHaveLength(1)
    expect(await problems('[leave.*, leave.read@own]')).toEqual([])
  })
})

describe('what departments and posts change', () => {
  const ids = { sections: ALL }
  it('is refused for a department or post that does not exist, once, whatever it holds', async () => {
    expect(await withOrganisation('departments:\n  css: { leave: { defaultType: 3 } }\nposts:\n  agnt: {}\n')).toEqual([
      `policy.yaml:${NEXT + 1}:3 departments.css: "css" is none of organisation.departments: top, cs, night; did you mean cs?`,
      `policy.yaml:${NEXT + 3}:3 posts.agnt: "agnt" is none of organisation.posts: agent, lead; did you mean agent?`,
    ])
  })
  it('is checked as it holds there, and told at the line that makes it wrong', async () => {
    expect(await withOrganisation('departments:\n  cs:\n    leave:\n      types: { annual: {} }\n')).toEqual([
      `policy.yaml:${NEXT + 2}:5 departments.cs.leave.defaultType: personal is no type of leave here; there are annual`,
    ])
    expect(
      await withOrganisation(
        'departments:\n  cs: { leave: { types: { annual: {} }, defaultType: annual } }\nposts:\n  agent: { leave: { defaultType: sick } }\n',
      ),
    ).toEqual([
      `policy.yaml:${NEXT + 3}:34 posts.agent.leave.defaultType: "sick": sick is no type of leave here; there are annual`,
    ])
  })
  it('is one problem, not one for every department below and every post', async () => {
    const text =
      'departments:\n  top: { leave: { chains: [{ steps: [chief] }] } }\n  cs: { leave: { draftLapsesAfterHours: 5 } }\nposts:\n  agent: { leave: { draftLapsesAfterHours: 6 } }\n'
    expect(await problemsOf(ORGANISATION + text, ids)).toEqual([
      `policy.yaml:${NEXT + 1}:38 departments.top.leave.chains[0].steps[0]: "chief" is no approver: there are manager, boss, admin`,
    ])
  })
  it('cannot be the organisation, the channels or the calendar, nor a section that is none', async () => {
    expect(await withOrganisation('departments:\n  cs:\n    calendar: {}\n    leav: {}\n  top: 3\n')).toEqual([
      `policy.yaml:${NEXT + 2}:5 departments.cs.calendar: calendar is the same for everybody: write it at the top of the file`,
      `policy.yaml:${NEXT + 3}:5 departments.cs.leav: "leav" is no section: there are approvals, leave, meetings; did you mean leave?`,
      `policy.yaml:${NEXT + 4}:8 departments.top: this must be a map: write key: value below it`,
    ])
  })
})

describe('presets', () => {
  it('lie under the file: maps merge, lists replace, null removes', async () => {
    const base = `${ORGANISATION}leave:
  draftLapsesAfterHours: 12
  types: { annual: { allowanceDays: 5 }, personal: {}, sick: {} }
  chains: [{ steps: [boss] }, { from: 3, steps: [boss, admin] }]
`
    const text =
      'extends: [base]\nleave:\n  types: { annual: { minUnit: day }, sick: null }\n  chains: [{ steps: [admin] }]\n'
    const { sections } = await contentOf(text, { presets: { base } })
    expect(sections['leave']).toEqual({
      draftLapsesAfterHours: 12,
      types: { annual: { allowanceDays: 5, minUnit: 'day' }, personal: {} },
      chains: [{ steps: ['admin'] }],
    })
  })
  it('may extend others; a later one lies above an earlier, and one that both extend below both', async () => {
    const presets = {
      root: `${ORGANISATION}leave: { draftLapsesAfterHours: 1, requestDaysMax: 1 }\n`,
      left: 'extends: [root]\nleave: { draftLapsesAfterHours: 2, requestDaysMax: 2 }\n',
      right: 'extends: [root]\nleave: { draftLapsesAfterHours: 3 }\n',
    }
    const { sections } = await contentOf('extends: [left, right]\n', { presets })
    expect(sections['leave']).toEqual({ draftLapsesAfterHours: 3, requestDaysMax: 2 })
  })
  it('name their own file and line when they are wrong, and the file’s when it made them wrong', async () => {
    const presets = { base: `${ORGANISATION}leave: { draftLapsesAfterHours: 0 }\n` }
    expect(await problemsOf('extends: [base]\n', { presets })).toEqual([
      `base.yaml:${NEXT}:33 leave.draftLapsesAfterHours: 0 is too little: at least 1`,
    ])
    expect(await problemsOf('extends: [base]\nleave:\n  draftLapsesAfterHours: 800\n', { presets })).toEqual([
      'policy.yaml:3:26 leave.draftLapsesAfterHours: 800 is too much: at most 720',
    ])
  })
  it('that do not exist, or extend one another in a circle, are told at the line that names them', async () => {
    expect(await problemsOf('extends:\n  - none\n')).toEqual(['policy.yaml:2:5 extends: there is no preset "none"'])
    const presets = { a: 'extends: [b]\n', b: 'extends: [a]\n' }
    expect(await problemsOf('extends: [a]\n', { presets })).toEqual([
      'b.yaml:1:11 extends: a.yaml → b.yaml → a.yaml goes round in a circle',
    ])
    expect(await problemsOf('extends: a\n', { presets })).toEqual([
      'policy.yaml:1:10 extends: write a list of presets, as [default]',
    ])
  })
  it('are looked for by name only: a path is no preset', async () => {
    expect(await shipped('../demo/policy')).toBeUndefined()
    expect(await shipped('nothing-here')).toBeUndefined()
    expect((await shipped('default'))?.text).toContain('organisation:')
  })
  it('can have what they say about a department taken back by the file', async () => {
    const base = `${ORGANISATION}leave: { draftLapsesAfterHours: 9 }
departments: { cs: { leave: { draftLapsesAfterHours: 1 } }, night: { leave: { requestDaysMax: 3 } } }
`
    const policy = await loaded(
      'extends: [base]\ndepartments: { cs: null, night: { leave: { draftLapsesAfterHours: null } } }\n',
      { presets: { base } },
    )
    const hours = (department: string) => policy.section(LeavePolicy, { department, post: '' }).draftLapsesAfterHours
    expect(hours('cs')).toBe(9)
    // Null lies over the organisation too: the product's own default holds.
    expect(hours('night')).toBe(24)
    expect(policy.section(LeavePolicy, { department: 'night', post: '' }).requestDaysMax).toBe(3)
  })
})

describe('a file of the product', () => {
  it('may be read by its own path', async () => {
    const result = await readPolicy(await fileOf('policies/demo/policy.yaml'), { sections: ALL, presets: shipped })
    expect(result).not.toHaveProperty('problems')
  })
})

describe('a name that people see', () => {
  it('may say its own wording in traditional characters, and is kept with it in rows', () => {
    const named = textSchema.parse({ zh: '年假', 'zh-TW': '特休', en: 'Annual leave' })
    expect(named).toEqual({ 'zh-CN': '年假', 'zh-TW': '特休', en: 'Annual leave' })
    expect(writtenText.parse(named)).toEqual(named)
    expect(textSchema.parse({ zh: '年假', en: 'Annual leave' })).toEqual({ 'zh-CN': '年假', en: 'Annual leave' })
    expect(textSchema.safeParse({ zh: '年假', 'zh-TW': ' ', en: 'Annual leave' }).success).toBe(false)
  })
  it('stands in a policy as it is written', async () => {
    const name = '{ zh: 年假, zh-TW: 特別休假, en: Annual }'
    const policy = await loaded(`${ORGANISATION}leave: { defaultType: annual, types: { annual: { name: ${name} } } }\n`)
    expect(policy.section(LeavePolicy).types['annual']?.name).toMatchObject({ 'zh-TW': '特別休假' })
  })
  it('is read in the language that the policy names, zh-TW among them', async () => {
    expect(await changed('  departments:', '  language: zh-TW\n  departments:')).toEqual([])
    expect(await changed('  departments:', '  language: zh-HK\n  departments:')).toEqual([
      'policy.yaml:3:13 organisation.language: "zh-HK" is none of zh-CN, zh-TW, en',
    ])
  })
})
