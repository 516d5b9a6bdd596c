/** Which rules of a policy are for a leave of this type and length: who decides it, and how early it is asked for. */
import { addDays, daysBetween, instantAt, lastDayOfMonth } from '#core/calendar/civil.ts'
import type { Span } from '#core/calendar/count.ts'
import { nextWorkingDay } from '#core/calendar/pattern.ts'
import { HOUR_MS } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { ChainRule, LeavePolicy, NoticeRule } from '../policy.ts'
import { type Amount, type Asker, fullDayMinutes, type NoticeFinding } from './model.ts'

/** What rules are chosen by. */
export interface Measured extends Amount {
  readonly type: string
  readonly span: Span
  /** Where the first stretch that counts begins: only from there on anybody is missed. */
  readonly begins: { readonly date: CivilDate; readonly from: number }
}

/**
 * The chain that holds: highest threshold first; at the same one `above` before `from`, one that names the type before one
 * for all, and the later before the earlier. Undefined for a type without a chain (`decision: none`).
 */
export function chainFor(leave: Measured, policy: LeavePolicy, dayMinutes: number): ChainRule | undefined {
  if (policy.types[leave.type]?.decision === 'none') return undefined
  return policy.chains
    .filter((chain) => isFor(chain, leave, dayMinutes))
    .map((chain, index) => ({
      chain,
      rank: [chain.from ?? chain.above ?? 0, chain.above === undefined ? 0 : 1, chain.types ? 1 : 0, index],
    }))
    .toSorted((a, b) => compare(b.rank, a.rank))[0]?.chain
}

/** Every rule of notice for this leave, with whether it is met by asking now. */
export function noticeFor(leave: Measured, asker: Asker): readonly NoticeFinding[] {
  const dayMinutes = fullDayMinutes(asker.pattern)
  return asker.policy.notice.filter((rule) => isFor(rule, leave, dayMinutes)).map((rule) => finding(rule, leave, asker))
}

function finding(rule: NoticeRule, { begins }: Measured, asker: Asker): NoticeFinding {
  if (rule.hours !== undefined) {
    const start = instantAt(begins.date, begins.from, asker.zone)
    return { rule, met: start - asker.now >= rule.hours * HOUR_MS }
  }
  const earliest = earliestDay(rule, asker)
  return { rule, met: begins.date >= earliest, earliest }
}

/** The first day that asking today is early enough for. Exactly the number of days is enough. */
function earliestDay({ days, months, in: unit }: NoticeRule, { today, pattern, calendar }: Asker): CivilDate {
  if (months !== undefined) return addMonths(today, months)
  if (unit === 'calendarDays') return addDays(today, days ?? 0)
  let day = today
  for (let n = 0; n < (days ?? 0); n += 1) day = nextWorkingDay(day, pattern, calendar)
  return day
}

/** The same day so many months later; the last of the month where there is none (31 January + 1 is 28 February). */
function addMonths(date: CivilDate, months: number): CivilDate {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months
  const named = `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`
  const last = lastDayOfMonth(named)
  const same = `${named}-${date.slice(8)}`
  return same < last ? same : last
}

function isFor(rule: ChainRule | NoticeRule, leave: Measured, dayMinutes: number): boolean {
  if (rule.types !== undefined && !rule.types.includes(leave.type)) return false
  // In minutes of full days, so that hours compare exactly too.
  const length =
    rule.lengthIn === 'calendarDays'
      ? (daysBetween(leave.span.from, leave.span.to) + 1) * 2 * dayMinutes
      : leave.halfDays * dayMinutes + leave.restMinutes * 2
  if (rule.from !== undefined) return length >= rule.from * 2 * dayMinutes
  return rule.above === undefined || rule.above === 0 || length > rule.above * 2 * dayMinutes
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((n, index) => n !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
