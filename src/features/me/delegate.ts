/** Whom one names to act for oneself: for days that are said, one at a time, and never oneself. */
import { addDays, civilDateAt, compareDates, daysBetween, formatDate } from '#core/calendar/civil.ts'
import type { Period } from '#core/command-args.ts'
import { Refusal } from '#core/errors.ts'
import type { Locale } from '#core/i18n.ts'
import type { Person, PersonCtx, Reply } from '#engine/context.ts'
import { delegateTo, delegationsOf, endOwnDelegations } from '#engine/identity/delegations.ts'
import { type DelegateView, delegatedCard, delegatesText } from './cards.ts'
import { messages } from './i18n.ts'
import { subject, text, written } from './say.ts'

/** Longer is no absence: it is another organisation, and the people file's matter. */
const DELEGATION_DAYS_MAX = 366

export async function delegatesOf(ctx: PersonCtx): Promise<readonly DelegateView[]> {
  const { actor } = ctx
  const all = await delegationsOf(ctx, actor.id, ctx.clock.now())
  const names = new Map(
    (await ctx.people.byIds(all.map(({ delegateId }) => delegateId))).map(({ id, name }) => [id, name]),
  )
  return all.map(({ delegateId, from, until, isOwn }) => ({
    name: names.get(delegateId) ?? '',
    from: civilDateAt(from, actor.zone),
    // Exclusive, and a day ends where the next begins.
    until: civilDateAt(until - 1, actor.zone),
    isOwn,
  }))
}

/** `委托给周敏到周五`, or what is named now. */
export async function setDelegate(
  ctx: PersonCtx,
  said: { readonly to?: string; readonly period?: Period },
): Promise<Reply> {
  const { locale } = ctx.actor
  if (said.to === undefined) {
    const now = await delegatesOf(ctx)
    const none = messages.say(locale, 'delegate.now-none', { said: written(ctx, 'say.delegate') })
    return text(now.length === 0 ? none : delegatesText(locale, now))
  }
  const to = await ctx.people.byId(said.to)
  if (!to) throw new Refusal(messages.later('refuse.delegate-who'))
  const days = daysOf(ctx, to, said.period)
  await name(ctx, to, days)
  const line = messages.say(locale, 'done.delegate', {
    name: to.name,
    from: formatDate(days.from, locale),
    until: formatDate(days.until, locale),
  })
  return { message: { card: delegatedCard(locale, line) } }
}

/** From when to when; who says no first day means today. @throws Refusal without a last day */
function daysOf(ctx: PersonCtx, to: Person, period: Period | undefined): { from: string; until: string } {
  const today = ctx.today()
  const from = period?.from ?? today
  const amount = period?.amount
  const length = amount && 'halfDays' in amount ? Math.ceil(amount.halfDays / 2) : undefined
  const until = period?.to ?? (length === undefined ? period?.from : addDays(from, length - 1))
  if (until === undefined)
    throw new Refusal(messages.later('refuse.delegate-until', { name: to.name, said: written(ctx, 'say.delegate') }))
  return { from, until }
}

/** @throws Refusal for whom and when it may not be */
async function name(
  ctx: PersonCtx,
  to: Person,
  { from, until }: { readonly from: string; readonly until: string },
  fields: { readonly who?: string; readonly until?: string } = {},
): Promise<void> {
  const about = (field: string | undefined) => (field === undefined ? {} : { field })
  if (to.id === ctx.actor.id) throw new Refusal(messages.later('refuse.delegate-self'), about(fields.who))
  if (!to.active) throw new Refusal(messages.later('refuse.delegate-who'), about(fields.who))
  const today = ctx.today()
  const day = (date: string) => (locale: Locale) => formatDate(date, locale)
  if (compareDates(until, today) < 0)
    throw new Refusal(
      (locale) => messages.say(locale, 'refuse.delegate-past', { until: day(until)(locale) }),
      about(fields.until),
    )
  if (compareDates(until, from) < 0)
    throw new Refusal(
      (locale) => messages.say(locale, 'refuse.delegate-order', { from: day(from)(locale), until: day(until)(locale) }),
      about(fields.until),
    )
  if (daysBetween(from, until) >= DELEGATION_DAYS_MAX)
    throw new Refusal(messages.later('refuse.delegate-long', { days: DELEGATION_DAYS_MAX }), about(fields.until))
  const at = ctx.clock.now()
  await delegateTo(ctx, { person: ctx.actor, delegateId: to.id, from, until, at })
  await ctx.audit('people.delegated', subject(ctx), { to: to.id, from, until })
  await ctx.outbox.send({ person: to.id }, ({ locale }) => ({
    text: messages.say(locale, 'named.delegate', {
      name: ctx.actor.name,
      from: day(from)(locale),
      until: day(until)(locale),
    }),
  }))
}

export async function endDelegation(ctx: PersonCtx): Promise<Reply> {
  const { locale, id } = ctx.actor
  const ended = await endOwnDelegations(ctx, id, ctx.clock.now())
  if (ended) await ctx.audit('people.delegation-ended', subject(ctx))
  const left = await delegatesOf(ctx)
  const said = messages.say(locale, 'done.delegate-off')
  if (left.length === 0) return text(said)
  return text([delegatesText(locale, left), messages.say(locale, 'delegate.now-file')].join('\n'))
}

export async function fillDelegate(ctx: PersonCtx, id: string | undefined, until: string | undefined): Promise<void> {
  const now = ctx.clock.now()
  const own = (await delegationsOf(ctx, ctx.actor.id, now)).find(({ isOwn }) => isOwn)
  if (id === undefined) {
    if (own && (await endOwnDelegations(ctx, ctx.actor.id, now)))
      await ctx.audit('people.delegation-ended', subject(ctx))
    return
  }
  const to = /^[0-9a-f-]{36}$/i.test(id) ? await ctx.people.byId(id) : undefined
  if (!to) throw new Refusal(messages.later('refuse.delegate-who'), { field: 'delegate' })
  if (until === undefined)
    throw new Refusal(messages.later('refuse.delegate-until', { name: to.name, said: written(ctx, 'say.delegate') }), {
      field: 'until',
    })
  const same = own?.delegateId === id && civilDateAt(own.until - 1, ctx.actor.zone) === until
  if (!same) await name(ctx, to, { from: ctx.today(), until }, { who: 'delegate', until: 'until' })
}
