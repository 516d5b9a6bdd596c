/** A small product for the tests of jobs: a job that leaves a mark in the database, and a runner as one process has it. */
import { z } from 'zod'
import { type Clock, type Instant, manualClock } from '../../../src/core/clock.ts'
import { type Contract, contract } from '../../../src/core/contract.ts'
import type { Ctx } from '../../../src/engine/context.ts'
import type { Database, Sql, Tx } from '../../../src/engine/db/transaction.ts'
import { type JobHandler, job } from '../../../src/engine/feature.ts'
import { createJobRunner, jobsWithin, type RunnerDeps } from '../../../src/engine/jobs/jobs.ts'

export const START = '2026-09-28T09:00:00+08:00'
export const at = (iso: string): Instant => Date.parse(iso)

/** Writes its word down. */
export const Note = contract('test.note', z.strictObject({ word: z.string() }))

/** What a job's effect is in these tests: one row that is there after the commit and not after a rollback. */
export async function leave(sql: Sql, word: string, now: Instant): Promise<void> {
  await sql(`INSERT INTO audit_line (at, action, subject, data) VALUES ($1, $2, 'test', '{}')`, [new Date(now), word])
}

/** Everything that was left, in order. */
export const left = (db: Database): Promise<string[]> =>
  db.transact('people', async ({ sql }) => {
    const rows = await sql<{ action: string }>('SELECT action FROM audit_line ORDER BY id')
    return rows.map(({ action }) => action)
  })

export interface StoredJob {
  name: string
  state: string
  attempts: number
  last_error: string | null
  due_at: Date
}
export const stored = (db: Database): Promise<StoredJob[]> =>
  db.transact('people', ({ sql }) =>
    sql<StoredJob>('SELECT name, state, attempts, last_error, due_at FROM job ORDER BY id'),
  )

/** What was reported, as `level message`. */
export interface Report {
  readonly lines: string[]
  warn(data: object, message: string): void
  error(data: object, message: string): void
}
export function report(): Report {
  const lines: string[] = []
  return {
    lines,
    warn: (_, message) => lines.push(`warn ${message}`),
    error: (_, message) => lines.push(`error ${message}`),
  }
}

export function handlersOf(...handlers: readonly JobHandler[]): ReadonlyMap<string, JobHandler> {
  return new Map(handlers.map((handler) => [handler.on.name, handler]))
}

export const noteHandler = job({
  on: Note,
  attemptsMax: 3,
  run: (ctx, { word }) => leave(ctx.sql, word, ctx.clock.now()),
})

/** What the engine hands to a job, as far as these jobs look. */
export function contextOf(clock: Clock, handlers: ReadonlyMap<string, JobHandler>): (tx: Tx) => Promise<Ctx> {
  return async (tx) => {
    const ctx = { clock, sql: tx.sql, jobs: jobsWithin(tx, { clock, handlers }) }
    return ctx as unknown as Ctx
  }
}

/** One process: its own runner over `db`, with what it gave up. */
export function processOf(
  db: Database,
  handlers: ReadonlyMap<string, JobHandler>,
  options: Partial<Pick<RunnerDeps, 'clock' | 'log' | 'onFailed'>> = {},
) {
  const clock = options.clock ?? manualClock(START)
  const givenUp: { name: string; error: unknown }[] = []
  const log = options.log ?? report()
  const runner = createJobRunner({
    db,
    clock,
    handlers,
    context: contextOf(clock, handlers),
    onFailed: (failed, error) => {
      givenUp.push({ name: failed.name, error })
    },
    log,
    ...(options.onFailed ? { onFailed: options.onFailed } : {}),
  })
  const add = <S extends z.ZodType>(
    what: Contract<S>,
    payload: z.input<S>,
    when?: { at?: Instant; key?: string; lane?: string },
  ) => db.transact('people', (tx) => jobsWithin(tx, { clock, handlers }).add(what, payload, when))
  const cancel = (key: string) => db.transact('people', (tx) => jobsWithin(tx, { clock, handlers }).cancel(key))
  return { runner, add, cancel, givenUp }
}
