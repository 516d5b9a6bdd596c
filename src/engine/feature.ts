/** The declarations a feature is made of. They hold no state: the app collects them and runs them. */
import type { z } from 'zod'
import type { ScheduleRule } from '#core/calendar/occurrences.ts'
import type { Card, Message } from '#core/card.ts'
import type { Clock } from '#core/clock.ts'
import type { Args, Choice, Parsed } from '#core/command-args.ts'
import type { Contract } from '#core/contract.ts'
import type { Form, FormValues } from '#core/form.ts'
import type { Say, Text, Written } from '#core/i18n.ts'
import type { Ctx, EventContract, Person, PersonCtx, PolicySection, Question, Reader, Reply } from './context.ts'
import type { Workshop } from './workshop/workshop.ts'

/** One question to the person when an argument is missing or unclear. */
export interface Asking {
  readonly question: Say
  /** The likely answers as buttons: what is shown, and what it stands for when typed. */
  readonly likely?: (ctx: PersonCtx) => Promise<readonly { readonly label: string; readonly said: string }[]>
}

export interface Command {
  /** Stable id, `feature.verb`: in logs, permissions, dialogs. */
  readonly id: string
  /** Everything it is called, without a slash; the first of each language is shown in help. */
  readonly names: Readonly<Record<'en' | 'zh', readonly string[]>>
  /** What free sentences call the thing it asks for; see `CommandWords.topics`. */
  readonly topics?: Readonly<Record<'en' | 'zh', readonly string[]>>
  readonly withdrawnBy?: string
  readonly amendedBy?: string
  readonly permission: string
  readonly args: Args
  /** One line for help, and examples as people type them (without slash). */
  readonly help: { readonly line: Say; readonly examples: Written<readonly string[]> }
  /** How each required argument is asked for. */
  readonly asking?: Readonly<Record<string, Asking>>
  /** True when, said like this, it may answer with a form: then the edge opens a placeholder at once. Reads nothing but what was said. */
  readonly opensForm?: (values: Readonly<Record<string, unknown>>) => boolean
  run(ctx: PersonCtx, args: never): Promise<Reply>
}
export interface Action {
  readonly on: Contract
  readonly permission: string
  readonly opensForm?: boolean
  run(ctx: PersonCtx, value: never, chosen: string | undefined): Promise<Reply>
}
export interface FormHandler {
  readonly on: Contract
  readonly permission: string
  run(ctx: PersonCtx, value: never, values: FormValues): Promise<Reply>
}
export interface ApprovalKind {
  readonly kind: Contract
  /** What somebody needs who holds the step's role and was not asked; being asked gives the right itself. */
  readonly permission: string
  /** What is to be decided, for one reader: a card without buttons, save those for looking closer, which stay when it is decided. */
  card(ctx: Ctx, about: never, reader: Reader): Promise<Card>
  /** Called when a step was approved and the next one opened, or an open one was handed on: what the requester sees can follow. */
  moved?(ctx: Ctx, about: never): Promise<void>
  /** Called once, when the last step has spoken. In the transaction of that decision. */
  decided(
    ctx: Ctx,
    about: never,
    outcome: { readonly approved: boolean; readonly reason: string | null; readonly by: Person },
  ): Promise<void>
}
/** What the first step of a job has, outside any transaction. */
export interface Outside {
  readonly clock: Clock
  /** Aborts when the process stops and when the step has lasted too long. */
  readonly signal: AbortSignal
  /** Sheets, charts and hashes, made in a worker thread. */
  readonly workshop: Workshop
  /**
   * One short transaction, to read a page. It may be repeated, so it writes nothing: only `run` does.
   * Never call it inside itself.
   */
  read<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>
}
/** The same, in the job itself. */
export interface Preparing extends Outside {
  /**
   * One short transaction, to put down a part of something large that counts for nothing before `run` has committed: a
   * chunk of a file. It may be repeated, and `run` may never come.
   */
  stage(work: (ctx: Ctx) => Promise<void>): Promise<void>
}
export interface JobHandler {
  readonly on: Contract
  /** What it is, in a few words, for people who look at what comes next; its name when absent. */
  readonly title?: Text
  /** Attempts before it is given up and listed. Backoff: 10 s, 30 s, 1 min 30 s … ×3, at most 1 h. */
  readonly attemptsMax: number
  /**
   * For what is slow or reaches outside (a platform, a worker thread): runs before `run`, outside any transaction and
   * beside other jobs, and hands its result to it. No effect is durable before `run` has committed: it may be done again
   * after a crash, and its result is thrown away when the job was taken back or replaced meanwhile.
   */
  prepare?(outside: Preparing, payload: never): Promise<unknown>
  /** How long `prepare` may take, in milliseconds of real time; 60,000 when absent, at most 600,000. */
  readonly prepareMsMax?: number
  /** The effect, in one transaction. `prepared` is what `prepare` gave. */
  run(ctx: Ctx, payload: never, prepared: never): Promise<void>
  /** Called once, in a transaction of its own, when the job is given up: for what somebody has to be told. */
  givenUp?(ctx: Ctx, payload: never): Promise<void>
}
/** What is run when an occurrence was missed: `once` the newest, `each` every one, `skip` none; never older than `freshForMinutes`. */
export interface CatchUp {
  readonly missed: 'once' | 'each' | 'skip'
  readonly freshForMinutes: number
}
export interface ScheduleEntry {
  /** Unique in the product and stable over policy versions: `meetings.weekly:cs`. */
  readonly name: string
  readonly title: Text
  readonly rule: ScheduleRule
  readonly zone: string
  readonly catchUp: CatchUp
  /** The payload of the job, given the instant it was due; JSON. */
  readonly payload: Readonly<Record<string, unknown>>
}
/** A schedule runs `job` with `{...entry.payload, due: Instant, late: boolean}`. */
export interface Schedule {
  readonly job: Contract
  entries(policy: PolicyReader): readonly ScheduleEntry[]
}
/** The policy outside a transaction: for the organisation, or for one department. */
export interface PolicyReader {
  readonly version: number
  readonly departments: readonly string[]
  section<S extends z.ZodType>(section: PolicySection<S>, department?: string): z.output<S>
}
export interface View {
  readonly name: string
  /** Draws a sample, for the gallery and the snapshot tests. */
  draw(reader: Reader): Message | Form
}
export interface Subscription {
  readonly on: EventContract
  run(ctx: Ctx, facts: never): Promise<void>
}
export interface AnswerTo {
  readonly to: Question
  run(ctx: Ctx, about: never): Promise<readonly unknown[]>
}

export interface Feature {
  readonly name: string
  readonly policy?: PolicySection
  /** Every permission it asks for, with a line for the admin guide. */
  readonly permissions: Readonly<Record<string, Text>>
  readonly commands: readonly Command[]
  readonly actions: readonly Action[]
  readonly forms: readonly FormHandler[]
  readonly approvals: readonly ApprovalKind[]
  readonly jobs: readonly JobHandler[]
  readonly schedules: readonly Schedule[]
  readonly on: readonly Subscription[]
  readonly answers: readonly AnswerTo[]
  readonly views: readonly View[]
  /** Options of `choice` arguments, by their `of`, for this person. */
  choices?(
    policy: <S extends z.ZodType>(section: PolicySection<S>) => z.output<S>,
  ): Readonly<Record<string, readonly Choice[]>>
}

/** Completes a declaration: what a feature does not have may be left out. */
export function defineFeature(feature: Pick<Feature, 'name'> & Partial<Feature>): Feature {
  return {
    permissions: {},
    commands: [],
    actions: [],
    forms: [],
    approvals: [],
    jobs: [],
    schedules: [],
    on: [],
    answers: [],
    views: [],
    ...feature,
  }
}

export function command<const A extends Args>(
  c: Omit<Command, 'run' | 'args'> & { args: A; run(ctx: PersonCtx, args: Parsed<A>): Promise<Reply> },
): Command {
  return c
}
export function action<S extends z.ZodType>(
  a: Omit<Action, 'run' | 'on'> & {
    on: Contract<S>
    run(ctx: PersonCtx, value: z.output<S>, chosen: string | undefined): Promise<Reply>
  },
): Action {
  return a
}
export function formHandler<S extends z.ZodType>(
  f: Omit<FormHandler, 'run' | 'on'> & {
    on: Contract<S>
    run(ctx: PersonCtx, value: z.output<S>, values: FormValues): Promise<Reply>
  },
): FormHandler {
  return f
}
export function approval<S extends z.ZodType>(
  a: Omit<ApprovalKind, 'kind' | 'card' | 'moved' | 'decided'> & {
    kind: Contract<S>
    card(ctx: Ctx, about: z.output<S>, reader: Reader): Promise<Card>
    moved?(ctx: Ctx, about: z.output<S>): Promise<void>
    decided(
      ctx: Ctx,
      about: z.output<S>,
      outcome: { approved: boolean; reason: string | null; by: Person },
    ): Promise<void>
  },
): ApprovalKind {
  return a
}
export function job<S extends z.ZodType, P = undefined>(
  j: Omit<JobHandler, 'run' | 'prepare' | 'givenUp' | 'on'> & {
    on: Contract<S>
    prepare?(outside: Preparing, payload: z.output<S>): Promise<P>
    run(ctx: Ctx, payload: z.output<S>, prepared: P): Promise<void>
    givenUp?(ctx: Ctx, payload: z.output<S>): Promise<void>
  },
): JobHandler {
  return j
}
export function subscription<S extends z.ZodType>(s: {
  on: EventContract<S>
  run(ctx: Ctx, facts: z.output<S>): Promise<void>
}): Subscription {
  return s
}
export function answerTo<A extends z.ZodType, L>(a: {
  to: Question<A, L>
  run(ctx: Ctx, about: z.output<A>): Promise<readonly L[]>
}): AnswerTo {
  return a
}
export const view = (name: string, draw: View['draw']): View => ({ name, draw })
