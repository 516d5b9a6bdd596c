/** Who is told where, in which language, and what happens when nobody knows. */
import { beforeEach, describe, expect, it } from 'vitest'
import { choose } from '#engine/identity/choices.ts'
import { rescheduleQuiet } from '#engine/outbox/quiet.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, CHEN, card, fakePlatform, hire, inBoth, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const setUp = () => {
  const slack = fakePlatform('slack')
  const lark = fakePlatform('lark')
  return { slack, lark, w: world(test.db, [slack, lark]) }
}

const link = (platform: string, account: string, person: string) =>
  test.db.transact('people', ({ sql }) =>
    sql('INSERT INTO account (platform, account, person_id, linked_at) VALUES ($1, $2, $3, $4)', [
      platform,
      account,
      person,
      new Date(0),
    ]),
  )

describe('a person', () => {
  it('is told in their own language, directly, on the platform they prefer alone', async () => {
    const { slack, lark, w } = setUp()
    await w.tx(({ sql }) => sql(`UPDATE person SET preferred_platform = 'lark' WHERE id = $1`, [BO]))
    await w.say(async (outbox) => {
      await outbox.send({ person: AN }, inBoth('你好', 'Hello'))
      await outbox.send({ person: BO }, inBoth('你好', 'Hello'))
    })
    await w.pump()
    expect(slack.shown).toMatchObject([{ room: '@U1', words: '你好', locale: 'zh-CN' }])
    expect(lark.shown).toMatchObject([{ room: '@ou_2', words: 'Hello', locale: 'en' }])
  })

  it('is not told before its time what waits for it as well as for quiet hours, when those end', async () => {
    const { slack, w } = setUp()
    const half = w.clock.now() + 30 * 60_000
    await w.tx(async (tx) => {
      await choose(tx, AN, { quiet: { from: '08:00', until: '10:00' } })
      await w.engine.within(tx).send({ person: AN }, words('at half past'), { notBefore: half })
      await w.engine.within(tx).send({ person: AN }, words('now'))
      await rescheduleQuiet(tx, { id: AN, zone: 'Asia/Shanghai' }, null, w.clock.now())
    })
    await w.pump()
    expect(slack.in('@U1')).toEqual(['now'])
    await w.settle()
    expect(slack.in('@U1')).toEqual(['now', 'at half past'])
  })

  it('is drawn for once, with who they are and their zone', async () => {
    const { w } = setUp()
    const readers: unknown[] = []
    await w.say((outbox) =>
      outbox.send({ person: AN }, (reader) => {
        readers.push(reader)
        return { text: 'x' }
      }),
    )
    expect(readers).toMatchObject([{ locale: 'zh-CN', zone: 'Asia/Shanghai', person: { id: AN, name: '安然' } }])
  })

  it('whom nobody can reach is listed as unreachable and told', async () => {
    const { w } = setUp()
    await w.say((outbox) => outbox.send({ person: CHEN }, words('x'), { key: 'k' }))
    expect(await w.pump()).toBe(0)
    expect(w.troubles).toMatchObject([
      {
        platform: 'none',
        conversation: `person:${CHEN}`,
        state: 'dead',
        errorKind: 'unreachable',
        lastError: 'C3 has an account on none of: slack, lark',
      },
    ])
    expect(await w.tx((tx) => w.engine.counts(tx))).toMatchObject([{ platform: 'none', state: 'dead', rows: 1 }])
  })

  it('is told under the same key once they can be reached', async () => {
    const { slack, w } = setUp()
    const say = () => w.say((outbox) => outbox.send({ person: CHEN }, words('x'), { key: 'k' }))
    await say()
    await link('slack', 'U3', CHEN)
    await say()
    await say()
    await w.pump()
    expect(slack.in('@U3')).toEqual(['x'])
    expect(await w.states()).toEqual({ sent: 1 })
  })

  it('who has left is told nothing, and it is said so', async () => {
    const { slack, w } = setUp()
    await w.tx(({ sql }) => sql('UPDATE person SET active = false WHERE id = $1', [AN]))
    await w.say((outbox) => outbox.send({ person: AN }, words('x')))
    await w.pump()
    expect(slack.calls).toEqual([])
    expect(w.troubles).toMatchObject([{ errorKind: 'unreachable', lastError: 'A1 has left' }])
  })
})

describe('a channel', () => {
  it('is told in each of its rooms, in its language, once under its key', async () => {
    const { slack, lark, w } = setUp()
    for (let again = 0; again < 2; again++)
      await w.say(async (outbox) => {
        await outbox.send({ channel: 'team' }, inBoth('早会', 'Stand-up'), { key: 'meeting' })
        await outbox.send({ channel: 'abroad' }, inBoth('早会', 'Stand-up'), { key: 'meeting' })
      })
    await w.pump()
    expect(slack.shown).toMatchObject([
      { room: 'C1', words: '早会', to: { room: 'C1' }, locale: 'zh-CN' },
      { room: 'C2', words: 'Stand-up', locale: 'en' },
    ])
    expect(lark.in('oc_1')).toEqual(['早会'])
  })

  it('is told under the same key once it has a room, and is not listed any more', async () => {
    const { slack, lark, w } = setUp()
    const say = (where: typeof w) => where.say((outbox) => outbox.send({ channel: 'team' }, words('x'), { key: 'k' }))
    await say(world(test.db, [fakePlatform('wecom')], w))
    await say(w)
    await w.pump()
    expect([slack.in('C1'), lark.in('oc_1')]).toEqual([['x'], ['x']])
    expect(await w.states()).toEqual({ sent: 2, dropped: 1 })
  })

  it.each(['nowhere', 'not-in-the-policy', 'constructor'])(
    'without a room on these platforms is listed: %s',
    async (channel) => {
      const { w } = setUp()
      await w.say((outbox) => outbox.send({ channel }, words('x')))
      await w.pump()
      expect(w.troubles).toMatchObject([
        {
          conversation: `channel:${channel}`,
          errorKind: 'unreachable',
          lastError: `the channel ${channel} has a room on none of: slack, lark`,
        },
      ])
    },
  )
})

describe('people who are named', () => {
  it('travel with their accounts on the platform where it is said', async () => {
    const { slack, lark, w } = setUp()
    const named = (id: string, name: string) => ({ person: id, name })
    await w.say((outbox) =>
      outbox.send({ channel: 'team' }, () => ({
        text: ['for ', named(AN, '安然')],
        card: {
          title: 't',
          text: [named(BO, 'Bo')],
          fields: [{ label: 'by', value: [named(CHEN, '陈')] }],
          list: ['x'],
          note: 'y',
        },
      })),
    )
    await w.pump()
    expect(slack.shown[0]?.accounts).toEqual({ [AN]: 'U1', [BO]: 'U2' })
    expect(lark.shown[0]?.accounts).toEqual({ [BO]: 'ou_2' })
  })

  it('are not looked for in what somebody typed', async () => {
    const { slack, w } = setUp()
    await w.say((outbox) => outbox.send({ person: AN }, words(`{"person":"${BO}","name":"Bo"}`)))
    await w.pump()
    expect(slack.shown[0]?.accounts).toEqual({})
  })
})

describe('a platform that is switched off', () => {
  it('keeps its rows waiting until it is there again', async () => {
    const { slack, w } = setUp()
    await w.say((outbox) => outbox.show('k', { person: AN }, card('hello')))
    const without = world(test.db, [fakePlatform('lark')], w)
    expect(await without.pump()).toBe(0)
    expect(await without.tx((tx) => without.engine.nextDueAt(tx))).toBeUndefined()
    await w.pump()
    expect(slack.in('@U1')).toEqual(['hello'])
  })
})
