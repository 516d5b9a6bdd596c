/** WeCom's smart bot (智能机器人) over one long connection, through the vendor's SDK. How to get one, and the quirks: ../BOT.md. */
import type { Instant } from '#core/clock.ts'
import type { Log } from '#core/log.ts'
import type { CheckResult } from '#core/platform.ts'
import type { WecomBotConfig } from '../config.ts'
import type { WecomBot } from '../ways.ts'
import { fetchFile } from './fetch-file.ts'
import { watchBot } from './health.ts'
import { BOT_TIMING, type BotTiming } from './limits.ts'
import { createLine } from './line.ts'
import { listen } from './listen.ts'
import { createVoice } from './send.ts'

export interface BotDeps {
  /** Real time. */
  readonly now: () => Instant
  /** How long WeCom may take to answer what was sent. */
  readonly timeoutMs: number
  readonly log: Log
  /** Other waits than those in limits.ts; for tests. */
  readonly timing?: Partial<BotTiming>
}

/** Connects nowhere until it listens; it speaks only while it does. */
export function createBot(config: WecomBotConfig, deps: BotDeps): WecomBot & Required<Pick<WecomBot, 'edit'>> {
  const { now, timeoutMs, log } = deps
  const timing = { ...BOT_TIMING, ...deps.timing }
  const line = createLine()
  const watch = watchBot(now)
  const voice = createVoice({ line, now, timeoutMs, log })
  const closing = new AbortController()
  return {
    listen: (deliver, signal) =>
      listen({ config, line, watch, timing, log, now }, deliver, AbortSignal.any([signal, closing.signal])),
    send: voice.send,
    edit: voice.edit,
    fetchFile: (file, signal) => fetchFile({ wsUrl: config.url, now, withinMs: timing.downloadWithinMs }, file, signal),
    isConnected: () => line.isOpen,
    health: watch.health,
    check: async () => [check(watch.health(), line.isOpen)],
    close: async () => closing.abort(),
  }
}

/** Nothing is tried: a connection that the check opens would throw out the one that works. */
function check({ ok, detail }: { readonly ok: boolean; readonly detail: string }, isOpen: boolean): CheckResult {
  const what = 'WeCom smart bot'
  if (!ok || isOpen) return { what, ok, detail }
  return { what, ok: true, detail: 'set; whether it is connected, /readyz of the process that listens tells' }
}
