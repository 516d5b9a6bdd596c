/**
 * The response codes of cards that are not spent yet. One comes with the card and one with each press on it, and each changes
 * that card once; the engine keeps the newest, this process the others, so that a card can be changed after the change that a
 * press made, and the other cards of a long menu can be closed. What is forgotten costs no more than a new message in place
 * of a change.
 */
import type { Instant } from '#core/clock.ts'
import { messageIdOf } from './ids.ts'
import { RESPONSE_CODE_LIVES_MS } from './limits.ts'
import { remembering } from './remembering.ts'

/** A code, and the card that it changes. */
export interface Code {
  readonly taskId: string
  readonly code: string
}
export interface Codes {
  learn(code: Code): void
  spend(code: Code): void
  /** Those that may still change a card of this message, the newest first. */
  of(messageId: string): readonly Code[]
}

/** Messages kept in mind. */
const MESSAGES_MAX = 20_000
/** More than the cards of a message are changed without a press. */
const CODES_MAX = 12

/** @param now real time */
export function createCodes(now: () => Instant): Codes {
  const known = remembering<readonly (Code & { readonly at: Instant })[]>(MESSAGES_MAX)
  const alive = (messageId: string) =>
    (known.get(messageId) ?? []).filter(({ at }) => at > now() - RESPONSE_CODE_LIVES_MS)
  const besides = ({ taskId, code }: Code) => alive(messageIdOf(taskId)).filter((one) => one.code !== code)
  return {
    learn: (code) =>
      known.set(messageIdOf(code.taskId), [{ ...code, at: now() }, ...besides(code)].slice(0, CODES_MAX)),
    spend: (code) => known.set(messageIdOf(code.taskId), besides(code)),
    of: alive,
  }
}

/** How a code is kept with its message: which of its cards it changes, where that is not the first. */
export function handleOf({ taskId, code }: Code): string {
  const rest = taskId.slice(messageIdOf(taskId).length)
  return rest === '' ? code : `${code} ${rest}`
}
export function readHandle(messageId: string, handle: string): Code {
  const [code = '', rest = ''] = handle.split(' ')
  return { taskId: messageId + rest, code }
}
