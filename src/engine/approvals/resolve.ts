/** Who decides a step: from a role to people, past those who may not or cannot. */
import { Refusal } from '#core/errors.ts'
import { inEvery, inLocale, type Say, type Text } from '#core/i18n.ts'
import type { Ctx, Person } from '../context.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { messages } from './i18n.ts'
import type { ApprovalRow, StepRow } from './repository.ts'

/** The role that means the requester's own manager, and theirs when that one cannot. */
const MANAGER = 'manager'
/** How far up the line `manager` is looked for. */
const LEVELS_MAX = 10

interface Deciders {
  /** Present people, never the requester; empty when the role has nobody who could. */
  readonly people: readonly Person[]
  /** True when the role has holders who are merely away (and named no delegate). */
  readonly away: boolean
}

/**
 * The holders of `role` nearest to the requester's department who may decide: the requester, those who left and those
 * who are away are passed over, dated delegates of the absent take their place.
 */
export async function decidersOf(ctx: Ctx, role: string, requester: Person): Promise<Deciders> {
  return present(ctx, await holdersOf(ctx, role, requester), requester, role === MANAGER)
}

/** Everyone who holds the role for this requester, present or not; for `manager` the line upwards, nearest first. */
async function holdersOf(ctx: Ctx, role: string, requester: Person): Promise<readonly Person[]> {
  const holders = role === MANAGER ? await line(ctx, requester) : await ctx.people.withRole(role, requester.department)
  return holders.filter((person) => person.active && person.id !== requester.id)
}

/** The people of the fallback role, wherever they are, present ones before all; never the requester. */
export async function fallbackHolders(ctx: Ctx, requester: Person): Promise<readonly Person[]> {
  const { fallbackRole } = ctx.policy(OrganisationPolicy)
  const holders = (await ctx.people.holding(fallbackRole)).filter(({ id }) => id !== requester.id)
  const { people } = await present(ctx, holders, requester, false)
  return people.length > 0 ? people : holders
}

/**
 * The same; a request never decides itself for want of people.
 * @param role whose place they take
 * @throws Refusal when there is nobody
 */
export async function fallbackOf(ctx: Ctx, role: string, requester: Person): Promise<readonly Person[]> {
  const found = await fallbackHolders(ctx, requester)
  if (found.length > 0) return found
  const { fallbackRole } = ctx.policy(OrganisationPolicy)
  throw new Refusal((locale) =>
    messages.say(locale, 'refuse.nobody', {
      role: inLocale(roleName(ctx, role), locale),
      fallback: inLocale(roleName(ctx, fallbackRole), locale),
    }),
  )
}

/**
 * By what right the actor may decide an open step: as a holder of its role, as someone it was handed to, or as the
 * delegate of either. Undefined when by none.
 */
export async function rightOf(
  ctx: Ctx,
  actor: Person,
  step: StepRow,
  requester: Person,
): Promise<{ onBehalfOf: string | null } | undefined> {
  const holders = (await holdersOf(ctx, step.role, requester)).map((person) => person.id)
  if (holders.includes(actor.id)) return { onBehalfOf: null }
  const now = ctx.clock.now()
  for (const id of [...holders, ...step.approvers])
    if (id !== actor.id && (await ctx.people.delegateOf(id, now, requester.id))?.id === actor.id)
      return { onBehalfOf: id }
  return step.approvers.includes(actor.id) ? { onBehalfOf: null } : undefined
}

/** A step whose deciders have all approved an earlier step of the same request need not ask them twice. */
export function decidedBefore(row: ApprovalRow, people: readonly Person[]): boolean {
  const spoken = new Set(
    row.steps.filter((step) => step.state === 'approved').flatMap((step) => [step.decidedBy, step.onBehalfOf]),
  )
  return people.length > 0 && people.every((person) => spoken.has(person.id))
}

export function roleName(ctx: Ctx, role: string): Text {
  const known = ctx.policy(OrganisationPolicy).roles.find((candidate) => candidate.id === role)
  return known?.name ?? inEvery(role === MANAGER ? messages.later('manager') : () => role)
}

/** The names of people, listed as the reader's language lists them. */
export async function namesOf(ctx: Ctx, ids: readonly string[]): Promise<Say> {
  const names = (await ctx.people.byIds(ids)).map((person) => person.name)
  return (locale) => names.join(messages.say(locale, 'comma'))
}

export const openStepOf = (row: ApprovalRow): StepRow | undefined => row.steps.find((step) => step.state === 'open')

async function line(ctx: Ctx, requester: Person): Promise<Person[]> {
  const found: Person[] = []
  let next = requester.managerId
  while (next && found.length < LEVELS_MAX && !found.some((person) => person.id === next)) {
    const manager = await ctx.people.byId(next)
    if (!manager) break
    found.push(manager)
    next = manager.managerId
  }
  return found
}

/** @param first take only the first who is present, in order (a line of managers), instead of all */
async function present(ctx: Ctx, holders: readonly Person[], requester: Person, first: boolean): Promise<Deciders> {
  const now = ctx.clock.now()
  const away = await ctx.presence.awayAt(
    holders.map((person) => person.id),
    now,
  )
  const people: Person[] = []
  for (const holder of holders) {
    const delegate = await ctx.people.delegateOf(holder.id, now, requester.id)
    const candidates = [
      ...(away.has(holder.id) ? [] : [holder]),
      ...(delegate?.active && delegate.id !== requester.id ? [delegate] : []),
    ]
    for (const candidate of candidates) if (!people.some((person) => person.id === candidate.id)) people.push(candidate)
    if (first && people.length > 0) break
  }
  return { people, away: holders.length > 0 && people.length === 0 }
}
