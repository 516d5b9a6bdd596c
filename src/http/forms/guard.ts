/** Who may send a form page: the page itself, in its own session; and how often a link may be guessed. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Instant, MINUTE_MS } from '#core/clock.ts'

/** Signed with our key over the session, so that no other site and no other session can know it. */
export const csrfOf = (secret: string, session: string): string =>
  createHmac('sha256', secret).update(`form-page:${session}`).digest('base64url')

/** In constant time. */
export function isCsrf(secret: string, session: string, given: string): boolean {
  const [wanted, got] = [Buffer.from(csrfOf(secret, session)), Buffer.from(given)]
  return wanted.length === got.length && timingSafeEqual(wanted, got)
}

/**
 * Whether a browser says that the call comes from our own page. `Origin` is `null` there, because our pages send no
 * referrer; then `Sec-Fetch-Site` tells, which no page can forge. Browsers that send neither are old: the token decides.
 * @param own the origins we are reached under
 */
export function isFromOwnPage(headers: Headers, own: readonly string[]): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  const origin = headers.get('origin')
  return origin === null || origin === 'null' || own.includes(origin)
}

/** So many at once; whoever comes then waits, in the order of coming. */
export function createTurns(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = places
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

const MISSES_MAX = 30
const PEERS_MAX = 1_000

export interface Misses {
  /** A link that is none was asked for. @returns whether it was one too many within a minute */
  note(peer: string): boolean
}

/** Bounded: what is forgotten begins anew. Whoever holds a real link is never stopped by it, many share an address. */
export function createMisses(now: () => Instant): Misses {
  const peers = new Map<string, { since: Instant; count: number }>()
  return {
    note(peer) {
      const known = peers.get(peer)
      const at = now()
      const fresh = known !== undefined && at - known.since < MINUTE_MS && at >= known.since
      const count = fresh ? known.count + 1 : 1
      peers.delete(peer)
      peers.set(peer, { since: fresh ? known.since : at, count })
      const [oldest] = peers.keys()
      if (peers.size > PEERS_MAX && oldest !== undefined) peers.delete(oldest)
      return count > MISSES_MAX
    },
  }
}
