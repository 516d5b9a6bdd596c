/** From what was said to a command that runs: understood, permitted, asked for what is missing. */

import type { Message } from '#core/card.ts'
import { Refusal } from '#core/errors.ts'
import { inLocale } from '#core/i18n.ts'
import { readAnswer, understand } from '#core/parser/understand.ts'
import type { Unclear, Understanding, Vocabulary } from '#core/parser/understanding.ts'
import type { PersonCtx, Reply } from '../context.ts'
import type { Command } from '../feature.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { agreedIn, type Likely, likelyOf } from './candidates.ts'
import { questionCard, suggestionCard } from './cards.ts'
import * as dialogs from './dialogs.ts'
import { helpMessage } from './help.ts'
import { messages } from './i18n.ts'
import { peopleNamed } from './people-named.ts'
import { momentOf, RECENT_MS, type Registry, vocabularyOf } from './registry.ts'

/** An open question waits this long for its answer. */
const QUESTION_MS = 15 * 60_000

export interface Words {
  readonly registry: Registry
  readonly policy: LoadedPolicy
}
export interface Ran {
  readonly reply: Reply
  /** The command that ran or asks. */
  readonly ran: string | null
}

/**
 * Carries out what a person typed.
 * @param named true when it came as a slash command, so that words that fit nothing are a slip and not small talk
 */
export async function said(words: Words, ctx: PersonCtx, text: string, named: boolean): Promise<Ran> {
  const { understanding, dialog, vocabulary } = await read(words, ctx, text, named)
  const open = dialog?.question && dialog.expiresAt.getTime() > ctx.clock.now() ? dialog.question : null
  if (open) {
    const answered = await answer(words, ctx, open, text, understanding, vocabulary)
    if (answered) return answered
    await close(ctx, open)
  }
  return act(words, ctx, text, understanding)
}

/** What a sentence would be understood as, here and now; without any effect. */
export async function read(words: Words, ctx: PersonCtx, text: string, named: boolean) {
  const dialog = await dialogs.dialogIn(ctx.sql, whereabouts(ctx))
  const fresh = dialog?.recentAt && ctx.clock.now() - dialog.recentAt.getTime() <= RECENT_MS
  const asked = dialog?.question && words.registry.commands.get(dialog.question.command)?.args[dialog.question.arg]
  const people = await peopleNamed(ctx.sql, words.registry, text, asked?.arg.kind === 'person')
  const vocabulary = vocabularyOf(words.registry, words.policy, ctx.actor, people)
  const moment = momentOf(
    words.policy,
    ctx.clock.now(),
    ctx.actor.zone,
    fresh ? (dialog?.recent ?? undefined) : undefined,
  )
  return { understanding: understandTyped(text, named, vocabulary, moment), dialog, vocabulary, moment }
}

/** A slash command that reads as nothing is a slip: read again as a command's name, so that the nearest is offered. */
export function understandTyped(
  text: string,
  named: boolean,
  vocabulary: Vocabulary,
  moment: ReturnType<typeof momentOf>,
): Understanding {
  const first = understand(text, vocabulary, moment)
  if (!named || first.kind !== 'nothing' || text.trim().startsWith('/')) return first
  return text.trim() === '' ? { kind: 'help' } : understand(`/${text.trim()}`, vocabulary, moment)
}

async function act(words: Words, ctx: PersonCtx, text: string, understanding: Understanding): Promise<Ran> {
  const { locale } = ctx.actor
  const help = ctx.origin.write(messages.say(locale, 'word.help'))
  switch (understanding.kind) {
    case 'command':
      return runCommand(words, ctx, understanding.command, understanding.values, understanding.unclear)
    case 'help':
      return { reply: { message: helpMessage(words, ctx, understanding.about) }, ran: 'help' }
    case 'cancel':
      return { reply: { message: { text: messages.say(locale, 'cancel.nothing') } }, ran: null }
    case 'unknown-command':
      return { reply: { message: suggestions(words, ctx, understanding.said, understanding.nearest, help) }, ran: null }
    case 'nothing':
      return {
        reply:
          understanding.why === 'empty' && text.trim() !== ''
            ? {}
            : { message: { text: messages.say(locale, 'hint', { help }) } },
        ran: null,
      }
  }
}

/** Runs a command, or asks for the first thing that is missing or unclear. */
export async function runCommand(
  words: Words,
  ctx: PersonCtx,
  id: string,
  values: Readonly<Record<string, unknown>>,
  unclear: readonly Unclear[],
): Promise<Ran> {
  const command = words.registry.commands.get(id)
  if (!command) throw new Error(`The parser named the command ${id}, which no feature declares`)
  permit(words, ctx, command.permission)
  const [first, ...rest] = unclear
  if (first)
    return {
      reply: await question(
        words,
        ctx,
        command,
        values,
        first,
        rest.map((u) => u.arg),
      ),
      ran: id,
    }
  if (command.topics) await dialogs.remember(ctx.sql, whereabouts(ctx), id, ctx.clock.now())
  return { reply: await command.run(ctx, values as never), ran: id }
}

/** @throws Refusal naming the right that is missing */
export function permit({ registry }: Words, ctx: PersonCtx, permission: string): void {
  if (ctx.may(permission, { person: ctx.actor })) return
  // In words for the person, by its id for the administrator they ask.
  const what = registry.permissions.get(permission)
  throw new Refusal((locale) =>
    messages.say(locale, 'not-allowed', { what: what ? inLocale(what, locale) : permission, permission }),
  )
}

/** The answer to an open question; undefined when what was said is no answer to it. */
async function answer(
  words: Words,
  ctx: PersonCtx,
  open: dialogs.OpenQuestion,
  text: string,
  understanding: Understanding,
  vocabulary: Vocabulary,
): Promise<Ran | undefined> {
  if (understanding.kind === 'cancel') {
    await close(ctx, open)
    return { reply: { message: { text: messages.say(ctx.actor.locale, 'cancelled') } }, ran: null }
  }
  const another =
    understanding.kind === 'help' ||
    understanding.kind === 'unknown-command' ||
    (understanding.kind === 'command' && understanding.via === 'name')
  const command = words.registry.commands.get(open.command)
  const arg = command?.args[open.arg]
  if (another || !command || !arg) return undefined
  const moment = momentOf(words.policy, ctx.clock.now(), ctx.actor.zone)
  const result = readAnswer(text, arg.arg, vocabulary, moment)
  if ('value' in result) return carryOn(words, ctx, command, open, completed(open, result.value))
  if (understanding.kind === 'command') return undefined
  const again = { ...result.unclear, arg: open.arg }
  await close(ctx, open)
  return { reply: await question(words, ctx, command, open.values, again, open.then), ran: open.command }
}

/** What all meanings of the ambiguous word agreed in still holds, unless the answer says otherwise. */
function completed(open: dialogs.OpenQuestion, value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { ...open.agreed, ...value } : value
}

/** A click on one of the likely answers. */
export async function clickedAnswer(
  words: Words,
  ctx: PersonCtx,
  about: { number: number; index: number },
): Promise<Reply> {
  const dialog = await dialogs.dialogIn(ctx.sql, whereabouts(ctx))
  const open = dialog?.question
  const likely = open?.likely[about.index]
  if (
    !dialog ||
    !open ||
    open.number !== about.number ||
    dialog.expiresAt.getTime() <= ctx.clock.now() ||
    (about.index >= 0 && likely === undefined)
  )
    return { message: { text: messages.say(ctx.actor.locale, 'question.over') } }
  if (about.index < 0) {
    await close(ctx, open)
    return { message: { text: messages.say(ctx.actor.locale, 'cancelled') } }
  }
  const { vocabulary, understanding } = await read(words, ctx, likely ?? '', false)
  const ran = await answer(words, ctx, open, likely ?? '', understanding, vocabulary)
  return ran?.reply ?? { message: { text: messages.say(ctx.actor.locale, 'question.over') } }
}

async function carryOn(
  words: Words,
  ctx: PersonCtx,
  command: Command,
  open: dialogs.OpenQuestion,
  value: unknown,
): Promise<Ran> {
  const [next, ...rest] = open.then
  const values = { ...open.values, [open.arg]: value }
  await close(ctx, open)
  if (next === undefined) return runCommand(words, ctx, command.id, values, [])
  return { reply: await question(words, ctx, command, values, { arg: next, why: 'missing' }, rest), ran: command.id }
}

/** One question at a time, with buttons for the likely answers; kept for 15 minutes. */
async function question(
  words: Words,
  ctx: PersonCtx,
  command: Command,
  values: Readonly<Record<string, unknown>>,
  unclear: Unclear,
  then: readonly string[],
): Promise<Reply> {
  const { locale } = ctx.actor
  const arg = command.args[unclear.arg]?.arg
  const likely = await likelyAnswers(words, ctx, command, unclear)
  // One message asks at most one question.
  const number = Number(BigInt(ctx.origin.event) % 2_000_000_000n)
  const asked =
    command.asking?.[unclear.arg]?.question(locale) ??
    messages.say(locale, 'ask.missing', { arg: messages.say(locale, `arg.${arg?.kind ?? 'rest'}`) })
  const problem = problemOf(unclear)?.(locale)
  const labels = likely.map(({ label }) => label)
  const card = questionCard(locale, { number, question: asked, likely: labels, ...(problem ? { problem } : {}) })
  await dialogs.ask(
    ctx.sql,
    whereabouts(ctx),
    {
      number,
      title: card.title,
      command: command.id,
      values,
      arg: unclear.arg,
      agreed: agreedIn(unclear.candidates ?? []),
      likely: likely.map(({ said: typed }) => typed),
      then,
    },
    ctx.clock.now() + QUESTION_MS,
  )
  return { message: { card }, as: questionKey(ctx, number) }
}

async function likelyAnswers(
  words: Words,
  ctx: PersonCtx,
  command: Command,
  unclear: Unclear,
): Promise<readonly Likely[]> {
  const declared = command.asking?.[unclear.arg]?.likely
  const candidates = (unclear.candidates ?? []).filter(
    (c): c is object | string | number => c !== null && c !== undefined,
  )
  if (unclear.why === 'ambiguous' && command.args[unclear.arg]?.arg.kind === 'person')
    return (await ctx.people.byIds(candidates.map(String))).map(({ name, staffNo }) => ({
      label: `${name} (${staffNo})`,
      said: staffNo,
    }))
  if (unclear.why === 'ambiguous' && candidates.length > 0)
    return candidates.map((candidate) => likelyOf(candidate, ctx.actor.locale))
  if (declared) return declared(ctx)
  const arg = command.args[unclear.arg]?.arg
  if (arg?.kind !== 'choice') return []
  const options = vocabularyOf(words.registry, words.policy, ctx.actor).choices[arg.of] ?? []
  return options.map((option) => ({
    label: inLocale(option.name, ctx.actor.locale),
    said: inLocale(option.name, ctx.actor.locale),
  }))
}

const PROBLEMS = [
  'no-such-date',
  'end-before-start',
  'not-a-number',
  'out-of-range',
  'no-such-choice',
  'no-such-person',
  'no-such-holiday',
  'too-long',
  'amount-and-range-disagree',
] as const

function problemOf(unclear: Unclear) {
  const values = { said: unclear.said ?? '' }
  if (unclear.why === 'missing') return undefined
  if (unclear.why === 'ambiguous') return values.said === '' ? undefined : messages.later('ask.which', values)
  const known = PROBLEMS.find((problem) => problem === unclear.problem)
  return known ? messages.later(`problem.${known}`, values) : messages.later('problem.other', values)
}

function suggestions(
  words: Words,
  ctx: PersonCtx,
  saidName: string,
  nearest: readonly { command: string; name: string }[],
  help: string,
): Message {
  const { locale } = ctx.actor
  const allowed = nearest.filter(({ command }) =>
    ctx.may(words.registry.commands.get(command)?.permission ?? '', { person: ctx.actor }),
  )
  if (allowed.length === 0) return { text: messages.say(locale, 'unknown-command.none', { said: saidName, help }) }
  // The parser compares folded names; a reader of traditional characters is offered theirs.
  const written = allowed.map(({ command, name }) => ({
    command,
    name: ctx.origin.write(inLocale({ 'zh-CN': name, en: name }, locale)),
  }))
  return { card: suggestionCard(locale, saidName, ctx.origin.event, written) }
}

/** Alone with the bot is one place, whatever an event calls it: that of a menu names no chat where a platform has none to name. */
const whereabouts = ({ actor, origin: { platform, room, roomKind } }: PersonCtx) => ({
  personId: actor.id,
  platform,
  room: roomKind === 'direct' ? '@' : room,
})

const questionKey = (ctx: PersonCtx, number: number) => `inbox.question:${ctx.actor.id}:${number}`

/** The question is over: its card goes on showing it, without buttons. */
async function close(ctx: PersonCtx, open: dialogs.OpenQuestion) {
  await dialogs.ask(ctx.sql, whereabouts(ctx), null, ctx.clock.now())
  await ctx.outbox.showAll(questionKey(ctx, open.number), () => ({ card: { title: open.title } }), { quiet: true })
}
