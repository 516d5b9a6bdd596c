/** From rows to what the cards are drawn from: names, chains, balances, and who is away at the same time. */
import { addDays, civilDateAt, instantAt, startOfDay, yearOf } from '#core/calendar/civil.ts'
import { HOUR_MS, type Instant } from '#core/clock.ts'
import { decidersOf, fallbackOf, roleName } from '#engine/approvals/resolve.ts'
import type { Ctx, Draw, Person } from '#engine/context.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { draftCard } from '../cards/draft.ts'
import { ownCard } from '../cards/request.ts'
import type {
  Balance,
  ChainStep,
  DraftView,
  LeaveView,
  OwnView,
  Replaced,
  RequestView,
  StepView,
} from '../cards/view.ts'
import { LeavePolicy } from '../policy.ts'
import { ledgerSums } from '../repository/ledger.ts'
import { type LeaveRow, versionsOf } from '../repository/requests.ts'
import { noticeFor } from '../rules/chain.ts'
import { type Asker, fullDayMinutes, type Terms } from '../rules/model.ts'
import { type Available, beginningOf, byYear } from '../rules/terms.ts'
import { countPapers, owedFor } from './owed.ts'

/** The one card of the person who asked, from draft to end. */
export const ownKey = (requestId: number): string => `leave:${requestId}:requester`
/** What the audit log and presence call a request. */
export const subjectOf = (requestId: number): string => `leave:${requestId}`

/** The person, and the moment, that leave is counted for. */
export function askerOf(ctx: Ctx, person: Person): Asker {
  return {
    pattern: person.pattern,
    zone: person.zone,
    calendar: ctx.calendar,
    today: ctx.today(person),
    now: ctx.clock.now(),
    policy: ctx.policy(LeavePolicy, person),
  }
}

/** The person whose leave it is; they may have left since, but never vanish. */
export async function ownerOf(ctx: Ctx, row: Pick<LeaveRow, 'id' | 'personId'>): Promise<Person> {
  const person = await ctx.people.byId(row.personId)
  if (!person) throw new Error(`leave ${row.id}: its person ${row.personId} is unknown`)
  return person
}

/** The draft as its owner sees it. `terms` are what it comes to now. */
export async function drawDraft(ctx: Ctx, row: LeaveRow, terms: Terms, person: Person): Promise<Draw> {
  const asker = askerOf(ctx, person)
  const type = asker.policy.types[row.type]
  const replaces = await waitingVersionOf(ctx, row)
  const view: DraftView = {
    ...leaveView(ctx, row, person),
    proposed: terms.proposed,
    chain: await chainOf(ctx, terms.steps, person),
    told: terms.steps.length > 0 ? [] : namesOf(await toldOf(ctx, type?.tells ?? [], person)),
    left: (await availableOf(ctx, row.type, terms.byYear, person, replaces?.id)).map(({ year, minutes }) => ({
      year,
      minutes: minutes - (terms.byYear.find((part) => part.year === year)?.minutes ?? 0),
      dayMinutes: fullDayMinutes(person.pattern),
    })),
    late: terms.late.map(({ rule }) => rule),
    proof: type?.proof,
    papers: await countPapers(ctx, row),
    lapsesAt: lapseInstant(ctx, person),
    replaces: replaces && replacedView(replaces),
  }
  return (reader) => ({ card: draftCard(reader, view) })
}

/** When a draft made or changed now lapses. */
export function lapseInstant(ctx: Ctx, person: Person): Instant {
  return ctx.clock.now() + ctx.policy(LeavePolicy, person).draftLapsesAfterHours * HOUR_MS
}

/** The request as its owner sees it once it is no draft any more. */
export async function drawOwn(ctx: Ctx, row: LeaveRow): Promise<Draw> {
  const person = await ownerOf(ctx, row)
  const policy = ctx.policy(LeavePolicy, person)
  const type = policy.types[row.type]
  const approval = row.approvalId === null ? undefined : await ctx.approvals.view(row.approvalId)
  const no = approval?.steps.find((step) => step.state === 'rejected')
  const sent = row.submittedAt !== null
  const [replacedBy] = row.state === 'replaced' ? await laterVersions(ctx, row) : []
  const view: OwnView = {
    ...leaveView(ctx, row, person),
    state: row.state === 'draft' ? 'pending' : row.state,
    steps: await stepViews(ctx, row),
    told: sent && approval === undefined ? namesOf(await toldOf(ctx, type?.tells ?? [], person)) : [],
    proof: type?.proof,
    papers: await countPapers(ctx, row),
    papersDue: owedFor(ctx, row, person)?.due,
    rejected: no && { by: await nameOf(ctx, no.decidedBy), reason: no.reason ?? '' },
    replacedBy: replacedBy?.id,
    lapseHours: policy.draftLapsesAfterHours,
    begun: row.state === 'approved' && begunAt(row, person) <= ctx.clock.now(),
  }
  return (reader) => ({ card: ownCard(reader, view) })
}

/** The request as those see it who decide or are told. */
export async function requestViewOf(ctx: Ctx, row: LeaveRow): Promise<RequestView> {
  const person = await ownerOf(ctx, row)
  const asker = askerOf(ctx, person)
  const [replaced] = await versionsOf(ctx.db, row, 'replaced')
  const left = await availableOf(ctx, row.type, byYear(row.days), person)
  return {
    ...leaveView(ctx, row, person),
    othersAway: await othersAway(ctx, row, person),
    left: left.map((balance) => ({ ...balance, dayMinutes: fullDayMinutes(person.pattern) })),
    late: lateRules(row, person, asker),
    proof: asker.policy.types[row.type]?.proof,
    papers: await countPapers(ctx, row),
    replaces: replaced && replaced.id < row.id ? replacedView(replaced) : undefined,
  }
}

export function leaveView(ctx: Ctx, row: LeaveRow, person: Person): LeaveView {
  const { id, span, amount, days, reason } = row
  return {
    id,
    span,
    amount,
    days,
    reason,
    name: person.name,
    type: typeName(ctx, row.type, person),
    unknownYears: row.provisional ? unknownYears(ctx, row) : [],
    today: ctx.today(person),
  }
}

/** A type's name; a type that the policy no longer has is shown by its id. */
export function typeName(ctx: Ctx, type: string, person: Person) {
  return ctx.policy(LeavePolicy, person).types[type]?.name ?? { 'zh-CN': type, en: type }
}

/** How far the chain of a request has come. */
export async function stepViews(ctx: Ctx, row: LeaveRow): Promise<readonly StepView[]> {
  const approval = row.approvalId === null ? undefined : await ctx.approvals.view(row.approvalId)
  const views: StepView[] = []
  // One after the other: they share the connection of the transaction.
  for (const { roleName: role, state, decidedBy, approvers } of approval?.steps ?? [])
    views.push({ role, state, names: namesOf(await ctx.people.byIds(decidedBy === null ? approvers : [decidedBy])) })
  return views
}

/** Who would be asked today, step by step; steps that nobody but the person could decide fall away, as they will. */
async function chainOf(ctx: Ctx, steps: readonly string[], person: Person): Promise<readonly ChainStep[]> {
  const chain: ChainStep[] = []
  for (const role of steps) {
    const { people, away } = await decidersOf(ctx, role, person)
    if (people.length > 0) chain.push({ role: roleName(ctx, role), names: namesOf(people) })
    else if (away) chain.push({ role: roleName(ctx, role), names: namesOf(await fallbackOf(ctx, role, person)) })
  }
  if (chain.length > 0 || steps.length === 0) return chain
  const { fallbackRole } = ctx.policy(OrganisationPolicy)
  return [{ role: roleName(ctx, fallbackRole), names: namesOf(await fallbackOf(ctx, fallbackRole, person)) }]
}

/** The people who are told; where a role has nobody present, those of the fallback role. */
export async function toldOf(ctx: Ctx, roles: readonly string[], person: Person): Promise<readonly Person[]> {
  const told: Person[] = []
  for (const role of roles) {
    const { people } = await decidersOf(ctx, role, person)
    const found = people.length > 0 ? people : await fallbackOf(ctx, role, person)
    told.push(...found.filter(({ id }) => !told.some((known) => known.id === id)))
  }
  return told
}

/**
 * What is left of a limited type in each of these years, this person's policy applied; empty for a type without a limit.
 * @param exceptRequestId a request whose own use does not count: the version that is being replaced
 */
export async function availableOf(
  ctx: Ctx,
  type: string,
  years: readonly { readonly year: number }[],
  person: Person,
  exceptRequestId?: number,
): Promise<readonly Available[]> {
  const granted = allowanceMinutes(ctx, type, person)
  if (granted === undefined) return []
  const available: Available[] = []
  for (const { year } of years) {
    const { used } = await ledgerSums(ctx.db, { personId: person.id, type, leaveYear: year, exceptRequestId })
    available.push({ year, minutes: granted + used })
  }
  return available
}

/** A year's allowance in minutes of this person's days; undefined for a type without a limit. */
export function allowanceMinutes(ctx: Ctx, type: string, person: Person): number | undefined {
  const days = ctx.policy(LeavePolicy, person).types[type]?.allowanceDays ?? null
  return days === null ? undefined : Math.floor(days * fullDayMinutes(person.pattern))
}

/** Balances of every limited type in the year of `today`. */
export async function balancesOf(
  ctx: Ctx,
  person: Person,
): Promise<readonly (Balance & { readonly type: LeaveView['type'] })[]> {
  const year = yearOf(ctx.today(person))
  const dayMinutes = fullDayMinutes(person.pattern)
  const found: (Balance & { readonly type: LeaveView['type'] })[] = []
  for (const [id, { name }] of Object.entries(ctx.policy(LeavePolicy, person).types))
    for (const { minutes } of await availableOf(ctx, id, [{ year }], person))
      found.push({ type: name, year, minutes, dayMinutes })
  return found
}

/** The instant from which the person is missed. */
export function begunAt(row: Pick<LeaveRow, 'days' | 'span'>, { zone, pattern }: Person): Instant {
  const { date, from } = beginningOf(row, pattern)
  return instantAt(date, from, zone)
}

/** The draft's earlier version while it waits; undefined for a leave that is asked for the first time. */
export async function waitingVersionOf(ctx: Ctx, row: LeaveRow): Promise<LeaveRow | undefined> {
  if (row.rootId === row.id) return undefined
  return (await versionsOf(ctx.db, row, 'pending'))[0]
}

async function laterVersions(ctx: Ctx, row: LeaveRow): Promise<readonly LeaveRow[]> {
  const states = ['pending', 'approved', 'rejected', 'withdrawn', 'replaced'] as const
  const all: LeaveRow[] = []
  for (const state of states) all.push(...(await versionsOf(ctx.db, row, state)))
  return all.filter(({ id }) => id > row.id).toSorted((a, b) => a.id - b.id)
}

async function othersAway(ctx: Ctx, { days, personId }: LeaveRow, { department, zone }: Person): Promise<number> {
  const counted = days.filter((day) => day.counted)
  const first = counted.at(0)
  const last = counted.at(-1)
  if (first === undefined || last === undefined) return 0
  const colleagues = (await ctx.people.inDepartment(department)).map(({ id }) => id).filter((id) => id !== personId)
  const spans = await ctx.presence.between(
    colleagues,
    startOfDay(first.date, zone),
    startOfDay(addDays(last.date, 1), zone),
  )
  return new Set(spans.filter(({ kind }) => kind === 'away').map((span) => span.personId)).size
}

/** Notice that came late when the request was sent and that the policy only records. */
function lateRules(row: LeaveRow, person: Person, asker: Asker) {
  const now = row.submittedAt ?? asker.now
  const begins = beginningOf(row, person.pattern)
  const asked = { ...asker, now, today: civilDateAt(now, person.zone) }
  return noticeFor({ type: row.type, span: row.span, begins, ...row.amount }, asked)
    .filter(({ met, rule }) => !met && rule.whenShort === 'record')
    .map(({ rule }) => rule)
}

function unknownYears(ctx: Ctx, { days }: LeaveRow): readonly number[] {
  const years = days.map(({ date }) => yearOf(date))
  // The last days of December belong to the notice for the next year too.
  const decemberDays = days.filter(({ date }) => date.slice(5) >= '12-29').map(({ date }) => yearOf(date) + 1)
  return [...new Set([...years, ...decemberDays])].filter((year) => !ctx.calendar.knows(year)).toSorted((a, b) => a - b)
}

const replacedView = ({ id, span, amount }: LeaveRow): Replaced => ({ id, span, amount })

const namesOf = (people: readonly Person[]): readonly string[] => people.map(({ name }) => name)

async function nameOf(ctx: Ctx, personId: string | null): Promise<string> {
  return personId === null ? '' : ((await ctx.people.byId(personId))?.name ?? '')
}
