/** One connection of Socket Mode: opened, greeted, its frames read, its acknowledgements written for as long as it is there. */
import { SocketModeClient } from '@slack/socket-mode'
import { PlatformError } from '#core/errors.ts'
import { clientOptions, silentLogger } from './client.ts'
import type { SlackConfig } from './config.ts'
import { type Envelope, type Frame, readFrame } from './envelope.ts'
import { explain, OPEN_CONNECTION } from './failures.ts'

/** All in milliseconds of real time; what each means stands in limits.ts. */
export interface ConnectionTiming {
  readonly callTimeoutMs: number
  readonly helloWithinMs: number
  readonly closeWithinMs: number
  readonly pongWithinMs: number
  readonly pingWithinMs: number
}

export interface Ears {
  /** `acknowledge` tells whether it was written to the socket while that was open. */
  envelope(envelope: Envelope, acknowledge: (payload: unknown) => boolean): void
  /** A frame that cannot be read: it is not acknowledged. */
  unreadable(error: unknown): void
}

export interface Connection {
  /** Resolves with the reason when this connection is not to be counted on: Slack is about to end it, or it is gone. */
  readonly leaving: Promise<string>
  readonly closed: Promise<void>
  /** Closes it, by force where Slack does not answer. */
  close(): Promise<void>
}

/** Resolves when Slack has said hello. Throws `PlatformError` when it has not; then nothing is left open. */
export async function connect(
  config: SlackConfig,
  timing: ConnectionTiming,
  ears: Ears,
  signal: AbortSignal,
): Promise<Connection> {
  const socket = new Socket(config, timing)
  let leave: (reason: string) => void = () => {}
  const leaving = new Promise<string>((resolve) => {
    leave = resolve
  })
  const closed = new Promise<void>((resolve) => {
    socket.on('disconnected', () => {
      leave('the socket was closed')
      resolve()
    })
  })
  socket.onUnreadable = ears.unreadable
  socket.onFrame = (frame) => {
    if (frame.kind === 'disconnect') leave(frame.reason)
    if (frame.kind === 'envelope') ears.envelope(frame, (payload) => socket.acknowledge(frame.id, payload))
  }
  const close = () => closeSocket(socket, closed, timing.closeWithinMs)
  try {
    await greeting(socket, timing, signal)
  } catch (error) {
    await close()
    throw explain(OPEN_CONNECTION, error)
  }
  return { leaving, closed, close }
}

/**
 * The SDK's client, for its calls, its socket and its pings. Two things it does are not wanted: it connects again by itself,
 * which ends the process on some failures and leaves gaps; and it reads frames so that a broken one ends the process.
 */
class Socket extends SocketModeClient {
  onFrame: (frame: Frame) => void = () => {}
  onUnreadable: (error: unknown) => void = () => {}

  constructor(config: SlackConfig, timing: ConnectionTiming) {
    super({
      appToken: config.appToken ?? '',
      autoReconnectEnabled: false,
      clientPingTimeout: timing.pongWithinMs,
      serverPingTimeout: timing.pingWithinMs,
      clientOptions: clientOptions(config, timing.callTimeoutMs),
      logger: silentLogger,
    })
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    try {
      const frame = readFrame(typeof data === 'string' ? data : '')
      if (frame.kind === 'hello') await super.onWebSocketMessage(data, isBinary)
      else this.onFrame(frame)
    } catch (error) {
      this.onUnreadable(error)
    }
  }

  acknowledge(id: string, payload: unknown): boolean {
    if (!this.websocket?.isActive()) return false
    let written = false
    const frame = { envelope_id: id, ...(payload === undefined ? {} : { payload }) }
    this.websocket.send(JSON.stringify(frame), (error) => {
      written = error === undefined
    })
    return written
  }
}

/** Resolves with the hello. Throws what the SDK threw, or `PlatformError` when it takes too long or is called off. */
async function greeting(socket: Socket, { helloWithinMs }: ConnectionTiming, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  const over = new Promise<never>((_, reject) => {
    const give = (why: string) => reject(new PlatformError('not-sent', why, { code: 'no_hello' }))
    timer = setTimeout(() => give(`Slack did not say hello within ${helloWithinMs} ms`), helloWithinMs)
    stop = () => give('The connection was called off')
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  // The SDK rejects with nothing at all when the socket closes before the hello.
  const started = socket.start().catch((error: unknown) => {
    throw error ?? new PlatformError('not-sent', 'The socket was closed before Slack said hello', { code: 'no_hello' })
  })
  try {
    await Promise.race([started, over])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    started.catch(() => {})
  }
}

/** The SDK's first `disconnect` says goodbye and waits for Slack's for half a minute; its second cuts the socket. */
async function closeSocket(socket: Socket, closed: Promise<void>, withinMs: number): Promise<void> {
  // A start that still waits for its address would connect afterwards.
  socket.on('connecting', () => void setImmediate(() => void socket.disconnect()))
  void socket.disconnect()
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      void socket.disconnect()
      resolve()
    }, withinMs)
  })
  await Promise.race([closed, patience])
  clearTimeout(timer)
}
