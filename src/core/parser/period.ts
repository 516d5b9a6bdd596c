/** From time words to periods: what was said, and every way it may be meant. */
import { addDays, compareDates, daysBetween, timeOf } from '../calendar/civil.ts'
import type { Amount, CivilDate, HalfDay, Period } from '../command-args.ts'
import type { Span } from './fold.ts'
import { type FoundStretch, findStretch, minutesOf, type Place, type Stretch, settleDay } from './stretch.ts'
import { halfOf, type PointSense, type Term } from './terms.ts'
import type { Moment } from './understanding.ts'

/** What a stretch of text says about time, and the words it was read from. */
export type PeriodReading =
  | { readonly kind: 'periods'; readonly periods: readonly Period[]; readonly spans: readonly Span[] }
  | { readonly kind: 'wrong'; readonly problem: string; readonly spans: readonly Span[] }

/** Ways to mean it that are offered for choice. */
const CANDIDATES_MAX = 8

/**
 * Reads the first stretch and the first amount among `terms` as one period; what was not said stays absent. Several
 * periods: the words are ambiguous, likeliest first. `undefined` when no term speaks of time.
 */
export function readPeriod(folded: string, terms: readonly Term[], moment: Moment): PeriodReading | undefined {
  const wrong = terms.find(({ sense }) => sense.kind === 'wrong')
  if (wrong?.sense.kind === 'wrong') return { kind: 'wrong', problem: wrong.sense.problem, spans: [wrong] }
  const found = findStretch(folded, terms, moment)
  const amount = terms.find(({ sense }) => sense.kind === 'amount')
  const spans = [found, amount].filter((span) => span !== undefined)
  if (spans.length === 0) return undefined
  const amounts = amount?.sense.kind === 'amount' ? amount.sense.amounts : [undefined]
  const periods: Period[] = []
  for (const one of amounts) {
    for (const meant of found === undefined ? [{}] : meanings(found.stretch, one, moment)) {
      if (typeof meant === 'string') return { kind: 'wrong', problem: meant, spans: wordsOf(found, spans) }
      periods.push(one === undefined ? meant : { ...meant, amount: one })
    }
  }
  return { kind: 'periods', periods: periods.slice(0, CANDIDATES_MAX), spans }
}

const wordsOf = (found: FoundStretch | undefined, spans: readonly Span[]): readonly Span[] =>
  found === undefined ? spans : [found]

/** A period, or the problem with it. */
type Meant = Period | 'no-such-date' | 'end-before-start' | 'out-of-range'

function meanings(stretch: Stretch, amount: Amount | undefined, moment: Moment): readonly Meant[] {
  switch (stretch.kind) {
    case 'place':
      return placeMeanings(stretch.at.sense, stretch.side, amount, moment)
    case 'range':
      return rangeMeanings(stretch.from.sense, stretch.to.sense, moment)
    case 'list':
      return stretch.places.flatMap(({ sense }: Place) => placeMeanings(sense, 'at', amount, moment))
  }
}

function placeMeanings(
  sense: PointSense,
  side: 'at' | 'from' | 'until',
  amount: Amount | undefined,
  moment: Moment,
): readonly Meant[] {
  if (sense.week !== undefined) return weekMeanings(sense.week, amount, moment)
  const from = sense.first === undefined ? undefined : settleDay(sense.first, moment.today)
  if (from === 'no-such-date') return [from]
  if (sense.minute !== undefined) {
    const minutes = minutesOf(sense, sense.part)
    if (minutes.some((minute) => minute > 1_440)) return ['out-of-range']
    return minutes.map((minute) =>
      side === 'until'
        ? { ...(from === undefined ? {} : { to: from }), toTime: timeOf(minute) }
        : { ...(from === undefined ? {} : { from }), fromTime: timeOf(minute) },
    )
  }
  return [plainPlace(sense, from, side, amount)]
}

/** A day, days or half a day without clock times. */
function plainPlace(
  sense: PointSense,
  from: CivilDate | undefined,
  side: 'at' | 'from' | 'until',
  amount: Amount | undefined,
): Meant {
  const half = halfOf(sense.part)
  const last = sense.last === undefined || from === undefined ? undefined : settleDay(sense.last, from)
  if (last === 'no-such-date') return last
  if (side === 'until') {
    const to = last ?? from
    return { ...(to === undefined ? {} : { to }), ...(half === undefined ? {} : { toHalf: half }) }
  }
  const start: Period = { ...(from === undefined ? {} : { from }), ...(half === undefined ? {} : { fromHalf: half }) }
  if (side === 'from' && !sense.bothSaid) return start
  if (last !== undefined) return { ...start, to: last, ...(half === undefined ? {} : { toHalf: half }) }
  // 明天下午 ends with that half day; 明天下午请两天 only begins there.
  const longer = amount !== undefined && 'halfDays' in amount && amount.halfDays > 1
  if (half === undefined || longer) return start
  return { ...start, ...(from === undefined ? {} : { to: from }), toHalf: half }
}

/** 下周: Monday to Friday or the whole week; with an amount, every day of it on which that much fits before the weekend. */
function weekMeanings(monday: CivilDate, amount: Amount | undefined, { today }: Moment): readonly Meant[] {
  const friday = addDays(monday, 4)
  const first = compareDates(monday, today) < 0 ? today : monday
  if (amount === undefined) {
    const weekdays: Period[] = compareDates(first, friday) <= 0 ? [{ from: first, to: friday }] : []
    return [...weekdays, { from: first, to: addDays(monday, 6) }]
  }
  const days = 'halfDays' in amount ? Math.ceil(amount.halfDays / 2) : 1
  const starts: Period[] = []
  for (let from = first; compareDates(addDays(from, days - 1), friday) <= 0; from = addDays(from, 1))
    starts.push({ from })
  return starts.length > 0 ? starts : [{ from: first }]
}

function rangeMeanings(first: PointSense, second: PointSense, moment: Moment): readonly Meant[] {
  // 下午2点到周五4点 has its day at the far end; 下午2点到4点 (周五) names it once for both.
  const days = rangeDays(first, second, moment)
  if (typeof days === 'string') return [days]
  const pairs = clockPairs(first, second)
  return pairs.map((pair) => rangeOf(days, pair, first, second))
}

interface Days {
  readonly from?: CivilDate
  readonly to?: CivilDate
}

/** A range of dates without a year may run over the end of a year; one that would last longer than half a year was written the wrong way round. */
const OVER_NEW_YEAR_DAYS_MAX = 183

function rangeDays(
  first: PointSense,
  second: PointSense,
  { today }: Moment,
): Days | 'no-such-date' | 'end-before-start' {
  const start =
    first.week !== undefined ? first.week : first.first === undefined ? undefined : settleDay(first.first, today)
  if (start === 'no-such-date') return start
  const end = second.week !== undefined ? addDays(second.week, 6) : settleEnd(second, start ?? today)
  if (end === 'no-such-date') return end
  if (start === undefined)
    return end === undefined
      ? {}
      : first.minute !== undefined && second.minute !== undefined
        ? { from: end, to: end }
        : { to: end }
  const day = second.last ?? second.first
  const yearless = day !== undefined && 'month' in day
  if (yearless && end !== undefined && daysBetween(start, end) > OVER_NEW_YEAR_DAYS_MAX) return 'end-before-start'
  return { from: start, to: end ?? start }
}

function settleEnd(second: PointSense, notBefore: CivilDate): CivilDate | 'no-such-date' | undefined {
  const day = second.last ?? second.first
  return day === undefined ? undefined : settleDay(day, notBefore)
}

interface ClockPair {
  readonly from?: number
  readonly to?: number
}

/** The clock times of both ends; an end without its part of the day takes the other's where that keeps them in order. */
function clockPairs(first: PointSense, second: PointSense): readonly ClockPair[] {
  const sameDay = second.first === undefined || first.first === undefined
  const starts = minutesOf(first, first.part)
  const ends = minutesOf(second, second.part)
  if (starts.length === 0 || ends.length === 0) {
    return [
      { ...(starts[0] === undefined ? {} : { from: starts[0] }), ...(ends[0] === undefined ? {} : { to: ends[0] }) },
    ]
  }
  if (!sameDay) return starts.slice(0, 1).flatMap((from) => ends.slice(0, 1).map((to) => ({ from, to })))
  const startChoices =
    first.part === undefined && first.twelveHours === true && second.part !== undefined
      ? minutesOf(first, second.part)
      : starts
  const pairs: ClockPair[] = []
  for (const from of startChoices) {
    const to = endAfter(from, second, first.part ?? undefined, ends)
    if (to !== undefined) pairs.push({ from, to })
  }
  if (pairs.length > 0) return pairs
  // 9点到下午3点: the afternoon belongs to the end alone.
  const to = endAfter(first.minute ?? 0, second, undefined, ends)
  return [
    {
      ...(starts[0] === undefined ? {} : { from: to === undefined ? starts[0] : (first.minute ?? starts[0]) }),
      to: to ?? ends[0] ?? 0,
    },
  ]
}

function endAfter(
  from: number,
  second: PointSense,
  inherited: DayPart | undefined,
  ends: readonly number[],
): number | undefined {
  if (second.part !== undefined || second.twelveHours !== true) return ends.find((to) => to > from)
  const minute = second.minute ?? 0
  const choices = [...minutesOf(second, inherited), minute, minute + 720].filter((to) => to > from && to <= 1_440)
  return choices.sort((a, b) => a - b)[0]
}

type DayPart = NonNullable<PointSense['part']>

function rangeOf(days: Days, clock: ClockPair, first: PointSense, second: PointSense): Meant {
  if ((clock.from ?? 0) > 1_440 || (clock.to ?? 0) > 1_440) return 'out-of-range'
  const overNight =
    second.first === undefined && first.part === 'evening' && (second.part === 'morning' || second.part === 'dawn')
  const to = overNight && days.to !== undefined ? addDays(days.to, 1) : days.to
  const fromHalf = clock.from === undefined ? halfOf(first.part) : undefined
  const toHalf = clock.to === undefined ? halfOf(second.part) : undefined
  const order = days.from === undefined || to === undefined ? 0 : compareDates(days.from, to)
  if (order > 0) return 'end-before-start'
  if (order === 0 && !overNight && turnsBack(clock, fromHalf, toHalf)) return 'end-before-start'
  return {
    ...(days.from === undefined ? {} : { from: days.from }),
    ...(to === undefined ? {} : { to }),
    ...(fromHalf === undefined ? {} : { fromHalf }),
    ...(toHalf === undefined ? {} : { toHalf }),
    ...(clock.from === undefined ? {} : { fromTime: timeOf(clock.from) }),
    ...(clock.to === undefined ? {} : { toTime: timeOf(clock.to) }),
  }
}

function turnsBack(clock: ClockPair, fromHalf: HalfDay | undefined, toHalf: HalfDay | undefined): boolean {
  if (clock.from !== undefined && clock.to !== undefined) return clock.from >= clock.to
  return fromHalf === 'afternoon' && toHalf === 'morning'
}

/**
 * Reads the first day among `terms`. Several dates: it may mean any of them. Half days and clock times are left aside,
 * since a date has none.
 */
export function readDate(folded: string, terms: readonly Term[], moment: Moment): PeriodReading | undefined {
  const days = terms.filter(({ sense }) => sense.kind !== 'amount')
  const reading = readPeriod(folded, days, moment)
  if (reading?.kind !== 'periods') return reading
  const periods = reading.periods.filter(({ from, to }) => from !== undefined || to !== undefined)
  return periods.length === 0 ? undefined : { ...reading, periods }
}
