/** Approvals as people meet them: the buttons, the form for the reason, what waits for me, the reminders. */

import { Refusal } from '#core/errors.ts'
import type { Locale } from '#core/i18n.ts'
import type { Reply } from '../context.ts'
import { action, command, defineFeature, type Feature, formHandler, job, view } from '../feature.ts'
import { openCard, reasonForm, resolvedCard } from './cards.ts'
import { Approve, AskReason, Reject, RemindStep } from './contracts.ts'
import { decide, remind } from './engine.ts'
import { messages } from './i18n.ts'
import { ApprovalsPolicy } from './policy.ts'
import * as repository from './repository.ts'
import { bringAgain, type Kinds } from './show.ts'

/** @param kinds every kind of request that features declare */
export function approvalsFeature(kinds: Kinds): Feature {
  return defineFeature({
    name: 'approvals',
    policy: ApprovalsPolicy,
    permissions: { 'approvals.answer': { 'zh-CN': '处理交给自己的审批', en: 'decide what one is asked to decide' } },
    commands: [
      command({
        id: 'approvals.pending',
        names: { en: ['approvals', 'pending'], zh: ['待审批', '待我审批', '审批'] },
        permission: 'approvals.answer',
        args: {},
        help: { line: messages.later('help.pending'), examples: { en: ['approvals'], 'zh-CN': ['待审批'] } },
        async run(ctx): Promise<Reply> {
          const { locale } = ctx.actor
          const waiting = await repository.waitingFor(ctx.sql, ctx.actor.id)
          if (waiting.length === 0) return { message: { text: messages.say(locale, 'list.empty') } }
          for (const { approvalId, position } of waiting) {
            const row = await repository.find(ctx.db, approvalId)
            if (row) await bringAgain(ctx, kinds, row, position, ctx.actor, messages.say(locale, 'list.title'))
          }
          return { message: { text: messages.say(locale, 'list.sent', { count: waiting.length }) } }
        },
      }),
    ],
    actions: [
      action({
        on: Approve,
        permission: 'approvals.answer',
        run: async (ctx, at) => told(await decide(ctx, kinds, at, { approved: true, reason: null })),
      }),
      action({
        on: AskReason,
        permission: 'approvals.answer',
        opensForm: true,
        run: async (ctx, at) => ({ form: reasonForm(ctx.actor.locale, at) }),
      }),
    ],
    forms: [
      formHandler({
        on: Reject,
        permission: 'approvals.answer',
        async run(ctx, at, values) {
          const reason = typeof values['reason'] === 'string' ? values['reason'].trim() : ''
          if (reason === '') throw new Refusal(messages.later('reject.needs-reason'), { field: 'reason' })
          return told(await decide(ctx, kinds, at, { approved: false, reason: reason.slice(0, 500) }))
        },
      }),
    ],
    jobs: [
      job({
        on: RemindStep,
        title: { 'zh-CN': '催办审批', en: 'An unanswered request is reminded of' },
        attemptsMax: 8,
        run: (ctx, about) => remind(ctx, kinds, about),
      }),
    ],
    views: [
      view('approvals.open', (reader) => ({
        card: openCard(reader, sampleCard(reader.locale), { approval: 1, position: 0 }),
      })),
      view('approvals.resolved', (reader) => ({
        card: resolvedCard(reader, sampleCard(reader.locale), {
          state: 'rejected',
          who: () => '陈立',
          whom: () => '王敏',
          at: Date.parse('2026-09-28T10:00:00+08:00'),
          reason: '那几天人手不够 <!channel> *not bold*',
          next: null,
        }),
      })),
      view('approvals.reason', (reader) => reasonForm(reader.locale, { approval: 1, position: 0 })),
    ],
  })
}

/** Whoever was late must read it; whoever decided sees the card change. */
const told = (result: { said: string; late: boolean }): Reply =>
  result.late ? { message: { text: result.said } } : { toast: result.said }

const sampleCard = (locale: Locale) => ({
  title: messages.say(locale, 'sample.title'),
  fields: [{ label: messages.say(locale, 'sample.days'), value: '3' }],
})
