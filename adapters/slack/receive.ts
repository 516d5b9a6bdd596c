/** The door by HTTP: a call is verified and parsed, its body is heard, and only then is Slack answered. */
import { type Deliver, type HttpAnswer, MalformedCall, type RawRequest } from '#core/platform.ts'
import type { SlackConfig } from './config.ts'
import { type Call, type Hear, NotTaken } from './hear.ts'
import { BODY_BYTES_MAX } from './limits.ts'
import { verify } from './verify.ts'

/**
 * Takes one call of Slack's as {@link Platform.receive} says. What `deliver` throws becomes HTTP 500, so that Slack delivers an
 * event again; every other error is thrown. Without a signing secret nothing is authentic.
 */
export function createReceive(
  { signingSecrets }: Pick<SlackConfig, 'signingSecrets'>,
  hear: Hear,
): (request: RawRequest, deliver: Deliver) => Promise<HttpAnswer> {
  return async (request, deliver) => {
    if (request.body.byteLength > BODY_BYTES_MAX)
      throw new MalformedCall(`A call of ${request.body.byteLength} bytes: Slack's have at most ${BODY_BYTES_MAX}`)
    verify(request, signingSecrets)
    const body = parse(request)
    const handshake = answerHandshake(body)
    if (handshake) return handshake
    const { receivedAt } = request
    try {
      const answer = await hear(body, { deliver, receivedAt, takesAnswer: true, ...retryOf(request) })
      return answer === undefined ? { status: 200 } : json(answer)
    } catch (error) {
      if (error instanceof NotTaken) return { status: 500 }
      throw error
    }
  }
}

/** Throws `MalformedCall` for what is neither JSON nor a form. */
function parse(request: RawRequest): Record<string, unknown> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const text = Buffer.from(request.body).toString('utf8')
  return type === 'application/json' ? parseJson(text) : parseForm(text)
}

function parseForm(text: string): Record<string, unknown> {
  const form = Object.fromEntries(new URLSearchParams(text))
  return form['payload'] === undefined ? form : parseJson(form['payload'])
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MalformedCall('A call from Slack is not JSON', { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new MalformedCall('A call from Slack is JSON but no object')
}

/** What Slack asks of the address itself; undefined for what people did. */
function answerHandshake(body: Record<string, unknown>): HttpAnswer | undefined {
  if (body['type'] === 'url_verification') return json({ challenge: String(body['challenge'] ?? '') })
  // Too many events in an hour: nothing to be done by a handler. https://docs.slack.dev/reference/events/app_rate_limited
  if (body['ssl_check'] !== undefined || body['type'] === 'app_rate_limited') return { status: 200 }
  return undefined
}

const json = (body: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})

function retryOf({ headers }: RawRequest): Pick<Call, 'retryNum' | 'retryReason'> {
  const retryNum = Number(headers['x-slack-retry-num'])
  const retryReason = headers['x-slack-retry-reason']
  return {
    ...(retryNum > 0 ? { retryNum } : {}),
    ...(retryReason === undefined ? {} : { retryReason }),
  }
}
