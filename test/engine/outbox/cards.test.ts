/** A stated card shows what was stated last, wherever it lies, and says nothing twice. */
import { beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, MINUTE_MS } from '#core/clock.ts'
import type { PlatformLimits } from '#core/platform.ts'
import type { Outbox } from '#engine/context.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, CHEN, card, failing, fakePlatform, hire, refused, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const toAn = { person: AN }
const setUp = (limits: Partial<PlatformLimits> = {}, without: readonly 'edit'[] = []) => {
  const slack = fakePlatform('slack', limits, without)
  const lark = fakePlatform('lark')
  const w = world(test.db, [slack, lark])
  const show = (title: string, options?: Parameters<Outbox['show']>[3]) =>
    w.say((outbox) => outbox.show('k', toAn, card(title), options))
  return { slack, lark, w, show }
}
/** The call answers, well or not, when what `wait` gives is there. */
function answering<A extends unknown[], R>(call: (...args: A) => Promise<R>, wait: () => Promise<void> | undefined) {
  return async (...args: A): Promise<R> => {
    const [answer] = await Promise.allSettled([call(...args)])
    await wait()
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  }
}
const verbs = (platform: ReturnType<typeof fakePlatform>) => platform.calls.map((call) => `${call.verb} ${call.words}`)

describe('stating a card', () => {
  it('sends it, and says nothing when it is stated again as it is', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await show('pending')
    await w.pump()
    await show('pending')
    await w.pump()
    expect(verbs(slack)).toEqual(['send pending'])
  })

  it('replaces what was not sent yet, in its place in the queue', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await w.say((outbox) => outbox.send(toAn, words('after')))
    await show('approved')
    await w.pump()
    expect(slack.in('@U1')).toEqual(['approved', 'after'])
    expect(verbs(slack)).toEqual(['send approved', 'send after'])
  })

  it('changes what was sent, where it lies', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await w.pump()
    await show('approved')
    await w.pump()
    expect(slack.in('@U1')).toEqual(['approved'])
    expect(verbs(slack)).toEqual(['send pending', 'edit approved'])
  })

  it('says only the last of several changes', async () => {
    const { slack, w, show } = setUp()
    await show('1')
    await w.pump()
    for (const title of ['2', '3', '4']) await show(title)
    await w.pump()
    expect(verbs(slack)).toEqual(['send 1', 'edit 4'])
  })

  it('queues a change behind what is in hand', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    let stated: Promise<void> | undefined
    slack.fate = (call) => {
      if (call.verb === 'send') stated = show('approved')
      return undefined
    }
    await w.pump()
    await stated
    await w.pump()
    expect(verbs(slack)).toEqual(['send pending', 'edit approved'])
    expect(slack.in('@U1')).toEqual(['approved'])
  })

  it('lets a failed send say the newest at once when a change came meanwhile', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    let stated: Promise<void> | undefined
    slack.fate = (call) => {
      if (stated || call.verb !== 'send') return undefined
      stated = show('approved')
      return refused('not-sent')
    }
    slack.send = answering(slack.send, () => stated)
    await w.settle()
    expect(verbs(slack)).toEqual(['send pending', 'send approved'])
    expect(slack.in('@U1')).toEqual(['approved'])
  })

  it('does not let an old change undo a newer one', async () => {
    const { slack, w, show } = setUp()
    await show('1')
    await w.pump()
    await show('2')
    let stated: Promise<void> | undefined
    slack.fate = (call) => {
      if (call.words !== '2') return undefined
      stated ??= show('3')
      return refused('unknown')
    }
    if (slack.edit) slack.edit = answering(slack.edit, () => stated)
    await w.settle()
    expect(verbs(slack)).toEqual(['send 1', 'edit 2', 'edit 3'])
    expect(slack.in('@U1')).toEqual(['3'])
    expect(await w.states()).toEqual({ sent: 2, dropped: 1 })
  })

  it('never replaces what may be there already: the change waits until that is known', async () => {
    const { slack, w, show } = setUp()
    slack.fate = failing((call) => call.verb === 'send' && call.words === 'pending', 'lost-answer', 1)
    const find = slack.find
    slack.find = () => Promise.reject(refused('not-sent'))
    await show('pending')
    await w.pump()
    await show('approved')
    w.clock.advance(3 * MINUTE_MS)
    await w.pump()
    expect(slack.in('@U1')).toEqual(['pending'])
    Object.assign(slack, { find })
    await w.settle()
    expect(verbs(slack)).toEqual(['send pending', 'find pending', 'edit approved'])
    expect(slack.in('@U1')).toEqual(['approved'])
  })

  it('repeats a change whose answer was lost: it says the same however often', async () => {
    const { slack, w, show } = setUp()
    await show('1')
    await w.pump()
    slack.fate = failing((call) => call.verb === 'edit', 'lost-answer', 2)
    await show('2')
    await w.settle()
    expect(verbs(slack)).toEqual(['send 1', 'edit 2', 'edit 2', 'edit 2'])
    expect(await w.states()).toEqual({ sent: 2 })
  })
})

describe('a card that is asked for again', () => {
  const anew = card('see below')

  it('is said anew below what was said since, leaves its old place, and is changed at the new one', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await w.say((outbox) => outbox.send(toAn, words('after')))
    await w.pump()
    await show('pending', { anew })
    await w.settle()
    expect(slack.in('@U1')).toEqual(['see below', 'after', 'pending'])
    await show('pending', { anew })
    await w.settle()
    expect(slack.in('@U1')).toEqual(['see below', 'after', 'see below', 'pending'])
    await show('approved')
    await w.settle()
    expect(slack.in('@U1')).toEqual(['see below', 'after', 'see below', 'approved'])
  })

  it('is said once when it has not left yet', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await show('still pending', { anew })
    await w.settle()
    expect(verbs(slack)).toEqual(['send still pending'])
  })

  it('comes also where nothing can be changed, and nobody is troubled', async () => {
    const { slack, w, show } = setUp({}, ['edit'])
    await show('pending')
    await w.pump()
    await show('pending', { anew })
    await w.settle()
    expect(slack.in('@U1')).toEqual(['pending', 'pending'])
    expect(w.troubles).toEqual([])
  })

  it('shows what was stated last when that came before it left', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await w.pump()
    await show('pending', { anew })
    await show('approved')
    await w.settle()
    expect(slack.in('@U1')).toEqual(['see below', 'approved'])
  })
})

describe('a card that cannot be changed in place any more', () => {
  const cases = {
    'the platform says it is gone': { limits: {}, without: [] as const, fate: true, later: 0 },
    'the time for changes is over': {
      limits: { editWithinMs: 14 * DAY_MS },
      without: [] as const,
      fate: false,
      later: 14 * DAY_MS,
    },
    'the platform cannot change anything': { limits: {}, without: ['edit'] as const, fate: false, later: 0 },
  }
  it.each(Object.entries(cases))(
    'gets a successor, which is the card from then on: %s',
    async (_, { limits, without, fate, later }) => {
      const { slack, w, show } = setUp(limits, without)
      await show('pending')
      await w.pump()
      w.clock.advance(later)
      if (fate) slack.fate = failing((call) => call.verb === 'edit', refused('gone'), 1)
      await show('approved')
      await w.settle()
      expect(slack.in('@U1')).toEqual(['pending', 'approved'])
      if (without.length > 0) return
      slack.fate = () => undefined
      await show('paid')
      await w.settle()
      expect(slack.in('@U1')).toEqual(['pending', 'paid'])
    },
  )

  it.each(Object.entries(cases))(
    'says nothing more when that was asked for: %s',
    async (_, { limits, without, fate, later }) => {
      const { slack, w, show } = setUp(limits, without)
      await show('pending')
      await w.pump()
      w.clock.advance(later)
      if (fate) slack.fate = failing((call) => call.verb === 'edit', refused('gone'))
      await show('approved', { quiet: true })
      await w.settle()
      expect(slack.in('@U1')).toEqual(['pending'])
      expect(await w.states()).toEqual({ sent: 1, dropped: 1 })
      expect(w.troubles).toEqual([])
    },
  )

  it('is still changed a moment before the time is over', async () => {
    const { slack, w, show } = setUp({ editWithinMs: 14 * DAY_MS })
    await show('pending')
    await w.pump()
    w.clock.advance(14 * DAY_MS - 1)
    await show('approved')
    await w.pump()
    expect(slack.in('@U1')).toEqual(['approved'])
  })

  it('may repeat its successor for as long as any other message, whenever the change was first tried', async () => {
    const { slack, w, show } = setUp({ afterUnknown: 'repeat', repeatWithinMs: 55 * MINUTE_MS })
    await show('pending')
    await w.pump()
    const fates = [refused('rate-limited', { retryAfterMs: 60 * MINUTE_MS }), refused('gone'), refused('unknown')]
    slack.fate = () => fates.shift()
    await show('approved')
    await w.settle()
    expect(slack.in('@U1')).toEqual(['pending', 'approved'])
    expect(w.troubles).toEqual([])
  })

  it('has its successor when a quiet statement follows a loud one that has not left yet', async () => {
    const { slack, w, show } = setUp({}, ['edit'])
    await show('1')
    await w.pump()
    await show('2')
    await show('3', { quiet: true })
    await w.pump()
    expect(slack.in('@U1')).toEqual(['1', '3'])
  })

  it('that was refused is stated again when it is stated again', async () => {
    const { slack, w, show } = setUp()
    slack.fate = () => refused('refused')
    await show('pending')
    await w.pump()
    slack.fate = () => undefined
    expect(w.troubles).toMatchObject([{ state: 'dead' }])
    await show('pending')
    await w.pump()
    expect(slack.in('@U1')).toEqual(['pending'])
  })
})

describe('closing a card for everybody', () => {
  it('states it to everyone who was shown it, each in their language, on every platform', async () => {
    const { slack, lark, w } = setUp()
    await w.say(async (outbox) => {
      await outbox.show('k', toAn, card('pending'))
      await outbox.show('k', { person: BO }, card('pending'))
      await outbox.show('k', { channel: 'team' }, card('pending'))
      await outbox.show('other', toAn, card('other'))
    })
    await w.pump()
    await w.say((outbox) =>
      outbox.showAll('k', ({ locale, person }) => ({ card: { title: `${locale} ${person?.name ?? 'all'}` } }), {
        quiet: true,
      }),
    )
    await w.pump()
    expect(slack.in('@U1')).toEqual(['zh-CN 安然', 'other'])
    expect(slack.in('@U2')).toEqual(['en Bo'])
    expect(slack.in('C1')).toEqual(['zh-CN all'])
    expect(lark.in('oc_1')).toEqual(['zh-CN all'])
  })

  it('reaches also what waits in the queue, and those who have left since', async () => {
    const { slack, w, show } = setUp()
    await show('pending')
    await w.tx(({ sql }) => sql('UPDATE person SET active = false WHERE id = $1', [AN]))
    await w.say((outbox) => outbox.showAll('k', card('closed')))
    await w.pump()
    expect(verbs(slack)).toEqual(['send closed'])
  })
})

describe('where a card lies', () => {
  it('stays on its platform when the person prefers another one later', async () => {
    const { slack, lark, w } = setUp()
    const toBo = { person: BO }
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    await w.tx(({ sql }) => sql(`UPDATE person SET preferred_platform = 'lark' WHERE id = $1`, [BO]))
    await w.say((outbox) => outbox.show('k', toBo, card('approved')))
    await w.pump()
    expect(slack.in('@U2')).toEqual(['approved'])
    expect(lark.shown).toEqual([])
  })

  it('moves when its platform is switched off', async () => {
    const { slack, w } = setUp()
    const toBo = { person: BO }
    await w.say((outbox) => outbox.show('k', toBo, card('pending')))
    await w.pump()
    const lark = fakePlatform('lark')
    const now = world(test.db, [lark], w)
    await now.say((outbox) => outbox.show('k', toBo, card('approved')))
    await now.pump()
    expect(slack.in('@U2')).toEqual(['pending'])
    expect(lark.in('@ou_2')).toEqual(['approved'])
  })

  it('is found when somebody can be reached at last, and shown once', async () => {
    const { slack, w } = setUp()
    const toChen = { person: CHEN }
    const show = (title: string) => w.say((outbox) => outbox.show('k', toChen, card(title)))
    await show('pending')
    expect(w.troubles).toMatchObject([{ errorKind: 'unreachable' }])
    await w.tx(({ sql }) =>
      sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('slack', 'U3', $1, $2)`, [
        CHEN,
        new Date(0),
      ]),
    )
    await show('approved')
    await w.pump()
    expect(slack.in('@U3')).toEqual(['approved'])
    expect(await w.states()).toEqual({ sent: 1, dropped: 1 })
  })
})
