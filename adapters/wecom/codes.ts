/**
 * The response codes of cards that are not spent yet. One comes with the card and one with each press on it, and each changes
 * it once; the engine keeps the newest, this process the others, so that a card can be changed after the change that a press
 * made. What is forgotten costs no more than a new message in place of a change.
 */
import type { Instant } from '#core/clock.ts'
import { RESPONSE_CODE_LIVES_MS } from './limits.ts'

export interface Codes {
  learn(taskId: string, code: string): void
  spend(taskId: string, code: string): void
  /** Those that may still change it, the newest first. */
  of(taskId: string): readonly string[]
}

/** Cards kept in mind: the oldest are forgotten first. */
const CARDS_MAX = 20_000
/** More than a card is changed without a press. */
const CODES_MAX = 4

/** @param now real time */
export function createCodes(now: () => Instant): Codes {
  const known = new Map<string, readonly { readonly code: string; readonly at: Instant }[]>()
  const alive = (taskId: string) => (known.get(taskId) ?? []).filter(({ at }) => at > now() - RESPONSE_CODE_LIVES_MS)
  return {
    learn(taskId, code) {
      const others = alive(taskId).filter((one) => one.code !== code)
      known.delete(taskId)
      known.set(taskId, [{ code, at: now() }, ...others].slice(0, CODES_MAX))
      const [oldest] = known.size > CARDS_MAX ? known.keys() : []
      if (oldest !== undefined) known.delete(oldest)
    },
    spend(taskId, code) {
      const left = alive(taskId).filter((one) => one.code !== code)
      if (left.length > 0) known.set(taskId, left)
      else known.delete(taskId)
    },
    of: (taskId) => alive(taskId).map(({ code }) => code),
  }
}
