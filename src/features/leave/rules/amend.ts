/** What `改成周四` or `make it 2 days` makes of a request: what is said now replaces, the rest stays. */
import type { Span } from '#core/calendar/count.ts'
import type { Period } from '#core/command-args.ts'
import type { Amount } from './model.ts'

/**
 * The period a request has after a change. A new amount keeps the beginning; a new beginning keeps the amount (hours of one
 * day keep their hours); a new end keeps the beginning; both ends, or a beginning and an amount, replace everything.
 */
export function amendedPeriod(old: { readonly span: Span; readonly amount: Amount }, said: Period): Period {
  const { span, amount } = old
  const begins = said.from !== undefined
  const partOfDay = said.fromHalf ?? said.toHalf ?? said.fromTime ?? said.toTime
  if (begins && (said.to !== undefined || said.amount !== undefined)) return said
  if (said.amount !== undefined && said.to === undefined) {
    const { fromTime: _, ...day } = beginning(span)
    return { ...('minutes' in said.amount ? beginning(span) : day), ...said }
  }
  if (said.to !== undefined) return { ...beginning(span), ...said }
  if (!begins) return partOfDay === undefined ? span : { from: span.from, ...said }
  if (partOfDay !== undefined && said.fromHalf === undefined) return said
  if (amount.restMinutes === 0) {
    const fromHalf = said.fromHalf ?? span.fromHalf
    // Half a day stays the half it was.
    if (fromHalf === undefined && span.toHalf === 'morning' && amount.halfDays === 1)
      return { ...said, fromHalf: 'morning' }
    return { ...said, ...(fromHalf && { fromHalf }), amount: { halfDays: amount.halfDays } }
  }
  if (span.from === span.to)
    return { ...said, ...(span.fromTime && { fromTime: span.fromTime }), ...(span.toTime && { toTime: span.toTime }) }
  return said
}

function beginning({ from, fromHalf, fromTime }: Span): Period {
  return { from, ...(fromHalf && { fromHalf }), ...(fromTime && { fromTime }) }
}
