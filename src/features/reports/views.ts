/** Samples of every card of reports, for the gallery and the snapshot tests. Invented people. */
import { type View, view } from '#engine/feature.ts'
import { listCard, noteCard, reportCard } from './cards.ts'
import type { Report } from './repository.ts'
import { type Facts, hashOf, type LeaveAmount, type Line } from './rules/facts.ts'

const days = (n: number): LeaveAmount => ({ halfDays: n * 2, restMinutes: 0, minutes: n * 480 })
const NO_DAYS = days(0)

function line(
  request: number,
  [staffNo, name, department]: readonly [string, string, string],
  type: string,
  n: number,
): Line {
  const span = { from: `2026-09-${10 + request}`, to: `2026-09-${10 + request}` }
  return { request, staffNo, name, department, type, span, provisional: false, part: days(n), whole: days(n) }
}
const AN = ['A1', '安然', 'cs'] as const
const LIN = ['A2', '林一诺', 'cs'] as const
const HE = ['H1', '何琳', 'hr'] as const

const facts: Facts = {
  kind: 'leave',
  month: '2026-09',
  zone: 'Asia/Shanghai',
  organisation: { 'zh-CN': '云杉客服中心', en: 'Spruce Customer Service' },
  departments: [
    { id: 'cs', name: { 'zh-CN': '客服部', en: 'Customer service' } },
    { id: 'hr', name: { 'zh-CN': '人事部', en: 'Personnel' } },
  ],
  types: [
    { id: 'personal', name: { 'zh-CN': '事假', en: 'Personal leave' } },
    { id: 'annual', name: { 'zh-CN': '年假', en: 'Annual leave' } },
    { id: 'sick', name: { 'zh-CN': '病假', en: 'Sick leave' } },
  ],
  lines: [line(3, AN, 'annual', 3), line(5, AN, 'sick', 1.5), line(7, LIN, 'personal', 2), line(8, HE, 'annual', 4)],
  waiting: [line(9, LIN, 'annual', 1)],
  adjustments: [
    {
      request: 1,
      staffNo: 'A2',
      name: '林一诺',
      department: 'cs',
      type: 'sick',
      month: '2026-08',
      was: NO_DAYS,
      is: days(1),
    },
  ],
}
const report: Report = {
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
}
const late: Report = { ...report, late: true, madeAt: Date.parse('2026-10-02T09:00:00+08:00') }
const again: Report = { ...report, version: 2, madeAt: Date.parse('2026-10-12T10:00:00+08:00') }
const name = { 'zh-CN': '客服部', en: 'Customer service' }
const departments = new Set(['cs', 'hr'])
const zone = facts.zone

export const views: readonly View[] = [
  view('reports.leave', (reader) => ({ card: reportCard(reader, { report, changes: [] }) })),
  view('reports.leave-late', (reader) => ({
    card: reportCard(reader, { report: late, changes: [], insteadOf: { 'zh-CN': '人事', en: 'Personnel' } }),
  })),
  view('reports.leave-again', (reader) => ({
    card: reportCard(reader, {
      report: again,
      changes: [
        {
          request: 5,
          staffNo: 'A1',
          name: '安然',
          department: 'cs',
          type: 'sick',
          month: '2026-09',
          was: NO_DAYS,
          is: days(1.5),
        },
      ],
    }),
  })),
  view('reports.leave-nothing', (reader) => ({
    card: reportCard(reader, {
      report: { ...report, facts: { ...facts, lines: [], waiting: [], adjustments: [] } },
      changes: [],
    }),
  })),
  view('reports.note', (reader) => ({ card: noteCard(reader, { report, name, departments }) })),
  view('reports.note-late', (reader) => ({
    card: noteCard(reader, { report: late, name, departments: new Set(['cs']) }),
  })),
  view('reports.list', (reader) => ({
    card: listCard(reader, { reports: [report], next: Date.parse('2026-10-30T17:30:00+08:00'), zone }),
  })),
  view('reports.list-empty', (reader) => ({ card: listCard(reader, { reports: [], zone }) })),
]
