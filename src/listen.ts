/** Long connections: what comes over them goes to the app, and what their answers carried is marked said, or said again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '#core/log.ts'
import type { Deliver, Platform } from '#core/platform.ts'
import type { Database } from '#engine/db/transaction.ts'
import type { App } from './app.ts'

/** Adapters connect again by themselves; what still ends with an error (an SDK that could not be loaded) is begun anew. */
const AGAIN_AFTER_MS = 5_000
const AGAIN_AFTER_MS_MAX = 60_000

/**
 * Listens on every platform that has a connection of its own; on one that gives it to a single process, while this process
 * holds the lease for it. Throws when there is such a platform and no `lease`.
 * @param againAfterMs real time before one that failed is begun anew; twice as long each time, up to a minute
 * @returns stops: takes nothing new, and resolves when what was in hand is answered and marked
 */
export function listenAll(
  platforms: readonly Platform[],
  { deliver, replied, lease }: Pick<App, 'deliver' | 'replied'> & Partial<Pick<Database, 'lease'>>,
  log: Log,
  againAfterMs = AGAIN_AFTER_MS,
): () => Promise<void> {
  const alone = platforms.find(({ listensAlone }) => listensAlone)
  if (alone && !lease) throw new Error(`${alone.name} takes one connection: without a lease nobody may listen on it`)
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
    const listen = platform.listen?.bind(platform)
    if (!listen) return
    const turn = platform.listensAlone && lease ? underLease(platform.name, lease, listen, log) : listen
    for (let waitMs = againAfterMs; !stopping.signal.aborted; waitMs = Math.min(waitMs * 2, AGAIN_AFTER_MS_MAX)) {
      try {
        return await turn(hear, stopping.signal)
      } catch (error) {
        log.error({ err: error, platform: platform.name, againAfterMs: waitMs }, 'a connection ended')
      }
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })
  return async () => {
    stopping.abort()
    await Promise.all(listening)
    await Promise.all([...marking])
  }
}

type Listen = NonNullable<Platform['listen']>

/**
 * The same, while the lease is held: who loses it falls silent at once and waits for it again, and who stops gives it back
 * when nothing is heard any more.
 */
function underLease(name: string, lease: Database['lease'], listen: Listen, log: Log): Listen {
  return async (deliver, signal) => {
    while (!signal.aborted) {
      const held = await lease(`listen ${name}`, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      if (!held) return
      log.info({ platform: name }, 'this process holds the connection')
      try {
        await listen(deliver, AbortSignal.any([signal, held.lost]))
      } finally {
        await held.release()
      }
      // It has ended by itself: whoever closed it wants no new one.
      if (!held.lost.aborted) return
      if (!signal.aborted) log.warn({ platform: name }, 'the connection is left to another process: the lease was lost')
    }
  }
}
