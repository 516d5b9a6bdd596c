/** WeCom with a smart bot in the department's group, beside the app: what concerns one person stays with that person. */
import { expect, it } from 'vitest'
import { PDF } from '../engine/files/samples.ts'
import { testDatabase } from '../support/database.ts'
import { expectQuiet, leaveStates, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

it('who asks for leave in the group is answered in their conversation with the app; the group learns that they were, once', async () => {
  const spruce = await open({ on: 'wecom', bot: true })
  const [an, ning] = [spruce.someone('A1'), spruce.someone('A2')]
  await an.saysInChannel('请假 10月12日到14日 回家看父母')
  const draft = await an.sees(/10月12日/)
  expect([draft.room, draft.buttons.includes('提交')]).toEqual(['direct', true])
  await ning.doesNotSee(/10月12日|父母/)
  expect((await ning.sees(/已私下回复/)).room).toBe('channel')
  expect(await timesSeen(spruce, 'A2', /已私下回复/)).toBe(1)

  await an.clicks('提交')
  await spruce.someone('S1').clicks('同意', { on: /安然申请请假/ })
  await an.sees(/已批准你的请假/)
  await ning.doesNotSee(/父母/)
  expect(await timesSeen(spruce, 'A2', /已私下回复/)).toBe(1)
  expect(await leaveStates(test.db)).toEqual(['approved'])
  expectQuiet(spruce)
})

it('a file that the app cannot be given goes to the bot, and becomes a paper of the leave', async () => {
  const policy = `
leave:
  types:
    personal: {}
    annual: {}
    sick: { retrospectiveDays: 3, proof: { zh: 病假单, en: 'Sick-leave slip' } }
  chains: [{ steps: [supervisor] }]
`
  const spruce = await open({ on: 'wecom', bot: true, policy, startsAt: '2026-10-12T09:00:00+08:00' })
  const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
  await an.says('请病假 今天')
  await an.clicks('提交')
  await an.sends({ name: '病假单.pdf', mediaType: 'application/pdf', bytes: PDF })
  expect((await an.sees(/收到 1 个文件，交到：病假 #1/)).room).toBe('direct')
  expect((await zhou.sees(/安然申请请假/)).words).toMatch(/材料[\s\S]*1 份/)
  await zhou.clicks('看材料')
  const files = (await zhou.screen()).flatMap(({ files: shown = [] }) => shown)
  expect(files.map(({ bytes }) => Buffer.from(bytes))).toEqual([PDF])
  expectQuiet(spruce)
})
