/** The two readings of time: the clock, which can be rehearsed, and real time, which cannot. */

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number

export interface Clock {
  /** The product's time: dates, due times, backoff, pacing, everything people see. May stand still or leap forward. */
  now(): Instant
  readonly kind: 'real' | 'manual' | 'rehearsal'
}

/** Real time: signature age, time-outs, leases, metrics. The only reader of the machine's clock besides {@link realClock}. */
export const realNow = (): Instant => Date.now()

export const realClock: Clock = { kind: 'real', now: realNow }

/** A clock for tests: it stands still until it is moved, and may be moved back. */
export interface ManualClock extends Clock {
  /** Moves by `ms`, negative to go back. */
  advance(ms: number): void
  set(instant: Instant): void
}

/** @param start an ISO instant with its offset, as `2026-09-28T09:00:00+08:00` */
export function manualClock(start: string): ManualClock {
  let now = Date.parse(start)
  if (Number.isNaN(now)) throw new Error(`${start} is not an instant: write 2026-09-28T09:00:00+08:00`)
  return {
    kind: 'manual',
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    set: (instant) => {
      now = instant
    },
  }
}

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
