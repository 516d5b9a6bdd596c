/** What came back from a page, checked against its form: right kinds, within bounds, nothing that was not asked. Pure. */
import { isCivilDate } from '#core/calendar/civil.ts'
import type { Field, Form, FormValues } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import { messages } from './i18n.ts'

/** What a text field holds when the form does not say, in characters. */
export const TEXT_CHARS_MAX = 3_000
/** Files in one field when the form does not say. */
export const FILES_MAX = 10

/** What the page sent, by field name, untouched; files are left out, those that hold are in `files`. */
export interface Given {
  readonly values: Readonly<Record<string, readonly string[]>>
  /** The ids of the uploads that are to count, by field name. */
  readonly files: Readonly<Record<string, readonly string[]>>
}
export type Reading = { readonly values: FormValues } | { readonly errors: Readonly<Record<string, string>> }

/** @param isPerson is it the id of an active person of the department */
export function readValues(form: Form, given: Given, locale: Locale, isPerson: (id: string) => boolean): Reading {
  const values: Record<string, string | readonly string[]> = {}
  const errors: Record<string, string> = {}
  for (const field of form.fields) {
    const value = cameFor(field, given)
    if (value.length === 0) {
      if (!field.optional) errors[field.name] = messages.say(locale, missing(field))
      continue
    }
    const wrong = whatIsWrong(field, value, locale, isPerson)
    if (wrong === undefined) values[field.name] = value
    else errors[field.name] = wrong
  }
  return Object.keys(errors).length > 0 ? { errors } : { values }
}

/** Browsers end lines with CR LF, whatever was typed. */
function cameFor(field: Field, { values, files }: Given): string | readonly string[] {
  if (field.kind === 'file') return files[field.name] ?? []
  const given = values[field.name] ?? []
  if (field.kind === 'people') return [...new Set(given.filter((one) => one !== ''))]
  return (given[0] ?? '').replaceAll('\r\n', '\n').trim()
}

const missing = ({ kind }: Field) =>
  kind === 'file'
    ? 'missing.file'
    : kind === 'choice' || kind === 'people' || kind === 'date' || kind === 'time'
      ? 'missing.choice'
      : 'missing.text'

function whatIsWrong(
  field: Field,
  value: string | readonly string[],
  locale: Locale,
  isPerson: (id: string) => boolean,
): string | undefined {
  if (typeof value !== 'string') {
    const max = field.kind === 'file' ? filesMaxOf(field) : field.kind === 'people' ? field.countMax : undefined
    if (max !== undefined && value.length > max)
      return messages.say(locale, field.kind === 'file' ? 'files.max' : 'people.max', { max })
    return field.kind === 'people' && !value.every(isPerson) ? messages.say(locale, 'people.unknown') : undefined
  }
  switch (field.kind) {
    case 'text':
    case 'longText': {
      const max = field.charsMax ?? TEXT_CHARS_MAX
      return value.length > max ? messages.say(locale, 'text.long', { max, count: value.length }) : undefined
    }
    case 'date':
      return isCivilDate(value) ? undefined : messages.say(locale, 'date', { value: short(value) })
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? undefined : messages.say(locale, 'time', { value: short(value) })
    case 'choice':
      return field.options.some((option) => option.value === value) ? undefined : messages.say(locale, 'choice')
    case 'number':
      return wrongNumber(field, value, locale)
    default:
      return undefined
  }
}

function wrongNumber({ min, max }: Field & { kind: 'number' }, value: string, locale: Locale): string | undefined {
  const number = Number(value)
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value) || !Number.isFinite(number))
    return messages.say(locale, 'number', { value: short(value) })
  if (min !== undefined && number < min) return messages.say(locale, 'number.min', { value, min })
  return max !== undefined && number > max ? messages.say(locale, 'number.max', { value, max }) : undefined
}

/** How many files a field takes at most. */
export const filesMaxOf = (field: Field & { kind: 'file' }): number => Math.min(field.countMax ?? FILES_MAX, FILES_MAX)

const short = (value: string): string => [...value].slice(0, 40).join('')
