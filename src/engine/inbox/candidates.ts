/** What an unclear word may mean, as a button shows it and as it would be typed. Pure. */
import { formatDate, formatMinutes } from '#core/calendar/civil.ts'
import type { CivilDate, Period } from '#core/command-args.ts'
import type { Locale } from '#core/i18n.ts'
import { messages } from './i18n.ts'

export interface Likely {
  /** On the button. */
  readonly label: string
  /** As it would be typed: read by the same parser as every answer. */
  readonly said: string
}

/** One meaning of an ambiguous argument: a stretch of days, or a word or number as it stands. */
export function likelyOf(candidate: unknown, locale: Locale): Likely {
  if (typeof candidate !== 'object' || candidate === null) return { label: String(candidate), said: String(candidate) }
  const period = candidate as Period
  return {
    label: written(period, locale, (date) => formatDate(date, locale)),
    said: written(period, locale, (date) => date),
  }
}

/**
 * What all meanings of an ambiguous stretch agree in: `明天起一周` may be five or seven days, but begins tomorrow. An
 * answer in words says the rest.
 */
export function agreedIn(candidates: readonly unknown[]): Readonly<Record<string, unknown>> {
  const [first, ...others] = candidates
  if (typeof first !== 'object' || first === null || others.length === 0) return {}
  const same = ([name, value]: [string, unknown]) =>
    others.every((other) => JSON.stringify((other as Record<string, unknown> | null)?.[name]) === JSON.stringify(value))
  return Object.fromEntries(Object.entries(first).filter(same))
}

function written(period: Period, locale: Locale, dated: (date: CivilDate) => string): string {
  const { from, to, fromHalf, toHalf, fromTime, toTime, amount } = period
  const end = (date: CivilDate | undefined, half: Period['fromHalf'], time: string | undefined) =>
    [date && dated(date), half && messages.say(locale, `likely.${half}`), time]
      .filter((part) => part !== undefined)
      .join(' ')
  const oneHalf = from !== undefined && from === to && fromHalf !== undefined && fromHalf === toHalf
  const start = end(from, fromHalf, fromTime)
  const stop = oneHalf ? '' : end(to === from ? undefined : to, to === from && !toHalf ? undefined : toHalf, toTime)
  const stretch =
    start !== '' && stop !== ''
      ? messages.say(locale, 'likely.range', { from: start, to: stop })
      : start || (stop && messages.say(locale, 'likely.until', { to: stop }))
  const length =
    amount === undefined
      ? ''
      : 'minutes' in amount
        ? formatMinutes(amount.minutes, locale)
        : messages.say(locale, 'likely.days', { n: amount.halfDays / 2 })
  return [stretch, length].filter((part) => part !== '').join(' ')
}
