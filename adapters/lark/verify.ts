/** Is a call from Lark? Signature, decryption and verification token, over the raw bytes. https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import { MalformedCall, type RawRequest } from '#core/platform.ts'
import type { LarkConfig } from './config.ts'

/** Is Lark asking whether the address is ours? */
export const isChallenge = (body: Record<string, unknown>): boolean => body['type'] === 'url_verification'

/**
 * The body of an authentic call. With an encrypt key only a signed and encrypted one is, but for the question whether the
 * address is ours, which Lark encrypts and does not sign; the verification token is compared always. There is no limit of age: Lark names none, and repeats a call for seven hours. Throws
 * `PlatformError('not-authentic')`, and `MalformedCall` for what cannot be read.
 */
export function open(request: RawRequest, config: LarkConfig): Record<string, unknown> {
  const { encryptKey, verificationToken } = config
  if (verificationToken === undefined)
    throw notAuthentic(
      'Lark calls over a connection of ours here: without a verification token none by HTTP is authentic',
    )
  const body = encryptKey === undefined ? parse(request.body) : opened(request, encryptKey)
  if (!same(tokenOf(body), verificationToken))
    throw notAuthentic('A call to Lark’s path has another verification token')
  return body
}

const notAuthentic = (message: string) => new PlatformError('not-authentic', message)

/** SHA-256 of timestamp, nonce, key and the body as it arrived: a plain hash, in small hexadecimal digits. */
export function signatureOf(timestamp: string, nonce: string, encryptKey: string, body: Uint8Array): string {
  return createHash('sha256').update(timestamp).update(nonce).update(encryptKey).update(body).digest('hex')
}

/**
 * What is signed is opened once its signature was seen to be right. What is not can only be the question of the address: told
 * by one error whatever is wrong with it, so that nobody learns from the answers how ciphertext ends.
 */
function opened(request: RawRequest, encryptKey: string): Record<string, unknown> {
  const open = () => parse(decryptedOf(parse(request.body), encryptKey))
  if (request.headers['x-lark-signature'] !== undefined) {
    checkSignature(request, encryptKey)
    return open()
  }
  try {
    const body = open()
    if (isChallenge(body)) return body
  } catch {}
  throw notAuthentic('A call to Lark’s path is not signed')
}

function checkSignature({ headers, body }: RawRequest, encryptKey: string): void {
  const timestamp = headers['x-lark-request-timestamp']
  const nonce = headers['x-lark-request-nonce']
  const signature = headers['x-lark-signature']
  if (timestamp === undefined || nonce === undefined || signature === undefined)
    throw notAuthentic('A call to Lark’s path is not signed')
  if (!same(signature, signatureOf(timestamp, nonce, encryptKey, body)))
    throw notAuthentic('A call to Lark’s path has a wrong signature')
}

/** AES-256-CBC under the hash of the key; the first 16 bytes are the initialisation vector. Throws what `node:crypto` throws. */
export function decrypt(encrypted: string, encryptKey: string): Buffer {
  const bytes = Buffer.from(encrypted, 'base64')
  const key = createHash('sha256').update(encryptKey).digest()
  const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16))
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()])
}

function decryptedOf(outer: Record<string, unknown>, encryptKey: string): Uint8Array {
  const { encrypt } = outer
  // Plain: no call of Lark's while a key is set.
  if (typeof encrypt !== 'string') throw notAuthentic('A call to Lark’s path is not encrypted although a key is set')
  try {
    return decrypt(encrypt, encryptKey)
  } catch (cause) {
    throw new MalformedCall('A call from Lark cannot be decrypted', { cause })
  }
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw new MalformedCall('A call from Lark is not JSON', { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new MalformedCall('A call from Lark is JSON but no object')
}

/** Of an event and a card callback it stands in the header, of a challenge and of events of the first version outside. */
function tokenOf(body: Record<string, unknown>): string {
  const { header, token } = body
  const inner = typeof header === 'object' && header !== null && 'token' in header ? header.token : token
  return typeof inner === 'string' ? inner : ''
}

/** In a time that does not tell how much of it is right. */
function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
