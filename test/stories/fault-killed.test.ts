/** kill -9 at every step, in a process of its own: after the restart every effect is there once, and said once. */
import path from 'node:path'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { RawRequest } from '../../src/core/platform.ts'
import { verify } from '../../src/engine/audit/seal.ts'
import { openEmbedded, openServer } from '../../src/engine/db/open.ts'
import type { Database } from '../../src/engine/db/transaction.ts'
import { type FakeSlack, startFakeSlack } from '../adapters/slack/fake.ts'
import { type Child, home, type Step, startChild } from '../support/child.ts'
import { makeData } from '../support/data-folder.ts'
import { query } from '../support/global-database.ts'
import { rowsOf } from '../support/story.ts'

const template = inject('template')
const PATIENCE_MS = 240_000
/** Longer than a claim on a message holds (30 s), and than an event counts as being handled (2 s). */
const LATER_MS = 31_000

const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function setUp(more: Readonly<Record<string, string>> = {}) {
  const slack = await startFakeSlack()
  const { env, folder, remove } = home(slack)
  await makeData(folder)
  const started: Child[] = []
  let aheadMs = 0
  open.push({
    async close() {
      for (const child of started) child.kill()
      await Promise.all(started.map(({ ended }) => ended))
      await slack.close()
      remove()
    },
  })
  const start = async () => {
    const child = await startChild({ ...env, ...more, TEST_AHEAD_MS: String(aheadMs) })
    started.push(child)
    return child
  }
  const later = async (...children: readonly Child[]) => {
    aheadMs += LATER_MS
    for (const child of children) await child.beAhead(aheadMs)
  }
  return { slack, folder, start, later }
}

/** Where it dies; how the event comes; what it asks for, with a reason that names it. */
const DEATHS: readonly { name: string; step: Step; passes: number; command?: true; asks: string; reason: string }[] = [
  { name: 'before it is stored', step: 'before-commit', passes: 0, asks: '10月12日上午 搬家', reason: '搬家' },
  { name: 'before it is handled', step: 'before-commit', passes: 1, asks: '10月13日上午 看牙', reason: '看牙' },
  {
    name: 'before it is answered',
    step: 'before-answer',
    passes: 0,
    command: true,
    asks: '10月14日上午 领证',
    reason: '领证',
  },
  {
    name: 'before its reply is sent',
    step: 'before-send',
    passes: 0,
    asks: '10月15日上午 开家长会',
    reason: '开家长会',
  },
  {
    name: 'before the sent reply is written down',
    step: 'after-send',
    passes: 0,
    asks: '10月16日上午 修车',
    reason: '修车',
  },
]

const requestOf = (slack: FakeSlack, { command, asks }: (typeof DEATHS)[number]): RawRequest =>
  command
    ? slack.slashCommand({ user: 'UA1', room: slack.rooms.direct('UA1'), command: '/banzhang', text: `请假 ${asks}` })
    : slack.message({ user: 'UA1', text: `请假 ${asks}` })

const saying = (slack: FakeSlack, reason: string) =>
  slack.posted().filter(({ user, blocks }) => user === slack.bot && JSON.stringify(blocks).includes(`“${reason}”`))

/** One event that kills whoever takes it. @returns whether Slack was told that it arrived */
async function kills(child: Child, request: RawRequest, { step, passes }: (typeof DEATHS)[number]): Promise<boolean> {
  await child.dieAt(step, passes)
  const answered = await child.call(request).catch(() => undefined)
  expect(await child.ended).toBe('SIGKILL')
  return answered?.status === 200
}

/** Slack repeats what nobody acknowledged; in the end it was said once. */
async function recovers(slack: FakeSlack, child: Child, request: RawRequest, wasTold: boolean, reason: string) {
  if (!wasTold) {
    const { status, body } = await child.call(request)
    expect(status).toBe(200)
    // The answer to a repeated command carries the reply, unless the outbox was faster.
    if (body !== '') slack.keepAnswer(body, { user: 'UA1', room: slack.rooms.direct('UA1') })
  }
  const count = () => saying(slack, reason).length
  await expect.poll(count, { timeout: 60_000, interval: 50, message: `${reason}: ${child.log}` }).toBe(1)
}

async function expectWhole(db: Database, slack: FakeSlack, deaths: typeof DEATHS) {
  const asked = await rowsOf<{ reason: string }>(db, 'SELECT reason FROM leave_request ORDER BY id')
  expect(asked.map(({ reason }) => reason).sort()).toEqual(deaths.map(({ reason }) => reason).sort())
  expect(await rowsOf(db, `SELECT id, state, attempts FROM inbox WHERE state <> 'done'`)).toEqual([])
  expect(await rowsOf(db, `SELECT key, state, last_error FROM outbox WHERE state <> 'sent'`)).toEqual([])
  for (const { reason } of deaths) expect(saying(slack, reason)).toHaveLength(1)
  expect((await verify(db)).breaks).toEqual([])
}

describe('a process that is killed', () => {
  it.runIf(template.kind === 'embedded')(
    'at each step in turn, on the embedded database: the next one finishes what it left, once',
    async () => {
      const { slack, folder, start, later } = await setUp()
      // An insert that was not committed is simplest: PostgreSQL alone has it, to keep this short.
      const deaths = DEATHS.slice(1)
      let child = await start()
      for (const death of deaths) {
        const request = requestOf(slack, death)
        const wasTold = await kills(child, request, death)
        await later()
        child = await start()
        await recovers(slack, child, request, wasTold, death.reason)
      }
      await child.stop()
      const db = await openEmbedded(path.join(folder, 'data', 'db'), () => {})
      open.push(db)
      await expectWhole(db, slack, deaths)
    },
    PATIENCE_MS,
  )

  it.runIf(template.kind === 'server')(
    'at each step in turn, beside another on one server: the other finishes what it left, once',
    async () => {
      if (template.kind !== 'server') return
      await query(`${template.url}postgres`, 'CREATE DATABASE killed TEMPLATE template_banzhang STRATEGY file_copy')
      const { slack, start, later } = await setUp({ DATABASE_URL: `${template.url}killed` })
      const other = await start()
      for (const death of DEATHS) {
        const request = requestOf(slack, death)
        const wasTold = await kills(await start(), request, death)
        await later(other)
        await recovers(slack, other, request, wasTold, death.reason)
      }
      await other.look()
      await other.stop()
      const db = await openServer(`${template.url}killed`)
      open.push(db)
      await expectWhole(db, slack, DEATHS)
    },
    PATIENCE_MS,
  )
})
