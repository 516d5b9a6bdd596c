/** What the cards of leave are drawn from: plain data, with names instead of ids. */
import type { Span } from '#core/calendar/count.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Text } from '#core/i18n.ts'
import type { NoticeRule } from '../policy.ts'
import type { LeaveState } from '../repository/requests.ts'
import type { Amount, DayLine, Proposed } from '../rules/model.ts'

export interface LeaveView {
  readonly id: number
  /** Whose leave it is. */
  readonly name: string
  readonly type: Text
  readonly span: Span
  readonly amount: Amount
  readonly days: readonly DayLine[]
  /** As typed: data, never markup. */
  readonly reason: string | null
  /** Years without an official schedule that this count may change with; empty when it is sure. */
  readonly unknownYears: readonly number[]
  /** The requester's civil date: dates of other years carry theirs. */
  readonly today: CivilDate
}

/** A step of the chain as it would be asked today. */
export interface ChainStep {
  readonly role: Text
  readonly names: readonly string[]
}

/** What is left of a limited type. Minutes of this person's allowance; `dayMinutes` make one of their days. */
export interface Balance {
  readonly year: number
  readonly minutes: number
  readonly dayMinutes: number
}

/** The earlier version that a change takes the place of. */
export interface Replaced {
  readonly id: number
  readonly span: Span
  readonly amount: Amount
}

export interface DraftView extends LeaveView {
  readonly proposed: readonly Proposed[]
  /** Empty with `decision: none`. */
  readonly chain: readonly ChainStep[]
  /** With `decision: none`: who is told. */
  readonly told: readonly string[]
  /** After this request; empty for a type without a limit. */
  readonly left: readonly Balance[]
  readonly late: readonly NoticeRule[]
  readonly proof: Text | undefined
  /** How many papers came with it already. */
  readonly papers: number
  readonly lapsesAt: Instant
  readonly replaces: Replaced | undefined
}

/** For those who decide, and those who are only told. */
export interface RequestView extends LeaveView {
  /** Colleagues of the department who are away at the same time. Never who, never why. */
  readonly othersAway: number
  readonly left: readonly Balance[]
  readonly late: readonly NoticeRule[]
  readonly proof: Text | undefined
  /** How many papers were handed in. */
  readonly papers: number
  readonly replaces: Replaced | undefined
}

export interface StepView {
  readonly role: Text
  readonly state: 'waiting' | 'open' | 'approved' | 'rejected' | 'skipped' | 'withdrawn'
  /** Who decided, or who may. */
  readonly names: readonly string[]
}

/** For the one who asked. */
export interface OwnView extends LeaveView {
  readonly state: Exclude<LeaveState, 'draft'>
  readonly steps: readonly StepView[]
  /** Nobody decides it: those who were told. */
  readonly told: readonly string[]
  readonly proof: Text | undefined
  /** How many papers were handed in. */
  readonly papers: number
  /** By when they are due; only with `proof`. */
  readonly papersDue: CivilDate | undefined
  /** Why it was rejected, and by whom. */
  readonly rejected: { readonly by: string; readonly reason: string } | undefined
  /** The version that took its place. */
  readonly replacedBy: number | undefined
  readonly lapseHours: number
  /** Approved leave that has begun cannot be withdrawn any more. */
  readonly begun: boolean
}
