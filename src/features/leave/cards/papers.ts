/** Papers of a leave: owed, come, missing, and the list of what is still owed. */
import { button, type Card } from '#core/card.ts'
import type { CivilDate } from '#core/command-args.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { DropPapers, SeePapers, ShowLeave } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { writeDay, writeSpan } from '../words.ts'
import { note } from './parts.ts'
import type { LeaveView } from './view.ts'

export type PaperLeave = Pick<LeaveView, 'id' | 'name' | 'type' | 'span' | 'today'>
export interface OwedView extends PaperLeave {
  readonly proof: Text
  readonly due: CivilDate
}

/** To the one who owes them: what, and how they are handed in. */
export function owedCard({ locale }: Reader, view: OwedView): Card {
  return {
    title: messages.say(locale, 'papers.owed-title'),
    tone: 'waiting',
    text: messages.say(locale, 'proof', { proof: inLocale(view.proof, locale) }),
    fields: whichLeave(view, locale),
    ...note([howLine(view, locale)]),
  }
}

/** To those who decided or were told: how many there are now, to be looked at. `files` may have become 0 again. */
export function cameCard({ locale }: Reader, view: PaperLeave & { readonly files: number }): Card {
  const { id: requestId, files, name } = view
  return {
    title: messages.say(locale, files > 0 ? 'papers.came-title' : 'papers.none-title', { name }),
    tone: files > 0 ? 'good' : 'neutral',
    fields: [...whichLeave(view, locale), ...papersField(files, locale)],
    ...(files > 0 ? { buttons: [seeButton(requestId, locale)] } : {}),
    ...note([messages.say(locale, 'request.number', { id: requestId })]),
  }
}

/** To the superior: they have not come, and what follows is theirs to decide. */
export function missingCard({ locale }: Reader, view: OwedView): Card {
  const { id: requestId, name, due, today, proof } = view
  return {
    title: messages.say(locale, 'papers.missing-title', { name }),
    tone: 'warning',
    text: messages.say(locale, 'papers.missing-text'),
    fields: [
      ...whichLeave(view, locale),
      { label: messages.say(locale, 'field.papers'), value: inLocale(proof, locale) },
      { label: messages.say(locale, 'field.due'), value: writeDay(due, locale, today) },
    ],
    buttons: [button(ShowLeave, { requestId }, messages.say(locale, 'pending.details'))],
    ...note([messages.say(locale, 'request.number', { id: requestId })]),
  }
}

/** What is still owed: by oneself, and by those whose leave one may see. */
export function owedListCard(
  { locale }: Reader,
  { mine, others }: { mine: readonly OwedView[]; others: readonly OwedView[] },
): Card {
  if (mine.length + others.length === 0) return { title: messages.say(locale, 'papers.list-empty') }
  const line = (view: OwedView, name = '') =>
    messages.say(locale, 'papers.line', {
      name: name === '' ? '' : messages.say(locale, 'papers.of', { name }),
      id: view.id,
      type: inLocale(view.type, locale),
      span: writeSpan(view.span, locale, view.today),
      due: writeDay(view.due, locale, view.today),
    })
  const [first] = mine
  return {
    title: messages.say(locale, 'papers.list-title'),
    list: [...mine.map((view) => line(view)), ...others.map((view) => line(view, view.name))],
    ...note(first ? [howLine(first, locale)] : []),
  }
}

const whichLeave = ({ id, type, span, today }: PaperLeave, locale: Locale) => [
  { label: messages.say(locale, 'field.type'), value: `${inLocale(type, locale)} #${id}` },
  { label: messages.say(locale, 'field.when'), value: writeSpan(span, locale, today) },
]

/** When and how they are handed in. */
export const howLine = ({ id, due, today }: { id: number; due: CivilDate; today: CivilDate }, locale: Locale): string =>
  messages.say(locale, 'papers.how', { id, due: writeDay(due, locale, today) })

export const papersField = (files: number, locale: Locale): NonNullable<Card['fields']> =>
  files === 0
    ? []
    : [{ label: messages.say(locale, 'field.papers'), value: messages.say(locale, 'papers.count', { n: files }) }]

export const seeButton = (requestId: number, locale: Locale) =>
  button(SeePapers, { requestId }, messages.say(locale, 'papers.see'))

export const dropButton = (requestId: number, locale: Locale) =>
  button(DropPapers, { requestId }, messages.say(locale, 'papers.drop'), {
    confirm: {
      title: messages.say(locale, 'papers.drop-title'),
      text: messages.say(locale, 'papers.drop-text'),
      yes: messages.say(locale, 'papers.drop'),
      no: messages.say(locale, 'confirm.no-drop'),
    },
  })
