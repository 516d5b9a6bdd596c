/** What comes over a connection of Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). Pure. */
import { z } from 'zod'
import { MalformedCall } from '#core/platform.ts'
import { read } from './door.ts'
import { BODY_BYTES_MAX } from './limits.ts'

const frameSchema = z.looseObject({ type: z.string() })
const disconnectSchema = z.object({ reason: z.string().default('') })
const envelopeSchema = z.object({
  type: z.string(),
  envelope_id: z.string().min(1),
  accepts_response_payload: z.boolean().default(false),
  payload: z.record(z.string(), z.unknown()),
  retry_attempt: z.int().nonnegative().nullish(),
  retry_reason: z.string().nullish(),
})

/** One delivery: `body` is what would be the body of a call by HTTP. */
export interface Envelope {
  readonly kind: 'envelope'
  readonly id: string
  readonly body: Record<string, unknown>
  /** May the acknowledgement carry an answer? */
  readonly takesAnswer: boolean
  /** How often Slack has tried before; a repeat is heard like the first, the inbox knows it by its key. */
  readonly retryNum: number
  readonly retryReason: string | undefined
}
export type Frame =
  | { readonly kind: 'hello' }
  /** The connection is about to end: `warning`, `refresh_requested`, or `link_disabled` when Socket Mode was switched off. */
  | { readonly kind: 'disconnect'; readonly reason: string }
  | Envelope

/** Throws `MalformedCall` that never quotes what people wrote. */
export function readFrame(text: string): Frame {
  if (Buffer.byteLength(text) > BODY_BYTES_MAX)
    throw new MalformedCall(`A frame of ${Buffer.byteLength(text)} bytes: Slack's have at most ${BODY_BYTES_MAX}`)
  const frame = read(frameSchema, parse(text), 'frame')
  if (frame.type === 'hello') return { kind: 'hello' }
  if (frame.type === 'disconnect')
    return { kind: 'disconnect', reason: read(disconnectSchema, frame, 'disconnect frame').reason }
  const envelope = read(envelopeSchema, frame, 'frame')
  return {
    kind: 'envelope',
    id: envelope.envelope_id,
    body: envelope.payload,
    takesAnswer: envelope.accepts_response_payload,
    retryNum: envelope.retry_attempt ?? 0,
    retryReason: envelope.retry_reason ?? undefined,
  }
}
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MalformedCall('A frame from Slack is not JSON', { cause })
  }
}
