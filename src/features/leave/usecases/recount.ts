/** What a year that becomes known would change in leave that was counted while it was not. */
import { countDays } from '#core/calendar/count.ts'
import type { WorkCalendar } from '#core/calendar/days.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Ctx } from '#engine/context.ts'
import { provisionalBetween } from '../repository/requests.ts'
import { fullDayMinutes } from '../rules/model.ts'
import { ownerOf } from './look.ts'

export interface Recounted {
  readonly requestId: number
  readonly staffNo: string
  readonly name: string
  readonly from: CivilDate
  readonly to: CivilDate
  /** Working minutes, as they are booked and as `calendar` counts them. */
  readonly booked: number
  readonly counted: number
  readonly dayMinutes: number
}

/** Waiting and approved leave that touches these days, was counted provisionally, and comes to something else by `calendar`; changes nothing. */
export async function recounted(
  ctx: Ctx,
  calendar: WorkCalendar,
  from: CivilDate,
  to: CivilDate,
): Promise<readonly Recounted[]> {
  const found: Recounted[] = []
  for (const row of await provisionalBetween(ctx.db, from, to)) {
    const { staffNo, name, pattern } = await ownerOf(ctx, row)
    const counted = countDays(row.span, pattern, calendar, row.basis).minutes
    if (counted === row.minutes) continue
    found.push({
      requestId: row.id,
      staffNo,
      name,
      from: row.span.from,
      to: row.span.to,
      booked: row.minutes,
      counted,
      dayMinutes: fullDayMinutes(pattern),
    })
  }
  return found
}
