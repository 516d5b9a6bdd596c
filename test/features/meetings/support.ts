/** A department that meets: a policy, its people, and one process with the feature's real schedules and jobs. */
import { textOf } from '../../../src/core/card.ts'
import { type Clock, manualClock } from '../../../src/core/clock.ts'
import { LOCALES, type Locale } from '../../../src/core/i18n.ts'
import { appendLine } from '../../../src/engine/audit/lines.ts'
import type { Ctx, Draw, Outbox } from '../../../src/engine/context.ts'
import type { Database, Tx } from '../../../src/engine/db/transaction.ts'
import { peopleFor } from '../../../src/engine/identity/people.ts'
import { createJobRunner, jobsWithin } from '../../../src/engine/jobs/jobs.ts'
import { createSchedules } from '../../../src/engine/jobs/schedules.ts'
import { type LoadedPolicy, loadPolicy, type PolicyContent } from '../../../src/engine/policy/loaded.ts'
import type { JsonMap } from '../../../src/engine/policy/merge.ts'
import { presenceFor } from '../../../src/engine/presence/presence.ts'
import { meetings } from '../../../src/features/meetings/index.ts'

export const ZONE = 'Asia/Shanghai'
/** MEET-04 (a): Friday 16:00, led by the head of customer service. */
export const WEEKLY: JsonMap = {
  name: { zh: '部门例会', en: 'Department meeting' },
  rule: { every: 'week', weekday: 'fri', at: '16:00' },
  chair: 'head',
}

export function policyOf(
  series: JsonMap,
  departments: PolicyContent['departments'] = {},
  version = 1,
  channel: JsonMap = { department: 'cs' },
): LoadedPolicy {
  const name = (zh: string, en: string) => ({ name: { zh, en } })
  return loadPolicy(
    {
      sections: {
        organisation: {
          ...name('云杉', 'Spruce'),
          zone: ZONE,
          departments: {
            centre: name('中心', 'Centre'),
            cs: { ...name('客服部', 'Customer service'), parent: 'centre' },
            night: { ...name('夜班组', 'Night team'), parent: 'cs' },
            hr: { ...name('人事', 'HR'), parent: 'centre' },
          },
          roles: { head: name('客服部主任', 'Head of customer service'), admin: name('管理员', 'Administrator') },
          fallbackRole: 'admin',
        },
        channels: { department: { ...name('客服部', 'Customer service'), ...channel } },
        meetings: { series },
      },
      departments,
      posts: {},
    },
    version,
  )
}

/** One message that left, as each reader would see it. */
export interface Said {
  readonly key: string
  readonly to: unknown
  readonly text: Readonly<Record<Locale, string>>
  readonly draw: Draw
}

/** The department's bot over `db` on a clock of its own, started at `start`. */
export async function departmentAt(db: Database, start: string, first: LoadedPolicy) {
  const clock = manualClock(start)
  const said: Said[] = []
  const trouble: string[] = []
  let policy = first
  const process = processOf(db, clock, () => policy, said, trouble)
  await process.load()
  return {
    clock,
    said,
    trouble,
    ...process,
    async change(next: LoadedPolicy) {
      policy = next
      await process.load()
    },
    /** Rings every minute until `end`, as a day passes. */
    async passUntil(end: string) {
      for (; clock.now() <= Date.parse(end); clock.advance(60_000)) await process.ring()
    },
  }
}

function processOf(db: Database, clock: Clock, policy: () => LoadedPolicy, said: Said[], trouble: string[]) {
  const handlers = new Map(meetings.jobs.map((handler) => [handler.on.name, handler]))
  const log = {
    warn: (_: object, message: string) => trouble.push(message),
    error: (_: object, message: string) => trouble.push(message),
  }
  const audit = (tx: Tx, action: string, subject: string, data: Readonly<Record<string, unknown>> = {}) =>
    appendLine(tx.sql, { at: clock.now(), actorId: null, action, subject, data })
  const schedules = createSchedules({ clock, schedules: meetings.schedules, handlers, policy, audit, log })
  const context = async (tx: Tx): Promise<Ctx> => {
    const ctx = {
      clock,
      policy: (section: Parameters<LoadedPolicy['section']>[0]) => policy().section(section),
      people: peopleFor(tx, policy()),
      presence: presenceFor(tx, policy().calendar),
      jobs: jobsWithin(tx, { clock, handlers }),
      outbox: outboxInto(tx, said),
      audit: (action: string, subject: string, data?: Readonly<Record<string, unknown>>) =>
        audit(tx, action, subject, data),
    }
    return ctx as unknown as Ctx
  }
  const onFailed = ({ name }: { name: string }) => {
    trouble.push(`gave up ${name}`)
  }
  const runner = createJobRunner({ db, clock, handlers, context, onFailed, log })
  return {
    schedules,
    runner,
    load: () => db.transact('work', (tx) => schedules.load(tx)),
    tick: () => db.transact('work', (tx) => schedules.tick(tx)),
    async ring() {
      await db.transact('work', (tx) => schedules.tick(tx))
      await runner.pump()
    },
  }
}

/** Says a key once, after the commit, to a room that reads both languages. */
function outboxInto(tx: Tx, said: Said[]): Pick<Outbox, 'send'> {
  return {
    async send(to, draw, options = {}) {
      const texts = LOCALES.map((locale) => [locale, textOf(draw({ locale, zone: ZONE }))])
      const message = { key: options.key ?? '', to, text: Object.fromEntries(texts) as Said['text'], draw }
      tx.afterCommit(() => {
        if (!said.some(({ key }) => key === message.key)) said.push(message)
      })
    },
  }
}

/** A colleague in the people's table; `id` is a digit. */
export async function hire(
  db: Database,
  id: number,
  name: string,
  options: { roles?: readonly string[]; department?: string; active?: boolean } = {},
): Promise<string> {
  const { roles = [], department = 'cs', active = true } = options
  const uuid = `00000000-0000-4000-8000-00000000000${id}`
  await db.transact('people', ({ db: prisma }) =>
    prisma.person.create({
      data: {
        id: uuid,
        staffNo: `CS${id}`,
        name,
        department,
        post: 'agent',
        roles: [...roles],
        locale: 'zh-CN',
        zone: ZONE,
        pattern: {},
        active,
      },
    }),
  )
  return uuid
}
