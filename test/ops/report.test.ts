/** Monthly reports at the command line: made of a month that is over, the same again, the same bytes written each time. */
import { afterAll, describe, expect, it } from 'vitest'
import { createWorkshop } from '../../src/engine/workshop/create.ts'
import { checkedPolicy } from '../../src/files.ts'
import { department, POLICY, WAYS } from './support.ts'

const workshop = createWorkshop()
afterAll(() => workshop.close())

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
      'There is no such report on leave in 2026-08. See: banzhang report list\n',
    )
  })
})
