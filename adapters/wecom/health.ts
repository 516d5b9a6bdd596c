/** How it stands with the app: whether WeCom lets us in, and when it called us last. The smart bot has a watch of its own. */
import type { Instant } from '#core/clock.ts'
import { type HealthWatch as Watch, watchHealth as watch } from '#core/health.ts'
import { LOCKED_OUT } from './failures.ts'

export interface HealthWatch extends Pick<Watch, 'called' | 'health'> {
  /** WeCom has called us, and it was authentic. */
  heard(): void
  /** When WeCom called last, real time; undefined when it has not since this process began. */
  heardAt(): Instant | undefined
}

/** @param now real time */
export function watchHealth(now: () => Instant): HealthWatch {
  let heardAt: Instant | undefined
  const { called, health } = watch(now, {
    fine: 'WeCom has refused nothing',
    again: 'WeCom lets us in again',
    connected: 'connected',
    notConnected: 'not connected',
    isShutOut: ({ code }) => code !== undefined && LOCKED_OUT.has(code),
  })
  return {
    called,
    health,
    heard() {
      heardAt = now()
    },
    heardAt: () => heardAt,
  }
}
