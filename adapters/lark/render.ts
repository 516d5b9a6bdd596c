/** From a message to what Lark is to show. Pure. Everything fits Lark's limits; what had to be left out is said in the reader's language. */
import type { Button, Card, Markup, Message, Select, Tone } from '#core/card.ts'
import { textOf } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import {
  bytesOf,
  type CardJson,
  cardJson,
  type Element,
  elementsIn,
  fits,
  linkButton,
  markdownElement,
  optionsOf,
  plainText,
  row,
  tooLarge,
} from './card-json.ts'
import { clickValue, type Place } from './carried.ts'
import type { Post } from './client.ts'
import { formCard } from './form-card.ts'
import { words } from './i18n.ts'
import * as max from './limits.ts'
import { escapeMarkdown, markdown, markdownLine, type Reader } from './markdown.ts'
import { postContent } from './post.ts'

/**
 * A card as a card, a form as a card, words alone as a post. Throws `PlatformError('refused')` for what cannot be made
 * smaller: a menu of more options than Lark takes, a form too large that has no page.
 */
export function renderMessage(message: Message, place: Place, reader: Reader): Post {
  if (message.card || message.form) return { type: 'interactive', content: { ...renderCard(message, place, reader) } }
  return renderPost(message.text ?? '', reader)
}

/** Everything as a card, words alone too: what replaces a card must be one. */
export function renderCard(message: Message, place: Place, reader: Reader): CardJson {
  if (message.form) return formCard(message.form, place, reader)
  const summary = textOf(message)
  const { card } = message
  return smallest((scale) => (card ? drawCard(card, summary, place, reader, scale) : drawWords(message, reader, scale)))
}

/** Words, and a picture below them. */
export function renderPost(text: Markup, reader: Reader, picture?: string): Post {
  for (const scale of SCALES) {
    const content = postContent(text, max.TEXT_CHARS_MAX * scale, reader, picture)
    if (bytesOf(content) <= max.POST_BYTES_MAX) return { type: 'post', content }
  }
  throw tooLarge('A text')
}

/** How much of its own maximum each part is given: the first that fits the message as a whole is taken. */
const SCALES = [1, 0.6, 0.35, 0.2, 0.1, 0.05, 0.025] as const

function smallest(draw: (scale: number) => CardJson): CardJson {
  for (const scale of SCALES) {
    const card = draw(scale)
    if (elementsIn(card) > max.CARD_ELEMENTS_MAX) throw tooLarge(`A card of ${elementsIn(card)} elements`)
    if (fits(card)) return card
  }
  throw tooLarge('A card')
}

/** The colour of the header, and a sign for those who do not tell colours apart. */
const TONES: Readonly<Record<Tone, { readonly template: string; readonly sign: string }>> = {
  neutral: { template: 'blue', sign: '' },
  waiting: { template: 'orange', sign: '🟡 ' },
  good: { template: 'green', sign: '✅ ' },
  bad: { template: 'red', sign: '⛔ ' },
  warning: { template: 'yellow', sign: '⚠️ ' },
}

function drawWords({ text = '' }: Message, reader: Reader, scale: number): CardJson {
  const drawn = markdown(text, max.TEXT_CHARS_MAX * scale, reader).trim()
  return cardJson({ summary: textOf({ text }) }, [markdownElement(drawn || words.say(reader.locale, 'none'))])
}

function drawCard(card: Card, summary: string, place: Place, reader: Reader, scale: number): CardJson {
  const { template, sign } = TONES[card.tone ?? 'neutral']
  const title = `${sign}${card.title.trim() || words.say(reader.locale, 'none')}`
  return cardJson({ title, template, summary }, [
    ...paragraph(markdown(card.text ?? '', max.TEXT_CHARS_MAX * scale, reader)),
    ...paragraph(fieldLines(card.fields ?? [], scale, reader)),
    ...paragraph(listLines(card.list ?? [], scale, reader)),
    ...selectElements(card.select, place, scale, reader.locale),
    ...row((card.buttons ?? []).map((button) => buttonElement(button, place, scale, reader.locale))),
    ...(card.link ? [linkButton(card.link.label || card.link.url, card.link.url)] : []),
    ...noteElements(markdown(card.note ?? '', (max.TEXT_CHARS_MAX / 4) * scale, reader)),
  ])
}

const paragraph = (content: string): readonly Element[] => (content.trim() === '' ? [] : [markdownElement(content)])

const noteElements = (content: string): readonly Element[] =>
  content.trim() === '' ? [] : [markdownElement(`<font color='grey'>${content}</font>`, true)]

function fieldLines(fields: NonNullable<Card['fields']>, scale: number, reader: Reader): string {
  const none = words.say(reader.locale, 'none')
  const pair = words.say(reader.locale, 'pair')
  return fields
    .map(({ label, value }) => {
      const name = markdownLine(label.trim() || none, Math.max(20, max.LABEL_CHARS_MAX * scale), reader)
      const shown = markdown(value, max.TEXT_CHARS_MAX * 0.3 * scale, reader).trim()
      return `**${name.trim()}**${escapeMarkdown(pair)}${shown || none}`
    })
    .join('\n')
}

/** The model's own bound. */
const LIST_LINES_MAX = 40

function listLines(list: readonly Markup[], scale: number, reader: Reader): string {
  const shown = list.slice(0, Math.ceil(LIST_LINES_MAX * Math.min(1, scale * 4)))
  const lines = shown
    .map((line) => markdownLine(line, max.TEXT_CHARS_MAX * 0.2 * scale, reader).trim())
    .filter((line) => line !== '')
    .map((line) => `- ${line}`)
  const left = list.length - shown.length
  if (left > 0) lines.push(escapeMarkdown(words.say(reader.locale, 'moreLines', { count: left })))
  return lines.join('\n')
}

function buttonElement(button: Button, place: Place, scale: number, locale: Locale): Element {
  const { label, style, confirm } = button
  const shrink = Math.min(1, scale * 4)
  return {
    tag: 'button',
    text: plainText(label || words.say(locale, 'none'), max.BUTTON_CHARS_MAX),
    type: style === 'plain' ? 'default' : style,
    ...(confirm
      ? {
          confirm: {
            title: plainText(confirm.title, max.CONFIRM_TITLE_CHARS_MAX * shrink),
            text: plainText(confirm.text, Math.max(60, max.CONFIRM_TEXT_CHARS_MAX * shrink)),
          },
        }
      : {}),
    behaviors: [{ type: 'callback', value: clickValue(button.action, button.value, place) }],
  }
}

function selectElements(select: Select | undefined, place: Place, scale: number, locale: Locale): readonly Element[] {
  if (!select || select.options.length === 0) return []
  const label = select.label.trim()
  const isThere = select.options.some(({ value }) => value === select.chosen)
  return [
    ...(label === '' ? [] : [{ tag: 'div', text: plainText(label, Math.max(60, max.LABEL_CHARS_MAX * scale)) }]),
    {
      tag: 'select_static',
      placeholder: plainText(words.say(locale, 'choose'), max.BUTTON_CHARS_MAX),
      ...(isThere ? { initial_option: select.chosen } : {}),
      options: optionsOf(select.options, Math.max(12, max.OPTION_CHARS_MAX * Math.min(1, scale * 3)), locale),
      behaviors: [{ type: 'callback', value: clickValue(select.action, select.value, place) }],
    },
  ]
}
