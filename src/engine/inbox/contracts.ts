/** The bot's own buttons: an answer to its question, a form opened late, what to do after an edit. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'

/** `index` counts the likely answers of question `number`; -1 stops asking. */
export const AnswerQuestion = contract(
  'inbox.answer',
  z.strictObject({ number: z.int(), index: z.int().min(-1).max(20) }),
)
/** Runs a command again that could not open its form where it was typed. */
export const OpenForm = contract('inbox.open-form', z.strictObject({ event: z.string().regex(/^\d+$/) }))
export const AfterEdit = contract(
  'inbox.after-edit',
  z.strictObject({ event: z.string().regex(/^\d+$/), what: z.enum(['amend', 'withdraw', 'keep']) }),
)
const EVENT = z.string().regex(/^\d+$/)
/** What the files of that event are for; without a place: for nothing. */
export const AttachFiles = contract(
  'inbox.attach',
  z.strictObject({
    event: EVENT,
    place: z.strictObject({ feature: z.string().max(60), reference: z.string().max(60) }).optional(),
  }),
)
/** The same from a list; the option chosen is `feature reference`. */
export const AttachChosen = contract('inbox.attach-chosen', z.strictObject({ event: EVENT }))
/** Takes back what was just sent. */
export const UndoFiles = contract('inbox.undo-files', z.strictObject({ event: EVENT, ids: z.array(z.uuid()).max(10) }))
/** Runs a command that was suggested for a slip, with what stood behind it in that event. */
export const RunSuggestion = contract(
  'inbox.suggestion',
  z.strictObject({ command: z.string().max(60), event: z.string().regex(/^\d+$/) }),
)
