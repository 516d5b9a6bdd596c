/** Papers of a leave as a conversation: sent with it or afterwards, seen by those who may, reminded of on the first day back. */
import { describe, expect, it } from 'vitest'
import { JPEG, PDF, PNG } from '../engine/files/samples.ts'
import { testDatabase } from '../support/database.ts'
import type { Department, Where } from '../support/department.ts'
import { peopleWith } from '../support/spruce.ts'
import type { SentFile } from '../support/stage.ts'
import { auditOf, expectQuiet, leaveStates, rowsOf, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

const photo = (name = '病历.jpg', bytes: Uint8Array = JPEG): SentFile => ({ name, mediaType: 'image/jpeg', bytes })
const slip: SentFile = { name: '病假单.pdf', mediaType: 'application/pdf', bytes: PDF }
/** Monday 2026-10-12: no holiday lies within the month. */
const MONDAY = '2026-10-12T09:00:00+08:00'
const SICK = `
leave:
  types:
    personal: {}
    annual: {}
    sick: { retrospectiveDays: 3, proof: { zh: 病历和病假单, en: 'Medical record and sick-leave slip' } }
  chains: [{ steps: [supervisor] }]
`
const office = (on: Where, policy = SICK) => open({ on, policy, startsAt: MONDAY })

async function asks(spruce: Department, sentence: string, staffNo = 'A1') {
  await spruce.someone(staffNo).says(sentence)
  await spruce.someone(staffNo).clicks('提交')
}
const filesOf = async (spruce: Department, staffNo: string) =>
  (await spruce.stage.shown(staffNo)).flatMap(({ files = [] }) => files)

describe.each<Where>(['simulator', 'slack', 'lark'])('on %s', (on) => {
  it('a photo sent with the request goes to it; who decides sees how many there are, and looks at them in private', async () => {
    const spruce = await office(on)
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await an.sends(photo(), '请病假 今天')
    expect((await an.sees(/收到 1 个文件，交到：病假 #1/)).words).toMatch(/病历\.jpg/)
    await an.clicks('提交')
    const asked = await zhou.sees(/安然申请请假/)
    expect(asked.words).toMatch(/材料[\s\S]*1 份/)
    expect(asked.words).not.toMatch(/需要交的材料/)
    expect(asked.buttons).toEqual(['同意', '驳回', '看材料'])

    await an.sends([slip], '病假 #1')
    expect((await zhou.sees(/安然申请请假/)).words).toMatch(/材料[\s\S]*2 份/)
    expect(await filesOf(spruce, 'S1')).toEqual([])
    await zhou.clicks('看材料')
    expect((await filesOf(spruce, 'S1')).map(({ name, bytes }) => [name, Buffer.from(bytes)])).toEqual([
      ['病历.jpg', JPEG],
      ['病假单.pdf', PDF],
    ])
    await zhou.sees(/安然请假 #1 的材料：病假单\.pdf/)

    await zhou.clicks('同意', { on: /安然申请请假/ })
    expect((await zhou.sees(/安然申请请假/)).buttons).toEqual(['看材料'])
    expect(await auditOf(test.db, 'file.seen')).toHaveLength(2)
    // More than the page of the simulator would let anybody send.
    if (on === 'slack') {
      await an.sends(Array.from({ length: 11 }, (_, n) => photo(`${n}.jpg`)))
      await an.sees(/一共 11 个文件，一条消息最多 10 个/)
    }
    expectQuiet(spruce)
  })
})

describe('on WeCom, where an app is sent pictures without a name, each a message of its own', () => {
  it('a picture that follows the draft which asks for it goes to it; one that follows no request has no place', async () => {
    const spruce = await office('wecom')
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await an.sends(photo())
    await an.sees(/文件是给申请交材料用的/)
    await an.says('请病假 今天')
    await an.sends(photo())
    await an.sees(/收到 1 个文件，交到：病假 #1/)
    await an.clicks('提交')
    expect((await zhou.sees(/安然申请请假/)).words).toMatch(/材料[\s\S]*1 份/)
    await zhou.clicks('看材料')
    expect((await filesOf(spruce, 'S1')).map(({ bytes }) => Buffer.from(bytes))).toEqual([JPEG])
  })
})

describe('who may see papers', () => {
  it('a colleague who gets hold of the button learns nothing, not even that there is such a leave', async () => {
    const spruce = await office('simulator')
    await spruce.someone('A1').sends(photo(), '请病假 今天')
    await spruce.someone('A1').clicks('提交')
    const answer = await spruce.app.deliver(spruce.stage.platform, {
      kind: 'clicked',
      key: 'forged',
      person: 'A2',
      room: 'dm-A2',
      roomKind: 'direct',
      canCarry: ['message'],
      action: 'leave.papers',
      value: '{"requestId":1}',
      on: { address: 'dm-A2', messageId: 'm1' },
    })
    expect(answer.message).toMatchObject({ text: expect.stringMatching(/没有你能查看的请假 #1/) })
    await spruce.settle()
    expect(await filesOf(spruce, 'A2')).toEqual([])
    expect(await auditOf(test.db, 'file.seen')).toEqual([])
  })
})

describe('papers that come on their own', () => {
  it('go to the one leave that asks for them, and are taken back with one button', async () => {
    const spruce = await office('simulator')
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await asks(spruce, '请病假 今天')
    expect((await an.sees(/请假已提交/)).words).toMatch(/病历和病假单[\s\S]*旁边写上“#1”，最晚10月13日（周二）交/)
    await an.sends(photo())
    expect((await zhou.sees(/安然申请请假/)).words).toMatch(/1 份/)
    await an.clicks('撤回', { on: /收到 1 个文件/ })
    expect((await an.sees(/已撤回，没有保留/)).words).toMatch(/交到：病假 #1[\s\S]*病历\.jpg/)
    expect((await zhou.sees(/安然申请请假/)).words).not.toMatch(/1 份/)
    expect(await rowsOf(test.db, 'SELECT 1 FROM file_chunk')).toEqual([])
    await an.sends(photo())
    await an.clicks('撤回材料')
    expect((await zhou.sees(/安然申请请假/)).buttons).toEqual(['同意', '驳回'])
    expectQuiet(spruce)
  })

  it('are asked about when they could be for several, and then belong to what was chosen', async () => {
    const spruce = await office('simulator')
    const an = spruce.someone('A1')
    await asks(spruce, '请病假 今天')
    await asks(spruce, '请病假 10月14日')
    await an.sends([photo(), slip])
    const asked = await an.sees(/这 2 个文件是交给哪件事的/)
    expect(asked.buttons).toEqual(['病假 #2 · 10月14日（周三）', '病假 #1 · 10月12日（周一）', '都不是'])
    await an.clicks('病假 #1 · 10月12日（周一）')
    await an.sees(/收到 2 个文件，交到：病假 #1/)
    // The other button of the same card, pressed late: they lie somewhere already.
    const [sent] = await rowsOf<{ id: string }>(test.db, `SELECT id FROM inbox WHERE event ? 'files'`)
    const late = await spruce.app.deliver(spruce.stage.platform, {
      kind: 'clicked',
      key: 'late',
      person: 'A1',
      room: 'dm-A1',
      roomKind: 'direct',
      canCarry: ['message'],
      action: 'inbox.attach',
      value: JSON.stringify({ event: sent?.id, place: { feature: 'leave', reference: '2' } }),
      on: { address: 'dm-A1', messageId: asked.id },
    })
    expect(late.message).toMatchObject({ text: expect.stringMatching(/这个问题已经结束了/) })
    expect(await rowsOf(test.db, 'SELECT DISTINCT reference FROM stored_file')).toEqual([{ reference: '1' }])
  })

  it('are refused with the way out when there is nothing they could be for', async () => {
    const spruce = await office('simulator')
    const an = spruce.someone('A1')
    await asks(spruce, '请事假 明天')
    await an.sends(photo(), '这是我的材料')
    await an.sees(/现在没有等着交文件的事[\s\S]*例如“#1”/)
    await an.sends(photo('a.jpg'), '请假 #1')
    await an.sees(/收到 1 个文件，交到：事假 #1/)
    expect(await rowsOf(test.db, `SELECT 1 FROM stored_file WHERE state = 'stored'`)).toHaveLength(1)
  })

  it('are kept by nobody when the number beside them is nothing of the sender’s, and what is theirs is a button away', async () => {
    const spruce = await office('simulator')
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await asks(spruce, '请病假 今天')
    await asks(spruce, '请病假 今天', 'A2')
    const beside = { '#999': 999, '请假 #2': 2, 'leave 998': 998, '病假 997': 997 }
    for (const [named, number] of Object.entries(beside)) {
      await an.sends(photo(), named)
      const asked = await an.sees(new RegExp(`你没有可以附文件的 #${number}[^]*没有保留`))
      expect(asked.buttons).toEqual(['病假 #1 · 10月12日（周一）', '都不是'])
    }
    expect(await rowsOf(test.db, 'SELECT 1 FROM stored_file')).toEqual([])
    expect(await leaveStates(test.db)).toEqual(['pending', 'pending'])
    await an.clicks('病假 #1 · 10月12日（周一）', { on: /#2/ })
    await an.sees(/收到 1 个文件，交到：病假 #1/)
    await zhou.sends(photo(), '请假 #1')
    await zhou.sees(/你没有可以附文件的 #1，[\s\S]*请先请假/)
    await zhou.sends(photo())
    await zhou.sees(/现在没有可以附文件的事[\s\S]*请先请假/)
    expect(await rowsOf(test.db, 'SELECT DISTINCT reference FROM stored_file')).toEqual([{ reference: '1' }])
  })

  it('that are no papers are refused, and the leave stays without', async () => {
    const spruce = await office('simulator')
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await asks(spruce, '请病假 今天')
    await an.sends(photo('photo.jpg', Buffer.from('MZ\x90\x00')))
    await an.sees(/“photo\.jpg”的内容是网页或程序，和文件名不符，所以不收/)
    expect((await zhou.sees(/安然申请请假/)).words).not.toMatch(/1 份/)
  })

  it('are thrown away with a leave that is taken back', async () => {
    const spruce = await office('simulator')
    const an = spruce.someone('A1')
    await an.sends(photo(), '请病假 明天')
    await an.clicks('提交')
    await an.says('撤回请假')
    expect(await leaveStates(test.db)).toEqual(['withdrawn'])
    expect(await rowsOf(test.db, 'SELECT state FROM stored_file')).toEqual([{ state: 'dropped' }])
    expect(await rowsOf(test.db, 'SELECT 1 FROM file_chunk')).toEqual([])
  })
})

describe('papers that are owed', () => {
  const MALL = peopleWith({ M2: { roles: ['department-manager'] } }, [
    { staffNo: 'C1', name: '江远', department: 'cs', roles: ['cs-head'], manager: 'M1', locale: 'zh-CN' },
  ])
  const mall = () =>
    open({ on: 'simulator', presets: ['mall_platform_001'], people: MALL, startsAt: '2026-10-12T07:00:00+08:00' })

  it('LEAVE-02: sick papers are asked for when work begins on the first day back and not a minute before; two working days later the superior is told', async () => {
    const spruce = await mall()
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await asks(spruce, '请病假 今天到10月16日')
    await an.says('请假材料')
    await an.sees(/#1 · 病假 · 10月12日（周一）至10月16日（周五） · 最晚10月19日（周一）交/)
    await spruce.until('2026-10-19T08:59:00+08:00')
    await an.doesNotSee(/请假材料还没有交/)
    await spruce.until('2026-10-19T09:00:00+08:00')
    expect((await an.sees(/请假材料还没有交/)).words).toMatch(/医院证明、病历本、病假单[\s\S]*“#1”/)
    await spruce.until('2026-10-21T08:59:00+08:00')
    await zhou.doesNotSee(/还没有交请假材料/)
    await spruce.until('2026-10-21T09:00:00+08:00')
    expect((await zhou.sees(/安然还没有交请假材料/)).words).toMatch(/10月19日（周一）[\s\S]*/)
    await zhou.says('请假材料')
    await zhou.sees(/安然：#1 · 病假/)
    expect(await leaveStates(test.db)).toEqual(['approved'])

    await an.sends(photo('病历.png', PNG))
    expect((await zhou.sees(/安然交来了请假材料/)).buttons).toEqual(['看材料'])
    await zhou.doesNotSee(/还没有交请假材料$/m)
    await spruce.until('2026-10-30T18:00:00+08:00')
    expect(await auditOf(test.db, 'leave.papers-reminded')).toHaveLength(1)
    expect(await auditOf(test.db, 'leave.papers-missing')).toHaveLength(1)
    expectQuiet(spruce)
  })

  it('LEAVE-02: papers handed in on the way back are never asked for', async () => {
    const spruce = await mall()
    const an = spruce.someone('A1')
    await asks(spruce, '请病假 今天')
    await an.sends(photo())
    await spruce.until('2026-10-16T18:00:00+08:00')
    await an.doesNotSee(/请假材料还没有交/)
    await an.says('请假材料')
    await an.sees(/^请假材料：都交齐了/)
  })

  it('LEAVE-03: a visit to a doctor in working hours is approved first; without its certificate the superior reads what the rule says, with it nobody is asked', async () => {
    const spruce = await mall()
    const [an, lin, zhou] = [spruce.someone('A1'), spruce.someone('A2'), spruce.someone('S1')]
    await asks(spruce, '请就诊假 今天14:00到16:00')
    await asks(spruce, '请就诊假 今天14:00到16:00', 'A2')
    expect(await leaveStates(test.db)).toEqual(['pending', 'pending'])
    await zhou.clicks('同意', { on: /安然申请请假/ })
    await zhou.clicks('同意', { on: /林一诺申请请假/ })
    await lin.sends(photo('证明.jpg'))
    expect((await zhou.sees(/林一诺交来了请假材料/)).buttons).toEqual(['看材料'])
    await spruce.until('2026-10-13T09:00:00+08:00')
    expect((await an.sees(/请假材料还没有交/)).words).toMatch(/正规医院证明/)
    await spruce.until('2026-10-15T09:00:00+08:00')
    expect((await zhou.sees(/安然还没有交请假材料/)).words).toMatch(/没有则按事假处理[\s\S]*10月13日/)
    await lin.doesNotSee(/请假材料还没有交/)
    await zhou.doesNotSee(/林一诺还没有交/)
    // What it counts as is a person's decision: nothing was changed.
    expect(await rowsOf(test.db, 'SELECT DISTINCT type, state FROM leave_request')).toEqual([
      { type: 'clinic', state: 'approved' },
    ])
  })

  it('someone who is away again on that day is asked when they are back', async () => {
    const spruce = await office('simulator')
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await asks(spruce, '请病假 今天')
    await zhou.clicks('同意')
    await asks(spruce, '请事假 10月13日')
    await zhou.clicks('同意', { on: /安然申请请假[\s\S]*事假/ })
    await spruce.until('2026-10-13T18:00:00+08:00')
    await an.doesNotSee(/请假材料还没有交/)
    await spruce.until('2026-10-14T09:00:00+08:00')
    await an.sees(/请假材料还没有交/)
  })
})
