/** Leave as a conversation, on each platform: asked for, looked at, changed, taken back, and kept from colleagues' eyes. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Where } from '../support/department.ts'
import { peopleWith } from '../support/spruce.ts'
import { agree, awayTimes, countOf, expectQuiet, leaveStates, rowsOf, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
const DRAFT = /请假：请核对/

describe.each<Where>(['simulator', 'slack', 'lark', 'wecom'])('on %s', (on) => {
  it('without any days the form comes: at once after a slash command, behind a button where a message opens none', async () => {
    const spruce = await open({ on })
    const [an, lin] = [spruce.someone('A1'), spruce.someone('A2')]
    await an.commands('请假')
    expect(an.form()).toMatchObject({ title: '请假' })
    expect(an.form()?.fields).toEqual(['type', 'from', 'fromHalf', 'to', 'toHalf', 'reason'])
    expect(await an.fills({ type: 'annual', from: '2026-10-13', to: '2026-10-12' })).toHaveProperty('to')
    expect(await leaveStates(test.db)).toEqual([])
    expect(
      await an.fills({ type: 'annual', from: '2026-10-12', to: '2026-10-13', toHalf: 'morning', reason: '回老家' }),
    ).toEqual({})
    expect((await an.sees(DRAFT)).words).toMatch(
      /年假[\s\S]*10月12日（周一）至10月13日（周二）上午[\s\S]*1天半[\s\S]*“回老家”/,
    )

    await lin.says('我想请假')
    if (on === 'slack') {
      expect(lin.form()).toBeUndefined()
      await lin.clicks('填写表单')
    }
    expect(lin.form()).toMatchObject({ title: '请假' })
    expectQuiet(spruce)
  })

  it('in traditional characters: understood as typed, answered in kind, and each reads their own Chinese', async () => {
    const people = peopleWith({ A1: { name: '陳靜怡', locale: 'zh-TW' } })
    const spruce = await open({ on, people })
    const [chen, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await chen.says('我想請兩天特休，下下週一開始，回老家看爸媽')
    expect((await chen.sees(/請假：請核對/)).words).toMatch(
      /年假[\s\S]*10月12日（週一）至10月13日（週二）[\s\S]*客服主管（周敏）[\s\S]*「回老家看爸媽」/,
    )
    await chen.clicks('送出')
    // What was typed stands as it was typed; the sentence around it is in the reader's own language.
    expect((await zhou.sees(/陳靜怡申请请假/)).words).toMatch(/“回老家看爸媽”/)
    await zhou.clicks('同意', { on: /陳靜怡申请请假/ })
    await chen.sees(/周敏已核准你的請假：10月12日（週一）至10月13日（週二）/)
    await chen.says('說明')
    await chen.sees(/待審核/)
    await chen.says('待審核')
    await chen.sees(/沒有等你審核的申請/)
    await chen.says('我的請假')
    await chen.sees(/已核准/)
    expectQuiet(spruce)
  })

  it('a draft is changed by a word, by the form, and discarded; nobody hears of it', async () => {
    const spruce = await open({ on, startsAt: '2026-10-12T09:00:00+08:00' })
    const an = spruce.someone('A1')
    await an.says('请假 明天 家里有事')
    await an.says('改成2天')
    await an.sees(/草稿已改为：10月13日（周二）至10月14日（周三），2天，事假/)
    await an.says('改成周四')
    await an.sees(/草稿已改为：10月15日（周四）至10月16日（周五），2天/)
    await an.clicks('修改')
    expect(an.form()?.title).toMatch(/修改请假/)
    expect(await an.fills({ to: '2026-10-15', from: '2026-10-15', toHalf: 'morning' })).toEqual({})
    await an.sees(/草稿已改为：10月15日（周四）上午，半天，事假/)
    expect((await an.sees(DRAFT)).words).toMatch(/半天[\s\S]*“家里有事”/)
    expect(await countOf(test.db, 'leave_request')).toBe(1)
    await an.clicks('放弃')
    await an.sees(/已放弃，没有通知任何人/)
    expect(await leaveStates(test.db)).toEqual(['discarded'])
    await spruce.someone('S1').doesNotSee(/安然/)
  })

  it('a waiting request is changed: the new version takes its place on every card', async () => {
    const spruce = await open({ on })
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await an.says('请假 10月12日')
    await an.clicks('提交')
    await an.says('改成10月13日')
    expect((await an.sees(/修改请假 #1：请核对/)).words).toMatch(/代替.{1,3}#1 10月12日（周一）/)
    expect(await leaveStates(test.db)).toEqual(['pending', 'draft'])
    await an.clicks('提交')
    expect(await leaveStates(test.db)).toEqual(['replaced', 'pending'])
    await an.sees(/已由修改后的 #2 代替/)
    expect((await zhou.sees(/10月12日（周一）[\s\S]*申请人已撤回/)).buttons).toEqual([])
    await zhou.clicks('同意', { on: /安然修改请假申请/ })
    await an.sees(/周敏已批准你的请假：10月13日（周二）/)
    expect(await awayTimes(test.db, 'A1')).toEqual(['10月13日（周二）00:00 → 10月14日（周三）00:00'])
    expectQuiet(spruce)
  })

  it('a waiting request is withdrawn, an approved one before it begins; the days are free and those who said yes are told', async () => {
    const spruce = await open({ on })
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await an.says('请假 10月12日')
    await an.clicks('提交')
    await an.clicks('撤回', { on: /请假已提交/ })
    await an.sees(/请假已撤回[\s\S]*天数已退回/)
    expect((await zhou.sees(/安然申请请假[\s\S]*申请人已撤回/)).buttons).toEqual([])

    await an.says('请假 10月12日')
    await an.clicks('提交')
    await zhou.clicks('同意')
    expect(await awayTimes(test.db, 'A1')).toHaveLength(1)
    await an.says('撤回请假')
    await an.sees(/请假 #2 已撤回/)
    await zhou.sees(/安然撤回了已批准的请假：10月12日（周一），1天/)
    expect(await awayTimes(test.db, 'A1')).toEqual([])
    expect(await leaveStates(test.db)).toEqual(['withdrawn', 'withdrawn'])
    expect(await rowsOf(test.db, 'SELECT 1 FROM leave_segment WHERE active')).toEqual([])
  })

  it('two overlapping drafts sent at the same moment: one goes, the other is refused by its number', async () => {
    const spruce = await open({ on })
    const an = spruce.someone('A1')
    await an.says('请假 10月12日')
    const first = await an.sees(DRAFT)
    await an.says('请年假 10月12日下午')
    const second = await an.sees(DRAFT)
    await Promise.all([first, second].map(({ id }) => spruce.stage.press('A1', id, '提交')))
    await spruce.settle()
    expect([...(await leaveStates(test.db))].sort()).toEqual(['draft', 'pending'])
    await an.sees(/这段时间你已经有假了：10月12日（周一）.*（#[12]，待审批）。请先修改或撤回那一条/)
    expect(await timesSeen(spruce, 'S1', /安然申请请假/)).toBe(1)
    expectQuiet(spruce)
  })

  it('colleagues and approvers learn that somebody is away, never why', async () => {
    const spruce = await open({ on })
    const [an, lin, zhou] = [spruce.someone('A1'), spruce.someone('A2'), spruce.someone('S1')]
    await an.says('请病假 10月12日 做手术')
    await an.clicks('提交')
    await agree(spruce, /安然申请请假/, 'S1')
    await lin.says('请假 10月12日')
    await lin.doesNotSee(/安然|病假|手术/)
    await lin.clicks('提交')
    const card = await zhou.sees(/林一诺申请请假/)
    expect(card.words).toMatch(/同期不在的同事.{1,3}本部门还有1人/)
    expect(card.words).not.toMatch(/安然|病假|手术/)
    await lin.says('请假详情 1')
    await lin.sees(/没有你能查看的请假 #1/)
    await zhou.says('请假详情 1')
    await zhou.sees(/请假 #1：怎么算的[\s\S]*病假[\s\S]*“做手术”/)
    for (const message of await lin.screen()) expect(message.words).not.toMatch(/手术/)
  })
})

describe('what leave says of itself', () => {
  it('the list and the details show state, count, deciders and policy', async () => {
    const spruce = await open({ on: 'simulator' })
    const an = spruce.someone('A1')
    await an.says('请假记录')
    await an.sees(/你还没有请过假/)
    await an.says('请假 9月30日到10月8日 回家')
    await an.clicks('提交')
    await agree(spruce, /安然申请请假/, 'S1')
    await an.says('请假 10月20日')
    await an.says('请假记录')
    await an.sees(
      /#2 · 10月20日（周二） · 1天 · 事假 · 草稿\n.*#1 · 9月30日（周三）至10月8日（周四） · 2天 · 事假 · 已批准/,
    )
    await an.says('请假详情 1')
    expect((await an.sees(/请假 #1：怎么算的/)).words).toMatch(
      /已批准[\s\S]*客服主管：周敏 ✓[\s\S]*9月30日（周三）：1天[\s\S]*10月1日（周四）：不计（国庆节）[\s\S]*10月8日（周四）：1天[\s\S]*按第 1 版制度/,
    )
  })

  it('leave that has begun is not withdrawn; in the minute before it still is', async () => {
    const spruce = await open({ on: 'simulator' })
    const an = spruce.someone('A1')
    for (const day of ['9月29日', '9月30日']) {
      await an.says(`请假 ${day}`)
      await an.clicks('提交')
      await spruce.someone('S1').clicks('同意')
    }
    await spruce.until('2026-09-29T09:00:00+08:00')
    await an.says('撤回请假 1')
    await an.sees(/请假 #1 已在9月29日（周二）开始，不能在这里撤回/)
    await spruce.until('2026-09-30T08:59:00+08:00')
    await an.says('撤回请假 2')
    await an.sees(/请假 #2 已撤回/)
    expect(await leaveStates(test.db)).toEqual(['approved', 'withdrawn'])
  })

  it('of several that could be withdrawn one is chosen', async () => {
    const spruce = await open({ on: 'simulator' })
    const an = spruce.someone('A1')
    for (const day of ['10月12日', '10月13日']) {
      await an.says(`请假 ${day}`)
      await an.clicks('提交')
    }
    await an.says('撤回请假')
    await an.sees(/要撤回哪一次请假/)
    expect(await leaveStates(test.db)).toEqual(['pending', 'pending'])
    await an.chooses('#1 10月12日（周一），1天')
    expect(await leaveStates(test.db)).toEqual(['withdrawn', 'pending'])
  })
})
