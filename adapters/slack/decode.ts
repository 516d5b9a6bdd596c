/** From a verified event of Slack's (https://docs.slack.dev/apis/events-api) to what it is for us. Pure: no network, no clock. */
import { z } from 'zod'
import type { Incoming } from '#core/platform.ts'
import { isDirect, type Moment, read, roomKindOf } from './door.ts'
import { readFiles } from './files.ts'
import { mentions, readWords } from './words.ts'

const spokenSchema = z.object({
  user: z.string().optional(),
  bot_id: z.string().nullish(),
  subtype: z.string().optional(),
  text: z.string().default(''),
  ts: z.string(),
  edited: z.object({ ts: z.string() }).optional(),
})
const eventSchema = z.object({
  team_id: z.string().default(''),
  authorizations: z.array(z.object({ user_id: z.string(), is_bot: z.boolean().optional() })).nullish(),
  event: z.looseObject({ type: z.string() }),
})
const messageSchema = spokenSchema.extend({ channel: z.string(), files: z.array(z.unknown()).nullish() })
const changedSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  message: spokenSchema,
  previous_message: spokenSchema.optional(),
})
const removedSchema = z.object({
  channel: z.string(),
  deleted_ts: z.string(),
  previous_message: spokenSchema.optional(),
})

/** Messages with these subtypes are a person's own words; every other subtype is Slack's or a bot's. */
const SPOKEN = new Set([undefined, 'file_share', 'thread_broadcast', 'me_message'])

/** Throws `MalformedCall` when a part that we need is missing; undefined when the event is none of ours. */
export function decodeEvent(body: unknown, moment: Moment): Incoming | undefined {
  const { event, team_id: team, authorizations } = read(eventSchema, body, 'event')
  const bot = authorizations?.find((authorization) => authorization.is_bot)?.user_id ?? moment.knownBot()
  const isMention = event.type === 'app_mention'
  if (!isMention && event.type !== 'message') return undefined
  switch (event['subtype']) {
    case 'message_changed':
      return decodeChanged(read(changedSchema, event, 'changed message'), team, bot)
    case 'message_deleted':
      return decodeRemoved(read(removedSchema, event, 'deleted message'), team, bot)
    default:
      return decodeSpoken(read(messageSchema, event, 'message'), team, bot, isMention)
  }
}

type Spoken = z.output<typeof spokenSchema>

/** The person behind the words; undefined for bots, ourselves among them, and for Slack's own lines. */
function speakerOf(spoken: Spoken, bot: string | undefined): string | undefined {
  if (spoken.bot_id || !SPOKEN.has(spoken.subtype)) return undefined
  return spoken.user === bot ? undefined : spoken.user
}

const addressed = (channel: string, text: string, bot: string | undefined) =>
  isDirect(channel) || (bot !== undefined && mentions(text, bot))

function decodeSpoken(
  message: z.output<typeof messageSchema>,
  team: string,
  bot: string | undefined,
  isMention: boolean,
): Incoming | undefined {
  const { channel, ts, text } = message
  const person = speakerOf(message, bot)
  if (person === undefined || !(isMention || addressed(channel, text, bot))) return undefined
  // Slack names the bot with nearly every event; where it does not, the mention that called us stands first.
  const self = bot ?? (isMention ? /<@(\w+)/.exec(text)?.[1] : undefined)
  const files = readFiles(message.files ?? [])
  return {
    kind: 'said',
    // app_mention and message are two deliveries of one message: the key is the message's.
    key: `m:${team}:${channel}:${ts}`,
    person,
    room: channel,
    roomKind: roomKindOf(channel),
    canCarry: [],
    text: readWords(text, self),
    messageId: ts,
    ...(files.length > 0 ? { files } : {}),
  }
}

function decodeChanged(
  { channel, ts, message, previous_message: before }: z.output<typeof changedSchema>,
  team: string,
  bot: string | undefined,
): Incoming | undefined {
  // A message with replies is not removed but turned into a gravestone.
  if (message.subtype === 'tombstone')
    return decodeRemoved({ channel, deleted_ts: message.ts, previous_message: before }, team, bot)
  const person = speakerOf(message, bot)
  // Without `edited` only a preview was added.
  if (person === undefined || !message.edited || message.text === before?.text) return undefined
  if (!addressed(channel, message.text, bot) && !addressed(channel, before?.text ?? '', bot)) return undefined
  return {
    kind: 'edited',
    key: `e:${team}:${channel}:${message.ts}:${message.edited.ts || ts}`,
    person,
    room: channel,
    roomKind: roomKindOf(channel),
    canCarry: [],
    messageId: message.ts,
    text: readWords(message.text, bot),
  }
}

function decodeRemoved(
  { channel, deleted_ts: messageId, previous_message: before }: z.output<typeof removedSchema>,
  team: string,
  bot: string | undefined,
): Incoming | undefined {
  // Without the former message nobody can be said to have deleted anything of theirs.
  if (!before) return undefined
  const person = speakerOf(before, bot)
  if (person === undefined || !addressed(channel, before.text, bot)) return undefined
  return {
    kind: 'deleted',
    key: `d:${team}:${channel}:${messageId}`,
    person,
    room: channel,
    roomKind: roomKindOf(channel),
    canCarry: [],
    messageId,
  }
}
