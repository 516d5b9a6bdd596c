/** A bot that is connected to the fake by long connection, with waits that a test can bear. */
import { expect } from 'vitest'
import type { Deliver, Incoming, Platform } from '#core/platform.ts'
import { createLark, type LarkConfig, type LarkOptions } from '../../../adapters/lark/index.ts'
import type { FakeLark } from './fake.ts'

export const QUICK: NonNullable<LarkOptions['listenTiming']> = {
  connectWithinMs: 1_500,
  pongWithinMs: 2_000,
  reconnectFirstMs: 5,
  reconnectMaxMs: 40,
  steadyAfterMs: 0,
  stopWithinMs: 2_000,
}

/** For `expect.poll`: looks often, and has patience with a busy machine. */
export const SOON = { interval: 2, timeout: 5_000 }

export interface Logged {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly data: object
}

export interface Listening {
  readonly lark: Platform
  readonly logged: readonly Logged[]
  readonly heard: readonly Incoming[]
  /** Resolves with the end of `listen`. */
  stop(): Promise<void>
}

/** Listens, and is connected when it resolves; unless `connects` is false. */
export async function listenOn(
  fake: FakeLark,
  deliver: Deliver = async () => ({}),
  { connects = true, config = fake.socketConfig }: { readonly connects?: boolean; readonly config?: LarkConfig } = {},
): Promise<Listening> {
  const logged: Logged[] = []
  const heard: Incoming[] = []
  const note = (level: Logged['level']) => (data: object, message: string) => void logged.push({ level, message, data })
  const log = { info: note('info'), warn: note('warn'), error: note('error') }
  const lark = createLark(config, { timeoutMs: 1_500, log, listenTiming: QUICK })
  const off = new AbortController()
  const ended = lark.listen?.((event, left) => {
    heard.push(event)
    return deliver(event, left)
  }, off.signal)
  if (connects) await isConnected(lark)
  return {
    lark,
    logged,
    heard,
    async stop() {
      off.abort()
      await ended
    },
  }
}

export const isConnected = (lark: Platform): Promise<void> =>
  expect.poll(() => lark.health?.(), SOON).toMatchObject({ ok: true, detail: expect.stringMatching(/^connected/) })
