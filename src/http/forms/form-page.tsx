/** The form itself: one column for a phone, the browser's own inputs, errors beside their fields and listed at the top. */
import type { Field } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { Opened } from '#engine/pages/view.ts'
import { type Around, drawField, fieldId } from './fields.tsx'
import { messages } from './i18n.ts'
import { frame } from './notices.tsx'

/** Names of what is ours among the fields: none of theirs begins so. */
export const CSRF = '_csrf'

export interface Filled {
  /** What was typed, by field name; undefined before anything was: then the form's own first values. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** By field name; `""` is the form as a whole. */
  readonly errors: Readonly<Record<string, string>>
}

export function formPage(page: Opened, csrf: string, { values, errors }: Filled) {
  const { form, whose } = page
  const { locale, name, department } = whose
  const around: Around = {
    locale,
    page,
    valuesOf: (field) => values?.[field.name] ?? (values === undefined ? initialOf(field) : []),
    errorOf: (field) => errors[field.name],
  }
  const wrong = Object.keys(errors).length > 0
  const hasFiles = form.fields.some(({ kind }) => kind === 'file')
  return frame(
    locale,
    { title: wrong ? messages.say(locale, 'problem.mark', { title: form.title }) : form.title, up: '../' },
    <>
      <h1>{form.title}</h1>
      <p class="as">{messages.say(locale, 'as', { name, department })}</p>
      {form.intro === undefined ? null : <p class="intro">{form.intro}</p>}
      {wrong ? summary(locale, form.fields, errors) : null}
      <form method="post" class="form" {...(hasFiles ? { enctype: 'multipart/form-data' } : {})}>
        <input type="hidden" name={CSRF} value={csrf} />
        {form.fields.map((field) => drawField(field, around))}
        <footer class="send">
          <button type="submit" class="button primary">
            {form.submit}
          </button>
          <p class="quiet">{messages.say(locale, 'send.note')}</p>
        </footer>
      </form>
    </>,
  )
}

/** Focused when the page comes: a screen reader begins with it, a keyboard goes on from it. */
function summary(locale: Locale, fields: readonly Field[], errors: Filled['errors']) {
  const labels = new Map(fields.map((field) => [field.name, field.label]))
  return (
    <section class="problem" role="alert" tabindex={-1} autofocus aria-labelledby="problem">
      <h2 id="problem">{messages.say(locale, 'problem.title')}</h2>
      <ul>
        {Object.entries(errors).map(([name, words]) => {
          const label = labels.get(name)
          return (
            <li>
              {label === undefined ? (
                words
              ) : (
                <a href={`#${fieldId(name)}`}>{messages.say(locale, 'problem.line', { label, words })}</a>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function initialOf(field: Field): readonly string[] {
  if (!('initial' in field) || field.initial === undefined) return []
  return typeof field.initial === 'string' ? [field.initial] : field.initial
}
