/** What leave tells other features. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'

/** A request was decided. `from` and `to` are civil dates, both included. Carries no reason and no type. */
export const LeaveDecided = contract(
  'leave.decided',
  z.strictObject({
    requestId: z.int(),
    personId: z.string(),
    approved: z.boolean(),
    from: z.string(),
    to: z.string(),
  }),
)

/** A request was taken back. `held`: it was approved already, so what was arranged for it can be undone. */
export const LeaveWithdrawn = contract(
  'leave.withdrawn',
  z.strictObject({ requestId: z.int(), personId: z.string(), held: z.boolean(), from: z.string(), to: z.string() }),
)
