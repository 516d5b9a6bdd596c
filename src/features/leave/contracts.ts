/** What travels for leave: buttons, forms, one job, one approval. Ids only; what a leave is about stays in its row. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'

const request = z.strictObject({ requestId: z.int().positive() })

export const SendDraft = contract('leave.send', request)
/** Opens the form with what the draft, or the request that still waits, says now. */
export const ChangeLeave = contract('leave.change', request)
export const DiscardDraft = contract('leave.discard', request)
export const WithdrawLeave = contract('leave.withdraw', request)
/** The choice among several that could be withdrawn; the option chosen is the request's number. */
export const WithdrawChosen = contract('leave.withdraw-chosen', z.strictObject({}))
export const ShowLeave = contract('leave.show', request)

/** Sends the papers of a leave to whoever presses it and may see it. */
export const SeePapers = contract('leave.papers', request)
export const DropPapers = contract('leave.drop-papers', request)
/** `remind` the one who owes them, then `tell` the superior. */
export const PapersDue = contract(
  'leave.papers-due',
  z.strictObject({ requestId: z.int().positive(), step: z.enum(['remind', 'tell']) }),
)

/** The form. Without a request it makes a draft, with one it changes that. */
export const FillLeave = contract('leave.fill', z.strictObject({ requestId: z.int().positive().optional() }))

export const LapseDraft = contract('leave.lapse', request)
export const LeaveApproval = contract('leave.approval', request)
