/** WeCom's calls to an app, encrypted and signed as it does: https://developer.work.weixin.qq.com/document/path/90968. Written apart from the adapter. */
import { createCipheriv, createHash } from 'node:crypto'
import { realNow } from '#core/clock.ts'
import type { RawRequest } from '#core/platform.ts'

export interface Keys {
  readonly corpId: string
  readonly token: string
  readonly encodingAesKey: string
}

/** @param random 16 bytes; of no account when absent */
export function encrypt(keys: Keys, message: string, receiver = keys.corpId, random = Buffer.alloc(16, 7)): string {
  const key = Buffer.from(`${keys.encodingAesKey}=`, 'base64')
  const body = Buffer.from(message, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.byteLength)
  const plain = Buffer.concat([random, length, body, Buffer.from(receiver)])
  const padding = 32 - (plain.byteLength % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(padding, padding)), cipher.final()]).toString(
    'base64',
  )
}

export const sign = (token: string, timestamp: string, nonce: string, encrypted: string): string =>
  createHash('sha1').update([token, timestamp, nonce, encrypted].sort().join('')).digest('hex')

export interface Spoiling {
  /** Signed with another token. */
  readonly token?: string
  readonly receiver?: string
  /** In place of the encrypted message. */
  readonly encrypted?: string
  readonly timestamp?: string
}

/** `POST /wecom/callback`. */
export function callOf(keys: Keys, message: string, spoiling: Spoiling = {}): RawRequest {
  const encrypted = spoiling.encrypted ?? encrypt(keys, message, spoiling.receiver)
  const body = `<xml><ToUserName><![CDATA[${keys.corpId}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt><AgentID><![CDATA[1000002]]></AgentID></xml>`
  return {
    method: 'POST',
    url: `/wecom/callback?${queryOf(keys, encrypted, spoiling)}`,
    headers: { 'content-type': 'text/xml' },
    body: new Uint8Array(Buffer.from(body)),
    receivedAt: realNow(),
  }
}

/** `GET /wecom/callback`: WeCom verifies the address. */
export function verification(keys: Keys, echo: string, spoiling: Spoiling = {}): RawRequest {
  const encrypted = spoiling.encrypted ?? encrypt(keys, echo, spoiling.receiver)
  const query = `${queryOf(keys, encrypted, spoiling)}&echostr=${encodeURIComponent(encrypted)}`
  return { method: 'GET', url: `/wecom/callback?${query}`, headers: {}, body: new Uint8Array(), receivedAt: realNow() }
}

function queryOf(keys: Keys, encrypted: string, { token = keys.token, timestamp = '1790000000' }: Spoiling): string {
  const nonce = '263014780'
  return `msg_signature=${sign(token, timestamp, nonce, encrypted)}&timestamp=${timestamp}&nonce=${nonce}`
}

/** Text is never escaped in there: WeCom splits what would end it. */
const cdata = (text: string) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`

/** `{ Content: 'x', SelectedItems: […] }` as WeCom writes it; what is no string is XML already. */
export const xmlOf = (fields: Readonly<Record<string, string | { readonly xml: string }>>): string =>
  `<xml>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${typeof value === 'string' ? cdata(value) : value.xml}</${name}>`)
    .join('\n')}</xml>`

export const selectedItems = (questionKey: string, optionIds: readonly string[]) => ({
  xml: `<SelectedItem><QuestionKey>${cdata(questionKey)}</QuestionKey><OptionIds>${optionIds
    .map((id) => `<OptionId>${cdata(id)}</OptionId>`)
    .join('')}</OptionIds></SelectedItem>`,
})
