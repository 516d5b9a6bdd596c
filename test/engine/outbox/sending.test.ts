/** What the outbox does with each answer of a platform, and in which order people read what was said. */
import { beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '#core/clock.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, failing, fakePlatform, hire, refused, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const toAn = { person: AN }
const toBo = { person: BO }
const setUp = (limits: Parameters<typeof fakePlatform>[1] = {}) => {
  const slack = fakePlatform('slack', limits)
  return { slack, w: world(test.db, [slack]) }
}
type Set = ReturnType<typeof setUp>
const sayAll = ({ w }: Set, to: { person: string } | { channel: string }, ...texts: string[]) =>
  w.say(async (outbox) => {
    for (const text of texts) await outbox.send(to, words(text))
  })

describe('what is said', () => {
  it('leaves after the commit and is read in the order it was said', async () => {
    const s = setUp()
    await sayAll(s, toAn, 'one', 'two', 'three')
    expect(s.slack.calls).toEqual([])
    expect(await s.w.pump()).toBe(3)
    expect(s.slack.in('@U1')).toEqual(['one', 'two', 'three'])
    expect(await s.w.states()).toEqual({ sent: 3 })
    expect(await s.w.tx((tx) => s.w.engine.nextDueAt(tx))).toBeUndefined()
  })

  it('is never said when its transaction is rolled back', async () => {
    const s = setUp()
    const failed = s.w.say(async (outbox) => {
      await outbox.send(toAn, words('never'))
      throw new Error('bug')
    })
    await expect(failed).rejects.toThrow('bug')
    expect(await s.w.pump()).toBe(0)
  })

  it('is said once under its key to each recipient, however often it is asked for', async () => {
    const s = setUp()
    for (const text of ['first', 'again'])
      await s.w.say(async (outbox) => {
        await outbox.send(toAn, words(text), { key: 'duty:1' })
        await outbox.send(toBo, words(text), { key: 'duty:1' })
      })
    await s.w.pump()
    expect(s.slack.shown.map((message) => [message.room, message.words])).toEqual([
      ['@U1', 'first'],
      ['@U2', 'first'],
    ])
  })

  it('waits for its time and holds up nobody meanwhile', async () => {
    const s = setUp()
    const at = s.w.clock.now() + 5 * MINUTE_MS
    await s.w.say(async (outbox) => {
      await outbox.send(toAn, words('later'), { notBefore: at })
      await outbox.send(toAn, words('now'))
    })
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['now'])
    expect(await s.w.tx((tx) => s.w.engine.nextDueAt(tx))).toBe(at)
    s.w.clock.set(at)
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['now', 'later'])
  })

  it('keeps what people typed, with what the database cannot hold made visible', async () => {
    const s = setUp()
    await sayAll(s, toAn, 'a\0b\ud800c <@U9> *x* 😀')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['a\ufffdb\ufffdc <@U9> *x* 😀'])
  })

  it('stops at an abort after finishing what is in hand', async () => {
    const s = setUp()
    const stop = new AbortController()
    s.slack.fate = () => {
      stop.abort()
      return undefined
    }
    await sayAll(s, toAn, 'in hand', 'not begun')
    expect(await s.w.engine.pump(stop.signal)).toBe(1)
    expect(await s.w.states()).toEqual({ sent: 1, waiting: 1 })
  })
})

describe('what certainly did not happen', () => {
  it('is tried again after 2, 6, 18 seconds and keeps its place in the order', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.words === 'one', refused('not-sent'), 3)
    await sayAll(s, toAn, 'one', 'two')
    const waits: number[] = []
    for (let tries = 0; tries < 3; tries++) {
      await s.w.pump()
      expect(s.slack.in('@U1')).toEqual([])
      const next = (await s.w.tx((tx) => s.w.engine.nextDueAt(tx))) ?? 0
      waits.push(next - s.w.clock.now())
      s.w.clock.set(next - 1)
      expect(await s.w.pump()).toBe(0)
      s.w.clock.set(next)
    }
    await s.w.pump()
    expect(waits).toEqual([2, 6, 18].map((seconds) => seconds * SECOND_MS))
    expect(s.slack.in('@U1')).toEqual(['one', 'two'])
  })

  it('holds up those behind it for two minutes from its first failure, then waits aside', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.words === 'stuck', refused('not-sent'), 6)
    await sayAll(s, toAn, 'stuck', 'behind')
    const start = s.w.clock.now()
    const passed: number[] = []
    const original = s.slack.send
    s.slack.send = (message, signal) => {
      if (message.message.text === 'behind') passed.push(s.w.clock.now() - start)
      return original(message, signal)
    }
    await s.w.settle()
    expect(passed).toEqual([2 * MINUTE_MS])
    expect(s.slack.in('@U1')).toEqual(['behind', 'stuck'])
  })

  it('is given up after twelve tries, listed and told', async () => {
    const s = setUp()
    s.slack.fate = failing(() => true, refused('not-sent', { code: 'unreachable' }))
    await sayAll(s, toAn, 'never')
    await s.w.settle()
    expect(s.slack.calls).toHaveLength(12)
    expect(s.w.troubles).toMatchObject([
      {
        state: 'dead',
        errorKind: 'not-sent',
        attempts: 12,
        conversation: 'slack:@U1',
        lastError: 'unreachable: the platform says not-sent',
      },
    ])
    expect(s.w.warnings).toEqual(['a message could not be sent'])
  })
})

describe('a conversation that is dead', () => {
  it.each(['refused', 'gone', 'not-authentic'] as const)(
    'holds up nothing of its own and nothing of others: %s',
    async (kind) => {
      const s = setUp()
      s.slack.fate = failing((call) => call.words === 'bad', refused(kind))
      await sayAll(s, toAn, 'bad', 'good')
      await sayAll(s, toBo, 'fine')
      await s.w.pump()
      expect(s.slack.in('@U1')).toEqual(['good'])
      expect(s.slack.in('@U2')).toEqual(['fine'])
      expect(s.w.troubles).toMatchObject([{ state: 'dead', errorKind: kind }])
    },
  )

  it('does not stop others while it hangs', async () => {
    const timeouts: AbortController[] = []
    const slack = fakePlatform('slack')
    const timeout = () => {
      const controller = new AbortController()
      timeouts.push(controller)
      return controller.signal
    }
    const w = world(test.db, [slack], { timeout })
    slack.fate = failing((call) => call.verb === 'send' && call.words === 'hangs', 'hangs', 1)
    await w.say(async (outbox) => {
      await outbox.send(toAn, words('hangs'))
      await outbox.send(toBo, words('one'))
      await outbox.send(toBo, words('two'))
    })
    const pumping = w.pump()
    await expect.poll(() => slack.in('@U2')).toEqual(['one', 'two'])
    timeouts[0]?.abort()
    await pumping
    expect(slack.in('@U1')).toEqual(['hangs'])
    expect(slack.calls.map((call) => call.verb)).toEqual(['send', 'send', 'send', 'find', 'send'])
  })

  it('does not stop another platform', async () => {
    const slack = fakePlatform('slack')
    const lark = fakePlatform('lark')
    slack.fate = failing((call) => call.verb === 'send', new TypeError('bug in the adapter'))
    slack.findSays = 'cannot-tell'
    const w = world(test.db, [slack, lark])
    await w.say((outbox) => outbox.send({ channel: 'team' }, words('to both')))
    await w.pump()
    expect(lark.in('oc_1')).toEqual(['to both'])
    expect(w.troubles).toMatchObject([
      { platform: 'slack', state: 'unknown', lastError: 'slack cannot tell whether it is there' },
    ])
  })
})

describe('being asked to wait', () => {
  it('waits exactly so long, for that conversation alone, and is no attempt', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.words === 'one', refused('rate-limited', { retryAfterMs: 7_000 }), 20)
    await sayAll(s, toAn, 'one', 'two')
    await sayAll(s, toBo, 'other')
    await s.w.pump()
    expect(s.slack.shown.map((message) => message.words)).toEqual(['other'])
    expect(await s.w.tx((tx) => s.w.engine.nextDueAt(tx))).toBe(s.w.clock.now() + 7_000)
    await sayAll(s, toBo, 'another')
    s.w.clock.advance(6_999)
    expect(await s.w.pump()).toBe(1)
    expect(s.slack.in('@U2')).toEqual(['other', 'another'])
    s.w.clock.advance(1)
    expect(await s.w.pump()).toBe(1)
    await s.w.settle()
    expect(s.slack.in('@U1')).toEqual(['one', 'two'])
    expect(s.w.troubles).toEqual([])
  })

  it('stops the whole platform when the platform means the whole app, and no other platform', async () => {
    const slack = fakePlatform('slack')
    const lark = fakePlatform('lark')
    const w = world(test.db, [slack, lark])
    slack.fate = failing(
      (call) => call.words === 'one',
      refused('rate-limited', { retryAfterMs: 7_000, appWide: true }),
      1,
    )
    await w.say((outbox) => outbox.send(toAn, words('one')))
    await w.pump()
    await w.say(async (outbox) => {
      await outbox.send({ channel: 'team' }, words('to both'))
    })
    await w.pump()
    expect([slack.shown.length, lark.shown.length]).toEqual([0, 1])
    w.clock.advance(7_000)
    await w.pump()
    expect(slack.shown.map((message) => message.words)).toEqual(['one', 'to both'])
  })

  it('waits half a minute when the platform does not say how long', async () => {
    const s = setUp()
    s.slack.fate = failing(() => true, refused('rate-limited'), 1)
    await sayAll(s, toAn, 'one')
    await s.w.pump()
    expect(await s.w.tx((tx) => s.w.engine.nextDueAt(tx))).toBe(s.w.clock.now() + 30 * SECOND_MS)
  })
})

describe('the pace', () => {
  it('of a conversation is kept by the clock, and another conversation has its own', async () => {
    const s = setUp({ roomPace: { sends: 2, perMs: 1_000 } })
    await sayAll(s, toAn, '1', '2', '3', '4', '5')
    await sayAll(s, toBo, 'other')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['1', '2'])
    expect(s.slack.in('@U2')).toEqual(['other'])
    expect(await s.w.tx((tx) => s.w.engine.nextDueAt(tx))).toBe(s.w.clock.now() + 1_000)
    s.w.clock.advance(999)
    expect(await s.w.pump()).toBe(0)
    s.w.clock.advance(1)
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['1', '2', '3', '4'])
    await s.w.settle()
    expect(s.slack.in('@U1')).toEqual(['1', '2', '3', '4', '5'])
  })

  it('of the whole app holds over all conversations', async () => {
    const s = setUp({ appPace: { sends: 3, perMs: 60_000 } })
    await sayAll(s, toAn, '1', '2')
    await sayAll(s, toBo, '3', '4')
    await s.w.pump()
    expect(s.slack.shown).toHaveLength(3)
    s.w.clock.advance(60_000)
    await s.w.pump()
    expect(s.slack.shown).toHaveLength(4)
  })

  it('begins anew when the clock was set back', async () => {
    const s = setUp({ roomPace: { sends: 1, perMs: 1_000 } })
    await sayAll(s, toAn, '1')
    await s.w.pump()
    s.w.clock.advance(-3_600_000)
    await sayAll(s, toAn, '2')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['1', '2'])
  })
})

describe('what may or may not have happened', () => {
  it('is looked for and not said twice when it is there', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.verb === 'send' && call.words === 'one', 'lost-answer', 1)
    await sayAll(s, toAn, 'one', 'two')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['one', 'two'])
    expect(s.slack.calls.map((call) => call.verb)).toEqual(['send', 'find', 'send'])
  })

  it('is said again, under the same key and in its place, when it is not there', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.verb === 'send' && call.words === 'one', refused('unknown'), 1)
    await sayAll(s, toAn, 'one', 'two')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['one', 'two'])
    expect(new Set(s.slack.calls.slice(0, 3).map((call) => call.message.key)).size).toBe(1)
  })

  it('is looked for since the first try, in real time', async () => {
    const s = setUp()
    const since: number[] = []
    s.slack.find = async (_, from) => {
      since.push(from)
      throw refused('not-sent')
    }
    s.slack.fate = failing((call) => call.verb === 'send', 'lost-answer', 1)
    const first = s.w.real.now
    await sayAll(s, toAn, 'one')
    await s.w.settle()
    expect(since.length).toBeGreaterThan(2)
    expect(new Set(since)).toEqual(new Set([first]))
    expect(s.w.troubles).toMatchObject([{ state: 'unknown', attempts: 12 }])
    expect(s.slack.in('@U1')).toEqual(['one'])
  })

  it('stays unknown and is listed when the platform cannot tell, and holds up nobody', async () => {
    const s = setUp()
    s.slack.findSays = 'cannot-tell'
    s.slack.fate = failing((call) => call.verb === 'send' && call.words === 'one', refused('unknown'), 1)
    await sayAll(s, toAn, 'one', 'two')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['two'])
    expect(s.w.troubles).toMatchObject([{ state: 'unknown', errorKind: 'unknown' }])
    expect(s.w.warnings).toEqual(['nobody knows whether a message was sent'])
  })

  it('is repeated under the same key where that is harmless, and only as long as it is', async () => {
    const s = setUp({ afterUnknown: 'repeat', repeatWithinMs: 55 * MINUTE_MS })
    s.slack.fate = failing((call) => call.verb === 'send', refused('unknown'))
    await sayAll(s, toAn, 'one')
    const start = s.w.real.now
    let last = 0
    const original = s.slack.send
    s.slack.send = (message, signal) => {
      last = s.w.real.now - start
      return original(message, signal)
    }
    await s.w.settle()
    expect(s.slack.calls.length).toBeGreaterThan(6)
    expect(last).toBeLessThan(55 * MINUTE_MS)
    expect(new Set(s.slack.calls.map((call) => call.message.key)).size).toBe(1)
    expect(s.w.troubles).toMatchObject([{ state: 'unknown' }])
  })

  it('stays unknown when a repeat is refused: the first may be there', async () => {
    const s = setUp({ afterUnknown: 'repeat' })
    let tries = 0
    s.slack.fate = () => (++tries === 1 ? refused('unknown') : refused('refused'))
    await sayAll(s, toAn, 'one')
    await s.w.settle()
    expect(s.w.troubles).toMatchObject([{ state: 'unknown' }])
    expect(tries).toBe(2)
  })

  it('is listed at once where the platform can neither be asked nor told again', async () => {
    const s = setUp({ afterUnknown: 'list' })
    s.slack.fate = failing((call) => call.words === 'one', new TypeError('the adapter broke'), 1)
    await sayAll(s, toAn, 'one', 'two')
    await s.w.pump()
    expect(s.slack.calls.map((call) => call.verb)).toEqual(['send', 'send'])
    expect(s.w.troubles).toMatchObject([{ state: 'unknown', lastError: 'TypeError: the adapter broke' }])
  })
})

describe('a database that goes away in the middle', () => {
  it('is told when everything in hand is finished, and nothing is said twice afterwards', async () => {
    const slack = fakePlatform('slack')
    let isBroken = false
    const db: typeof test.db = {
      ...test.db,
      transact: (urgency, work) =>
        isBroken ? Promise.reject(new Error('no database')) : test.db.transact(urgency, work),
    }
    const w = world(db, [slack])
    let finish = () => {}
    const { send } = slack
    slack.send = async (message, signal) => {
      isBroken = true
      if (message.message.text === 'slow')
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      return send(message, signal)
    }
    await w.say(async (outbox) => {
      await outbox.send(toAn, words('slow'))
      await outbox.send(toBo, words('fast'))
    })
    let ended = ''
    const pumping = w.pump().catch((error: Error) => {
      ended = error.message
    })
    await expect.poll(() => w.warnings).toEqual(['the result of a send could not be written down'])
    expect(ended).toBe('')
    finish()
    await pumping
    expect(ended).toBe('no database')
    isBroken = false
    slack.send = send
    w.real.now += 30_000
    await w.pump()
    expect(slack.shown.map((message) => message.words)).toEqual(['fast', 'slow'])
    expect(await w.states()).toEqual({ sent: 2 })
  })
})
