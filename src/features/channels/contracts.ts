/** What travels for channels: the answer to “really replace it?”, and the look at who is in the rooms. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'

export const LinkRoom = contract(
  'channels.link',
  z.strictObject({ channel: z.string().max(40), room: z.string().max(200), keep: z.boolean().optional() }),
)
/** Asks the platforms whether the bot is in each room, and says so on the card. */
export const LookAtRooms = contract(
  'channels.look',
  z.strictObject({ card: z.string(), person: z.uuid(), platform: z.string() }),
)
