/** How it stands with the smart bot's connection, as far as this process has seen. */
import type { Instant } from '#core/clock.ts'
import type { Health } from '#core/platform.ts'

export interface BotHealth {
  connected(): void
  /** Not connected although it should be. `why` with the remedy. */
  disconnected(why: string): void
  /** This process does not listen, or no longer. */
  idle(): void
  health(): Health
}

/** What holds of a process that does not listen. */
export const IDLE = 'another process holds the connection of the smart bot, or this one is about to take it'

/** @param now real time */
export function watchBot(now: () => Instant): BotHealth {
  let state: Health = { ok: true, detail: IDLE, since: now() }
  const become = (ok: boolean, detail: string) => {
    state = { ok, detail, since: state.ok === ok && (!ok || state.detail === detail) ? state.since : now() }
  }
  return {
    connected: () => become(true, 'the smart bot is connected'),
    disconnected: (why) => become(false, `the smart bot is not connected: ${why}`),
    idle: () => become(true, IDLE),
    health: () => state,
  }
}
