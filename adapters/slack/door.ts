/** The door for Slack's bodies: their shape is checked here, and told in one way when it is not as documented. */
import type { z } from 'zod'
import type { Instant } from '#core/clock.ts'
import { MalformedCall } from '#core/platform.ts'

export interface Moment {
  readonly receivedAt: Instant
  /** The bot's own account when it is known already: asked only where Slack does not tell it, and never waits. */
  readonly knownBot: () => string | undefined
}

/** A direct message's id begins with D; a person's own id stands for it where no room is known. All else is a group. */
export const isDirect = (room: string): boolean => /^[DUW]/.test(room)
export const roomKindOf = (channel: string) => (isDirect(channel) ? 'direct' : 'group')

/** The body in the schema's shape. Throws `MalformedCall` that names the parts, never their content. */
export function read<S extends z.ZodType>(schema: S, body: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new MalformedCall(`A ${what} from Slack lacks or misstates ${where}`)
}
