/** The chat itself: what was said in which room, who may see it, who has read it, which forms are open. In memory; tells a journal. */
import type { Card, Message } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import type { Form } from '#core/form.ts'
import { OFFERED_MAX, OPEN_FORMS_MAX, ROOM_MESSAGES_MAX } from './limits.ts'
import type { ShelvedFile } from './shelf.ts'

export interface ChatMessage {
  readonly id: string
  readonly room: string
  /** Its place in the chat; grows with time. */
  readonly seq: number
  /** The number of its latest change, from the same counter as `seq`. */
  readonly rev: number
  /** By the product's clock. */
  readonly at: Instant
  /** The account that said it; absent when the bot did. */
  readonly from?: string
  /** A person's words, exactly as typed. */
  readonly text?: string
  /** What came along, from either side. */
  readonly files?: readonly ShelvedFile[]
  /** What the bot shows. */
  readonly shown?: Message
  /** Accounts of the people that the bot's message names, by our person id. */
  readonly accounts?: Readonly<Record<string, string>>
  /** The one account that may see it. */
  readonly onlyFor?: string
  /** The key the bot's message was sent under. */
  readonly key?: string
  /** The gesture that said it or that it answers: a repeat finds it again. */
  readonly gesture?: string
  /** The bot was told of it. */
  readonly heard?: boolean
  readonly editedAt?: Instant
  /** Its content is gone; only the place is kept, so that panes that were away learn of it. */
  readonly deleted?: boolean
  /** Everything its cards have offered so far, as {@link offers} writes it: what may be clicked, late clicks too. */
  readonly offered?: readonly string[]
}

export interface WaitingForm {
  readonly handle: string
  readonly account: string
  readonly room: string
  readonly form: Form
  /** The gesture that sent it: from then on it takes nothing but repeats of that. */
  readonly sentBy?: string
  /** What was sent with it: kept until the bot has fetched it. */
  readonly files?: readonly ShelvedFile[]
}

/** One line of the chat file. A later line about the same thing wins. */
export type JournalRecord =
  | { readonly kind: 'message'; readonly message: ChatMessage }
  | { readonly kind: 'read'; readonly account: string; readonly room: string; readonly seq: number }
  | { readonly kind: 'form'; readonly waiting: WaitingForm }

export type Draft = Omit<ChatMessage, 'id' | 'seq' | 'rev' | 'offered' | 'deleted' | 'editedAt'>

/** What a card offers, one line each: a button by action and value, an option of the select by its value too. */
export function offers(card: Card | undefined): string[] {
  const buttons = (card?.buttons ?? []).map((button) => offerOf(button.action, button.value))
  const select = card?.select
  return [
    ...buttons,
    ...(select?.options ?? []).map((option) => offerOf(select?.action ?? '', select?.value ?? '', option.value)),
  ]
}

export function offerOf(action: string, value: string, chosen?: string): string {
  return JSON.stringify(chosen === undefined ? [action, value] : [action, value, chosen])
}

const maySee = (message: ChatMessage, account: string) => message.onlyFor === undefined || message.onlyFor === account
const readKey = (account: string, room: string) => `${room}\n${account}`

export class Chat {
  readonly #rooms = new Map<string, ChatMessage[]>()
  readonly #reads = new Map<string, number>()
  readonly #forms = new Map<string, WaitingForm>()
  readonly #watchers = new Set<(message: ChatMessage) => void>()
  readonly #record: (record: JournalRecord) => void
  #counter = 0

  /** @param record is told of every change before it holds; when it throws, the change does not happen */
  constructor(record: (record: JournalRecord) => void = () => {}) {
    this.#record = record
  }

  /** The number of the latest change. */
  get latest(): number {
    return this.#counter
  }

  /** Takes back what a journal kept. Tells neither journal nor watchers. */
  restore(records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.kind === 'message') this.#put(record.message)
      else if (record.kind === 'read') this.#reads.set(readKey(record.account, record.room), record.seq)
      else this.#keepForm(record.waiting)
    }
  }

  /** Everything that is still kept, as the shortest journal that gives it back. */
  *records(): Generator<JournalRecord> {
    for (const room of this.#rooms.values()) for (const message of room) yield { kind: 'message', message }
    for (const [key, seq] of this.#reads) {
      const [room = '', account = ''] = key.split('\n')
      yield { kind: 'read', account, room, seq }
    }
    for (const waiting of this.#forms.values()) yield { kind: 'form', waiting }
  }

  /** Calls `watcher` after every message that is new or changed; gives the way to stop. */
  watch(watcher: (message: ChatMessage) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  add(draft: Draft): ChatMessage {
    const seq = this.#counter + 1
    const offered = offers(draft.shown?.card)
    return this.#keep({ ...draft, id: `m${seq}`, seq, rev: seq, ...(offered.length > 0 ? { offered } : {}) })
  }

  /** Shows something else in the bot's message `id`. Undefined when it is not kept any more. */
  show(
    room: string,
    id: string,
    shown: Message,
    accounts: Readonly<Record<string, string>>,
    at: Instant,
  ): ChatMessage | undefined {
    const before = this.get(room, id)
    if (!before || before.deleted || before.from !== undefined) return undefined
    const offered = [...new Set([...offers(shown.card), ...(before.offered ?? [])])].slice(0, OFFERED_MAX)
    return this.#keep({
      ...before,
      shown,
      accounts,
      editedAt: at,
      rev: this.#counter + 1,
      ...(offered.length > 0 ? { offered } : {}),
    })
  }

  /** Changes a person's words. `heard` stays true once the bot was told of the message. */
  reword(message: ChatMessage, text: string, heard: boolean, at: Instant): ChatMessage {
    return this.#keep({ ...message, text, heard, editedAt: at, rev: this.#counter + 1 })
  }

  delete(message: ChatMessage): ChatMessage {
    const { text: _text, shown: _shown, offered: _offered, files: _files, ...rest } = message
    return this.#keep({ ...rest, deleted: true, rev: this.#counter + 1 })
  }

  get(room: string, id: string): ChatMessage | undefined {
    return this.#rooms.get(room)?.findLast((message) => message.id === id)
  }

  /** The newest message sent under this key that still stands. */
  byKey(room: string, key: string): ChatMessage | undefined {
    return this.#rooms.get(room)?.findLast((message) => message.key === key && !message.deleted)
  }

  /** The message that a file came with. */
  withFile(id: string): ChatMessage | undefined {
    for (const room of this.#rooms.values()) {
      const found = room.findLast((message) => message.files?.some((file) => file.id === id))
      if (found) return found
    }
    return undefined
  }

  /** The ids of every file that some message or form names. */
  fileIds(): ReadonlySet<string> {
    const named = [...this.#rooms.values()].flat().flatMap(({ files = [] }) => files)
    const filled = [...this.#forms.values()].flatMap(({ files = [] }) => files)
    return new Set([...named, ...filled].map(({ id }) => id))
  }

  /** What this gesture said (`bot` false) or was answered with (`bot` true), deleted or not. */
  ofGesture(room: string, gesture: string, bot: boolean): ChatMessage | undefined {
    return this.#rooms
      .get(room)
      ?.findLast((message) => message.gesture === gesture && (message.from === undefined) === bot)
  }

  /** The latest messages of a room that this account may see, oldest first; `before` is a `seq`. */
  page(
    room: string,
    account: string,
    countMax: number,
    before = Number.POSITIVE_INFINITY,
  ): { messages: ChatMessage[]; more: boolean } {
    const visible = (this.#rooms.get(room) ?? []).filter(
      (message) => message.seq < before && !message.deleted && maySee(message, account),
    )
    return { messages: visible.slice(-countMax), more: visible.length > countMax }
  }

  /** What changed in these rooms after `rev` for this account, in the order of change. */
  changesSince(rev: number, rooms: Iterable<string>, account: string): ChatMessage[] {
    const changed: ChatMessage[] = []
    for (const room of rooms)
      for (const message of this.#rooms.get(room) ?? [])
        if (message.rev > rev && maySee(message, account)) changed.push(message)
    return changed.sort((one, other) => one.rev - other.rev)
  }

  /** Messages of others in the room that this account has not read. */
  unread(room: string, account: string): number {
    const read = this.#reads.get(readKey(account, room)) ?? 0
    const messages = this.#rooms.get(room) ?? []
    let count = 0
    for (let index = messages.length - 1; index >= 0; index--) {
      const message = messages[index]
      if (!message || message.seq <= read) break
      if (message.from !== account && !message.deleted && maySee(message, account)) count++
    }
    return count
  }

  /** @returns whether that was news */
  markRead(room: string, account: string, seq: number): boolean {
    const bounded = Math.min(seq, this.#counter)
    if (bounded <= (this.#reads.get(readKey(account, room)) ?? 0)) return false
    this.#record({ kind: 'read', account, room, seq: bounded })
    this.#reads.set(readKey(account, room), bounded)
    return true
  }

  openForm(waiting: WaitingForm): void {
    this.#record({ kind: 'form', waiting })
    this.#keepForm(waiting)
  }

  form(handle: string): WaitingForm | undefined {
    return this.#forms.get(handle)
  }

  formSent(waiting: WaitingForm, gesture: string, files: readonly ShelvedFile[]): void {
    this.openForm({ ...waiting, sentBy: gesture, ...(files.length > 0 ? { files } : {}) })
  }

  #keepForm(waiting: WaitingForm): void {
    this.#forms.set(waiting.handle, waiting)
    const [oldest] = this.#forms.keys()
    if (this.#forms.size > OPEN_FORMS_MAX && oldest !== undefined) this.#forms.delete(oldest)
  }

  #keep(message: ChatMessage): ChatMessage {
    this.#record({ kind: 'message', message })
    this.#put(message)
    for (const watcher of this.#watchers) watcher(message)
    return message
  }

  #put(message: ChatMessage): void {
    const room = this.#rooms.get(message.room) ?? []
    this.#rooms.set(message.room, room)
    const at = room.findLastIndex((other) => other.id === message.id)
    if (at >= 0) room[at] = message
    else room.push(message)
    if (room.length > ROOM_MESSAGES_MAX) room.shift()
    this.#counter = Math.max(this.#counter, message.rev)
  }
}
