/** How it stands with Slack: whether it takes our token, and in Socket Mode whether we are connected. */
import type { Instant } from '#core/clock.ts'
import type { PlatformError } from '#core/errors.ts'
import type { Health } from '#core/platform.ts'
import { TOKEN_REFUSED } from './failures.ts'

/** What is seen is told to it; it never asks. Of several things that are wrong the token comes first. */
export interface HealthWatch {
  /** A call with the bot token has ended: taken when there is no error. */
  called(error: PlatformError | undefined): void
  connected(): void
  /** Not connected, or not yet. `why` is told once for as long as it lasts. */
  disconnected(why: string): void
  health(): Health
  /** Of Socket Mode alone; undefined where this process does not listen. */
  connection(): Health | undefined
}

/** @param now real time */
export function watchHealth(now: () => Instant): HealthWatch {
  let token: Health = { ok: true, detail: 'the token was not refused', since: now() }
  let socket: Health | undefined
  return {
    called(error) {
      if (!error && !token.ok) token = { ok: true, detail: 'the token is taken again', since: now() }
      if (error?.code === undefined || !TOKEN_REFUSED.has(error.code)) return
      token = { ok: false, detail: error.message, since: token.ok ? now() : token.since }
    },
    connected() {
      if (!socket?.ok) socket = { ok: true, detail: 'connected in Socket Mode', since: now() }
    },
    disconnected(why) {
      const since = socket && !socket.ok ? socket.since : now()
      socket = { ok: false, detail: `not connected in Socket Mode: ${why}`, since }
    },
    health: () => (token.ok && socket ? socket : token),
    connection: () => socket,
  }
}
