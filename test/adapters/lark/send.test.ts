/** What is put out on Lark: once, where it belongs, changed in its place, and every failure told by its kind without a secret. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { OutgoingFile, Platform, Recipient } from '#core/platform.ts'
import { createLark } from '../../../adapters/lark/index.ts'
import { HOSTILE, outgoing, PICTURE, requestCard } from '../contract/samples.ts'
import { type FakeLark, startFakeLark } from './fake.ts'
import { lookAt } from './fake-look.ts'
import type { Trouble } from './fake-server.ts'
import { APP, GENERAL } from './fake-store.ts'
import { SOON } from './socket-support.ts'

let fake: FakeLark
let lark: Platform
beforeEach(async () => {
  fake = await startFakeLark()
  lark = createLark(fake.config, { timeoutMs: 1_000 })
})
afterEach(() => fake.stopListening())

const { signal } = new AbortController()
const send = (to: Recipient, message: Parameters<typeof outgoing>[2], key = 'k-1', more = {}) =>
  lark.send(outgoing(key, to, message, more), signal)
const group = { room: GENERAL }
const look = () => fake.posted().map(({ type, content }) => lookAt(type, content))
const failure = (work: Promise<unknown>): Promise<PlatformError> =>
  work.then(
    () => expect.fail('it went well'),
    (error: unknown) => (error instanceof PlatformError ? error : expect.fail(String(error))),
  )

describe('once', () => {
  it('a send that is repeated under its key after a lost answer is one message', async () => {
    fake.fail({ drop: 'after', on: 'im.message.create' })
    expect((await failure(send(group, { card: requestCard() }))).kind).toBe('unknown')
    const again = await send(group, { card: requestCard() })
    expect(fake.posted().map(({ id }) => id)).toEqual([again.messageId])
  })
  it('a file too, though it is uploaded anew', async () => {
    const file = fileOf('sheet.xlsx', 'application/vnd.ms-excel')
    const message = { text: 'September', file: { id: '1', name: file.name } }
    await send(group, message, 'k-2', { file })
    await send(group, message, 'k-2', { file })
    expect(fake.posted().map(({ type }) => type)).toEqual(['post', 'file'])
  })
  it('another key, or other words, are another message; the id against doubles stays within its bound', async () => {
    await send(group, { text: 'one' }, 'k'.repeat(300))
    await send(group, { text: 'two' }, 'k'.repeat(300))
    await send(group, { text: 'one' }, 'k-3')
    expect(fake.posted()).toHaveLength(3)
    for (const { name, body } of fake.called)
      if (name === 'im.message.create') expect(String(body['uuid']).length).toBeLessThanOrEqual(50)
  })
})

describe('for one person', () => {
  it('in a group it is the direct message, and the question there gets a sign', async () => {
    const asked = fake.store.keep({ room: GENERAL, sender: 'ou_an', type: 'text', content: {} })
    await send({ room: GENERAL, onlyFor: 'ou_an', replyHandle: asked.id }, { text: '3 days left' })
    expect(fake.posted().map(({ room }) => room)).toEqual([fake.store.direct('ou_an')])
    expect(fake.store.reactions).toEqual([{ messageId: asked.id, emoji: 'OK' }])
  })
  it('the sign is a courtesy: without it the answer has been sent all the same', async () => {
    fake.fail({ code: 231003, on: 'im.messageReaction.create' })
    await send({ room: GENERAL, onlyFor: 'ou_an', replyHandle: 'om_gone' }, { text: '3 days left' })
    expect(fake.posted()).toHaveLength(1)
  })
  it('a room that is the account itself, as after the menu, is the direct message', async () => {
    const sent = await send({ room: 'ou_an' }, { text: 'hello' })
    expect(sent.address).toBe(fake.store.direct('ou_an'))
  })
})

describe('files', () => {
  it('a picture stands below its words and its name in one message, everything else after them', async () => {
    const message = { text: 'September', file: { id: '1', name: PICTURE.name } }
    await send(group, message, 'k-1', { file: fileOf(PICTURE.name, 'image/png') })
    expect(fake.posted()).toMatchObject([
      {
        type: 'post',
        content: { zh_cn: { content: [[{ text: 'September' }], [{ text: PICTURE.name }], [{ tag: 'img' }]] } },
      },
    ])
    expect([...fake.store.files.values()].map(({ bytes }) => new Uint8Array(bytes))).toEqual([PICTURE.bytes])
  })
  it('what Lark does not take is refused before anything is sent', async () => {
    for (const size of [0, 31 * 1024 * 1024]) {
      const file = { ...fileOf('x.pdf', 'application/pdf'), size }
      expect((await failure(send(group, { file: { id: '1', name: 'x.pdf' } }, 'k', { file }))).kind).toBe('refused')
    }
    expect(fake.called).toEqual([])
  })
  it('an upload that fails says why, and is certainly not sent', async () => {
    const message = { file: { id: '1', name: 'x.pdf' } }
    const file = fileOf('x.pdf', 'application/pdf')
    fake.fail({ code: 99991672, status: 200, on: 'im.file.create' })
    expect(await failure(send(group, message, 'k', { file }))).toMatchObject({ kind: 'refused', code: '99991672' })
    fake.fail({ drop: 'after', on: 'im.file.create' })
    expect((await failure(send(group, message, 'k', { file }))).kind).toBe('not-sent')
    expect(fake.posted()).toEqual([])
  })
})

describe('changing', () => {
  const edit = (sent: Parameters<NonNullable<Platform['edit']>>[0], message: Message) =>
    lark.edit?.(sent, outgoing('k-1', group, message), signal) ?? expect.fail('no edit')

  it('a card becomes another card, or words on a card; words become other words', async () => {
    const card = await send(group, { card: requestCard() })
    await edit(card, { card: { title: 'Approved', tone: 'good' } })
    await edit(card, { text: ['Done by ', { bold: '*An*' }] })
    expect(look()).toMatchObject([{ words: 'Done by *An*', live: ['bold:*An*'] }])
    const words = await send(group, { text: 'one' }, 'k-2')
    await edit(words, { text: HOSTILE })
    expect(look()[1]).toMatchObject({ words: HOSTILE, live: [] })
  })
  it.each<[string, () => Promise<unknown>]>([
    ['words cannot become a card', async () => edit(await send(group, { text: 'one' }), { card: requestCard() })],
    [
      'a file cannot be changed',
      async () =>
        edit(
          await send(group, { file: { id: '1', name: 'x.pdf' } }, 'k', { file: fileOf('x.pdf', 'application/pdf') }),
          { text: 'x' },
        ),
    ],
    [
      'a card of more than 14 days',
      async () => {
        const sent = await send(group, { card: requestCard() })
        fake.advance(15 * 86_400_000)
        return edit(sent, { card: { title: 'x' } })
      },
    ],
    [
      'words that were changed twenty times',
      async () => {
        const sent = await send(group, { text: '0' })
        for (let n = 1; n <= 20; n += 1) await edit(sent, { text: String(n) })
        return edit(sent, { text: '21' })
      },
    ],
    [
      'a message that was deleted',
      async () => edit({ address: GENERAL, messageId: 'om_gone' }, { card: requestCard() }),
    ],
  ])('%s: gone, so that a successor is sent', async (_, change) => {
    expect((await failure(change())).kind).toBe('gone')
  })
})

describe('a failed call', () => {
  it.each<[Trouble, Partial<PlatformError>]>([
    [
      { code: 99991400, status: 400, reset: '3' },
      { kind: 'rate-limited', retryAfterMs: 3_000, appWide: true },
    ],
    [
      { code: 99991400, status: 429 },
      { kind: 'rate-limited', appWide: true },
    ],
    [{ status: 429, page: 'slow down' }, { kind: 'rate-limited' }],
    [{ code: 230020 }, { kind: 'rate-limited', appWide: false }],
    [{ code: 230002 }, { kind: 'refused', code: '230002' }],
    [
      { code: 230002, status: 200 },
      { kind: 'refused', code: '230002' },
    ],
    [{ code: 230013 }, { kind: 'gone' }],
    [{ code: 230029 }, { kind: 'gone' }],
    [{ code: 230053 }, { kind: 'gone' }],
    [{ code: 230110 }, { kind: 'gone' }],
    [{ code: 232009 }, { kind: 'gone' }],
    [{ code: 230049 }, { kind: 'unknown' }],
    [{ code: 230099 }, { kind: 'refused' }],
    [
      { code: 2200, status: 500 },
      { kind: 'unknown', code: 'http_500' },
    ],
    [{ code: 123456789 }, { kind: 'refused', code: '123456789' }],
    [{ status: 502, page: '<html>' }, { kind: 'unknown' }],
    [
      { status: 200, page: '<html>' },
      { kind: 'unknown', code: 'not_lark' },
    ],
    [
      { status: 403, page: '<html>' },
      { kind: 'refused', code: 'http_403' },
    ],
    [{ drop: 'before' }, { kind: 'unknown' }],
  ])('%j is told as %j, once', async (trouble, expected) => {
    fake.fail({ ...trouble, on: 'im.message.create' })
    expect(await failure(send(group, { text: 'x' }))).toMatchObject(expected)
    expect(fake.names()).toEqual(['im.message.create'])
  })

  it('never repeats a secret, a token or an address, in whatever it holds', async () => {
    for (const trouble of [{ drop: 'before' }, { status: 502, page: 'x' }, { code: 99991672 }] as const) {
      fake.fail({ ...trouble, on: 'im.message.create' })
      const error = await failure(send(group, { text: 'private words' }))
      const { inspect } = await import('node:util')
      const all = inspect(error, { depth: 20, showHidden: true })
      for (const secret of [APP.secret, 't-1', 'private words', GENERAL]) expect(all).not.toContain(secret)
    }
  })

  it('is called off when its caller gives up: then nobody knows', async () => {
    fake.fail({ silent: true, on: 'im.message.create' })
    const off = new AbortController()
    const work = lark.send(outgoing('k', group, { text: 'x' }), off.signal)
    await expect.poll(() => fake.names(), SOON).toContain('im.message.create')
    off.abort()
    expect((await failure(work)).kind).toBe('unknown')
  })
})

describe('the token', () => {
  const asked = () => fake.called.filter(({ name }) => name === 'auth.tenantAccessToken').length

  it('is fetched once for all who begin at the same time, and kept', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, n) => send(group, { text: `${n}` }, `k-${n}`)))
    expect(asked()).toBe(1)
    expect(fake.posted()).toHaveLength(8)
  })
  it('that Lark refuses is fetched anew, once, and the call made again', async () => {
    await send(group, { text: 'one' })
    fake.revoke()
    await Promise.all([send(group, { text: 'two' }, 'k-2'), send(group, { text: 'three' }, 'k-3')])
    expect(fake.posted()).toHaveLength(3)
    expect(asked()).toBe(2)
    fake.fail({ code: 99991663, on: 'im.message.create' }, { code: 99991663, on: 'im.message.create' })
    expect(await failure(send(group, { text: 'four' }, 'k-4'))).toMatchObject({ kind: 'refused', code: '99991663' })
    expect(lark.health?.().ok).toBe(false)
    await send(group, { text: 'five' }, 'k-5')
    expect(lark.health?.().ok).toBe(true)
  })
  it('is fetched anew before it ends', async () => {
    let now = 1_000_000
    lark = createLark(fake.config, { now: () => now })
    await send(group, { text: 'one' })
    now += 7_200_000 - 6 * 60_000
    await send(group, { text: 'two' }, 'k-2')
    expect(asked()).toBe(1)
    now += 2 * 60_000
    await send(group, { text: 'three' }, 'k-3')
    expect(asked()).toBe(2)
  })
  it('that cannot be had means: not sent, and the next one asks again', async () => {
    fake.fail({ drop: 'after', on: 'auth.tenantAccessToken' })
    expect((await failure(send(group, { text: 'x' }))).kind).toBe('not-sent')
    await send(group, { text: 'x' })
    lark = createLark({ ...fake.config, appSecret: 'wrong' })
    const error = await failure(send(group, { text: 'x' }))
    expect(error).toMatchObject({ kind: 'refused', code: '10014', message: expect.stringContaining('LARK_APP_SECRET') })
    expect(lark.health?.().ok).toBe(false)
  })
})

function fileOf(name: string, mediaType: string): OutgoingFile {
  const { bytes } = PICTURE
  return { name, mediaType, size: bytes.byteLength, read: async () => bytes }
}
