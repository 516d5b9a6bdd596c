/** Keeps the smart bot's one connection, and hands on what comes over it. WeCom asks for no acknowledgement and repeats nothing. */
import { setTimeout as delay } from 'node:timers/promises'
import { doublingMs } from '#core/backoff.ts'
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'
import type { Deliver } from '#core/platform.ts'
import { orAborted } from '#core/promises.ts'
import type { WecomBotConfig } from '../config.ts'
import { BOT_REFUSED, connect, type Frame } from './connection.ts'
import { decodeFrame, UnreadableFrame } from './decode.ts'
import type { BotHealth } from './health.ts'
import type { BotTiming } from './limits.ts'
import type { Line } from './line.ts'

export interface ListenDeps {
  readonly config: WecomBotConfig
  readonly line: Line
  readonly watch: BotHealth
  readonly timing: BotTiming
  readonly log: Log
  /** Real time. */
  readonly now: () => Instant
}

const ABOUT = { platform: 'wecom' }
const THROWN_OUT =
  'another program has connected with the same bot, and WeCom keeps one connection: end that program, or give it a bot of its own'

/**
 * As {@link Platform.listen}. Of the connection nothing is thrown: it is made again for as long as `signal` holds. When that
 * aborts nothing more is heard or begun; what was sent is given a moment for its answer, then the connection is closed.
 */
export async function listen(deps: ListenDeps, deliver: Deliver, signal: AbortSignal): Promise<void> {
  const { config, line, watch, timing, log, now } = deps
  const desk = createDesk(deps, deliver, signal)
  let failures = 0
  watch.disconnected('it is being opened')
  // At once, not when the loop comes round: who has lost the lease speaks no more.
  signal.addEventListener('abort', () => line.use(undefined), { once: true })
  while (!signal.aborted) {
    try {
      const connection = await connect(config, timing, desk.hear, signal)
      const since = now()
      watch.connected()
      line.use(connection)
      log.info(ABOUT, 'the smart bot is connected')
      const end = await orAborted(connection.ended, signal)
      line.use(undefined)
      if (!end) {
        await line.idle(timing.drainWithinMs)
        connection.close()
        break
      }
      failures = now() - since < timing.steadyAfterMs ? failures + 1 : 0
      if (end.thrownOut)
        await wait(new PlatformError('refused', THROWN_OUT, { code: 'thrown_out' }), timing.thrownOutMs)
      else
        await wait(
          new PlatformError('not-sent', 'the connection was closed, a new one is being opened'),
          again(failures),
        )
    } catch (error) {
      if (signal.aborted) break
      failures += 1
      const known = error instanceof PlatformError ? error : undefined
      if (!known) log.error({ ...ABOUT, err: error }, 'the smart bot stumbled; it is connected again')
      await wait(known, known?.code === BOT_REFUSED ? timing.reconnectMaxMs : again(failures))
    }
  }
  watch.idle()
  await desk.idle()

  function again(count: number): number {
    return count === 0 ? 0 : doublingMs(count, { firstMs: timing.reconnectFirstMs, maxMs: timing.reconnectMaxMs })
  }
  async function wait(failure: PlatformError | undefined, ms: number): Promise<void> {
    const reason = failure?.message ?? 'it could not be opened'
    watch.disconnected(reason)
    const say = failure?.kind === 'refused' ? log.error : log.warn
    say.call(log, { ...ABOUT, reason, code: failure?.code, retryInMs: ms }, 'the smart bot is not connected')
    await delay(ms, undefined, { signal }).catch(() => {})
  }
}

/** Where frames are handed on, in the order of their arrival. */
function createDesk({ log, timing, now }: ListenDeps, deliver: Deliver, signal: AbortSignal) {
  const inHand = new Set<Promise<void>>()
  return {
    hear(frame: Frame): void {
      // Whoever stops takes nothing new. WeCom does not repeat it, but half of an answer would be worse.
      if (signal.aborted) return
      try {
        const event = decodeFrame(frame, now())
        if (!event) return
        const work = deliver(event)
          .catch((error: unknown) => {
            log.error({ ...ABOUT, err: error }, 'a message to the smart bot was not handled; WeCom does not repeat it')
          })
          .then(() => void inHand.delete(work))
        inHand.add(work)
      } catch (error) {
        // Only its message: what caused it may quote what people wrote.
        const about = error instanceof UnreadableFrame ? { reason: error.message } : { err: error }
        log.warn({ ...ABOUT, ...about }, 'a frame of the smart bot could not be read')
      }
    },
    async idle(): Promise<void> {
      const off = new AbortController()
      const over = delay(timing.stopWithinMs, undefined, { signal: off.signal }).catch(() => {})
      await Promise.race([Promise.all([...inHand]), over])
      off.abort()
    },
  }
}
