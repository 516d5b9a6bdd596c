/** Deciding as a conversation: reasons, two who decide at once, those who are away, stand in or have left, and nobody for themselves. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department, Where } from '../support/department.ts'
import { type Member, peopleWith } from '../support/spruce.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import { auditOf, countOf, expectQuiet, leaveStates, rowsOf, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

const MONDAY = '2026-10-12T09:00:00+08:00'
const HAN: Member = {
  staffNo: 'S2',
  name: '韩磊',
  department: 'cs',
  roles: ['supervisor'],
  manager: 'M2',
  locale: 'zh-CN',
}
const ASKS = /安然申请请假/

/** Somebody asks for a day and sends the draft. */
async function asks(spruce: Department, staffNo: string, said = '请假 10月20日') {
  await spruce.someone(staffNo).says(said)
  await spruce.someone(staffNo).clicks('提交')
}

const steps = () =>
  rowsOf<{ state: string; by: string | null; whom: string | null }>(
    test.db,
    `SELECT s.state, p.staff_no AS by, q.staff_no AS whom FROM approval_step s
     LEFT JOIN person p ON p.id = s.decided_by LEFT JOIN person q ON q.id = s.on_behalf_of ORDER BY s.id`,
  )

describe.each<Where>(['simulator', 'slack'])('on %s', (on) => {
  it('a rejection needs its reason; the requester reads it, and the card of every approver closes', async () => {
    const spruce = await open({ on, people: peopleWith({}, [HAN]) })
    const [an, zhou, han] = [spruce.someone('A1'), spruce.someone('S1'), spruce.someone('S2')]
    await asks(spruce, 'A1')
    expect((await han.sees(ASKS)).buttons).toEqual(['同意', '驳回'])
    await zhou.clicks('驳回')
    expect(zhou.form()).toEqual({ title: '驳回申请', fields: ['reason'] })
    expect(await zhou.fills({ reason: '   ' })).toHaveProperty('reason')
    expect(await leaveStates(test.db)).toEqual(['pending'])
    expect(await zhou.fills({ reason: '那天盘点 *不行* <!channel>' })).toEqual({})
    await an.sees(/周敏没有批准你的请假：10月20日（周二）。\n理由：那天盘点 \*不行\* <!channel>/)
    await an.sees(/请假未批准/)
    for (const approver of [zhou, han]) {
      const card = await approver.sees(ASKS)
      expect(card.buttons).toEqual([])
      expect(card.words).toMatch(/周敏 已驳回[\s\S]*理由：那天盘点/)
    }
    expect(await leaveStates(test.db)).toEqual(['rejected'])
    expectQuiet(spruce)
  })

  it('of two who decide at the same moment one does; the other is told who it was, and both cards say so', async () => {
    const spruce = await open({ on, people: peopleWith({}, [HAN]) })
    await asks(spruce, 'A1')
    const cards = await Promise.all(['S1', 'S2'].map((staffNo) => spruce.someone(staffNo).sees(ASKS)))
    await Promise.all(['S1', 'S2'].map((staffNo, n) => spruce.stage.press(staffNo, cards[n]?.id ?? '', '同意')))
    await spruce.settle()
    const late = (await timesSeen(spruce, 'S1', /已经处理过了/)) === 1 ? 'S1' : 'S2'
    const [winner] = { S1: ['韩磊'], S2: ['周敏'] }[late]
    await spruce.someone(late).sees(new RegExp(`这个申请已经处理过了：${winner} 已同意`))
    expect(await timesSeen(spruce, late === 'S1' ? 'S2' : 'S1', /已经处理过了/)).toBe(0)
    for (const staffNo of ['S1', 'S2']) {
      const card = await spruce.someone(staffNo).sees(ASKS)
      expect(card.words).toMatch(new RegExp(`${winner} 已同意`))
      expect(card.buttons).toEqual([])
    }
    expect(await timesSeen(spruce, 'A1', /已批准你的请假/)).toBe(1)
    expect(await auditOf(test.db, 'approval.step-approved')).toHaveLength(1)
    expectQuiet(spruce)
  })

  it('what waits is brought again when it is asked for, and closes with the rest', async () => {
    const spruce = await open({ on })
    const zhou = spruce.someone('S1')
    await zhou.says('待审批')
    await zhou.sees(/没有等你审批的申请/)
    await asks(spruce, 'A1')
    await asks(spruce, 'A2')
    for (let time = 0; time < 2; time++) {
      const before = (await zhou.screen()).map(({ id }) => id)
      await zhou.says('待审批')
      await zhou.sees(/有 2 个申请等你审批/)
      const fresh = (await zhou.screen()).filter(({ id, buttons }) => !before.includes(id) && buttons.includes('同意'))
      expect(fresh).toHaveLength(2)
      expect((await zhou.screen()).filter(({ buttons }) => buttons.includes('同意'))).toHaveLength(2)
    }
    await zhou.clicks('同意', { on: ASKS })
    expect((await zhou.screen()).filter(({ buttons }) => buttons.includes('同意'))).toHaveLength(1)
    await zhou.sees(/安然申请请假[\s\S]*周敏 已同意/)
    expect(await leaveStates(test.db)).toEqual(['approved', 'pending'])
  })

  it('a request and its decision outlast the process', async () => {
    const spruce = await open({ on })
    await asks(spruce, 'A1')
    await spruce.restart()
    await spruce.someone('S1').clicks('同意')
    await spruce.restart()
    await spruce.settle()
    expect(await timesSeen(spruce, 'A1', /周敏已批准你的请假/)).toBe(1)
    expect((await spruce.someone('S1').sees(ASKS)).buttons).toEqual([])
    expectQuiet(spruce)
  })
})

describe('who is asked', () => {
  it('a named stand-in is asked within the dates, decides on behalf, and the record says so; a day later nobody asks them', async () => {
    const delegate = { to: 'A2', from: '2026-10-12', until: '2026-10-14' }
    const spruce = await open({ on: 'simulator', people: peopleWith({ S1: { delegate } }), startsAt: MONDAY })
    await asks(spruce, 'A1')
    const [zhou, lin] = [spruce.someone('S1'), spruce.someone('A2')]
    expect((await zhou.sees(ASKS)).buttons).toContain('同意')
    await lin.clicks('同意', { on: ASKS })
    expect((await zhou.sees(/林一诺（代 周敏） 已同意/)).buttons).toEqual([])
    await spruce.someone('A1').sees(/林一诺已批准你的请假/)
    expect(await steps()).toEqual([{ state: 'approved', by: 'A2', whom: 'S1' }])

    await asks(spruce, 'A2', '请假 10月21日')
    expect(await timesSeen(spruce, 'A2', /林一诺申请请假/)).toBe(0)
    await spruce.until('2026-10-14T23:59:00+08:00')
    await asks(spruce, 'A1', '请假 10月22日')
    await lin.sees(/安然申请请假[\s\S]*10月22日/)
    await spruce.until('2026-10-15T00:00:00+08:00')
    await asks(spruce, 'A1', '请假 10月23日')
    await zhou.sees(/安然申请请假[\s\S]*10月23日/)
    await lin.doesNotSee(/安然申请请假[\s\S]*10月23日/)
  })

  it('nobody decides their own request, not as a stand-in either, whatever button they get hold of', async () => {
    const delegate = { to: 'A1', from: '2026-10-12', until: '2026-10-30' }
    const spruce = await open({ on: 'slack', people: peopleWith({ S1: { delegate } }), startsAt: MONDAY })
    await asks(spruce, 'A1')
    await spruce.someone('A1').doesNotSee(ASKS)
    const { slack, call } = spruce.stage as SlackStage
    const card = slack.posted().find(({ channel, user }) => channel === slack.rooms.direct('US1') && user === slack.bot)
    if (!card) throw new Error('no card')
    await call(slack.click({ user: 'UA1', on: card, label: '同意' }))
    await spruce.settle()
    await spruce.someone('A1').sees(/不能审批自己的申请，正在等待周敏/)
    expect(await leaveStates(test.db)).toEqual(['pending'])
  })

  it('the only supervisor’s own request goes to the next step, without one to the fallback role, never through by itself', async () => {
    const spruce = await open({
      on: 'simulator',
      policy: 'leave: { chains: [{ steps: [supervisor] }, { types: [annual], steps: [supervisor, cs-manager] }] }',
    })
    const [zhou, shen, he] = [spruce.someone('S1'), spruce.someone('M2'), spruce.someone('H1')]
    await zhou.says('请年假 10月20日')
    expect((await zhou.sees(/请假：请核对/)).words).toMatch(/客服经理（沈静）(?! →)/)
    await zhou.clicks('提交')
    await he.doesNotSee(/周敏/)
    await shen.clicks('同意', { on: /周敏申请请假/ })
    expect(await leaveStates(test.db)).toEqual(['approved'])

    await asks(spruce, 'S1', '请事假 10月21日')
    expect(await leaveStates(test.db)).toEqual(['approved', 'pending'])
    expect((await he.sees(/周敏申请请假/)).buttons).toContain('同意')
    await zhou.doesNotSee(/周敏申请请假/)
    await he.clicks('同意', { on: /周敏申请请假/ })
    expect(await leaveStates(test.db)).toEqual(['approved', 'approved'])

    await he.says('请事假 10月22日')
    await he.sees(/没有人可以审批[\s\S]*兜底角色“管理员”也没有人/)
    expect(await countOf(test.db, 'leave_request')).toBe(2)
  })

  it('whoever is away is passed over; when everyone is away the fallback role is asked', async () => {
    const spruce = await open({ on: 'simulator', people: peopleWith({}, [HAN]), startsAt: MONDAY })
    await asks(spruce, 'S1', '请假 10月13日')
    await spruce.someone('S2').clicks('同意', { on: /周敏申请请假/ })
    await spruce.until('2026-10-13T09:30:00+08:00')
    await asks(spruce, 'A1')
    await spruce.someone('S2').sees(ASKS)
    await spruce.someone('S1').doesNotSee(ASKS)

    await asks(spruce, 'S2', '请假 10月13日下午')
    await spruce.someone('H1').clicks('同意', { on: /韩磊申请请假/ })
    await spruce.until('2026-10-13T13:00:00+08:00')
    await asks(spruce, 'A2')
    for (const staffNo of ['S1', 'S2']) await spruce.someone(staffNo).doesNotSee(/林一诺申请请假/)
    await spruce.someone('H1').clicks('同意', { on: /林一诺申请请假/ })
    await spruce.someone('A2').sees(/何琳已批准你的请假/)
  })

  it('an approver who has left decides nothing any more, and the request moves on to whoever holds the role now', async () => {
    const spruce = await open({ on: 'simulator', people: peopleWith({}, [{ ...HAN, roles: [] }]), startsAt: MONDAY })
    await asks(spruce, 'A1')
    const heirs = peopleWith({ A1: { manager: 'S2' }, A2: { manager: 'S2' }, E1: { manager: 'S2' } }, [HAN])
    await spruce.peopleAreNow(heirs.filter(({ staffNo }) => staffNo !== 'S1'))
    await spruce.someone('S1').clicks('同意', { on: ASKS })
    await spruce.someone('S1').sees(/名单显示你已离开部门/)
    expect(await leaveStates(test.db)).toEqual(['pending'])
    await spruce.someone('S2').sees(ASKS)
    expect((await spruce.someone('S1').sees(ASKS)).buttons).toEqual([])
    // The time of whoever is asked now begins from here.
    await spruce.until('2026-10-12T13:59:00+08:00')
    expect(await timesSeen(spruce, 'S2', /还在等你审批/)).toBe(0)
    expect(await timesSeen(spruce, 'S1', /还在等你审批/)).toBe(0)
    await spruce.someone('S2').clicks('同意', { on: ASKS })
    await spruce.someone('A1').sees(/韩磊已批准你的请假/)
    expect(await steps()).toEqual([{ state: 'approved', by: 'S2', whom: null }])
  })
})
