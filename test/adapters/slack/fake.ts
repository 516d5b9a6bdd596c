/** A Slack on loopback: its Web API and response URLs as the documents describe them, with failures on demand, and its calls to an app. */
import { realNow } from '#core/clock.ts'
import type { SlackConfig } from '../../../adapters/slack/index.ts'
import { list, object, string } from './fake-blocks.ts'
import { FakeFiles } from './fake-files.ts'
import { type Requests, requestsOf } from './fake-requests.ts'
import { serve, type Trouble } from './fake-server.ts'
import { FakeSockets } from './fake-socket.ts'
import { FakeStore, type StoredMessage, type StoredView, WORKSPACE } from './fake-store.ts'

export interface FakeSlack extends Requests {
  /** To be called by HTTP; {@link FakeSlack.socketConfig} to connect. */
  readonly config: SlackConfig & { readonly apiUrl: string }
  readonly socketConfig: SlackConfig & { readonly apiUrl: string }
  readonly sockets: FakeSockets
  readonly files: FakeFiles
  readonly bot: string
  readonly people: { readonly an: string; readonly wang: string }
  readonly rooms: { readonly general: string; readonly uninvited: string; direct(user: string): string }
  /** Every message that is there now, oldest first; of people too, when they spoke. */
  posted(): readonly StoredMessage[]
  views(): readonly StoredView[]
  /** The methods called so far, in order; `response_url` for posts to those. */
  called(): readonly string[]
  /** Somebody more is in the workspace. */
  join(user: string, name: string): void
  /** People talk in a room, this many times. */
  chat(room: string, count: number): void
  /** The next calls end like this, one each. */
  fail(...troubles: readonly Trouble[]): void
  /** Scopes that the token has; all that are needed when never called. */
  grant(scopes: readonly string[]): void
  /** Moves Slack's own clock: its triggers, its response URLs, its Date header and the time at which it signs. */
  advance(ms: number): void
  /** Forgets messages, views, calls and troubles. */
  reset(): void
  /** Nobody listens any more. */
  stopListening(): Promise<void>
  close(): Promise<void>

  /** What a slash command was answered with, kept as the ephemeral message that Slack makes of it. */
  keepAnswer(body: string, to: { user: string; room: string }): StoredMessage
}

const SECRET = 'fake-signing-secret'
const TOKEN = 'xoxb-fake-token'
const APP_TOKEN = 'xapp-fake-token'

export async function startFakeSlack({ now = realNow }: { readonly now?: () => number } = {}): Promise<FakeSlack> {
  let aheadMs = 0
  const clock = () => now() + aheadMs
  const store = new FakeStore(clock)
  const troubles: Trouble[] = []
  const called: string[] = []
  let scopes: readonly string[] | undefined

  const sockets = new FakeSockets()
  const at = { origin: '' }
  const files = new FakeFiles(store, () => at.origin)
  const { origin, stopListening } = await serve(store, {
    token: TOKEN,
    appToken: APP_TOKEN,
    files,
    sockets,
    called,
    nextTrouble: (method) => {
      const index = troubles.findIndex(({ on }) => on === undefined || on === method)
      return index < 0 ? undefined : troubles.splice(index, 1)[0]
    },
    scopes: () => scopes,
  })

  at.origin = origin

  return {
    config: { signingSecrets: [SECRET], botToken: TOKEN, apiUrl: `${origin}/api/` },
    socketConfig: { signingSecrets: [], botToken: TOKEN, appToken: APP_TOKEN, apiUrl: `${origin}/api/` },
    sockets,
    files,
    bot: WORKSPACE.bot,
    people: { an: 'U0AN', wang: 'U0WANG' },
    rooms: { general: 'C0GENERAL', uninvited: 'C0OTHER', direct: (user) => store.direct(user) },
    posted: () => store.messages,
    views: () => store.views,
    called: () => called,
    join: (user, name) => store.join(user, name),
    chat: (room, count) => {
      for (let n = 0; n < count; n += 1) store.keep({ channel: room, user: 'U0WANG', text: `line ${n}`, blocks: [] })
    },
    fail: (...next) => void troubles.push(...next),
    grant: (granted) => {
      scopes = granted
    },
    advance: (ms) => {
      aheadMs += ms
    },
    reset: () => {
      store.messages = []
      store.views = []
      troubles.length = 0
      called.length = 0
    },
    stopListening,
    close: stopListening,
    ...requestsOf(store, files, { secret: SECRET, origin }),
    keepAnswer: (body, { user, room }) => {
      const answered = object(JSON.parse(body))
      const onlyFor = answered['response_type'] === 'in_channel' ? {} : { onlyFor: user }
      return store.keep({
        channel: room,
        user: WORKSPACE.bot,
        ...onlyFor,
        text: string(answered['text']),
        blocks: list(answered['blocks']),
      })
    },
  }
}
