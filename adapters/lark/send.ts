/** The voice: where a message goes, and how it changes. */
import { createHash } from 'node:crypto'
import { type Markup, plain } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, OutgoingFile, SentAs } from '#core/platform.ts'
import type { Place } from './carried.ts'
import { isAccount, type LarkClient, type Post } from './client.ts'
import { certainly } from './failures.ts'
import { FILE_BYTES_MAX, IMAGE_BYTES_MAX, UUID_CHARS_MAX } from './limits.ts'
import { renderCard, renderMessage, renderPost } from './render.ts'
import { CARD_HANDLE, FILE_HANDLE, POST_HANDLE } from './send-handle.ts'

/** "Answered, privately": the sign that a message in a group gets. */
const ANSWERED = 'OK'

export function createSend(client: LarkClient) {
  return {
    send: (message: Outgoing, signal: AbortSignal) => send(client, message, signal),
    edit: (sent: SentAs, message: Outgoing, signal: AbortSignal) => edit(client, sent, message, signal),
  }
}

async function send(client: LarkClient, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { key, file } = message
  const place = placeOf(message)
  const sent = file
    ? await sendFile(client, place, message, file, signal)
    : await put(client, place, renderMessage(message.message, buttonsAt(message), message), key, signal)
  await sayAnswered(client, message, signal)
  return sent
}

/** For one person in a group: Lark's private cards reach only who is online, ring nobody and cannot be changed. So it is the direct message. */
function placeOf({ to }: Outgoing): string {
  return 'account' in to ? to.account : (to.onlyFor ?? to.room)
}

const buttonsAt = (message: Outgoing): Place => ({ key: message.key, isDirect: isAccount(placeOf(message)) })

async function put(client: LarkClient, place: string, post: Post, key: string, signal: AbortSignal): Promise<SentAs> {
  const uuid = uuidOf(key, JSON.stringify(post))
  const { room, messageId } = await client.create(place, post, uuid, signal)
  return { address: room, messageId, handle: post.type === 'interactive' ? CARD_HANDLE : POST_HANDLE }
}

/** The same for every try of one message, another when it says something else: Lark wants it so, or the former would stand. */
const uuidOf = (key: string, content: string): string =>
  createHash('sha256')
    .update(JSON.stringify([key, content]))
    .digest('base64url')
    .slice(0, UUID_CHARS_MAX)

/** Whoever asked in a group sees there that something came; it is a courtesy, and whether it succeeds changes nothing. */
async function sayAnswered(client: LarkClient, { to }: Outgoing, signal: AbortSignal): Promise<void> {
  if ('account' in to || to.onlyFor === undefined || to.replyHandle === undefined || isAccount(to.room)) return
  await client.react(to.replyHandle, ANSWERED, signal).catch(() => {})
}

/** A picture stands below its words in one message; every other file is a message of its own, after its words. */
async function sendFile(
  client: LarkClient,
  place: string,
  message: Outgoing,
  file: OutgoingFile,
  signal: AbortSignal,
): Promise<SentAs> {
  const { key } = message
  const bytes = await bytesOf(file)
  const { text = '' } = message.message
  const hasWords = plain(text).trim() !== ''
  // Until its message is sent a file is nowhere to be seen: whatever happens to an upload, it can be made again.
  if (isPicture(file)) {
    const picture = await certainly(client.uploadImage(bytes, signal))
    return putFile(client, place, renderPost(underName(text, file.name), message, picture), message, signal)
  }
  const fileKey = await certainly(client.uploadFile(file.name, bytes, signal))
  if (hasWords) await put(client, place, renderPost(text, message), `${key}:caption`, signal)
  return putFile(client, place, { type: 'file', content: { file_key: fileKey } }, message, signal)
}

/** A picture has no name on Lark: its words say it. */
function underName(text: Markup, name: string): Markup {
  if (plain(text).includes(name)) return text
  const runs = typeof text === 'string' ? [text] : text
  return plain(text).trim() === '' ? name : [...runs, { newline: true }, name]
}

/** An upload has another key each time it is made: the name stands for it, so that a second try is the same message. */
async function putFile(client: LarkClient, place: string, post: Post, message: Outgoing, signal: AbortSignal) {
  const uuid = uuidOf(message.key, `file ${message.file?.name}`)
  const { room, messageId } = await client.create(place, post, uuid, signal)
  return { address: room, messageId, handle: FILE_HANDLE }
}

const isPicture = ({ mediaType, size }: OutgoingFile): boolean =>
  /^image\/(png|jpeg|gif|webp|bmp)$/.test(mediaType) && size <= IMAGE_BYTES_MAX

/** Read before anything is begun: whatever goes wrong here, nothing was sent. Throws `PlatformError`. */
async function bytesOf(file: OutgoingFile): Promise<Uint8Array> {
  if (file.size > FILE_BYTES_MAX)
    throw new PlatformError('refused', `A file of ${file.size} bytes: Lark takes at most ${FILE_BYTES_MAX}`, {
      code: 'file_too_large',
    })
  if (file.size === 0) throw new PlatformError('refused', 'Lark takes no empty file', { code: 'file_empty' })
  try {
    return await file.read()
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause
    throw new PlatformError('not-sent', 'The file could not be read', { cause, code: 'file_not_read' })
  }
}

/** A card by a card, words by words: Lark cannot make one of the other, and then it is gone, so that a successor is sent. */
async function edit(client: LarkClient, sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { messageId, handle } = sent
  const isWords = !message.message.card && !message.message.form
  // What is no message id of Lark's is not there; asked, Lark would speak of a wrong parameter.
  if (handle === FILE_HANDLE || message.message.file || !messageId.startsWith('om_'))
    throw new PlatformError('gone', 'A file that was sent cannot be changed on Lark', { code: 'not_editable' })
  if (handle !== POST_HANDLE) {
    const content = { ...renderCard(message.message, buttonsAt(message), message) }
    await client.patch(messageId, { type: 'interactive', content }, signal)
    return { ...sent, handle: CARD_HANDLE }
  }
  if (!isWords) throw new PlatformError('gone', 'Lark makes no card of a text', { code: 'not_editable' })
  await client.update(messageId, renderPost(message.message.text ?? '', message), signal)
  return sent
}
