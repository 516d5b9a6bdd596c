/** When the papers of a leave are due: counted in working days of the person, from the first one back. Pure. */
import { instantAt } from '#core/calendar/civil.ts'
import type { Span } from '#core/calendar/count.ts'
import type { WorkCalendar } from '#core/calendar/days.ts'
import { nextWorkingDay, patternSegments, type WorkingPattern } from '#core/calendar/pattern.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'

interface Whose {
  readonly pattern: WorkingPattern
  readonly zone: string
  readonly calendar: WorkCalendar
}

/** The civil date they are due on: the first working day after the leave (LEAVE-02), and so many working days more. */
export function papersDueOn(span: Span, whose: Whose, dueDays: number): CivilDate {
  return workingDaysAfter(nextWorkingDay(span.to, whose.pattern, whose.calendar), whose, dueDays)
}

/** So many working days after `date`; 0 is the date itself. */
export function workingDaysAfter(date: CivilDate, { pattern, calendar }: Whose, days: number): CivilDate {
  let found = date
  for (let n = 0; n < days; n++) found = nextWorkingDay(found, pattern, calendar)
  return found
}

/** When this person's work begins on that day by their pattern. */
export function workBegins(date: CivilDate, { pattern, zone }: Whose): Instant {
  return instantAt(date, patternSegments(pattern)[0]?.from ?? 0, zone)
}
