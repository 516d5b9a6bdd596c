/** What the organisation adds to the statutory calendar: its own days, years not built in, and the hours people work. */
import { z } from 'zod'
import { isCivilDate, yearOf } from '#core/calendar/civil.ts'
import { checkYearSchedule } from '#core/calendar/days.ts'
import { DEFAULT_PATTERN, workingPatternSchema } from '#core/calendar/pattern.ts'
import { holidaysIn } from '#core/calendar/year-schedule.ts'
import type { Text } from '#core/i18n.ts'
import type { PolicySection } from '../context.ts'
import { idSchema, textSchema } from './text.ts'

/** A day on the wall calendar, `2026-10-01`. */
export const civilDateSchema = z.string().refine(isCivilDate, 'this is not a date: write YYYY-MM-DD')

const companyDay = z
  .strictObject({
    date: civilDateSchema,
    name: textSchema,
    works: z.enum(['off', 'work']),
    /** With `works: off`: only this half is free. */
    half: z.enum(['morning', 'afternoon']).optional(),
  })
  .refine((day) => day.half === undefined || day.works === 'off', {
    path: ['half'],
    error: 'a half goes with works: off only',
  })
  .transform(({ half, ...day }) => ({ ...day, ...(half === undefined ? {} : { half }) }))

const stretch = z.strictObject({
  name: z.union([z.string().min(1), textSchema]),
  from: civilDateSchema,
  to: civilDateSchema,
})

const yearShape = {
  year: z.int().min(1999).max(9998),
  /** Where it is from: `国办发明电〔2025〕7号`. */
  source: z.string().min(1),
  off: z.array(stretch),
  work: z.array(civilDateSchema).default([]),
  /** The weekdays printed in the notice, beside their dates: checked. */
  weekdays: z.record(z.string(), z.string()).default({}),
}

/** An official schedule of a year that is not built in, or that replaces the built-in one as a whole. */
const year = z.strictObject(yearShape).superRefine((schedule, ctx) => {
  for (const message of checkYearSchedule(schedule)) ctx.addIssue({ code: 'custom', message })
})

/** A year as it is imported by itself: the official schedule, and the company's own days of that year. */
export const importedYearSchema = z
  .strictObject({ ...yearShape, companyDays: z.array(companyDay).default([]) })
  .superRefine(({ companyDays, ...schedule }, ctx) => {
    for (const message of checkYearSchedule(schedule)) ctx.addIssue({ code: 'custom', message })
    companyDays.forEach(({ date }, index) => {
      if (yearOf(date) !== schedule.year)
        ctx.addIssue({
          code: 'custom',
          path: ['companyDays', index, 'date'],
          message: `this lies outside ${schedule.year}`,
        })
    })
  })
export type ImportedYear = z.output<typeof importedYearSchema>
export type WrittenYear = z.input<typeof importedYearSchema>

/** A year as it is kept and exported: in the order of the days, each name in the form in which it is read. */
export function writtenYear({ year: number, source, off, work, companyDays }: ImportedYear): WrittenYear {
  const inOrder = <T>(list: readonly T[], dateOf: (item: T) => string): T[] =>
    list.toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : 1))
  return {
    year: number,
    source,
    off: inOrder(off, ({ from }) => from).map(({ name, from, to }) => ({ name: writtenName(name), from, to })),
    work: inOrder(work, (date) => date),
    companyDays: inOrder(companyDays, ({ date }) => date).map(({ date, name, works, half }) => ({
      date,
      name: inFile(name),
      works,
      ...(half === undefined ? {} : { half }),
    })),
  }
}

/** A law holiday by its word, so that it is spoken of in every language; a name of its own in those it has. */
function writtenName(name: string | Text): string | { zh: string; en: string; 'zh-TW'?: string } {
  if (typeof name === 'string') return name
  return holidaysIn(name).length > 0 ? name['zh-CN'] : inFile(name)
}

const inFile = ({ 'zh-CN': zh, 'zh-TW': tw, en }: Text) => ({ zh, ...(tw === undefined ? {} : { 'zh-TW': tw }), en })

const schema = z
  .strictObject({
    companyDays: z.array(companyDay).default([]),
    years: z.array(year).default([]),
    /** Working patterns by name, for the people file: `pattern: early`. */
    patterns: z.record(idSchema, workingPatternSchema).default({}),
    /** The pattern of those whose line in the people file names none; Monday to Friday, 09:00–12:00 and 13:00–18:00 when absent. */
    defaultPattern: z.string().optional(),
  })
  .superRefine(({ patterns, defaultPattern }, ctx) => {
    if (defaultPattern === undefined || patterns[defaultPattern] !== undefined) return
    const known = Object.keys(patterns).join(', ') || 'none'
    const message = `there is no pattern "${defaultPattern}" under calendar.patterns: known are ${known}`
    ctx.addIssue({ code: 'custom', path: ['defaultPattern'], message })
  })
  .transform(({ defaultPattern, ...calendar }) => ({
    ...calendar,
    defaultPattern: (defaultPattern === undefined ? undefined : calendar.patterns[defaultPattern]) ?? DEFAULT_PATTERN,
  }))

export const CalendarPolicy: PolicySection<typeof schema> = { section: 'calendar', schema }
