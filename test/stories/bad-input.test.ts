/** What people get wrong, and what outsiders try: told clearly, nothing lost, nothing half-written. */
import { afterEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { type Department, department, type Where } from '../support/department.ts'
import type { SlackStage } from '../support/stage-slack.ts'

const test = testDatabase()
let open: Department | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})
const at = async (on: Where, options: { policy?: string; startsAt?: string } = {}) => {
  open = await department({ on, db: test.db, ...options })
  return open
}
const rows = (table: string) =>
  test.db.transact('people', async ({ sql }) =>
    Number((await sql<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n),
  )

describe.each<Where>(['simulator', 'slack'])('on %s', (on) => {
  it('a slip in a command offers the nearest, and its button runs it', async () => {
    const an = (await at(on)).someone('A1')
    await an.commands('laeve')
    const offer = await an.sees(/没有“laeve”这个命令/)
    const [first] = offer.buttons
    expect(first).toMatch(/leave/)
    await an.clicks(first ?? '')
    expect(an.form()?.fields).toContain('type')
  })

  it.each([
    ['请假 2027-02-29', /2027-02-29/],
    ['请假 2月30日到3月2日', /2月30日/],
    ['请假 10月9日到10月8日', /早于|之前|颠倒/],
    ['请假 2026-10-02 到 2026-10-04', /没有.*(工作日|上班)|不用请假|都不上班/],
    ['请假 2026-09-01 1天', /过去|已经过/],
  ])('%s is refused with the value and the way out, and nothing is stored', async (said, complaint) => {
    const an = (await at(on)).someone('A1')
    await an.says(said)
    await an.sees(complaint)
    expect(await rows('leave_request')).toBe(0)
    expect(await rows('approval')).toBe(0)
  })

  it('an impossible date is asked again, and the right one carries on from there', async () => {
    const an = (await at(on)).someone('A1')
    await an.says('请假 2月30日 家里有事')
    await an.sees(/没有“2月30日”这一天/)
    await an.says('10月12日')
    expect((await an.sees(/请假：请核对/)).words).toMatch(/10月12日[\s\S]*家里有事/)
  })

  it('small talk, questions and reported speech do nothing but get a hint', async () => {
    const spruce = await at(on)
    const an = spruce.someone('A1')
    for (const said of ['今天好累', '小王请假了吗？', '他说他要请三天假', '我昨天请假了']) await an.says(said)
    await an.sees(/没有我能办的事/)
    expect(await rows('leave_request')).toBe(0)
  })

  it('one question at a time, with the likely answers as buttons; cancel ends it', async () => {
    const spruce = await at(on)
    const an = spruce.someone('A1')
    await an.says('请一周假')
    const question = await an.sees(/“一周”是指/)
    expect(question.buttons).toEqual(['5天', '7天', '取消'])
    await an.clicks('5天')
    await an.sees(/请假：请核对[\s\S]*共计.{1,3}5天/)
    await an.says('请一周假')
    await an.says('算了')
    await an.sees(/不问了/)
    const over = await an.sees(/“一周”是指/)
    if (on === 'slack') expect(over.buttons).toEqual([])
    else await an.clicksOn(over, '7天').then(() => an.sees(/这个问题已经结束/))
    expect(await rows('leave_request')).toBe(1)
  })

  it('a question is forgotten after fifteen minutes, not a second before', async () => {
    const spruce = await at(on)
    const an = spruce.someone('A1')
    await an.says('请一周假')
    spruce.clock.advance(14 * 60_000)
    await an.says('5天')
    await an.sees(/请假：请核对/)
    await an.says('请一周假')
    const before = await rows('leave_request')
    spruce.clock.advance(16 * 60_000)
    await an.says('7')
    expect(await rows('leave_request')).toBe(before)
  })

  it('any other command ends the question', async () => {
    const an = (await at(on)).someone('A1')
    await an.says('请一周假')
    await an.says('帮助')
    await an.sees(/我能为你做的/)
    await an.says('5天')
    expect(await rows('leave_request')).toBe(0)
  })

  it('an edited message runs nothing again: it offers to change or take back', async () => {
    const an = (await at(on)).someone('A1')
    const said = await an.says('请假 10月12日')
    await an.clicks('提交')
    await an.edits(said, '请假 10月13日')
    const offer = await an.sees(/修改了一条我已经处理过的消息/)
    expect(offer.buttons).toEqual(['改成“请假 10月13日”', '撤回', '保持不变'])
    expect(await rows('leave_request')).toBe(1)
    await an.clicks('撤回', { on: /修改了一条/ })
    await an.sees(/已撤回|撤回了/)
  })

  it('an edit concerns the request that its message made, whatever came after it', async () => {
    const spruce = await at(on)
    const an = spruce.someone('A1')
    const first = await an.says('请假 10月12日')
    await an.clicks('提交')
    await an.says('请假 10月20日')
    await an.clicks('提交')
    await an.edits(first, '请假 10月13日')
    await an.clicks('改成“请假 10月13日”')
    await an.clicks('提交')
    const waiting = await spruce.db.transact('people', ({ sql }) =>
      sql<{ day: string }>(`SELECT from_date AS day FROM leave_request WHERE state = 'pending' ORDER BY from_date`),
    )
    expect(waiting.map(({ day }) => day)).toEqual(['2026-10-13', '2026-10-20'])
    const second = await an.says('请假 10月22日')
    await an.clicks('提交')
    await an.says('请假 10月26日')
    await an.deletes(second)
    await an.clicks('撤回', { on: /删除了一条/ })
    const states = await spruce.db.transact('people', ({ sql }) =>
      sql<{ day: string; state: string }>(
        `SELECT from_date AS day, state FROM leave_request WHERE from_date >= '2026-10-22' ORDER BY id`,
      ),
    )
    expect(states).toEqual([
      { day: '2026-10-22', state: 'withdrawn' },
      { day: '2026-10-26', state: 'draft' },
    ])
  })

  it('a deleted message takes nothing back by itself', async () => {
    const spruce = await at(on)
    const an = spruce.someone('A1')
    const said = await an.says('请假 10月12日')
    await an.clicks('提交')
    await an.deletes(said)
    await an.sees(/仍然有效/)
    expect(await spruce.db.transact('people', ({ sql }) => sql('SELECT state FROM leave_request'))).toEqual([
      { state: 'pending' },
    ])
  })

  it('help shows only what this person may do, in the form that works here', async () => {
    const spruce = await at(on, { policy: 'organisation:\n  everyone: [inbox.talk]\n' })
    await spruce.someone('A1').says('帮助')
    const help = await spruce.someone('A1').sees(/我能为你做的/)
    expect(help.words).not.toMatch(/请假/)
    await spruce.someone('A1').says('请假 3天')
    await spruce.someone('A1').sees(/没有权限.*leave.request/)
    await spruce.someone('H1').says('帮助')
    expect((await spruce.someone('H1').sees(/我能为你做的/)).words).toMatch(
      on === 'slack' ? /\/banzhang 请假/ : /\/请假/,
    )
  })

  it('English people are answered in English, hostile text stays text', async () => {
    const spruce = await at(on)
    const emma = spruce.someone('E1')
    await emma.says('leave 12 Oct because <!channel> *urgent* <@U0BOT> & <http://x.example|click>')
    const draft = await emma.sees(/personal/i)
    expect(draft.words).toContain('<!channel> *urgent*')
    await emma.clicks('Send')
    expect((await spruce.someone('S1').sees(/Emma Clarke/)).words).toContain('<!channel>')
  })
})

describe('calls from outside', () => {
  const slackOf = (spruce: Department) => spruce.stage as SlackStage
  const leaveCommand = (stage: SlackStage) =>
    stage.slack.slashCommand({
      user: 'UA1',
      room: stage.slack.rooms.direct('UA1'),
      command: '/banzhang',
      text: '请假 10月12日',
    })

  it.each<[string, (r: ReturnType<typeof leaveCommand>) => Partial<ReturnType<typeof leaveCommand>>, number]>([
    ['forged', (r) => ({ headers: { ...r.headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` } }), 401],
    ['changed on the way', (r) => ({ body: Buffer.concat([Buffer.from(r.body), Buffer.from('&x=1')]) }), 401],
    ['without a signature', () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 401],
    ['oversized', () => ({ body: Buffer.alloc(1_100_000, 97) }), 413],
  ])('a %s call is refused and leaves nothing', async (_, change, status) => {
    const spruce = await at('slack')
    const request = leaveCommand(slackOf(spruce))
    expect((await slackOf(spruce).call({ ...request, ...change(request) })).status).toBe(status)
    expect(await rows('inbox')).toBe(0)
  })

  it.each([
    ['stale', -301_000],
    ['from the future', 301_000],
  ])('a call that is %s is refused', async (_, ms) => {
    const spruce = await at('slack')
    const { slack, call } = slackOf(spruce)
    slack.advance(ms)
    expect((await call(leaveCommand(slackOf(spruce)))).status).toBe(401)
    expect(await rows('inbox')).toBe(0)
  })

  it('an authentic call that cannot be read is answered 400', async () => {
    const spruce = await at('slack')
    const { slack, call } = slackOf(spruce)
    const whole = slack.sign({ form: { payload: '{"type":' } })
    expect((await call(whole)).status).toBe(400)
    expect(await rows('inbox')).toBe(0)
  })

  it('a repeated call is answered with the stored reply and does nothing a second time', async () => {
    const spruce = await at('slack')
    const { call } = slackOf(spruce)
    const request = leaveCommand(slackOf(spruce))
    const first = await call(request)
    const second = await call(request)
    expect(first.body).toMatch(/请假：请核对/)
    expect(second.body).toBe(first.body)
    expect(await rows('leave_request')).toBe(1)
    expect(await rows('inbox')).toBe(1)
  })

  it('an account nobody is linked to is told how to be linked, and nothing is done', async () => {
    const spruce = await at('slack')
    const { slack, call } = slackOf(spruce)
    slack.join('UNOBODY', 'Nobody')
    const { body } = await call(
      slack.slashCommand({ user: 'UNOBODY', room: slack.rooms.general, command: '/banzhang', text: 'leave 3 days' }),
    )
    expect(body).toMatch(/UNOBODY.*slack|slack.*UNOBODY/)
    expect(body).toMatch(/管理员/)
    expect(await rows('leave_request')).toBe(0)
  })

  it('a button of somebody else is refused with the reason, and changes nothing', async () => {
    const spruce = await at('slack')
    const { slack, call } = slackOf(spruce)
    await spruce.someone('A1').says('请假 10月12日')
    const draft = slack
      .posted()
      .find((message) => message.channel === slack.rooms.direct('UA1') && message.user === slack.bot)
    if (!draft) throw new Error('no draft')
    await call(slack.click({ user: 'UA2', on: draft, label: '提交' }))
    await spruce.settle()
    await spruce.someone('A2').sees(/安然|不是你/)
    await spruce.someone('A1').clicks('提交')
    const card = slack
      .posted()
      .find((message) => message.channel === slack.rooms.direct('US1') && message.user === slack.bot)
    if (!card) throw new Error('no card')
    await call(slack.click({ user: 'UA2', on: card, label: '同意' }))
    await spruce.settle()
    await spruce.someone('A2').sees(/不由你审批，正在等待周敏/)
    await call(slack.click({ user: 'UA1', on: card, label: '同意' }))
    await spruce.settle()
    await spruce.someone('A1').sees(/不能审批自己的申请/)
    expect(await rows(`approval WHERE state <> 'pending'`)).toBe(0)
  })

  it('a double click decides once; the second is told who decided', async () => {
    const spruce = await at('slack')
    const zhou = spruce.someone('S1')
    await spruce.someone('A1').says('请假 10月12日')
    await spruce.someone('A1').clicks('提交')
    const { slack, call } = slackOf(spruce)
    const card = slack
      .posted()
      .find((message) => message.channel === slack.rooms.direct('US1') && message.user === slack.bot)
    if (!card) throw new Error('no card')
    const click = slack.click({ user: 'US1', on: card, label: '同意' })
    const again = slack.click({ user: 'US1', on: card, label: '同意' })
    await Promise.all([call(click), call(click), call(again)])
    await spruce.settle()
    await zhou.sees(/已经处理过了：周敏 已同意/)
    expect(await rows(`audit_line WHERE action = 'approval.approved'`)).toBe(1)
    expect(await rows(`presence_span`)).toBeGreaterThan(0)
  })
})
