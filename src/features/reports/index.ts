/** Reports: what a month came to, made at its end, told to those who need it, and the same again whenever it is made again. */
import { choice, optional, rest } from '#core/command-args.ts'
import { inEvery } from '#core/i18n.ts'
import { action, command, defineFeature, job } from '#engine/feature.ts'
import { MakeReport, RenderReport, SendPart, ShowReport } from './contracts.ts'
import { messages } from './i18n.ts'
import { ReportsPolicy } from './policy.ts'
import { reportSchedules } from './rules/schedule.ts'
import { keepRender, lookAtReports, prepareRender, sendPart, showChosen } from './usecases/look.ts'
import { keepReport, prepareReport } from './usecases/make.ts'
import { tellFailed } from './usecases/tell.ts'
import { views } from './views.ts'

/** Ten thousand people's leave, read, drawn and written. */
const PREPARE_MS_MAX = 300_000
const MONTH_CHARS_MAX = 40
const inEach = (key: 'permission.read' | 'permission.make' | 'job.make' | 'job.render') =>
  inEvery((locale) => messages.say(locale, key))

export const reports = defineFeature({
  name: 'reports',
  policy: ReportsPolicy,
  permissions: { 'reports.read': inEach('permission.read'), 'reports.make': inEach('permission.make') },

  commands: [
    command({
      id: 'reports.show',
      names: {
        en: ['report', 'reports', 'monthly report', 'leave report'],
        zh: ['报表', '月报', '月度报表', '请假汇总', '请假报表'],
      },
      permission: 'reports.read',
      args: { kind: optional(choice('reportKind')), month: optional(rest(MONTH_CHARS_MAX)) },
      help: {
        line: messages.later('help.show'),
        examples: {
          'zh-CN': ['报表', '报表 请假 9月', '报表 请假 2026-09 重做'],
          en: ['report', 'report leave September', 'report leave 2026-09 again'],
        },
      },
      run: lookAtReports,
    }),
  ],

  actions: [
    action({
      on: SendPart,
      permission: 'reports.read',
      run: (ctx, { reportId, part }) => sendPart(ctx, reportId, part),
    }),
    action({ on: ShowReport, permission: 'reports.read', run: (ctx, _, chosen) => showChosen(ctx, chosen) }),
  ],

  jobs: [
    job({
      on: MakeReport,
      title: inEach('job.make'),
      attemptsMax: 8,
      prepareMsMax: PREPARE_MS_MAX,
      prepare: prepareReport,
      async run(ctx, order, prepared) {
        await keepReport(ctx, order, prepared)
      },
      givenUp: (ctx, { month, askedBy }) => tellFailed(ctx, month, askedBy),
    }),
    job({
      on: RenderReport,
      title: inEach('job.render'),
      attemptsMax: 5,
      prepareMsMax: PREPARE_MS_MAX,
      prepare: prepareRender,
      run: keepRender,
    }),
  ],

  schedules: [{ job: MakeReport, entries: reportSchedules }],
  views,

  choices: () => ({
    reportKind: [
      {
        value: 'leave',
        name: inEvery((locale) => messages.say(locale, 'kind.leave')),
        aliases: ['休假', '假期', 'time off'],
      },
    ],
  }),
})
