/** What recurs: turns every occurrence of every schedule into one job, or writes down why not. */
import { createHash } from 'node:crypto'
import type { WorkCalendar } from '#core/calendar/days.ts'
import { occurrences } from '#core/calendar/occurrences.ts'
import { type Clock, DAY_MS, type Instant } from '#core/clock.ts'
import { LOCALES, type Text } from '#core/i18n.ts'
import { isConnectionLoss, type Tx } from '../db/transaction.ts'
import type { PolicyReader, Schedule, ScheduleEntry } from '../feature.ts'
import { checkedJob, type JobHandlers, type JobLog } from './jobs.ts'
import { planOf } from './plan.ts'
import {
  advanceMarks,
  beginMark,
  fireOccurrence,
  lockMarks,
  type Mark,
  removeMark,
  retitleMark,
  type SkipReason,
  skipOccurrences,
} from './repository/occurrences.ts'

/** One question to {@link occurrences} spans so much: every minute of it is still within its bound. */
const WINDOW_MS = 5 * DAY_MS
/** How far back missed occurrences are looked for, and how far ahead the next one. Every yearly rule fits. */
const LOOK_MS_MAX = 400 * DAY_MS
/** Of a very long absence only about so many occurrences of a schedule are written down, the newest. */
const MISSED_LISTED_MAX = 1_000
const PREVIEW_MAX = 10_000

/** What schedules read of the policy in force. */
export interface SchedulePolicy {
  readonly reader: PolicyReader
  readonly calendar: WorkCalendar
}

export interface SchedulesDeps {
  readonly clock: Clock
  readonly schedules: readonly Schedule[]
  readonly handlers: JobHandlers
  /** The newest version that this process knows. */
  policy(): SchedulePolicy
  /** Appends one line to the audit log in this transaction; nobody acts. */
  audit(tx: Tx, action: string, subject: string, data: Readonly<Record<string, unknown>>): Promise<void>
  readonly log: JobLog
}

export interface Schedules {
  /**
   * Takes over the schedules of the policy in force: after the start, and after every change of the policy. One that is
   * new, or whose rule or zone has changed, begins now and catches up nothing; one that is gone is removed, with a line
   * in the audit log. @returns their names
   * @throws Error for a feature's mistake: a name given twice, a payload that does not fit its job
   */
  load(tx: Tx): Promise<{ added: readonly string[]; changed: readonly string[]; removed: readonly string[] }>
  /**
   * Turns everything that has fallen due since the last look into jobs, in this transaction, and decides what was missed
   * (`plan.ts`). Two processes, a restart, a sleep and a clock that was set back are one case: an occurrence has one row.
   * A schedule that fails is reported and tried again; it stops no other.
   */
  tick(tx: Tx): Promise<Ticked>
  /** The first instant after `now` at which some schedule falls due; undefined when none does within 400 days. */
  nextDueAt(now: Instant): Instant | undefined
  /**
   * What falls due after `from`, up to and including `until`, by the policy in force.
   * @throws RangeError over 10,000 lines
   */
  preview(from: Instant, until: Instant): readonly Foreseen[]
}

export interface Ticked {
  readonly fired: readonly { readonly schedule: string; readonly due: Instant; readonly late: boolean }[]
  readonly skipped: readonly { readonly schedule: string; readonly due: Instant; readonly reason: SkipReason }[]
  /** Some schedule has more to catch up than is run at once: the next tick goes on. */
  readonly more: boolean
}

export interface Foreseen {
  readonly at: Instant
  readonly schedule: string
  readonly title: Text
}

interface Loaded extends ScheduleEntry {
  /** The name of the job it runs. */
  readonly job: string
  readonly attemptsMax: number
  readonly hash: string
}
interface Snapshot extends SchedulePolicy {
  /** By name. */
  readonly entries: readonly Loaded[]
  /** The answer of {@link nextOf} holds from the instant it was asked for until the one it gave. */
  readonly next: Map<string, { readonly from: Instant; readonly at: Instant }>
}

export function createSchedules(deps: SchedulesDeps): Schedules {
  let snapshot: Snapshot | undefined
  const current = (): Snapshot => {
    const { reader, calendar } = deps.policy()
    if (snapshot?.reader !== reader || snapshot.calendar !== calendar) {
      snapshot = { reader, calendar, entries: entriesOf(deps, reader), next: new Map() }
    }
    return snapshot
  }
  return {
    load: (tx) => load(deps, tx, current()),
    tick: (tx) => tick(deps, tx, current()),
    nextDueAt(now) {
      const policy = current()
      const next = policy.entries.flatMap((entry) => nextOf(policy, entry, now) ?? [])
      return next.length === 0 ? undefined : Math.min(...next)
    },
    preview: (from, until) => preview(current(), from, until),
  }
}

function entriesOf({ schedules, handlers }: SchedulesDeps, reader: PolicyReader): readonly Loaded[] {
  const entries = new Map<string, Loaded>()
  for (const { job, entries: entriesIn } of schedules) {
    for (const entry of entriesIn(reader)) {
      if (entries.has(entry.name)) throw new Error(`Two schedules are called ${entry.name}: a name is used once`)
      const { attemptsMax } = checkedJob(handlers, job.name, payloadOf(entry, { due: 0, late: false }))
      entries.set(entry.name, { ...entry, job: job.name, attemptsMax, hash: hashOf(entry) })
    }
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function payloadOf(entry: ScheduleEntry, run: { due: Instant; late: boolean }) {
  return { ...entry.payload, ...run }
}

/** The same for the same rule in the same zone, whatever order its keys are written in. */
function hashOf({ rule, zone }: ScheduleEntry): string {
  const sorted = JSON.stringify([rule, zone], (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(sorted).digest('hex')
}

async function load({ clock, audit }: SchedulesDeps, tx: Tx, { entries }: Snapshot) {
  const now = clock.now()
  const marks = new Map((await lockMarks(tx.sql)).map((mark) => [mark.name, mark]))
  const names = { added: [] as string[], changed: [] as string[], removed: [] as string[] }
  for (const { name, title, hash } of entries) {
    const mark = marks.get(name)
    if (mark?.ruleHash !== hash) {
      const begun = await beginMark(tx.sql, { name, ruleHash: hash, title, markAt: now })
      if (begun) (mark === undefined ? names.added : names.changed).push(name)
    } else if (LOCALES.some((locale) => mark.title[locale] !== title[locale])) {
      await retitleMark(tx.sql, name, title)
    }
    marks.delete(name)
  }
  for (const { name, title } of marks.values()) {
    await removeMark(tx.sql, name)
    await audit(tx, 'schedules.removed', `schedule:${name}`, { title })
    names.removed.push(name)
  }
  return names
}

async function tick(deps: SchedulesDeps, tx: Tx, policy: Snapshot): Promise<Ticked> {
  const { clock, log } = deps
  const now = clock.now()
  const marks = new Map((await lockMarks(tx.sql)).map((mark) => [mark.name, mark]))
  reportMarksAhead(deps, [...marks.values()], now)
  const done = { fired: [] as Ticked['fired'][number][], skipped: [] as Ticked['skipped'][number][], more: false }
  const quiet: string[] = []
  for (const entry of policy.entries) {
    const mark = marks.get(entry.name)
    // Without a mark, or with that of another rule, another process follows a newer policy: that one fires it.
    if (mark?.ruleHash !== entry.hash) continue
    try {
      const dues = missedSince(deps, policy, entry, mark.markAt, now)
      if (dues.length === 0) {
        quiet.push(entry.name)
        continue
      }
      const one = await tx.savepoint(() => fire(tx, entry, dues, now))
      done.fired.push(...one.fired)
      done.skipped.push(...one.skipped)
      done.more ||= one.more
    } catch (error) {
      if (isConnectionLoss(error)) throw error
      log.error({ schedule: entry.name, err: error }, 'A schedule could not be looked at and will be tried again')
    }
  }
  await advanceMarks(tx.sql, quiet, now)
  return done
}

/** A clock that was wrong for a while leaves marks in the future, and reminders silent until then: nothing is silent unsaid. */
function reportMarksAhead({ log }: SchedulesDeps, marks: readonly Mark[], now: Instant): void {
  const ahead = marks.filter(({ markAt }) => markAt > now + DAY_MS).map(({ name }) => name)
  if (ahead.length === 0) return
  log.warn({ schedules: ahead, now: isoOf(now) }, 'The clock was set back by more than a day: these schedules rest')
}

async function fire(tx: Tx, entry: Loaded, dues: readonly Instant[], now: Instant): Promise<Ticked> {
  const schedule = entry.name
  const { run, skip, until } = planOf(dues, now, entry.catchUp)
  const written = await skipOccurrences(tx.sql, schedule, skip, now)
  const skipped = skip.filter(({ due }) => written.has(due)).map((one) => ({ schedule, ...one }))
  const fired: Ticked['fired'][number][] = []
  for (const { due, late } of run) {
    const payload = payloadOf(entry, { due, late })
    const job = { name: entry.job, payload, dueAt: due, attemptsMax: entry.attemptsMax, createdAt: now }
    if (await fireOccurrence(tx.sql, schedule, job, late)) fired.push({ schedule, due, late })
  }
  await advanceMarks(tx.sql, [schedule], until)
  return { fired, skipped, more: until < now }
}

/** What has fallen due since the mark; after a very long absence only the newest part, and the log says from when. */
function missedSince(
  { log }: SchedulesDeps,
  { calendar }: SchedulePolicy,
  { name, rule, zone }: Loaded,
  mark: Instant,
  now: Instant,
): readonly Instant[] {
  const found: (readonly Instant[])[] = []
  let listed = 0
  let from = now
  while (from > mark && listed < MISSED_LISTED_MAX && now - from < LOOK_MS_MAX) {
    const until = from
    from = Math.max(mark, until - WINDOW_MS)
    const part = occurrences(rule, from, until, zone, calendar)
    found.unshift(part)
    listed += part.length
  }
  if (from > mark) {
    log.warn(
      { schedule: name, from: isoOf(mark), until: isoOf(from) },
      'A schedule rested too long to list what it missed',
    )
  }
  return found.flat()
}

function nextOf({ calendar, next }: Snapshot, { name, rule, zone }: Loaded, now: Instant): Instant | undefined {
  const known = next.get(name)
  if (known !== undefined && known.from <= now && now < known.at) return known.at
  for (let from = now; from < now + LOOK_MS_MAX; from += WINDOW_MS) {
    const [at] = occurrences(rule, from, from + WINDOW_MS, zone, calendar)
    if (at === undefined) continue
    next.set(name, { from: now, at })
    return at
  }
  return undefined
}

function preview({ entries, calendar }: Snapshot, from: Instant, until: Instant): readonly Foreseen[] {
  const found: Foreseen[] = []
  for (let start = from; start < until; start += WINDOW_MS) {
    const end = Math.min(start + WINDOW_MS, until)
    for (const { name, title, rule, zone } of entries) {
      for (const at of occurrences(rule, start, end, zone, calendar)) found.push({ at, schedule: name, title })
    }
    if (found.length > PREVIEW_MAX) {
      throw new RangeError(`More than ${PREVIEW_MAX} occurrences from ${isoOf(from)} to ${isoOf(until)}: ask for less`)
    }
  }
  return found.sort((a, b) => a.at - b.at || (a.schedule < b.schedule ? -1 : 1))
}

function isoOf(instant: Instant): string {
  return new Date(instant).toISOString()
}
