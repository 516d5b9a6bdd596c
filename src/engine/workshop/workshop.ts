/**
 * The workshop: sheets, charts and the hashing of large files are made in a worker thread, on plain data, so that people
 * are answered meanwhile. Only descriptions cross over; the libraries are loaded on the other side, when they are needed.
 */
import type { Locale } from '#core/i18n.ts'
import type { ReadTableOptions, Sheet, TableRead, Workbook } from '#core/table/table.ts'

/** What a picture of numbers shows. */
export interface Chart {
  /** `stacked`: the series of a category on top of one another. */
  readonly kind: 'bar' | 'stacked' | 'line'
  readonly title: string
  /** A second, smaller line: the month, the version. */
  readonly subtitle?: string
  /** In order. Long ones are cut. */
  readonly categories: readonly string[]
  /** `values` by category; null: nothing is known. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
  /** What the numbers count, written over their axis: `天`, `days`. */
  readonly unit: string
  /** Of the sentence that stands there when there is nothing to show. */
  readonly locale: Locale
}

/** A picture is 1350 × 720 pixels. */
export const CHART_PIXELS = { width: 1350, height: 720 } as const

/**
 * One task at a time, the others wait in order. Each rejects with a {@link WorkshopError} when the worker died over it, took
 * longer than {@link TASK_MS_MAX}, or when the workshop was closed; the next one finds a new worker. What a task itself
 * refuses (a chart with more values than categories) rejects with that error.
 */
export interface Workshop {
  /** CSV or XLSX, by its content. Never rejects over the file: what is wrong with it comes as problems. */
  readTable(file: { readonly name: string; readonly bytes: Uint8Array }, options?: ReadTableOptions): Promise<TableRead>
  /** XLSX; the same description gives the same bytes, on every machine and day. */
  writeSheet(workbook: Workbook): Promise<Uint8Array>
  /** UTF-8 with the mark that Excel needs, comma, CRLF. Title, totals and notes are left out. Same bytes for the same description. */
  writeCsv(sheet: Sheet): Promise<Uint8Array>
  /** PNG of {@link CHART_PIXELS}. */
  drawChart(chart: Chart): Promise<Uint8Array>
  /** Hexadecimal. For small things use node:crypto where you are. */
  sha256(bytes: Uint8Array): Promise<string>
  /** Ends the worker; tasks that wait are rejected. */
  close(): Promise<void>
}

/** Real time a task may take. */
export const TASK_MS_MAX = 60_000

/** The worker died or was given up: the task can be tried again, once. */
export class WorkshopError extends Error {
  override readonly name = 'WorkshopError'
}
