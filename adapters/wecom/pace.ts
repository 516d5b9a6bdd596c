/** WeCom drops what is too much for one member without a word: so much is kept in hand here, whatever a message takes. */
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'

export interface Pace {
  /** Takes `count` sends to a place, all or none. Throws `PlatformError('rate-limited')` with the wait. */
  take(place: string, count: number): void
}

/** Places kept in mind: the oldest are forgotten first. */
const PLACES_MAX = 20_000

/** @param now real time */
export function createPace({ sends, perMs }: { sends: number; perMs: number }, now: () => Instant): Pace {
  const taken = new Map<string, readonly Instant[]>()
  return {
    take(place, count) {
      const at = now()
      const recent = (taken.get(place) ?? []).filter((instant) => instant > at - perMs)
      const over = recent.length + count - sends
      // A message that is more than a whole measure goes once nothing else did.
      if (over > 0 && recent.length > 0) {
        const frees = recent[Math.min(over, recent.length) - 1] ?? at
        throw new PlatformError('rate-limited', `WeCom takes ${sends} messages in ${perMs / 1000} s there`, {
          retryAfterMs: Math.max(1, frees + perMs - at),
          code: 'own_pace',
        })
      }
      taken.delete(place)
      taken.set(place, [...recent, ...Array.from({ length: count }, () => at)])
      const [oldest] = taken.size > PLACES_MAX ? taken.keys() : []
      if (oldest !== undefined) taken.delete(oldest)
    },
  }
}
