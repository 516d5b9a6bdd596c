/** A request that was sent: for those who decide, for those who are told, and for the one who asked, in every state. */
import { button, type Card, type Markup, type Tone } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { ChangeLeave, ShowLeave, WithdrawLeave } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { dropButton, howLine, papersField, seeButton } from './papers.ts'
import {
  balanceField,
  chainField,
  dayList,
  note,
  reasonField,
  remarks,
  replacesField,
  stepsField,
  termFields,
} from './parts.ts'
import type { OwnView, RequestView } from './view.ts'

/** What has to be decided: the approvals add their buttons, and the outcome. */
export function requestCard({ locale }: Reader, view: RequestView): Card {
  const title = view.replaces ? 'request.title-change' : 'request.title'
  return {
    title: messages.say(locale, title, { name: view.name }),
    fields: [
      ...termFields(view, locale),
      ...reasonField(view.reason, locale),
      ...balanceField(view.left, locale),
      { label: messages.say(locale, 'field.others'), value: writeOthers(view.othersAway, locale) },
      ...replacesField(view.replaces, locale),
      ...papersField(view.papers, locale),
    ],
    ...dayList(view, locale),
    ...(view.papers > 0 ? { buttons: [seeButton(view.id, locale)] } : {}),
    ...note([
      messages.say(locale, 'request.number', { id: view.id }),
      // Once papers are there their number says it.
      ...remarks({ ...view, proof: view.papers > 0 ? undefined : view.proof }, locale, 'late-noted'),
    ]),
  }
}

/** For those who are told and decide nothing. */
export function toldCard(reader: Reader, view: RequestView): Card {
  return {
    ...requestCard(reader, view),
    title: messages.say(reader.locale, 'told.title', { name: view.name }),
    text: messages.say(reader.locale, 'told.text'),
  }
}

const TONES: Readonly<Record<OwnView['state'], Tone>> = {
  pending: 'waiting',
  approved: 'good',
  rejected: 'bad',
  withdrawn: 'neutral',
  lapsed: 'neutral',
  discarded: 'neutral',
  replaced: 'neutral',
}

/** The one card of the person who asked: the draft becomes it when it is sent, and it follows the request to its end. */
export function ownCard({ locale }: Reader, view: OwnView): Card {
  const text = ownText(view, locale)
  const stands = view.state === 'approved' || view.state === 'pending'
  const proof = stands ? view.proof : undefined
  const { id, today, papersDue: due } = view
  const how = proof && due !== undefined && view.papers === 0 ? [howLine({ id, due, today }, locale)] : []
  return {
    title: ownTitle(view, locale),
    tone: TONES[view.state],
    ...(text && { text }),
    fields: [
      ...termFields(view, locale),
      ...(view.told.length > 0 ? [chainField([], view.told, locale)] : stepsField(view.steps, locale)),
      ...reasonField(view.reason, locale),
      ...(stands ? papersField(view.papers, locale) : []),
    ],
    ...ownButtons(view, locale),
    ...note([messages.say(locale, 'request.number', { id }), ...remarks({ ...view, proof }, locale), ...how]),
  }
}

function ownTitle({ state, told }: OwnView, locale: Locale): string {
  if (state === 'pending') return messages.say(locale, 'pending.title')
  return messages.say(locale, state === 'approved' && told.length > 0 ? 'closed.noted' : `closed.${state}`)
}

function ownText(view: OwnView, locale: Locale): Markup | undefined {
  switch (view.state) {
    case 'pending':
      return messages.say(locale, 'pending.text')
    case 'approved':
      return messages.say(locale, 'approved.text')
    case 'rejected': {
      if (view.rejected === undefined) return undefined
      const { by: name, reason } = view.rejected
      return [
        messages.say(locale, 'rejected.text', { name, reason }),
        { newline: true },
        messages.say(locale, 'rejected.way-out', { name }),
      ]
    }
    case 'withdrawn':
      return messages.say(locale, 'withdrawn.text')
    case 'lapsed':
      return messages.say(locale, 'draft.lapsed', { hours: view.lapseHours })
    case 'discarded':
      return messages.say(locale, 'draft.discarded')
    case 'replaced':
      return view.replacedBy === undefined ? undefined : messages.say(locale, 'replaced.text', { id: view.replacedBy })
  }
}

function ownButtons({ id: requestId, state, begun, papers }: OwnView, locale: Locale): Pick<Card, 'buttons'> {
  if (state !== 'pending' && state !== 'approved') return {}
  const confirm = {
    title: messages.say(locale, 'confirm.withdraw-title'),
    text: messages.say(locale, 'confirm.withdraw-text'),
    yes: messages.say(locale, 'confirm.yes'),
    no: messages.say(locale, 'confirm.no'),
  }
  return {
    buttons: [
      ...(begun
        ? []
        : [
            button(WithdrawLeave, { requestId }, messages.say(locale, 'pending.withdraw'), {
              style: 'danger',
              confirm,
            }),
          ]),
      ...(state === 'pending' ? [button(ChangeLeave, { requestId }, messages.say(locale, 'draft.change'))] : []),
      button(ShowLeave, { requestId }, messages.say(locale, 'pending.details')),
      ...(papers > 0 ? [seeButton(requestId, locale)] : []),
      ...(papers > 0 && state === 'pending' ? [dropButton(requestId, locale)] : []),
    ],
  }
}

function writeOthers(n: number, locale: Locale): string {
  return n === 0 ? messages.say(locale, 'others.none') : messages.say(locale, 'others.some', { n })
}
