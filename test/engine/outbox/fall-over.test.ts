/** A message that cannot reach its reader on one platform goes to their next one: once, never back, never twice. */
import { beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '#core/clock.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, card, failing, fakePlatform, hire, POLICY, refused, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const toBo = { person: BO }
const setUp = () => {
  const [slack, lark] = [fakePlatform('slack'), fakePlatform('lark')]
  const w = world(test.db, [slack, lark])
  return { slack, lark, w }
}
const prefer = (platform: string) =>
  test.db.transact('people', ({ sql }) =>
    sql('UPDATE person SET preferred_platform = $1 WHERE id = $2', [platform, BO]),
  )
const audited = () =>
  test.db.transact('people', ({ sql }) =>
    sql<{ data: object }>(`SELECT data FROM audit_line WHERE action = 'outbox.moved'`),
  )

describe('a final no', () => {
  it.each(['refused', 'gone', 'not-authentic'] as const)(
    '(%s) sends the message on, and it is said once',
    async (kind) => {
      const { slack, lark, w } = setUp()
      slack.fate = failing(({ verb }) => verb === 'send', refused(kind))
      await prefer('slack')
      await w.say((outbox) => outbox.send(toBo, words('hello'), { key: 'k' }))
      await w.pump()
      expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([[], ['hello']])
      expect(w.troubles).toEqual([])
      expect(await audited()).toMatchObject([{ data: { from: 'slack', to: 'lark' } }])
      await w.say((outbox) => outbox.send(toBo, words('hello'), { key: 'k' }))
      await w.settle()
      expect(lark.in('@ou_2')).toEqual(['hello'])
    },
  )

  it('on every platform is listed, and the message never comes back to the first', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('refused'))
    lark.fate = failing(() => true, refused('refused'))
    await prefer('slack')
    await w.say((outbox) => outbox.send(toBo, words('hello')))
    await w.settle()
    expect([slack.calls.length, lark.calls.length]).toEqual([1, 1])
    expect(w.troubles).toMatchObject([{ platform: 'lark', state: 'dead' }])
  })

  it('of a room, of a reply, and of somebody with one platform stays where it is', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('refused'))
    await w.say(async (outbox) => {
      await outbox.send({ channel: 'abroad' }, words('room'))
      await outbox.send({ person: AN }, words('one'))
    })
    await w.settle()
    expect(lark.shown).toEqual([])
    expect(w.troubles).toHaveLength(2)
  })

  it('takes the card along: what it shows later is shown there', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('refused'))
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    slack.fate = () => undefined
    await w.say((outbox) => outbox.showAll('k', card('approved')))
    await w.say((outbox) => outbox.show('k', toBo, card('approved')))
    await w.settle()
    expect([slack.shown.length, lark.in('@ou_2')]).toEqual([0, ['approved']])
  })

  it('takes along what the card was changed to meanwhile', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('not-sent'), 1)
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    await w.say((outbox) => outbox.show('k', toBo, card('approved')))
    slack.fate = failing(() => true, refused('refused'))
    await w.settle()
    expect([slack.shown.length, lark.in('@ou_2')]).toEqual([0, ['approved']])
  })
})

describe('a platform that takes nothing', () => {
  it('is waited for ten minutes, to the second, and then the message is said on the next and not on the first', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('not-sent'))
    await prefer('slack')
    await w.say((outbox) => outbox.send(toBo, words('hello')))
    const begun = w.clock.now()
    for (;;) {
      await w.pump()
      if (lark.shown.length > 0) break
      const next = await w.tx((tx) => w.engine.nextDueAt(tx))
      if (next === undefined || next > begun + 20 * MINUTE_MS) throw new Error('it was not said on the next platform')
      w.clock.set(next)
    }
    expect(w.clock.now() - begun).toBe(10 * MINUTE_MS)
    slack.fate = () => undefined
    await w.settle()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([[], ['hello']])
  })

  it('(it asks to wait) is left by those it did not even let try', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('rate-limited', { retryAfterMs: 60 * MINUTE_MS, appWide: true }))
    await prefer('slack')
    await w.say((outbox) => outbox.send({ person: AN }, words('first')))
    await w.pump()
    await w.say((outbox) => outbox.send(toBo, words('behind')))
    w.clock.advance(10 * MINUTE_MS - 1)
    await w.pump()
    expect(lark.shown).toEqual([])
    w.clock.advance(1)
    await w.pump()
    expect(lark.in('@ou_2')).toEqual(['behind'])
    slack.fate = () => undefined
    w.clock.advance(60 * MINUTE_MS)
    await w.pump()
    expect([slack.in('@U1'), slack.in('@U2')]).toEqual([['first'], []])
  })

  it('is left by those who can, however many stand before them who cannot', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('rate-limited', { retryAfterMs: 60 * MINUTE_MS, appWide: true }))
    await prefer('slack')
    await w.say((outbox) => outbox.send({ person: AN }, words('first')))
    await w.pump()
    await w.say(async (outbox) => {
      await outbox.send({ person: AN }, words('stays'))
      await outbox.send(toBo, words('behind'))
    })
    await w.tx(({ sql }) =>
      sql(`INSERT INTO outbox (key, platform, conversation, recipient, message, locale, accounts, operation, quiet, state, due_at, attempts, created_at, person_id)
           SELECT key || n, platform, conversation, recipient, message, locale, accounts, operation, quiet, state, due_at, attempts, created_at, person_id
           FROM outbox, generate_series(1, 100) AS n WHERE message ->> 'text' = 'stays'`),
    )
    await w.tx(({ sql }) => sql(`UPDATE outbox SET id = 100000 + id WHERE message ->> 'text' = 'behind'`))
    w.clock.advance(10 * MINUTE_MS)
    await w.pump()
    expect(lark.in('@ou_2')).toEqual(['behind'])
  })

  it('is gone back to when the next is known to be down as well', async () => {
    const { slack, lark, w } = setUp()
    Object.assign(lark, { health: () => ({ ok: false, detail: 'down', since: 0 }) })
    slack.fate = failing(() => w.clock.now() < Date.parse('2026-09-28T09:30:00+08:00'), refused('not-sent'))
    await prefer('slack')
    await w.say((outbox) => outbox.send(toBo, words('hello')))
    await w.settle()
    expect([slack.in('@U2'), lark.shown.length]).toEqual([['hello'], 0])
  })

  it('never loses what may be there already: an unknown send is settled first', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(({ verb }) => verb === 'send', 'lost-answer', 1)
    slack.findSays = 'cannot-tell'
    await prefer('slack')
    await w.say((outbox) => outbox.send(toBo, words('hello')))
    await w.settle()
    expect(lark.shown).toEqual([])
    expect(w.troubles).toMatchObject([{ platform: 'slack', state: 'unknown' }])
  })

  it('has the card that it shows already closed when the card is brought again elsewhere', async () => {
    const { slack, lark, w } = setUp()
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    slack.fate = failing(() => w.clock.now() < Date.parse('2026-09-28T10:00:00+08:00'), refused('not-sent'))
    await w.say((outbox) => outbox.show('k', toBo, card('reminded'), { anew: card('moved') }))
    await w.settle()
    expect(slack.in('@U2')).toEqual([expect.stringMatching(/moved to Lark/)])
    expect(lark.in('@ou_2')).toEqual(['reminded'])
    await w.say((outbox) => outbox.showAll('k', card('approved')))
    await w.settle()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([['approved'], ['approved']])
  })
})

describe('two processes, and a restart', () => {
  it('say it once on the next platform', async () => {
    const { slack, lark, w } = setUp()
    const two = world(test.second, [slack, lark], w)
    slack.fate = failing(({ verb }) => verb === 'send', refused('refused'))
    await prefer('slack')
    await w.say(async (outbox) => {
      for (const text of ['1', '2', '3', '4']) await outbox.send(toBo, words(text))
    })
    await Promise.all([w.pump(), two.pump(), w.pump(), two.pump()])
    const restarted = world(test.db, [slack, lark], w)
    await restarted.settle()
    expect(slack.shown).toEqual([])
    expect([...lark.in('@ou_2')].sort()).toEqual(['1', '2', '3', '4'])
    expect(await restarted.states()).toEqual({ sent: 4 })
  })
})

describe('a person whose card lies on two platforms', () => {
  it('sees it closed on both by a decision on one', async () => {
    const { slack, lark, w } = setUp()
    await prefer('slack')
    await w.say((outbox) => outbox.show('approval:1:0', toBo, card('pending')))
    await w.pump()
    await prefer('lark')
    // Asked for again on the other platform: the answer there is the same card.
    const bo = { locale: 'en', zone: 'Asia/Shanghai', person: await w.tx(async (tx) => personOf(tx)) } as const
    const event = {
      kind: 'said',
      key: 'm',
      person: 'ou_2',
      room: 'D2',
      roomKind: 'direct',
      canCarry: [],
      text: 'x',
    } as const
    await w.tx((tx) =>
      w.engine.holdReply(tx, { platform: 'lark', event, reader: bo, message: card('pending')(), as: 'approval:1:0' }),
    )
    await w.settle()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([['pending'], ['pending']])
    await w.say((outbox) => outbox.showAll('approval:1:0', card('approved')))
    await w.settle()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([['approved'], ['approved']])
  })
})

describe('a card that has got two places by and by', () => {
  const byBo = (platform: string) => ({ person: BO, platform })
  const bring = (w: ReturnType<typeof world>, text: string, by?: ReturnType<typeof byBo>) =>
    w.tx((tx) => w.engine.within(tx, by).show('k', toBo, card(text), { anew: card('see below') }))

  it('is brought again in one of them: where its reader acts, else where it was said last', async () => {
    const { slack, lark, w } = setUp()
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    w.clock.advance(MINUTE_MS)
    await bring(w, 'asked on Lark', byBo('lark'))
    await w.pump()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([['see below'], ['asked on Lark']])
    w.clock.advance(MINUTE_MS)
    await bring(w, 'reminded')
    await w.pump()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([['see below'], ['see below', 'reminded']])
    w.clock.advance(MINUTE_MS)
    await bring(w, 'asked on Slack', byBo('slack'))
    await w.pump()
    expect([slack.in('@U2'), lark.in('@ou_2')]).toEqual([
      ['see below', 'asked on Slack'],
      ['see below', 'see below'],
    ])
  })

  it('is closed in both, and gets one successor where neither can be changed any more', async () => {
    const { slack, lark, w } = setUp()
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    w.clock.advance(MINUTE_MS)
    await bring(w, 'pending', byBo('lark'))
    await w.pump()
    for (const platform of [slack, lark]) platform.fate = failing(({ verb }) => verb === 'edit', refused('gone'))
    await w.say((outbox) => outbox.showAll('k', card('approved')))
    await w.settle()
    expect([slack.in('@U2').length, lark.in('@ou_2')]).toEqual([1, ['pending', 'approved']])
    expect(w.troubles).toEqual([])
  })

  it('is not brought to a platform that has refused it', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('refused'))
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    await bring(w, 'reminded')
    await w.settle()
    expect([slack.shown, lark.in('@ou_2'), w.troubles]).toEqual([[], ['see below', 'reminded'], []])
  })
})

describe('an account that is somebody else’s by now', () => {
  const give = (account: string, to: string) =>
    test.db.transact('people', ({ sql }) =>
      sql(`UPDATE account SET person_id = $2 WHERE platform = 'slack' AND account = $1`, [account, to]),
    )
  const link = (account: string) =>
    test.db.transact('people', ({ sql }) =>
      sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('slack', $1, $2, now())`, [
        account,
        BO,
      ]),
    )
  const soon = (w: ReturnType<typeof world>) => ({ notBefore: w.clock.now() + MINUTE_MS })

  it('is not told what waited for its former owner: that goes to another account of theirs', async () => {
    const { slack, lark, w } = setUp()
    await prefer('slack')
    await w.say((outbox) => outbox.send(toBo, words('private'), soon(w)))
    await give('U2', AN)
    await w.settle()
    expect([slack.calls, lark.in('@ou_2')]).toEqual([[], ['private']])
    await link('U9')
    await w.say((outbox) => outbox.send(toBo, words('again'), soon(w)))
    await give('U9', AN)
    await link('U10')
    await w.settle()
    expect(slack.shown.map(({ room, words: text }) => [room, text])).toEqual([['@U10', 'again']])
  })

  it('sees the cards that lie there as they were, and what they show now goes to their reader', async () => {
    const { slack, lark, w } = setUp()
    await prefer('slack')
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    await give('U2', AN)
    await w.say((outbox) => outbox.showAll('k', card('checked')))
    await w.settle()
    await w.say((outbox) => outbox.show('k', toBo, card('approved')))
    await w.settle()
    expect([slack.in('@U2'), lark.in('@ou_2'), w.troubles]).toEqual([['pending'], ['approved'], []])
  })

  it('where its former owner has no other is listed, and nobody is told', async () => {
    const { slack, w } = setUp()
    await w.say((outbox) => outbox.send({ person: AN }, words('private'), soon(w)))
    await give('U1', BO)
    await w.settle()
    expect(slack.calls).toEqual([])
    expect(w.troubles).toMatchObject([
      { state: 'dead', errorKind: 'gone', lastError: 'the account is no longer theirs' },
    ])
  })
})

describe('a channel with rooms on two platforms', () => {
  it('is said in the living one while the other is dead, and a room joined by a command goes before the policy’s', async () => {
    const { slack, lark, w } = setUp()
    slack.fate = failing(() => true, refused('not-sent'))
    await w.say((outbox) => outbox.send({ channel: 'team' }, words('one')))
    await w.pump()
    expect(lark.in('oc_1')).toEqual(['one'])
    await test.db.transact('people', ({ sql }) =>
      sql(
        `INSERT INTO channel_room (channel, platform, room, linked_at) VALUES ('team', 'lark', 'oc_9', now()), ('team', 'slack', NULL, now())`,
      ),
    )
    await w.say((outbox) => outbox.send({ channel: 'team' }, words('two')))
    await w.pump()
    expect([lark.in('oc_1'), lark.in('oc_9'), slack.calls.filter((call) => call.words === 'two')]).toEqual([
      ['one'],
      ['two'],
      [],
    ])
  })
})

async function personOf(tx: Tx) {
  const person = await peopleFor(tx, POLICY).byId(BO)
  if (!person) throw new Error('Bo is not there')
  return person
}
