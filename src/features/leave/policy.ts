/** The `leave` section of a policy: which leave there is, who decides it, how early it is asked for. Every number of leave stands here. */
import { z } from 'zod'
import type { PolicySection } from '#engine/context.ts'
import { approverRef } from '#engine/policy/references.ts'
import { idSchema, textSchema } from '#engine/policy/text.ts'
import { BUILT_IN_TYPES } from './built-in-types.ts'

const wordsSchema = z.strictObject({
  zh: z.array(z.string().min(1)).default([]),
  en: z.array(z.string().min(1)).default([]),
})

/** Whole or half days, as `3` or `0.5`. */
const days = z.number().multipleOf(0.5, 'write whole or half days, as 3 or 0.5').max(366)

const typeSchema = z.strictObject({
  /** Required unless the id is one the product knows: annual, personal, sick, marriage, maternity, paternity, bereavement, lieu. */
  name: textSchema.optional(),
  /** Other words people use for it; for a known id they come on top of its own. */
  aliases: wordsSchema.prefault({}),
  /** `working`: only days the person would have worked (default). `calendar`: every day of the stretch. */
  basis: z.enum(['working', 'calendar']).optional(),
  /** Days a calendar year; null (default): not limited. LEAVE-08: the numbers are the company's. */
  allowanceDays: days.min(0).nullable().default(null),
  /** The smallest piece, and what every request is a whole multiple of. Default `halfDay`. */
  minUnit: z.enum(['hour', 'halfDay', 'day']).default('halfDay'),
  /** `none`: nobody decides, those in `tells` are told and the record says so (LEAVE-01). Default `chain`. */
  decision: z.enum(['chain', 'none']).default('chain'),
  /** Roles told once it holds; `manager` is the person's own. Needed with `decision: none`. */
  tells: z.array(approverRef).default([]),
  /** How many calendar days back it may still be filed; default 0: from today on. */
  retrospectiveDays: z.int().min(0).max(366).default(0),
  /** What has to be handed in; shown on the draft and to those who decide (LEAVE-02, LEAVE-07, LEAVE-08). */
  proof: textSchema.optional(),
})

/**
 * The lengths a rule is for, in days. `from: 3` begins with exactly 3, `above: 3` after it; absent: every length. Length is
 * the leave's own counted days, or with `lengthIn: calendarDays` every day from its first to its last.
 */
const threshold = {
  from: days.positive().optional(),
  above: days.min(0).optional(),
  lengthIn: z.enum(['countedDays', 'calendarDays']).default('countedDays'),
}
const about = {
  /** Ids of types; absent: every type. */
  types: z.array(idSchema).min(1).optional(),
  ...threshold,
  /** The rulebook id behind it, shown in `why`: LEAVE-06. */
  rule: z.string().optional(),
}
const oneThreshold = (entry: { from?: number | undefined; above?: number | undefined }) =>
  entry.from === undefined || entry.above === undefined

const chainSchema = z
  .strictObject({
    ...about,
    /** Roles in the order in which they decide; `manager` is the person's own. */
    steps: z.array(approverRef).min(1).max(8),
  })
  .refine(oneThreshold, 'write from: (the number belongs to it) or above: (it does not), not both')

const noticeSchema = z
  .strictObject({
    ...about,
    /** At least so many days lie between the day of asking and the first day that counts (LEAVE-05: 3, LEAVE-06: 10). */
    days: z.int().min(1).max(366).optional(),
    /** At least so many calendar months (LEAVE-07: 1). */
    months: z.int().min(1).max(12).optional(),
    /** At least so many hours before the person's work begins that day (LEAVE-01: 1). */
    hours: z.int().min(1).max(168).optional(),
    /** How `days` are counted. Default `calendarDays`. */
    in: z.enum(['calendarDays', 'workingDays']).default('calendarDays'),
    /** What asking later means: `refuse` (default), or `record`: accepted, and the record says it came late. */
    whenShort: z.enum(['refuse', 'record']).default('refuse'),
  })
  .refine(oneThreshold, 'write from: (the number belongs to it) or above: (it does not), not both')
  .refine(
    ({ days, months, hours }) => [days, months, hours].filter((n) => n !== undefined).length === 1,
    'write exactly one of days:, months: and hours:',
  )

const typesSchema = z
  .record(idSchema, typeSchema)
  .refine((types) => Object.keys(types).length > 0, 'name at least one type of leave')
  .transform((types, ctx) =>
    Object.fromEntries(
      Object.entries(types).map(([key, type]) => {
        const known = BUILT_IN_TYPES[key]
        const name = type.name ?? known?.name
        if (name === undefined)
          ctx.addIssue({
            code: 'custom',
            path: [key, 'name'],
            message: `give ${key} a name in zh and en; only ${Object.keys(BUILT_IN_TYPES).join(', ')} have one already`,
          })
        const aliases = [...(known?.aliases ?? []), ...type.aliases.zh, ...type.aliases.en]
        return [
          key,
          { ...type, name: name ?? { 'zh-CN': key, en: key }, aliases, basis: type.basis ?? known?.basis ?? 'working' },
        ]
      }),
    ),
  )

/** What holds where a policy says nothing: eight types, the own manager decides, nobody is held to a notice. */
const DEFAULT_TYPES: z.input<typeof typesSchema> = {
  personal: {},
  annual: {},
  sick: { retrospectiveDays: 3 },
  marriage: {},
  maternity: {},
  paternity: {},
  bereavement: {},
  lieu: {},
}

const schema = z
  .strictObject({
    /** The type proposed when none was said. Default `personal`: nobody's yearly days are used up by a guess. */
    defaultType: idSchema.default('personal'),
    /** What is written here is all there is. */
    types: typesSchema.prefault(DEFAULT_TYPES),
    /**
     * Who decides. Of the chains for a type and length the one with the highest threshold holds; at the same threshold
     * `above` goes before `from`, one that names the type before one for all, and the later before the earlier.
     * LEAVE-05, -06, -08, -09, -12, -13, -14.
     */
    chains: z
      .array(chainSchema)
      .min(1)
      .prefault([{ steps: ['manager'] }]),
    /** How early. Every rule for a type and length has to be met. LEAVE-01, -05, -06, -07. */
    notice: z.array(noticeSchema).default([]),
    /** A draft that was neither sent nor discarded lapses after so many hours. */
    draftLapsesAfterHours: z.int().min(1).max(720).default(24),
    /** Papers that a type asks for in `proof` (LEAVE-02, LEAVE-03). What a missing paper means is decided by people. */
    papers: z
      .strictObject({
        /** Working days after the first one back on which they are due and, when missing, reminded of. Default 0: on that day. */
        dueDays: z.int().min(0).max(30).default(0),
        /** Working days after the reminder until the own manager is told; null: never. Default 2. */
        tellAfterDays: z.int().min(1).max(30).nullable().default(2),
      })
      .prefault({}),
    /** The longest stretch of one request, first to last day, in calendar days. */
    requestDaysMax: z.int().min(1).max(366).default(366),
  })
  .superRefine((leave, ctx) => {
    const ids = Object.keys(leave.types)
    const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: 'custom', path, message })
    const unknown = (type: string) => `${type} is no type of leave here; there are ${ids.join(', ')}`
    if (!ids.includes(leave.defaultType)) wrong(['defaultType'], unknown(leave.defaultType))
    for (const key of ['chains', 'notice'] as const)
      leave[key].forEach((entry, index) => {
        entry.types?.forEach((type, at) => {
          if (!ids.includes(type)) wrong([key, index, 'types', at], unknown(type))
        })
      })
    for (const [type, { decision, tells }] of Object.entries(leave.types)) {
      if (decision === 'none') {
        if (tells.length === 0)
          wrong(['types', type, 'tells'], 'with decision: none name at least one role that is told')
        continue
      }
      const always = leave.chains.some(
        (chain) =>
          (chain.types?.includes(type) ?? true) &&
          chain.from === undefined &&
          (chain.above === undefined || chain.above === 0),
      )
      if (!always)
        wrong(['chains'], `no chain decides a short leave of type ${type}: add one for it without from: and above:`)
    }
  })

export type LeavePolicy = z.output<typeof schema>
export type LeaveType = LeavePolicy['types'][string]
export type ChainRule = LeavePolicy['chains'][number]
export type NoticeRule = LeavePolicy['notice'][number]

export const LeavePolicy = { section: 'leave', schema } satisfies PolicySection
