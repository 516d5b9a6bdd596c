/** Someone who asks for leave in tests of the rules: Monday 2026-09-28, nine o'clock in Shanghai, office hours. */

import { civilDateAt } from '../../../src/core/calendar/civil.ts'
import { workCalendar } from '../../../src/core/calendar/days.ts'
import { DEFAULT_PATTERN, type WorkingPattern } from '../../../src/core/calendar/pattern.ts'
import type { Period } from '../../../src/core/command-args.ts'
import { Refusal } from '../../../src/core/errors.ts'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'
import type { Asker, Terms } from '../../../src/features/leave/rules/model.ts'
import { termsOf } from '../../../src/features/leave/rules/terms.ts'
import { writeSpan } from '../../../src/features/leave/words.ts'

const ZONE = 'Asia/Shanghai'
const calendar = workCalendar()

export interface About {
  readonly policy?: Parameters<typeof LeavePolicy.schema.parse>[0]
  readonly pattern?: WorkingPattern
  readonly now?: string
}

export function asker({
  policy = {},
  pattern = DEFAULT_PATTERN,
  now = '2026-09-28T09:00:00+08:00',
}: About = {}): Asker {
  const instant = Date.parse(now)
  return {
    pattern,
    zone: ZONE,
    calendar,
    today: civilDateAt(instant, ZONE),
    now: instant,
    policy: LeavePolicy.schema.parse(policy),
  }
}

export const terms = (period: Period, about: About & { type?: string } = {}): Terms =>
  termsOf({ period, type: about.type ?? 'personal' }, asker(about))

/** `Tue 29 Sep – Thu 8 Oct · 6 · 1440`: the stretch, its half-days and its minutes. */
export function brief(found: Terms): string {
  return `${writeSpan(found.span, 'en', '2026-09-28')} · ${found.halfDays} · ${found.minutes}`
}

/** The refusal of `work`, in English, with its rule. */
export function refusal(work: () => unknown): {
  words: string
  zh: string
  rule: string | undefined
  field: string | undefined
} {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal)
      return { words: error.say('en'), zh: error.say('zh-CN'), rule: error.rule, field: error.field }
    throw error
  }
  throw new Error('It was not refused')
}
