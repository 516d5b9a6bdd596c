/** Puts together what a handler is given: every part of the engine, bound to one transaction. */
import { civilDateAt } from '#core/calendar/civil.ts'
import type { Clock } from '#core/clock.ts'
import { approvalsFor } from '../approvals/engine.ts'
import { appendLine } from '../audit/lines.ts'
import type { Ctx, Person, PersonCtx } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { filesFor } from '../files/files.ts'
import { peopleFor } from '../identity/people.ts'
import { may } from '../identity/permissions.ts'
import { jobsWithin } from '../jobs/jobs.ts'
import type { OutboxEngine } from '../outbox/engine.ts'
import type { Pages } from '../pages/pages.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { presenceFor } from '../presence/presence.ts'
import type { Registry } from './registry.ts'

export interface ContextDeps {
  readonly clock: Clock
  readonly registry: Registry
  /** The policy in force. */
  readonly policy: () => LoadedPolicy
  readonly outbox: OutboxEngine
  /** Forms as pages; without it there are none. */
  readonly pages?: Pick<Pages, 'open'>
}

/** How deep events may set off other events: a circle would otherwise run for ever. */
const EVENTS_DEEP_MAX = 5

/** For the clock: a job, a schedule. */
export function contextOf(deps: ContextDeps, tx: Tx): Ctx {
  return make(deps, tx, null)
}

/** For a person, at the place where they spoke. */
export function personContextOf(deps: ContextDeps, tx: Tx, actor: Person, origin: PersonCtx['origin']): PersonCtx {
  return Object.assign(make(deps, tx, actor, origin.platform), { actor, origin })
}

function make(deps: ContextDeps, tx: Tx, actor: Person | null, platform?: string): Ctx {
  const { clock, registry, outbox } = deps
  const policy = deps.policy()
  const zone = () => policy.section(OrganisationPolicy).zone
  let deep = 0
  const ctx: Ctx = {
    clock,
    calendar: policy.calendar,
    db: tx.db,
    sql: tx.sql,
    actor,
    policy: (section, person) => policy.section(section, person ?? actor ?? undefined),
    policyVersion: policy.version,
    people: peopleFor(tx, policy),
    presence: presenceFor(tx, policy.calendar),
    approvals: approvalsFor(() => ctx, registry.approvals),
    outbox: outbox.within(
      tx,
      actor ? { person: actor.id, ...(platform === undefined ? {} : { platform }) } : undefined,
    ),
    jobs: jobsWithin(tx, { clock, handlers: registry.jobs }),
    files: filesFor(() => ctx),
    audit: (action, subject, data) =>
      appendLine(tx.sql, { at: clock.now(), actorId: actor?.id ?? null, action, subject, ...(data ? { data } : {}) }),
    async emit(event, facts) {
      if (++deep > EVENTS_DEEP_MAX) throw new Error(`${event.name}: events set off events ${EVENTS_DEEP_MAX} deep`)
      const checked = event.payload.parse(facts)
      for (const feature of registry.features)
        for (const subscription of feature.on)
          if (subscription.on.name === event.name) await subscription.run(ctx, checked as never)
      deep--
    },
    async ask(question, about) {
      const checked = question.about.parse(about)
      const lines: unknown[] = []
      for (const feature of registry.features)
        for (const answer of feature.answers)
          if (answer.to.name === question.name) lines.push(...(await answer.run(ctx, checked as never)))
      return lines as never
    },
    may: (permission, about) => actor !== null && may(policy, actor, permission, about),
    today: (person) => civilDateAt(clock.now(), (person ?? actor)?.zone ?? zone()),
  }
  return ctx
}
