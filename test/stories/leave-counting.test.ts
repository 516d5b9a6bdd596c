/** How much a leave is, as people see it: around National Day, over an unknown year, in halves and hours; and what stays of a draft. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Where } from '../support/department.ts'
import { agree, awayTimes, leaveStates, rowsOf, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

describe.each<Where>(['simulator', 'slack', 'lark', 'wecom'])('on %s', (on) => {
  const DRAFT = /请假：请核对/

  const ledger = () =>
    rowsOf<{ kind: string; minutes: number; leave_year: number }>(
      test.db,
      'SELECT kind, minutes, leave_year FROM leave_ledger ORDER BY id',
    )

  describe('the count', () => {
    it('over National Day five days are taken, the make-up Saturday one of them, and every day says why', async () => {
      const an = (await open({ on })).someone('A1')
      await an.says('请假 9月30日到10月12日')
      const { words } = await an.sees(DRAFT)
      expect(words).toMatch(/共计.{1,3}5天/)
      expect(words).toMatch(/9月30日（周三）：1天/)
      expect(words).toMatch(/10月1日（周四）至.*：不计（国庆节/)
      expect(words).toMatch(/10月10日（周六）：1天（调休上班）/)
      expect(words).toMatch(/10月11日（周日）：不计（周末）/)
      expect(words).not.toMatch(/还没有公布/)
    })

    it('the make-up Saturday can be asked for, the Sunday after it cannot', async () => {
      const an = (await open({ on })).someone('A1')
      await an.says('请假 10月11日')
      await an.sees(/10月11日（周日）本来就不上班（周末），不用请假/)
      expect(await leaveStates(test.db)).toEqual([])
      await an.says('请假 10月10日')
      expect((await an.sees(DRAFT)).words).toMatch(/10月10日（周六）：1天（调休上班）/)
    })

    it('into a year whose schedule is not out the count is provisional, for the owner and for who decides', async () => {
      const spruce = await open({ on })
      const an = spruce.someone('A1')
      await an.says('请假 2026-12-30 到 2027-01-04')
      const { words } = await an.sees(DRAFT)
      expect(words).toMatch(/共计.{1,3}3天/)
      expect(words).toMatch(/2027年1月1日（周五）：不计（元旦/)
      expect(words).toMatch(/2027年的放假安排还没有公布/)
      await an.clicks('提交')
      await spruce.someone('S1').sees(/安然申请请假[\s\S]*2027年的放假安排还没有公布/)
      expect(await rowsOf(test.db, 'SELECT provisional, minutes FROM leave_request')).toEqual([
        { provisional: true, minutes: 3 * 480 },
      ])
    })

    it('two halves of one day are two leaves; a third that meets one of them is refused by its number', async () => {
      const spruce = await open({ on })
      const an = spruce.someone('A1')
      await an.says('请年假 10月12日上午')
      await an.clicks('提交')
      await an.says('请事假 10月12日下午')
      expect((await an.sees(DRAFT)).words).toMatch(/共计.{1,3}半天/)
      await an.clicks('提交')
      await an.says('请假 10月12日')
      await an.sees(/这段时间你已经有假了：10月12日（周一）上午，半天（#1，待审批）/)
      expect(await rowsOf(test.db, 'SELECT half_days, minutes FROM leave_request ORDER BY id')).toEqual([
        { half_days: 1, minutes: 180 },
        { half_days: 1, minutes: 300 },
      ])
    })

    it('hours are taken where the type knows hours, over the lunch break too, and refused where it does not', async () => {
      const spruce = await open({ on, presets: ['mall_platform_001'] })
      const an = spruce.someone('A1')
      await an.says('请事假 10月12日11:00到15:00')
      await an.sees(/事假要按半天请，3小时不行/)
      await an.says('请就诊假 10月12日11:00到15:00')
      expect((await an.sees(DRAFT)).words).toMatch(/10月12日（周一）11:00–15:00[\s\S]*3小时/)
      await an.clicks('提交')
      await agree(spruce, /安然申请请假/, 'S1')
      expect(await awayTimes(test.db, 'A1')).toEqual(['10月12日（周一）11:00 → 10月12日（周一）15:00'])
    })
  })

  describe('the ledger', () => {
    it('what is reserved is given back to the minute, and what is left is a sum of rows', async () => {
      const spruce = await open({
        on,
        policy: 'leave: { types: { annual: { allowanceDays: 10 }, personal: {} } }',
      })
      const an = spruce.someone('A1')
      await an.says('请年假 10月12日起4天')
      expect((await an.sees(DRAFT)).words).toMatch(/请完还剩.{1,3}2026年：6天/)
      expect(await ledger()).toEqual([])
      await an.clicks('提交')
      expect(await ledger()).toEqual([
        { kind: 'grant', minutes: 4800, leave_year: 2026 },
        { kind: 'reserve', minutes: -1920, leave_year: 2026 },
      ])
      await an.says('请年假 10月19日起7天')
      await an.sees(/你2026年的年假还剩6天，这次要用7天，不够/)
      await an.says('请年假 10月19日起6天')
      expect((await an.sees(/请完还剩.{1,3}2026年：0天/)).words).toMatch(DRAFT)
      await an.says('撤回请假 1')
      await an.sees(/请假 #1 已撤回/)
      expect((await ledger()).map(({ kind, minutes }) => [kind, minutes])).toEqual([
        ['grant', 4800],
        ['reserve', -1920],
        ['release', 1920],
      ])
      await an.says('请假记录')
      await an.sees(/2026年年假还剩10天/)
    })

    it('what was rejected is given back', async () => {
      const spruce = await open({
        on,
        policy: 'leave: { types: { annual: { allowanceDays: 10 }, personal: {} } }',
      })
      await spruce.someone('A1').says('请年假 10月12日')
      await spruce.someone('A1').clicks('提交')
      await spruce.someone('S1').clicks('驳回')
      await spruce.someone('S1').fills({ reason: '那天盘点' })
      expect((await ledger()).reduce((sum, { minutes }) => sum + minutes, 0)).toBe(4800)
      await spruce.someone('A1').says('请年假 10月12日')
      await spruce.someone('A1').sees(DRAFT)
    })
  })

  describe('a draft', () => {
    it.each(['simulator', 'slack'] as const)(
      'on %s lapses after 24 hours exactly, not a minute before; its owner is told, and its button says so',
      async (on) => {
        const spruce = await open({ on })
        const an = spruce.someone('A1')
        await an.says('请假 10月12日')
        const draft = await an.sees(DRAFT)
        expect(draft.words).toMatch(/9月29日（周二）09:00前没有提交就自动作废/)
        await spruce.until('2026-09-29T08:59:00+08:00')
        await an.sees(DRAFT)
        await an.doesNotSee(/草稿已作废/)
        expect(await leaveStates(test.db)).toEqual(['draft'])
        await spruce.until('2026-09-29T09:00:00+08:00')
        expect((await an.sees(/24小时内没有提交，草稿已作废/)).buttons).toEqual([])
        expect(await leaveStates(test.db)).toEqual(['lapsed'])
        // Where the answer itself carried the draft, nobody knows its place: there it still has its buttons.
        if ((await an.screen()).some(({ id, buttons }) => id === draft.id && buttons.includes('提交'))) {
          await an.clicksOn(draft, '提交')
          await an.sees(/请假 #1：已过期，没有做任何改动/)
        } else expect(on).toBe('slack')
        expect(await leaveStates(test.db)).toEqual(['lapsed'])
        await spruce.someone('S1').doesNotSee(/安然/)
      },
    )

    it('that was sent a minute before does not lapse', async () => {
      const spruce = await open({ on })
      const an = spruce.someone('A1')
      await an.says('请假 10月12日')
      await spruce.until('2026-09-29T08:59:00+08:00')
      await an.clicks('提交')
      await spruce.until('2026-09-29T09:01:00+08:00')
      expect(await leaveStates(test.db)).toEqual(['pending'])
    })
  })

  describe('the demonstration', () => {
    it('lets `/leave 3 days` through in three clicks, with no notice and one yes', async () => {
      const spruce = await open({ on, demonstration: true })
      const [an, zhou] = [spruce.someone('YS006'), spruce.someone('YS003')]
      await an.commands('leave 3 days')
      const draft = await an.sees(/3天/)
      expect(draft.words).toMatch(/9月29日（周二）[\s\S]*客服主管（周敏）(?! →)/)
      await an.clicks('提交')
      await zhou.clicks('同意')
      await an.sees(/周敏已批准你的请假/)
      expect(await leaveStates(test.db)).toEqual(['approved'])
      // 29 and 30 September, then the first day after the holiday.
      expect(await awayTimes(test.db, 'YS006')).toEqual(['9月29日（周二）00:00 → 10月9日（周五）00:00'])
    })
  })
})
