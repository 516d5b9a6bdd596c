/** Only Slack gets in: the signature over the raw bytes, its age in both directions, two secrets while they change. */
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PlatformError } from '#core/errors.ts'
import { signatureOf, verify } from '../../../adapters/slack/verify.ts'

/** The example on Slack's own page: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const OFFICIAL = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  stamp: '1531420618',
  body:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
}
const SIGNED_AT_MS = Number(OFFICIAL.stamp) * 1_000

function call(change: { headers?: Record<string, string>; body?: Uint8Array; receivedAt?: number } = {}) {
  return {
    headers: {
      'x-slack-request-timestamp': OFFICIAL.stamp,
      'x-slack-signature': OFFICIAL.signature,
      ...change.headers,
    },
    body: change.body ?? Buffer.from(OFFICIAL.body),
    receivedAt: change.receivedAt ?? SIGNED_AT_MS,
  }
}
function refusal(request: ReturnType<typeof call>, secrets: readonly string[] = [OFFICIAL.secret]): PlatformError {
  try {
    verify(request, secrets)
  } catch (error) {
    expect(error).toBeInstanceOf(PlatformError)
    return error as PlatformError
  }
  return expect.fail('The call was taken for authentic')
}

describe('verify', () => {
  it("takes the example of Slack's documents", () => {
    expect(signatureOf(OFFICIAL.secret, OFFICIAL.stamp, Buffer.from(OFFICIAL.body))).toBe(OFFICIAL.signature)
    expect(() => verify(call(), [OFFICIAL.secret])).not.toThrow()
  })

  it.each([-300_000, -299_000, 0, 299_000, 300_000])('takes a call that arrives %i ms after it was signed', (ageMs) => {
    expect(() => verify(call({ receivedAt: SIGNED_AT_MS + ageMs }), [OFFICIAL.secret])).not.toThrow()
  })
  it.each([-86_400_000, -301_000, -300_001, 300_001, 301_000])(
    'refuses a call that arrives %i ms after it was signed',
    (ageMs) => {
      expect(refusal(call({ receivedAt: SIGNED_AT_MS + ageMs })).kind).toBe('not-authentic')
    },
  )

  it('takes either of two secrets while they are being changed, and no third', () => {
    expect(() => verify(call(), ['the new one', OFFICIAL.secret])).not.toThrow()
    expect(() => verify(call(), [OFFICIAL.secret, 'the old one'])).not.toThrow()
    expect(refusal(call(), ['the new one', 'the old one']).kind).toBe('not-authentic')
    expect(refusal(call(), []).kind).toBe('not-authentic')
  })

  it.each([
    ['no timestamp', { 'x-slack-request-timestamp': '' }],
    ['no signature', { 'x-slack-signature': '' }],
    ['a timestamp in words', { 'x-slack-request-timestamp': 'now' }],
    ['a negative timestamp', { 'x-slack-request-timestamp': `-${OFFICIAL.stamp}` }],
    ['a timestamp with a fraction', { 'x-slack-request-timestamp': `${OFFICIAL.stamp}.0` }],
    ['a timestamp with an exponent', { 'x-slack-request-timestamp': '1.531420618e9' }],
    ['a timestamp with a space', { 'x-slack-request-timestamp': ` ${OFFICIAL.stamp}` }],
    ['a timestamp beyond all numbers', { 'x-slack-request-timestamp': '9'.repeat(400) }],
    ['a cut-off signature', { 'x-slack-signature': OFFICIAL.signature.slice(0, -1) }],
    ['a signature in capitals', { 'x-slack-signature': OFFICIAL.signature.toUpperCase() }],
    ['a signature of another version', { 'x-slack-signature': OFFICIAL.signature.replace('v0', 'v1') }],
    ['a signature in characters of several bytes', { 'x-slack-signature': '签'.repeat(67) }],
  ])('refuses %s', (_, headers) => {
    expect(refusal(call({ headers })).kind).toBe('not-authentic')
  })

  it('refuses a body in which one byte was changed', () => {
    const body = Buffer.from(OFFICIAL.body)
    body[10] = (body[10] ?? 0) ^ 1
    expect(refusal(call({ body })).kind).toBe('not-authentic')
  })

  it('signs the bytes and not the characters: a body that is no UTF-8 keeps its own signature', () => {
    const body = Buffer.from([0xff, 0xfe, 0x80])
    const hmac = createHmac('sha256', 'secret').update(Buffer.concat([Buffer.from(`v0:${OFFICIAL.stamp}:`), body]))
    const signature = `v0=${hmac.digest('hex')}`
    expect(() => verify(call({ body, headers: { 'x-slack-signature': signature } }), ['secret'])).not.toThrow()
    const asText = Buffer.from(body.toString('utf8'))
    expect(refusal(call({ body: asText, headers: { 'x-slack-signature': signature } }), ['secret']).kind).toBe(
      'not-authentic',
    )
  })

  it('never tells what the right signature would have been', () => {
    const error = refusal(call({ headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}` } }))
    expect(error.message).not.toContain(OFFICIAL.signature.slice(3, 20))
    expect(error.message).not.toContain(OFFICIAL.secret)
  })
})
