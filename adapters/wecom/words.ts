/** From markup to WeCom's plain text. What people typed stays data: it never becomes a link of WeCom's, nor a mention. */
import type { Markup } from '#core/card.ts'
import { sayable } from './measure.ts'

/** How links and people are written in one place. */
export interface Style {
  /** Texts to a member take `<a href>` (path/90236); elsewhere the address stands behind its label. */
  readonly anchors: boolean
  /** Texts to a group take `<@userid>` (path/90248, path/91770): the accounts of the people named, by our person id. */
  readonly accounts: Readonly<Record<string, string>>
}
export const PLAIN: Style = { anchors: false, accounts: {} }

/** Takes up no room and joins: between `<` and what follows it makes the two mean nothing to WeCom, and everything to a reader. */
const JOINER = '\u2060'

/** The words that somebody typed, so that they are no `<a>` and no `<@…>`. At the end of the words too, for others may follow. */
export const asData = (text: string): string => sayable(text).replace(/<(?=\s*(?:\/?\s*a\b|@|$))/gi, `<${JOINER}`)

export function write(markup: Markup | undefined, style: Style): string {
  if (markup === undefined) return ''
  if (typeof markup === 'string') return asData(markup)
  return markup.map((run) => writeRun(run, style)).join('')
}

function writeRun(run: Exclude<Markup, string>[number], { anchors, accounts }: Style): string {
  if (typeof run === 'string') return asData(run)
  if ('bold' in run) return asData(run.bold)
  if ('quiet' in run) return asData(run.quiet)
  if ('newline' in run) return '\n'
  if ('link' in run) return anchors ? anchor(run.link, run.url) : `${asData(run.link)} ( ${run.url} )`
  const account = Object.hasOwn(accounts, run.person) ? accounts[run.person] : undefined
  return account !== undefined && /^[\w.@-]{1,64}$/.test(account) ? `<@${account}>` : asData(run.name)
}

/** What means something to WeCom in a text of ours: a link, a mention. */
export const LIVE = /<a href="[^"]*">.*?<\/a>|<@[\w.@-]+>/gs

/** A link of ours. Quotes and angles would end the address or the label. */
export function anchor(label: string, url: string): string {
  const address = sayable(url).replaceAll('"', '%22').replaceAll('<', '%3C').replaceAll('>', '%3E')
  return `<a href="${address}">${sayable(label).replaceAll('<', `<${JOINER}`)}</a>`
}
