/** When something recurs, as a policy file writes it: a cron expression, or what cron cannot say. */
import { Cron } from 'croner'
import { z } from 'zod'
import { HOUR_MS, MINUTE_MS } from '../clock.ts'
import type { Weekday } from './civil.ts'

/** The weekdays of a rule, Monday first. */
export const WEEKDAY_WORDS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type WeekdayWord = (typeof WEEKDAY_WORDS)[number]

/** ISO weekday of `mon` … `sun`. */
export function weekdayOf(word: WeekdayWord): Weekday {
  return (WEEKDAY_WORDS.indexOf(word) + 1) as Weekday
}

/** An occurrence may be moved ahead by at most a week; longer is a rule of its own. */
const MINUS_HOURS_MAX = 168
const MINUS = /^PT(?=\d)(?:(\d{1,3})H)?(?:(\d{1,4})M)?$/

/** Milliseconds of `PT30M`, `PT1H30M`; undefined for anything else, 0 for nothing. Hours and minutes only: a day is not always 24 hours. */
export function offsetMsOf(minus: string | undefined): number | undefined {
  if (minus === undefined) return 0
  const match = MINUS.exec(minus)
  if (match === null) return undefined
  return Number(match[1] ?? 0) * HOUR_MS + Number(match[2] ?? 0) * MINUTE_MS
}

/**
 * A cron expression that runs on the bare wall clock, as if every zone were UTC: the caller puts its runs into a zone.
 * Five fields, no seconds, no nicknames; `L` and `5#2` as croner reads them. Throws croner's error when it is not well formed.
 */
export function wallCron(expression: string): Cron {
  return new Cron(expression, { mode: '5-part', utcOffset: 0, paused: true })
}

function cronProblem(expression: string): string | undefined {
  const write = 'write minute, hour, day, month, weekday, as 0 9 * * 1-5'
  if (expression.trim().split(/\s+/).length !== 5) return `"${expression}" has not five fields: ${write}`
  try {
    // Where to look from does not matter: croner searches years ahead before it gives up.
    return wallCron(expression).nextRun('2024-01-01T00:00:00') === null ? `"${expression}" never happens` : undefined
  } catch (error) {
    return `"${expression}" is not a cron expression: ${error instanceof Error ? error.message : String(error)}; ${write}`
  }
}

function whole(min: number, max: number, hint = ''): z.ZodInt {
  const error = `write a whole number from ${min} to ${max}${hint}`
  return z.int(error).min(min, error).max(max, error)
}

const at = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as HH:MM, from 00:00 to 23:59')
const weekday = z.enum(WEEKDAY_WORDS, `write a weekday as ${WEEKDAY_WORDS.join(', ')}`)
const minus = z
  .string()
  .refine((value) => (offsetMsOf(value) ?? Number.POSITIVE_INFINITY) <= MINUS_HOURS_MAX * HOUR_MS, {
    error: `write how much earlier in hours and minutes, as PT30M or PT1H30M, at most PT${MINUS_HOURS_MAX}H`,
  })
  .optional()
const months = z.array(whole(1, 12)).min(1, 'name at least one month, or leave it out').optional()
const onDayOff = z.enum(['same', 'previous-working-day', 'next-working-day']).optional()

const cronRule = z.strictObject({
  cron: z.string().superRefine((value, ctx) => {
    const problem = cronProblem(value)
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem })
  }),
  minus,
})
const everyWorkingDay = z.strictObject({ every: z.literal('working-day'), at, minus })
const everyWeek = z
  .strictObject({
    every: z.literal('week'),
    weekday,
    at,
    onDayOff: z.enum(['skip', 'last-working-day', 'same']).optional(),
    minus,
  })
  .refine((rule) => rule.onDayOff !== undefined || weekdayOf(rule.weekday) < 6, {
    path: ['onDayOff'],
    error: 'Saturday and Sunday are mostly days off: say onDayOff: same, skip or last-working-day',
  })
const monthWorkingDay = z.strictObject({
  every: z.literal('month'),
  workingDay: z.union([z.literal('last'), whole(1, 23, ', or last')], 'write a whole number from 1 to 23, or last'),
  at,
  months,
  minus,
})
const monthWeekdayBefore = z.strictObject({
  every: z.literal('month'),
  weekday,
  before: whole(1, 28, '; nth: last is the last one of the month'),
  at,
  onDayOff,
  months,
  minus,
})
const monthNthWeekday = z.strictObject({
  every: z.literal('month'),
  weekday,
  nth: z.union([z.literal([1, 2, 3, 4]), z.literal('last')], 'write 1, 2, 3, 4 or last'),
  at,
  onDayOff,
  months,
  minus,
})
const monthDay = z.strictObject({
  every: z.literal('month'),
  day: whole(1, 31),
  at,
  onDayOff,
  months,
  minus,
})
const beforeHoliday = z.strictObject({
  beforeHoliday: z.strictObject({ days: whole(1, 60) }),
  at,
  minus,
})

const FORMS =
  'write one of: cron: 0 9 * * 1-5; every: working-day; every: week with weekday; every: month with workingDay, day, ' +
  'or weekday and before or nth; beforeHoliday: { days: 7 }'

/**
 * One rule of recurrence. All times are wall times of the zone it is computed for; every form takes `minus`, by which the
 * occurrence is moved ahead (`PT30M`: half an hour before a meeting), and the monthly ones `months` (1–12; every month
 * unless given).
 *
 * - `{ cron }` five fields;
 * - `{ every: working-day, at }`;
 * - `{ every: week, weekday, at, onDayOff }` (MEET-04): on a day off it is left out (`skip`, the default), moved to the
 *   last working day of the same week, Monday to Sunday (`last-working-day`), or held all the same (`same`);
 * - `{ every: month, workingDay: last | n, at }`: a month with fewer working days has none;
 * - `{ every: month, weekday, before: 25, at }` (MEET-10): the last such weekday strictly before that day; 26 lets the 25th in;
 * - `{ every: month, weekday, nth: 1–4 | last, at }`;
 * - `{ every: month, day, at }`: a day the month does not have is its last day;
 * - `{ beforeHoliday: { days }, at }` (ROS-08): so many calendar days before the first day off of each public holiday.
 *
 * The last three of `every: month` take `onDayOff`: `same` (the default), `previous-working-day`, `next-working-day`.
 */
export const scheduleRuleSchema = z.union(
  [cronRule, everyWorkingDay, everyWeek, monthWorkingDay, monthWeekdayBefore, monthNthWeekday, monthDay, beforeHoliday],
  { error: (issue) => ruleProblem(issue.input) },
)
export type ScheduleRule = z.infer<typeof scheduleRuleSchema>

/** What is wrong with the form that was meant: eight refusals of eight forms would help nobody. */
function ruleProblem(input: unknown): string {
  const meant = formMeant(input)
  if (meant === undefined) return FORMS
  const issues = meant.safeParse(input).error?.issues ?? []
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ')
}

function formMeant(input: unknown): z.ZodType | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  if ('cron' in input) return cronRule
  if ('beforeHoliday' in input) return beforeHoliday
  if (!('every' in input)) return undefined
  if (input.every === 'working-day') return everyWorkingDay
  if (input.every === 'week') return everyWeek
  if (input.every !== 'month') return undefined
  if ('workingDay' in input) return monthWorkingDay
  if ('before' in input) return monthWeekdayBefore
  if ('nth' in input) return monthNthWeekday
  return 'day' in input ? monthDay : undefined
}
