/** What meetings look like: the reminder before one. */
import { formatInstant, formatMinutes } from '#core/calendar/civil.ts'
import type { Card, Markup, Run } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { messages } from './i18n.ts'

/** So many of those who lead a meeting are named; the rest are counted. */
const NAMED_MAX = 5

export interface ReminderView {
  readonly name: Text
  readonly startsAt: Instant
  /** Whole minutes until then; 0 when it starts now. */
  readonly minutesLeft: number
  /** When the reminder should have come; only when it comes late. */
  readonly lateSince?: Instant
  readonly chair?: {
    readonly role: Text
    /** Who holds it; `away` when they are not there at that time. */
    readonly holders: readonly { readonly person: string; readonly name: string; readonly away: boolean }[]
  }
}

/** `部门例会将于30分钟后开始`, with its time and who leads it; a late one says so. */
export function reminderCard({ locale, zone }: Reader, view: ReminderView): Card {
  const { minutesLeft, lateSince } = view
  const name = inLocale(view.name, locale)
  const reminder =
    minutesLeft === 0
      ? messages.say(locale, 'starts-now', { name })
      : messages.say(locale, 'starts-in', { name, length: formatMinutes(minutesLeft, locale) })
  const time = { label: messages.say(locale, 'time'), value: formatInstant(view.startsAt, zone, locale) }
  const chair = view.chair && { label: messages.say(locale, 'chair'), value: chairOf(locale, view.chair) }
  return {
    title: lateSince === undefined ? reminder : messages.say(locale, 'late', { reminder }),
    tone: lateSince === undefined ? 'neutral' : 'warning',
    fields: chair ? [time, chair] : [time],
    ...(lateSince === undefined
      ? {}
      : { note: messages.say(locale, 'late-note', { due: formatInstant(lateSince, zone, locale) }) }),
  }
}

/** `客服主管：` and the people; those who are away are named and not called. */
function chairOf(locale: Locale, { role, holders }: NonNullable<ReminderView['chair']>): Markup {
  if (holders.length === 0) return inLocale(role, locale)
  const people = holders.slice(0, NAMED_MAX).flatMap(({ person, name, away }, index): Run[] => {
    const one = away ? messages.say(locale, 'away', { name }) : { person, name }
    return index === 0 ? [one] : [messages.say(locale, 'separator'), one]
  })
  const count = holders.length - NAMED_MAX
  return [
    messages.say(locale, 'role', { role: inLocale(role, locale) }),
    ...people,
    ...(count > 0 ? [messages.say(locale, 'and-more', { count })] : []),
  ]
}
