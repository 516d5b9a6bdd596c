/** From what a person does in the page to what the engine hears, and from its answer back into the chat. */
import { randomUUID } from 'node:crypto'
import type { Form, FormValues } from '#core/form.ts'
import type { Answer, Deliver, FileRef, Incoming } from '#core/platform.ts'
import { addressed, isPrivate } from './addressed.ts'
import { type Chat, type ChatMessage, offerOf } from './chat.ts'
import type { Directory, Place } from './directory.ts'
import { readForm } from './form-values.ts'
import type { ChooseBody, ClickBody, DeleteBody, EditBody, SayBody, SubmitBody } from './gestures.ts'
import type { SimulatedPerson, SimulatorHost } from './host.ts'
import { messages } from './i18n.ts'
import { SAID_CHARS_MAX } from './limits.ts'
import { Refused } from './refusal.ts'
import type { FileShelf, PendingFiles, ShelvedFile } from './shelf.ts'

/** What the page is told in the same exchange; messages come by its stream. */
export interface Outcome {
  readonly toast?: string
  readonly errors?: Readonly<Record<string, string>>
  readonly form?: { readonly handle: string; readonly form: Form }
}

interface Here {
  readonly person: SimulatedPerson
  readonly place: Place
}

const CAN_CARRY = ['message', 'errors', 'toast', 'form'] as const

export class Inbound {
  readonly #chat: Chat
  readonly #directory: Directory
  readonly #clock: SimulatorHost['clock']
  readonly #shelf: FileShelf
  readonly #pending: PendingFiles
  #deliver: Deliver | undefined

  constructor(parts: {
    chat: Chat
    directory: Directory
    clock: SimulatorHost['clock']
    shelf: FileShelf
    pending: PendingFiles
  }) {
    this.#chat = parts.chat
    this.#directory = parts.directory
    this.#clock = parts.clock
    this.#shelf = parts.shelf
    this.#pending = parts.pending
  }

  get listening(): boolean {
    return this.#deliver !== undefined
  }

  /** Who hears from now on; undefined when nobody does any more. */
  hearWith(deliver: Deliver | undefined): void {
    this.#deliver = deliver
  }

  async say(body: SayBody): Promise<Outcome> {
    const here = await this.here(body.account, body.room)
    const { files: sent = [] } = body
    checkWords(body.text, sent.length > 0)
    const meant = addressed(body.text, here.place.kind)
    if (meant) this.#awake()
    const before = this.#chat.ofGesture(body.room, body.id, false)
    const files = before?.files ?? this.#uploaded(body.account, sent)
    const said =
      before ??
      this.#chat.add({
        room: body.room,
        from: body.account,
        text: body.text,
        ...(files.length > 0 ? { files } : {}),
        at: this.#clock.now(),
        gesture: body.id,
        heard: meant !== undefined,
        ...(here.place.kind === 'group' && isPrivate(body.text) ? { onlyFor: body.account } : {}),
      })
    this.#pending.sent(sent)
    if (!meant) return {}
    return this.#tell({
      ...this.#heard(here, `sim:${said.seq}-${body.id}`),
      kind: 'said',
      ...meant,
      messageId: said.id,
      ...(files.length > 0 ? { files: files.map(refOf) } : {}),
    })
  }

  /** A button, or with `chosen` an option of the select. Also when the card has changed since: the engine answers late clicks. */
  async click(body: ClickBody | ChooseBody): Promise<Outcome> {
    const here = await this.here(body.account, body.room)
    const on = this.#message(here, body.message)
    const chosen = 'chosen' in body ? body.chosen : undefined
    if (!on.offered?.includes(offerOf(body.action, body.value, chosen)))
      throw new Refused(409, messages.later('not-offered'))
    return this.#tell({
      ...this.#heard(here, `click:${body.id}`),
      kind: 'clicked',
      action: body.action,
      value: body.value,
      ...(chosen === undefined ? {} : { chosen }),
      on: { address: on.room, messageId: on.id },
      ...(on.key === undefined ? {} : { sentKey: on.key }),
    })
  }

  async submit(body: SubmitBody): Promise<Outcome> {
    const waiting = this.#chat.form(body.form)
    if (waiting?.account !== body.account || (waiting.sentBy ?? body.id) !== body.id)
      throw new Refused(409, messages.later('form-closed'), { code: 'form-closed' })
    const here = await this.here(waiting.account, waiting.room)
    const { person } = this.#directory.latest
    const earlier = waiting.files ?? []
    const fileOf = (id: string) => this.#pending.of(body.account, id) ?? earlier.find((file) => file.id === id)
    const read = readForm(waiting.form, body.values, here.person.locale, {
      isPerson: (account) => person.has(account),
      isFile: (id) => fileOf(id) !== undefined,
    })
    if ('errors' in read) return read
    const files = filesIn(waiting.form, read.values).flatMap((id) => fileOf(id) ?? [])
    const outcome = await this.#tell({
      ...this.#heard(here, `fill:${body.id}`),
      kind: 'filled',
      form: waiting.form.form,
      value: waiting.form.value,
      values: read.values,
      ...(files.length > 0 ? { files: files.map(refOf) } : {}),
      ...peopleIn(waiting.form),
      opened: { handle: waiting.handle },
    })
    if (!outcome.errors && waiting.sentBy === undefined) {
      this.#chat.formSent(waiting, body.id, files)
      this.#pending.sent(files.map(({ id }) => id))
    }
    return outcome
  }

  async edit(body: EditBody): Promise<Outcome> {
    const here = await this.here(body.account, body.room)
    const before = this.#own(here, body.message)
    checkWords(body.text, (before.files ?? []).length > 0)
    const meant = addressed(body.text, here.place.kind)
    const heard = before.heard === true || meant !== undefined
    if (heard) this.#awake()
    this.#chat.reword(before, body.text, heard, this.#clock.now())
    if (!heard) return {}
    const text = meant?.command === undefined ? (meant?.text ?? body.text) : `/${meant.command} ${meant.text}`.trim()
    return this.#tell({ ...this.#heard(here, `edit:${body.id}`), kind: 'edited', messageId: before.id, text })
  }

  async delete(body: DeleteBody): Promise<Outcome> {
    const here = await this.here(body.account, body.room)
    // A repeat finds it deleted already and tells the bot again, under the same key.
    const before = this.#own(here, body.message, { deletedToo: true })
    if (before.heard) this.#awake()
    if (!before.deleted) this.#chat.delete(before)
    for (const { id } of before.files ?? []) await this.#shelf.remove(id)
    if (!before.heard) return {}
    return this.#tell({ ...this.#heard(here, `delete:${body.id}`), kind: 'deleted', messageId: before.id })
  }

  /** The person in the room. Refuses who or what does not exist, and who is not a member. */
  async here(account: string, room: string): Promise<Here> {
    const person = await this.someone(account)
    const place = await this.#directory.place(room)
    if (!place) throw new Refused(404, messages.later('no-such-room', { room }))
    if (!place.members.includes(account)) throw new Refused(403, messages.later('not-a-member', { name: person.name }))
    return { person, place }
  }

  async someone(account: string): Promise<SimulatedPerson> {
    const person = await this.#directory.person(account)
    if (!person) throw new Refused(404, messages.later('no-such-person', { account }))
    return person
  }

  /** What this person has uploaded and sends now. */
  #uploaded(account: string, ids: readonly string[]): readonly ShelvedFile[] {
    return ids.map((id) => {
      const file = this.#pending.of(account, id)
      if (!file) throw new Refused(404, messages.later('no-such-file'))
      return file
    })
  }

  #heard({ person, place }: Here, key: string) {
    return {
      key,
      person: person.account,
      room: place.room,
      roomKind: place.kind,
      locale: person.locale,
      canCarry: CAN_CARRY,
    }
  }

  #message({ person, place }: Here, id: string, { deletedToo = false } = {}): ChatMessage {
    const message = this.#chat.get(place.room, id)
    if (
      !message ||
      (message.deleted && !deletedToo) ||
      (message.onlyFor !== undefined && message.onlyFor !== person.account)
    )
      throw new Refused(404, messages.later('no-such-message'))
    return message
  }

  #own(here: Here, id: string, which: { deletedToo?: boolean } = {}): ChatMessage {
    const message = this.#message(here, id, which)
    if (message.from !== here.person.account) throw new Refused(403, messages.later('not-yours'))
    return message
  }

  #awake(): Deliver {
    if (!this.#deliver) throw new Refused(503, messages.later('bot-away'))
    return this.#deliver
  }

  async #tell(event: Incoming): Promise<Outcome> {
    const deliver = this.#awake()
    return this.#apply(event, await deliver(event))
  }

  #apply(event: Incoming, { message, toast, errors, form, key }: Answer): Outcome {
    // A repeat of the same gesture is given the same answer by the engine: it is not said twice.
    const gesture = event.key
    if (message && !this.#chat.ofGesture(event.room, gesture, true))
      this.#chat.add({
        room: event.room,
        at: this.#clock.now(),
        shown: message,
        gesture,
        ...(key === undefined ? {} : { key }),
        ...(event.roomKind === 'group' ? { onlyFor: event.person } : {}),
      })
    const opened = form && { handle: randomUUID(), form }
    if (opened) this.#chat.openForm({ ...opened, account: event.person, room: event.room })
    return {
      ...(toast ? { toast } : {}),
      ...(errors && event.kind === 'filled' ? { errors } : {}),
      ...(opened ? { form: opened } : {}),
    }
  }
}

const refOf = ({ id, name, size, picture }: ShelvedFile): FileRef => ({
  id,
  name,
  size,
  ...(picture === undefined ? {} : { mediaType: picture }),
})

/** The fields whose values are accounts. */
function peopleIn(form: Form): { readonly people?: readonly string[] } {
  const people = form.fields.flatMap(({ kind, name }) => (kind === 'people' ? [name] : []))
  return people.length > 0 ? { people } : {}
}

/** The ids that the file fields of a form were given. */
const filesIn = (form: Form, values: FormValues): readonly string[] =>
  form.fields.flatMap((field) => {
    const value = field.kind === 'file' ? values[field.name] : undefined
    return typeof value === 'object' ? value : []
  })

/** @param withFiles then there need not be any */
function checkWords(text: string, withFiles: boolean): void {
  if (text.trim() === '' && !withFiles) throw new Refused(400, messages.later('nothing-said'))
  if (text.length > SAID_CHARS_MAX)
    throw new Refused(400, messages.later('too-long', { max: SAID_CHARS_MAX, count: text.length }))
}
