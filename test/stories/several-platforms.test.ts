/** One department on three platforms at once: one person with three accounts, one channel with three rooms. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department, Where } from '../support/department.ts'
import type { LarkStage } from '../support/stage-lark.ts'
import type { WecomStage } from '../support/stage-wecom.ts'
import { expectQuiet, leaveStates, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

const EVERYWHERE: readonly Where[] = ['slack', 'lark', 'wecom']
const ASKS = /安然申请请假/
const larkOf = (spruce: Department) => (spruce.stageOn('lark') as LarkStage).lark
const wecomOf = (spruce: Department) => (spruce.stageOn('wecom') as WecomStage).wecom

async function asksOnSlack(spruce: Department): Promise<void> {
  const an = spruce.someone('A1', 'slack')
  await an.says('请假 10月12日到14日 回家看父母')
  await an.clicks('提交')
}
/** On which platforms this person sees it now. */
async function whereSeen(spruce: Department, staffNo: string, what: RegExp): Promise<readonly Where[]> {
  const seen: Where[] = []
  for (const where of EVERYWHERE)
    if ((await spruce.stageOn(where).shown(staffNo)).some(({ words }) => what.test(words))) seen.push(where)
  return seen
}

describe('one person on three platforms', () => {
  it('is asked where they were last; what they decide on one platform closes the card on the others', async () => {
    const spruce = await open({ on: EVERYWHERE })
    const zhou = { lark: spruce.someone('S1', 'lark'), wecom: spruce.someone('S1', 'wecom') }
    await zhou.lark.says('帮助')
    await asksOnSlack(spruce)
    expect(await whereSeen(spruce, 'S1', ASKS)).toEqual(['lark'])
    // In the meantime they went over to the other telephone, and ask there what is waiting.
    await zhou.wecom.says('待审批')
    expect(await whereSeen(spruce, 'S1', ASKS)).toEqual(['lark', 'wecom'])
    await zhou.wecom.clicks('同意', { on: ASKS })
    for (const where of ['lark', 'wecom'] as const)
      expect((await spruce.someone('S1', where).sees(ASKS)).buttons, where).toEqual([])
    await spruce.someone('A1', 'slack').sees(/已批准你的请假/)
    expect(await leaveStates(test.db)).toEqual(['approved'])
    expectQuiet(spruce)
  })

  it('chooses where they are written to, and is reached on the next platform when that one does not reach them', async () => {
    const spruce = await open({ on: EVERYWHERE })
    await spruce.someone('S1', 'lark').says('首选平台 企业微信')
    // WeCom says 0 all the same, and names whom it has not reached.
    wecomOf(spruce).join({ userid: spruce.stageOn('wecom').account('S1'), name: '周敏', missed: 'invaliduser' })
    await asksOnSlack(spruce)
    expect(await whereSeen(spruce, 'S1', ASKS)).toEqual(['lark'])
    await spruce.someone('S1', 'lark').clicks('同意', { on: ASKS })
    await spruce.someone('A1', 'slack').sees(/已批准你的请假/)
  })

  it('is answered where they ask, whatever they prefer, and followed from one telephone to the other at once', async () => {
    const spruce = await open({ on: EVERYWHERE })
    const zhou = { slack: spruce.someone('S1', 'slack'), lark: spruce.someone('S1', 'lark') }
    await zhou.slack.says('帮助')
    spruce.clock.advance(60_000)
    await zhou.lark.says('帮助')
    spruce.clock.advance(60_000)
    await zhou.slack.says('帮助')
    await asksOnSlack(spruce)
    expect(await whereSeen(spruce, 'S1', ASKS)).toEqual(['slack'])
    await zhou.slack.says('首选平台 Slack')
    await zhou.lark.says('待审批')
    expect(await whereSeen(spruce, 'S1', ASKS)).toEqual(['slack', 'lark'])
    expect((await zhou.slack.sees(ASKS)).buttons).toEqual([])
    await zhou.lark.clicks('同意', { on: ASKS })
    expect(await leaveStates(test.db)).toEqual(['approved'])
  })

  it('takes a form on whichever platform they are: a window, a card, or a page', async () => {
    const spruce = await open({ on: EVERYWHERE })
    for (const where of EVERYWHERE) {
      await asksOnSlack(spruce)
      const zhou = spruce.someone('S1', where)
      await zhou.says('待审批')
      await zhou.clicks('驳回', { on: ASKS })
      expect(zhou.form()?.fields, where).toContain('reason')
      expect(await zhou.fills({ reason: `那几天盘点（${where}）` })).toEqual({})
      await spruce.someone('A1', 'slack').sees(new RegExp(`那几天盘点（${where}）`))
    }
    expect(await leaveStates(test.db)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

describe('one channel on three platforms', () => {
  const REMINDER = /例会/
  it('is told in each of its rooms, once, also when one of them cannot be spoken to', async () => {
    const spruce = await open({
      on: EVERYWHERE,
      presets: ['pm_cs_000'],
      startsAt: '2026-10-16T09:00:00+08:00',
    })
    larkOf(spruce).fail({ code: 232009 })
    await spruce.until('2026-10-16T15:31:00+08:00')
    expect(await whereSeen(spruce, 'A2', REMINDER)).toEqual(['slack', 'wecom'])
  })
})

describe('what concerns one person', () => {
  it('is answered to that person alone on Lark, while the room sees no more than a reaction', async () => {
    const spruce = await open({ on: ['lark'] })
    const an = spruce.someone('A1')
    await an.saysInChannel('请假 10月12日到14日 回家看父母')
    expect((await an.sees(/请假：请核对/)).room).toBe('direct')
    await spruce.someone('A2').doesNotSee(/请假/)
    expect(larkOf(spruce).store.reactions).toHaveLength(1)
  })
})
