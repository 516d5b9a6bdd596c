/** Slack's means of answering and editing later, as the opaque strings that travel through the engine. */
import type { Instant } from '#core/clock.ts'
import { RESPONSE_URL_LIVES_MS } from './limits.ts'

export interface Handle {
  /** A response URL, for 30 minutes from `at`. */
  readonly url?: string
  /** Opens one modal, for 3 s from `at`. */
  readonly trigger?: string
  /** Real time at which Slack handed it out. */
  readonly at: Instant
  /** The message is seen by one person only: chat.update cannot reach it. */
  readonly ephemeral?: true
}

export const writeHandle = (handle: Handle): string => JSON.stringify(handle)

/** Undefined for what is absent or was not written by {@link writeHandle}: a handle is a convenience, never a duty. */
export function readHandle(text: string | undefined): Handle | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isHandle(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHandle(value: unknown): value is Handle {
  if (typeof value !== 'object' || value === null) return false
  const { at, url, trigger } = value as Record<keyof Handle, unknown>
  const optional = (part: unknown) => part === undefined || typeof part === 'string'
  return typeof at === 'number' && optional(url) && optional(trigger)
}

/** The response URL while it lives. */
export function liveUrl(handle: Handle | undefined, now: Instant): string | undefined {
  return handle?.url !== undefined && now - handle.at < RESPONSE_URL_LIVES_MS ? handle.url : undefined
}
