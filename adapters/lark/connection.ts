/** One long connection: opened, its frames heard, gone. The SDK's own way of connecting again is not used: it waits for minutes and tells nobody why. */
import { EventDispatcher, WSClient } from '@larksuiteoapi/node-sdk'
import axios from 'axios'
import { SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { type LarkConfig, originOf } from './config.ts'
import { explain, LarkRefusal } from './failures.ts'
import { forSdk, silentLogger } from './line.ts'

/** All in milliseconds of real time; what each means stands in limits.ts. */
export interface ConnectionTiming {
  readonly connectWithinMs: number
  readonly pongWithinMs: number
}
export interface Connection {
  /** Resolves when the connection is gone. */
  readonly lost: Promise<string>
  isOpen(): boolean
  close(): void
}

/** Hears one frame: what it gives goes back in the acknowledgement, what it throws makes Lark deliver again. */
export type HearFrame = (body: unknown, isOpen: () => boolean) => Promise<unknown>

const WHAT = 'the long connection'

/** Resolves when the connection is there. Throws `PlatformError` when it cannot be had; then nothing is left open. */
export async function connect(
  config: LarkConfig,
  timing: ConnectionTiming,
  hear: HearFrame,
  signal: AbortSignal,
): Promise<Connection> {
  let lose: (reason: string) => void = () => {}
  const lost = new Promise<string>((resolve) => {
    lose = resolve
  })
  const { opened, failed, ready } = opening(signal, timing.connectWithinMs)
  const client = new WSClient({
    appId: config.appId,
    appSecret: config.appSecret,
    domain: originOf(config.domain),
    httpInstance: watchedHttp(timing.connectWithinMs, failed),
    logger: silentLogger,
    handshakeTimeoutMs: timing.connectWithinMs,
    wsConfig: { pingTimeout: timing.pongWithinMs / SECOND_MS },
    onReady: ready,
    onError: () => failed(new PlatformError('not-sent', 'Lark did not take the connection', { code: 'no_connection' })),
    // Its first word when the socket has closed; whatever it has begun then is ended by `close`.
    onReconnecting: () => lose('the connection was closed'),
  })
  const isOpen = () => client.getConnectionStatus().state === 'connected'
  void client.start({ eventDispatcher: new Door((body) => hear(body, isOpen)) })
  // The SDK sets its timers after it has called back.
  const close = () => void setImmediate(() => client.close())
  try {
    await opened
  } catch (error) {
    close()
    throw explain(WHAT, error)
  }
  return { lost, isOpen, close }
}

/** The SDK's dispatcher takes envelopes apart and loses their header: this one hands them on as they came. */
class Door extends EventDispatcher {
  readonly #hear: (body: unknown) => Promise<unknown>

  constructor(hear: (body: unknown) => Promise<unknown>) {
    super({ logger: silentLogger })
    this.#hear = hear
  }
  override async invoke(body: unknown): Promise<unknown> {
    return this.#hear(body)
  }
}

/** Settles once: ready, failed, called off, or too long. */
function opening(signal: AbortSignal, withinMs: number) {
  let ready: () => void = () => {}
  let failed: (error: Error) => void = () => {}
  const settled = new Promise<void>((resolve, reject) => {
    ready = resolve
    failed = reject
  })
  const giveUp = (why: string) => failed(new PlatformError('not-sent', why, { code: 'no_connection' }))
  const stop = () => giveUp('The connection was called off')
  const timer = setTimeout(() => giveUp(`Lark gave no connection within ${withinMs} ms`), withinMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const opened = settled.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  })
  return { opened, ready: () => ready(), failed: (error: Error) => failed(error) }
}

/** The call for an address, of whose failure the SDK speaks to its log alone. */
function watchedHttp(timeoutMs: number, failed: (error: Error) => void) {
  const http = axios.create({ timeout: timeoutMs, maxRedirects: 0 })
  http.interceptors.response.use(
    ({ data }) => {
      const code: unknown = typeof data === 'object' && data !== null ? data.code : undefined
      if (code !== 0) failed(explain(WHAT, typeof code === 'number' ? new LarkRefusal(code) : new Error('no JSON')))
      return data
    },
    (error: Error) => {
      failed(explain(WHAT, error))
      throw error
    },
  )
  return forSdk(http)
}
