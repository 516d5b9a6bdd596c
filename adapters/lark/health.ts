/** How it stands with Lark: whether it takes our credentials, and with a long connection whether we are connected. */
import type { Instant } from '#core/clock.ts'
import type { PlatformError } from '#core/errors.ts'
import type { Health } from '#core/platform.ts'
import { isCredentialRefused } from './failures.ts'

/** What is seen is told to it; it never asks. Of several things that are wrong the credentials come first. */
export interface HealthWatch {
  /** A call has ended: taken when there is no error. */
  called(error: PlatformError | undefined): void
  connected(): void
  /** Not connected, or not yet. */
  disconnected(why: string): void
  health(): Health
  /** Of the long connection alone; undefined where this process does not listen. */
  connection(): Health | undefined
}

/** @param now real time */
export function watchHealth(now: () => Instant): HealthWatch {
  let credentials: Health = { ok: true, detail: 'the credentials were not refused', since: now() }
  let line: Health | undefined
  return {
    called(error) {
      if (!error && !credentials.ok) credentials = { ok: true, detail: 'the credentials are taken again', since: now() }
      if (!error || !isCredentialRefused(error.code)) return
      credentials = { ok: false, detail: error.message, since: credentials.ok ? now() : credentials.since }
    },
    connected() {
      if (!line?.ok) line = { ok: true, detail: 'connected by long connection', since: now() }
    },
    disconnected(why) {
      line = { ok: false, detail: `not connected: ${why}`, since: line && !line.ok ? line.since : now() }
    },
    health: () => (credentials.ok && line ? line : credentials),
    connection: () => line,
  }
}
