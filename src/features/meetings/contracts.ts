/** What meetings do later: one job, made by their schedules. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'
import { writtenText } from '#engine/policy/text.ts'

/**
 * Announces one meeting. It carries what the policy said of the meeting when the reminder fell due: a department's own
 * series can be read then, but not by a job, which acts for nobody.
 */
export const RemindOfMeeting = contract(
  'meetings.remind',
  z.strictObject({
    /** The id of the series in the policy. */
    series: z.string(),
    /** The department whose own series it is; absent for the organisation's. */
    department: z.string().optional(),
    name: writtenText,
    channel: z.string(),
    chair: z.string().optional(),
    /** The meeting begins so many minutes after the reminder is due. */
    beforeMinutes: z.int(),
    /** The instant the reminder was due. */
    due: z.int(),
    late: z.boolean(),
  }),
)
