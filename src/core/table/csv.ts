/** CSV both ways: as Chinese and European Excel write it, and so that each of them opens ours right. */
import { CsvError, parse } from 'csv-parse/sync'
import type { Sheet, SheetCell } from './table.ts'

/** Rows of a file as they stand there, the empty ones too: the place in the list is the row that Excel numbers. */
export type CsvRead =
  | { readonly rows: readonly (readonly string[])[] }
  | { readonly line?: number; readonly problem: string }

const MARK = '\uFEFF'
const DELIMITERS = [',', ';', '\t'] as const

/**
 * What spreadsheets take for a formula or a command when a cell begins with it (OWASP, "CSV Injection"), apostrophes before
 * it included: so written and read are each other's inverse.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/

/** A text as a CSV cell in which no spreadsheet finds a formula. The way back is {@link unguarded}. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)
/** Takes the apostrophe of {@link guarded} away again. */
export const unguarded = (text: string): string => (GUARDED.test(text) ? text.slice(1) : text)

/** UTF-8 with its mark, comma, CRLF; headings and rows only. */
export function writeCsv({ columns, rows }: Sheet): Uint8Array {
  const lines = [columns.map(({ header }) => header), ...rows].map((row) => row.map(cellOf).join(','))
  return new TextEncoder().encode(`${MARK}${lines.map((line) => `${line}\r\n`).join('')}`)
}

function cellOf(cell: SheetCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = typeof cell === 'string' ? guarded(cell) : cell.day
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Reads UTF-8 (with or without its mark), what Chinese Excel saves (GB18030) and its “Unicode text” (UTF-16). */
export function readCsv(bytes: Uint8Array, rowsMax: number): CsvRead {
  const text = textOf(bytes)
  if (text === undefined || text.includes('\0'))
    return { problem: 'this is no table: save it from Excel as XLSX, or as “CSV UTF-8”' }
  try {
    const rows: string[][] = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      to: rowsMax + 1,
    })
    if (rows.length > rowsMax) return { problem: `more than ${rowsMax} rows: split the file` }
    return { rows: rows.map((row) => row.map(unguarded)) }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['records'] === 'number' ? error['records'] + 1 : 1
    return { line, problem: 'the quotes do not match: a cell that holds a " is written "…""…"' }
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // Not in this one.
    }
  }
  return undefined
}

/** The one that the first row has most of, outside quotes. */
function delimiterOf(text: string): string {
  const [first = ''] = text
    .replace(/^[\r\n]+/, '')
    .replaceAll(/"(?:[^"]|"")*"/g, '')
    .split(/[\r\n]/, 1)
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}
