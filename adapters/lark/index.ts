/** Lark and Feishu as a platform: https://open.feishu.cn. How to get the credentials, and the quirks, are in README.md beside this file. */
import { type Instant, realNow, SECOND_MS } from '#core/clock.ts'
import { type HealthWatch, watchHealth } from '#core/health.ts'
import { type Log, SILENT } from '#core/log.ts'
import type { Platform } from '#core/platform.ts'
import { checkLark } from './check.ts'
import { createClient, type LarkClient } from './client.ts'
import { publishCommands } from './commands.ts'
import { checkConfig, type LarkConfig, reachesPeople } from './config.ts'
import { directoryOf } from './directory.ts'
import { createFetchFile } from './fetch-file.ts'
import { HEALTH_WORDS } from './health.ts'
import { createHear, type Hear } from './hear.ts'
import { CALL_TIMEOUT_MS, limits } from './limits.ts'
import type { ListenTiming } from './listen.ts'
import { createReceive, LARK_PATH } from './receive.ts'
import { createSend } from './send.ts'

export type { LarkConfig } from './config.ts'

export interface LarkOptions {
  /** Real time. */
  readonly now?: () => Instant
  /** How long a call to Lark may take, 8 s when absent. */
  readonly timeoutMs?: number
  /** Where the long connection is told of; nowhere when absent. */
  readonly log?: Log
  /** Other waits of the long connection than those in limits.ts; for tests. */
  readonly listenTiming?: Partial<ListenTiming>
}

/** Calls nobody until it is used, and loads the SDK then. Throws `ConfigError` for a configuration that cannot work. */
export function createLark(config: LarkConfig, options: LarkOptions = {}): Platform {
  checkConfig(config)
  const { now = realNow, timeoutMs = CALL_TIMEOUT_MS } = options
  const watch = watchHealth(now, HEALTH_WORDS)
  const client = createClient(config, { timeoutMs, now, onCall: watch.called })
  const self = onceKnown(async () => (await client.bot(new AbortController().signal)).account)
  const hear = createHear({
    knownBot: () => {
      self.ask()
      return self.known()
    },
    senderOf: (messageId) => senderOf(client, messageId),
  })
  const isWebhook = config.verificationToken !== undefined
  return {
    name: 'lark',
    limits,
    paths: isWebhook ? [LARK_PATH] : [],
    reachesPeople: reachesPeople(config.domain),
    receive: createReceive(config, hear),
    ...(isWebhook ? {} : { listen: listenWith(config, { hear, watch, now, ...options }) }),
    ...createSend(client),
    fetchFile: createFetchFile(client),
    directory: directoryOf(client),
    publishCommands: (commands, signal) => publishCommands(client, commands, signal),
    check: (signal) => checkLark(client, isWebhook ? undefined : watch.connection, signal),
    health: watch.health,
  }
}

function listenWith(
  config: LarkConfig,
  { hear, watch, now, log = SILENT, listenTiming }: Listening,
): NonNullable<Platform['listen']> {
  return async (deliver, signal) => {
    const { LISTEN_TIMING, listenByConnection } = await import('./listen.ts')
    const timing = { ...LISTEN_TIMING, ...listenTiming }
    await listenByConnection({ config, hear, watch, timing, log, now }, deliver, signal)
  }
}
interface Listening extends LarkOptions {
  readonly hear: Hear
  readonly watch: HealthWatch
  readonly now: () => Instant
}

/** Lark waits for the answer meanwhile: rather the recall of a message goes unheard. */
const SENDER_WITHIN_MS = 1.5 * SECOND_MS

async function senderOf(client: LarkClient, messageId: string): Promise<string | undefined> {
  return client.senderOf(messageId, AbortSignal.timeout(SENDER_WITHIN_MS)).catch(() => undefined)
}

/** Asks at most once at a time, and never again once it is known; failing is no harm, the next one asks again. */
function onceKnown<T>(ask: () => Promise<T>): { known(): T | undefined; ask(): void } {
  let known: T | undefined
  let asking = false
  return {
    known: () => known,
    ask: () => {
      if (known !== undefined || asking) return
      asking = true
      ask()
        .then(
          (found) => {
            known = found
          },
          () => {},
        )
        .finally(() => {
          asking = false
        })
    },
  }
}
