/** What a handler is given. Everything that touches the world comes through here, bound to one transaction. */
import type { z } from 'zod'
import type { WorkCalendar } from '#core/calendar/days.ts'
import type { WorkingPattern } from '#core/calendar/pattern.ts'
import type { Card, Message } from '#core/card.ts'
import type { Clock, Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Contract } from '#core/contract.ts'
import type { Form } from '#core/form.ts'
import type { Locale, Text } from '#core/i18n.ts'
import type { FileRef } from '#core/platform.ts'
import type { PrismaTx, Sql } from './db/transaction.ts'

/** Someone of the department, as the people file gives them. */
export interface Person {
  /** Ours; never shown. */
  readonly id: string
  readonly staffNo: string
  readonly name: string
  /** The id of their department in the policy. */
  readonly department: string
  /** The id of their post in the policy, as `agent`. */
  readonly post: string
  /** Ids of roles in the policy, as `supervisor`. */
  readonly roles: readonly string[]
  readonly managerId: string | null
  readonly locale: Locale
  /** IANA zone. */
  readonly zone: string
  readonly pattern: WorkingPattern
  /** Null when unknown. */
  readonly hiredOn: CivilDate | null
  /** False for those who left: their past stays, nothing is asked of them. */
  readonly active: boolean
}

/** Who reads: enough to write for them. `person` is absent when a room reads. */
export interface Reader {
  readonly locale: Locale
  readonly zone: string
  readonly person?: Person
}
/** Draws a message once for each reader, in that reader's language. */
export type Draw = (reader: Reader) => Message

/** To whom: a person (their preferred platform, direct), or a channel of the policy by its id. */
export type To = { readonly person: string } | { readonly channel: string }

/** What a handler answers to the person who spoke, and to nobody else. */
export interface Reply {
  readonly message?: Message
  /** The key of a stated card: a later `outbox.show` under the same key changes this very message. Needs `message.card`. */
  readonly as?: string
  /** The number of what this made or concerns, as people type it: what a later edit of the message is about. */
  readonly about?: string
  /** In passing; dropped where there are no toasts. */
  readonly toast?: string
  /** Opens a form. Only from a command or an action that declares `opensForm`. */
  readonly form?: Form
  /** What was counted or decided, as plain JSON: for `ops understand` alone; neither shown nor stored. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export interface Outbox {
  /**
   * Says something once. `key` makes it say it at most once, whatever runs twice; without one a key is made.
   * @param options.notBefore an instant; earlier it stays in the queue
   * @param options.notOn platforms to be avoided while there is another way
   * @param options.urgent also in the quiet hours of the person; without it what they did not ask for waits till they end
   */
  send(
    to: To,
    draw: Draw,
    options?: { key?: string; notBefore?: Instant; notOn?: readonly string[]; urgent?: boolean },
  ): Promise<void>
  /**
   * States what the card `key` shows to `to` from now on. Unsent, it is replaced in the queue; sent, it is edited;
   * past editing, it gets a successor, unless `quiet` (then nothing more is said). The same content again does nothing.
   * @param options.anew says it again as the newest message, for whoever asks to see it; where it lay this is shown instead
   * @param options.notOn platforms to be avoided while there is another way; where it was shown already it stays
   * @param options.urgent as of {@link Outbox.send}; a change of what lies there already disturbs nobody and never waits
   */
  show(
    key: string,
    to: To,
    draw: Draw,
    options?: { quiet?: boolean; anew?: Draw; notOn?: readonly string[]; urgent?: boolean },
  ): Promise<void>
  /** States it to everyone who was ever shown `key`: closing an approval is this. */
  showAll(key: string, draw: Draw, options?: { quiet?: boolean }): Promise<void>
}

export interface Jobs {
  /**
   * Adds one piece of work. The same `key` while it waits replaces it; without a key it always adds.
   * @param when.at due instant; now when absent
   * @param when.lane jobs of one lane run one after the other
   */
  add<S extends z.ZodType>(
    job: Contract<S>,
    payload: z.input<S>,
    when?: { at?: Instant; key?: string; lane?: string },
  ): Promise<void>
  /** Takes back what still waits under `key`. */
  cancel(key: string): Promise<void>
}

export interface People {
  byId(id: string): Promise<Person | undefined>
  byIds(ids: readonly string[]): Promise<readonly Person[]>
  byStaffNo(staffNo: string): Promise<Person | undefined>
  /** Active people who hold `role` and whose department is `department` or above it; the nearest level that has some. */
  withRole(role: string, department: string): Promise<readonly Person[]>
  /** Active people who hold `role`, wherever they are. */
  holding(role: string): Promise<readonly Person[]>
  /** Active people of a department, without its sub-departments. */
  inDepartment(department: string): Promise<readonly Person[]>
  all(): Promise<readonly Person[]>
  /**
   * Whom `personId` has named to act for them at `at`; follows chains, stops at a cycle. Undefined when nobody.
   * @param notThrough a person whom no chain may pass or reach: who asks chooses nobody who decides it
   */
  delegateOf(personId: string, at: Instant, notThrough?: string): Promise<Person | undefined>
}

export type PresenceKind = 'away' | 'busy' | 'on-shift'
export interface PresenceSpan {
  readonly personId: string
  readonly kind: PresenceKind
  readonly from: Instant
  /** Exclusive. */
  readonly until: Instant
  /** The feature that says so, and its reference: never a reason. */
  readonly feature: string
  readonly reference: string
}
export interface Presence {
  /** Says where someone is, in the caller's transaction. The same feature and reference replaces what it said before. */
  set(feature: string, reference: string, spans: readonly Omit<PresenceSpan, 'feature' | 'reference'>[]): Promise<void>
  clear(feature: string, reference: string): Promise<void>
  /** Who of `personIds` is away at `at`. */
  awayAt(personIds: readonly string[], at: Instant): Promise<ReadonlySet<string>>
  /** Spans that touch [from, until). */
  between(personIds: readonly string[], from: Instant, until: Instant): Promise<readonly PresenceSpan[]>
  /** The person's working segments of a civil day as instants: the pattern of the people file until a roster is published for that day. */
  workingSegments(
    person: Person,
    date: CivilDate,
  ): Promise<readonly { readonly from: Instant; readonly until: Instant }[]>
  /**
   * The instant at which the person has worked `workingMinutes` after `from`, time away not counted; 0 gives the next
   * instant at which they work. Looks 60 days ahead, then gives `from` + 60 days.
   */
  nextWorkingInstant(person: Person, from: Instant, workingMinutes?: number): Promise<Instant>
}

export interface ApprovalStepSpec {
  /** The role that decides, by its id in the policy; or `manager` for the requester's own. */
  readonly role: string
}
export interface ApprovalView {
  readonly id: number
  readonly kind: string
  readonly state: 'pending' | 'approved' | 'rejected' | 'withdrawn'
  readonly requesterId: string
  readonly policyVersion: number
  readonly steps: readonly {
    readonly position: number
    readonly role: string
    readonly roleName: Text
    readonly state: 'waiting' | 'open' | 'approved' | 'rejected' | 'skipped' | 'withdrawn'
    /** Who may decide it now, or who could. */
    readonly approvers: readonly string[]
    readonly decidedBy: string | null
    /** The person whose right was used when a delegate decided. */
    readonly onBehalfOf: string | null
    readonly decidedAt: Instant | null
    readonly reason: string | null
  }[]
}
export interface Approvals {
  /**
   * Opens a request for decision. Steps are resolved to people when they open: requester, absent and departed people
   * are skipped, dated delegates followed; a step without anybody goes to the policy's fallback role, never to
   * automatic approval. The kind draws the card; the engine adds Approve and Reject and the state.
   * @returns the approval's id
   */
  open<S extends z.ZodType>(
    kind: Contract<S>,
    about: z.input<S>,
    ask: { requesterId: string; steps: readonly ApprovalStepSpec[] },
  ): Promise<number>
  /** Takes a pending request back: cards close, nobody can decide any more. False when it was decided already. */
  withdraw(id: number): Promise<boolean>
  /** What is to be decided looks otherwise now (a paper has come): the open cards follow. Nothing when none is open. */
  refresh(id: number): Promise<void>
  /** How a request stands now; undefined when there is none. */
  view(id: number): Promise<ApprovalView | undefined>
}

/** A file as it is listed: without its bytes. */
export interface FileView {
  readonly id: string
  /** In the order in which they came; what administrators call it: `files get 12`. */
  readonly number: number
  readonly name: string
  /** Whom it is about or who sent it; null for nobody in particular. */
  readonly personId: string | null
  /** What lets others see it. */
  readonly permission: string
  /** `wanted`: being fetched. `refused`: `problem` says why, as a sentence of engine/files. `dropped`: kept no more. */
  readonly state: 'wanted' | 'stored' | 'refused' | 'dropped'
  /** By content; null until it is stored. */
  readonly mediaType: string | null
  readonly bytes: number | null
  readonly sha256: string | null
  readonly problem: string | null
  readonly createdAt: Instant
  readonly keepUntil: Instant
}
/** What a file belongs to. */
export interface FileOwner {
  readonly feature: string
  /** The feature's own reference, as `12`. */
  readonly reference: string
  readonly personId: string | null
  readonly permission: string
  /** Thrown away from this instant on. */
  readonly keepUntil: Instant
}
export interface Files {
  /** Keeps what we made, in this transaction. @returns its id; the same bytes under the same owner and name give the id they have */
  put(owner: FileOwner, made: { name: string; mediaType: string; bytes: Uint8Array }): Promise<string>
  /**
   * Takes what somebody sent on `platform`: described now, fetched by a job; the feature hears of it by the event
   * `FileArrived`. Throws a Refusal when the platform says that it is too large.
   */
  take(owner: FileOwner, platform: string, sent: FileRef): Promise<string>
  /** Oldest first, whatever became of them. */
  of(feature: string, reference: string): Promise<readonly FileView[]>
  /** How many of each are here or on their way; those without any are left out. */
  counts(feature: string, references: readonly string[]): Promise<ReadonlyMap<string, number>>
  byId(id: string): Promise<FileView | undefined>
  /** Throws the bytes away now; the description stays, with who did it in the audit log. Nothing when they are gone already. */
  drop(id: string): Promise<void>
}

/** An event between features: a name and the shape of its facts. */
export type EventContract<S extends z.ZodType = z.ZodType> = Contract<S>
/** A question between features: what it is about, and the shape of one line of the answer. */
export interface Question<About extends z.ZodType = z.ZodType, Line = unknown> {
  readonly name: string
  readonly about: About
  /** Only for the type. */
  readonly line?: Line
}

/** A section of the policy: its key and its shape. */
export interface PolicySection<S extends z.ZodType = z.ZodType> {
  readonly section: string
  readonly schema: S
}

/** What any handler has. */
export interface Ctx {
  readonly clock: Clock
  readonly calendar: WorkCalendar
  readonly db: PrismaTx
  /** Plain SQL in the same transaction, for the hot path. */
  readonly sql: Sql
  /** Who acts; null when the clock does. */
  readonly actor: Person | null
  /** The section as it holds for `person` (department and post sections applied); for the actor when absent, for the whole organisation when there is none. */
  policy<S extends z.ZodType>(section: PolicySection<S>, person?: Person): z.output<S>
  /** The version in force. */
  readonly policyVersion: number
  readonly people: People
  readonly presence: Presence
  readonly approvals: Approvals
  readonly outbox: Outbox
  readonly jobs: Jobs
  readonly files: Files
  /**
   * Appends one line to the audit log, in this transaction.
   * @param subject what it is about, as `leave:12`
   */
  audit(action: string, subject: string, data?: Readonly<Record<string, unknown>>): Promise<void>
  emit<S extends z.ZodType>(event: EventContract<S>, facts: z.input<S>): Promise<void>
  ask<A extends z.ZodType, L>(question: Question<A, L>, about: z.input<A>): Promise<readonly L[]>
  /** May the actor do this (to `about`, when it concerns someone)? The one place that answers is engine/identity. */
  may(permission: string, about?: { readonly person: Person }): boolean
  /** The civil date of a person (of the actor when absent) now. */
  today(person?: Person): CivilDate
}

/** What a person's doing has: an actor, and where it happened. */
export interface PersonCtx extends Ctx {
  readonly actor: Person
  readonly origin: {
    readonly platform: string
    readonly room: string
    /** The inbox row of what is being handled. */
    readonly event: string
    readonly roomKind: 'direct' | 'group'
    /** The files that came along with what was said or filled in, to be taken with `ctx.files.take(owner, origin.platform, file)`. */
    readonly files?: readonly FileRef[]
    /** How this person writes a command there: `/banzhang leave list`. */
    readonly write: (said: string) => string
  }
}
export type { Card }
