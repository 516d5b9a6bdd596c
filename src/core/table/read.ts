/** A file into a table: what kind it is by its content, its bounds, its headings; every problem with row and column. */
import { readCsv } from './csv.ts'
import {
  CELL_CHARS_MAX,
  COLUMNS_MAX,
  columnLetters,
  type ReadTableOptions,
  ROWS_MAX,
  TABLE_BYTES_MAX,
  type Table,
  type TableProblem,
  type TableRead,
  type TableRow,
  UNPACKED_BYTES_MAX,
  writeProblems,
} from './table.ts'
import { beginsAsZip, checkPacked } from './zip.ts'

/** The cells of a file before its headings are known; the place in the list is the row, from 0. */
export interface Grid {
  readonly rows: readonly (readonly string[])[]
  readonly problems: readonly TableProblem[]
}
export type GridRead = Grid | { readonly problem: string }

const OLD_EXCEL = [0xd0, 0xcf, 0x11, 0xe0]

/** Reads CSV or XLSX. Never throws over the file's content: what is wrong with it is told. */
export async function readTable(
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  options: ReadTableOptions = {},
): Promise<TableRead> {
  const refused = (problem: string) => ({ problems: [`${name}: ${problem}`] })
  if (bytes.length === 0) return refused('the file is empty')
  if (bytes.length > TABLE_BYTES_MAX)
    return refused(`${bytes.length} bytes are too many: at most ${TABLE_BYTES_MAX / 1024 / 1024} MiB; split the file`)
  if (OLD_EXCEL.every((byte, at) => bytes[at] === byte))
    return refused(
      'this is an old Excel file (.xls), or one with a password: open it in Excel, take the password away, and save it as .xlsx',
    )
  const grid = beginsAsZip(bytes) ? await workbookGrid(bytes, options) : csvGrid(bytes, options)
  if ('problem' in grid) return refused(grid.problem)
  return tableOf(name, grid)
}

function csvGrid(bytes: Uint8Array, { sheet }: ReadTableOptions): GridRead {
  if (sheet !== undefined) return { problem: `a CSV file has no sheets, so none is called ${sheet}` }
  const read = readCsv(bytes, ROWS_MAX)
  if ('rows' in read) return { rows: read.rows, problems: [] }
  if (read.line === undefined) return { problem: read.problem }
  return { rows: [], problems: [{ line: read.line, message: read.problem }] }
}

async function workbookGrid(bytes: Uint8Array, options: ReadTableOptions): Promise<GridRead> {
  switch (checkPacked(bytes, UNPACKED_BYTES_MAX)) {
    case 'too-large':
      return { problem: `unpacked it is larger than ${UNPACKED_BYTES_MAX / 1024 / 1024} MiB: split the file` }
    case 'ok':
      // Loaded late: a CSV file needs none of it.
      return (await import('./read-xlsx.ts')).readWorkbook(bytes, options)
    default:
      return { problem: 'the file is damaged, or no Excel workbook: save it once more as .xlsx' }
  }
}

function tableOf(name: string, { rows, problems }: Grid): TableRead {
  const at = rows.findIndex(isFilled)
  const heading = rows[at]
  if (heading === undefined)
    return {
      problems: writeProblems({ name }, problems.length > 0 ? problems : [{ message: 'there is nothing in it' }]),
    }
  const last = heading.findLastIndex((cell) => cell.trim() !== '')
  const header = heading.slice(0, last + 1).map((cell) => cell.trim())
  const wrong = [
    ...problems,
    ...wrongHeadings(header, at + 1),
    ...rows.slice(at + 1).flatMap((row, below) => wrongCells(row, header, at + 2 + below)),
  ]
  if (wrong.length > 0) return { problems: writeProblems({ name, header }, wrong) }
  const found = rows.flatMap((row, index): TableRow[] =>
    index > at && isFilled(row) ? [{ line: index + 1, cells: header.map((_, column) => row[column] ?? '') }] : [],
  )
  const table: Table = { name, header, headerLine: at + 1, rows: found }
  return { table }
}

const isFilled = (row: readonly string[]): boolean => row.some((cell) => cell.trim() !== '')

function wrongHeadings(header: readonly string[], line: number): readonly TableProblem[] {
  if (header.length > COLUMNS_MAX)
    return [{ line, message: `${header.length} columns are too many: at most ${COLUMNS_MAX}` }]
  return header.flatMap((heading, column): TableProblem[] => {
    const first = header.indexOf(heading)
    if (heading === '' || first === column) return []
    return [
      {
        line,
        column,
        message: `there is such a heading already, over column ${columnLetters(first)}: keep one of them`,
      },
    ]
  })
}

function wrongCells(row: readonly string[], header: readonly string[], line: number): readonly TableProblem[] {
  return row.flatMap((cell, column): TableProblem[] => {
    if (cell.length > CELL_CHARS_MAX)
      return [{ line, column, message: `${cell.length} characters are too many: at most ${CELL_CHARS_MAX}` }]
    if (cell.trim() === '' || (header[column] ?? '') !== '') return []
    return [{ line, column, message: `${JSON.stringify(cell.slice(0, 40))} stands under no heading` }]
  })
}
