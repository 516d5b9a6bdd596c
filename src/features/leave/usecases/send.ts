/** Sending a draft: everything is checked once more, the time and the allowance are taken, and those who decide are asked. */
import { Refusal } from '#core/errors.ts'
import type { Ctx, Person, PersonCtx, Reply } from '#engine/context.ts'
import { LeaveApproval } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { LeavePolicy } from '../policy.ts'
import { appendLedger, ledgerSums } from '../repository/ledger.ts'
import { findRequest, type LeaveRow, move, setApproval, versionsOf } from '../repository/requests.ts'
import { freeSegments, overlapping, takenBy, takeSegments } from '../repository/segments.ts'
import type { Terms } from '../rules/model.ts'
import { termsOf } from '../rules/terms.ts'
import { writeAmount } from '../words.ts'
import { giveBack } from './close.ts'
import { hold } from './decide.ts'
import { lapseKey, overlapRefusal, refreshDraft, refuseByRows, saidBy } from './draft.ts'
import { allowanceMinutes, askerOf, subjectOf, toldOf, waitingVersionOf } from './look.ts'
import { lateReply, ownRequest, showOwn } from './own.ts'

/**
 * The button Send. What the draft showed is computed again at this moment: a count that changed since is shown and not
 * sent. A second click, or one on a draft that is over, answers with what holds now.
 */
export async function sendDraft(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await ownRequest(ctx, requestId)
  if (row.state !== 'draft') return lateReply(ctx, row)
  const asker = askerOf(ctx, ctx.actor)
  const terms = termsOf(saidBy(row), asker)
  const earlier = await waitingVersionOf(ctx, row)
  if (row.rootId !== row.id && earlier === undefined) throw await overtaken(ctx, row)
  await refuseByRows(ctx, terms, asker, earlier, row.rootId)
  if (differs(terms, row)) return refreshed(ctx, row, terms)
  if (earlier) await replace(ctx, earlier)
  const noDecision = terms.steps.length === 0
  const sent = { submittedAt: ctx.clock.now(), policyVersion: ctx.policyVersion }
  if (!(await move(ctx.db, row.id, 'draft', 'pending', sent))) return lateReply(ctx, row)
  if (earlier) await showOwn(ctx, earlier.id, { quiet: true })
  await reserve(ctx, row, terms)
  await ctx.jobs.cancel(lapseKey(row.id))
  await ctx.audit('leave.sent', subjectOf(row.id), {
    type: row.type,
    span: row.span,
    minutes: row.minutes,
    steps: terms.steps,
    late: terms.late.map(({ rule }) => rule.rule ?? null),
    ...(earlier && { instead: earlier.id }),
  })
  return noDecision ? note(ctx, row.id) : ask(ctx, row.id, terms)
}

/** Opens the approval; the owner's card becomes the waiting one. */
async function ask(ctx: PersonCtx, requestId: number, { steps }: Terms): Promise<Reply> {
  const approvalId = await ctx.approvals.open(
    LeaveApproval,
    { requestId },
    { requesterId: ctx.actor.id, steps: steps.map((role) => ({ role })) },
  )
  await setApproval(ctx.db, requestId, approvalId)
  await showOwn(ctx, requestId)
  const view = await ctx.approvals.view(approvalId)
  const open = view?.steps.find(({ state }) => state === 'open')
  return { toast: say(ctx, 'say.sent', await ctx.people.byIds(open?.approvers ?? [])) }
}

/** `decision: none`: it holds at once, and those whom the policy names are told (LEAVE-01). */
async function note(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await findRequest(ctx.db, requestId)
  if (row) await hold(ctx, row)
  const told = await toldOf(ctx, row ? (ctx.policy(LeavePolicy).types[row.type]?.tells ?? []) : [], ctx.actor)
  return { toast: say(ctx, 'say.sent-noted', told) }
}

function say(ctx: PersonCtx, key: 'say.sent' | 'say.sent-noted', people: readonly Person[]): string {
  const { locale } = ctx.actor
  return messages.say(locale, key, { who: people.map(({ name }) => name).join(messages.say(locale, 'comma')) })
}

/** Takes the working time and, year by year, the allowance. The database has the last word on overlaps. */
async function reserve(ctx: PersonCtx, row: LeaveRow, terms: Terms): Promise<void> {
  const taken = takenBy(terms, ctx.actor.zone)
  if (!(await takeSegments(ctx.sql, row, taken))) {
    const other = await overlapping(ctx.sql, ctx.actor.id, taken, row.rootId)
    throw await overlapRefusal(ctx, other ?? row.id)
  }
  await grant(ctx, row, terms)
  await appendLedger(
    ctx.db,
    { personId: row.personId, type: row.type, requestId: row.id, at: ctx.clock.now(), actorId: ctx.actor.id },
    terms.byYear.map(({ year, minutes }) => ({ leaveYear: year, minutes: -minutes, kind: 'reserve' })),
  )
}

/** The year's allowance enters the ledger with the first request that draws on it, and again by the difference when the policy changed it. */
async function grant(ctx: PersonCtx, { personId, type }: LeaveRow, { byYear }: Terms): Promise<void> {
  const allowance = allowanceMinutes(ctx, type, ctx.actor)
  if (allowance === undefined) return
  const about = { personId, type, requestId: null, at: ctx.clock.now(), actorId: null }
  for (const { year: leaveYear } of byYear) {
    const { granted } = await ledgerSums(ctx.db, { personId, type, leaveYear })
    if (granted !== allowance)
      await appendLedger(ctx.db, about, [{ leaveYear, minutes: allowance - granted, kind: 'grant' }])
  }
}

/** The earlier version gives way: nobody decides it any more, and what it took is free. */
async function replace(ctx: PersonCtx, earlier: LeaveRow): Promise<void> {
  const open = earlier.approvalId === null || (await ctx.approvals.withdraw(earlier.approvalId))
  if (!open || !(await move(ctx.db, earlier.id, 'pending', 'replaced', { closedAt: ctx.clock.now() })))
    throw await overtakenBy(ctx, earlier.id)
  await giveBack(ctx, earlier)
  await freeSegments(ctx.db, earlier.id)
  await ctx.audit('leave.replaced', subjectOf(earlier.id))
}

async function refreshed(ctx: PersonCtx, row: LeaveRow, terms: Terms): Promise<Reply> {
  const fresh = await refreshDraft(ctx, row, terms)
  if (fresh === undefined) return lateReply(ctx, row)
  const { locale } = ctx.actor
  const values = { was: writeAmount(row.amount, locale), is: writeAmount(fresh.amount, locale) }
  return { message: { text: messages.say(locale, 'draft.count-changed', values) } }
}

/** Does the count still say what the person saw? */
function differs(terms: Terms, row: LeaveRow): boolean {
  const seen = ({ date, minutes, chargeMinutes }: Terms['days'][number]) => `${date} ${minutes} ${chargeMinutes}`
  return terms.basis !== row.basis || terms.days.map(seen).join() !== row.days.map(seen).join()
}

/** The version that was to be changed is not waiting any more. */
async function overtaken(ctx: Ctx, row: LeaveRow): Promise<Refusal> {
  const states = ['approved', 'rejected', 'withdrawn', 'replaced'] as const
  for (const state of states) {
    const [other] = await versionsOf(ctx.db, row, state)
    if (other) return overtakenBy(ctx, other.id)
  }
  return overtakenBy(ctx, row.rootId)
}

async function overtakenBy(ctx: Ctx, id: number): Promise<Refusal> {
  const state = (await findRequest(ctx.db, id))?.state ?? 'withdrawn'
  return new Refusal((locale) =>
    messages.say(locale, 'refuse.overtaken', { id, state: messages.say(locale, `state.${state}`) }),
  )
}
