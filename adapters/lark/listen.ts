/** The door by long connection: keeps one to Lark, hears each frame, and lets it be acknowledged once it was handled. */

import { doublingMs } from '#core/backoff.ts'
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { HealthWatch } from '#core/health.ts'
import type { Log } from '#core/log.ts'
import { type Deliver, MalformedCall } from '#core/platform.ts'
import { later, orAborted } from '#core/promises.ts'
import type { LarkConfig } from './config.ts'
import { type ConnectionTiming, connect, type HearFrame } from './connection.ts'
import { isCredentialRefused } from './failures.ts'
import { type Hear, NotTaken } from './hear.ts'
import * as max from './limits.ts'

/** All in milliseconds of real time; what each means stands in limits.ts. */
export interface ListenTiming extends ConnectionTiming {
  readonly reconnectFirstMs: number
  readonly reconnectMaxMs: number
  readonly steadyAfterMs: number
  readonly stopWithinMs: number
}
export const LISTEN_TIMING: ListenTiming = {
  connectWithinMs: max.CONNECT_WITHIN_MS,
  pongWithinMs: max.PONG_WITHIN_MS,
  reconnectFirstMs: max.RECONNECT_FIRST_MS,
  reconnectMaxMs: max.RECONNECT_MAX_MS,
  steadyAfterMs: max.STEADY_AFTER_MS,
  stopWithinMs: max.STOP_WITHIN_MS,
}

export interface ListenDeps {
  readonly config: LarkConfig
  readonly hear: Hear
  readonly watch: HealthWatch
  readonly timing: ListenTiming
  readonly log: Log
  readonly now: () => Instant
}

/**
 * As {@link Platform.listen}. Nothing of the connection is thrown: it is made again for as long as `signal` holds, with
 * growing waits while it fails. A frame that was not acknowledged comes again from Lark, unless it was a click.
 */
export async function listenByConnection(deps: ListenDeps, deliver: Deliver, signal: AbortSignal): Promise<void> {
  const { config, watch, timing, log, now } = deps
  const desk = createDesk(deps, deliver, signal)
  let failures = 0
  watch.disconnected('the connection is being opened')
  while (!signal.aborted) {
    try {
      const connection = await connect(config, timing, desk.hear, signal)
      const since = now()
      watch.connected()
      log.info({ platform: 'lark' }, 'connected by long connection')
      const reason = await orAborted(connection.lost, signal)
      if (reason === undefined) await desk.idle()
      else watch.disconnected(reason)
      connection.close()
      failures = now() - since < timing.steadyAfterMs ? failures + 1 : 0
      if (reason !== undefined && failures > 0) await pause(waitMs(failures, timing), signal)
    } catch (error) {
      failures += 1
      if (!signal.aborted) await wait(error instanceof PlatformError ? error : undefined, failures)
    }
  }
  await desk.idle()
  watch.disconnected('it was stopped')

  async function wait(failure: PlatformError | undefined, count: number): Promise<void> {
    // Somebody has to change something first. It is tried all the same, seldom.
    const isHopeless = failure?.kind === 'refused' || isCredentialRefused(failure?.code)
    const ms = isHopeless ? timing.reconnectMaxMs : waitMs(count, timing)
    const why = failure?.message ?? 'it could not be opened'
    watch.disconnected(why)
    const data = { platform: 'lark', reason: why, code: failure?.code, retryInMs: ms }
    if (isHopeless) log.error(data, 'no long connection')
    else log.warn(data, 'no long connection')
    await pause(ms, signal)
  }
}

/** The first, twice, four times … at most the last. */
const waitMs = (failures: number, { reconnectFirstMs, reconnectMaxMs }: ListenTiming): number =>
  doublingMs(failures, { firstMs: reconnectFirstMs, maxMs: reconnectMaxMs })

interface Desk {
  readonly hear: HearFrame
  /** Resolves when nothing is in hand, or it has taken too long. */
  idle(): Promise<void>
}

/** Where frames are handled: each is handed on in the order of its arrival, and acknowledged by its own handler's end. */
function createDesk({ hear, log, timing }: ListenDeps, deliver: Deliver, signal: AbortSignal): Desk {
  const inHand = new Set<Promise<unknown>>()

  async function handle(body: unknown, isOpen: () => boolean): Promise<unknown> {
    const left = later<boolean>()
    try {
      const answer = await hear(body, (event) => deliver(event, left.promise))
      // The SDK writes the acknowledgement as soon as it has the answer, if the connection is still there.
      const written = later<void>()
      inHand.add(written.promise)
      setImmediate(() => {
        left.resolve(isOpen())
        inHand.delete(written.promise)
        written.resolve()
      })
      return answer
    } catch (error) {
      left.resolve(false)
      if (error instanceof NotTaken)
        log.error({ err: error.cause, platform: 'lark' }, 'a frame was not handled; Lark repeats it')
      else {
        // Only its message: what caused it may quote what people wrote.
        const about = error instanceof MalformedCall ? { reason: error.message } : { err: error }
        log.warn({ platform: 'lark', ...about }, 'a frame could not be read')
      }
      throw error
    }
  }

  return {
    hear(body, isOpen) {
      // Whoever stops takes nothing new: what is not acknowledged comes again.
      if (signal.aborted) return Promise.reject(new Error('The bot is stopping'))
      const work = handle(body, isOpen)
      const settled = later<void>()
      inHand.add(settled.promise)
      const settle = () => {
        inHand.delete(settled.promise)
        settled.resolve()
      }
      work.then(settle, settle)
      return work
    },
    async idle() {
      const off = new AbortController()
      const all = async () => {
        while (inHand.size > 0) await Promise.all([...inHand])
      }
      await Promise.race([all(), pause(timing.stopWithinMs, off.signal)])
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
