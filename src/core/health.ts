/** How it stands with a platform, as an adapter sees it by its own calls and its own connection: it never asks. */
import type { Instant } from './clock.ts'
import type { PlatformError } from './errors.ts'
import type { Health } from './platform.ts'

/** Of several things that are wrong what we are let in with comes first. */
export interface HealthWatch {
  /** A call has ended: taken when there is no error. */
  called(error: PlatformError | undefined): void
  connected(): void
  /** Not connected, or not yet. `why` is told once for as long as it lasts. */
  disconnected(why: string): void
  health(): Health
  /** Of the connection alone; undefined where this process does not listen. */
  connection(): Health | undefined
}

export interface HealthWords {
  /** While nothing was refused. */
  readonly fine: string
  /** After a refusal, once a call was taken. */
  readonly again: string
  readonly connected: string
  /** Followed by the reason. */
  readonly notConnected: string
  /** Does it say that we are not let in any more: a token, a secret, an address that is not taken? */
  isShutOut(error: PlatformError): boolean
}

/** @param now real time */
export function watchHealth(now: () => Instant, words: HealthWords): HealthWatch {
  let access: Health = { ok: true, detail: words.fine, since: now() }
  let line: Health | undefined
  return {
    called(error) {
      if (!error && !access.ok) access = { ok: true, detail: words.again, since: now() }
      if (!error || !words.isShutOut(error)) return
      access = { ok: false, detail: error.message, since: access.ok ? now() : access.since }
    },
    connected() {
      if (!line?.ok) line = { ok: true, detail: words.connected, since: now() }
    },
    disconnected(why) {
      const since = line && !line.ok ? line.since : now()
      line = { ok: false, detail: `${words.notConnected}: ${why}`, since }
    },
    health: () => (access.ok && line ? line : access),
    connection: () => line,
  }
}
