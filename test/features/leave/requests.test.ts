/** Leave from the sentence to its end, as talk between people, with the rows it leaves behind. */
import { afterEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../../support/database.ts'
import { type Department, type DepartmentOptions, department } from '../../support/department.ts'

const test = testDatabase()
let open: Department | undefined
afterEach(async () => {
  const logged = open?.logged ?? []
  await open?.close()
  open = undefined
  expect(logged).toEqual([])
})
const LEAVE = `
leave:
  types:
    personal: {}
    annual: { allowanceDays: 3 }
    sick: { decision: none, tells: [supervisor], retrospectiveDays: 3, minUnit: hour }
  chains:
    - { steps: [supervisor] }
    - { types: [personal, annual], from: 3, steps: [supervisor, cs-manager], rule: LEAVE-06 }
`
async function spruce(options: Partial<DepartmentOptions> = {}) {
  open = await department({ on: 'simulator', db: test.db, policy: LEAVE, ...options })
  const [an, lin, emma, zhou, shen] = ['A1', 'A2', 'E1', 'S1', 'M2'].map((staffNo) =>
    (open as Department).someone(staffNo),
  )
  if (!an || !lin || !emma || !zhou || !shen) throw new Error('The department is smaller than it was')
  return { department: open, an, lin, emma, zhou, shen }
}
const rows = <Row extends object>(text: string) => test.db.transact('people', ({ sql }) => sql<Row>(text))
const states = async () =>
  (await rows<{ id: number; state: string }>('SELECT id, state FROM leave_request ORDER BY id')).map(
    ({ id, state }) => `${id} ${state}`,
  )
const active = async () =>
  (await rows<{ id: number }>('SELECT request_id AS id FROM leave_segment WHERE active ORDER BY id')).map(
    ({ id }) => id,
  )
const ledger = async () =>
  (
    await rows<{ kind: string; year: number; minutes: number }>(
      'SELECT kind, leave_year AS year, minutes FROM leave_ledger ORDER BY id',
    )
  ).map(({ kind, year, minutes }) => `${kind} ${year} ${minutes}`)
const ledgerSum = async () =>
  (await rows<{ sum: string | null }>(`SELECT sum(minutes) AS sum FROM leave_ledger WHERE kind <> 'grant'`))[0]?.sum
const away = async () =>
  (
    await rows<{ from_at: Date; until_at: Date }>(`SELECT from_at, until_at FROM presence_span WHERE kind = 'away'`)
  ).map((s) => `${s.from_at.toISOString()} ${s.until_at.toISOString()}`)
/** A click that did not come from a card the person was shown. */
const forged = (from: Department, staffNo: string, action: string, requestId: number, key: string) =>
  from.app.deliver(from.stage.platform, {
    kind: 'clicked',
    key,
    person: staffNo,
    room: `dm-${staffNo}`,
    roomKind: 'direct',
    canCarry: ['message'],
    action,
    value: JSON.stringify({ requestId }),
    on: { address: `dm-${staffNo}`, messageId: 'none' },
  })

describe('a draft', () => {
  it('takes nothing and asks nobody; sending it takes time and allowance, and approving it makes the person away', async () => {
    const { an, zhou, shen } = await spruce()
    await an.says('请假 3天 年假 回老家')
    await an.sees(/没说哪天开始，先从9月29日（周二）算起/)
    await an.sees(/客服主管（周敏） → 客服经理（沈静）/)
    expect([await states(), await active(), await ledger()]).toEqual([['1 draft'], [], []])
    await zhou.seesNothingNew()

    await an.clicks('提交')
    expect([await states(), await ledger()]).toEqual([['1 pending'], ['grant 2026 1440', 'reserve 2026 -1440']])
    expect(await active()).toEqual([1, 1, 1, 1, 1, 1])
    await an.sees(/请假已提交[\s\S]*客服主管：等周敏 → 客服经理/)
    await zhou.sees(/安然申请请假[\s\S]*年假[\s\S]*“回老家”[\s\S]*请完还剩: 2026年：0天/)

    await zhou.clicks('同意')
    await an.sees(/客服主管：周敏 ✓ → 客服经理：等沈静/)
    expect(await away()).toEqual([])
    await shen.clicks('同意')
    expect(await states()).toEqual(['1 approved'])
    expect(await away()).toEqual(['2026-09-28T16:00:00.000Z 2026-10-08T16:00:00.000Z'])
    await an.sees(/^请假已批准[\s\S]*周敏 ✓[\s\S]*沈静 ✓/)
    await an.sees(/沈静已批准你的请假：9月29日（周二）至10月8日（周四），3天/)
    expect((await an.screen()).filter(({ words }) => /提交/.test(words) && /核对/.test(words))).toEqual([])
  })

  it('is sent once, however often the button is pressed, and only by its owner', async () => {
    const { department: d, an, zhou } = await spruce()
    await an.says('请假 1天')
    const draft = await an.sees(/请核对/)
    const strange = await forged(d, 'A2', 'leave.send', 1, 'strange')
    expect(strange.message?.text).toMatch(/这是安然的请假，只有本人可以提交、修改或撤回/)
    expect(await states()).toEqual(['1 draft'])
    await an.clicksOn(draft, '提交')
    const again = await forged(d, 'A1', 'leave.send', 1, 'again')
    expect(again.message?.text).toBe('请假 #1：待审批，没有做任何改动。')
    await d.settle()
    expect((await zhou.screen()).filter(({ words }) => /安然申请请假/.test(words))).toHaveLength(1)
    expect(await ledger()).toEqual(['reserve 2026 -480'])
  })

  it('lapses after 24 hours and not before; sending it then tells that it is over', async () => {
    const { department: d, an } = await spruce()
    await an.says('请假 1天 10月12日')
    await d.until('2026-09-29T08:59:00+08:00')
    expect(await states()).toEqual(['1 draft'])
    await d.until('2026-09-29T09:00:00+08:00')
    expect(await states()).toEqual(['1 lapsed'])
    await an.sees(/草稿已作废[\s\S]*24小时内没有提交/)
    expect((await forged(d, 'A1', 'leave.send', 1, 'late')).message?.text).toMatch(/已过期，没有做任何改动/)
  })

  it('is discarded, and a sent request is not discarded by a late click', async () => {
    const { department: d, an } = await spruce()
    await an.says('请假 1天')
    await an.clicks('放弃')
    await an.sees(/草稿已放弃/)
    await an.says('请假 1天')
    await an.clicks('提交')
    await forged(d, 'A1', 'leave.discard', 2, 'late')
    expect(await states()).toEqual(['1 discarded', '2 pending'])
  })

  it('changes in words and in the form, and says in which field it cannot', async () => {
    const { an } = await spruce()
    await an.says('请假 3天 10月12日起')
    await an.says('改成2天')
    await an.sees(/草稿已改为：10月12日（周一）至10月13日（周二），2天，事假/)
    await an.sees(/请核对[\s\S]*共计: 2天/)
    await an.clicks('修改', { on: /请核对/ })
    expect(an.form()).toEqual({
      title: '修改请假',
      fields: ['type', 'from', 'fromHalf', 'to', 'toHalf', 'fromTime', 'toTime', 'reason'],
    })
    expect(await an.fills({ from: '2026-10-14', to: '2026-10-13' })).toEqual({
      to: expect.stringMatching(/早于开始日期/),
    })
    expect(await an.fills({ from: '2026-10-14', to: '2026-10-14', toHalf: 'morning', reason: '看病' })).toEqual({})
    await an.sees(/10月14日（周三）上午[\s\S]*半天[\s\S]*“看病”/)
    expect(await states()).toEqual(['1 draft'])
  })

  it('comes from the form when no day was said', async () => {
    const { an } = await spruce()
    await an.says('请假')
    expect(await an.fills({ type: 'annual', from: '2026-10-12', to: '' })).toEqual({})
    await an.sees(/年假[\s\S]*10月12日（周一）[\s\S]*1天/)
  })

  it('is counted again when it is sent: what changed since is shown instead of sent', async () => {
    const { department: d, an, zhou } = await spruce()
    await an.says('请假 10月12日到10月13日')
    const { readPolicy } = await import('../../../src/engine/policy/read.ts')
    const { policySections } = await import('../../../src/app.ts')
    const { POLICY } = await import('../../support/spruce.ts')
    const read = await readPolicy(
      {
        name: 'new.yaml',
        text: `${POLICY}\ncalendar:\n  companyDays: [{ date: '2026-10-13', name: { zh: 司庆, en: Anniversary }, works: 'off' }]`,
      },
      { sections: policySections(), presets: async () => undefined },
    )
    if ('problems' in read) throw new Error(read.problems.join('\n'))
    await test.db.transact('people', (tx) => d.app.policy.apply(tx, read.content, 'test', d.clock.now()))
    await d.app.followPolicy()
    await an.clicks('提交')
    await an.sees(/算法有变化（当时2天，现在1天），所以没有提交/)
    await an.sees(/10月13日（周二）：不计（司庆）/)
    await zhou.seesNothingNew()
    await an.clicks('提交')
    expect(await states()).toEqual(['1 pending'])
  })
})

describe('a request', () => {
  it('that is rejected gives everything back and tells why', async () => {
    const { an, zhou } = await spruce()
    await an.says('请假 2天 年假')
    await an.clicks('提交')
    await zhou.clicks('驳回')
    await zhou.fills({ reason: '节前人手不够' })
    expect([await states(), await active(), await ledgerSum(), await away()]).toEqual([['1 rejected'], [], '0', []])
    await an.sees(/^请假未批准[\s\S]*周敏：节前人手不够/)
    await an.sees(/周敏没有批准你的请假.*\n理由：节前人手不够.*\n.*换个时间再申请/)
    await an.says('请假 2天 年假')
    await an.sees(/请核对/)
  })

  it('is withdrawn while it waits: cards close, nobody can decide it any more', async () => {
    const { an, zhou } = await spruce()
    await an.says('请假 2天')
    await an.clicks('提交')
    const asked = await zhou.sees(/安然申请请假/)
    await an.says('不请假了')
    expect([await states(), await active(), await ledgerSum()]).toEqual([['1 withdrawn'], [], '0'])
    await an.sees(/请假 #1 已撤回/)
    expect((await zhou.screen()).find(({ id }) => id === asked.id)?.buttons).toEqual([])
  })

  it('is withdrawn after the approval, until it begins; those who approved are told', async () => {
    const { department: d, an, zhou } = await spruce()
    for (const day of ['10月12日', '10月14日']) {
      await an.says(`请假 1天 ${day}`)
      await an.clicks('提交')
      await zhou.clicks('同意')
    }
    await an.says('撤回请假 1')
    expect([await states(), await away()]).toEqual([
      ['1 withdrawn', '2 approved'],
      ['2026-10-13T16:00:00.000Z 2026-10-14T16:00:00.000Z'],
    ])
    await zhou.sees(/安然撤回了已批准的请假：10月12日（周一），1天/)
    await d.until('2026-10-14T09:00:00+08:00')
    await an.says('撤回请假 2')
    await an.sees(/请假 #2 已在10月14日（周三）开始，不能在这里撤回/)
    expect(await states()).toEqual(['1 withdrawn', '2 approved'])
  })

  it('of several is chosen from a list, and none is said to be none', async () => {
    const { an } = await spruce()
    await an.says('撤回请假')
    await an.sees(/没有可以撤回的请假/)
    for (const day of ['10月12日', '10月14日']) {
      await an.says(`请假 1天 ${day}`)
      await an.clicks('提交')
    }
    await an.says('撤回请假')
    await an.chooses('#1 10月12日（周一），1天')
    expect(await states()).toEqual(['1 withdrawn', '2 pending'])
  })

  it('is changed by a new version: the old one waits until the new is sent, and then gives way', async () => {
    const { an, zhou } = await spruce()
    await an.says('请假 2天 年假 10月12日起')
    await an.clicks('提交')
    const old = await zhou.sees(/安然申请请假/)
    // Three days of allowance: two are taken by the version that gives way.
    await an.says('改成3天')
    await an.sees(/修改请假 #1：请核对[\s\S]*代替: #1 10月12日/)
    expect(await states()).toEqual(['1 pending', '2 draft'])
    await an.clicks('提交')
    expect([await states(), await ledgerSum()]).toEqual([['1 replaced', '2 pending'], '-1440'])
    expect(new Set(await active())).toEqual(new Set([2]))
    expect((await zhou.screen()).find(({ id }) => id === old.id)?.buttons).toEqual([])
    await zhou.sees(/安然修改请假申请[\s\S]*代替: #1/)
    await an.sees(/请假已被代替[\s\S]*#2/)
  })

  it('that was decided while its change was a draft is not changed behind anyone’s back', async () => {
    const { an, zhou } = await spruce()
    await an.says('请假 1天 10月12日')
    await an.clicks('提交')
    await an.says('改成2天')
    await zhou.clicks('同意')
    await an.clicks('提交')
    await an.sees(/请假 #1 已经不在待审批状态（已批准），这次没有提交/)
    expect(await states()).toEqual(['1 approved', '2 draft'])
    await an.says('修改请假 1 2天')
    await an.sees(/请假 #1 已经批准.*先撤回/)
  })

  it('holds at once where nobody decides: those named are told, and the record says so (LEAVE-01)', async () => {
    const { an, zhou } = await spruce()
    await an.says('病假 下午2点到4点')
    await an.sees(/无需审批，会告知周敏/)
    await an.clicks('提交')
    expect([await states(), await away()]).toEqual([
      ['1 approved'],
      ['2026-09-28T06:00:00.000Z 2026-09-28T08:00:00.000Z'],
    ])
    const told = await zhou.sees(/安然要请假[\s\S]*病假[\s\S]*14:00–16:00/)
    expect(told.buttons).toEqual([])
    expect(await rows('SELECT id FROM approval')).toEqual([])
    await an.sees(/^请假已登记/)
  })

  it('speaks English to those who do, and Chinese to those who decide', async () => {
    const { emma, zhou } = await spruce()
    await emma.says("I'd like to take half a day off tomorrow")
    await emma.sees(/Half a day begins in the morning[\s\S]*Amount: ½ day/)
    await emma.clicks('Send')
    await zhou.clicks('同意')
    await emma.sees(/周敏 approved your leave: Tue 29 Sep morning, ½ day\./)
  })
})

describe('two leaves of one person', () => {
  it('do not overlap, not even when both were drafts; the other one is named', async () => {
    const { an } = await spruce()
    await an.says('请假 10月12日到10月13日')
    await an.says('年假 10月13日到10月14日')
    await an.clicks('提交', { on: /事假/ })
    await an.clicks('提交', { on: /年假/ })
    await an.sees(/这段时间你已经有假了：10月12日（周一）至10月13日（周二），2天（#1，待审批）/)
    expect(await states()).toEqual(['1 pending', '2 draft'])
    await an.says('请假 10月12日')
    await an.sees(/#1，待审批/)
  })

  // Lessons 2.A 8.
  it('may share a day, a half of it each', async () => {
    const { an } = await spruce()
    for (const said of ['年假 10月12日上午', '事假 10月12日下午']) {
      await an.says(said)
      await an.clicks('提交', { on: new RegExp(said.slice(0, 2)) })
    }
    expect(await states()).toEqual(['1 pending', '2 pending'])
  })

  // Lessons 2.A 9: what waits counts.
  it('share the allowance from the moment they are sent: exactly what is left fits, half a day more does not', async () => {
    const { an } = await spruce()
    await an.says('年假 2天 10月12日起')
    await an.clicks('提交')
    await an.says('年假 1天半 10月19日起')
    await an.sees(/你2026年的年假还剩1天，这次要用1天半，不够/)
    await an.says('年假 1天 10月19日')
    await an.clicks('提交', { on: /10月19日/ })
    expect(await states()).toEqual(['1 pending', '2 pending'])
  })
})

describe('looking at leave', () => {
  it('shows one’s own with what is left, and how each was counted', async () => {
    const { an } = await spruce()
    await an.says('请假记录')
    await an.sees(/你还没有请过假/)
    await an.says('/leave 2026-12-30 to 2027-01-04 annual')
    await an.sees(/2027年的放假安排还没有公布/)
    await an.clicks('提交')
    await an.says('请假记录')
    await an.sees(/#1 · 2026年12月30日（周三）至2027年1月4日（周一） · 3天 · 年假 · 待审批[\s\S]*2026年年假还剩1天/)
    await an.says('请假详情 1')
    await an.sees(
      /2027年1月1日（周五）：不计（元旦）[\s\S]*2026年额度：−2天（提交时预留）\n2027年额度：−1天（提交时预留）/,
    )
  })

  it('shows a request to its owner, to those who decide and to nobody else; a draft to its owner alone', async () => {
    const { an, lin, zhou } = await spruce()
    await an.says('请假 1天 家里有事')
    await zhou.says('请假详情 1')
    await zhou.sees(/没有你能查看的请假 #1/)
    await an.clicks('提交')
    await zhou.says('请假详情 1')
    await zhou.sees(/怎么算的[\s\S]*家里有事/)
    await lin.says('请假详情 1')
    await lin.sees(/没有你能查看的请假 #1/)
    await lin.says('撤回请假 1')
    await lin.sees(/没有你能查看的请假 #1/)
    await lin.doesNotSee(/家里有事|安然/)
    expect(await states()).toEqual(['1 pending'])
  })

  it('tells those who decide how many are away at the same time, and never who or why', async () => {
    const { an, lin, zhou } = await spruce()
    await lin.says('病假 10月12日')
    await lin.clicks('提交')
    await an.says('请假 10月12日')
    await an.clicks('提交')
    const asked = await zhou.sees(/安然申请请假/)
    expect(asked.words).toMatch(/同期不在的同事: 本部门还有1人/)
    expect(asked.words).not.toMatch(/林一诺|病假/)
  })
})
