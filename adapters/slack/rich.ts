/**
 * Markup as rich text elements. Pure. Slack reads nothing inside a rich text's `text`: no mention, link, format or entity, so
 * whatever people typed stays what they typed without any escaping. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
import type { RichTextElement } from '@slack/web-api'
import type { Markup, Run } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import { cut } from './cut.ts'
import { words } from './i18n.ts'

/** For whom something is drawn. */
export interface Reader {
  readonly locale: Locale
  /** Slack accounts by our person id: who is known here is mentioned, who is not is named. */
  readonly accounts: Readonly<Record<string, string>>
}

/** The elements, cut to about `charsMax` characters with a note of what is left out; empty for empty markup. */
export function richElements(markup: Markup, charsMax: number, reader: Reader): readonly RichTextElement[] {
  const elements: RichTextElement[] = []
  let room = charsMax
  let left = 0
  for (const run of typeof markup === 'string' ? [markup] : markup) {
    const { text, as } = readRun(run, reader)
    if (text === '') continue
    const { kept, left: cutOff } = room > 0 ? cut(text, room) : { kept: '', left: [...text].length }
    room -= kept.length + RUN_COST_CHARS
    left += cutOff
    if (kept !== '') elements.push(as(kept))
  }
  if (left > 0) elements.push({ type: 'text', text: words.say(reader.locale, 'moreCharacters', { count: left }) })
  return elements
}

/** What each run adds to the size of the message beside its words, so that many short runs are bounded too. */
const RUN_COST_CHARS = 10

interface Drawn {
  readonly text: string
  readonly as: (kept: string) => RichTextElement
}

function readRun(run: Run, { accounts }: Reader): Drawn {
  if (typeof run === 'string') return { text: run, as: (text) => ({ type: 'text', text }) }
  if ('bold' in run) return { text: run.bold, as: (text) => ({ type: 'text', text, style: { bold: true } }) }
  if ('quiet' in run) return { text: run.quiet, as: (text) => ({ type: 'text', text, style: { italic: true } }) }
  if ('newline' in run) return { text: '\n', as: (text) => ({ type: 'text', text }) }
  if ('link' in run) return readLink(run.link, run.url)
  const account = accounts[run.person]
  if (account === undefined) return { text: run.name, as: (text) => ({ type: 'text', text }) }
  return { text: run.name || account, as: () => ({ type: 'user', user_id: account }) }
}

/** Addresses of other kinds than these are shown, not linked. */
function readLink(label: string, url: string): Drawn {
  if (!/^(https?|mailto):/i.test(url) || url.length > URL_CHARS_MAX)
    return { text: `${label} (${url})`, as: (text) => ({ type: 'text', text }) }
  return { text: label || url, as: (text) => ({ type: 'link', url, text }) }
}
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element names it for addresses. */
const URL_CHARS_MAX = 3_000
