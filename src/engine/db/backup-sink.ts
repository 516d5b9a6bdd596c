/** The file a backup is written into: lines, packed, hashed, at the pace of the disk. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

export interface Sink {
  /** One line, without its newline. Throws what the disk says, with its code. */
  put(line: string): Promise<void>
  /** A page of rows: whose they are, and the page itself, a JSON array of arrays. */
  putRows(table: string, rows: number, page: string): Promise<void>
  /** Writes the last line; resolves when everything is on the disk. */
  end(): Promise<{ readonly rows: number; readonly sha256: string }>
  /** Closes what is not to be used. */
  abandon(): Promise<void>
}

export function openSink(file: string): Sink {
  const hash = createHash('sha256')
  const gzip = createGzip()
  // On the disk before it is told that it is there.
  const done = pipeline(gzip, createWriteStream(file, { mode: 0o600, flush: true }))
  const broken = done.then(() => {})
  broken.catch(() => {}) // It is told to whoever writes next.
  let rows = 0
  const write = async (text: string) => {
    // What broke the file off is told, not that its stream is closed.
    if (gzip.destroyed) return broken
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), broken])
  }
  const put = async (line: string) => {
    hash.update(line).update('\n')
    await write(`${line}\n`)
  }
  return {
    put,
    async putRows(table, count, page) {
      await put(JSON.stringify({ table, rows: count }))
      await put(page)
      rows += count
    },
    async end() {
      const sha256 = hash.digest('hex')
      await write(`${JSON.stringify({ end: true, rows, sha256 })}\n`)
      gzip.end()
      await done
      return { rows, sha256 }
    },
    async abandon() {
      gzip.destroy()
      await done.catch(() => {})
    },
  }
}
