/** The policy at the command line: every problem told, the difference shown first, applied on request, explained for anybody. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { linesOf } from '../../src/engine/audit/lines.ts'
import { department, POLICY, rowCounts, WAYS } from './support.ts'

const LATER = POLICY.replace('remindBeforeMinutes: 30', 'remindBeforeMinutes: 45')

describe.each(WAYS)('policy, through %s', (way) => {
  const here = department(way)
  const withFile = (command: string, text: string, more = '') =>
    here.ops(`policy ${command} new.yaml ${more}`, { files: { 'new.yaml': text } })

  it('finds a right file right and a wrong one wrong, line by line, and changes nothing', async () => {
    const before = await rowCounts(here.test)
    expect(await withFile('check', POLICY)).toMatchObject({
      code: 0,
      out: 'new.yaml is a right policy. It says the same as version 1, which is in force.\n',
    })
    expect((await withFile('check', LATER)).out).toContain('differs in 1 place from version 1')
    const { code, out, err } = await withFile(
      'check',
      POLICY.replace('channel: cs', 'channel: css').replace('parent: centre', 'parent: center'),
    )
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^new\.yaml:5:\d+ .*center.*did you mean centre\?/m)
    expect(err).toMatch(/^new\.yaml:\d+:\d+ meetings\.series\.weekly\.channel: .*did you mean cs\?/m)
    expect(await rowCounts(here.test)).toEqual(before)
  })

  it('refuses a file in another encoding by its name, so that no name becomes �', async () => {
    // “中心” as an editor on Chinese Windows may save it.
    const [before = '', after = ''] = POLICY.split('中心')
    const gbk = Buffer.concat([Buffer.from(before), Buffer.from('d6d0d0c4', 'hex'), Buffer.from(after)])
    expect(await here.ops('policy apply gbk.yaml --yes', { files: { 'gbk.yaml': gbk } })).toMatchObject({
      code: 2,
      out: '',
      err: 'gbk.yaml: this is not UTF-8: save it in your editor with the encoding UTF-8\n',
    })
  })

  it('checks the file of the next start when none is named', async () => {
    expect((await here.ops('policy check')).out).toMatch(
      /demo.policy\.yaml is a right policy\. It differs in \d+ places/,
    )
  })

  it('shows what a file would change and whom it touches, and changes nothing without --yes', async () => {
    const before = await rowCounts(here.test)
    const { code, out } = await withFile('apply', LATER)
    expect(code).toBe(0)
    expect(out).toBe(
      [
        '1 change against version 1, which is in force:',
        '  ~ meetings.series.weekly.remindBeforeMinutes: 30 → 45',
        'It touches everybody: 4 people.',
        'Nothing was changed. Run again with --yes to put it in force.',
        '',
      ].join('\n'),
    )
    expect(await rowCounts(here.test)).toEqual(before)
    expect(here.app.policy.current().version).toBe(1)
  })

  it('puts it in force with --yes, with its schedules and a line in the audit log', async () => {
    const { code, out } = await withFile('apply', LATER, '--yes')
    expect(code).toBe(0)
    expect(out).toContain('Version 2 is in force.\nSchedules changed: meetings.weekly\n')
    expect(out).toMatch(/At its next start the server puts .* in force again/)
    expect(here.app.policy.current().version).toBe(2)
    expect((await here.ops('preview --from 2026-10-09 --to 2026-10-09')).out).toContain('15:15')
    const lines = await here.test.db.transact('people', (tx) => linesOf(tx.sql, 'policy:2'))
    expect(lines).toMatchObject([
      {
        action: 'policy.applied',
        actor_id: null,
        data: { from: 1, changes: ['changed meetings.series.weekly.remindBeforeMinutes'] },
      },
    ])
    expect(await withFile('apply', LATER, '--yes')).toMatchObject({
      code: 0,
      out: expect.stringContaining('There is nothing to apply.'),
    })
    expect(here.app.policy.current().version).toBe(2)
  })

  it('names those whom a department or a post alone concerns', async () => {
    const forHr = await withFile('apply', POLICY.replace('draftLapsesAfterHours: 48', 'draftLapsesAfterHours: 36'))
    expect(forHr.out).toContain('It touches 1 person: S4 Emma Clarke.')
    const forAgents = await withFile('apply', `${POLICY}posts:\n  agent:\n    leave: { draftLapsesAfterHours: 12 }\n`)
    expect(forAgents.out).toContain('It touches 1 person: S3 安然.')
    const forNobody = await withFile('apply', `${POLICY}  centre:\n    leave: { draftLapsesAfterHours: 12 }\n`)
    expect(forNobody.out).toContain('It touches everybody: 4 people.')
  })

  it('says who would lose their place', async () => {
    const renamed = POLICY.replace('    hr: {', '    people: {')
      .replace('  hr:\n', '  people:\n')
      .replace('agent: {', 'adviser: {')
    const { out } = await withFile('apply', renamed)
    expect(out).toContain('These people would lose their place')
    expect(out).toContain('  S4 Emma Clarke: there is no department hr')
    expect(out).toContain('  S3 安然: there is no post agent')
  })

  it('applies nothing of a file with errors', async () => {
    const { code, err } = await withFile('apply', POLICY.replace('steps: [supervisor]', 'steps: [supervsior]'), '--yes')
    expect(code).toBe(1)
    expect(err).toContain('did you mean supervisor?')
    expect(here.app.policy.current().version).toBe(1)
  })

  it.each([
    ['', 24, 'for the whole organisation'],
    ['--person S3', 24, 'for S3 安然 (department cs, post agent)'],
    ['--person S4', 48, 'for S4 Emma Clarke (department hr, post none)'],
    ['--department hr', 48, 'for the department hr'],
  ])('explains a section as it holds %s', async (whom, hours, words) => {
    const { code, out } = await here.ops(`policy explain leave ${whom}`)
    expect(code).toBe(0)
    expect(out).toContain(`# leave, as it holds ${words}; version 1\n`)
    expect(parse(out)).toMatchObject({ draftLapsesAfterHours: hours })
    expect(out.includes('# from the organisation, then departments.hr\n')).toBe(hours === 48)
  })

  it('refuses a section, a person and a department that are none', async () => {
    expect(await here.ops('policy explain leav')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean leave?'),
    })
    expect(await here.ops('policy explain leave --department hrr')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean hr?'),
    })
    expect(await here.ops('policy explain leave --person S9')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nobody has the staff number S9'),
    })
    expect(await here.ops('policy explain leave --person S3 --department hr')).toMatchObject({
      code: 2,
      err: expect.stringContaining('not both'),
    })
  })
})
