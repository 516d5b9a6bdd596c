/** The Lark adapter and its fake, as the contract suite wants them. */
import type { Deliver, Platform } from '#core/platform.ts'
import { createLark } from '../../../adapters/lark/index.ts'
import { SCOPES } from '../../../adapters/lark/scopes.ts'
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
import { type FakeLark, startFakeLark } from './fake.ts'
import { type Json, object, string } from './fake-json.ts'
import { errorsIn, labelsOn, lookAt } from './fake-look.ts'
import { cardProblems } from './fake-schema.ts'
import type { Trouble } from './fake-server.ts'
import type { StoredMessage } from './fake-store.ts'
import { listenOn } from './socket-support.ts'

/** Long enough for a busy machine, short enough that the one test which waits for it is quick. */
const TIMEOUT_MS = 1_500

const TROUBLES: Readonly<Record<Exclude<Failure, 'unreachable'>, Trouble>> = {
  'rate-limited': { code: 99991400, status: 429, reset: String(RETRY_AFTER_MS / 1_000) },
  'rate-limited, wait unknown': { code: 230020 },
  refused: { code: 99991672 },
  gone: { code: 232009 },
  'answer late': { silent: true },
  'answer lost': { drop: 'after' },
  'call lost': { drop: 'before' },
  'server error': { status: 502, page: '<title>Bad gateway</title>' },
  gibberish: { status: 200, page: '<title>Bad gateway</title>' },
}

/** What an answer was, as the way of carrying it tells. */
interface Carried {
  readonly accepted: boolean
  readonly body?: string
}
type Carry = (body: Json, deliver: Deliver, how: Spoilt | undefined) => Promise<Carried>

/** By webhook. */
export async function larkSubject(): Promise<ContractSubject> {
  const fake = await startFakeLark()
  const platform = createLark(fake.config, { timeoutMs: TIMEOUT_MS })
  return subjectOn(fake, platform, async (body, deliver, how) => {
    const answer = await platform.receive(how ? spoilt(fake, body, how) : fake.sign(body), deliver)
    return { accepted: answer.status === 200, ...(answer.body ? { body: answer.body } : {}) }
  })
}

/** By long connection: the same bodies in frames, which carry neither signature nor token. */
export async function larkSocketSubject(): Promise<ContractSubject> {
  const fake = await startFakeLark()
  const handlers: Deliver[] = []
  const bot = await listenOn(fake, (event, left) => (handlers.at(-1) ?? (async () => ({})))(event, left))
  const subject = subjectOn(fake, bot.lark, async (body, deliver) => {
    handlers.push(deliver)
    const fate = await fake.sockets.deliver(body)
    const data = 'data' in fate ? fate.data : undefined
    return { accepted: fate.code === 200, ...(data === undefined ? {} : { body: JSON.stringify(data) }) }
  })
  return {
    ...subject,
    async close() {
      await bot.stop()
      await subject.close()
    },
  }
}

function subjectOn(fake: FakeLark, platform: Platform, carry: Carry): ContractSubject {
  fake.grant(Object.keys(SCOPES))
  const [person, other] = ['ou_an', 'ou_wang']
  const made = new Map<string, Json>()
  const said = new Map<string, string>()

  function make(gesture: Gesture): Json {
    switch (gesture.kind) {
      case 'direct': {
        const id = `om_said_${gesture.id}`
        said.set(gesture.id, id)
        const [file] = gesture.files ?? []
        if (!file) return fake.message({ user: person, text: gesture.text, id })
        const { key, name } = fake.store.addFile(file.name, file.bytes, false, id)
        return fake.message({ user: person, id, type: 'file', content: { file_key: key, file_name: name } })
      }
      case 'command':
        return fake.message({ user: person, text: `/${gesture.command} ${gesture.text}` })
      case 'mention':
        return fake.mention({ user: person, room: fake.general, text: gesture.text })
      case 'chatter':
        return fake.message({ user: person, room: fake.general, text: gesture.text })
      case 'own':
        return fake.message({ user: fake.bot, room: fake.store.direct(person), text: gesture.text, isApp: true })
      case 'click':
        return fake.click({ user: person, on: storedOf(fake, gesture.on.messageId), label: gesture.label })
      case 'choose':
        return fake.choose({ user: person, on: storedOf(fake, gesture.on.messageId), option: gesture.option })
      case 'submit':
        return fake.submit({ user: person, on: storedOf(fake, gesture.form.id), values: gesture.values })
      case 'edit':
        return fake.event('im.message.updated_v1', { message_id: said.get(gesture.of) })
      case 'delete':
        return fake.recall({ id: said.get(gesture.of) ?? '', room: fake.store.direct(person) })
    }
  }

  async function perform(gesture: Gesture, deliver: Deliver, how?: Spoilt): Promise<Seen> {
    const body = made.get(gesture.id) ?? make(gesture)
    made.set(gesture.id, body)
    const { accepted, body: answer } = await carry(body, deliver, how)
    if (!accepted || gesture.kind !== 'submit') return { accepted }
    const on = storedOf(fake, gesture.form.id)
    const toast = fake.take(answer ?? '{}', on)
    return toast?.type === 'error' ? { accepted, errors: errorsIn(toast.content, on.content) } : { accepted }
  }

  return {
    platform,
    person,
    other,
    direct: fake.store.direct(person),
    group: fake.general,
    gestures: ['direct', 'command', 'mention', 'click', 'choose', 'submit', 'delete'],
    perform,
    shown: () => fake.posted().map((message) => shownOf(fake, message)),
    async showForm(form): Promise<ShownForm> {
      const to = { account: person }
      const message = { key: `form-${fake.store.next()}`, to, message: { form }, locale: 'en' as const, accounts: {} }
      const { messageId } = await platform.send(message, new AbortController().signal)
      const { content, id } = storedOf(fake, messageId)
      const files = form.fields.filter(({ kind }) => kind === 'file')
      return {
        id,
        title: string(object(object(content['header'])['title'])['content']),
        fields: fieldsOn(content, files),
        problems: cardProblems(content),
      }
    },
    fail: (how) => (how === 'unreachable' ? void fake.stopListening() : fake.fail(TROUBLES[how])),
    close: () => fake.stopListening(),
  }
}

/** A file field is a label alone, in its place. */
function fieldsOn(card: Json, files: readonly { name: string; label: string }[]) {
  const named = labelsOn(card).map(({ name, label }) => ({
    name: name || (files.find((file) => file.label === label)?.name ?? ''),
    label,
  }))
  return named.filter(({ name }) => name !== '')
}

function storedOf(fake: FakeLark, id: string): StoredMessage {
  const stored = fake.store.messages.find((message) => message.id === id)
  if (!stored) throw new Error(`There is no message ${id}`)
  return stored
}

export function shownOf(fake: FakeLark, message: StoredMessage): Shown {
  const keys = [...JSON.stringify(message.content).matchAll(/"(?:file|image)_key":"([^"]+)"/g)].map(
    ([, key]) => key ?? '',
  )
  const { words } = lookAt(message.type, message.content)
  const files = keys.flatMap((key) => {
    const found = fake.store.files.get(key)
    return found ? [{ name: found.isImage ? pictureIn(words) : found.name, bytes: found.bytes }] : []
  })
  const template = string(object(message.content['header'])['template'])
  const look = lookAt(message.type, message.content)
  return {
    messageId: message.id,
    room: message.room,
    ...look,
    words: files.length > 0 && look.words === '' ? (files[0]?.name ?? '') : look.words,
    live: look.live,
    ...(files.length > 0 ? { files } : {}),
    problems: message.type === 'interactive' ? cardProblems(message.content) : template === '' ? [] : ['a colour'],
  }
}

/** A picture has no name of its own: what it is called is what its words say. */
const pictureIn = (words: string): string =>
  [...words.matchAll(/[^\n：:/]+\.(?:png|jpe?g|gif|webp|bmp)/gi)].at(-1)?.[0].trim() ?? ''

function spoilt(fake: FakeLark, body: Json, how: Spoilt) {
  const text = JSON.stringify(body)
  const at = fake.store.now()
  switch (how) {
    case 'forged':
      return fake.sign(body, { signKey: 'another key' })
    case 'stale':
      return fake.sign(body, { signedAt: at - 301_000 })
    case 'from the future':
      return fake.sign(body, { signedAt: at + 302_000 })
    case 'malformed':
      return fake.sign(text.slice(0, text.length / 2))
    case 'oversized':
      return fake.sign(text + ' '.repeat(2_000_000))
  }
}
