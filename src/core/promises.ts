/** Promises that somebody else settles, and waiting for one only as long as a signal allows. No time, no IO. */

export interface Later<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
}

/** A promise whose value is given from outside. */
export function later<T>(): Later<T> {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve: (value) => resolve(value) }
}

/** Undefined when `signal` aborts first. Throws what `work` throws. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined
  const aborted = later<undefined>()
  const stop = () => aborted.resolve(undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
