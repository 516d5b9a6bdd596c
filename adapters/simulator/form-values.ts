/** Checks what came back from a form the way a platform would: right kinds, not too long, nothing that was not asked. Pure. */
import { isCivilDate } from '#core/calendar/civil.ts'
import type { Field, Form, FormValues } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import { messages } from './i18n.ts'
import { FIELD_CHARS_MAX, FILES_MAX } from './limits.ts'

type Value = string | readonly string[]
interface Known {
  readonly isPerson: (account: string) => boolean
  readonly isFile: (id: string) => boolean
}
export type Reading = { readonly values: FormValues } | { readonly errors: Readonly<Record<string, string>> }

/**
 * The values under the form's own names.
 * @param known.isPerson does this account exist
 * @param known.isFile has this person uploaded this file
 */
export function readForm(form: Form, given: FormValues, locale: Locale, known: Known): Reading {
  const values: Record<string, Value> = {}
  const errors: Record<string, string> = {}
  for (const field of form.fields) {
    const value = given[field.name] ?? ''
    if (value.length === 0) {
      if (!field.optional) errors[field.name] = messages.say(locale, 'field-missing')
      continue
    }
    const wrong = whatIsWrong(field, value, locale, known)
    if (wrong === undefined) values[field.name] = value
    else errors[field.name] = wrong
  }
  return Object.keys(errors).length > 0 ? { errors } : { values }
}

function whatIsWrong(field: Field, value: Value, locale: Locale, { isPerson, isFile }: Known): string | undefined {
  if (field.kind === 'file') {
    if (typeof value === 'string' || !value.every(isFile)) return messages.say(locale, 'field-files')
    const max = Math.min(field.countMax ?? FILES_MAX, FILES_MAX)
    return value.length > max ? messages.say(locale, 'field-files-max', { max }) : undefined
  }
  if (field.kind === 'people') {
    if (typeof value === 'string' || !value.every(isPerson)) return messages.say(locale, 'field-people')
    const max = field.countMax ?? Number.POSITIVE_INFINITY
    return value.length > max ? messages.say(locale, 'field-people-max', { max }) : undefined
  }
  if (typeof value !== 'string') return messages.say(locale, 'field-missing')
  if (field.kind === 'text' || field.kind === 'longText') {
    const max = field.charsMax ?? FIELD_CHARS_MAX
    return value.length > max ? messages.say(locale, 'field-long', { max, count: value.length }) : undefined
  }
  if (field.kind === 'date') return isCivilDate(value) ? undefined : messages.say(locale, 'field-date', { value })
  if (field.kind === 'time')
    return /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? undefined : messages.say(locale, 'field-time', { value })
  if (field.kind === 'choice')
    return field.options.some((option) => option.value === value) ? undefined : messages.say(locale, 'field-choice')
  // Is it within the bounds? That is left to the bot: its refusal names the rule behind them.
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value))
  return isNumber ? undefined : messages.say(locale, 'field-number', { value })
}
