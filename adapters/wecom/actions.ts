/** What can be pressed in a card: buttons, the choice from a menu, the link. Pure. */
import type { Button, Card, Select } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Locale } from '#core/i18n.ts'
import { words } from './i18n.ts'
import { buttonKey } from './ids.ts'
import * as max from './limits.ts'
import { bytesOf, fitWidth, oneLine, sayable } from './measure.ts'
import type { ButtonCard, CardButton, CardOption, VoteCard } from './template-card.ts'
import { asData } from './words.ts'

export const hasActions = ({ buttons, select, link }: Card): boolean =>
  (buttons?.length ?? 0) > 0 || (select?.options.length ?? 0) > 0 || link !== undefined

/** WeCom draws a menu, but tells of the choice only when a button is pressed: that one is ours, and stands first. */
export function buttonsOf(
  { buttons = [], select, link }: Card,
  key: string,
  locale: Locale,
): { readonly buttons: readonly CardButton[]; readonly leavesLink: boolean } {
  const drawn: CardButton[] = []
  if (select && isInCard(select))
    drawn.push({
      text: words.say(locale, 'choose'),
      style: buttons.length > 0 ? 2 : 1,
      key: buttonKey('select', 0, select.action, key, select.value),
    })
  for (const [n, button] of buttons.entries()) {
    const text = label(button.label, max.BUTTON_WIDTH_MAX, locale)
    drawn.push({ text, style: STYLES[button.style], key: buttonKey('button', n, button.action, key, button.value) })
  }
  const leavesLink = link !== undefined && drawn.length >= max.BUTTONS_MAX
  if (link && !leavesLink)
    drawn.push({ type: 1, text: label(link.label, max.BUTTON_WIDTH_MAX, locale), style: 2, url: sayable(link.url) })
  return { buttons: drawn, leavesLink }
}

const STYLES: Readonly<Record<Button['style'], 1 | 2 | 3>> = { primary: 1, plain: 2, danger: 3 }

const label = (text: string, widthMax: number, locale: Locale): string =>
  fitWidth(oneLine(asData(text)) || words.say(locale, 'none'), widthMax)

const isInCard = ({ options }: Select): boolean => options.length > 0 && options.length <= max.OPTIONS_MAX

/** A menu of up to ten options in the card itself. */
export function drawnSelect(select: Select | undefined, locale: Locale): ButtonCard['button_selection'] | undefined {
  if (!select || !isInCard(select)) return undefined
  const options = optionsOf(select, max.OPTION_WIDTH_MAX, locale)
  const chosen = select.options.some(({ value }) => value === select.chosen) ? select.chosen : undefined
  return {
    question_key: 'choice',
    title: label(select.label, max.OPTION_WIDTH_MAX, locale),
    option_list: options,
    ...(chosen === undefined ? {} : { selected_id: chosen }),
  }
}

/** A larger menu as cards of its own, twenty options each. What is beyond is counted in the last. */
export function voteCards(
  { select }: Card,
  { key, taskId, locale }: { key: string; taskId: string; locale: Locale },
): readonly VoteCard[] {
  if (!select || select.options.length <= max.OPTIONS_MAX) return []
  const options = optionsOf(select, max.VOTE_OPTION_WIDTH_MAX, locale)
  const count = Math.min(max.VOTE_CARDS_MAX, Math.ceil(options.length / max.VOTE_OPTIONS_MAX))
  return Array.from({ length: count }, (_, n): VoteCard => {
    const from = n * max.VOTE_OPTIONS_MAX
    const shown = options.slice(from, from + max.VOTE_OPTIONS_MAX)
    const left = n === count - 1 ? options.length - from - shown.length : 0
    const notes = [
      count > 1 ? `${n + 1}/${count}` : '',
      left > 0 ? words.say(locale, 'moreOptions', { count: left }) : '',
    ].filter((note) => note !== '')
    return {
      card_type: 'vote_interaction',
      main_title: {
        title: label(select.label, max.VOTE_TITLE_WIDTH_MAX, locale),
        ...(notes.length > 0 ? { desc: notes.join(' ') } : {}),
      },
      task_id: `${taskId}-${n}`,
      checkbox: {
        question_key: 'choice',
        mode: 0,
        option_list: shown.map((option) => ({ ...option, is_checked: option.id === select.chosen })),
      },
      submit_button: {
        text: words.say(locale, 'choose'),
        key: buttonKey('select', n, select.action, key, select.value),
      },
    }
  })
}

/** Nothing of a value is ever cut: it would come back as something else. */
function optionsOf(select: Select, widthMax: number, locale: Locale): readonly CardOption[] {
  for (const { value } of select.options)
    if (bytesOf(value) > max.OPTION_ID_BYTES_MAX || value === '')
      throw new PlatformError('refused', `An option of ${select.action} carries more than WeCom takes`, {
        code: 'too_large',
      })
  return select.options.map(({ value, label: text }) => ({ id: value, text: label(text, widthMax, locale) }))
}
