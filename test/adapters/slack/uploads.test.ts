/** Files that the bot sends: where they go, what each step's failure means, and finding one again after a lost answer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outgoing, OutgoingFile, Platform } from '#core/platform.ts'
import { createSlack } from '../../../adapters/slack/index.ts'
import { HOSTILE, PICTURE } from '../contract/samples.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import { lookAt } from './fake-look.ts'
import type { Trouble } from './fake-server.ts'
import { SOON } from './socket-support.ts'

const START = 1_790_000_000_000
const SETTLED_MS = 60_000
const STEPS = ['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal']
const signal = () => new AbortController().signal

let fake: FakeSlack
let slack: Platform
let now: number
beforeEach(async () => {
  now = START
  fake = await startFakeSlack({ now: () => now })
  slack = anotherProcess()
})
afterEach(() => fake.close())
const anotherProcess = (timeoutMs = 1_500) => createSlack(fake.config, { now: () => now, timeoutMs })

const paper = (change: Partial<OutgoingFile> = {}): OutgoingFile => ({
  name: PICTURE.name,
  mediaType: PICTURE.mediaType,
  size: PICTURE.bytes.byteLength,
  read: async () => PICTURE.bytes,
  ...change,
})
function outgoing(change: { to?: Outgoing['to']; text?: string; key?: string; file?: OutgoingFile } = {}): Outgoing {
  const { to = { room: fake.rooms.general }, text, key = 'k-1', file = paper() } = change
  const message = { file: { id: '1', name: file.name }, ...(text === undefined ? {} : { text }) }
  return { key, to, message, file, locale: 'en', accounts: {} }
}
const send = (message = outgoing()) => slack.send(message, signal())
const find = (message = outgoing(), platform = slack) => platform.find?.(message, START, signal())
const last = () => fake.posted().at(-1) ?? expect.fail('Nothing was posted')

describe('a file', () => {
  it('goes up in three steps and appears once, under its caption', async () => {
    const sent = await send(outgoing({ text: 'The sheet of September' }))
    expect(fake.called()).toEqual(STEPS)
    expect(fake.posted()).toHaveLength(1)
    expect(lookAt(last().text, last().blocks).words).toBe('The sheet of September')
    expect(last().files).toMatchObject([{ name: PICTURE.name, title: PICTURE.name }])
    expect(sent).toEqual({ address: fake.rooms.general, messageId: last().ts })
  })
  it.each([undefined, '', ' \n'])(
    'with %j for words has its name for a caption, and is found by its key all the same',
    async (text) => {
      const message = outgoing(text === undefined ? {} : { text })
      const sent = await send(message)
      expect(lookAt(last().text, last().blocks).words).toBe(PICTURE.name)
      expect(await find(message, anotherProcess())).toEqual(sent)
    },
  )
  it('has a caption in which nothing acts', async () => {
    await send(outgoing({ text: HOSTILE }))
    const { words, live } = lookAt(last().text, last().blocks)
    expect(words).toBe(HOSTILE)
    expect(live).toEqual([])
  })
  it('for a person opens the direct message first: the last step takes no account for a room', async () => {
    const { an } = fake.people
    for (const to of [{ account: an }, { room: an }, { room: fake.rooms.general, onlyFor: an }]) {
      const sent = await send(outgoing({ to, key: JSON.stringify(to) }))
      expect(sent.address).toBe(fake.rooms.direct(an))
    }
    expect(fake.called().filter((method) => method === 'conversations.open')).toHaveLength(1)
    expect(fake.posted().every(({ channel }) => channel === fake.rooms.direct(an))).toBe(true)
  })
  it('is named by itself where Slack does not say yet which message it became, and cannot be changed', async () => {
    fake.files.sharesLate = true
    const sent = await send()
    expect(sent.messageId).toMatch(/^file:F/)
    await expect(slack.edit?.(sent, outgoing(), signal())).rejects.toMatchObject({ kind: 'gone' })
    expect(fake.called()).toEqual(STEPS)
  })
  it.each([
    ['is larger than Slack takes', { size: 1_000_000_001 }, { kind: 'refused', code: 'file_too_large' }],
    [
      'cannot be read',
      {
        read: async () => {
          throw new Error('the database is away')
        },
      },
      { kind: 'not-sent', code: 'file_not_read' },
    ],
  ] as const)('that %s is not begun', async (_, change, expected) => {
    await expect(send(outgoing({ file: paper(change) }))).rejects.toMatchObject(expected)
    expect(fake.called()).toEqual([])
  })
})

describe('what a step ends with', () => {
  const kinds: readonly [string, Trouble, string][] = STEPS.flatMap((on) => {
    const lost = on === 'files.completeUploadExternal' ? 'unknown' : 'not-sent'
    return [
      [on, { status: 429, retryAfter: '7' }, 'rate-limited'],
      [on, { status: 500 }, lost],
      [on, { reset: 'before' }, lost],
      [on, { reset: 'after' }, lost],
      [on, { silent: true }, lost],
    ] as [string, Trouble, string][]
  })
  it.each<[string, Trouble, string]>([
    ...kinds,
    ['files.getUploadURLExternal', { error: 'missing_scope' }, 'refused'],
    ['files.getUploadURLExternal', { error: 'file_uploads_disabled' }, 'refused'],
    ['upload', { status: 413 }, 'refused'],
    ['upload', { status: 404 }, 'not-sent'],
    ['files.completeUploadExternal', { error: 'not_in_channel' }, 'refused'],
    ['files.completeUploadExternal', { error: 'is_archived' }, 'gone'],
    ['files.completeUploadExternal', { error: 'internal_error' }, 'unknown'],
  ])('%s with %j: %s', async (on, trouble, kind) => {
    if ('silent' in trouble) slack = anotherProcess(500)
    fake.fail({ ...trouble, on })
    await expect(send()).rejects.toMatchObject({ name: 'PlatformError', kind })
  })
  it('leaves nothing to be seen before the last one, and can be made again from the first', async () => {
    for (const on of STEPS.slice(0, 2)) {
      fake.fail({ reset: 'after', on })
      await expect(send()).rejects.toMatchObject({ kind: 'not-sent' })
      expect(fake.posted()).toEqual([])
    }
    await send()
    expect(fake.posted()).toHaveLength(1)
    expect(fake.files.unshared).toBe(2)
  })
  it('is not waited for when it is called off, and before the last step nothing was sent', async () => {
    await expect(slack.send(outgoing(), AbortSignal.abort())).rejects.toMatchObject({ kind: 'not-sent' })
    const off = new AbortController()
    fake.fail({ silent: true, on: 'upload' })
    const sending = slack.send(outgoing(), off.signal)
    await expect.poll(() => fake.called(), SOON).toContain('upload')
    off.abort()
    await expect(sending).rejects.toMatchObject({ kind: 'not-sent' })
  })
  it('never tells the token or the address of the upload', async () => {
    for (const on of STEPS) {
      fake.fail({ status: 500, on })
      const error = await send().catch((reason: unknown) => reason)
      expect(String(error)).not.toContain(fake.config.botToken)
      expect(String(error)).not.toContain('/upload/')
    }
  })
})

describe('after a lost answer of the last step', () => {
  const lose = async (trouble: Trouble, message = outgoing()) => {
    fake.fail({ ...trouble, on: 'files.completeUploadExternal' })
    await expect(send(message)).rejects.toMatchObject({ kind: 'unknown' })
  }
  it('the file is found by its key, by another process too', async () => {
    await lose({ reset: 'after' })
    const place = { address: fake.rooms.general, messageId: last().ts }
    expect(await find()).toEqual(place)
    expect(await find(outgoing(), anotherProcess())).toEqual(place)
    now += SETTLED_MS
    expect(await find(outgoing({ to: { account: fake.people.an } }))).toBe('absent')
  })
  it('the same file under another key is not taken for it', async () => {
    await send(outgoing({ key: 'k-0' }))
    await lose({ reset: 'before' })
    now += SETTLED_MS
    expect(await find()).toBe('absent')
  })
  it('is looked for again while Slack may still be about to show it, and is absent after that', async () => {
    fake.files.sharesLate = true
    await lose({ reset: 'after' })
    now += SETTLED_MS - 1
    await expect(find()).rejects.toMatchObject({ kind: 'not-sent', code: 'sharing' })
    await expect(find(outgoing(), anotherProcess())).rejects.toMatchObject({ kind: 'not-sent' })
    fake.files.later()
    expect(await find()).toMatchObject({ messageId: last().ts })
  })
  it('a file that never comes is absent a minute after its last try', async () => {
    await lose({ reset: 'before' })
    now += SETTLED_MS
    expect(await find()).toBe('absent')
    await lose({ reset: 'before' })
    await expect(find()).rejects.toMatchObject({ kind: 'not-sent' })
    now += SETTLED_MS
    expect(await find()).toBe('absent')
  })
  it('a file whose message lost its key is found by itself here, and cannot be told from another elsewhere', async () => {
    await lose({ reset: 'after' })
    last().blocks = []
    expect(await find()).toMatchObject({ messageId: last().ts })
    now += SETTLED_MS
    expect(await find(outgoing(), anotherProcess())).toBe('cannot-tell')
  })
  it('one that was for a person in a channel is found in the direct message', async () => {
    const message = outgoing({ to: { room: fake.rooms.general, onlyFor: fake.people.an } })
    await lose({ reset: 'after' }, message)
    expect(await find(message)).toEqual({ address: fake.rooms.direct(fake.people.an), messageId: last().ts })
  })
  it('cannot be told without the right to read the room', async () => {
    await lose({ reset: 'after' })
    fake.fail({ error: 'missing_scope', on: 'conversations.history' })
    expect(await find()).toBe('cannot-tell')
  })
})
