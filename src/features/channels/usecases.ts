/** Rooms joined to channels and taken away again, in the room itself; and how it stands with all of them. */
import { Refusal } from '#core/errors.ts'
import { inLocale, type Text } from '#core/i18n.ts'
import type { Platform } from '#core/platform.ts'
import type { Ctx, PersonCtx, Reply } from '#engine/context.ts'
import type { Preparing } from '#engine/feature.ts'
import { type ChannelRoom, joinRoom, roomsOfChannel } from '#engine/outbox/rooms.ts'
import { ChannelsPolicy, platformName } from '#engine/policy/channels.ts'
import { type ChannelView, listCard, type Membership, replaceCard } from './cards.ts'
import { LookAtRooms } from './contracts.ts'
import { messages } from './i18n.ts'

const text = (said: string): Reply => ({ message: { text: said } })

/** A channel's name, and its rooms as they are now. */
async function look(ctx: Ctx, channel: string): Promise<{ name: Text; rooms: readonly ChannelRoom[] }> {
  const channels = ctx.policy(ChannelsPolicy)
  const name = Object.hasOwn(channels, channel) ? channels[channel]?.name : undefined
  if (!name) throw new Error(`the policy has no channel ${channel}, though the parser named it`)
  return { name, rooms: await roomsOfChannel(ctx, { section: (section) => ctx.policy(section) }, channel) }
}

function refuseDirect(ctx: PersonCtx, name: Text): void {
  if (ctx.origin.roomKind === 'group') return
  throw new Refusal((locale) =>
    messages.say(locale, 'refuse.direct', {
      said: ctx.origin.write(messages.say(locale, 'word.link', { channel: inLocale(name, locale) })),
    }),
  )
}

/** `绑定群 部门群`: at once where the channel has no room on this platform yet, else asked about first. */
export async function linkChannel(ctx: PersonCtx, channel: string): Promise<Reply> {
  const { platform, room } = ctx.origin
  const { name, rooms } = await look(ctx, channel)
  refuseDirect(ctx, name)
  const before = rooms.find((one) => one.platform === platform)
  if (before?.room === room) return said(ctx, 'done.same', name)
  if (before) {
    const card = replaceCard(ctx.actor.locale, { id: channel, name, platform, before: before.room, room })
    return { message: { card } }
  }
  return join(ctx, channel, room)
}

/** The answer to whether this room shall take the other's place. */
export async function replaceRoom(
  ctx: PersonCtx,
  { channel, room, keep }: { channel: string; room: string; keep?: boolean | undefined },
): Promise<Reply> {
  const { name } = await look(ctx, channel)
  return keep ? said(ctx, 'done.kept', name) : join(ctx, channel, room)
}

async function join(ctx: PersonCtx, channel: string, room: string): Promise<Reply> {
  const { platform } = ctx.origin
  const { name, rooms } = await look(ctx, channel)
  const before = rooms.find((one) => one.platform === platform)?.room ?? null
  await joinRoom(ctx, { channel, platform, room, by: ctx.actor.id, at: ctx.clock.now() })
  await ctx.audit('channels.linked', `channel:${channel}`, { platform, room, before })
  const { locale } = ctx.actor
  const others = rooms.filter((one) => one.platform !== platform)
  if (others.length === 0) return said(ctx, 'done.link', name)
  const platforms = others
    .map((one) => inLocale(platformName(one.platform), locale))
    .join(messages.say(locale, 'comma'))
  return text(messages.say(locale, 'done.link-also', { channel: inLocale(name, locale), platforms }))
}

const said = (ctx: PersonCtx, key: 'done.same' | 'done.kept' | 'done.link' | 'done.unlink', name: Text): Reply =>
  text(messages.say(ctx.actor.locale, key, { channel: inLocale(name, ctx.actor.locale) }))

/** `解绑群 部门群`, in that room. */
export async function unlinkChannel(ctx: PersonCtx, channel: string): Promise<Reply> {
  const { platform, room } = ctx.origin
  const { name, rooms } = await look(ctx, channel)
  refuseDirect(ctx, name)
  if (!rooms.some((one) => one.platform === platform && one.room === room))
    throw new Refusal((locale) =>
      messages.say(locale, 'refuse.not-here', {
        channel: inLocale(name, locale),
        platform: inLocale(platformName(platform), locale),
        said: ctx.origin.write(messages.say(locale, 'word.list')),
      }),
    )
  await joinRoom(ctx, { channel, platform, room: null, by: ctx.actor.id, at: ctx.clock.now() })
  await ctx.audit('channels.unlinked', `channel:${channel}`, { platform, room })
  return said(ctx, 'done.unlink', name)
}

/** All of them at once; whether the bot is in each room follows on the same card, when the platforms have answered. */
export async function listChannels(ctx: PersonCtx, platforms: ReadonlyMap<string, Platform>): Promise<Reply> {
  const card = `channels.list:${ctx.origin.event}`
  await ctx.jobs.add(LookAtRooms, { card, person: ctx.actor.id, platform: ctx.origin.platform })
  const channels = (await allChannels(ctx)).map(({ name, rooms }) => ({
    name,
    rooms: rooms.map((room) => (platforms.has(room.platform) ? room : { ...room, member: 'off' as const })),
  }))
  return { message: { card: listCard(ctx.actor.locale, channels, ctx.origin.write) }, as: card }
}

async function allChannels(ctx: Ctx): Promise<readonly ChannelView[]> {
  const views: ChannelView[] = []
  for (const id of Object.keys(ctx.policy(ChannelsPolicy))) views.push(await look(ctx, id))
  return views
}

/** What the platforms say of each room; outside any transaction. */
export async function membershipsOf(
  { read, signal }: Pick<Preparing, 'read' | 'signal'>,
  platforms: ReadonlyMap<string, Platform>,
): Promise<readonly ChannelView[]> {
  const channels = await read((ctx) => allChannels(ctx))
  const looked: ChannelView[] = []
  for (const { name, rooms } of channels) {
    const found: ChannelView['rooms'][number][] = []
    for (const room of rooms)
      found.push({ ...room, member: await membershipIn(platforms.get(room.platform), room.room, signal) })
    looked.push({ name, rooms: found })
  }
  return looked
}

/** Of a very large room not all members are listed: then nobody can tell. */
const MEMBERS_MAX = 1_000

async function membershipIn(platform: Platform | undefined, room: string, signal: AbortSignal): Promise<Membership> {
  if (!platform) return 'off'
  const { directory } = platform
  if (!directory?.members || !directory.self) return 'unknown'
  try {
    const [members, self] = [await directory.members(room, signal), await directory.self(signal)]
    if (members.some(({ account }) => account === self.account)) return 'yes'
    return members.length < MEMBERS_MAX ? 'no' : 'unknown'
  } catch (error) {
    return { failed: (error as Error).message.slice(0, 200) }
  }
}

export async function showLooked(
  ctx: Ctx,
  { card, person }: { card: string; person: string },
  channels: readonly ChannelView[],
  write: (said: string) => string,
): Promise<void> {
  await ctx.outbox.show(card, { person }, ({ locale }) => ({ card: listCard(locale, channels, write) }), {
    quiet: true,
    urgent: true,
  })
}
