/** Whoever has left decides nothing more: their open steps go on to the next right person, and what was decided stays. */
import type { Ctx, Person } from '../context.ts'
import { resolvedCard } from './cards.ts'
import { cancelReminder, locked, requesterOf, scheduleReminder, tellMoved } from './engine.ts'
import type { ApprovalRow, StepRow } from './repository.ts'
import * as repository from './repository.ts'
import { decidersOf, fallbackHolders, namesOf, openStepOf } from './resolve.ts'
import { cardKey, drawFor, type Kinds, showOpen } from './show.ts'

/** The requests that wait for somebody who has left, whichever way that became known; at most 50, oldest first. */
export const waitingForLeavers = (ctx: Pick<Ctx, 'sql'>): Promise<readonly number[]> =>
  repository.waitingForInactive(ctx.sql)

/**
 * Takes those who have left out of the open step of a request. Where nobody else was asked: those who hold the role now,
 * else the superiors of who left, else the fallback role; while there is nobody at all it stays as it is.
 * @returns whether anything was changed
 */
export async function rerouteLeavers(ctx: Ctx, kinds: Kinds, id: number): Promise<boolean> {
  // Looked at first: its reminder is only taken back where somebody else is asked from now on.
  if (!(await changeOf(ctx, await repository.find(ctx.db, id)))) return false
  await cancelReminder(ctx, id)
  const row = await locked(ctx, id)
  const change = await changeOf(ctx, row)
  const step = row && openStepOf(row)
  if (!row || !step) return false
  if (!change) {
    await scheduleReminder(ctx, step, await ctx.people.byIds(step.approvers))
    return false
  }
  const { gone, next, people } = change
  await repository.reroute(
    ctx.db,
    step.id,
    people.map((person) => person.id),
    next.length > 0,
  )
  const fresh = (await repository.find(ctx.db, id)) ?? row
  for (const person of next) await showOpen(ctx, kinds, fresh, step.position, person)
  for (const person of gone) await closeFor(ctx, kinds, fresh, step, person, people)
  await ctx.audit('approval.rerouted', `approval:${id}`, {
    position: step.position,
    left: gone.map((person) => person.id),
    to: people.map((person) => person.id),
  })
  await scheduleReminder(ctx, step, people)
  await tellMoved(ctx, kinds, fresh)
  return true
}

/** Who goes, who comes, and who is asked then; undefined where nobody goes, or nobody could come. */
async function changeOf(ctx: Ctx, row: ApprovalRow | undefined) {
  const step = row && openStepOf(row)
  if (!row || !step || row.state !== 'pending') return undefined
  const asked = await ctx.people.byIds(step.approvers)
  const gone = asked.filter(({ active }) => !active)
  const stay = asked.filter(({ active }) => active)
  const next = stay.length > 0 ? [] : await heirsOf(ctx, step, gone, await requesterOf(ctx, row))
  const people = [...stay, ...next]
  return gone.length === 0 || people.length === 0 ? undefined : { gone, next, people }
}

async function heirsOf(
  ctx: Ctx,
  step: StepRow,
  gone: readonly Person[],
  requester: Person,
): Promise<readonly Person[]> {
  const { people } = await decidersOf(ctx, step.role, requester)
  if (people.length > 0) return people
  const superiors = await ctx.people.byIds(gone.flatMap(({ managerId }) => (managerId === null ? [] : [managerId])))
  const above = superiors.filter(({ id, active }) => active && id !== requester.id)
  return above.length > 0 ? above : fallbackHolders(ctx, requester)
}

/** What somebody who left was asked shows who is asked now, with nothing left to press. */
async function closeFor(
  ctx: Ctx,
  kinds: Kinds,
  row: ApprovalRow,
  step: StepRow,
  person: Person,
  people: readonly Person[],
): Promise<void> {
  const who = await namesOf(
    ctx,
    people.map(({ id }) => id),
  )
  const view = { state: 'open', who, whom: null, at: null, reason: null, next: null } as const
  const draw = await drawFor(ctx, kinds, row, person, (reader, card) => resolvedCard(reader, card, view))
  await ctx.outbox.show(cardKey(row.id, step.position), { person: person.id }, draw, { quiet: true })
}
