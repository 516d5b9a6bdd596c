/** Reads what a report says, a page at a time, outside of any lasting transaction. */
import { HOUR_MS, type Instant } from '#core/clock.ts'
import type { Text } from '#core/i18n.ts'
import type { Ctx } from '#engine/context.ts'
import type { Outside } from '#engine/feature.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { type LeavePart, leaveBetween, leaveChangedSince, leaveTypeOrder } from '../../leave/queries.ts'
import { findVersion, isFollowed, newestVersions, toldOf } from '../repository.ts'
import { type Adjustment, type Facts, inOrder, type Line, NOTHING } from '../rules/facts.ts'
import { addMonths, datesOf, type Month } from '../rules/month.ts'
import { adjusted } from '../rules/sums.ts'

/** Requests in one page: some ten milliseconds of a transaction. */
const PAGE = 1_000
/** Older months are closed for good: nothing that is filed reaches back further. */
const ADJUSTED_MONTHS = 12
/** What was stamped before the report and committed after it was read is looked at, too: what does not differ is dropped. */
const OVERLAP_MS = HOUR_MS

/** The facts of one month as they are now. */
export async function gather({ read, signal }: Pick<Outside, 'read' | 'signal'>, month: Month): Promise<Facts> {
  const parts = await allParts({ read, signal }, month)
  signal.throwIfAborted()
  const adjustments = await read((ctx) => adjustmentsOf(ctx, month))
  return read(async (ctx) => factsOf(ctx, month, parts, adjustments))
}

async function allParts(
  { read, signal }: Pick<Outside, 'read' | 'signal'>,
  month: Month,
): Promise<readonly LeavePart[]> {
  const parts: LeavePart[] = []
  for (let after: number | undefined = 0; after !== undefined; ) {
    signal.throwIfAborted()
    const from: number = after
    const page = await read((ctx) => leaveBetween(ctx, datesOf(month), { after: from, limit: PAGE }))
    parts.push(...page.parts)
    after = page.next
  }
  return parts
}

interface Found {
  readonly adjustments: readonly Adjustment[]
  readonly names: ReadonlyMap<string, Text>
}

/**
 * What was decided of closed months since they were told of. Once a later month has been reported on, the adjustments of
 * this one stand as they were told: what came afterwards was told there.
 */
async function adjustmentsOf(ctx: Ctx, month: Month): Promise<Found> {
  if (await isFollowed(ctx.db, 'leave', month)) {
    const before = await findVersion(ctx.db, 'leave', month)
    const names = new Map((before?.facts.types ?? []).map(({ id, name }) => [id, name]))
    return { adjustments: before?.facts.adjustments ?? [], names }
  }
  const closed = await newestVersions(ctx.db, 'leave', {
    from: addMonths(month, -ADJUSTED_MONTHS),
    before: month,
    countMax: ADJUSTED_MONTHS,
  })
  const stretches = closed.map((report) => ({
    ...datesOf(report.month),
    since: (report.madeAt - OVERLAP_MS) as Instant,
    month: report.month,
  }))
  const changed = await leaveChangedSince(ctx, stretches)
  const requests = [...new Set(changed.map(({ part }) => part.request))]
  const told = await toldOf(ctx.sql, 'leave', closed, requests, month)
  const adjustments = changed.flatMap(({ stretch, part }) => {
    const was = told.get(`${stretch.month} ${part.request}`)?.amount ?? NOTHING
    return adjusted(whoOf(part), stretch.month, was, part.state === 'approved' ? part.part : NOTHING)
  })
  return { adjustments, names: new Map(changed.map(({ part }) => [part.type, part.typeName])) }
}

const whoOf = ({ request, person, type }: LeavePart) => ({
  request,
  staffNo: person.staffNo,
  name: person.name,
  department: person.department,
  type,
})

function lineOf(part: LeavePart): Line {
  return { ...whoOf(part), span: part.span, provisional: part.provisional, part: part.part, whole: part.whole }
}

function factsOf(ctx: Ctx, month: Month, parts: readonly LeavePart[], { adjustments, names }: Found): Facts {
  const organisation = ctx.policy(OrganisationPolicy)
  const usedDepartments = [...parts.map(({ person }) => person.department), ...adjustments.map((one) => one.department)]
  const departments = listed(
    organisation.departments.map(({ id }) => id),
    usedDepartments,
  ).map((id) => ({ id, name: organisation.departments.find((one) => one.id === id)?.name ?? plainName(id) }))
  const typeNames = new Map([...names, ...parts.map(({ type, typeName }) => [type, typeName] as const)])
  const types = listed(leaveTypeOrder(ctx), [...typeNames.keys(), ...adjustments.map(({ type }) => type)]).map(
    (id) => ({
      id,
      name: typeNames.get(id) ?? plainName(id),
    }),
  )
  const linesIn = (state: LeavePart['state']) =>
    inOrder(parts.filter((part) => part.state === state).map(lineOf), departments)
  return {
    kind: 'leave',
    month,
    zone: organisation.zone,
    organisation: organisation.name,
    departments,
    types,
    lines: linesIn('approved'),
    waiting: linesIn('pending'),
    adjustments: adjustments.toSorted((a, b) =>
      a.month < b.month ? -1 : a.month > b.month ? 1 : a.request - b.request,
    ),
  }
}

const plainName = (id: string): Text => ({ 'zh-CN': id, en: id })

/** The used ones: those of the policy in its order, then any that it no longer has. */
function listed(known: readonly string[], used: readonly string[]): readonly string[] {
  const wanted = new Set(used)
  return [...known.filter((id) => wanted.has(id)), ...[...wanted].filter((id) => !known.includes(id)).toSorted()]
}
