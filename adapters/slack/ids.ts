/**
 * What travels with a message and comes back with a click, in the places Slack has for it. Pure.
 *
 * A block id is a word for its place, a colon and the key of the outbox row. A button's value is its payload. A menu has no
 * value of its own: its payload is spread over its block's id, its own id and, where those are full, the value of each
 * option, of which Slack sends back the chosen one.
 */
import { ID_CHARS_MAX, OPTION_VALUE_CHARS_MAX } from './limits.ts'

/** Something clicked, as far as its ids and value tell. */
export interface Clicked {
  readonly action: string
  readonly value: string
  readonly chosen?: string
  readonly sentKey?: string
}

/** The id of a block; without the key where that is too long. `place` keeps the blocks of one message apart. */
export function blockId(place: string, key: string | undefined): string {
  const id = `${place}:${key ?? ''}`
  return id.length <= ID_CHARS_MAX ? id : `${place}:`
}

/** The key in a block's id; undefined where there is none. */
export function keyOf(id: string): string | undefined {
  if (id.startsWith('m:')) return readMenuBlock(id).key || undefined
  const at = id.indexOf(':')
  return at < 0 ? undefined : id.slice(at + 1) || undefined
}

/** A button of a contract. `n` keeps the buttons of one row apart. */
export const buttonId = (action: string, n: number): string => `${action}#${n}`

export interface MenuIds {
  readonly blockId: string
  readonly actionId: string
  /** What Slack is to send back when this option is chosen. */
  readonly optionValue: (option: string) => string
}

/** Undefined when there is no room for the payload: more than about 500 characters with long names and options. */
export function menuIds(
  action: string,
  payload: string,
  options: readonly string[],
  key: string | undefined,
): MenuIds | undefined {
  // Knowing the key of the row is a help; carrying the whole payload is a must.
  return spread(action, payload, options, key ?? '') ?? (key ? spread(action, payload, options, '') : undefined)
}

function spread(action: string, payload: string, options: readonly string[], key: string): MenuIds | undefined {
  const head = `m:${key.length}:${key}`
  const inBlock = ID_CHARS_MAX - head.length
  const inAction = inBlock + ID_CHARS_MAX - action.length - 2
  if (inBlock < 0 || inAction < inBlock) return undefined
  const tail = payload.slice(inAction)
  const optionValue = (option: string) => (tail === '' ? option : `${option.length}:${option}${tail}`)
  if (options.some((option) => option === '' || optionValue(option).length > OPTION_VALUE_CHARS_MAX)) return undefined
  const mark = tail === '' ? 'm' : 't'
  return {
    blockId: head + payload.slice(0, inBlock),
    actionId: `${action}#${mark}${payload.slice(inBlock, inAction)}`,
    optionValue,
  }
}

/** Reads a click back. Undefined for ids that are not ours. */
export function readClick(click: {
  readonly blockId: string
  readonly actionId: string
  readonly value?: string
  readonly option?: string
}): Clicked | undefined {
  const at = click.actionId.indexOf('#')
  if (at <= 0) return undefined
  const action = click.actionId.slice(0, at)
  const mark = click.actionId[at + 1]
  const key = keyOf(click.blockId)
  const sentKey = key === undefined ? {} : { sentKey: key }
  if (mark !== 'm' && mark !== 't')
    return click.value === undefined ? undefined : { action, value: click.value, ...sentKey }
  if (click.option === undefined) return undefined
  const { chosen, tail } = mark === 't' ? readOption(click.option) : { chosen: click.option, tail: '' }
  const value = readMenuBlock(click.blockId).payload + click.actionId.slice(at + 2) + tail
  return { action, value, chosen, ...sentKey }
}

function readMenuBlock(id: string): { key: string; payload: string } {
  const { chosen, tail } = readOption(id.slice('m:'.length))
  return { key: chosen, payload: tail }
}

/** `3:o12rest` is `o12` and `rest`. */
function readOption(text: string): { chosen: string; tail: string } {
  const found = /^(\d{1,3}):/.exec(text)
  if (!found) return { chosen: text, tail: '' }
  const from = found[0].length
  const to = from + Number(found[1])
  return { chosen: text.slice(from, to), tail: text.slice(to) }
}
