/** What a report says: one hash for the same facts, sums that agree, a short version that tells nobody's business, the same bytes each time. */
import { afterAll, describe, expect, it } from 'vitest'
import { plain, textOf } from '../../../src/core/card.ts'
import { readWorkbook } from '../../../src/core/table/read-xlsx.ts'
import { createWorkshop } from '../../../src/engine/workshop/create.ts'
import { legendNames } from '../../../src/engine/workshop/draw-chart.ts'
import { noteCard, reportCard } from '../../../src/features/reports/cards.ts'
import { ReportsPolicy } from '../../../src/features/reports/policy.ts'
import type { Report } from '../../../src/features/reports/repository.ts'
import { chartOf } from '../../../src/features/reports/rules/chart.ts'
import {
  canonical,
  type Facts,
  factsSchema,
  hashOf,
  inOrder,
  type Line,
  NOTHING,
} from '../../../src/features/reports/rules/facts.ts'
import { changesBetween, departmentsBelow, sumOf } from '../../../src/features/reports/rules/sums.ts'
import { workbookOf } from '../../../src/features/reports/rules/workbook.ts'
import { gather } from '../../../src/features/reports/usecases/gather.ts'
import { drawAll } from '../../../src/features/reports/usecases/make.ts'

const workshop = createWorkshop()
afterAll(() => workshop.close())

const text = (zh: string, en: string) => ({ 'zh-CN': zh, en })
function line(
  request: number,
  staffNo: string,
  department: string,
  type: string,
  halfDays: number,
  restMinutes = 0,
): Line {
  const part = { halfDays, restMinutes, minutes: halfDays * 240 + restMinutes }
  const span = { from: '2026-09-14', to: '2026-09-15' }
  return { request, staffNo, name: `甲${staffNo}`, department, type, span, provisional: false, part, whole: part }
}
const FACTS: Facts = {
  kind: 'leave',
  month: '2026-09',
  zone: 'Asia/Shanghai',
  organisation: text('云杉', 'Spruce'),
  departments: [
    { id: 'cs', name: text('客服部', 'Customer service') },
    { id: 'night', name: text('夜班组', 'Night team') },
    { id: 'hr', name: text('人事部', 'Personnel') },
  ],
  types: [
    { id: 'annual', name: text('年假', 'Annual leave') },
    { id: 'sick', name: text('病假', 'Sick leave') },
  ],
  lines: [
    line(1, 'A1', 'cs', 'annual', 3),
    line(2, 'A1', 'cs', 'sick', 2, 120),
    { ...line(3, 'A2', 'night', 'annual', 4), name: '=HYPERLINK("http://evil.example")', provisional: true },
    line(4, 'H1', 'hr', 'annual', 1),
  ],
  waiting: [line(9, 'A3', 'cs', 'annual', 2)],
  adjustments: [],
}
const reportOf = (facts: Facts, more: Partial<Report> = {}): Report => ({
  id: 1,
  kind: 'leave',
  month: facts.month,
  version: 1,
  hash: hashOf(facts),
  policyVersion: 3,
  madeAt: Date.parse('2026-09-30T17:30:00+08:00'),
  dueAt: Date.parse('2026-09-30T17:30:00+08:00'),
  late: false,
  files: [],
  facts,
  ...more,
})

describe('the content hash', () => {
  it('is the same for the same facts, however their keys stand, also after a stay in the database', () => {
    const turned = Object.fromEntries(Object.entries(structuredClone(FACTS)).toReversed()) as Facts
    expect(hashOf(turned)).toBe(hashOf(FACTS))
    expect(hashOf(factsSchema.parse(JSON.parse(JSON.stringify(turned))))).toBe(hashOf(FACTS))
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}')
  })

  it.each<[string, (facts: Facts) => Facts]>([
    ['half a day more', (facts) => ({ ...facts, lines: [line(1, 'A1', 'cs', 'annual', 4), ...facts.lines.slice(1)] })],
    ['one that waits no more', (facts) => ({ ...facts, waiting: [] })],
    ['another month', (facts) => ({ ...facts, month: '2026-08' })],
  ])('is another one for %s', (_, change) => {
    expect(hashOf(change(FACTS))).not.toBe(hashOf(FACTS))
  })

  it('does not depend on the order in which the rows were read', () => {
    expect(inOrder(FACTS.lines.toReversed(), FACTS.departments)).toEqual(FACTS.lines)
  })
})

describe('sums', () => {
  it('add up days and hours apart, and count people once', () => {
    expect(sumOf(FACTS.lines)).toEqual({
      amount: { halfDays: 10, restMinutes: 120, minutes: 2_520 },
      people: 3,
      requests: 4,
    })
  })

  it('of changes name what came, what went and what is otherwise, and nothing else', () => {
    const now = {
      ...FACTS,
      lines: [line(1, 'A1', 'cs', 'annual', 5), ...FACTS.lines.slice(2), line(8, 'H1', 'hr', 'sick', 2)],
    }
    expect(changesBetween(FACTS, now).map(({ request, was, is }) => [request, was.halfDays, is.halfDays])).toEqual([
      [1, 3, 5],
      [2, 2, 0],
      [8, 0, 2],
    ])
    expect(changesBetween(FACTS, FACTS)).toEqual([])
  })

  it('of changes say what a later month’s report told of them, and which adjustments came and went', () => {
    const adjustment = (request: number, is: number) => ({
      ...line(request, 'A1', 'cs', 'sick', 0),
      month: '2026-08',
      was: NOTHING,
      is: line(request, 'A1', 'cs', 'sick', is).part,
    })
    const toldLater = (request: number, halfDays: number) => ({
      ...line(request, 'A1', 'cs', 'sick', 0),
      month: '2026-10',
      amount: line(request, 'A1', 'cs', 'sick', halfDays).part,
    })
    const before = { ...FACTS, adjustments: [adjustment(21, 2), adjustment(22, 2)] }
    const now = {
      ...before,
      lines: [...FACTS.lines, line(11, 'A1', 'cs', 'sick', 2), line(12, 'A1', 'cs', 'sick', 2)],
      adjustments: [adjustment(22, 2), adjustment(23, 2)],
    }
    // 13 was told in October and taken back after it: neither version has it.
    const told = [toldLater(11, 2), toldLater(12, 4), toldLater(13, 2)]
    const changes = changesBetween(before, now, told)
    expect(
      changes.map(({ request, month, is, ...more }) => [
        request,
        month,
        is.halfDays,
        more.adjustment ?? more.told?.amount.halfDays,
      ]),
    ).toEqual([
      [11, '2026-09', 2, 2],
      [12, '2026-09', 2, 4],
      [13, '2026-09', 0, 2],
      [21, '2026-08', 2, 'went'],
      [23, '2026-08', 2, 'came'],
    ])
    const again = reportOf(now, { version: 2 })
    const words = textOf({ card: reportCard({ locale: 'en' }, { report: again, changes, before }) })
    expect(words).toMatch(/#11 .*none → 1 day \(already told in the report of October 2026\)/)
    expect(words).toMatch(/#12 .*none → 1 day \(the report of October 2026 said 2 days\)/)
    expect(words).toMatch(/#13 .*none → none \(the report of October 2026 said 1 day\)/)
    expect(words).toMatch(/Adjustment for August 2026, here no more since version 1: #21/)
    expect(words).toMatch(/Adjustment for August 2026, new since version 1: #23/)
    const made = { facts: now, head: again, before: { version: 1, facts: before }, toldLater: told }
    const sheet = workbookOf(made, 'zh-CN').sheets.find(({ name }) => name === '变动')
    expect(sheet?.rows.map((cells) => cells.at(-1))).toEqual([
      '已列入2026年10月报表',
      '2026年10月报表写的是2天',
      '2026年10月报表写的是1天',
      '不再列出的追补',
      '新增的追补',
    ])
  })

  it('of a department hold those below it, however deep they lie', () => {
    const tree = [
      { id: 'late', parent: 'night' },
      { id: 'night', parent: 'cs' },
      { id: 'cs', parent: 'top' },
      { id: 'top' },
      { id: 'hr', parent: 'top' },
    ]
    expect([...departmentsBelow(tree, 'cs')].toSorted()).toEqual(['cs', 'late', 'night'])
    expect(departmentsBelow(tree, undefined).size).toBe(5)
  })
})

describe('the cards', () => {
  it('for personnel name types and totals, and what waits apart from them', () => {
    const words = textOf({ card: reportCard({ locale: 'en' }, { report: reportOf(FACTS), changes: [] }) })
    // The version once; of the hash enough to tell two apart.
    expect(words).toContain(`hash ${hashOf(FACTS).slice(0, 8)}.`)
    expect(words).not.toMatch(/version 1\b/)
    const empty = reportCard({ locale: 'en' }, { report: reportOf({ ...FACTS, lines: [] }), changes: [] })
    expect(empty.buttons?.map(({ label }) => label)).toEqual(['Sheet'])
    expect(words).toContain('In all: 5 days 2 h · 3 people · 4 requests')
    expect(words).toContain('Still waiting: 1 day · 1 person · 1 request')
    expect(words).toContain('Provisional: 2 days · 1 person · 1 request')
    expect(words).toContain('Customer service: Annual leave 1½ days, Sick leave 1 day 2 h')
  })

  it('for the channel name nobody and no type, of its department and those below it alone', () => {
    const view = {
      report: reportOf(FACTS),
      name: text('客服部', 'Customer service'),
      departments: new Set(['cs', 'night']),
    }
    for (const locale of ['zh-CN', 'zh-TW', 'en'] as const) {
      const words = textOf({ card: noteCard({ locale }, view) })
      expect(words).not.toMatch(/甲|HYPERLINK|A1|年假|病假|Annual|Sick|人事|Personnel|provisional|暂定/)
    }
    const card = noteCard({ locale: 'en' }, view)
    expect(plain(card.text)).toBe('Customer service: 2 people on leave, 4½ days 2 h in all.')
    expect(card.list).toEqual(['Customer service: 1 person, 2½ days 2 h', 'Night team: 1 person, 2 days'])
  })

  it('of many departments and changes stay within what a card holds', () => {
    const departments = Array.from({ length: 60 }, (_, n) => ({
      id: `d${n}`,
      name: text(`部门${n}`, `Department ${n}`),
    }))
    const lines = departments.map(({ id }, n) => line(n + 1, `A${n}`, id, 'annual', 2))
    const facts = {
      ...FACTS,
      departments,
      lines,
      adjustments: lines.map((one) => ({ ...one, month: '2026-08', was: one.part, is: one.whole })),
    }
    const { list = [] } = reportCard(
      { locale: 'en' },
      { report: reportOf(facts), changes: changesBetween(FACTS, facts) },
    )
    expect(list.length).toBeLessThanOrEqual(40)
    expect(list).toContain('and 49 more; all of them are in the sheet')
  })
})

describe('a change', () => {
  it('that takes away the last leave of its type and department still calls both by their names', async () => {
    const now: Facts = {
      ...FACTS,
      departments: FACTS.departments.slice(0, 2),
      types: FACTS.types.slice(1),
      lines: FACTS.lines.slice(1, 2),
    }
    const again = reportOf(now, { version: 2 })
    const changes = changesBetween(FACTS, now)
    const words = textOf({ card: reportCard({ locale: 'zh-CN' }, { report: again, changes, before: FACTS }) })
    expect(words).toContain('与第1版相比：#4 甲H1 年假：半天 → 无')
    const made = { facts: now, head: again, before: { version: 1, facts: FACTS } }
    const sheet = workbookOf(made, 'zh-CN').sheets.find(({ name }) => name === '变动')
    expect(sheet?.rows.at(-1)?.slice(1, 6)).toEqual([4, '人事部', 'H1', '甲H1', '年假'])
  })
})

describe('sheet and chart', () => {
  const head = reportOf(FACTS)

  it('are the same bytes each time, in each language its own', async () => {
    const [one, again, english] = [
      await workshop.writeSheet(workbookOf({ facts: FACTS, head }, 'zh-CN')),
      await workshop.writeSheet(workbookOf({ facts: structuredClone(FACTS), head }, 'zh-CN')),
      await workshop.writeSheet(workbookOf({ facts: FACTS, head }, 'en')),
    ]
    expect(Buffer.compare(one, again)).toBe(0)
    expect(Buffer.compare(one, english)).not.toBe(0)
    const read = await readWorkbook(one, { sheet: '明细' })
    const rows = 'rows' in read ? read.rows.map((cells) => cells.join('|')) : []
    // What somebody is called is text, whatever it begins with.
    expect(rows.find((row) => row.includes('A2'))).toMatch(
      /^3\|夜班组\|A2\|=HYPERLINK\("http:\/\/evil\.example"\)\|年假/,
    )
    expect(rows.at(-1)).toMatch(`内容哈希（SHA-256）：${head.hash}`)
    const summary = await readWorkbook(one, { sheet: '汇总' })
    expect('rows' in summary ? summary.rows.map((cells) => cells.join('|')) : []).toEqual(
      expect.arrayContaining([
        '部门|人数|次数|年假|病假|合计天数|另计小时',
        '客服部|1|2|1.5|1|2.5|2',
        '合计|3|4|4|1|5|2',
      ]),
    )
  })

  it('draw one bar a department, or one a type where there is one department; what there are too many of becomes one', () => {
    const chart = chartOf({ facts: FACTS, head }, 'en')
    expect([chart.kind, chart.categories]).toEqual(['stacked', ['Customer service', 'Night team', 'Personnel']])
    expect(chart.series).toEqual([
      { name: 'Annual leave', values: [1.5, 2, 0.5] },
      { name: 'Sick leave', values: [1.25, 0, 0] },
    ])
    expect(chart.subtitle).toContain('8 hours drawn as a day')
    const single = chartOf({ facts: { ...FACTS, lines: FACTS.lines.slice(0, 1) }, head }, 'zh-CN')
    expect([single.kind, single.categories, single.series]).toEqual([
      'bar',
      ['年假'],
      [{ name: '客服部', values: [1.5] }],
    ])
    const many = Array.from({ length: 30 }, (_, n) => ({ id: `d${n}`, name: text(`部门${n}`, `Department ${n}`) }))
    const wide = chartOf(
      {
        facts: { ...FACTS, departments: many, lines: many.map(({ id }, n) => line(n, `A${n}`, id, 'annual', n + 1)) },
        head,
      },
      'en',
    )
    expect([wide.categories.length, wide.categories.at(-1)]).toEqual([12, 'Other'])
    const sum = wide.series.flatMap(({ values }) => values).reduce<number>((all, value) => all + (value ?? 0), 0)
    expect(sum).toBe((30 * 31) / 4)
  })
})

describe('a step that lasts too long', () => {
  it('ends between two pages and between two drawings', async () => {
    const never = () => Promise.reject(new Error('it was read'))
    const over = AbortSignal.abort(new Error('the time is over'))
    await expect(gather({ read: never, signal: over }, '2026-09')).rejects.toThrow('the time is over')
    const stop = new AbortController()
    const drawn: string[] = []
    const draws = (what: string) => async () => {
      drawn.push(what)
      stop.abort(new Error('the time is over'))
      return new Uint8Array()
    }
    const slow = { ...workshop, writeSheet: draws('sheet'), drawChart: draws('chart') }
    const made = { facts: FACTS, head: reportOf(FACTS) }
    await expect(drawAll({ workshop: slow, signal: stop.signal }, made, ['en'])).rejects.toThrow('the time is over')
    expect(drawn).toEqual(['sheet'])
  })
})

describe('the legend of a chart', () => {
  it('names no two series alike, however long their names are', () => {
    const long = '按照集团统一规定由总部人力资源中心核准的特别照顾假期类型（第'
    const names = ['一', '二', '一'].map((n) => `${long}${n}种）在年度工作计划完成之后使用`)
    const shown = legendNames({ series: names.map((name) => ({ name, values: [] })) })
    expect(new Set(shown).size).toBe(3)
    expect(legendNames({ series: [{ name: '年假', values: [] }] })).toEqual(['年假'])
  })
})

describe('the policy', () => {
  it('is silent unless it is written, and complete when it is', () => {
    expect(ReportsPolicy.schema.parse({})).toEqual({})
    expect(ReportsPolicy.schema.parse({ leave: {} }).leave).toEqual({
      rule: { every: 'month', workingDay: 'last', at: '17:30' },
      covers: 'this-month',
      to: { role: 'hr' },
      notes: [],
      lateForDays: 7,
    })
  })

  it.each([[{ to: { role: 'hr', channel: 'x' } }], [{ lateForDays: 26 }], [{ rule: { every: 'month' } }]])(
    'refuses %j',
    (leave) => {
      expect(ReportsPolicy.schema.safeParse({ leave }).success).toBe(false)
    },
  )
})
