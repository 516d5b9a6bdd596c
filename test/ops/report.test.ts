/** Monthly reports at the command line: made of a month that is over, the same again, the same bytes written each time. */
import { afterAll, describe, expect, it } from 'vitest'
import { contextOf } from '../../src/engine/inbox/make-context.ts'
import { createWorkshop } from '../../src/engine/workshop/create.ts'
import type { Workshop } from '../../src/engine/workshop/workshop.ts'
import type { Facts } from '../../src/features/reports/rules/facts.ts'
import { keepFiles } from '../../src/features/reports/usecases/make.ts'
import { checkedPolicy } from '../../src/files.ts'
import { rowsOf } from '../support/story.ts'
import { department, POLICY, WAYS } from './support.ts'

const made = createWorkshop()
/** What another process does while a sheet is drawn, one at a time. */
const racing: (() => Promise<unknown>)[] = []
const workshop: Workshop = {
  ...made,
  async writeSheet(workbook) {
    await racing.shift()?.()
    return made.writeSheet(workbook)
  },
}
const INSERT_NEXT = `INSERT INTO report (kind, month, department, version, hash, facts, policy_version, made_at, late, files)
  SELECT 'leave', '2026-08', '', COALESCE(max(version), 0) + 1, 'other', $1::jsonb, 1, now(), false, '[]'::jsonb
  FROM report WHERE month = '2026-08'`
const text = { 'zh-CN': '别的', en: 'Other' }
const OTHER: Facts = {
  kind: 'leave',
  month: '2026-08',
  zone: 'Asia/Shanghai',
  organisation: text,
  departments: [],
  types: [{ id: 'other', name: text }],
  lines: [],
  waiting: [],
  adjustments: [],
}
const PNG = Buffer.from('iVBORw0KGgo=', 'base64')
afterAll(() => made.close())

describe.each(WAYS)('reports, through %s', (way) => {
  const here = department(way, { workshop })
  const withReports = async () => {
    const content = await checkedPolicy({
      name: 'policy.yaml',
      text: `${POLICY}reports:\n  leave: { to: { role: boss }, notes: [cs] }\n`,
    })
    await here.test.db.transact('people', (tx) => here.app.policy.apply(tx, content, 'test', here.clock.now()))
  }

  it('are made once, found unchanged, listed and written, always the same', async () => {
    expect(await here.ops('report make leave 2026-08')).toMatchObject({
      code: 1,
      err: 'The policy asks for no monthly reports (reports.leave). Ask your administrator.\n',
    })
    await withReports()
    expect((await here.ops('report list')).out).toBe('No report has been made yet.\n')
    const made = await here.ops('report make leave 2026-08 --out august.xlsx')
    expect(made).toMatchObject({ code: 0, err: '' })
    const [, hash = ''] = /^leave 2026-08: made, version 1, hash ([0-9a-f]{64})$/m.exec(made.out) ?? []
    expect((await here.ops('report make leave 2026-08')).out).toBe(
      `leave 2026-08: unchanged, version 1, hash ${hash}\n`,
    )
    expect((await here.ops('report list')).out).toContain(hash)
    const exported = await here.ops('report export leave 2026-08 --out copy.xlsx --chart copy.png')
    expect(exported.out).toBe(`Version 1, hash ${hash}\nSheet written to copy.xlsx.\nChart written to copy.png.\n`)
    expect(exported.written.map(({ path, isPrivate }) => [path, isPrivate])).toEqual([
      ['copy.xlsx', true],
      ['copy.png', true],
    ])
    expect(exported.written[0]?.base64).toBe(made.written[0]?.base64)
  })

  it('are refused for a month that is not over or is none, with what to do', async () => {
    await withReports()
    expect((await here.ops('report make leave 2026-09')).err).toMatch(
      /^September 2026 is not over: its report is made on Wed 30 Sep 2026, 17:30/,
    )
    expect((await here.ops('report make leave 2026-10')).err).toBe('October 2026 has not begun yet.\n')
    expect(await here.ops('report make leave september')).toMatchObject({ code: 2 })
    expect(await here.ops('report make pay 2026-08')).toMatchObject({ code: 2 })
    expect((await here.ops('report export leave 2026-08')).err).toBe(
      'There is no such report on leave in 2026-08. See: npm run ops -- report list\n',
    )
  })

  it('are made anew when another process was faster, and refused in words when it was so twice', async () => {
    await withReports()
    const faster = () => rowsOf(here.test.db, INSERT_NEXT, [JSON.stringify(OTHER)])
    racing.push(faster)
    expect((await here.ops('report make leave 2026-08')).out).toMatch(/^leave 2026-08: made, version 2, hash/)
    racing.push(faster, faster)
    const refused = await here.ops('report make leave 2026-07')
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(refused.err).toMatch(/^Another process made a report while this one of 2026-07.*nothing was kept.*try again/)
    expect(await here.ops('report export leave 2026-08 --version 2147483648')).toMatchObject({ code: 2 })
    expect((await here.ops('report export leave 2026-08 --version 2147483647')).err).toMatch(/^There is no such report/)
  })

  it('go to no role that may not see all of it: the policy is refused, with what to write', async () => {
    const to = (role: string, may = '[leave.decide]') => ({
      name: 'policy.yaml',
      text: `${POLICY.replace('[leave.decide]', may)}reports:\n  leave: { to: { role: ${role} } }\n`,
    })
    await expect(checkedPolicy(to('supervisor'))).rejects.toMatchObject({
      problems: [
        expect.stringMatching(
          /reports\.leave\.to\.role: the role "supervisor" does not give reports\.read over everybody/,
        ),
      ],
    })
    await expect(checkedPolicy(to('supervisor', '[reports.read]'))).rejects.toMatchObject({
      problems: [expect.stringContaining('write reports.read@all under organisation.roles.supervisor.may')],
    })
    await expect(checkedPolicy(to('supervisor', "['reports.*@all']"))).resolves.toBeDefined()
    await expect(checkedPolicy(to('boss'))).resolves.toBeDefined()
  })

  it('keep the files that another one put beside them meanwhile', async () => {
    await withReports()
    await here.ops('report make leave 2026-08')
    const report = { id: 1, month: '2026-08', version: 1 }
    const keep = (locale: 'en' | 'zh-TW') =>
      here.test.db.transact('work', (tx) =>
        keepFiles(contextOf(here.app.context, tx), report, [{ locale, part: 'chart', bytes: PNG }]),
      )
    const first = await keep('en')
    const second = await keep('zh-TW')
    expect(second.slice(0, -1)).toEqual(first)
    expect(second.at(-1)).toMatchObject({ locale: 'zh-TW', part: 'chart' })
  })
})
