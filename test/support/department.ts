/** A department for stories: people on a platform, the whole product behind it, and the clock in hand. */
import { expect } from 'vitest'
import { type App, createApp, policySections } from '../../src/app.ts'
import { type ManualClock, manualClock } from '../../src/core/clock.ts'
import type { Log } from '../../src/core/log.ts'
import type { Answer } from '../../src/core/platform.ts'
import { appendLines } from '../../src/engine/audit/lines.ts'
import type { Database } from '../../src/engine/db/transaction.ts'
import type { Feature } from '../../src/engine/feature.ts'
import { readPeopleFile } from '../../src/engine/identity/people-file.ts'
import { applyImport } from '../../src/engine/identity/people-import.ts'
import { presetsIn } from '../../src/engine/policy/presets.ts'
import { readPolicy } from '../../src/engine/policy/read.ts'
import type { Workshop } from '../../src/engine/workshop/workshop.ts'
import { checkedPolicy, DEMONSTRATION, textFile } from '../../src/files.ts'
import { type FormServer, serveForms } from './form-server.ts'
import { demonstrationPeople, type Member, PEOPLE, POLICY } from './spruce.ts'
import type { Backstage, SentFile, Shown, Stage } from './stage.ts'
import { larkStage } from './stage-lark.ts'
import { simulatorStage } from './stage-simulator.ts'
import { slackStage } from './stage-slack.ts'
import { wecomStage } from './stage-wecom.ts'

/** Most platforms take about one message a second in a room: a story waits that out, or the pace of its slowest, and no longer. */
const PACE_MS = 3_000

export type Where = 'simulator' | 'slack' | 'lark' | 'wecom'

type Open = (
  backstage: Backstage & { replied(keys: readonly string[], left: boolean): Promise<void> },
  people: readonly Member[],
  log: Log,
  options: DepartmentOptions,
) => Promise<Stage>
const STAGES: Readonly<Record<Where, Open>> = {
  simulator: (backstage, people) => simulatorStage(backstage, () => people),
  slack: slackStage,
  lark: larkStage,
  wecom: wecomStage,
}

export interface DepartmentOptions {
  /** One platform, or several at once, on which everybody has an account; the first is where people are unless a story says otherwise. */
  readonly on: Where | readonly Where[]
  readonly db: Database
  /** Sections laid over the department's policy, as YAML. */
  readonly policy?: string
  /** Monday 2026-09-28, nine o'clock, when absent. */
  readonly startsAt?: string
  readonly moreFeatures?: readonly Feature[]
  /** One for several stories: each worker takes a second to begin. One of the department's own when absent. */
  readonly workshop?: Workshop
  /** Presets that come with the product, by name, laid over the department's policy. */
  readonly presets?: readonly string[]
  /** Those of spruce.ts when absent. */
  readonly people?: readonly Member[]
  /** The demonstration as it is shipped, policy and people; on the simulator only. */
  readonly demonstration?: true
  /** How long Slack waits for an answer, in real milliseconds; its own limit when absent. */
  readonly answerWithinMs?: number
  /** How long we wait for Slack, in real milliseconds. */
  readonly patienceMs?: number
  /** Slack by Socket Mode; by HTTP when absent. */
  readonly over?: 'socket'
  /** WeCom with a smart bot beside the app; the app alone when absent. */
  readonly bot?: true
  /** Called when an event was handled and committed and its answer has not left yet; throwing is the end of the process there. */
  readonly beforeAnswer?: (answer: Answer) => void | Promise<void>
}

/** One person, as a story speaks of them. */
export interface Someone {
  readonly staffNo: string
  /** Types to the bot directly, and everything that follows from it happens. @returns a name for what was said */
  says(text: string): Promise<string>
  saysInChannel(text: string): Promise<string>
  /** Sends files to the bot directly, with words or without, and everything that follows happens. */
  sends(files: SentFile | readonly SentFile[], text?: string): Promise<string>
  /** With a slash, as the platform has commands. */
  commands(text: string, room?: 'direct' | 'channel'): Promise<void>
  /** Some message of the bot shows this now. @returns it */
  sees(what: RegExp): Promise<Shown>
  doesNotSee(what: RegExp): Promise<void>
  /** The newest messages are no more than when this was asked last. */
  seesNothingNew(): Promise<void>
  /** Presses a button: the newest that has this label, on a message that shows `on`. */
  clicks(label: string, about?: { on: RegExp }): Promise<void>
  /** As {@link Someone.clicks}, on a message by its id: for late clicks and double clicks. */
  clicksOn(message: Shown, label: string): Promise<void>
  chooses(option: string): Promise<void>
  fills(values: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>
  form(): { readonly title: string; readonly fields: readonly string[] } | undefined
  edits(said: string, text: string): Promise<void>
  deletes(said: string): Promise<void>
  screen(): Promise<readonly Shown[]>
}

export interface Department {
  readonly app: App
  readonly db: Database
  readonly clock: ManualClock
  readonly stage: Stage
  stageOn(where: Where): Stage
  /** What was logged as a warning or worse. */
  readonly logged: readonly { readonly level: 'warn' | 'error'; readonly message: string; readonly data: object }[]
  /** @param where the first platform when absent */
  someone(staffNo: string, where?: Where): Someone
  /** Everything that is due happens. */
  settle(): Promise<void>
  /** Moves the clock to an instant with its offset, stopping at everything that falls due on the way. */
  until(instant: string): Promise<void>
  /** A new process on the same data. */
  restart(): Promise<void>
  /** One more process at the same time, on its own connections. */
  anotherProcess(db: Database): Promise<App>
  /** The people file is loaded again: whoever is not in it has left. */
  peopleAreNow(people: readonly Member[]): Promise<void>
  close(): Promise<void>
}

export async function department(options: DepartmentOptions): Promise<Department> {
  const clock = manualClock(options.startsAt ?? '2026-09-28T09:00:00+08:00')
  const logged: { level: 'warn' | 'error'; message: string; data: object }[] = []
  const log: Log = {
    info: () => {},
    warn: (data, message) => void logged.push({ level: 'warn', message, data }),
    error: (data, message) => void logged.push({ level: 'error', message, data }),
  }
  let app: App
  const people = options.demonstration ? await demonstrationPeople() : (options.people ?? PEOPLE)
  const stages = new Map<Where, Stage>()
  const stageOn = (where: Where): Stage => {
    const stage = stages.get(where)
    if (!stage) throw new Error(`The department is not on ${where}`)
    return stage
  }
  const places: readonly Where[] = typeof options.on === 'string' ? [options.on] : options.on
  for (const where of places) {
    const backstage = {
      deliver: async (event: Parameters<App['deliver']>[1]) => {
        const answer = await app.deliver(stageOn(where).platform, event)
        await options.beforeAnswer?.(answer)
        if (where === 'simulator' && answer.key) await app.replied([answer.key], true)
        return answer
      },
      replied: (keys: readonly string[], left: boolean) => app.replied(keys, left),
      now: () => clock.now(),
    }
    stages.set(where, await STAGES[where](backstage, people, log, options))
  }
  const [first = 'simulator'] = places
  const stage = stageOn(first)
  const make = (db = options.db) =>
    createApp({
      db,
      clock,
      platforms: [...stages.values()].map(({ platform }) => platform),
      log,
      ...(options.moreFeatures ? { moreFeatures: options.moreFeatures } : {}),
      ...(options.workshop ? { workshop: options.workshop } : {}),
    })
  app = make()
  // Where forms are pages there must be pages.
  const hasPages = [...stages.values()].some(({ platform }) => platform.limits.forms === 'page')
  let pages: FormServer | undefined = hasPages ? await serveForms(app) : undefined
  await putInForce(app, options, clock)
  await load(app, options.db, [...stages.values()], people, clock)
  const signal = new AbortController().signal
  const paceMs = Math.max(PACE_MS, ...[...stages.values()].map(({ platform }) => platform.limits.roomPace.perMs))
  const settle = async () => {
    for (let turn = 0; turn < 100; turn++) {
      await app.tick()
      await app.untilQuiet(signal)
      const next = await app.nextDue()
      if (!next || next.at <= clock.now() || next.at > clock.now() + paceMs) return
      clock.set(next.at)
    }
  }
  return {
    get app() {
      return app
    },
    db: options.db,
    clock,
    stage,
    stageOn,
    logged,
    someone: (staffNo, where = first) => someone(stageOn(where), staffNo, settle),
    settle,
    async until(instant) {
      const to = Date.parse(instant)
      for (;;) {
        const next = await app.nextDue()
        if (!next || next.at > to) break
        if (next.at > clock.now()) clock.set(next.at)
        await settle()
        const after = await app.nextDue()
        if (after && after.at <= clock.now()) break // It waits for real time, as a reply does that its answer may carry.
      }
      clock.set(to)
      await settle()
    },
    async restart() {
      await app.inbox.drain()
      app = make()
      await pages?.close()
      pages &&= await serveForms(app)
      await options.db.transact('people', (tx) => app.policy.refresh(tx))
      await options.db.transact('people', (tx) => app.schedules.load(tx))
    },
    async anotherProcess(db) {
      const other = make(db)
      await db.transact('people', (tx) => other.policy.refresh(tx))
      return other
    },
    peopleAreNow: (fresh) => load(app, options.db, [...stages.values()], fresh, clock),
    async close() {
      await app.inbox.drain()
      await pages?.close()
      for (const open of stages.values()) await open.close()
    },
  }
}

async function putInForce(app: App, options: DepartmentOptions, clock: ManualClock) {
  const content = options.demonstration
    ? await checkedPolicy(await textFile(DEMONSTRATION.policy))
    : await storyPolicy(options)
  await options.db.transact('people', (tx) => app.policy.apply(tx, content, 'story', clock.now()))
}

async function storyPolicy({ presets = [], policy = '' }: DepartmentOptions) {
  const shipped = presetsIn('policies/presets')
  const read = await readPolicy(
    { name: 'story.yaml', text: `extends: [${['spruce', ...presets].join(', ')}]\n${policy}` },
    {
      sections: policySections(),
      presets: async (name) => (name === 'spruce' ? { name: 'spruce.yaml', text: POLICY } : shipped(name)),
    },
  )
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read.content
}

async function load(app: App, db: Database, stages: readonly Stage[], members: readonly Member[], clock: ManualClock) {
  const people = members.map(({ locale, ...person }) => ({
    ...person,
    language: locale,
    accounts: Object.fromEntries(stages.map((stage) => [stage.platform.name, stage.account(person.staffNo)])),
  }))
  const file = readPeopleFile({ name: 'people.yaml', text: JSON.stringify({ people }) }, app.policy.current())
  if ('problems' in file) throw new Error(file.problems.join('\n'))
  await db.transact('people', async (tx) => {
    const at = clock.now()
    await applyImport(tx, file, at, (news) =>
      appendLines(
        tx.sql,
        news.map((line) => ({ at, actorId: null, ...line })),
      ),
    )
    await app.schedules.load(tx)
  })
}

function someone(stage: Stage, staffNo: string, settle: () => Promise<void>): Someone {
  let seenBefore = 0
  const screen = () => stage.shown(staffNo)
  const thenSettle = async <T>(act: Promise<T>): Promise<T> => {
    const result = await act
    await settle()
    return result
  }
  const withButton = async (label: string, on?: RegExp) => {
    const all = await screen()
    const found = all.findLast((message) => message.buttons.includes(label) && (on?.test(message.words) ?? true))
    if (!found)
      throw new Error(
        `${staffNo} sees no button “${label}”${on ? ` on ${on}` : ''}:\n${all.map((m) => `${m.words}\n[${m.buttons.join('] [')}]`).join('\n---\n')}`,
      )
    return found
  }
  const me: Someone = {
    staffNo,
    says: (text) => thenSettle(stage.say(staffNo, text, 'direct')),
    saysInChannel: (text) => thenSettle(stage.say(staffNo, text, 'channel')),
    sends: (files, text = '') =>
      thenSettle(stage.say(staffNo, text, 'direct', 'bytes' in files ? [files as SentFile] : (files as SentFile[]))),
    commands: (text, room = 'direct') => thenSettle(stage.command(staffNo, text, room)),
    async sees(what) {
      const all = await screen()
      const found = all.findLast((message) => what.test(message.words))
      expect(
        found,
        `${staffNo} should see ${what}, and sees:\n${all.map((m) => m.words).join('\n---\n')}`,
      ).toBeDefined()
      return found as Shown
    },
    async doesNotSee(what) {
      const all = await screen()
      expect(all.filter((message) => what.test(message.words)).map((message) => message.words)).toEqual([])
    },
    async seesNothingNew() {
      const all = await screen()
      expect(all.slice(seenBefore).map((message) => message.words)).toEqual([])
    },
    async clicks(label, about) {
      await thenSettle(stage.press(staffNo, (await withButton(label, about?.on)).id, label))
    },
    clicksOn: (message, label) => thenSettle(stage.press(staffNo, message.id, label)),
    async chooses(option) {
      const found = (await screen()).findLast((message) => message.options.includes(option))
      if (!found) throw new Error(`${staffNo} sees no option “${option}”`)
      await thenSettle(stage.choose(staffNo, found.id, option))
    },
    fills: (values) => thenSettle(stage.fill(staffNo, values)),
    form: () => stage.form(staffNo),
    edits: (said, text) => thenSettle(stage.edit(staffNo, said, text)),
    deletes: (said) => thenSettle(stage.remove(staffNo, said)),
    async screen() {
      const all = await screen()
      seenBefore = all.length
      return all
    },
  }
  return me
}
