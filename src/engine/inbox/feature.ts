/** The bot's own commands and buttons: help, answers to its questions, a form opened late, what to do after an edit. */
import type { PersonCtx, Reply } from '../context.ts'
import { action, defineFeature, type Feature, view } from '../feature.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { formElsewhereCard, questionCard, suggestionCard } from './cards.ts'
import {
  AfterEdit,
  AnswerQuestion,
  AttachChosen,
  AttachFiles,
  OpenForm,
  RunSuggestion,
  UndoFiles,
} from './contracts.ts'
import { afterEdit } from './edits.ts'
import { attach, placeOf, undoFiles } from './files.ts'
import { messages } from './i18n.ts'
import type { Registry } from './registry.ts'
import * as repository from './repository.ts'
import { clickedAnswer, read, runCommand, type Words } from './words.ts'

/**
 * @param words asked late: the registry is made from the features, this one among them
 * @param umbrellas the commands of the platforms that take every other behind them
 */
export function inboxFeature(
  words: () => { registry: Registry; policy: LoadedPolicy },
  umbrellas: ReadonlySet<string> = new Set(),
): Feature {
  return defineFeature({
    name: 'inbox',
    permissions: { 'inbox.talk': { 'zh-CN': '与机器人对话', en: 'talk to the bot' } },
    actions: [
      action({
        on: AnswerQuestion,
        permission: 'inbox.talk',
        opensForm: false,
        run: (ctx, about) => clickedAnswer(words(), ctx, about),
      }),
      action({
        on: OpenForm,
        permission: 'inbox.talk',
        opensForm: true,
        run: (ctx, about) => again(words(), ctx, about.event),
      }),
      action({ on: AfterEdit, permission: 'inbox.talk', run: (ctx, about) => afterEdit(words(), ctx, about) }),
      action({
        on: AttachFiles,
        permission: 'inbox.talk',
        run: (ctx, { event, place }) => attach(ctx, event, place),
      }),
      action({
        on: AttachChosen,
        permission: 'inbox.talk',
        run: (ctx, { event }, chosen) => attach(ctx, event, placeOf(chosen)),
      }),
      action({ on: UndoFiles, permission: 'inbox.talk', run: (ctx, about) => undoFiles(ctx, about) }),
      action({
        on: RunSuggestion,
        permission: 'inbox.talk',
        run: (ctx, about) => suggested(words(), ctx, about, umbrellas),
      }),
    ],
    views: [
      view('inbox.unlinked', ({ locale }) => ({
        text: messages.say(locale, 'unlinked', {
          account: 'U0123ABC',
          platform: 'slack',
          link: messages.say(locale, 'unlinked.link'),
        }),
      })),
      view('inbox.question', ({ locale }) => ({
        card: questionCard(locale, {
          number: 1,
          question: messages.say(locale, 'ask.missing', { arg: messages.say(locale, 'arg.period') }),
          problem: messages.say(locale, 'problem.no-such-date', { said: messages.say(locale, 'sample.date') }),
          likely: [5, 7].map((n) => messages.say(locale, 'likely.days', { n })),
        }),
      })),
      view('inbox.suggestion', ({ locale }) => ({
        card: suggestionCard(locale, 'laeve', '1', [{ command: 'leave.request', name: '/leave' }]),
      })),
      view('inbox.form-elsewhere', ({ locale }) => ({ card: formElsewhereCard(locale, '1') })),
      view('inbox.apology', ({ locale }) => ({ text: messages.say(locale, 'apology', { reference: 'E12' }) })),
    ],
  })
}

/** Runs what an earlier message of the same person had asked for (never a slash command: those open forms themselves), now that a form can be opened. */
async function again(words: Words, ctx: PersonCtx, event: string): Promise<Reply> {
  const row = await repository.byId(ctx.sql, event)
  if (row?.event.kind !== 'said' || row.personId !== ctx.actor.id)
    return { message: { text: messages.say(ctx.actor.locale, 'edit.gone') } }
  const { understanding } = await read(words, ctx, row.event.text, false)
  if (understanding.kind !== 'command') return { message: { text: messages.say(ctx.actor.locale, 'edit.gone') } }
  return (await runCommand(words, ctx, understanding.command, understanding.values, understanding.unclear)).reply
}

/** Runs the command that was meant, with what stood behind the slip; asked for what is missing, as when it is typed. */
async function suggested(
  words: Words,
  ctx: PersonCtx,
  about: { command: string; event: string },
  umbrellas: ReadonlySet<string>,
): Promise<Reply> {
  const over: Reply = { message: { text: messages.say(ctx.actor.locale, 'question.over') } }
  const row = await repository.byId(ctx.sql, about.event)
  if (row?.event.kind !== 'said' || row.personId !== ctx.actor.id) return over
  const [name] = words.registry.commands.get(about.command)?.names.en ?? []
  const { command: slash, text } = row.event
  // A slash command's own name was the slip; behind the umbrella command, or without a slash, the first word was.
  const behind = slash !== undefined && !umbrellas.has(slash) ? text : text.replace(/^\/?\S+\s*/, '')
  const { understanding } = await read(words, ctx, `/${name ?? ''} ${behind}`, true)
  if (understanding.kind !== 'command' || understanding.command !== about.command) return over
  return (await runCommand(words, ctx, about.command, understanding.values, understanding.unclear)).reply
}
