/** Totals of a report, and what differs between two of its versions. Pure. */
import { type Adjustment, canonical, type Facts, inOrder, type LeaveAmount, type Line, NOTHING } from './facts.ts'

export const plus = (a: LeaveAmount, b: LeaveAmount): LeaveAmount => ({
  halfDays: a.halfDays + b.halfDays,
  restMinutes: a.restMinutes + b.restMinutes,
  minutes: a.minutes + b.minutes,
})
export const isNothing = ({ halfDays, restMinutes }: Pick<LeaveAmount, 'halfDays' | 'restMinutes'>): boolean =>
  halfDays === 0 && restMinutes === 0
export const isSame = (a: LeaveAmount, b: LeaveAmount): boolean =>
  a.halfDays === b.halfDays && a.restMinutes === b.restMinutes && a.minutes === b.minutes

/** What some lines come to. */
export interface Sum {
  readonly amount: LeaveAmount
  readonly people: number
  readonly requests: number
}
export function sumOf(lines: readonly Line[]): Sum {
  return {
    amount: lines.reduce((sum, { part }) => plus(sum, part), NOTHING),
    people: new Set(lines.map(({ staffNo }) => staffNo)).size,
    requests: lines.length,
  }
}

/** Groups in the order in which they first come. */
export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
}

/** What some lines come to, type by type, in the order of the facts; types without any are left out. */
export function byType(
  { types }: Pick<Facts, 'types'>,
  lines: readonly Line[],
): readonly { readonly type: Facts['types'][number]; readonly amount: LeaveAmount }[] {
  const groups = groupBy(lines, ({ type }) => type)
  return types.flatMap((type) => {
    const found = groups.get(type.id)
    return found ? [{ type, amount: sumOf(found).amount }] : []
  })
}

/** The lines of each department, in the order of the facts; departments without any are left out. */
export function byDepartment(
  { departments }: Pick<Facts, 'departments'>,
  lines: readonly Line[],
): readonly { readonly department: Facts['departments'][number]; readonly lines: readonly Line[] }[] {
  const groups = groupBy(lines, ({ department }) => department)
  return departments.flatMap((department) => {
    const found = groups.get(department.id)
    return found ? [{ department, lines: found }] : []
  })
}

/** What a later month's report said of a request of this month, between two versions of it. */
export interface ToldLater extends Pick<Line, WhoKey> {
  /** The month of that report. */
  readonly month: string
  readonly amount: LeaveAmount
}
/** One difference between two versions. */
export interface Change extends Adjustment {
  /** An adjustment of an earlier month that this report has now, or has no more. */
  readonly adjustment?: 'came' | 'went'
  /** Whoever settled by that report has this much already. */
  readonly told?: Pick<ToldLater, 'month' | 'amount'>
}

/**
 * What differs between two versions of a month, request by request, with what a later month's report has told of it
 * meanwhile; then the adjustments that went and came.
 */
export function changesBetween(before: Facts, now: Facts, toldLater: readonly ToldLater[] = []): readonly Change[] {
  const was = new Map(before.lines.map((line) => [line.request, line]))
  const is = new Map(now.lines.map((line) => [line.request, line]))
  const told = new Map(toldLater.map((one) => [one.request, one]))
  // What was told later and taken back since is in neither version, and is a change for whoever settled by it.
  const all = new Map<number, Pick<Line, WhoKey>>([...told, ...was, ...is])
  const changes = [...all.values()].flatMap((line): readonly Change[] => {
    const [old, amount] = [was.get(line.request)?.part ?? NOTHING, is.get(line.request)?.part ?? NOTHING]
    const later = told.get(line.request)
    if (later === undefined) return adjusted(line, now.month, old, amount)
    if (isSame(old, amount) && isSame(later.amount, amount)) return []
    const change = { ...whoIn(line), month: now.month, was: old, is: amount }
    return [{ ...change, told: { month: later.month, amount: later.amount } }]
  })
  const lists = listsOf(now, before).departments
  return [...inOrder(changes, lists), ...inOrder(adjustmentsBetween(before, now), lists)]
}

function adjustmentsBetween(before: Facts, now: Facts): readonly Change[] {
  const without = (all: Facts, others: Facts, adjustment: 'came' | 'went') => {
    const there = new Set(others.adjustments.map((one) => canonical(saidOf(one))))
    return all.adjustments
      .filter((one) => !there.has(canonical(saidOf(one))))
      .map((one): Change => ({ ...one, adjustment }))
  }
  return [...without(before, now, 'went'), ...without(now, before, 'came')]
}

const saidOf = ({ request, month, was, is }: Adjustment) => ({ request, month, was, is })
const whoIn = ({ request, staffNo, name, department, type }: Pick<Line, WhoKey>) => ({
  request,
  staffNo,
  name,
  department,
  type,
})
type WhoKey = 'request' | 'staffNo' | 'name' | 'department' | 'type'

/** The departments and types of both versions: what a change names may be gone from the later one. */
export function listsOf(now: Lists, before: Lists | undefined): Lists {
  const both = (of: keyof Lists) => [
    ...now[of],
    ...(before?.[of] ?? []).filter(({ id }) => !now[of].some((one) => one.id === id)),
  ]
  return { departments: both('departments'), types: both('types') }
}
export type Lists = Pick<Facts, 'departments' | 'types'>

/** One adjustment, or none where nothing differs. */
export function adjusted(
  who: Pick<Line, WhoKey>,
  month: string,
  was: LeaveAmount,
  is: LeaveAmount,
): readonly Adjustment[] {
  return isSame(was, is) ? [] : [{ ...whoIn(who), month, was, is }]
}

/** The department and every one below it, among those of the facts; all of them without one. */
export function departmentsBelow(
  departments: readonly { readonly id: string; readonly parent?: string | null | undefined }[],
  top: string | undefined,
): ReadonlySet<string> {
  if (top === undefined) return new Set(departments.map(({ id }) => id))
  const found = new Set([top])
  // Parents may stand behind their children: as often as there are levels at most.
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const { id, parent } of departments) if (typeof parent === 'string' && found.has(parent)) found.add(id)
  }
  return found
}
