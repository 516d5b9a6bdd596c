/** Totals of a report, and what differs between two of its versions. Pure. */
import { type Adjustment, type Facts, inOrder, type LeaveAmount, type Line, NOTHING } from './facts.ts'

export const plus = (a: LeaveAmount, b: LeaveAmount): LeaveAmount => ({
  halfDays: a.halfDays + b.halfDays,
  restMinutes: a.restMinutes + b.restMinutes,
  minutes: a.minutes + b.minutes,
})
export const isNothing = ({ halfDays, restMinutes }: Pick<LeaveAmount, 'halfDays' | 'restMinutes'>): boolean =>
  halfDays === 0 && restMinutes === 0
const same = (a: LeaveAmount, b: LeaveAmount): boolean =>
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

/** What differs between two versions of a month, request by request. */
export function changesBetween(before: Facts, now: Facts): readonly Adjustment[] {
  const was = new Map(before.lines.map((line) => [line.request, line]))
  const is = new Map(now.lines.map((line) => [line.request, line]))
  const all = [...is.values(), ...[...was.values()].filter(({ request }) => !is.has(request))]
  const changes = all.flatMap((line) =>
    adjusted(line, now.month, was.get(line.request)?.part ?? NOTHING, is.get(line.request)?.part ?? NOTHING),
  )
  return inOrder(changes, listsOf(now, before).departments)
}

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
  { request, staffNo, name, department, type }: Pick<Line, 'request' | 'staffNo' | 'name' | 'department' | 'type'>,
  month: string,
  was: LeaveAmount,
  is: LeaveAmount,
): readonly Adjustment[] {
  return same(was, is) ? [] : [{ request, staffNo, name, department, type, month, was, is }]
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
