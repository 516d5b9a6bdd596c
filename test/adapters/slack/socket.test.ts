/** Socket Mode over a real WebSocket: frames in, acknowledgements out once they are handled, and a connection that is kept. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Deliver, Incoming } from '#core/platform.ts'
import { connect } from '../../../adapters/slack/connection.ts'
import { SOCKET_TIMING } from '../../../adapters/slack/socket.ts'
import { everyField } from '../contract/samples.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import { messageEvent } from './fake-calls.ts'
import type { Trouble } from './fake-server.ts'
import { isConnected, type Listening, listenOn, QUICK, SOON } from './socket-support.ts'

let fake: FakeSlack
let bot: Listening | undefined
beforeEach(async () => {
  fake = await startFakeSlack()
})
afterEach(async () => {
  await bot?.stop()
  bot = undefined
  await fake.close()
})

async function listen(deliver?: Deliver, options?: Parameters<typeof listenOn>[2]): Promise<Listening> {
  bot = await listenOn(fake, deliver, options)
  return bot
}
const said = (text: string) => fake.message({ user: fake.people.an, text })
const timeoff = (text = '3 days') =>
  fake.slashCommand({ user: fake.people.an, room: fake.rooms.general, command: '/timeoff', text })
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
const acknowledged = () => fake.sockets.acknowledged.map(({ envelopeId }) => envelopeId)
/** Everything that was sent before has been dealt with, as far as it can be. */
const fence = () => fake.sockets.deliverBody('events_api', { team_id: 'T1', event: { type: 'reaction_added' } })

describe('a frame', () => {
  it('has the same key and content as the call by HTTP, whichever door it comes by', async () => {
    const { slack, heard } = await listen(undefined, {
      config: { ...fake.socketConfig, ...fake.config },
    })
    const requests = [
      said('请假 3天'),
      fake.mention({ user: fake.people.an, room: fake.rooms.general, text: 'leave' }),
      timeoff(),
    ]
    for (const request of requests) {
      let byHttp: Incoming | undefined
      await slack.receive(request, async (event) => {
        byHttp = event
        return {}
      })
      await fake.sockets.deliver(request)
      const { replyHandle: _, ...same } = byHttp ?? expect.fail('HTTP heard nothing')
      expect(heard.at(-1)).toMatchObject(same)
    }
    expect(new Set(heard.map(({ key }) => key)).size).toBe(requests.length)
  })

  it('is acknowledged when its handler has ended, not before, and waits for no other', async () => {
    const { ends, deliver, until } = inHand()
    await listen(deliver)
    const [first, second] = [
      fake.sockets.deliver(said('one'), { id: 'a' }),
      fake.sockets.deliver(timeoff(), { id: 'b' }),
    ]
    await until(2)
    await fence()
    expect(acknowledged().filter((id) => id === 'a' || id === 'b')).toEqual([])
    ends[1]?.({})
    await second
    ends[0]?.({})
    await first
    expect(acknowledged().filter((id) => id === 'a' || id === 'b')).toEqual(['b', 'a'])
  })

  it('is handed on in the order of its arrival, whatever its kind', async () => {
    const { heard } = await listen()
    const all = Array.from({ length: 12 }, (_, n) => fake.sockets.deliver(n % 2 === 0 ? said(`${n}`) : timeoff(`${n}`)))
    await Promise.all(all)
    expect(heard.map((event) => event.kind === 'said' && event.text)).toEqual(all.map((_, n) => `${n}`))
  })

  it('that comes again, under the same envelope or as a repeat, is heard and acknowledged like the first', async () => {
    const { heard } = await listen()
    const request = said('leave')
    await fake.sockets.deliver(request, { id: 'same' })
    await fake.sockets.deliver(request, { id: 'same' })
    await fake.sockets.deliver(request, { retryAttempt: 2, retryReason: 'timeout' })
    expect(heard).toHaveLength(3)
    expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
    expect(acknowledged()).toHaveLength(3)
  })

  it('that could not be handled is not acknowledged, and comes again', async () => {
    let isDown = true
    const { logged } = await listen(async () => {
      if (isDown) throw new Error('the database is away')
      return {}
    })
    const request = said('leave')
    void fake.sockets.deliver(request, { id: 'lost' })
    await fence()
    expect(acknowledged()).not.toContain('lost')
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('not handled') }),
    )
    isDown = false
    expect(await fake.sockets.deliver(request, { id: 'again', retryAttempt: 1 })).toMatchObject({ acknowledged: true })
  })

  it.each([
    ['no JSON', 'private words'],
    ['JSON null', 'null'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['an envelope without its id', '{"type":"events_api","payload":{"event":{"type":"message"}}}'],
    ['an envelope without a payload', '{"type":"events_api","envelope_id":"broken"}'],
    ['an event of no kind', '{"type":"events_api","envelope_id":"broken","payload":{"event":null}}'],
    [
      'a message without a channel',
      '{"type":"events_api","envelope_id":"broken","payload":{"team_id":"T1","event":{"type":"message","text":"private words","user":"U1"}}}',
    ],
    ['a payload of no shape', '{"type":"interactive","envelope_id":"broken","payload":{"a":"b"}}'],
    ['a kind of tomorrow', '{"type":"tomorrow","envelope_id":"broken","payload":{}}'],
    [
      'more than any frame',
      JSON.stringify({
        type: 'events_api',
        envelope_id: 'broken',
        payload: { team_id: 'T1', event: { ...messageEvent('D1', 'U1', '1.1', 'x'.repeat(1_000_000)) } },
      }),
    ],
  ])(
    'that carries %s is not acknowledged, is logged without its words, and the connection goes on',
    async (_, text) => {
      const { heard, logged } = await listen()
      fake.sockets.sendText(text)
      await fence()
      expect(acknowledged()).not.toContain('broken')
      expect(heard).toEqual([])
      expect(logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
      expect(logged.flatMap(({ data }) => Object.keys(data))).not.toContain('err')
      expect(JSON.stringify(logged)).not.toContain('private words')
      expect(await fake.sockets.deliver(said('leave'))).toMatchObject({ acknowledged: true })
      expect(fake.sockets.opened).toBe(1)
    },
  )
})

describe('an answer', () => {
  it('to a command is in the acknowledgement, for that person alone', async () => {
    const { heard } = await listen(async () => ({ message: { text: '还剩 3 天。' }, key: 'r-1' }))
    const fate = await fake.sockets.deliver(timeoff())
    expect(heard[0]?.canCarry).toEqual(['message'])
    expect(fate).toMatchObject({ payload: { response_type: 'ephemeral', text: '还剩 3 天。' } })
  })

  it('to a form is its errors', async () => {
    let opener: Incoming | undefined
    const { slack } = await listen(async (event) => {
      opener ??= event
      return event.kind === 'filled' ? { errors: { days: 'At most 30 days.' } } : {}
    })
    await fake.sockets.deliver(timeoff())
    await slack.openForm?.(opener ?? expect.fail('No command'), { form: everyField() })
    const view = fake.views()[0] ?? expect.fail('No view')
    const fate = await fake.sockets.deliver(
      fake.submit({ user: fake.people.an, view, values: { title: 'x', days: '99' } }),
    )
    expect(fate).toMatchObject({ payload: { response_action: 'errors', errors: { days: 'At most 30 days.' } } })
  })

  it('is not in the acknowledgement where Slack takes none, and the event says so', async () => {
    const { heard } = await listen(async () => ({ message: { text: 'Later.' }, key: 'r-1' }))
    expect(await fake.sockets.deliver(timeoff(), { takesAnswer: false })).toEqual({ acknowledged: true })
    expect(await fake.sockets.deliver(said('leave'))).toEqual({ acknowledged: true })
    expect(heard.map(({ canCarry }) => canCarry)).toEqual([[], []])
  })

  it('has left once it was written, and not when the connection was gone before', async () => {
    const { ends, lefts, deliver, until } = inHand()
    const { logged, slack } = await listen(deliver)
    const written = fake.sockets.deliver(timeoff())
    await until(1)
    ends[0]?.({ message: { text: 'x' }, key: 'r-1' })
    expect(await lefts[0]).toBe(true)
    expect(await written).toMatchObject({ acknowledged: true })

    const lost = fake.sockets.deliver(timeoff())
    await until(2)
    fake.sockets.drop()
    expect(await lost).toEqual({ acknowledged: false })
    await expect.poll(() => fake.sockets.opened, SOON).toBe(2)
    await isConnected(slack)
    ends[1]?.({ message: { text: 'x' }, key: 'r-2' })
    expect(await lefts[1]).toBe(false)
    expect(logged).toContainEqual(expect.objectContaining({ message: expect.stringContaining('gone before') }))
  })

  it('of a handler that failed has not left', async () => {
    let left: Promise<boolean> | undefined
    await listen(async (_, given) => {
      left = given
      throw new Error('the database is away')
    })
    void fake.sockets.deliver(timeoff())
    await expect.poll(() => left, SOON).toBeDefined()
    expect(await left).toBe(false)
  })
})

describe('the connection', () => {
  it('is made again when it breaks, and says in between that it is down', async () => {
    const { slack } = await listen(undefined, { timing: { reconnectFirstMs: 60, steadyAfterMs: 60_000 } })
    const since = slack.health?.().since ?? 0
    fake.fail({ status: 500, on: 'apps.connections.open' })
    fake.sockets.drop()
    await expect.poll(() => slack.health?.().ok, SOON).toBe(false)
    expect(slack.health?.().since).toBeGreaterThanOrEqual(since)
    await isConnected(slack)
    expect(await fake.sockets.deliver(said('leave'))).toMatchObject({ acknowledged: true })
  })

  it.each(['warning', 'refresh_requested'] as const)(
    'is replaced on a %s before the former one goes: nothing is missed, and what is in hand is still acknowledged on it',
    async (reason) => {
      const { ends, lefts, deliver, until } = inHand()
      const { slack } = await listen(deliver)
      const before = fake.sockets.deliver(timeoff(), { id: 'before' })
      await until(1)
      fake.sockets.disconnect(reason)
      await expect.poll(() => fake.sockets.open, SOON).toBe(2)
      expect(slack.health?.().ok).toBe(true)
      const after = fake.sockets.deliver(timeoff(), { id: 'after' })
      await until(2)
      for (const end of ends) end({ message: { text: 'x' }, key: 'r' })
      expect([await before, await after]).toMatchObject([{ acknowledged: true }, { acknowledged: true }])
      expect(await Promise.all(lefts)).toEqual([true, true])
      await expect.poll(() => fake.sockets.open, SOON).toBe(1)
      expect(fake.sockets.opened).toBe(2)
    },
  )

  it('says what to do when Socket Mode is switched off, and comes back when it is on again', async () => {
    const { slack, logged } = await listen(undefined, { timing: { reconnectMaxMs: 80 } })
    fake.sockets.disconnect('link_disabled')
    await expect
      .poll(() => slack.health?.(), SOON)
      .toMatchObject({ ok: false, detail: expect.stringMatching(/switch it on/) })
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        data: expect.objectContaining({ code: 'link_disabled', retryInMs: 80 }),
      }),
    )
    await isConnected(slack)
    expect(fake.sockets.open).toBe(1)
  })

  it.each<[string, Trouble, RegExp, Readonly<Record<string, unknown>>]>([
    ['too many', { status: 429, retryAfter: '7' }, /asks to wait/, { retryInMs: 7_000 }],
    ['too many, wait unknown', { status: 429 }, /asks to wait/, { retryInMs: 5 }],
    [
      'a token that does not count',
      { error: 'invalid_auth' },
      /SLACK_APP_TOKEN/,
      { code: 'invalid_auth', retryInMs: 40 },
    ],
    ['a token of another kind', { error: 'not_allowed_token_type' }, /SLACK_APP_TOKEN/, { retryInMs: 40 }],
    ['an error of the server', { status: 503 }, /HTTP 503/, { retryInMs: 5 }],
    ['a page', { page: '<html>Bad gateway</html>' }, /not Slack/, { retryInMs: 5 }],
    ['a broken connection', { reset: 'before' }, /did not answer/, { retryInMs: 5 }],
    ['nothing in time', { silent: true }, /did not answer/, { retryInMs: 5 }],
  ])('that cannot be opened (%s) is told in the log and tried again after a wait', async (_, trouble, words, data) => {
    fake.fail({ ...trouble, on: 'apps.connections.open' })
    const { slack, logged } = await listen(undefined, {
      connects: false,
      timing: 'silent' in trouble ? { callTimeoutMs: 100 } : {},
    })
    await expect.poll(() => logged.length, SOON).toBe(1)
    expect(slack.health?.()).toMatchObject({ ok: false, detail: expect.stringMatching(words) })
    expect(logged[0]?.data).toMatchObject(data)
    expect(JSON.stringify(logged)).not.toContain(fake.socketConfig.appToken)
    if (data['retryInMs'] !== 7_000) await isConnected(slack)
  })

  it('is tried again with waits that grow up to a bound, and begin anew after a success', async () => {
    fake.fail(...Array.from({ length: 6 }, () => ({ status: 500, on: 'apps.connections.open' })))
    const { slack, logged } = await listen()
    fake.fail({ status: 500, on: 'apps.connections.open' })
    fake.sockets.drop()
    await expect.poll(() => fake.sockets.opened, SOON).toBe(2)
    await isConnected(slack)
    const waits = logged.flatMap(({ data }) => ('retryInMs' in data ? [data['retryInMs']] : []))
    expect(waits).toEqual([5, 10, 20, 40, 40, 40, 5])
  })

  it('that breaks as soon as it is made is not made again as fast as it breaks', async () => {
    const { slack } = await listen(undefined, {
      timing: { steadyAfterMs: 60_000, reconnectFirstMs: 60_000, reconnectMaxMs: 60_000 },
    })
    fake.sockets.drop()
    await expect.poll(() => fake.sockets.opened, SOON).toBe(2)
    await isConnected(slack)
    fake.sockets.drop()
    await expect.poll(() => slack.health?.().ok, SOON).toBe(false)
    for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
    expect(fake.sockets.opened).toBe(2)
  })

  it('on which Slack does not say hello is given up and made again', async () => {
    fake.sockets.greets = false
    const { slack, logged } = await listen(undefined, {
      connects: false,
      timing: { helloWithinMs: 40, closeWithinMs: 40 },
    })
    await expect.poll(() => logged[0]?.data, SOON).toMatchObject({ code: 'no_hello' })
    fake.sockets.greets = true
    await isConnected(slack)
    await expect.poll(() => fake.sockets.open, SOON).toBe(1)
  })

  it('on which pings are not answered any more is given up and made again', async () => {
    const { slack } = await listen(undefined, { timing: { pongWithinMs: 60 } })
    fake.sockets.freeze()
    await expect.poll(() => fake.sockets.opened, SOON).toBe(2)
    await isConnected(slack)
    expect(await fake.sockets.deliver(said('leave'))).toMatchObject({ acknowledged: true })
  })
})

describe('a stop', () => {
  it('cuts a socket on which Slack does not answer', async () => {
    const ears = { envelope: () => {}, unreadable: () => {} }
    const timing = { ...SOCKET_TIMING, ...QUICK, closeWithinMs: 20 }
    const { close, closed } = await connect(fake.socketConfig, timing, ears, new AbortController().signal)
    fake.sockets.freeze()
    await close()
    await closed
  })

  it('while Slack takes its time leaves nothing open when the answer comes after all', async () => {
    let answer = () => {}
    const late = new Promise<void>((resolve) => {
      answer = resolve
    })
    fake.fail({ late, on: 'apps.connections.open' })
    const { stop } = await listen(undefined, { connects: false })
    await expect.poll(() => fake.sockets.opened, SOON).toBe(1)
    await stop()
    answer()
    // By the time these are answered a connection would have been made.
    for (let turn = 0; turn < 5; turn += 1) await fetch(`${fake.config.apiUrl}auth.test`, { method: 'POST' })
    await expect.poll(() => fake.sockets.open, SOON).toBe(0)
  })

  it('finishes and acknowledges what is in hand, takes nothing new, and closes', async () => {
    const { ends, lefts, deliver, until } = inHand()
    const { stop, heard } = await listen(deliver)
    const before = fake.sockets.deliver(timeoff(), { id: 'before' })
    await until(1)
    let isOver = false
    const stopped = stop().then(() => {
      isOver = true
    })
    const after = fake.sockets.deliver(timeoff(), { id: 'after' })
    for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
    expect(isOver).toBe(false)
    ends[0]?.({ message: { text: 'x' }, key: 'r-1' })
    await stopped
    expect(await before).toMatchObject({ acknowledged: true, payload: { text: 'x' } })
    expect(await lefts[0]).toBe(true)
    expect(await after).toEqual({ acknowledged: false })
    expect(heard).toHaveLength(1)
    await expect.poll(() => fake.sockets.open, SOON).toBe(0)
  })

  it('does not wait for a handler that never ends', async () => {
    const { stop } = await listen(() => new Promise(() => {}), { timing: { stopWithinMs: 30 } })
    void fake.sockets.deliver(said('leave'))
    await fence()
    await stop()
    await expect.poll(() => fake.sockets.open, SOON).toBe(0)
  })

  it.each([
    ['while it waits to try again', { status: 500, on: 'apps.connections.open' }, {}],
    ['while Slack does not answer', { silent: true, on: 'apps.connections.open' }, {}],
    ['while no hello comes', undefined, { helloWithinMs: 60_000 }],
  ] as const)('%s is at once, and leaves nothing open', async (_, trouble, timing) => {
    if (trouble) fake.fail(trouble)
    fake.sockets.greets = false
    const { stop, logged } = await listen(undefined, {
      connects: false,
      timing: { ...timing, reconnectFirstMs: 60_000, reconnectMaxMs: 60_000, callTimeoutMs: 60_000 },
    })
    await expect
      .poll(() => logged.length + fake.called().length + fake.sockets.open, SOON)
      .toBeGreaterThan(trouble && 'status' in trouble ? 1 : 0)
    await stop()
    await expect.poll(() => fake.sockets.open, SOON).toBe(0)
  })
})
