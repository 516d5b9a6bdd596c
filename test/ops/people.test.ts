/** The people file at the command line: looked at first, wrong files change nothing, accounts belong to one person. */
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../src/engine/audit/lines.ts'
import { department, PEOPLE, rowCounts, WAYS } from './support.ts'

const CHANGED = `people:
  - { staffNo: S1, name: 高远, department: centre, roles: [boss] }
  - { staffNo: S3, name: 安然, department: hr, manager: S1, mobile: '+86 139 0000 0001', accounts: { slack: U2 } }
  - { staffNo: S4, name: Emma Clarke, department: hr, language: en, manager: S1 }
  - { staffNo: S5, name: 马小满, department: cs }
`

describe.each(WAYS)('people, through %s', (way) => {
  const here = department(way)
  const importing = (text: string, more = '') =>
    here.ops(`people import new.yaml ${more}`, { files: { 'new.yaml': text } })

  it('shows what a file would change, field by field, and changes nothing', async () => {
    const before = await rowCounts(here.test)
    const { code, out, err } = await importing(CHANGED)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(
      [
        '4 people in the file, 2 of them unchanged.',
        'Added (1):',
        '  S5 马小满',
        'Changed (1):',
        '  S3 安然',
        '    department: cs → hr',
        '    post: agent → ""',
        '    manager: S2 → S1',
        '    mobile: +86 139 0000 0000 → +86 139 0000 0001',
        '    accounts.slack: [] → ["U2"]',
        'Left (1); they become inactive, their past stays:',
        '  S2 周敏',
        'Accounts that move to somebody else (1):',
        '  slack U2: from S2 to S3',
        'Nothing was changed. Run again with --apply to change it.',
        '',
      ].join('\n'),
    )
    expect(await rowCounts(here.test)).toEqual(before)
    expect((await importing(PEOPLE)).out).toContain('There is nothing to change.')
  })

  it('changes it with --apply, once', async () => {
    expect(await importing(CHANGED, '--apply')).toMatchObject({ code: 0, err: '' })
    expect((await importing(CHANGED)).out).toContain(
      '4 people in the file, 4 of them unchanged.\nThere is nothing to change.',
    )
    const exported = (await here.ops('people export')).out
    expect(exported).toContain('马小满')
    expect(exported).not.toContain('周敏')
  })

  it('says that the next start imports another file again', async () => {
    const { out } = await importing(CHANGED, '--apply')
    expect(out).toMatch(/At its next start the server imports .*policies.demo.people\.yaml again/)
  })

  it('lists every error of a file with its line, and applies none of it', async () => {
    const wrong = PEOPLE.replace('department: hr', 'department: hrr').replace('S2, name', 'S1, name')
    const before = await rowCounts(here.test)
    const { code, out, err } = await importing(wrong, '--apply')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^new\.yaml:3:\d+ .*staff number "S1" is also that of S1 高远/m)
    expect(err).toMatch(/^new\.yaml:5:\d+ .*"hrr" is no department.*did you mean hr\?/m)
    expect(await rowCounts(here.test)).toEqual(before)
  })

  it('refuses a file that is not there', async () => {
    expect(await here.ops('people import none.yaml')).toMatchObject({
      code: 2,
      err: 'FILE none.yaml cannot be read: there is no such file or folder\n',
    })
  })

  it('exports a workbook and CSV that read back as the same people, and takes a changed one with its row and column', async () => {
    for (const name of ['people.xlsx', 'people.csv']) {
      const { written, out } = await here.ops(`people export --out ${name}`)
      expect(out).toBe(`Written to ${name}.\n`)
      expect(written).toEqual([{ path: name, text: '', base64: expect.any(String), isPrivate: true }])
      const bytes = Buffer.from(written[0]?.base64 ?? '', 'base64')
      const again = await here.ops(`people import ${name}`, { files: { [name]: bytes } })
      expect(again).toMatchObject({ code: 0, err: '' })
      expect(again.out).toContain('4 people in the file, 4 of them unchanged.\nThere is nothing to change.')
    }
    const csv = (await here.ops('people export --format csv')).out
    expect(csv).toContain("S3,安然,客服部,客服专员,,S2,,,,'+86 139 0000 0000")
    const before = await rowCounts(here.test)
    const wrong = await here.ops('people import p.csv --apply', { files: { 'p.csv': csv.replace('客服专员', '专员') } })
    expect(wrong).toMatchObject({ code: 1, out: '' })
    expect(wrong.err).toBe('p.csv row 4, column 岗位 (D): "专员" is no post: there are 客服专员 (agent)\n')
    expect(await rowCounts(here.test)).toEqual(before)
    const changed = await here.ops('people import p.csv --apply', {
      files: { 'p.csv': csv.replace('S3,安然', 'S3,安若') },
    })
    expect(changed.out).toContain('  S3 安若\n    name: 安然 → 安若\nDone.')
  })

  it('keeps in the audit log that people were taken out of it, and what somebody’s own text ends its lines with', async () => {
    const text = PEOPLE.replace('name: 安然', 'name: "安\\r\\n然"')
    await importing(text, '--apply')
    expect(await here.ops('people export --format xlsx')).toMatchObject({ code: 2 })
    const { out } = await here.ops('people export --format csv')
    expect(out).toContain('\nS3,"安\r\n然",客服部')
    expect(out.match(/\r/g)).toHaveLength(1)
    const lines = await here.test.db.transact('people', ({ sql }) => linesOf(sql, 'people'))
    expect(lines).toMatchObject([{ action: 'people.exported', actor_id: null, data: { people: 4, format: 'csv' } }])
  })

  it('refuses a format that is none, one that the file’s name denies, and a workbook for the terminal', async () => {
    expect((await here.ops('people export --format xls')).err).toContain('Did you mean xlsx?')
    expect((await here.ops('people export --format csv --out p.xlsx')).err).toContain(
      'p.xlsx is no name for a file in csv.',
    )
    expect(await here.ops('people export --format xlsx')).toMatchObject({ code: 2, out: '' })
  })

  it('exports a file that reads back as the same people, for its owner alone', async () => {
    const { out } = await here.ops('people export')
    expect((await importing(out)).out).toContain('4 people in the file, 4 of them unchanged.')
    const { written } = await here.ops('people export --out mine.yaml')
    expect(written).toEqual([{ path: 'mine.yaml', text: out, isPrivate: true }])
  })

  it('lets no name steer the terminal', async () => {
    const { out } = await importing(PEOPLE.replace('name: 安然', 'name: "安\\e[31m\\u009b然"'))
    expect(out).toContain('安�[31m�然')
    expect(out).not.toMatch(/(?!\n)\p{Cc}/u)
  })

  it('links an account, keeps it for its owner, and takes it away again', async () => {
    expect(await here.ops('people link S3 slack U3')).toMatchObject({
      code: 0,
      out: 'slack U3 now belongs to S3 安然.\n',
    })
    expect(await here.ops('people link S3 slack U3')).toMatchObject({
      code: 0,
      out: 'slack U3 already belonged to S3 安然.\n',
    })
    expect(await here.ops('people link S2 slack U3')).toMatchObject({
      code: 1,
      err: 'slack U3 belongs to S3 安然: unlink it there first.\n',
    })
    expect(await here.ops('people unlink slack U3')).toMatchObject({ code: 0 })
    expect(await here.ops('people unlink slack U3')).toMatchObject({ code: 1, err: 'slack U3 belongs to nobody.\n' })
    const actions = await here.test.db.transact('people', async (tx) => {
      const [row] = await tx.sql<{ id: string }>(`SELECT id FROM person WHERE staff_no = 'S3'`)
      return (await linesOf(tx.sql, `person:${row?.id}`)).map(({ action }) => action)
    })
    expect(actions).toEqual(['people.added', 'people.account-linked', 'people.account-unlinked'])
  })

  it('refuses a platform that is none, a number that is nobody, an account that is nothing', async () => {
    expect(await here.ops('people link S3 slak U3')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean slack?'),
    })
    expect(await here.ops('people link S33 slack U3')).toMatchObject({
      code: 1,
      err: 'Nobody has the staff number S33. Did you mean S3?\n',
    })
    expect(await here.ops(`people link S3 slack ' '`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('ACCOUNT is empty'),
    })
  })
})
