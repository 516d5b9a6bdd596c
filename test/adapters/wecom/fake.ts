/** A WeCom on loopback: its server API as the documents describe it, with failures on demand, and its calls to an app. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { realNow } from '#core/clock.ts'
import type { RawRequest } from '#core/platform.ts'
import type { WecomConfig } from '../../../adapters/wecom/index.ts'
import { callOf, type Spoiling, selectedItems, xmlOf } from './fake-calls.ts'
import { type Json, list, object, string } from './fake-cards.ts'
import { FakeState, type Member, type Posted, refusal } from './fake-state.ts'

/** How the next call ends; `on` is the method that it waits for, any but gettoken when absent. */
export type Trouble = { readonly on?: string } & (
  | { readonly errcode: number; readonly errmsg?: string }
  | { readonly status: number }
  | { readonly page: string }
  | { readonly silent: true }
  /** `after`: done, and the connection breaks. */
  | { readonly reset: 'before' | 'after' }
)

export interface FakeWecom {
  readonly config: WecomConfig & {
    readonly apiUrl: string
    readonly corpId: string
    readonly app: NonNullable<WecomConfig['app']>
  }
  readonly keys: { readonly corpId: string; readonly token: string; readonly encodingAesKey: string }
  readonly state: FakeState
  readonly people: { readonly an: string; readonly wang: string }
  readonly chat: string
  posted(): readonly Posted[]
  /** The methods called so far, in order. */
  called(): readonly string[]
  /** What a method was called with, byte by byte. */
  bodiesOf(method: string): readonly string[]
  /** The addresses called, as they came in: with the token. */
  urls(): readonly string[]
  join(member: Member): void
  fail(...troubles: readonly Trouble[]): void
  /** The n-th call of this method from now on ends like this. */
  afterwards(method: string, n: number, trouble: Trouble): void
  /** Told of everything that is put out, before WeCom answers. */
  whenPosted(look: (posted: Posted) => Promise<void>): void
  /** Moves WeCom's own clock. */
  advance(ms: number): void
  /** Takes the token back before its time. */
  revoke(): void
  stopListening(): Promise<void>
  close(): Promise<void>

  text(userid: string, text: string, msgId: string, spoiling?: Spoiling): RawRequest
  image(userid: string, name: string, bytes: Uint8Array, msgId: string): RawRequest
  event(userid: string, event: string, more?: Readonly<Record<string, string>>): RawRequest
  /** Presses a button by its label. @param code of an earlier press, to make the same call again */
  press(on: Posted, label: string, code?: string): RawRequest
  /** Chooses an option and sends it off. */
  choose(on: Posted, option: string, code?: string): RawRequest
  call(message: string, spoiling?: Spoiling): RawRequest
  /** What a call that was made here says. */
  plainOf(request: RawRequest): string
}

const KEYS = {
  corpId: 'ww0123456789abcdef',
  token: 'FakeTokenOfWecom',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
}
const SECRET = 'fake-secret-of-the-app'
const HOOK_KEY = '693a91f6-0000-4bc4-97a0-0ec2fa5aaa00'

export async function startFakeWecom({ now = realNow }: { readonly now?: () => number } = {}): Promise<FakeWecom> {
  let aheadMs = 0
  const clock = () => now() + aheadMs
  const state = new FakeState(clock)
  const server = new FakeServer(state, clock)
  const apiUrl = `${await server.listen()}/cgi-bin/`
  const join = (member: Member) => void state.members.set(member.userid, member)
  state.departments.push({ id: 1, name: '云杉客服部', parentid: 0 }, { id: 2, name: '一线组', parentid: 1 })
  join({ userid: 'AnLin', name: '安琳', mobile: '13800000001', email: 'an@spruce.example', departments: [1, 2] })
  join({ userid: 'wangli', name: '王丽', mobile: '13800000002', email: 'wang@spruce.example', departments: [2] })
  state.chats.set('general', { name: '客服部', userlist: ['AnLin', 'wangli'] })
  state.hooks.add(HOOK_KEY)
  const said = new WeakMap<RawRequest, string>()
  const call = (message: string, spoiling?: Spoiling) => {
    const request = callOf(KEYS, message, spoiling)
    said.set(request, message)
    return request
  }
  const head = (userid: string) => ({
    ToUserName: KEYS.corpId,
    FromUserName: userid,
    CreateTime: '1790000000',
    AgentID: String(state.agentId),
  })
  const clickOn = (on: Posted, key: string, chosen: string | undefined, code?: string) =>
    call(
      xmlOf({
        ...head(on.room),
        MsgType: 'event',
        Event: 'template_card_event',
        EventKey: key,
        TaskId: on.taskId ?? '',
        CardType: string(on.card?.['card_type']),
        ResponseCode: code ?? state.newCode(on.taskId ?? '', on.room),
        ...(chosen === undefined ? {} : { SelectedItems: selectedItems('choice', [chosen]) }),
      }),
    )
  return {
    config: {
      corpId: KEYS.corpId,
      app: { agentId: String(state.agentId), secret: SECRET, token: KEYS.token, encodingAesKey: KEYS.encodingAesKey },
      webhooks: { team: HOOK_KEY },
      apiUrl,
    },
    keys: KEYS,
    state,
    people: { an: 'AnLin', wang: 'wangli' },
    chat: 'chat:general',
    posted: () => state.posted,
    called: () => server.calls.map(({ method }) => method),
    bodiesOf: (method) => server.calls.filter((one) => one.method === method).map(({ body }) => body),
    urls: () => server.calls.map(({ url }) => url),
    join,
    afterwards: (on, n, trouble) => void server.later.push({ on, left: n, trouble }),
    whenPosted: (look) => {
      server.look = look
    },
    fail: (...troubles) => void server.troubles.push(...troubles),
    advance: (ms) => {
      aheadMs += ms
    },
    revoke: () => server.revoke(),
    stopListening: () => server.stop(),
    close: () => server.stop(),
    call,
    plainOf: (request) => said.get(request) ?? '',
    text: (userid, text, msgId, spoiling) =>
      call(xmlOf({ ...head(userid), MsgType: 'text', Content: text, MsgId: msgId }), spoiling),
    image(userid, name, bytes, msgId) {
      const { media_id: media } = state.upload(name, 'image/png', bytes)
      return call(
        xmlOf({
          ...head(userid),
          MsgType: 'image',
          PicUrl: 'https://p.example/1',
          MediaId: string(media),
          MsgId: msgId,
        }),
      )
    },
    event: (userid, event, more = {}) => call(xmlOf({ ...head(userid), MsgType: 'event', Event: event, ...more })),
    press(on, label, code) {
      const button = list(on.card?.['button_list']).find((one) => one['text'] === label && one['type'] !== 1)
      if (!button || on.card?.['replace_text'] !== undefined) throw new Error(`There is no button ${label}`)
      const selection = object(on.card?.['button_selection'])
      const [first] = list(selection['option_list'])
      // What stands in the menu goes along with every button.
      return clickOn(on, string(button['key']), first && string(selection['selected_id'] ?? first['id']), code)
    },
    choose(on, option, code) {
      const menu = object(on.card?.['button_selection'] ?? on.card?.['checkbox'])
      const found = list(menu['option_list']).find((one) => one['text'] === option)
      const submit = list(on.card?.['button_list']).find((one) => string(one['key']).startsWith('s'))
      const key = string((submit ?? object(on.card?.['submit_button']))['key'])
      if (!found || key === '') throw new Error(`There is no option ${option}`)
      return clickOn(on, key, string(found['id']), code)
    },
  }
}

class FakeServer {
  readonly calls: { readonly method: string; readonly body: string; readonly url: string }[] = []
  readonly troubles: Trouble[] = []
  readonly later: { readonly on: string; left: number; readonly trouble: Trouble }[] = []
  look: (posted: Posted) => Promise<void> = async () => {}
  readonly #state: FakeState
  readonly #now: () => number
  #token: { readonly value: string; readonly till: number } | undefined
  #tokens = 0
  readonly #server = createServer((request, response) => void this.#handle(request, response))

  constructor(state: FakeState, now: () => number) {
    this.#state = state
    this.#now = now
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`),
      )
    })
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  revoke(): void {
    this.#token = undefined
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://wecom')
    const method = url.pathname.replace(/^\/cgi-bin\//, '')
    const raw = await readAll(request)
    const isUpload = method === 'media/upload' || method === 'webhook/upload_media'
    this.calls.push({ method, body: isUpload ? '' : raw.toString('utf8'), url: request.url ?? '' })
    for (const one of this.later)
      if (one.on === method && --one.left === 0) this.troubles.unshift({ ...one.trouble, on: method })
    const index = this.troubles.findIndex(
      ({ on }) => (on ?? method) === method && (on !== undefined || method !== 'gettoken'),
    )
    const [trouble] = index < 0 ? [] : this.troubles.splice(index, 1)
    if (trouble && !('reset' in trouble && trouble.reset === 'after') && !('silent' in trouble))
      return spoil(trouble, response)
    const before = this.#state.posted.length
    const answer = this.#answer(method, url.searchParams, raw, request)
    for (const posted of this.#state.posted.slice(before)) await this.look(posted)
    if (trouble && 'silent' in trouble) return
    if (trouble) return void response.destroy()
    if (answer instanceof Uint8Array) {
      response.writeHead(200, { 'content-type': 'image/png', 'content-disposition': 'attachment; filename="1.png"' })
      return void response.end(answer)
    }
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' })
    response.end(JSON.stringify(answer))
  }

  #answer(method: string, query: URLSearchParams, raw: Buffer, request: IncomingMessage): Json | Uint8Array {
    if (method === 'gettoken') return this.#newToken(query)
    const isWebhook = method.startsWith('webhook/')
    if (!isWebhook) {
      const given = query.get('access_token')
      if (given === null) return refusal(41001)
      if (given !== this.#token?.value) return refusal(40014, 'invalid access_token')
      if (this.#token.till <= this.#now()) return refusal(42001, 'access_token expired')
    }
    if (method === 'media/upload' || method === 'webhook/upload_media') {
      const { name, bytes } = partIn(raw, request.headers['content-type'] ?? '')
      return this.#state.upload(name, query.get('type') ?? '', bytes)
    }
    if (method === 'media/get') {
      return this.#state.media.get(query.get('media_id') ?? '')?.bytes ?? refusal(40007, 'invalid media_id')
    }
    return this.#state.answer(method, query, raw.toString('utf8'))
  }

  #newToken(query: URLSearchParams): Json {
    if (query.get('corpsecret') !== SECRET) return refusal(40001, 'invalid credential')
    if (query.get('corpid') !== KEYS.corpId) return refusal(40013, 'invalid corpid')
    this.#tokens += 1
    // The same one, as long as it holds.
    if (!this.#token || this.#token.till <= this.#now())
      this.#token = { value: `secret-token-${this.#tokens}`, till: this.#now() + 7_200_000 }
    const { value, till } = this.#token
    return { errcode: 0, errmsg: 'ok', access_token: value, expires_in: Math.round((till - this.#now()) / 1_000) }
  }
}

function spoil(trouble: Trouble, response: ServerResponse): void {
  if ('reset' in trouble) return void response.destroy()
  if ('errcode' in trouble) {
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify(refusal(trouble.errcode, trouble.errmsg)))
  }
  response.writeHead('status' in trouble ? trouble.status : 200, { 'content-type': 'text/html' })
  response.end('page' in trouble ? trouble.page : '<html></html>')
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The one part of a multipart body. */
function partIn(raw: Buffer, type: string): { name: string; bytes: Uint8Array } {
  const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? ''
  const headEnd = raw.indexOf('\r\n\r\n')
  const name = /filename="([^"]*)"/.exec(raw.subarray(0, headEnd).toString('utf8'))?.[1] ?? ''
  const end = raw.lastIndexOf(`\r\n--${boundary}`)
  return { name, bytes: new Uint8Array(raw.subarray(headEnd + 4, end)) }
}
