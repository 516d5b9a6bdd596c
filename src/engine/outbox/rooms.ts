/** The rooms of a channel: those of the policy, and before them those that were joined to it by a command. */
import type { Instant } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'
import { ChannelsPolicy, PLATFORMS } from '../policy/channels.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'

export interface ChannelRoom {
  readonly platform: string
  /** The platform's own id of it. */
  readonly room: string
  /** Whether the policy names it, or somebody joined it in the chat or on the command line. */
  readonly by: 'policy' | 'command'
}

/** Everything that holds of a channel's rooms, in the order of the platforms; none for a channel that the policy does not know. */
export async function roomsOfChannel(
  { sql }: Pick<Tx, 'sql'>,
  policy: Pick<LoadedPolicy, 'section'>,
  channel: string,
): Promise<readonly ChannelRoom[]> {
  const channels = policy.section(ChannelsPolicy)
  if (!Object.hasOwn(channels, channel)) return []
  const written: Readonly<Record<string, unknown>> = channels[channel] ?? {}
  const joined = new Map(
    (
      await sql<{ platform: string; room: string | null }>(
        'SELECT platform, room FROM channel_room WHERE channel = $1',
        [channel],
      )
    ).map(({ platform, room }) => [platform, room]),
  )
  return PLATFORMS.flatMap((platform): ChannelRoom[] => {
    const room = joined.get(platform)
    if (room !== undefined) return room === null ? [] : [{ platform, room, by: 'command' }]
    const named = Object.hasOwn(written, platform) ? written[platform] : undefined
    return typeof named === 'string' ? [{ platform, room: named, by: 'policy' }] : []
  })
}

/**
 * The room is the channel's on its platform from now on; it goes before the policy's.
 * @param how.room null: the channel has none there, whatever the policy says
 * @param how.by who did it; null for the command line
 */
export async function joinRoom(
  { sql }: Pick<Tx, 'sql'>,
  how: {
    readonly channel: string
    readonly platform: string
    readonly room: string | null
    readonly by: string | null
    readonly at: Instant
  },
): Promise<void> {
  await sql(
    `INSERT INTO channel_room (channel, platform, room, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (channel, platform) DO UPDATE SET room = excluded.room, linked_by = excluded.linked_by, linked_at = excluded.linked_at`,
    [how.channel, how.platform, how.room, how.by, new Date(how.at)],
  )
}
