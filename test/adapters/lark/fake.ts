/** A Lark on loopback: its Open API as the documents describe it, with failures on demand, and its calls to an app. */
import { realNow } from '#core/clock.ts'
import type { RawRequest } from '#core/platform.ts'
import type { LarkConfig } from '../../../adapters/lark/index.ts'
import { object, parsed, string } from './fake-json.ts'
import { type Bodies, bodiesOf, type Signing, signed } from './fake-requests.ts'
import { cardProblems } from './fake-schema.ts'
import { type Called, serve, type Trouble } from './fake-server.ts'
import { FakeSockets } from './fake-socket.ts'
import { APP, FakeStore, type FakeUser, GENERAL, type StoredMessage } from './fake-store.ts'

const TOKEN = 'fake-verification-token'
const KEY = 'fake-encrypt-key'

export interface Toast {
  readonly type: string
  readonly content: string
}

export interface FakeLark extends Bodies {
  /** To be called by HTTP, encrypted; {@link FakeLark.plainConfig} without a key, {@link FakeLark.socketConfig} to connect. */
  readonly config: LarkConfig
  readonly plainConfig: LarkConfig
  readonly socketConfig: LarkConfig
  readonly store: FakeStore
  readonly sockets: FakeSockets
  readonly bot: string
  readonly general: string
  readonly called: readonly Called[]
  names(): readonly string[]
  posted(): readonly StoredMessage[]
  join(user: FakeUser): void
  sign(body: unknown, signing?: Partial<Signing>): RawRequest
  /** Does with the answer to a callback what Lark does: shows the toast, replaces the card. @returns the toast */
  take(body: string, on: StoredMessage): Toast | undefined
  fail(...troubles: readonly Trouble[]): void
  grant(scopes: readonly string[]): void
  /** The tokens given out so far are taken no more. */
  revoke(): void
  pageSize: number
  advance(ms: number): void
  stopListening(): Promise<void>
}

/** @param now the fake's clock: its limits in time are counted on it */
export async function startFakeLark({ now = realNow }: { readonly now?: () => number } = {}): Promise<FakeLark> {
  let aheadMs = 0
  const store = new FakeStore(() => now() + aheadMs)
  const sockets = new FakeSockets()
  const called: Called[] = []
  const troubles: Trouble[] = []
  const tokens = new Set<string>()
  let scopes: readonly string[] = []
  const desk = {
    store,
    sockets,
    called,
    nextTrouble: (name: string) => {
      const fits = ({ on }: Trouble) => (on === undefined ? name !== 'auth.tenantAccessToken' : on === name)
      const index = troubles.findIndex(fits)
      return index < 0 ? undefined : troubles.splice(index, 1)[0]
    },
    freshToken: () => {
      const token = `t-${tokens.size + 1}`
      tokens.add(token)
      return { token, expire: 7_200 }
    },
    takes: (token: string) => tokens.has(token),
    scopes: () => scopes,
    pageSize: () => fake.pageSize,
  }
  const { origin, stopListening } = await serve(desk)
  const socketConfig = { appId: APP.id, appSecret: APP.secret, domain: origin }
  const plainConfig = { ...socketConfig, verificationToken: TOKEN }
  const fake: FakeLark = {
    config: { ...plainConfig, encryptKey: KEY },
    plainConfig,
    socketConfig,
    store,
    sockets,
    called,
    bot: APP.bot,
    general: GENERAL,
    names: () => called.map(({ name }) => name).filter((name) => name !== 'auth.tenantAccessToken'),
    posted: () => store.messages.filter((message) => message.sender === APP.bot),
    join: (user) => store.join(user),
    sign: (body, signing) => signed(body, { encryptKey: KEY, receivedAt: store.now(), ...signing }),
    take: (body, on) => {
      const { toast, card } = parsed(body)
      const data = object(object(card)['data'])
      if (card !== undefined) {
        const problems = cardProblems(data)
        if (object(card)['type'] !== 'raw' || problems.length > 0) throw new Error(`200673: ${problems.join(', ')}`)
        store.replace(on.id, data)
      }
      if (toast === undefined) return undefined
      const shown = { type: string(object(toast)['type']), content: string(object(toast)['content']) }
      if (!['info', 'success', 'error', 'warning'].includes(shown.type) || shown.content === '')
        throw new Error(`200672: a toast of type ${shown.type}`)
      return shown
    },
    fail: (...next) => void troubles.push(...next),
    grant: (granted) => {
      scopes = granted
    },
    revoke: () => {
      const count = tokens.size
      tokens.clear()
      for (let n = 0; n < count; n += 1) tokens.add(`revoked-${n}`)
    },
    pageSize: 50,
    advance: (ms) => {
      aheadMs += ms
    },
    stopListening,
    ...bodiesOf(store, TOKEN),
  }
  return fake
}
