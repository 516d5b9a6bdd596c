/** Fields and lines that several cards of leave share. */
import type { Card, Markup } from '#core/card.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import { messages } from '../i18n.ts'
import type { NoticeRule } from '../policy.ts'
import { writeNeed } from '../rules/terms.ts'
import { writeAmount, writeBalance, writeDaysBriefly, writeSpan } from '../words.ts'
import type { Balance, ChainStep, LeaveView, Replaced, StepView } from './view.ts'

type Field = NonNullable<Card['fields']>[number]

/** Type, when, how much. */
export function termFields({ type, span, amount, today }: LeaveView, locale: Locale): readonly Field[] {
  return [
    { label: messages.say(locale, 'field.type'), value: inLocale(type, locale) },
    { label: messages.say(locale, 'field.when'), value: writeSpan(span, locale, today) },
    { label: messages.say(locale, 'field.amount'), value: [{ bold: writeAmount(amount, locale) }] },
  ]
}

/** The reason as it was typed, in quotation marks; nothing when none was given. */
export function reasonField(reason: string | null, locale: Locale): readonly Field[] {
  if (reason === null) return []
  return [{ label: messages.say(locale, 'field.reason'), value: messages.say(locale, 'quoted', { reason }) }]
}

export function balanceField(left: readonly Balance[], locale: Locale): readonly Field[] {
  if (left.length === 0) return []
  const value = left
    .map(({ year, minutes, dayMinutes }) =>
      messages.say(locale, 'field.balance-year', { year, left: writeBalance(minutes, dayMinutes, locale) }),
    )
    .join(messages.say(locale, 'comma'))
  return [{ label: messages.say(locale, 'field.balance'), value }]
}

export function replacesField(replaced: Replaced | undefined, locale: Locale): readonly Field[] {
  if (replaced === undefined) return []
  const { id, span, amount } = replaced
  const value = messages.say(locale, 'which.option', {
    id,
    span: writeSpan(span, locale),
    amount: writeAmount(amount, locale),
  })
  return [{ label: messages.say(locale, 'field.replaces'), value }]
}

/** Who will be asked, by role and name; or, where nobody decides, who is told. */
export function chainField(chain: readonly ChainStep[], told: readonly string[], locale: Locale): Field {
  const names = (people: readonly string[]) => people.join(messages.say(locale, 'comma'))
  const value =
    chain.length === 0
      ? messages.say(locale, 'told-only', { who: names(told) })
      : chain
          .map(({ role, names: who }) =>
            messages.say(locale, 'step.role', { role: inLocale(role, locale), who: names(who) }),
          )
          .join(messages.say(locale, 'step.then'))
  return { label: messages.say(locale, 'field.chain'), value }
}

/** How far the chain has come. */
export function stepsField(steps: readonly StepView[], locale: Locale): readonly Field[] {
  // Those who were passed over, or not asked any more, are no part of what happened.
  const real = steps.filter(({ state }) => state !== 'skipped' && state !== 'withdrawn')
  if (real.length === 0) return []
  const value = real
    .map(({ role, state, names }) => {
      const values = { role: inLocale(role, locale), who: names.join(messages.say(locale, 'comma')) }
      if (state === 'approved') return messages.say(locale, 'step.done', values)
      if (state === 'rejected') return messages.say(locale, 'step.no', values)
      return state === 'open' ? messages.say(locale, 'step.open', values) : values.role
    })
    .join(messages.say(locale, 'step.then'))
  return [{ label: messages.say(locale, 'field.chain'), value }]
}

/** The days one by one; the card of a single whole working day needs none. */
export function dayList({ days, today }: LeaveView, locale: Locale): { list?: readonly Markup[] } {
  const plain = days.length === 1 && days[0]?.reason === 'working-day' && days[0].restMinutes === 0
  return plain ? {} : { list: writeDaysBriefly(days, locale, today) }
}

/**
 * Small print that belongs to the leave itself: papers, a year not known, notice that came late.
 * @param lateAs `late` says to who still may send it that it may be sent; `late-noted`, that it was
 */
export function remarks(
  {
    unknownYears,
    proof,
    late,
  }: Pick<LeaveView, 'unknownYears'> & { proof: Text | undefined; late?: readonly NoticeRule[] },
  locale: Locale,
  lateAs: 'late' | 'late-noted' = 'late',
): readonly string[] {
  const comma = messages.say(locale, 'comma')
  return [
    ...(unknownYears.length > 0 ? [messages.say(locale, 'provisional', { years: unknownYears.join(comma) })] : []),
    ...(late ?? []).map((rule) => messages.say(locale, lateAs, { need: writeNeed(rule, locale) })),
    ...(proof ? [messages.say(locale, 'proof', { proof: inLocale(proof, locale) })] : []),
  ]
}

/** Lines as small print; nothing when there are none. */
export function note(lines: readonly string[]): { note?: Markup } {
  if (lines.length === 0) return {}
  return { note: lines.flatMap((line, index) => (index === 0 ? [line] : [{ newline: true as const }, line])) }
}
