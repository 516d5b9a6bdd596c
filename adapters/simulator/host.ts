/** What the simulator must be told by whoever runs it: who exists, where they talk, what they may say, and what time it is. */
import type { Instant } from '#core/clock.ts'
import type { Locale, Text } from '#core/i18n.ts'

export interface SimulatedPerson {
  readonly account: string
  readonly name: string
  readonly title: string
  readonly department: string
  readonly locale: Locale
}

/** A channel. Direct rooms are made by the simulator itself, one a person. */
export interface SimulatedRoom {
  readonly room: string
  readonly name: Text
  /** Accounts. */
  readonly members: readonly string[]
}

export interface SimulatorHost {
  people(): Promise<readonly SimulatedPerson[]>
  rooms(): Promise<readonly SimulatedRoom[]>
  /** What this person may say, in their language, without the slash: for completion and the first suggestions. */
  commands(account: string): Promise<readonly { readonly say: string; readonly about: string }[]>
  readonly clock: {
    readonly kind: 'real' | 'manual' | 'rehearsal'
    /** IANA name, as `Asia/Shanghai`: the zone the page shows times in. */
    readonly zone: string
    now(): Instant
    /** The next thing due and what it is; undefined when nothing is. */
    next(): Promise<{ readonly at: Instant; readonly what: Text } | undefined>
    /** Runs everything due on the way, then resolves. Called only when `kind` is `rehearsal`, never twice at once. */
    advanceTo(instant: Instant): Promise<void>
  }
}
