/** From a card callback of Lark's to a click or a form sent in, and from our answer to what Lark is to show. Pure. https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication */
import { z } from 'zod'
import type { FormValues } from '#core/form.ts'
import type { Answer, Incoming } from '#core/platform.ts'
import { type CardJson, cardJson, markdownElement } from './card-json.ts'
import { type CarriedForm, readCarried } from './carried.ts'
import { cut } from './cut.ts'
import type { Envelope } from './decode.ts'
import { read } from './door.ts'
import { type Kind, readComponentName } from './form-names.ts'
import { words } from './i18n.ts'
import * as max from './limits.ts'
import { escapeMarkdown, printable } from './markdown.ts'
import { CARD_HANDLE } from './send-handle.ts'

const callbackSchema = z.object({
  operator: z.object({ open_id: z.string().min(1).max(150) }),
  action: z.object({
    value: z.unknown(),
    option: z.string().optional(),
    form_value: z.record(z.string(), z.unknown()).nullish(),
  }),
  context: z.object({ open_message_id: z.string().min(1), open_chat_id: z.string().min(1) }),
})

/** Throws `MalformedCall`; undefined for a component that is not ours. */
export function decodeCallback({ id, event }: Envelope): Incoming | undefined {
  const { operator, action, context } = read(callbackSchema, event, 'card callback')
  const carried = readCarried(action.value)
  if (!carried) return undefined
  const heard = {
    key: `e:${id}`,
    person: operator.open_id,
    room: context.open_chat_id,
    roomKind: carried.d ? ('direct' as const) : ('group' as const),
  }
  if ('f' in carried) {
    const { values, people } = valuesOf(action.form_value ?? {})
    return {
      ...heard,
      kind: 'filled',
      canCarry: ['errors', 'toast'],
      form: carried.f,
      value: carried.v,
      values,
      ...(people.length > 0 ? { people } : {}),
      ...(carried.k === undefined ? {} : { sentKey: carried.k }),
    }
  }
  return {
    ...heard,
    kind: 'clicked',
    canCarry: ['toast'],
    action: carried.a,
    value: carried.v,
    ...(action.option === undefined ? {} : { chosen: action.option }),
    on: { address: heard.room, messageId: context.open_message_id, handle: CARD_HANDLE },
    ...(carried.k === undefined ? {} : { sentKey: carried.k }),
  }
}

function valuesOf(components: Readonly<Record<string, unknown>>): { values: FormValues; people: readonly string[] } {
  const values: Record<string, string | readonly string[]> = {}
  const people: string[] = []
  for (const [component, sent] of Object.entries(components)) {
    const field = readComponentName(component)
    const value = field && fieldValue(field.kind, sent)
    if (!field || value === undefined) continue
    values[field.name] = value
    if (field.kind === 'people') people.push(field.name)
  }
  return { values, people }
}

/** Undefined for a field that was left empty. */
function fieldValue(kind: Kind, sent: unknown): string | readonly string[] | undefined {
  if (kind === 'people') {
    const accounts = (Array.isArray(sent) ? sent : [sent]).filter((one) => typeof one === 'string' && one !== '')
    return accounts.length > 0 ? accounts : undefined
  }
  if (typeof sent !== 'string' || sent === '') return undefined
  // `2026-09-28 +0800` and `16:30 +0800`: the zone is the client's, the day and the hour are what was meant.
  return kind === 'date' || kind === 'time' ? sent.replace(/ [+-]\d{2}:?\d{2}$/, '') : sent
}

/**
 * What Lark is answered with: a toast, and for a form that was taken a card without it in its place, so that it cannot be sent
 * in twice. There is always an object: an empty acknowledgement is shown as a failure.
 */
export function answerCallback(event: Envelope, answer: Answer): Readonly<Record<string, unknown>> {
  const carried = readCarried(read(callbackSchema, event.event, 'card callback').action.value)
  const isForm = carried !== undefined && 'f' in carried
  const errors = Object.entries(answer.errors ?? {})
  if (errors.length > 0) return { toast: toast('error', errorLines(errors, isForm ? carried : undefined)) }
  return {
    ...(answer.toast === undefined ? {} : { toast: toast(isForm ? 'success' : 'info', answer.toast) }),
    ...(isForm ? { card: { type: 'raw', data: sentCard(carried) } } : {}),
  }
}

/** One line each, behind the name of its field. */
function errorLines(errors: readonly (readonly [string, string])[], form: CarriedForm | undefined): string {
  const pair = words.say(form?.l ?? 'zh-CN', 'pair')
  const lines = errors.map(([field, error]) => {
    const label = form?.n?.[field]
    return label ? `${label}${pair}${error}` : error
  })
  return [...new Set(lines)].join('\n')
}

const toast = (type: 'info' | 'success' | 'error', content: string) => ({
  type,
  content: cutVisibly(printable(content).trim()) || ' ',
})

function cutVisibly(text: string): string {
  const { kept, left } = cut(text, max.TOAST_CHARS_MAX - 1)
  return left > 0 ? `${kept}…` : kept
}

function sentCard({ t: title, l: locale = 'zh-CN' }: CarriedForm): CardJson {
  const sent = words.say(locale, 'sent')
  return cardJson({ ...(title ? { title } : {}), template: 'grey', summary: sent }, [
    markdownElement(escapeMarkdown(sent)),
  ])
}
