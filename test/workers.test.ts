/** The workers: the rehearsal clock stops at everything that is due, waits for nobody for ever, and stops with its process. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { App } from '../src/app.ts'
import type { RehearsalClockRow } from '../src/engine/db/rehearsal-clock.ts'
import { createWorkers } from '../src/workers.ts'

const START = Date.parse('2026-09-28T09:00:00+08:00')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Something that runs at its time; what is stuck is due and never runs. */
function stage(options: { due: readonly number[]; stuck?: boolean; onRun?: (at: number) => void }) {
  let now = START
  const waiting = [...options.due].sort((a, b) => a - b)
  const ran: { readonly due: number; readonly at: number }[] = []
  const clock = {
    kind: 'rehearsal',
    now: () => now,
    moveTo: async (instant: number) => {
      now = Math.max(now, instant)
    },
    refresh: async () => {},
  } satisfies RehearsalClockRow
  const app = {
    tick: async () => {},
    untilQuiet: async (signal: AbortSignal) => {
      while (!signal.aborted && waiting[0] !== undefined && waiting[0] <= now) {
        ran.push({ due: waiting.shift() ?? 0, at: now })
        options.onRun?.(now)
      }
    },
    nextDue: async () => {
      const at = options.stuck ? START - 1 : waiting[0]
      return at === undefined ? undefined : { at }
    },
    inbox: { drain: async () => {} },
  } as unknown as App
  const logged: string[] = []
  const log = { info: () => {}, warn: () => {}, error: (_: object, message: string) => void logged.push(message) }
  return { clock, ran, logged, workers: createWorkers(app, log, clock, clock.now) }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('moving the rehearsal clock', () => {
  it('stops at each due instant, in order, and ends where it was told', async () => {
    const due = [START + 3 * HOUR, START + HOUR, START + 9 * HOUR]
    const { workers, clock, ran } = stage({ due })
    await workers.advanceTo(START + 8 * HOUR)
    expect(ran).toEqual([START + HOUR, START + 3 * HOUR].map((at) => ({ due: at, at })))
    expect(clock.now()).toBe(START + 8 * HOUR)
  })

  it('one after the other: the second begins where the first ended', async () => {
    const { workers, clock, ran } = stage({ due: [START + HOUR, START + 2 * HOUR] })
    await Promise.all([workers.advanceTo(START + HOUR + 1), workers.advanceTo(START + 3 * HOUR)])
    expect(ran.map(({ at }) => at)).toEqual([START + HOUR, START + 2 * HOUR])
    expect(clock.now()).toBe(START + 3 * HOUR)
  })

  it.each([
    ['back', -1],
    ['nowhere', 0],
    ['further than 400 days', 400 * DAY + 1],
  ])('is refused %s', async (_, ms) => {
    const { workers, clock } = stage({ due: [] })
    await expect(workers.advanceTo(START + ms)).rejects.toThrow(RangeError)
    expect(clock.now()).toBe(START)
  })

  it('is not held up by what is stuck, and skips nothing because of it', async () => {
    vi.useFakeTimers()
    const due = [START + HOUR, START + 5 * HOUR]
    const { workers, clock, ran } = stage({ due, stuck: true })
    const done = workers.advanceTo(START + 8 * HOUR)
    await vi.advanceTimersByTimeAsync(1_000)
    await done
    expect(clock.now()).toBe(START + 8 * HOUR)
    expect(ran.map((one) => one.due)).toEqual(due)
    for (const one of ran) expect(one.at - one.due).toBeLessThan(10 * MINUTE)
  })

  it('ends with its process: what had not been run still lies ahead', async () => {
    const due = [START + HOUR, START + 2 * HOUR]
    const stopped: Promise<void>[] = []
    const { workers, clock, ran } = stage({ due, onRun: () => void stopped.push(workers.stop()) })
    await expect(workers.advanceTo(START + 8 * HOUR)).rejects.toThrow(/process stops/)
    await Promise.all(stopped)
    expect(ran).toHaveLength(1)
    expect(clock.now()).toBe(START + HOUR)
  })

  it('is refused to a clock that is real', async () => {
    const { clock } = stage({ due: [] })
    const workers = createWorkers({} as App, { info() {}, warn() {}, error() {} }, undefined, clock.now)
    await expect(workers.advanceTo(START + 1)).rejects.toThrow(/clock is real/)
  })
})
