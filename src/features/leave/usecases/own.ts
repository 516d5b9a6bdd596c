/** One's own requests: found by number, refused to others, and stated anew on the owner's card. */
import { Refusal } from '#core/errors.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Ctx, PersonCtx, Reply } from '#engine/context.ts'
import { messages } from '../i18n.ts'
import { findRequest, type LeaveRow } from '../repository/requests.ts'
import { drawOwn, ownerOf, ownKey } from './look.ts'

/** How commands are called, for the ways out. */
const COMMANDS = {
  request: { 'zh-CN': '请假', en: 'leave' },
  list: { 'zh-CN': '请假记录', en: 'leave list' },
  withdraw: { 'zh-CN': '撤回请假', en: 'leave withdraw' },
  show: { 'zh-CN': '请假详情', en: 'leave show' },
} as const

/** A command as this person would write it on the platform they are on. */
export function written(ctx: PersonCtx, command: keyof typeof COMMANDS, locale: Locale, argument = ''): string {
  return ctx.origin.write(`${inLocale(COMMANDS[command], locale)} ${argument}`.trim())
}

/** The person's own request, for a button: whoever presses one that is not theirs is told whose it is. */
export async function ownRequest(ctx: PersonCtx, requestId: number): Promise<LeaveRow> {
  const row = await findRequest(ctx.db, requestId)
  if (row === undefined) throw unknownRequest(ctx, String(requestId))
  if (row.personId === ctx.actor.id) return row
  const { name } = await ownerOf(ctx, row)
  throw new Refusal((locale) =>
    messages.say(locale, 'refuse.not-yours', { name, command: written(ctx, 'request', locale) }),
  )
}

/** The person's own request by the number they typed; somebody else's is answered like one that does not exist. */
export async function ownByNumber(ctx: PersonCtx, reference: string): Promise<LeaveRow> {
  const row = await findRequest(ctx.db, numberOf(reference, ctx))
  if (row === undefined || row.personId !== ctx.actor.id)
    throw unknownRequest(ctx, reference.replace('#', '').slice(0, 20))
  return row
}

export function unknownRequest(ctx: PersonCtx, id: string): Refusal {
  return new Refusal((locale) => messages.say(locale, 'refuse.unknown', { id, command: written(ctx, 'list', locale) }))
}

/** `12` and `#12` as a number; anything else is a request that does not exist. */
export function numberOf(reference: string, ctx: PersonCtx): number {
  const digits = /^#?(\d{1,9})$/.exec(reference.trim())?.[1]
  if (digits === undefined) throw unknownRequest(ctx, reference.slice(0, 20))
  return Number(digits)
}

/** A click or word that comes too late: what holds now, on the card and in a sentence; nothing else happens. */
export async function lateReply(ctx: PersonCtx, { id }: Pick<LeaveRow, 'id'>): Promise<Reply> {
  const row = await findRequest(ctx.db, id)
  if (row === undefined) throw unknownRequest(ctx, String(id))
  if (row.state !== 'draft') await showOwn(ctx, id)
  const { locale } = ctx.actor
  return {
    message: { text: messages.say(locale, 'say.late', { id, state: messages.say(locale, `state.${row.state}`) }) },
  }
}

/** States the owner's card anew. */
export async function showOwn(ctx: Ctx, requestId: number, options?: { quiet?: boolean }): Promise<void> {
  const row = await findRequest(ctx.db, requestId)
  if (row === undefined) return
  await ctx.outbox.show(ownKey(row.id), { person: row.personId }, await drawOwn(ctx, row), options)
}
