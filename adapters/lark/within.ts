/** Giving up on a call when its caller does. */
import { PlatformError } from '#core/errors.ts'

/**
 * The work, or the signal, whichever comes first. Called off before it began it was certainly not sent; a call under way is
 * not taken back by giving up on it, so then it is unknown. Throws `PlatformError` besides what the work throws.
 */
export function within<R>(what: string, signal: AbortSignal, work: () => Promise<R>): Promise<R> {
  if (signal.aborted) return Promise.reject(new PlatformError('not-sent', `${what} was called off before it began`))
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new PlatformError('unknown', `${what} was called off while it was under way`))
    signal.addEventListener('abort', giveUp, { once: true })
    const done = () => signal.removeEventListener('abort', giveUp)
    work().then(resolve, reject).finally(done)
  })
}
