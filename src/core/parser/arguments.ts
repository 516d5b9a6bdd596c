/** Fills the arguments of one command from the words said, in whatever order they stand. */
import type { Arg, Args } from '../command-args.ts'
import { halfDays } from './amounts.ts'
import type { SaidText, Span } from './fold.ts'
import { leftoverOf } from './leftover.ts'
import { findChoices, findPeople, overlaps, within } from './lexicon.ts'
import { readNumber } from './numerals.ts'
import { type PeriodReading, readDate, readPeriod } from './period.ts'
import { findTerms } from './scan.ts'
import type { Term } from './terms.ts'
import type { Moment, Unclear, Vocabulary } from './understanding.ts'

/** What is to be read, and where. */
export interface ArgumentsRequest {
  readonly text: SaidText
  /** Where the arguments stand. */
  readonly core: readonly Span[]
  /** Beside it: only a reason, and a day when the core names none. */
  readonly aside?: readonly Span[]
  /** Words inside that are already understood: the topic, the polite words around it. */
  readonly understood?: readonly Span[]
  /** What the thing is called (`leave`, 假): such a word right after a value says nothing new (`annual leave`). Folded. */
  readonly nouns?: readonly string[]
  readonly args: Args
  /** The time words of the text, when they have been found already. */
  readonly terms?: readonly Term[]
  readonly vocabulary: Vocabulary
  readonly moment: Moment
}

/** What came of it. */
export interface ReadArguments {
  readonly values: Readonly<Record<string, unknown>>
  readonly unclear: readonly Unclear[]
  /** What nothing was made of; empty when a `rest` argument took it. */
  readonly leftover: string
}

const REASON =
  /因为|由于|因(?=[^此素])|原因|理由|事由|(?<![a-z])(?:because|due to|since (?:i|my|we|our|the|it|there)|reason)(?![a-z])/g
const REFERENCE = /#\s?(\d{1,9})(?![\d.])|(?<![a-z])(?:no\.?|number|编号|单号|申请号)\s?:?\s?(\d{1,9})(?![\d.])/g
const BARE_NUMBER =
  /(?<![a-z\d_.#/:-])(\d{1,9}(?:\.\d{1,4})?|[零〇一二两三四五六七八九十百]{1,6}(?=\s?(?:个|次|条|人|分|$|\s)))(?![a-z\d_/:-]|\.\d|(?![个次条人分])[\u3400-\u9fff])/g

/** The state of one reading: what has been settled, and which words it took. */
interface Sheet {
  readonly request: ArgumentsRequest
  readonly core: readonly Span[]
  readonly values: Record<string, unknown>
  readonly unclear: Unclear[]
  readonly taken: Span[]
}

/** Reads what `args` ask for; what is required and was not said is `missing`. Never throws for any text. */
export function readArguments(request: ArgumentsRequest): ReadArguments {
  const terms = request.terms ?? findTerms(request.text.folded, request.moment)
  const reasons = reasonsIn(request, terms)
  const core = request.core.flatMap((span) => before(span, reasons))
  const sheet: Sheet = { request, core, values: {}, unclear: [], taken: [...(request.understood ?? [])] }
  readReferences(sheet)
  readChoices(sheet)
  readTimes(sheet, terms)
  readPeople(sheet)
  readNumbers(sheet)
  takeNouns(sheet)
  const leftover = readRest(sheet)
  for (const [name, { optional }] of Object.entries(request.args)) {
    if (!optional && !isSettled(sheet, name)) sheet.unclear.push({ arg: name, why: 'missing' })
  }
  return { values: sheet.values, unclear: sheet.unclear, leftover }
}

/** A reason runs from its 因为 to the end, or to the end of its clause when the time is only said afterwards. */
function reasonsIn({ text, core }: ArgumentsRequest, terms: readonly Term[]): readonly Span[] {
  const reasons: Span[] = []
  for (const span of core) {
    const marker = matchesIn(text.folded, REASON, [span])[0]
    if (marker === undefined) continue
    const saidBefore = terms.some((term) => within(term, { start: span.start, end: marker.start }))
    const comma = saidBefore
      ? -1
      : text.folded.slice(marker.start, span.end).search(/[,.;!\n]|所以|(?<![a-z])so(?![a-z])/)
    reasons.push({ start: marker.start, end: comma < 0 ? span.end : marker.start + comma })
  }
  return reasons
}

function before(span: Span, reasons: readonly Span[]): readonly Span[] {
  const reason = reasons.find((one) => within(one, span))
  return reason === undefined
    ? [span]
    : [
        { start: span.start, end: reason.start },
        { start: reason.end, end: span.end },
      ]
}

const argsOf = <K extends Arg['kind']>(
  { request }: Sheet,
  kind: K,
): readonly (readonly [string, Extract<Arg, { kind: K }>])[] =>
  Object.entries(request.args).flatMap(([name, { arg }]) =>
    arg.kind === kind ? [[name, arg as Extract<Arg, { kind: K }>] as const] : [],
  )

const isSettled = ({ values, unclear }: Sheet, name: string): boolean =>
  values[name] !== undefined || unclear.some(({ arg }) => arg === name)

const isFree = ({ core, taken }: Sheet, span: Span): boolean =>
  core.some((one) => within(span, one)) && !taken.some((one) => overlaps(one, span))

const wordsOf = ({ request }: Sheet, spans: readonly Span[]): string =>
  [...spans]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end }) => request.text.said.slice(start, end))
    .join(' ')

interface NumberMatch extends Span {
  readonly text: string
}

function matchesIn(folded: string, pattern: RegExp, spans: readonly Span[]): readonly NumberMatch[] {
  return [...folded.matchAll(pattern)]
    .map((m) => ({ start: m.index, end: m.index + m[0].length, text: m[1] ?? m[2] ?? m[0] }))
    .filter((found) => spans.some((span) => within(found, span)))
}

function readReferences(sheet: Sheet): void {
  const found = matchesIn(sheet.request.text.folded, REFERENCE, sheet.core)
  for (const [index, [name]] of argsOf(sheet, 'reference').entries()) {
    const match = found[index]
    if (match === undefined) return
    sheet.values[name] = match.text
    sheet.taken.push(match)
  }
}

function readChoices(sheet: Sheet): void {
  const known = findChoices(sheet.request.text.folded, sheet.request.vocabulary)
  for (const [name, { of }] of argsOf(sheet, 'choice')) {
    const free = known.filter((one) => one.of === of && isFree(sheet, one))
    const found = [...free].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)[0]
    if (found !== undefined) settle(sheet, name, found.values, [found])
  }
}

/** One value settles the argument, several make it ambiguous; either way the words are taken. */
function settle(sheet: Sheet, name: string, values: readonly unknown[], spans: readonly Span[]): void {
  if (values.length === 1) sheet.values[name] = values[0]
  else sheet.unclear.push({ arg: name, why: 'ambiguous', said: wordsOf(sheet, spans), candidates: values })
  sheet.taken.push(...spans)
}

function readTimes(sheet: Sheet, terms: readonly Term[]): void {
  const { text, moment } = sheet.request
  const free = () => terms.filter((term) => isFree(sheet, term))
  for (const [name] of argsOf(sheet, 'date')) settleTime(sheet, name, readDate(text.folded, free(), moment), 'date')
  for (const [name] of argsOf(sheet, 'period')) {
    const reading = readPeriod(text.folded, free(), moment)
    settleTime(sheet, name, dated(sheet, reading, terms), 'period')
    // Beside an impossible time the others are no reason either: 明天25:00.
    if (reading?.kind === 'wrong') sheet.taken.push(...free())
  }
}

/** 明天要去医院，想请一天假: a single day named beside an undated request is its day, unless it has passed. */
function dated(sheet: Sheet, reading: PeriodReading | undefined, terms: readonly Term[]): PeriodReading | undefined {
  const { text, moment, aside = [] } = sheet.request
  if (reading?.kind === 'wrong' || aside.length === 0) return reading
  const periods = reading?.kind === 'periods' ? reading.periods : [{}]
  if (periods.some(({ from, to }) => from !== undefined || to !== undefined)) return reading
  const days = terms.filter(
    (term) => term.sense.kind === 'point' && term.sense.week === undefined && aside.some((span) => within(term, span)),
  )
  const found = readPeriod(text.folded, days, moment)
  const [day, other] = found?.kind === 'periods' ? found.periods : []
  if (day?.from === undefined || other !== undefined || day.from < moment.today || day.fromTime !== undefined)
    return reading
  return { kind: 'periods', periods: periods.map((period) => ({ ...day, ...period })), spans: reading?.spans ?? [] }
}

function settleTime(sheet: Sheet, name: string, reading: PeriodReading | undefined, as: 'date' | 'period'): void {
  if (reading === undefined) return
  if (reading.kind === 'wrong') {
    sheet.unclear.push({ arg: name, why: 'impossible', said: wordsOf(sheet, reading.spans), problem: reading.problem })
    sheet.taken.push(...reading.spans)
    return
  }
  const values =
    as === 'period'
      ? reading.periods
      : [...new Set(reading.periods.flatMap(({ from, to }) => [from, to]))].filter((day) => day !== undefined)
  settle(sheet, name, values, reading.spans)
}

function readPeople(sheet: Sheet): void {
  const asked = argsOf(sheet, 'person')
  if (asked.length === 0) return
  const known = findPeople(sheet.request.text.folded, sheet.request.vocabulary)
  for (const [name] of asked) {
    const found = known.find((one) => isFree(sheet, one))
    if (found === undefined) return
    const mention = sheet.request.text.folded.charAt(found.start - 1) === '@' ? found.start - 1 : found.start
    settle(sheet, name, found.values, [{ start: mention, end: found.end }])
  }
}

/** A number without a unit belongs to the first of: a number asked for, a reference, days of a period. */
function readNumbers(sheet: Sheet): void {
  const free = matchesIn(sheet.request.text.folded, BARE_NUMBER, sheet.core).filter((found) => isFree(sheet, found))
  let next = 0
  for (const [name, bounds] of argsOf(sheet, 'number')) {
    const found = free[next++]
    const value = found === undefined ? undefined : readNumber(found.text)
    if (found === undefined || value === undefined) return
    if (value < (bounds.min ?? value) || value > (bounds.max ?? value)) {
      sheet.unclear.push({ arg: name, why: 'impossible', said: wordsOf(sheet, [found]), problem: 'out-of-range' })
      sheet.taken.push(found)
    } else settle(sheet, name, [value], [found])
  }
  for (const [name] of argsOf(sheet, 'reference')) {
    const found = free[next]
    if (isSettled(sheet, name) || found === undefined || !/^\d+$/.test(found.text)) continue
    next++
    settle(sheet, name, [found.text], [found])
  }
  for (const [name] of argsOf(sheet, 'period')) {
    const found = free[next]
    if (isSettled(sheet, name) || found === undefined || !opensCore(sheet, found)) continue
    next++
    settleBareDays(sheet, name, found)
  }
}

/** `leave 3 family matter`: only as the first word is a bare number a number of days; later it may be part of a reason. */
const opensCore = ({ core, request }: Sheet, { start }: Span): boolean =>
  request.text.folded.slice(core[0]?.start ?? 0, start).trim() === ''

function settleBareDays(sheet: Sheet, name: string, found: NumberMatch): void {
  const amount = halfDays(readNumber(found.text) ?? Number.NaN)
  if (typeof amount === 'object') settle(sheet, name, [{ amount }], [found])
  else {
    const problem = amount === 'uneven' ? 'not-a-number' : amount
    sheet.unclear.push({ arg: name, why: 'impossible', said: wordsOf(sheet, [found]), problem })
    sheet.taken.push(found)
  }
}

/** `annual leave`, `3 days' leave`: the name of the thing right after a value is no reason. */
function takeNouns({ request, taken }: Sheet): void {
  for (const span of [...taken]) {
    const after = request.text.folded.slice(span.end, span.end + 40)
    const gap = /^(?:'s|')?\s?(?:的|of )?/.exec(after)?.[0].length ?? 0
    const noun = (request.nouns ?? []).find(
      (one) => after.startsWith(one, gap) && !/^[a-z0-9]/.test(after.slice(gap + one.length)),
    )
    if (noun !== undefined) taken.push({ start: span.end, end: span.end + gap + noun.length })
  }
}

/** Gives what is left to the `rest` argument, or explains with it why a choice or person was not found. Returns what nobody took. */
function readRest(sheet: Sheet): string {
  const { text, core, aside = [] } = sheet.request
  const left = leftoverOf(text, [...core, ...aside], sheet.taken)
  const [rest] = argsOf(sheet, 'rest')
  if (left === '') return ''
  if (rest !== undefined) {
    const [name, { charsMax }] = rest
    if ([...left].length > charsMax)
      sheet.unclear.push({ arg: name, why: 'impossible', said: excerpt(left), problem: 'too-long' })
    else sheet.values[name] = left
    return ''
  }
  const unknown = [...argsOf(sheet, 'choice'), ...argsOf(sheet, 'person')].find(([name]) => !isSettled(sheet, name))
  if (unknown === undefined) return left
  const problem = unknown[1].kind === 'choice' ? 'no-such-choice' : 'no-such-person'
  sheet.unclear.push({ arg: unknown[0], why: 'impossible', said: excerpt(left), problem })
  return left
}

const excerpt = (left: string): string => ([...left].length > 40 ? `${[...left].slice(0, 40).join('')}…` : left)
