/** Giving up on a call when its caller does. */
import { PlatformError } from '#core/errors.ts'

/**
 * The call, or the signal, whichever comes first. Called off before it began it was certainly not sent; a request that is
 * under way is not taken back by giving up on it, so then it is unknown. Throws `PlatformError`.
 */
export async function within<R>(what: string, signal: AbortSignal, make: () => Promise<R>): Promise<R> {
  if (signal.aborted) throw new PlatformError('not-sent', `${what} was called off before it began`)
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new PlatformError('unknown', `${what} was called off while it was under way`))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([make(), aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
