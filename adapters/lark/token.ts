/** The token that every call carries: fetched once for all who wait for it, kept until shortly before its end. */
import { type Instant, SECOND_MS } from '#core/clock.ts'
import { TOKEN_MARGIN_MS } from './limits.ts'

export interface FreshToken {
  readonly token: string
  readonly livesS: number
}
export interface Tokens {
  /** Throws what `fetchToken` threw; the next one asks again. */
  get(): Promise<string>
  /** Lark does not take this one any more. */
  drop(token: string): void
}

/** @param now real time */
export function createTokens(fetchToken: () => Promise<FreshToken>, now: () => Instant): Tokens {
  let held: { readonly token: string; readonly until: Instant } | undefined
  let flight: Promise<string> | undefined
  const renew = async () => {
    try {
      const { token, livesS } = await fetchToken()
      const livesMs = livesS * SECOND_MS
      held = { token, until: now() + Math.max(livesMs - TOKEN_MARGIN_MS, livesMs / 2) }
      return token
    } finally {
      flight = undefined
    }
  }
  return {
    get() {
      if (held && now() < held.until) return Promise.resolve(held.token)
      flight ??= renew()
      return flight
    },
    drop(token) {
      if (held?.token === token) held = undefined
    },
  }
}
