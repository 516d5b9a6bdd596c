/** From a form to a Slack modal, and what the modal remembers for us while it is open. Pure. */
import type { KnownBlock, ModalView } from '@slack/web-api'
import type { Message } from '#core/card.ts'
import type { Field, Form } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import { ellipsis } from './cut.ts'
import { words } from './i18n.ts'
import * as max from './limits.ts'
import { fitting, menuContent, menuOption, plainText, renderMessage } from './render.ts'

/** Travels in `private_metadata` and comes back with the submission. */
export interface ModalMemory {
  readonly form: string
  readonly value: string
  /** Where the form was asked for: its answer belongs there. */
  readonly room: string
  /** The reply handle of the event that opened it. */
  readonly reply?: string
}

/** Undefined for a modal that is not one of our forms. */
export function readModalMemory(text: string): ModalMemory | undefined {
  try {
    const memory: unknown = JSON.parse(text)
    return isMemory(memory) ? memory : undefined
  } catch {
    return undefined
  }
}

function isMemory(value: unknown): value is ModalMemory {
  if (typeof value !== 'object' || value === null) return false
  const { form, value: payload, room, reply } = value as Record<keyof ModalMemory, unknown>
  return (
    [form, payload, room].every((part) => typeof part === 'string') &&
    (reply === undefined || typeof reply === 'string')
  )
}

/** The form as a modal, with the link to its page below the introduction. Its fields keep their order; each field's name is its block's id, so errors find their place. */
export function formView(
  form: Form,
  from: { readonly room: string; readonly reply?: string },
  locale: Locale = 'zh-CN',
): ModalView {
  const memory: ModalMemory = { form: form.form, value: form.value, ...from }
  const intro: KnownBlock[] = form.intro
    ? [{ type: 'section', text: plainText(form.intro, max.SECTION_CHARS_MAX) }]
    : []
  const page = form.page === undefined ? [] : [pageBlock(form.page, locale)]
  return {
    type: 'modal',
    callback_id: form.form.slice(0, max.ID_CHARS_MAX),
    private_metadata: fitting(
      JSON.stringify(memory),
      max.PRIVATE_METADATA_CHARS_MAX,
      `What the form ${form.form} is about`,
    ),
    title: plainText(form.title, max.VIEW_TITLE_CHARS_MAX),
    submit: plainText(form.submit, max.VIEW_TITLE_CHARS_MAX),
    close: plainText(form.cancel, max.VIEW_TITLE_CHARS_MAX),
    blocks: [...intro, ...page, ...form.fields.map(fieldBlock)].slice(0, max.VIEW_BLOCKS_MAX),
  }
}

/** Shown at once, while the real form is being made: a modal can be opened for 3 s only, and changed for as long as it is open. */
export function placeholderView(locale: Locale): ModalView {
  return noticeView(locale, [{ type: 'section', text: plainText(words.say(locale, 'moment'), max.SECTION_CHARS_MAX) }])
}

/** Why there is no form, in the modal that waits for it. */
export function messageView(message: Message, locale: Locale): ModalView {
  return noticeView(locale, renderMessage(message, undefined, { locale, accounts: {} }).blocks)
}

function noticeView(locale: Locale, blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: plainText(words.say(locale, 'title'), max.VIEW_TITLE_CHARS_MAX),
    close: plainText(words.say(locale, 'close'), max.VIEW_TITLE_CHARS_MAX),
    blocks: [...blocks],
  }
}

/** The same form as a page of ours. */
function pageBlock(url: string, locale: Locale): KnownBlock {
  const link = { type: 'link' as const, url, text: words.say(locale, 'asPage') }
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [link] }] }
}

type InputBlock = Extract<KnownBlock, { type: 'input' }>

function fieldBlock(field: Field): InputBlock {
  return {
    type: 'input',
    block_id: field.name,
    label: plainText(field.label || field.name, max.LABEL_CHARS_MAX),
    optional: field.optional ?? false,
    ...(field.hint ? { hint: plainText(field.hint, max.HINT_CHARS_MAX) } : {}),
    element: fieldElement(field),
  }
}

const ACTION_ID = { action_id: 'value' }

function fieldElement(field: Field): InputBlock['element'] {
  switch (field.kind) {
    case 'text':
    case 'longText': {
      const charsMax = Math.min(field.charsMax ?? max.INPUT_CHARS_MAX, max.INPUT_CHARS_MAX)
      return {
        type: 'plain_text_input',
        ...ACTION_ID,
        multiline: field.kind === 'longText',
        max_length: charsMax,
        ...(field.initial ? { initial_value: ellipsis(field.initial, charsMax) } : {}),
      }
    }
    case 'date':
      return { type: 'datepicker', ...ACTION_ID, ...(field.initial ? { initial_date: field.initial } : {}) }
    case 'time':
      return { type: 'timepicker', ...ACTION_ID, ...(field.initial ? { initial_time: field.initial } : {}) }
    case 'number':
      return {
        type: 'number_input',
        ...ACTION_ID,
        is_decimal_allowed: true,
        ...(field.initial ? { initial_value: field.initial } : {}),
        ...(field.min === undefined ? {} : { min_value: String(field.min) }),
        ...(field.max === undefined ? {} : { max_value: String(field.max) }),
      }
    case 'choice':
      return choiceElement(field)
    case 'people':
      return {
        type: 'multi_users_select',
        ...ACTION_ID,
        ...(field.countMax === undefined ? {} : { max_selected_items: field.countMax }),
        ...(field.initial && field.initial.length > 0 ? { initial_users: [...field.initial] } : {}),
      }
    case 'file':
      return { type: 'file_input', ...ACTION_ID, max_files: Math.min(field.countMax ?? 1, max.FILES_MAX) }
  }
}

function choiceElement(field: Extract<Field, { kind: 'choice' }>): InputBlock['element'] {
  const options = field.options.map((option) => menuOption(option, option.value, max.OPTION_CHARS_MAX, 'en'))
  const initial = options.find((option) => option.value === field.initial)
  return {
    type: 'static_select',
    ...ACTION_ID,
    ...menuContent(options),
    ...(initial ? { initial_option: initial } : {}),
  }
}
