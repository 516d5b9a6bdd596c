/** The calls to Slack; those about files are in client-files.ts, and nothing else calls it. Every call is made once: whether to repeat it is the outbox's decision, by the kind of error. */
import {
  type KnownBlock,
  type Logger,
  LogLevel,
  type ModalView,
  type WebAPICallResult,
  WebClient,
} from '@slack/web-api'
import { type Instant, realNow, SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { filesOn } from './client-files.ts'
import type { SlackConfig } from './config.ts'
import { explain, kindOfResponse, OPEN_CONNECTION } from './failures.ts'
import { CALL_TIMEOUT_MS, PAGE_ITEMS_MAX, PAGES_MAX } from './limits.ts'
import { METADATA_TYPE } from './metadata.ts'
import { within } from './within.ts'

/** What is posted: the words of the notification and the blocks. */
export interface Post {
  readonly text: string
  readonly blocks: readonly KnownBlock[]
}
export interface Self {
  readonly botUser: string
  readonly team: string
}
/** What `auth.test` shows of the installation. */
export interface Installation extends Self {
  readonly scopes: readonly string[] | undefined
  /** By how much our clock is ahead of Slack's, in milliseconds; undefined when Slack did not say the time. */
  readonly aheadMs: number | undefined
}
export interface HistoryMessage {
  readonly ts: string
  readonly blockIds: readonly string[]
  readonly key: string | undefined
  readonly files: readonly { readonly id: string; readonly name: string; readonly size: number | undefined }[]
}
export interface ClientOptions {
  /** How long a call may take before it is unknown; 8 s when absent. */
  readonly timeoutMs?: number
  /** Told how each call with the bot token ended. */
  readonly onCall?: (error: PlatformError | undefined) => void
}

/** Every method throws `PlatformError`, and nothing else. */
export type SlackClient = ReturnType<typeof createClient>

export function createClient(config: SlackConfig, options: ClientOptions = {}) {
  const line = openLine(config, options)
  return {
    ...messagesOn(line),
    ...roomsOn(line),
    ...peopleOn(line),
    ...viewsOn(line),
    ...filesOn(line),
    ...appOn(config, line),
  }
}

/** For a call that only prepares or asks: when it fails there is nothing to be seen, so what is unknown was certainly not sent. */
export const certainly = <R>(call: Promise<R>): Promise<R> =>
  call.catch((error: unknown) => {
    throw certain(error)
  })

export function certain(error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.kind !== 'unknown') return error
  return new PlatformError('not-sent', error.message, { cause: error, ...(error.code ? { code: error.code } : {}) })
}

/** The SDK's own lines would repeat what the errors say, and its warnings quote bodies. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}

export type Line = ReturnType<typeof openLine>

/** For every client of the SDK, always: its defaults repeat every failure for half an hour. No `headers`: it writes the token into them. */
export const clientOptions = ({ apiUrl }: SlackConfig, timeoutMs: number) => ({
  ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: timeoutMs,
})

function openLine(config: SlackConfig, { timeoutMs = CALL_TIMEOUT_MS, onCall = () => {} }: ClientOptions) {
  let slackTime: { readonly date: string; readonly at: Instant } | undefined
  const web = new WebClient(config.botToken, {
    ...clientOptions(config, timeoutMs),
    logger: silentLogger,
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      const date = response.headers.get('date')
      if (date !== null) slackTime = { date, at: realNow() }
      return response
    },
  })
  return {
    timeoutMs,
    botToken: config.botToken,
    apiUrl: config.apiUrl,
    slackTime: () => slackTime,
    call: <R extends WebAPICallResult>(what: string, signal: AbortSignal, make: (web: WebClient) => Promise<R>) =>
      within(what, signal, async () => {
        try {
          const result = await make(web)
          onCall(undefined)
          return result
        } catch (error) {
          const explained = explain(what, error)
          onCall(explained)
          throw explained
        }
      }),
  }
}

const metadataOf = (key: string) => ({ event_type: METADATA_TYPE, event_payload: { key } })

function messagesOn({ call, timeoutMs }: Line) {
  return {
    async postMessage(channel: string, post: Post, key: string, signal: AbortSignal) {
      const result = await call('chat.postMessage', signal, (web) =>
        web.chat.postMessage({
          channel,
          text: post.text,
          blocks: [...post.blocks],
          metadata: metadataOf(key),
          unfurl_links: false,
          unfurl_media: false,
        }),
      )
      return { channel: result.channel ?? channel, ts: given('chat.postMessage', result.ts) }
    },

    async postEphemeral(channel: string, user: string, post: Post, signal: AbortSignal): Promise<string> {
      const result = await call('chat.postEphemeral', signal, (web) =>
        web.chat.postEphemeral({ channel, user, text: post.text, blocks: [...post.blocks] }),
      )
      return given('chat.postEphemeral', result.message_ts)
    },

    /** `blocks` go along even when empty: left out, Slack would keep or drop the former ones. */
    async update(channel: string, ts: string, post: Post, key: string, signal: AbortSignal): Promise<void> {
      await call('chat.update', signal, (web) =>
        web.chat.update({ channel, ts, text: post.text, blocks: [...post.blocks], metadata: metadataOf(key) }),
      )
    },

    /** One post to a response URL: they are no Web API methods. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
    async respond(url: string, body: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
      const what = 'response_url'
      const response = await within(what, signal, () => postJson(url, body, timeoutMs)).catch((error: unknown) => {
        throw explain(what, error)
      })
      const failure = kindOfResponse(what, response)
      if (failure) throw failure
    },
  }
}

async function postJson(url: string, body: unknown, timeoutMs: number) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
}

/** A bound against a cursor that never ends; no department's channel comes near. */
const MEMBERS_MAX = 20_000

function roomsOn({ call }: Line) {
  return {
    async openDirect(user: string, signal: AbortSignal): Promise<string> {
      const result = await call('conversations.open', signal, (web) => web.conversations.open({ users: user }))
      return given('conversations.open', result.channel?.id)
    },

    /** Newest first, since `oldest` (seconds as Slack writes them). `complete` is false when there is more than we look through. */
    async history(channel: string, oldest: string, signal: AbortSignal) {
      const messages: HistoryMessage[] = []
      let cursor: string | undefined
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const from = cursor === undefined ? {} : { cursor }
        const what = { channel, oldest, inclusive: true, limit: PAGE_ITEMS_MAX, include_all_metadata: true, ...from }
        const result = await call('conversations.history', signal, (web) => web.conversations.history(what))
        for (const message of result.messages ?? []) messages.push(historyMessage(message))
        cursor = result.response_metadata?.next_cursor || undefined
        if (cursor === undefined) return { messages, complete: true }
      }
      return { messages, complete: false }
    },

    async members(channel: string, signal: AbortSignal): Promise<readonly string[]> {
      const members: string[] = []
      let cursor: string | undefined
      do {
        const from = cursor === undefined ? {} : { cursor }
        const result = await call('conversations.members', signal, (web) =>
          web.conversations.members({ channel, limit: PAGE_ITEMS_MAX, ...from }),
        )
        members.push(...(result.members ?? []))
        cursor = result.response_metadata?.next_cursor || undefined
      } while (cursor !== undefined && members.length < MEMBERS_MAX)
      return members
    },
  }
}

function historyMessage(message: {
  ts?: string
  blocks?: readonly { block_id?: string }[]
  metadata?: { event_type?: string; event_payload?: unknown }
  files?: readonly { id?: string; name?: string | null; size?: number }[]
}): HistoryMessage {
  const payload = message.metadata?.event_type === METADATA_TYPE ? message.metadata.event_payload : undefined
  const key = typeof payload === 'object' && payload !== null && 'key' in payload ? payload.key : undefined
  return {
    ts: message.ts ?? '',
    blockIds: (message.blocks ?? []).flatMap((block) => (block.block_id === undefined ? [] : [block.block_id])),
    key: typeof key === 'string' ? key : undefined,
    files: (message.files ?? []).map(({ id = '', name, size }) => ({ id, name: name ?? '', size })),
  }
}

function peopleOn({ call, slackTime }: Line) {
  return {
    async installation(signal: AbortSignal): Promise<Installation> {
      const result = await call('auth.test', signal, (web) => web.auth.test())
      const { date, at } = slackTime() ?? { date: '', at: 0 }
      const slackNow = Date.parse(date)
      return {
        botUser: result.user_id ?? '',
        team: result.team ?? result.team_id ?? '',
        scopes: result.response_metadata?.scopes,
        // The header has whole seconds: the middle of that second is the best guess.
        aheadMs: Number.isNaN(slackNow) ? undefined : at - slackNow - SECOND_MS / 2,
      }
    },

    /** Undefined when nobody has that address. */
    async userByEmail(email: string, signal: AbortSignal) {
      try {
        const { user } = await call('users.lookupByEmail', signal, (web) => web.users.lookupByEmail({ email }))
        return user?.id === undefined ? undefined : { id: user.id, name: user.real_name ?? user.name }
      } catch (error) {
        if (error instanceof PlatformError && error.code === 'users_not_found') return undefined
        throw error
      }
    },
  }
}

function viewsOn({ call }: Line) {
  // Somebody waits in front of a modal: there is no one to call it off.
  const { signal } = new AbortController()
  return {
    /** Gives the view's id. The trigger lives 3 s and opens one modal. */
    async openView(trigger: string, view: ModalView): Promise<string> {
      const result = await call('views.open', signal, (web) => web.views.open({ trigger_id: trigger, view }))
      return given('views.open', result.view?.id)
    },
    async updateView(viewId: string, view: ModalView): Promise<void> {
      await call('views.update', signal, (web) => web.views.update({ view_id: viewId, view }))
    },
  }
}

/** With the app-level token, which can do nothing but this. */
function appOn(config: SlackConfig, { timeoutMs }: Line) {
  return {
    /** Would Slack open a connection of Socket Mode? None is opened: the address is thrown away. */
    async tryConnection(signal: AbortSignal): Promise<void> {
      const web = new WebClient(config.appToken, { ...clientOptions(config, timeoutMs), logger: silentLogger })
      const { url } = await within(OPEN_CONNECTION, signal, () => web.apps.connections.open()).catch(
        (error: unknown) => {
          throw explain(OPEN_CONNECTION, error)
        },
      )
      given(OPEN_CONNECTION, url)
    },
  }
}

/** Slack said ok and left out what makes it ok: nobody knows what it did. */
function given(what: string, value: string | undefined): string {
  if (value) return value
  throw new PlatformError('unknown', `Slack's answer to ${what} lacks its result`)
}
