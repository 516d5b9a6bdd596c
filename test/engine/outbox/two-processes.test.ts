/** Two processes share the work: one order, one pace, and what one left unfinished the other takes over. */
import { beforeEach, describe, expect, it } from 'vitest'
import { textOf } from '#core/card.ts'
import { SECOND_MS } from '#core/clock.ts'
import type { PlatformLimits, SentAs } from '#core/platform.ts'
import type { Database } from '#engine/db/transaction.ts'
import { testDatabase } from '../../support/database.ts'
import { gate } from '../../support/gate.ts'
import { AN, BO, card, failing, fakePlatform, hire, refused, typed, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const toAn = { person: AN }
const LEASE_MS = 30 * SECOND_MS
const setUp = (limits: Partial<PlatformLimits> = {}) => {
  const slack = fakePlatform('slack', limits)
  const one = world(test.db, [slack])
  const two = world(test.second, [slack], one)
  return { slack, one, two }
}
/** The first process begins and never finishes. */
const dies = async ({ slack, one }: ReturnType<typeof setUp>) => {
  const before = slack.calls.length
  void one.pump()
  await expect.poll(() => slack.calls.length).toBeGreaterThan(before)
}

describe('two processes at work', () => {
  it('say everything once and each conversation in order', async () => {
    const { slack, one, two } = setUp()
    const texts = Array.from({ length: 12 }, (_, n) => `${n}`)
    const rooms = [toAn, { person: BO }, { channel: 'team' }, { channel: 'abroad' }]
    await one.say(async (outbox) => {
      for (const text of texts) for (const to of rooms) await outbox.send(to, words(text))
    })
    await Promise.all([one.pump(), two.pump(), one.pump(), two.pump()])
    await one.settle()
    for (const room of ['@U1', '@U2', 'C1', 'C2']) expect(slack.in(room)).toEqual(texts)
  })

  it('keep the order when a change has to become a message: it stays due since it was stated, also by a clock a little behind', async () => {
    const { slack, one } = setUp()
    await one.say((outbox) => outbox.show('k', toAn, card('asked')))
    await one.pump()
    one.clock.advance(5 * SECOND_MS)
    const statedAt = one.clock.now()
    await one.say(async (outbox) => {
      await outbox.show('k', toAn, card('approved'))
      await outbox.send(toAn, words('it was approved'))
    })
    one.clock.advance(700)
    slack.fate = ({ verb }) => (verb === 'edit' ? refused('gone') : refused('rate-limited', { retryAfterMs: 1_000 }))
    await one.pump()
    const due = () =>
      one.tx(({ sql }) =>
        sql<{ at: Date }>(`SELECT due_at AS at FROM outbox WHERE state = 'waiting' ORDER BY id LIMIT 1`),
      )
    expect((await due())[0]?.at.getTime()).toBe(statedAt)
    slack.fate = ({ verb }) => (verb === 'edit' ? refused('gone') : undefined)
    await one.settle()
    expect(slack.in('@U1').slice(-2)).toEqual(['approved', 'it was approved'])
  })

  it('keep one pace for a conversation and one for the app', async () => {
    const { slack, one, two } = setUp({ roomPace: { sends: 2, perMs: 1_000 }, appPace: { sends: 3, perMs: 1_000 } })
    await one.say(async (outbox) => {
      for (const text of ['1', '2', '3', '4'])
        for (const to of [toAn, { person: BO }]) await outbox.send(to, words(text))
    })
    const sentNow = async () => {
      const before = slack.shown.length
      await Promise.all([one.pump(), two.pump(), two.pump()])
      return slack.shown.length - before
    }
    expect(await sentNow()).toBe(3)
    expect(await sentNow()).toBe(0)
    one.clock.advance(1_000)
    expect(await sentNow()).toBe(3)
    one.clock.advance(1_000)
    expect(await sentNow()).toBe(2)
    expect(slack.in('@U1')).toEqual(['1', '2', '3', '4'])
  })

  it('never take more together than the app may send', async () => {
    const { slack, one, two } = setUp({ appPace: { sends: 2, perMs: 1_000 } })
    for (let round = 1; round <= 6; round++) {
      await one.say(async (outbox) => {
        for (const to of [toAn, { person: BO }, { channel: 'team' }, { channel: 'abroad' }])
          await outbox.send(to, words(`${round}`))
      })
      await Promise.all([one.pump(), two.pump()])
      expect(slack.shown).toHaveLength(4 * round - 2)
      one.clock.advance(1_000)
      await Promise.all([one.pump(), two.pump()])
      expect(slack.shown).toHaveLength(4 * round)
      one.clock.advance(1_000)
    }
  })

  it('state a card at the same moment: it is one card with one content', async () => {
    const { slack, one, two } = setUp()
    await Promise.all([
      one.say((outbox) => outbox.show('k', toAn, card('from one'))),
      two.say((outbox) => outbox.show('k', toAn, card('from two'))),
    ])
    await Promise.all([one.pump(), two.pump()])
    await one.settle()
    expect(slack.in('@U1')).toHaveLength(1)
  })
})

describe('a process that ends in the middle of a send', () => {
  it('keeps its claim for the lease, then what it had sent is found and not said again', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.verb === 'send' && call.words === 'one', 'hangs-after-sending', 1)
    await s.one.say(async (outbox) => {
      await outbox.send(toAn, words('one'))
      await outbox.send(toAn, words('two'))
    })
    await dies(s)
    expect(await s.two.pump()).toBe(0)
    expect(await s.two.tx((tx) => s.two.engine.nextDueAt(tx))).toBe(s.two.clock.now() + LEASE_MS)
    s.two.real.now += LEASE_MS - 1
    expect(await s.two.pump()).toBe(0)
    s.two.real.now += 1
    await s.two.pump()
    expect(s.slack.in('@U1')).toEqual(['one', 'two'])
    expect(s.slack.calls.map((call) => `${call.verb} ${call.words}`)).toEqual(['send one', 'find one', 'send two'])
  })

  it('has its message said by the other when it was not sent', async () => {
    const s = setUp()
    s.slack.fate = failing((call) => call.verb === 'send' && call.words === 'one', 'hangs', 1)
    await s.one.say(async (outbox) => {
      await outbox.send(toAn, words('one'))
      await outbox.send(toAn, words('two'))
    })
    await dies(s)
    s.two.real.now += LEASE_MS
    await s.two.pump()
    expect(s.slack.in('@U1')).toEqual(['one', 'two'])
  })

  it('has its change of a card repeated', async () => {
    const s = setUp()
    await s.one.say((outbox) => outbox.show('k', toAn, card('pending')))
    await s.one.pump()
    s.slack.fate = failing((call) => call.verb === 'edit', 'hangs', 1)
    await s.one.say((outbox) => outbox.show('k', toAn, card('approved')))
    await dies(s)
    s.two.real.now += LEASE_MS
    await s.two.settle()
    expect(s.slack.in('@U1')).toEqual(['approved'])
  })

  it('has its private answer said in the direct message', async () => {
    const s = setUp({ afterUnknown: 'list' })
    s.slack.fate = failing((call) => 'room' in call.message.to, 'hangs', 1)
    const event = typed({ room: 'C1', roomKind: 'group', canCarry: [] })
    const reader = { locale: 'en', zone: 'Asia/Shanghai' } as const
    await s.one.tx((tx) => s.one.engine.holdReply(tx, { platform: 'slack', event, reader, message: { text: 'done' } }))
    await dies(s)
    s.two.real.now += LEASE_MS
    await s.two.pump()
    expect(s.slack.in('@U1')).toEqual(['done'])
  })

  it('that was only slow has its good result counted when nobody has taken it up, and never twice', async () => {
    const s = setUp()
    let finish: (sent: SentAs) => void = () => {}
    const { send, find } = s.slack
    s.slack.send = (message, signal) => {
      void send(message, signal)
      return new Promise((resolve) => {
        finish = resolve
      })
    }
    s.slack.find = () => Promise.resolve('cannot-tell')
    await s.one.say((outbox) => outbox.show('k', toAn, card('pending')))
    const slow = s.one.pump()
    await expect.poll(() => s.slack.calls.length).toBe(1)
    s.two.real.now += LEASE_MS
    await s.two.pump()
    expect(s.two.troubles).toMatchObject([{ state: 'unknown' }])
    finish({ address: '@U1', messageId: 'slack-1' })
    await slow
    Object.assign(s.slack, { send, find })
    expect(await s.two.states()).toEqual({ sent: 1 })
    await s.two.say((outbox) => outbox.show('k', toAn, card('approved')))
    await s.two.pump()
    expect(s.slack.in('@U1')).toEqual(['approved'])
  })

  it('does not overwrite what the other made of it', async () => {
    const s = setUp()
    let fail: (error: Error) => void = () => {}
    const { send } = s.slack
    s.slack.send = () =>
      new Promise((_, reject) => {
        fail = reject
      })
    await s.one.say((outbox) => outbox.send(toAn, words('one')))
    const slow = s.one.pump()
    await expect.poll(async () => (await s.one.states())['sending']).toBe(1)
    Object.assign(s.slack, { send })
    s.two.real.now += LEASE_MS
    await s.two.pump()
    fail(new Error('at last'))
    await slow
    expect(await s.two.states()).toEqual({ sent: 1 })
    expect(s.slack.in('@U1')).toEqual(['one'])
  })
})

describe('a look at the queue', () => {
  it('that found nothing while an answer came is looked again: what the answer let go leaves in the same round', async () => {
    const slack = fakePlatform('slack')
    const answer = gate()
    const settled = gate()
    const send = slack.send.bind(slack)
    slack.send = async (message, signal) => {
      const sent = await send(message, signal)
      if (textOf(message.message) === '1') await answer.passed
      return sent
    }
    // The empty look has been read, but nobody has heard of it yet: meanwhile the first message is settled.
    const db: Database = {
      ...test.db,
      transact: async (urgency, work, options) => {
        const result = await test.db.transact(urgency, work, options)
        const isEmptyLook = Array.isArray(result) && result.length === 0
        if (!Array.isArray(result) && isAnswered) settled.open()
        if (isEmptyLook && !isAnswered) {
          isAnswered = true
          answer.open()
          await settled.passed
        }
        return result
      },
    }
    let isAnswered = false
    const w = world(db, [slack])
    await w.say(async (outbox) => {
      await outbox.send(toAn, words('1'))
      await outbox.send({ person: BO }, words('elsewhere'))
      await outbox.send(toAn, words('2'))
    })
    await w.pump()
    expect(slack.in('@U1')).toEqual(['1', '2'])
  })
})
