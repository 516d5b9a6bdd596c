/** A small department with its command line, reached through a running server's socket or in the process that has the data open. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { type ManualClock, manualClock } from '../../src/core/clock.ts'
import type { Platform } from '../../src/core/platform.ts'
import { type FolderLock, lockFolder } from '../../src/engine/db/folder-lock.ts'
import type { Feature } from '../../src/engine/feature.ts'
import type { Workshop } from '../../src/engine/workshop/workshop.ts'
import { checkedPeople, checkedPolicy, importPeople } from '../../src/files.ts'
import type { OpsContext, Renderer, WrittenFile } from '../../src/ops/command.ts'
import { COMMANDS } from '../../src/ops/commands.ts'
import { answerRequest } from '../../src/ops/request.ts'
import { runOps } from '../../src/ops/run.ts'
import { askServer, serveOps } from '../../src/ops/server.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

export const POLICY = `organisation:
  name: { zh: 客服中心, en: Service centre }
  departments:
    centre: { name: { zh: 中心, en: Centre } }
    cs: { name: { zh: 客服部, en: Customer service }, parent: centre }
    hr: { name: { zh: 人事部, en: Personnel }, parent: centre }
  posts:
    agent: { name: { zh: 客服专员, en: Agent } }
  roles:
    supervisor: { name: { zh: 主管, en: Supervisor }, may: [leave.decide] }
    boss: { name: { zh: 总经理, en: General manager }, serves: organisation, may: ['*'] }
  everyone: [inbox.talk, leave.request, leave.read]
  fallbackRole: boss
channels:
  cs: { name: { zh: 客服群, en: Customer service }, slack: C0CS }
leave:
  chains:
    - { steps: [supervisor] }
  notice:
    - { types: [personal], from: 5, days: 10, in: calendarDays, rule: LEAVE-06 }
meetings:
  series:
    weekly:
      name: { zh: 周会, en: Weekly meeting }
      rule: { every: week, weekday: fri, at: '16:00', onDayOff: skip }
      remindBeforeMinutes: 30
      channel: cs
departments:
  hr:
    leave: { draftLapsesAfterHours: 48 }
`

export const PEOPLE = `people:
  - { staffNo: S1, name: 高远, department: centre, roles: [boss] }
  - { staffNo: S2, name: 周敏, department: cs, roles: [supervisor], manager: S1, accounts: { slack: U2 } }
  - { staffNo: S3, name: 安然, department: cs, post: agent, manager: S2, mobile: '+86 139 0000 0000' }
  - { staffNo: S4, name: Emma Clarke, department: hr, language: en, manager: S1 }
`

/** Slack without Slack: it is never called. */
const slack: Platform = {
  name: 'slack',
  limits: {
    answerWithinMs: 1_000,
    editWithinMs: Number.POSITIVE_INFINITY,
    roomPace: { sends: 10, perMs: 1_000 },
    appPace: { sends: 100, perMs: 1_000 },
    buttonsMax: 5,
    textCharsMax: 3_000,
    fileBytesMax: 1_000_000,
    forms: 'modal',
    afterUnknown: 'find',
    writeCommand: (said) => `/banzhang ${said}`,
    reservedCommands: [],
  },
  paths: [],
  reachesPeople: false,
  receive: () => Promise.reject(new Error('nobody calls it')),
  send: () => Promise.reject(new Error('nothing is sent by the command line')),
  check: async () => [],
}

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly written: readonly WrittenFile[]
}

export interface Ways {
  /** Runs one command line. @param given.files by the name the caller writes */
  ops(words: string, given?: { files?: Readonly<Record<string, string | Uint8Array>>; stdin?: string }): Promise<Said>
  readonly app: App
  readonly clock: ManualClock
  readonly test: TestDatabase
  readonly folder: string
  readonly context: OpsContext
}

export type Way = 'a running server' | 'its own process'
export const WAYS: readonly Way[] = ['a running server', 'its own process']

/** Opens the department before each test. Two spaces in the words of a command begin nothing new; `'…'` holds spaces. */
export function department(
  way: Way,
  options: {
    moreFeatures?: readonly Feature[]
    renderers?: readonly Renderer[]
    workshop?: Workshop
    /** What else the platform can do. */
    platform?: Partial<Platform>
  } = {},
): Ways {
  const test = testDatabase()
  const platform: Platform = { ...slack, ...options.platform }
  let opened: { app: App; clock: ManualClock; folder: string; lock: FolderLock; context: OpsContext } | undefined
  const now = () => {
    if (!opened) throw new Error('The department is opened before each test')
    return opened
  }
  beforeEach(async () => {
    const clock = manualClock('2026-09-28T09:00:00+08:00')
    const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-ops-'))
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const app = createApp({
      db: test.db,
      clock,
      platforms: [platform],
      log,
      moreFeatures: options.moreFeatures ?? [],
      ...(options.workshop ? { workshop: options.workshop } : {}),
    })
    const content = await checkedPolicy({ name: 'policy.yaml', text: POLICY })
    await test.db.transact('people', (tx) => app.policy.apply(tx, content, 'start', clock.now()))
    await importPeople(test.db, clock, checkedPeople({ name: 'people.yaml', text: PEOPLE }, app.policy.current()))
    await test.db.transact('people', (tx) => app.schedules.load(tx))
    const config: Config = readConfig({ DATA_DIR: folder })
    const context: OpsContext = {
      app,
      db: test.db,
      clock,
      config,
      platforms: [platform],
      renderers: async () => options.renderers ?? [],
    }
    const lock = await lockFolder(folder)
    if (way === 'a running server') serveOps(lock, context)
    opened = { app, clock, folder, lock, context }
  })
  afterEach(async () => {
    await now().lock.release()
    rmSync(now().folder, { recursive: true, force: true })
  })
  return {
    test,
    get app() {
      return now().app
    },
    get clock() {
      return now().clock
    },
    get folder() {
      return now().folder
    },
    get context() {
      return now().context
    },
    async ops(words, { files = {}, stdin = '' } = {}) {
      const said = { out: '', err: '' }
      const written: WrittenFile[] = []
      const given = (name: string): Buffer => {
        const contents = files[name]
        if (contents === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' })
        return Buffer.from(contents)
      }
      const code = await runOps(argvOf(words), {
        readFile: async (name) => given(name).toString(),
        readBytes: async (name) => given(name),
        readStdin: async () => stdin,
        ask: async () => undefined,
        writeFile: async (file) => {
          written.push(file)
        },
        print: async (text) => {
          said.out += text
        },
        printError: async (text) => {
          said.err += text
        },
        async carryOut(request) {
          if (way === 'its own process') return answerRequest(now().context, COMMANDS, request)
          const answer = await askServer(now().folder, request)
          if (!answer) throw new Error('nobody holds the folder')
          return answer
        },
      })
      return { code, ...said, written }
    },
  }
}

const argvOf = (words: string): readonly string[] =>
  [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

/** How many rows every table holds. */
export function rowCounts({ db }: TestDatabase): Promise<Readonly<Record<string, number>>> {
  return db.transact('people', async ({ sql }) => {
    const tables = await sql<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    )
    const counts: Record<string, number> = {}
    for (const { name } of tables)
      counts[name] = Number((await sql<{ n: string }>(`SELECT count(*) AS n FROM "${name}"`))[0]?.n)
    return counts
  })
}
