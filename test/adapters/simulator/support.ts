/** A small department for the simulator's tests, and a browser's calls without a browser. */
import { randomUUID } from 'node:crypto'
import { DAY_MS, HOUR_MS, type Instant } from '#core/clock.ts'
import type { Text } from '#core/i18n.ts'
import type { Deliver, Incoming, Outgoing, Recipient } from '#core/platform.ts'
import type { SimulatedPerson, SimulatedRoom, SimulatorHost } from '../../../adapters/simulator/host.ts'
import { createSimulator, type SimulatorPlatform } from '../../../adapters/simulator/index.ts'

export const ORIGIN = 'http://127.0.0.1:4000'
export const START = Date.parse('2026-09-28T09:00:00+08:00')

/** The host of the tests: everything in it can be changed while the simulator runs. */
export interface TestHost extends SimulatorHost {
  staff: SimulatedPerson[]
  channels: SimulatedRoom[]
  /** Instants the clock was asked to go to. */
  readonly moved: Instant[]
  due: { at: Instant; what: Text }[]
  /** What an advance waits for before it arrives. */
  beforeArrival: () => Promise<void>
}

export function testHost(kind: 'rehearsal' | 'manual' | 'real' = 'rehearsal', zone = 'Asia/Shanghai'): TestHost {
  let now = START
  const moved: Instant[] = []
  const person = (account: string, name: string, title: string, locale: 'zh-CN' | 'en' = 'zh-CN') => {
    return { account, name, title, department: '客服部', locale }
  }
  const host: TestHost = {
    staff: [
      person('wang', '王芳', '客服专员'),
      person('li', '李强', '客服主管'),
      person('emma', 'Emma Clarke', 'Service agent', 'en'),
      person('chen', '陈静', '客服经理'),
    ],
    channels: [
      { room: 'service', name: { 'zh-CN': '客服部', en: 'Customer service' }, members: ['wang', 'li', 'emma'] },
      { room: 'leads', name: { 'zh-CN': '管理群', en: 'Leads' }, members: ['li', 'chen'] },
    ],
    moved,
    due: [{ at: START + HOUR_MS / 2, what: { 'zh-CN': '早班签到提醒', en: 'Morning check-in reminder' } }],
    beforeArrival: async () => {},
    people: async () => host.staff,
    rooms: async () => host.channels,
    commands: async () => [
      { say: 'leave', about: '请假' },
      { say: 'checkin', about: '签到' },
      { say: 'roster', about: '看排班' },
      { say: 'roster week', about: '看一周' },
      { say: 'help', about: '能做什么' },
    ],
    clock: {
      kind,
      zone,
      now: () => now,
      next: async () => host.due.find(({ at }) => at > now),
      advanceTo: async (instant) => {
        moved.push(instant)
        await host.beforeArrival()
        now = instant
      },
    },
  }
  return host
}

/** A simulator with a bot that remembers what it heard and answers what `answers` says. */
export function simulate(
  options: { host?: TestHost; storeFile?: string; answers?: Deliver; realNow?: () => Instant } = {},
) {
  const host = options.host ?? testHost()
  const { storeFile, realNow = () => 0 } = options
  const platform = createSimulator({ host, realNow, ...(storeFile === undefined ? {} : { storeFile }) })
  const heard: Incoming[] = []
  const stop = new AbortController()
  const deliver: Deliver = async (event) => {
    heard.push(event)
    return options.answers?.(event) ?? {}
  }
  const listening = platform.listen?.(deliver, stop.signal)
  return {
    host,
    platform,
    heard,
    page: new Page(platform),
    /** The bot stops listening and every stream ends. */
    async close() {
      stop.abort()
      await listening
      await platform.close()
    },
  }
}

export const outgoing = (key: string, to: Recipient, message: Outgoing['message']): Outgoing => ({
  key,
  to,
  message,
  locale: 'en',
  accounts: {},
})
export const never = () => new AbortController().signal

/** What the browser does, as bare calls: one page with its token. */
export class Page {
  readonly #platform: SimulatorPlatform
  #token: string | undefined

  constructor(platform: SimulatorPlatform) {
    this.#platform = platform
  }

  /** A call as it is; nothing is added. `path` begins with `/simulator`. */
  raw(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#platform.fetch(new Request(ORIGIN + path, init))
  }

  async get(path: string, lang = 'en'): Promise<{ status: number; json: Json }> {
    return read(await this.raw(`/simulator/api/${path}`, { headers: { 'accept-language': lang } }))
  }

  async token(): Promise<string> {
    this.#token ??= String((await this.get('boot')).json['token'])
    return this.#token
  }

  async post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; json: Json }> {
    const own = {
      origin: ORIGIN,
      'content-type': 'application/json',
      'accept-language': 'en',
      'x-simulator-token': await this.token(),
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return read(
      await this.raw(`/simulator/api/${path}`, { method: 'POST', headers: { ...own, ...headers }, body: text }),
    )
  }

  say(account: string, room: string, text: string, id: string = randomUUID()) {
    return this.post('say', { id, account, room, text })
  }

  /** What this account sees in the room, as text or title. */
  async reads(account: string, room: string): Promise<Json[]> {
    const { json } = await this.get(`messages?${new URLSearchParams({ account, room })}`)
    return json['messages'] as Json[]
  }
}

export type Json = Record<string, unknown>

async function read(response: Response): Promise<{ status: number; json: Json }> {
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, json: type.startsWith('application/json') ? ((await response.json()) as Json) : {} }
}

/** Reads a stream of events as they come. */
export class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #rest = ''

  constructor(response: Response) {
    if (!response.body) throw new Error('The stream has no body')
    this.#reader = response.body.getReader()
  }

  /** The next event; undefined when the stream has ended. Comments are skipped. */
  async next(): Promise<{ id: string; event: string; data: Json } | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#rest.slice(0, end)
        this.#rest = this.#rest.slice(end + 2)
        const line = (name: string) =>
          block
            .split('\n')
            .find((each) => each.startsWith(`${name}: `))
            ?.slice(name.length + 2)
        const data = line('data')
        if (data !== undefined)
          return { id: line('id') ?? '', event: line('event') ?? '', data: JSON.parse(data) as Json }
        continue
      }
      const { done, value } = await this.#reader.read()
      if (done) return undefined
      this.#rest += this.#decoder.decode(value, { stream: true })
    }
  }

  /** The next event of this name, whatever comes before it. */
  async nextOf(event: string) {
    for (let count = 0; count < 50; count++) {
      const found = await this.next()
      if (found === undefined || found.event === event) return found
    }
    throw new Error(`No ${event} among 50 events`)
  }

  close(): Promise<void> {
    return this.#reader.cancel()
  }
}

export { DAY_MS, HOUR_MS }
