/** What Slack says no to: it is listed with what to do about it, stops nobody else, and is said once when it has been mended. */
import { describe, expect, it } from 'vitest'
import type { Trouble } from '../adapters/slack/fake-server.ts'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import { leaveStates, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
const ASKS = /安然申请请假/
const slackOf = (spruce: Department) => (spruce.stage as SlackStage).slack
const listed = (spruce: Department) => test.db.transact('work', (tx) => spruce.app.outbox.list(tx))

/** An approver's card goes wrong like this, and nothing else does. */
async function asked(trouble: Omit<Trouble, 'on'>) {
  const spruce = await open({ on: 'slack' })
  await spruce.someone('A1').says('请假 10月12日')
  slackOf(spruce).fail({ ...trouble, on: 'chat.postMessage' } as Trouble)
  await spruce.someone('A1').clicks('提交')
  return spruce
}

describe('a no of Slack’s to the approver’s card', () => {
  it.each<[string, string, RegExp]>([
    ['a revoked token', 'token_revoked', /token_revoked: .*install the app again and set SLACK_BOT_TOKEN/],
    ['a wrong token', 'invalid_auth', /invalid_auth: .*set SLACK_BOT_TOKEN/],
    ['a scope that is missing', 'missing_scope', /missing_scope: .*install the app again from the manifest/],
    ['a card that breaks a limit', 'invalid_blocks', /invalid_blocks: .*report it/],
    ['an archived room', 'is_archived', /is_archived/],
    ['a word that nobody knows', 'brand_new_error', /brand_new_error/],
  ])(
    '%s: listed at once, tried no more, and said once when an administrator has it tried again',
    async (_, error, why) => {
      const spruce = await asked({ error })
      const [row, ...more] = await listed(spruce)
      expect(more).toEqual([])
      expect(row).toMatchObject({ state: 'dead', attempts: 1, lastError: expect.stringMatching(why) })
      await spruce.someone('S1').doesNotSee(ASKS)
      await spruce.someone('A1').sees(/请假已提交/)
      await spruce.someone('A2').says('帮助')
      await spruce.someone('A2').sees(/我能为你做的/)

      const retried = await test.db.transact('work', (tx) => spruce.app.outbox.retry(tx, row?.id ?? ''))
      expect(retried).toBe('queued')
      await spruce.settle()
      expect(await timesSeen(spruce, 'S1', ASKS)).toBe(1)
      await spruce.someone('S1').clicks('同意', { on: ASKS })
      expect(await leaveStates(test.db)).toEqual(['approved'])
      expect(await listed(spruce)).toEqual([])
    },
  )

  it.each<[string, Omit<Trouble, 'on'>]>([
    ['a page of somebody’s proxy', { page: '<html><body>Blocked</body></html>' }],
    ['internal_error in words', { error: 'internal_error' }],
    ['service_unavailable in words', { error: 'service_unavailable' }],
    ['ratelimited in words', { error: 'ratelimited' }],
  ])('%s: it is found out, and there is one card in the end', async (_, trouble) => {
    const spruce = await asked(trouble)
    await spruce.until('2026-09-28T09:10:00+08:00')
    expect(await timesSeen(spruce, 'S1', ASKS)).toBe(1)
    expect(await listed(spruce)).toEqual([])
  })
})
