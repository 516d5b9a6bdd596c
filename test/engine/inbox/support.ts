/** The whole product behind a platform that does what a test tells it, with one feature whose handlers do too. */
import { z } from 'zod'
import { type App, createApp, policySections } from '../../../src/app.ts'
import { type ManualClock, manualClock } from '../../../src/core/clock.ts'
import { optional, rest } from '../../../src/core/command-args.ts'
import { contract } from '../../../src/core/contract.ts'
import { PlatformError, Refusal } from '../../../src/core/errors.ts'
import { type FormValues, form } from '../../../src/core/form.ts'
import type { Incoming, Outgoing, Platform, PlatformLimits } from '../../../src/core/platform.ts'
import type { Reply } from '../../../src/engine/context.ts'
import type { Database } from '../../../src/engine/db/transaction.ts'
import { action, command, defineFeature, formHandler } from '../../../src/engine/feature.ts'
import { readPeopleFile } from '../../../src/engine/identity/people-file.ts'
import { applyImport, planImport } from '../../../src/engine/identity/people-import.ts'
import { readPolicy } from '../../../src/engine/policy/read.ts'
import { PEOPLE, POLICY } from '../../support/spruce.ts'

export const ProbeForm = contract('probe.form', z.strictObject({}))
export const ProbeButton = contract('probe.button', z.strictObject({ n: z.int() }))

/** What a handler does when it is told to by `probe WORD`, its button, or its form. */
export type Script = Record<string, (values: FormValues) => Promise<Reply> | Reply>

type Shown = Parameters<NonNullable<Platform['openForm']>>[1]

export interface Stand {
  readonly app: App
  readonly platform: Platform
  readonly clock: ManualClock
  /** What left through the outbox. */
  readonly sent: Outgoing[]
  /** What the form window showed, one after the other. */
  readonly window: Shown[]
  readonly logged: { readonly message: string; readonly data: object }[]
  /** How often the platform refuses to open or fill a form from now on. */
  failForms: number
  /** Everything due now leaves. */
  flush(): Promise<void>
  /** One more process on the same data. */
  another(db: Database): Promise<App>
}

export const FORM = form(
  ProbeForm,
  {},
  {
    title: 'Probe',
    fields: [{ kind: 'text', name: 'word', label: 'Word', charsMax: 20 }],
    submit: 'Send',
    cancel: 'Cancel',
  },
)

function feature(script: Script) {
  const play = async (word: string, values: FormValues = {}): Promise<Reply> => {
    const part = script[word]
    return part ? part(values) : { message: { text: `did ${word}` } }
  }
  return defineFeature({
    name: 'probe',
    commands: [
      command({
        id: 'probe.run',
        names: { en: ['probe'], zh: ['探测'] },
        permission: 'inbox.talk',
        args: { word: optional(rest(60)) },
        help: { line: () => 'probes', examples: { en: ['probe'], 'zh-CN': ['探测'] } },
        opensForm: ({ word }) => String(word).startsWith('form'),
        run: (_, { word }) => play(word ?? 'nothing'),
      }),
    ],
    actions: [action({ on: ProbeButton, permission: 'inbox.talk', run: (_, { n }) => play(`button${n}`) })],
    forms: [
      formHandler({
        on: ProbeForm,
        permission: 'inbox.talk',
        run: (_, __, values) => play(String(values['word']), values),
      }),
    ],
  })
}

export async function stand(
  db: Database,
  script: Script = {},
  options: { answerWithinMs?: number; opensForms?: boolean; forms?: PlatformLimits['forms'] } = {},
): Promise<Stand> {
  const clock = manualClock('2026-09-28T09:00:00+08:00')
  const [sent, window, logged]: [Outgoing[], Shown[], Stand['logged']] = [[], [], []]
  const state = { failForms: 0 }
  const platform: Platform = {
    name: 'slack',
    paths: [],
    reachesPeople: false,
    limits: {
      answerWithinMs: options.answerWithinMs ?? 10_000,
      editWithinMs: Number.POSITIVE_INFINITY,
      roomPace: { sends: 100, perMs: 1 },
      appPace: { sends: 100, perMs: 1 },
      buttonsMax: 5,
      textCharsMax: 3_000,
      fileBytesMax: 1_000_000,
      forms: options.forms ?? 'modal',
      afterUnknown: 'list',
      writeCommand: (said) => `/banzhang ${said}`,
      umbrellaCommand: 'banzhang',
      reservedCommands: [],
    },
    receive: async () => ({ status: 200 }),
    ...(options.opensForms === false
      ? {}
      : {
          async openForm(_event: Incoming, show: Shown) {
            if (state.failForms-- > 0) throw new PlatformError('refused', 'the trigger is too old')
            window.push(show)
            return { handle: 'V1' }
          },
        }),
    async send(message) {
      sent.push(message)
      return { address: 'D1', messageId: String(sent.length) }
    },
    check: async () => [],
  }
  const log = {
    info: () => {},
    warn: (data: object, message: string) => void logged.push({ data, message }),
    error: (data: object, message: string) => void logged.push({ data, message }),
  }
  const make = (on: Database) =>
    createApp({ db: on, clock, platforms: [platform], log, moreFeatures: [feature(script)] })
  const app = make(db)
  await putInForce(app, db, clock)
  return {
    app,
    platform,
    clock,
    sent,
    window,
    logged,
    set failForms(count: number) {
      state.failForms = count
    },
    flush: () => app.untilQuiet(new AbortController().signal),
    async another(on) {
      const other = make(on)
      await on.transact('people', (tx) => other.policy.refresh(tx))
      return other
    },
  }
}

async function putInForce(app: App, db: Database, clock: ManualClock) {
  const read = await readPolicy(
    { name: 'p.yaml', text: POLICY },
    { sections: policySections(), presets: async () => undefined },
  )
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  await db.transact('people', (tx) => app.policy.apply(tx, read.content, 'test', clock.now()))
  const people = PEOPLE.map(({ locale, ...person }) => ({
    ...person,
    language: locale,
    accounts: { slack: `U${person.staffNo}` },
  }))
  const file = readPeopleFile({ name: 'people.yaml', text: JSON.stringify({ people }) }, app.policy.current())
  if ('problems' in file) throw new Error(file.problems.join('\n'))
  await db.transact('people', async (tx) =>
    applyImport(tx, await planImport(tx, file.people), clock.now(), async () => {}),
  )
}

let keys = 0
const heard = (account: string, canCarry: Incoming['canCarry']) => ({
  key: `k${++keys}`,
  person: account,
  room: 'D1',
  roomKind: 'direct' as const,
  canCarry,
})
/** Typed as a slash command, whose answer can carry the reply. */
export const commanded = (text: string, account = 'UA1', canCarry: Incoming['canCarry'] = ['message']) =>
  ({ kind: 'said', command: 'banzhang', text, ...heard(account, canCarry) }) satisfies Incoming
/** Typed as a plain message: nothing can be answered there. */
export const typed = (text: string, account = 'UA1') =>
  ({ kind: 'said', text, messageId: `m${keys + 1}`, ...heard(account, []) }) satisfies Incoming
export const clicked = (action: string, value: object, account = 'UA1') =>
  ({
    kind: 'clicked',
    action,
    value: JSON.stringify(value),
    on: { address: 'D1', messageId: '1' },
    ...heard(account, []),
  }) satisfies Incoming
export const filled = (word: string, account = 'UA1') =>
  ({
    kind: 'filled',
    form: 'probe.form',
    value: '{}',
    values: { word },
    ...heard(account, ['errors']),
  }) satisfies Incoming

export const refusing = (text: string, field?: string) => () => {
  throw new Refusal(() => text, field === undefined ? {} : { field })
}
