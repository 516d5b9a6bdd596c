/** A name and the shape of what travels under it. The sender and the receiver point at the same handle, never at a string. */
import type { z } from 'zod'

export interface Contract<S extends z.ZodType = z.ZodType> {
  /** Unique in the product: `feature.what`, as `leave.withdraw`. */
  readonly name: string
  /** The shape of the payload. It travels in buttons, so it holds ids, never content, and at most 512 bytes as JSON. */
  readonly payload: S
}

export function contract<S extends z.ZodType>(name: string, payload: S): Contract<S> {
  return { name, payload }
}
