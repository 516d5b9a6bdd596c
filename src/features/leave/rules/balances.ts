/** Amounts as people keep them in lists of balances: days or hours in a cell, exact to the minute, and back. */
import { inLocale, type Locale } from '#core/i18n.ts'
import { fold } from '#core/parser/fold.ts'

/** What a number without a unit counts. */
export type BalanceUnit = 'day' | 'hour'

const NUMBER = String.raw`(\d{1,5}(?:\.\d{1,6})?)`
const AMOUNT = new RegExp(
  `^(-?)(?:${NUMBER}(?:天|日|d|days?))?(?:${NUMBER}(?:小时|个小时|时|h|hrs?|hours?))?(?:(\\d{1,6})(?:分钟|分|m|mins?|minutes?))?$`,
)
const PLAIN = new RegExp(`^(-?)${NUMBER}$`)

/** Halves as the product itself writes them: `7天半`, `半天`, `7½ days`, `½ day`. */
function withoutHalves(folded: string): string {
  return folded
    .replace(/^(-?)(\d{0,5})½/, (_, sign: string, whole: string) => `${sign}${whole || '0'}.5`)
    .replace(/^(-?\d{1,5})([天日])半/, '$1.5$2')
    .replace(/^(-?)半(?=[天日])/, (_, sign: string) => `${sign}0.5`)
}

/**
 * `7.5`, `7天半`, `7天3小时`, `12 h`, `90 分钟` as minutes of a person whose full day has `dayMinutes`. Half a day of an odd number of
 * minutes is rounded down, as everywhere in leave.
 * @returns undefined for what is no amount; `not-whole` for one that comes to no whole minute
 */
export function minutesIn(text: string, dayMinutes: number, unit: BalanceUnit): number | 'not-whole' | undefined {
  const folded = withoutHalves(fold(text).replaceAll(' ', ''))
  const plain = PLAIN.exec(folded)
  const found = plain ? undefined : AMOUNT.exec(folded)
  const sign = plain?.[1] ?? found?.[1]
  const days = plain && unit === 'day' ? plain[2] : found?.[2]
  const hours = plain && unit === 'hour' ? plain[2] : found?.[3]
  const minutes = found?.[4]
  if (sign === undefined || (days === undefined && hours === undefined && minutes === undefined)) return undefined
  const parts = [exact(days, dayMinutes), exact(hours, 60), Number(minutes ?? 0)]
  const whole = parts.filter((part) => part !== undefined)
  if (whole.length < parts.length) return 'not-whole'
  const sum = whole.reduce((total, part) => total + part, 0)
  return sign === '-' && sum !== 0 ? -sum : sum
}

/** `decimal` times `each`, computed with whole numbers; undefined when a fraction is left that is no half. */
function exact(decimal: string | undefined, each: number): number | undefined {
  if (decimal === undefined) return 0
  const [whole = '', fraction = ''] = decimal.split('.')
  const scale = 10n ** BigInt(fraction.length)
  const product = BigInt(whole + fraction) * BigInt(each)
  if (product % scale === 0n) return Number(product / scale)
  return /^50*$/.test(fraction) ? Number(product / scale) : undefined
}

/** The way back of {@link minutesIn} with days: a number where whole and half days say it exactly, else words. */
export function balanceCell(minutes: number, dayMinutes: number, locale: Locale): number | string {
  const amount = Math.abs(minutes)
  const halfDays = Math.round((amount * 2) / dayMinutes)
  const sign = minutes < 0 ? '-' : ''
  if (Math.floor((halfDays * dayMinutes) / 2) === amount) return minutes < 0 ? -halfDays / 2 : halfDays / 2
  const [days, rest] = [Math.floor(amount / dayMinutes), amount % dayMinutes]
  const parts = [
    [days, inLocale({ 'zh-CN': '天', en: ' d' }, locale)],
    [Math.floor(rest / 60), inLocale({ 'zh-CN': '小时', en: ' h' }, locale)],
    [rest % 60, inLocale({ 'zh-CN': '分钟', en: ' min' }, locale)],
  ] as const
  const words = parts.filter(([count]) => count > 0).map(([count, word]) => `${count}${word}`)
  return `${sign}${words.join(locale === 'en' ? ' ' : '')}`
}
