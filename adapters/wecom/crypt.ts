/** WeCom's signature and encryption: https://developer.work.weixin.qq.com/document/path/90968. Pure. */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import { MalformedCall } from '#core/platform.ts'

/** What is signed, and the signature, as they came in the address. */
export interface Sealed {
  readonly signature: string
  readonly timestamp: string
  readonly nonce: string
  readonly encrypted: string
}

/** SHA-1 over the four, sorted: WeCom's own choice. */
export function signatureOf(token: string, { timestamp, nonce, encrypted }: Omit<Sealed, 'signature'>): string {
  return createHash('sha1').update([token, timestamp, nonce, encrypted].sort().join('')).digest('hex')
}

/** Throws `PlatformError('not-authentic')`. No age is refused: WeCom repeats itself and does not say how long; the inbox knows repeats. */
export function verify(token: string, sealed: Sealed): void {
  const expected = Buffer.from(signatureOf(token, sealed), 'ascii')
  const given = Buffer.from(sealed.signature.toLowerCase(), 'utf8')
  if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected))
    throw new PlatformError('not-authentic', 'A call to WeCom’s address has a wrong signature')
}

const BLOCK_BYTES = 16
/** WeCom fills up to 32 bytes where AES would fill up to 16: Node's own unpadding fails on half of its messages. */
const PADDING_MAX = 32
/** Random bytes, then the length of the message in four. */
const HEAD_BYTES = 20

/**
 * The message inside. @param receiver whom it must be for: the enterprise's id.
 * Throws `MalformedCall` for what cannot be decrypted, and `PlatformError('not-authentic')` for what is for somebody else.
 */
export function decrypt(encodingAesKey: string, encrypted: string, receiver: string): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64')
  const bytes = Buffer.from(encrypted, 'base64')
  if (bytes.byteLength === 0 || bytes.byteLength % BLOCK_BYTES !== 0) throw unreadable('is cut off')
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, BLOCK_BYTES)).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()])
  const padding = padded.at(-1) ?? 0
  if (padding < 1 || padding > PADDING_MAX || padding > padded.byteLength) throw unreadable('has a wrong padding')
  const plain = padded.subarray(0, padded.byteLength - padding)
  if (plain.byteLength < HEAD_BYTES) throw unreadable('has no head')
  const end = HEAD_BYTES + plain.readUInt32BE(HEAD_BYTES - 4)
  if (end > plain.byteLength) throw unreadable('is shorter than it says')
  if (plain.subarray(end).toString('utf8') !== receiver)
    throw new PlatformError('not-authentic', 'A call of WeCom is for another enterprise')
  return plain.subarray(HEAD_BYTES, end).toString('utf8')
}

const unreadable = (why: string): MalformedCall => new MalformedCall(`An encrypted call of WeCom ${why}`)
