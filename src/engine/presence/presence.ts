/** Who is away, busy or on shift, from when until when and by whose word; and when each person works. Never why. */
import { addDays, civilDateAt, instantAt } from '#core/calendar/civil.ts'
import type { WorkCalendar } from '#core/calendar/days.ts'
import { segmentsOn } from '#core/calendar/pattern.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Person, Presence, PresenceKind, PresenceSpan } from '../context.ts'
import type { Tx } from '../db/transaction.ts'

/** A stretch of time, half open. */
interface Stretch {
  readonly from: Instant
  readonly until: Instant
}

/** Nobody is waited for longer. */
const SEARCH_DAYS_MAX = 60

/**
 * `ctx.presence`. An end of working time that falls on the end of a stretch of work lies there, not at the beginning of
 * the next.
 */
export function presenceFor(tx: Tx, calendar: WorkCalendar): Presence {
  const clear = async (feature: string, reference: string) => {
    await tx.sql('DELETE FROM presence_span WHERE feature = $1 AND reference = $2', [feature, reference])
  }
  const between = (personIds: readonly string[], from: Instant, until: Instant) => spansIn(tx, personIds, from, until)
  return {
    async set(feature, reference, spans) {
      for (const { personId, from, until } of spans) {
        if (from >= until) throw new Error(`Presence of ${personId} by ${feature} ${reference} ends before it begins`)
      }
      await clear(feature, reference)
      await insert(tx, feature, reference, spans)
    },
    clear,
    async awayAt(personIds, at) {
      const rows = await tx.sql<{ person_id: string }>(
        `SELECT DISTINCT person_id FROM presence_span
         WHERE person_id = ANY($1::uuid[]) AND kind = 'away' AND from_at <= $2 AND until_at > $2`,
        [personIds, new Date(at)],
      )
      return new Set(rows.map((row) => row.person_id))
    },
    between,
    workingSegments: async (person, date) => segmentsOf(person, date, calendar),
    async nextWorkingInstant(person, from, workingMinutes = 0) {
      const limit = from + SEARCH_DAYS_MAX * DAY_MS
      const spans = await between([person.id], from, limit)
      const away = spans.filter(({ kind }) => kind === 'away')
      return afterWorking(present(person, from, calendar, away), workingMinutes, limit)
    },
  }
}

interface SpanRow {
  readonly person_id: string
  readonly kind: PresenceKind
  readonly from_at: Date
  readonly until_at: Date
  readonly feature: string
  readonly reference: string
}

async function spansIn(
  { sql }: Tx,
  personIds: readonly string[],
  from: Instant,
  until: Instant,
): Promise<readonly PresenceSpan[]> {
  const rows = await sql<SpanRow>(
    `SELECT person_id, kind, from_at, until_at, feature, reference FROM presence_span
     WHERE person_id = ANY($1::uuid[]) AND until_at > $2 AND from_at < $3 ORDER BY from_at, id`,
    [personIds, new Date(from), new Date(until)],
  )
  return rows.map((row) => ({
    personId: row.person_id,
    kind: row.kind,
    from: row.from_at.getTime(),
    until: row.until_at.getTime(),
    feature: row.feature,
    reference: row.reference,
  }))
}

async function insert(
  { sql }: Tx,
  feature: string,
  reference: string,
  spans: readonly Omit<PresenceSpan, 'feature' | 'reference'>[],
): Promise<void> {
  if (spans.length === 0) return
  await sql(
    `INSERT INTO presence_span (person_id, kind, from_at, until_at, feature, reference)
     SELECT person_id, kind, from_at, until_at, $5, $6
     FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS s(person_id, kind, from_at, until_at)`,
    [
      spans.map(({ personId }) => personId),
      spans.map(({ kind }) => kind),
      spans.map(({ from }) => new Date(from)),
      spans.map(({ until }) => new Date(until)),
      feature,
      reference,
    ],
  )
}

/** A segment that the change to summer time swallows is left out. */
function segmentsOf(person: Person, date: CivilDate, calendar: WorkCalendar): readonly Stretch[] {
  return segmentsOn(date, person.pattern, calendar)
    .map(({ from, to }) => ({ from: instantAt(date, from, person.zone), until: instantAt(date, to, person.zone) }))
    .filter(({ from, until }) => from < until)
}

/** The stretches from `from` on in which a person works and is not away, in order. */
function* present(person: Person, from: Instant, calendar: WorkCalendar, away: readonly Stretch[]): Generator<Stretch> {
  const first = civilDateAt(from, person.zone)
  for (let n = 0; n <= SEARCH_DAYS_MAX; n += 1) {
    for (const segment of segmentsOf(person, addDays(first, n), calendar)) {
      if (segment.until <= from) continue
      yield* without({ from: Math.max(segment.from, from), until: segment.until }, away)
    }
  }
}

/** What is left of a stretch, in order. @param away by their beginning */
function without(stretch: Stretch, away: readonly Stretch[]): readonly Stretch[] {
  let left = stretch.from
  const rest: Stretch[] = []
  for (const { from, until } of away) {
    if (until <= left || from >= stretch.until) continue
    if (from > left) rest.push({ from: left, until: from })
    left = until
  }
  if (left < stretch.until) rest.push({ from: left, until: stretch.until })
  return rest
}

function afterWorking(stretches: Iterable<Stretch>, minutes: number, limit: Instant): Instant {
  let wantedMs = minutes * MINUTE_MS
  for (const { from, until } of stretches) {
    if (from >= limit) break
    if (until - from >= wantedMs) return Math.min(from + wantedMs, limit)
    wantedMs -= until - from
  }
  return limit
}
