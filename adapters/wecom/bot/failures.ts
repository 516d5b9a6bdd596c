/**
 * What a failed call over the smart bot's connection means for the outbox. Pure. Messages name the call and WeCom's number,
 * never a body.
 */
import { PlatformError } from '#core/errors.ts'
import { explainCode } from '../failures.ts'
import { BLOCKED_MS } from './limits.ts'

/** A card with this task id is there already. https://developer.work.weixin.qq.com/document/path/90313 */
const CARD_IS_THERE = '42014'
export const isThereAlready = (error: unknown): boolean =>
  error instanceof PlatformError && error.code === CARD_IS_THERE

/** The SDK rejects with the answer itself where WeCom said no. */
export function errcodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

/** From what the SDK threw. */
export function explain(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error
  const errcode = errcodeOf(error)
  if (errcode !== undefined) return refusal(what, errcode)
  const words = error instanceof Error ? error.message : ''
  // The SDK's own words: it gives no codes.
  if (words.startsWith('WebSocket not connected')) return noConnection()
  // Uploads pack the answer into their words.
  const packed = /"errcode":\s*(-?\d+)/.exec(words)?.[1]
  if (packed !== undefined && packed !== '0') return refusal(what, Number(packed))
  const code = words.startsWith('Reply ack timeout') ? 'no_answer' : 'broken'
  return new PlatformError('unknown', `WeCom did not answer ${what}`, { cause: error, code })
}

function refusal(what: string, errcode: number): PlatformError {
  const { kind } = explainCode(what, errcode, '')
  // A limit of one conversation, not of the bot.
  const wait = kind === 'rate-limited' ? { retryAfterMs: BLOCKED_MS } : {}
  return new PlatformError(kind, `WeCom refused ${what}: ${errcode}`, { code: String(errcode), ...wait })
}

export const noConnection = (): PlatformError =>
  new PlatformError('not-sent', 'This process has no connection to the smart bot', { code: 'no_connection' })
