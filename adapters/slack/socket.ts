/** The door by Socket Mode: keeps a connection to Slack, hears each frame, and acknowledges it once it was handled. */

import { doublingMs } from '#core/backoff.ts'
import { type Instant, realNow } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { HealthWatch } from '#core/health.ts'
import type { Log } from '#core/log.ts'
import { type Deliver, MalformedCall } from '#core/platform.ts'
import { later, orAborted } from '#core/promises.ts'
import type { SlackConfig } from './config.ts'
import { type Connection, type ConnectionTiming, connect, type Ears } from './connection.ts'
import type { Envelope } from './envelope.ts'
import { TOKEN_REFUSED } from './failures.ts'
import { type Hear, NotTaken } from './hear.ts'
import * as max from './limits.ts'

/** All in milliseconds of real time; what each means stands in limits.ts. */
export interface SocketTiming extends ConnectionTiming {
  readonly reconnectFirstMs: number
  readonly reconnectMaxMs: number
  readonly steadyAfterMs: number
  readonly stopWithinMs: number
}
export const SOCKET_TIMING: SocketTiming = {
  callTimeoutMs: max.CALL_TIMEOUT_MS,
  helloWithinMs: max.HELLO_WITHIN_MS,
  closeWithinMs: max.CLOSE_WITHIN_MS,
  pongWithinMs: max.PONG_WITHIN_MS,
  pingWithinMs: max.PING_WITHIN_MS,
  reconnectFirstMs: max.RECONNECT_FIRST_MS,
  reconnectMaxMs: max.RECONNECT_MAX_MS,
  steadyAfterMs: max.STEADY_AFTER_MS,
  stopWithinMs: max.STOP_WITHIN_MS,
}

export interface SocketDeps {
  readonly config: SlackConfig
  readonly hear: Hear
  readonly watch: HealthWatch
  readonly timing: SocketTiming
  readonly log: Log
  readonly now: () => Instant
}

/**
 * As {@link Platform.listen}. Of the connection nothing is thrown: it is made again for as long as `signal` holds, at once
 * after a refresh, and with growing waits while it fails. A frame that was not acknowledged comes again from Slack.
 */
export async function listenBySocket(deps: SocketDeps, deliver: Deliver, signal: AbortSignal): Promise<void> {
  const { watch, timing, log, now } = deps
  const desk = createDesk(deps, deliver, signal)
  const open = new Set<Connection>()
  let failures = 0
  watch.disconnected('it is being opened')
  while (!signal.aborted) {
    try {
      const connection = await connect(deps.config, timing, desk.ears, signal)
      const since = now()
      open.add(connection)
      void connection.closed.then(() => {
        open.delete(connection)
        if (open.size === 0 && !signal.aborted)
          watch.disconnected('the connection was closed, a new one is being opened')
      })
      watch.connected()
      log.info({ platform: 'slack' }, 'connected in Socket Mode')
      // Only now may the former one go: between the two, frames can come by either.
      for (const former of open) if (former !== connection) void desk.idle().then(former.close)
      const reason = await orAborted(connection.leaving, signal)
      if (reason === undefined) break
      failures = now() - since < timing.steadyAfterMs ? failures + 1 : 0
      if (reason === 'link_disabled') {
        await desk.idle()
        await connection.close()
        throw switchedOff()
      }
      if (failures > 1) await pause(waitMs(failures - 1, timing), signal)
    } catch (error) {
      failures += 1
      const failure = error instanceof PlatformError ? error : undefined
      if (!signal.aborted) await wait(failure, failures)
    }
  }
  await desk.idle()
  await Promise.all([...open].map((connection) => connection.close()))

  async function wait(failure: PlatformError | undefined, count: number): Promise<void> {
    const ms = failure?.retryAfterMs ?? (isHopeless(failure) ? timing.reconnectMaxMs : waitMs(count, timing))
    const why = failure?.message ?? 'it could not be opened'
    if (open.size === 0) watch.disconnected(why)
    const say = isHopeless(failure) ? log.error : log.warn
    say.call(
      log,
      { platform: 'slack', reason: why, code: failure?.code, retryInMs: ms },
      'no connection in Socket Mode',
    )
    await pause(ms, signal)
  }
}

const switchedOff = () =>
  new PlatformError(
    'refused',
    'Socket Mode was switched off for this app: switch it on under "Socket Mode" of the app',
    {
      code: 'link_disabled',
    },
  )

/** Somebody has to change something first. It is tried all the same, seldom. */
const isHopeless = (failure: PlatformError | undefined): boolean =>
  failure?.code === 'link_disabled' || (failure?.code !== undefined && TOKEN_REFUSED.has(failure.code))

/** The first, twice, four times … at most the last. */
const waitMs = (failures: number, { reconnectFirstMs, reconnectMaxMs }: SocketTiming): number =>
  doublingMs(failures, { firstMs: reconnectFirstMs, maxMs: reconnectMaxMs })

interface Desk {
  readonly ears: Ears
  /** Resolves when nothing is in hand, or it has taken too long. */
  idle(): Promise<void>
}

/** Where frames are handled: each is handed on in the order of its arrival, and acknowledged by its own handler's end. */
function createDesk({ hear, log, timing }: SocketDeps, deliver: Deliver, signal: AbortSignal): Desk {
  const inHand = new Set<Promise<void>>()
  let before: Promise<void> = Promise.resolve()

  async function handle(envelope: Envelope, acknowledge: (payload: unknown) => boolean): Promise<void> {
    const receivedAt = realNow()
    const { body, takesAnswer, retryNum, retryReason } = envelope
    const handedOn = later<void>()
    const left = later<boolean>()
    const turn = before
    before = handedOn.promise
    await turn
    try {
      const answer = await hear(body, {
        receivedAt,
        takesAnswer,
        ...(retryNum > 0 ? { retryNum } : {}),
        ...(retryReason === undefined ? {} : { retryReason }),
        deliver: (event) => {
          const answered = deliver(event, left.promise)
          handedOn.resolve()
          return answered
        },
      })
      const hasLeft = acknowledge(answer)
      left.resolve(hasLeft)
      if (!hasLeft)
        log.warn({ platform: 'slack' }, 'the connection was gone before an acknowledgement; Slack repeats it')
    } catch (error) {
      left.resolve(false)
      if (error instanceof NotTaken)
        log.error({ err: error.cause, platform: 'slack' }, 'a frame was not handled; Slack repeats it')
      else unreadable(error)
    } finally {
      handedOn.resolve()
    }
  }
  const unreadable = (error: unknown) => {
    // Only its message: what caused it may quote what people wrote.
    const about = error instanceof MalformedCall ? { reason: error.message } : { err: error }
    log.warn({ platform: 'slack', ...about }, 'a frame could not be read')
  }

  return {
    ears: {
      unreadable,
      envelope(envelope, acknowledge) {
        // Whoever stops takes nothing new: what is not acknowledged comes again.
        if (signal.aborted) return
        const work = handle(envelope, acknowledge).finally(() => inHand.delete(work))
        inHand.add(work)
      },
    },
    async idle() {
      const off = new AbortController()
      await Promise.race([Promise.all([...inHand]), pause(timing.stopWithinMs, off.signal)])
      off.abort()
    },
  }
}

/** Real time. Ends early, without a word, when `signal` aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = later<undefined>()
  const timer = setTimeout(() => over.resolve(undefined), ms)
  await orAborted(over.promise, signal)
  clearTimeout(timer)
}
