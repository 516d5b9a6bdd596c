/** What travels with our messages so that they are known again: task ids, marks, and what a button brings back. Pure. */
import { createHash } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import { BUTTON_KEY_BYTES_MAX, DUPLICATE_CHECK_MAX_S, DUPLICATE_CHECK_VARIANTS } from './limits.ts'
import { bytesOf } from './measure.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Of the card that is sent under this key: digits, letters, `_` and `-`, the same for the same key. path/90236 */
export const taskIdOf = (key: string): string => `bz-${digest(key).toString('base64url').slice(0, 40)}`

/** A menu of several cards has several ids, each of which begins with that of the message. See {@link taskIdOf}. */
export const messageIdOf = (taskId: string): string => /^bz-[\w-]{40}/.exec(taskId)?.[0] ?? taskId

/** Characters without any width, of which none joins emoji and all are ignored in what people type. */
const INVISIBLE = ['\u200B', '\u2060', '\uFEFF'] as const
const MARK_CHARS = 10
/** How many bytes {@link markOf} takes. */
export const MARK_BYTES = MARK_CHARS * 3

/**
 * Two notices of the same words within four hours must both arrive, one that is sent twice must arrive once: this makes the
 * first two differ and the last two not, unseen. See docs/decisions/017.
 */
export function markOf(id: string): string {
  const bytes = digest(`mark ${id}`)
  return Array.from({ length: MARK_CHARS }, (_, n) => INVISIBLE[(bytes[n] ?? 0) % INVISIBLE.length]).join('')
}

/** The same by another way: how far back WeCom is asked to look for the same request, in seconds. */
export const lookBackSOf = (id: string): number =>
  DUPLICATE_CHECK_MAX_S - 1 - (digest(`interval ${id}`).readUInt16BE(0) % (DUPLICATE_CHECK_VARIANTS - 1))

/** What a press brings back: which button of its card, what it fires with which value, and the key of the message. */
export interface Pressed {
  readonly kind: 'button' | 'select'
  readonly action: string
  readonly value: string
  readonly sentKey?: string
}

/**
 * `b0|leave.approve|c12-…|{"id":7}`: `n` sets apart two buttons of the same meaning, for keys must differ in a card. A key of
 * ours that leaves no room is left out. Throws `PlatformError('refused')` when the value alone is too large.
 */
export function buttonKey(kind: Pressed['kind'], n: number, action: string, sentKey: string, value: string): string {
  const head = `${kind === 'button' ? 'b' : 's'}${n}|${encodeURIComponent(action)}|`
  const whole = `${head}${encodeURIComponent(sentKey)}|${value}`
  const written = bytesOf(whole) <= BUTTON_KEY_BYTES_MAX ? whole : `${head}|${value}`
  if (bytesOf(written) <= BUTTON_KEY_BYTES_MAX) return written
  throw new PlatformError('refused', `The value of the button of ${action} is more than WeCom takes`, {
    code: 'too_large',
  })
}

/** Undefined for what is not of ours. */
export function readButtonKey(key: string): Pressed | undefined {
  const [, kind, action, sentKey, value] = /^([bs])\d+\|([^|]+)\|([^|]*)\|(.*)$/s.exec(key) ?? []
  if (action === undefined || value === undefined) return undefined
  try {
    const sent = decodeURIComponent(sentKey ?? '')
    return {
      kind: kind === 's' ? 'select' : 'button',
      action: decodeURIComponent(action),
      value,
      ...(sent === '' ? {} : { sentKey: sent }),
    }
  } catch {
    return undefined
  }
}

/** A key of deduplication of at most 200 characters, whatever WeCom's own ids are. */
export const eventKey = (kind: string, id: string): string =>
  `${kind}:${id.length <= 150 ? id : digest(id).toString('hex')}`
