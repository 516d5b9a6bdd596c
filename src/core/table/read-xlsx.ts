/** A sheet of an XLSX workbook into the texts that people see in its cells. */
import { type Cell, type CellValue, HucreError, readXlsx } from 'hucre'
import type { GridRead } from './read.ts'
import { type ReadTableOptions, ROWS_MAX, type TableProblem } from './table.ts'

/** Excel keeps 15 digits of a number: longer ones were changed when they were typed. */
const NUMBER_MAX = 1e15
const EXCEL_ERROR = /^#(N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)$/

/** @param bytes whose ZIP directory was checked */
export async function readWorkbook(bytes: Uint8Array, { sheet }: ReadTableOptions): Promise<GridRead> {
  const names: string[] = []
  let wanted = -1
  try {
    const workbook = await readXlsx(bytes, {
      // Formats tell dates, and staff numbers shown as 0012, from numbers.
      readStyles: true,
      maxRows: ROWS_MAX + 1,
      sheets: (info, index) => {
        const isHidden = info.hidden === true || info.veryHidden === true
        if (!isHidden) names.push(info.name)
        if (wanted >= 0 || (sheet === undefined ? isHidden : info.name !== sheet)) return false
        wanted = index
        return true
      },
    })
    const [found] = workbook.sheets
    if (found === undefined)
      return {
        problem: sheet === undefined ? 'it has no sheet' : `there is no sheet ${sheet}; there are ${names.join(', ')}`,
      }
    if (found.rows.length > ROWS_MAX)
      return {
        problem: `the sheet reaches below row ${ROWS_MAX}: split it, or delete the empty rows under the last entry`,
      }
    const problems: TableProblem[] = []
    const rows = found.rows.map((row, line) =>
      row.map((value, column) => {
        const cell = found.cells?.get(`${line},${column}`)
        const problem = problemOf(value, cell)
        if (problem !== undefined) problems.push({ line: line + 1, column, message: problem })
        return textOf(value, cell)
      }),
    )
    return { rows, problems }
  } catch (error) {
    if (error instanceof HucreError)
      return {
        problem: `the workbook cannot be read (${error.message}): open it in Excel and save it once more as .xlsx`,
      }
    throw error
  }
}

function problemOf(value: CellValue, cell: Cell | undefined): string | undefined {
  if (cell?.formula !== undefined && value === null)
    return 'this formula has no value yet: open the file in Excel and save it, or write the value'
  if (typeof value === 'string' && EXCEL_ERROR.test(value)) return `${value}: the formula here has an error`
  if (typeof value === 'number' && Math.abs(value) >= NUMBER_MAX)
    return 'Excel keeps only 15 digits of a number: format the column as text and type it again'
  return undefined
}

function textOf(value: CellValue, cell: Cell | undefined): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return numberText(value, cell?.style?.numFmt)
  return timeText(value)
}

/** 0.30000000000000004 is what a computer makes of 0.3; 12 under the format `0000` is read as 0012. */
function numberText(value: number, format: string | undefined): string {
  const text = String(Number(value.toPrecision(15)))
  return format !== undefined && /^0+$/.test(format) && /^\d+$/.test(text) ? text.padStart(format.length, '0') : text
}

/** The library gives a cell's day and hour as if its zone were UTC: nothing is shifted. */
function timeText(value: Date): string {
  // An instant a hair before the minute is the minute: 09:30 is no number of binary fractions of a day.
  const text = new Date(Math.round(value.getTime() / 1000) * 1000).toISOString()
  const [day = '', hours = ''] = [text.slice(0, 10), text.slice(11, 19)]
  const time = hours.endsWith(':00') ? hours.slice(0, 5) : hours
  if (day < '1900-01-01') return time
  return time === '00:00' ? day : `${day} ${time}`
}
