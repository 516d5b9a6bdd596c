/** Leave by the presets: who decides and how early it is asked for, at the exact value and one step beyond. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Where } from '../support/department.ts'
import { peopleWith } from '../support/spruce.ts'
import { agree, auditOf, awayTimes, countOf, leaveStates, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

describe.each<Where>(['simulator', 'slack', 'lark', 'wecom'])('on %s', (on) => {
  /** Monday 2026-10-12: no holiday lies within the month. */
  const MONDAY = '2026-10-12T09:00:00+08:00'
  const DRAFT = /请假：请核对/

  const MALL_PEOPLE = peopleWith({ M2: { roles: ['department-manager'] } }, [
    { staffNo: 'C1', name: '江远', department: 'cs', roles: ['cs-head'], manager: 'M1', locale: 'zh-CN' },
  ])
  const mall = (startsAt = MONDAY) => open({ on, presets: ['mall_platform_001'], people: MALL_PEOPLE, startsAt })

  describe('customer service of a mall platform', () => {
    it('LEAVE-01: sick leave told an hour before work holds at once; a minute later it holds too, and the record says late', async () => {
      const spruce = await mall('2026-10-13T07:00:00+08:00')
      const [an, lin] = [spruce.someone('A1'), spruce.someone('A2')]
      await spruce.until('2026-10-13T08:00:00+08:00')
      await an.says('请病假 今天')
      const inTime = await an.sees(DRAFT)
      expect(inTime.words).toMatch(/无需审批，会告知周敏/)
      expect(inTime.words).not.toMatch(/晚于规定/)
      await an.clicks('提交')
      const told = await spruce.someone('S1').sees(/安然要请假/)
      expect(told.buttons).toEqual([])
      expect(told.words).not.toMatch(/晚于规定/)

      await spruce.until('2026-10-13T08:01:00+08:00')
      await lin.says('请病假 今天')
      expect((await lin.sees(DRAFT)).words).toMatch(/晚于规定的申请时间（应在上班前1小时）/)
      await lin.clicks('提交')
      expect((await spruce.someone('S1').sees(/林一诺要请假/)).words).toMatch(
        /晚于规定的申请时间（应在上班前1小时），已注明/,
      )
      await lin.says('我的请假')
      await lin.sees(/#2 · [^\n]* · 病假 · 已登记/)
      expect(await leaveStates(test.db)).toEqual(['approved', 'approved'])
      expect((await auditOf(test.db, 'leave.sent')).map(({ late }) => late)).toEqual([[], ['LEAVE-01']])
      expect(await countOf(test.db, 'approval')).toBe(0)
      expect(await awayTimes(test.db, 'A2')).toEqual(['10月13日（周二）00:00 → 10月14日（周三）00:00'])
    })

    it('LEAVE-05: personal leave is asked for three days ahead, not two, and goes from 主管 to 经理', async () => {
      const spruce = await mall()
      const an = spruce.someone('A1')
      await an.says('请事假 10月14日')
      await an.sees(/1天的事假要提前3天申请[\s\S]*最早可以从10月15日（周四）开始/)
      expect(await leaveStates(test.db)).toEqual([])
      await an.says('请事假 10月15日')
      expect((await an.sees(DRAFT)).words).toMatch(/客服部主管（周敏） → 客服部经理（沈静）/)
      await an.clicks('提交')
      await agree(spruce, /安然申请请假/, 'S1', 'M2')
      await an.sees(/沈静已批准你的请假：10月15日/)
      await spruce.someone('M1').doesNotSee(/安然/)
      expect(await leaveStates(test.db)).toEqual(['approved'])
    })

    it('LEAVE-06: three days are asked for ten days ahead, not nine, and take three steps; two and a half do not', async () => {
      const spruce = await mall()
      const an = spruce.someone('A1')
      await an.says('请事假 10月21日起3天')
      await an.sees(/3天的事假要提前10天申请[\s\S]*最早可以从10月22日（周四）开始/)
      expect(await leaveStates(test.db)).toEqual([])
      await an.says('请事假 10月21日起2天半')
      expect((await an.sees(DRAFT)).words).toMatch(/共计.{1,3}2天半/)
      expect((await an.sees(DRAFT)).words).toMatch(/客服部主管（周敏） → 客服部经理（沈静）(?! →)/)
      await an.clicks('放弃')

      await an.says('请事假 10月22日起3天')
      expect((await an.sees(DRAFT)).words).toMatch(/客服部主管（周敏） → 客服部经理（沈静） → 总经理（高远）/)
      await an.clicks('提交')
      await agree(spruce, /安然申请请假/, 'S1', 'M2')
      expect(await leaveStates(test.db)).toEqual(['discarded', 'pending'])
      expect(await awayTimes(test.db, 'A1')).toEqual([])
      await agree(spruce, /安然申请请假/, 'M1')
      expect(await leaveStates(test.db)).toEqual(['discarded', 'approved'])
      expect(await awayTimes(test.db, 'A1')).toEqual(['10月22日（周四）00:00 → 10月27日（周二）00:00'])
    })

    it('LEAVE-07: marriage leave is asked for a month ahead, not a day less, and holds when 客服负责人 grants it', async () => {
      const spruce = await mall()
      const an = spruce.someone('A1')
      await an.says('请婚假 11月11日')
      await an.sees(/婚假要提前1个月申请[\s\S]*最早可以从11月12日（周四）开始/)
      expect(await leaveStates(test.db)).toEqual([])
      await an.says('请婚假 11月12日')
      expect((await an.sees(DRAFT)).words).toMatch(/客服负责人（江远）[\s\S]*结婚证明/)
      await an.clicks('提交')
      expect(await awayTimes(test.db, 'A1')).toEqual([])
      expect((await spruce.someone('C1').sees(/安然申请请假/)).words).toMatch(/结婚证明/)
      await agree(spruce, /安然申请请假/, 'C1')
      expect(await awayTimes(test.db, 'A1')).toEqual(['11月12日（周四）00:00 → 11月13日（周五）00:00'])
    })

    it('LEAVE-08: annual, maternity and bereavement leave go to 客服负责人 with their papers; three days of annual leave further up', async () => {
      const spruce = await mall()
      const [an, lin, emma] = [spruce.someone('A1'), spruce.someone('A2'), spruce.someone('E1')]
      await an.says('请年假 10月13日起2天')
      expect((await an.sees(DRAFT)).words).toMatch(/客服负责人（江远）(?! →)/)
      await an.says('请年假 10月22日起3天')
      expect((await an.sees(/共计.{1,3}3天/)).words).toMatch(/客服部主管（周敏） → 客服部经理（沈静） → 总经理（高远）/)
      await lin.says('请产假 10月13日起98天')
      expect((await lin.sees(DRAFT)).words).toMatch(/客服负责人（江远）(?! →)[\s\S]*医院证明/)
      await emma.says('bereavement leave 3 days from 13 Oct')
      expect((await emma.sees(/please check/)).words).toMatch(
        /Head of customer service \(江远\)(?! →)[\s\S]*Proof where/,
      )
      await emma.clicks('Send')
      await agree(spruce, /Emma Clarke申请请假/, 'C1')
      await emma.sees(/江远 approved your leave/)
      expect(await awayTimes(test.db, 'E1')).toEqual(['10月13日（周二）00:00 → 10月16日（周五）00:00'])
    })
  })

  it('LEAVE-09: from three days on 行政人事部 approves after 部门经理; two and a half need 部门经理 alone', async () => {
    const spruce = await open({
      on,
      presets: ['jinyang_001'],
      people: peopleWith({ M2: { roles: ['department-manager'] } }),
      startsAt: MONDAY,
    })
    const [an, lin] = [spruce.someone('A1'), spruce.someone('A2')]
    await an.says('请假 10月13日起2天半')
    expect((await an.sees(DRAFT)).words).toMatch(/部门经理（沈静）(?! →)/)
    await an.clicks('提交')
    await agree(spruce, /安然申请请假/, 'M2')
    expect(await leaveStates(test.db)).toEqual(['approved'])
    await lin.says('请假 10月13日起3天')
    expect((await lin.sees(DRAFT)).words).toMatch(/部门经理（沈静） → 行政人事部（何琳）/)
    await lin.clicks('提交')
    await agree(spruce, /林一诺申请请假/, 'M2')
    expect(await leaveStates(test.db)).toEqual(['approved', 'pending'])
    await agree(spruce, /林一诺申请请假/, 'H1')
    expect(await leaveStates(test.db)).toEqual(['approved', 'approved'])
  })

  it('LEAVE-12: any leave, half a day and ten alike, goes from 客服经理 to 总经理 and holds with the second yes', async () => {
    const spruce = await open({
      on,
      presets: ['customer_centre_004'],
      people: peopleWith({ M2: { roles: ['department-manager'] } }),
      startsAt: MONDAY,
    })
    const [an, lin] = [spruce.someone('A1'), spruce.someone('A2')]
    await lin.says('请年假 10月13日起10天')
    expect((await lin.sees(DRAFT)).words).toMatch(/客服经理（沈静） → 总经理（高远）/)
    await an.says('请事假 10月13日下午')
    expect((await an.sees(DRAFT)).words).toMatch(/半天[\s\S]*客服经理（沈静） → 总经理（高远）/)
    await an.clicks('提交')
    await agree(spruce, /安然申请请假/, 'M2')
    expect(await awayTimes(test.db, 'A1')).toEqual([])
    await agree(spruce, /安然申请请假/, 'M1')
    expect(await awayTimes(test.db, 'A1')).toEqual(['10月13日（周二）13:00 → 10月14日（周三）00:00'])
  })
})
