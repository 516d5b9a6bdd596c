/** Long connections: which reply counts as said, and what a stop waits for. */
import { describe, expect, it } from 'vitest'
import type { Deliver, Incoming, Platform } from '../src/core/platform.ts'
import type { Lease } from '../src/engine/db/lease.ts'
import { listenAll } from '../src/listen.ts'

const EVENT = { kind: 'said', key: 'e-1', text: 'leave' } as Incoming

function listening(listen: Platform['listen'], deliver = async () => ({ message: { text: 'x' }, key: 'r-1' })) {
  const marked: [string, boolean][] = []
  const logged: string[] = []
  const platform = { name: 'test', ...(listen ? { listen } : {}) } as Platform
  const log = { info: () => {}, warn: () => {}, error: (_: object, message: string) => void logged.push(message) }
  const app = {
    deliver,
    replied: async (keys: readonly string[], left: boolean) => {
      await new Promise((turn) => setImmediate(turn))
      marked.push(...keys.map((key): [string, boolean] => [key, left]))
    },
  }
  return { stop: listenAll([platform], app, log, 1), marked, logged }
}
/** A connection that hears one event, and ends when it is told to. */
const once =
  (hear: (deliver: Deliver) => Promise<unknown>): NonNullable<Platform['listen']> =>
  async (deliver, signal) => {
    const ended = new Promise((end) => signal.addEventListener('abort', end))
    await hear(deliver)
    await ended
  }

describe('a reply', () => {
  it.each([true, false])('has left when the connection says so: %s', async (left) => {
    const { stop, marked } = listening(once((deliver) => deliver(EVENT, Promise.resolve(left))))
    await stop()
    expect(marked).toEqual([['r-1', left]])
  })
  it('has left when it is given, where the connection says nothing of it; and is marked before it is given', async () => {
    let markedBefore: unknown
    const { stop, marked } = listening(
      once(async (deliver) => {
        await deliver(EVENT)
        markedBefore = [...marked]
      }),
    )
    await stop()
    expect(markedBefore).toEqual([['r-1', true]])
  })
  it('that is none is not marked', async () => {
    const { stop, marked } = listening(
      once((deliver) => deliver(EVENT, Promise.resolve(true))),
      async () => ({}) as { message: { text: string }; key: string },
    )
    await stop()
    expect(marked).toEqual([])
  })
})

describe('a stop', () => {
  it('waits for an answer that is still to leave, and until it is marked', async () => {
    let leave: (left: boolean) => void = () => {}
    const left = new Promise<boolean>((resolve) => {
      leave = resolve
    })
    const { stop, marked } = listening(async (deliver, signal) => {
      const ended = new Promise((end) => signal.addEventListener('abort', end))
      await deliver(EVENT, left)
      await ended
      leave(true)
    })
    await stop()
    expect(marked).toEqual([['r-1', true]])
  })
  it('is not held up by a connection that failed, which is logged', async () => {
    const { stop, logged } = listening(async () => {
      throw new Error('no such host')
    })
    await stop()
    expect(logged).toEqual(['a connection ended'])
  })
  it('is not the end of a connection that failed: it is begun anew', async () => {
    let begun = 0
    let heard: () => void = () => {}
    const again = new Promise<void>((resolve) => {
      heard = resolve
    })
    const { stop, marked } = listening(async (deliver, signal) => {
      if (++begun === 1) throw new Error('the SDK could not be loaded')
      const ended = new Promise((end) => signal.addEventListener('abort', end))
      await deliver(EVENT)
      heard()
      await ended
    })
    await again
    await stop()
    expect([begun, marked]).toEqual([2, [['r-1', true]]])
  })
  it('is nothing to platforms without connections', async () => {
    await expect(listening(undefined).stop()).resolves.toBeUndefined()
  })
})

describe('a connection for one process alone', () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const app = { deliver: async () => ({}), replied: async () => {} }
  /** Leases, each given when the test says so; and what happens, in its order. */
  function leases() {
    const events: string[] = []
    const given: { give(): void; lose(): void }[] = []
    const lease = (name: string, signal: AbortSignal) =>
      new Promise<Lease>((resolve, reject) => {
        const lost = new AbortController()
        signal.addEventListener('abort', () => reject(signal.reason))
        const release = async () => void events.push('released')
        given.push({ give: () => resolve({ lost: lost.signal, release }), lose: () => lost.abort() })
        events.push(`waits for ${name}`)
      })
    const listen: NonNullable<Platform['listen']> = async (_, signal) => {
      events.push('listens')
      await new Promise((end) => signal.addEventListener('abort', end))
      await new Promise((turn) => setImmediate(turn))
      events.push('silent')
    }
    const platform = { name: 'test', listensAlone: true, listen } as unknown as Platform
    return { events, given, stop: listenAll([platform], { ...app, lease }, log, 1) }
  }

  it('is listened on while the lease is held, and given back when nothing is heard any more', async () => {
    const { events, given, stop } = leases()
    expect(events).toEqual(['waits for listen test'])
    given[0]?.give()
    await expect.poll(() => events).toContain('listens')
    await stop()
    expect(events).toEqual(['waits for listen test', 'listens', 'silent', 'released'])
  })
  it('falls silent when the lease is lost, gives back what may be left of it, and waits for it again', async () => {
    const { events, given, stop } = leases()
    given[0]?.give()
    await expect.poll(() => events).toContain('listens')
    given[0]?.lose()
    await expect.poll(() => given.length).toBe(2)
    expect(events.slice(2)).toEqual(['silent', 'released', 'waits for listen test'])
    await stop()
  })
  it('keeps a stop from nothing while the lease is waited for', async () => {
    const { events, stop } = leases()
    await stop()
    expect(events).toEqual(['waits for listen test'])
  })
  it('that was closed from within is not taken again: the lease is given back, once', async () => {
    let leases = 0
    const release = async () => {}
    const lease = (_: string, signal: AbortSignal) =>
      ++leases < 3
        ? Promise.resolve({ lost: new AbortController().signal, release })
        : new Promise<Lease>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const platform = { name: 'test', listensAlone: true, listen: async () => {} } as unknown as Platform
    const stop = listenAll([platform], { ...app, lease }, log)
    for (let turn = 0; turn < 5; turn++) await new Promise((next) => setImmediate(next))
    await stop()
    expect(leases).toBe(1)
  })
  it('is refused without a lease, before anybody listens', () => {
    const platform = { name: 'test', listensAlone: true, listen: async () => {} } as unknown as Platform
    expect(() => listenAll([platform], app, log)).toThrow('lease')
  })
})
