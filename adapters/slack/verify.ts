/** Is a call really Slack's, and fresh? https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import type { RawRequest } from '#core/platform.ts'
import { SIGNATURE_AGE_MAX_MS } from './limits.ts'

/**
 * Checks the v0 signature over the raw bytes, against each secret, in constant time. A call from the future is refused
 * like a stale one. Throws `PlatformError('not-authentic')`, which never says what the right signature would have been.
 */
export function verify(request: Pick<RawRequest, 'headers' | 'body' | 'receivedAt'>, secrets: readonly string[]): void {
  const stamp = request.headers['x-slack-request-timestamp'] ?? ''
  const signature = request.headers['x-slack-signature'] ?? ''
  if (stamp === '' || signature === '') throw refused('it carries no signature')
  if (!/^\d{1,12}$/.test(stamp)) throw refused('its timestamp is not a number of seconds')
  const ageMs = request.receivedAt - Number(stamp) * 1_000
  if (Math.abs(ageMs) > SIGNATURE_AGE_MAX_MS)
    throw refused(`it was signed ${Math.round(Math.abs(ageMs) / 1_000)} s ${ageMs > 0 ? 'ago' : 'in the future'}`)
  // Every secret is tried, so that the time taken does not tell which one matched.
  const matches = secrets.map((secret) => equal(signatureOf(secret, stamp, request.body), signature))
  if (!matches.includes(true)) throw refused('its signature is wrong')
}

/** The signature that Slack writes: `v0=` and 64 hexadecimal digits. */
export function signatureOf(secret: string, stamp: string, body: Uint8Array): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex')}`
}

function equal(expected: string, given: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  // The length of a right signature is no secret.
  return a.length === b.length && timingSafeEqual(a, b)
}

const refused = (why: string) => new PlatformError('not-authentic', `A call to the Slack address was refused: ${why}`)
