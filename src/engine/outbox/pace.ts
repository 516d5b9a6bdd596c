/** How fast messages may leave, for one conversation or for a whole platform. Pure; two processes share the row it works on. */
import type { Instant } from '#core/clock.ts'

/** From the platform's limits: at most `sends` in `perMs`. */
export interface PaceLimit {
  readonly sends: number
  readonly perMs: number
}
/** A window begins with its first send and is over `perMs` later; over the border of two windows up to twice as many may leave. */
export interface Pace {
  readonly windowFrom: Instant
  readonly sends: number
  /** The platform asked us to wait: nothing leaves before this instant. */
  readonly blockedTill: Instant | undefined
}

/** How many may leave now. A window that begins in the future, after the clock was set back, does not count. */
export function allowance(pace: Pace | undefined, limit: PaceLimit, now: Instant): number {
  if (pace === undefined) return limit.sends
  if (pace.blockedTill !== undefined && now < pace.blockedTill) return 0
  return isCurrent(pace, limit, now) ? Math.max(0, limit.sends - pace.sends) : limit.sends
}

/** The pace after `count` more have left. */
export function spend(pace: Pace | undefined, limit: PaceLimit, now: Instant, count: number): Pace {
  if (pace === undefined || !isCurrent(pace, limit, now))
    return { windowFrom: now, sends: count, blockedTill: pace?.blockedTill }
  return { ...pace, sends: pace.sends + count }
}

/** The earliest instant, `now` or later, at which one more may leave. */
export function freeAt(pace: Pace | undefined, limit: PaceLimit, now: Instant): Instant {
  if (pace === undefined || allowance(pace, limit, now) > 0) return now
  const blocked = Math.max(now, pace.blockedTill ?? now)
  return allowance({ ...pace, blockedTill: undefined }, limit, blocked) > 0 ? blocked : pace.windowFrom + limit.perMs
}

function isCurrent(pace: Pace, limit: PaceLimit, now: Instant): boolean {
  return pace.windowFrom <= now && now < pace.windowFrom + limit.perMs
}
