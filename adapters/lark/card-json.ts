/** Parts of a card in Lark's JSON 2.0, and its size. Pure. https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-structure */
import type { Select } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Locale } from '#core/i18n.ts'
import { short } from './cut.ts'
import { words } from './i18n.ts'
import * as max from './limits.ts'
import { printable } from './markdown.ts'

export type Element = Readonly<Record<string, unknown>> & { readonly tag: string }
export interface CardJson {
  readonly schema: '2.0'
  readonly config: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly body: { readonly elements: readonly Element[] }
}

/** Shown as it is: nothing in it is read for anything. */
export const plainText = (text: string, charsMax: number): Element => ({
  tag: 'plain_text',
  content: short(printable(text), charsMax) || ' ',
})

/** @param template the colour of the header; without a title there is none */
export function cardJson(
  look: { readonly title?: string; readonly template?: string; readonly summary: string },
  elements: readonly Element[],
): CardJson {
  const { title, template = 'blue', summary } = look
  const content = short(printable(summary), max.SUMMARY_CHARS_MAX)
  return {
    schema: '2.0',
    // The same card for everybody who sees it: the only kind of 2.0, and what lets it be changed later.
    config: { update_multi: true, ...(content === '' ? {} : { summary: { content } }) },
    ...(title === undefined ? {} : { header: { title: plainText(title, max.TITLE_CHARS_MAX), template } }),
    body: { elements },
  }
}

export const markdownElement = (content: string, isSmall = false): Element => ({
  tag: 'markdown',
  content,
  ...(isSmall ? { text_size: 'notation' } : {}),
})

/** A page to be opened. */
export const linkButton = (label: string, url: string): Element => ({
  tag: 'button',
  text: plainText(label, max.BUTTON_CHARS_MAX),
  type: 'default',
  behaviors: [{ type: 'open_url', default_url: url }],
})

/** Side by side as far as the screen is wide. */
export function row(buttons: readonly Element[]): readonly Element[] {
  if (buttons.length <= 1) return buttons
  const columns = buttons.map((button) => ({ tag: 'column', width: 'auto', elements: [button] }))
  return [{ tag: 'column_set', flex_mode: 'flow', columns }]
}

/** Bytes as they travel: the card is a text inside the request, so its quotes are escaped once more. */
export const bytesOf = (content: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(content)))

/** Everything with a tag counts, the words on buttons and options too. */
export function elementsIn(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0
  const inside = Object.values(part).reduce<number>((sum, inner) => sum + elementsIn(inner), 0)
  return inside + ('tag' in part ? 1 : 0)
}

export const fits = (card: CardJson): boolean =>
  bytesOf(card) <= max.CARD_BYTES_MAX && elementsIn(card) <= max.CARD_ELEMENTS_MAX

/** Nothing of this kind is ever cut: it would come back as something else. */
export const tooLarge = (what: string): PlatformError =>
  new PlatformError('refused', `${what} is more than Lark takes: shorten it, or offer a page`, { code: 'too_large' })

export function optionsOf(
  options: Select['options'],
  charsMax: number,
  locale: Locale,
): readonly Readonly<Record<string, unknown>>[] {
  return options.map(({ label, value }) => ({ text: plainText(label || words.say(locale, 'none'), charsMax), value }))
}
