/** Joins the time words of a sentence into the one stretch of time it is about: 明天…下午2点到4点, 3天…从周三起. */
import { addDays, compareDates, daysBetween, isCivilDate, weekday } from '../calendar/civil.ts'
import type { CivilDate } from '../command-args.ts'
import type { Span } from './fold.ts'
import type { Day, DayPart, PointSense, Term } from './terms.ts'
import type { Moment } from './understanding.ts'

/** A point made of neighbouring words: 周三 + 下午 + 2点. */
export interface Place extends Span {
  readonly sense: PointSense
}

/** What the sentence says about when: one place, two ends, or several days that do not make a range. */
export type Stretch =
  | { readonly kind: 'place'; readonly at: Place; readonly side: 'at' | 'from' | 'until' }
  | { readonly kind: 'range'; readonly from: Place; readonly to: Place }
  | { readonly kind: 'list'; readonly places: readonly Place[] }

/** A stretch, and the words it was read from. */
export interface FoundStretch extends Span {
  readonly stretch: Stretch
}

const SAME_PLACE = /^(?:[\s,(]|的|在|当天|那天|这天|on|at|of|in|the|from|从|全天|整天){0,4}$/
const RANGE_LINK =
  /^[\s,)]*(?:起|开始)?[\s,]*(?:[\u3400-\u9fff]{0,4}?到|一直到|直到|至|-{1,2}|~{1,2}|to|until|till|til|thru|through|up to|and)[\s,]*(?:the |on )?(?:the)?\s*$/
const LIST_LINK = /^(?:[\s,]|和|跟|与|及|以及|还有|或者?|and|or|&|\+|plus|also){0,4}$/
const FROM_BEFORE = /(?:从|自|自从|\b(?:from|starting|beginning|commencing|as of|start)(?: on)?)\s?$/
const FROM_AFTER = /^\s?(?:起|开始|之后开始|(?:onwards?)\b)/
const UNTIL_BEFORE =
  /(?<![改换推移提调挪变迟前整更])(?:到|至|截止到?|截至|直到)\s?$|(?<!\b(?:postpone|push|delay|move|defer|change|shift)[a-z ]{0,20})\b(?:until|till|til|through|thru|up to|extend(?: [a-z]+){0,3} to)\s?$/
const BETWEEN = /\bbetween\s?$/

/** The first stretch that `terms` speak of (amounts and impossible words apart), and where; `undefined` when they name no time. */
export function findStretch(folded: string, terms: readonly Term[], moment: Moment): FoundStretch | undefined {
  const places = joinPlaces(folded, terms, moment)
  const first = places[0]
  if (first === undefined) return undefined
  const found = startingWith(folded, places, moment)
  return withTimesElsewhere(found, places)
}

/** Neighbouring words that complete each other become one place. */
function joinPlaces(folded: string, terms: readonly Term[], moment: Moment): readonly Place[] {
  const places: Place[] = []
  for (const { start, end, sense } of terms) {
    if (sense.kind !== 'point') continue
    const last = places.at(-1)
    const touches = last !== undefined && SAME_PLACE.test(folded.slice(last.end, start))
    if (touches && completes(last.sense, sense)) {
      places[places.length - 1] = { start: last.start, end, sense: { ...last.sense, ...sense } }
    } else if (touches && namesSameDay(last.sense, sense, moment)) {
      const dated = isBareWeekday(last.sense) ? { ...last.sense, ...sense } : { ...sense, ...last.sense }
      places[places.length - 1] = { start: last.start, end, sense: dated }
    } else {
      places.push({ start, end, sense })
    }
  }
  return places
}

const namesDay = (sense: PointSense): boolean => sense.first !== undefined || sense.week !== undefined

function completes(a: PointSense, b: PointSense): boolean {
  return (
    !(namesDay(a) && namesDay(b)) &&
    !(a.part !== undefined && b.part !== undefined) &&
    // 2点到4点下午: a clock time that has been said is not said again.
    !(a.minute !== undefined && b.minute !== undefined)
  )
}

const isBareWeekday = ({ first, last }: PointSense): boolean =>
  first !== undefined && 'weekday' in first && last === undefined

/** 10月2日(周五), `Friday Oct 2`: a weekday beside its date adds nothing; beside another date it contradicts, and both stay. */
function namesSameDay(a: PointSense, b: PointSense, { today }: Moment): boolean {
  if (a.first === undefined || b.first === undefined || isBareWeekday(a) === isBareWeekday(b)) return false
  const [bare, dated] = isBareWeekday(a) ? [a, b] : [b, a]
  if (bare.first === undefined || dated.first === undefined || dated.last !== undefined || dated.part !== undefined)
    return false
  const date = settleDay(dated.first, today)
  return date !== 'no-such-date' && 'weekday' in bare.first && weekday(date) === bare.first.weekday
}

function startingWith(folded: string, places: readonly Place[], moment: Moment): FoundStretch {
  const [first, second] = places
  if (first === undefined) throw new Error('A stretch needs a place: give the places that were found')
  if (second !== undefined) {
    const gap = folded.slice(first.end, second.start)
    const isRange =
      RANGE_LINK.test(gap) && (!/and\s*(?:the )?$/.test(gap) || BETWEEN.test(folded.slice(0, first.start)))
    if (isRange) {
      return { start: first.start, end: second.end, stretch: { kind: 'range', from: first, to: second } }
    }
  }
  const listed = listFrom(folded, places)
  const last = listed.at(-1)
  if (last !== undefined && listed.length > 1) {
    return { start: first.start, end: last.end, stretch: joined(listed, moment) }
  }
  return { start: first.start, end: first.end, stretch: { kind: 'place', at: first, side: sideOf(folded, first) } }
}

function sideOf(folded: string, { start, end }: Span): 'at' | 'from' | 'until' {
  if (FROM_BEFORE.test(folded.slice(Math.max(0, start - 16), start)) || FROM_AFTER.test(folded.slice(end, end + 10)))
    return 'from'
  return UNTIL_BEFORE.test(folded.slice(Math.max(0, start - 40), start)) ? 'until' : 'at'
}

/** 周三和周五, 周一周二周三: days one after the other with nothing but connectors between. */
function listFrom(folded: string, places: readonly Place[]): readonly Place[] {
  const listed: Place[] = []
  for (const place of places) {
    const last = listed.at(-1)
    if (!namesDay(place.sense) || place.sense.minute !== undefined) break
    if (last !== undefined && !LIST_LINK.test(folded.slice(last.end, place.start))) break
    listed.push(place)
  }
  return listed
}

/** Days that follow each other without a gap are a range, others stay a list. */
function joined(places: readonly Place[], moment: Moment): Stretch {
  let before: CivilDate | undefined
  for (const [index, { sense }] of places.entries()) {
    const from = sense.first === undefined ? undefined : settleDay(sense.first, before ?? moment.today)
    if (from === undefined || from === 'no-such-date') return { kind: 'list', places }
    if (before !== undefined && daysBetween(before, from) !== 1) return { kind: 'list', places }
    if ((index > 0 && sense.part === 'afternoon') || (index < places.length - 1 && sense.part === 'morning')) {
      return { kind: 'list', places }
    }
    before = lastDayOf(sense, from)
  }
  const [first, last] = [places[0], places.at(-1)]
  return first === undefined || last === undefined ? { kind: 'list', places } : { kind: 'range', from: first, to: last }
}

function lastDayOf(sense: PointSense, from: CivilDate): CivilDate {
  const last = sense.last === undefined ? from : settleDay(sense.last, from)
  return last === 'no-such-date' ? from : last
}

/** "Tomorrow I need 2pm to 4pm off": the day and its hours may stand apart. */
function withTimesElsewhere(found: FoundStretch, places: readonly Place[]): FoundStretch {
  const { stretch } = found
  if (stretch.kind === 'list') return found
  const head = stretch.kind === 'place' ? stretch.at : stretch.from
  const later = places.filter((place) => place.start >= found.end)
  if (
    stretch.kind === 'place' &&
    namesDay(head.sense) &&
    head.sense.part === undefined &&
    head.sense.minute === undefined
  ) {
    const [one, two] = later
    if (one === undefined || namesDay(one.sense)) return found
    const from = { ...one, start: head.start, sense: { ...head.sense, ...one.sense } }
    return two !== undefined && !namesDay(two.sense) && two.sense.minute !== undefined && one.sense.minute !== undefined
      ? { start: found.start, end: two.end, stretch: { kind: 'range', from, to: two } }
      : { start: found.start, end: one.end, stretch: { ...stretch, at: from } }
  }
  const day = later.find((place) => namesDay(place.sense))
  if (namesDay(head.sense) || day === undefined || day.sense.minute !== undefined) return found
  if (stretch.kind === 'range' && namesDay(stretch.to.sense)) return found
  const dated = { ...head, sense: { ...day.sense, ...head.sense } }
  return {
    start: found.start,
    end: day.end,
    stretch: stretch.kind === 'place' ? { ...stretch, at: dated } : { ...stretch, from: dated },
  }
}

/** The date a day means when it may not lie before `notBefore`: a bare weekday, day of the month or date without a year is the next such day, that day itself included. */
export function settleDay(day: Day, notBefore: CivilDate): CivilDate | 'no-such-date' {
  if ('on' in day) return day.on
  if ('weekday' in day) return addDays(notBefore, (day.weekday - weekday(notBefore) + 7) % 7)
  const [year, month] = [Number(notBefore.slice(0, 4)), Number(notBefore.slice(5, 7))]
  if ('month' in day) {
    const same = dateOf(year, day.month, day.day)
    // 29 February is not moved years ahead: within the coming twelve months it exists or it does not.
    const settled =
      same !== undefined && compareDates(same, notBefore) >= 0 ? same : dateOf(year + 1, day.month, day.day)
    return settled ?? 'no-such-date'
  }
  for (let ahead = 0; ahead <= 2; ahead++) {
    const inMonth = month - 1 + ahead
    const found = dateOf(year + Math.floor(inMonth / 12), (inMonth % 12) + 1, day.dayOfMonth)
    if (found !== undefined && compareDates(found, notBefore) >= 0) return found
  }
  return 'no-such-date'
}

function dateOf(year: number, month: number, day: number): CivilDate | undefined {
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isCivilDate(date) ? date : undefined
}

/** Minutes of the day that a clock time may mean, likeliest first: 2点 alone is 14:00 or 02:00. */
export function minutesOf(sense: PointSense, part: DayPart | undefined): readonly number[] {
  const minute = sense.minute
  if (minute === undefined) return []
  const hour = Math.floor(minute / 60)
  if (part === 'afternoon' || part === 'evening') {
    if (hour === 12) return [part === 'evening' ? minute + 720 : minute]
    return [hour < 12 && !(part === 'evening' && hour < 5) ? minute + 720 : minute]
  }
  if (part === 'noon') return [hour < 11 ? minute + 720 : minute]
  if (part === 'dawn') return [hour === 12 ? minute - 720 : minute]
  // Nobody asks for two in the night without saying so, but it can be meant.
  return part === undefined && sense.twelveHours === true && hour >= 1 && hour <= 6 ? [minute + 720, minute] : [minute]
}
