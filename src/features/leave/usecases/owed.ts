/** What papers a leave has, and which it owes. */
import type { Ctx, Person } from '#engine/context.ts'
import { LeavePolicy } from '../policy.ts'
import type { LeaveRow } from '../repository/requests.ts'
import { papersDueOn } from '../rules/papers.ts'

/** Every version of a leave shares its papers: they lie under the number of the first. */
export const papersOf = ({ rootId }: Pick<LeaveRow, 'rootId'>): string => String(rootId)

/** How many there are, those on their way included. */
export async function countPapers(ctx: Ctx, row: Pick<LeaveRow, 'rootId'>): Promise<number> {
  return (await ctx.files.counts('leave', [papersOf(row)])).get(papersOf(row)) ?? 0
}

/** What has to be handed in for this leave, and by when; undefined when nothing has. */
export function owedFor(ctx: Ctx, row: LeaveRow, person: Person) {
  const { types, papers } = ctx.policy(LeavePolicy, person)
  const proof = types[row.type]?.proof
  return proof && { proof, due: papersDueOn(row.span, whose(ctx, person), papers.dueDays) }
}

export const whose = ({ calendar }: Ctx, { pattern, zone }: Person) => ({ pattern, zone, calendar })
