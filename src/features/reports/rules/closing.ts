/** Whether the rule of a report closes every month once, when its work is done. Pure. */
import { civilDateAt, eachDay } from '#core/calendar/civil.ts'
import { type WorkCalendar, workCalendar } from '#core/calendar/days.ts'
import { describeRule } from '#core/calendar/occurrences.ts'
import { DEFAULT_PATTERN, works } from '#core/calendar/pattern.ts'
import { addMonths, datesOf, duesOf, type Month, type Timing } from './month.ts'

/** Four years that the built-in calendar knows, a leap year among them: every length of month, every weekday it may end on. */
const TRIED = { from: '2023-01', months: 48 } as const
/** A rule is tried on the wall clock alone. */
const TRIED_ZONE = 'UTC'

/**
 * Why a rule would not close every month once, when its work is done: the first month that shows it; undefined when it is
 * good. What a rule says of the calendar as everybody has it, for the organisation's own is not known yet.
 */
export function ruleProblem(policy: Timing): string | undefined {
  const calendar = workCalendar()
  const wrong = (month: Month): string | undefined => {
    const dues = triedIn(month, policy, calendar)
    if (dues === 'many' || dues.length > 1) return `makes the report of ${month} more than once`
    const [due] = dues
    if (due === undefined) return `makes no report of ${month}`
    const { first, last } = datesOf(month)
    const lastWorkingDay = eachDay(first, last).findLast((date) => works(date, DEFAULT_PATTERN, calendar).works) ?? last
    const date = civilDateAt(due, TRIED_ZONE)
    if (date >= lastWorkingDay) return undefined
    return `closes ${month} on ${date}, before its last working day, ${lastWorkingDay}`
  }
  for (let n = 0; n < TRIED.months; n += 1) {
    const problem = wrong(addMonths(TRIED.from, n))
    if (problem === undefined) continue
    return (
      `the rule “${describeRule(policy.rule, 'en')}” ${problem}: every month is closed once, on its last working day ` +
      "or after it. Write { every: month, workingDay: last, at: '17:30' }, or a day of the month after, as " +
      "{ every: month, day: 3, at: '09:00' }, with covers: previous-month"
    )
  }
  return undefined
}

function triedIn(month: Month, policy: Timing, calendar: WorkCalendar) {
  try {
    return duesOf(month, TRIED_ZONE, calendar, policy)
  } catch (error) {
    // Every minute of a month is more than one question may ask for.
    if (error instanceof RangeError) return 'many'
    throw error
  }
}
