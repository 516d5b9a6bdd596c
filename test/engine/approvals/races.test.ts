/** Approvals under contention and misuse: who decides, withdraws and is reminded at once never stands in each other's way. */
import { describe, expect, it } from 'vitest'
import type { App } from '../../../src/app.ts'
import type { Incoming } from '../../../src/core/platform.ts'
import { testDatabase } from '../../support/database.ts'
import { type Department, department } from '../../support/department.ts'
import { type Member, peopleWith } from '../../support/spruce.ts'
import { agree, rowsOf, timesSeen } from '../../support/story.ts'

const test = testDatabase()
const HAN: Member = {
  staffNo: 'S2',
  name: '韩磊',
  department: 'cs',
  roles: ['supervisor'],
  manager: 'M2',
  locale: 'zh-CN',
}
const MONDAY = '2026-10-12T09:00:00+08:00'

async function withRequest(people = peopleWith({}, [HAN]), policy = ''): Promise<Department> {
  const spruce = await department({ on: 'simulator', db: test.db, people, startsAt: MONDAY, policy })
  await spruce.someone('A1').says('请假 10月20日')
  await spruce.someone('A1').clicks('提交')
  return spruce
}

let keys = 0
function click(spruce: Department, staffNo: string, action: string, value: object): Incoming {
  const room = `dm-${staffNo}`
  return {
    kind: 'clicked',
    key: `race-${++keys}`,
    person: staffNo,
    room,
    roomKind: 'direct',
    canCarry: ['message', 'toast'],
    action,
    value: JSON.stringify(value),
    on: { address: room, messageId: spruce.stage.platform.name },
  }
}

/** Pressed, and the answer has left. */
async function press(spruce: Department, event: Incoming, app = spruce.app) {
  const answer = await app.deliver(spruce.stage.platform, event)
  if (answer.key) await app.replied([answer.key], true)
  return answer
}

const approve = { approval: 1, position: 0 }
const steps = () => rowsOf<{ state: string }>(test.db, 'SELECT state FROM approval_step ORDER BY id')
const errors = (spruce: Department) => spruce.logged.filter(({ level }) => level === 'error').map(({ data }) => data)
/** On a server two processes are really at it at once; the embedded database takes one after the other. */
async function twoProcesses(spruce: Department): Promise<readonly [App, App]> {
  return [spruce.app, await spruce.anotherProcess(test.second)]
}

describe('at the same moment', () => {
  it.each([1, 2, 3])('two who decide: one does, no transaction is broken off (%i)', async () => {
    const spruce = await withRequest()
    const cards = await rowsOf<{ key: string; person: string }>(
      test.db,
      `SELECT o.key, p.staff_no AS person FROM outbox o JOIN shown_card c ON c.id = o.card_id
       JOIN person p ON 'person:' || p.id = c.recipient_key WHERE c.key = 'approval:1:0'`,
    )
    const [here, there] = await twoProcesses(spruce)
    const sentKey = (staffNo: string) => cards.find(({ person }) => person === staffNo)?.key ?? ''
    const answers = await Promise.all([
      here.deliver(spruce.stage.platform, {
        ...click(spruce, 'S1', 'approvals.approve', approve),
        sentKey: sentKey('S1'),
      } as Incoming),
      there.deliver(spruce.stage.platform, {
        ...click(spruce, 'S2', 'approvals.approve', approve),
        sentKey: sentKey('S2'),
      } as Incoming),
    ])
    expect(answers.map(({ toast, message }) => (toast ? 'decided' : String(message?.text ?? 'said'))).sort()).toContain(
      'decided',
    )
    expect(await steps()).toEqual([{ state: 'approved' }])
    expect(errors(spruce)).toEqual([])
    await spruce.close()
  })

  it.each([1, 2, 3])('one who decides and one who withdraws: one of them, and nothing is broken off (%i)', async () => {
    const spruce = await withRequest()
    const [here, there] = await twoProcesses(spruce)
    await Promise.all([
      here.deliver(spruce.stage.platform, click(spruce, 'S1', 'approvals.approve', approve)),
      there.deliver(spruce.stage.platform, click(spruce, 'A1', 'leave.withdraw', { requestId: 1 })),
    ])
    await spruce.settle()
    // Approved leave can be withdrawn too, until it begins.
    expect(['withdrawn', 'approved']).toContain((await steps())[0]?.state)
    const [leave] = await rowsOf<{ state: string }>(test.db, 'SELECT state FROM leave_request')
    expect(['withdrawn', 'approved']).toContain(leave?.state)
    expect(errors(spruce)).toEqual([])
    await spruce.close()
  })

  it.each([1, 2, 3])('a decision and the reminder: the decision holds, nothing is broken off (%i)', async () => {
    const spruce = await withRequest()
    const [here, there] = await twoProcesses(spruce)
    spruce.clock.set(Date.parse('2026-10-12T14:00:00+08:00'))
    await Promise.all([
      there.jobs.pump(),
      here.deliver(spruce.stage.platform, click(spruce, 'S1', 'approvals.approve', approve)),
    ])
    await spruce.settle()
    expect(await steps()).toEqual([{ state: 'approved' }])
    // A reminder that was faster has planned the next one: it finds nothing to do.
    const said = await timesSeen(spruce, 'S2', /还在等你审批/)
    await spruce.until('2026-10-13T18:00:00+08:00')
    expect(await timesSeen(spruce, 'S2', /还在等你审批/)).toBe(said)
    expect(spruce.logged).toEqual([])
    await spruce.close()
  })
})

describe('a button in the wrong hands', () => {
  it('tells nobody who decided or why, besides those whom it concerns', async () => {
    const spruce = await withRequest()
    await spruce.someone('S1').clicks('驳回')
    await spruce.someone('S1').fills({ reason: '那天盘点' })
    const say = async (staffNo: string) => {
      const answer = await press(spruce, click(spruce, staffNo, 'approvals.approve', approve))
      return String(answer.message?.text)
    }
    expect(await say('A2')).toBe('这个申请不由你审批，而且已经结束了。')
    for (const staffNo of ['A1', 'S2']) expect(await say(staffNo)).toMatch(/已经处理过了.*那天盘点/)
    await spruce.close()
  })

  it('never reaches a step that is not open yet', async () => {
    const spruce = await withRequest(undefined, 'leave: { chains: [{ steps: [supervisor, cs-manager] }] }')
    await press(spruce, click(spruce, 'M2', 'approvals.approve', { approval: 1, position: 1 }))
    expect(await steps()).toEqual([{ state: 'open' }, { state: 'waiting' }])
    await spruce.close()
  })

  it('of an earlier step leaves the reminder of the open one alone', async () => {
    const spruce = await withRequest(undefined, 'leave: { chains: [{ steps: [supervisor, cs-manager] }] }')
    await spruce.someone('S1').clicks('同意')
    await press(spruce, click(spruce, 'S2', 'approvals.approve', approve))
    expect(await rowsOf(test.db, `SELECT key FROM job WHERE name = 'approvals.remind' AND state = 'waiting'`)).toEqual([
      { key: 'approvals.remind:2' },
    ])
    await spruce.close()
  })

  it('that is refused leaves the reminder as it was', async () => {
    const spruce = await withRequest()
    await press(spruce, click(spruce, 'A2', 'approvals.approve', approve))
    expect(await steps()).toEqual([{ state: 'open' }])
    await spruce.until('2026-10-12T14:00:00+08:00')
    await spruce.someone('S1').sees(/还在等你审批/)
    await spruce.close()
  })
})

describe('a step that nobody answers', () => {
  it('stays with those who were asked when there is nobody to hand it to, and they are reminded again', async () => {
    // H1, the only one of the fallback role, asks; the supervisor has nobody above.
    const people = peopleWith({ H1: { department: 'cs', manager: 'S1' }, S1: { manager: undefined as never } })
    const spruce = await department({
      on: 'simulator',
      db: test.db,
      people: people.map(({ manager, ...person }) => (manager ? { ...person, manager } : person)),
      startsAt: MONDAY,
      policy: 'approvals: { remindAfterMinutes: 60, remindTimes: 1, handOnTimes: 2 }',
    })
    await spruce.someone('H1').says('请事假 10月20日')
    await spruce.someone('H1').clicks('提交')
    await spruce.until('2026-10-12T11:30:00+08:00')
    expect(spruce.logged).toEqual([])
    expect(
      await rowsOf(test.db, `SELECT 1 FROM job WHERE name = 'approvals.remind' AND state = 'waiting'`),
    ).toHaveLength(1)
    await agree(spruce, /何琳申请请假/, 'S1')
    expect(await steps()).toEqual([{ state: 'approved' }])
    await spruce.close()
  })
})
