/** What administrators see and can do: lists without content, counts, trying again, throwing old rows away. */
import { beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS } from '#core/clock.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, CHEN, card, failing, fakePlatform, hire, refused, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const toAn = { person: AN }
const setUp = () => {
  const slack = fakePlatform('slack')
  const lark = fakePlatform('lark')
  const w = world(test.db, [slack, lark])
  const retry = (id: string) => w.tx((tx) => w.engine.retry(tx, id))
  const list = (...filter: Parameters<typeof w.engine.list> extends [unknown, ...infer F] ? F : never) =>
    w.tx((tx) => w.engine.list(tx, ...filter))
  return { slack, lark, w, retry, list }
}
/** One dead row, one that waits, one that was sent. */
const busyDay = async (s: ReturnType<typeof setUp>) => {
  s.slack.fate = failing((call) => call.words === 'secret', refused('refused', { code: 'no_scope' }))
  await s.w.say(async (outbox) => {
    await outbox.send(toAn, words('secret'), { key: 'a' })
    await outbox.send({ person: BO }, words('said'), { key: 'b' })
    await outbox.send(toAn, words('later'), { key: 'c', notBefore: s.w.clock.now() + DAY_MS })
  })
  await s.w.pump()
  s.slack.fate = () => undefined
}

describe('the list', () => {
  it('holds what failed, with its reason and without its content', async () => {
    const s = setUp()
    await busyDay(s)
    const rows = await s.list()
    expect(rows).toMatchObject([
      {
        key: `a>person:${AN}`,
        platform: 'slack',
        conversation: 'slack:@U1',
        state: 'dead',
        attempts: 1,
        errorKind: 'refused',
        lastError: 'no_scope: the platform says refused',
      },
    ])
    expect(JSON.stringify(rows)).not.toContain('secret')
  })

  it('can be asked for other states, one platform, one conversation, and a number', async () => {
    const s = setUp()
    await busyDay(s)
    expect(await s.list({ states: ['waiting', 'sent'] })).toHaveLength(2)
    expect(await s.list({ states: ['waiting', 'sent', 'dead'], countMax: 1 })).toMatchObject([{ state: 'dead' }])
    expect(await s.list({ platform: 'lark' })).toEqual([])
    expect(await s.list({ states: ['sent'], conversation: 'slack:@U2' })).toHaveLength(1)
  })

  it('is counted by platform and state, without what is done', async () => {
    const s = setUp()
    await busyDay(s)
    expect(await s.w.tx((tx) => s.w.engine.counts(tx))).toEqual([
      { platform: 'slack', state: 'dead', rows: 1, oldestDueAt: expect.any(Date) },
      { platform: 'slack', state: 'waiting', rows: 1, oldestDueAt: expect.any(Date) },
    ])
  })
})

describe('trying again', () => {
  it('says a dead row anew with all its attempts', async () => {
    const s = setUp()
    await busyDay(s)
    const [row] = await s.list()
    expect(await s.retry(row?.id ?? '')).toBe('queued')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['secret'])
    expect(await s.list()).toEqual([])
  })

  it.each(['999', 'x', '1; DROP TABLE outbox', '99999999999999999999999999'])('knows no row %s', async (id) => {
    expect(await setUp().retry(id)).toBe('not-found')
  })

  it('leaves alone what did not fail', async () => {
    const s = setUp()
    await busyDay(s)
    for (const row of await s.list({ states: ['waiting', 'sent'] })) expect(await s.retry(row.id)).toBe('not-failed')
  })

  it('drops a card that shows something newer by now', async () => {
    const s = setUp()
    s.slack.fate = failing(({ words }) => words === 'old', refused('refused'))
    await s.w.say((outbox) => outbox.show('k', toAn, card('old')))
    await s.w.pump()
    await s.w.say((outbox) => outbox.show('k', toAn, card('new')))
    await s.w.pump()
    const [row] = await s.list()
    expect(await s.retry(row?.id ?? '')).toBe('superseded')
    await s.w.pump()
    expect(s.slack.in('@U1')).toEqual(['new'])
  })

  it('reaches somebody who was linked since, with the accounts of those it names', async () => {
    const s = setUp()
    const text = [{ person: AN, name: '安然' }]
    await s.w.say((outbox) => outbox.send({ person: CHEN }, () => ({ text })))
    const [row] = await s.list()
    expect(await s.retry(row?.id ?? '')).toBe('unreachable')
    await s.w.tx(({ sql }) =>
      sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('slack', 'U3', $1, $2)`, [
        CHEN,
        new Date(0),
      ]),
    )
    expect(await s.retry(row?.id ?? '')).toBe('queued')
    await s.w.pump()
    expect(s.slack.shown).toMatchObject([{ room: '@U3', accounts: { [AN]: 'U1' } }])
  })

  it('makes a card of what was to be one, so that it can be changed', async () => {
    const s = setUp()
    const show = (title: string) => s.w.say((outbox) => outbox.show('k', { person: CHEN }, card(title)))
    await show('pending')
    const [row] = await s.list()
    await s.w.tx(({ sql }) =>
      sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('slack', 'U3', $1, $2)`, [
        CHEN,
        new Date(0),
      ]),
    )
    expect(await s.retry(row?.id ?? '')).toBe('queued')
    await s.w.pump()
    await show('approved')
    await s.w.pump()
    expect(s.slack.in('@U3')).toEqual(['approved'])
  })

  it('says a channel in each room that it has by now', async () => {
    const s = setUp()
    const wecom = fakePlatform('wecom')
    const before = world(test.db, [wecom], s.w)
    await before.say((outbox) => outbox.send({ channel: 'team' }, words('hello')))
    const [row] = await s.list()
    expect(await s.retry(row?.id ?? '')).toBe('queued')
    await s.w.pump()
    expect([s.slack.in('C1'), s.lark.in('oc_1')]).toEqual([['hello'], ['hello']])
  })
})

describe('housekeeping', () => {
  it('throws away what was said or overtaken over thirty days ago and keeps the rest', async () => {
    const s = setUp()
    await busyDay(s)
    await s.w.say((outbox) => outbox.show('k', { person: BO }, card('pending')))
    await s.w.pump()
    s.w.clock.advance(30 * DAY_MS)
    const clean = () => s.w.tx((tx) => s.w.engine.housekeeping(tx))
    expect(await clean()).toBe(0)
    s.w.clock.advance(1)
    expect(await clean()).toBe(2)
    expect(await s.w.states()).toEqual({ dead: 1, waiting: 1 })
    await s.w.say((outbox) => outbox.show('k', { person: BO }, card('approved')))
    await s.w.pump()
    expect(s.slack.in('@U2')).toEqual(['said', 'approved'])
  })

  it('forgets paces that say nothing any more, never one that is blocked', async () => {
    const s = setUp()
    await s.w.say((outbox) => outbox.send(toAn, words('x')))
    s.slack.fate = () => refused('rate-limited', { retryAfterMs: 3 * DAY_MS })
    await s.w.pump()
    s.w.clock.advance(2 * DAY_MS)
    await s.w.tx((tx) => s.w.engine.housekeeping(tx))
    expect(await s.w.tx(({ sql }) => sql('SELECT address FROM pace ORDER BY 1'))).toEqual([{ address: 'slack:@U1' }])
    expect(await s.w.pump()).toBe(0)
  })
})
