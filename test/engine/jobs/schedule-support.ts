/** Schedules for tests: a policy whose entries the test writes, and one process's reading of it. */
import { z } from 'zod'
import { workCalendar } from '../../../src/core/calendar/days.ts'
import type { ScheduleRule } from '../../../src/core/calendar/occurrences.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { contract } from '../../../src/core/contract.ts'
import { appendLine } from '../../../src/engine/audit/lines.ts'
import type { Database } from '../../../src/engine/db/transaction.ts'
import { job, type PolicyReader, type ScheduleEntry } from '../../../src/engine/feature.ts'
import { createSchedules, type SchedulePolicy } from '../../../src/engine/jobs/schedules.ts'
import { handlersOf, leave, processOf, report } from './support.ts'

export const Remind = contract('test.remind', z.strictObject({ what: z.string(), due: z.int(), late: z.boolean() }))

/** Says what it reminds of, and whether it comes late. */
export const handlers = handlersOf(
  job({
    on: Remind,
    attemptsMax: 3,
    run: (ctx, { what, late }) => leave(ctx.sql, late ? `${what}, late` : what, ctx.clock.now()),
  }),
)

const calendar = workCalendar()

/** @param rule every working day at 09:00 unless given */
export function entry(name: string, options: Partial<ScheduleEntry> = {}): ScheduleEntry {
  return {
    name,
    title: { 'zh-CN': `提醒${name}`, en: `Reminder ${name}` },
    rule: { every: 'working-day', at: '09:00' },
    zone: 'Asia/Shanghai',
    catchUp: { missed: 'once', freshForMinutes: 12 * 60 },
    payload: { what: name },
    ...options,
  }
}

export const cron = (expression: string): ScheduleRule => ({ cron: expression })

/** The policy as a test writes it: a new list is a new version. */
export function writtenPolicy(first: readonly ScheduleEntry[] = []) {
  let entries = first
  let policy = versionOf(1)
  return {
    write(next: readonly ScheduleEntry[]) {
      entries = next
      policy = versionOf(policy.reader.version + 1)
    },
    entries: () => entries,
    current: () => policy,
  }
}

function versionOf(version: number): SchedulePolicy {
  const reader: PolicyReader = {
    version,
    departments: [],
    section: () => {
      throw new Error('These schedules read no section')
    },
  }
  return { reader, calendar }
}

/** One process: its schedules and its runner over `db`. */
export function schedulerOf(db: Database, clock: Clock, policy: ReturnType<typeof writtenPolicy>) {
  const log = report()
  const schedules = createSchedules({
    clock,
    schedules: [{ job: Remind, entries: policy.entries }],
    handlers,
    policy: policy.current,
    audit: (tx, action, subject, data) => appendLine(tx.sql, { at: clock.now(), actorId: null, action, subject, data }),
    log,
  })
  const { runner } = processOf(db, handlers, { clock, log })
  return {
    schedules,
    runner,
    log,
    load: () => db.transact('work', (tx) => schedules.load(tx)),
    tick: () => db.transact('work', (tx) => schedules.tick(tx)),
    /** What a ring of the minute does: look at the schedules, then run what they made. */
    async ring() {
      const done = await db.transact('work', (tx) => schedules.tick(tx))
      await runner.pump()
      return done
    },
    list: () => db.transact('work', (tx) => runner.list(tx)),
  }
}
