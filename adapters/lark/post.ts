/**
 * Words without a card, as a post: its parts are named, so nothing in a text is ever read for mentions, links or tags. Pure.
 * https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json
 */
import type { Markup } from '#core/card.ts'
import { words } from './i18n.ts'
import { addressOf, mentionable, type Piece, pieces, type Reader } from './markdown.ts'

export type PostPart = Readonly<Record<string, unknown>> & { readonly tag: string }

/** The content of a post; of an empty text a dash. */
export function postContent(
  text: Markup,
  charsMax: number,
  reader: Reader,
  picture?: string,
): Readonly<Record<string, unknown>> {
  const { kept, left } = pieces(text, charsMax)
  const parts = kept.flatMap((piece) => partsOf(piece, reader))
  if (left > 0) parts.push({ tag: 'text', text: words.say(reader.locale, 'moreCharacters', { count: left }) })
  const lines = linesOf(parts)
  if (picture !== undefined) lines.push([{ tag: 'img', image_key: picture }])
  const isEmpty = lines.every((line) => line.every((part) => part.tag === 'text' && String(part['text']).trim() === ''))
  if (isEmpty) return { zh_cn: { content: [[{ tag: 'text', text: words.say(reader.locale, 'none') }]] } }
  // One language alone is shown to everybody.
  return { zh_cn: { content: lines } }
}

function partsOf({ run, text }: Piece, { accounts }: Reader): PostPart[] {
  if (typeof run === 'string' || 'newline' in run) return [{ tag: 'text', text }]
  if ('bold' in run) return [{ tag: 'text', text, style: ['bold'] }]
  if ('quiet' in run) return [{ tag: 'text', text, style: ['italic'] }]
  if ('link' in run) {
    const href = addressOf(run.url)
    return [href === undefined ? { tag: 'text', text } : { tag: 'a', text: text.replaceAll('\n', ' '), href }]
  }
  const account = mentionable(accounts[run.person])
  return [account === undefined ? { tag: 'text', text } : { tag: 'at', user_id: account }]
}

/** A post is a list of lines. */
function linesOf(parts: readonly PostPart[]): PostPart[][] {
  const lines: PostPart[][] = [[]]
  for (const part of parts) {
    if (part.tag !== 'text') {
      lines.at(-1)?.push(part)
      continue
    }
    for (const [n, text] of String(part['text']).split('\n').entries()) {
      if (n > 0) lines.push([])
      if (text !== '') lines.at(-1)?.push({ ...part, text })
    }
  }
  return lines.map((line) => (line.length > 0 ? line : [{ tag: 'text', text: ' ' }]))
}
