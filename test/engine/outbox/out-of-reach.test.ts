/** Rooms that one process alone can speak in: the others leave them to it, go on with everything else, and do not spin. */
import { beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '#core/clock.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, card, fakePlatform, hire, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

/** Two processes; of the rooms that begin with C, each reaches what its `reach` says. */
const setUp = () => {
  const reach = { one: false, two: false }
  const platform = () => {
    const slack = fakePlatform('slack')
    return { slack, of: (who: 'one' | 'two') => ({ ...slack, roomsOutOfReach: () => (reach[who] ? undefined : 'C') }) }
  }
  const { slack, of } = platform()
  const one = world(test.db, [of('one')])
  const two = world(test.second, [of('two')], one)
  const due = (who: typeof one) => who.tx((tx) => who.engine.nextDueAt(tx))
  const overdue = (who: typeof one) => who.tx((tx) => who.engine.overdueSince(tx))
  return { reach, slack, one, two, due, overdue }
}
const team = { channel: 'team' }
const an = { person: AN }

describe('a room out of reach', () => {
  it('is left to the process that reaches it; everything else is said meanwhile', async () => {
    const { reach, slack, one, two } = setUp()
    reach.two = true
    await one.say(async (outbox) => {
      for (const text of ['1', '2']) for (const to of [team, an]) await outbox.send(to, words(text))
    })
    expect(await one.pump()).toBe(2)
    expect([slack.in('C1'), slack.in('@U1')]).toEqual([[], ['1', '2']])
    expect(await two.pump()).toBe(2)
    expect(slack.in('C1')).toEqual(['1', '2'])
  })

  it('is not due here, but overdue, for as long as nobody reaches it; and is said as soon as somebody does', async () => {
    const { reach, slack, one, two, due, overdue } = setUp()
    await one.say((outbox) => outbox.send(team, words('waits')))
    const since = one.clock.now()
    one.clock.advance(10 * MINUTE_MS)
    for (const who of [one, two]) {
      expect(await who.pump()).toBe(0)
      expect(await due(who)).toBeUndefined()
    }
    for (const who of [one, two]) expect(await overdue(who)).toBe(since)
    expect(await one.states()).toEqual({ waiting: 1 })
    reach.one = true
    expect(await due(one)).toBe(one.clock.now())
    expect(await due(two)).toBeUndefined()
    expect(await one.pump()).toBe(1)
    expect(slack.in('C1')).toEqual(['waits'])
    expect(await overdue(two)).toBeUndefined()
  })

  it('tells another due instant than its own', async () => {
    const { one, due } = setUp()
    const later = one.clock.now() + MINUTE_MS
    await one.say(async (outbox) => {
      await outbox.send(team, words('now'))
      await outbox.send(an, words('later'), { notBefore: later })
    })
    expect(await due(one)).toBe(later)
  })

  it('keeps the changes of its cards for the process that reaches it', async () => {
    const { reach, slack, one, two } = setUp()
    reach.two = true
    const show = (title: string) => one.say((outbox) => outbox.show('card', team, card(title)))
    await show('asked')
    await two.pump()
    await show('decided')
    expect(await one.pump()).toBe(0)
    expect(slack.in('C1')).toEqual(['asked'])
    await two.pump()
    expect(slack.in('C1')).toEqual(['decided'])
  })

  it('holds up nobody who can be told elsewhere, once their patience is over; whoever cannot is waited for', async () => {
    const [slack, lark] = [{ ...fakePlatform('slack'), roomsOutOfReach: () => '' }, fakePlatform('lark')]
    const w = world(test.db, [slack, lark])
    await test.db.transact('people', ({ sql }) => sql(`UPDATE person SET preferred_platform = 'slack'`))
    await w.say(async (outbox) => {
      for (const to of [AN, BO]) await outbox.send({ person: to }, words('urgent'))
      await outbox.send({ channel: 'abroad' }, words('room'))
    })
    w.clock.advance(9 * MINUTE_MS)
    expect([await w.pump(), lark.shown]).toEqual([0, []])
    w.clock.advance(MINUTE_MS)
    await w.pump()
    expect(lark.in('@ou_2')).toEqual(['urgent'])
    expect([slack.shown, await w.states()]).toEqual([[], { sent: 1, waiting: 2 }])
  })
})
