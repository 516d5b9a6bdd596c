/** One connection of the smart bot: opened, accepted, its frames handed on, until it ends. What is sent over it, is answered. */
import type { TemplateCard, WSClient } from '@wecom/aibot-node-sdk'
import { PlatformError } from '#core/errors.ts'
import type { WecomBotConfig } from '../config.ts'
import type { BotTiming } from './limits.ts'
import type { Body } from './render.ts'

export interface Frame {
  readonly reqId: string
  readonly body: unknown
}

/** Each call throws what the SDK throws. */
export interface Connection {
  /** Resolves when it is gone; true when another connection of the same bot has taken its place. */
  readonly ended: Promise<{ readonly thrownOut: boolean }>
  send(chatId: string, body: Body | { readonly msgtype: 'file' | 'image'; readonly mediaId: string }): Promise<void>
  /** Changes a card, in answer to the click on it. */
  update(reqId: string, card: TemplateCard): Promise<void>
  /** @returns the media id */
  upload(bytes: Uint8Array, type: 'file' | 'image', name: string): Promise<string>
  close(): void
}

/** What the SDK would log are whole frames, with what people wrote. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Larger frames are not WeCom's: the largest that it documents hold a message of 20 kB. */
const FRAME_BYTES_MAX = 1_000_000

/** Resolves when WeCom has accepted the bot. Throws `PlatformError` when it has not; then nothing is left open. */
export async function connect(
  config: WecomBotConfig,
  timing: BotTiming,
  hear: (frame: Frame) => void,
  signal: AbortSignal,
): Promise<Connection> {
  const { WSClient } = await import('@wecom/aibot-node-sdk')
  const client = new WSClient({
    botId: config.botId,
    secret: config.secret,
    ...(config.url === undefined ? {} : { wsUrl: config.url }),
    logger: SILENT,
    heartbeatInterval: timing.pingEveryMs,
    // It is connected again by the loop around this: the SDK gives up after some failures, and tells nobody.
    maxReconnectAttempts: 0,
    maxAuthFailureAttempts: 0,
    wsOptions: { handshakeTimeout: timing.connectWithinMs, maxPayload: FRAME_BYTES_MAX },
  })
  let thrownOut = false
  let lastError: unknown
  const ended = new Promise<{ thrownOut: boolean }>((resolve) => {
    client.on('event.disconnected_event', () => {
      thrownOut = true
    })
    client.on('error', (error) => {
      // Of an address that is none the SDK says no more than that it gives up.
      if (error.name === 'WSReconnectExhaustedError') resolve({ thrownOut })
      // What it was given up for has been told before.
      else if (error.name !== 'WSAuthFailureError') lastError = error
    })
    client.on('disconnected', () => resolve({ thrownOut }))
  })
  const pass = (frame: { headers: { req_id: string }; body?: unknown }) =>
    hear({ reqId: frame.headers.req_id, body: frame.body })
  client.on('message', pass)
  // Of the goodbye the handler above knows.
  client.on('event', (frame) => {
    if (frame.body?.event?.eventtype !== 'disconnected_event') pass(frame)
  })
  try {
    await accepted(client, ended, () => lastError, timing.connectWithinMs, signal)
  } catch (error) {
    client.disconnect()
    throw error
  }
  return { ended, ...callsOn(client), close: () => client.disconnect() }
}

function callsOn(client: WSClient): Pick<Connection, 'send' | 'update' | 'upload'> {
  return {
    async send(chatId, body) {
      if ('mediaId' in body) await client.sendMediaMessage(chatId, body.msgtype, body.mediaId)
      else await client.sendMessage(chatId, body)
    },
    async update(reqId, card) {
      await client.updateTemplateCard({ headers: { req_id: reqId } }, card)
    },
    async upload(bytes, type, filename) {
      return (await client.uploadMedia(Buffer.from(bytes), { type, filename })).media_id
    },
  }
}

async function accepted(
  client: WSClient,
  ended: Promise<unknown>,
  lastError: () => unknown,
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      const give = (why: string, code: string) => reject(new PlatformError('not-sent', why, { code }))
      stop = () => give('The connection was called off', 'called_off')
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      timer = setTimeout(() => give(`WeCom did not accept the bot within ${withinMs} ms`, 'no_answer'), withinMs)
      client.on('authenticated', resolve)
      void ended.then(() => reject(whyNot(lastError())))
      client.connect()
    })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** WeCom refuses the id or the secret; somebody has to change something first. */
export const BOT_REFUSED = 'bot_refused'

function whyNot(error: unknown): PlatformError {
  const words = error instanceof Error ? error.message : ''
  const refusal = /^Authentication failed: .*\(code: (-?\d+)\)$/s.exec(words)?.[1]
  if (refusal !== undefined)
    return new PlatformError(
      'refused',
      `WeCom refused the smart bot (${refusal}): set WECOM_BOT_ID and WECOM_BOT_SECRET to the Bot ID and Secret on its page, ` +
        'and choose the long connection (长连接) there',
      { code: BOT_REFUSED },
    )
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'closed'
  return new PlatformError(
    'not-sent',
    `the connection could not be opened (${code}): check WECOM_BOT_URL and the network`,
    {
      code,
    },
  )
}
