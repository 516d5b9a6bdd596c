/** The connection to the database server is lost: what comes is refused, nothing is half written, and everything goes on when it is back. */
import { afterEach, describe, expect, inject, it } from 'vitest'
import { openServer } from '../../src/engine/db/open.ts'
import type { Database } from '../../src/engine/db/transaction.ts'
import { type FakeSlack, startFakeSlack } from '../adapters/slack/fake.ts'
import { home, startChild } from '../support/child.ts'
import { type Cable, cable } from '../support/cuttable.ts'
import { department } from '../support/department.ts'
import { errandThat } from '../support/errand.ts'
import { query } from '../support/global-database.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import { auditOf, countOf, rowsOf, timesSeen } from '../support/story.ts'

const template = inject('template')
const PATIENCE_MS = 240_000
const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function database(name: string): Promise<{ line: Cable; direct: string }> {
  if (template.kind !== 'server') throw new Error('only a server has a connection to lose')
  await query(`${template.url}postgres`, `CREATE DATABASE ${name} TEMPLATE template_banzhang STRATEGY file_copy`)
  const direct = `${template.url}${name}`
  const line = await cable(direct)
  open.push(line)
  return { line, direct }
}
async function opened(url: string): Promise<Database> {
  const db = await openServer(url)
  open.push(db)
  return db
}

/** Writes a line, has something happen to the cable, and writes on. */
const errand = (meanwhile: () => void) =>
  errandThat(async (ctx) => {
    await ctx.audit('errand.run', 'errand')
    meanwhile()
    await ctx.audit('errand.run', 'errand again')
  })

const said = (slack: FakeSlack, what: RegExp) =>
  slack.posted().filter((message) => message.user === slack.bot && what.test(JSON.stringify(message.blocks)))

describe.runIf(template.kind === 'server')('the connection to the database is lost', () => {
  it(
    'in the middle of a handler: what it wrote is gone, the person is not blamed for it, and it is done once when it is back',
    async () => {
      const { line, direct } = await database('cut_middle')
      let left = 1
      const meanwhile = () => {
        if (left-- > 0) line.cut()
      }
      const spruce = await department({ on: 'slack', db: await opened(line.url), moreFeatures: [errand(meanwhile)] })
      open.push(spruce)
      const { slack, call } = spruce.stage as SlackStage
      // It was stored before the cable broke: Slack need not bring it again.
      expect((await call(slack.message({ user: 'UA1', text: '跑腿' }))).status).toBe(200)
      await expect(spruce.db.ping()).rejects.toThrow()
      expect((await call(slack.message({ user: 'UA2', text: '帮助' }))).status).toBe(500)
      const beside = await opened(direct)
      expect(await auditOf(beside, 'errand.run')).toEqual([])
      expect(await rowsOf(beside, 'SELECT state, attempts FROM inbox')).toEqual([{ state: 'received', attempts: 0 }])

      line.mend()
      await spruce.db.ping()
      await spruce.until('2026-09-28T09:00:05+08:00')
      expect(await timesSeen(spruce, 'A1', /跑完了/)).toBe(1)
      await spruce.someone('A1').doesNotSee(/出了点问题/)
      expect(await auditOf(beside, 'errand.run')).toHaveLength(2)
      await spruce.someone('A2').says('帮助')
      await spruce.someone('A2').sees(/我能为你做的/)
    },
    PATIENCE_MS,
  )

  it(
    'while nobody speaks: it says that it is not ready, refuses what comes, and takes it when it is repeated',
    async () => {
      const { line, direct } = await database('cut_idle')
      const slack = await startFakeSlack()
      const { env, remove } = home(slack)
      const child = await startChild({ ...env, DATABASE_URL: line.url })
      open.push({
        async close() {
          child.kill()
          await child.ended
          await slack.close()
          remove()
        },
      })
      const ready = async () => (await child.get('/readyz')).status
      expect(await ready()).toBe(200)
      line.cut()
      expect(await ready()).toBe(503)
      const request = slack.message({ user: 'UA1', text: '请假 10月12日上午 搬家' })
      expect((await child.call(request)).status).toBe(500)
      line.mend()
      await expect.poll(ready, { timeout: 20_000 }).toBe(200)
      expect((await child.call(request)).status).toBe(200)
      await expect.poll(() => said(slack, /搬家/).length, { timeout: 20_000 }).toBe(1)
      const beside = await opened(direct)
      expect([await countOf(beside, 'inbox'), await countOf(beside, 'leave_request')]).toEqual([1, 1])
    },
    PATIENCE_MS,
  )
})
