/** Requests for decision: opened, decided by one conditional statement, handed on in working time, closed on every card. */
import { formatInstant } from '#core/calendar/civil.ts'
import { payloadOf } from '#core/card.ts'
import { Refusal } from '#core/errors.ts'
import type { Say } from '#core/i18n.ts'
import type { Approvals, ApprovalView, Ctx, Draw, Person, PersonCtx } from '../context.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { resolvedCard, type StepView, stateLine } from './cards.ts'
import { RemindStep } from './contracts.ts'
import { messages } from './i18n.ts'
import { ApprovalsPolicy } from './policy.ts'
import type { ApprovalRow, StepRow } from './repository.ts'
import * as repository from './repository.ts'
import {
  decidedBefore,
  decidersOf,
  fallbackHolders,
  fallbackOf,
  namesOf,
  openStepOf,
  rightOf,
  roleName,
} from './resolve.ts'
import { bringAgain, cardKey, drawFor, type Kinds, kindOf, refresh, showOpen } from './show.ts'

/** Of the usual eight hours. */
const WORKING_DAY_MINUTES = 480

/** `ctx.approvals`. @param ctx asked late, since the approvals are a part of it */
export function approvalsFor(ctx: () => Ctx, kinds: Kinds): Approvals {
  return {
    async open(kind, about, ask) {
      payloadOf(kind, about)
      const c = ctx()
      const row = await repository.insert(c.db, {
        kind: kind.name,
        about: about as object,
        requesterId: ask.requesterId,
        policyVersion: c.policyVersion,
        openedAt: c.clock.now(),
        roles: ask.steps.map((step) => step.role),
      })
      await c.audit('approval.opened', `approval:${row.id}`, {
        kind: kind.name,
        about,
        steps: ask.steps.map((step) => step.role),
      })
      await advance(c, kinds, row)
      return row.id
    },
    async withdraw(id) {
      const c = ctx()
      await cancelReminder(c, id)
      const row = await locked(c, id)
      if (!row || !(await repository.close(c.sql, id, 'withdrawn', c.clock.now()))) return false
      const step = openStepOf(row)
      if (step) {
        await closeCards(c, kinds, row, step, {
          state: 'withdrawn',
          who: () => '',
          whom: null,
          at: c.clock.now(),
          reason: null,
          next: null,
        })
      }
      await c.audit('approval.withdrawn', `approval:${id}`)
      return true
    },
    refresh: (id) => refresh(ctx(), kinds, id),
    async view(id) {
      const c = ctx()
      const row = await repository.find(c.db, id)
      return row ? viewOf(c, row) : undefined
    },
  }
}

/** Opens the next step that has somebody to decide it, or closes the request as approved when every step has spoken. */
async function advance(ctx: Ctx, kinds: Kinds, row: ApprovalRow): Promise<void> {
  const requester = await requesterOf(ctx, row)
  for (const step of row.steps.filter((candidate) => candidate.state === 'waiting')) {
    const { people, away } = await decidersOf(ctx, step.role, requester)
    if (people.length > 0 && !decidedBefore(row, people)) return openStep(ctx, kinds, row, step, people)
    // Merely away: the fallback role speaks for this step. Nobody but the requester holds it: the next step does.
    if (people.length === 0 && away) return openStep(ctx, kinds, row, step, await fallbackOf(ctx, step.role, requester))
    await repository.skipStep(ctx.db, step.id)
    await ctx.audit('approval.skipped', `approval:${row.id}`, { role: step.role })
  }
  const after = await reread(ctx, row.id)
  if (after.steps.some((step) => step.state === 'approved')) return
  // Every step was skipped: an empty chain ends with the fallback, never in an approval by nobody.
  const fallback = ctx.policy(OrganisationPolicy).fallbackRole
  const people = await fallbackOf(ctx, after.steps.at(-1)?.role ?? fallback, requester)
  await repository.addStep(ctx.db, row.id, after.steps.length, fallback)
  const withFallback = await reread(ctx, row.id)
  const last = withFallback.steps.at(-1)
  if (last) await openStep(ctx, kinds, withFallback, last, people)
}

async function openStep(ctx: Ctx, kinds: Kinds, row: ApprovalRow, step: StepRow, people: readonly Person[]) {
  await repository.openStep(
    ctx.db,
    step.id,
    people.map((person) => person.id),
    ctx.clock.now(),
  )
  for (const person of people) await showOpen(ctx, kinds, row, step.position, person)
  await scheduleReminder(ctx, step, people)
}

/**
 * A person's decision. Asks every question that may refuse it, then decides with one conditional statement, then has its
 * effects: the cards of the step close, the next step opens, or the feature is told.
 * @returns what to say to the one who decided; `late` when somebody else was faster, so that it must be read
 */
export async function decide(
  ctx: PersonCtx,
  kinds: Kinds,
  at: { approval: number; position: number },
  decision: { approved: boolean; reason: string | null },
): Promise<{ said: string; late: boolean }> {
  const { locale } = ctx.actor
  await cancelReminder(ctx, at.approval, at.position)
  const row = await locked(ctx, at.approval)
  const step = row?.steps[at.position]
  if (!row || !step) throw new Refusal(messages.later('late.gone'))
  const requester = await requesterOf(ctx, row)
  const right = await rightOf(ctx, ctx.actor, step, requester)
  if (row.state !== 'pending' || step.state !== 'open') {
    if (right || ctx.actor.id === requester.id) return late(ctx, kinds, row, step)
    // Who decided, and why, is not for everyone who gets hold of a button.
    throw new Refusal(messages.later('refuse.over'))
  }
  const waitsFor = await namesOf(ctx, step.approvers)
  if (ctx.actor.id === requester.id)
    throw new Refusal((reader) => messages.say(reader, 'refuse.own', { who: waitsFor(reader) }))
  if (!right) throw new Refusal((reader) => messages.say(reader, 'refuse.not-yours', { who: waitsFor(reader) }))
  await refuseWithoutPermission(ctx, kindOf(kinds, row).permission, right.onBehalfOf, requester, step)
  const won = await repository.decideStep(ctx.sql, {
    id: step.id,
    state: decision.approved ? 'approved' : 'rejected',
    by: ctx.actor.id,
    onBehalfOf: right.onBehalfOf,
    at: ctx.clock.now(),
    reason: decision.reason,
  })
  if (!won) {
    const fresh = await reread(ctx, row.id)
    return late(ctx, kinds, fresh, fresh.steps[at.position] ?? step)
  }
  await ctx.audit(decision.approved ? 'approval.step-approved' : 'approval.step-rejected', `approval:${row.id}`, {
    position: step.position,
    onBehalfOf: right.onBehalfOf,
    reason: decision.reason,
  })
  await settle(ctx, kinds, row.id, at.position, decision)
  return { said: messages.say(locale, decision.approved ? 'done.approved' : 'done.rejected'), late: false }
}

/** A delegate uses the right of the one they stand for; being asked by a hand-on gives the right itself. */
async function refuseWithoutPermission(
  ctx: PersonCtx,
  permission: string,
  onBehalfOf: string | null,
  requester: Person,
  step: StepRow,
) {
  if (onBehalfOf !== null || step.approvers.includes(ctx.actor.id)) return
  if (!ctx.may(permission, { person: requester }))
    throw new Refusal(messages.later('refuse.permission', { permission }))
}

/** After a decision: the next step or the end, and every card of this step says so. */
async function settle(
  ctx: PersonCtx,
  kinds: Kinds,
  id: number,
  position: number,
  decision: { approved: boolean; reason: string | null },
) {
  let row = await reread(ctx, id)
  if (decision.approved) await advance(ctx, kinds, row)
  row = await reread(ctx, id)
  const open = openStepOf(row)
  const step = row.steps[position]
  if (!step) return
  const view = await stepView(ctx, step, open ? await namesOf(ctx, open.approvers) : null)
  await closeCards(ctx, kinds, row, step, view)
  if (open) return tellMoved(ctx, kinds, row)
  await repository.close(ctx.sql, id, decision.approved ? 'approved' : 'rejected', ctx.clock.now())
  const kind = kindOf(kinds, row)
  await kind.decided(ctx, kind.kind.payload.parse(row.about) as never, { ...decision, by: ctx.actor })
  await ctx.audit(decision.approved ? 'approval.approved' : 'approval.rejected', `approval:${id}`)
}

/** A click that comes too late gets the current state, and its card is brought up to date; nothing else happens. */
async function late(
  ctx: PersonCtx,
  kinds: Kinds,
  row: ApprovalRow,
  step: StepRow,
): Promise<{ said: string; late: boolean }> {
  const reader = { locale: ctx.actor.locale, zone: ctx.actor.zone, person: ctx.actor }
  const open = openStepOf(row)
  const view = await stepView(ctx, step, open && open.id !== step.id ? await namesOf(ctx, open.approvers) : null)
  await closeCards(ctx, kinds, row, step, view)
  const state = stateLine(reader, view).replaceAll('\n', ' · ')
  return { said: messages.say(ctx.actor.locale, 'late.decided', { state }), late: true }
}

/** The step's card shows from now on, to everyone who was asked, what became of it. */
async function closeCards(ctx: Ctx, kinds: Kinds, row: ApprovalRow, step: StepRow, view: StepView) {
  const draws = new Map<string, Draw>()
  for (const person of await ctx.people.byIds(step.approvers))
    draws.set(person.id, await drawFor(ctx, kinds, row, person, (reader, card) => resolvedCard(reader, card, view)))
  const [first] = draws.values()
  if (!first) return
  const draw: Draw = (reader) => (draws.get(reader.person?.id ?? '') ?? first)(reader)
  await ctx.outbox.showAll(cardKey(row.id, step.position), draw)
}

/** The job: reminds the open step in its approvers' working time, then hands it on. */
export async function remind(ctx: Ctx, kinds: Kinds, about: { step: number }): Promise<void> {
  const approvalId = await repository.approvalOf(ctx.sql, about.step)
  const row = approvalId === undefined ? undefined : await locked(ctx, approvalId)
  const step = row?.steps.find((candidate) => candidate.id === about.step)
  if (!row || !step || row.state !== 'pending' || step.state !== 'open') return
  const policy = ctx.policy(ApprovalsPolicy, await requesterOf(ctx, row))
  // Whoever has left or is away by now is not waited for.
  const away = await ctx.presence.awayAt(step.approvers, ctx.clock.now())
  const people = (await ctx.people.byIds(step.approvers)).filter(({ id, active }) => active && !away.has(id))
  // After the last hand-on the reminders go on: a request never waits in silence.
  const isLast = step.handedOn >= policy.handOnTimes
  if (people.length > 0 && (step.reminded < policy.remindTimes || isLast)) {
    await repository.countReminder(ctx.db, step.id)
    for (const person of people) await nudge(ctx, kinds, row, step, person, 'remind')
    await ctx.audit('approval.reminded', `approval:${row.id}`, { position: step.position, times: step.reminded + 1 })
    return scheduleReminder(ctx, step, people, isLast)
  }
  await (isLast
    ? scheduleReminder(ctx, step, await ctx.people.byIds(step.approvers), isLast)
    : handOn(ctx, kinds, row, step))
}

/** Hands a step to the managers of those who did not answer, or to the fallback role; they may all still decide. */
async function handOn(ctx: Ctx, kinds: Kinds, row: ApprovalRow, step: StepRow) {
  const requester = await requesterOf(ctx, row)
  const asked = await ctx.people.byIds(step.approvers)
  const superiors = await ctx.people.byIds(asked.flatMap((person) => (person.managerId ? [person.managerId] : [])))
  const away = await ctx.presence.awayAt(
    [...asked, ...superiors].map(({ id }) => id),
    ctx.clock.now(),
  )
  const isThere = ({ id, active }: Person) => active && !away.has(id)
  const fresh = (people: readonly Person[]) =>
    people.filter((p) => isThere(p) && p.id !== requester.id && !step.approvers.includes(p.id))
  // When nobody who was asked is there any more, those who hold the role now; else the next above them; else the fallback.
  const heirs = asked.some(isThere) ? [] : fresh((await decidersOf(ctx, step.role, requester)).people)
  const above = heirs.length > 0 ? heirs : fresh(superiors)
  const next = above.length > 0 ? above : fresh(await fallbackHolders(ctx, requester))
  await repository.handOn(ctx.db, step.id, [...step.approvers, ...next.map((person) => person.id)])
  const now = await reread(ctx, row.id)
  for (const person of next) await nudge(ctx, kinds, now, step, person, 'handed-on')
  await ctx.audit('approval.handed-on', `approval:${row.id}`, {
    position: step.position,
    to: next.map((person) => person.id),
  })
  await scheduleReminder(ctx, step, next.length > 0 ? next : asked)
  await tellMoved(ctx, kinds, now)
}

/** The feature may show how far the request has come. */
export async function tellMoved(ctx: Ctx, kinds: Kinds, row: ApprovalRow): Promise<void> {
  const kind = kindOf(kinds, row)
  await kind.moved?.(ctx, kind.kind.payload.parse(row.about) as never)
}

async function nudge(
  ctx: Ctx,
  kinds: Kinds,
  row: ApprovalRow,
  step: StepRow,
  person: Person,
  how: 'remind' | 'handed-on',
) {
  const since = formatInstant(step.openedAt?.getTime() ?? ctx.clock.now(), person.zone, person.locale)
  const who = await namesOf(
    ctx,
    step.approvers.filter((id) => id !== person.id),
  )
  const line =
    how === 'remind'
      ? messages.say(person.locale, 'remind', { since })
      : messages.say(person.locale, 'handed-on', { since, who: who(person.locale) })
  await (how === 'handed-on' ? showOpen : bringAgain)(ctx, kinds, row, step.position, person, line)
}

/** @param isLast nobody else is asked any more: then once a working day is enough */
export async function scheduleReminder(ctx: Ctx, step: StepRow, people: readonly Person[], isLast = false) {
  const first = people[0]
  if (!first) return
  const { remindAfterMinutes } = ctx.policy(ApprovalsPolicy, first)
  const minutes = isLast ? Math.max(remindAfterMinutes, WORKING_DAY_MINUTES) : remindAfterMinutes
  const at = await ctx.presence.nextWorkingInstant(first, ctx.clock.now(), minutes)
  await ctx.jobs.add(RemindStep, { step: step.id }, { at, key: remindKey(step) })
}

async function stepView(ctx: Ctx, step: StepRow, next: Say | null): Promise<StepView> {
  const state =
    step.state === 'approved' || step.state === 'rejected' ? step.state : step.state === 'open' ? 'open' : 'withdrawn'
  return {
    state,
    who: await namesOf(ctx, step.decidedBy ? [step.decidedBy] : step.approvers),
    whom: step.onBehalfOf ? await namesOf(ctx, [step.onBehalfOf]) : null,
    at: step.decidedAt?.getTime() ?? null,
    reason: step.reason,
    next,
  }
}

function viewOf(ctx: Ctx, row: ApprovalRow): ApprovalView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    requesterId: row.requesterId,
    policyVersion: row.policyVersion,
    steps: row.steps.map((step) => ({
      position: step.position,
      role: step.role,
      roleName: roleName(ctx, step.role),
      state: step.state,
      approvers: step.approvers,
      decidedBy: step.decidedBy,
      onBehalfOf: step.onBehalfOf,
      decidedAt: step.decidedAt?.getTime() ?? null,
      reason: step.reason,
    })),
  }
}

/**
 * The request, held until the transaction ends. Whoever decides, withdraws or reminds takes first the reminder's job, then
 * the request, then steps, cards and what the feature has: two of them wait for each other, and never in a circle.
 */
export async function locked(ctx: Ctx, id: number): Promise<ApprovalRow | undefined> {
  await repository.lock(ctx.sql, id)
  return repository.find(ctx.db, id)
}

/** For who is about to close the open step; a Refusal takes it back. A reminder that is under way is waited for. */
export async function cancelReminder(ctx: Ctx, id: number, position?: number): Promise<void> {
  const open = await repository.openStepId(ctx.sql, id, position)
  if (open !== undefined) await ctx.jobs.cancel(remindKey({ id: open }))
}

async function reread(ctx: Ctx, id: number): Promise<ApprovalRow> {
  const row = await repository.find(ctx.db, id)
  if (!row) throw new Error(`approval ${id} vanished inside a transaction`)
  return row
}

export async function requesterOf(ctx: Ctx, row: ApprovalRow): Promise<Person> {
  const person = await ctx.people.byId(row.requesterId)
  if (!person) throw new Error(`approval ${row.id}: its requester ${row.requesterId} is unknown`)
  return person
}

const remindKey = (step: Pick<StepRow, 'id'>): string => `approvals.remind:${step.id}`
