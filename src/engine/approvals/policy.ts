/** The `approvals:` section of a policy file: how long a step may wait before it is reminded and handed on. */
import { z } from 'zod'
import type { PolicySection } from '../context.ts'

const schema = z
  .strictObject({
    remindAfterMinutes: z
      .int()
      .min(5)
      .max(14_400)
      .default(240)
      .describe('Working minutes of the approver until an unanswered step is reminded, and between two reminders.'),
    remindTimes: z.int().min(0).max(10).default(2).describe('How often, before the step is handed on.'),
    handOnTimes: z
      .int()
      .min(0)
      .max(5)
      .default(2)
      .describe("How often it is handed on: to the approver's manager, then to the fallback role."),
  })
  .prefault({})
export const ApprovalsPolicy = { section: 'approvals', schema } satisfies PolicySection<typeof schema>
