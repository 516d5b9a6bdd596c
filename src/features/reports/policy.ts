/** The `reports` section of a policy: which reports are made at the end of a month, when, and to whom they go. */
import { z } from 'zod'
import { scheduleRuleSchema } from '#core/calendar/occurrences.ts'
import type { PolicySection } from '#engine/context.ts'
import { channelRef, roleRefOver } from '#engine/policy/references.ts'
import { ruleProblem } from './rules/closing.ts'

const leave = z
  .strictObject({
    rule: scheduleRuleSchema
      .prefault({ every: 'month', workingDay: 'last', at: '17:30' })
      .describe(
        'When it is made, in the zone of the organisation. Default: 17:30 on the last working day of the month.',
      ),
    covers: z
      .enum(['this-month', 'previous-month'])
      .default('this-month')
      .describe(
        'The month it is about: the one it is made in (default), or the one before, for rules such as the 3rd of the next month (REP-01 b).',
      ),
    to: z
      .union([z.strictObject({ role: roleRefOver('reports.read') }), z.strictObject({ channel: channelRef })])
      .prefault({ role: 'hr' })
      .describe(
        'Who gets card, chart and sheet: all who hold a role, each privately, or a channel. A channel shows everybody in it who took which leave.',
      ),
    notes: z
      .array(channelRef)
      .max(50)
      .default([])
      .describe(
        'Channels that get the short version: how many people were away and for how many days, of the department that the channel belongs to. No names, no types.',
      ),
    lateForDays: z
      .int()
      .min(0)
      .max(25)
      .default(7)
      .describe(
        'When the bot was down at its time, it is made late, and says so, for so many days; after that it is left out.',
      ),
  })
  .superRefine((written, ctx) => {
    const message = ruleProblem(written)
    if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['rule'], message })
  })

const schema = z
  .strictObject({
    leave: leave.optional().describe('The leave of the month. Made when it is written here; `{}` takes every default.'),
  })
  .prefault({})

export const ReportsPolicy = { section: 'reports', schema } satisfies PolicySection<typeof schema>
export type LeaveReportPolicy = NonNullable<z.output<typeof schema>['leave']>
