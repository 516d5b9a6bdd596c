/** Whatever is said and whatever goes wrong for a while: every conversation reads its rows in order, every card ends right. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, type Call, card, type Fate, fakePlatform, hire, refused, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const PLACES = [
  { to: { person: AN }, room: '@U1' },
  { to: { person: BO }, room: '@U2' },
  { to: { channel: 'abroad' }, room: 'C2' },
] as const
const place = fc.constantFrom(...PLACES)
const key = fc.constantFrom('k1', 'k2')

const step = fc.oneof(
  fc.record({ do: fc.constant('send' as const), place }),
  fc.record({ do: fc.constant('show' as const), place, key }),
  fc.record({ do: fc.constant('showAll' as const), key }),
  fc.record({ do: fc.constant('tick' as const), ms: fc.nat(4_000) }),
)
/** At most two failures of each call, so that nothing is held up for two minutes. */
const fates = fc.array(
  fc.constantFrom<(Fate | undefined)[]>(
    [],
    [refused('not-sent')],
    [refused('unknown')],
    ['lost-answer'],
    [refused('rate-limited', { retryAfterMs: 3_000 })],
    [refused('unknown'), refused('not-sent')],
    ['lost-answer', 'lost-answer'],
    [new TypeError('bug')],
  ),
  { minLength: 1, maxLength: 12 },
)

describe('the outbox', () => {
  it('says everything once and in order, and leaves every card as it was stated last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 18 }), fates, async (steps, fates) => {
        await test.db.transact('people', ({ sql }) => sql('TRUNCATE outbox, shown_card, pace'))
        const slack = fakePlatform('slack', { roomPace: { sends: 2, perMs: 1_000 } })
        slack.fate = scripted(fates)
        const w = world(test.db, [slack])
        const expected = new Map<string, { item: string; words: string }[]>(PLACES.map(({ room }) => [room, []]))
        const state = (room: string, item: string, text: string) => {
          const items = expected.get(room) ?? []
          const there = items.find((other) => other.item === item)
          if (there) there.words = text
          else items.push({ item, words: text })
        }
        for (const [n, step] of steps.entries()) {
          const text = `${n}`
          if (step.do === 'tick') {
            w.clock.advance(step.ms)
            await w.pump()
          } else if (step.do === 'send') {
            await w.say((outbox) => outbox.send(step.place.to, words(text)))
            state(step.place.room, text, text)
          } else if (step.do === 'show') {
            await w.say((outbox) => outbox.show(step.key, step.place.to, card(text)))
            state(step.place.room, step.key, text)
          } else {
            await w.say((outbox) => outbox.showAll(step.key, card(text)))
            for (const [room, items] of expected)
              if (items.some(({ item }) => item === step.key)) state(room, step.key, text)
          }
        }
        await w.settle(1)
        for (const [room, items] of expected) expect(slack.in(room)).toEqual(items.map((item) => item.words))
        expect(w.troubles).toEqual([])
      }),
      { numRuns: 25 },
    )
  }, 120_000)
})

/** Every call, by its verb and key, meets the next of the scripts. */
function scripted(fates: readonly (readonly (Fate | undefined)[])[]) {
  const seen = new Map<string, (Fate | undefined)[]>()
  return (call: Call): Fate | undefined => {
    const name = `${call.verb} ${call.message.key}`
    const script = seen.get(name) ?? [...(fates[seen.size % fates.length] ?? [])]
    seen.set(name, script)
    return script.shift()
  }
}
