/** What travels with an approval card: which step of which request, never what it is about. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'

const step = z.strictObject({ approval: z.int().positive(), position: z.int().min(0) })

export const Approve = contract('approvals.approve', step)
/** Opens the form that asks for the reason. */
export const AskReason = contract('approvals.ask-reason', step)
/** The form: a rejection with its reason. */
export const Reject = contract('approvals.reject', step)
export const RemindStep = contract('approvals.remind', z.strictObject({ step: z.int().positive() }))
