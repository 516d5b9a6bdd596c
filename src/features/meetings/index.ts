/** Meetings: those that recur are announced in their channel before they begin. */
import { defineFeature, job } from '#engine/feature.ts'
import { reminderCard } from './cards.ts'
import { RemindOfMeeting } from './contracts.ts'
import { MeetingsPolicy } from './policy.ts'
import { meetingReminders } from './rules.ts'
import { remindOfMeeting } from './usecases.ts'

const sample = {
  name: { 'zh-CN': '部门例会', en: 'Department meeting' },
  startsAt: Date.parse('2026-10-09T16:00:00+08:00'),
  chair: {
    role: { 'zh-CN': '客服主管', en: 'Supervisor' },
    holders: [
      { person: 'sample-1', name: '周敏', away: false },
      { person: 'sample-2', name: '韩磊', away: true },
    ],
  },
}
const lateSince = Date.parse('2026-10-09T15:30:00+08:00')

export const meetings = defineFeature({
  name: 'meetings',
  policy: MeetingsPolicy,

  jobs: [
    job({
      on: RemindOfMeeting,
      title: { 'zh-CN': '会议提醒', en: 'A meeting is reminded of' },
      attemptsMax: 5,
      run: remindOfMeeting,
    }),
  ],

  schedules: [{ job: RemindOfMeeting, entries: meetingReminders }],

  views: [
    { name: 'meetings.reminder', draw: (reader) => ({ card: reminderCard(reader, { ...sample, minutesLeft: 30 }) }) },
    {
      name: 'meetings.reminder-late',
      draw: (reader) => ({ card: reminderCard(reader, { ...sample, minutesLeft: 12, lateSince }) }),
    },
  ],
})
