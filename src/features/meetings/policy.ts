/** The `meetings` section of a policy: which meetings recur, and how long before each the channel is reminded. */
import { z } from 'zod'
import { scheduleRuleSchema } from '#core/calendar/occurrences.ts'
import type { PolicySection } from '#engine/context.ts'
import { channelRef, roleRef } from '#engine/policy/references.ts'
import { idSchema, textSchema } from '#engine/policy/text.ts'

const series = z.strictObject({
  /** What people call it, as 部门例会 / Department meeting. */
  name: textSchema,
  /**
   * When it begins, in the organisation's zone. MEET-04 (a): `{ every: week, weekday: fri, at: '16:00' }`, which leaves out
   * Fridays off; with `onDayOff: last-working-day` it is then held on the last working day of that week.
   */
  rule: scheduleRuleSchema.refine((rule) => rule.minus === undefined, {
    path: ['minus'],
    error: 'the rule says when the meeting begins: write how much earlier it is announced in remindBeforeMinutes',
  }),
  /** How many minutes before its beginning the reminder is posted, 1 to 1,440. A reminder that would come after the beginning is left out. */
  remindBeforeMinutes: z.int().min(1).max(1_440).default(30),
  /** The id of the channel it is posted to. */
  channel: channelRef.default('department'),
  /** The role that leads it, as MEET-04 names one; named in the reminder with those who hold it. */
  chair: roleRef.optional(),
})

const schema = z.strictObject({
  /** By id. A department overrides what it does differently and removes what it does not hold with `null`. */
  series: z.record(idSchema, series).default({}),
})

export const MeetingsPolicy: PolicySection<typeof schema> = { section: 'meetings', schema }
export type MeetingSeries = z.output<typeof series>
