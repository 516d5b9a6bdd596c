/** The simulator: the platform that needs no account. It is the chat server itself, and a chat page in the browser. */
import { type Instant, realNow } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, OutgoingFile, Platform, Recipient, SentAs } from '#core/platform.ts'
import { Chat, type ChatMessage, type JournalRecord } from './chat.ts'
import { ClockHand } from './clock.ts'
import { Directory, directRoomOf } from './directory.ts'
import type { SimulatorHost } from './host.ts'
import { simulatorPages } from './http.ts'
import { Inbound } from './inbound.ts'
import { limits } from './limits.ts'
import { FileShelf, PendingFiles, type ShelvedFile } from './shelf.ts'
import { ChatFile } from './store.ts'
import { Streams } from './stream.ts'

export type { SimulatedPerson, SimulatedRoom, SimulatorHost } from './host.ts'

export interface SimulatorOptions {
  readonly host: SimulatorHost
  /** The chat is kept here over restarts, as JSON lines; in memory alone when absent. */
  readonly storeFile?: string
  /** {@link realNow} when absent. */
  readonly realNow?: () => Instant
}

export interface SimulatorPlatform extends Platform {
  /**
   * Answers everything under `/simulator`. Whoever mounts it has refused peers and hosts that are not loopback, and
   * forwarding headers; origin and token are checked here. Rejects when the engine or the host fails: log it, answer 500.
   */
  fetch(request: Request): Promise<Response>
  edit(sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  find(message: Outgoing, since: Instant, signal: AbortSignal): Promise<SentAs | 'absent'>
  close(): Promise<void>
}

/** Reads `storeFile` at once and throws when it holds something else than the simulator's chat. */
export function createSimulator(options: SimulatorOptions): SimulatorPlatform {
  const { host } = options
  const directory = new Directory(host, options.realNow ?? realNow)
  const chat = keptChat(options.storeFile)
  const clock = new ClockHand(host.clock)
  const shelf = new FileShelf(options.storeFile === undefined ? undefined : `${options.storeFile}.files`)
  shelf.sweep(chat.fileIds())
  const pending = new PendingFiles(shelf)
  const inbound = new Inbound({ chat, directory, clock: host.clock, shelf, pending })
  const tellClock = () => {
    if (streams.count === 0) return
    // When what is due next cannot be learned now, the next heartbeat asks again.
    void clock.view().then(
      (view) => streams.tell('clock', view),
      () => {},
    )
  }
  const streams = new Streams(chat, directory, tellClock)
  chat.watch((message) => {
    streams.tellMessage(message)
    tellUnread(message, chat, directory, streams)
  })
  const pages = simulatorPages({ host, chat, directory, inbound, clock, streams, tellClock, shelf, pending })
  return {
    name: 'simulator',
    limits,
    paths: [],
    reachesPeople: false,
    receive: async () => {
      throw new PlatformError('not-authentic', 'The simulator takes no calls from outside: use the page at /simulator')
    },
    listen: (deliver, signal) => listen(inbound, deliver, signal),
    ...outbound(chat, directory, host, shelf),
    async fetchFile({ id, name }) {
      const bytes = await shelf.read(id)
      if (!bytes) throw new PlatformError('gone', `${name} is not in the simulator any more`, { code: 'file_deleted' })
      return new Blob([Uint8Array.from(bytes)]).stream()
    },
    directory: { members: (room) => membersOf(directory, room) },
    check: () => check(directory, inbound),
    fetch: async (request) => pages.fetch(request),
    close: async () => streams.close(),
  }
}

/** The chat over its file: what cannot be written down does not happen. */
function keptChat(storeFile: string | undefined): Chat {
  if (storeFile === undefined) return new Chat()
  const file = new ChatFile(storeFile)
  const chat = new Chat((record: JournalRecord) => {
    if (file.full) file.rewrite(chat.records())
    file.append(record)
  })
  chat.restore(file.load())
  return chat
}

async function listen(
  inbound: Inbound,
  deliver: Parameters<NonNullable<Platform['listen']>>[0],
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return
  inbound.hearWith(deliver)
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  inbound.hearWith(undefined)
}

function outbound(
  chat: Chat,
  directory: Directory,
  host: SimulatorHost,
  shelf: FileShelf,
): Pick<SimulatorPlatform, 'send' | 'edit' | 'find'> {
  const sentAs = ({ room, id }: ChatMessage): SentAs => ({ address: room, messageId: id })
  /** What cannot be written down has certainly not happened; the outbox tries again. */
  const written = <T>(key: string, change: () => T): T => {
    try {
      return change()
    } catch (cause) {
      throw new PlatformError('not-sent', `${key}: the simulator's chat file cannot be written`, { cause })
    }
  }
  return {
    async send({ key, to, message, accounts, file }, signal) {
      const { room, onlyFor } = await placeOf(directory, to)
      const files = file ? [await shelved(shelf, key, file)] : []
      if (signal.aborted) throw new PlatformError('not-sent', `${key}: given up before it was sent`)
      const draft = {
        room,
        at: host.clock.now(),
        shown: message,
        accounts,
        key,
        ...(files.length > 0 ? { files } : {}),
        ...(onlyFor === undefined ? {} : { onlyFor }),
      }
      return sentAs(written(key, () => chat.add(draft)))
    },
    async edit(sent, { key, message, accounts }, signal) {
      if (signal.aborted) throw new PlatformError('not-sent', `${key}: given up before it was changed`)
      const shown = written(key, () => chat.show(sent.address, sent.messageId, message, accounts, host.clock.now()))
      if (!shown)
        throw new PlatformError('gone', `${sent.address} has no message ${sent.messageId} any more`, {
          code: 'message_not_found',
        })
      return sentAs(shown)
    },
    async find({ key, to }) {
      const found = chat.byKey('account' in to ? directRoomOf(to.account) : to.room, key)
      return found ? sentAs(found) : 'absent'
    },
  }
}

async function shelved(shelf: FileShelf, key: string, file: OutgoingFile): Promise<ShelvedFile> {
  try {
    return await shelf.put(file.name, await file.read())
  } catch (cause) {
    throw new PlatformError('not-sent', `${key}: its file could not be kept beside the simulator's chat`, { cause })
  }
}

/** The room a message goes to, and the one who may see it when not everybody may. */
async function placeOf(directory: Directory, to: Recipient): Promise<{ room: string; onlyFor?: string }> {
  if ('account' in to) {
    if (!(await directory.person(to.account)))
      throw new PlatformError('gone', `The simulator has no account ${to.account}`, { code: 'account_not_found' })
    return { room: directRoomOf(to.account) }
  }
  const place = await directory.place(to.room)
  if (!place) throw new PlatformError('gone', `The simulator has no room ${to.room}`, { code: 'room_not_found' })
  const { onlyFor } = to
  if (onlyFor === undefined) return { room: place.room }
  if (!place.members.includes(onlyFor))
    throw new PlatformError('refused', `${onlyFor} is not in the room ${to.room}`, { code: 'not_in_room' })
  return place.kind === 'direct' ? { room: place.room } : { room: place.room, onlyFor }
}

function tellUnread(message: ChatMessage, chat: Chat, directory: Directory, streams: Streams): void {
  if (streams.count === 0) return
  const readers =
    message.onlyFor === undefined ? (directory.latest.place.get(message.room)?.members ?? []) : [message.onlyFor]
  const counts = readers.map((account) => [account, chat.unread(message.room, account)] as const)
  streams.tell('unread', { room: message.room, counts: Object.fromEntries(counts) })
}

async function membersOf(directory: Directory, room: string) {
  const place = await directory.place(room)
  if (!place) throw new PlatformError('gone', `The simulator has no room ${room}`, { code: 'room_not_found' })
  const { person } = directory.latest
  return place.members.map((account) => {
    const name = person.get(account)?.name
    return name === undefined ? { account } : { account, name }
  })
}

async function check(directory: Directory, inbound: Inbound) {
  const { people, channels } = await directory.now()
  const found = `${people.length} people, ${channels.length} channels`
  return [
    people.length > 0
      ? { what: 'simulator people', ok: true, detail: found }
      : { what: 'simulator people', ok: false, detail: `${found}: load a people file, nobody can be acted as` },
    { what: 'simulator listening', ok: true, detail: inbound.listening ? 'yes' : 'not in this process' },
  ]
}
