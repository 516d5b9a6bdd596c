/** WeCom drops what is too much for one member without a word: so much is kept in hand here, whatever a message takes. */
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { remembering } from './remembering.ts'

export interface Pace {
  /** Takes `count` sends to a place, all or none. Throws `PlatformError('rate-limited')` with the wait. */
  take(place: string, count: number): void
}
/** At most so many sends in so many milliseconds. */
export interface Measure {
  readonly sends: number
  readonly perMs: number
}

/** Places kept in mind. */
const PLACES_MAX = 20_000

/**
 * Keeps every one of the measures.
 * @param now real time
 */
export function createPace(measures: readonly Measure[], now: () => Instant): Pace {
  const taken = remembering<readonly Instant[]>(PLACES_MAX)
  const longestMs = Math.max(...measures.map(({ perMs }) => perMs))
  return {
    take(place, count) {
      const at = now()
      const recent = (taken.get(place) ?? []).filter((instant) => instant > at - longestMs)
      for (const { sends, perMs } of measures) {
        const within = recent.filter((instant) => instant > at - perMs)
        const over = within.length + count - sends
        // A message that is more than a whole measure goes once nothing else did.
        if (over <= 0 || within.length === 0) continue
        const frees = within[Math.min(over, within.length) - 1] ?? at
        throw new PlatformError('rate-limited', `WeCom takes ${sends} messages in ${perMs / 1000} s there`, {
          retryAfterMs: Math.max(1, frees + perMs - at),
          code: 'own_pace',
        })
      }
      taken.set(place, [...recent, ...Array.from({ length: count }, () => at)])
    },
  }
}
