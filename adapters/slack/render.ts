/** From a message to Block Kit. Pure. Everything fits Slack's limits; what had to be left out is said in the reader's language. */
import type {
  ContextBlock,
  KnownBlock,
  PlainTextElement,
  PlainTextOption,
  RichTextBlock,
  RichTextSection,
  Button as SlackButton,
} from '@slack/web-api'
import type { Message } from '#core/card.ts'
import { type Button, type Card, type Markup, plain, type Select, type Tone, textOf } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Locale } from '#core/i18n.ts'
import { cut, ellipsis } from './cut.ts'
import { words } from './i18n.ts'
import { blockId, buttonId, menuIds } from './ids.ts'
import * as max from './limits.ts'
import { type Reader, richElements } from './rich.ts'

/** What Slack is to show, and the words of its notification. */
export interface Rendered {
  /** For notifications and screen readers, with `&`, `<` and `>` escaped: nothing in it can act. */
  readonly text: string
  readonly blocks: readonly KnownBlock[]
}

/**
 * Draws a message that lies, or will lie, under `key` in the outbox. Throws `PlatformError('refused')` for a menu whose
 * payload Slack has no room for.
 */
export function renderMessage(message: Message, key: string | undefined, reader: Reader): Rendered {
  const { kept } = cut(textOf(message).trim() || words.say(reader.locale, 'none'), max.TEXT_CHARS_MAX / 2)
  const text = ellipsis(escapeText(kept), max.TEXT_CHARS_MAX)
  for (const scale of SCALES) {
    const blocks = withKey(blocksOf(message, key, reader, scale), key)
    if (scale === SCALES.at(-1) || JSON.stringify(blocks).length <= max.BLOCKS_JSON_CHARS_MAX) return { text, blocks }
  }
  throw new Error('There is always a last scale')
}

/** How much of its own maximum each part is given: the first that fits the message as a whole is taken. */
const SCALES = [1, 0.6, 0.35, 0.2, 0.1, 0.05, 0.025] as const

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function blocksOf(message: Message, key: string | undefined, reader: Reader, scale: number): readonly KnownBlock[] {
  const { card } = message
  if (card) return cardBlocks(card, key, reader, scale)
  const block = textBlock(message.text ?? '', max.SECTION_CHARS_MAX * 4 * scale, reader)
  return block ? [block] : []
}

/** The first block says which outbox row this is: that is how a lost answer is found again, whatever became of the metadata. */
function withKey(blocks: readonly KnownBlock[], key: string | undefined): readonly KnownBlock[] {
  const [first, ...rest] = blocks
  if (!first || first.block_id !== undefined) return blocks
  return [{ ...first, block_id: blockId('t', key) }, ...rest]
}

const TONES: Readonly<Record<Tone, string>> = { neutral: '', waiting: '🟡 ', good: '✅ ', bad: '⛔ ', warning: '⚠️ ' }

function cardBlocks(card: Card, key: string | undefined, reader: Reader, scale: number): readonly KnownBlock[] {
  const title = oneLine(card.title)
  const header: KnownBlock = {
    type: 'header',
    text: plainText(
      `${TONES[card.tone ?? 'neutral']}${title || words.say(reader.locale, 'none')}`,
      max.HEADER_CHARS_MAX,
    ),
  }
  return [
    header,
    textBlock(card.text ?? '', max.SECTION_CHARS_MAX * scale, reader),
    fieldsBlock(card.fields ?? [], max.SECTION_CHARS_MAX * scale * 0.6, reader),
    ...listBlocks(card.list ?? [], scale, reader),
    card.select && selectBlock(card.select, key, scale, reader.locale),
    ...buttonBlocks(card.buttons ?? [], key, scale, reader.locale),
    card.link && linkBlock(card.link, key),
    noteBlock(card.note ?? '', (max.SECTION_CHARS_MAX / 3) * scale, reader),
  ].filter((block) => block !== undefined)
}

// === Words ===

function textBlock(text: Markup, charsMax: number, reader: Reader): RichTextBlock | undefined {
  const section = sectionOf(text, charsMax, reader)
  return section && { type: 'rich_text', elements: [section] }
}

function sectionOf(text: Markup, charsMax: number, reader: Reader): RichTextSection | undefined {
  const elements = richElements(text, charsMax, reader)
  return elements.length > 0 ? { type: 'rich_text_section', elements: [...elements] } : undefined
}

function fieldsBlock(fields: NonNullable<Card['fields']>, charsMax: number, reader: Reader): RichTextBlock | undefined {
  if (fields.length === 0) return undefined
  const none = words.say(reader.locale, 'none')
  const sections = fields.map(({ label, value }): RichTextSection => {
    const read = richElements(value, charsMax, reader)
    const name = ellipsis(label || none, Math.max(20, charsMax / 4))
    return {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: name, style: { bold: true } },
        { type: 'text', text: words.say(reader.locale, 'pair') },
        ...(read.length > 0 ? read : [{ type: 'text' as const, text: none }]),
      ],
    }
  })
  return { type: 'rich_text', elements: sections }
}

function listBlocks(list: readonly Markup[], scale: number, reader: Reader): readonly KnownBlock[] {
  const linesMax = Math.ceil(LIST_LINES_MAX * Math.min(1, scale * 4))
  const shown = list.slice(0, linesMax)
  const lines = shown
    .map((line) => sectionOf(line, max.SECTION_CHARS_MAX * 0.4 * scale, reader))
    .filter((line) => line !== undefined)
  if (lines.length === 0) return []
  const left = list.length - shown.length
  const note = left > 0 ? [textSection(words.say(reader.locale, 'moreLines', { count: left }))] : []
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_list', style: 'bullet', elements: lines }, ...note] }]
}
/** The model's own bound. */
const LIST_LINES_MAX = 40

const textSection = (text: string): RichTextSection => ({
  type: 'rich_text_section',
  elements: [{ type: 'text', text }],
})

/** Small print has no rich text: words go as plain text, and only what is ours, mentions and links, as Slack's markup. */
function noteBlock(note: Markup, charsMax: number, reader: Reader): ContextBlock | undefined {
  const elements = richElements(note, charsMax, reader).flatMap((element): ContextBlock['elements'] => {
    if (element.type === 'user') return [{ type: 'mrkdwn' as const, text: `<@${element.user_id}>` }]
    if (element.type === 'link')
      return [
        {
          type: 'mrkdwn' as const,
          text: `<${escapeUrl(element.url)}|${linkLabel(element.text ?? element.url)}>`,
          verbatim: true,
        },
      ]
    const text = element.type === 'text' ? element.text.trim() : ''
    return text === '' ? [] : [plainText(text, max.SECTION_CHARS_MAX)]
  })
  if (elements.length === 0) return undefined
  if (elements.length <= max.CONTEXT_ELEMENTS_MAX) return { type: 'context', elements }
  const { kept, left } = cut(plain(note), charsMax)
  const more = left > 0 ? words.say(reader.locale, 'moreCharacters', { count: left }) : ''
  return { type: 'context', elements: [plainText(kept + more, max.SECTION_CHARS_MAX)] }
}

/** In a label of `<url|label>` the bar would end nothing but the signs of formatting would still format: they are left out. */
const linkLabel = (text: string): string => escapeText(text.replace(/[*_~`|\n]/g, ' '))
const escapeUrl = (url: string): string =>
  escapeText(url.replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C'))

// === Buttons and menus ===

function buttonBlocks(
  buttons: readonly Button[],
  key: string | undefined,
  scale: number,
  locale: Locale,
): readonly KnownBlock[] {
  const drawn = buttons.map(
    (button, n): SlackButton => ({
      type: 'button',
      action_id: buttonId(button.action, n),
      text: plainText(button.label || words.say(locale, 'none'), max.BUTTON_CHARS_MAX),
      value: fitting(button.value, max.BUTTON_VALUE_CHARS_MAX, `The value of the button of ${button.action}`),
      ...(button.style === 'plain' ? {} : { style: button.style }),
      ...(button.confirm ? { confirm: confirmOf(button.confirm, scale) } : {}),
    }),
  )
  const rows: KnownBlock[] = []
  for (let at = 0; at < drawn.length; at += max.ACTION_ELEMENTS_MAX)
    rows.push({
      type: 'actions',
      block_id: blockId(`b${at}`, key),
      elements: drawn.slice(at, at + max.ACTION_ELEMENTS_MAX),
    })
  return rows
}

/** Slack tells the app of a click on it all the same: under this id, which is no contract's, nothing happens. */
const LINK_ID = 'link'

function linkBlock({ label, url }: NonNullable<Card['link']>, key: string | undefined): KnownBlock {
  const address = fitting(url, max.LINK_CHARS_MAX, `The address behind “${label}”`)
  const button: SlackButton = {
    type: 'button',
    action_id: LINK_ID,
    text: plainText(label, max.BUTTON_CHARS_MAX),
    url: address,
  }
  return { type: 'actions', block_id: blockId('l', key), elements: [button] }
}

function confirmOf(confirm: NonNullable<Button['confirm']>, scale: number): NonNullable<SlackButton['confirm']> {
  return {
    title: plainText(confirm.title, max.CONFIRM_TITLE_CHARS_MAX),
    text: plainText(confirm.text, Math.max(60, max.CONFIRM_TEXT_CHARS_MAX * Math.min(1, scale * 4))),
    confirm: plainText(confirm.yes, max.CONFIRM_BUTTON_CHARS_MAX),
    deny: plainText(confirm.no, max.CONFIRM_BUTTON_CHARS_MAX),
  }
}

function selectBlock(select: Select, key: string | undefined, scale: number, locale: Locale): KnownBlock | undefined {
  if (select.options.length === 0) return undefined
  const ids = menuIds(
    select.action,
    select.value,
    select.options.map((option) => option.value),
    key,
  )
  if (!ids)
    throw tooLarge(
      `The menu of ${select.action} carries ${select.value.length} characters and options of up to ${max.OPTION_VALUE_CHARS_MAX}`,
    )
  const charsMax = Math.max(12, max.OPTION_CHARS_MAX * Math.min(1, scale * 3))
  const options = select.options.map((option) => menuOption(option, ids.optionValue(option.value), charsMax, locale))
  const chosen = options[select.options.findIndex((option) => option.value === select.chosen)]
  const label = select.label || words.say(locale, 'none')
  return {
    type: 'section',
    block_id: ids.blockId,
    text: plainText(label, Math.max(60, max.SECTION_CHARS_MAX * scale * 0.2)),
    accessory: {
      type: 'static_select',
      action_id: ids.actionId,
      placeholder: plainText(label, max.PLACEHOLDER_CHARS_MAX / 3),
      ...menuContent(options),
      ...(chosen ? { initial_option: chosen } : {}),
    },
  }
}

export function menuOption(
  option: { label: string; value: string },
  value: string,
  charsMax: number,
  locale: Locale,
): PlainTextOption {
  const text = ellipsis(option.label || words.say(locale, 'none'), charsMax)
  return { text: { type: 'plain_text', text }, value }
}

/** Up to a hundred options as they are; more in groups named by their numbers. Throws `PlatformError('refused')` above 10,000. */
export function menuContent(
  options: readonly PlainTextOption[],
): { options: PlainTextOption[] } | { option_groups: { label: PlainTextElement; options: PlainTextOption[] }[] } {
  if (options.length <= max.OPTIONS_MAX) return { options: [...options] }
  if (options.length > max.OPTIONS_MAX * max.OPTION_GROUPS_MAX) throw tooLarge(`A menu of ${options.length} options`)
  const groups: { label: PlainTextElement; options: PlainTextOption[] }[] = []
  for (let at = 0; at < options.length; at += max.OPTIONS_MAX) {
    const part = options.slice(at, at + max.OPTIONS_MAX)
    groups.push({ label: plainText(`${at + 1}–${at + part.length}`, max.OPTION_CHARS_MAX), options: part })
  }
  return { option_groups: groups }
}

/** Nothing of this kind is ever cut: it would come back as something else. */
const tooLarge = (what: string) =>
  new PlatformError('refused', `${what} is more than Slack takes: shorten it or ask in a form`, { code: 'too_large' })

/** The text as it is. Throws `PlatformError('refused')` when it is longer. */
export function fitting(text: string, charsMax: number, what: string): string {
  if (text.length > charsMax) throw tooLarge(`${what}, of ${text.length} characters,`)
  return text
}

// === Plain text ===

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim()

/** Plain text is never read for mentions, links or formatting; `emoji: false` leaves `:smile:` alone too. */
export function plainText(text: string, charsMax: number): PlainTextElement {
  return { type: 'plain_text', text: ellipsis(text || ' ', Math.floor(charsMax)), emoji: false }
}
