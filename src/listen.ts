/** Long connections: what comes over them goes to the app, and what their answers carried is marked said, or said again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Deliver, Platform } from '#core/platform.ts'
import type { App, Log } from './app.ts'

/** Adapters connect again by themselves; what still ends with an error (an SDK that could not be loaded) is begun anew. */
const AGAIN_AFTER_MS = 5_000
const AGAIN_AFTER_MS_MAX = 60_000

/**
 * Listens on every platform that has a connection of its own.
 * @param againAfterMs real time before one that failed is begun anew; twice as long each time, up to a minute
 * @returns stops: takes nothing new, and resolves when what was in hand is answered and marked
 */
export function listenAll(
  platforms: readonly Platform[],
  { deliver, replied }: Pick<App, 'deliver' | 'replied'>,
  log: Log,
  againAfterMs = AGAIN_AFTER_MS,
): () => Promise<void> {
  const stopping = new AbortController()
  const marking = new Set<Promise<void>>()
  const mark = (key: string, left: boolean): Promise<void> => {
    const work = replied([key], left)
      .catch((error: unknown) => log.error({ err: error }, 'a reply could not be marked'))
      .finally(() => marking.delete(work))
    marking.add(work)
    return work
  }
  const listening = platforms.map(async (platform) => {
    const hear: Deliver = async (event, left) => {
      const answer = await deliver(platform, event)
      const { key } = answer
      // Without `left` an answer has left when it is given.
      if (key && !left) await mark(key, true)
      if (key && left) void left.then((hasLeft) => mark(key, hasLeft))
      return answer
    }
    for (let waitMs = againAfterMs; platform.listen; waitMs = Math.min(waitMs * 2, AGAIN_AFTER_MS_MAX)) {
      try {
        return await platform.listen(hear, stopping.signal)
      } catch (error) {
        log.error({ err: error, platform: platform.name, againAfterMs: waitMs }, 'a connection ended')
      }
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
    }
  })
  return async () => {
    stopping.abort()
    await Promise.all(listening)
    await Promise.all([...marking])
  }
}
