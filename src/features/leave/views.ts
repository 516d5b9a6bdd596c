/** Samples of every card and form of leave, for the gallery and the snapshot tests. Invented people. */
import type { View } from '#engine/feature.ts'
import { draftCard } from './cards/draft.ts'
import { leaveForm } from './cards/form.ts'
import { detailCard, listCard, whichCard } from './cards/lists.ts'
import { cameCard, missingCard, owedCard, owedListCard } from './cards/papers.ts'
import { ownCard, requestCard, toldCard } from './cards/request.ts'
import type { DraftView, LeaveView, OwnView, RequestView } from './cards/view.ts'
import { LeavePolicy } from './policy.ts'
import type { DayLine } from './rules/model.ts'

const NATIONAL_DAY = { 'zh-CN': '国庆节', en: 'National Day' }
const DAY_MINUTES = 480

const worked = (date: string): DayLine => ({
  date,
  counted: true,
  minutes: DAY_MINUTES,
  halves: ['morning', 'afternoon'],
  halfDays: 2,
  restMinutes: 0,
  chargeMinutes: DAY_MINUTES,
  reason: 'working-day',
})
const off = (date: string, name = NATIONAL_DAY): DayLine => ({
  date,
  counted: false,
  minutes: 0,
  halves: [],
  halfDays: 0,
  restMinutes: 0,
  chargeMinutes: 0,
  reason: 'legal-holiday',
  name,
})

const leave: LeaveView = {
  id: 12,
  name: '安然',
  type: { 'zh-CN': '事假', en: 'Personal leave' },
  span: { from: '2026-09-29', to: '2026-10-08' },
  amount: { halfDays: 6, restMinutes: 0 },
  days: [
    worked('2026-09-29'),
    worked('2026-09-30'),
    ...['01', '02', '03', '04', '05', '06', '07'].map((day) => off(`2026-10-${day}`)),
    worked('2026-10-08'),
  ],
  reason: '家里有事',
  unknownYears: [],
  today: '2026-09-28',
}
/** Over the end of a year whose schedule is not out. */
const overNewYear: LeaveView = {
  ...leave,
  id: 13,
  type: { 'zh-CN': '年假', en: 'Annual leave' },
  span: { from: '2026-12-31', to: '2027-01-04', fromHalf: 'afternoon' },
  amount: { halfDays: 3, restMinutes: 0 },
  days: [
    { ...worked('2026-12-31'), minutes: 300, halves: ['afternoon'], halfDays: 1, chargeMinutes: 240 },
    off('2027-01-01', { 'zh-CN': '元旦', en: "New Year's Day" }),
    { ...off('2027-01-02'), name: undefined, reason: 'weekend' },
    { ...off('2027-01-03'), name: undefined, reason: 'weekend' },
    worked('2027-01-04'),
  ],
  reason: null,
  unknownYears: [2027],
}

const supervisor = { 'zh-CN': '客服主管', en: 'Supervisor' }
const manager = { 'zh-CN': '客服经理', en: 'Service manager' }
/** As a policy file writes it. */
const WRITTEN_PROOF = { zh: '医院证明', en: 'a certificate from a hospital' }
const PROOF = { 'zh-CN': '医院证明', en: 'a certificate from a hospital' }

const draft: DraftView = {
  ...leave,
  proposed: ['type', 'from'],
  chain: [
    { role: supervisor, names: ['陈静'] },
    { role: manager, names: ['刘洋'] },
  ],
  told: [],
  left: [],
  late: [],
  proof: undefined,
  papers: 0,
  lapsesAt: Date.parse('2026-09-29T09:00:00+08:00'),
  replaces: undefined,
}
const annualDraft: DraftView = {
  ...draft,
  ...overNewYear,
  proposed: [],
  left: [
    { year: 2026, minutes: 4 * DAY_MINUTES + DAY_MINUTES / 2, dayMinutes: DAY_MINUTES },
    { year: 2027, minutes: 9 * DAY_MINUTES, dayMinutes: DAY_MINUTES },
  ],
  replaces: { id: 11, span: { from: '2026-12-30', to: '2026-12-31' }, amount: { halfDays: 4, restMinutes: 0 } },
}
const request: RequestView = {
  ...leave,
  othersAway: 2,
  left: [],
  late: [],
  proof: undefined,
  papers: 0,
  replaces: undefined,
}
const sick: RequestView = {
  ...request,
  type: { 'zh-CN': '病假', en: 'Sick leave' },
  span: { from: '2026-09-28', to: '2026-09-28', fromTime: '14:00', toTime: '16:00' },
  amount: { halfDays: 0, restMinutes: 120 },
  days: [{ ...worked('2026-09-28'), minutes: 120, halves: [], halfDays: 0, restMinutes: 120, chargeMinutes: 120 }],
  othersAway: 0,
  late: [{ hours: 1, in: 'calendarDays', lengthIn: 'countedDays', whenShort: 'record', rule: 'LEAVE-01' }],
  proof: PROOF,
  papers: 2,
  reason: null,
}
const own: OwnView = {
  ...leave,
  state: 'pending',
  steps: [
    { role: supervisor, state: 'approved', names: ['陈静'] },
    { role: manager, state: 'open', names: ['刘洋'] },
  ],
  told: [],
  proof: undefined,
  papers: 0,
  papersDue: undefined,
  rejected: undefined,
  replacedBy: undefined,
  lapseHours: 24,
  begun: false,
}
const rejected: OwnView = {
  ...own,
  state: 'rejected',
  steps: [{ role: supervisor, state: 'rejected', names: ['陈静'] }],
  rejected: { by: '陈静', reason: '那几天值班人手不够' },
}
const noted: OwnView = { ...own, state: 'approved', steps: [], told: ['陈静'], proof: PROOF, papersDue: '2026-10-09' }
const handedIn: OwnView = { ...own, proof: PROOF, papers: 2, papersDue: '2026-10-09' }
const owed = { ...leave, type: sick.type, proof: PROOF, due: '2026-10-09' }

const entries = [
  { ...leave, state: 'pending' as const },
  { ...overNewYear, state: 'approved' as const },
]
const list = {
  entries,
  balances: [{ type: overNewYear.type, year: 2026, minutes: 2_160, dayMinutes: DAY_MINUTES }],
  today: leave.today,
  showCommand: 'leave show 12',
}
const detail = {
  ...overNewYear,
  state: 'approved' as const,
  steps: own.steps,
  ledger: [
    { leaveYear: 2026, minutes: -240, kind: 'reserve' },
    { leaveYear: 2027, minutes: -480, kind: 'reserve' },
  ],
  dayMinutes: DAY_MINUTES,
  submittedAt: Date.parse('2026-09-28T09:05:00+08:00'),
  policyVersion: 3,
  proof: undefined,
}

export const views: readonly View[] = [
  { name: 'leave.draft', draw: (reader) => ({ card: draftCard(reader, draft) }) },
  { name: 'leave.draft-of-a-change', draw: (reader) => ({ card: draftCard(reader, annualDraft) }) },
  { name: 'leave.request', draw: (reader) => ({ card: requestCard(reader, request) }) },
  { name: 'leave.told', draw: (reader) => ({ card: toldCard(reader, sick) }) },
  { name: 'leave.own-pending', draw: (reader) => ({ card: ownCard(reader, own) }) },
  { name: 'leave.own-approved', draw: (reader) => ({ card: ownCard(reader, { ...own, state: 'approved' }) }) },
  { name: 'leave.own-noted', draw: (reader) => ({ card: ownCard(reader, noted) }) },
  { name: 'leave.own-rejected', draw: (reader) => ({ card: ownCard(reader, rejected) }) },
  { name: 'leave.own-withdrawn', draw: (reader) => ({ card: ownCard(reader, { ...own, state: 'withdrawn' }) }) },
  {
    name: 'leave.own-lapsed',
    draw: (reader) => ({ card: ownCard(reader, { ...own, state: 'lapsed', steps: [] }) }),
  },
  {
    name: 'leave.own-discarded',
    draw: (reader) => ({ card: ownCard(reader, { ...own, state: 'discarded', steps: [] }) }),
  },
  {
    name: 'leave.own-replaced',
    draw: (reader) => ({ card: ownCard(reader, { ...own, state: 'replaced', replacedBy: 14 }) }),
  },
  { name: 'leave.own-with-papers', draw: (reader) => ({ card: ownCard(reader, handedIn) }) },
  { name: 'leave.papers-owed', draw: (reader) => ({ card: owedCard(reader, owed) }) },
  { name: 'leave.papers-came', draw: (reader) => ({ card: cameCard(reader, { ...owed, files: 2 }) }) },
  { name: 'leave.papers-missing', draw: (reader) => ({ card: missingCard(reader, owed) }) },
  {
    name: 'leave.papers-list',
    draw: (reader) => ({ card: owedListCard(reader, { mine: [owed], others: [{ ...owed, id: 14, name: '陈静' }] }) }),
  },
  { name: 'leave.list', draw: (reader) => ({ card: listCard(reader, list) }) },
  { name: 'leave.list-empty', draw: (reader) => ({ card: listCard(reader, { ...list, entries: [], balances: [] }) }) },
  { name: 'leave.which', draw: (reader) => ({ card: whichCard(reader, entries, leave.today) }) },
  { name: 'leave.detail', draw: (reader) => ({ card: detailCard(reader, detail) }) },
  {
    name: 'leave.form',
    draw: ({ locale }) =>
      leaveForm(
        locale,
        LeavePolicy.schema.parse({ types: { personal: {}, sick: { minUnit: 'hour', proof: WRITTEN_PROOF } } }),
        {
          requestId: leave.id,
          type: 'personal',
          span: leave.span,
          reason: leave.reason,
        },
      ),
  },
]
