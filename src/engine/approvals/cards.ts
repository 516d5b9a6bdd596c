/** What an approval looks like: the feature's card with buttons while it is open, with the outcome when it is not. */
import { formatInstant } from '#core/calendar/civil.ts'
import { button, type Card, type Markup } from '#core/card.ts'
import { type Form, form } from '#core/form.ts'
import type { Locale, Say } from '#core/i18n.ts'
import type { Reader } from '../context.ts'
import { Approve, AskReason, Reject } from './contracts.ts'
import { messages } from './i18n.ts'

/** Where a step stands, with names instead of ids. */
export interface StepView {
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn'
  /** Who is asked, or who decided. */
  readonly who: Say
  readonly whom: Say | null
  readonly at: number | null
  readonly reason: string | null
  /** Who is asked next, when this step was approved and another follows. */
  readonly next: Say | null
}

export function openCard(
  reader: Reader,
  card: Card,
  step: { approval: number; position: number },
  extra?: string,
): Card {
  const { locale } = reader
  return {
    ...card,
    tone: 'waiting',
    buttons: [
      button(Approve, step, messages.say(locale, 'approve'), { style: 'primary' }),
      button(AskReason, step, messages.say(locale, 'reject'), { style: 'danger' }),
      ...(card.buttons ?? []),
    ],
    ...(extra ? { note: joined(extra, card.note) } : {}),
  }
}

/** The same card with what became of it; of its buttons only the feature's own, for looking. */
export function resolvedCard(reader: Reader, card: Card, step: StepView): Card {
  const tone = { open: 'waiting', approved: 'good', rejected: 'bad', withdrawn: 'neutral' } as const
  return { ...card, tone: tone[step.state], note: joined(stateLine(reader, step), card.note) }
}

/** Where an open card lay before it was brought again: nothing is left to press. */
export function movedCard(reader: Reader, card: Card): Card {
  const { buttons: _, ...rest } = card
  return { ...rest, note: joined(messages.say(reader.locale, 'moved'), card.note) }
}

/** One line: `陈主管 已同意，9月28日（周一）10:00`. */
export function stateLine(reader: Reader, step: StepView): string {
  const { locale } = reader
  if (step.state === 'withdrawn') return messages.say(locale, 'step.withdrawn')
  if (step.state === 'open') return messages.say(locale, 'step.waiting', { who: step.who(locale) })
  const by = step.who(locale)
  const who = step.whom ? messages.say(locale, 'step.behalf', { who: by, whom: step.whom(locale) }) : by
  const when = step.at === null ? '' : formatInstant(step.at, reader.zone, locale)
  const lines = [messages.say(locale, step.state === 'approved' ? 'step.approved' : 'step.rejected', { who, when })]
  if (step.reason) lines.push(messages.say(locale, 'step.reason', { reason: step.reason }))
  if (step.next) lines.push(messages.say(locale, 'step.next', { who: step.next(locale) }))
  return lines.join('\n')
}

export function reasonForm(locale: Locale, step: { approval: number; position: number }): Form {
  return form(Reject, step, {
    title: messages.say(locale, 'reject.title'),
    fields: [
      {
        kind: 'longText',
        name: 'reason',
        label: messages.say(locale, 'reject.reason'),
        hint: messages.say(locale, 'reject.hint'),
        charsMax: 500,
      },
    ],
    submit: messages.say(locale, 'reject.submit'),
    cancel: messages.say(locale, 'cancel'),
  })
}

function joined(line: string, note: Markup | undefined): Markup {
  if (note === undefined) return line
  return [line, { newline: true }, ...(typeof note === 'string' ? [note] : note)]
}
