/** A bot that is connected to the fake by Socket Mode, with waits that a test can bear. */
import { expect } from 'vitest'
import type { Deliver, Incoming, Platform } from '#core/platform.ts'
import { createSlack, type SlackConfig, type SlackOptions } from '../../../adapters/slack/index.ts'
import type { FakeSlack } from './fake.ts'

export const QUICK: NonNullable<SlackOptions['socketTiming']> = {
  callTimeoutMs: 1_500,
  helloWithinMs: 1_500,
  closeWithinMs: 300,
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
  readonly data: Readonly<Record<string, unknown>>
}

export interface Listening {
  readonly slack: Platform
  readonly logged: readonly Logged[]
  /** What came, oldest first. */
  readonly heard: readonly Incoming[]
  /** Resolves when the next frame is not handled. */
  failed(): Promise<void>
  /** Resolves with the end of `listen`. */
  stop(): Promise<void>
}

/** Listens, and is connected when it resolves; unless `connects` is false. */
export async function listenOn(
  fake: FakeSlack,
  deliver: Deliver = async () => ({}),
  {
    connects = true,
    config = fake.socketConfig,
    timing = {},
  }: {
    readonly connects?: boolean
    readonly config?: SlackConfig
    readonly timing?: NonNullable<SlackOptions['socketTiming']>
  } = {},
): Promise<Listening> {
  const logged: Logged[] = []
  const heard: Incoming[] = []
  const waiting: (() => void)[] = []
  const note = (level: Logged['level']) => (data: object, message: string) => {
    logged.push({ level, message, data: data as Logged['data'] })
    if (level !== 'info') for (const tell of waiting.splice(0)) tell()
  }
  const log = { info: note('info'), warn: note('warn'), error: note('error') }
  const slack = createSlack(config, { timeoutMs: 1_500, log, socketTiming: { ...QUICK, ...timing } })
  const off = new AbortController()
  const ended = slack.listen?.((event, left) => {
    heard.push(event)
    return deliver(event, left)
  }, off.signal)
  if (connects) await isConnected(slack)
  return {
    slack,
    logged,
    heard,
    failed: () => new Promise((resolve) => waiting.push(resolve)),
    async stop() {
      off.abort()
      await ended
    },
  }
}

export const isConnected = (slack: Platform): Promise<void> =>
  expect.poll(() => slack.health?.(), SOON).toMatchObject({ ok: true, detail: expect.stringMatching(/^connected/) })
