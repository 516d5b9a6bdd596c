/** What is written reads back as the same texts, in CSV and in XLSX; no spreadsheet finds a formula; the bytes are the same every time. */
import fc from 'fast-check'
import { readXlsx } from 'hucre'
import { describe, expect, it } from 'vitest'
import { guarded, unguarded, writeCsv } from '../../../src/core/table/csv.ts'
import type { Sheet } from '../../../src/core/table/table.ts'
import { writeWorkbook } from '../../../src/core/table/write-xlsx.ts'
import { tableIn } from './files.ts'

/** Texts that people and programs have put into cells: Chinese, formulas, quotes, line ends, what looks like an escape. */
const piece = fc.oneof(
  fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    "'",
    '"',
    ',',
    ';',
    ' ',
    '0012',
    '＝',
    '_x0041_',
    '\u0001',
    '1e5',
    '2026-09-28',
  ),
  fc.constantFrom('张三', '𬭎', '繁體', '😀', '1/2', 'TRUE', '#N/A?', '\u2028', '\uFEFF'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
)
const text = fc
  .array(piece, { maxLength: 4 })
  .map((pieces) => pieces.join('').replaceAll(/[\0\p{Surrogate}\uFFFE\uFFFF]/gu, ''))
/** Empty rows are no rows. */
const rows = fc.array(
  fc.tuple(text, text, text).filter((row) => row.some((cell) => cell.trim() !== '')),
  { maxLength: 6 },
)
const sheetOf = (cells: readonly (readonly string[])[]): Sheet => ({
  name: '人员',
  columns: [{ header: '工号' }, { header: '=姓名' }, { header: 'note' }],
  rows: cells,
})

describe('written and read again', () => {
  it('every text is the same in CSV', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const read = await tableIn(writeCsv(sheetOf(given)), {}, 'a.csv')
        expect(read.header).toEqual(['工号', '=姓名', 'note'])
        expect(read.rows.map(({ cells }) => cells)).toEqual(given)
      }),
      { numRuns: 300 },
    )
  })

  it('every text is the same in XLSX', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const read = await tableIn(await writeWorkbook({ sheets: [sheetOf(given)] }))
        expect(read.header).toEqual(['工号', '=姓名', 'note'])
        expect(read.rows.map(({ cells }) => cells)).toEqual(given)
      }),
      { numRuns: 60 },
    )
  })

  it('numbers and days are the same in both', async () => {
    const sheet: Sheet = {
      name: 'x',
      columns: [{ header: 'n' }, { header: 'd' }],
      rows: [
        [-3.5, { day: '2026-02-28' }],
        [0.1, { day: '1999-12-31' }],
        [null, { day: '2028-02-29' }],
      ],
    }
    const expected = [
      ['-3.5', '2026-02-28'],
      ['0.1', '1999-12-31'],
      ['', '2028-02-29'],
    ]
    for (const bytes of [writeCsv(sheet), await writeWorkbook({ sheets: [sheet] })])
      expect((await tableIn(bytes)).rows.map(({ cells }) => cells)).toEqual(expected)
  })
})

describe('what begins like a formula', () => {
  it.each(['=1+1', '+86 139', '-1', '@SUM(A1)', '\tx', '\rx', "'=1", '＝1'])('%j is guarded in CSV', (value) => {
    expect(guarded(value)).toBe(`'${value}`)
    expect(unguarded(guarded(value))).toBe(value)
  })
  it.each(['a=1', "'tis", '', '1-2', '汉'])('%j stays as it is', (value) => {
    expect(guarded(value)).toBe(value)
    expect(unguarded(value)).toBe(value)
  })
  it('is a text in XLSX, not a formula', async () => {
    const { sheets } = await readXlsx(
      await writeWorkbook({ sheets: [sheetOf([['=HYPERLINK("http://x")', '+1', '@a']])] }),
      {
        readStyles: true,
      },
    )
    const types = [0, 1, 2].map((column) => sheets[0]?.cells?.get(`1,${column}`)?.type)
    expect(types).toEqual(['string', 'string', 'string'])
    expect(sheets[0]?.cells?.get('1,0')?.formula).toBeUndefined()
  })
})

describe('a sheet', () => {
  const sheet: Sheet = {
    ...sheetOf([['0012', '张三', 'x']]),
    title: ['十月', '版本 1'],
    totals: ['合计', null, null],
    notes: ['政策版本 3'],
  }
  it('is the same bytes every time', async () => {
    const [first, second] = [await writeWorkbook({ sheets: [sheet] }), await writeWorkbook({ sheets: [sheet] })]
    expect(Buffer.compare(first, second)).toBe(0)
  })
  it('has its title above, its headings frozen, its totals and notes below', async () => {
    const { sheets } = await readXlsx(await writeWorkbook({ sheets: [sheet] }))
    expect(sheets[0]?.rows.map(([first]) => first ?? '')).toEqual([
      '十月',
      '版本 1',
      '工号',
      '0012',
      '合计',
      '',
      '政策版本 3',
    ])
    expect(sheets[0]?.freezePane).toMatchObject({ rows: 3 })
  })
  it('takes no row with more cells than columns, no number that is none, no text longer than a cell', async () => {
    const write = (cells: Sheet['rows'][number]) => writeWorkbook({ sheets: [{ ...sheetOf([]), rows: [cells] }] })
    await expect(write(['a', 'b', 'c', 'd'])).rejects.toThrow('there are 3 columns')
    await expect(write([Number.NaN])).rejects.toThrow('cannot stand in a sheet')
    await expect(write(['x'.repeat(32_768)])).rejects.toThrow('at most 32767')
  })
  it('is called by what Excel takes for a name', async () => {
    const named = {
      ...sheetOf([]),
      name: '客服/一部[夜]: 一个长得放不下的名称一个长得放不下的名称一个长得放不下的名称',
    }
    const { sheets } = await readXlsx(await writeWorkbook({ sheets: [named] }))
    expect(sheets[0]?.name).toBe('客服 一部 夜   一个长得放不下的名称一个长得放不下的名称一')
  })
})
