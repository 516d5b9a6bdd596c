/** Puts the product together: the only file that names every feature. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, type Instant, realNow } from '#core/clock.ts'
import type { Text } from '#core/i18n.ts'
import type { Log } from '#core/log.ts'
import type { Answer, Incoming, Platform } from '#core/platform.ts'
import { type Alerts, createAlerts } from '#engine/alerts/alerts.ts'
import type { BackupPlace } from '#engine/alerts/backups.ts'
import { administrationFeature } from '#engine/alerts/feature.ts'
import { lastBackup } from '#engine/alerts/repository.ts'
import { ALERT_KINDS, kindOf } from '#engine/alerts/watch.ts'
import { engineWatches } from '#engine/alerts/watches.ts'
import { approvalsFeature } from '#engine/approvals/feature.ts'
import { rerouteLeavers, waitingForLeavers } from '#engine/approvals/leavers.ts'
import { appendLine } from '#engine/audit/lines.ts'
import { seal } from '#engine/audit/seal.ts'
import type { Database } from '#engine/db/transaction.ts'
import type { Feature } from '#engine/feature.ts'
import { filesFeature } from '#engine/files/feature.ts'
import { sweep as sweepFiles } from '#engine/files/files.ts'
import { FilesPolicy } from '#engine/files/policy.ts'
import { parkedEvents } from '#engine/inbox/admin.ts'
import { createInbox, type Inbox } from '#engine/inbox/edge.ts'
import { inboxFeature } from '#engine/inbox/feature.ts'
import { type ContextDeps, contextOf } from '#engine/inbox/make-context.ts'
import { type Registry, registryOf } from '#engine/inbox/registry.ts'
import { countRows as inboxRows } from '#engine/inbox/repository.ts'
import { createJobRunner, type JobRunner } from '#engine/jobs/jobs.ts'
import { countRows as jobRows } from '#engine/jobs/repository/jobs.ts'
import { createSchedules, type Schedules } from '#engine/jobs/schedules.ts'
import { createOutbox, type OutboxEngine } from '#engine/outbox/engine.ts'
import { createPages, type Pages } from '#engine/pages/pages.ts'
import { uploads } from '#engine/pages/uploads.ts'
import { CalendarPolicy } from '#engine/policy/calendar.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import type { LoadedPolicy } from '#engine/policy/loaded.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { createPolicyStore, type PolicyStore } from '#engine/policy/store.ts'
import { createWorkshop } from '#engine/workshop/create.ts'
import type { Workshop } from '#engine/workshop/workshop.ts'
import { channelsFeature } from './features/channels/index.ts'
import { leave } from './features/leave/index.ts'
import { me } from './features/me/index.ts'
import { meetings } from './features/meetings/index.ts'
import { reports } from './features/reports/index.ts'

export interface AppDeps {
  readonly db: Database
  readonly clock: Clock
  readonly platforms: readonly Platform[]
  readonly log: Log
  /** Closed by whoever opened it; one of the app's own when absent, whose worker ends when it is idle. */
  readonly workshop?: Workshop
  /** Where backups go that are made by themselves; without it there are none. */
  readonly backups?: Omit<BackupPlace, 'db'>
  /** Besides the product's own; for tests. */
  readonly moreFeatures?: readonly Feature[]
}

export interface App {
  readonly registry: Registry
  readonly policy: PolicyStore
  readonly inbox: Inbox
  readonly outbox: OutboxEngine
  readonly jobs: JobRunner
  readonly schedules: Schedules
  /** What administrators are told of. */
  readonly alerts: Alerts
  /** Forms as web pages; there are none until it is told where they are reached. */
  readonly pages: Pages
  /** Sheets, charts and hashes, made in a worker thread. */
  readonly workshop: Workshop
  /** For what runs without a person: commands of the command line. */
  readonly context: ContextDeps
  deliver(platform: Platform, event: Incoming): Promise<Answer>
  /** The HTTP answer that carried these replies has left, or broke off: then the outbox says them. */
  replied(keys: readonly string[], left: boolean): Promise<void>
  /** Called when something may be due: set by whoever runs the workers. */
  onWake(wake: () => void): void
  /** One round of everything that is due now. @returns whether anything was done */
  round(signal: AbortSignal): Promise<boolean>
  /** Real time at which the last round came to an end; of the start before the first. */
  roundedAt(): Instant
  /** Rounds until nothing is due any more. */
  untilQuiet(signal: AbortSignal): Promise<void>
  /** Turns what has fallen due by the schedules into jobs, and looks whether administrators must be told something. */
  tick(): Promise<void>
  /** Follows a policy that was applied by any process. */
  followPolicy(): Promise<void>
  /** The next instant at which anything falls due, a message that waits for its pace included; may lie in the past. */
  nextDue(): Promise<{ at: Instant } | undefined>
  /** The next thing that will happen by itself, and what it is, for people. */
  nextEvent(): Promise<{ at: Instant; what: Text } | undefined>
  /** Throws old rows away, a bounded number in one transaction, until none is left. */
  housekeeping(signal: AbortSignal): Promise<void>
  /** How many rows there are by queue and state, as `outbox slack dead`; for metrics. */
  rows(): Promise<Readonly<Record<string, number>>>
  /** For how many seconds, by the clock, the oldest row of each queue that is due has waited; for metrics. */
  overdueSeconds(): Promise<Readonly<Record<string, number>>>
  /** Real time of the newest backup; for metrics. */
  newestBackupAt(): Promise<Instant | undefined>
  /** How many alerts of each kind are open, by the kind; for metrics. */
  openAlerts(): Promise<Readonly<Record<string, number>>>
}

/** The product's features, in the order in which help and menus name their commands: what people ask for most comes first. */
export const FEATURES: readonly Feature[] = [leave, meetings, reports, me]

const ROUNDS_MAX = 1_000
/** While a job is prepared beside, everything else is looked at as often, in real time. */
const BESIDE_LOOK_MS = 1_000

/** A page waits longer for its answer than a chat does: the browser shows that it does. */
const PAGE_ANSWER_MS = 15_000

/** @param policy asked only when something is handled */
function registryWith(
  features: readonly Feature[],
  policy: PolicyStore,
  platforms: readonly Platform[] = [],
  backups?: BackupPlace,
): Registry {
  const umbrellas = new Set(platforms.flatMap(({ limits }) => limits.umbrellaCommand ?? []))
  const kinds = new Map(features.flatMap((feature) => feature.approvals.map((kind) => [kind.kind.name, kind] as const)))
  const registry: Registry = registryOf(
    [
      filesFeature(new Map(platforms.map((platform) => [platform.name, platform])), uploads),
      inboxFeature(() => ({ registry, policy: policy.current() }), umbrellas),
      approvalsFeature(kinds),
      administrationFeature(backups),
      ...features,
      channelsFeature(new Map(platforms.map((platform) => [platform.name, platform]))),
    ],
    [OrganisationPolicy, ChannelsPolicy, CalendarPolicy, FilesPolicy],
  )
  return registry
}

/** Every section of the policy, without an app: for checking files and publishing schemas. */
export const policySections = () => registryWith(FEATURES, createPolicyStore()).sections

/** Every permission that some feature asks for: a role that is given another is a slip of the pen. */
export const knownPermissions = (): readonly string[] => [
  ...registryWith(FEATURES, createPolicyStore()).permissions.keys(),
]

export function createApp(deps: AppDeps): App {
  const { db, clock, log } = deps
  const platforms = new Map(deps.platforms.map((platform) => [platform.name, platform]))
  const policyStore = createPolicyStore()
  const place = deps.backups && { ...deps.backups, db }
  const registry = registryWith([...FEATURES, ...(deps.moreFeatures ?? [])], policyStore, deps.platforms, place)
  const policy = () => policyStore.current()
  const outbox = createOutbox({ db, clock, platforms, policy, log })
  const pages = createPages({
    db,
    policy,
    deliver(name, event) {
      const platform = platforms.get(name)
      return platform && inbox.deliver(platform, event, PAGE_ANSWER_MS)
    },
    log,
  })
  const context: ContextDeps = { clock, registry, policy, outbox, pages }
  const workshop = deps.workshop ?? createWorkshop()
  const jobs = createJobRunner({
    db,
    clock,
    workshop,
    handlers: registry.jobs,
    context: async (tx) => contextOf(context, tx),
    onFailed: (job, error) => log.error({ err: error, job: job.name, id: job.id }, 'a job was given up'),
    log,
  })
  const schedules = createSchedules({
    clock,
    schedules: registry.features.flatMap((feature) => feature.schedules),
    handlers: registry.jobs,
    policy,
    audit: (tx, action, subject, data) => appendLine(tx.sql, { at: clock.now(), actorId: null, action, subject, data }),
    log,
  })
  const alerts = createAlerts({
    db,
    clock,
    platforms,
    policy,
    outbox,
    watches: [...engineWatches({ platforms, policy, isRehearsed: clock.kind === 'rehearsal' }), parkedEvents()],
    log,
  })
  let wake = () => {}
  let nudge = () => {}
  let roundedAt = realNow()
  /** While a job is prepared beside: until it ends, something new happens, or a second has passed. False when there is none. */
  const besideMoves = async (): Promise<boolean> => {
    const woken = new Promise<boolean>((resolve) => {
      nudge = () => resolve(true)
    })
    const timer = new AbortController()
    const second = delay(BESIDE_LOOK_MS, true, { signal: timer.signal, ref: false }).catch(() => true)
    try {
      return await Promise.race([jobs.ended(), woken, second])
    } finally {
      timer.abort()
    }
  }
  /** Somebody may have left, by the people file or by a directory: what waited for them goes on. */
  const reroute = async () => {
    const ids = await db.transact('work', (tx) => waitingForLeavers(tx))
    for (const id of ids)
      await db.transact('work', (tx) => rerouteLeavers(contextOf(context, tx), registry.approvals, id))
  }
  /** The policy whose schedules hold: after a restore another one may have the same number. */
  let scheduled: LoadedPolicy | undefined
  const wakeAll = () => {
    nudge()
    wake()
  }
  const inbox = createInbox({ ...context, db, platforms, log, wake: wakeAll })
  const app: App = {
    registry,
    policy: policyStore,
    inbox,
    outbox,
    jobs,
    schedules,
    alerts,
    pages,
    workshop,
    context,
    deliver: (platform, event) => inbox.deliver(platform, event),
    async replied(keys, left) {
      await inbox.replied(keys, left)
      if (!left) wakeAll()
    },
    onWake: (set) => {
      wake = set
    },
    async round(signal) {
      const events = await inbox.pump()
      const ran = await jobs.pump(signal)
      const sent = await outbox.pump(signal)
      await seal(db)
      roundedAt = realNow()
      return events + ran + sent > 0
    },
    roundedAt: () => roundedAt,
    async untilQuiet(signal) {
      for (let round = 0; round < ROUNDS_MAX && !signal.aborted; round++)
        if (!(await app.round(signal)) && !(await besideMoves())) return
      // What is in hand gives itself up when the process stops: nothing is left behind it.
      while (await jobs.ended());
    },
    async tick() {
      for (let more = true; more; ) more = (await db.transact('work', (tx) => schedules.tick(tx))).more
      await reroute()
      await alerts.look()
    },
    async followPolicy() {
      await db.transact('work', (tx) => policyStore.refresh(tx))
      const newest = policyStore.current()
      if (newest === scheduled) return
      await db.transact('work', (tx) => schedules.load(tx))
      // Not before: a load that failed is made up for at the next look.
      scheduled = newest
    },
    nextDue: () => nextDue(deps, app),
    nextEvent: () => nextEvent(deps, app),
    async rows() {
      return db.transact('work', async (tx) => {
        const said = (await outbox.counts(tx)).map(({ platform, state, rows }) => [`outbox ${platform} ${state}`, rows])
        const [events, work] = [await inboxRows(tx.sql), await jobRows(tx.sql)]
        return Object.fromEntries([
          ...said,
          ...events.map(({ state, rows }) => [`inbox ${state}`, rows]),
          ...work.map(({ state, rows }) => [`jobs ${state}`, rows]),
        ])
      })
    },
    overdueSeconds: () => overdueSeconds(deps, app),
    newestBackupAt: async () => (await db.transact('work', ({ sql }) => lastBackup(sql)))?.realAt,
    async openAlerts() {
      const open = (await db.transact('work', (tx) => alerts.list(tx))).filter(({ closedAt }) => closedAt === null)
      const counts: Record<string, number> = Object.fromEntries(ALERT_KINDS.map((kind) => [kind, 0]))
      for (const { key } of open) counts[kindOf(key) ?? key] = (counts[kindOf(key) ?? key] ?? 0) + 1
      return counts
    },
    async housekeeping(signal) {
      const sweeps = [
        () => inbox.forget(),
        () => db.transact('work', (tx) => jobs.housekeeping(tx)),
        () => db.transact('work', (tx) => outbox.housekeeping(tx)),
        () => db.transact('work', (tx) => alerts.housekeeping(tx)),
        () => pages.sweep(),
        () =>
          db.transact('work', (tx) =>
            sweepFiles(tx, clock.now(), (action, subject) =>
              appendLine(tx.sql, { at: clock.now(), actorId: null, action, subject }),
            ),
          ),
      ]
      for (const sweep of sweeps) for (let count = 1; count > 0 && !signal.aborted; ) count = await sweep()
    },
  }
  return app
}

/** The earliest over all queues and schedules. */
async function nextDue({ db, clock }: AppDeps, { inbox, jobs, outbox, schedules, alerts }: App) {
  const queued = await db.transact('work', async (tx) => [
    await jobs.nextDueAt(tx),
    await outbox.nextDueAt(tx),
    await alerts.nextDueAt(tx),
  ])
  const all = [await inbox.nextDueAt(), schedules.nextDueAt(clock.now()), ...queued]
  const known = all.filter((at) => at !== undefined)
  return known.length > 0 ? { at: Math.min(...known) } : undefined
}

async function overdueSeconds({ db, clock }: AppDeps, { inbox, jobs, outbox }: App) {
  const next = await db.transact('work', async (tx) => ({
    jobs: await jobs.overdueSince(tx),
    outbox: await outbox.overdueSince(tx),
  }))
  const late = (at: Instant | undefined) => Math.max(0, Math.round((clock.now() - (at ?? clock.now())) / 1000))
  return { inbox: late(await inbox.nextDueAt()), jobs: late(next.jobs), outbox: late(next.outbox) }
}

async function nextEvent({ db, clock }: AppDeps, { jobs, schedules }: App) {
  const job = await db.transact('work', (tx) => jobs.next(tx))
  const scheduled = schedules.nextDueAt(clock.now())
  if (scheduled === undefined || (job && job.at < scheduled)) return job
  const [first] = schedules.preview(scheduled - 1, scheduled)
  return first && { at: first.at, what: first.title }
}
