/** The door by HTTP: the address is verified once, each call is verified, decrypted and decoded, and answered when it was handled. */
import { PlatformError } from '#core/errors.ts'
import { type Deliver, type HttpAnswer, MalformedCall, type RawRequest } from '#core/platform.ts'
import { type Codes, readHandle } from './codes.ts'
import type { WecomApp } from './config.ts'
import { decrypt, verify } from './crypt.ts'
import { decode } from './decode.ts'
import { BODY_BYTES_MAX } from './limits.ts'
import { readXml, textIn } from './xml.ts'

export const WECOM_PATH = '/wecom/callback'

/**
 * Takes one call as `Platform.receive` says. Nothing is carried in the answer: replies leave through the outbox. What
 * `deliver` throws becomes HTTP 500, so that WeCom calls again.
 */
export function createReceive(
  app: WecomApp,
  corpId: string,
  { heard, codes }: { readonly heard: () => void; readonly codes: Pick<Codes, 'learn'> },
): (request: RawRequest, deliver: Deliver) => Promise<HttpAnswer> {
  return async (request, deliver) => {
    if (request.body.byteLength > BODY_BYTES_MAX)
      throw new MalformedCall(`A call of ${request.body.byteLength} bytes: WeCom's have at most ${BODY_BYTES_MAX}`)
    const query = new URL(request.url, 'http://bot').searchParams
    const open = (encrypted: string): string => {
      const [signature, timestamp, nonce] = ['msg_signature', 'timestamp', 'nonce'].map((name) => query.get(name) ?? '')
      if (!signature || !timestamp || !nonce)
        throw new PlatformError('not-authentic', 'A call to WeCom’s address is not signed')
      verify(app.token, { signature, timestamp, nonce, encrypted })
      const message = decrypt(app.encodingAesKey, encrypted, corpId)
      heard()
      return message
    }
    // A plus sign that was not encoded reads as a space.
    if (request.method === 'GET') return verified(open((query.get('echostr') ?? '').replaceAll(' ', '+')))
    const outer = readXml(Buffer.from(request.body).toString('utf8'))
    const event = decode(readXml(open(textIn(outer, 'Encrypt').trim())), app.agentId)
    if (!event) return { status: 200 }
    if (event.kind === 'clicked' && event.on.handle !== undefined)
      codes.learn(readHandle(event.on.messageId, event.on.handle))
    try {
      await deliver(event)
      return { status: 200 }
    } catch {
      return { status: 500 }
    }
  }
}

/** The words alone, without quotes or a line end. path/90930 */
const verified = (echo: string): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: echo,
})
