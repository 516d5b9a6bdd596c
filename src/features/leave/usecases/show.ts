/** Looking at leave: one's own list, and one request in all its detail. Nothing changes. */
import type { PersonCtx, Reply } from '#engine/context.ts'
import { detailCard, listCard, type ShownState } from '../cards/lists.ts'
import { LeavePolicy } from '../policy.ts'
import { ledgerOf } from '../repository/ledger.ts'
import { findRequest, type LeaveRow, requestsOf } from '../repository/requests.ts'
import { fullDayMinutes } from '../rules/model.ts'
import { balancesOf, leaveView, ownerOf, stepViews, typeName } from './look.ts'
import { numberOf, unknownRequest, written } from './own.ts'

const LIST_MAX = 15

export async function listLeave(ctx: PersonCtx): Promise<Reply> {
  const { locale, zone } = ctx.actor
  const rows = await requestsOf(
    ctx.db,
    ctx.actor.id,
    ['draft', 'pending', 'approved', 'rejected', 'withdrawn'],
    LIST_MAX,
  )
  const view = {
    entries: rows.map((row) => ({ ...row, type: typeName(ctx, row.type, ctx.actor), state: shownState(row) })),
    balances: await balancesOf(ctx, ctx.actor),
    today: ctx.today(),
    showCommand: written(ctx, 'show', locale, String(rows[0]?.id ?? '')),
  }
  return { message: { card: listCard({ locale, zone, person: ctx.actor }, view) } }
}

/** `请假详情 12`; without a number the newest of one's own. What one may not see is answered like what does not exist. */
export async function showLeave(ctx: PersonCtx, reference: string | undefined): Promise<Reply> {
  const row =
    reference === undefined
      ? (await requestsOf(ctx.db, ctx.actor.id, ['draft', 'pending', 'approved', 'rejected', 'withdrawn'], 1))[0]
      : await findRequest(ctx.db, numberOf(reference, ctx))
  if (row === undefined)
    return reference === undefined ? listLeave(ctx) : Promise.reject(unknownRequest(ctx, reference))
  if (!(await maySee(ctx, row))) throw unknownRequest(ctx, String(row.id))
  const owner = await ownerOf(ctx, row)
  const type = ctx.policy(LeavePolicy, owner).types[row.type]
  const view = {
    ...leaveView(ctx, row, owner),
    state: shownState(row),
    steps: await stepViews(ctx, row),
    // Without an allowance there is nothing that the ledger's lines would change.
    ledger: (type?.allowanceDays ?? null) === null ? [] : await ledgerOf(ctx.db, row.id),
    dayMinutes: fullDayMinutes(owner.pattern),
    submittedAt: row.submittedAt,
    policyVersion: row.policyVersion,
    proof: type?.proof,
  }
  const { locale, zone } = ctx.actor
  return { message: { card: detailCard({ locale, zone, person: ctx.actor }, view) } }
}

/** As its card says it: what nobody was asked to decide is recorded, not approved. */
const shownState = ({ state, approvalId }: LeaveRow): ShownState =>
  state === 'approved' && approvalId === null ? 'noted' : state

/** The owner, those who are asked or have decided, and those who may read leave. A draft is its owner's alone. */
export async function maySee(ctx: PersonCtx, row: LeaveRow): Promise<boolean> {
  if (row.personId === ctx.actor.id) return true
  if (row.state === 'draft' || row.submittedAt === null) return false
  if (ctx.may('leave.read', { person: await ownerOf(ctx, row) })) return true
  const approval = row.approvalId === null ? undefined : await ctx.approvals.view(row.approvalId)
  return (
    approval?.steps.some(
      ({ approvers, decidedBy }) => approvers.includes(ctx.actor.id) || decidedBy === ctx.actor.id,
    ) ?? false
  )
}
