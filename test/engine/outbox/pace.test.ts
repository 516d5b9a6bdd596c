/** The pace of a conversation, a pure reckoning over one window. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowance, freeAt, type Pace, spend } from '#engine/outbox/pace.ts'

const limit = { sends: 3, perMs: 1_000 }
const pace = (windowFrom: number, sends: number, blockedTill?: number): Pace => ({ windowFrom, sends, blockedTill })

describe('a pace', () => {
  it.each([
    ['nothing was sent yet', undefined, 0, 3, 0],
    ['a window is begun', pace(0, 1), 500, 2, 500],
    ['a window is full', pace(0, 3), 500, 0, 1_000],
    ['a window is over', pace(0, 3), 1_000, 3, 1_000],
    ['the clock was set back', pace(5_000, 3), 0, 3, 0],
    ['the platform asked to wait', pace(0, 0, 700), 500, 0, 700],
    ['the wait is over', pace(0, 0, 500), 500, 3, 500],
    ['it waits beyond a full window', pace(0, 3, 5_000), 500, 0, 5_000],
    ['a full window goes beyond the wait', pace(0, 3, 700), 500, 0, 1_000],
  ])('%s', (_, given, now, allowed, free) => {
    expect(allowance(given, limit, now)).toBe(allowed)
    expect(freeAt(given, limit, now)).toBe(free)
  })

  it('lets at most the allowed number leave in one window, and something leaves when it says so', () => {
    const step = fc.nat(900)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, sends) => {
        const rule = { sends, perMs: 1_000 }
        const windows = new Map<number, number>()
        let now = 0
        let held: Pace | undefined
        for (const ms of steps) {
          now += ms
          const free = freeAt(held, rule, now)
          expect(allowance(held, rule, free)).toBeGreaterThan(0)
          if (free > now) continue
          held = spend(held, rule, now, 1)
          windows.set(held.windowFrom, (windows.get(held.windowFrom) ?? 0) + 1)
        }
        for (const count of windows.values()) expect(count).toBeLessThanOrEqual(sends)
        const starts = [...windows.keys()]
        for (const [index, from] of starts.entries())
          expect(from - (starts[index - 1] ?? -1_000)).toBeGreaterThanOrEqual(1_000)
      }),
    )
  })
})
