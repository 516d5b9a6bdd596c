/** Which reports a policy asks for. Pure. */
import { inEvery } from '#core/i18n.ts'
import type { PolicyReader, ScheduleEntry } from '#engine/feature.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { messages } from '../i18n.ts'
import { ReportsPolicy } from '../policy.ts'

const DAY_MINUTES = 1_440
/** One for the leave of the month, when the policy writes it. */
export function reportSchedules(policy: PolicyReader): readonly ScheduleEntry[] {
  const { leave } = policy.section(ReportsPolicy)
  if (leave === undefined) return []
  return [
    {
      name: 'reports.leave',
      title: inEvery((locale) => messages.say(locale, 'schedule.leave')),
      rule: leave.rule,
      zone: policy.section(OrganisationPolicy).zone,
      catchUp: { missed: 'once', freshForMinutes: leave.lateForDays * DAY_MINUTES },
      payload: { kind: 'leave' },
    },
  ]
}
