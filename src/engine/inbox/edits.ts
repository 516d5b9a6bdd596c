/** A message that was changed or deleted afterwards runs nothing a second time: the bot offers to change or take back what it had asked for. */
import { type Button, button } from '#core/card.ts'
import type { Incoming } from '#core/platform.ts'
import type { PersonCtx, Reply } from '../context.ts'
import { AfterEdit } from './contracts.ts'
import { messages } from './i18n.ts'
import * as repository from './repository.ts'
import { read, runCommand, type Words } from './words.ts'

/** What a button can show of the new text. */
const LABEL_CHARS = 24

/** @param event its row's id, so that the buttons can find the new text again */
export async function changed(
  words: Words,
  ctx: PersonCtx,
  event: Incoming & { kind: 'edited' | 'deleted' },
  id: string,
): Promise<Reply> {
  const { locale } = ctx.actor
  const original = await repository.saidIn(ctx.sql, ctx.origin.platform, event.room, event.messageId)
  const command = original?.ran ? words.registry.commands.get(original.ran) : undefined
  const understood = event.kind === 'edited' ? (await read(words, ctx, event.text, false)).understanding : undefined
  if (!original?.about || !command?.withdrawnBy || original.personId !== ctx.actor.id) {
    // Nothing stands because of that message: only someone who turned it into a command needs to be told.
    return understood?.kind === 'command' ? { message: { text: messages.say(locale, 'edited.new') } } : {}
  }
  if (event.kind === 'edited' && original.event.kind === 'said' && original.event.text.trim() === event.text.trim())
    return {}
  const buttons: Button[] = []
  if (
    event.kind === 'edited' &&
    understood?.kind === 'command' &&
    understood.command === command.id &&
    command.amendedBy
  ) {
    const text = event.text.trim()
    const label = text.length > LABEL_CHARS ? `${text.slice(0, LABEL_CHARS)}…` : text
    buttons.push(
      button(AfterEdit, { event: id, what: 'amend' }, messages.say(locale, 'edit.amend', { text: label }), {
        style: 'primary',
      }),
    )
  }
  buttons.push(
    button(AfterEdit, { event: id, what: 'withdraw' }, messages.say(locale, 'edit.withdraw'), { style: 'danger' }),
    button(AfterEdit, { event: id, what: 'keep' }, messages.say(locale, 'edit.keep')),
  )
  return {
    message: {
      card: { title: messages.say(locale, event.kind === 'edited' ? 'edited' : 'deleted'), tone: 'waiting', buttons },
    },
    as: `inbox.edit:${id}`,
  }
}

/** The person has chosen. */
export async function afterEdit(
  words: Words,
  ctx: PersonCtx,
  about: { event: string; what: 'amend' | 'withdraw' | 'keep' },
): Promise<Reply> {
  const { locale } = ctx.actor
  const row = await repository.byId(ctx.sql, about.event)
  const event = row?.event
  if (!row || !event || (event.kind !== 'edited' && event.kind !== 'deleted') || row.personId !== ctx.actor.id)
    return { message: { text: messages.say(locale, 'edit.gone') } }
  if (about.what === 'keep') return close(ctx, about.event, messages.say(locale, 'edit.kept'))
  const original = await repository.saidIn(ctx.sql, row.platform, event.room, event.messageId)
  const mine = original?.personId === ctx.actor.id
  const command = mine && original.ran ? words.registry.commands.get(original.ran) : undefined
  const next = about.what === 'amend' ? command?.amendedBy : command?.withdrawnBy
  if (!next) return { message: { text: messages.say(locale, 'edit.gone') } }
  const understood =
    about.what === 'amend' && event.kind === 'edited'
      ? (await read(words, ctx, event.text, false)).understanding
      : undefined
  const { values, unclear } = understood?.kind === 'command' ? understood : { values: {}, unclear: [] }
  const args = words.registry.commands.get(next)?.args ?? {}
  // What that message made, and nothing newer.
  const named = Object.keys(args).filter((name) => args[name]?.arg.kind === 'reference')
  const made = Object.fromEntries(named.map((name) => [name, original?.about]))
  await close(ctx, about.event, null)
  const { reply } = await runCommand(
    words,
    ctx,
    next,
    { ...values, ...made },
    unclear.filter(({ arg }) => arg in args),
  )
  return reply
}

/** The offer loses its buttons; `said` is what it shows instead. */
async function close(ctx: PersonCtx, event: string, said: string | null): Promise<Reply> {
  const { locale } = ctx.actor
  await ctx.outbox.showAll(
    `inbox.edit:${event}`,
    () => ({ card: { title: said ?? messages.say(locale, 'edited'), tone: 'neutral' } }),
    { quiet: true },
  )
  return said ? { toast: said } : {}
}
