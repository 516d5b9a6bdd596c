/** `channels list`, `link`, `unlink` and `create`: the rooms of each channel. */
import { inLocale } from '#core/i18n.ts'
import { appendLine } from '#engine/audit/lines.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { accountsOf } from '#engine/identity/accounts.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { joinRoom, roomsOfChannel } from '#engine/outbox/rooms.ts'
import { ChannelsPolicy, PLATFORMS } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { done, no, type OpsCommand, type OpsContext, UsageError } from '../command.ts'
import { roomProblem } from '../init/answers.ts'
import { columns, count, oneOf, writeValue } from '../words.ts'
import { platformIn, whyNot } from './lookup.ts'

const CHANNEL = { name: 'CHANNEL', about: 'its id in the policy, as department' }
const PLATFORM = { name: 'PLATFORM', about: PLATFORMS.join(', ') }
/** A platform may take so long to make a room, in milliseconds of real time. */
const CREATE_MS = 30_000

export const channelsList: OpsCommand = {
  name: 'channels list',
  about: 'list the rooms of each channel, and whether the policy or a command names them',
  async run({ app, db, platforms }) {
    const policy = app.policy.current()
    const rows = await db.transact('work', async (tx) => {
      const all: string[][] = []
      for (const id of Object.keys(policy.section(ChannelsPolicy))) {
        const rooms = await roomsOfChannel(tx, policy, id)
        if (rooms.length === 0) all.push([id, '', '', 'no room yet'])
        for (const { platform, room, by } of rooms) {
          const isOn = platforms.some(({ name }) => name === platform)
          all.push([id, platform, room, `by ${by}${isOn ? '' : ', not configured here'}`])
        }
      }
      return all
    })
    if (rows.length === 0) return done(['The policy names no channel.'])
    return done(columns([['CHANNEL', 'PLATFORM', 'ROOM', ''], ...rows]))
  },
}

export const channelsLink: OpsCommand = {
  name: 'channels link',
  about: 'say in which room of a platform a channel is said; it goes before the policy’s',
  arguments: [CHANNEL, PLATFORM, { name: 'ROOM', about: 'the platform’s own id of the room' }],
  async run(context, { values }) {
    const channel = channelIn(context, values['CHANNEL'] ?? '')
    const platform = oneOf('PLATFORM', values['PLATFORM'] ?? '', PLATFORMS)
    const room = (values['ROOM'] ?? '').trim()
    if (room === '' || room.length > 200) throw new UsageError('ROOM is empty or too long: write the id of the room.')
    const problem = roomProblem(platform, room)
    if (problem !== undefined) throw new UsageError(`ROOM is ${writeValue(room)}: ${problem}.`)
    const before = await context.db.transact('people', (tx) => join(context, tx, { channel, platform, room }))
    const instead = before === null || before === room ? '' : `, instead of ${writeValue(before)}`
    return done([`${channel} is said in ${writeValue(room)} on ${platform}${instead}.`])
  },
}

export const channelsUnlink: OpsCommand = {
  name: 'channels unlink',
  about: 'leave a channel without a room on a platform, whatever the policy says',
  arguments: [CHANNEL, PLATFORM],
  async run(context, { values }) {
    const channel = channelIn(context, values['CHANNEL'] ?? '')
    const platform = oneOf('PLATFORM', values['PLATFORM'] ?? '', PLATFORMS)
    const before = await context.db.transact('people', async (tx) => {
      const rooms = await roomsOfChannel(tx, context.app.policy.current(), channel)
      if (!rooms.some((one) => one.platform === platform)) return null
      return join(context, tx, { channel, platform, room: null })
    })
    if (before === null) return no([], [`${channel} has no room on ${platform}.`])
    return done([`${channel} is no longer said in ${writeValue(before)} on ${platform}.`])
  },
}

export const channelsCreate: OpsCommand = {
  name: 'channels create',
  about: 'make a room for a channel, with the people of its department in it, where apps make rooms',
  arguments: [CHANNEL],
  options: [{ name: 'on', takes: 'PLATFORM', about: PLATFORMS.join(', '), required: true }],
  async run(context, { values }) {
    const { app, db } = context
    const channel = channelIn(context, values['CHANNEL'] ?? '')
    const platform = platformIn(context, values['on'] ?? '')
    if (!platform.createRoom)
      return no(
        [],
        [`On ${platform.name} people make rooms: make one, invite the bot, and say “link channel ${channel}” in it.`],
      )
    const policy = app.policy.current()
    const { name, department, language } = policy.section(ChannelsPolicy)[channel] ?? {}
    const accounts = await db.transact('work', async (tx) => {
      const people = peopleFor(tx, policy)
      const members = department === undefined ? await people.all() : await people.inDepartment(department)
      const ids = members.filter(({ active }) => active).map(({ id }) => id)
      return Object.values(await accountsOf(tx, ids, platform.name))
    })
    if (accounts.length < 2)
      return no(
        [],
        [
          `${count(accounts.length, 'person', 'people')} of it can be reached on ${platform.name}; a room needs two at least. Link more first.`,
        ],
      )
    const title = name ? inLocale(name, language ?? policy.section(OrganisationPolicy).language) : channel
    let room: string
    try {
      room = await platform.createRoom({ name: title, accounts }, AbortSignal.timeout(CREATE_MS))
    } catch (error) {
      return no([], [`${platform.name} made no room: ${whyNot(error)}`])
    }
    await db.transact('people', (tx) => join(context, tx, { channel, platform: platform.name, room }))
    return done([
      `Made the room ${writeValue(room)} on ${platform.name} with ${count(accounts.length, 'person', 'people')}; ${channel} is said there.`,
    ])
  },
}

function channelIn({ app }: OpsContext, channel: string): string {
  const known = Object.keys(app.policy.current().section(ChannelsPolicy))
  if (known.length === 0) throw new UsageError('The policy names no channel: write one under channels.')
  return oneOf('CHANNEL', channel, known)
}

/** @returns the room it had there before */
async function join(
  { app, clock }: OpsContext,
  tx: Tx,
  how: { readonly channel: string; readonly platform: string; readonly room: string | null },
): Promise<string | null> {
  const { channel, platform, room } = how
  const rooms = await roomsOfChannel(tx, app.policy.current(), channel)
  const before = rooms.find((one) => one.platform === platform)?.room ?? null
  const at = clock.now()
  await joinRoom(tx, { ...how, by: null, at })
  const action = room === null ? 'channels.unlinked' : 'channels.linked'
  await appendLine(tx.sql, {
    at,
    actorId: null,
    action,
    subject: `channel:${channel}`,
    data: { platform, room, before },
  })
  return before
}
