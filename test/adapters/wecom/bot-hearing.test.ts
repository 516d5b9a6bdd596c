/** What the smart bot hears over a real WebSocket, through the vendor's SDK, and the files that come along. */
import { describe, expect, it } from 'vitest'
import type { Answer, FileRef, Incoming } from '#core/platform.ts'
import { createBot } from '../../../adapters/wecom/bot/index.ts'
import type { WecomBot } from '../../../adapters/wecom/ways.ts'
import { HOSTILE, MIXED, PICTURE } from '../contract/samples.ts'
import { botStage, hears, type Running, SOON, START, signal } from './bot-support.ts'
import { messageFrom, pressFrom, textFrom } from './fake-bot-people.ts'

const stage = botStage()

describe('what is heard', () => {
  it('arrives as it was meant: privately, in groups without the bot’s name, spoken, and mixed with pictures', async () => {
    const on = await stage.listening()
    const cases: [Record<string, unknown>, Partial<Incoming> & Record<string, unknown>][] = [
      [textFrom('wangli', '请假 3天'), { person: 'wangli', room: 'bot:@wangli', roomKind: 'direct', text: '请假 3天' }],
      [textFrom('wangli', '@班长 请假 3天', 'wr-1'), { room: 'bot:wr-1', roomKind: 'group', text: '请假 3天' }],
      [textFrom('wangli', '@班长 @安然 替我', 'wr-1'), { text: '@安然 替我' }],
      [textFrom('wangli', '请假 3天 @班长', 'wr-1'), { text: '请假 3天' }],
      [textFrom('wangli', 'mail a@b.example', 'wr-1'), { text: 'mail a@b.example' }],
      [messageFrom('wangli', { msgtype: 'voice', voice: { content: '我要请假' } }), { text: '我要请假' }],
      [textFrom('wangli', MIXED), { text: MIXED }],
      [textFrom('wangli', HOSTILE), { text: HOSTILE }],
    ]
    for (const [n, [message, event]] of cases.entries()) {
      stage.fake.push('aibot_msg_callback', message)
      expect(await hears(on, n + 1)).toMatchObject({ kind: 'said', canCarry: [], ...event })
    }
    expect(new Set(on.heard.map(({ key }) => key)).size).toBe(cases.length)
  })

  it('has the key of its message, so that the inbox knows a repeat', async () => {
    const on = await stage.listening()
    const message = textFrom('wangli', 'leave')
    stage.fake.push('aibot_msg_callback', message)
    stage.fake.push('aibot_msg_callback', message)
    await hears(on, 2)
    expect(on.heard[0]).toEqual(on.heard[1])
  })

  it('is nothing when it asks for nothing, or cannot be read; and nothing of it is logged', async () => {
    const on = await stage.listening()
    const event = (eventtype: string) => messageFrom('wangli', { msgtype: 'event', event: { eventtype } })
    stage.fake.push('aibot_event_callback', event('enter_chat'))
    stage.fake.push('aibot_event_callback', event('feedback_event'))
    stage.fake.push('aibot_event_callback', pressFrom('wangli', { key: 'of another program', taskId: 't' }))
    stage.fake.push('aibot_msg_callback', messageFrom('wangli', { msgtype: 'stream', stream: { id: 'secret words' } }))
    stage.fake.push('aibot_msg_callback', { msgtype: 'text', text: { content: 'secret words' } })
    stage.fake.push(
      'aibot_msg_callback',
      messageFrom('wangli', { msgtype: 'text', text: { content: { secret: 'words' } } }),
    )
    stage.fake.sendText('no JSON, secret words')
    stage.says('wangli', 'the last')
    expect(await hears(on)).toMatchObject({ text: 'the last' })
    expect(on.logged.filter(({ level }) => level === 'warn')).toHaveLength(2)
    expect(JSON.stringify(on.logged)).not.toMatch(/secret|bot-secret/)
  })

  it('is handed on at once and in order; what was not handled is told, for it does not come again', async () => {
    const ends: ((answer: Answer) => void)[] = []
    const on = await stage.listening(async ({ key }) => {
      if (on.heard.length === 2) throw new Error(`the database is away: ${key}`)
      return new Promise((resolve) => ends.push(resolve))
    })
    for (const text of ['one', 'two', 'three']) stage.says('wangli', text)
    await hears(on, 3)
    expect(on.heard.map((event) => event.kind === 'said' && event.text)).toEqual(['one', 'two', 'three'])
    await expect.poll(() => on.logged.filter(({ level }) => level === 'error'), SOON).toHaveLength(1)
    for (const end of ends) end({})
  })
})

describe('a file that somebody sent', () => {
  const fetched = async (bot: WecomBot, file: FileRef) =>
    new Uint8Array(await new Response(await bot.fetchFile(file, signal())).arrayBuffer())
  const sends = async (on: Running, place: { url: string; aeskey?: string }) => {
    const before = on.heard.length
    stage.fake.push('aibot_msg_callback', messageFrom('wangli', { msgtype: 'file', file: place }))
    const event = await hears(on, before + 1)
    const [file] = (event.kind === 'said' && event.files) || []
    return file ?? expect.fail('no file was heard')
  }

  it('is fetched and decrypted, by a process without the connection too', async () => {
    const on = await stage.listening()
    for (const bytes of [PICTURE.bytes, new Uint8Array(96).fill(7), new Uint8Array()]) {
      const file = await sends(on, stage.fake.file(bytes))
      const elsewhere = createBot(stage.fake.config, { now: () => START, timeoutMs: 1_000, log: console })
      expect(await fetched(elsewhere, file)).toEqual(bytes)
    }
    expect(await fetched(on.bot, await sends(on, stage.fake.file(PICTURE.bytes, { sealed: false })))).toEqual(
      PICTURE.bytes,
    )
  })

  it('of several in one message is each one’s own', async () => {
    const on = await stage.listening()
    const [one, two] = [stage.fake.file(Buffer.from('first one')), stage.fake.file(Buffer.from('second one'))]
    const item = (image: object) => ({ msgtype: 'image', image })
    const words = { msgtype: 'text', text: { content: '两张' } }
    stage.fake.push(
      'aibot_msg_callback',
      messageFrom('wangli', { msgtype: 'mixed', mixed: { msg_item: [item(one), words, item(two)] } }),
    )
    const event = await hears(on)
    const files = (event.kind === 'said' && event.files) || []
    expect(event).toMatchObject({ text: '两张' })
    expect(new Set(files.map(({ id }) => id)).size).toBe(2)
    const texts = await Promise.all(files.map(async (file) => Buffer.from(await fetched(on.bot, file)).toString()))
    expect(texts).toEqual(['first one', 'second one'])
  })

  it('is gone when the store has it no more, and broken when its bytes are', async () => {
    const on = await stage.listening()
    const [late, cut] = [stage.fake.file(PICTURE.bytes), stage.fake.file(PICTURE.bytes)]
    stage.fake.spoil(late.url, 'gone')
    stage.fake.spoil(cut.url, 'cut off')
    await expect(fetched(on.bot, await sends(on, late))).rejects.toMatchObject({ kind: 'gone' })
    await expect(fetched(on.bot, await sends(on, cut))).rejects.toMatchObject({ kind: 'refused', code: 'broken_file' })
    const { aeskey: _, ...wrong } = stage.fake.file(PICTURE.bytes)
    const shortKey = await sends(on, { ...wrong, aeskey: 'AAAA' })
    await expect(fetched(on.bot, shortKey)).rejects.toMatchObject({ kind: 'refused' })
  })

  it.each([
    'http://127.0.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://work.weixin.qq.com.evil.example/x',
    'https://user@work.weixin.qq.com/x',
    'https://work.weixin.qq.com:8443/x',
    'http://work.weixin.qq.com/x',
    'https://mine.cos.ap-guangzhou.myqcloud.com/x',
    'file:///etc/passwd',
    'no address',
  ])('is not fetched from elsewhere: %s', async (url) => {
    const { url: _, ...real } = stage.fake.config
    const bot = createBot(real, { now: () => START, timeoutMs: 1_000, log: console })
    const file = { id: '1', name: 'x', handle: JSON.stringify({ url, since: START }) }
    await expect(bot.fetchFile(file, signal())).rejects.toMatchObject({ kind: 'refused', code: 'foreign_host' })
  })
})
