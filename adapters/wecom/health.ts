/** How it stands with the app: whether WeCom lets us in. */
import type { Instant } from '#core/clock.ts'
import type { PlatformError } from '#core/errors.ts'
import type { Health } from '#core/platform.ts'
import { LOCKED_OUT } from './failures.ts'

export interface HealthWatch {
  /** A call of ours has ended: taken when there is no error. */
  called(error: PlatformError | undefined): void
  /** WeCom has called us, and it was authentic. */
  heard(): void
  health(): Health
  /** When WeCom called last, real time; undefined when it has not since this process began. */
  heardAt(): Instant | undefined
}

/** @param now real time */
export function watchHealth(now: () => Instant): HealthWatch {
  let state: Health = { ok: true, detail: 'WeCom has refused nothing', since: now() }
  let heardAt: Instant | undefined
  return {
    called(error) {
      if (!error && !state.ok) state = { ok: true, detail: 'WeCom lets us in again', since: now() }
      if (error?.code === undefined || !LOCKED_OUT.has(error.code)) return
      state = { ok: false, detail: error.message, since: state.ok ? now() : state.since }
    },
    heard() {
      heardAt = now()
    },
    health: () => state,
    heardAt: () => heardAt,
  }
}
