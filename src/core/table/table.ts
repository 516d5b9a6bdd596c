/** A table as people keep it in Excel: one row of headings, rows of text, and the places by which people find a cell again. */

/** What was read. Every cell is the text that people see: dates `2026-09-28`, times `09:30`, numbers in their shortest form. */
export interface Table {
  /** Name of the file as the caller wrote it, for messages. */
  readonly name: string
  /** Trimmed; an empty heading stands over an empty column only. */
  readonly header: readonly string[]
  /** The row of the headings as Excel numbers it. */
  readonly headerLine: number
  /** Rows with at least one cell that holds something. */
  readonly rows: readonly TableRow[]
}
export interface TableRow {
  /** As Excel numbers it, from 1. */
  readonly line: number
  /** As many as there are headings; empty text for an empty cell. Never trimmed. */
  readonly cells: readonly string[]
}

/** A table, or everything that is wrong with the file, as sentences with row and column; never both. */
export type TableRead = { readonly table: Table } | { readonly problems: readonly string[] }

export interface ReadTableOptions {
  /** The sheet of a workbook; the first that is not hidden when absent. */
  readonly sheet?: string
}

/** Bounds of what is read; each refusal names its bound. */
export const TABLE_BYTES_MAX = 5 * 1024 * 1024
/** Of a workbook once it is unpacked. */
export const UNPACKED_BYTES_MAX = 100 * 1024 * 1024
export const ROWS_MAX = 50_000
export const COLUMNS_MAX = 100
/** Excel's own limit. */
export const CELL_CHARS_MAX = 32_767
/** Problems of one file that are listed; the others are counted. */
export const PROBLEMS_MAX = 50

/** A day in a cell, without zone or hour: `{ day: '2026-09-28' }`. */
export interface DayCell {
  readonly day: string
}
/** Text is always text, whatever it begins with; a number is a number; null is empty. */
export type SheetCell = string | number | DayCell | null

export interface SheetColumn {
  readonly header: string
  /** In characters of Latin text, a Chinese one counts two; by the contents when absent, at most 40. */
  readonly width?: number
  /** Digits after the point of this column's numbers; as they come when absent. */
  readonly decimals?: number
  /** Long texts are broken into lines. */
  readonly wrap?: true
}
/** One tab of a workbook, or one CSV file. */
export interface Sheet {
  /** At most 31 characters; what Excel does not take in a name (`[]:*?/\`) becomes a space. */
  readonly name: string
  /** Lines above the headings, the first one large. With them the sheet is for reading, not for importing. */
  readonly title?: readonly string[]
  readonly columns: readonly SheetColumn[]
  readonly rows: readonly (readonly SheetCell[])[]
  /** A last row that stands out. */
  readonly totals?: readonly SheetCell[]
  /** Lines below. */
  readonly notes?: readonly string[]
  /** Columns at the left that stay when the sheet is moved; the headings always do. Default 0. */
  readonly frozenColumns?: number
  /** Printed on A4 across; upright when absent. The width always fits one page. */
  readonly landscape?: true
}
export interface Workbook {
  readonly sheets: readonly Sheet[]
}

/** `A`, `Z`, `AA`: the letters of a column, counted from 0. */
export function columnLetters(index: number): string {
  const before = Math.floor(index / 26)
  return (before === 0 ? '' : columnLetters(before - 1)) + String.fromCharCode(65 + (index % 26))
}

/** One problem of a table and where people find it. */
export interface TableProblem {
  /** As Excel numbers it; absent: the file as a whole. */
  readonly line?: number
  /** From 0; absent: the row as a whole. */
  readonly column?: number
  readonly message: string
}

/** `people.xlsx row 7, column 手机 (F): …`, in the order of the rows, {@link PROBLEMS_MAX} of them and the number of the others. */
export function writeProblems(
  file: { readonly name: string; readonly header?: readonly string[] },
  problems: readonly TableProblem[],
): readonly string[] {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? -1) - (b.column ?? -1))
  const lines = [...new Set(sorted.map((problem) => `${placeOf(file, problem)}: ${problem.message}`))]
  const more = lines.length - PROBLEMS_MAX
  return more <= 0 ? lines : [...lines.slice(0, PROBLEMS_MAX), `${file.name}: and ${more} more like these`]
}

function placeOf(
  { name, header = [] }: { readonly name: string; readonly header?: readonly string[] },
  { line, column }: TableProblem,
): string {
  if (line === undefined) return name
  if (column === undefined) return `${name} row ${line}`
  const heading = header[column] ?? ''
  const letters = columnLetters(column)
  return `${name} row ${line}, column ${heading === '' ? letters : `${heading} (${letters})`}`
}
