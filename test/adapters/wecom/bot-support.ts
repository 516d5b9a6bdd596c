/** A smart bot that is connected to the fake, with waits that a test can bear. */
import { afterEach, beforeEach, expect } from 'vitest'
import type { Deliver, Incoming, Outgoing, Recipient } from '#core/platform.ts'
import { createBot } from '../../../adapters/wecom/bot/index.ts'
import type { BotTiming } from '../../../adapters/wecom/bot/limits.ts'
import type { WecomBot } from '../../../adapters/wecom/ways.ts'
import { outgoing } from '../contract/samples.ts'
import { FakeBot } from './fake-bot.ts'
import { textFrom } from './fake-bot-people.ts'

/** For `expect.poll`: looks often, and has patience with a busy machine. */
export const SOON = { interval: 2, timeout: 5_000 }
export const GROUP = { room: 'bot:wr-1' }
export const START = Date.parse('2026-11-20T00:00:00Z')

const QUICK: Partial<BotTiming> = {
  connectWithinMs: 1_500,
  reconnectFirstMs: 5,
  reconnectMaxMs: 40,
  steadyAfterMs: 0,
  thrownOutMs: 60_000,
  drainWithinMs: 300,
  stopWithinMs: 1_000,
}

export interface Running {
  readonly bot: ReturnType<typeof createBot>
  readonly heard: Incoming[]
  readonly logged: { readonly level: string; readonly data: unknown; readonly message: string }[]
  /** Real time, moved by hand. */
  readonly time: { now: number }
  stop(): Promise<void>
}
export interface BotStage {
  readonly fake: FakeBot
  /** Listens, and is connected when it resolves; unless `connects` is false. */
  listening(
    deliver?: Deliver,
    options?: {
      timing?: Partial<BotTiming>
      config?: FakeBot['config']
      connects?: boolean
      timeoutMs?: number
    },
  ): Promise<Running>
  /** Somebody writes to the bot. */
  says(userid: string, content: string, chatid?: string): void
  /** The markdown that lies in the chats, oldest first. */
  contents(): readonly unknown[]
  cardOf(n: number): Readonly<Record<string, unknown>> & { readonly button_list: readonly { readonly text: string }[] }
}

/** One for a test file: a fake for each test, and everything that listens is stopped after it. */
export function botStage(): BotStage {
  let fake: FakeBot
  const running: Running[] = []
  beforeEach(async () => {
    fake = await FakeBot.start()
  })
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop()
    await fake.close()
  })
  return {
    get fake() {
      return fake
    },
    async listening(
      deliver = async () => ({}),
      { timing = {}, config = fake.config, connects = true, timeoutMs = 1_500 } = {},
    ) {
      const heard: Incoming[] = []
      const logged: Running['logged'] = []
      const time = { now: START }
      const note = (level: string) => (data: object, message: string) => void logged.push({ level, data, message })
      const log = { info: note('info'), warn: note('warn'), error: note('error') }
      const bot = createBot(config, { now: () => time.now, timeoutMs, log, timing: { ...QUICK, ...timing } })
      const off = new AbortController()
      const ended = bot.listen((event, left) => {
        heard.push(event)
        return deliver(event, left)
      }, off.signal)
      const stop = async () => {
        off.abort()
        await ended
      }
      const one: Running = { bot, heard, logged, time, stop }
      running.push(one)
      if (connects) await expect.poll(() => bot.isConnected(), SOON).toBe(true)
      return one
    },
    says: (userid, content, chatid) => void fake.push('aibot_msg_callback', textFrom(userid, content, chatid)),
    contents: () => fake.shown.map(({ body }) => body['content']),
    cardOf: (n) => fake.shown[n]?.body as ReturnType<BotStage['cardOf']>,
  }
}

export const signal = (): AbortSignal => new AbortController().signal

export const say = (
  bot: WecomBot,
  to: Recipient,
  message: Outgoing['message'],
  key = 'k-1',
  more: Partial<Outgoing> = {},
) => bot.send(outgoing(key, to, message, more), signal())

/** The event that makes it so many. */
export async function hears({ heard }: Running, count = 1): Promise<Incoming> {
  await expect.poll(() => heard.length, SOON).toBe(count)
  return heard[count - 1] ?? expect.fail('nothing was heard')
}
