/** What goes wrong around us: Slack in trouble, two processes at the same step, and files with mistakes in them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { putInForce } from '../../bin/product.ts'
import { ConfigError } from '../../src/core/errors.ts'
import type { Trouble } from '../adapters/slack/fake-server.ts'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { peopleWith } from '../support/spruce.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import { auditOf, countOf, leaveStates, rowsOf, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
const ASKS = /安然申请请假/
const slackOf = (spruce: Department) => spruce.stage as SlackStage

/** The bot's messages in somebody's own room. */
function cardsOf(spruce: Department, staffNo: string) {
  const { slack } = slackOf(spruce)
  return slack
    .posted()
    .filter(({ channel, user }) => channel === slack.rooms.direct(`U${staffNo}`) && user === slack.bot)
}

describe('Slack in trouble while the approver’s card is sent', () => {
  it.each<[string, Omit<Trouble, 'on'>]>([
    ['429', { status: 429, retryAfter: '7' }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['no answer, though it was posted', { silent: true }],
    ['a connection broken before it was posted', { reset: 'before' }],
    ['a connection broken after it was posted', { reset: 'after' }],
  ])('%s: there is one card in the end, and it works', async (_, trouble) => {
    const spruce = await open({ on: 'slack', patienceMs: 300 })
    await spruce.someone('A1').says('请假 10月12日')
    slackOf(spruce).slack.fail({ ...trouble, on: 'chat.postMessage' } as Trouble)
    await spruce.someone('A1').clicks('提交')
    await spruce.until('2026-09-28T09:10:00+08:00')
    const cards = cardsOf(spruce, 'S1')
    expect(cards).toHaveLength(1)
    expect(cards[0]?.metadata).toBeDefined()
    await spruce.someone('S1').clicks('同意', { on: ASKS })
    expect((await spruce.someone('S1').sees(ASKS)).buttons).toEqual([])
    expect(cardsOf(spruce, 'S1')).toHaveLength(1)
    expect(await timesSeen(spruce, 'A1', /已批准你的请假/)).toBe(1)
    expect(await countOf(test.db, `outbox WHERE state <> 'sent'`)).toBe(0)
  })

  it('a wait that Slack asks for is kept to the second, and nobody else waits with it', async () => {
    const spruce = await open({ on: 'slack', people: peopleWith({}, []) })
    await spruce.someone('A1').says('请假 10月12日')
    const { slack } = slackOf(spruce)
    slack.fail({ status: 429, retryAfter: '70', on: 'chat.postMessage' })
    const asked = spruce.clock.now()
    await spruce.someone('A1').clicks('提交')
    await spruce.someone('A2').says('帮助')
    await spruce.someone('A2').sees(/我能为你做的/)
    await spruce.until(new Date(asked + 65_000).toISOString())
    expect(cardsOf(spruce, 'S1')).toEqual([])
    await spruce.until(new Date(asked + 71_000).toISOString())
    expect(cardsOf(spruce, 'S1')).toHaveLength(1)
  })
})

it('two processes decide the same step at once: one decision, one notice, and the slower one is told who was faster', async () => {
  const han = {
    staffNo: 'S2',
    name: '韩磊',
    department: 'cs',
    roles: ['supervisor'],
    manager: 'M2',
    locale: 'zh-CN' as const,
  }
  const spruce = await open({ on: 'slack', people: peopleWith({}, [han]) })
  const other = await spruce.anotherProcess(test.second)
  await spruce.someone('A1').says('请假 10月12日')
  await spruce.someone('A1').clicks('提交')
  const { slack, platform } = slackOf(spruce)
  const clicked = (staffNo: string, process: typeof other) => {
    const [card] = cardsOf(spruce, staffNo)
    if (!card) throw new Error(`${staffNo} has no card`)
    return platform.receive(slack.click({ user: `U${staffNo}`, on: card, label: '同意' }), (event) =>
      process.deliver(platform, event),
    )
  }
  await Promise.all([clicked('S1', spruce.app), clicked('S2', other)])
  await Promise.all([
    spruce.app.untilQuiet(new AbortController().signal),
    other.untilQuiet(new AbortController().signal),
  ])
  await spruce.settle()
  expect(await auditOf(test.db, 'approval.step-approved')).toHaveLength(1)
  expect(await auditOf(test.db, 'approval.approved')).toHaveLength(1)
  expect(await leaveStates(test.db)).toEqual(['approved'])
  expect(await countOf(test.db, 'presence_span')).toBe(1)
  expect(await timesSeen(spruce, 'A1', /已批准你的请假/)).toBe(1)
  const told = [await timesSeen(spruce, 'S1', /已经处理过了/), await timesSeen(spruce, 'S2', /已经处理过了/)]
  expect(told.toSorted()).toEqual([0, 1])
  for (const staffNo of ['S1', 'S2']) expect((await spruce.someone(staffNo).sees(ASKS)).buttons).toEqual([])
  expect(spruce.logged).toEqual([])
})

describe('a policy or people file with mistakes', () => {
  const POLICY = `extends: [default]
leave:
  defaultType: sabbatical
  draftLapsesAfterHours: 0
meetings:
  series: { weekly: { name: { zh: 例会, en: Weekly }, rule: { every: week, weekday: fri, at: '26:00' } } }
lunch: {}
`
  const PEOPLE = `people:
  - { staffNo: '1', name: 安然, department: department, manager: '9' }
  - { staffNo: '1', name: 林一诺, department: nowhere }
`
  const GOOD_POLICY = 'extends: [default]\n'
  const GOOD_PEOPLE = `people:\n  - { staffNo: '1', name: 安然, department: department }\n`

  async function start(spruce: Department, policy: string, people: string): Promise<readonly string[]> {
    const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-files-'))
    try {
      const files = { policyFile: path.join(folder, 'policy.yaml'), peopleFile: path.join(folder, 'people.yaml') }
      writeFileSync(files.policyFile, policy)
      writeFileSync(files.peopleFile, people)
      const { app, db, clock } = spruce
      await putInForce({ app, db, clock, config: files } as unknown as Parameters<typeof putInForce>[0])
      return []
    } catch (error) {
      if (error instanceof ConfigError) return error.problems
      throw error
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const inForce = async () => [
    await rowsOf(test.db, 'SELECT number FROM policy_version'),
    await rowsOf(test.db, 'SELECT staff_no, active FROM person ORDER BY staff_no'),
    await rowsOf(test.db, 'SELECT name FROM schedule_mark'),
  ]

  it('every mistake is listed with its place, and nothing changes: not the policy, not the people, whichever file it is in', async () => {
    const spruce = await open({ on: 'simulator' })
    const before = await inForce()
    const wrongPolicy = await start(spruce, POLICY, GOOD_PEOPLE)
    for (const place of [
      /^policy\.yaml:3:\d+ .*sabbatical/,
      /^policy\.yaml:4:/,
      /^policy\.yaml:6:/,
      /^policy\.yaml:7:.*lunch/,
    ])
      expect(wrongPolicy).toContainEqual(expect.stringMatching(place))
    expect(await inForce()).toEqual(before)
    const wrongPeople = await start(spruce, GOOD_POLICY, PEOPLE)
    for (const place of [/^people\.yaml:2:.*9/, /^people\.yaml:3:.*1/, /^people\.yaml:3:.*nowhere/])
      expect(wrongPeople).toContainEqual(expect.stringMatching(place))
    expect(await inForce()).toEqual(before)
    await spruce.someone('A1').says('请假 10月12日')
    await spruce.someone('A1').sees(/客服主管（周敏）/)
  })

  it('without mistakes both are in force', async () => {
    const spruce = await open({ on: 'simulator' })
    const stay = (await rowsOf<{ staff_no: string }>(test.db, 'SELECT staff_no FROM person')).filter(
      ({ staff_no }) => staff_no !== 'A1',
    )
    const entries = stay.map(({ staff_no }) => ({
      staffNo: staff_no,
      name: '某',
      department: 'department',
      roles: ['admin'],
    }))
    const text = GOOD_PEOPLE + entries.map((entry) => `  - ${JSON.stringify(entry)}\n`).join('')
    expect(await start(spruce, GOOD_POLICY, text)).toEqual([])
    const [versions, people] = await inForce()
    expect(versions).toHaveLength(2)
    expect(people).toContainEqual({ staff_no: '1', active: true })
    expect(people).toContainEqual({ staff_no: 'A1', active: false })
  })

  it('a people file that was cut off lets nobody go: the start stops, with the way out for who means it', async () => {
    const spruce = await open({ on: 'simulator' })
    const before = await inForce()
    const problems = await start(spruce, GOOD_POLICY, GOOD_PEOPLE)
    expect(problems[0]).toMatch(/people\.yaml: 7 of 7 active people are not in it and would become inactive$/)
    expect(problems.at(-1)).toMatch(
      /policy apply \S+policy\.yaml --yes, and then npm run ops -- people import \S+people\.yaml --apply$/,
    )
    expect((await start(spruce, GOOD_POLICY, 'people: []\n'))[0]).toMatch(/it names nobody: all 7 active people would/)
    expect(await inForce()).toEqual(before)
  })
})
