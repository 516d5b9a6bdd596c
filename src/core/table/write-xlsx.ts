/** A workbook from its plain description: headings that stay, widths that fit, text that stays text, the same bytes each time. */
import { type Cell, type CellStyle, type CellValue, type WriteSheet, writeXlsx } from 'hucre'
import { CELL_CHARS_MAX, type Sheet, type SheetCell, type SheetColumn, type Workbook } from './table.ts'
import { textWidth } from './text-width.ts'

/** Written into every file, so that the same contents are the same bytes. */
const MADE = new Date('2000-01-01T00:00:00Z')
const WIDTH_MIN = 6
const WIDTH_MAX = 40
/** Widths are found from so many rows. */
const LOOKED_AT_MAX = 500
const SHEET_NAME_CHARS_MAX = 31

/** Points of one line of text, and of the large one of the title. */
const LINE_POINTS = 16
const TITLE_POINTS = 24
const LINES_MAX = 12
/** Of every cell: a style without a name would be shown in whatever font the machine falls back to. */
const FONT = { name: 'Calibri', size: 11 }

const HEADING: CellStyle = {
  font: { ...FONT, bold: true },
  fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: 'E7EEF6' } },
  border: { bottom: { style: 'thin', color: { rgb: '8A9BAE' } } },
  alignment: { vertical: 'center', wrapText: true },
}
const TOTALS: CellStyle = {
  font: { ...FONT, bold: true },
  border: { top: { style: 'thin', color: { rgb: '8A9BAE' } } },
}
const TITLE: CellStyle = { font: { ...FONT, bold: true, size: 14 } }
const QUIET: CellStyle = { font: { ...FONT, color: { rgb: '5B6875' } } }

/** Throws RangeError for a cell that Excel could not hold, and for a row with more cells than there are columns. */
export async function writeWorkbook({ sheets }: Workbook): Promise<Uint8Array> {
  return writeXlsx({ properties: { created: MADE, modified: MADE }, defaultFont: FONT, sheets: sheets.map(written) })
}

function written(sheet: Sheet): WriteSheet {
  const { title = [], columns, rows, totals, notes = [], frozenColumns = 0 } = sheet
  const headingRow = title.length
  const below: readonly (readonly SheetCell[])[] = [
    ...(totals ? [totals] : []),
    ...(notes.length > 0 ? [[]] : []),
    ...notes.map((note) => [note]),
  ]
  const all = [...title.map((line) => [line]), columns.map(({ header }) => header), ...rows, ...below]
  const totalsRow = totals ? headingRow + 1 + rows.length : -1
  const notesFrom = all.length - notes.length
  // Beside a tall cell the others begin at its first line.
  const wraps = columns.some((column) => column.wrap)
  const cells = new Map<string, Partial<Cell>>()
  all.forEach((row, line) => {
    if (row.length > columns.length && line >= headingRow && line < notesFrom)
      throw new RangeError(
        `${sheet.name}: row ${line + 1} has ${row.length} cells, but there are ${columns.length} columns`,
      )
    row.forEach((cell, column) => {
      const style = styleOf(cell, columns[column], { line, headingRow, totalsRow, notesFrom, wraps })
      if (style !== undefined) cells.set(`${line},${column}`, { style })
    })
  })
  const lastColumn = Math.max(0, columns.length - 1)
  const widths = columns.map((column, index) => column.width ?? widthOf(column, index, sheet))
  return {
    name: sheetName(sheet.name),
    columns: widths.map((width) => ({ width })),
    rows: all.map((row, line) => row.map((cell) => valueIn(cell) ?? (line === totalsRow ? '' : null))),
    rowDefs: new Map([
      ...(title.length > 0 ? [[0, { height: TITLE_POINTS }] as const] : []),
      ...rows.flatMap((row, index) => tallRow(row, headingRow + 1 + index, columns, widths)),
    ]),
    cells,
    merges:
      lastColumn === 0
        ? []
        : title.map((_, line) => ({ startRow: line, startCol: 0, endRow: line, endCol: lastColumn })),
    freezePane: { rows: headingRow + 1, ...(frozenColumns > 0 ? { columns: frozenColumns } : {}) },
    pageSetup: {
      paperSize: 'a4',
      orientation: sheet.landscape ? 'landscape' : 'portrait',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: `$${headingRow + 1}:$${headingRow + 1}`,
    },
  }
}

function styleOf(
  cell: SheetCell,
  column: SheetColumn | undefined,
  {
    line,
    headingRow,
    totalsRow,
    notesFrom,
    wraps,
  }: { line: number; headingRow: number; totalsRow: number; notesFrom: number; wraps: boolean },
): CellStyle | undefined {
  if (line < headingRow) return line === 0 ? TITLE : QUIET
  if (line === headingRow) return HEADING
  if (line >= notesFrom) return QUIET
  const format = formatOf(cell, column)
  const wrap = wraps ? { alignment: { wrapText: column?.wrap ?? false, vertical: 'top' as const } } : {}
  const style = { ...(line === totalsRow ? TOTALS : {}), ...wrap, ...(format === undefined ? {} : { numFmt: format }) }
  return Object.keys(style).length === 0 ? undefined : style
}

/** Not every program makes room for the lines of a wrapped text by itself. */
function tallRow(
  row: readonly SheetCell[],
  line: number,
  columns: readonly SheetColumn[],
  widths: readonly number[],
): readonly (readonly [number, { height: number }])[] {
  const lines = row.map((cell, column) => {
    if (typeof cell !== 'string' || !columns[column]?.wrap) return 1
    return cell
      .split('\n')
      .reduce((sum, part) => sum + Math.max(1, Math.ceil(textWidth(part) / ((widths[column] ?? 1) - 1))), 0)
  })
  const most = Math.min(LINES_MAX, Math.max(1, ...lines))
  return most === 1 ? [] : [[line, { height: most * LINE_POINTS }]]
}

/** What a spreadsheet makes a number, a date or a formula of as soon as somebody edits the cell; `@` keeps 0012 as it is. */
const CHANGED_BY_EDITING = /^\s*[\d=+\-@.]/

function formatOf(cell: SheetCell, column: SheetColumn | undefined): string | undefined {
  if (cell === null) return undefined
  if (typeof cell === 'string') return CHANGED_BY_EDITING.test(cell) ? '@' : undefined
  if (typeof cell !== 'number') return 'yyyy-mm-dd'
  const { decimals } = column ?? {}
  return decimals === undefined ? undefined : decimals === 0 ? '0' : `0.${'0'.repeat(decimals)}`
}

function valueIn(cell: SheetCell): CellValue {
  if (cell === null || cell === '') return null
  if (typeof cell === 'string') return safeText(cell)
  if (typeof cell === 'number') {
    if (!Number.isFinite(cell)) throw new RangeError(`${cell} cannot stand in a sheet`)
    return cell
  }
  return new Date(`${cell.day}T00:00:00Z`)
}

/** Without what XML cannot hold; `_x0041_` would be read as A, so its underscore is written out. */
function safeText(text: string): string {
  if (text.length > CELL_CHARS_MAX)
    throw new RangeError(`a text of ${text.length} characters cannot stand in a cell: at most ${CELL_CHARS_MAX}`)
  return text
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
}

function sheetName(name: string): string {
  const allowed = name.replaceAll(/[[\]:*?/\\]|^'|'$/g, ' ').trim()
  return [...allowed].slice(0, SHEET_NAME_CHARS_MAX).join('') || 'Sheet'
}

function widthOf({ header }: SheetColumn, index: number, { rows }: Sheet): number {
  const texts = rows.slice(0, LOOKED_AT_MAX).map((row) => row[index] ?? null)
  const widest = Math.max(
    textWidth(header),
    ...texts.map((cell) => (typeof cell === 'object' ? (cell === null ? 0 : 10) : textWidth(String(cell)))),
  )
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, widest + 2))
}
