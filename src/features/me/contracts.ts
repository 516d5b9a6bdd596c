/** What travels for one’s own settings: buttons and one form. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'
import { LOCALES } from '#core/i18n.ts'

const nothing = z.strictObject({})

/** Opens the form. */
export const ChangeMe = contract('me.change', nothing)
export const FillMe = contract('me.fill', nothing)
export const MakeCode = contract('me.code', nothing)
export const EndQuiet = contract('me.end-quiet', nothing)
export const EndDelegation = contract('me.end-delegation', nothing)
/** The answer to “really?”: `keep` leaves everything. */
export const UnlinkSurely = contract(
  'me.unlink',
  z.strictObject({ platform: z.string().max(20), account: z.string().max(200), keep: z.boolean().optional() }),
)
/** Back to what held before a change; empty where the people file’s own held. */
export const UndoChoice = contract(
  'me.undo',
  z.union([
    z.strictObject({ what: z.literal('language'), was: z.union([z.enum(LOCALES), z.literal('')]) }),
    z.strictObject({ what: z.literal('prefer'), was: z.string().max(20) }),
    z.strictObject({
      what: z.literal('quiet'),
      was: z.union([z.literal(''), z.string().regex(/^\d\d:\d\d-\d\d:\d\d$/)]),
    }),
  ]),
)
