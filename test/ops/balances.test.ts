/** Lists of balances at the command line: exact, told by row and column, kept as rows that are only ever added. */
import { beforeEach, describe, expect, it } from 'vitest'
import { linesOf } from '../../src/engine/audit/lines.ts'
import { checkedPolicy } from '../../src/files.ts'
import { department, POLICY, rowCounts, WAYS } from './support.ts'

const TYPES = 'types: { personal: {}, annual: { allowanceDays: 10 }, lieu: { allowanceDays: 0 } }'

describe.each(WAYS)('balances, through %s', (way) => {
  const here = department(way)
  const importing = (text: string, more = '') => here.ops(`balances import b.csv ${more}`, { files: { 'b.csv': text } })
  const rows = () =>
    here.test.db.transact('people', ({ sql }) =>
      sql('SELECT type, leave_year, minutes, kind, request_id FROM leave_ledger ORDER BY id'),
    )

  beforeEach(async () => {
    const text = POLICY.replace('leave:\n', `leave:\n  ${TYPES}\n`)
    const content = await checkedPolicy({ name: 'policy.yaml', text })
    await here.test.db.transact('people', (tx) => here.app.policy.apply(tx, content, 'test', here.clock.now()))
    // S3 has asked for 3 days of 2026, and taken half a day back.
    await here.test.db.transact('people', ({ sql }) =>
      sql(
        `INSERT INTO leave_ledger (person_id, type, leave_year, minutes, kind, request_id, at)
         SELECT p.id, 'annual', 2026, given.minutes, given.kind, given.request_id, $1
         FROM person p, (VALUES (4800, 'grant', NULL), (-1440, 'reserve', 7), (240, 'release', 7)) AS given(minutes, kind, request_id)
         WHERE p.staff_no = 'S3'`,
        [new Date(here.clock.now())],
      ),
    )
  })

  it('shows what a list would change, changes it with --apply by one row each, and then finds nothing to do', async () => {
    const list = '工号,假期类型,年度,剩余天数\nS3,年假,2026,6.5\nS4,annual,2026,10\nS4,调休,2026,7天3小时\n'
    const before = await rows()
    const shown = await importing(list)
    expect(shown).toMatchObject({ code: 0, err: '' })
    expect(shown.out).toBe(
      [
        '3 rows in the file, 1 of them unchanged.',
        'Changed (2), what is left:',
        '  S3 安然  annual 2026: 7½ days → 6½ days',
        '  S4 Emma Clarke  lieu 2026: 0 days → 7 days 3 h',
        'Nothing was changed. Run again with --apply to change it.',
        '',
      ].join('\n'),
    )
    expect(await rows()).toEqual(before)
    expect((await importing(list, '--apply')).out).toContain('\nDone.\n')
    expect((await rows()).slice(before.length)).toEqual([
      { type: 'annual', leave_year: 2026, minutes: -480, kind: 'adjust', request_id: null },
      { type: 'lieu', leave_year: 2026, minutes: 3_540, kind: 'adjust', request_id: null },
    ])
    expect((await importing(list, '--apply')).out).toContain('3 of them unchanged.\nThere was nothing to change.')
    const [told] = await here.test.db.transact('people', async ({ sql }) => {
      const [row] = await sql<{ id: string }>(`SELECT id FROM person WHERE staff_no = 'S3'`)
      return linesOf(sql, `person:${row?.id}`).then((all) => all.filter(({ action }) => action.startsWith('leave.')))
    })
    expect(told).toMatchObject({
      action: 'leave.balance-entered',
      data: { type: 'annual', year: 2026, from: 3_600, to: 3_120 },
    })
  })

  it('takes what the year gives instead of what is left, whatever was taken meanwhile', async () => {
    const list = 'Staff no,Type,Year,Days a year\nS3,Annual leave,2026,12\n'
    expect((await importing(list, '--apply')).out).toContain('S3 安然  annual 2026: 7½ days → 9½ days')
    expect((await importing(list)).out).toContain('There is nothing to change.')
  })

  it('exports a list that reads back with nothing to do, and refuses it once something was taken', async () => {
    await importing('工号,假期类型,年度,剩余天数\nS4,调休,2026,-0\nS1,lieu,2026,1天20分钟\n', '--apply')
    const { out } = await here.ops('balances export')
    expect(out).toMatch(/^工号,姓名,假期类型,年度,全年天数,已用,剩余天数\n/)
    expect(out).toContain('S3,安然,年假,2026,10,2.5,7.5\n')
    expect(out).toContain('S1,高远,调休,2026,1天20分钟,0,1天20分钟\n')
    expect((await importing(out)).out).toContain('8 rows in the file, 8 of them unchanged.')
    const stale = await importing(out.replace('S3,安然,年假,2026,10,2.5,7.5', 'S3,安然,年假,2026,10,2,8'), '--apply')
    expect(stale.err).toBe(
      'b.csv row 6, column 剩余天数 (G): 10 days a year less 2½ days taken or asked for leave 7½ days, not 8 days: write only one of the two, or export the list again\n',
    )
    const { written } = await here.ops('balances export --year 2027 --out b.xlsx')
    expect(written).toMatchObject([{ path: 'b.xlsx', isPrivate: true }])
    const told = await here.test.db.transact('people', ({ sql }) => linesOf(sql, 'year:2027'))
    expect(told).toMatchObject([{ action: 'leave.balances-exported', data: { balances: 8, format: 'xlsx' } }])
  })

  it('of somebody who is overdrawn reads back as it was exported, and may not be made lower', async () => {
    const text = POLICY.replace('leave:\n', `leave:\n  ${TYPES.replace('allowanceDays: 10', 'allowanceDays: 2')}\n`)
    const content = await checkedPolicy({ name: 'policy.yaml', text })
    await here.test.db.transact('people', (tx) => here.app.policy.apply(tx, content, 'test', here.clock.now()))
    const { out } = await here.ops('balances export')
    expect(out).toContain('S3,安然,年假,2026,2,2.5,-0.5\n')
    expect(await importing(out)).toMatchObject({ code: 0, out: expect.stringContaining('There is nothing to change.') })
    const lower = await importing('工号,假期类型,年度,剩余天数\nS3,年假,2026,-1\n')
    expect(lower.err).toContain('−1 day: what is left cannot be less than nothing')
  })

  it('tells everything that is wrong by row and column, and applies none of it', async () => {
    const before = await rowCounts(here.test)
    const list = [
      '工号,假期类型,年度,全年天数,剩余天数',
      'S33,年假,2026,,1',
      'S3,年价,2026,,1',
      'S3,事假,2026,,1',
      'S3,年假,2031,,1',
      'S3,年假,2026,2,',
      'S3,年假,2025,,-1',
      'S4,年假,2026,,十天',
      'S4,年假,2026,,1',
      'S4,annual,2026,,2',
      'S4,lieu,2026,,0.333',
      'S4,lieu,2025,,',
    ].join('\n')
    const { code, out, err } = await importing(list, '--apply')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.trimEnd().split('\n')).toEqual([
      'b.csv row 2, column 工号 (A): nobody has the staff number "S33"; did you mean S3?',
      expect.stringMatching(
        /^b\.csv row 3, column 假期类型 \(B\): "年价" is no type of leave: there are .*年假 \(annual\).*; did you mean 年假\?$/,
      ),
      'b.csv row 4, column 假期类型 (B): personal has no yearly allowance in the policy: give it one (leave.types.personal.allowanceDays, 0 when all of it is entered here)',
      'b.csv row 5, column 年度 (C): "2031": write a year from 2024 to 2027',
      'b.csv row 6, column 全年天数 (D): 2½ days are taken or asked for already, ½ day more than this',
      'b.csv row 7, column 剩余天数 (E): −1 day: what is left cannot be less than nothing',
      'b.csv row 8, column 剩余天数 (E): "十天" is no amount: write 7.5, 7天半, 7天3小时 or 12 h',
      'b.csv row 9, column 假期类型 (B): S4, annual and 2026 stand in row 8 too: keep one of them',
      'b.csv row 10, column 假期类型 (B): S4, annual and 2026 stand in row 8 too: keep one of them',
      'b.csv row 11, column 剩余天数 (E): "0.333" comes to no whole number of minutes of a day of 480: write hours',
      'b.csv row 12: there is no amount in this row',
    ])
    expect(await rowCounts(here.test)).toEqual(before)
  })
})
