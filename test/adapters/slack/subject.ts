/** The Slack adapter and its fake, as the contract suite wants them. */
import type { Deliver, Incoming, Platform, RawRequest } from '#core/platform.ts'
import { createSlack } from '../../../adapters/slack/index.ts'
import {
  type ContractSubject,
  type Failure,
  type Gesture,
  RETRY_AFTER_MS,
  type Seen,
  type Shown,
  type ShownForm,
  type Spoilt,
} from '../contract/subject.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import { list, messageProblems, object, string, viewProblems } from './fake-blocks.ts'
import { FORM_TYPE, JSON_TYPE, signed } from './fake-calls.ts'
import { lookAt } from './fake-look.ts'
import type { Trouble } from './fake-server.ts'
import type { StoredMessage } from './fake-store.ts'
import { listenOn } from './socket-support.ts'

/** Long enough for a busy machine, short enough that the one test which waits for it is quick. */
const TIMEOUT_MS = 1_500

const TROUBLES: Readonly<Record<Exclude<Failure, 'unreachable'>, Trouble>> = {
  'rate-limited': { status: 429, retryAfter: String(RETRY_AFTER_MS / 1_000) },
  'rate-limited, wait unknown': { status: 429 },
  refused: { error: 'missing_scope' },
  gone: { error: 'channel_not_found' },
  'answer late': { silent: true },
  'answer lost': { reset: 'after' },
  'call lost': { reset: 'before' },
  'server error': { status: 502 },
  gibberish: { page: '<!doctype html><title>Bad gateway</title>' },
}

/** By HTTP. */
export async function slackSubject(): Promise<ContractSubject> {
  const fake = await startFakeSlack()
  const platform = createSlack(fake.config, { timeoutMs: TIMEOUT_MS })
  return subjectOn(fake, platform, async (request, deliver, how) => {
    const answer = await platform.receive(how ? spoilt(fake, request, how) : request, deliver)
    return { accepted: answer.status === 200, ...(answer.body ? { body: answer.body } : {}) }
  })
}

/** By Socket Mode: the same hands, their calls as frames. A frame has no signature, so the only spoilt ones are broken ones. */
export async function slackSocketSubject(): Promise<ContractSubject> {
  const fake = await startFakeSlack()
  const handlers: Deliver[] = []
  const bot = await listenOn(fake, (event, left) => (handlers.at(-1) ?? (async () => ({})))(event, left))
  const subject = subjectOn(fake, bot.slack, async (request, deliver) => {
    handlers.push(deliver)
    const fate = fake.sockets.deliver(request)
    // What follows is answered once this one has been dealt with: without an acknowledgement by then there will be none.
    const isNext = () => fake.sockets.deliverBody('events_api', { team_id: 'T1', event: { type: 'reaction_added' } })
    const failed = bot
      .failed()
      .then(isNext)
      .then(() => ({ acknowledged: false as const }))
    const { acknowledged, ...rest } = await Promise.race([fate, failed])
    const payload = 'payload' in rest ? rest.payload : undefined
    return { accepted: acknowledged, ...(payload === undefined ? {} : { body: JSON.stringify(payload) }) }
  })
  return {
    ...subject,
    async close() {
      await bot.stop()
      await fake.close()
    },
  }
}

type Carry = (
  request: RawRequest,
  deliver: Deliver,
  how: Spoilt | undefined,
) => Promise<{ readonly accepted: boolean; readonly body?: string }>

function subjectOn(fake: FakeSlack, platform: Platform, carry: Carry): ContractSubject {
  const { an: person, wang: other } = fake.people
  const hands = new Hands(fake, person)

  async function perform(gesture: Gesture, deliver: Deliver, how?: Spoilt): Promise<Seen> {
    const { accepted, body } = await carry(hands.requestOf(gesture), deliver, how)
    if (!accepted) return { accepted: false }
    if (!body) return { accepted: true }
    if (gesture.kind === 'submit')
      return { accepted: true, errors: object(object(JSON.parse(body))['errors']) as Record<string, string> }
    const room = gesture.kind === 'command' ? fake.rooms.general : fake.rooms.direct(person)
    return { accepted: true, message: shownOf(fake, fake.keepAnswer(body, { user: person, room })) }
  }

  return {
    platform,
    person,
    other,
    direct: fake.rooms.direct(person),
    group: fake.rooms.general,
    gestures: ['direct', 'command', 'mention', 'click', 'choose', 'submit', 'edit', 'delete'],
    perform,
    shown: () =>
      fake
        .posted()
        .filter((message) => message.user === fake.bot)
        .map((message) => shownOf(fake, message)),
    async showForm(form): Promise<ShownForm> {
      let event: Incoming | undefined
      await perform(
        { id: `form-${fake.views().length}`, kind: 'command', command: 'banzhang', text: 'form' },
        async (heard) => {
          event = heard
          return {}
        },
      )
      if (!event || !platform.openForm) throw new Error('The command that asks for the form was not heard')
      const opened = await platform.openForm(event, { placeholder: 'en' })
      await platform.openForm(event, { form }, opened)
      return shownForm(fake, opened.handle)
    },
    fail: (how) => (how === 'unreachable' ? void fake.stopListening() : fake.fail(TROUBLES[how])),
    close: () => fake.close(),
  }
}

function shownOf(fake: FakeSlack, message: StoredMessage): Shown {
  const files = (message.files ?? []).flatMap((file) => {
    const found = fake.files.of(string(object(file)['id']))
    return found ? [{ name: found.file.name, bytes: found.bytes }] : []
  })
  return {
    messageId: message.ts,
    room: message.channel,
    ...(message.onlyFor === undefined ? {} : { onlyFor: message.onlyFor }),
    ...lookAt(message.text, message.blocks),
    ...(files.length > 0 ? { files } : {}),
    problems: messageProblems(message.blocks),
  }
}

function shownForm(fake: FakeSlack, id: string): ShownForm {
  const stored = fake.views().find((view) => view.id === id)
  if (!stored) throw new Error(`There is no view ${id}`)
  const inputs = list(stored.view['blocks']).filter((block) => block['type'] === 'input')
  return {
    id,
    title: string(object(stored.view['title'])['text']),
    fields: inputs.map((block) => ({ name: string(block['block_id']), label: string(object(block['label'])['text']) })),
    problems: viewProblems(stored.view),
  }
}

/** The same gesture, made again, is the same body: Slack repeats itself and signs anew. */
class Hands {
  readonly #fake: FakeSlack
  readonly #person: string
  readonly #made = new Map<string, { readonly body: string; readonly type: string }>()
  readonly #said = new Map<string, { readonly ts: string; text: string }>()

  constructor(fake: FakeSlack, person: string) {
    this.#fake = fake
    this.#person = person
  }

  requestOf(gesture: Gesture): RawRequest {
    let made = this.#made.get(gesture.id)
    if (!made) {
      const request = this.#make(gesture)
      made = { body: Buffer.from(request.body).toString('utf8'), type: request.headers['content-type'] ?? '' }
      this.#made.set(gesture.id, made)
    }
    return sign(this.#fake, made.body, made.type)
  }

  #make(gesture: Gesture): RawRequest {
    const fake = this.#fake
    const user = this.#person
    switch (gesture.kind) {
      case 'direct': {
        const ts = `1790000000.${String(this.#said.size + 1).padStart(6, '0')}`
        this.#said.set(gesture.id, { ts, text: gesture.text })
        const files = gesture.files?.map(({ name, mediaType, bytes }) => fake.files.add(user, name, mediaType, bytes))
        return fake.message({ user, text: gesture.text, ts, ...(files ? { files } : {}) })
      }
      case 'command':
        return fake.slashCommand({ user, room: fake.rooms.general, command: `/${gesture.command}`, text: gesture.text })
      case 'mention':
        return fake.mention({ user, room: fake.rooms.general, text: gesture.text })
      case 'chatter':
        return fake.message({ user, room: fake.rooms.general, text: gesture.text })
      case 'own':
        return fake.echo({
          ts: '1790000001.000001',
          channel: fake.rooms.direct(user),
          user: fake.bot,
          text: gesture.text,
          blocks: [],
        })
      case 'click':
        return fake.click({ user, on: this.#stored(gesture.on), label: gesture.label })
      case 'choose':
        return fake.choose({ user, on: this.#stored(gesture.on), option: gesture.option })
      case 'submit': {
        const view = fake.views().find((stored) => stored.id === gesture.form.id)
        if (!view) throw new Error(`There is no view ${gesture.form.id}`)
        return fake.submit({ user, view, values: gesture.values })
      }
      case 'edit':
      case 'delete': {
        const said = this.#said.get(gesture.of)
        if (!said) throw new Error(`Nothing was said as ${gesture.of}`)
        const { ts, text: before } = said
        return gesture.kind === 'edit'
          ? fake.edit({ user, ts, before, after: gesture.text })
          : fake.remove({ user, ts, before })
      }
    }
  }

  #stored(on: Shown): StoredMessage {
    const stored = this.#fake.posted().find((message) => message.ts === on.messageId)
    if (!stored) throw new Error(`There is no message ${on.messageId}`)
    return stored
  }
}

function sign(
  fake: FakeSlack,
  body: string,
  type: string,
  signing: { secret?: string; offMs?: number } = {},
): RawRequest {
  const { receivedAt } = fake.sign({ form: {} })
  const [secret = ''] = fake.config.signingSecrets
  return signed(body, type, {
    secret: signing.secret ?? secret,
    signedAt: receivedAt + (signing.offMs ?? 0),
    receivedAt,
  })
}

function spoilt(fake: FakeSlack, request: RawRequest, how: Spoilt): RawRequest {
  const body = Buffer.from(request.body).toString('utf8')
  const type = request.headers['content-type'] ?? ''
  switch (how) {
    case 'forged':
      return sign(fake, body, type, { secret: 'another secret' })
    case 'stale':
      return sign(fake, body, type, { offMs: -301_000 })
    case 'from the future':
      return sign(fake, body, type, { offMs: 302_000 })
    case 'malformed':
      return type === JSON_TYPE || body.startsWith('payload=')
        ? sign(fake, body.slice(0, body.length / 2), type)
        : sign(fake, 'command=%2Ftimeoff&text=3+days', FORM_TYPE)
    case 'oversized':
      return sign(
        fake,
        type === JSON_TYPE ? body + ' '.repeat(2_000_000) : `${body}&more=${'x'.repeat(2_000_000)}`,
        type,
      )
  }
}
