/** People in a sheet: the same people as in YAML, the same refusals, told where people find them in Excel. */
import { describe, expect, it } from 'vitest'
import { writeCsv } from '../../../src/core/table/csv.ts'
import { readTable } from '../../../src/core/table/read.ts'
import { writeWorkbook } from '../../../src/core/table/write-xlsx.ts'
import { peopleSheet, readPeopleTable } from '../../../src/engine/identity/people-table.ts'
import { peopleOf, policyOf } from './department.ts'

const policy = await policyOf()

async function reading(bytes: Uint8Array | string) {
  const file = { name: 'people.csv', bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes }
  const read = await readTable(file)
  return 'problems' in read ? read : readPeopleTable(read.table, policy)
}
const problems = async (...lines: string[]) => {
  const read = await reading(lines.join('\n'))
  return 'problems' in read ? read.problems : []
}

const YAML = `people:
  - { staffNo: '0012', name: 安然, department: cs, post: agent, roles: [all-rounder, supervisor], manager: '0013', hired: '2024-05-06' }
  - staffNo: '0013'
    name: =cmd|' /C calc'!A0
    department: hr
    delegate: [{ to: '0012', from: '2026-10-12', until: '2026-10-16' }, { to: '0012', from: '2026-11-02', until: '2026-11-02' }]
    language: en
    zone: Europe/London
    email: emma@example.com
    mobile: '+86 139 0000 0000'
    pattern: early
    prefers: slack
    accounts: { slack: [U1, U2], wecom: 'zhang san', simulator: S13 }
  - { staffNo: 'A 7', name: 'Li, "Min"', department: top, pattern: { weekdays: [6, 7], holidays: ignored }, accounts: { lark: 'ou_1,2' } }
`
const people = await peopleOf(YAML)

describe('a sheet of people', () => {
  it.each([
    ['CSV', async () => writeCsv(peopleSheet(people, policy))],
    ['XLSX', async () => writeWorkbook({ sheets: [peopleSheet(people, policy)] })],
  ])('that we wrote as %s is read as the same people', async (_, write) => {
    expect(await reading(await write())).toEqual({ people })
  })

  it('shows departments, posts and roles by the names that people know', () => {
    const { columns, rows } = peopleSheet(people, policy)
    const at = (heading: string) => rows[0]?.[columns.findIndex(({ header }) => header === heading)]
    expect([at('部门'), at('岗位'), at('角色'), at('入职日期')]).toEqual([
      '客服',
      '专员',
      '全能、主管',
      { day: '2024-05-06' },
    ])
  })

  it('is read with headings of either language and script, in any order, and with names or ids', async () => {
    const english = 'Department,STAFF NUMBER,name,Role,Hire date\nService,0012,安然,"supervisor, All-rounder",2024/5/6'
    const traditional = '員工編號;部門;姓名;角色;入職日期\n0012;客服;安然;主管、全能;2024年5月6日'
    const [expected] = await peopleOf(
      "people:\n  - { staffNo: '0012', name: 安然, department: cs, roles: [all-rounder, supervisor], hired: '2024-05-06' }\n",
    )
    for (const text of [english, traditional]) expect(await reading(text)).toEqual({ people: [expected] })
  })
})

describe('what is wrong is told by row and column', () => {
  const HEADINGS = '工号,姓名,部门,手机,上级,代理人,入职日期,班次'
  it.each([
    [
      'a department that is none',
      '1002,李明,客服不,,,,,',
      'row 2, column 部门 (C): "客服不" is no department: there are 总部 (top), 客服 (cs), 夜班 (night), 人事 (hr); did you mean 客服?',
    ],
    [
      'a telephone number that is none',
      '1002,李明,cs,电话,,,,',
      'row 2, column 手机 (D): "电话": write a telephone number in digits',
    ],
    [
      'a manager who is not in the file',
      '1002,李明,cs,,1009,,,',
      'row 2, column 上级 (E): "1009" is no staff number of this file: 1002; did you mean 1002?',
    ],
    [
      'a delegate without days',
      '1002,李明,cs,,,1002 明天,,',
      'row 2, column 代理人 (F): "1002 明天": write a staff number and two days',
    ],
    [
      'a delegate who is oneself',
      '1002,李明,cs,,,1002 2026-10-12~2026-10-16,,',
      'row 2, column 代理人 (F): nobody can stand in for themselves',
    ],
    [
      'a day that could be two',
      '1002,李明,cs,,,,5/6/2024,',
      'row 2, column 入职日期 (G): "5/6/2024": write the day as 2026-09-28',
    ],
    [
      'a pattern that is none',
      '1002,李明,cs,,,,,earlyy',
      'row 2, column 班次 (H): "earlyy" is none of calendar.patterns: early; did you mean early?',
    ],
    ['a staff number that is missing', ',李明,cs,,,,,', 'row 2, column 工号 (A): is missing: write a text'],
  ])('%s', async (_, row, expected) => {
    const found = await problems(HEADINGS, row)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`people.csv ${expected}`)
  })

  it('all of them at once, in the order of the rows', async () => {
    const found = await problems('工号,姓名,部门,邮箱', '1,安,cs,', '', '1,李,xx,a@b', ',王,hr,')
    expect(found.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      'people.csv row 4, column 部门 (C)',
      'people.csv row 4, column 邮箱 (D)',
      'people.csv row 5, column 工号 (A)',
    ])
  })

  it('a staff number twice', async () => {
    expect(await problems('工号,姓名,部门', '1,安,cs', '1,李,cs')).toEqual([
      'people.csv row 3, column 工号 (A): staff number "1" is also that of 1 安: it can belong to one person only',
    ])
  })

  it('headings: one that is not known, one that is missing, one that is there twice', async () => {
    expect(await problems('工号,名字,姓名,手机号玛,星座', '1,安,安,2,3')).toEqual([
      'people.csv row 1: there is no column 部门 (Department)',
      'people.csv row 1, column 姓名 (C): this is the same column as 名字: keep one of them',
      'people.csv row 1, column 手机号玛 (D): this heading is not known, did you mean 手机号?',
      expect.stringMatching(
        /column 星座 \(E\): this heading is not known; there may be 工号 \(Staff no\), 姓名 \(Name\)/,
      ),
    ])
  })
})
