/** Frames of the smart bot's connection into events. Pure. https://developer.work.weixin.qq.com/document/path/100719, /101027 */
import { z } from 'zod'
import type { Instant } from '#core/clock.ts'
import type { FileRef, Incoming } from '#core/platform.ts'
import { eventKey, messageIdOf, readButtonKey } from '../ids.ts'
import { writeHandle } from './handle.ts'
import { EVENT_ANSWER_MS } from './limits.ts'
import { groupRoom, privateRoom } from './rooms.ts'

const about = z.object({
  msgid: z.string().min(1),
  chatid: z.string().min(1).max(200).optional(),
  chattype: z.string().optional(),
  from: z.object({ userid: z.string().min(1).max(200) }),
  msgtype: z.string(),
})
const text = z.object({ content: z.string() })
const place = z.object({ url: z.string().max(4_000), aeskey: z.string().max(100).optional() })
const said = z.object({
  text: text.optional(),
  voice: text.optional(),
  image: place.optional(),
  file: place.optional(),
  video: place.optional(),
  mixed: z
    .object({ msg_item: z.array(z.object({ msgtype: z.string(), text: text.optional(), image: place.optional() })) })
    .optional(),
})
const pressed = z.object({
  event_key: z.string().optional(),
  task_id: z.string().optional(),
  selected_items: z
    .object({
      selected_item: z.array(z.object({ option_ids: z.object({ option_id: z.array(z.string()) }).optional() })),
    })
    .optional(),
})
/** The pages nest what was pressed, the types of the SDK do not: both are taken. */
const event = z.object({
  event: pressed.extend({ eventtype: z.string(), template_card_event: pressed.optional() }),
})

/** A frame whose content is not what the pages say. */
export class UnreadableFrame extends Error {
  override readonly name = 'UnreadableFrame'
}

/**
 * Undefined for what asks nothing of us: somebody opened the chat, rated an answer, sent what has no words and no file.
 * @param now real time of arrival
 * @throws UnreadableFrame
 */
export function decodeFrame(frame: { reqId: string; body: unknown }, now: Instant): Incoming | undefined {
  const { data } = about.safeParse(frame.body)
  if (!data) throw new UnreadableFrame('a frame without a message id, a sender or a type')
  const isGroup = data.chattype === 'group' || (data.chattype === undefined && data.chatid !== undefined)
  if (isGroup && data.chatid === undefined) throw new UnreadableFrame('a message in a group without the group')
  const account = data.from.userid
  const heard = {
    key: eventKey('bot', data.msgid),
    person: account,
    room: isGroup ? groupRoom(data.chatid ?? '') : privateRoom(account),
    roomKind: isGroup ? ('group' as const) : ('direct' as const),
    // By it the room is told once, whatever a message is answered with.
    ...(isGroup ? { replyHandle: data.msgid.slice(0, 200) } : {}),
    canCarry: [],
  }
  if (data.msgtype === 'event') return decodeClick(frame, heard, now)
  const words = said.safeParse(frame.body)
  if (!words.success) throw new UnreadableFrame(`a message of the type ${data.msgtype.slice(0, 30)}`)
  const content = contentOf(data.msgid, words.data, now)
  if (content.text === '' && content.files.length === 0) return undefined
  return {
    ...heard,
    kind: 'said',
    text: isGroup ? withoutMention(content.text) : content.text,
    messageId: data.msgid,
    ...(content.files.length > 0 ? { files: content.files } : {}),
  }
}

type HeardHere = Pick<Incoming, 'key' | 'person' | 'room' | 'roomKind' | 'replyHandle' | 'canCarry'>

function decodeClick(frame: { reqId: string; body: unknown }, heard: HeardHere, now: Instant): Incoming | undefined {
  const { data } = event.safeParse(frame.body)
  if (!data) throw new UnreadableFrame('an event without its type')
  if (data.event.eventtype !== 'template_card_event') return undefined
  const { event_key: key = '', task_id: taskId = '', selected_items } = data.event.template_card_event ?? data.event
  const button = readButtonKey(key)
  if (!button || taskId === '') return undefined
  const chosen = selected_items?.selected_item.flatMap(({ option_ids }) => option_ids?.option_id ?? [])[0]
  if (button.kind === 'select' && chosen === undefined) return undefined
  const handle = writeHandle({ reqId: frame.reqId, taskId, until: now + EVENT_ANSWER_MS })
  return {
    ...heard,
    kind: 'clicked',
    action: button.action,
    value: button.value,
    ...(button.kind === 'select' && chosen !== undefined ? { chosen } : {}),
    on: { address: heard.room, messageId: messageIdOf(taskId), handle },
    ...(button.sentKey === undefined ? {} : { sentKey: button.sentKey }),
  }
}

function contentOf(msgid: string, { text, voice, image, file, video, mixed }: z.output<typeof said>, now: Instant) {
  const items = mixed?.msg_item ?? []
  const texts = [text, voice, ...items.map((item) => item.text)].flatMap((one) => one?.content ?? [])
  const pictures = [image, ...items.map((item) => item.image)].map((at) => ({ at, name: '图片' }))
  const all = [...pictures, { at: file, name: '文件' }, { at: video, name: '视频' }]
  const files = all.flatMap(({ at, name }, n): FileRef[] =>
    at ? [{ id: `${eventKey('bot', msgid)}#${n}`, name, handle: writePlace({ ...at, since: now }) }] : [],
  )
  return { text: texts.join('\n').trim(), files }
}

/** Where a file lies, since when (real time), and what it is encrypted with. */
export interface Place {
  readonly url: string
  readonly aeskey?: string | undefined
  readonly since: Instant
}
const placeSchema = place.extend({ since: z.number() })
const writePlace = (at: Place): string => JSON.stringify(at)
export function readPlace(handle: string | undefined): Place | undefined {
  try {
    return placeSchema.safeParse(JSON.parse(handle ?? '')).data
  } catch {
    return undefined
  }
}

/**
 * In a group the bot hears only what names it, by a name that we do not know: the one that stands first, else the only one.
 */
function withoutMention(text: string): string {
  if (text.startsWith('@')) return text.replace(/^@\S+\s*/u, '')
  const named = text.match(/(?<=^|\s)@\S+/gu) ?? []
  return named.length === 1 ? text.replace(/\s*(?<=^|\s)@\S+/u, '').trim() : text
}
