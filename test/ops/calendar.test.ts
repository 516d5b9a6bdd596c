/** Official years at the command line: checked as a notice has to be, kept beside the policy, and never lost by applying one. */
import { describe, expect, it } from 'vitest'
import { checkedPolicy } from '../../src/files.ts'
import { department, POLICY, rowCounts, WAYS } from './support.ts'

/** Invented: no notice for 2027 was out when this was written. */
const YEAR = `年度,日期,至,星期,安排,名称,英文名称,半天,来源
2027,2027-01-01,,周五,放假,元旦,,,国办发明电〔2026〕0号
2027,2027年2月5日,2027-02-12,星期五,放假,春节,,,
2027,2027-01-30,,周六,上班,,,,
2027,2027/2/20,,周六,上班,,,,
2027,2027-04-03,2027-04-05,,放假,清明节,,,
2027,2027-05-01,2027-05-04,,放假,劳动节,,,
2027,2027-06-09,,週三,放假,端午节,,,
2027,2027-09-15,,Wed,放假,中秋节,,,
2027,2027-10-01,2027-10-05,,放假,国庆节,,,
2027,2027-12-31,,周五,公司放假,公司年会,Annual party,下午,
`

describe.each(WAYS)('years, through %s', (way) => {
  const here = department(way)
  const importing = (text: string, more = '') => here.ops(`calendar import y.csv ${more}`, { files: { 'y.csv': text } })
  const calendar = () => here.app.policy.current().calendar

  it('shows what a year would change, lets it hold with --apply, and keeps it whatever policy is applied', async () => {
    const before = await rowCounts(here.test)
    const shown = await importing(YEAR)
    expect(shown).toMatchObject({ code: 0, err: '' })
    const lines = shown.out.split('\n')
    expect(lines.slice(0, 6)).toEqual([
      '2027, 国办发明电〔2026〕0号: 23 days off in 7 stretches, 2 make-up days, 1 day of the company.',
      '2027 was unknown until now: what was counted in it is provisional.',
      'Changed:',
      '  2027-01-30 Sat: ordinary → make-up-working-day, work (调休上班)',
      '  2027-02-09 Tue to 2027-02-12 Fri: ordinary → bridge-day, off (春节)',
      '  2027-02-20 Sat: ordinary → make-up-working-day, work (调休上班)',
    ])
    expect(lines).toContain('  2027-12-31 Fri: ordinary → company-day, afternoon off (公司年会)')
    expect(lines.at(-2)).toBe('Nothing was changed. Run again with --apply to change it.')
    expect(await rowCounts(here.test)).toEqual(before)
    expect(calendar().knows(2027)).toBe(false)

    expect((await importing(YEAR, '--apply')).out).toContain('\nDone.\n')
    expect(calendar().knows(2027)).toBe(true)
    expect(calendar().day('2027-02-10')).toMatchObject({ kind: 'bridge-day', works: 'off', provisional: false })
    expect((await importing(YEAR, '--apply')).out).toContain('There is nothing to change.')
    const content = await checkedPolicy({ name: 'policy.yaml', text: POLICY.replace('days: 10', 'days: 9') })
    await here.test.db.transact('people', (tx) => here.app.policy.apply(tx, content, 'start', here.clock.now()))
    expect(calendar().knows(2027)).toBe(true)
  })

  it('exports in each form a year that changes nothing when it is imported, built in or not', async () => {
    await importing(YEAR, '--apply')
    for (const year of [2026, 2027])
      for (const form of ['yaml', 'csv', 'xlsx']) {
        const { written } = await here.ops(`calendar export ${year} --out y.${form}`)
        const bytes = Buffer.from(written[0]?.base64 ?? written[0]?.text ?? '', written[0]?.base64 ? 'base64' : 'utf8')
        const again = await here.ops(`calendar import y.${form}`, { files: { [`y.${form}`]: bytes } })
        expect(again, `${year} ${form}`).toMatchObject({ code: 0, err: '' })
        expect(again.out, `${year} ${form}`).toContain('There is nothing to change.')
      }
    expect(await here.ops('calendar export 2028')).toMatchObject({
      code: 1,
      err: expect.stringContaining('2028 has no official schedule yet'),
    })
    expect((await here.ops('calendar export 1999')).err).toBe('No official schedule is known for 1999.\n')
  })

  it('with other words for the same days is another year: it says so, and lets them hold with --apply', async () => {
    await importing(YEAR, '--apply')
    for (const other of [YEAR.replace('Annual party', 'Annual gala'), YEAR.replace('〔2026〕0号', '〔2026〕1号')]) {
      const shown = await importing(other)
      expect(shown.out).toContain('Every day stays what it is; names or source differ from what holds.\nNothing was')
      expect((await importing(other, '--apply')).out).toContain('\nDone.\n')
      expect((await importing(other)).out).toContain('There is nothing to change.')
    }
  })

  it('is changed by a later notice, and refused where the policy writes the year itself', async () => {
    await importing(YEAR, '--apply')
    const later = YEAR.replace('公司放假', '公司上班').replace('下午', '')
    expect((await importing(later, '--apply')).out).toContain(
      '2027-12-31 Fri: company-day, afternoon off (公司年会) → company-day, work (公司年会)',
    )
    const yaml = (await here.ops('calendar export 2027')).out.replace(/companyDays:[\s\S]*/, '')
    const own = `calendar:\n  years:\n    - ${yaml.trim().replaceAll('\n', '\n      ')}\n`
    const content = await checkedPolicy({ name: 'policy.yaml', text: `${POLICY}${own}` })
    await here.test.db.transact('people', (tx) => here.app.policy.apply(tx, content, 'start', here.clock.now()))
    expect((await importing(later, '--apply')).err).toMatch(
      /^The policy \(version \d+\) writes 2027 itself, under calendar\.years/,
    )
  })

  it('lists leave that was counted while the year was unknown and comes to something else', async () => {
    await here.test.db.transact('people', ({ sql }) =>
      sql(
        `INSERT INTO leave_request (person_id, state, type, from_date, to_date, basis, minutes, half_days, days, provisional, policy_version, entered_by, created_at)
         SELECT id, 'approved', 'personal', given.from_date, given.to_date, 'working', given.minutes, 0, '[]', TRUE, 1, id, $1
         FROM person, (VALUES ('2027-02-09', '2027-02-15', 2400), ('2027-03-01', '2027-03-01', 480)) AS given(from_date, to_date, minutes)
         WHERE staff_no = 'S3'`,
        [new Date(here.clock.now())],
      ),
    )
    const { out } = await importing(YEAR)
    expect(out).toContain('Leave counted before the year was known (1); it keeps its count until its owner changes it:')
    expect(out).toMatch(/ {2}#\d+ S3 安然, 2027-02-09 to 2027-02-15: 5 days booked, 1 day by this year\n/)
  })

  it('tells what is wrong by row and column, and lets none of it hold', async () => {
    const before = await rowCounts(here.test)
    const cases: readonly (readonly [what: string, wrong: string, told: string])[] = [
      ['周五,放假,元旦', '周四,放假,元旦', 'y.csv row 2, column 星期 (D): weekdays: 2027-01-01 is a Friday, not 周四'],
      [
        '2027-01-30,,周六',
        '2027-01-29,,',
        'y.csv row 4, column 日期 (B): work: 2027-01-29 is a Friday: make-up days fall on Saturday or Sunday',
      ],
      ['2027-06-09', '2027-06-31', 'y.csv row 8, column 日期 (B): "2027-06-31": write the day as 2026-09-28'],
      [
        '2027/2/20,,周六,上班',
        '2027/2/20,,周六,调休',
        'y.csv row 5, column 安排 (E): "调休": write 放假 (Off), 上班 (Work), 公司放假 (Company off), 公司上班 (Company work)',
      ],
      ['放假,中秋节', '放假,', 'y.csv row 9, column 名称 (F): write what the day is called'],
      ['2027-12-31', '2028-01-02', 'y.csv row 11, column 日期 (B): "2028-01-02": this lies outside 2027'],
    ]
    for (const [right, wrong, told] of cases) {
      const { code, err } = await importing(YEAR.replace(right, wrong), '--apply')
      expect({ code, first: err.split('\n').includes(told) ? told : err }).toEqual({ code: 1, first: told })
    }
    const short = await importing(YEAR.replace(/.*国庆节.*\n/, ''), '--apply')
    expect(short.err).toContain('off: 2027-10-01, a day of National Day by law, is not off')
    expect(await rowCounts(here.test)).toEqual(before)
  })
})
