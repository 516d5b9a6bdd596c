/** From a message to texts and template cards. Pure, and the same for the same key: a repeat must be the same to the byte. */
import type { Card, Message, Tone } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Form } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { Outgoing } from '#core/platform.ts'
import { buttonsOf, drawnSelect, hasActions, voteCards } from './actions.ts'
import { words } from './i18n.ts'
import { MARK_BYTES, markOf, taskIdOf } from './ids.ts'
import * as max from './limits.ts'
import { divide, fitWidth, oneLine, widthOf } from './measure.ts'
import type { ButtonCard, CardButton, TemplateCard } from './template-card.ts'
import { anchor, asData, LIVE, PLAIN, type Style, write } from './words.ts'

/** What is sent for one message, in this order. */
export interface Rendered {
  readonly texts: readonly string[]
  readonly cards: readonly TemplateCard[]
}
/** What a card becomes when it is changed: what does not fit into it is said before. */
export interface Changed {
  readonly texts: readonly string[]
  readonly card: ButtonCard
}

type Said = Pick<Outgoing, 'key' | 'message' | 'locale' | 'accounts'>

/** For a member, in the conversation with the app: cards with something to press, texts for all else. */
export function renderForMember(said: Said): Rendered {
  const { key, message, locale } = said
  const taskId = taskIdOf(key)
  const { card, form } = message
  if (form) return renderForm(form, locale, taskId)
  if (!card || !hasActions(card)) return { texts: texts(wordsOf(message, locale, MEMBER), locale, taskId), cards: [] }
  const votes = voteCards(card, { key, taskId, locale })
  const drawn = drawCard(card, key, locale)
  if (votes.length > 0 && drawn.card.button_list.length === 0)
    return { texts: texts(wordsOf(message, locale, MEMBER), locale, taskId), cards: votes }
  return {
    texts: drawn.isWhole ? [] : texts(wordsOf(message, locale, MEMBER, drawn.leavesLink), locale, taskId),
    cards: [{ ...drawn.card, task_id: taskId }, ...votes],
  }
}

/** For a group, where there is nothing to press. */
export function renderForGroup({ message, locale, accounts }: Said): readonly string[] {
  const { card, form } = message
  const style = { anchors: false, accounts }
  const all = form ? formWords(form, locale, style) : wordsOf(message, locale, style, true)
  const hint = (card && (card.buttons?.length || card.select)) || form ? `\n${words.say(locale, 'pressInDirect')}` : ''
  return divideTexts(all + hint, locale, max.TEXT_BYTES_MAX)
}

/** For a member's card that lies there already. @param sentId the id that it was sent under */
export function renderChange({ key, message, locale }: Said, sentId: string): Changed {
  const { card, form } = message
  if (form) {
    const [text, drawn] = [formWords(form, locale, MEMBER), formCard(form, locale)]
    return drawn
      ? { texts: [], card: drawn.card }
      : { texts: texts(text, locale, sentId), card: closedCard(text, locale) }
  }
  if (!card) {
    const text = wordsOf(message, locale, PLAIN)
    const isWhole = widthOf(oneLine(text)) <= max.SUB_TITLE_WIDTH_MAX
    return {
      texts: isWhole ? [] : texts(wordsOf(message, locale, MEMBER), locale, sentId),
      card: closedCard(text, locale),
    }
  }
  if (card.select && card.select.options.length > max.OPTIONS_MAX)
    throw new PlatformError('gone', 'A card of WeCom cannot become a menu of several cards', {
      code: 'too_many_options',
    })
  const drawn = drawCard(card, key, locale)
  return {
    texts: drawn.isWhole ? [] : texts(wordsOf(message, locale, MEMBER, drawn.leavesLink), locale, sentId),
    card: drawn.card.button_list.length > 0 ? drawn.card : { ...drawn.card, ...closedButtons(locale) },
  }
}

/** For the other cards of a long menu, when one of them has become something else. */
export const renderClosed = ({ message, locale }: Said): ButtonCard =>
  closedCard(message.form ? formWords(message.form, locale, PLAIN) : wordsOf(message, locale, PLAIN), locale)

/** The words above a file. */
export function renderCaption({ key, message, locale }: Said): readonly string[] {
  if (message.text === undefined) return []
  return texts(write(message.text, MEMBER), locale, taskIdOf(key))
}

const MEMBER: Style = { anchors: true, accounts: {} }

// === Texts ===

const TONES: Readonly<Record<Tone, string>> = { neutral: '', waiting: '🟡 ', good: '✅ ', bad: '⛔ ', warning: '⚠️ ' }

/** Every word of a message in the order of reading. @param withLink the link too, where no button stands for it */
function wordsOf({ card, text }: Message, locale: Locale, style: Style, withLink = false): string {
  const none = words.say(locale, 'none')
  if (!card) return write(text, style).trim() || none
  const pair = words.say(locale, 'pair')
  const lines = [
    titleOf(card, locale),
    write(card.text, style),
    ...(card.fields ?? []).map(({ label, value }) => `${asData(label) || none}${pair}${write(value, style) || none}`),
    ...(card.list ?? [])
      .map((line) => write(line, style))
      .flatMap((line) => (line === '' ? [] : [words.say(locale, 'bullet') + line])),
    write(card.note, style),
    withLink && card.link
      ? style.anchors
        ? anchor(card.link.label, card.link.url)
        : `${asData(card.link.label)}${pair}${card.link.url}`
      : '',
  ]
  return lines.filter((line) => line.trim() !== '').join('\n')
}

const titleOf = ({ title, tone = 'neutral' }: Card, locale: Locale): string =>
  TONES[tone] + (oneLine(asData(title)) || words.say(locale, 'none'))

/** Texts of at most WeCom's size, each with a mark of its own that nobody sees. */
function texts(text: string, locale: Locale, id: string): readonly string[] {
  return divideTexts(text, locale, max.TEXT_BYTES_MAX - MARK_BYTES).map((part, n) => part + markOf(`${id} ${n}`))
}

const divideTexts = (text: string, locale: Locale, bytesMax: number): readonly string[] =>
  divide(text, { partsMax: max.TEXTS_MAX, bytesMax, whole: LIVE }, (count) =>
    words.say(locale, 'moreCharacters', { count }),
  )

// === Cards ===

interface Drawn {
  readonly card: ButtonCard
  /** Everything that the card says stands in it, uncut. */
  readonly isWhole: boolean
  /** There was no room for the link among the buttons. */
  readonly leavesLink: boolean
}

function drawCard(card: Card, key: string, locale: Locale): Drawn {
  const none = words.say(locale, 'none')
  const title = titleOf(card, locale)
  const bulleted = (card.list ?? []).map((line) => write(line, PLAIN)).filter((line) => line !== '')
  const note = write(card.note, PLAIN)
  // The list of fields stands below all other words: where others follow them they are lines among these.
  const { list: fields, lines: fieldLines } = fieldsOf(card, locale, bulleted.length === 0 && note.trim() === '')
  const body = [write(card.text, PLAIN), ...fieldLines, ...bulleted, note]
    .filter((line) => line.trim() !== '')
    .join('\n')
  const { buttons, leavesLink } = buttonsOf(card, key, locale)
  const selection = drawnSelect(card.select, locale)
  const fitted = fitWidth(title, max.TITLE_WIDTH_MAX)
  const subTitle = fitWidth(body, max.SUB_TITLE_WIDTH_MAX)
  return {
    isWhole: fitted === title && subTitle === body && !leavesLink,
    leavesLink,
    card: {
      card_type: 'button_interaction',
      main_title: { title: fitted || none },
      ...(subTitle === '' ? {} : { sub_title_text: subTitle }),
      ...(fields.length > 0 ? { horizontal_content_list: fields } : {}),
      ...(selection ? { button_selection: selection } : {}),
      button_list: buttons,
    },
  }
}

/** In a list of their own when they may stand last and all of them fit there, otherwise as lines. */
function fieldsOf(card: Card, locale: Locale, mayStandLast: boolean) {
  const [none, pair] = [words.say(locale, 'none'), words.say(locale, 'pair')]
  const list = (card.fields ?? []).map(({ label, value }) => ({
    keyname: asData(label) || none,
    value: write(value, PLAIN).trim() || none,
  }))
  const fits =
    mayStandLast &&
    list.length <= max.FIELDS_MAX &&
    list.every(
      ({ keyname, value }) =>
        widthOf(keyname) <= max.FIELD_NAME_WIDTH_MAX &&
        widthOf(value) <= max.FIELD_VALUE_WIDTH_MAX &&
        !(keyname + value).includes('\n'),
    )
  return fits ? { list, lines: [] } : { list: [], lines: list.map(({ keyname, value }) => keyname + pair + value) }
}

/** What a text becomes where a card lay. */
function closedCard(text: string, locale: Locale): ButtonCard {
  const whole = oneLine(text)
  const title = fitWidth(whole, max.TITLE_WIDTH_MAX)
  return {
    card_type: 'button_interaction',
    main_title: { title },
    ...(title === whole ? {} : { sub_title_text: fitWidth(text, max.SUB_TITLE_WIDTH_MAX) }),
    ...closedButtons(locale),
  }
}

/** A card of buttons must have one: a word in grey stands for it, and nobody can press it. */
function closedButtons(locale: Locale): { button_list: readonly CardButton[]; replace_text: string } {
  const text = words.say(locale, 'closed')
  return { button_list: [{ text, key: 'closed' }], replace_text: text }
}

// === Forms ===

function renderForm(form: Form, locale: Locale, taskId: string): Rendered {
  const drawn = formCard(form, locale)
  const all = formWords(form, locale, MEMBER)
  if (!drawn) return { texts: texts(all, locale, taskId), cards: [] }
  return { texts: drawn.isWhole ? [] : texts(all, locale, taskId), cards: [{ ...drawn.card, task_id: taskId }] }
}

/** What is asked, and a button that opens the page; undefined where there is no page. */
function formCard(form: Form, locale: Locale): { card: ButtonCard; isWhole: boolean } | undefined {
  if (form.page === undefined) return undefined
  const title = oneLine(asData(form.title)) || words.say(locale, 'none')
  const body = [asData(form.intro ?? ''), askedIn(form, locale)].filter((line) => line.trim() !== '').join('\n')
  const subTitle = fitWidth(body, max.SUB_TITLE_WIDTH_MAX)
  return {
    isWhole: subTitle === body,
    card: {
      card_type: 'button_interaction',
      main_title: { title: fitWidth(title, max.TITLE_WIDTH_MAX) },
      sub_title_text: subTitle,
      button_list: [{ type: 1, text: words.say(locale, 'fillIn'), style: 1, url: form.page }],
    },
  }
}

function askedIn({ fields }: Form, locale: Locale): string {
  const labels = fields.map(({ label }) => fitWidth(oneLine(asData(label)), max.OPTION_WIDTH_MAX))
  return words.say(locale, 'asks', { fields: labels.join(words.say(locale, 'between')) })
}

function formWords(form: Form, locale: Locale, style: Style): string {
  const { title, intro = '', page } = form
  const way =
    page === undefined
      ? words.say(locale, 'noPage')
      : // The page is for one person: its address is never said to a group.
        style.anchors
        ? anchor(words.say(locale, 'fillIn'), page)
        : ''
  return [oneLine(asData(title)), asData(intro), askedIn(form, locale), way]
    .filter((line) => line.trim() !== '')
    .join('\n')
}
