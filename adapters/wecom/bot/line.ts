/** The connection that is open now, if any, and what is on its way over it. */
import { PlatformError } from '#core/errors.ts'
import type { Connection } from './connection.ts'
import { explain, noConnection } from './failures.ts'

export interface Line {
  readonly isOpen: boolean
  /** The connection that is used from now on; none when undefined, though what is on its way may still be answered. */
  use(connection: Connection | undefined): void
  /**
   * One call and its answer. Called off before it began it was certainly not made; afterwards nobody knows. Throws
   * `PlatformError`, and nothing else.
   * @param limit.withinMs real time for the answer; only the signal's when absent
   */
  call<T>(
    what: string,
    limit: { readonly signal: AbortSignal; readonly withinMs?: number },
    make: (connection: Connection) => Promise<T>,
  ): Promise<T>
  /** Resolves when nothing is on its way, or after so many milliseconds. */
  idle(withinMs: number): Promise<void>
}

export function createLine(): Line {
  let current: Connection | undefined
  const inHand = new Set<Promise<unknown>>()
  return {
    get isOpen() {
      return current !== undefined
    },
    use(connection) {
      current = connection
    },
    async call(what, { signal, withinMs }, make) {
      if (signal.aborted) throw new PlatformError('not-sent', `${what} was called off before it began`)
      if (!current) throw noConnection()
      const work = inTime(what, signal, withinMs, make(current))
      const settled = work.catch(() => {}).finally(() => inHand.delete(settled))
      inHand.add(settled)
      try {
        return await work
      } catch (error) {
        throw explain(what, error)
      }
    },
    async idle(withinMs) {
      const off = new AbortController()
      await inTime('idle', off.signal, withinMs, Promise.all([...inHand])).catch(() => {})
    },
  }
}

async function inTime<T>(
  what: string,
  signal: AbortSignal,
  withinMs: number | undefined,
  work: Promise<T>,
): Promise<T> {
  work.catch(() => {})
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  const over = new Promise<never>((_, reject) => {
    const give = (why: string) => reject(new PlatformError('unknown', `${what} ${why}`, { code: 'no_answer' }))
    stop = () => give('was called off while it was under way')
    signal.addEventListener('abort', stop, { once: true })
    if (withinMs !== undefined) timer = setTimeout(() => give(`was not answered within ${withinMs} ms`), withinMs)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
