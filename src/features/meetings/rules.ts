/** Which reminders a policy asks for. Pure. */
import type { z } from 'zod'
import { inEvery, inLocale, type Text } from '#core/i18n.ts'
import type { PolicyReader, ScheduleEntry } from '#engine/feature.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import type { RemindOfMeeting } from './contracts.ts'
import { messages } from './i18n.ts'
import { type MeetingSeries, MeetingsPolicy } from './policy.ts'

/** What a schedule gives the job beside `due` and `late`. */
type Announced = Omit<z.input<typeof RemindOfMeeting.payload>, 'due' | 'late'>

/**
 * One reminder for each series of the organisation (MEET-04), and one more for each department that holds one of its own:
 * its series differs from that of the department above it.
 */
export function meetingReminders(policy: PolicyReader): readonly ScheduleEntry[] {
  const { zone, departments } = policy.section(OrganisationPolicy)
  const seriesOf = (department?: string) => policy.section(MeetingsPolicy, department).series
  const common = Object.entries(seriesOf()).map(([id, series]) => reminder(id, series, zone))
  const own = departments.flatMap(({ id: department, parent }) => {
    const above = seriesOf(parent)
    return Object.entries(seriesOf(department))
      .filter(([id, series]) => !same(series, above[id]))
      .map(([id, series]) => reminder(id, series, zone, department))
  })
  return [...common, ...own]
}

function reminder(id: string, series: MeetingSeries, zone: string, department?: string): ScheduleEntry {
  const { name, rule, remindBeforeMinutes, channel, chair } = series
  const payload: Announced = {
    series: id,
    name,
    channel,
    beforeMinutes: remindBeforeMinutes,
    ...(department === undefined ? {} : { department }),
    ...(chair === undefined ? {} : { chair }),
  }
  return {
    name: department === undefined ? `meetings.${id}` : `meetings.${id}:${department}`,
    title: titleOf(name),
    rule: { ...rule, minus: `PT${remindBeforeMinutes}M` },
    zone,
    // Once the meeting has begun there is nothing left to announce.
    catchUp: { missed: 'once', freshForMinutes: remindBeforeMinutes },
    payload,
  }
}

function titleOf(name: Text): Text {
  return inEvery((locale) => messages.say(locale, 'schedule', { name: inLocale(name, locale) }))
}

/** Sections are parsed by one schema: equal ones are written alike. */
function same(a: MeetingSeries, b: MeetingSeries | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
