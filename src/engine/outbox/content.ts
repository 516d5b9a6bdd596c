/** What a row holds, as plain data: made storable, compared by hash, searched for the people it names. */
import { createHash } from 'node:crypto'
import type { Markup, Message } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'

/** Longer errors are cut: they are for lists. */
const ERROR_CHARS_MAX = 500

/**
 * JSON that PostgreSQL takes. What people typed may hold NUL or halves of characters, which `jsonb` refuses with an
 * error: they become U+FFFD, everything else stays as it is.
 */
export function storable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? wellFormed(part) : part))
}

/** One line for a list: bounded, and storable as text. */
export function errorLine(words: string): string {
  const line = wellFormed(words.replaceAll(/\s+/g, ' ').trim())
  return line.length <= ERROR_CHARS_MAX ? line : `${wellFormed(line.slice(0, ERROR_CHARS_MAX - 1))}…`
}

const wellFormed = (text: string): string => text.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD')

/** SHA-256 over what is shown. Two messages of the same content have the same, whatever order their keys were written in. */
export function contentHash(message: Message, locale: Locale): string {
  return createHash('sha256')
    .update(JSON.stringify([locale, message], (_, part: unknown) => (isMap(part) ? sorted(part) : part)))
    .digest('hex')
}

const isMap = (part: unknown): part is Record<string, unknown> =>
  typeof part === 'object' && part !== null && !Array.isArray(part)

const sorted = (map: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)))

/** Our ids of the people a message names, each once: their accounts travel with it, so that they can be mentioned. */
export function peopleIn(message: Message): readonly string[] {
  const { card, form } = message
  const markups: readonly (Markup | undefined)[] = [
    message.text,
    card?.text,
    ...(card?.fields ?? []).map((field) => field.value),
    ...(card?.list ?? []),
    card?.note,
  ]
  const named = markups.flatMap((markup) =>
    markup === undefined || typeof markup === 'string'
      ? []
      : markup.flatMap((run) => (typeof run === 'object' && 'person' in run ? [run.person] : [])),
  )
  const asked = (form?.fields ?? []).flatMap((field) => (field.kind === 'people' ? (field.initial ?? []) : []))
  return [...new Set([...named, ...asked])]
}
