/** The draft: what the request would be, day by day, what was proposed, who would decide; sent, changed or discarded from here. */
import { formatInstant } from '#core/calendar/civil.ts'
import { button, type Card } from '#core/card.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { ChangeLeave, DiscardDraft, SendDraft } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { writeDay, writeHalf } from '../words.ts'
import { papersField } from './papers.ts'
import { balanceField, chainField, dayList, note, reasonField, remarks, replacesField, termFields } from './parts.ts'
import type { DraftView } from './view.ts'

export function draftCard({ locale, zone }: Reader, view: DraftView): Card {
  const { id: requestId, proposed, lapsesAt, replaces, papers } = view
  const proposals = proposalLines(view, locale)
  return {
    title: replaces
      ? messages.say(locale, 'draft.title-change', { id: replaces.id })
      : messages.say(locale, 'draft.title'),
    tone: 'waiting',
    text: [messages.say(locale, 'draft.text'), ...proposals.flatMap((line) => [{ newline: true as const }, line])],
    fields: [
      ...termFields(view, locale),
      chainField(view.chain, view.told, locale),
      ...reasonField(view.reason, locale),
      ...balanceField(view.left, locale),
      ...papersField(papers, locale),
      ...replacesField(replaces, locale),
    ],
    ...dayList(view, locale),
    buttons: [
      button(SendDraft, { requestId }, messages.say(locale, 'draft.send'), { style: 'primary' }),
      button(ChangeLeave, { requestId }, messages.say(locale, 'draft.change')),
      button(DiscardDraft, { requestId }, messages.say(locale, 'draft.discard')),
    ],
    ...note([
      ...remarks({ ...view, proof: papers > 0 ? undefined : view.proof }, locale),
      ...(proposed.length > 0 ? [messages.say(locale, 'proposed.change')] : []),
      messages.say(locale, 'draft.lapses', { at: formatInstant(lapsesAt, zone, locale) }),
    ]),
  }
}

/** Every guess in its own sentence. */
function proposalLines({ proposed, type, span, today }: DraftView, locale: Locale): readonly string[] {
  return proposed.map((what) => {
    if (what === 'type') return messages.say(locale, 'proposed.type', { type: inLocale(type, locale) })
    if (what === 'from') return messages.say(locale, 'proposed.from', { from: writeDay(span.from, locale, today) })
    if (what === 'half') return messages.say(locale, 'proposed.half', { half: writeHalf('morning', locale) })
    if (what === 'start') return messages.say(locale, 'proposed.start', { time: span.fromTime ?? '' })
    return messages.say(locale, `proposed.${what}`)
  })
}
