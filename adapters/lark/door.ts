/** The door for Lark's bodies: their shape is checked here, and told in one way when it is not as documented. */
import type { z } from 'zod'
import { MalformedCall } from '#core/platform.ts'

/** The body in the schema's shape. Throws `MalformedCall` that names the parts, never their content. */
export function read<S extends z.ZodType>(schema: S, body: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new MalformedCall(`A ${what} from Lark lacks or misstates ${where}`)
}
