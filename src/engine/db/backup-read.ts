/** Reads a backup file line by line, and believes nothing of it before its last line. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import { ConfigError } from '#core/errors.ts'
import { type BackupHeader, endSchema, FORMAT, headerSchema, LINE_CHARS_MAX, pageSchema } from './backup-format.ts'

export type BackupPart =
  | { readonly header: BackupHeader }
  /** `page`: a JSON array of arrays of texts, as it lies in the file. */
  | { readonly table: string; readonly rows: number; readonly page: string }

export interface BackupFacts {
  readonly header: BackupHeader
  readonly rows: number
  readonly sha256: string
}

/** Reads the file to its end, so that nothing is changed for one that is damaged. @throws ConfigError saying what is wrong */
export async function checkBackup(file: string): Promise<BackupFacts> {
  let header: BackupHeader | undefined
  const parts = partsOf(file)
  for (;;) {
    const next = await parts.next()
    if (next.done) {
      if (!header) throw damaged(file, 'it is empty')
      return { header, ...next.value }
    }
    if ('header' in next.value) header = next.value.header
  }
}

/**
 * The parts of the file, as they come. Ends with the last line's sum, or throws ConfigError: whoever uses the parts before
 * must be able to undo it.
 */
export async function* partsOf(file: string): AsyncGenerator<BackupPart, { rows: number; sha256: string }> {
  const hash = createHash('sha256')
  const left = new Map<string, number>()
  let begun = false
  let rows = 0
  const lines = linesOf(file)
  for await (const line of lines) {
    const value = parsed(file, line)
    if (!begun) {
      const header = shaped(file, headerSchema, value)
      begun = true
      for (const table of header.tables) left.set(table.name, table.rows)
      hash.update(line).update('\n')
      yield { header }
      continue
    }
    if (isMap(value) && 'end' in value) {
      const end = shaped(file, endSchema, value)
      const sha256 = hash.digest('hex')
      if (end.sha256 !== sha256) throw damaged(file, 'its checksum is another one')
      const missing = [...left].filter(([, count]) => count !== 0).map(([name]) => name)
      if (end.rows !== rows || missing.length > 0) throw damaged(file, `rows are missing: ${missing.join(', ')}`)
      if (!(await lines.next()).done) throw damaged(file, 'something follows its last line')
      return { rows, sha256 }
    }
    const { table, rows: count } = shaped(file, pageSchema, value)
    const page = await lines.next()
    if (page.done) throw damaged(file, 'it is cut off')
    const remaining = left.get(table)
    if (remaining === undefined || remaining < count) throw damaged(file, `it holds more of ${table} than it says`)
    left.set(table, remaining - count)
    rows += count
    hash.update(line).update('\n').update(page.value).update('\n')
    yield { table, rows: count, page: page.value }
  }
  throw damaged(file, 'it is cut off')
}

/** Lines without their newline; what is cut off behind the last newline is none. */
async function* linesOf(file: string): AsyncGenerator<string, undefined> {
  const source = createReadStream(file)
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun: string[] = []
  let chars = 0
  try {
    for await (const bytes of source.pipe(gunzip)) {
      const pieces = decoder.decode(bytes as Uint8Array, { stream: true }).split('\n')
      const last = pieces.pop() ?? ''
      for (const piece of pieces) {
        yield [...begun, piece].join('')
        begun = []
        chars = 0
      }
      begun.push(last)
      chars += last.length
      if (chars > LINE_CHARS_MAX) throw damaged(file, 'a line of it does not end')
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new ConfigError([`${path.resolve(file)} cannot be read (${code}).`])
    throw damaged(file, code === 'Z_BUF_ERROR' ? 'it is cut off' : `it cannot be unpacked (${code ?? String(error)})`)
  } finally {
    source.destroy()
    gunzip.destroy()
  }
  return undefined
}

function parsed(file: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw damaged(file, 'a line of it is no JSON')
  }
}

function shaped<S extends z.ZodType>(file: string, schema: S, value: unknown): z.output<S> {
  if (
    schema === (headerSchema as z.ZodType) &&
    isMap(value) &&
    value['banzhang'] === 'backup' &&
    value['format'] !== FORMAT
  )
    throw new ConfigError([
      `${file} is a backup of format ${String(value['format'])}; this program reads ${FORMAT}: restore it with the program that made it.`,
    ])
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw damaged(file, `${result.error.issues[0]?.path.join('.') ?? ''}: ${result.error.issues[0]?.message ?? ''}`)
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const damaged = (file: string, why: string): ConfigError =>
  new ConfigError([`${file} is no whole backup: ${why}. Nothing was changed; take another one.`])
