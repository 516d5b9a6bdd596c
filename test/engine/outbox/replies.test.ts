/** The reply to an event: carried by the answer or said by the outbox, to that person alone, and changed later as a card. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '#core/card.ts'
import type { Incoming, PlatformLimits } from '#core/platform.ts'
import type { Reader } from '#engine/context.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, card, failing, fakePlatform, hire, refused, typed, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const setUp = (limits: Partial<PlatformLimits> = {}) => {
  const slack = fakePlatform('slack', limits)
  const w = world(test.db, [slack])
  return { slack, w }
}
type Setting = ReturnType<typeof setUp>
const AN_READS: Reader = {
  locale: 'zh-CN',
  zone: 'Asia/Shanghai',
  person: { id: AN, staffNo: 'A1', name: '安然' } as NonNullable<Reader['person']>,
}
const reply = ({ w }: Setting, about: Partial<Incoming> = {}, message: Message = { text: 'done' }, as?: string) =>
  w.tx((tx) =>
    w.engine.holdReply(tx, {
      platform: 'slack',
      event: typed(about),
      reader: AN_READS,
      message,
      ...(as ? { as } : {}),
    }),
  )
const inRoom = { room: 'C1', roomKind: 'group', replyHandle: 'h1' } as const

describe('a reply that the answer can carry', () => {
  it('is held back, and is not said again when it was carried', async () => {
    const s = setUp()
    const { key } = await reply(s)
    expect(await s.w.pump()).toBe(0)
    await s.w.engine.carried(key)
    s.w.real.now += 60_000
    expect(await s.w.pump()).toBe(0)
    expect(await s.w.states()).toEqual({ sent: 1 })
  })

  it('is said by the outbox when it was not carried', async () => {
    const s = setUp()
    const { key } = await reply(s)
    await s.w.engine.release(key)
    await s.w.pump()
    expect(s.slack.shown).toMatchObject([{ room: '@U1', words: 'done', key }])
  })

  it('is said when nobody tells within the limit, in real time: its process has ended', async () => {
    const s = setUp()
    await reply(s)
    s.w.clock.advance(3_600_000)
    expect(await s.w.pump()).toBe(0)
    expect(await s.w.tx((tx) => s.w.engine.nextDueAt(tx))).toBe(s.w.clock.now() + 2_500)
    s.w.real.now += 2_499
    expect(await s.w.pump()).toBe(0)
    s.w.real.now += 1
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['done'])
  })

  it('goes before what was said after it', async () => {
    const s = setUp()
    const { key } = await reply(s)
    await s.w.say((outbox) => outbox.send({ person: AN }, words('then')))
    expect(await s.w.pump()).toBe(0)
    await s.w.engine.release(key)
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['done', 'then'])
  })

  it('that is told too late or twice changes nothing', async () => {
    const s = setUp()
    const { key } = await reply(s)
    await s.w.engine.release(key)
    await s.w.engine.carried(key)
    await s.w.pump()
    await s.w.engine.release(key)
    await s.w.engine.carried('no such key')
    expect(await s.w.pump()).toBe(0)
    expect(s.slack.in('@U1')).toEqual(['done'])
  })
})

describe('a reply that the answer cannot carry', () => {
  it('is due at once', async () => {
    const s = setUp()
    await reply(s, { canCarry: ['toast'] })
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['done'])
  })

  it('is said to that person alone in a room, with the means of answering that the event brought', async () => {
    const s = setUp()
    await reply(s, { ...inRoom, canCarry: [] })
    await s.w.pump()
    expect(s.slack.shown).toMatchObject([{ to: { room: 'C1', onlyFor: 'U1', replyHandle: 'h1' } }])
  })

  it.each([
    ['it is unknown whether the room took it', refused('unknown'), 'find'],
    ['it is unknown and cannot be asked', refused('unknown'), 'list'],
    ['the room is gone', refused('gone'), 'find'],
  ] as const)('goes to the direct message instead when %s', async (_, fate, afterUnknown) => {
    const s = setUp({ afterUnknown })
    s.slack.fate = failing((call) => 'room' in call.message.to, fate)
    await reply(s, { ...inRoom, canCarry: [] })
    await s.w.pump()
    expect(s.slack.in('C1')).toEqual([])
    expect(s.slack.in('@U1')).toEqual(['done'])
    expect(s.slack.calls.map((call) => call.verb)).toEqual(['send', 'send'])
    expect(s.w.troubles).toEqual([])
  })

  it('goes to somebody whom nobody knows, at the account that spoke', async () => {
    const s = setUp()
    const stranger: Reader = { locale: 'en', zone: 'Asia/Shanghai' }
    const event = typed({ person: 'U9', canCarry: [] })
    await s.w.tx((tx) =>
      s.w.engine.holdReply(tx, { platform: 'slack', event, reader: stranger, message: { text: 'who?' }, as: 'k' }),
    )
    await s.w.pump()
    expect(s.slack.in('@U9')).toEqual(['who?'])
  })

  it('on a platform that is not there is a bug that names it', async () => {
    const { w } = setUp()
    const replying = w.tx((tx) =>
      w.engine.holdReply(tx, { platform: 'lark', event: typed(), reader: AN_READS, message: { text: 'x' } }),
    )
    await expect(replying).rejects.toThrow('lark, which is not among slack')
  })
})

describe('a reply that is a card', () => {
  const pending = { card: { title: 'pending' } }
  const show = ({ w }: Setting, title: string, quiet = false) =>
    w.say((outbox) => outbox.show('k', { person: AN }, card(title), { quiet }))

  it('is changed by later statements when the outbox said it', async () => {
    const s = setUp()
    await reply(s, { canCarry: [] }, pending, 'k')
    await s.w.pump()
    await show(s, 'approved')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['approved'])
  })

  it('is changed once a click has told where the answer put it', async () => {
    const s = setUp()
    const { key } = await reply(s, inRoom, pending, 'k')
    await s.w.engine.carried(key)
    const place = await s.slack.send(
      { key, to: { room: 'C1', onlyFor: 'U1' }, message: pending, locale: 'en', accounts: {} },
      new AbortController().signal,
    )
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', { ...place, handle: 'h2' }, key))
    await show(s, 'approved')
    await s.w.pump()
    expect(s.slack.shown.map((message) => message.words)).toEqual(['approved'])
  })

  it('gets a successor in the direct message while nobody knows where it lies, unless nothing is to be said', async () => {
    const s = setUp()
    const { key } = await reply(s, inRoom, pending, 'k')
    await s.w.engine.carried(key)
    await show(s, 'handed on', true)
    await s.w.pump()
    expect(s.slack.shown).toEqual([])
    await show(s, 'approved')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['approved'])
  })

  it('is not replaced while the answer may be carrying it: the change waits', async () => {
    const s = setUp()
    const { key } = await reply(s, {}, pending, 'k')
    await show(s, 'approved')
    expect(await s.w.pump()).toBe(0)
    await s.w.engine.release(key)
    await s.w.pump()
    expect(s.slack.calls.map((call) => `${call.verb} ${call.words}`)).toEqual(['send pending', 'edit approved'])
  })

  it('takes the place of what showed the card before', async () => {
    const s = setUp()
    await show(s, 'old')
    await s.w.pump()
    await show(s, 'not said any more')
    await reply(s, { canCarry: [] }, pending, 'k')
    await s.w.pump()
    await show(s, 'approved')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['old', 'approved'])
  })
})

describe('a reply that is a card and was carried', () => {
  it('is the card: what showed it before is left as it was', async () => {
    const s = setUp()
    const show = (title: string) => s.w.say((outbox) => outbox.show('k', { person: AN }, card(title)))
    await show('old')
    await s.w.pump()
    const { key } = await reply(s, {}, { card: { title: 'pending' } }, 'k')
    await s.w.engine.carried(key)
    await show('approved')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['old', 'approved'])
  })
})

describe('the newest place and handle of a card', () => {
  const handles = ({ w }: Setting) =>
    w
      .tx(({ sql }) => sql<{ sent_as: unknown }>('SELECT sent_as FROM shown_card ORDER BY id'))
      .then((rows) => rows.map((row) => row.sent_as))
  const shown = async (s: Setting) => {
    await s.w.say((outbox) => outbox.show('k', { person: AN }, card('pending')))
    await s.w.pump()
    return {
      key: s.slack.shown.at(-1)?.key ?? '',
      place: { address: '@U1', messageId: s.slack.shown.at(-1)?.id ?? '' },
    }
  }

  it('are kept by the key of the message', async () => {
    const s = setUp()
    const { key, place } = await shown(s)
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', { ...place, handle: 'new' }, key))
    expect(await handles(s)).toEqual([{ ...place, handle: 'new' }])
  })

  it('are kept by the place when the click does not know the key, for that platform and room alone', async () => {
    const s = setUp()
    const { place } = await shown(s)
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'lark', { ...place, handle: 'other platform' }))
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', { ...place, address: 'C9', handle: 'other room' }))
    expect(await handles(s)).toEqual([place])
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', { ...place, handle: 'new' }))
    expect(await handles(s)).toEqual([{ ...place, handle: 'new' }])
  })

  it('are not lost by a click that brings none', async () => {
    const s = setUp()
    const { key, place } = await shown(s)
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', { ...place, handle: 'old' }, key))
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', place, key))
    expect(await handles(s)).toEqual([{ ...place, handle: 'old' }])
  })

  it('stay those of the successor when the old message is clicked', async () => {
    const s = setUp()
    const old = await shown(s)
    s.slack.fate = failing((call) => call.verb === 'edit', refused('gone'), 1)
    await s.w.say((outbox) => outbox.show('k', { person: AN }, card('approved')))
    await s.w.settle()
    const [successor] = await handles(s)
    await s.w.tx((tx) => s.w.engine.noteSentAs(tx, 'slack', { ...old.place, handle: 'old' }, old.key))
    expect(await handles(s)).toEqual([successor])
    expect(successor).not.toMatchObject(old.place)
  })
})
