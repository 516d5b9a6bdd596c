/** What a request comes to under the policy of this moment, or why it cannot be: the one place where leave is counted and checked. */
import { daysBetween, minuteOf, timeOf, yearOf } from '#core/calendar/civil.ts'
import { type CountBasis, type Counted, countDays, type Span } from '#core/calendar/count.ts'
import { patternSegments, type Segment, segmentsOn, type WorkingPattern } from '#core/calendar/pattern.ts'
import type { CivilDate } from '#core/command-args.ts'
import { Refusal } from '#core/errors.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import { messages } from '../i18n.ts'
import type { LeaveType } from '../policy.ts'
import { writeAmount, writeBalance, writeDay, writeMinutes, writeReason, writeSpan } from '../words.ts'
import { chainFor, type Measured, noticeFor } from './chain.ts'
import {
  type Amount,
  type Asker,
  type DayLine,
  fullDayMinutes,
  halvesPerDay,
  type NoticeFinding,
  type Said,
  type Terms,
} from './model.ts'
import { stretchOf } from './span.ts'

/**
 * Settles what was said. Throws a Refusal that names value, rule and way out: an unknown type, an end before the beginning,
 * too long, in the past, nothing to count, amount and range that disagree, smaller than the smallest piece, notice too short.
 * Overlap and allowance need rows: {@link refuseOverAllowance} and the database.
 */
export function termsOf(said: Said, asker: Asker): Terms {
  const type = said.type ?? asker.policy.defaultType
  const rule = typeRule(type, asker)
  refuseHours(said, rule, asker)
  const { span, proposed } = stretchOf(said.period, rule.basis, asker)
  refusePast(span, rule, asker)
  const counted = countDays(span, asker.pattern, asker.calendar, rule.basis)
  const days = dayLines(counted, rule.basis, asker)
  const amount = total(days)
  const [begins] = counted.segments
  if (begins === undefined) throw nothingToCount(days)
  refuseDisagreement(said, span, amount, counted.minutes)
  refuseFragment(rule, amount)
  const leave: Measured = { type, span, begins, ...amount }
  const notice = noticeFor(leave, asker)
  refuseShortNotice(leave, rule, notice, asker)
  return {
    type,
    basis: rule.basis,
    span,
    ...amount,
    minutes: counted.minutes,
    days,
    segments: counted.segments,
    provisional: counted.provisional,
    byYear: byYear(days),
    steps: chainFor(leave, asker.policy, fullDayMinutes(asker.pattern))?.steps ?? [],
    late: notice.filter(({ met }) => !met),
    proposed: said.type === undefined ? ['type', ...proposed] : proposed,
  }
}

/** What the days add up to. */
export function total(days: readonly DayLine[]): Amount {
  return {
    halfDays: days.reduce((sum, { halfDays }) => sum + halfDays, 0),
    restMinutes: days.reduce((sum, { restMinutes }) => sum + restMinutes, 0),
  }
}

/** Where the first stretch that counts begins: a half or cut first day begins where it was cut. Minutes of the day. */
export function beginningOf(
  { days, span }: { readonly days: readonly DayLine[]; readonly span: Span },
  pattern: WorkingPattern,
): { readonly date: CivilDate; readonly from: number } {
  const first = days.find(({ counted }) => counted)
  const segments = patternSegments(pattern)
  const [half] = first?.halves ?? []
  const opens = segments.find((segment) => half === undefined || segment.half === half)?.from ?? 0
  const date = first?.date ?? span.from
  return {
    date,
    from: date === span.from && span.fromTime ? Math.max(minuteOf(span.fromTime), segments[0]?.from ?? 0) : opens,
  }
}

/** What the days take from the allowance of each calendar year. */
export function byYear(days: readonly DayLine[]): readonly { readonly year: number; readonly minutes: number }[] {
  const years = new Map<number, number>()
  for (const { date, chargeMinutes } of days)
    if (chargeMinutes > 0) years.set(yearOf(date), (years.get(yearOf(date)) ?? 0) + chargeMinutes)
  return [...years].map(([year, minutes]) => ({ year, minutes }))
}

/** What is left of a limited type in one calendar year, before this request. */
export interface Available {
  readonly year: number
  readonly minutes: number
}

/** Throws a Refusal when a year's allowance does not hold what the request takes from it; exactly enough is enough. */
export function refuseOverAllowance(terms: Terms, available: readonly Available[], asker: Asker): void {
  const name = typeRule(terms.type, asker).name
  const dayMinutes = fullDayMinutes(asker.pattern)
  for (const { year, minutes } of terms.byYear) {
    const left = available.find((entry) => entry.year === year)?.minutes
    if (left === undefined || minutes <= left) continue
    throw new Refusal(
      (locale) =>
        messages.say(locale, 'refuse.allowance', {
          type: inLocale(name, locale),
          year,
          left: writeBalance(left, dayMinutes, locale),
          needed: writeBalance(minutes, dayMinutes, locale),
        }),
      { field: 'to', rule: 'LEAVE-08' },
    )
  }
}

/** The type as the policy has it. Throws a Refusal that names those there are. */
export function typeRule(type: string, { policy }: Asker): LeaveType {
  const rule = policy.types[type]
  if (rule !== undefined) return rule
  throw new Refusal(
    (locale) =>
      messages.say(locale, 'refuse.no-such-type', {
        type,
        types: Object.values(policy.types)
          .map(({ name }) => inLocale(name, locale))
          .join(messages.say(locale, 'comma')),
      }),
    { field: 'type' },
  )
}

function dayLines({ days, segments }: Counted, basis: CountBasis, { pattern, calendar }: Asker): readonly DayLine[] {
  const perDay = halvesPerDay(pattern)
  const full = fullDayMinutes(pattern)
  return days.map(({ date, counted, minutes, halves, info, reason }): DayLine => {
    const open = basis === 'calendar' ? patternSegments(pattern) : segmentsOn(date, pattern, calendar)
    const inside = segments.filter((segment) => segment.date === date)
    const minutesIn = (half: string) =>
      open.filter((segment) => segment.half === half).reduce((sum, segment) => sum + overlap(segment, inside), 0)
    const minutesOf = (half: string) =>
      open.filter((segment) => segment.half === half).reduce((sum, { from, to }) => sum + to - from, 0)
    const whole = halves.filter((half) => minutesIn(half) === minutesOf(half))
    const restMinutes = minutes - whole.reduce((sum, half) => sum + minutesOf(half), 0)
    return {
      date,
      counted,
      minutes,
      halves: whole,
      halfDays: (whole.length * 2) / perDay,
      restMinutes,
      chargeMinutes: Math.floor((whole.length * full) / perDay) + restMinutes,
      reason,
      ...(info.name && { name: info.name }),
    }
  })
}

function overlap(segment: Segment, inside: readonly { readonly from: number; readonly to: number }[]): number {
  return inside.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, segment.to) - Math.max(from, segment.from)),
    0,
  )
}

function refusePast({ from }: Span, { retrospectiveDays, name }: LeaveType, { today }: Asker): void {
  const back = daysBetween(from, today)
  if (back <= retrospectiveDays) return
  throw new Refusal(
    (locale) =>
      retrospectiveDays === 0
        ? messages.say(locale, 'refuse.past', { from: writeDay(from, locale, today) })
        : messages.say(locale, 'refuse.past-limit', {
            from: writeDay(from, locale, today),
            type: inLocale(name, locale),
            back,
            max: retrospectiveDays,
          }),
    { field: 'from', rule: 'LEAVE-17' },
  )
}

function nothingToCount(days: readonly DayLine[]): Refusal {
  const whys = (locale: Locale) =>
    [...new Set(days.map((line) => writeReason(line, locale)))].join(messages.say(locale, 'comma'))
  const [first, ...more] = days
  return new Refusal(
    (locale) =>
      first?.reason === 'working-day' || first?.reason === 'make-up-day'
        ? messages.say(locale, 'refuse.outside-hours', { day: writeDay(first.date, locale) })
        : more.length === 0
          ? messages.say(locale, 'refuse.day-off', { day: writeDay(first?.date ?? '', locale), why: whys(locale) })
          : messages.say(locale, 'refuse.days-off', {
              span: writeSpan({ from: first?.date ?? '', to: days.at(-1)?.date ?? '' }, locale),
              why: whys(locale),
            }),
    { field: 'from' },
  )
}

/** `3 days, 28 to 29 September`: neither the amount nor the range is taken for the right one. */
function refuseDisagreement({ period: { amount } }: Said, span: Span, counted: Amount, minutes: number): void {
  if (amount === undefined) return
  const agrees =
    'minutes' in amount ? amount.minutes === minutes : counted.restMinutes === 0 && amount.halfDays === counted.halfDays
  if (agrees) return
  throw new Refusal(
    (locale) =>
      messages.say(locale, 'refuse.disagree', {
        said:
          'minutes' in amount
            ? writeMinutes(amount.minutes, locale)
            : writeAmount({ halfDays: amount.halfDays, restMinutes: 0 }, locale),
        span: writeSpan(span, locale),
        counted: writeAmount(counted, locale),
      }),
    { field: 'to' },
  )
}

/** Less than any half of a day, of a type that is not taken in hours: to ask from when on would lead nowhere. */
function refuseHours({ period: { amount } }: Said, rule: LeaveType, { pattern }: Asker): void {
  if (rule.minUnit === 'hour' || amount === undefined || !('minutes' in amount)) return
  const shortest = Math.min(...patternSegments(pattern).map(({ from, to }) => to - from))
  if (amount.minutes < shortest) refuseFragment(rule, { halfDays: 0, restMinutes: amount.minutes })
}

function refuseFragment({ minUnit, name }: LeaveType, { halfDays, restMinutes }: Amount): void {
  const fits =
    minUnit === 'hour'
      ? restMinutes % 60 === 0
      : minUnit === 'halfDay'
        ? restMinutes === 0
        : restMinutes === 0 && halfDays % 2 === 0
  if (fits) return
  throw new Refusal(
    (locale) =>
      messages.say(locale, 'refuse.fragment', {
        type: inLocale(name, locale),
        unit: messages.say(locale, `unit.${minUnit}`),
        amount: writeAmount({ halfDays, restMinutes }, locale),
      }),
    { field: 'to' },
  )
}

/** Of several rules that are not met the one that asks for the latest day is named: whoever meets it meets all. */
function refuseShortNotice(
  leave: Measured,
  type: LeaveType,
  findings: readonly NoticeFinding[],
  { today }: Asker,
): void {
  const [worst] = findings
    .filter(({ met, rule }) => !met && rule.whenShort === 'refuse')
    .toSorted((a, b) => daysOrZero(b.earliest, today) - daysOrZero(a.earliest, today))
  if (worst === undefined) return
  const { rule, earliest } = worst
  throw new Refusal(
    (locale) => {
      const values = {
        type: inLocale(type.name, locale),
        amount: writeAmount(leave, locale),
        need: writeNeed(rule, locale),
        first: writeDay(leave.begins.date, locale, today),
      }
      return earliest === undefined
        ? messages.say(locale, 'refuse.notice-hours', { ...values, time: timeOf(leave.begins.from) })
        : messages.say(locale, 'refuse.notice', { ...values, earliest: writeDay(earliest, locale, today) })
    },
    { field: 'from', ...(rule.rule && { rule: rule.rule }) },
  )
}

/** `3 days`, `10 working days`, `1 month`, `1 hour`. */
export function writeNeed({ days, months, hours, in: unit }: NoticeFinding['rule'], locale: Locale): string {
  if (hours !== undefined) return messages.say(locale, 'need.hours', { n: hours })
  if (months !== undefined) return messages.say(locale, 'need.months', { n: months })
  return messages.say(locale, unit === 'workingDays' ? 'need.working-days' : 'need.days', { n: days ?? 0 })
}

function daysOrZero(date: CivilDate | undefined, today: CivilDate): number {
  return date === undefined ? 0 : daysBetween(today, date)
}
