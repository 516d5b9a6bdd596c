/** From an authentic event of Lark's to what it is for us. Pure: no network, no clock. https://open.feishu.cn/document/server-docs/im-v1/message/events/receive */
import { z } from 'zod'
import type { Incoming } from '#core/platform.ts'
import { type Mention, readContent } from './content.ts'
import { read } from './door.ts'

/** An event or a callback, taken out of its envelope. */
export interface Envelope {
  readonly type: string
  readonly id: string
  readonly event: Readonly<Record<string, unknown>>
}

const envelopeSchema = z.object({
  header: z.object({ event_id: z.string().min(1).max(150), event_type: z.string() }),
  event: z.record(z.string(), z.unknown()),
})
const formerSchema = z.object({ type: z.literal('event_callback'), event: z.object({ type: z.string() }) })

/** Undefined for events of the first version, of which none is ours. Throws `MalformedCall`. */
export function openEnvelope(body: unknown): Envelope | undefined {
  if (formerSchema.safeParse(body).success) return undefined
  const { header, event } = read(envelopeSchema, body, 'call')
  return { type: header.event_type, id: header.event_id, event }
}

const idsSchema = z.object({ open_id: z.string().min(1).max(150) })
const messageSchema = z.object({
  sender: z.object({ sender_id: idsSchema.nullish(), sender_type: z.string() }),
  message: z.object({
    message_id: z.string().min(1).max(150),
    chat_id: z.string().min(1),
    chat_type: z.string(),
    message_type: z.string(),
    content: z.string(),
    mentions: z
      .array(
        z.object({
          key: z.string(),
          id: z.object({ open_id: z.string().nullish() }).nullish(),
          name: z.string().default(''),
          mentioned_type: z.string().optional(),
        }),
      )
      .nullish(),
  }),
})
type Named = NonNullable<z.output<typeof messageSchema>['message']['mentions']>[number]

/**
 * A message to the bot; undefined for what is not said to it or asks for nothing. Throws `MalformedCall`.
 * @param knownBot the bot's open id when it is known already
 */
export function decodeMessage({ event }: Envelope, knownBot: string | undefined): Incoming | undefined {
  const { sender, message } = read(messageSchema, event, 'message')
  const person = sender.sender_id?.open_id
  // Apps are no people, and we are one.
  if (sender.sender_type !== 'user' || person === undefined || person === knownBot) return undefined
  const { message_id: messageId, chat_id: room, message_type: type, mentions } = message
  const isDirect = message.chat_type === 'p2p'
  const ours = ourMention(mentions ?? [], knownBot)
  if (!isDirect && !ours) return undefined
  const named = (mentions ?? []).map((one): Mention => ({ key: one.key, name: one.name, isOurs: one === ours }))
  const content = readContent(type, message.content, messageId, named)
  if (!content || (content.text === '' && content.files.length === 0 && !ours)) return undefined
  return {
    kind: 'said',
    // Lark's own advice: repeats have the same message id, whatever their event id.
    key: `m:${messageId}`,
    person,
    room,
    roomKind: isDirect ? 'direct' : 'group',
    canCarry: [],
    text: content.text,
    messageId,
    ...(isDirect ? {} : { replyHandle: messageId }),
    ...(content.files.length > 0 ? { files: content.files } : {}),
  }
}

/** By our id; while that is not known yet, the first mention of a bot, or the first of all where Lark does not say of whom. */
function ourMention(mentions: readonly Named[], knownBot: string | undefined): Named | undefined {
  if (knownBot !== undefined) return mentions.find(({ id }) => id?.open_id === knownBot)
  return mentions.find((one) => one.key !== '@_all' && (one.mentioned_type ?? 'bot') === 'bot')
}

const menuSchema = z.object({
  operator: z.object({ operator_id: idsSchema }),
  event_key: z.string().min(1).max(100),
})

/** An entry of the bot's menu says its key. It names no chat: the person's own id stands for the direct message. Throws `MalformedCall`. */
export function decodeMenu({ event, id }: Envelope): Incoming {
  const { operator, event_key: text } = read(menuSchema, event, 'menu event')
  const person = operator.operator_id.open_id
  return { kind: 'said', key: `e:${id}`, person, room: person, roomKind: 'direct', canCarry: [], text }
}

const recalledSchema = z.object({
  message_id: z.string().min(1).max(150),
  chat_id: z.string().min(1),
  recall_type: z.string().nullish(),
})
export interface Recalled {
  readonly key: string
  readonly messageId: string
  readonly room: string
}

/** Undefined when somebody else than the sender took it back: then it is nobody's change of mind. Throws `MalformedCall`. */
export function decodeRecalled({ event }: Envelope): Recalled | undefined {
  const { message_id: messageId, chat_id: room, recall_type: by } = read(recalledSchema, event, 'recalled message')
  if (by && by !== 'message_owner') return undefined
  return { key: `d:${messageId}`, messageId, room }
}
