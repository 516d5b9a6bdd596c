/** Which occurrences are run and which are left out, and why. Pure. */
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import type { CatchUp } from '../feature.ts'
import type { SkipReason } from './repository/occurrences.ts'

/** What comes up more than so long after it was due is late, and says so. */
export const LATE_AFTER_MS = 5 * MINUTE_MS
/** After a long sleep at most so many late jobs of one schedule are made at a time. */
export const LATE_AT_ONCE_MAX = 20

export interface Plan {
  /** Oldest first. */
  readonly run: readonly { readonly due: Instant; readonly late: boolean }[]
  readonly skip: readonly { readonly due: Instant; readonly reason: SkipReason }[]
  /** Everything up to here has been decided: `now`, or the last late one when there were too many to run at once. */
  readonly until: Instant
}

/**
 * Decides about the occurrences since the last look.
 *
 * Older than `freshForMinutes` (exactly as old is fresh): left out as `stale`. Of the others, `once` runs the newest, and
 * those before it are `superseded`; `each` runs all; `skip` runs those that come up within 5 minutes of their time, and the
 * rest are `missed`.
 * @param dues in order, none after `now`
 */
export function planOf(dues: readonly Instant[], now: Instant, { missed, freshForMinutes }: CatchUp): Plan {
  const isFresh = (due: Instant) => now - due <= freshForMinutes * MINUTE_MS
  const isLate = (due: Instant) => now - due > LATE_AFTER_MS
  const fresh = dues.filter(isFresh)
  const left = {
    once: { run: fresh.slice(-1), skip: fresh.slice(0, -1), reason: 'superseded' },
    each: { run: fresh, skip: [], reason: 'missed' },
    skip: { run: fresh.filter((due) => !isLate(due)), skip: fresh.filter(isLate), reason: 'missed' },
  } as const satisfies Record<CatchUp['missed'], { run: Instant[]; skip: Instant[]; reason: SkipReason }>
  const { run, skip, reason } = left[missed]
  // Too many to run at once: everything after the last of these is decided at the next look.
  const last = run.filter(isLate).length > LATE_AT_ONCE_MAX ? run[LATE_AT_ONCE_MAX - 1] : undefined
  const until = last ?? now
  return {
    run: run.filter((due) => due <= until).map((due) => ({ due, late: isLate(due) })),
    skip: [
      ...dues.filter((due) => !isFresh(due)).map((due) => ({ due, reason: 'stale' }) as const),
      ...skip.map((due) => ({ due, reason })),
    ],
    until,
  }
}
