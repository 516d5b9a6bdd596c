/** Taking a request back: while it waits, or approved and not yet begun. */
import { Refusal } from '#core/errors.ts'
import type { Ctx, Person, PersonCtx, Reply } from '#engine/context.ts'
import { whichCard } from '../cards/lists.ts'
import { LeaveWithdrawn } from '../events.ts'
import { messages } from '../i18n.ts'
import { LeavePolicy } from '../policy.ts'
import { appendLedger, ledgerOf } from '../repository/ledger.ts'
import { type LeaveRow, move, requestsOf } from '../repository/requests.ts'
import { freeSegments } from '../repository/segments.ts'
import { writeAmount, writeDay, writeSpan } from '../words.ts'
import { discardDraft } from './draft.ts'
import { begunAt, subjectOf, toldOf, typeName } from './look.ts'
import { lateReply, ownByNumber, ownRequest, showOwn } from './own.ts'
import { stopAwaiting, throwAway } from './papers.ts'

/** More open requests than this nobody has; older ones are reached by their number. */
const CHOICES_MAX = 20

/** `撤回请假`, with or without a number. Several that could be meant are asked about. */
export async function withdrawNamed(ctx: PersonCtx, reference: string | undefined): Promise<Reply> {
  if (reference !== undefined) return spoken(ctx, await ownByNumber(ctx, reference))
  const open = await requestsOf(ctx.db, ctx.actor.id, ['draft', 'pending', 'approved'], CHOICES_MAX)
  const ahead = open.filter((row) => row.state !== 'approved' || begunAt(row, ctx.actor) > ctx.clock.now())
  const [only, ...more] = ahead
  if (only === undefined) throw new Refusal(messages.later('refuse.nothing-to-withdraw'))
  if (more.length === 0) return spoken(ctx, only)
  const entries = ahead.map((row) => ({ ...row, type: typeName(ctx, row.type, ctx.actor) }))
  const reader = { locale: ctx.actor.locale, zone: ctx.actor.zone, person: ctx.actor }
  return { message: { card: whichCard(reader, entries, ctx.today()) } }
}

/** Asked for in words: a toast would not be read, so the answer is a sentence. */
async function spoken(ctx: PersonCtx, row: LeaveRow): Promise<Reply> {
  const reply = await withdrawLeave(ctx, row.id)
  return reply.message === undefined && reply.toast !== undefined ? { message: { text: reply.toast } } : reply
}

/** The button, the choice and the word. A draft is discarded; what is over already is only told. */
export async function withdrawLeave(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await ownRequest(ctx, requestId)
  if (row.state === 'draft') return discardDraft(ctx, requestId)
  if (row.state === 'pending') return withdrawPending(ctx, row)
  if (row.state === 'approved') return withdrawApproved(ctx, row)
  return lateReply(ctx, row)
}

async function withdrawPending(ctx: PersonCtx, row: LeaveRow): Promise<Reply> {
  // The approval first, as deciding does: two at once then wait for each other and never for themselves.
  if (row.approvalId !== null && !(await ctx.approvals.withdraw(row.approvalId))) return lateReply(ctx, row)
  if (!(await move(ctx.db, row.id, 'pending', 'withdrawn', { closedAt: ctx.clock.now() }))) return lateReply(ctx, row)
  return withdrawn(ctx, row, false)
}

async function withdrawApproved(ctx: PersonCtx, row: LeaveRow): Promise<Reply> {
  if (begunAt(row, ctx.actor) <= ctx.clock.now())
    throw new Refusal((locale) =>
      messages.say(locale, 'refuse.begun', { id: row.id, from: writeDay(row.span.from, locale, ctx.today()) }),
    )
  if (!(await move(ctx.db, row.id, 'approved', 'withdrawn', { closedAt: ctx.clock.now() }))) return lateReply(ctx, row)
  await ctx.presence.clear('leave', String(row.id))
  await tellWithdrawn(ctx, row)
  return withdrawn(ctx, row, true)
}

async function withdrawn(ctx: PersonCtx, row: LeaveRow, held: boolean): Promise<Reply> {
  await giveBack(ctx, row)
  await freeSegments(ctx.db, row.id)
  await stopAwaiting(ctx, row)
  await throwAway(ctx, row)
  await ctx.audit('leave.withdrawn', subjectOf(row.id), { held })
  await ctx.emit(LeaveWithdrawn, {
    requestId: row.id,
    personId: row.personId,
    held,
    from: row.span.from,
    to: row.span.to,
  })
  await showOwn(ctx, row.id)
  return { toast: messages.say(ctx.actor.locale, 'say.withdrawn', { id: row.id }) }
}

/** Everyone who approved it, and everyone who was told that it holds. */
async function tellWithdrawn(ctx: PersonCtx, row: LeaveRow): Promise<void> {
  const approval = row.approvalId === null ? undefined : await ctx.approvals.view(row.approvalId)
  const deciders = approval?.steps.flatMap(({ decidedBy }) => (decidedBy === null ? [] : [decidedBy])) ?? []
  const told = await toldOf(ctx, ctx.policy(LeavePolicy).types[row.type]?.tells ?? [], ctx.actor)
  const ids = new Set([...deciders, ...told.map(({ id }: Person) => id)])
  for (const id of ids)
    await ctx.outbox.send(
      { person: id },
      ({ locale }) => ({
        text: messages.say(locale, 'say.withdrawn-approver', {
          name: ctx.actor.name,
          span: writeSpan(row.span, locale, ctx.today()),
          amount: writeAmount(row.amount, locale),
        }),
      }),
      { key: `leave:${row.id}:withdrawn:${id}` },
    )
}

/** Writes the opposite of everything the ledger holds for this request: its lines then add up to nothing. */
export async function giveBack(ctx: Ctx, row: LeaveRow): Promise<void> {
  const years = new Map<number, number>()
  for (const { leaveYear, minutes } of await ledgerOf(ctx.db, row.id))
    years.set(leaveYear, (years.get(leaveYear) ?? 0) + minutes)
  await appendLedger(
    ctx.db,
    { personId: row.personId, type: row.type, requestId: row.id, at: ctx.clock.now(), actorId: ctx.actor?.id ?? null },
    [...years]
      .filter(([, sum]) => sum !== 0)
      .map(([leaveYear, sum]) => ({ leaveYear, minutes: -sum, kind: 'release' })),
  )
}
