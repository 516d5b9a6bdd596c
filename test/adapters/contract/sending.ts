/** The contract of an adapter's voice: what is sent lies where it says, and every failure is told by its kind. */
import { expect } from 'vitest'
import { PlatformError } from '#core/errors.ts'
import type { Recipient, SentAs } from '#core/platform.ts'
import { hear, sendCard } from './receiving.ts'
import { outgoing, PICTURE, requestCard } from './samples.ts'
import { type ContractSubject, type Failure, RETRY_AFTER_MS } from './subject.ts'

const signal = () => new AbortController().signal

const say = (subject: ContractSubject, to: Recipient, text = 'Good morning', key = 'k-1') =>
  subject.platform.send(outgoing(key, to, { text }), signal())

async function failure(subject: ContractSubject, how: Failure, doing?: () => Promise<unknown>): Promise<PlatformError> {
  subject.fail(how)
  const error = await (doing ? doing() : say(subject, { room: subject.group })).then(
    () => expect.fail(`It went well although the platform was: ${how}`),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PlatformError)
  return error as PlatformError
}

/** After an unknown send: what `find` says about the message. */
async function findAfter(subject: ContractSubject, how: Failure): Promise<SentAs | 'absent' | 'cannot-tell'> {
  const { platform } = subject
  const message = outgoing('k-lost', { room: subject.group }, { card: requestCard() })
  await say(subject, { room: subject.group }, 'another message', 'k-other')
  const error = await failure(subject, how, () => platform.send(message, signal()))
  expect(error.kind).toBe('unknown')
  if (!platform.find) throw new Error('The platform has no find()')
  return platform.find(message, 0, signal())
}

type Test = (subject: ContractSubject) => Promise<void>

export const sending = {
  'a text reaches its room': async (subject) => {
    const sent = await say(subject, { room: subject.group })
    const shown = subject.shown().find((message) => message.messageId === sent.messageId)
    expect(sent.address).toBe(subject.group)
    expect(shown).toMatchObject({ room: subject.group })
    expect(shown?.words).toContain('Good morning')
    expect(shown?.onlyFor).toBeUndefined()
  },
  'a direct message reaches the account': async (subject) => {
    const sent = await say(subject, { account: subject.person })
    const shown = subject.shown().find((message) => message.messageId === sent.messageId)
    expect(shown?.room).toBe(subject.direct)
    expect(sent.address).toBe(subject.direct)
  },
  'a private message in a group is seen by that person alone': async (subject) => {
    await say(subject, { room: subject.group, onlyFor: subject.person })
    const shown = subject.shown().at(-1)
    expect(shown?.words).toContain('Good morning')
    expect(shown?.onlyFor === subject.person || shown?.room === subject.direct, 'neither ephemeral nor direct').toBe(
      true,
    )
  },
  'a private answer to an event is seen by that person alone': async (subject) => {
    const { event } = await hear(subject, { id: 'a1', kind: 'mention', text: 'leave' })
    if (!event) throw new Error('The mention was not heard')
    const { room, replyHandle } = event
    await say(subject, { room, onlyFor: subject.person, ...(replyHandle === undefined ? {} : { replyHandle }) })
    const shown = subject.shown().at(-1)
    expect(shown?.words).toContain('Good morning')
    expect(shown?.onlyFor === subject.person || shown?.room === subject.direct, 'neither ephemeral nor direct').toBe(
      true,
    )
  },
  'a file reaches its room, whole and under its caption': async (subject) => {
    const { name, mediaType, bytes } = PICTURE
    const file = { name, mediaType, size: bytes.byteLength, read: async () => bytes }
    const message = { text: 'The paper you asked for', file: { id: '1', name } }
    const sent = await subject.platform.send(outgoing('k-file', { room: subject.group }, message, { file }), signal())
    expect(sent.address).toBe(subject.group)
    const shown = subject.shown().at(-1)
    expect(shown).toMatchObject({ room: subject.group, problems: [] })
    expect(shown?.words).toContain('The paper you asked for')
    expect(shown?.files?.map((one) => ({ ...one, bytes: new Uint8Array(one.bytes) }))).toEqual([{ name, bytes }])
  },
  'a sent card is replaced by its edit, in its place': async (subject) => {
    const { platform } = subject
    if (!platform.edit) throw new Error('The platform has no edit()')
    const to = { room: subject.group }
    const sent = await platform.send(outgoing('k-1', to, { card: requestCard() }), signal())
    const before = subject.shown().length
    const resolved = { card: { title: 'Approved by Wang Li', tone: 'good' as const } }
    const now = await platform.edit(sent, outgoing('k-1', to, resolved), signal())
    expect(subject.shown()).toHaveLength(before)
    const shown = subject.shown().find((message) => message.messageId === now.messageId)
    expect(shown?.words).toContain('Approved by Wang Li')
    expect(shown?.words).not.toContain('An Lin asks for leave')
    expect(shown?.buttons).toEqual([])
  },
  'a card is edited after a click on it, with the handle that the click brought': async (subject) => {
    const { platform } = subject
    if (!platform.edit) throw new Error('The platform has no edit()')
    const on = await sendCard(subject)
    const { event } = await hear(subject, { id: 'h1', kind: 'click', on, label: 'Approve' })
    if (event?.kind !== 'clicked') throw new Error('The click was not heard')
    const message = outgoing('card-1', { account: subject.person }, { text: 'Approved.' })
    const now = await platform.edit(event.on, message, signal())
    expect(subject.shown().find((shown) => shown.messageId === now.messageId)?.words).toContain('Approved.')
  },
  'editing a message that is not there says gone': async (subject) => {
    const { platform } = subject
    if (!platform.edit) throw new Error('The platform has no edit()')
    const sent: SentAs = { address: subject.group, messageId: '1.000001' }
    const edit = platform.edit(sent, outgoing('k-1', { room: subject.group }, { text: 'x' }), signal())
    await expect(edit).rejects.toMatchObject({ name: 'PlatformError', kind: 'gone' })
  },
  'a rate limit is told with the wait that the platform asks for': async (subject) => {
    const error = await failure(subject, 'rate-limited')
    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: RETRY_AFTER_MS })
  },
  'a rate limit without a wait is told as a rate limit': async (subject) => {
    expect(await failure(subject, 'rate-limited, wait unknown')).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: undefined,
    })
  },
  'a refusal is told as refused': async (subject) => {
    const error = await failure(subject, 'refused')
    expect(error.kind).toBe('refused')
    expect(error.code, "the platform's own word for it").toBeTruthy()
  },
  'a room that is not there is told as gone': async (subject) => {
    expect((await failure(subject, 'gone')).kind).toBe('gone')
  },
  'an address where nobody listens is told as not sent': async (subject) => {
    expect((await failure(subject, 'unreachable')).kind).toBe('not-sent')
  },
  'a server error is told as unknown': async (subject) => {
    expect((await failure(subject, 'server error')).kind).toBe('unknown')
  },
  'an answer that nobody can read is told as unknown': async (subject) => {
    expect((await failure(subject, 'gibberish')).kind).toBe('unknown')
  },
  'an answer that comes too late is told as unknown': async (subject) => {
    expect((await failure(subject, 'answer late')).kind).toBe('unknown')
  },
  'a failed call is not repeated by the adapter itself': async (subject) => {
    const before = subject.shown().length
    await failure(subject, 'server error')
    await failure(subject, 'call lost')
    expect(subject.shown()).toHaveLength(before)
  },
  'after a lost answer the message is found where it lies': async (subject) => {
    const found = await findAfter(subject, 'answer lost')
    const shown = subject.shown().at(-1)
    expect(found).toMatchObject({ address: subject.group, messageId: shown?.messageId })
    expect(shown?.words).toContain('Leave request')
  },
  'after a lost call the message is absent': async (subject) => {
    expect(await findAfter(subject, 'call lost')).toBe('absent')
  },
  'a send that is called off before it began has certainly not happened': async (subject) => {
    const before = subject.shown().length
    const message = outgoing('k-1', { room: subject.group }, { text: 'x' })
    const send = subject.platform.send(message, AbortSignal.abort())
    await expect(send).rejects.toMatchObject({ name: 'PlatformError', kind: 'not-sent' })
    expect(subject.shown()).toHaveLength(before)
  },
  'a fake address never reaches people': async (subject) => {
    expect(subject.platform.reachesPeople).toBe(false)
  },
  'a check that finds something wrong says what to do': async (subject) => {
    const well = await subject.platform.check(signal())
    expect(well.length).toBeGreaterThan(0)
    expect(well.filter((result) => !result.ok)).toEqual([])
    subject.fail('refused')
    const wrong = (await subject.platform.check(signal())).filter((result) => !result.ok)
    expect(wrong.length).toBeGreaterThan(0)
    for (const result of wrong) expect(result.detail.length).toBeGreaterThan(10)
  },
} satisfies Record<string, Test>
