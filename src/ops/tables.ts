/** Sheets at the command line: in which form one is written, and where to. */
import type { Sheet } from '#core/table/table.ts'
import type { Workshop } from '#engine/workshop/workshop.ts'
import { done, type OpsResult, UsageError } from './command.ts'
import { oneOf } from './words.ts'

export type Format = 'yaml' | 'csv' | 'xlsx'

/** By `--format`, else by the name of `--out`, else the first of `formats`. Throws UsageError for others, when the two disagree, and for XLSX without a file. */
export function formatOf<F extends Format>(
  asked: string | undefined,
  out: string | undefined,
  formats: readonly [F, ...F[]],
): F {
  const ending = /\.([a-z0-9]+)$/i
    .exec(out ?? '')?.[1]
    ?.toLowerCase()
    .replace(/^yml$/, 'yaml')
  const named = formats.find((format) => format === ending)
  if (asked === undefined) {
    if (ending === undefined || named !== undefined) return named ?? formats[0]
    throw new UsageError(`${out}: this is written as ${formats.join(' or ')}. Name the file so, or give --format.`)
  }
  const format = oneOf('FORMAT', asked, formats)
  if (format === 'xlsx' && out === undefined) throw new UsageError('A workbook needs a file: write --out FILE.')
  if (named !== undefined && named !== format) throw new UsageError(`${out} is no name for a file in ${format}.`)
  return format
}

/** A sheet as a file for its owner alone; CSV without a file goes to stdout. */
export async function sheetFile(
  workshop: Workshop,
  sheet: Sheet,
  format: Exclude<Format, 'yaml'>,
  out: string | undefined,
): Promise<OpsResult> {
  const bytes = format === 'csv' ? await workshop.writeCsv(sheet) : await workshop.writeSheet({ sheets: [sheet] })
  if (out === undefined) return { output: withPlainLines(new TextDecoder().decode(bytes)), exitCode: 0 }
  return {
    ...done([`Written to ${out}.`]),
    files: [{ path: out, text: '', base64: Buffer.from(bytes).toString('base64'), isPrivate: true }],
  }
}

/** Rows end as lines of a terminal do; what stands between quotation marks is somebody's own text and stays as it is. */
const withPlainLines = (csv: string): string =>
  csv.replaceAll(/"(?:[^"]|"")*"|\r\n/g, (part) => (part === '\r\n' ? '\n' : part))
