/** Starting the product as a process of its own (product-process.ts), giving it orders, and seeing it die. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RawRequest } from '../../src/core/platform.ts'
import type { FakeSlack } from '../adapters/slack/fake.ts'
import { type Member, PEOPLE, POLICY } from './spruce.ts'

/** `before-commit` of a transaction that people wait for · `before-answer` after all commits · around the call to the platform. */
export type Step = 'before-commit' | 'before-answer' | 'before-send' | 'after-send'
export type Order = { readonly id: number } & (
  | { readonly do: 'die-at'; readonly step: Step; readonly passes: number }
  | { readonly do: 'be-ahead'; readonly ms: number }
  | { readonly do: 'move-to'; readonly instant: number }
  | { readonly do: 'refresh' | 'look' | 'count' | 'fill-disk' | 'stop' }
)
export type Report =
  | { readonly port: number }
  | { readonly done: number; readonly now: number; readonly rows?: Readonly<Record<string, number>> }
  | { readonly failed: number; readonly why: string }

export interface Child {
  readonly port: number
  readonly pid: number
  /** A call of the platform, through the network. Rejects when the process dies under it. */
  call(request: RawRequest, signal?: AbortSignal): Promise<{ status: number; body: string }>
  get(path: string): Promise<{ status: number; body: string }>
  /** The next time it comes by here, after `passes` times, it kills itself with SIGKILL. */
  dieAt(step: Step, passes?: number): Promise<void>
  /** Its real time is so far ahead of the machine's from now on. */
  beAhead(ms: number): Promise<void>
  /** Moves the rehearsal clock, for itself; others follow when they {@link Child.refresh}. */
  moveTo(instant: number): Promise<void>
  /** Follows the rehearsal clock. @returns what it shows */
  refresh(): Promise<number>
  /** Follows the rehearsal clock, and does everything that is due. */
  look(): Promise<void>
  /** From now on nothing more can be written to a file. */
  fillDisk(): Promise<void>
  /** How many rows there are by queue and state. */
  count(): Promise<Readonly<Record<string, number>>>
  /** Ends in order. */
  stop(): Promise<void>
  kill(): void
  /** What ended it, as `SIGKILL` or `0`. */
  readonly ended: Promise<string>
  readonly hasEnded: boolean
  /** What it wrote to its standard error. */
  readonly log: string
}

const ENTRY = fileURLToPath(new URL('./product-process.ts', import.meta.url))

/** @throws Error with what it wrote when it ends before it listens */
export async function startChild(env: Readonly<Record<string, string>>, entry = ENTRY): Promise<Child> {
  const child = fork(entry, [], {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: ['--max-semi-space-size=4', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  let hasEnded = false
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true
      resolve(signal ?? String(code))
    })
  })
  const give = orders(child, ended)
  const port = await Promise.race([
    new Promise<number>((resolve) => child.on('message', (said: Report) => 'port' in said && resolve(said.port))),
    ended.then((how) => {
      throw new Error(`The product ended (${how}) before it listened:\n${log}`)
    }),
  ])
  const ask = async (url: string, init: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${port}${url}`, init)
    return { status: response.status, body: await response.text() }
  }
  return {
    port,
    pid: child.pid ?? 0,
    call: ({ method, url, headers, body }, signal) =>
      ask(url, {
        method,
        headers: { ...headers, connection: 'close' },
        body: Buffer.from(body),
        ...(signal ? { signal } : {}),
      }),
    get: (url) => ask(url, { headers: { connection: 'close' } }),
    dieAt: async (step, passes = 0) => void (await give({ do: 'die-at', step, passes })),
    beAhead: async (ms) => void (await give({ do: 'be-ahead', ms })),
    moveTo: async (instant) => void (await give({ do: 'move-to', instant })),
    refresh: async () => (await give({ do: 'refresh' })).now,
    look: async () => void (await give({ do: 'look' })),
    fillDisk: async () => void (await give({ do: 'fill-disk' })),
    count: async () => (await give({ do: 'count' })).rows ?? {},
    async stop() {
      await give({ do: 'stop' })
      await ended
    },
    kill: () => void child.kill('SIGKILL'),
    ended,
    get hasEnded() {
      return hasEnded
    },
    get log() {
      return log
    },
  }
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never
type Done = Extract<Report, { done: number }>

/** The child answers each order when it has done it; one that dies under an order fails it. */
function orders(child: ChildProcess, ended: Promise<string>): (order: Unnumbered<Order>) => Promise<Done> {
  let count = 0
  const waiting = new Map<number, { done(said: Done): void; failed(error: Error): void }>()
  child.on('message', (said: Report) => {
    if ('done' in said) waiting.get(said.done)?.done(said)
    if ('failed' in said) waiting.get(said.failed)?.failed(new Error(said.why))
  })
  void ended.then((how) => {
    for (const { failed } of waiting.values()) failed(new Error(`the process ended: ${how}`))
  })
  return (order) => {
    const id = ++count
    return new Promise<Done>((resolve, reject) => {
      waiting.set(id, { done: resolve, failed: reject })
      child.send({ ...order, id }, (error) => error && reject(error))
    }).finally(() => waiting.delete(id))
  }
}

/** A folder with the department's files and, for the embedded database, its data; and what the product needs to start there. */
export function home(slack: FakeSlack, people: readonly Member[] = PEOPLE, policy = POLICY) {
  for (const { staffNo, name } of people) slack.join(`U${staffNo}`, name)
  return homeWith(slackEnv(slack), (staffNo) => ({ slack: `U${staffNo}` }), people, policy)
}

/** Settings that point the product at a Slack on this machine. */
export function slackEnv({ config }: FakeSlack): Readonly<Record<string, string>> {
  const { signingSecrets, botToken, apiUrl = '' } = config
  return { SLACK_SIGNING_SECRET: signingSecrets.join(','), SLACK_BOT_TOKEN: botToken, SLACK_API_URL: apiUrl }
}

/** @param platforms the settings of the platforms @param accountsOf everybody's accounts on them */
export function homeWith(
  platforms: Readonly<Record<string, string>>,
  accountsOf: (staffNo: string) => Readonly<Record<string, string>>,
  people: readonly Member[],
  policy: string,
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-home-'))
  const files = { policy: path.join(folder, 'policy.yaml'), people: path.join(folder, 'people.yaml') }
  const listed = people.map(({ locale, ...person }) => ({
    ...person,
    language: locale,
    accounts: accountsOf(person.staffNo),
  }))
  writeFileSync(files.policy, policy)
  writeFileSync(files.people, JSON.stringify({ people: listed }))
  return {
    folder,
    env: {
      DATA_DIR: path.join(folder, 'data'),
      POLICY_FILE: files.policy,
      PEOPLE_FILE: files.people,
      LOG_LEVEL: 'warn',
      CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00',
      SECRET_KEY: 'a secret key of these tests, long enough',
      ...platforms,
    } as Readonly<Record<string, string>>,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
