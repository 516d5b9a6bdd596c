/** Several requests at once, and one in all its detail. */
import { formatInstant } from '#core/calendar/civil.ts'
import { type Card, select } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { WithdrawChosen } from '../contracts.ts'
import { messages } from '../i18n.ts'
import type { LedgerLine } from '../repository/ledger.ts'
import type { LeaveState } from '../repository/requests.ts'
import { writeAmount, writeBalance, writeDays, writeSpan } from '../words.ts'
import { note, reasonField, remarks, stepsField, termFields } from './parts.ts'
import type { Balance, LeaveView, StepView } from './view.ts'

/** One line of a list. */
export type Entry = Pick<LeaveView, 'id' | 'span' | 'amount' | 'type'> & { readonly state: ShownState }

/** `noted`: it holds without anybody's decision. */
export type ShownState = LeaveState | 'noted'

export interface ListView {
  readonly entries: readonly Entry[]
  readonly balances: readonly (Balance & { readonly type: Text })[]
  readonly today: CivilDate
  /** How the details of one are asked for here. */
  readonly showCommand: string
}

export function listCard({ locale }: Reader, { entries, balances, today, showCommand }: ListView): Card {
  return {
    title: messages.say(locale, 'list.title'),
    ...(entries.length === 0
      ? { text: messages.say(locale, 'list.empty') }
      : { list: entries.map((entry) => writeEntry(entry, locale, today)) }),
    ...note([
      ...balances.map(({ type, year, minutes, dayMinutes }) =>
        messages.say(locale, 'list.left', {
          type: inLocale(type, locale),
          year,
          left: writeBalance(minutes, dayMinutes, locale),
        }),
      ),
      ...(entries.length === 0 ? [] : [messages.say(locale, 'list.hint', { command: showCommand })]),
    ]),
  }
}

export function writeEntry({ id, span, amount, type, state }: Entry, locale: Locale, today?: CivilDate): string {
  return messages.say(locale, 'list.line', {
    id,
    span: writeSpan(span, locale, today),
    amount: writeAmount(amount, locale),
    type: inLocale(type, locale),
    state: messages.say(locale, `state.${state}`),
  })
}

/** Asks which of several is meant. */
export function whichCard({ locale }: Reader, entries: readonly Entry[], today: CivilDate): Card {
  return {
    title: messages.say(locale, 'which.title'),
    select: select(
      WithdrawChosen,
      {},
      {
        label: messages.say(locale, 'which.label'),
        options: entries.map(({ id, span, amount }) => ({
          value: String(id),
          label: messages.say(locale, 'which.option', {
            id,
            span: writeSpan(span, locale, today),
            amount: writeAmount(amount, locale),
          }),
        })),
      },
    ),
  }
}

export interface DetailView extends LeaveView {
  readonly state: ShownState
  readonly steps: readonly StepView[]
  readonly ledger: readonly LedgerLine[]
  readonly dayMinutes: number
  readonly submittedAt: Instant | null
  readonly policyVersion: number
  readonly proof: Text | undefined
}

/** `why`: every day with its count or the reason it does not count, who decided, and what the ledger says. */
export function detailCard({ locale, zone }: Reader, view: DetailView): Card {
  const { submittedAt, policyVersion: version, ledger } = view
  return {
    title: messages.say(locale, 'show.title', { id: view.id }),
    fields: [
      { label: messages.say(locale, 'field.who'), value: view.name },
      ...termFields(view, locale),
      { label: messages.say(locale, 'field.state'), value: messages.say(locale, `state.${view.state}`) },
      ...stepsField(view.steps, locale),
      ...reasonField(view.reason, locale),
    ],
    list: [
      ...writeDays(view.days, locale, view.today),
      ...ledger.flatMap((line) => writeLedger(line, view.dayMinutes, locale)),
    ],
    ...note([
      ...remarks(view, locale),
      ...(submittedAt === null
        ? []
        : [messages.say(locale, 'show.filed', { at: formatInstant(submittedAt, zone, locale), version })]),
    ]),
  }
}

function writeLedger(
  { leaveYear: year, minutes, kind }: LedgerLine,
  dayMinutes: number,
  locale: Locale,
): readonly string[] {
  const known = (['reserve', 'release'] as const).find((name) => name === kind)
  if (known === undefined) return []
  const change = `${minutes > 0 ? '+' : ''}${writeBalance(minutes, dayMinutes, locale)}`
  return [messages.say(locale, 'show.ledger', { year, change, kind: messages.say(locale, `ledger.${known}`) })]
}
