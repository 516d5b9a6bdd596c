/** Leave: asked for in a sentence or a form, shown as a draft, decided along the chain of the policy, taken back. */
import { choice, optional, period, reference, rest } from '#core/command-args.ts'
import { action, answerTo, approval, command, defineFeature, formHandler, job, subscription } from '#engine/feature.ts'
import { FileArrived, FileDropped, FilesFor } from '#engine/files/events.ts'
import { REASON_CHARS_MAX } from './cards/form.ts'
import {
  ChangeLeave,
  DiscardDraft,
  DropPapers,
  FillLeave,
  LapseDraft,
  LeaveApproval,
  PapersDue,
  SeePapers,
  SendDraft,
  ShowLeave,
  WithdrawChosen,
  WithdrawLeave,
} from './contracts.ts'
import { messages } from './i18n.ts'
import { LeavePolicy } from './policy.ts'
import { withdrawLeave, withdrawNamed } from './usecases/close.ts'
import { cardToDecide, decideLeave } from './usecases/decide.ts'
import { changeLeave, discardDraft, draftLeave, fillLeave, lapseDraft, openChange } from './usecases/draft.ts'
import { showOwn } from './usecases/own.ts'
import { dropPapers, listPapers, papersChanged, papersDue, placesFor, seePapers } from './usecases/papers.ts'
import { sendDraft } from './usecases/send.ts'
import { listLeave, showLeave } from './usecases/show.ts'
import { views } from './views.ts'

const asking = {
  period: { question: messages.later('ask.period') },
  type: { question: messages.later('ask.type') },
  reference: { question: messages.later('ask.reference') },
}
const said = {
  period: optional(period()),
  type: optional(choice('leaveType')),
  reason: optional(rest(REASON_CHARS_MAX)),
}

export const leave = defineFeature({
  name: 'leave',
  policy: LeavePolicy,
  permissions: {
    'leave.request': { 'zh-CN': '请假，修改和撤回自己的请假', en: 'Ask for leave, change and withdraw one’s own' },
    'leave.read': {
      'zh-CN': '查看请假及原因（自己的，或所辖范围的）',
      en: 'See leave with its reasons (one’s own, or as far as the grant reaches)',
    },
    'leave.decide': { 'zh-CN': '审批请假', en: 'Approve or reject leave' },
  },

  commands: [
    command({
      id: 'leave.request',
      names: { en: ['leave', 'timeoff', 'time off', 'off'], zh: ['请假', '休假'] },
      topics: {
        en: ['leave', 'time off', 'day off', 'days off', 'vacation'],
        zh: ['请假', '休假', '假', '年假', '事假', '病假', '婚假', '产假', '陪产假', '丧假', '调休', '补休', '特休'],
      },
      withdrawnBy: 'leave.withdraw',
      amendedBy: 'leave.change',
      permission: 'leave.request',
      args: said,
      asking,
      help: {
        line: messages.later('help.request'),
        examples: {
          'zh-CN': ['请假 3天', '请假 明天下午', '请假 3天 明天起 事假 家里有事'],
          en: ['leave 3 days', 'leave tomorrow afternoon', 'leave 2026-12-30 to 2027-01-04 annual'],
        },
      },
      opensForm: (values) => values['period'] === undefined,
      run: draftLeave,
    }),
    command({
      id: 'leave.list',
      names: { en: ['leave list', 'my leave'], zh: ['请假记录', '我的请假'] },
      permission: 'leave.read',
      args: {},
      help: { line: messages.later('help.list'), examples: { 'zh-CN': ['请假记录'], en: ['leave list'] } },
      run: listLeave,
    }),
    command({
      id: 'leave.withdraw',
      names: { en: ['leave withdraw', 'withdraw leave', 'cancel leave'], zh: ['撤回请假', '取消请假', '撤销请假'] },
      permission: 'leave.request',
      args: { reference: optional(reference()) },
      asking,
      help: {
        line: messages.later('help.withdraw'),
        examples: { 'zh-CN': ['撤回请假', '撤回请假 12'], en: ['leave withdraw', 'leave withdraw 12'] },
      },
      run: (ctx, { reference: number }) => withdrawNamed(ctx, number),
    }),
    command({
      id: 'leave.change',
      names: { en: ['leave change', 'change leave'], zh: ['修改请假', '改请假'] },
      permission: 'leave.request',
      args: { reference: optional(reference()), ...said },
      asking,
      help: {
        line: messages.later('help.change'),
        examples: { 'zh-CN': ['修改请假 2天', '修改请假 周四'], en: ['leave change 2 days', 'leave change Thursday'] },
      },
      opensForm: ({ period, type, reason }) => period === undefined && type === undefined && reason === undefined,
      run: changeLeave,
    }),
    command({
      id: 'leave.show',
      names: { en: ['leave show', 'leave why'], zh: ['请假详情', '请假明细'] },
      permission: 'leave.read',
      args: { reference: optional(reference()) },
      asking,
      help: {
        line: messages.later('help.show'),
        examples: { 'zh-CN': ['请假详情 12'], en: ['leave show 12'] },
      },
      run: (ctx, { reference: number }) => showLeave(ctx, number),
    }),
    command({
      id: 'leave.papers',
      names: { en: ['leave papers'], zh: ['请假材料', '材料'] },
      permission: 'leave.read',
      args: {},
      help: { line: messages.later('help.papers'), examples: { 'zh-CN': ['请假材料'], en: ['leave papers'] } },
      run: listPapers,
    }),
  ],

  actions: [
    action({ on: SendDraft, permission: 'leave.request', run: (ctx, { requestId }) => sendDraft(ctx, requestId) }),
    action({
      on: ChangeLeave,
      permission: 'leave.request',
      opensForm: true,
      run: (ctx, { requestId }) => openChange(ctx, requestId),
    }),
    action({
      on: DiscardDraft,
      permission: 'leave.request',
      run: (ctx, { requestId }) => discardDraft(ctx, requestId),
    }),
    action({
      on: WithdrawLeave,
      permission: 'leave.request',
      run: (ctx, { requestId }) => withdrawLeave(ctx, requestId),
    }),
    action({ on: WithdrawChosen, permission: 'leave.request', run: (ctx, _, chosen) => withdrawNamed(ctx, chosen) }),
    action({
      on: ShowLeave,
      permission: 'leave.read',
      run: (ctx, { requestId }) => showLeave(ctx, String(requestId)),
    }),
    action({ on: SeePapers, permission: 'leave.read', run: (ctx, { requestId }) => seePapers(ctx, requestId) }),
    action({ on: DropPapers, permission: 'leave.request', run: (ctx, { requestId }) => dropPapers(ctx, requestId) }),
  ],
  forms: [
    formHandler({
      on: FillLeave,
      permission: 'leave.request',
      run: (ctx, { requestId }, values) => fillLeave(ctx, requestId, values),
    }),
  ],
  approvals: [
    approval({
      kind: LeaveApproval,
      permission: 'leave.decide',
      card: (ctx, { requestId }, reader) => cardToDecide(ctx, requestId, reader),
      moved: (ctx, { requestId }) => showOwn(ctx, requestId),
      decided: (ctx, { requestId }, outcome) => decideLeave(ctx, requestId, outcome),
    }),
  ],
  jobs: [
    job({
      on: LapseDraft,
      title: { 'zh-CN': '请假草稿作废', en: 'A leave draft lapses' },
      attemptsMax: 5,
      run: (ctx, { requestId }) => lapseDraft(ctx, requestId),
    }),
    job({
      on: PapersDue,
      title: { 'zh-CN': '请假材料到期', en: 'Papers of a leave fall due' },
      attemptsMax: 5,
      run: papersDue,
    }),
  ],
  on: [
    subscription({
      on: FileArrived,
      run: async (ctx, { feature, reference }) => {
        if (feature === 'leave') await papersChanged(ctx, reference)
      },
    }),
    subscription({
      on: FileDropped,
      run: async (ctx, { feature, reference }) => {
        if (feature === 'leave') await papersChanged(ctx, reference)
      },
    }),
  ],
  answers: [answerTo({ to: FilesFor, run: (ctx, { personId }) => placesFor(ctx, personId) })],
  views,

  choices: (policy) => ({
    leaveType: Object.entries(policy(LeavePolicy).types).map(([value, { name, aliases }]) => ({
      value,
      name,
      aliases,
    })),
  }),
})
