/** The bot's own commands and buttons: help, answers to its questions, a form opened late, what to do after an edit. */
import type { PersonCtx, Reply } from '../context.ts'
import { action, defineFeature, type Feature, view } from '../feature.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { formElsewhereCard, questionCard, suggestionCard } from './cards.ts'
import { AfterEdit, AnswerQuestion, OpenForm, RunSuggestion } from './contracts.ts'
import { afterEdit } from './edits.ts'
import { messages } from './i18n.ts'
import type { Registry } from './registry.ts'
import * as repository from './repository.ts'
import { clickedAnswer, read, runCommand, type Words } from './words.ts'

/** @param words asked late: the registry is made from the features, this one among them */
export function inboxFeature(words: () => { registry: Registry; policy: LoadedPolicy }): Feature {
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
        on: RunSuggestion,
        permission: 'inbox.talk',
        run: async (ctx, { command }) => suggested(words(), ctx, command),
      }),
    ],
    views: [
      view('inbox.unlinked', ({ locale }) => ({
        text: messages.say(locale, 'unlinked', { account: 'U0123ABC', platform: 'slack' }),
      })),
      view('inbox.question', ({ locale }) => ({
        card: questionCard(locale, {
          number: 1,
          question: messages.say(locale, 'ask.missing', { arg: messages.say(locale, 'arg.period') }),
          problem: messages.say(locale, 'problem.no-such-date', { said: locale === 'en' ? '30 Feb' : '2月30日' }),
          likely: locale === 'en' ? ['5 days', '7 days'] : ['5天', '7天'],
        }),
      })),
      view('inbox.suggestion', ({ locale }) => ({
        card: suggestionCard(locale, 'laeve', [{ command: 'leave.request', name: '/leave' }]),
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

/** As if its name had been typed: what it needs to know is asked. */
async function suggested(words: Words, ctx: PersonCtx, id: string): Promise<Reply> {
  const [name] = words.registry.commands.get(id)?.names.en ?? []
  const { understanding } = await read(words, ctx, `/${name ?? ''}`, true)
  if (understanding.kind !== 'command' || understanding.command !== id)
    return { message: { text: messages.say(ctx.actor.locale, 'question.over') } }
  return (await runCommand(words, ctx, id, understanding.values, understanding.unclear)).reply
}
