/** Sending by the app: repeats, partial failures, WeCom's silent limits, files, groups. */
import { describe, expect, it } from 'vitest'
import type { Platform, Recipient } from '#core/platform.ts'
import { createWecom } from '../../../adapters/wecom/index.ts'
import { outgoing, PICTURE, requestCard } from '../contract/samples.ts'
import { appStage, ask, failed, kindOf, say, signal, wordsOf } from './app-support.ts'

const start = appStage()

describe('a repeat', () => {
  it('after a lost answer arrives once, from another process too', async () => {
    const { fake, platform, wecom } = await start()
    fake.fail({ on: 'message/send', reset: 'after' })
    expect(await failed(say(platform, 'k-1', '早上好'))).toMatchObject({ kind: 'unknown' })
    await say(platform, 'k-1', '早上好')
    await say(wecom(), 'k-1', '早上好')
    expect(wordsOf(fake)).toEqual(['早上好'])
  })
  it('is the same to the byte, and another key is not', async () => {
    const { fake, platform, wecom } = await start()
    await say(platform, 'k-1', '早上好')
    await ask(platform, 'k-2')
    const first = fake.bodiesOf('message/send')
    await say(wecom(), 'k-1', '早上好')
    await ask(wecom(), 'k-2')
    await say(platform, 'k-3', '早上好')
    const [, , text, card, other] = fake.bodiesOf('message/send')
    expect([text, card]).toEqual(first)
    expect(other).not.toBe(text)
  })
  it.each(['json', 'content'] as const)(
    'two notices of the same words both arrive, when WeCom compares by %s',
    async (sameness) => {
      const { fake, platform } = await start()
      fake.state.sameness = sameness
      for (const key of ['k-1', 'k-2', 'k-2', 'k-3']) await say(platform, key, '帮助')
      expect(wordsOf(fake)).toEqual(['帮助', '帮助', '帮助'])
    },
  )
  it('within the time that we claim is still one', async () => {
    const { fake, platform, clock, wecom } = await start()
    await say(platform, 'k-1', '早上好')
    clock.advance((platform.limits.repeatWithinMs ?? 0) + 60_000)
    await say(wecom(), 'k-1', '早上好')
    expect(wordsOf(fake)).toHaveLength(1)
  })
  it('of a card goes by its task id even when WeCom has forgotten the request', async () => {
    const { fake, platform, clock, wecom } = await start()
    const sent = await ask(platform, 'k-1')
    clock.advance(5 * 3_600_000)
    const again = await ask(wecom(), 'k-1')
    expect(again).toEqual({ address: 'AnLin', messageId: sent.messageId })
    expect(fake.posted()).toHaveLength(1)
  })
  it('of a message in parts goes on where it stopped', async () => {
    const { fake, platform } = await start()
    const long = '行\n'.repeat(1_500)
    fake.fail({ on: 'message/send', errcode: 45009 }, { on: 'message/send', errcode: 45009 })
    await failed(say(platform, 'k-1', long))
    await failed(say(platform, 'k-1', long))
    await say(platform, 'k-1', long)
    expect(fake.posted()).toHaveLength(3)
    expect(fake.bodiesOf('message/send')).toHaveLength(5)
  })
  it('of a card whose words have changed since says what it says now, whatever part of the old words is there', async () => {
    const { fake, platform } = await start()
    const long = outgoing('k-1', { account: 'AnLin' }, { card: { ...requestCard(), text: '因'.repeat(300) } })
    fake.afterwards('message/send', 2, { errcode: -1 })
    expect(await failed(platform.send(long, signal()))).toMatchObject({ kind: 'not-sent' })
    const sent = await ask(platform, 'k-1')
    expect(fake.posted().map(({ type }) => type)).toEqual(['text', 'template_card'])
    expect(sent.handle).toBeDefined()
  })
  it('into a group of a message in parts goes on there too, where WeCom would say all of it again', async () => {
    const { fake, platform } = await start()
    const long = '行\n'.repeat(1_500)
    fake.afterwards('appchat/send', 2, { errcode: 45009 })
    await failed(say(platform, 'k-1', long, { room: fake.chat }))
    await say(platform, 'k-1', long, { room: fake.chat })
    expect(fake.posted()).toHaveLength(3)
  })
  it('into a group whose answer was lost is refused: nobody could tell the second from the first', async () => {
    const { fake, platform } = await start()
    for (const room of [fake.chat, 'hook:team']) {
      fake.fail({ reset: 'after', on: room === fake.chat ? 'appchat/send' : 'webhook/send' })
      expect(await failed(say(platform, `k-${room}`, '早上好', { room }))).toMatchObject({ kind: 'unknown' })
      const second = await failed(say(platform, `k-${room}`, '早上好', { room }))
      expect(second).toMatchObject({ kind: 'refused', code: 'may_be_there' })
    }
    expect(fake.posted()).toHaveLength(2)
    // Whoever tries again after that, as an administrator does, wants it.
    await say(platform, `k-${fake.chat}`, '早上好', { room: fake.chat })
    expect(fake.posted()).toHaveLength(3)
  })
})

describe('a failure', () => {
  it.each([
    ['invaliduser', 'AnLin', 'refused'],
    ['unlicenseduser', 'AnLin', 'refused'],
  ] as const)('is seen although WeCom says 0: %s', async (missed, userid, kind) => {
    const { fake, platform } = await start()
    fake.join({ userid, name: '安琳', missed })
    const error = await failed(say(platform, 'k-1', 'x', { account: userid }))
    expect(error).toMatchObject({ kind, code: missed })
  })
  it('of somebody who is not there is told as gone', async () => {
    const { platform } = await start()
    expect(await failed(say(platform, 'k-1', 'x', { account: 'nobody' }))).toMatchObject({
      kind: 'gone',
      code: '81013',
    })
  })
  it('an account that would be several, or everybody, is never sent', async () => {
    const { fake, platform } = await start()
    for (const account of ['@all', 'AnLin|wangli', '', 'a b'])
      expect(await failed(say(platform, `k-${account}`, 'x', { account }))).toMatchObject({ kind: 'gone' })
    expect(fake.called()).toEqual([])
  })
  it.each([
    [-1, 'not-sent'],
    [45009, 'rate-limited'],
    [45033, 'rate-limited'],
    [40003, 'gone'],
    [60011, 'refused'],
    [43012, 'refused'],
    [82004, 'refused'],
    [99999, 'refused'],
  ])('%i is %s', async (errcode, kind) => {
    const { fake, platform } = await start()
    fake.fail({ errcode, on: 'message/send' })
    expect(await failed(say(platform, 'k-1', 'x'))).toMatchObject({ kind, code: String(errcode) })
  })
  it('a refused address of ours names the address and the remedy', async () => {
    const { fake, platform } = await start()
    fake.fail({
      errcode: 60020,
      errmsg: 'not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more',
      on: 'message/send',
    })
    const { message } = await failed(say(platform, 'k-1', 'x'))
    expect(message).toContain('203.0.113.7')
    expect(message).toContain('企业可信IP')
    expect(platform.health?.().ok).toBe(false)
    await say(platform, 'k-1', 'x')
    expect(platform.health?.().ok).toBe(true)
  })
  it('words that WeCom read only in part are a failure', async () => {
    const { fake, platform } = await start()
    fake.fail({ errcode: 0, errmsg: 'ok. Warning: wrong json format. ', on: 'message/send' })
    expect(await failed(say(platform, 'k-1', 'x'))).toMatchObject({ kind: 'refused', code: 'wrong_json' })
  })
})

describe('WeCom’s silent limits', () => {
  it('of one member are never reached: we wait instead', async () => {
    const { fake, platform, clock } = await start()
    let waited = 0
    for (let n = 0; n < 70; n += 1) {
      const error = await say(platform, `k-${n}`, `${n}`).then(() => undefined, kindOf)
      if (!error) continue
      expect(error).toMatchObject({ kind: 'rate-limited' })
      waited += 1
      clock.advance(error.retryAfterMs)
      await say(platform, `k-${n}`, `${n}`)
    }
    expect(fake.posted()).toHaveLength(70)
    expect(waited).toBe(2)
  })
  it('of a webhook neither, and one does not hold up another', async () => {
    const { fake, platform, clock } = await start()
    const post = (n: number) => say(platform, `k-${n}`, `${n}`, { room: 'hook:team' })
    for (let n = 0; n < 19; n += 1) await post(n)
    const error = await failed(post(19))
    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 60_000 })
    await say(platform, 'k-a', 'x')
    clock.advance(error.retryAfterMs)
    await post(19)
    expect(fake.posted()).toHaveLength(21)
  })
})

describe('a file', () => {
  const file = (size = PICTURE.bytes.byteLength, mediaType = PICTURE.mediaType) => ({
    name: '病假条.png',
    mediaType,
    size,
    read: async () => PICTURE.bytes.slice(0, size),
  })
  const send = (platform: Platform, key: string, to: Recipient, one = file()) =>
    platform.send(outgoing(key, to, { text: '收好', file: { id: '1', name: one.name } }, { file: one }), signal())

  it('is uploaded once, however often its message is tried', async () => {
    const { fake, platform } = await start()
    fake.fail({ errcode: -1, on: 'message/send' })
    await failed(send(platform, 'k-1', { account: 'AnLin' }))
    fake.fail({ status: 502, on: 'media/upload' })
    expect(await failed(send(platform, 'k-1', { account: 'AnLin' }))).toMatchObject({ kind: 'not-sent' })
    fake.fail({ reset: 'after', on: 'message/send' })
    await failed(send(platform, 'k-1', { account: 'AnLin' }))
    await send(platform, 'k-1', { account: 'AnLin' })
    expect(fake.posted().map(({ type }) => type)).toEqual(['text', 'image'])
    expect(fake.state.media.size).toBe(1)
  })
  it('that is no picture goes as a file, by a webhook too', async () => {
    const { fake, platform } = await start()
    await send(platform, 'k-1', { account: 'AnLin' }, file(100, 'application/pdf'))
    await send(platform, 'k-2', { room: 'hook:team' }, file(100, 'application/pdf'))
    expect(fake.posted().map(({ type, room }) => [type, room.split(':')[0]])).toEqual([
      ['text', 'AnLin'],
      ['file', 'AnLin'],
      ['text', 'hook'],
      ['file', 'hook'],
    ])
  })
  it('that is too small for WeCom is refused by its name and size, before its words are said', async () => {
    const { fake, platform } = await start()
    const error = await failed(send(platform, 'k-1', { account: 'AnLin' }, file(5)))
    expect(error).toMatchObject({ kind: 'refused', code: 'file_size' })
    expect(error.message).toContain('病假条.png has 5 bytes')
    expect(fake.posted()).toEqual([])
  })
  it('that cannot be read now has certainly not been sent', async () => {
    const { platform } = await start()
    const lost = { ...file(), read: () => Promise.reject(new Error('no database')) }
    for (const to of [{ account: 'AnLin' }, { room: 'hook:team' }])
      expect(await failed(send(platform, 'k-1', to, lost))).toMatchObject({ kind: 'not-sent', code: 'file_not_read' })
  })
  it('that somebody sent is fetched, and told as gone after WeCom has deleted it', async () => {
    const { fake, platform } = await start()
    const media = fake.state.upload('1.png', 'image/png', PICTURE.bytes)['media_id']
    const stream = await platform.fetchFile?.({ id: 'x', name: '1.jpg', handle: `media:${media}` }, signal())
    expect(new Uint8Array(await new Response(stream ?? null).arrayBuffer())).toEqual(PICTURE.bytes)
    const lost = platform.fetchFile?.({ id: 'x', name: '1.jpg', handle: 'media:other' }, signal())
    expect(await failed(lost ?? Promise.resolve())).toMatchObject({ kind: 'gone', code: '40007' })
  })
})

describe('groups', () => {
  it('what is for one person in a group goes to that person alone', async () => {
    const { fake, platform } = await start()
    for (const room of [fake.chat, 'hook:team']) await say(platform, `k-${room}`, '只给你', { room, onlyFor: 'wangli' })
    expect(fake.posted().map(({ room }) => room)).toEqual(['wangli', 'wangli'])
  })
  it('a group is made with its people, and told apart by its address', async () => {
    const { fake, platform } = await start()
    const accounts = ['AnLin', 'wangli', 'AnLin']
    const room = await platform.createRoom?.({ name: '客'.repeat(60), accounts }, signal())
    expect(room).toBe('chat:chat2')
    expect(fake.state.chats.get('chat2')).toEqual({ name: '客'.repeat(50), userlist: ['AnLin', 'wangli'] })
    expect(await platform.directory?.members?.('chat:chat2', signal())).toEqual([
      { account: 'AnLin' },
      { account: 'wangli' },
    ])
  })
  it('a group of one, or for an app that not everybody sees, is refused with the way out', async () => {
    const { fake, platform } = await start()
    const make = (...accounts: string[]) =>
      platform.createRoom?.({ name: 'x', accounts }, signal()) ?? Promise.resolve('')
    expect((await failed(make('AnLin'))).message).toContain('2 to 1999 people')
    fake.fail({ errcode: 60011, on: 'appchat/create' })
    expect((await failed(make('AnLin', 'wangli'))).message).toContain('root department')
  })
  it('a webhook that is not set is named', async () => {
    const { platform } = await start()
    const error = await failed(say(platform, 'k-1', 'x', { room: 'hook:second' }))
    expect(error).toMatchObject({ kind: 'gone' })
    expect(error.message).toContain('second')
  })
  it('a room of the smart bot waits, where this process has no connection', async () => {
    const { fake } = await start()
    const both = createWecom({ ...fake.config, bot: { botId: 'b', secret: 's', url: 'ws://127.0.0.1:1' } })
    expect(both.roomsOutOfReach?.()).toBe('bot:')
    expect(await failed(say(both, 'k-1', 'x', { room: 'bot:1' }))).toMatchObject({ kind: 'not-sent' })
    await say(both, 'k-2', 'x')
    expect(fake.posted()).toHaveLength(1)
    await both.close?.()
  })
})
