/** Drafts: made from what was said, changed, discarded, lapsed. Nothing is reserved and nobody is asked by any of them. */

import { nextWorkingDay } from '#core/calendar/pattern.ts'
import type { Period } from '#core/command-args.ts'
import { Refusal } from '#core/errors.ts'
import type { FormValues } from '#core/form.ts'
import { inLocale } from '#core/i18n.ts'
import type { FileRef } from '#core/platform.ts'
import type { Ctx, PersonCtx, Reply } from '#engine/context.ts'
import { leaveForm } from '../cards/form.ts'
import { LapseDraft } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { LeavePolicy } from '../policy.ts'
import { findRequest, insertDraft, type LeaveRow, move, requestsOf, updateDraft } from '../repository/requests.ts'
import { overlapping, takenBy } from '../repository/segments.ts'
import { amendedPeriod } from '../rules/amend.ts'
import type { Asker, Said, Terms } from '../rules/model.ts'
import { refuseOverAllowance, termsOf } from '../rules/terms.ts'
import { writeAmount, writeSpan } from '../words.ts'
import { askerOf, availableOf, drawDraft, lapseInstant, ownKey, subjectOf, typeName, waitingVersionOf } from './look.ts'
import { lateReply, ownByNumber, ownRequest, showOwn, written } from './own.ts'
import { papersIn, takePapers, throwAway } from './papers.ts'

/** What the command and its sentences give. */
export interface Asked {
  readonly period?: Period
  readonly type?: string
  readonly reason?: string
}

/** `/leave 3 days`: a draft, answered privately. Without any days: the form, with whatever else was said. */
export async function draftLeave(ctx: PersonCtx, { period, type, reason }: Asked): Promise<Reply> {
  if (period === undefined) return { form: blankForm(ctx, type, reason) }
  return makeDraft(ctx, { said: { period, type }, reason: reason ?? null })
}

/** The form filled in: a new draft, or new contents for the draft or waiting request it was opened on. */
export async function fillLeave(ctx: PersonCtx, requestId: number | undefined, values: FormValues): Promise<Reply> {
  const said = saidInForm(values)
  const reason = text(values, 'reason') ?? null
  const papers = papersIn(ctx, values)
  if (requestId === undefined) return makeDraft(ctx, { said, reason, papers })
  const row = await ownRequest(ctx, requestId)
  return rewrite(ctx, row, { said, reason, papers })
}

/** The button: the form, with what the request says now. */
export async function openChange(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await ownRequest(ctx, requestId)
  if (row.state !== 'draft' && row.state !== 'pending') return lateReply(ctx, row)
  return { form: formOf(ctx, row) }
}

/**
 * `改成周四`, `make it 2 days`: what is said now replaces, the rest stays. A draft is changed in place; a waiting request
 * gets a draft of its change, and goes on waiting until that is sent.
 */
export async function changeLeave(ctx: PersonCtx, asked: Asked & { readonly reference?: string }): Promise<Reply> {
  const row = asked.reference === undefined ? await newestOpen(ctx) : await ownByNumber(ctx, asked.reference)
  if (asked.period === undefined && asked.type === undefined && asked.reason === undefined)
    return { form: formOf(ctx, row) }
  const period = amendedPeriod(row, asked.period ?? {})
  const said = { period, type: asked.type ?? row.type }
  return rewrite(ctx, row, { said, reason: asked.reason ?? row.reason })
}

export async function discardDraft(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await ownRequest(ctx, requestId)
  if (!(await move(ctx.db, row.id, 'draft', 'discarded', { closedAt: ctx.clock.now() }))) return lateReply(ctx, row)
  await ctx.jobs.cancel(lapseKey(row.id))
  if (row.rootId === row.id) await throwAway(ctx, row)
  await ctx.audit('leave.discarded', subjectOf(row.id))
  await showOwn(ctx, row.id)
  return { toast: messages.say(ctx.actor.locale, 'say.discarded') }
}

/** The job: a draft that was not sent is over, and whoever believes to have asked for leave has to learn that they have not. */
export async function lapseDraft(ctx: Ctx, requestId: number): Promise<void> {
  if (!(await move(ctx.db, requestId, 'draft', 'lapsed', { closedAt: ctx.clock.now() }))) return
  const row = await findRequest(ctx.db, requestId)
  if (row && row.rootId === row.id) await throwAway(ctx, row)
  await ctx.audit('leave.lapsed', subjectOf(requestId))
  await showOwn(ctx, requestId)
}

export const lapseKey = (requestId: number): string => `leave.lapse:${requestId}`

/** What a stored request said, to be counted again. */
export const saidBy = ({ span, type }: Pick<LeaveRow, 'span' | 'type'>): Said => ({ period: span, type })

/**
 * Everything that needs rows: no other leave of the person at that time, and the allowance holds it.
 * @param instead the request whose place it takes: it is no obstacle, and what it uses counts as free
 */
export async function refuseByRows(
  ctx: PersonCtx,
  terms: Terms,
  asker: Asker,
  instead: LeaveRow | undefined,
  rootId: number,
): Promise<void> {
  const other = await overlapping(ctx.sql, ctx.actor.id, takenBy(terms, asker.zone), rootId)
  if (other !== undefined) throw await overlapRefusal(ctx, other)
  refuseOverAllowance(terms, await availableOf(ctx, terms.type, terms.byYear, ctx.actor, instead?.id), asker)
}

/** Names the leave that is in the way. */
export async function overlapRefusal(ctx: Ctx, otherId: number): Promise<Refusal> {
  const other = await findRequest(ctx.db, otherId)
  return new Refusal(
    (locale) =>
      messages.say(locale, 'refuse.overlap', {
        id: otherId,
        other: other
          ? messages.say(locale, 'which.plain', {
              span: writeSpan(other.span, locale),
              amount: writeAmount(other.amount, locale),
            })
          : '',
        state: messages.say(locale, `state.${other?.state ?? 'pending'}`),
      }),
    { field: 'from' },
  )
}

/** The count changed under a draft that was to be sent: its card is brought up to date instead. */
export async function refreshDraft(ctx: PersonCtx, row: LeaveRow, terms: Terms): Promise<LeaveRow | undefined> {
  const contents = { terms, reason: row.reason, policyVersion: ctx.policyVersion }
  if (!(await updateDraft(ctx.db, row.id, contents))) return undefined
  await lapseLater(ctx, row.id)
  const fresh = await findRequest(ctx.db, row.id)
  if (fresh)
    await ctx.outbox.show(ownKey(row.id), { person: ctx.actor.id }, await drawDraft(ctx, fresh, terms, ctx.actor))
  return fresh
}

interface Wanted {
  readonly said: Said
  readonly reason: string | null
  /** Sent along in the form. */
  readonly papers?: readonly FileRef[]
  /** The waiting request that it is a change of. */
  readonly instead?: LeaveRow
}

async function makeDraft(ctx: PersonCtx, { said, reason, papers = [], instead }: Wanted): Promise<Reply> {
  const asker = askerOf(ctx, ctx.actor)
  const terms = termsOf(said, asker)
  // No root has the number 0: a new leave is in nobody's place.
  await refuseByRows(ctx, terms, asker, instead, instead?.rootId ?? 0)
  const row = await insertDraft(ctx.db, {
    personId: ctx.actor.id,
    terms,
    reason,
    policyVersion: ctx.policyVersion,
    at: ctx.clock.now(),
    ...(instead && { rootId: instead.rootId }),
  })
  await lapseLater(ctx, row.id)
  await takePapers(ctx, row, papers)
  const draw = await drawDraft(ctx, row, terms, ctx.actor)
  return {
    message: draw({ locale: ctx.actor.locale, zone: ctx.actor.zone, person: ctx.actor }),
    as: ownKey(row.id),
    about: String(row.id),
    facts: { ...terms },
  }
}

async function rewrite(ctx: PersonCtx, row: LeaveRow, wanted: Wanted): Promise<Reply> {
  const { said, reason, papers = [] } = wanted
  if (row.state === 'pending') return makeDraft(ctx, { ...wanted, instead: row })
  if (row.state === 'approved') throw changeApproved(ctx, row.id)
  if (row.state !== 'draft') return lateReply(ctx, row)
  const asker = askerOf(ctx, ctx.actor)
  const terms = termsOf(said, asker)
  await refuseByRows(ctx, terms, asker, await waitingVersionOf(ctx, row), row.rootId)
  await takePapers(ctx, row, papers)
  const fresh = await refreshDraft(ctx, { ...row, reason }, terms)
  if (fresh === undefined) return lateReply(ctx, row)
  const { locale } = ctx.actor
  const values = {
    span: writeSpan(fresh.span, locale, asker.today),
    amount: writeAmount(fresh.amount, locale),
    type: inLocale(typeName(ctx, fresh.type, ctx.actor), locale),
  }
  return { message: { text: messages.say(locale, 'draft.updated', values) }, about: String(row.id) }
}

async function lapseLater(ctx: PersonCtx, requestId: number): Promise<void> {
  await ctx.jobs.add(LapseDraft, { requestId }, { at: lapseInstant(ctx, ctx.actor), key: lapseKey(requestId) })
}

/** What `改成…` is about when no number was said: the draft or waiting request that was made last. */
async function newestOpen(ctx: PersonCtx): Promise<LeaveRow> {
  const [open] = await requestsOf(ctx.db, ctx.actor.id, ['draft', 'pending'], 1)
  if (open) return open
  const [approved] = await requestsOf(ctx.db, ctx.actor.id, ['approved'], 1)
  if (approved && approved.span.to >= ctx.today()) throw changeApproved(ctx, approved.id)
  throw new Refusal((locale) =>
    messages.say(locale, 'refuse.nothing-to-change', { command: written(ctx, 'request', locale) }),
  )
}

function changeApproved(ctx: PersonCtx, id: number): Refusal {
  return new Refusal((locale) =>
    messages.say(locale, 'refuse.change-approved', { id, command: written(ctx, 'withdraw', locale, String(id)) }),
  )
}

function blankForm(ctx: PersonCtx, type: string | undefined, reason: string | undefined) {
  const asker = askerOf(ctx, ctx.actor)
  const day = nextWorkingDay(asker.today, asker.pattern, asker.calendar)
  return leaveForm(ctx.actor.locale, asker.policy, {
    type: type ?? asker.policy.defaultType,
    span: { from: day, to: day },
    reason,
  })
}

function formOf(ctx: PersonCtx, { id, type, span, reason }: LeaveRow) {
  return leaveForm(ctx.actor.locale, ctx.policy(LeavePolicy), { requestId: id, type, span, reason })
}

function saidInForm(values: FormValues): Said {
  const from = text(values, 'from')
  const [fromTime, toTime] = [text(values, 'fromTime'), text(values, 'toTime')]
  const to = text(values, 'to') ?? from
  const period: Period = {
    ...(from && { from }),
    ...(to && { to }),
    ...(text(values, 'fromHalf') === 'afternoon' && { fromHalf: 'afternoon' }),
    ...(text(values, 'toHalf') === 'morning' && { toHalf: 'morning' }),
    ...(fromTime && { fromTime }),
    ...(toTime && { toTime }),
  }
  return { period, type: text(values, 'type') }
}

function text(values: FormValues, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
