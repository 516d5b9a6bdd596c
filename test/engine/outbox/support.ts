/** A small department, scripted platforms and a clock moved by hand, for the tests of the outbox. */
import { type Message, textOf } from '#core/card.ts'
import { manualClock } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Incoming, Outgoing, Platform, PlatformLimits, Recipient, SentAs } from '#core/platform.ts'
import type { Outbox, Reader } from '#engine/context.ts'
import type { Database, Tx } from '#engine/db/transaction.ts'
import { createOutbox, type OutboxDeps } from '#engine/outbox/engine.ts'
import type { TroubledRow } from '#engine/outbox/row.ts'
import { loadPolicy } from '#engine/policy/loaded.ts'

/** What a call of the platform comes to. */
export type Fate =
  | PlatformError
  /** Something that is not the platform's own word. */
  | TypeError
  /** It is there, and nobody says so. */
  | 'lost-answer'
  /** It never answers; whether it is there or not. */
  | 'hangs'
  | 'hangs-after-sending'

export interface Shown {
  readonly id: string
  readonly key: string
  readonly room: string
  readonly to: Recipient
  words: string
  message: Message
  accounts: Readonly<Record<string, string>>
  locale: string
}
export interface Call {
  readonly verb: 'send' | 'edit' | 'find'
  readonly message: Outgoing
  readonly words: string
}

export interface FakePlatform extends Platform {
  readonly calls: Call[]
  /** Everything that lies there, in the order it came. */
  readonly shown: Shown[]
  /** The words in a room, as they read now; `@U1` is a direct room. */
  in(room: string): readonly string[]
  /** Decides about each call; undefined lets it go well. */
  fate: (call: Call) => Fate | undefined
  /** What `find` says in place of the truth. */
  findSays: 'cannot-tell' | undefined
}

const LIMITS: PlatformLimits = {
  answerWithinMs: 2_500,
  editWithinMs: Number.POSITIVE_INFINITY,
  roomPace: { sends: 1_000, perMs: 1_000 },
  appPace: { sends: 1_000, perMs: 1_000 },
  buttonsMax: 5,
  textCharsMax: 3_000,
  fileBytesMax: 1_000_000,
  forms: 'modal',
  afterUnknown: 'find',
  writeCommand: (said) => `/${said}`,
  reservedCommands: [],
}

export const roomOf = (to: Recipient): string => ('account' in to ? `@${to.account}` : to.room)

export function fakePlatform(
  name: string,
  limits: Partial<PlatformLimits> = {},
  without: readonly 'edit'[] = [],
): FakePlatform {
  const calls: Call[] = []
  const shown: Shown[] = []
  const begin = (verb: Call['verb'], message: Outgoing): Fate | undefined => {
    const call: Call = { verb, message, words: textOf(message.message) }
    calls.push(call)
    return fake.fate(call)
  }
  const end = async <T>(fate: Fate | undefined, effect: () => T): Promise<T> => {
    if (fate instanceof Error) throw fate
    if (fate === 'hangs') return new Promise<T>(() => {})
    const result = effect()
    if (fate === 'hangs-after-sending') return new Promise<T>(() => {})
    if (fate === 'lost-answer') throw new PlatformError('unknown', 'no answer')
    return result
  }
  const put = ({ key, to, message, accounts, locale }: Outgoing): SentAs => {
    const id = `${name}-${shown.length + 1}`
    shown.push({ id, key, room: roomOf(to), to, words: textOf(message), message, accounts, locale })
    return { address: roomOf(to), messageId: id }
  }
  const fake: FakePlatform = {
    name,
    limits: { ...LIMITS, ...limits },
    paths: [],
    reachesPeople: false,
    calls,
    shown,
    fate: () => undefined,
    findSays: undefined,
    in: (room) => shown.filter((message) => message.room === room).map((message) => message.words),
    receive: () => Promise.reject(new Error('nothing is received here')),
    check: async () => [],
    send: (message) => end(begin('send', message), () => put(message)),
    find: (message) =>
      end(begin('find', message), () => {
        const found = shown.find(({ key, room }) => key === message.key && room === roomOf(message.to))
        if (fake.findSays) return fake.findSays
        return found ? { address: found.room, messageId: found.id } : ('absent' as const)
      }),
    ...(without.includes('edit')
      ? {}
      : {
          edit: (sent: SentAs, message: Outgoing) =>
            end(begin('edit', message), () => {
              const there = shown.find(({ id }) => id === sent.messageId)
              if (!there) throw new PlatformError('gone', `${sent.messageId} is not there`)
              Object.assign(there, {
                words: textOf(message.message),
                message: message.message,
                accounts: message.accounts,
              })
              return sent
            }),
        }),
  }
  return fake
}

export const AN = '00000000-0000-7000-8000-000000000001'
export const BO = '00000000-0000-7000-8000-000000000002'
/** Nobody has linked an account of theirs. */
export const CHEN = '00000000-0000-7000-8000-000000000003'

const PEOPLE = [
  { id: AN, staffNo: 'A1', name: '安然', locale: 'zh-CN', accounts: { slack: 'U1' } },
  { id: BO, staffNo: 'B2', name: 'Bo', locale: 'en', accounts: { slack: 'U2', lark: 'ou_2' } },
  { id: CHEN, staffNo: 'C3', name: '陈', locale: 'zh-CN', accounts: {} },
] as const

export const POLICY = loadPolicy(
  {
    sections: {
      organisation: {
        name: { zh: '云杉', en: 'Spruce' },
        departments: { cs: { name: { zh: '客服部', en: 'Customer service' } } },
        roles: { chief: { name: { zh: '经理', en: 'Chief' } } },
        fallbackRole: 'chief',
      },
      channels: {
        team: { name: { zh: '部门群', en: 'Team' }, slack: 'C1', lark: 'oc_1' },
        abroad: { name: { zh: '海外群', en: 'Abroad' }, slack: 'C2', language: 'en' },
        nowhere: { name: { zh: '无', en: 'Nowhere' }, wecom: 'w1' },
      },
    },
    departments: {},
    posts: {},
  },
  1,
)

export interface World {
  readonly db: Database
  readonly clock: ReturnType<typeof manualClock>
  /** Real time, moved by hand. */
  readonly real: { now: number }
  readonly troubles: TroubledRow[]
  readonly warnings: string[]
  readonly engine: ReturnType<typeof createOutbox>
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction of a handler. */
  say<T>(work: (outbox: Outbox) => Promise<T>): Promise<T>
  pump(): Promise<number>
  /** Moves the clock to whatever is due next, until nothing waits; at most `hoursMax` hours. */
  settle(hoursMax?: number): Promise<void>
  states(): Promise<Readonly<Record<string, number>>>
}

export const MORNING = '2026-09-28T09:00:00+08:00'

/** @param shared what another process has in common with this one */
export function world(
  db: Database,
  platforms: readonly FakePlatform[],
  shared: Partial<Pick<World, 'clock' | 'real'>> & Partial<Pick<OutboxDeps, 'timeout'>> = {},
): World {
  const clock = shared.clock ?? manualClock(MORNING)
  const real = shared.real ?? { now: Date.parse('2026-11-20T00:00:00Z') }
  const troubles: TroubledRow[] = []
  const warnings: string[] = []
  const engine = createOutbox({
    db,
    clock,
    platforms: new Map(platforms.map((platform) => [platform.name, platform])),
    policy: () => POLICY,
    log: { warn: (_, message) => void warnings.push(message) },
    onTrouble: (row) => void troubles.push(row),
    realNow: () => real.now,
    timeout: shared.timeout ?? (() => new AbortController().signal),
  })
  const tx = <T>(work: (tx: Tx) => Promise<T>) => db.transact('people', work)
  const pump = () => engine.pump(new AbortController().signal)
  return {
    db,
    clock,
    real,
    troubles,
    warnings,
    engine,
    tx,
    pump,
    say: (work) => tx((inner) => work(engine.within(inner))),
    async settle(hoursMax = 24) {
      const end = clock.now() + hoursMax * 3_600_000
      for (let step = 0; step < 500; step++) {
        await pump()
        const next = await tx((inner) => engine.nextDueAt(inner))
        if (next === undefined || next > end) return
        if (next <= clock.now()) throw new Error('pump left something that is due now')
        real.now += next - clock.now()
        clock.set(next)
      }
      throw new Error('the outbox does not come to rest')
    },
    async states() {
      const rows = await tx(({ sql }) =>
        sql<{ state: string; n: number }>('SELECT state, count(*)::int AS n FROM outbox GROUP BY state'),
      )
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
    },
  }
}

export async function hire(db: Database): Promise<void> {
  const at = new Date(MORNING)
  await db.transact('people', async ({ sql }) => {
    for (const person of PEOPLE) {
      await sql(
        `INSERT INTO person (id, staff_no, name, department, post, roles, locale, zone, pattern, active)
         VALUES ($1, $2, $3, 'cs', 'agent', '{}', $4, 'Asia/Shanghai', '{}', true)`,
        [person.id, person.staffNo, person.name, person.locale],
      )
      for (const [platform, account] of Object.entries(person.accounts))
        await sql('INSERT INTO account (platform, account, person_id, linked_at) VALUES ($1, $2, $3, $4)', [
          platform,
          account,
          person.id,
          at,
        ])
    }
  })
}

/** The same words for everybody. */
export const words = (text: string) => () => ({ text })
export const card = (title: string) => () => ({ card: { title } })
export const inBoth = (zh: string, en: string) => (reader: Reader) => ({ text: reader.locale === 'en' ? en : zh })

export const refused = (
  kind: PlatformError['kind'],
  options: { retryAfterMs?: number; appWide?: boolean; code?: string } = {},
) => new PlatformError(kind, `the platform says ${kind}`, options)

/** Each call that `which` names fails so many times, each call by its key and verb. */
export function failing(which: (call: Call) => boolean, fate: Fate, times = Number.POSITIVE_INFINITY) {
  const seen = new Map<string, number>()
  return (call: Call): Fate | undefined => {
    if (!which(call)) return undefined
    const key = `${call.verb} ${call.message.key}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count <= times ? fate : undefined
  }
}

export const typed = (about: Partial<Incoming> = {}): Incoming =>
  ({
    kind: 'said',
    key: 'm1',
    person: 'U1',
    room: 'D1',
    roomKind: 'direct',
    canCarry: ['message'],
    text: 'leave',
    ...about,
  }) as Incoming
