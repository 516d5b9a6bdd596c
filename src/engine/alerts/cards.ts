/** What an alert looks like when it begins, while it lasts, and when it is over. Plain data in, a card out. */
import { formatInstant, formatMinutes } from '#core/calendar/civil.ts'
import type { Card } from '#core/card.ts'
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import type { Locale } from '#core/i18n.ts'
import type { Reader } from '../context.ts'
import { messages } from './i18n.ts'
import type { AlertFacts, AlertKind } from './watch.ts'

export interface AlertView {
  readonly kind: AlertKind
  readonly facts: AlertFacts
  readonly openedAt: Instant
}

/** What to type, exactly; `ID` is the number in the list. */
const COMMANDS: Readonly<Record<AlertKind, readonly string[]>> = {
  'outbox.dead': ['outbox list --state dead', 'outbox retry ID', 'outbox drop ID'],
  'inbox.parked': ['inbox list', 'inbox retry ID', 'inbox drop ID'],
  'jobs.failed': ['jobs list --state failed', 'jobs retry ID', 'jobs drop ID'],
  'jobs.late': ['jobs list --state waiting'],
  'platform.down': ['check'],
  'calendar.missing': ['calendar import FILE', 'calendar import FILE --apply'],
  'backup.missing': ['backup', 'jobs list'],
}

/** The commands of a kind as they are typed. */
export const commandsOf = (kind: AlertKind): readonly string[] =>
  COMMANDS[kind].map((words) => `npm run ops -- ${words}`)

/** What is wrong, in one line. */
export function titleOf(locale: Locale, { kind, facts }: Pick<AlertView, 'kind' | 'facts'>): string {
  const { platform = '', year = '' } = facts
  if (kind === 'outbox.dead' && platform === 'none') return messages.say(locale, 'outbox.dead.nowhere')
  if (kind === 'outbox.dead' || kind === 'platform.down') return messages.say(locale, `${kind}.title`, { platform })
  if (kind === 'calendar.missing') return messages.say(locale, 'calendar.missing.title', { year })
  return messages.say(locale, `${kind}.title`)
}

/** The same in a sentence or two, with its numbers. */
export function textOfAlert({ locale, zone }: Reader, { kind, facts }: Pick<AlertView, 'kind' | 'facts'>): string {
  const {
    count = 0,
    platform = '',
    detail = '',
    reference = '',
    job = '',
    minutes = 0,
    year = '',
    days = 0,
    last,
  } = facts
  switch (kind) {
    case 'outbox.dead':
      return messages.say(locale, 'outbox.dead.text', { count })
    case 'inbox.parked':
      return messages.say(locale, 'inbox.parked.text', { count, reference })
    case 'jobs.failed':
      return messages.say(locale, 'jobs.failed.text', { count, job })
    case 'jobs.late':
      return messages.say(locale, 'jobs.late.text', { count, job, minutes })
    case 'platform.down':
      return messages.say(locale, 'platform.down.text', { platform, detail })
    case 'calendar.missing':
      return messages.say(locale, 'calendar.missing.text', { year })
    case 'backup.missing':
      return typeof last === 'number'
        ? messages.say(locale, 'backup.missing.text', { last: formatInstant(last, zone, locale), days })
        : messages.say(locale, 'backup.missing.never', { days })
  }
}

/** @param changedAt when it is written anew while it lasts */
export function alertCard(reader: Reader, alert: AlertView, changedAt?: Instant): Card {
  const { locale, zone } = reader
  const at = changedAt === undefined ? undefined : formatInstant(changedAt, zone, locale)
  return {
    title: titleOf(locale, alert),
    tone: 'warning',
    text: textOfAlert(reader, alert),
    fields: [
      { label: messages.say(locale, 'since'), value: formatInstant(alert.openedAt, zone, locale) },
      { label: messages.say(locale, 'what-to-do'), value: messages.say(locale, `${alert.kind}.do`) },
    ],
    list: [messages.say(locale, 'command'), ...commandsOf(alert.kind)],
    note: at === undefined ? messages.say(locale, 'note.over') : messages.say(locale, 'note.changed', { at }),
  }
}

export function overCard({ locale, zone }: Reader, alert: AlertView, closedAt: Instant): Card {
  const minutes = Math.max(1, Math.round((closedAt - alert.openedAt) / MINUTE_MS))
  return {
    title: messages.say(locale, 'over', { title: titleOf(locale, alert) }),
    tone: 'good',
    text: messages.say(locale, 'over.text', {
      since: formatInstant(alert.openedAt, zone, locale),
      length: formatMinutes(minutes, locale),
    }),
  }
}
