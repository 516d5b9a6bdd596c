/** The chat file: one JSON record a line, appended as things happen, rewritten when it has grown. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { JournalRecord } from './chat.ts'
import { STORE_BYTES_MAX } from './limits.ts'

/** Enough to know that a line is ours; the rest was written by us and is taken as it is. */
const record = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    message: z.looseObject({ id: z.string(), room: z.string(), seq: z.int(), rev: z.int(), at: z.number() }),
  }),
  z.object({ kind: z.literal('read'), account: z.string(), room: z.string(), seq: z.int() }),
  z.object({
    kind: z.literal('form'),
    waiting: z.looseObject({
      handle: z.string(),
      account: z.string(),
      room: z.string(),
      form: z.looseObject({ form: z.string() }),
    }),
  }),
])

export class ChatFile {
  readonly #path: string
  readonly #bytesMax: number
  #bytes = 0
  /** What the last rewrite came to: a chat that is large by itself is not rewritten for every line. */
  #keptBytes = 0
  /** The end of the file cannot be trusted: the next record goes into a new file. */
  #torn = false

  /** @param bytesMax the size at which {@link full} becomes true */
  constructor(path: string, bytesMax: number = STORE_BYTES_MAX) {
    this.#path = path
    this.#bytesMax = bytesMax
  }

  /**
   * Everything in the file; nothing when there is none. A last line that was cut off is left out.
   * Throws when any other line is not ours, naming it: a file that is not understood is never written over.
   */
  load(): JournalRecord[] {
    mkdirSync(dirname(this.#path), { recursive: true })
    if (!existsSync(this.#path)) return []
    const content = readFileSync(this.#path, 'utf8')
    this.#bytes = statSync(this.#path).size
    const lines = content.split('\n')
    this.#torn = lines.pop() !== ''
    return lines.map((line, index) => this.#read(line, index + 1))
  }

  /** Is a {@link rewrite} due: the file has grown too large, or its end was cut off? */
  get full(): boolean {
    return this.#torn || this.#bytes > Math.max(this.#bytesMax, 2 * this.#keptBytes)
  }

  /** Adds one line. Throws what the file system throws. */
  append(entry: JournalRecord): void {
    const line = `${JSON.stringify(entry)}\n`
    try {
      appendFileSync(this.#path, line, { mode: 0o600 })
    } catch (error) {
      this.#torn = true
      throw error
    }
    this.#bytes += Buffer.byteLength(line)
  }

  /** Puts these records in the place of everything; the old file stays whole until the new one is. */
  rewrite(records: Iterable<JournalRecord>): void {
    const next = `${this.#path}.new`
    const file = openSync(next, 'w', 0o600)
    let bytes = 0
    try {
      for (const entry of records) bytes += writeSync(file, `${JSON.stringify(entry)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(next, this.#path)
    this.#bytes = bytes
    this.#keptBytes = bytes
    this.#torn = false
  }

  #read(line: string, number: number): JournalRecord {
    try {
      return record.parse(JSON.parse(line)) as unknown as JournalRecord
    } catch {
      throw new Error(
        `${this.#path}, line ${number}: not a record of the simulator's chat. Move the file away to begin a new chat.`,
      )
    }
  }
}
