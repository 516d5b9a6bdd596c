/** The simulator against the contract of every platform. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Card, Markup } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Form } from '#core/form.ts'
import { type Deliver, MalformedCall } from '#core/platform.ts'
import type { SimulatorPlatform } from '../../../adapters/simulator/index.ts'
import { BODY_BYTES_MAX } from '../../../adapters/simulator/limits.ts'
import type { MessageView } from '../../../adapters/simulator/view.ts'
import type { ContractSubject, Failure, Gesture, Seen, Shown, ShownForm, Spoilt } from '../contract/subject.ts'
import { type ContractException, platformContract } from '../contract.ts'
import { type Json, never, outgoing, type Page, simulate } from './support.ts'

const nobodyBetween = 'the bot and the chat are one process: no network lies between them that could answer so'
const unsigned = 'the page is on this machine and carries a token of this process: its calls have no age'
const roomEnough = 'a page scrolls: the simulator shows everything and cuts nothing'
const noFiles = 'files cannot be given in the simulator yet: their fields are left out of the form'
const exceptions: ContractException[] = [
  { test: 'a stale call is refused and never delivered', reason: unsigned },
  { test: 'a call from the future is refused and never delivered', reason: unsigned },
  { test: 'a rate limit is told with the wait that the platform asks for', reason: nobodyBetween },
  { test: 'a rate limit without a wait is told as a rate limit', reason: nobodyBetween },
  { test: 'a refusal is told as refused', reason: nobodyBetween },
  { test: 'a server error is told as unknown', reason: nobodyBetween },
  { test: 'an answer that nobody can read is told as unknown', reason: nobodyBetween },
  { test: 'an answer that comes too late is told as unknown', reason: nobodyBetween },
  { test: 'a failed call is not repeated by the adapter itself', reason: nobodyBetween },
  { test: 'after a lost answer the message is found where it lies', reason: nobodyBetween },
  { test: 'after a lost call the message is absent', reason: nobodyBetween },
  { test: 'a file arrives with the message it was sent with, and can be fetched', reason: noFiles },
  { test: 'a file reaches its room, whole and under its caption', reason: noFiles },
  { test: 'a long text is cut with a note in English', reason: roomEnough },
  { test: 'a long text is cut with a note in Chinese', reason: roomEnough },
  { test: 'a form with every kind of field is drawn, its fields in order', reason: noFiles },
  { test: 'the largest form stays within limits', reason: noFiles },
]

platformContract('simulator', async () => new SimulatedPeople(), exceptions)

/** What of a card or text can be read, and what of it acts. */
class Reading {
  readonly words: string[] = []
  readonly live: string[] = []

  constructor(view: MessageView) {
    const accounts = view.accounts ?? {}
    if (view.text !== undefined) this.#markup(view.text, accounts)
    if (view.card) this.#card(view.card, accounts)
  }

  #card(card: Card, accounts: Readonly<Record<string, string>>): void {
    if (card.tone !== undefined && card.tone !== 'neutral') this.live.push(`stripe:${card.tone}`)
    const fields = (card.fields ?? []).flatMap(({ label, value }) => [label, value])
    for (const part of [card.title, card.text ?? '', ...fields, ...(card.list ?? []), card.select?.label ?? ''])
      this.#markup(part, accounts)
    for (const { label } of [...(card.select?.options ?? []), ...(card.buttons ?? [])]) this.words.push(label)
    this.#markup(card.note ?? '', accounts)
  }

  #markup(markup: Markup, accounts: Readonly<Record<string, string>>): void {
    const line: string[] = []
    for (const run of typeof markup === 'string' ? [markup] : markup) {
      if (typeof run === 'string') line.push(run)
      else if ('bold' in run) line.push(run.bold)
      else if ('quiet' in run) line.push(run.quiet)
      else if ('newline' in run) line.push('\n')
      else if ('link' in run) {
        line.push(run.link)
        this.live.push(`link:${run.url}`)
      } else {
        line.push(`@${run.name}`)
        const account = accounts[run.person]
        if (account !== undefined) this.live.push(`mention:${account}`)
      }
    }
    this.words.push(line.join(''))
  }
}

class SimulatedPeople implements ContractSubject {
  readonly person = 'wang'
  readonly other = 'li'
  readonly direct = 'dm-wang'
  readonly group = 'service'
  readonly gestures = ['direct', 'command', 'mention', 'click', 'choose', 'submit', 'edit', 'delete'] as const
  readonly #folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  #now = 0
  #deliver: Deliver = async () => ({})
  readonly #world = simulate({
    storeFile: join(this.#folder, 'chat.jsonl'),
    realNow: () => this.#now,
    answers: (event) => this.#deliver(event),
  })
  readonly #ids = new Map<string, string>()
  readonly #said = new Map<string, string>()
  readonly #forms = new Map<string, Form>()
  #views: MessageView[] = []

  /** The simulator, with eyes that look again after everything it has said. */
  readonly platform: SimulatorPlatform = {
    ...this.#world.platform,
    send: (message, signal) => this.#world.platform.send(message, signal).finally(() => this.#look()),
    edit: (sent, message, signal) => this.#world.platform.edit(sent, message, signal).finally(() => this.#look()),
  }

  get #page(): Page {
    return this.#world.page
  }

  async perform(gesture: Gesture, deliver: Deliver, spoilt?: Spoilt): Promise<Seen> {
    this.#deliver = deliver
    if (gesture.kind === 'own') {
      await this.platform.send(outgoing(gesture.id, { room: this.direct }, { text: gesture.text }), never())
      return { accepted: true }
    }
    const before = new Set((await this.#look()).map(({ id }) => id))
    const [path, body] = this.#call(gesture)
    const answer = await this.#post(path, body, spoilt).catch((error: unknown) => {
      if (error instanceof PlatformError || error instanceof MalformedCall) throw error
      return undefined
    })
    const fresh = (await this.#look()).filter(({ id }) => !before.has(id))
    const own = fresh.find(({ from }) => from === this.person)
    if (own) this.#said.set(gesture.id, own.id)
    const reply = fresh.find(({ from }) => from === undefined)
    if (!answer) return { accepted: false }
    const errors = answer['errors'] as Record<string, string> | undefined
    return {
      accepted: true,
      ...(reply ? { message: { ...shownOf(reply), ...(reply.private ? { onlyFor: this.person } : {}) } } : {}),
      ...(errors ? { errors } : {}),
    }
  }

  shown(): readonly Shown[] {
    // Messages for the other account alone are never sent by the contract: what the person sees is all there is.
    return this.#views
      .filter(({ from }) => from === undefined)
      .map((view) => ({ ...shownOf(view), ...(view.private ? { onlyFor: this.person } : {}) }))
  }

  async showForm(form: Form): Promise<ShownForm> {
    this.#deliver = async () => ({ form })
    const answer = await this.#post('say', { id: randomUUID(), account: this.person, room: this.direct, text: 'form' })
    const shown = answer['form'] as { handle: string; form: Form }
    const fields = shown.form.fields.filter(({ kind }) => kind !== 'file')
    this.#forms.set(shown.handle, shown.form)
    return {
      id: shown.handle,
      title: shown.form.title,
      fields: fields.map(({ name, label }) => ({ name, label })),
      problems: [],
    }
  }

  fail(how: Failure): void {
    const { host } = this.#world
    this.#now += 60_000
    if (how === 'gone') host.channels = []
    if (how === 'refused') host.staff = []
    if (how === 'unreachable') {
      rmSync(join(this.#folder, 'chat.jsonl'), { force: true })
      mkdirSync(join(this.#folder, 'chat.jsonl'))
    }
  }

  async close(): Promise<void> {
    await this.#world.close()
    rmSync(this.#folder, { recursive: true })
  }

  #call(gesture: Exclude<Gesture, { kind: 'own' }>): [string, object] {
    const id = this.#ids.get(gesture.id) ?? randomUUID()
    this.#ids.set(gesture.id, id)
    const here = { id, account: this.person, room: this.direct }
    const there = { ...here, room: this.group }
    if (gesture.kind === 'direct') return ['say', { ...here, text: gesture.text }]
    if (gesture.kind === 'command') return ['say', { ...there, text: `/${gesture.command} ${gesture.text}` }]
    if (gesture.kind === 'mention') return ['say', { ...there, text: `@班长 ${gesture.text}` }]
    if (gesture.kind === 'chatter') return ['say', { ...there, text: gesture.text }]
    if (gesture.kind === 'submit') {
      const values = { ...this.#untouched(gesture.form.id), ...gesture.values }
      return ['submit', { id, account: this.person, form: gesture.form.id, values }]
    }
    if (gesture.kind === 'edit') return ['edit', { ...here, message: this.#said.get(gesture.of), text: gesture.text }]
    if (gesture.kind === 'delete') return ['delete', { ...here, message: this.#said.get(gesture.of) }]
    const { messageId: message, room } = gesture.on
    const card = this.#views.find((view) => view.id === message)?.card
    if (gesture.kind === 'click') {
      const button = card?.buttons?.find(({ label }) => label === gesture.label)
      return ['click', { ...here, room, message, action: button?.action, value: button?.value }]
    }
    const option = card?.select?.options.find(({ label }) => label === gesture.option)
    return [
      'choose',
      { ...here, room, message, action: card?.select?.action, value: card?.select?.value, chosen: option?.value },
    ]
  }

  /** What stands in a form before anybody has touched it. */
  #untouched(handle: string): Json {
    const fields = this.#forms.get(handle)?.fields ?? []
    return Object.fromEntries(
      fields.flatMap((field) => ('initial' in field && field.initial ? [[field.name, field.initial]] : [])),
    )
  }

  async #post(path: string, body: object, spoilt?: Spoilt): Promise<Json> {
    const headers = spoilt === 'forged' ? { 'x-simulator-token': 'guessed' } : {}
    const sent =
      spoilt === 'malformed'
        ? JSON.stringify(body).slice(0, -1)
        : spoilt === 'oversized'
          ? { ...body, more: 'x'.repeat(BODY_BYTES_MAX) }
          : body
    const { status, json } = await this.#page.post(path, sent, headers)
    const words = JSON.stringify(json)
    if (status === 403) throw new PlatformError('not-authentic', words)
    if (status === 400 || status === 413) throw new MalformedCall(words)
    if (status !== 200) throw new Error(words)
    return json
  }

  async #look(): Promise<MessageView[]> {
    const rooms = await Promise.all([this.direct, this.group].map((room) => this.#page.reads(this.person, room)))
    // A room that has gone shows nothing any more.
    this.#views = (rooms.flatMap((messages) => messages ?? []) as unknown as MessageView[]).sort(
      (one, other) => one.seq - other.seq,
    )
    return this.#views
  }
}

function shownOf(view: MessageView): Shown {
  const { words, live } = new Reading(view)
  const buttons = (view.card?.buttons ?? []).map(({ label }) => label)
  const options = (view.card?.select?.options ?? []).map(({ label }) => label)
  return { messageId: view.id, room: view.room, words: words.join('\n'), live, buttons, options, problems: [] }
}
