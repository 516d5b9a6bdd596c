/** The minute bell: it rings at the full minute, never twice at once, and survives what it wakes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MINUTE_MS } from '../../../src/core/clock.ts'
import { createRing } from '../../../src/engine/jobs/ring.ts'
import { report } from './support.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-09-28T09:00:30+08:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the minute bell', () => {
  it('rings at each full minute from start to stop, once however often it was started', async () => {
    const rung: string[] = []
    const ring = createRing({
      log: report(),
      async onRing() {
        rung.push(new Date(Date.now()).toISOString().slice(11, 19))
      },
    })
    ring.start()
    ring.start()
    await vi.advanceTimersByTimeAsync(29_000)
    expect(rung).toEqual([])
    await vi.advanceTimersByTimeAsync(3 * MINUTE_MS)
    expect(rung).toEqual(['01:01:00', '01:02:00', '01:03:00'])
    await ring.stop()
    await vi.advanceTimersByTimeAsync(3 * MINUTE_MS)
    expect(rung).toHaveLength(3)
    ring.start()
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    expect(rung).toHaveLength(4)
    await ring.stop()
  })

  it('reports what it woke and failed, and rings again', async () => {
    const log = report()
    let rung = 0
    const ring = createRing({
      log,
      async onRing() {
        rung++
        throw new Error('the database is away')
      },
    })
    ring.start()
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS)
    await ring.stop()
    expect(rung).toBe(2)
    expect(log.lines).toEqual([
      'error Looking at the schedules failed; the next minute tries again',
      'error Looking at the schedules failed; the next minute tries again',
    ])
  })

  it('does not ring while the last ring is still being answered, and a stop waits for that answer', async () => {
    const log = report()
    let rung = 0
    let answered = () => {}
    const ring = createRing({
      log,
      onRing() {
        rung++
        return new Promise<void>((resolve) => {
          answered = resolve
        })
      },
    })
    ring.start()
    await vi.advanceTimersByTimeAsync(3 * MINUTE_MS)
    expect(rung).toBe(1)
    expect(log.lines).toHaveLength(2)
    expect(log.lines[0]).toMatch(/^warn The minute bell: /)
    let stopped = false
    const stop = ring.stop().then(() => {
      stopped = true
    })
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    expect(stopped).toBe(false)
    answered()
    await stop
    expect(rung).toBe(1)
  })
})
