/** What the worker can do, by name; runs on its thread, and loads each library when the first task needs it. */
import { createHash } from 'node:crypto'
import { readTable } from '#core/table/read.ts'
import type { ReadTableOptions, Sheet, TableRead, Workbook } from '#core/table/table.ts'
import type { Chart } from './workshop.ts'

export const TASKS = {
  readTable: ({
    file,
    options,
  }: {
    file: { name: string; bytes: Uint8Array }
    options: ReadTableOptions
  }): Promise<TableRead> => readTable(file, options),
  writeSheet: async (workbook: Workbook): Promise<Uint8Array> =>
    (await import('#core/table/write-xlsx.ts')).writeWorkbook(workbook),
  writeCsv: async (sheet: Sheet): Promise<Uint8Array> => (await import('#core/table/csv.ts')).writeCsv(sheet),
  drawChart: async (chart: Chart): Promise<Uint8Array> => (await import('./draw-chart.ts')).drawChart(chart),
  sha256: async (bytes: Uint8Array): Promise<string> => createHash('sha256').update(bytes).digest('hex'),
} as const

export type Tasks = typeof TASKS
