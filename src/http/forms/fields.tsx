/** One field of a form as HTML: label, hint, error, and the input that fits its kind. Works without a script. */
import type { Child } from 'hono/jsx'
import type { Field } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { FileKind } from '#engine/files/kinds.ts'
import { writeBytes } from '#engine/files/policy.ts'
import { filesMaxOf, TEXT_CHARS_MAX } from '#engine/pages/values.ts'
import type { Opened } from '#engine/pages/view.ts'
import { messages } from './i18n.ts'

export interface Around {
  readonly locale: Locale
  readonly page: Opened
  valuesOf(field: Field): readonly string[]
  errorOf(field: Field): string | undefined
}

/** The names of the boxes beside files that were uploaded already. */
export const KEEP = '_keep'
/** A few choices are seen at once; more fold away. */
const RADIOS_MAX = 5
/** So many people have a list each; for more there is one list in which several are marked. */
const PEOPLE_LISTS_MAX = 3

export const fieldId = (name: string): string => `f-${name}`

export function drawField(field: Field, around: Around) {
  const { locale } = around
  const id = fieldId(field.name)
  const error = around.errorOf(field)
  const asides = asidesOf(field, locale)
  const label = (
    <>
      {field.label}
      {asides.length > 0 ? <span class="quiet">{` ${asides.join(' · ')}`}</span> : null}
    </>
  )
  const hint = hintOf(field, around)
  const notes = (
    <>
      {hint === '' ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  )
  const about = {
    'aria-describedby':
      [hint === '' ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].filter(Boolean).join(' ') ||
      undefined,
    'aria-invalid': error === undefined ? undefined : ('true' as const),
  }
  const look = `field${error === undefined ? '' : ' wrong'}`
  const group = groupOf(field, around, about)
  if (group)
    return (
      <fieldset class={look} id={id} tabindex={-1} aria-describedby={about['aria-describedby']}>
        <legend>{label}</legend>
        {notes}
        {group}
      </fieldset>
    )
  return (
    <div class={look}>
      <label for={id}>{label}</label>
      {notes}
      {inputOf(field, around, { ...about, id, name: field.name, required: !field.optional })}
    </div>
  )
}

function asidesOf(field: Field, locale: Locale): readonly string[] {
  const asides = field.optional ? [messages.say(locale, 'optional')] : []
  if (field.kind === 'people' && field.countMax !== undefined)
    asides.push(messages.say(locale, 'people.max', { max: field.countMax }))
  if (field.kind === 'file') asides.push(messages.say(locale, 'file.max', { max: filesMaxOf(field) }))
  return asides
}

function hintOf(field: Field, { locale, page }: Around): string {
  const { hint = '' } = field
  if (field.kind !== 'file') return hint
  const { kindsInWords: kinds, max, together } = page.files
  const own = messages.say(locale, 'file.hint', { kinds, max, together })
  return hint === '' ? own : messages.say(locale, 'file.hints', { hint, own })
}

interface About {
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': 'true' | undefined
}

// === Several inputs under one label ===

/** Undefined for a field of one input. */
function groupOf(field: Field, around: Around, about: About): Child | undefined {
  if (field.kind === 'choice' && field.options.length <= RADIOS_MAX) return radios(field, around)
  if (field.kind === 'people' && isSeveralLists(field)) return peopleLists(field, around)
  return field.kind === 'file' ? filePicker(field, around, about) : undefined
}

function radios(field: Field & { kind: 'choice' }, around: Around) {
  const [chosen = ''] = around.valuesOf(field)
  const none = field.optional ? [{ value: '', label: messages.say(around.locale, 'none') }] : []
  return (
    <div class="choices">
      {[...field.options, ...none].map((option) => (
        <label class="choice">
          <input
            type="radio"
            name={field.name}
            value={option.value}
            checked={option.value === chosen && (chosen !== '' || field.optional === true)}
            required={!field.optional}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  )
}

const isSeveralLists = ({ countMax = 0 }: Field & { kind: 'people' }) => countMax > 1 && countMax <= PEOPLE_LISTS_MAX

function peopleLists(field: Field & { kind: 'people' }, around: Around) {
  const chosen = around.valuesOf(field).filter((id) => id !== '')
  return (
    <div class="lists">
      {Array.from({ length: field.countMax ?? 1 }, (_, n) => (
        <select
          class="input"
          name={field.name}
          aria-label={messages.say(around.locale, 'people.nth', { label: field.label, n: n + 1 })}
          required={!field.optional && n === 0}
        >
          <option value="">{messages.say(around.locale, n === 0 ? 'choose' : 'none')}</option>
          {colleagues(around.page, chosen.slice(n, n + 1))}
        </select>
      ))}
    </div>
  )
}

function filePicker(field: Field & { kind: 'file' }, { locale, page }: Around, about: About) {
  const there = page.uploads.filter((upload) => upload.field === field.name)
  return (
    <>
      {there.length === 0 ? null : (
        <div class="choices">
          <p class="hint">{messages.say(locale, 'file.there')}</p>
          {there.map(({ id, name, size }) => (
            <label class="choice">
              <input type="checkbox" name={KEEP} value={id} checked />
              <span>{messages.say(locale, 'file.one', { name, size: writeBytes(size) })}</span>
            </label>
          ))}
        </div>
      )}
      <input
        {...about}
        type="file"
        class="input"
        name={field.name}
        aria-label={field.label}
        accept={page.files.kinds.map((kind) => ACCEPTED[kind]).join(',')}
        multiple={filesMaxOf(field) > 1}
        required={!field.optional && there.length === 0}
      />
    </>
  )
}

/** What a browser offers; what is taken is decided by content. */
const ACCEPTED: Readonly<Record<FileKind, string>> = {
  picture: 'image/*,.heic,.heif',
  pdf: 'application/pdf,.pdf',
  document: '.doc,.docx,.pptx,.txt,.text,.md,.log',
  sheet: '.xls,.xlsx,.csv,.tsv',
}

// === One input ===

interface Attributes extends About {
  readonly id: string
  readonly name: string
  readonly required: boolean
}

function inputOf(field: Field, around: Around, given: Attributes) {
  const attributes = { ...given, class: 'input' }
  const [value = ''] = around.valuesOf(field)
  switch (field.kind) {
    case 'longText':
      return (
        <textarea {...attributes} rows={4} maxlength={field.charsMax ?? TEXT_CHARS_MAX}>
          {value}
        </textarea>
      )
    case 'text':
      return (
        <input
          {...attributes}
          type="text"
          autocomplete="off"
          maxlength={field.charsMax ?? TEXT_CHARS_MAX}
          value={value}
        />
      )
    case 'number':
      return (
        <input
          {...attributes}
          type="number"
          inputmode="decimal"
          step="any"
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          value={value}
        />
      )
    case 'date':
    case 'time':
      return <input {...attributes} type={field.kind} value={value} />
    case 'choice':
      return (
        <select {...attributes}>
          {field.optional || value === '' ? <option value="">{messages.say(around.locale, 'choose')}</option> : null}
          {field.options.map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )
    case 'people':
      return peopleList(field, around, attributes)
    case 'file':
      throw new Error('A file field is drawn as a group')
  }
}

function peopleList(field: Field & { kind: 'people' }, around: Around, attributes: Attributes & { class: string }) {
  const one = field.countMax === 1
  return (
    <select {...attributes} {...(one ? {} : { multiple: true, size: 8 })}>
      {one ? <option value="">{messages.say(around.locale, 'choose')}</option> : null}
      {colleagues(around.page, around.valuesOf(field))}
    </select>
  )
}

/** By department; a number beside those whose name is another's too. */
function colleagues(page: Opened, chosen: readonly string[]) {
  const departments = [...new Set(page.colleagues.map(({ department }) => department))]
  return departments.map((department) => {
    const people = page.colleagues.filter((colleague) => colleague.department === department)
    return (
      <optgroup label={department}>
        {people.map(({ id, name, staffNo }) => (
          <option value={id} selected={chosen.includes(id)}>
            {people.filter((other) => other.name === name).length > 1 ? `${name} (${staffNo})` : name}
          </option>
        ))}
      </optgroup>
    )
  })
}
