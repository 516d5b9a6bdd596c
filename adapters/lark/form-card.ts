/**
 * A form as a card with a form container. Pure. The name of each component says what kind of value comes back under it.
 * https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-components/containers/form-container
 */
import type { Field, Form } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import {
  type CardJson,
  cardJson,
  type Element,
  fits,
  linkButton,
  markdownElement,
  optionsOf,
  plainText,
  tooLarge,
} from './card-json.ts'
import { type Place, submitValue } from './carried.ts'
import { componentName } from './form-names.ts'
import { words } from './i18n.ts'
import * as max from './limits.ts'
import { escapeMarkdown, markdown, markdownLine, mentionable, type Reader } from './markdown.ts'

/**
 * The whole form, or, where it is more than a card takes, a link to its page. Nothing that would come back changed is cut.
 * Throws `PlatformError('refused')` for a form too large that has no page.
 */
export function formCard(form: Form, place: Place, reader: Reader): CardJson {
  const look = { title: form.title, summary: form.title }
  const page = form.page === undefined ? [] : [linkButton(words.say(reader.locale, 'asPage'), form.page)]
  if (form.fields.every(canBeAsked)) {
    for (const scale of SCALES) {
      const intro = markdown(form.intro ?? '', max.TEXT_CHARS_MAX * 0.5 * scale, reader)
      const card = cardJson(look, [
        ...(intro.trim() === '' ? [] : [markdownElement(intro)]),
        {
          tag: 'form',
          name: 'form',
          elements: [...form.fields.flatMap((field) => fieldElements(field, form, scale, reader)), submit()],
        },
        ...page,
      ])
      if (fits(card)) return card
    }
  }
  if (page.length === 0) throw tooLarge(`The form ${form.form}`)
  return cardJson(look, [markdownElement(escapeMarkdown(words.say(reader.locale, 'onPageOnly'))), ...page])

  function submit(): Element {
    return {
      tag: 'button',
      name: 'submit',
      text: plainText(form.submit, max.BUTTON_CHARS_MAX),
      type: 'primary',
      form_action_type: 'submit',
      behaviors: [{ type: 'callback', value: submitValue(form, place, reader.locale) }],
    }
  }
}

const SCALES = [1, 0.5, 0.2, 0.1, 0.05] as const

/** What stands in a field from the beginning is somebody's words or our answer: it is shown whole or not at all. */
const canBeAsked = (field: Field): boolean =>
  !('initial' in field) || typeof field.initial !== 'string' || field.initial.length <= max.INPUT_CHARS_MAX

function fieldElements(field: Field, form: Form, scale: number, reader: Reader): readonly Element[] {
  const { locale } = reader
  const charsMax = Math.max(20, max.LABEL_CHARS_MAX * scale)
  const label = `**${markdownLine(field.label.trim() || field.name, charsMax, reader).trim()}**`
  const optional = field.optional ? escapeMarkdown(words.say(locale, 'optional')) : ''
  const hint = markdownLine(field.hint ?? '', charsMax, reader).trim()
  const say = (line: string) => markdownElement(line === '' ? label + optional : `${label}${optional}\n${line}`)
  if (field.kind === 'file') {
    const how = words.say(locale, form.page === undefined ? 'fileToBot' : 'fileOnPage')
    return [say([hint, `<font color='grey'>${escapeMarkdown(how)}</font>`].filter((part) => part !== '').join('\n'))]
  }
  return [
    say(hint === '' ? '' : `<font color='grey'>${hint}</font>`),
    { name: componentName(field), required: field.optional !== true, ...component(field, scale, reader) },
  ]
}

function component(field: Exclude<Field, { kind: 'file' }>, scale: number, reader: Reader): Element {
  const placeholder = { placeholder: plainText(words.say(reader.locale, 'choose'), max.BUTTON_CHARS_MAX) }
  switch (field.kind) {
    case 'text':
    case 'longText':
    case 'number':
      return inputOf(field)
    case 'date':
      return { tag: 'date_picker', ...placeholder, ...(field.initial ? { initial_date: field.initial } : {}) }
    case 'time':
      return { tag: 'picker_time', ...placeholder, ...(field.initial ? { initial_time: field.initial } : {}) }
    case 'choice':
      return { tag: 'select_static', ...placeholder, ...choices(field, scale, reader.locale) }
    case 'people': {
      const chosen = (field.initial ?? []).flatMap((person) => mentionable(reader.accounts[person]) ?? [])
      if (field.countMax === 1)
        return {
          tag: 'select_person',
          ...placeholder,
          ...(chosen[0] === undefined ? {} : { initial_option: chosen[0] }),
        }
      return { tag: 'multi_select_person', ...placeholder, ...(chosen.length === 0 ? {} : { selected_values: chosen }) }
    }
  }
}

function inputOf(field: Extract<Field, { kind: 'text' | 'longText' | 'number' }>): Element {
  const charsMax = field.kind === 'number' ? 20 : Math.min(field.charsMax ?? max.INPUT_CHARS_MAX, max.INPUT_CHARS_MAX)
  return {
    tag: 'input',
    ...(field.kind === 'longText' ? { input_type: 'multiline_text', rows: 3, auto_resize: true } : {}),
    ...(field.initial ? { default_value: field.initial } : {}),
    max_length: Math.max(charsMax, field.initial?.length ?? 1),
    width: 'fill',
  }
}

function choices(field: Extract<Field, { kind: 'choice' }>, scale: number, locale: Locale) {
  const isThere = field.options.some(({ value }) => value === field.initial)
  return {
    ...(isThere ? { initial_option: field.initial } : {}),
    options: optionsOf(field.options, Math.max(12, max.OPTION_CHARS_MAX * Math.min(1, scale * 3)), locale),
  }
}
