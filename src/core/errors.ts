/** What can go wrong, told apart by where it arose: a Refusal people read, a PlatformError the outbox decides by, anything else is a bug. */
import type { Say } from './i18n.ts'

/**
 * "No", for a reason the person may read: it names the value, the rule and the way out. Rolls back everything the
 * handler did and is said to the person in their language. Never logged as an error.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly say: Say
  /** The form field it concerns; shown beside that field where the platform can. */
  readonly field: string | undefined
  /** The rulebook id behind the refusal, as `LEAVE-05`. */
  readonly rule: string | undefined

  constructor(say: Say, about: { field?: string; rule?: string } = {}) {
    super(say('en'))
    this.say = say
    this.field = about.field
    this.rule = about.rule
  }
}

/**
 * What a platform answered, or did not. The outbox decides by `kind` alone:
 * - `not-authentic` an inbound call whose signature, age or token is wrong;
 * - `rate-limited` nothing happened, wait `retryAfterMs`;
 * - `refused` the platform said no and will say no again (bad content, missing scope);
 * - `gone` the message, room or person is not there any more, or can no longer be edited;
 * - `not-sent` certainly nothing happened (connection refused, service unavailable before acceptance), try again;
 * - `unknown` it may or may not have happened (time-out, reset, 5xx).
 */
export type PlatformErrorKind = 'not-authentic' | 'rate-limited' | 'refused' | 'gone' | 'not-sent' | 'unknown'

export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly kind: PlatformErrorKind
  /** Only with `rate-limited`: how long the platform asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Only with `rate-limited`: the whole app must wait, not this conversation alone. False when not said. */
  readonly appWide: boolean
  /** The platform's own word for it, as `channel_not_found`; for lists and logs. */
  readonly code: string | undefined

  constructor(
    kind: PlatformErrorKind,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; appWide?: boolean; code?: string } = {},
  ) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.retryAfterMs = options.retryAfterMs
    this.appWide = options.appWide ?? false
    this.code = options.code
  }
}

/** A setting, policy or people file is wrong: the thing, its value, the remedy. All problems of one reading together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
