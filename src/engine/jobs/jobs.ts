/** Work that is done later: added in the transaction that wants it, run once by whichever process comes first. */
import type { z } from 'zod'
import { type Clock, DAY_MS, HOUR_MS, type Instant, realNow, SECOND_MS } from '#core/clock.ts'
import { Refusal } from '#core/errors.ts'
import type { Text } from '#core/i18n.ts'
import type { Ctx, Jobs } from '../context.ts'
import { type Database, isConnectionLoss, type Tx } from '../db/transaction.ts'
import type { JobHandler } from '../feature.ts'
import { createWorkshop } from '../workshop/create.ts'
import type { Workshop } from '../workshop/workshop.ts'
import { type Beside, createBeside } from './beside.ts'
import {
  type ClaimedJob,
  cancelWaiting,
  claimNext,
  countAttempt,
  countLate,
  deleteFinished,
  insertJob,
  type JobRow,
  listJobs,
  nextJob,
  requeue,
  stateOf,
} from './repository/jobs.ts'
import { deleteOccurrences, recentOccurrences, type ScheduleRow } from './repository/occurrences.ts'

/** Every job that features declare, by the name of its contract. */
export type JobHandlers = ReadonlyMap<string, JobHandler>

/** Where jobs and schedules report what people do not see. */
export interface JobLog {
  warn(data: object, message: string): void
  error(data: object, message: string): void
}

/** A pump that ran so many is being fed by its own jobs: it stops, and the next one goes on. */
const JOBS_PER_PUMP_MAX = 10_000
const RETRY_MS_FIRST = 10 * SECOND_MS
const RETRY_MS_MAX = HOUR_MS
const ERROR_CHARS_MAX = 500
const LISTED_MAX = 1_000
const OCCURRENCES_LISTED_PER_SCHEDULE = 5
const KEPT_MS = 30 * DAY_MS
/** What a schedule did is looked up for a quarter of a year. */
const OCCURRENCES_KEPT_MS = 90 * DAY_MS
const DELETED_AT_ONCE_MAX = 1_000

/** How long a job waits after its `attempt`-th failure (1, 2 …): 10 s, 30 s, 90 s … three times as long each, at most 1 h. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_MS_FIRST * 3 ** (attempt - 1), RETRY_MS_MAX)
}

/**
 * What handlers add jobs with, inside their own transaction.
 * `add` throws for a job that no feature declares and for a payload of another shape: bugs, not refusals.
 */
export function jobsWithin(tx: Tx, deps: { clock: Clock; handlers: JobHandlers }): Jobs {
  const { clock, handlers } = deps
  return {
    async add(job, payload, when = {}) {
      const now = clock.now()
      const { attemptsMax } = checkedJob(handlers, job.name, payload)
      const { at = now, key = null, lane = null } = when
      await insertJob(tx.sql, { name: job.name, payload, key, lane, dueAt: at, attemptsMax, createdAt: now })
    },
    cancel: (key) => cancelWaiting(tx.sql, key, clock.now()),
  }
}

/** The handler of `name`, once the payload has been found to fit it. Throws when there is none or it does not. */
export function checkedJob(handlers: JobHandlers, name: string, payload: unknown): JobHandler {
  parsedPayload(handlers, name, payload)
  return handlerOf(handlers, name)
}

function handlerOf(handlers: JobHandlers, name: string): JobHandler {
  const handler = handlers.get(name)
  if (handler === undefined) throw new Error(`No feature declares the job ${name}: list its handler under \`jobs\``)
  return handler
}

function parsedPayload(handlers: JobHandlers, name: string, payload: unknown): unknown {
  const schema: z.ZodType = handlerOf(handlers, name).on.payload
  const result = schema.safeParse(payload)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(`${name}: ${['payload', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? ''}`)
}

export interface JobRunner {
  /**
   * Runs everything that is due by the clock, oldest first, also what becomes due by running; at most 10,000. One
   * transaction a job. Calls of one process run one after the other.
   *
   * A handler that throws is undone, and its job waits as {@link retryDelayMs} says until its attempts are used up; a
   * Refusal gives it up at once. Throws only when the database does.
   *
   * Jobs with a `prepare` are begun, at most three at a time, and go on beside: {@link JobRunner.ended} waits for them.
   * @param signal stops after the job that is running; what is being prepared is given back
   * @returns how many were run or begun, failures included
   */
  pump(signal?: AbortSignal): Promise<number>
  /** Resolves when one of the jobs that were begun has ended since this was asked last; false at once when there is none. */
  ended(): Promise<boolean>
  /** When the next waiting job falls due; may lie in the past. Undefined when nothing waits. */
  nextDueAt(tx: Tx): Promise<Instant | undefined>
  /** When the oldest of those fell due that are due and not begun; undefined when nothing is. */
  overdueSince(tx: Tx): Promise<Instant | undefined>
  /** The same, with what it is. */
  next(tx: Tx): Promise<{ readonly at: Instant; readonly what: Text } | undefined>
  /** What waits and what has failed, and what became of the last five occurrences of every schedule. */
  list(tx: Tx, filter?: { state?: JobRow['state']; limit?: number }): Promise<JobList>
  /** Makes a failed job wait again, due now. What it answers is for `jobs retry` to say. */
  retry(tx: Tx, id: number): Promise<RetryOutcome>
  /**
   * Deletes done and cancelled jobs older than 30 days, and occurrences older than 90 days save the last five of each
   * schedule; at most 1,000 of each. @returns how many
   */
  housekeeping(tx: Tx): Promise<number>
}

export interface JobList {
  /** Failed first, at most 100 unless the filter says otherwise (at most 1,000). */
  readonly jobs: readonly JobRow[]
  readonly schedules: readonly ScheduleRow[]
}
/** `replaced`: under its key a newer one waits, which does its work. */
export type RetryOutcome = 'waiting' | 'unknown' | 'not-failed' | 'replaced'

export interface RunnerDeps {
  readonly db: Database
  readonly clock: Clock
  readonly handlers: JobHandlers
  /** What handlers are given, bound to the transaction; nobody acts but the clock. */
  context(tx: Tx): Promise<Ctx>
  /** Called after a job was given up, outside any transaction. */
  onFailed(job: Omit<ClaimedJob, 'laneFree'>, error: unknown): void | Promise<void>
  readonly log: JobLog
  /** For what jobs prepare; one of its own when absent, whose worker ends when it is idle. */
  readonly workshop?: Workshop
  /** Real time of leases; the machine's when absent. */
  readonly realNow?: () => Instant
}

export function createJobRunner(deps: RunnerDeps): JobRunner {
  const { clock, db, handlers, context, log } = deps
  const beside = createBeside({
    db,
    clock,
    realNow: deps.realNow ?? realNow,
    handlers,
    context,
    log,
    workshop: deps.workshop ?? createWorkshop(),
    payloadOf: (job) => parsedPayload(handlers, job.name, job.payload),
    failed: (job, error) => countFailure(deps, job, error),
  })
  let before: Promise<unknown> = Promise.resolve()
  return {
    pump(signal) {
      const run = before.then(() => pumpAll(deps, beside, signal))
      before = run.catch(() => {})
      return run
    },
    ended: () => beside.ended(),
    nextDueAt: async (tx) => (await nextJob(tx.sql))?.at,
    overdueSince: async ({ sql }) => (await countLate(sql, clock.now(), realNow()))?.dueAt,
    async next(tx) {
      const job = await nextJob(tx.sql)
      return job && { at: job.at, what: deps.handlers.get(job.name)?.title ?? { 'zh-CN': job.name, en: job.name } }
    },
    async list(tx, { state, limit = 100 } = {}) {
      const jobs = await listJobs(tx.sql, state ? [state] : ['failed', 'waiting'], Math.min(limit, LISTED_MAX))
      return { jobs, schedules: await recentOccurrences(tx.sql, OCCURRENCES_LISTED_PER_SCHEDULE) }
    },
    async retry(tx, id) {
      if (await requeue(tx.sql, id, clock.now())) return 'waiting'
      const now = await stateOf(tx.sql, id)
      if (now === undefined) return 'unknown'
      return now.state === 'failed' && now.replaced ? 'replaced' : 'not-failed'
    },
    async housekeeping({ sql }) {
      const now = clock.now()
      const jobs = await deleteFinished(sql, now - KEPT_MS, DELETED_AT_ONCE_MAX)
      const before = now - OCCURRENCES_KEPT_MS
      return jobs + (await deleteOccurrences(sql, before, OCCURRENCES_LISTED_PER_SCHEDULE, DELETED_AT_ONCE_MAX))
    },
  }
}

async function pumpAll(deps: RunnerDeps, beside: Beside, signal: AbortSignal | undefined): Promise<number> {
  const busyLanes: string[] = []
  let ran = 0
  while (!signal?.aborted) {
    if (ran === JOBS_PER_PUMP_MAX) {
      deps.log.warn({ ran }, 'Jobs keep adding jobs that are due at once: the rest waits for the next round')
      break
    }
    const outcome = await runNext(deps, busyLanes, beside.names)
    if (outcome === 'nothing') break
    // The process that has the lane goes on with it when it is done.
    if (outcome === 'ran') ran++
    else busyLanes.push(outcome.busyLane)
  }
  return ran + (await beside.begin(signal))
}

async function runNext(
  deps: RunnerDeps,
  busyLanes: readonly string[],
  besides: readonly string[],
): Promise<'nothing' | 'ran' | { busyLane: string }> {
  const { db, clock, handlers, context } = deps
  // Kept outside: after a rollback it is all that is known of the job.
  const taken: { job?: ClaimedJob } = {}
  try {
    await db.transact('work', async (tx) => {
      const job = await claimNext(tx.sql, clock.now(), busyLanes, besides)
      if (job === undefined) return
      taken.job = job
      if (!job.laneFree) throw new LaneBusy()
      const payload = parsedPayload(handlers, job.name, job.payload)
      await handlerOf(handlers, job.name).run(await context(tx), payload as never, undefined as never)
    })
  } catch (error) {
    // A database that went away is not the job's fault: it still waits, and no attempt is counted.
    if (taken.job === undefined || isConnectionLoss(error)) throw error
    if (error instanceof LaneBusy) return { busyLane: taken.job.lane ?? '' }
    await countFailure(deps, taken.job, error)
  }
  return taken.job === undefined ? 'nothing' : 'ran'
}

/** Ends a transaction in which a job was claimed whose lane another process has. */
class LaneBusy extends Error {}

async function countFailure(deps: RunnerDeps, job: Omit<ClaimedJob, 'laneFree'>, error: unknown): Promise<void> {
  const { db, clock, log } = deps
  const attempt = job.attempts + 1
  const givenUp = error instanceof Refusal || attempt >= job.attemptsMax
  const now = clock.now()
  const failure = { error: firstLine(error), retryAt: givenUp ? undefined : now + retryDelayMs(attempt), now }
  const counted = await db.transact('work', async (tx) => {
    if (!(await countAttempt(tx.sql, job, failure))) return false
    if (givenUp) await tellGivenUp(deps, tx, job)
    return true
  })
  if (!counted) return
  const about = { job: job.name, id: job.id, attempt, attemptsMax: job.attemptsMax, err: error }
  if (!givenUp) {
    log.warn(about, 'A job failed and will be tried again')
    return
  }
  log.error(about, 'A job was given up: see `ops jobs list`')
  try {
    await deps.onFailed(job, error)
  } catch (trouble) {
    log.error({ ...about, err: trouble }, 'Telling that a job was given up failed')
  }
}

/** What the job itself has to say to its end. That this fails changes nothing about the end. */
async function tellGivenUp(deps: RunnerDeps, tx: Tx, { name, id, payload }: Omit<ClaimedJob, 'laneFree'>) {
  const handler = deps.handlers.get(name)
  if (!handler?.givenUp) return
  try {
    await tx.savepoint(async () =>
      handler.givenUp?.(await deps.context(tx), parsedPayload(deps.handlers, name, payload) as never),
    )
  } catch (error) {
    deps.log.error({ job: name, id, err: error }, 'A job that was given up could not say so')
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return (message.split('\n')[0] ?? '').slice(0, ERROR_CHARS_MAX)
}
