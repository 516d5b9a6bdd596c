/** Slack as a platform: https://docs.slack.dev. How to get the tokens, and the quirks, are in README.md beside this file. */
import { type Instant, realNow } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { type HealthWatch, watchHealth } from '#core/health.ts'
import { type Log, SILENT } from '#core/log.ts'
import type { Directory, Incoming, OpenedForm, Platform } from '#core/platform.ts'
import { checkSlack } from './check.ts'
import { createClient, type Self, type SlackClient } from './client.ts'
import { checkConfig, reachesPeople, type SlackConfig } from './config.ts'
import { createFetchFile } from './fetch-file.ts'
import { readHandle } from './handle.ts'
import { HEALTH_WORDS } from './health.ts'
import { createHear, type Hear } from './hear.ts'
import { CALL_TIMEOUT_MS, limits } from './limits.ts'
import { SLACK_PATH } from './manifest.ts'
import { formView, messageView, placeholderView } from './modal.ts'
import { createReceive } from './receive.ts'
import { createSend } from './send.ts'
import type { SocketTiming } from './socket.ts'

export type { SlackConfig } from './config.ts'

export interface SlackOptions {
  /** Real time. */
  readonly now?: () => Instant
  /** How long a call to Slack may take, 8 s when absent. */
  readonly timeoutMs?: number
  /** Where the connection of Socket Mode is told of; nowhere when absent. */
  readonly log?: Log
  /** Other waits of Socket Mode than those in limits.ts; for tests. */
  readonly socketTiming?: Partial<SocketTiming>
}

/** Calls nobody until it is used. Throws `ConfigError` for a configuration that cannot work. */
export function createSlack(config: SlackConfig, options: SlackOptions = {}): Platform {
  checkConfig(config)
  const { now = realNow, timeoutMs = CALL_TIMEOUT_MS } = options
  const watch = watchHealth(now, HEALTH_WORDS)
  const client = createClient(config, { timeoutMs, onCall: watch.called })
  const self = onceKnown(() => client.installation(new AbortController().signal))
  const voice = createSend(client, now)
  const hear = createHear(config, () => {
    // Slack names the bot with nearly every event. Where it does not, the answer to this question helps the next one.
    self.ask()
    return self.known()?.botUser
  })
  const isConnecting = config.appToken !== undefined
  return {
    name: 'slack',
    limits,
    paths: config.signingSecrets.length > 0 ? [SLACK_PATH] : [],
    reachesPeople: reachesPeople(config.apiUrl),
    receive: createReceive(config, hear),
    ...(isConnecting ? { listen: listenWith(config, { hear, watch, now, ...options, timeoutMs }) } : {}),
    openForm: (event, show, opened) => openForm(client, event, show, opened),
    send: voice.send,
    edit: voice.edit,
    find: voice.find,
    fetchFile: createFetchFile(client, timeoutMs),
    directory: directoryOf(client),
    check: (signal) => checkSlack(client, isConnecting ? watch.connection : undefined, signal),
    health: watch.health,
  }
}

/** The SDK of Socket Mode costs 20 MB: it is loaded when somebody listens. */
function listenWith(
  config: SlackConfig,
  { hear, watch, now, timeoutMs, log = SILENT, socketTiming }: Listening,
): NonNullable<Platform['listen']> {
  return async (deliver, signal) => {
    const { listenBySocket, SOCKET_TIMING } = await import('./socket.ts')
    const timing = { ...SOCKET_TIMING, callTimeoutMs: timeoutMs, ...socketTiming }
    await listenBySocket({ config, hear, watch, timing, log, now }, deliver, signal)
  }
}
interface Listening extends SlackOptions {
  readonly hear: Hear
  readonly watch: HealthWatch
  readonly now: () => Instant
  readonly timeoutMs: number
}

/** Asks at most once at a time, and never again once it is known; failing is no harm, the next one asks again. */
function onceKnown(fetchSelf: () => Promise<Self>): { known(): Self | undefined; ask(): void } {
  let known: Self | undefined
  let asking: Promise<void> | undefined
  return {
    known: () => known,
    ask: () => {
      if (known || asking) return
      asking = fetchSelf().then(
        (self) => {
          known = self
          asking = undefined
        },
        () => {
          asking = undefined
        },
      )
    },
  }
}

async function openForm(
  client: SlackClient,
  event: Incoming,
  show: Parameters<NonNullable<Platform['openForm']>>[1],
  opened: OpenedForm | undefined,
): Promise<OpenedForm> {
  const view = viewOf(event, show)
  if (opened) {
    await client.updateView(opened.handle, view)
    return opened
  }
  const trigger = readHandle(event.replyHandle)?.trigger
  if (trigger === undefined)
    throw new PlatformError('refused', 'Slack opens a form on a command, a shortcut or a click only', {
      code: 'no_trigger',
    })
  return { handle: await client.openView(trigger, view) }
}

function viewOf(event: Incoming, show: Parameters<NonNullable<Platform['openForm']>>[1]) {
  if ('placeholder' in show) return placeholderView(show.placeholder)
  if ('message' in show) return messageView(show.message, show.locale)
  const { room, replyHandle } = event
  const from = { room, ...(replyHandle === undefined ? {} : { reply: replyHandle }) }
  return formView(show.form, from, show.locale ?? event.locale)
}

function directoryOf(client: SlackClient): Directory {
  return {
    self: async (signal) => ({ account: (await client.installation(signal)).botUser }),
    async byEmail(email, signal) {
      const user = await client.userByEmail(email, signal)
      return user && { account: user.id, email, ...(user.name === undefined ? {} : { name: user.name }) }
    },
    async members(room, signal) {
      return (await client.members(room, signal)).map((account) => ({ account }))
    },
  }
}
