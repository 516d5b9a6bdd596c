/** Live updates: who is told what, and how a pane that was away catches up. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HEARTBEAT_MS, RESUME_CHANGES_MAX, STREAMS_MAX } from '../../../adapters/simulator/limits.ts'
import { Listener, never, outgoing, simulate } from './support.ts'

let world = simulate()
beforeEach(() => {
  world = simulate()
})
afterEach(async () => {
  await world.close()
  vi.useRealTimers()
})

const listen = async (account: string, lastId?: string, world_ = world) =>
  new Listener(
    await world_.page.raw(
      `/simulator/api/stream?account=${account}`,
      lastId === undefined ? {} : { headers: { 'last-event-id': lastId } },
    ),
  )
const send = (key: string, to: Parameters<typeof outgoing>[1], text = key) =>
  world.platform.send(outgoing(key, to, { text }), never())

describe('a stream', () => {
  it('tells a person what is said in their rooms, and nothing private to others', async () => {
    const wang = await listen('wang')
    expect((await wang.next())?.event).toBe('ready')
    await send('to-li', { account: 'li' })
    await send('to-leads', { room: 'leads' })
    await send('to-li-alone', { room: 'service', onlyFor: 'li' })
    await send('to-all', { room: 'service' })
    await send('to-wang-alone', { room: 'service', onlyFor: 'wang' })
    expect((await wang.nextOf('message'))?.data).toMatchObject({ text: 'to-all', room: 'service' })
    expect((await wang.nextOf('message'))?.data).toMatchObject({ text: 'to-wang-alone', private: true })
  })
  it('tells how a message changed, and that it is gone', async () => {
    const sent = await send('k1', { account: 'wang' })
    const wang = await listen('wang')
    await world.platform.edit(sent, outgoing('k1', { account: 'wang' }, { text: 'changed' }), never())
    expect((await wang.nextOf('message'))?.data).toMatchObject({ id: sent.messageId, text: 'changed', edited: true })
  })
  it('tells everyone how much is unread, for the badges of people who are not acted as', async () => {
    const wang = await listen('wang')
    await send('k1', { account: 'li' })
    expect((await wang.nextOf('unread'))?.data).toEqual({ room: 'dm-li', counts: { li: 1 } })
    await world.page.post('read', { account: 'li', room: 'dm-li', seq: 1 })
    expect((await wang.nextOf('unread'))?.data).toEqual({ room: 'dm-li', counts: { li: 0 } })
  })
  it('never carries bookkeeping: keys, gestures, what was offered', async () => {
    const wang = await listen('wang')
    const buttons = [{ action: 'a', label: 'Yes', value: '{}', style: 'plain' as const }]
    await world.platform.send(outgoing('secret-key', { account: 'wang' }, { card: { title: 'Ask', buttons } }), never())
    const { data } = (await wang.nextOf('message')) ?? {}
    expect(Object.keys(data ?? {}).sort()).toEqual(['accounts', 'at', 'card', 'id', 'rev', 'room', 'seq'])
  })
  it('is refused for nobody, and when there are too many', async () => {
    expect((await world.page.raw('/simulator/api/stream?account=nobody')).status).toBe(404)
    const open = await Promise.all(Array.from({ length: STREAMS_MAX }, () => listen('wang')))
    expect((await world.page.raw('/simulator/api/stream?account=wang')).status).toBe(503)
    await open[0]?.close()
    expect((await world.page.raw('/simulator/api/stream?account=wang')).status).toBe(200)
  })
  it('ends when the simulator closes, and when the browser goes', async () => {
    const wang = await listen('wang')
    await wang.next()
    await world.platform.close()
    expect(await wang.next()).toBeUndefined()
    const gone = new AbortController()
    const response = await world.platform.fetch(
      new Request('http://127.0.0.1/simulator/api/stream?account=wang', { signal: gone.signal }),
    )
    gone.abort()
    const listener = new Listener(response)
    await listener.next()
    expect(await listener.next()).toBeUndefined()
  })
})

describe('a pane that was away', () => {
  it('is told exactly what it missed', async () => {
    await send('before', { account: 'wang' })
    const first = await listen('wang')
    const { id } = (await first.next()) ?? { id: '' }
    await first.close()
    const one = await send('one', { account: 'wang' })
    await send('not hers', { account: 'li' })
    await world.platform.edit(one, outgoing('one', { account: 'wang' }, { text: 'one, changed' }), never())
    await send('two', { account: 'wang' })
    const again = await listen('wang', id)
    expect((await again.next())?.event).toBe('ready')
    expect((await again.next())?.data).toMatchObject({ text: 'one, changed' })
    expect((await again.next())?.data).toMatchObject({ text: 'two' })
  })
  it('loads everything again when it comes from another process, with a broken id, or after too much', async () => {
    const first = await listen('wang')
    const { id } = (await first.next()) ?? { id: '' }
    const other = simulate()
    expect((await (await listen('wang', id, other)).next())?.event).toBe('reset')
    await other.close()
    expect((await (await listen('wang', 'nonsense')).next())?.event).toBe('reset')
    for (let n = 0; n <= RESUME_CHANGES_MAX; n++) await send(`k${n}`, { account: 'wang' })
    expect((await (await listen('wang', id)).next())?.event).toBe('reset')
  })
})

describe('the heartbeat', () => {
  it('tells the clock while somebody listens and stops when nobody does', async () => {
    vi.useFakeTimers()
    const wang = await listen('wang')
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS)
    expect((await wang.nextOf('clock'))?.data).toMatchObject({
      kind: 'rehearsal',
      next: { what: { en: 'Morning check-in reminder' } },
    })
    await wang.close()
    expect(vi.getTimerCount()).toBe(0)
  })
  it('outlives a host that cannot say what is due next', async () => {
    vi.useFakeTimers()
    const wang = await listen('wang')
    const { next } = world.host.clock
    Object.assign(world.host.clock, { next: async () => Promise.reject(new Error('busy')) })
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS)
    Object.assign(world.host.clock, { next })
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS)
    expect((await wang.nextOf('clock'))?.data).toMatchObject({ kind: 'rehearsal' })
  })
})
