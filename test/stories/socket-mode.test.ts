/** Slack without a public address: the same talk over a connection of our own, and what becomes of it when that breaks. */
import { expect, it } from 'vitest'
import { SOON } from '../adapters/slack/socket-support.ts'
import { testDatabase } from '../support/database.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import { countOf, expectQuiet, leaveStates, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

it('leave goes from the sentence to the approval; the draft comes in the acknowledgement itself, and is said once', async () => {
  const spruce = await open({ on: 'slack', over: 'socket' })
  const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
  const { slack } = spruce.stage as SlackStage
  await an.commands('leave 3 days')
  expect(slack.called(), 'nothing was posted: the acknowledgement carried it').toEqual(['apps.connections.open'])
  const draft = await an.sees(/3天|3 天/)
  expect(draft.onlyForMe).toBe(true)
  await zhou.seesNothingNew()
  await an.clicks('提交')
  await zhou.clicks('同意', { on: /安然/ })
  await an.sees(/已批准|已同意/)
  expect(await leaveStates(test.db)).toEqual(['approved'])
  await an.commands('请假')
  expect(await an.fills({ type: 'annual', from: '2026-10-13', to: '2026-10-12' })).toHaveProperty('to')
  expect(slack.sockets.opened).toBe(1)
  expectQuiet(spruce)
})

it('an answer whose acknowledgement could not leave is said by the outbox; Slack’s repeat makes no second draft', async () => {
  let breakOff = async () => {}
  const spruce = await open({ on: 'slack', over: 'socket', beforeAnswer: () => breakOff() })
  const { slack } = spruce.stage as SlackStage
  breakOff = async () => {
    breakOff = async () => {}
    slack.sockets.drop()
    // A new connection is made when the end of the former one was noticed.
    await expect.poll(() => slack.sockets.opened, SOON).toBe(2)
  }
  const request = slack.slashCommand({
    user: 'UA1',
    room: slack.rooms.direct('UA1'),
    command: '/banzhang',
    text: '请假 10月12日',
  })
  expect(await slack.sockets.deliver(request)).toEqual({ acknowledged: false })
  await expect
    .poll(async () => {
      await spruce.settle()
      return timesSeen(spruce, 'A1', /请假：请核对/)
    }, SOON)
    .toBe(1)
  await expect.poll(() => [slack.sockets.opened, slack.sockets.open], SOON).toEqual([2, 1])
  expect(await slack.sockets.deliver(request, { retryAttempt: 1 })).toMatchObject({ acknowledged: true })
  await spruce.settle()
  expect(await countOf(test.db, 'leave_request')).toBe(1)
})
