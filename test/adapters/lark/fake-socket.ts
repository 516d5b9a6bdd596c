/** The fake's side of the long connection: addresses, pings answered, events sent in frames, every acknowledgement noted. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { readFrame, writeFrame } from './fake-frames.ts'
import { type Json, parsed, string } from './fake-json.ts'

/** What became of an event: taken with what it was answered, refused (Lark delivers again), or the connection was gone before. */
export type Fate = { readonly code: number; readonly data?: Json } | { readonly code: 'gone' }

export class FakeSockets {
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #sockets: WebSocket[] = []
  readonly #waiting = new Map<string, (fate: Fate) => void>()
  #count = 0
  /** Addresses handed out so far. */
  asked = 0
  pings = 0

  address(origin: string): string {
    this.asked += 1
    return `${origin.replace(/^http/, 'ws')}/ws?device_id=d${this.asked}&service_id=1`
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      this.#sockets.push(socket)
      socket.on('message', (data) => this.#hear(socket, data as Buffer))
      socket.on('close', () => this.#gone(socket))
    })
  }

  get open(): number {
    return this.#sockets.length
  }

  /** One event on the newest connection, in so many pieces, cut between any two bytes. */
  deliver(body: unknown, { pieces = 1 }: { pieces?: number } = {}): Promise<Fate> {
    return this.deliverText(JSON.stringify(body), pieces)
  }

  deliverText(text: string, pieces = 1): Promise<Fate> {
    const socket = this.#sockets.at(-1)
    if (!socket) throw new Error('Nobody is connected')
    const id = `f${++this.#count}`
    const fate = new Promise<Fate>((resolve) => this.#waiting.set(id, resolve))
    const bytes = Buffer.from(text)
    const size = Math.ceil(bytes.byteLength / pieces)
    for (let seq = 0; seq < pieces; seq += 1) {
      const headers = { type: 'event', message_id: id, sum: String(pieces), seq: String(seq), trace_id: 't' }
      socket.send(writeFrame({ method: 1, headers, payload: bytes.subarray(seq * size, (seq + 1) * size) }))
    }
    return fate
  }

  /** Breaks every connection off. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate()
  }
  close(): void {
    this.drop()
    this.#server.close()
  }

  #hear(socket: WebSocket, data: Buffer): void {
    const { method, headers, payload } = readFrame(data)
    if (method === 0) {
      this.pings += 1
      const config = { PingInterval: 120, ReconnectCount: -1, ReconnectInterval: 120, ReconnectNonce: 30 }
      socket.send(writeFrame({ method: 0, headers: { type: 'pong' }, payload: Buffer.from(JSON.stringify(config)) }))
      return
    }
    const { code, data: answered } = parsed(payload.toString('utf8'))
    const id = headers['message_id'] ?? ''
    const rest =
      answered === undefined ? {} : { data: parsed(Buffer.from(string(answered), 'base64').toString('utf8')) }
    this.#waiting.get(id)?.({ code: Number(code), ...rest })
    this.#waiting.delete(id)
  }

  #gone(socket: WebSocket): void {
    this.#sockets.splice(this.#sockets.indexOf(socket), 1)
    if (this.#sockets.length > 0) return
    for (const resolve of this.#waiting.values()) resolve({ code: 'gone' })
    this.#waiting.clear()
  }
}
