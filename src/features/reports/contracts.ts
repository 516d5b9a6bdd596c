/** What travels in the jobs and buttons of reports. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'
import { LOCALES } from '#core/i18n.ts'

export const KINDS = ['leave'] as const
export type ReportKind = (typeof KINDS)[number]
/** A file of a report. */
export const PARTS = ['sheet', 'chart'] as const
export type Part = (typeof PARTS)[number]

/** Makes a month's report: by its schedule, or for somebody who asked. */
export const MakeReport = contract(
  'reports.make',
  z.strictObject({
    kind: z.enum(KINDS),
    /** Only when asked for; by the schedule it follows from `due`. */
    month: z.string().optional(),
    /** The instant it was due. */
    due: z.int().optional(),
    late: z.boolean().optional(),
    /** The person who asked. */
    askedBy: z.string().optional(),
  }),
)

/** Makes the files of a report in one language, once more or for the first time, and sends one of them to a person. */
export const RenderReport = contract(
  'reports.render',
  z.strictObject({
    reportId: z.int(),
    locale: z.enum(LOCALES),
    part: z.enum(PARTS),
    personId: z.string(),
  }),
)

/** The buttons Sheet and Chart. */
export const SendPart = contract('reports.send', z.strictObject({ reportId: z.int(), part: z.enum(PARTS) }))

/** The list of months: the number of the report comes beside it. */
export const ShowReport = contract('reports.show', z.strictObject({}))
