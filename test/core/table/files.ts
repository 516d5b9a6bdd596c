/** Files as people's programs write them, for the tests of tables. */
import { type WriteSheet, writeXlsx } from 'hucre'
import { readTable } from '../../../src/core/table/read.ts'
import type { ReadTableOptions, Table } from '../../../src/core/table/table.ts'

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A workbook as another program would write it. */
export const workbook = (sheets: WriteSheet[]): Promise<Uint8Array> => writeXlsx({ sheets })

/** The table of a file that is right. */
export async function tableIn(bytes: Uint8Array, options?: ReadTableOptions, name = 'people.xlsx'): Promise<Table> {
  const read = await readTable({ name, bytes }, options)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read.table
}

/** The problems of a file that is wrong; none for one that is right. */
export async function problemsIn(bytes: Uint8Array, options?: ReadTableOptions, name = 'people.xlsx') {
  const read = await readTable({ name, bytes }, options)
  return 'problems' in read ? read.problems : []
}

/** A sheet with text cells that Excel counts as formulas with a kept value, or without one. */
export const formula = (text: string, result: number | string | null): WriteSheet => ({
  name: 'x',
  rows: [['n'], [result]],
  cells: new Map([['1,0', { value: result, formula: text, ...(result === null ? {} : { formulaResult: result }) }]]),
})
