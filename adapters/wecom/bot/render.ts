/** Messages for the smart bot: markdown, and a card where something is to be pressed. Pure; the same for the same message, always. */
import type { TemplateCard } from '@wecom/aibot-node-sdk'
import { type Card, type Markup, plain, type Select, type Tone } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Form } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { Outgoing } from '#core/platform.ts'
import { buttonsOf, drawnSelect, voteCards } from '../actions.ts'
import { words } from '../i18n.ts'
import { taskIdOf } from '../ids.ts'
import { BUTTON_WIDTH_MAX, FIELD_NAME_WIDTH_MAX, FIELDS_MAX } from '../limits.ts'
import { divide, fitWidth, oneLine, sayable, widthOf } from '../measure.ts'
import type { TemplateCard as PressCard } from '../template-card.ts'
import { inert } from './inert.ts'
import * as max from './limits.ts'

export type Body =
  | { readonly msgtype: 'markdown'; readonly markdown: { readonly content: string } }
  | { readonly msgtype: 'template_card'; readonly template_card: TemplateCard }

type Drawn = Pick<Outgoing, 'key' | 'message' | 'locale'>

/** What is sent one after the other: texts first, then what is to be pressed. */
export function render({ key, message, locale }: Drawn): readonly Body[] {
  const { card, form } = message
  if (form) return texts(formLines(form, locale), locale)
  if (!card) return texts([write(message.text ?? message.file?.name)], locale)
  const cards = pressable(card, key, locale)
  if (cards.length === 0) return texts(cardLines(card, locale), locale)
  const [first, ...more] = cards
  const whole = isWhole(card, cards) ? compact(card, locale) : undefined
  if (whole && first) return [asBody({ ...first, ...whole } as TemplateCard), ...more.map(asBody)]
  return [...texts(cardLines(card, locale), locale), ...cards.map(asBody)]
}

/** What takes the place of a card: one card, and in words what it has no room for. Throws `PlatformError('gone')` for more. */
export function renderInPlace(
  { key, message, locale }: Drawn,
  taskId: string,
): {
  readonly card: TemplateCard
  readonly more: readonly Body[]
} {
  const { form } = message
  const card = message.card ?? { title: form?.title ?? plain(message.text) }
  const [first, ...others] = pressable(card, key, locale)
  if (others.length > 0)
    throw new PlatformError('gone', 'A card of the smart bot cannot become several', { code: 'too_many_options' })
  const done = { text: words.say(locale, 'closed'), style: 1, key: NOTHING }
  const base = (first ?? {
    card_type: 'button_interaction',
    main_title: titleOf(card),
    button_list: [done],
  }) as TemplateCard
  const whole = !form && isWhole(card, first ? [first] : []) ? compact(card, locale) : undefined
  return {
    card: { ...base, ...whole, task_id: taskId },
    more: whole ? [] : texts(form ? formLines(form, locale) : cardLines(card, locale), locale),
  }
}

/** A card must have a button; this one does nothing. */
const NOTHING = '-'

/** The SDK's types are those of what is read: its lists can be written to, and it wants no less of ours. */
const asBody = (card: PressCard | TemplateCard): Body => ({
  msgtype: 'template_card',
  template_card: card as TemplateCard,
})

function texts(lines: readonly string[], locale: Locale): readonly Body[] {
  const content = lines.filter((line) => line !== '').join('\n')
  const limits = { partsMax: max.TEXTS_MAX, bytesMax: max.MARKDOWN_BYTES_MAX, whole: LIVE }
  const more = (count: number) => words.say(locale, 'moreCharacters', { count })
  return divide(content === '' ? words.say(locale, 'none') : content, limits, more).map((part) => ({
    msgtype: 'markdown',
    markdown: { content: part },
  }))
}

/** Markup as the bot's markdown. Nobody is mentioned: whether the bot's markdown can, no page says. */
function write(markup: Markup | undefined): string {
  if (markup === undefined) return ''
  if (typeof markup === 'string') return inert(markup)
  return markup
    .map((run) => {
      if (typeof run === 'string') return inert(run)
      if ('bold' in run) return bold(run.bold)
      if ('quiet' in run) return inert(run.quiet)
      if ('link' in run) return link(run.link, run.url)
      return 'newline' in run ? '\n' : inert(run.name)
    })
    .join('')
}

/** Links and bold words of ours: what people typed has no such signs, see inert.ts. */
const LIVE = /\[[^\]]*\]\([^)]*\)|\*\*[^*]*\*\*/g

const bold = (text: string): string => (text.trim() === '' ? '' : `**${inert(oneLine(text))}**`)
const link = (label: string, url: string): string =>
  `[${inert(oneLine(label))}](${sayable(url).replace(/[()<>\s]/g, (sign) => encodeURIComponent(sign).replace('(', '%28').replace(')', '%29'))})`

const TONES: Readonly<Record<Tone, string>> = { neutral: '', waiting: '⏳ ', good: '✅ ', bad: '❌ ', warning: '⚠️ ' }
const titleWords = ({ tone = 'neutral', title }: Card): string => `${TONES[tone]}${oneLine(sayable(title))}`

function cardLines(card: Card, locale: Locale): readonly string[] {
  const pair = words.say(locale, 'pair')
  const { select } = card
  return [
    bold(titleWords(card)),
    write(card.text),
    ...(card.fields ?? []).map(
      ({ label, value }) => `${inert(label)}${pair}${write(value) || words.say(locale, 'none')}`,
    ),
    ...(card.list ?? [])
      .map((line) => write(line))
      .map((line) => (line === '' ? '' : words.say(locale, 'bullet') + line)),
    ...(select && isCut(select) ? [inert(select.label), ...select.options.map((one) => `• ${inert(one.label)}`)] : []),
    ...(card.buttons ?? [])
      .filter(({ label }) => widthOf(label) > BUTTON_WIDTH_MAX)
      .map(({ label }) => `• ${inert(label)}`),
    card.link ? link(card.link.label, card.link.url) : '',
    write(card.note),
  ]
}

const isCut = ({ label, options }: Select): boolean =>
  widthOf(label) > max.OPTION_WIDTH_MAX || options.some((option) => widthOf(option.label) > max.OPTION_WIDTH_MAX)

function formLines({ title, intro = '', fields, page }: Form, locale: Locale): readonly string[] {
  const names = fields.map(({ label }) => oneLine(label)).join(words.say(locale, 'between'))
  const way = page === undefined ? words.say(locale, 'noPage') : link(words.say(locale, 'fillIn'), page)
  return [bold(title), inert(intro), inert(words.say(locale, 'asks', { fields: names })), way]
}

const titleOf = (card: Card) => ({ title: fitWidth(titleWords(card), max.TITLE_WIDTH_MAX) })

/** Can everything that the card says stand on the card itself? Links and wide labels can not. */
function isWhole(card: Card, cards: readonly PressCard[]): boolean {
  const { link: page, select, buttons = [] } = card
  return (
    !page &&
    cards.length <= 1 &&
    !(select && isCut(select)) &&
    buttons.every(({ label }) => widthOf(label) <= BUTTON_WIDTH_MAX)
  )
}

/** The words of a card in the places that cards have for them; undefined when they do not fit. */
function compact(card: Card, locale: Locale): Partial<TemplateCard> | undefined {
  const { text, fields = [], list = [], note } = card
  if ([text, ...list, note, ...fields.map(({ value }) => value)].some(hasLink)) return undefined
  const bullets = list.map((line) => plain(line)).map((line) => (line === '' ? '' : words.say(locale, 'bullet') + line))
  const below = [plain(text), ...bullets, plain(note)].filter((line) => line !== '').join('\n')
  const rows = fields.map(({ label, value }) => ({
    keyname: sayable(label),
    value: sayable(oneLine(plain(value)) || words.say(locale, 'none')),
  }))
  const fits =
    widthOf(titleWords(card)) <= max.TITLE_WIDTH_MAX &&
    widthOf(below) <= max.SUB_TITLE_WIDTH_MAX &&
    rows.length <= FIELDS_MAX &&
    rows.every((row) => widthOf(row.keyname) <= FIELD_NAME_WIDTH_MAX && widthOf(row.value) <= max.FIELD_VALUE_WIDTH_MAX)
  if (!fits) return undefined
  return {
    main_title: { title: titleWords(card) },
    ...(below === '' ? {} : { sub_title_text: sayable(below) }),
    ...(rows.length > 0 ? { horizontal_content_list: rows } : {}),
  }
}
const hasLink = (markup: Markup | undefined): boolean =>
  Array.isArray(markup) && markup.some((run) => typeof run === 'object' && 'link' in run)

/** The cards that carry what is to be pressed: buttons and a short menu on one, a long menu on as many as it takes. */
function pressable(card: Card, key: string, locale: Locale): readonly PressCard[] {
  const { link: _, ...rest } = card
  const taskId = taskIdOf(key)
  const { buttons } = buttonsOf(rest, key, locale)
  const menu = drawnSelect(card.select, locale)
  const main: readonly PressCard[] =
    buttons.length === 0
      ? []
      : [
          {
            card_type: 'button_interaction',
            main_title: titleOf(card),
            ...(menu ? { button_selection: menu } : {}),
            button_list: buttons,
            task_id: taskId,
          },
        ]
  return [...main, ...voteCards(card, { key, taskId, locale })]
}
