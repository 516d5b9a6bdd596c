/** Live updates: one stream of server-sent events for each pane of the page. */
import { randomBytes } from 'node:crypto'
import type { Chat, ChatMessage } from './chat.ts'
import type { Directory } from './directory.ts'
import { messages } from './i18n.ts'
import { HEARTBEAT_MS, RESUME_CHANGES_MAX, STREAMS_MAX } from './limits.ts'
import { Refused } from './refusal.ts'
import { viewOf } from './view.ts'

/** A pane that reads slower than this many events behind is cut off; it comes back by itself and resumes. */
const BEHIND_MAX = 500

interface Pane {
  readonly account: string
  readonly write: (chunk: string) => void
  readonly end: () => void
}

export class Streams {
  readonly #chat: Chat
  readonly #directory: Directory
  readonly #panes = new Set<Pane>()
  readonly #beat: () => void
  /** First part of every event's id: a pane that comes back to another process loads everything again. */
  readonly #epoch = randomBytes(6).toString('hex')
  #timer: NodeJS.Timeout | undefined

  /** @param beat is called every {@link HEARTBEAT_MS} while anyone listens */
  constructor(chat: Chat, directory: Directory, beat: () => void) {
    this.#chat = chat
    this.#directory = directory
    this.#beat = beat
  }

  get count(): number {
    return this.#panes.size
  }

  /** @param lastId the id of the last event the pane has seen; absent when it is new */
  open(account: string, lastId: string | undefined, signal: AbortSignal): Response {
    if (this.#panes.size >= STREAMS_MAX) throw new Refused(503, messages.later('too-many-panes', { max: STREAMS_MAX }))
    const encoder = new TextEncoder()
    let leave = () => {}
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          let open = true
          leave = () => {
            open = false
            this.#leave(pane)
          }
          const close = () => {
            if (!open) return
            leave()
            controller.close()
          }
          signal.addEventListener('abort', close, { once: true })
          const write = (chunk: string) => {
            if (!open) return
            if ((controller.desiredSize ?? 0) < -BEHIND_MAX) close()
            else controller.enqueue(encoder.encode(chunk))
          }
          const pane: Pane = { account, write, end: close }
          this.#join(pane, lastId)
        },
        // The reader has gone, and the stream is closed already.
        cancel: () => leave(),
      },
      { highWaterMark: 0 },
    )
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    })
  }

  /** Tells everyone who may see it. */
  tellMessage(message: ChatMessage): void {
    const members = this.#directory.latest.place.get(message.room)?.members ?? []
    for (const pane of this.#panes)
      if (members.includes(pane.account) && (message.onlyFor === undefined || message.onlyFor === pane.account))
        pane.write(this.#eventOf(message))
  }

  /** Tells every pane. */
  tell(event: 'clock' | 'unread', data: unknown): void {
    for (const pane of this.#panes) pane.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Ends every stream and the timer: nothing keeps the process alive. */
  close(): void {
    for (const pane of [...this.#panes]) pane.end()
  }

  #join(pane: Pane, lastId: string | undefined): void {
    this.#panes.add(pane)
    this.#timer ??= setInterval(() => {
      for (const each of [...this.#panes]) each.write(': still here\n\n')
      this.#beat()
    }, HEARTBEAT_MS)
    this.#timer.unref()
    pane.write('retry: 1000\n\n')
    const [epoch, rev = ''] = lastId?.split('.') ?? []
    const rooms = (this.#directory.latest.placesOf.get(pane.account) ?? []).map(({ room }) => room)
    const missed = lastId === undefined ? [] : this.#chat.changesSince(Number(rev) || 0, rooms, pane.account)
    const lost = lastId !== undefined && (epoch !== this.#epoch || missed.length > RESUME_CHANGES_MAX)
    pane.write(`id: ${this.#epoch}.${this.#chat.latest}\nevent: ${lost ? 'reset' : 'ready'}\ndata: {}\n\n`)
    if (!lost) for (const message of missed) pane.write(this.#eventOf(message))
  }

  #eventOf(message: ChatMessage): string {
    return `id: ${this.#epoch}.${message.rev}\nevent: message\ndata: ${JSON.stringify(viewOf(message))}\n\n`
  }

  #leave(pane: Pane): void {
    this.#panes.delete(pane)
    if (this.#panes.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
