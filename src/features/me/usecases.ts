/** One’s own settings: looked at, changed in a sentence or in the form, and taken back. */
import { civilDateAt } from '#core/calendar/civil.ts'
import { type QuietHours, readQuietHours } from '#core/calendar/quiet-hours.ts'
import { Refusal } from '#core/errors.ts'
import type { FormValues } from '#core/form.ts'
import { inLocale, LOCALES, type Locale } from '#core/i18n.ts'
import type { PersonCtx, Reply } from '#engine/context.ts'
import { allAccountsOf, unlinkAccount } from '#engine/identity/accounts.ts'
import { type Choice, choiceOf, choose, preferredOf } from '#engine/identity/choices.ts'
import { CODE_MINUTES, makeCode, sayUse, useCode } from '#engine/identity/codes.ts'
import { delegationsOf } from '#engine/identity/delegations.ts'
import { rescheduleQuiet } from '#engine/outbox/quiet.ts'
import { platformName } from '#engine/policy/channels.ts'
import {
  AUTO,
  codeCard,
  doneCard,
  type MeView,
  meCard,
  meForm,
  nameOfPlatform,
  quietCard,
  unlinkCard,
} from './cards.ts'
import { delegatesOf, fillDelegate } from './delegate.ts'
import { messages } from './i18n.ts'
import { subject, text, written } from './say.ts'

export async function showMe(ctx: PersonCtx): Promise<Reply> {
  const reader = { locale: ctx.actor.locale, zone: ctx.actor.zone, person: ctx.actor }
  return { message: { card: meCard(reader, await viewOf(ctx)) } }
}

async function viewOf(ctx: PersonCtx): Promise<MeView> {
  const { actor } = ctx
  return {
    locale: actor.locale,
    accounts: await allAccountsOf(ctx, actor.id),
    prefers: await preferredOf(ctx, actor.id),
    quiet: (await choiceOf(ctx, actor.id)).quiet,
    delegates: await delegatesOf(ctx),
    write: ctx.origin.write,
  }
}

/** Keeps a choice, with a line of the audit log. @returns what held before */
async function keep(ctx: PersonCtx, change: Partial<Choice>): Promise<Choice> {
  const before = await choose(ctx, ctx.actor.id, change)
  if (change.quiet !== undefined) await rescheduleQuiet(ctx, ctx.actor, change.quiet, ctx.clock.now())
  await ctx.audit('people.choice', subject(ctx), change)
  return before
}

export async function setLanguage(ctx: PersonCtx, language: string | undefined): Promise<Reply> {
  const { actor } = ctx
  const chosen = LOCALES.find((locale) => locale === language)
  if (chosen === undefined)
    return text(messages.say(actor.locale, 'language.now', { said: written(ctx, 'say.language') }))
  const before = await keep(ctx, { locale: chosen })
  // In the new language: whoever chose it by mistake sees at once what it means.
  const undo = { what: 'language', was: before.locale ?? '' } as const
  return { message: { card: doneCard(chosen, messages.say(chosen, 'done.language'), undo) } }
}

export async function setPreferred(ctx: PersonCtx, platform: string | undefined): Promise<Reply> {
  const { locale, id } = ctx.actor
  if (platform === undefined) {
    const now = await preferredOf(ctx, id)
    const said = written(ctx, 'word.prefer')
    return text(
      now === null
        ? messages.say(locale, 'prefer.now-auto', { said })
        : messages.say(locale, 'prefer.now', { platform: nameOfPlatform(now, locale), said }),
    )
  }
  const before = await keep(ctx, { preferredPlatform: await ownPlatform(ctx, platform) })
  const said =
    platform === AUTO
      ? messages.say(locale, 'done.prefer-auto')
      : messages.say(locale, 'done.prefer', { platform: nameOfPlatform(platform, locale) })
  const undo = { what: 'prefer', was: before.preferredPlatform ?? '' } as const
  return { message: { card: doneCard(locale, said, undo) } }
}

/** @returns null for wherever they were last. @throws Refusal for a platform where they have no account */
async function ownPlatform(ctx: PersonCtx, platform: string, field?: string): Promise<string | null> {
  if (platform === AUTO) return null
  const accounts = await allAccountsOf(ctx, ctx.actor.id)
  if (accounts.some((account) => account.platform === platform)) return platform
  throw new Refusal(
    (locale) => messages.say(locale, 'prefer.none', { platform: inLocale(platformName(platform), locale) }),
    field === undefined ? {} : { field },
  )
}

/** @param said hours as they were typed */
export async function setQuiet(ctx: PersonCtx, said: string | undefined): Promise<Reply> {
  const { locale, id } = ctx.actor
  if (said === undefined) {
    const { quiet } = await choiceOf(ctx, id)
    const example = written(ctx, 'say.quiet')
    return text(
      quiet
        ? messages.say(locale, 'quiet.now', { ...quiet, said: example })
        : messages.say(locale, 'quiet.now-none', { said: example }),
    )
  }
  const quiet = readQuietHours(said)
  if (quiet === undefined)
    throw new Refusal(messages.later('refuse.quiet', { said: said.slice(0, 40), example: written(ctx, 'say.quiet') }))
  return keepQuiet(ctx, quiet)
}

async function keepQuiet(ctx: PersonCtx, quiet: QuietHours | null): Promise<Reply> {
  const { locale } = ctx.actor
  const before = await keep(ctx, { quiet })
  const was = before.quiet ? `${before.quiet.from}-${before.quiet.until}` : ''
  if (quiet) return { message: { card: quietCard(locale, quiet, was) } }
  return { message: { card: doneCard(locale, messages.say(locale, 'done.quiet-off'), { what: 'quiet', was }) } }
}

export const endQuiet = (ctx: PersonCtx): Promise<Reply> => keepQuiet(ctx, null)

export async function undoChoice(
  ctx: PersonCtx,
  undo: { readonly what: 'language' | 'prefer' | 'quiet'; readonly was: string },
): Promise<Reply> {
  const was = undo.was === '' ? null : undo.was
  switch (undo.what) {
    case 'language':
      await keep(ctx, { locale: was as Locale | null })
      break
    case 'prefer':
      await keep(ctx, { preferredPlatform: was })
      break
    case 'quiet': {
      const [from = '', until = ''] = undo.was.split('-')
      await keep(ctx, { quiet: was === null ? null : { from, until } })
      break
    }
  }
  const now = (await ctx.people.byId(ctx.actor.id)) ?? ctx.actor
  return text(messages.say(now.locale, 'done.undone'))
}

export async function openMe(ctx: PersonCtx): Promise<Reply> {
  const { actor } = ctx
  const view = await viewOf(ctx)
  const own = (await delegationsOf(ctx, actor.id, ctx.clock.now())).find(({ isOwn }) => isOwn)
  return {
    form: meForm(actor.locale, {
      ...view,
      platforms: [...new Set(view.accounts.map(({ platform }) => platform))],
      delegate: own && { id: own.delegateId, until: civilDateAt(own.until - 1, actor.zone) },
    }),
  }
}

export async function fillMe(ctx: PersonCtx, values: FormValues): Promise<Reply> {
  const { actor } = ctx
  const one = (field: string): string | undefined => {
    const value = values[field]
    return typeof value === 'string' ? value : value?.[0]
  }
  const [from, until] = [one('quietFrom'), one('quietUntil')]
  if ((from === undefined) !== (until === undefined) || (from !== undefined && from === until))
    throw new Refusal(messages.later('refuse.quiet-pair'), { field: from === undefined ? 'quietFrom' : 'quietUntil' })
  const before = await viewOf(ctx)
  const locale = LOCALES.find((known) => known === one('language')) ?? actor.locale
  const prefers = await ownPlatform(ctx, one('prefers') ?? AUTO, 'prefers')
  const quiet = from === undefined || until === undefined ? null : { from, until }
  await keep(ctx, {
    quiet,
    // What was left as it is stays the people file's: it may change there.
    ...(locale === before.locale ? {} : { locale }),
    ...(prefers === before.prefers ? {} : { preferredPlatform: prefers }),
  })
  await fillDelegate(ctx, one('delegate'), one('until'))
  const fresh = { ...actor, locale }
  const reader = { locale, zone: actor.zone, person: fresh }
  const card = meCard(reader, { ...(await viewOf(ctx)), locale })
  return { message: { card }, toast: messages.say(locale, 'done.saved') }
}

export async function giveCode(ctx: PersonCtx): Promise<Reply> {
  const code = await makeCode(ctx, ctx.actor.id, ctx.clock.now())
  await ctx.audit('people.code-made', subject(ctx))
  return { message: { card: codeCard(ctx.actor.locale, code, CODE_MINUTES) } }
}

/** A code from somebody who is known: their account is linked already, to them or to somebody else. */
export async function linkHere(ctx: PersonCtx, code: string | undefined): Promise<Reply> {
  const { locale, id } = ctx.actor
  const account = (await allAccountsOf(ctx, id)).find(({ platform }) => platform === ctx.origin.platform)?.account
  if (code === undefined || account === undefined) return text(messages.say(locale, 'link.how'))
  const use = await useCode(ctx, { platform: ctx.origin.platform, account, code, now: ctx.clock.now() })
  if (use.kind === 'taken' && !use.isOwn) return text(messages.say(locale, 'link.others'))
  return text(use.kind === 'linked' ? messages.say(locale, 'link.how') : sayUse(locale, use))
}

/** Asked first, always: an account that is gone can only come back by a code or by an administrator. */
export async function askUnlink(ctx: PersonCtx, platform: string | undefined): Promise<Reply> {
  const { locale, id } = ctx.actor
  const all = await allAccountsOf(ctx, id)
  const names = [...new Set(all.map((account) => nameOfPlatform(account.platform, locale)))]
  if (platform === undefined) {
    const said = ctx.origin.write(messages.say(locale, 'word.unlink', { platform: names[0] ?? '' }))
    return text(messages.say(locale, 'unlink.which', { said }))
  }
  // Of several the one used longest ago: nobody means the one they are writing from.
  const [account] = all
    .filter((one) => one.platform === platform)
    .toSorted((a, b) => (a.lastUsedAt ?? 0) - (b.lastUsedAt ?? 0))
  if (!account)
    throw new Refusal((reader) =>
      messages.say(reader, 'unlink.none', {
        platform: nameOfPlatform(platform, reader),
        platforms: names.join(messages.say(reader, 'comma')),
      }),
    )
  const isHere = platform === ctx.origin.platform && all.filter((one) => one.platform === platform).length === 1
  const card = unlinkCard(locale, { ...account, isLast: all.length === 1, isHere })
  return { message: { card }, as: unlinkKey(id, account) }
}

/** The question is a stated card: what became of it stands where it was asked. */
const unlinkKey = (personId: string, { platform, account }: { platform: string; account: string }): string =>
  `me.unlink:${personId}:${platform}:${account}`

export async function unlinkSurely(
  ctx: PersonCtx,
  { platform, account, keep: stays }: { platform: string; account: string; keep?: boolean | undefined },
): Promise<Reply> {
  const { locale, id } = ctx.actor
  const settled = async (title: string): Promise<Reply> => {
    await ctx.outbox.show(unlinkKey(id, { platform, account }), { person: id }, () => ({ card: { title } }), {
      quiet: true,
    })
    return { toast: title }
  }
  if (stays) return settled(messages.say(locale, 'done.kept'))
  const isOwn = (await allAccountsOf(ctx, id)).some((one) => one.platform === platform && one.account === account)
  if (!isOwn || !(await unlinkAccount(ctx, { platform, account }))) return text(messages.say(locale, 'unlink.gone'))
  await ctx.audit('people.account-unlinked', subject(ctx), { platform, account })
  const done = messages.say(locale, 'done.unlinked', { platform: nameOfPlatform(platform, locale), account })
  // From the account that is gone nothing can be shown there any more: the answer to this very press is the last word.
  const isStillHere = (await allAccountsOf(ctx, id)).some((one) => one.platform === ctx.origin.platform)
  return isStillHere ? settled(done) : text(done)
}
