/** The end of a month: its leave goes to personnel at its time, late with a word, the same again whenever it is made again. */
import { afterAll, describe, expect, it } from 'vitest'
import { readWorkbook } from '../../src/core/table/read-xlsx.ts'
import { readable } from '../../src/engine/files/files.ts'
import { createWorkshop } from '../../src/engine/workshop/create.ts'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { peopleWith } from '../support/spruce.ts'
import { agree, auditOf, expectQuiet, rowsOf, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
/** A worker takes a second to begin: one for all of them. */
const workshop = createWorkshop()
afterAll(() => workshop.close())

const POLICY = `organisation:
  roles:
    hr: { may: [leave.read, reports.read, reports.make] }
    supervisor: { may: [leave.read, leave.decide, reports.read] }
leave:
  types: { personal: { retrospectiveDays: 20 }, sick: { decision: none, tells: [general-manager] }, annual: {} }
reports:
  leave: { notes: [department] }
`
const spruce = (startsAt: string, more: Partial<Parameters<typeof open>[0]> = {}) =>
  open({ on: 'simulator', startsAt, policy: POLICY, workshop, ...more })

/** Over a time in which nothing is looked at. */
async function leap(here: Department, instant: string) {
  here.clock.set(Date.parse(instant))
  await here.settle()
}

const CARD = /2026年9月请假汇总[\s\S]*合计/
const NOTE = /9月请假小结/

async function takesLeave(department: Department, staffNo: string, words: string) {
  await department.someone(staffNo).says(words)
  await department.someone(staffNo).clicks('提交')
  await agree(department, /./, 'S1')
}

interface Row {
  readonly month: string
  readonly version: number
  readonly hash: string
  readonly late: boolean
  readonly files: readonly { readonly part: 'sheet' | 'chart'; readonly locale: string; readonly id: string }[]
}
const reports = () => rowsOf<Row>(test.db, 'SELECT month, version, hash, late, files FROM report ORDER BY id')

async function fileOf(row: Row | undefined, part: 'sheet' | 'chart', locale = 'zh-CN'): Promise<Uint8Array> {
  const id = row?.files.find((file) => file.part === part && file.locale === locale)?.id ?? ''
  const file = await readable(test.db, id)
  if (file === undefined || typeof file === 'string') throw new Error(`the ${part} is ${file}`)
  return file.read()
}
async function rowsIn(bytes: Uint8Array, sheet: string): Promise<readonly string[]> {
  const read = await readWorkbook(bytes, { sheet })
  if ('problem' in read) throw new Error(read.problem)
  return read.rows.map((cells) => cells.join('|').replace(/\|+$/, ''))
}

describe.each(['simulator', 'slack'] as const)('the month’s leave, on %s', (on) => {
  it('goes to personnel at 17:30 on the last working day, and not before; the channel learns how many, not who', async () => {
    const here = await spruce('2026-09-28T09:00:00+08:00', { on })
    const he = here.someone('H1')
    await takesLeave(here, 'A1', '请假 明天起3天 事假 家里有事')
    await here.until('2026-09-30T17:29:55+08:00')
    await he.doesNotSee(/请假汇总/)
    await here.until('2026-09-30T17:30:00+08:00')
    const card = await he.sees(CARD)
    // The third of the three days is 8 October.
    expect(card.words).toMatch(/合计[\s\S]*2天 · 1人 · 1次/)
    expect(card.words).toMatch(/客服部：事假 2天/)
    expect(card.words).not.toMatch(/补发|家里有事/)
    expect(card.buttons).toEqual(['表格', '图表'])
    await he.sees(/2026年9月请假汇总 · 表格 · 第1版$/m)
    await he.sees(/2026年9月请假汇总 · 图表 · 第1版/)
    const note = await here.someone('A2').sees(NOTE)
    expect(note.room).toBe('channel')
    expect(note.words).toMatch(/客服部共1人请过假，合计2天/)
    expect(note.words).not.toMatch(/安然|事假/)
    await here.someone('S1').doesNotSee(/请假汇总/)

    // The button sends the file once more, to the one who pressed.
    await he.clicks('图表', { on: CARD })
    expect(await timesSeen(here, 'H1', /2026年9月请假汇总 · 图表/)).toBe(2)
    const [row] = await reports()
    expect((await fileOf(row, 'chart')).subarray(1, 4)).toEqual(new TextEncoder().encode('PNG'))
    const details = await rowsIn(await fileOf(row, 'sheet'), '明细')
    expect(details.find((line) => line.includes('安然'))).toMatch(
      /^1\|客服部\|A1\|安然\|事假\|2026-09-29\|2026-10-08\|9月29日（周二）至10月8日（周四）\|2天\|2\|\|3天/,
    )
    expectQuiet(here)
  })
})

describe('a month that is closed', () => {
  it('is the same when it is made again, a new version when it changed, and the change is an adjustment where nobody asked', async () => {
    const here = await spruce('2026-09-28T09:00:00+08:00')
    const he = here.someone('H1')
    await takesLeave(here, 'A1', '请假 明天 事假')
    await here.someone('E1').says('leave tomorrow annual')
    await here.someone('E1').clicks('Send')
    await here.until('2026-09-30T17:30:00+08:00')
    expect((await he.sees(CARD)).words).toMatch(/尚待审批[\s\S]*1天 · 1人 · 1次/)
    const [first] = await reports()

    await he.says('报表 请假 9月 重做')
    await he.sees(/2026年9月请假汇总没有变化，仍是第1版/)
    expect(await reports()).toEqual([first])

    // Decided after the close, filed after the close: both belong to the next report.
    await leap(here, '2026-10-08T10:00:00+08:00')
    await agree(here, /Emma Clarke/, 'S1')
    await takesLeave(here, 'A2', '请假 2026-09-29下午 事假')
    await leap(here, '2026-10-30T17:29:55+08:00')
    await he.doesNotSee(/2026年10月请假汇总/)
    await here.until('2026-10-30T17:30:00+08:00')
    const october = await he.sees(/2026年10月请假汇总\n/)
    expect(october.words).toMatch(/本月没有人请假/)
    expect(october.words).toMatch(/追补: 2026年9月：2项/)
    expect(october.words).toMatch(/追补 2026年9月：#2 Emma Clarke 年假：无 → 1天/)
    expect(october.words).toMatch(/追补 2026年9月：#3 林一诺 事假：无 → 半天/)

    // Asked for, September becomes a second version, which says what changed; October's adjustments stay as they were told.
    await he.says('/report leave 2026-09 again')
    const second = await he.sees(/2026年9月请假汇总（第2版）[\s\S]*合计/)
    expect(second.words).toMatch(/与第1版相比：#3 林一诺 事假：无 → 半天（已列入2026年10月报表）/)
    expect(second.words).toMatch(/2天半 · 3人 · 3次/)
    expect(await timesSeen(here, 'A1', NOTE)).toBe(1)
    expect((await reports()).map(({ month, version }) => `${month} ${version}`)).toEqual([
      '2026-09 1',
      '2026-10 1',
      '2026-09 2',
    ])
    const changed = await rowsIn(await fileOf((await reports())[2], 'sheet'), '变动')
    expect(changed.find((line) => line.includes('林一诺'))).toBe(
      '2026-09|3|客服部|A2|林一诺|事假|无|半天|0.5|0|已列入2026年10月报表',
    )

    // November tells nothing twice.
    await leap(here, '2026-11-30T17:30:00+08:00')
    expect((await he.sees(/2026年11月请假汇总\n/)).words).not.toMatch(/追补: /)
    await he.says('报表')
    expect((await he.sees(/月度报表/)).words).toMatch(/2026年11月[\s\S]*2026年10月[\s\S]*2026年9月请假汇总 · 第2版/)
    expectQuiet(here)
  })

  it('on Saturday 28 February, a make-up day: at 17:30 on that day, and not on the Friday before', async () => {
    const here = await spruce('2026-02-27T16:00:00+08:00')
    await here.until('2026-02-28T17:29:55+08:00')
    expect(await reports()).toEqual([])
    await here.until('2026-02-28T17:30:00+08:00')
    expect((await reports()).map(({ month, late }) => [month, late])).toEqual([['2026-02', false]])
    await here.someone('H1').sees(/2026年2月请假汇总[\s\S]*本月没有人请假/)
    await here.someone('A1').sees(/2月请假小结[\s\S]*客服部没有人请假/)
    expectQuiet(here)
  })
})

describe('after a sleep', () => {
  const asleepUntil = async (instant: string) => {
    const here = await spruce('2026-09-30T17:00:00+08:00')
    await here.until('2026-09-30T17:20:00+08:00')
    here.clock.set(Date.parse(instant))
    await here.restart()
    await here.settle()
    return here
  }

  it('from before 17:30 to the 2nd it comes late and says so: on the card, in the channel and in the sheet', async () => {
    const here = await asleepUntil('2026-10-02T09:00:00+08:00')
    const card = await here.someone('H1').sees(/补发：2026年9月请假汇总[\s\S]*版本/)
    expect(card.words).toMatch(/原定 2026年9月30日（周三）17:30 生成，于 2026年10月2日（周五）09:00 补发/)
    expect((await here.someone('A1').sees(NOTE)).words).toMatch(/补发[\s\S]*原定 2026年9月30日（周三）17:30/)
    const [row, ...more] = await reports()
    expect([row?.month, row?.late, more]).toEqual(['2026-09', true, []])
    expect(await rowsIn(await fileOf(row, 'sheet'), '汇总')).toContain('补发：原定 2026年9月30日（周三）17:30')
    expectQuiet(here)
  })

  it('of more than seven days it is left out, and whoever may can still have it made', async () => {
    const here = await asleepUntil('2026-10-07T17:31:00+08:00')
    expect(await reports()).toEqual([])
    await here.someone('H1').says('报表 请假 上个月')
    await here.someone('H1').sees(/没有2026年9月的请假汇总。有权限的人可以发“.*报表 请假 2026-09 重做”/)
    await here.someone('H1').says('报表 请假 2026-09 重做')
    await here.someone('H1').sees(/正在生成2026年9月请假汇总/)
    await here.someone('H1').sees(/补发：2026年9月请假汇总[\s\S]*版本/)
    // What somebody asked for is theirs: the channel hears of what comes by itself.
    await here.someone('A1').doesNotSee(NOTE)
    expect((await reports()).map(({ version, late }) => [version, late])).toEqual([[1, true]])
    expectQuiet(here)
  })
})

describe('who gets it and who may see it', () => {
  it('refuses whoever may not see all of it, with the reason, and a month that is not over', async () => {
    const here = await spruce('2026-09-30T17:00:00+08:00')
    await here.someone('A1').says('报表 请假 9月')
    await here.someone('A1').sees(/权限/)
    await here.someone('H1').says('报表 请假 9月 重做')
    await here.someone('H1').sees(/2026年9月还没结束，报表将于 2026年9月30日（周三）17:30 生成，生成后当月即关账/)
    await here.someone('H1').says('报表 请假 10月底')
    await here.someone('H1').sees(/没看出“10月底”是哪个月/)
    await here.someone('H1').says('报表 请假 9月')
    await here.someone('H1').sees(/2026年9月的请假汇总还没有，将于 2026年9月30日（周三）17:30 生成/)
    expect(await reports()).toEqual([])

    // The supervisor answers for one department; somebody of another one is in it.
    await here.someone('H1').says('请假 今天 病假')
    await here.someone('H1').clicks('提交')
    await here.until('2026-09-30T17:30:00+08:00')
    await here.someone('S1').says('报表 请假 9月')
    await here.someone('S1').sees(/这份汇总写着全单位谁请了什么假[\s\S]*人事部.*reports\.read/)
    await here.someone('M1').says('报表 请假 9月')
    await here.someone('M1').sees(/权限/)
  })

  it('goes to the fallback role, with a note, when nobody has the role it is for', async () => {
    const people = peopleWith({ H1: { roles: ['admin'] } })
    const here = await spruce('2026-09-30T17:00:00+08:00', { people })
    await here.until('2026-09-30T17:30:00+08:00')
    await here.someone('H1').sees(/2026年9月请假汇总[\s\S]*角色“人事”目前没有人，所以发给你/)
    expect((await auditOf(here.db, 'reports.made')).map(({ version, late }) => [version, late])).toEqual([[1, false]])
    expectQuiet(here)
  })

  it('is not silent when nobody may see it, nor a channel without a room: both are dead letters', async () => {
    const policy = POLICY.replace('  roles:', '  fallbackRole: supervisor\n  roles:').replace(
      '[department] }',
      '[nowhere] }',
    )
    const channels = 'channels: { nowhere: { name: { zh: 没有的群, en: Nowhere } } }\n'
    const people = peopleWith({ H1: { roles: ['admin'] } })
    const here = await spruce('2026-09-30T17:00:00+08:00', { people, policy: `${policy}${channels}` })
    await here.someone('H1').says('请假 今天 病假')
    await here.someone('H1').clicks('提交')
    await here.until('2026-09-30T17:30:00+08:00')
    // Nobody has the role; the supervisor, who stands in for it, may not see personnel's leave.
    await here.someone('S1').doesNotSee(/请假汇总/)
    expect(await auditOf(here.db, 'reports.left-out-people')).toEqual([{ version: 1, people: ['S1'] }])
    const dead = await rowsOf<{ key: string; last_error: string }>(
      here.db,
      "SELECT key, last_error FROM outbox WHERE state = 'dead' ORDER BY id",
    )
    expect(dead.map(({ key, last_error }) => `${key}: ${last_error}`)).toEqual([
      expect.stringMatching(/^reports:1:nobody>.*role:hr has a room on none of/),
      expect.stringMatching(/^reports:1:note:nowhere>.*nowhere has a room on none of/),
    ])
  })
})
