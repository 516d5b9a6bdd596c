/**
 * Markup as the markdown of a card. Pure. What people typed is written in entities wherever a sign could act, so that it
 * stays what they typed. https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-components/content-components/rich-text
 */
import type { Markup, Run } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import { cut } from './cut.ts'
import { words } from './i18n.ts'

/** For whom something is drawn. */
export interface Reader {
  readonly locale: Locale
  /** Open ids by our person id: who is known here is mentioned, who is not is named. */
  readonly accounts: Readonly<Record<string, string>>
}

/** One run, cut: its words, and what the place for it makes of them. */
export interface Piece {
  readonly run: Run
  readonly text: string
}

/** What each run adds to the size of a message beside its words, so that many short runs are bounded too. */
const RUN_COST_CHARS = 10

/** The runs that fit into about `charsMax` characters, and how many characters are left out. Empty runs fall away. */
export function pieces(markup: Markup, charsMax: number): { readonly kept: readonly Piece[]; readonly left: number } {
  const kept: Piece[] = []
  let room = charsMax
  let left = 0
  for (const run of typeof markup === 'string' ? [markup] : markup) {
    const text = printable(wordsOf(run))
    if (text === '') continue
    const part = room > 0 ? cut(text, room) : { kept: '', left: [...text].length }
    room -= part.kept.length + RUN_COST_CHARS
    left += part.left
    if (part.kept !== '') kept.push({ run, text: part.kept })
  }
  return { kept, left }
}

function wordsOf(run: Run): string {
  if (typeof run === 'string') return run
  if ('bold' in run) return run.bold
  if ('quiet' in run) return run.quiet
  if ('newline' in run) return '\n'
  if ('link' in run) return addressOf(run.url) ? run.link || run.url : `${run.link} (${run.url})`
  return run.name || run.person
}

/** Control characters are no words, and not every client takes them. */
export const printable = (text: string): string => text.replaceAll('\r\n', '\n').replace(/[^\P{Cc}\n\t]/gu, '')

/** Markup as markdown, cut to about `charsMax` characters of its words with a note of what is left out; empty for empty markup. */
export function markdown(markup: Markup, charsMax: number, reader: Reader): string {
  const { kept, left } = pieces(markup, charsMax)
  const drawn = kept.map((piece) => drawPiece(piece, reader)).join('')
  const more = left > 0 ? escapeMarkdown(words.say(reader.locale, 'moreCharacters', { count: left })) : ''
  // Four spaces at the beginning of a line would make code of it.
  return (drawn + more).replace(/^[ \t]+/gm, (space) => '&#160;'.repeat(space.length))
}

/** The same on one line. */
export const markdownLine = (markup: Markup, charsMax: number, reader: Reader): string =>
  markdown(markup, charsMax, reader).replace(/\s*\n\s*/g, ' ')

function drawPiece({ run, text }: Piece, { accounts }: Reader): string {
  if (typeof run === 'string' || 'newline' in run) return escapeMarkdown(text)
  if ('bold' in run) return around(text, '**', '**')
  if ('quiet' in run) return around(text, "<font color='grey'>", '</font>')
  if ('link' in run) {
    const address = addressOf(run.url)
    return address === undefined ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${address})`
  }
  const account = mentionable(accounts[run.person])
  return account === undefined ? escapeMarkdown(text) : `<at id=${account}></at>`
}

/** Signs of form hold only when they touch the words, and on one line. */
function around(text: string, before: string, after: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [, head = '', inner = '', tail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(line) ?? []
      return inner === '' ? line : `${head}${before}${escapeMarkdown(inner)}${after}${tail}`
    })
    .join('\n')
}

/** An id of another shape would make Lark refuse the whole card. */
export const mentionable = (account: string | undefined): string | undefined =>
  account !== undefined && /^ou_[\w-]{1,64}$/.test(account) ? account : undefined

const URL_CHARS_MAX = 2_000

/** An address as it can stand in a link; undefined for kinds that are shown and not linked. */
export function addressOf(url: string): string | undefined {
  if (!/^(https?|mailto):/i.test(url) || !URL.canParse(url)) return undefined
  const { href } = new URL(url)
  const bare = /^https?:\/\/[^/]+$/i.test(url) ? href.replace(/\/$/, '') : href
  if (bare.length > URL_CHARS_MAX) return undefined
  return bare.replace(/[()<>"'\\\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)
}

/** Every sign that markdown, tags, entities, tables, formulas or the words for faces are made of. */
const SIGNS = /[!"#$&'()*+\-/:<=>@[\\\]^_`{|}~]/g

/** The text, so that nothing in it acts. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(SIGNS, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/(^|\n)(\s*)(\d+)\./g, '$1$2$3&#46;')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, 3)}&#46;`)
}
