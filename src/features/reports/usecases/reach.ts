/** Who may see a report: it tells of everybody in it, so whoever may see leave of each of these departments. */
import type { Ctx, Person } from '#engine/context.ts'
import { may } from '#engine/identity/permissions.ts'
import type { Facts } from '../rules/facts.ts'

const READ = 'reports.read'

/** Of some departments those that a person may not see reports on. */
export const hiddenFrom = (
  ctx: Ctx,
  person: Person,
  departments: Facts['departments'],
): readonly Facts['departments'][number][] => departments.filter(({ id }) => !mayForAll(ctx, person, id))

/** Whether a person may see a report at all, on every one of these departments. */
export const maySee = (ctx: Ctx, person: Person, departments: Facts['departments']): boolean =>
  may({ section: (asked) => ctx.policy(asked) }, person, READ) && hiddenFrom(ctx, person, departments).length === 0

/** Asked about somebody who is nobody's report and not the person: their own leave is not everybody's. */
function mayForAll(ctx: Ctx, person: Person, department: string): boolean {
  const anybody = { ...person, id: '', managerId: null, department }
  return may({ section: (asked) => ctx.policy(asked) }, person, READ, { person: anybody })
}
