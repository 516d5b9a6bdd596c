/** The form: type, first and last day with their halves, hours where the policy knows hours, reason, and papers where a type asks for them. */
import type { Span } from '#core/calendar/count.ts'
import { type Field, type Form, form } from '#core/form.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import { FillLeave } from '../contracts.ts'
import { messages } from '../i18n.ts'
import type { LeavePolicy } from '../policy.ts'

export const REASON_CHARS_MAX = 500

/** What the form shows at first. */
export interface FormView {
  /** The draft or waiting request that it changes. */
  readonly requestId?: number | undefined
  readonly type: string
  readonly span: Span
  readonly reason?: string | null | undefined
}

export function leaveForm(locale: Locale, policy: LeavePolicy, view: FormView): Form {
  const { requestId, span, type } = view
  const hours =
    Object.values(policy.types).some(({ minUnit }) => minUnit === 'hour') ||
    span.fromTime !== undefined ||
    span.toTime !== undefined
  return form(FillLeave, requestId === undefined ? {} : { requestId }, {
    title: messages.say(locale, requestId === undefined ? 'form.title' : 'form.title-change'),
    intro: messages.say(locale, 'form.intro'),
    fields: [
      {
        kind: 'choice',
        name: 'type',
        label: messages.say(locale, 'form.type'),
        initial: type,
        options: Object.entries(policy.types).map(([value, { name }]) => ({ value, label: inLocale(name, locale) })),
      },
      { kind: 'date', name: 'from', label: messages.say(locale, 'form.from'), initial: span.from },
      partField('fromHalf', 'form.from-part', 'afternoon', 'from-afternoon', span.fromHalf, locale),
      {
        kind: 'date',
        name: 'to',
        label: messages.say(locale, 'form.to'),
        hint: messages.say(locale, 'form.to-hint'),
        initial: span.to,
        optional: true,
      },
      partField('toHalf', 'form.to-part', 'morning', 'until-midday', span.toHalf, locale),
      ...(hours ? timeFields(span, locale) : []),
      {
        kind: 'longText',
        name: 'reason',
        label: messages.say(locale, 'form.reason'),
        hint: messages.say(locale, 'form.reason-hint'),
        optional: true,
        charsMax: REASON_CHARS_MAX,
        ...(view.reason && { initial: view.reason }),
      },
      ...papersFields(policy, locale),
    ],
    submit: messages.say(locale, 'form.submit'),
    cancel: messages.say(locale, 'form.cancel'),
  })
}

/** Only where some type of leave asks for papers; they may come later too. */
function papersFields({ types }: LeavePolicy, locale: Locale): readonly Field[] {
  const asking = Object.values(types).filter(({ proof }) => proof !== undefined)
  if (asking.length === 0) return []
  const names = asking.map(({ name }) => inLocale(name, locale)).join(messages.say(locale, 'form.comma'))
  const hint = messages.say(locale, 'form.papers-hint', { types: names })
  return [{ kind: 'file', name: 'papers', label: messages.say(locale, 'field.papers'), hint, optional: true }]
}

function partField(
  name: 'fromHalf' | 'toHalf',
  label: 'form.from-part' | 'form.to-part',
  half: 'morning' | 'afternoon',
  halfLabel: 'from-afternoon' | 'until-midday',
  chosen: string | undefined,
  locale: Locale,
): Field {
  return {
    kind: 'choice',
    name,
    label: messages.say(locale, label),
    initial: chosen === half ? half : 'whole',
    options: [
      { value: 'whole', label: messages.say(locale, 'whole-day') },
      { value: half, label: messages.say(locale, halfLabel) },
    ],
  }
}

function timeFields({ fromTime, toTime }: Span, locale: Locale): readonly Field[] {
  const hint = messages.say(locale, 'form.time-hint')
  return [
    {
      kind: 'time',
      name: 'fromTime',
      label: messages.say(locale, 'form.from-time'),
      hint,
      optional: true,
      ...(fromTime && { initial: fromTime }),
    },
    {
      kind: 'time',
      name: 'toTime',
      label: messages.say(locale, 'form.to-time'),
      hint,
      optional: true,
      ...(toTime && { initial: toTime }),
    },
  ]
}
