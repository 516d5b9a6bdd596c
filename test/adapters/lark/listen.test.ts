/** The long connection, through the SDK's own client over a real WebSocket: frames in, acknowledgements once they are handled, and a connection that is kept. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Deliver } from '#core/platform.ts'
import { outgoing, requestCard } from '../contract/samples.ts'
import { type FakeLark, startFakeLark } from './fake.ts'
import type { Trouble } from './fake-server.ts'
import { APP } from './fake-store.ts'
import { isConnected, type Listening, listenOn, SOON } from './socket-support.ts'

let fake: FakeLark
let bot: Listening | undefined
beforeEach(async () => {
  fake = await startFakeLark()
})
afterEach(async () => {
  await bot?.stop()
  bot = undefined
  await fake.stopListening()
})
async function listen(deliver?: Deliver, options?: Parameters<typeof listenOn>[2]): Promise<Listening> {
  bot = await listenOn(fake, deliver, options)
  return bot
}
const said = (text: string) => fake.message({ user: 'ou_an', text })
/** A handler whose end is in the test's hand, one for each event. */
function inHand() {
  const ends: ((answer: Answer) => void)[] = []
  const lefts: (Promise<boolean> | undefined)[] = []
  const deliver: Deliver = (_, left) => {
    lefts.push(left)
    return new Promise((resolve) => ends.push(resolve))
  }
  return { ends, lefts, deliver, until: (count: number) => expect.poll(() => ends.length, SOON).toBe(count) }
}

describe('a frame', () => {
  it('is acknowledged when its handler has ended, not before, and waits for no other', async () => {
    const { ends, lefts, deliver, until } = inHand()
    await listen(deliver)
    const fates: string[] = []
    const one = fake.sockets.deliver(said('one')).then(() => fates.push('one'))
    const two = fake.sockets.deliver(said('two')).then(() => fates.push('two'))
    await until(2)
    expect(fates).toEqual([])
    ends[1]?.({})
    await two
    ends[0]?.({})
    await one
    expect(fates).toEqual(['two', 'one'])
    expect(await Promise.all(lefts)).toEqual([true, true])
  })

  it('is handed on in the order of its arrival', async () => {
    const { heard } = await listen()
    await Promise.all(Array.from({ length: 10 }, (_, n) => fake.sockets.deliver(said(`${n}`))))
    expect(heard.map((event) => event.kind === 'said' && event.text).join('')).toBe('0123456789')
  })

  it('in pieces, cut through Chinese characters, arrives whole', async () => {
    const { heard } = await listen()
    for (const pieces of [2, 3, 7])
      expect(await fake.sockets.deliver(said('三天半的年假 𠮷'), { pieces })).toMatchObject({ code: 200 })
    expect(heard.map((event) => event.kind === 'said' && event.text)).toEqual(Array(3).fill('三天半的年假 𠮷'))
  })

  it('of a click carries an object back, empty or with a toast; an event carries nothing', async () => {
    const { lark } = await listen(async (event) =>
      event.kind === 'clicked' && event.action === 'contract.pick' ? { toast: '已选择' } : {},
    )
    const sent = await lark.send(
      outgoing('k', { account: 'ou_an' }, { card: requestCard() }),
      new AbortController().signal,
    )
    const on = fake.posted().find(({ id }) => id === sent.messageId) ?? expect.fail('not there')
    expect(await fake.sockets.deliver(fake.click({ user: 'ou_an', on, label: 'Approve' }))).toEqual({
      code: 200,
      data: {},
    })
    expect(await fake.sockets.deliver(fake.choose({ user: 'ou_an', on, option: 'Option 1' }))).toEqual({
      code: 200,
      data: { toast: { type: 'info', content: '已选择' } },
    })
    expect(await fake.sockets.deliver(said('x'))).toEqual({ code: 200 })
  })

  it('that could not be handled, or read, is refused and told, and the connection goes on', async () => {
    let isDown = true
    const { logged, heard } = await listen(async () => {
      if (isDown) throw new Error('the database is away')
      return {}
    })
    expect(await fake.sockets.deliver(said('leave'))).toMatchObject({ code: 500 })
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('not handled') }),
    )
    isDown = false
    expect(await fake.sockets.deliver(fake.event('im.message.receive_v1', { text: 'private words' }))).toMatchObject({
      code: 500,
    })
    expect(JSON.stringify(logged)).toContain('could not be read')
    expect(JSON.stringify(logged)).not.toContain('private words')
    expect(await fake.sockets.deliver(said('again'))).toMatchObject({ code: 200 })
    expect(heard).toHaveLength(2)
  })
})

describe('the connection', () => {
  it('that breaks is made again, and health says how it stands', async () => {
    const { lark, heard } = await listen()
    fake.sockets.drop()
    await expect.poll(() => fake.sockets.asked, SOON).toBe(2)
    await isConnected(lark)
    await fake.sockets.deliver(said('still there'))
    expect(heard).toHaveLength(1)
    expect(fake.sockets.open).toBe(1)
  })

  it('that was gone before an acknowledgement tells the handler so', async () => {
    const { ends, lefts, deliver, until } = inHand()
    const { lark } = await listen(deliver)
    const fate = fake.sockets.deliver(said('leave'))
    await until(1)
    fake.sockets.drop()
    expect(await fate).toEqual({ code: 'gone' })
    await expect.poll(() => fake.sockets.asked, SOON).toBe(2)
    await isConnected(lark)
    ends[0]?.({})
    expect(await lefts[0]).toBe(false)
  })

  it.each<[string, Trouble, RegExp]>([
    ['busy', { code: 1, status: 200, on: 'ws.endpoint' }, /refused the long connection: 1/],
    ['too many', { code: 1000040350, status: 200, on: 'ws.endpoint' }, /50 connections/],
    ['away', { drop: 'before', on: 'ws.endpoint' }, /did not answer/],
    ['broken', { status: 502, page: '<html>', on: 'ws.endpoint' }, /HTTP 502/],
    ['no Lark', { status: 200, page: '<html>', on: 'ws.endpoint' }, /did not answer/],
  ])('is tried again when Lark is %s, and the log says why', async (_, trouble, reason) => {
    fake.fail(trouble, trouble)
    const { logged } = await listen()
    const told = logged.filter(({ message }) => message === 'no long connection')
    expect(told).toHaveLength(2)
    for (const { data } of told) expect(data).toMatchObject({ reason: expect.stringMatching(reason) })
  })

  it('is not had with a wrong secret: that is told as an error with its remedy and without the secret, and tried seldom', async () => {
    const { lark, logged } = await listen(undefined, {
      connects: false,
      config: { ...fake.socketConfig, appSecret: 'wrong-secret' },
    })
    await expect.poll(() => logged.filter(({ level }) => level === 'error').length, SOON).toBeGreaterThan(0)
    expect(lark.health?.()).toMatchObject({ ok: false, detail: expect.stringContaining('LARK_APP_SECRET') })
    expect(JSON.stringify(logged)).not.toMatch(new RegExp(`wrong-secret|${APP.secret}`))
  })

  it('ends after what is in hand was acknowledged, and takes nothing new meanwhile', async () => {
    const { ends, deliver, until } = inHand()
    const { stop, heard } = await listen(deliver)
    const fate = fake.sockets.deliver(said('last'))
    await until(1)
    let ended = false
    const stopped = stop().then(() => {
      ended = true
    })
    expect(await fake.sockets.deliver(said('too late'))).toMatchObject({ code: 500 })
    expect(ended).toBe(false)
    ends[0]?.({})
    expect(await fate).toMatchObject({ code: 200 })
    await stopped
    expect(heard).toHaveLength(1)
    await expect.poll(() => fake.sockets.open, SOON).toBe(0)
  })

  it('is closed when a stop comes while it is being opened', async () => {
    fake.fail({ silent: true, on: 'ws.endpoint' })
    const { stop } = await listen(undefined, { connects: false })
    await expect.poll(() => fake.sockets.asked, SOON).toBe(1)
    await stop()
    expect(fake.sockets.open).toBe(0)
  })
})
