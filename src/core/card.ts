/** What the bot shows, as plain data. Adapters turn it into Block Kit, a Lark card, a WeCom template card or HTML. */
import type { z } from 'zod'
import type { Contract } from './contract.ts'
import type { Form } from './form.ts'

/**
 * Text with limited markup. A bare string is data and is escaped by every renderer: nothing in it is ever a mention,
 * a link or formatting, whoever typed it.
 */
export type Markup = string | readonly Run[]
export type Run =
  | string
  | { readonly bold: string }
  | { readonly quiet: string }
  | { readonly link: string; readonly url: string }
  /** A person: a mention where the platform knows them, else the name. `person` is our id. */
  | { readonly person: string; readonly name: string }
  | { readonly newline: true }

export type Tone = 'neutral' | 'waiting' | 'good' | 'bad' | 'warning'

/** Shown in this order, each part left out when absent. */
export interface Card {
  readonly title: string
  /** `neutral` when absent. */
  readonly tone?: Tone
  readonly text?: Markup
  /** Label and value pairs, at most 10. */
  readonly fields?: readonly { readonly label: string; readonly value: Markup }[]
  /** Lines, at most 40; a renderer that has less room says how many are left out. */
  readonly list?: readonly Markup[]
  readonly select?: Select
  /** At most 5. */
  readonly buttons?: readonly Button[]
  /** A page to be opened, below the buttons: a form as a page, a sheet. Ours alone: never an address that somebody typed. */
  readonly link?: { readonly label: string; readonly url: string }
  /** Small print below: who decided, which policy version, when it lapses. */
  readonly note?: Markup
}

export interface Button {
  /** The name of the contract it fires. */
  readonly action: string
  readonly label: string
  /** Travels back with the click: the contract's payload as JSON, at most {@link BUTTON_VALUE_BYTES_MAX} bytes. */
  readonly value: string
  readonly style: 'primary' | 'danger' | 'plain'
  /** Asked before the click counts, where the platform can ask. */
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string }
}

export interface Select {
  readonly action: string
  readonly label: string
  /** As of a button; what was chosen comes beside it. */
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly chosen?: string
}

/** Ids, never content: a button must fit every platform. */
export const BUTTON_VALUE_BYTES_MAX = 512

/** A button that fires `action` with `value`. Throws when the payload is of another shape or too large: a bug, not a refusal. */
export function button<S extends z.ZodType>(
  action: Contract<S>,
  value: z.input<S>,
  label: string,
  look: { style?: Button['style']; confirm?: NonNullable<Button['confirm']> } = {},
): Button {
  return {
    action: action.name,
    label,
    value: payloadOf(action, value),
    style: look.style ?? 'plain',
    ...(look.confirm ? { confirm: look.confirm } : {}),
  }
}

/** A drop-down that fires `action` with `value` and the option chosen. */
export function select<S extends z.ZodType>(
  action: Contract<S>,
  value: z.input<S>,
  look: { label: string; options: Select['options']; chosen?: string },
): Select {
  return { action: action.name, value: payloadOf(action, value), ...look }
}

/** The payload as it travels: checked against the contract, bounded. */
export function payloadOf<S extends z.ZodType>(contract: Contract<S>, value: z.input<S>): string {
  const json = JSON.stringify(contract.payload.parse(value))
  if (Buffer.byteLength(json) > BUTTON_VALUE_BYTES_MAX)
    throw new Error(
      `${contract.name}: a payload of ${Buffer.byteLength(json)} bytes; buttons carry ids, at most ${BUTTON_VALUE_BYTES_MAX} bytes`,
    )
  return json
}

/** The words of a markup without its form, for notifications, logs and platforms without formatting. */
export function plain(markup: Markup | undefined): string {
  if (markup === undefined) return ''
  if (typeof markup === 'string') return markup
  return markup
    .map((run) => {
      if (typeof run === 'string') return run
      if ('bold' in run) return run.bold
      if ('quiet' in run) return run.quiet
      if ('link' in run) return `${run.link} (${run.url})`
      return 'newline' in run ? '\n' : run.name
    })
    .join('')
}

/** What a handler, a reminder or an approval says: text alone, or a card with the text shown where cards are not. */
export interface Message {
  /** What a notification shows; made from the card when absent. */
  readonly text?: Markup
  readonly card?: Card
  /** A stored file by our id, sent with `text` as its caption; a card is a message of its own. */
  readonly file?: { readonly id: string; readonly name: string }
  /** A form to be filled in where forms lie in messages ({@link PlatformLimits.forms} `card` or `page`); alone in its message. */
  readonly form?: Form
}

/** The words of a message: what a notification, a log or a platform without cards shows. */
export function textOf(message: Message): string {
  if (message.text !== undefined) return plain(message.text)
  const { card, file, form } = message
  if (form) return [form.title, form.intro ?? ''].filter((line) => line !== '').join('\n')
  if (!card) return file?.name ?? ''
  const lines = [
    card.title,
    plain(card.text),
    ...(card.fields ?? []).map((field) => `${field.label}: ${plain(field.value)}`),
    ...(card.list ?? []).map((line) => plain(line)),
    plain(card.note),
  ]
  return lines.filter((line) => line !== '').join('\n')
}
