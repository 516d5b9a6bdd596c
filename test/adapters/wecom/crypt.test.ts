/** WeCom's encryption: its own vectors, what is forged, what is cut, and XML that would do something. */
import { describe, expect, it } from 'vitest'
import { MalformedCall } from '#core/platform.ts'
import { decrypt, signatureOf, verify } from '../../../adapters/wecom/crypt.ts'
import { createReceive } from '../../../adapters/wecom/receive.ts'
import { readXml } from '../../../adapters/wecom/xml.ts'
import { callOf, encrypt, verification } from './fake-calls.ts'

// https://developer.work.weixin.qq.com/document/path/90968 and Tencent's samples.
const VECTOR = { token: 'QDG6eK', corpId: 'wx5823bf96d3bd56c7', key: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' }
const ECHO = {
  encrypted: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
  timestamp: '1409659589',
  nonce: '263014780',
  signature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
}
const POST = {
  encrypted:
    'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==',
  timestamp: '1409659813',
  nonce: '1372623149',
  signature: '477715d11cdb4164915debcba66cb864d751f3e6',
}
const KEYS = { corpId: VECTOR.corpId, token: VECTOR.token, encodingAesKey: VECTOR.key }
const APP = { agentId: '1000002', secret: 's', token: VECTOR.token, encodingAesKey: VECTOR.key }
const receive = createReceive(APP, VECTOR.corpId, { heard: () => {}, codes: { learn: () => {} } })
const notAuthentic = { name: 'PlatformError', kind: 'not-authentic' }

describe('WeCom’s own vectors', () => {
  it('are signed as WeCom signs them', () => {
    for (const { signature, ...sealed } of [ECHO, POST]) expect(signatureOf(VECTOR.token, sealed)).toBe(signature)
    expect(() => verify(VECTOR.token, { ...POST, signature: POST.signature.toUpperCase() })).not.toThrow()
  })
  it('the verification of the address is answered with its plain words', async () => {
    const { signature, timestamp, nonce, encrypted } = ECHO
    const query = `msg_signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&echostr=${encodeURIComponent(encrypted)}`
    const request = { ...verification(KEYS, ''), url: `/wecom/callback?${query}` }
    expect(await receive(request, async () => ({}))).toMatchObject({ status: 200, body: '1616140317555161061' })
    // Some proxies leave a plus sign as it is.
    const raw = { ...request, url: `/wecom/callback?${query.replaceAll('%2B', '+')}` }
    expect((await receive(raw, async () => ({}))).body).toBe('1616140317555161061')
  })
  it('a message whose padding is wider than AES’s own is read', () => {
    const xml = readXml(decrypt(VECTOR.key, POST.encrypted, VECTOR.corpId))
    expect(xml).toMatchObject({
      Content: 'hello',
      FromUserName: 'mycreate',
      MsgId: '4561255354251345929',
      AgentID: '218',
    })
  })
  it('the same words encrypted anew read the same, with every width of padding', () => {
    for (let length = 0; length <= 33; length += 1) {
      const words = '字'.repeat(length)
      expect(decrypt(VECTOR.key, encrypt(KEYS, words), VECTOR.corpId)).toBe(words)
    }
  })
})

describe('what does not come from WeCom', () => {
  it.each([
    ['another token', { token: 'another' }],
    ['another enterprise', { receiver: 'ww-another' }],
    ['no enterprise', { receiver: '' }],
  ])('is refused: %s', async (_, spoiling) => {
    await expect(receive(callOf(KEYS, '<xml/>', spoiling), async () => ({}))).rejects.toMatchObject(notAuthentic)
    await expect(receive(verification(KEYS, 'echo', spoiling), async () => ({}))).rejects.toMatchObject(notAuthentic)
  })
  it('is refused without a signature, or with one of another length', async () => {
    const request = callOf(KEYS, '<xml/>')
    for (const url of ['/wecom/callback', request.url.replace(/msg_signature=\w+/, 'msg_signature=abc')])
      await expect(receive({ ...request, url }, async () => ({}))).rejects.toMatchObject(notAuthentic)
  })
  it('is refused when the encrypted words were changed', async () => {
    const request = callOf(KEYS, '<xml/>')
    const body = Buffer.from(
      Buffer.from(request.body)
        .toString()
        .replace(/CDATA\[(?=[^\]]{60})../, 'CDATA[AA'),
    )
    await expect(receive({ ...request, body }, async () => ({}))).rejects.toMatchObject(notAuthentic)
  })
})

describe('what is authentic and cannot be read', () => {
  const whole = encrypt(KEYS, '<xml><MsgType>text</MsgType></xml>')
  const bytes = Buffer.from(whole, 'base64')
  it.each([
    ['nothing', ''],
    ['half a block', bytes.subarray(0, 40).toString('base64')],
    ['cut between blocks', bytes.subarray(0, 32).toString('base64')],
    ['no base64', '????'],
  ])('is malformed: %s', async (_, encrypted) => {
    await expect(receive(callOf(KEYS, '', { encrypted }), async () => ({}))).rejects.toBeInstanceOf(MalformedCall)
  })
  it.each([
    ['no XML', 'hello'],
    ['an open tag', '<xml><MsgType>text'],
    ['no <xml>', '<other><MsgType>text</MsgType></other>'],
    ['no sender', '<xml><MsgType>text</MsgType><MsgId>1</MsgId></xml>'],
    ['no number', '<xml><MsgType>text</MsgType><FromUserName>an</FromUserName></xml>'],
  ])('is malformed: %s', async (_, message) => {
    await expect(receive(callOf(KEYS, message), async () => ({}))).rejects.toBeInstanceOf(MalformedCall)
  })
})

describe('XML', () => {
  it('that declares a document type or entities is refused before anything is read', () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
    for (const text of [bomb, '<!doctype xml SYSTEM "file:///etc/passwd"><xml><a>1</a></xml>', '<!ENTITY a "b"><xml/>'])
      expect(() => readXml(text)).toThrow(MalformedCall)
  })
  it('expands no entity, and leaves numbers and spaces as they are', () => {
    const read = readXml('<xml><Content><![CDATA[ &lt;b&gt; &#65; <!DOCTYPE x> ]]></Content><Id>007</Id></xml>')
    expect(read).toEqual({ Content: ' &lt;b&gt; &#65; <!DOCTYPE x> ', Id: '007' })
  })
  it('of a stranger takes no longer the more quotations it opens: a megabyte of them is refused at once', () => {
    // Read once for each of them it would take half a minute.
    expect(() => readXml(`<xml>${'<![CDATA['.repeat(120_000)}`)).toThrow(MalformedCall)
  })
  it('joins what had to be divided', () => {
    expect(readXml('<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>')).toEqual({ Content: 'a]]>b' })
  })
})
