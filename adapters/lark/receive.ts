/** The door by HTTP: a call is verified, decrypted and parsed, its body is heard, and only then is Lark answered. */
import { type Deliver, type HttpAnswer, MalformedCall, type RawRequest } from '#core/platform.ts'
import type { LarkConfig } from './config.ts'
import { type Hear, NotTaken } from './hear.ts'
import { BODY_BYTES_MAX } from './limits.ts'
import { isChallenge, open } from './verify.ts'

/** Events, card callbacks and the question whether the address is ours all come in here. */
export const LARK_PATH = '/lark/events'

/**
 * Takes one call of Lark's as {@link Platform.receive} says. What `deliver` throws becomes HTTP 500, so that Lark delivers an
 * event again; every other error is thrown.
 */
export function createReceive(
  config: LarkConfig,
  hear: Hear,
): (request: RawRequest, deliver: Deliver) => Promise<HttpAnswer> {
  return async (request, deliver) => {
    if (request.body.byteLength > BODY_BYTES_MAX)
      throw new MalformedCall(`A call of ${request.body.byteLength} bytes: Lark's have at most ${BODY_BYTES_MAX}`)
    const body = open(request, config)
    if (isChallenge(body)) return json({ challenge: String(body['challenge'] ?? '') })
    try {
      return json((await hear(body, deliver)) ?? {})
    } catch (error) {
      if (error instanceof NotTaken) return { status: 500 }
      throw error
    }
  }
}

const json = (body: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})
