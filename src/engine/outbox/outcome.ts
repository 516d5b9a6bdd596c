/** What follows from a try: the rules by which a row is sent, tried again, said elsewhere, listed or given up. Pure. */
import type { Instant } from '#core/clock.ts'
import { PlatformError, type PlatformErrorKind } from '#core/errors.ts'
import type { PlatformLimits, SentAs } from '#core/platform.ts'
import {
  type Address,
  ATTEMPTS_MAX,
  BACKOFF_FACTOR,
  BACKOFF_FIRST_MS,
  BACKOFF_MAX_MS,
  type Claimed,
  directTo,
  RETRY_AFTER_DEFAULT_MS,
  type Trouble,
} from './row.ts'

/** How a try ended. `operation` is what was tried at last: an edit that was impossible may have become a send. */
export type Outcome =
  | { readonly kind: 'sent'; readonly operation: 'send' | 'edit'; readonly sentAs: SentAs }
  | {
      readonly kind: 'failed'
      readonly operation: 'send' | 'edit'
      readonly error: PlatformErrorKind
      readonly message: string
      readonly retryAfterMs?: number
      readonly appWide?: boolean
      /** An earlier try may have put the message there, and this one has not cleared it up. */
      readonly uncertain: boolean
    }
  /** Nobody can tell whether it is there, and nobody ever will. */
  | { readonly kind: 'cannot-tell'; readonly message: string }
  /** A quiet card that cannot be changed any more. */
  | { readonly kind: 'nothing-to-do'; readonly message: string }

/** What becomes of the row. */
export type Next =
  | { readonly to: 'sent'; readonly operation: 'send' | 'edit'; readonly sentAs: SentAs }
  | {
      readonly to: 'waiting'
      readonly operation: 'send' | 'edit'
      readonly dueAt: Instant
      readonly attempts: number
      readonly errorKind: Trouble | undefined
      readonly lastError: string
      /** False where nothing failed: the platform asked to wait, or another way is taken. */
      readonly failed: boolean
      /** Where it goes from now on, when it goes elsewhere. */
      readonly address?: Address
      /** Nothing leaves for this pace before `till`. */
      readonly block?: { readonly pace: string; readonly till: Instant }
    }
  | {
      readonly to: 'dead' | 'unknown'
      readonly errorKind: Trouble
      readonly lastError: string
      readonly attempts: number
    }
  | { readonly to: 'dropped'; readonly lastError: string }

export type RuleLimits = Pick<PlatformLimits, 'afterUnknown'>

/**
 * @param limits of the row's platform
 * @param now by the clock
 */
export function nextOf(row: Claimed, outcome: Outcome, limits: RuleLimits, now: Instant): Next {
  switch (outcome.kind) {
    case 'sent':
      return { to: 'sent', operation: outcome.operation, sentAs: outcome.sentAs }
    case 'nothing-to-do':
      return { to: 'dropped', lastError: outcome.message }
    case 'cannot-tell':
      return elsewhere(row, outcome.message) ?? listed(row, 'unknown', outcome.message)
    case 'failed':
      return afterFailure(row, outcome, limits, now)
  }
}

type Failure = Outcome & { kind: 'failed' }

function afterFailure(row: Claimed, failure: Failure, limits: RuleLimits, now: Instant): Next {
  const { error, operation, message } = failure
  const uncertain = operation === 'send' && (failure.uncertain || error === 'unknown')
  switch (error) {
    case 'rate-limited':
      return {
        to: 'waiting',
        operation,
        dueAt: row.dueAt,
        attempts: row.attempts,
        errorKind: uncertain ? 'unknown' : 'rate-limited',
        lastError: message,
        failed: false,
        block: {
          pace: failure.appWide ? row.platform : row.conversation,
          till: now + waitOf(failure.retryAfterMs),
        },
      }
    case 'gone':
      if (operation === 'edit') return withoutEdit(row, message)
      // Whether it was there before it was gone does not matter to the one who is to read it.
      return elsewhere(row, message) ?? given(row, uncertain, 'gone', message)
    case 'refused':
    case 'not-authentic':
      return given(row, uncertain, error, message)
    case 'not-sent':
      return again(row, operation, uncertain, 'not-sent', message, now)
    case 'unknown':
      return operation === 'edit'
        ? again(row, operation, false, 'unknown', message, now) // An edit says the same however often it is said.
        : afterUnknown(row, message, limits, now)
  }
}

function afterUnknown(row: Claimed, message: string, limits: RuleLimits, now: Instant): Next {
  if (limits.afterUnknown === 'repeat') return again(row, 'send', true, 'unknown', message, now)
  const direct = elsewhere(row, message)
  if (direct) return direct
  if (limits.afterUnknown === 'list') return listed(row, 'unknown', message)
  const next = again(row, 'send', true, 'unknown', message, now)
  // It is looked for at once; when that leads to another unknown send, with patience.
  return next.to === 'waiting' && row.attempts === 0 ? { ...next, dueAt: now } : next
}

function again(
  row: Claimed,
  operation: 'send' | 'edit',
  uncertain: boolean,
  error: 'not-sent' | 'unknown',
  message: string,
  now: Instant,
): Next {
  const attempts = row.attempts + 1
  if (attempts >= ATTEMPTS_MAX)
    return { to: uncertain || error === 'unknown' ? 'unknown' : 'dead', errorKind: error, lastError: message, attempts }
  return {
    to: 'waiting',
    operation,
    dueAt: now + backoffMs(row.attempts),
    attempts,
    errorKind: uncertain ? 'unknown' : error,
    lastError: message,
    failed: true,
  }
}

/** 2 s, 6 s, 18 s … at most 10 minutes. @param failures before this one */
export function backoffMs(failures: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * BACKOFF_FACTOR ** failures)
}

const waitOf = (retryAfterMs: number | undefined): number =>
  retryAfterMs !== undefined && retryAfterMs > 0 ? retryAfterMs : RETRY_AFTER_DEFAULT_MS

/** The platform can no longer change the card: a new message becomes the card, unless nothing more is to be said. */
function withoutEdit(row: Claimed, message: string): Next {
  if (row.quiet) return { to: 'dropped', lastError: message }
  return {
    to: 'waiting',
    operation: 'send',
    // Its own instant: by the clock of a process that is a little behind, now is still to come, and what was said later would go first.
    dueAt: row.dueAt,
    attempts: 0,
    errorKind: undefined,
    lastError: message,
    failed: false,
  }
}

/** An answer for one pair of eyes in a room goes to the direct message when the room does not take it, or cannot tell. */
function elsewhere(row: Claimed, message: string): Next | undefined {
  if (!('room' in row.recipient) || row.recipient.onlyFor === undefined) return undefined
  return {
    to: 'waiting',
    operation: 'send',
    dueAt: row.dueAt,
    attempts: 0,
    errorKind: undefined,
    lastError: message,
    failed: false,
    address: directTo(row.platform, row.recipient.onlyFor),
  }
}

/** A no is final; but what an earlier try may have done stays unknown. */
function given(row: Claimed, uncertain: boolean, kind: Trouble, message: string): Next {
  return uncertain
    ? listed(row, 'unknown', message)
    : { to: 'dead', errorKind: kind, lastError: message, attempts: row.attempts + 1 }
}

function listed(row: Claimed, kind: Trouble, message: string): Next {
  return { to: 'unknown', errorKind: kind, lastError: message, attempts: row.attempts + 1 }
}

/** What was thrown, as a failure. Anything that is not the platform's own word may have happened. */
export function failureOf(operation: 'send' | 'edit', error: unknown, uncertain: boolean): Failure {
  if (!(error instanceof PlatformError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { kind: 'failed', operation, error: 'unknown', message, uncertain }
  }
  return {
    kind: 'failed',
    operation,
    error: error.kind,
    message: error.code === undefined ? error.message : `${error.code}: ${error.message}`,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    appWide: error.appWide,
    uncertain,
  }
}
