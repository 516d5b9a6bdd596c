/** What a version of a report is compared with. */
import type { Ctx } from '#engine/context.ts'
import type { ReportKind } from '../contracts.ts'
import { findVersion, type Report, toldBetween } from '../repository.ts'
import type { Month } from '../rules/month.ts'
import type { ToldLater } from '../rules/sums.ts'

/**
 * The version before, and what later months' reports said of the month in between: the same whenever it is asked about
 * one that was made. Of the next one when none is named.
 */
export async function earlierOf(
  ctx: Ctx,
  kind: ReportKind,
  month: Month,
  made?: Pick<Report, 'id' | 'version'>,
): Promise<{ readonly before?: Report; readonly toldLater: readonly ToldLater[] }> {
  if (made?.version === 1) return { toldLater: [] }
  const before = await findVersion(ctx.db, kind, month, made && made.version - 1)
  if (before === undefined) return { toldLater: [] }
  return { before, toldLater: await toldBetween(ctx.sql, kind, month, { after: before.id, before: made?.id }) }
}
