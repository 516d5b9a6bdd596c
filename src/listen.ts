/** Long connections: what comes over them goes to the app, and what their answers carried is marked said, or said again. */
import type { Platform } from '#core/platform.ts'
import type { App, Log } from './app.ts'

/**
 * Listens on every platform that has a connection of its own.
 * @returns stops: takes nothing new, and resolves when what was in hand is answered and marked
 */
export function listenAll(
  platforms: readonly Platform[],
  { deliver, replied }: Pick<App, 'deliver' | 'replied'>,
  log: Log,
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
    try {
      await platform.listen?.(async (event, left) => {
        const answer = await deliver(platform, event)
        const { key } = answer
        // Without `left` an answer has left when it is given.
        if (key && !left) await mark(key, true)
        if (key && left) void left.then((hasLeft) => mark(key, hasLeft))
        return answer
      }, stopping.signal)
    } catch (error) {
      log.error({ err: error, platform: platform.name }, 'a connection ended')
    }
  })
  return async () => {
    stopping.abort()
    await Promise.all(listening)
    await Promise.all([...marking])
  }
}
