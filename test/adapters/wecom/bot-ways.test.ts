/** The app and the smart bot as one platform: which of them says what, and what only the process with the connection can say. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Incoming, Platform } from '#core/platform.ts'
import { createWecom } from '../../../adapters/wecom/index.ts'
import { listenAll } from '../../../src/listen.ts'
import { outgoing, PICTURE } from '../contract/samples.ts'
import { type FakeWecom, startFakeWecom } from './fake.ts'
import { FakeBot } from './fake-bot.ts'
import { messageFrom, textFrom } from './fake-bot-people.ts'

const SOON = { interval: 2, timeout: 5_000 }
let api: FakeWecom
let fake: FakeBot
const stops: (() => Promise<void>)[] = []
beforeEach(async () => {
  ;[api, fake] = await Promise.all([startFakeWecom(), FakeBot.start()])
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await Promise.all([api.close(), fake.close()])
})
const signal = () => new AbortController().signal

/** A process. It listens, and is connected, unless it is told not to. */
async function begin({ app = true, listens = true } = {}) {
  const both = app ? api.config : { webhooks: {} }
  const platform = createWecom({ ...both, bot: fake.config }, { timeoutMs: 1_500 })
  const heard: Incoming[] = []
  if (!listens) return { platform, heard }
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const deliver = async (_: Platform, event: Incoming) => {
    heard.push(event)
    return {}
  }
  // As bin/serve.ts does, on the embedded database.
  const lease = async () => ({ lost: new AbortController().signal, release: async () => {} })
  stops.push(listenAll([platform], { deliver, replied: async () => {}, lease }, log))
  await expect.poll(() => platform.roomsOutOfReach?.(), SOON).toBeUndefined()
  return { platform, heard }
}
const said = () => fake.shown.map(({ chatId, body }) => [chatId, body['content']])

it('with an app, the bot speaks in its own rooms, the app to people; a private answer goes by the app and the group learns of it once', async () => {
  const { platform } = await begin()
  await platform.send(outgoing('k-1', { room: 'bot:wr-1' }, { text: '大家好' }), signal())
  await platform.send(outgoing('k-2', { account: api.people.an }, { text: '你好' }), signal())
  const to = { room: 'bot:wr-1', onlyFor: api.people.an, replyHandle: 'msg-1' }
  for (const key of ['k-3', 'k-4']) await platform.send(outgoing(key, to, { text: `private ${key}` }), signal())
  expect(said()).toEqual([
    ['wr-1', '大家好'],
    ['wr-1', 'Answered privately.'],
  ])
  const texts = api.posted().map(({ text }) => text)
  expect(texts.map((text) => /你好|private k-\d/.exec(text ?? '')?.[0])).toEqual(['你好', 'private k-3', 'private k-4'])
})

it('without an app, the bot is the only way to anybody', async () => {
  const { platform, heard } = await begin({ app: false })
  fake.push('aibot_msg_callback', textFrom('wangli', '请假'))
  await expect.poll(() => heard.length, SOON).toBe(1)
  await platform.send(outgoing('k-1', { account: 'wangli' }, { text: '好的' }), signal())
  expect(said()).toEqual([['wangli', '好的']])
})

it('a process without the connection leaves the rooms of the bot alone, and fetches its files all the same', async () => {
  const holds = await begin()
  const waits = await begin({ listens: false })
  const alone = await begin({ app: false, listens: false })
  expect([holds, waits, alone].map(({ platform }) => platform.roomsOutOfReach?.())).toEqual([undefined, 'bot:', ''])
  expect([holds, waits, alone].map(({ platform }) => platform.listensAlone)).toEqual([true, true, true])
  expect([holds, waits, alone].map(({ platform }) => platform.health?.())).toMatchObject([
    { ok: true, detail: expect.stringMatching(/WeCom has refused nothing; the smart bot is connected/) },
    { ok: true, detail: expect.stringMatching(/WeCom has refused nothing; another process holds the connection/) },
    { ok: true, detail: expect.stringMatching(/^another process holds the connection/) },
  ])
  const send = waits.platform.send(outgoing('k-1', { room: 'bot:wr-1' }, { text: 'x' }), signal())
  await expect(send).rejects.toMatchObject({ kind: 'not-sent' })
  fake.push('aibot_msg_callback', messageFrom('wangli', { msgtype: 'file', file: fake.file(PICTURE.bytes) }))
  await expect.poll(() => holds.heard.length, SOON).toBe(1)
  const [event] = holds.heard
  const [file] = (event?.kind === 'said' && event.files) || []
  if (!file || !waits.platform.fetchFile) throw new Error('no file was heard')
  const stream = await waits.platform.fetchFile(file, signal())
  expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(PICTURE.bytes)
})
