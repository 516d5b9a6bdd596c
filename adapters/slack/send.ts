/** The voice: where a message goes, how it changes, and whether it is there. */
import { type Instant, MINUTE_MS, SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, SentAs } from '#core/platform.ts'
import { certainly, type Post, type SlackClient } from './client.ts'
import { isDirect } from './door.ts'
import { liveUrl, readHandle, writeHandle } from './handle.ts'
import { renderMessage } from './render.ts'
import { createUploads, isFileId, keysOf, type Uploads } from './uploads.ts'

/** Direct rooms kept in mind, so that each is opened once. */
const DIRECT_ROOMS_MAX = 20_000
/** How far our clock and Slack's may differ when a message is looked for. */
const FIND_MARGIN_MS = 5 * MINUTE_MS

interface Voice {
  readonly client: SlackClient
  /** Real time: it tells whether a response URL still lives. */
  readonly now: () => Instant
  readonly directRoom: (account: string, signal: AbortSignal) => Promise<string>
  readonly uploads: Uploads
}

/** The three verbs of {@link Platform} that put messages out. `now` is real time. */
export function createSend(client: SlackClient, now: () => Instant) {
  const voice: Voice = { client, now, directRoom: rememberDirectRooms(client), uploads: createUploads(client, now) }
  return {
    send: (message: Outgoing, signal: AbortSignal) => send(voice, message, signal),
    edit: (sent: SentAs, message: Outgoing, signal: AbortSignal) => edit(voice, sent, message, signal),
    find: (message: Outgoing, since: Instant, signal: AbortSignal) => find(voice, message, since, signal),
  }
}

/** A call that only prepares leaves no doubt when it fails: the message itself was not sent. */
function rememberDirectRooms(client: SlackClient): Voice['directRoom'] {
  const rooms = new Map<string, string>()
  return async (account, signal) => {
    const known = rooms.get(account)
    if (known !== undefined) return known
    const room = await certainly(client.openDirect(account, signal))
    if (rooms.size >= DIRECT_ROOMS_MAX) rooms.clear()
    rooms.set(account, room)
    return room
  }
}

async function send(voice: Voice, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { to, key, file } = message
  if (file) {
    const place = placeOf(message)
    const room = isAccount(place) ? await voice.directRoom(place, signal) : place
    return voice.uploads.send(room, message, file, signal)
  }
  const rendered = renderMessage(message.message, key, message)
  if ('account' in to) return postDirect(voice, to.account, rendered, key, signal)
  if (isAccount(to.room)) return postDirect(voice, to.room, rendered, key, signal)
  const { room, onlyFor, replyHandle } = to
  // A direct room is private already, and what is posted there can be found and changed later.
  if (onlyFor === undefined || isDirect(room)) return post(voice, room, rendered, key, signal)
  const url = liveUrl(readHandle(replyHandle), voice.now())
  return postPrivately(voice, { room, onlyFor, url }, rendered, key, signal)
}

async function post(
  { client }: Voice,
  room: string,
  rendered: Post,
  key: string,
  signal: AbortSignal,
): Promise<SentAs> {
  const { channel, ts } = await client.postMessage(room, rendered, key, signal)
  return { address: channel, messageId: ts }
}

async function postDirect(voice: Voice, account: string, rendered: Post, key: string, signal: AbortSignal) {
  return post(voice, await voice.directRoom(account, signal), rendered, key, signal)
}

/** For one person in a group: by the response URL while it lives, as an ephemeral message, or in the direct message. */
async function postPrivately(
  voice: Voice,
  to: { readonly room: string; readonly onlyFor: string; readonly url: string | undefined },
  rendered: Post,
  key: string,
  signal: AbortSignal,
): Promise<SentAs> {
  const { client, now } = voice
  const handle = writeHandle({ at: now(), ephemeral: true })
  if (to.url !== undefined) {
    const body = { response_type: 'ephemeral', replace_original: false, ...rendered }
    const posted = await unlessGone(client.respond(to.url, body, signal).then(() => true))
    // Slack does not say where it lies: only a click on it brings a handle that can change it.
    if (posted) return { address: to.room, messageId: `private:${key}`, handle }
  }
  const ts = await unlessGone(client.postEphemeral(to.room, to.onlyFor, rendered, signal))
  if (ts !== undefined) return { address: to.room, messageId: ts, handle }
  return postDirect(voice, to.onlyFor, rendered, key, signal)
}

/** Undefined when this way to the person is closed, so that the next one is tried; every other failure is thrown. */
async function unlessGone<R>(posting: Promise<R>): Promise<R | undefined> {
  try {
    return await posting
  } catch (error) {
    if (error instanceof PlatformError && (error.kind === 'gone' || error.code === 'not_in_channel')) return undefined
    throw error
  }
}

async function edit({ client, now }: Voice, sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const rendered = renderMessage(message.message, message.key, message)
  if (isFileId(sent.messageId))
    throw new PlatformError('gone', 'A file that was sent cannot be changed', { code: 'cant_update_message' })
  const handle = readHandle(sent.handle)
  if (!handle?.ephemeral) {
    await client.update(sent.address, sent.messageId, rendered, message.key, signal)
    return sent
  }
  const url = liveUrl(handle, now())
  if (url === undefined)
    throw new PlatformError(
      'gone',
      'A private message of Slack can be changed for 30 minutes after a click on it, and not otherwise',
      { code: 'no_response_url' },
    )
  await client.respond(url, { response_type: 'ephemeral', replace_original: true, ...rendered }, signal)
  return sent
}

/** @param since real time before which it cannot have been sent */
async function find(
  { client, directRoom, uploads }: Voice,
  message: Outgoing,
  since: Instant,
  signal: AbortSignal,
): Promise<SentAs | 'absent' | 'cannot-tell'> {
  const { to, key } = message
  const isFile = message.message.file !== undefined || message.file !== undefined
  // Ephemeral messages are in no history.
  if (!isFile && 'room' in to && to.onlyFor !== undefined && !isDirect(to.room)) return 'cannot-tell'
  const place = isFile ? placeOf(message) : 'account' in to ? to.account : to.room
  try {
    const room = isAccount(place) ? await directRoom(place, signal) : place
    const oldest = (Math.max(0, since - FIND_MARGIN_MS) / SECOND_MS).toFixed(6)
    const { messages, complete } = await client.history(room, oldest, signal)
    const found = messages.find((seen) => keysOf(seen).includes(key)) ?? uploads.find(messages, message)
    if (found === 'cannot-tell') return found
    if (found) return { address: room, messageId: found.ts }
    if (!complete) return 'cannot-tell'
    if (isFile) uploads.mustHaveSettled(message, since)
    return 'absent'
  } catch (error) {
    // Without the right to read the room, or without the room, there is nothing to ask.
    if (error instanceof PlatformError && (error.kind === 'refused' || error.kind === 'gone')) return 'cannot-tell'
    throw error
  }
}

/** Where a file goes: nothing that only one person in a room sees can carry one, so that is the direct message. */
function placeOf({ to }: Outgoing): string {
  if ('account' in to) return to.account
  return to.onlyFor !== undefined && !isDirect(to.room) ? to.onlyFor : to.room
}

/** People's ids begin with U, or W on Enterprise Grid. */
const isAccount = (place: string): boolean => /^[UW]/.test(place)
