/** One's own settings as a conversation: accounts by a code, language, quiet hours, a delegate; and rooms joined to channels. */
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { PEOPLE } from '../support/spruce.ts'
import { expectQuiet, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)

const accountsOf = (staffNo: string) =>
  test.db.transact('people', ({ sql }) =>
    sql<{ at: string }>(
      `SELECT a.platform || ':' || a.account AS at FROM account a JOIN person p ON p.id = a.person_id
       WHERE p.staff_no = $1 ORDER BY 1`,
      [staffNo],
    ),
  )
const audited = async (action: string) =>
  (await test.db.transact('people', ({ sql }) => sql('SELECT 1 FROM audit_line WHERE action = $1', [action]))).length

/** An account that is nobody's writes to the bot on the simulator. @returns what it is told */
async function stranger(spruce: Department, said: string, account = 'nobody'): Promise<string> {
  const answer = await spruce.app.deliver(spruce.stage.platform, {
    kind: 'said',
    key: `stranger-${Math.random()}`,
    person: account,
    room: `dm-${account}`,
    roomKind: 'direct',
    canCarry: ['message'],
    text: said,
  })
  await spruce.settle()
  return String(answer.message?.text ?? '')
}
const codeOn = async (spruce: Department, staffNo: string): Promise<string> => {
  const an = spruce.someone(staffNo)
  await an.says('绑定码')
  return /(\d{8})/.exec((await an.sees(/你的绑定码/)).words)?.[1] ?? ''
}

describe('a code', () => {
  it('links the account it is typed from, once, and the person is told where they were known', async () => {
    const spruce = await open({ on: ['slack', 'simulator'] })
    await test.db.transact('people', ({ sql }) =>
      sql(
        `DELETE FROM account WHERE platform = 'simulator' AND person_id = (SELECT id FROM person WHERE staff_no = 'A1')`,
      ),
    )
    const an = spruce.someone('A1', 'slack')
    const [simulator] = [spruce.stageOn('simulator')]
    await an.says('绑定码')
    const code = /(\d{8})/.exec((await an.sees(/你的绑定码/)).words)?.[1] ?? ''
    await simulator.say('A1', '请假 明天', 'direct')
    await spruce.settle()
    await simulator.say('A1', `绑定 ${code}`, 'direct')
    await spruce.settle()
    expect((await simulator.shown('A1')).at(-1)?.words).toMatch(/好了，安然，这个账号已经绑定到你名下/)
    await an.sees(/你在模拟器的账号 .* 刚刚绑定到了你名下/)
    expect(await accountsOf('A1')).toHaveLength(2)
    expect(await audited('people.account-linked')).toBe(1)
    expect(await stranger({ ...spruce, stage: simulator }, `绑定 ${code}`)).toMatch(/绑定码不对/)
  })

  it('holds ten minutes and no longer, and five wrong ones make the account wait a quarter of an hour', async () => {
    const spruce = await open({ on: 'simulator' })
    const late = await codeOn(spruce, 'A1')
    spruce.clock.advance(10 * 60_000 + 1)
    expect(await stranger(spruce, `绑定 ${late}`)).toMatch(/绑定码不对.*还可以再试 4 次/)
    const good = await codeOn(spruce, 'A1')
    for (const left of [3, 2, 1]) expect(await stranger(spruce, '/link 1234 5678')).toMatch(`还可以再试 ${left} 次`)
    expect(await stranger(spruce, '绑定 12345678')).toMatch(/请等 15 分钟/)
    // The right one is no way past it, and another account is not held up.
    spruce.clock.advance(5 * 60_000)
    expect(await stranger(spruce, `绑定 ${good}`)).toMatch(/请等 10 分钟/)
    expect(await audited('people.code-locked')).toBe(1)
    expect(await stranger(spruce, `绑定 ${good}`, 'somebody-else')).toMatch(/已经绑定到你名下/)
    spruce.clock.advance(10 * 60_000)
    const again = await codeOn(spruce, 'A1')
    expect(await stranger(spruce, `绑定 ${again}`)).toMatch(/已经绑定到你名下/)
  })

  it('of somebody else is no use to an account that is linked, and names nobody', async () => {
    const spruce = await open({ on: 'simulator' })
    const code = await codeOn(spruce, 'A1')
    const lin = spruce.someone('A2')
    await lin.says(`绑定 ${code}`)
    expect((await lin.sees(/已经绑定在你名下，而这个绑定码是另一位同事的/)).words).not.toMatch(/安然/)
    await spruce.someone('A1').says(`绑定 ${code}`)
    await spruce.someone('A1').sees(/本来就是你的/)
    expect(await stranger(spruce, `link  ${code}`)).toMatch(/已经绑定到你名下/)
    // Told also where both accounts are on one platform.
    await spruce.someone('A1').sees(/账号 nobody 刚刚绑定到了你名下/)
  })

  it('is what a stranger is told of, and the only thing of theirs that does anything', async () => {
    const spruce = await open({ on: 'simulator' })
    expect(await stranger(spruce, '我的设置')).toMatch(/我还不认识你[\s\S]*“绑定码”[\s\S]*绑定 12345678/)
    expect(await accountsOf('A1')).toHaveLength(1)
  })
})

describe('my settings', () => {
  it('are shown and changed by a sentence, each with the way back', async () => {
    const spruce = await open({ on: 'simulator' })
    const an = spruce.someone('A1')
    await an.says('我')
    expect((await an.sees(/我的设置/)).words).toMatch(/简体中文[\s\S]*你最近使用的平台[\s\S]*没有/)
    await an.says('我的语言 英文')
    await an.sees(/From now on I speak English with you/)
    await an.says('me')
    await an.sees(/My settings[\s\S]*Quiet hours/)
    await an.clicks('Undo', { on: /From now on/ })
    await an.sees(/已恢复原来的设置/)
    await an.says('首选平台 飞书')
    await an.sees(/你还没有飞书的账号/)
    await an.says('首选平台 模拟器')
    await an.sees(/以后消息发到模拟器/)
    await an.commands('勿扰 很久')
    await an.sees(/“很久”不是勿扰时段/)
    await an.says('勿扰 22:00-8:00')
    await an.sees(/22:00 到 08:00 不打扰你/)
    await an.says('我')
    await an.clicks('取消勿扰')
    await an.sees(/已取消勿扰/)
    expect(await audited('people.choice')).toBe(5)
    expectQuiet(spruce)
  })

  it('in the form: everything at once, errors beside their fields', async () => {
    const spruce = await open({ on: 'simulator' })
    const an = spruce.someone('A1')
    await an.says('我')
    await an.clicks('修改')
    expect(an.form()?.fields).toEqual(['language', 'prefers', 'quietFrom', 'quietUntil', 'delegate', 'until'])
    const values = { language: 'zh-CN', prefers: 'auto' }
    expect(await an.fills({ ...values, quietFrom: '22:00' })).toHaveProperty('quietUntil')
    expect(await an.fills({ ...values, quietFrom: '22:00', quietUntil: '07:30' })).toEqual({})
    await an.sees(/22:00 到 07:30/)
    await an.clicks('修改')
    expect(await an.fills({ ...values, language: 'en', quietFrom: '', quietUntil: '' })).toEqual({})
    await an.sees(/My settings[\s\S]*none/)
  })

  it('the last account is only taken away when that is meant', async () => {
    const spruce = await open({ on: 'simulator' })
    const an = spruce.someone('A1')
    await an.says('解绑 飞书')
    await an.sees(/你没有飞书的账号。你的账号有：模拟器/)
    await an.says('解绑 模拟器')
    await an.sees(/最后一个账号/)
    await an.clicks('不解绑')
    expect(await accountsOf('A1')).toHaveLength(1)
    // The answer stands where the question stood: nobody presses it again.
    expect((await an.sees(/好的，保持不变/)).buttons).toEqual([])
    await an.doesNotSee(/最后一个账号/)
    await an.says('解绑 模拟器')
    await an.clicks('解绑')
    expect(await accountsOf('A1')).toEqual([])
    await an.says('我')
    await an.sees(/我还不认识你/)
  })
})

describe('a delegate named in the chat', () => {
  it('decides for the time that was said, is told, and no longer when it is taken back', async () => {
    const spruce = await open({ on: 'simulator' })
    const [zhou, shen, an] = [spruce.someone('S1'), spruce.someone('M2'), spruce.someone('A1')]
    await zhou.says('委托给周敏到周五')
    await zhou.sees(/不能委托给自己/)
    await zhou.says('委托给沈静')
    await zhou.sees(/委托给沈静到哪天为止/)
    await zhou.says('委托给沈静到周五')
    await zhou.sees(/9月28日（周一）至10月2日（周五）由沈静替你办理/)
    await shen.sees(/周敏委托你在9月28日（周一）至10月2日（周五）代为办理：这几天要周敏审批的事/)
    await an.says('请假 明天')
    await an.clicks('提交')
    await shen.clicks('同意', { on: /安然申请/ })
    await an.sees(/沈静已批准你的请假/)
    await zhou.says('委托 取消')
    await zhou.sees(/已取消委托/)
    await an.says('请假 10月14日')
    await an.clicks('提交')
    await zhou.sees(/安然申请[\s\S]*10月14日/)
    await shen.doesNotSee(/10月14日/)
    expectQuiet(spruce)
  })
})

describe('a name that two people have', () => {
  it('is asked about, by staff number', async () => {
    const people = [...PEOPLE, { staffNo: 'S9', name: '沈静', department: 'hr', roles: [], locale: 'zh-CN' as const }]
    const spruce = await open({ on: 'simulator', people })
    const zhou = spruce.someone('S1')
    await zhou.says('委托给沈静到周五')
    await zhou.clicks('沈静 (S9)')
    await zhou.sees(/由沈静替你办理/)
    await spruce.someone('S9').sees(/周敏委托你/)
    await spruce.someone('M2').doesNotSee(/周敏委托你/)
    expectQuiet(spruce)
  })
})

describe('quiet hours', () => {
  it('let requests wait till they end, exactly, and answer at once', async () => {
    const spruce = await open({ on: 'simulator' })
    const [zhou, an] = [spruce.someone('S1'), spruce.someone('A1')]
    await zhou.says('勿扰 8:00-10:30')
    await an.says('请假 明天')
    await an.clicks('提交')
    await spruce.until('2026-09-28T10:29:50+08:00')
    await zhou.doesNotSee(/安然申请/)
    await zhou.says('我')
    await zhou.sees(/我的设置/)
    await spruce.until('2026-09-28T10:30:00+08:00')
    await zhou.sees(/安然申请/)
  })
})

describe('rooms', () => {
  it('are joined to a channel by whoever administers, in the room, after asking where another has its place', async () => {
    const spruce = await open({ on: 'simulator' })
    const [he, an] = [spruce.someone('H1'), spruce.someone('A1')]
    await he.says('绑定群 部门群')
    await he.sees(/请到要绑定的那个群里说/)
    await an.saysInChannel('绑定群 部门群')
    await an.sees(/没有权限/)
    await he.saysInChannel('绑定群 部门群')
    await he.sees(/本来就是部门群的群/)
    await he.saysInChannel('解绑群 部门群')
    await he.sees(/不再发到这个群/)
    await he.says('群列表')
    await he.sees(/Slack C0GENERAL · 这个平台没有接入/)
    await he.doesNotSee(/模拟器 cs/)
    await he.saysInChannel('绑定群 部门群')
    await he.sees(/以后部门群的消息发到这个群/)
    expect(await audited('channels.linked')).toBe(1)
    await he.says('群列表')
    await he.sees(/模拟器 cs · 用命令绑定/)
    expectQuiet(spruce)
  })
})

describe('somebody who leaves', () => {
  it('is asked no more: what waited for them goes to the next right person, their card is closed, and history stays', async () => {
    const spruce = await open({ on: 'simulator' })
    const [an, zhou, lin, shen] = [
      spruce.someone('A1'),
      spruce.someone('S1'),
      spruce.someone('A2'),
      spruce.someone('M2'),
    ]
    await lin.says('请假 10月14日')
    await lin.clicks('提交')
    await zhou.clicks('同意', { on: /林一诺申请/ })
    await an.says('请假 明天')
    await an.clicks('提交')
    await zhou.sees(/安然申请/)
    await spruce.peopleAreNow(
      PEOPLE.filter(({ staffNo }) => staffNo !== 'S1').map((one) =>
        one.manager === 'S1' ? { ...one, manager: 'M2' } : one,
      ),
    )
    await spruce.settle()
    const left = await zhou.sees(/安然申请/)
    expect([left.words, left.buttons]).toEqual([expect.stringMatching(/等待沈静|沈静/), []])
    await shen.clicks('同意', { on: /安然申请/ })
    await an.sees(/沈静已批准你的请假/)
    await lin.says('请假详情 1')
    await lin.sees(/周敏/)
    expect(await audited('approval.rerouted')).toBe(1)
    expectQuiet(spruce)
  })
})
