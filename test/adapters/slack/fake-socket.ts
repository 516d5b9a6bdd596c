/** The fake's side of Socket Mode: it hands out addresses, says hello, sends envelopes, and notes every acknowledgement in order. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { RawRequest } from '#core/platform.ts'

export interface Acknowledged {
  readonly envelopeId: string
  readonly payload?: unknown
}
/** What became of an envelope: acknowledged, with what it carried, or the connection was gone before. */
export type Fate = { readonly acknowledged: true; readonly payload?: unknown } | { readonly acknowledged: false }

export interface EnvelopeOptions {
  readonly id?: string
  readonly takesAnswer?: boolean
  readonly retryAttempt?: number
  readonly retryReason?: string
}

export class FakeSockets {
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #sockets: WebSocket[] = []
  readonly #waiting = new Map<string, ((fate: Fate) => void)[]>()
  readonly #tickets = new Set<string>()
  #count = 0
  /** In the order of arrival, over all connections. */
  readonly acknowledged: Acknowledged[] = []
  /** Addresses handed out so far. */
  opened = 0
  /** False: connections are taken and never greeted. */
  greets = true

  /** A fresh address; each is good for one connection. */
  address(origin: string): string {
    this.opened += 1
    const ticket = `t${this.opened}`
    this.#tickets.add(ticket)
    return `${origin.replace(/^http/, 'ws')}/link/?ticket=${ticket}`
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://fake').searchParams.get('ticket') ?? ''
    if (!this.#tickets.delete(ticket)) return void stream.destroy()
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      this.#sockets.push(socket)
      socket.on('message', (data) => this.#hear(String(data)))
      socket.on('close', () => this.#gone(socket))
      if (!this.greets) return
      const debug_info = { host: 'fake', approximate_connection_time: 18_060 }
      socket.send(JSON.stringify({ type: 'hello', num_connections: this.#sockets.length, debug_info }))
    })
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#sockets.length
  }

  /** Any text, on the newest connection. */
  sendText(text: string): void {
    this.#newest().send(text)
  }

  /** What a call by HTTP would have brought, as an envelope on the newest connection, or on the n-th. */
  async deliver(request: RawRequest, options: EnvelopeOptions = {}): Promise<Fate> {
    return this.deliverBody(...bodyOf(request), options)
  }

  deliverBody(type: string, payload: unknown, options: EnvelopeOptions = {}): Promise<Fate> {
    const { id = `env-${++this.#count}`, retryAttempt = 0, retryReason = '' } = options
    const takesAnswer = options.takesAnswer ?? type !== 'events_api'
    const fate = new Promise<Fate>((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve])
    })
    const retry = type === 'events_api' ? { retry_attempt: retryAttempt, retry_reason: retryReason } : {}
    this.sendText(JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: takesAnswer, ...retry }))
    return fate
  }

  /** Slack is about to end the newest connection. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void {
    this.sendText(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'fake' } }))
  }
  /** Breaks every connection off, without a word. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate()
  }
  /** The newest connection stays open and nothing on it is heard or answered any more, pings included. */
  freeze(): void {
    this.#newest().pause()
  }
  close(): void {
    this.drop()
    this.#server.close()
  }

  #newest(): WebSocket {
    const socket = this.#sockets.at(-1)
    if (!socket) throw new Error('Nobody is connected')
    return socket
  }

  #hear(text: string): void {
    const { envelope_id: envelopeId, ...rest } = JSON.parse(text) as { envelope_id: string; payload?: unknown }
    this.acknowledged.push({ envelopeId, ...rest })
    for (const resolve of this.#waiting.get(envelopeId) ?? []) resolve({ acknowledged: true, ...rest })
    this.#waiting.delete(envelopeId)
  }

  #gone(socket: WebSocket): void {
    const at = this.#sockets.indexOf(socket)
    if (at >= 0) this.#sockets.splice(at, 1)
    if (this.#sockets.length > 0) return
    for (const all of this.#waiting.values()) for (const resolve of all) resolve({ acknowledged: false })
    this.#waiting.clear()
  }
}

/** In an envelope, forms are objects and payloads are not text. */
function bodyOf(request: RawRequest): [type: string, payload: unknown] {
  const text = Buffer.from(request.body).toString('utf8')
  if (request.headers['content-type'] === 'application/json') return ['events_api', JSON.parse(text)]
  const form = Object.fromEntries(new URLSearchParams(text))
  return form['payload'] === undefined ? ['slash_commands', form] : ['interactive', JSON.parse(form['payload'])]
}
