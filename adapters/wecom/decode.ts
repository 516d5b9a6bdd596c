/** From a decrypted message to what it means: https://developer.work.weixin.qq.com/document/path/90239 and 90240. Pure. */
import { createHash } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import { type Incoming, MalformedCall } from '#core/platform.ts'
import { handleOf } from './codes.ts'
import { eventKey, messageIdOf, readButtonKey } from './ids.ts'
import { type Fields, fieldsOf, listIn, textIn } from './xml.ts'

/** How a file that came in through the app is told from one that came in through the smart bot. */
export const MEDIA = 'media:'

/**
 * Undefined for what nobody meant for the bot: following, entering, locations, voice (see README.md). Throws
 * `PlatformError('not-authentic')` for another app's message and `MalformedCall` for one that lacks what it must have.
 */
export function decode(fields: Fields, agentId: string): Incoming | undefined {
  const person = textIn(fields, 'FromUserName')
  const app = textIn(fields, 'AgentID')
  if (app !== '' && app !== agentId)
    throw new PlatformError('not-authentic', 'A call of WeCom is for another app of the enterprise')
  const type = textIn(fields, 'MsgType')
  if (type === '' || person === '') throw new MalformedCall('A message of WeCom lacks MsgType or FromUserName')
  // WeCom itself: changes of the address book, jobs done.
  if (person === 'sys') return undefined
  const heard = { person, room: person, roomKind: 'direct', canCarry: [] } as const
  switch (type) {
    case 'text':
      return { ...heard, kind: 'said', ...messageOf(fields, person), text: textIn(fields, 'Content').trim() }
    case 'image':
      return { ...heard, kind: 'said', ...messageOf(fields, person), text: '', files: [pictureOf(fields)] }
    case 'event':
      return eventOf(fields, heard)
    default:
      return undefined
  }
}

/** The number alone was seen to be used twice, for two people; with the name it is one message's own. */
function messageOf(fields: Fields, person: string): { key: string; messageId: string } {
  const id = textIn(fields, 'MsgId')
  if (id === '') throw new MalformedCall('A message of WeCom lacks MsgId')
  return { key: eventKey('m', `${person}:${id}`), messageId: id }
}

function pictureOf(fields: Fields) {
  const media = textIn(fields, 'MediaId')
  if (media === '') throw new MalformedCall('A picture of WeCom lacks MediaId')
  // WeCom keeps no name and no kind of a picture: what it is, is told by its content.
  const id = media.length <= 200 ? media : sha256(media)
  return { id, name: `${textIn(fields, 'MsgId')}.jpg`, handle: MEDIA + media }
}

type Heard = {
  readonly person: string
  readonly room: string
  readonly roomKind: 'direct'
  readonly canCarry: [] | readonly []
}

function eventOf(fields: Fields, heard: Heard): Incoming | undefined {
  switch (textIn(fields, 'Event')) {
    case 'click': {
      const text = textIn(fields, 'EventKey').trim()
      return text === '' ? undefined : { ...heard, kind: 'said', key: eventKey('e', contentOf(fields)), text }
    }
    case 'template_card_event':
      return pressed(fields, heard)
    default:
      return undefined
  }
}

/** Events have no id and their time is in whole seconds: what they say in full is what sets two apart. */
const contentOf = (fields: Fields): string => sha256(JSON.stringify(sorted(fields)))

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, part]) => [name, sorted(part)])
      : value

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function pressed(fields: Fields, heard: Heard): Incoming | undefined {
  const what = readButtonKey(textIn(fields, 'EventKey'))
  if (!what) return undefined
  const [taskId, code] = [textIn(fields, 'TaskId'), textIn(fields, 'ResponseCode')]
  if (taskId === '') throw new MalformedCall('A click of WeCom lacks TaskId')
  const chosen = chosenIn(fields)
  // Sent off before anything was chosen: there is nothing to be done.
  if (what.kind === 'select' && chosen === undefined) return undefined
  return {
    ...heard,
    kind: 'clicked',
    // Each press makes a code of its own, which changes the card once.
    key: eventKey('c', code === '' ? contentOf(fields) : code),
    action: what.action,
    value: what.value,
    ...(what.kind === 'select' && chosen !== undefined ? { chosen } : {}),
    on: {
      address: heard.room,
      messageId: messageIdOf(taskId),
      ...(code === '' ? {} : { handle: handleOf({ taskId, code }) }),
    },
    ...(what.sentKey === undefined ? {} : { sentKey: what.sentKey }),
  }
}

function chosenIn(fields: Fields): string | undefined {
  const [item] = listIn(fieldsOf(fields['SelectedItems']), 'SelectedItem')
  const [option] = listIn(fieldsOf(fieldsOf(item)['OptionIds']), 'OptionId')
  return typeof option === 'string' && option !== '' ? option : undefined
}
