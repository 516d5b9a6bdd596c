/** What the parser is given and what it makes of a sentence. */
import type { Args, Choice, CivilDate } from '../command-args.ts'
import type { Locale } from '../i18n.ts'

/** The words of one command, as its declaration gives them. */
export interface CommandWords {
  /** The declaration's id, as `leave.request`. */
  readonly id: string
  /** Everything it is called, longest match first, several words allowed (`leave list`, `请假 记录`); without a slash. */
  readonly names: Readonly<Record<'en' | 'zh', readonly string[]>>
  readonly args: Args
  /**
   * The thing the command asks for, as free sentences name it: `请假 休假 休 调休 不来` / `leave, time off, day off, vacation`.
   * Empty or absent: only its names start it. A sentence starts it only when it reads as the speaker's own request now.
   */
  readonly topics?: Readonly<Record<'en' | 'zh', readonly string[]>>
  /** For a topic: which command takes it back (`不请假了`) and which changes it (`改成周四`). */
  readonly withdrawnBy?: string
  readonly amendedBy?: string
}

/** Everything that can be said right now by this person. */
export interface Vocabulary {
  readonly commands: readonly CommandWords[]
  /** Options of `choice` arguments by their `of`. */
  readonly choices: Readonly<Record<string, readonly Choice[]>>
  /** People who can be named: id, and each name or number they go by. */
  readonly people: readonly { readonly id: string; readonly names: readonly string[] }[]
}

/** From where the sentence is read. */
export interface Moment {
  /** The speaker's civil date and wall time, `16:30`. */
  readonly today: CivilDate
  readonly time: string
  /** Named days of the calendar that can be said: `国庆` → first and last day off. */
  readonly holidays: readonly { readonly names: readonly string[]; readonly from: CivilDate; readonly to: CivilDate }[]
  /** The id of the topic command (as `leave.request`) that this person last talked about here, if recent: what `改成周四` is about. */
  readonly recent?: string
}

/** One argument that could not be settled. */
export interface Unclear {
  readonly arg: string
  readonly why: 'missing' | 'ambiguous' | 'impossible'
  /** The words it was read from: `2月30日`. */
  readonly said?: string
  /** For `ambiguous`: the values it may mean, likeliest first. */
  readonly candidates?: readonly unknown[]
  /** For `impossible`: `no-such-date`, `end-before-start`, `not-a-number`, `out-of-range`, `no-such-choice`, `no-such-person`, `no-such-holiday`, `amount-and-range-disagree`, `too-long`. */
  readonly problem?: string
}

export type Understanding =
  /** A command to carry out. `values` holds what was settled, `unclear` what must be asked before it can run. */
  | {
      readonly kind: 'command'
      readonly command: string
      readonly via: 'name' | 'sentence'
      readonly values: Readonly<Record<string, unknown>>
      readonly unclear: readonly Unclear[]
    }
  /** `取消`, `cancel`, `算了`: ends a question that is open. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'help'; readonly about?: string }
  /** Looks like a command and is none: the nearest names, likeliest first, at most three. */
  | {
      readonly kind: 'unknown-command'
      readonly said: string
      readonly nearest: readonly { readonly command: string; readonly name: string }[]
    }
  /** Nothing to do with us, and why it was left alone. */
  | {
      readonly kind: 'nothing'
      readonly why:
        | 'small-talk'
        | 'question'
        | 'about-another'
        | 'reported'
        | 'conditional'
        | 'past'
        | 'negated'
        | 'empty'
    }

/** The language a sentence is written in, for the answer to someone whose own is not known. */
export type Language = Locale
