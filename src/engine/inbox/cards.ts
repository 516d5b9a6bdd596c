/** What the bot's own questions and offers look like. Plain data in, a card out. */
import { button, type Card } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import { AnswerQuestion, OpenForm, RunSuggestion } from './contracts.ts'
import { messages } from './i18n.ts'

/** More would not fit beside the way out. */
const LIKELY_MAX = 4

/**
 * One question, with buttons for the likely answers and one that ends it.
 * @param ask.problem what was wrong with what was said; the question then stands below it
 */
export function questionCard(
  locale: Locale,
  ask: { number: number; question: string; problem?: string; likely: readonly string[] },
): Card {
  const { number, question, problem, likely } = ask
  const cancel = messages.say(locale, 'word.cancel')
  return {
    title: problem ?? question,
    tone: 'waiting',
    ...(problem ? { text: question } : {}),
    buttons: [
      ...likely.slice(0, LIKELY_MAX).map((label, index) => button(AnswerQuestion, { number, index }, label)),
      button(AnswerQuestion, { number, index: -1 }, messages.say(locale, 'button.cancel')),
    ],
    note: messages.say(locale, 'ask.footer', { cancel }),
  }
}

/**
 * @param event the inbox row of the slip: what stood behind it is not lost
 * @param nearest commands with their names as they are written there
 */
export function suggestionCard(
  locale: Locale,
  said: string,
  event: string,
  nearest: readonly { readonly command: string; readonly name: string }[],
): Card {
  return {
    title: messages.say(locale, 'unknown-command', { said }),
    tone: 'warning',
    buttons: nearest.map(({ command, name }) => button(RunSuggestion, { command, event }, name)),
  }
}

/**
 * A form that cannot open where the command was typed: a button opens it.
 * @param event the inbox row of the command
 * @param page the address of the same form as a page, where there are pages
 */
export function formElsewhereCard(locale: Locale, event: string, page?: string): Card {
  return {
    title: messages.say(locale, 'form.elsewhere'),
    buttons: [button(OpenForm, { event }, messages.say(locale, 'form.open'), { style: 'primary' })],
    ...(page === undefined ? {} : { link: { label: messages.say(locale, 'form.as-page'), url: page } }),
  }
}
