/** What features after leave may ask it: whose leave lies in a month, and what of it was decided afterwards. */
import { z } from 'zod'
import type { Span } from '#core/calendar/count.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate, HalfDay } from '#core/command-args.ts'
import type { Locale, Text } from '#core/i18n.ts'
import type { Ctx, Person } from '#engine/context.ts'
import { LeavePolicy } from './policy.ts'
import type { Amount } from './rules/model.ts'
import { typeName } from './usecases/look.ts'
import { writeAmount, writeSpan } from './words.ts'

/** Both ends included. */
export interface Dates {
  readonly first: CivilDate
  readonly last: CivilDate
}

/** So much of a leave as was asked for: halves and minutes beyond them, and the working minutes in all. */
export interface LeaveAmount extends Amount {
  readonly minutes: number
}

/** A request for leave, and what of it lies between two dates. */
export interface LeavePart {
  /** The number people see. */
  readonly request: number
  readonly person: Person
  readonly type: string
  readonly typeName: Text
  readonly span: Span
  /** Anything but these two counts as nothing. */
  readonly state: 'approved' | 'pending' | 'over'
  readonly provisional: boolean
  /** Between the dates; all noughts when it is over. */
  readonly part: LeaveAmount
  /** The whole of it, as it was asked for. */
  readonly whole: LeaveAmount
}

const dayCount = z.object({
  date: z.string(),
  minutes: z.int(),
  halfDays: z.int(),
  restMinutes: z.int(),
})
type DayCount = z.output<typeof dayCount>
const dayCounts = z.array(dayCount)

export const NO_LEAVE: LeaveAmount = { halfDays: 0, restMinutes: 0, minutes: 0 }

/** What the days of a request that lie between two dates add up to, as they were counted when it was sent. */
export function amountWithin(days: readonly DayCount[], { first, last }: Dates): LeaveAmount {
  return days
    .filter(({ date }) => date >= first && date <= last)
    .reduce(
      (sum, { halfDays, restMinutes, minutes }) => ({
        halfDays: sum.halfDays + halfDays,
        restMinutes: sum.restMinutes + restMinutes,
        minutes: sum.minutes + minutes,
      }),
      NO_LEAVE,
    )
}

/**
 * One page of the approved and the waiting leave of which something counts between two dates, in the order of its numbers.
 * @param page.after the `next` of the page before; 0 begins
 * @returns `next` is absent after the last page
 */
export async function leaveBetween(
  ctx: Ctx,
  dates: Dates,
  page: { readonly after: number; readonly limit: number },
): Promise<{ readonly parts: readonly LeavePart[]; readonly next?: number }> {
  const rows = await ctx.sql<Row>(
    `SELECT ${COLUMNS} FROM leave_request r
     WHERE r.state IN ('approved', 'pending') AND r.from_date <= $2 AND r.to_date >= $1 AND r.id > $3
     ORDER BY r.id LIMIT $4`,
    [dates.first, dates.last, page.after, page.limit],
  )
  const last = rows.length === page.limit ? rows.at(-1)?.id : undefined
  const parts = (await partsOf(ctx, rows, () => dates)).filter(({ part }) => part.minutes > 0)
  return { parts, ...(last === undefined ? {} : { next: last }) }
}

/** Requests that touch one of `stretches` and came to their present state at or after its `since`, one by stretch. */
export async function leaveChangedSince<S extends Dates & { readonly since: Instant }>(
  ctx: Ctx,
  stretches: readonly S[],
): Promise<readonly { readonly stretch: S; readonly part: LeavePart }[]> {
  if (stretches.length === 0) return []
  const rows = await ctx.sql<Row & { readonly stretch: number }>(
    `SELECT ${COLUMNS}, s.stretch::int AS stretch FROM leave_request r
     JOIN unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS s(first, last, since, stretch)
       ON r.from_date <= s.last AND r.to_date >= s.first AND r.closed_at >= s.since
     WHERE r.state NOT IN ('draft', 'discarded', 'lapsed')
     ORDER BY s.stretch, r.id`,
    [
      stretches.map(({ first }) => first),
      stretches.map(({ last }) => last),
      stretches.map(({ since }) => new Date(since)),
    ],
  )
  const stretchOf = (row: { readonly stretch: number }) => stretches[row.stretch - 1] as S
  const parts = await partsOf(ctx, rows, stretchOf)
  return parts.map((part, index) => ({ stretch: stretchOf(rows[index] as (typeof rows)[number]), part }))
}

/** The types of the organisation in the order of its policy; a department's own come after them. */
export const leaveTypeOrder = (ctx: Ctx): readonly string[] => Object.keys(ctx.policy(LeavePolicy).types)

/** `3天半`, `2天3小时`; `3½ days`, `2 days 3 h`. */
export const writeLeaveAmount = (amount: Amount, locale: Locale): string => writeAmount(amount, locale)

/** `9月29日（周二）下午至10月9日（周五）`, with the year where it crosses one. */
export const writeLeaveSpan = (span: Span, locale: Locale): string => writeSpan(span, locale)

interface Row {
  readonly id: number
  readonly personId: string
  readonly state: string
  readonly type: string
  readonly fromDate: CivilDate
  readonly toDate: CivilDate
  readonly fromHalf: HalfDay | null
  readonly toHalf: HalfDay | null
  readonly fromTime: string | null
  readonly toTime: string | null
  readonly days: unknown
  readonly provisional: boolean
}
const COLUMNS = `r.id, r.person_id AS "personId", r.state, r.type, r.from_date AS "fromDate", r.to_date AS "toDate",
  r.from_half AS "fromHalf", r.to_half AS "toHalf", r.from_time AS "fromTime", r.to_time AS "toTime", r.days, r.provisional`

async function partsOf<R extends Row>(
  ctx: Ctx,
  rows: readonly R[],
  datesOf: (row: R) => Dates,
): Promise<readonly LeavePart[]> {
  const found = await ctx.people.byIds([...new Set(rows.map(({ personId }) => personId))])
  const people = new Map(found.map((person) => [person.id, person]))
  // A policy is asked once for all who are under the same one, not once for each of thousands.
  const names = new Map<string, Text>()
  const nameFor = (type: string, person: Person): Text => {
    const key = `${person.department} ${person.post} ${type}`
    const name = names.get(key) ?? typeName(ctx, type, person)
    names.set(key, name)
    return name
  }
  return rows.map((row): LeavePart => {
    const person = people.get(row.personId)
    if (person === undefined) throw new Error(`leave ${row.id}: its person ${row.personId} is unknown`)
    const days = dayCounts.parse(row.days)
    const state = row.state === 'approved' || row.state === 'pending' ? row.state : 'over'
    return {
      request: row.id,
      person,
      type: row.type,
      typeName: nameFor(row.type, person),
      span: {
        from: row.fromDate,
        to: row.toDate,
        ...(row.fromHalf && { fromHalf: row.fromHalf }),
        ...(row.toHalf && { toHalf: row.toHalf }),
        ...(row.fromTime && { fromTime: row.fromTime }),
        ...(row.toTime && { toTime: row.toTime }),
      },
      state,
      provisional: row.provisional,
      part: state === 'over' ? NO_LEAVE : amountWithin(days, datesOf(row)),
      whole: amountWithin(days, { first: row.fromDate, last: row.toDate }),
    }
  })
}
