/** Jobs of two steps: prepared outside any transaction, beside the others, and then run in one. */
import { randomUUID } from 'node:crypto'
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import type { Ctx } from '../context.ts'
import { type Database, isConnectionLoss, type Tx } from '../db/transaction.ts'
import type { JobHandler, Preparing } from '../feature.ts'
import type { Workshop } from '../workshop/workshop.ts'
import { claimLeased, giveBack, type LeasedJob, leaseNext } from './repository/jobs.ts'

/** At most so many are prepared at the same time by one process. */
const PREPARING_MAX = 3
const PREPARE_MS_DEFAULT = MINUTE_MS
const PREPARE_MS_MAX = 10 * MINUTE_MS
/** Real time beyond the time to prepare, for the transaction that follows: after that the process is taken for gone. */
const LEASE_MORE_MS = MINUTE_MS

export interface BesideDeps {
  readonly db: Database
  readonly clock: { now(): Instant; readonly kind: 'real' | 'manual' | 'rehearsal' }
  readonly realNow: () => Instant
  readonly handlers: ReadonlyMap<string, JobHandler>
  context(tx: Tx): Promise<Ctx>
  readonly workshop: Workshop
  readonly log: { warn(data: object, message: string): void }
  /** The payload as the job's contract reads it; throws when it does not fit. */
  payloadOf(job: LeasedJob): unknown
  /** Counts what failed; see `countFailure`. */
  failed(job: LeasedJob, error: unknown): Promise<void>
}

export interface Beside {
  /** The names of the jobs that are taken up here and nowhere else. */
  readonly names: readonly string[]
  /** Takes in hand what is due, as far as there is room. @returns how many were begun */
  begin(signal: AbortSignal | undefined): Promise<number>
  /** Resolves when one has ended since this was asked last. False at once when none is in hand. */
  ended(): Promise<boolean>
}

export function createBeside(deps: BesideDeps): Beside {
  const names = [...deps.handlers.values()].flatMap(({ on, prepare }) => (prepare ? [on.name] : []))
  const inHand = new Set<Promise<void>>()
  let unseen = false
  return {
    names,
    async begin(signal) {
      let begun = 0
      while (names.length > 0 && inHand.size < PREPARING_MAX && !signal?.aborted) {
        const leased = await lease(deps, names)
        if (!leased) break
        begun++
        const work = prepareAndRun(deps, leased, signal).finally(() => {
          inHand.delete(work)
          unseen = true
        })
        inHand.add(work)
      }
      return begun
    },
    async ended() {
      if (inHand.size === 0 && !unseen) return false
      if (!unseen) await Promise.race(inHand)
      unseen = false
      return true
    },
  }
}

function lease({ db, clock, realNow, handlers }: BesideDeps, names: readonly string[]): Promise<LeasedJob | undefined> {
  const real = realNow()
  const until = (name: string) => real + patienceMs(handlers.get(name)) + LEASE_MORE_MS
  return db.transact('work', ({ sql }) => leaseNext(sql, clock.now(), names, { by: randomUUID(), real, until }))
}

const patienceMs = (handler: JobHandler | undefined): number =>
  Math.min(handler?.prepareMsMax ?? PREPARE_MS_DEFAULT, PREPARE_MS_MAX)

/** Never throws: what fails is counted; what was interrupted is given back, or found again when its lease has run out. */
async function prepareAndRun(deps: BesideDeps, job: LeasedJob, stopping: AbortSignal | undefined): Promise<void> {
  try {
    await attempt(deps, job, stopping)
  } catch (error) {
    try {
      if (stopping?.aborted) await deps.db.transact('work', ({ sql }) => giveBack(sql, job))
      // A database that went away is not the job's fault.
      else if (isConnectionLoss(error)) deps.log.warn({ err: error, job: job.name }, 'a job lost its database')
      else await deps.failed(job, error)
    } catch (second) {
      deps.log.warn({ err: second, job: job.name, id: job.id }, 'what came of a job could not be written down')
    }
  }
}

async function attempt(deps: BesideDeps, job: LeasedJob, stopping: AbortSignal | undefined): Promise<void> {
  const { db, clock, context } = deps
  const handler = deps.handlers.get(job.name)
  const payload = deps.payloadOf(job)
  const limit = AbortSignal.timeout(patienceMs(handler))
  const signal = stopping ? AbortSignal.any([stopping, limit]) : limit
  const transact = <T>(work: (ctx: Ctx) => Promise<T>) => db.transact('work', async (tx) => work(await context(tx)))
  const outside: Preparing = { clock, signal, workshop: deps.workshop, read: transact, stage: transact }
  const prepared = await inTime(async () => handler?.prepare?.(outside, payload as never), signal)
  await db.transact('work', async (tx) => {
    // Taken back, replaced or taken over meanwhile: what was prepared is nobody's.
    if (!(await claimLeased(tx.sql, job, clock.now()))) return
    await handler?.run(await context(tx), payload as never, prepared as never)
  })
}

/** The result, or an error when the time is over, whether the work listens to the signal or not. */
function inTime<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const tooLate = () => reject(new Error('not prepared in time, or the process stops', { cause: signal.reason }))
    signal.addEventListener('abort', tooLate, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', tooLate))
  })
}
