/** A department with two administrators, scripted platforms, watches that find what a test tells them, and a clock moved by hand. */
import { type ManualClock, manualClock } from '#core/clock.ts'
import type { Health } from '#core/platform.ts'
import { type Alerts, createAlerts } from '#engine/alerts/alerts.ts'
import type { Found, Watch } from '#engine/alerts/watch.ts'
import { engineWatches } from '#engine/alerts/watches.ts'
import type { Database, Tx } from '#engine/db/transaction.ts'
import { createOutbox, type OutboxEngine } from '#engine/outbox/engine.ts'
import { type LoadedPolicy, loadPolicy } from '#engine/policy/loaded.ts'
import type { Json } from '#engine/policy/merge.ts'
import { type FakePlatform, fakePlatform } from '../outbox/support.ts'

export const ADA = '00000000-0000-7000-8000-00000000000a'
export const BEN = '00000000-0000-7000-8000-00000000000b'
const CY = '00000000-0000-7000-8000-00000000000c'
const PEOPLE = [
  { id: ADA, staffNo: 'A1', locale: 'zh-CN', roles: ['admin'], accounts: { slack: 'UADA', lark: 'ou_ada' } },
  { id: BEN, staffNo: 'B2', locale: 'en', roles: ['admin'], accounts: { slack: 'UBEN' } },
  { id: CY, staffNo: 'C3', locale: 'zh-CN', roles: [], accounts: { slack: 'UCY' } },
] as const

export const MORNING = '2026-09-28T09:00:00+08:00'

export function policyWith(administration: Json = {}, calendar: Json = {}): LoadedPolicy {
  const sections = {
    organisation: {
      name: { zh: '云杉', en: 'Spruce' },
      departments: { cs: { name: { zh: '客服部', en: 'Customer service' } } },
      roles: {
        admin: { name: { zh: '管理员', en: 'Administrator' }, serves: 'organisation', may: ['*'] },
      },
      everyone: ['inbox.talk'],
      fallbackRole: 'admin',
    },
    channels: {
      ops: { name: { zh: '运维群', en: 'Operations' }, slack: 'COPS' },
      nowhere: { name: { zh: '无', en: 'Nowhere' }, wecom: 'w1' },
    },
    calendar,
    administration,
  }
  return loadPolicy({ sections, departments: {}, posts: {} }, 1)
}

export interface Office {
  readonly alerts: Alerts
  readonly outbox: OutboxEngine
  readonly clock: ManualClock
  readonly slack: FakePlatform
  readonly lark: FakePlatform
  readonly logged: string[]
  policy: LoadedPolicy
  /** What the one scripted watch finds from now on. */
  found: readonly Found[]
  /** What the platforms say of themselves. */
  readonly health: Record<string, Pick<Health, 'ok' | 'detail'>>
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Moves the clock, looks every minute of it, and lets everything leave. */
  pass(minutes: number): Promise<void>
  /** What somebody was told, by the room. */
  told(room: string): readonly string[]
}

/** @param options.watches the engine's own when `real`; one that finds what the test says otherwise */
export function office(
  db: Database,
  options: { watches?: 'real'; shared?: Pick<Office, 'clock' | 'slack' | 'lark'>; more?: readonly Watch[] } = {},
): Office {
  const clock = options.shared?.clock ?? manualClock(MORNING)
  const slack = options.shared?.slack ?? fakePlatform('slack')
  const lark = options.shared?.lark ?? fakePlatform('lark')
  const logged: string[] = []
  const note = (_: object, message: string) => void logged.push(message)
  const health: Office['health'] = {}
  const platforms = new Map(
    [slack, lark].map((platform) => [
      platform.name,
      Object.assign(platform, { health: () => ({ since: 0, ...(health[platform.name] ?? { ok: true, detail: '' }) }) }),
    ]),
  )
  const state = { policy: policyWith(), found: [] as readonly Found[] }
  const policy = () => state.policy
  const outbox = createOutbox({
    db,
    clock,
    platforms,
    policy,
    log: { warn: () => {} },
    timeout: () => new AbortController().signal,
  })
  const scripted: Watch = { kind: 'jobs.failed', look: async () => state.found }
  const alerts = createAlerts({
    db,
    clock,
    platforms,
    policy,
    outbox,
    watches:
      options.watches === 'real'
        ? engineWatches({ platforms, policy, isRehearsed: false })
        : [scripted, ...(options.more ?? [])],
    log: { info: () => {}, error: note },
  })
  const here: Office = {
    alerts,
    outbox,
    clock,
    slack,
    lark,
    logged,
    health,
    get policy() {
      return state.policy
    },
    set policy(policy) {
      state.policy = policy
    },
    get found() {
      return state.found
    },
    set found(found) {
      state.found = found
    },
    tx: (work) => db.transact('people', work),
    async pass(minutes) {
      for (let minute = 0; minute < minutes; minute++) {
        clock.advance(60_000)
        await alerts.look()
      }
      await outbox.pump(new AbortController().signal)
    },
    told: (room) => [...slack.in(room), ...lark.in(room)],
  }
  return here
}

export const looks = async (here: Office) => {
  await here.alerts.look()
  await here.outbox.pump(new AbortController().signal)
}

export async function hire(db: Database): Promise<void> {
  const at = new Date(MORNING)
  await db.transact('people', async ({ sql }) => {
    for (const { id, staffNo, locale, roles, accounts } of PEOPLE) {
      await sql(
        `INSERT INTO person (id, staff_no, name, department, post, roles, locale, zone, pattern, active, preferred_platform)
         VALUES ($1, $2, $2, 'cs', '', $4, $3, 'Asia/Shanghai', '{}', true, 'slack')`,
        [id, staffNo, locale, roles],
      )
      for (const [platform, account] of Object.entries(accounts))
        await sql('INSERT INTO account (platform, account, person_id, linked_at) VALUES ($1, $2, $3, $4)', [
          platform,
          account,
          id,
          at,
        ])
    }
  })
}
