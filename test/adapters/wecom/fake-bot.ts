/**
 * WeCom's side of the smart bot's connection, on loopback, as path/101463 describes it: it takes one connection of a bot and
 * throws out the one before, keeps what it is sent, answers each call once, and holds encrypted files.
 */
import { createCipheriv, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export const BOT_ID = 'aib-1'
export const BOT_SECRET = 'bot-secret-1'

export interface SentFrame {
  readonly cmd: string
  readonly reqId: string
  readonly body: Readonly<Record<string, unknown>>
}
/** How WeCom answers a call: with a number, not at all, with what nobody can read, or by breaking off before or after it is done. */
export type BotAnswer = number | 'silent' | 'gibberish' | 'drop' | 'drop after'

export interface BotShown {
  readonly chatId: string
  readonly msgtype: string
  /** As people read it: markdown, the words of a card, or the name of a file. */
  readonly body: Readonly<Record<string, unknown>>
  readonly taskId: string | undefined
}

interface Upload {
  readonly type: string
  readonly name: string
  readonly pieces: Map<number, Buffer>
}

export class FakeBot {
  readonly #http: Server
  readonly #server: WebSocketServer
  readonly #sockets: WebSocket[] = []
  readonly #uploads = new Map<string, Upload>()
  readonly #files = new Map<string, Buffer>()
  /** Clicks that a changed card may still answer, by their request: each once. */
  readonly #clicks = new Map<string, string>()
  #count = 0
  /** Everything that was sent to us, oldest first. */
  readonly frames: SentFrame[] = []
  /** What lies in the chats, oldest first. */
  readonly shown: BotShown[] = []
  readonly media = new Map<string, { readonly name: string; readonly type: string; readonly bytes: Buffer }>()
  /** How each call of that kind is answered; 0 when undefined. */
  answers: (frame: SentFrame) => BotAnswer | undefined = () => undefined
  /** How many connections were accepted so far. */
  accepted = 0

  private constructor(http: Server) {
    this.#http = http
    this.#server = new WebSocketServer({ server: http })
    this.#server.on('connection', (socket) => {
      socket.on('message', (data) => this.#take(socket, JSON.parse(String(data))))
      socket.on('close', () => this.#gone(socket))
    })
    http.on('request', (request, response) => {
      const bytes = this.#files.get(request.url ?? '')
      if (bytes) response.end(bytes)
      else response.writeHead(404).end()
    })
  }
  static async start(): Promise<FakeBot> {
    const http = createServer()
    await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
    return new FakeBot(http)
  }

  get #port(): number {
    return (this.#http.address() as AddressInfo).port
  }
  get url(): string {
    return `ws://127.0.0.1:${this.#port}/`
  }
  get config() {
    return { botId: BOT_ID, secret: BOT_SECRET, url: this.url }
  }
  /** Connections that are subscribed now. */
  get open(): number {
    return this.#sockets.length
  }

  /** Somebody writes, presses or opens: one frame, never repeated by WeCom. */
  push(cmd: 'aibot_msg_callback' | 'aibot_event_callback', body: Readonly<Record<string, unknown>>): string {
    const reqId = `req-${++this.#count}`
    const { event } = body as { event?: { template_card_event?: { task_id: string } } }
    if (event?.template_card_event) this.#clicks.set(reqId, event.template_card_event.task_id)
    this.sendText(JSON.stringify({ cmd, headers: { req_id: reqId }, body: { aibotid: BOT_ID, ...body } }))
    return reqId
  }
  sendText(text: string): void {
    const socket = this.#sockets.at(-1)
    if (!socket) throw new Error('No bot is connected')
    socket.send(text)
  }
  /** Breaks every connection off, without a word. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate()
  }
  /** Another program connects with the same bot. */
  throwOut(): void {
    for (const socket of this.#sockets) this.#sayGoodbye(socket)
  }

  /** A file that somebody sent, as the frame names it: encrypted, or as it is. */
  file(bytes: Uint8Array, { sealed = true } = {}): { url: string; aeskey?: string } {
    const path = `/files/${++this.#count}`
    const url = `http://127.0.0.1:${this.#port}${path}`
    if (!sealed) {
      this.#files.set(path, Buffer.from(bytes))
      return { url }
    }
    const key = randomBytes(32)
    const padding = 32 - (bytes.length % 32)
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    const padded = Buffer.concat([bytes, Buffer.alloc(padding, padding)])
    this.#files.set(path, Buffer.concat([cipher.update(padded), cipher.final()]))
    return { url, aeskey: key.toString('base64') }
  }
  /** The store has thrown it away, or cut it off. */
  spoil(url: string, how: 'gone' | 'cut off'): void {
    const path = new URL(url).pathname
    const bytes = this.#files.get(path)
    if (how === 'gone' || !bytes) this.#files.delete(path)
    else this.#files.set(path, bytes.subarray(0, bytes.length - 7))
  }

  async close(): Promise<void> {
    this.drop()
    for (const socket of this.#server.clients) socket.terminate()
    this.#server.close()
    this.#http.closeAllConnections()
    await new Promise((closed) => this.#http.close(closed))
  }

  #take(socket: WebSocket, raw: { cmd: string; headers: { req_id: string }; body?: Record<string, unknown> }): void {
    const frame: SentFrame = { cmd: raw.cmd, reqId: raw.headers.req_id, body: raw.body ?? {} }
    this.frames.push(frame)
    const answer = this.answers(frame)
    if (answer === 'drop') {
      socket.terminate()
      return
    }
    if (typeof answer === 'number' && answer !== 0) {
      this.#answer(socket, frame, answer)
      return
    }
    const [errcode, body] = this.#do(socket, frame)
    if (answer === 'drop after') socket.terminate()
    else if (answer === 'gibberish') socket.send('<!doctype html>')
    else if (answer !== 'silent') this.#answer(socket, frame, errcode, body)
  }
  #answer(socket: WebSocket, { reqId }: SentFrame, errcode: number, body?: object): void {
    const errmsg = errcode === 0 ? 'ok' : 'no'
    socket.send(JSON.stringify({ headers: { req_id: reqId }, errcode, errmsg, ...(body ? { body } : {}) }))
  }

  #do(socket: WebSocket, frame: SentFrame): [errcode: number, body?: object] {
    const { cmd, body } = frame
    if (cmd === 'aibot_subscribe') {
      if (body['bot_id'] !== BOT_ID || body['secret'] !== BOT_SECRET) return [40001]
      for (const before of this.#sockets) this.#sayGoodbye(before)
      this.#sockets.push(socket)
      this.accepted += 1
      return [0]
    }
    if (cmd === 'ping') return [0]
    if (cmd === 'aibot_upload_media_init') {
      const id = `up-${++this.#count}`
      this.#uploads.set(id, { type: String(body['type']), name: String(body['filename']), pieces: new Map() })
      return [0, { upload_id: id }]
    }
    if (cmd === 'aibot_upload_media_chunk') {
      const piece = Buffer.from(String(body['base64_data']), 'base64')
      this.#uploads.get(String(body['upload_id']))?.pieces.set(Number(body['chunk_index']), piece)
      return [0]
    }
    if (cmd === 'aibot_upload_media_finish') return this.#finish(String(body['upload_id']))
    if (cmd === 'aibot_send_msg') return this.#show(body)
    if (cmd === 'aibot_respond_update_msg')
      return this.#change(frame.reqId, body['template_card'] as Record<string, unknown>)
    return [40058]
  }
  #finish(id: string): [errcode: number, body?: object] {
    const upload = this.#uploads.get(id)
    if (!upload) return [40058]
    const pieces = [...upload.pieces].toSorted(([one], [other]) => one - other).map(([, piece]) => piece)
    const mediaId = `media-${++this.#count}`
    this.media.set(mediaId, { name: upload.name, type: upload.type, bytes: Buffer.concat(pieces) })
    return [0, { media_id: mediaId, type: upload.type, created_at: '0' }]
  }
  #show(body: Readonly<Record<string, unknown>>): [errcode: number] {
    const msgtype = String(body['msgtype'])
    const part = body[msgtype] as Record<string, unknown> | undefined
    if (!part) return [40058]
    if (msgtype === 'markdown' && Buffer.byteLength(String(part['content'])) > 20_480) return [45002]
    const taskId = msgtype === 'template_card' ? String(part['task_id']) : undefined
    if (taskId !== undefined && !/^[\w\-@]{1,128}$/.test(taskId)) return [42014]
    if (taskId !== undefined && this.shown.some((shown) => shown.taskId === taskId)) return [42014]
    if (msgtype === 'template_card' && !isCard(part)) return [42028]
    this.shown.push({ chatId: String(body['chatid']), msgtype, body: part, taskId })
    return [0]
  }
  #change(reqId: string, card: Record<string, unknown>): [errcode: number] {
    const clicked = this.#clicks.get(reqId)
    this.#clicks.delete(reqId)
    if (clicked === undefined || clicked !== card['task_id']) return [846_605]
    const at = this.shown.findIndex(({ taskId }) => taskId === card['task_id'])
    const before = this.shown[at]
    if (!before || !isCard(card)) return [42014]
    this.shown[at] = { ...before, body: card }
    return [0]
  }
  #sayGoodbye(socket: WebSocket): void {
    socket.send(
      JSON.stringify({
        cmd: 'aibot_event_callback',
        headers: { req_id: `req-${++this.#count}` },
        body: { msgid: `m-${this.#count}`, msgtype: 'event', event: { eventtype: 'disconnected_event' } },
      }),
    )
    this.#gone(socket)
    socket.close()
  }
  #gone(socket: WebSocket): void {
    const at = this.#sockets.indexOf(socket)
    if (at >= 0) this.#sockets.splice(at, 1)
  }
}

/** The bounds that path/101032 calls hard: counts and bytes. */
function isCard(card: Readonly<Record<string, unknown>>): boolean {
  const list = (value: unknown): readonly Record<string, unknown>[] => (Array.isArray(value) ? value : [])
  const bytes = (value: unknown): number => Buffer.byteLength(String(value ?? ''))
  const isMenu = (menu: unknown, countMax: number): boolean => {
    const { question_key: key, option_list: options } = (menu ?? {}) as Record<string, unknown>
    const ids = list(options).map(({ id }) => String(id))
    return (
      bytes(key) > 0 &&
      ids.length >= 1 &&
      ids.length <= countMax &&
      new Set(ids).size === ids.length &&
      ids.every((id) => bytes(id) <= 128)
    )
  }
  const buttons = list(card['button_list'])
  const keys = buttons.map(({ key }) => String(key))
  const hasTitle = bytes((card['main_title'] as Record<string, unknown> | undefined)?.['title']) > 0
  if (card['card_type'] === 'vote_interaction')
    return hasTitle && isMenu(card['checkbox'], 20) && bytes((card['submit_button'] as { key: string }).key) <= 1_024
  return (
    card['card_type'] === 'button_interaction' &&
    hasTitle &&
    buttons.length >= 1 &&
    buttons.length <= 6 &&
    new Set(keys).size === keys.length &&
    keys.every((key) => bytes(key) >= 1 && bytes(key) <= 1_024) &&
    list(card['horizontal_content_list']).length <= 6 &&
    (card['button_selection'] === undefined || isMenu(card['button_selection'], 10))
  )
}
