/** A table is read as people see it in Excel, whichever program saved it; what is wrong is told by row and column. */
import { describe, expect, it } from 'vitest'
import { columnLetters, PROBLEMS_MAX, ROWS_MAX, TABLE_BYTES_MAX, writeProblems } from '../../../src/core/table/table.ts'
import { formula, problemsIn, tableIn, utf8, workbook } from './files.ts'

const CSV = '工号,姓名\n0012,安然\n'
/** 工号,姓名 / 0012,安然 as Chinese Excel saves it. */
const GB18030 = Uint8Array.from(Buffer.from('b9a4bac52cd0d5c3fb0d0a303031322cb0b2c8bb0d0a', 'hex'))

describe('a CSV file', () => {
  it.each([
    ['UTF-8', utf8(CSV)],
    ['UTF-8 with its mark', utf8(`\uFEFF${CSV}`)],
    ['GB18030, as Chinese Excel saves it', GB18030],
    ['UTF-16, as “Unicode text”', Uint8Array.from(Buffer.from(`\uFEFF${CSV.replaceAll(',', '\t')}`, 'utf16le'))],
    ['semicolons', utf8(CSV.replaceAll(',', ';'))],
    ['tabs', utf8(CSV.replaceAll(',', '\t'))],
    ['line ends of three kinds', utf8('工号,姓名\r\n0012,安然\r\r\n')],
    ['empty lines and columns around it', utf8('\n工号,姓名,,\n,,,\n0012,安然,,\n\n')],
  ])('is the same table in %s', async (_, bytes) => {
    const { header, rows } = await tableIn(bytes, {}, 'people.csv')
    expect(header).toEqual(['工号', '姓名'])
    expect(rows.map(({ cells }) => cells)).toEqual([['0012', '安然']])
  })

  it('counts a cell of several lines as one row, as Excel does, and empty rows too', async () => {
    const { rows } = await tableIn(utf8('a,b\n"x\ny",1\n\n"say ""hi""",2\n'), {}, 'a.csv')
    expect(rows).toEqual([
      { line: 2, cells: ['x\ny', '1'] },
      { line: 4, cells: ['say "hi"', '2'] },
    ])
  })

  it.each([
    ['quotes that do not match', 'a,b\n1,2\n3,"4"x\n', 'a.csv row 3: the quotes do not match'],
    ['a cell under no heading', 'a,b\n1,2,3\n', 'a.csv row 2, column C: "3" stands under no heading'],
    [
      'two headings that are the same',
      'a, a\n1,2\n',
      'a.csv row 1, column a (B): there is such a heading already, over column A',
    ],
    ['nothing but empty lines', '\n,,\n', 'a.csv: there is nothing in it'],
    ['what is no text', 'a\0b', 'a.csv: this is no table'],
  ])('is refused for %s', async (_, text, problem) => {
    const [first] = await problemsIn(utf8(text), {}, 'a.csv')
    expect(first).toContain(problem)
  })
})

describe('a workbook', () => {
  it('keeps texts as they stand, shows numbers short, and days without a shift', async () => {
    const day = (text: string) => new Date(`${text}Z`)
    const { rows } = await tableIn(
      await workbook([
        {
          name: '人员',
          rows: [
            ['工号', 'n', '日期', '是'],
            ['0012', 12, day('2026-09-28T00:00:00'), true],
            [' +1', 0.1 + 0.2, day('2026-09-28T09:30:00'), false],
            ['=1+1', 1e14, day('2026-12-31T23:59:59'), null],
            [null, null, null, null],
            ['合并', -2.5, day('1899-12-31T08:05:00'), null],
          ],
          merges: [{ startRow: 5, startCol: 0, endRow: 6, endCol: 0 }],
          cells: new Map([['1,1', { style: { numFmt: '0000' } }]]),
        },
      ]),
    )
    expect(rows).toEqual([
      { line: 2, cells: ['0012', '0012', '2026-09-28', 'TRUE'] },
      { line: 3, cells: [' +1', '0.3', '2026-09-28 09:30', 'FALSE'] },
      { line: 4, cells: ['=1+1', '100000000000000', '2026-12-31 23:59:59', ''] },
      { line: 6, cells: ['合并', '-2.5', '08:05', ''] },
    ])
  })

  it('gives a formula’s value', async () => {
    expect((await tableIn(await workbook([formula('SUM(A1:A9)', 42)]))).rows[0]?.cells).toEqual(['42'])
  })

  it('is its first sheet that is not hidden, or the one that is named', async () => {
    const bytes = await workbook([
      { name: '隐藏', hidden: true, rows: [['h']] },
      { name: '人员', rows: [['p']] },
      { name: '假期', rows: [['b']] },
    ])
    expect((await tableIn(bytes)).header).toEqual(['p'])
    expect((await tableIn(bytes, { sheet: '假期' })).header).toEqual(['b'])
    expect(await problemsIn(bytes, { sheet: '员工' })).toEqual([
      'people.xlsx: there is no sheet 员工; there are 人员, 假期',
    ])
  })

  it.each([
    [
      'a formula that was never computed',
      () => workbook([formula('NOW()', null)]),
      'row 2, column n (A): this formula has no value yet',
    ],
    ['an error of Excel', () => workbook([{ name: 'x', rows: [['n'], ['#N/A']] }]), 'row 2, column n (A): #N/A'],
    [
      'a number of which Excel lost digits',
      () => workbook([{ name: 'x', rows: [['n'], [1.5e17]] }]),
      'Excel keeps only 15 digits',
    ],
    [
      'an old .xls or a password',
      async () => Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
      'old Excel file (.xls), or one with a password',
    ],
    ['a ZIP that is cut off', async () => (await workbook([{ name: 'x', rows: [['n']] }])).subarray(0, 900), 'damaged'],
    [
      'a ZIP that is no workbook',
      async () => Buffer.from('504b050600000000000000000000000000000000 0000'.replaceAll(' ', ''), 'hex'),
      'cannot be read',
    ],
    ['an empty file', async () => utf8(''), 'the file is empty'],
    ['a file that is too large', async () => new Uint8Array(TABLE_BYTES_MAX + 1), 'at most 5 MiB'],
  ])('is refused for %s', async (_, make, problem) => {
    const found = await problemsIn(await make())
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(problem)
  })
})

describe('bounds', () => {
  it('a ZIP that unpacks to gigabytes is refused by its directory, and one that hides its sizes too', async () => {
    const bytes = await workbook([{ name: 'x', rows: [['n']] }])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const directory = view.getUint32(bytes.length - 6, true)
    view.setUint32(directory + 24, 600_000_000, true)
    expect(await problemsIn(bytes)).toEqual(['people.xlsx: unpacked it is larger than 100 MiB: split the file'])
    view.setUint32(directory + 24, 0, true)
    expect((await problemsIn(bytes))[0]).toContain('damaged')
  })

  it('a ZIP whose directory names other sizes than the reader would believe is refused', async () => {
    const bytes = await workbook([{ name: 'x', rows: [['n']] }])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const directory = view.getUint32(bytes.length - 6, true)
    // Sizes that come later, none in the directory: those of the entry's own header would count.
    view.setUint16(directory + 8, view.getUint16(directory + 8, true) | 8, true)
    view.setUint32(directory + 20, 0, true)
    view.setUint32(directory + 24, 1, true)
    expect((await problemsIn(bytes))[0]).toContain('damaged')
    const other = await workbook([{ name: 'x', rows: [['n']] }])
    // The size of the directory points to a 64-bit record, and with it to another directory.
    new DataView(other.buffer, other.byteOffset, other.byteLength).setUint32(other.length - 10, 0xffffffff, true)
    expect((await problemsIn(other))[0]).toContain('larger than 100 MiB')
  })

  it('more rows than anybody keeps in one file are refused', async () => {
    const [problem] = await problemsIn(utf8(`n\n${'1\n'.repeat(ROWS_MAX)}`), {}, 'a.csv')
    expect(problem).toBe(`a.csv: more than ${ROWS_MAX} rows: split the file`)
  })

  it('problems are told in order, a bounded number of them, with the number of the others', () => {
    const problems = Array.from({ length: PROBLEMS_MAX + 3 }, (_, at) => ({
      line: 100 - at,
      column: 5,
      message: 'wrong',
    }))
    const lines = writeProblems({ name: 'p.xlsx', header: ['', '', '', '', '', '手机'] }, problems)
    expect(lines[0]).toBe('p.xlsx row 48, column 手机 (F): wrong')
    expect(lines).toHaveLength(PROBLEMS_MAX + 1)
    expect(lines.at(-1)).toBe('p.xlsx: and 3 more like these')
  })

  it('columns are called as Excel calls them', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
  })
})
