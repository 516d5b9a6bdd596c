/** Whose calls are taken: Lark's own vectors of decryption, forgeries of every kind, and the question whether the address is ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PlatformError } from '#core/errors.ts'
import { type HttpAnswer, MalformedCall, type RawRequest } from '#core/platform.ts'
import { createLark, type LarkConfig } from '../../../adapters/lark/index.ts'
import { decrypt } from '../../../adapters/lark/verify.ts'
import { type FakeLark, startFakeLark } from './fake.ts'
import { encrypted, signed } from './fake-requests.ts'

let fake: FakeLark
beforeAll(async () => {
  fake = await startFakeLark()
})
afterAll(() => fake.stopListening())

async function receive(request: RawRequest, config: LarkConfig = fake.config): Promise<HttpAnswer & { heard: number }> {
  let heard = 0
  const answer = await createLark(config).receive(request, async () => {
    heard += 1
    return {}
  })
  return { ...answer, heard }
}
const kindOf = (request: RawRequest, config?: LarkConfig) =>
  receive(request, config).then(
    ({ status, heard }) => `${status}, heard ${heard}`,
    (error: unknown) =>
      error instanceof PlatformError ? error.kind : error instanceof MalformedCall ? 'malformed' : String(error),
  )

describe('decryption', () => {
  it('opens what Lark published as an example', () => {
    expect(decrypt('P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=', 'test key').toString()).toBe('hello world')
  })
  it("opens the vector of the SDK's own tests", () => {
    const encrypt =
      'tT1xP+ovuc0T3b/rnZX3ax76exqAn0ANQ6/U45GcciC0mgNBc8JtvqOJGNAPMKpgRs2dVU1NYk9VDeqS8T4SYtU0hzNU54aS84WnxvZ3VFfDcy/RyABlNqlUiGyLDzFI0yxdCMT4KR/YEQXlt6nZi50KwRlZ+A75r645KesZuLMljezYyY8VeeXEVjPw35+e'
    expect(JSON.parse(decrypt(encrypt, 'mazhe.nerd').toString())).toMatchObject({
      challenge: '5634b122-c042-4634-bc7f-b07a3c3e77ad',
    })
  })
})

describe('with an encrypt key', () => {
  const body = () => fake.message({ user: 'ou_an', text: '请假 3天' })
  const withToken = (token: string) => ({ ...body(), header: { ...(body()['header'] as object), token } })
  const raw = (request: RawRequest, text: string): RawRequest => ({ ...request, body: Buffer.from(text) })
  const without = (request: RawRequest, name: string): RawRequest => {
    const { [name]: _, ...headers } = request.headers
    return { ...request, headers }
  }
  const plain = () => signed(body(), { encryptKey: undefined, receivedAt: 1 })

  it.each<[string, () => RawRequest, string]>([
    ['is heard, signed and encrypted', () => fake.sign(body()), '200, heard 1'],
    ['is heard however old: Lark repeats for hours', () => fake.sign(body(), { signedAt: 0 }), '200, heard 1'],
    ['signed with another key', () => fake.sign(body(), { signKey: 'other' }), 'not-authentic'],
    [
      'encrypted with another key',
      () => ({ ...fake.sign(body()), body: signed(body(), { encryptKey: 'other', receivedAt: 1 }).body }),
      'not-authentic',
    ],
    ['without a signature', () => without(fake.sign(body()), 'x-lark-signature'), 'not-authentic'],
    ['without a timestamp', () => without(fake.sign(body()), 'x-lark-request-timestamp'), 'not-authentic'],
    ['plain and unsigned', plain, 'not-authentic'],
    [
      'unsigned, and encrypted with another key',
      () => ({ ...plain(), body: Buffer.from(JSON.stringify({ encrypt: encrypted('{}', 'other') })) }),
      'not-authentic',
    ],
    ['unsigned that is no JSON', () => raw(plain(), 'hello'), 'not-authentic'],
    [
      'one byte more than was signed',
      () => raw(fake.sign(body()), `${Buffer.from(fake.sign(body()).body).toString()} `),
      'not-authentic',
    ],
    ['with another verification token', () => fake.sign(withToken('other')), 'not-authentic'],
    ['with an empty verification token', () => fake.sign(withToken('')), 'not-authentic'],
    ['that is no JSON inside', () => fake.sign('{"schema"'), 'malformed'],
    ['that is a list inside', () => fake.sign('[]'), 'malformed'],
  ])('a call %s', async (_, request, expected) => {
    const kind = await kindOf(request())
    expect(kind).toBe(expected)
  })

  it('a signed call whose ciphertext is broken is told as malformed, and one that is plain as forged', async () => {
    const { createHash } = await import('node:crypto')
    for (const [text, expected] of [
      ['{"encrypt":"!!!"}', 'malformed'],
      [JSON.stringify({ encrypt: encrypted('{}', 'other key') }), 'malformed'],
      [JSON.stringify(body()), 'not-authentic'],
    ] as const) {
      const key = fake.config.encryptKey ?? ''
      const signature = createHash('sha256').update(`1n${key}${text}`).digest('hex')
      const headers = { 'x-lark-request-timestamp': '1', 'x-lark-request-nonce': 'n', 'x-lark-signature': signature }
      expect(await kindOf({ ...fake.sign({}), headers, body: Buffer.from(text) }), text.slice(0, 20)).toBe(expected)
    }
  })

  it('Chinese text arrives whole', async () => {
    let text = ''
    await createLark(fake.config).receive(
      fake.sign(fake.message({ user: 'ou_an', text: '张三的班要换 𠮷' })),
      async (event) => {
        text = event.kind === 'said' ? event.text : ''
        return {}
      },
    )
    expect(text).toBe('张三的班要换 𠮷')
  })
})

describe('without an encrypt key', () => {
  const plain = (body: unknown) => signed(body, { encryptKey: undefined, receivedAt: 1 })
  it('the verification token alone decides', async () => {
    const body = fake.message({ user: 'ou_an', text: 'leave' })
    expect(await kindOf(plain(body), fake.plainConfig)).toBe('200, heard 1')
    expect(
      await kindOf(plain({ ...body, header: { ...(body['header'] as object), token: 'x' } }), fake.plainConfig),
    ).toBe('not-authentic')
    expect(await kindOf(plain({ hello: 'world' }), fake.plainConfig)).toBe('not-authentic')
  })
})

it('over a long connection no call by HTTP is authentic', async () => {
  expect(await kindOf(fake.sign(fake.message({ user: 'ou_an', text: 'leave' })), fake.socketConfig)).toBe(
    'not-authentic',
  )
  expect(createLark(fake.socketConfig).paths).toEqual([])
})

describe('the question whether the address is ours', () => {
  const challenge = (token: unknown) => ({ challenge: 'c-1', token, type: 'url_verification' })
  it('is answered: encrypted, which Lark does not sign; signed all the same; plain', async () => {
    const { verificationToken, encryptKey = '' } = fake.config
    const asked = fake.sign(challenge(verificationToken))
    expect(asked.headers).not.toHaveProperty('x-lark-signature')
    for (const call of [asked, fake.sign(challenge(verificationToken), { signKey: encryptKey })])
      expect(await receive(call)).toMatchObject({ status: 200, body: '{"challenge":"c-1"}', heard: 0 })
    expect(await kindOf(fake.sign(challenge(verificationToken), { signKey: 'other' }))).toBe('not-authentic')
    const plain = signed(challenge(verificationToken), { encryptKey: undefined, receivedAt: 1 })
    expect(await receive(plain, fake.plainConfig)).toMatchObject({ status: 200, body: '{"challenge":"c-1"}' })
  })
  it('is not answered to whoever does not know the token', async () => {
    for (const token of ['other', '', undefined, 7])
      expect(await kindOf(fake.sign(challenge(token)))).toBe('not-authentic')
  })
})

describe('a configuration', () => {
  it.each<[string, Partial<Record<keyof LarkConfig, unknown>>, RegExp]>([
    ['with an App ID of another shape', { appId: 'cli_short' }, /lark\.appId.*16 hexadecimal/],
    ['without a secret', { appSecret: '' }, /lark\.appSecret/],
    ['with a key and no token', { encryptKey: 'k' }, /lark\.encryptKey/],
    ['with a path in the domain', { domain: 'https://lark.example/x' }, /lark\.domain/],
    ['with a domain of no kind', { domain: 'larksuite' }, /lark\.domain/],
  ])('%s is refused with its remedy', (_, wrong, message) => {
    const config = { ...fake.socketConfig, ...wrong } as LarkConfig
    expect(() => createLark(config)).toThrow(message)
    expect(() => createLark(config)).not.toThrow(fake.config.appSecret)
  })
  it('reaches people everywhere but on loopback', () => {
    const reaches = (domain?: string) =>
      createLark({ ...fake.socketConfig, ...(domain ? { domain } : {}) }).reachesPeople
    expect(reaches()).toBe(false)
    expect([reaches('feishu'), reaches('lark'), reaches('https://open.example.com')]).toEqual([true, true, true])
    const { domain: _, ...real } = fake.socketConfig
    expect(createLark(real).reachesPeople).toBe(true)
  })
})
