/** A department's words, as a policy and a people file would give them: leave, a roster, swaps. Nobody here is real. */
import { choice, optional, period, person, reference, rest } from '#core/command-args.ts'
import type { Moment, Vocabulary } from '#core/parser/understanding.ts'

/** A Monday. The week before the National Day holiday of 2026. */
export const MONDAY: Moment = {
  today: '2026-09-28',
  time: '10:00',
  holidays: [
    { names: ['国庆', '国庆节', '十一', 'National Day'], from: '2026-10-01', to: '2026-10-07' },
    { names: ['元旦', '元旦节', "New Year's Day"], from: '2027-01-01', to: '2027-01-03' },
  ],
}
export const on = (today: string, time = '10:00'): Moment => ({ ...MONDAY, today, time })
export const AFTER_LEAVE: Moment = { ...MONDAY, recent: 'leave.request' }

export const VOCABULARY: Vocabulary = {
  commands: [
    {
      id: 'leave.request',
      names: { en: ['leave', 'timeoff', 'time off'], zh: ['请假', '休假'] },
      args: { period: period(), leaveType: optional(choice('leaveType')), reason: optional(rest(500)) },
      topics: {
        en: ['leave', 'time off', 'day off', 'vacation', 'absence'],
        zh: ['请假', '休假', '休', '调休', '补休', '特休', '不来'],
      },
      withdrawnBy: 'leave.withdraw',
      amendedBy: 'leave.change',
    },
    { id: 'leave.list', names: { en: ['leave list', 'my leave'], zh: ['请假记录', '我的请假'] }, args: {} },
    {
      id: 'leave.withdraw',
      names: { en: ['leave withdraw', 'withdraw leave'], zh: ['撤回请假', '取消请假'] },
      args: { request: optional(reference()), period: optional(period()) },
    },
    {
      id: 'leave.change',
      names: { en: ['leave change'], zh: ['修改请假', '改假'] },
      args: { request: optional(reference()), period: optional(period()), leaveType: optional(choice('leaveType')) },
    },
    {
      id: 'roster.show',
      names: { en: ['roster', 'who is on'], zh: ['排班', '班表'] },
      args: { when: optional(period()) },
    },
    {
      id: 'shift.swap',
      names: { en: ['swap'], zh: ['换班'] },
      args: { with: person(), when: period(), shift: optional(choice('shift')) },
      topics: { en: ['shift swap', 'swap of shifts'], zh: ['换班'] },
    },
  ],
  choices: {
    leaveType: [
      { value: 'personal', name: { 'zh-CN': '事假', en: 'personal leave' }, aliases: ['personal', '私事'] },
      { value: 'sick', name: { 'zh-CN': '病假', en: 'sick leave' }, aliases: ['sick'] },
      {
        value: 'annual',
        name: { 'zh-CN': '年假', en: 'annual leave' },
        aliases: ['annual', '年休假', '年休', '特休', '特休假'],
      },
      { value: 'marriage', name: { 'zh-CN': '婚假', en: 'marriage leave' }, aliases: ['marriage', 'wedding leave'] },
      { value: 'lieu', name: { 'zh-CN': '调休', en: 'time in lieu' }, aliases: ['lieu', '补休'] },
    ],
    shift: [
      { value: 'early', name: { 'zh-CN': '早班', en: 'early shift' }, aliases: ['early'] },
      { value: 'night', name: { 'zh-CN': '夜班', en: 'night shift' }, aliases: ['night', '晚班'] },
    ],
  },
  people: [
    { id: 'p-li', names: ['李雷', 'Li Lei', '小李', '1001'] },
    { id: 'p-han', names: ['韩梅梅', 'Han Meimei', '1002'] },
    { id: 'p-wang1', names: ['王芳', 'Wang Fang', '小王'] },
    { id: 'p-wang2', names: ['王刚', '小王'] },
  ],
}
