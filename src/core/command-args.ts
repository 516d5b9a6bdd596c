/** What a command takes, and the plain values the parser fills in. Pure descriptions: the parser reads them, features get {@link Parsed}. */
import type { Text } from './i18n.ts'

/** A civil date, `2026-09-28`: a day on somebody's wall calendar, never an instant. */
export type CivilDate = string

/** How long, as it was said: exactly one unit, integers only (`halfDays: 7` is three and a half days). */
export type Amount = { readonly halfDays: number } | { readonly minutes: number }

export type HalfDay = 'morning' | 'afternoon'

/** A stretch of days as a person says it; what was not said is absent, never guessed. */
export interface Period {
  readonly from?: CivilDate
  /** Inclusive. */
  readonly to?: CivilDate
  /** The half of `from` it begins with (`afternoon`: from midday on), the half of `to` it ends with. */
  readonly fromHalf?: HalfDay
  readonly toHalf?: HalfDay
  /** Clock times, `14:00`, when hours were said (`明天下午2点到4点`). */
  readonly fromTime?: string
  readonly toTime?: string
  readonly amount?: Amount
}

export type Arg =
  | { readonly kind: 'period' }
  | { readonly kind: 'date' }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  /** A known word; the options (with their other names) come from the policy when the vocabulary is built. */
  | { readonly kind: 'choice'; readonly of: string }
  /** A person of the department, by name, mention or staff number. */
  | { readonly kind: 'person' }
  /** A thing by its number: `#12`, `12`. */
  | { readonly kind: 'reference' }
  /** Whatever is left once everything else has been read: a reason. At most `charsMax` characters. */
  | { readonly kind: 'rest'; readonly charsMax: number }

interface Spec<A extends Arg, Optional extends boolean> {
  readonly arg: A
  /** An optional argument that was not said is absent; a required one is asked for. */
  readonly optional: Optional
}
export type Args = Readonly<Record<string, Spec<Arg, boolean>>>

type ValueOf<A extends Arg> = A extends { kind: 'period' } ? Period : A extends { kind: 'number' } ? number : string
/** What a command's handler is given. */
export type Parsed<A extends Args> = {
  readonly [K in keyof A as A[K]['optional'] extends true ? never : K]: ValueOf<A[K]['arg']>
} & { readonly [K in keyof A as A[K]['optional'] extends true ? K : never]?: ValueOf<A[K]['arg']> }

const required = <const A extends Arg>(arg: A): Spec<A, false> => ({ arg, optional: false })
export const period = () => required({ kind: 'period' })
export const date = () => required({ kind: 'date' })
export const number = (bounds: { min?: number; max?: number } = {}) => required({ kind: 'number', ...bounds })
/** @param of the name under which the feature's `choices` gives the options for this person */
export const choice = (of: string) => required({ kind: 'choice', of })
export const person = () => required({ kind: 'person' })
export const reference = () => required({ kind: 'reference' })
export const rest = (charsMax = 500) => required({ kind: 'rest', charsMax })
export const optional = <A extends Arg>(spec: Spec<A, boolean>): Spec<A, true> => ({ arg: spec.arg, optional: true })

/** An option of a `choice`: its id in the policy, its name, and everything else people call it (`事假: [私事, 个人假]`). */
export interface Choice {
  readonly value: string
  readonly name: Text
  readonly aliases: readonly string[]
}
