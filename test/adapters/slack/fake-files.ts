/** The fake's files: what people upload, the three steps by which an app does, files.info, and who may download. */
import { list, messageProblems, object, string } from './fake-blocks.ts'
import { type FakeStore, WORKSPACE } from './fake-store.ts'

/** A file object as Slack gives it: https://docs.slack.dev/reference/objects/file-object */
export interface FileObject {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly mimetype: string
  readonly size: number
  readonly user: string
  mode: string
  readonly url_private: string
  readonly url_private_download: string
  shares: Readonly<Record<string, Readonly<Record<string, readonly { readonly ts: string }[]>>>>
}
interface Kept {
  readonly file: FileObject
  bytes: Buffer | undefined
  isShared: boolean
  isDeleted: boolean
  /** What files.info says instead. */
  instead?: Readonly<Record<string, unknown>>
}
type Args = Readonly<Record<string, unknown>>
type Result = Readonly<Record<string, unknown>>
const no = (error: string, more: Result = {}): Result => ({ ok: false, error, ...more })

export class FakeFiles {
  readonly #store: FakeStore
  readonly #origin: () => string
  readonly #kept = new Map<string, Kept>()
  /** Slack's own reports of what it did with a share: left out of the answer, and done later. */
  sharesLate = false

  constructor(store: FakeStore, origin: () => string) {
    this.#store = store
    this.#origin = origin
  }

  /** Somebody puts a file into Slack; it is then sent with a message or in a form. */
  add(user: string, name: string, mimetype: string, bytes: Uint8Array): FileObject {
    const kept = this.#keep(user, name, mimetype, bytes.byteLength)
    kept.bytes = Buffer.from(bytes)
    kept.isShared = true
    return kept.file
  }

  remove(id: string): void {
    const kept = this.#kept.get(id)
    if (kept) kept.isDeleted = true
  }

  /** From now on files.info says this of it. */
  say(id: string, instead: Readonly<Record<string, unknown>>): void {
    const kept = this.#kept.get(id)
    if (kept) kept.instead = instead
  }

  of(id: string): { readonly file: FileObject; readonly bytes: Buffer } | undefined {
    const kept = this.#kept.get(id)
    return kept?.bytes && !kept.isDeleted ? { file: kept.file, bytes: kept.bytes } : undefined
  }

  /** As many as were begun and never shared. */
  get unshared(): number {
    return [...this.#kept.values()].filter(({ isShared }) => !isShared).length
  }

  call(method: string, args: Args): Result | undefined {
    switch (method) {
      case 'files.getUploadURLExternal':
        return this.#begin(args)
      case 'files.completeUploadExternal':
        return this.#complete(args)
      case 'files.info':
        return this.#info(args)
      default:
        return undefined
    }
  }

  /** The bytes at an upload's address. @returns an HTTP status */
  upload(id: string, bytes: Buffer): number {
    const kept = this.#kept.get(id)
    if (!kept || kept.isShared) return 404
    if (bytes.byteLength !== kept.file.size) return 400
    kept.bytes = bytes
    return 200
  }

  #keep(user: string, name: string, mimetype: string, size: number): Kept {
    const id = `F0${this.#store.next()}`
    const url = `${this.#origin()}/files-pri/${WORKSPACE.team}-${id}`
    const file: FileObject = {
      id,
      name,
      title: name,
      mimetype,
      size,
      user,
      mode: 'hosted',
      url_private: `${url}/${encodeURIComponent(name)}`,
      url_private_download: `${url}/download/${encodeURIComponent(name)}`,
      shares: {},
    }
    const kept: Kept = { file, bytes: undefined, isShared: false, isDeleted: false }
    this.#kept.set(id, kept)
    return kept
  }

  #begin(args: Args): Result {
    const size = Number(args['length'])
    const name = string(args['filename'])
    if (name === '' || !Number.isInteger(size) || size <= 0) return no('invalid_arguments')
    const { file } = this.#keep(WORKSPACE.bot, name, 'application/octet-stream', size)
    return { ok: true, upload_url: `${this.#origin()}/upload/v1/${file.id}`, file_id: file.id }
  }

  #complete(args: Args): Result {
    const [asked] = list(JSON.parse(string(args['files']) || '[]'))
    const kept = this.#kept.get(string(asked?.['id']))
    if (!kept?.bytes || kept.isShared) return no('file_not_found')
    const channel = string(args['channel_id'])
    // Unlike chat.postMessage it takes no person for a room.
    if (!/^[CDG]/.test(channel)) return no('invalid_channel')
    const room = this.#store.writable(channel)
    if (typeof room === 'string') return no(room)
    const comment = string(args['initial_comment'])
    const blocks = comment === '' ? list(args['blocks']) : []
    if (messageProblems(blocks).length > 0) return no('invalid_blocks')
    kept.isShared = true
    const file = { ...kept.file, title: string(asked?.['title']) || kept.file.name }
    const share = () => {
      const { ts } = this.#store.keep({ channel: room.id, user: WORKSPACE.bot, text: comment, blocks, files: [file] })
      kept.file.shares = { private: { [room.id]: [{ ts }] } }
    }
    if (this.sharesLate) this.later = share
    else share()
    return { ok: true, files: [this.sharesLate ? { id: file.id, title: file.title } : kept.file] }
  }

  /** What was put off by `sharesLate`. */
  later: () => void = () => {}

  #info(args: Args): Result {
    const kept = this.#kept.get(string(args['file']))
    if (!kept) return no('file_not_found')
    if (kept.isDeleted) return no('file_deleted')
    return { ok: true, file: { ...kept.file, ...object(kept.instead) } }
  }
}
