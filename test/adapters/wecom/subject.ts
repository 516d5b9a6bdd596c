/** The WeCom app and its fake, as the contract suite wants them. */
import type { Outgoing, Platform, RawRequest } from '#core/platform.ts'
import { createWecom } from '../../../adapters/wecom/index.ts'
import type { ContractSubject, Failure, Gesture, Shown, Spoilt } from '../contract/subject.ts'
import { type FakeWecom, startFakeWecom, type Trouble } from './fake.ts'
import { callOf } from './fake-calls.ts'
import { lookAtCard, lookAtText, together } from './fake-look.ts'
import type { Posted } from './fake-state.ts'

/** Long enough for a busy machine, short enough that the one test which waits for it is quick. */
const TIMEOUT_MS = 1_500

const TROUBLES: Readonly<Record<Exclude<Failure, 'unreachable'>, Trouble>> = {
  'rate-limited': { errcode: 45009, errmsg: 'api freq out of limit' },
  'rate-limited, wait unknown': { errcode: 45009, errmsg: 'api freq out of limit' },
  refused: { errcode: 60020, errmsg: 'not allow to access from your ip, from ip: 203.0.113.7' },
  gone: { errcode: 86003 },
  'answer late': { silent: true },
  'answer lost': { reset: 'after' },
  'call lost': { reset: 'before' },
  'server error': { status: 502 },
  gibberish: { page: '<!doctype html><title>Bad gateway</title>' },
}

/** In a group, where WeCom has no cards. */
export const wecomSubject = (): Promise<ContractSubject> => subjectIn('group')
/** In the conversation with the app: what the group is for others. */
export const wecomDirectSubject = (): Promise<ContractSubject> => subjectIn('direct')

async function subjectIn(where: 'group' | 'direct'): Promise<ContractSubject> {
  const fake = await startFakeWecom()
  const { an: person, wang: other } = fake.people
  const real = createWecom(fake.config, { timeoutMs: TIMEOUT_MS })
  /** What one message became, by the id that it was given: several texts and cards are read as one. */
  const messages: { readonly id: string; readonly parts: readonly Posted[] }[] = []
  const platform: Platform = {
    ...real,
    async send(message: Outgoing, signal: AbortSignal) {
      const before = fake.posted().length
      const sent = await real.send(message, signal)
      messages.push({ id: sent.messageId, parts: fake.posted().slice(before) })
      return sent
    },
  }
  const known = new Map<string, RawRequest>()
  const requestOf = (gesture: Gesture): RawRequest => {
    const made = known.get(gesture.id) ?? make(gesture)
    known.set(gesture.id, made)
    return made
  }
  const partWith = (on: Shown, has: (part: Posted) => boolean): Posted => {
    const found = messages.find(({ id }) => id === on.messageId)?.parts.find((part) => part.card && has(part))
    if (!found) throw new Error(`There is nothing to press on ${on.messageId}`)
    return found
  }
  const make = (gesture: Gesture): RawRequest => {
    switch (gesture.kind) {
      case 'direct': {
        const msgId = String(4_561_255_354_251_000_000n + BigInt(known.size))
        const [file] = gesture.files ?? []
        return file ? fake.image(person, file.name, file.bytes, msgId) : fake.text(person, gesture.text, msgId)
      }
      case 'own':
        // Nothing of the sort is documented; what comes in WeCom's own name is all that comes near.
        return fake.text('sys', gesture.text, '1')
      case 'click':
        return fake.press(
          partWith(gesture.on, ({ card }) => lookAtCard(card ?? {}).buttons.includes(gesture.label)),
          gesture.label,
        )
      case 'choose': {
        const has = ({ card }: Posted) => lookAtCard(card ?? {}).options.includes(gesture.option)
        return fake.choose(partWith(gesture.on, has), gesture.option)
      }
      default:
        throw new Error(`WeCom has no ${gesture.kind}`)
    }
  }
  const subject: ContractSubject = {
    platform,
    person,
    other,
    direct: person,
    group: where === 'group' ? fake.chat : person,
    gestures: ['direct', 'click', 'choose'],
    async perform(gesture, deliver, how) {
      // What is said in a group never reaches an app.
      if (gesture.kind === 'chatter') return { accepted: true }
      const request = requestOf(gesture)
      const answer = await platform.receive(how ? spoilt(fake, request, how) : request, deliver)
      return { accepted: answer.status === 200 }
    },
    shown: () => messages.filter(({ parts }) => parts.length > 0).map(({ id, parts }) => shownOf(fake, id, parts)),
    // What people see of a form on WeCom is where it is: its fields are on a page of ours.
    async showForm(form) {
      const page = 'https://bot.example/forms/1'
      const key = `form-${messages.length}`
      const message = { form: { ...form, page } }
      const to = { account: person }
      const sent = await platform.send({ key, to, message, locale: 'en', accounts: {} }, new AbortController().signal)
      const shown = subject.shown().find(({ messageId }) => messageId === sent.messageId)
      return { id: sent.messageId, title: shown?.words ?? '', fields: [], problems: shown?.problems ?? [] }
    },
    fail: (how) => (how === 'unreachable' ? void fake.stopListening() : fake.fail(TROUBLES[how])),
    close: () => fake.close(),
  }
  return subject
}

export function shownOf(fake: FakeWecom, messageId: string, parts: readonly Posted[]): Shown {
  const [first] = parts
  const isGroup = first !== undefined && /^(chat|hook):/.test(first.room)
  const files = parts.flatMap(({ media }) => {
    const found = media === undefined ? undefined : fake.state.media.get(media)
    return found ? [{ name: found.name, bytes: found.bytes }] : []
  })
  const looks = parts.map(({ text, card }) => (card ? lookAtCard(card) : lookAtText(text ?? '', isGroup)))
  return { messageId, room: first?.room ?? '', ...together(looks), ...(files.length > 0 ? { files } : {}) }
}

function spoilt(fake: FakeWecom, request: RawRequest, how: Spoilt): RawRequest {
  switch (how) {
    case 'forged':
      return { ...request, url: request.url.replace(/msg_signature=\w{4}/, 'msg_signature=0000') }
    case 'malformed':
      return callOf(fake.keys, '<xml><FromUserName>AnLin</FromUserName>')
    case 'oversized':
      return { ...request, body: new Uint8Array(2_000_000) }
    case 'stale':
      return callOf(fake.keys, fake.plainOf(request), { timestamp: '1' })
    case 'from the future':
      return callOf(fake.keys, fake.plainOf(request), { timestamp: '9999999999' })
  }
}
