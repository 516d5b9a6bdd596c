/** From what was said to a stretch with two ends: what is missing is proposed, what contradicts itself is refused. */
import { daysBetween, minuteOf, timeOf, wallTimeAt } from '#core/calendar/civil.ts'
import { type CountBasis, type Span, spanOf } from '#core/calendar/count.ts'
import { nextWorkingDay, patternSegments, type Segment, segmentsOn } from '#core/calendar/pattern.ts'
import type { CivilDate, HalfDay, Period } from '#core/command-args.ts'
import { Refusal } from '#core/errors.ts'
import { messages } from '../i18n.ts'
import { writeDay, writeMinutes } from '../words.ts'
import { type Asker, halvesPerDay, type Proposed } from './model.ts'

export interface Stretch {
  readonly span: Span
  readonly proposed: readonly Proposed[]
}

/**
 * The stretch that was asked for. The first day, when none was said, is the next day this person works (today, when a
 * part of a day was said that is still to come); a day without a length is that one day.
 * Throws a Refusal when it ends before it begins, is longer than the policy allows or cannot be settled.
 */
export function stretchOf(said: Period, basis: CountBasis, asker: Asker): Stretch {
  const first = said.from ?? firstDay(said, asker)
  const proposed: Proposed[] = said.from === undefined ? ['from'] : []
  const end = endOf(said, first, basis, asker)
  const span = tidy({ from: first, ...end.span }, asker)
  refuseTurned(span)
  refuseTooLong(daysBetween(span.from, span.to) + 1, asker)
  return { span, proposed: [...proposed, ...end.proposed] }
}

type End = Omit<Span, 'from'>
type Ended = { readonly span: End; readonly proposed: readonly Proposed[] }

function firstDay(said: Period, { pattern, calendar, today, now, zone }: Asker): CivilDate {
  const part = said.fromHalf ?? said.toHalf ?? said.fromTime ?? said.toTime
  if (part !== undefined && said.to === undefined) {
    const begins = said.fromTime
      ? minuteOf(said.fromTime)
      : lastMinuteOf(said.fromHalf, segmentsOn(today, pattern, calendar))
    if (begins > wallTimeAt(now, zone).minuteOfDay) return today
  }
  return nextWorkingDay(today, pattern, calendar)
}

function lastMinuteOf(half: HalfDay | undefined, open: readonly Segment[]): number {
  return Math.max(0, ...open.filter((segment) => half === undefined || segment.half === half).map(({ to }) => to))
}

function endOf(said: Period, from: CivilDate, basis: CountBasis, asker: Asker): Ended {
  const { amount, to, fromHalf, toHalf, fromTime, toTime } = said
  if (amount !== undefined && to === undefined && toHalf === undefined && toTime === undefined)
    return 'minutes' in amount
      ? afterMinutes(said, amount.minutes, from, basis, asker)
      : afterHalves(said, amount.halfDays, from, basis, asker)
  const parts: End = {
    to: to ?? from,
    ...(fromHalf && { fromHalf }),
    ...(toHalf && { toHalf }),
    ...(fromTime && { fromTime }),
    ...(toTime && { toTime }),
  }
  if (to !== undefined || toHalf !== undefined || toTime !== undefined) return { span: parts, proposed: [] }
  if (fromTime !== undefined) return { span: parts, proposed: ['end'] }
  // `明天上午` is that morning, not the day from its morning on.
  if (fromHalf !== undefined) return { span: { ...parts, toHalf: fromHalf }, proposed: [] }
  return { span: parts, proposed: ['length'] }
}

function afterHalves(said: Period, asked: number, from: CivilDate, basis: CountBasis, asker: Asker): Ended {
  const { pattern, calendar } = asker
  const wanted = (asked * halvesPerDay(pattern)) / 2
  if (!Number.isInteger(wanted)) throw new Refusal(messages.later('refuse.no-half'), { field: 'from' })
  // A day counts for at most two halves: more than fit into the longest request never end within it.
  refuseTooLong(Math.ceil(asked / 2), asker)
  const fromHalf = said.fromHalf ?? halfFrom(said.fromTime, patternSegments(pattern))
  const end = spanOf(from, wanted, fromHalf, pattern, calendar, basis)
  const chosen = asked % 2 === 1 && fromHalf === undefined && halvesPerDay(pattern) === 2
  return { span: { ...end, ...(fromHalf && { fromHalf }) }, proposed: chosen ? ['half'] : [] }
}

/** The half that a clock time begins; a time inside a half says hours, not days. */
function halfFrom(time: string | undefined, segments: readonly Segment[]): HalfDay | undefined {
  if (time === undefined) return undefined
  const minute = minuteOf(time)
  const begins = segments.find((segment) => segment.from === minute)
  const lunch = segments.findIndex((segment) => segment.half === 'afternoon')
  const isFirst = begins !== undefined && segments.indexOf(begins) === 0
  if (isFirst) return undefined
  if (begins !== undefined && segments.indexOf(begins) === lunch) return 'afternoon'
  throw new Refusal(messages.later('refuse.days-with-time', { time }), { field: 'fromTime' })
}

/** So many working minutes from a time on, over breaks, inside one day. */
function afterMinutes(said: Period, minutes: number, from: CivilDate, basis: CountBasis, asker: Asker): Ended {
  const open = basis === 'calendar' ? patternSegments(asker.pattern) : segmentsOn(from, asker.pattern, asker.calendar)
  const ofHalf = open.find((segment) => segment.half === said.fromHalf)
  // A day without work is refused with its reason when it is counted.
  if (open.length === 0) return { span: { to: from }, proposed: [] }
  const start = said.fromTime ? minuteOf(said.fromTime) : ofHalf?.from
  if (start === undefined)
    throw new Refusal((locale) => messages.say(locale, 'refuse.needs-time', { hours: writeMinutes(minutes, locale) }), {
      field: 'fromTime',
    })
  let left = minutes
  for (const segment of open) {
    const begin = Math.max(segment.from, start)
    const taken = Math.min(left, segment.to - begin)
    if (taken <= 0) continue
    left -= taken
    if (left === 0)
      return {
        span: { to: from, fromTime: timeOf(start), toTime: timeOf(begin + taken) },
        proposed: said.fromTime ? [] : ['start'],
      }
  }
  throw new Refusal(
    (locale) =>
      messages.say(locale, 'refuse.past-day-end', {
        hours: writeMinutes(minutes, locale),
        time: timeOf(start),
        left: writeMinutes(minutes - left, locale),
      }),
    { field: 'fromTime' },
  )
}

/**
 * A beginning in the morning and an end in the afternoon say nothing, nor does the only half that a person works: they are
 * left out, so that equal stretches look equal.
 */
function tidy(span: Span, { pattern }: Asker): Span {
  const { from, to, fromTime, toTime } = span
  const works = (half: HalfDay) => pattern.segments.some((segment) => segment.half === half)
  return {
    from,
    to,
    ...(span.fromHalf === 'afternoon' && works('morning') && { fromHalf: span.fromHalf }),
    ...(span.toHalf === 'morning' && works('afternoon') && { toHalf: span.toHalf }),
    ...(fromTime && { fromTime }),
    ...(toTime && { toTime }),
  }
}

function refuseTurned({ from, to, fromHalf, toHalf, fromTime, toTime }: Span): void {
  const days = daysBetween(from, to)
  const halves = fromHalf === 'afternoon' && toHalf === 'morning'
  const times = fromTime !== undefined && toTime !== undefined && minuteOf(fromTime) >= minuteOf(toTime)
  if (days < 0)
    throw new Refusal(
      (locale) => messages.say(locale, 'refuse.turned', { from: writeDay(from, locale), to: writeDay(to, locale) }),
      { field: 'to' },
    )
  if (days === 0 && (halves || times))
    throw new Refusal((locale) => messages.say(locale, 'refuse.turned-in-day', { day: writeDay(from, locale) }), {
      field: times ? 'toTime' : 'toHalf',
    })
}

function refuseTooLong(days: number, { policy }: Asker): void {
  const { requestDaysMax: max } = policy
  if (days > max) throw new Refusal(messages.later('refuse.too-long', { days, max }), { field: 'to' })
}
