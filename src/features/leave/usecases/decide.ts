/** What is decided, and the end of a request: approved and held, or rejected and given back; called by the approvals, once. */
import { addDays, startOfDay } from '#core/calendar/civil.ts'
import type { Card } from '#core/card.ts'
import type { Ctx, Person, Reader } from '#engine/context.ts'
import { requestCard, toldCard } from '../cards/request.ts'
import { LeaveDecided } from '../events.ts'
import { messages } from '../i18n.ts'
import { LeavePolicy } from '../policy.ts'
import { findRequest, type LeaveRow, move } from '../repository/requests.ts'
import { boundsOf, freeSegments } from '../repository/segments.ts'
import { writeAmount, writeSpan } from '../words.ts'
import { giveBack } from './close.ts'
import { ownerOf, requestViewOf, subjectOf, toldOf } from './look.ts'
import { showOwn } from './own.ts'
import { awaitPapers } from './papers.ts'

export interface Outcome {
  readonly approved: boolean
  readonly reason: string | null
  readonly by: Person
}

/** What an approver sees; the approvals add buttons and outcome. */
export async function cardToDecide(ctx: Ctx, requestId: number, reader: Reader): Promise<Card> {
  const row = await findRequest(ctx.db, requestId)
  if (row === undefined) throw new Error(`leave ${requestId} is asked about and does not exist`)
  return requestCard(reader, await requestViewOf(ctx, row))
}

/** The last step has spoken. A request that was taken back in the meantime stays as it is. */
export async function decideLeave(ctx: Ctx, requestId: number, outcome: Outcome): Promise<void> {
  const row = await findRequest(ctx.db, requestId)
  if (row === undefined) return
  if (outcome.approved) {
    if (await hold(ctx, row)) await sayDecided(ctx, row, outcome)
    return
  }
  if (!(await move(ctx.db, row.id, 'pending', 'rejected', { closedAt: ctx.clock.now() }))) return
  await giveBack(ctx, row)
  await freeSegments(ctx.db, row.id)
  await ctx.audit('leave.rejected', subjectOf(row.id), { by: outcome.by.id })
  await emitDecided(ctx, row, false)
  await showOwn(ctx, row.id)
  await sayDecided(ctx, row, outcome)
}

/** The leave holds from now on: presence says so, the policy's people are told. False when it was not waiting any more. */
export async function hold(ctx: Ctx, row: LeaveRow): Promise<boolean> {
  if (!(await move(ctx.db, row.id, 'pending', 'approved', { closedAt: ctx.clock.now() }))) return false
  const person = await ownerOf(ctx, row)
  await setAway(ctx, row, person)
  await ctx.audit('leave.approved', subjectOf(row.id))
  await emitDecided(ctx, row, true)
  await showOwn(ctx, row.id)
  await tell(ctx, row, person)
  await awaitPapers(ctx, row, person)
  return true
}

/**
 * Away in one stretch from the first to the last working minute, nights and days off between them included; a whole first
 * day begins, a whole last day ends at midnight, so that nothing is asked before work or after it.
 */
async function setAway(ctx: Ctx, { id, span, days }: LeaveRow, { id: personId, zone }: Person): Promise<void> {
  const bounds = await boundsOf(ctx.db, id)
  if (bounds === undefined) return
  const counted = days.filter((day) => day.counted)
  const [first, last] = [counted.at(0)?.date ?? span.from, counted.at(-1)?.date ?? span.to]
  const cutFirst = first === span.from && (span.fromHalf !== undefined || span.fromTime !== undefined)
  const cutLast = last === span.to && (span.toHalf !== undefined || span.toTime !== undefined)
  const from = cutFirst ? bounds.from : startOfDay(first, zone)
  const until = cutLast ? bounds.until : startOfDay(addDays(last, 1), zone)
  await ctx.presence.set('leave', String(id), [{ personId, kind: 'away', from, until }])
}

async function tell(ctx: Ctx, row: LeaveRow, person: Person): Promise<void> {
  const roles = ctx.policy(LeavePolicy, person).types[row.type]?.tells ?? []
  if (roles.length === 0) return
  const view = await requestViewOf(ctx, row)
  for (const { id } of await toldOf(ctx, roles, person))
    await ctx.outbox.send({ person: id }, (reader) => ({ card: toldCard(reader, view) }), {
      key: `leave:${row.id}:told:${id}`,
    })
}

async function sayDecided(ctx: Ctx, row: LeaveRow, { approved, reason, by }: Outcome): Promise<void> {
  const today = ctx.today(await ownerOf(ctx, row))
  await ctx.outbox.send(
    { person: row.personId },
    ({ locale }) => {
      const values = { by: by.name, span: writeSpan(row.span, locale, today) }
      return {
        text: approved
          ? messages.say(locale, 'say.approved', { ...values, amount: writeAmount(row.amount, locale) })
          : messages.say(locale, 'say.rejected', { ...values, reason: reason ?? '' }),
      }
    },
    { key: `leave:${row.id}:decided` },
  )
}

async function emitDecided(ctx: Ctx, { id, personId, span }: LeaveRow, approved: boolean): Promise<void> {
  await ctx.emit(LeaveDecided, { requestId: id, personId, approved, from: span.from, to: span.to })
}
