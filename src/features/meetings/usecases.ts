/** The use cases of meetings. Each runs inside the caller's transaction: all of it happens, or none of it. */
import type { z } from 'zod'
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import type { Ctx } from '#engine/context.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { type ReminderView, reminderCard } from './cards.ts'
import type { RemindOfMeeting } from './contracts.ts'

type Reminder = z.output<typeof RemindOfMeeting.payload>

/** Announces a meeting in its channel, once (MEET-04). A job that comes to run after the beginning leaves it out, and the audit log says so. */
export async function remindOfMeeting(ctx: Ctx, reminder: Reminder): Promise<void> {
  const { series, department, name, channel, beforeMinutes, due, late } = reminder
  const meeting = department === undefined ? series : `${series}:${department}`
  const startsAt = due + beforeMinutes * MINUTE_MS
  const now = ctx.clock.now()
  if (now > startsAt) {
    await ctx.audit('meetings.reminder-left-out', `meeting:${meeting}`, { due, startsAt, reason: 'begun' })
    return
  }
  const chair = await chairOf(ctx, reminder, startsAt)
  const view: ReminderView = {
    name,
    startsAt,
    minutesLeft: Math.ceil((startsAt - now) / MINUTE_MS),
    ...(late ? { lateSince: due } : {}),
    ...(chair ? { chair } : {}),
  }
  const key = `meetings.reminder:${meeting}:${due}`
  await ctx.outbox.send({ channel }, (reader) => ({ card: reminderCard(reader, view) }), { key })
}

/** The role that leads the meeting and who holds it: nearest to the department, else to that of the channel, else anywhere. */
async function chairOf(ctx: Ctx, reminder: Reminder, startsAt: Instant): Promise<ReminderView['chair']> {
  const role = ctx.policy(OrganisationPolicy).roles.find(({ id }) => id === reminder.chair)
  if (role === undefined) return undefined
  const department = reminder.department ?? ctx.policy(ChannelsPolicy)[reminder.channel]?.department
  const holders =
    department === undefined ? await ctx.people.holding(role.id) : await ctx.people.withRole(role.id, department)
  const ids = holders.map(({ id }) => id)
  const away = await ctx.presence.awayAt(ids, startsAt)
  return { role: role.name, holders: holders.map(({ id, name }) => ({ person: id, name, away: away.has(id) })) }
}
