/** The files of the chat: what people sent and what the bot sent them, beside the chat file. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface ShelvedFile {
  readonly id: string
  /** As its sender calls it: data. */
  readonly name: string
  readonly size: number
  /** Of a picture that browsers show; everything else is only ever downloaded. */
  readonly picture?: string
}

const ID = /^[0-9a-f-]{36}$/

/** What browsers draw and nothing else: told by content. SVG is a program and stays a download. */
export function pictureType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  return /^RIFF....WEBP/s.test(head) ? 'image/webp' : undefined
}

export class FileShelf {
  /** Undefined: everything is kept in memory, for tests and short lives. */
  readonly #folder: string | undefined
  readonly #memory = new Map<string, Uint8Array>()

  constructor(folder: string | undefined) {
    this.#folder = folder
    if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** Throws what the file system throws; then nothing was kept. */
  async put(name: string, bytes: Uint8Array): Promise<ShelvedFile> {
    const id = randomUUID()
    if (this.#folder === undefined) this.#memory.set(id, bytes)
    else {
      // Written beside and renamed: what is there is whole.
      const path = join(this.#folder, id)
      try {
        await writeFile(`${path}.new`, bytes, { mode: 0o600 })
        await rename(`${path}.new`, path)
      } catch (error) {
        await rm(`${path}.new`, { force: true })
        throw error
      }
    }
    const picture = pictureType(bytes)
    return { id, name, size: bytes.byteLength, ...(picture === undefined ? {} : { picture }) }
  }

  /** Undefined when it is not kept any more. */
  async read(id: string): Promise<Uint8Array | undefined> {
    if (!ID.test(id)) return undefined
    if (this.#folder === undefined) return this.#memory.get(id)
    try {
      return await readFile(join(this.#folder, id))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async remove(id: string): Promise<void> {
    if (!ID.test(id)) return
    this.#memory.delete(id)
    if (this.#folder !== undefined) await rm(join(this.#folder, id), { force: true })
  }

  /** Throws away everything that nothing names any more. */
  sweep(named: ReadonlySet<string>): void {
    for (const id of this.#memory.keys()) if (!named.has(id)) this.#memory.delete(id)
    if (this.#folder === undefined) return
    for (const name of readdirSync(this.#folder))
      if (!named.has(name)) rmSync(join(this.#folder, name), { force: true })
  }
}

/** More than this nobody sends at once; the oldest gives way. */
const PENDING_MAX = 20

/** What was uploaded and not sent yet: its uploader alone sees it. Forgotten with the process. */
export class PendingFiles {
  readonly #shelf: FileShelf
  readonly #pending = new Map<string, { readonly account: string; readonly file: ShelvedFile }>()

  constructor(shelf: FileShelf) {
    this.#shelf = shelf
  }

  async add(account: string, name: string, bytes: Uint8Array): Promise<ShelvedFile> {
    const file = await this.#shelf.put(name, bytes)
    this.#pending.set(file.id, { account, file })
    const own = [...this.#pending.values()].filter((each) => each.account === account)
    for (const { file: old } of own.slice(0, -PENDING_MAX)) await this.discard(account, old.id)
    return file
  }

  of(account: string, id: string): ShelvedFile | undefined {
    const found = this.#pending.get(id)
    return found?.account === account ? found.file : undefined
  }

  /** They are sent: the chat names them from now on. */
  sent(ids: readonly string[]): void {
    for (const id of ids) this.#pending.delete(id)
  }

  async discard(account: string, id: string): Promise<void> {
    if (!this.of(account, id)) return
    this.#pending.delete(id)
    await this.#shelf.remove(id)
  }

  ids(): readonly string[] {
    return [...this.#pending.keys()]
  }
}
