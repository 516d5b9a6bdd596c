/** What travels in the buttons of our cards and comes back with a click. Pure. */
import { z } from 'zod'
import type { Form } from '#core/form.ts'
import { LOCALES, type Locale } from '#core/i18n.ts'
import { short } from './cut.ts'

const shared = { v: z.string(), k: z.string().optional(), d: z.literal(1).optional() }
const clickSchema = z.object({ a: z.string().min(1), ...shared })
const submitSchema = z.object({
  f: z.string().min(1),
  ...shared,
  l: z.enum(LOCALES).optional().catch(undefined),
  t: z.string().optional(),
  n: z.record(z.string(), z.string()).optional().catch(undefined),
})
export type CarriedClick = z.output<typeof clickSchema>
export type CarriedForm = z.output<typeof submitSchema>

/** Where a message lies, as far as its buttons must know. */
export interface Place {
  /** The key of the outbox row. */
  readonly key: string | undefined
  /** It lies in a direct message: a callback does not say so. */
  readonly isDirect: boolean
}

/** Longer keys are not ours. */
const KEY_CHARS_MAX = 200

const placeIn = ({ key, isDirect }: Place) => ({
  ...(key === undefined || key.length > KEY_CHARS_MAX ? {} : { k: key }),
  ...(isDirect ? { d: 1 as const } : {}),
})

export const clickValue = (action: string, value: string, place: Place): CarriedClick => ({
  a: action,
  v: value,
  ...placeIn(place),
})

export const submitValue = (
  form: Pick<Form, 'form' | 'value' | 'title' | 'fields'>,
  place: Place,
  locale: Locale,
): CarriedForm => ({ f: form.form, v: form.value, ...placeIn(place), l: locale, t: form.title, ...labelsOf(form) })

const LABEL_CHARS_MAX = 20
const LABELS_BYTES_MAX = 1_500

/** What the fields are called, because a toast that tells of an error must name its field; none where there are too many. */
function labelsOf({ fields }: Pick<Form, 'fields'>): { readonly n?: Readonly<Record<string, string>> } {
  const labels = Object.fromEntries(fields.map(({ name, label }) => [name, short(label, LABEL_CHARS_MAX)]))
  return Buffer.byteLength(JSON.stringify(labels)) > LABELS_BYTES_MAX ? {} : { n: labels }
}

/** Undefined for what is none of ours. Lark gives back an object; the same as a text is understood too. */
export function readCarried(value: unknown): CarriedClick | CarriedForm | undefined {
  const carried = typeof value === 'string' ? parsed(value) : value
  return submitSchema.safeParse(carried).data ?? clickSchema.safeParse(carried).data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
