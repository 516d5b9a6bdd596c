/** The smart bot's voice: what is said in a room, to somebody alone, and what takes the place of a card that was pressed. */
import { createHash } from 'node:crypto'
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, OutgoingFile, SentAs } from '#core/platform.ts'
import { certain } from '../failures.ts'
import { words } from '../i18n.ts'
import { taskIdOf } from '../ids.ts'
import { FILE_BYTES_MAX, FILE_BYTES_MIN, IMAGE_BYTES_MAX } from '../limits.ts'
import { createPace } from '../pace.ts'
import { explain, isThereAlready, noConnection } from './failures.ts'
import { readHandle } from './handle.ts'
import { HOUR_PACE, MINUTE_PACE } from './limits.ts'
import type { Line } from './line.ts'
import { type Body, render, renderInPlace } from './render.ts'
import { chatOf, privateRoom } from './rooms.ts'

export interface VoiceDeps {
  readonly line: Line
  /** Real time. */
  readonly now: () => Instant
  /** How long an answer to a call may take. */
  readonly timeoutMs: number
  readonly log: { warn(data: object, message: string): void }
}
export interface Voice {
  send(message: Outgoing, signal: AbortSignal): Promise<SentAs>
  edit(sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs>
}

/** A part of a message; a file is uploaded when its turn has come. */
type Part = Body | { readonly msgtype: 'file' | 'image'; readonly file: OutgoingFile }

/** How far a message has come: the parts that WeCom has confirmed, and whether the one after them may be there too. */
interface Begun {
  readonly hashes: readonly string[]
  readonly isUncertain: boolean
}

/** Messages of several parts that were broken off, and events that the room was told of: the oldest are forgotten first. */
const REMEMBERED_MAX = 1_000

export function createVoice(deps: VoiceDeps): Voice {
  const { line, now, timeoutMs, log } = deps
  const paces = [createPace(MINUTE_PACE, now), createPace(HOUR_PACE, now)]
  const begun = remembering<Begun>()
  const told = remembering<true>()

  const takePace = (chatId: string, count: number) => {
    for (const pace of paces) pace.take(chatId, count)
  }
  const put = (chatId: string, body: Body, signal: AbortSignal) =>
    line.call('a message', { signal, withinMs: timeoutMs }, (connection) => connection.send(chatId, body))

  async function putPart(chatId: string, part: Part, signal: AbortSignal): Promise<void> {
    if (!('file' in part)) return put(chatId, part, signal)
    const { file, msgtype } = part
    const bytes = await file.read()
    // Its pieces are repeated by the SDK; the time for all of them is the caller's.
    const mediaId = await line
      .call('the upload of a file', { signal }, (to) => to.upload(bytes, msgtype, file.name))
      .catch((error: unknown) => {
        throw certain(error)
      })
    await line.call('a file', { signal, withinMs: timeoutMs }, (connection) =>
      connection.send(chatId, { msgtype, mediaId }),
    )
  }

  /**
   * A repeat of a message that was broken off goes on after the parts that WeCom has confirmed. What may be there already is
   * not said again: WeCom could not tell the second from the first. A card is: WeCom refuses its id the second time.
   */
  async function say(room: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
    const { chatId } = chatOf(room)
    const parts = partsOf(message)
    const hashes = parts.map(hashOf)
    const mark = `${message.key}\n${room}`
    const before = begun.get(mark)
    const from = hashes.findIndex((hash, n) => before?.hashes[n] !== hash)
    if (before?.isUncertain && parts[from]?.msgtype !== 'template_card') {
      // Whoever tries again after this was said, wants it.
      begun.set(mark, { ...before, isUncertain: false })
      throw new PlatformError('refused', 'It may be there already, and WeCom cannot be asked', { code: 'may_be_there' })
    }
    const rest = from < 0 ? [] : parts.slice(from)
    takePace(chatId, rest.length)
    let done = parts.length - rest.length
    try {
      for (const part of rest) {
        await putPart(chatId, part, signal).catch((error: unknown) => {
          // The card of this very message: an earlier try has shown it.
          if (!(part.msgtype === 'template_card' && isThereAlready(error))) throw error
        })
        done += 1
      }
    } catch (error) {
      const isUncertain = error instanceof PlatformError && error.kind === 'unknown'
      if (done > 0 || isUncertain) begun.set(mark, { hashes: hashes.slice(0, done), isUncertain })
      throw error
    }
    begun.delete(mark)
    return { address: room, messageId: taskIdOf(message.key) }
  }

  /**
   * In a group nobody can be answered alone: it is said in the private chat, and the group learns that there was an answer.
   * Where there is an app, it is said there, and only the word to the group comes here: with a handle, and for nobody alone.
   */
  async function answerAlone(
    { room, account, about }: { room: string; account: string; about: string | undefined },
    message: Outgoing,
    signal: AbortSignal,
  ): Promise<SentAs> {
    const sent = await say(privateRoom(account), message, signal)
    if (about !== undefined)
      await tellOnce(
        room,
        about,
        { ...message, message: { text: words.say(message.locale, 'answeredPrivately') } },
        signal,
      )
        // The answer is there. That the room was not told is no reason to give it twice.
        .catch((error: unknown) => {
          log.warn({ reason: explain('a message', error).message }, 'a group was not told of a private answer')
        })
    return sent
  }
  /** @param about the event that was answered: however many messages answer it, the room is told once */
  async function tellOnce(room: string, about: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
    const sent = { address: room, messageId: taskIdOf(message.key) }
    if (told.get(about)) return sent
    told.set(about, true)
    const { file: _, ...words } = message
    return say(room, { ...words, key: `${message.key}:told` }, signal)
  }

  return {
    async send(message, signal) {
      if (!line.isOpen) throw noConnection()
      const { to } = message
      if ('account' in to) return say(privateRoom(to.account), message, signal)
      const { room, onlyFor, replyHandle } = to
      if (!chatOf(room).isGroup) return say(room, message, signal)
      if (onlyFor === undefined)
        return replyHandle === undefined ? say(room, message, signal) : tellOnce(room, replyHandle, message, signal)
      return answerAlone({ room, account: onlyFor, about: replyHandle }, message, signal)
    },
    async edit({ address, messageId, handle }, message, signal) {
      const click = readHandle(handle)
      if (!click || now() >= click.until || !line.isOpen)
        throw new PlatformError('gone', 'A card of the smart bot changes only in answer to a click on it', {
          code: 'no_click',
        })
      const { card, more } = renderInPlace(message, click.taskId)
      const { chatId } = chatOf(address)
      if (more.length > 0) takePace(chatId, more.length)
      await line
        .call('the change of a card', { signal, withinMs: timeoutMs }, (to) => to.update(click.reqId, card))
        .catch(notChanged)
      for (const body of more) await put(chatId, body, signal)
      return { address, messageId }
    },
  }
}

/** WeCom's no to a change, whatever its number: the card stays as it is. */
function notChanged(error: unknown): never {
  if (error instanceof PlatformError && error.kind === 'refused')
    throw new PlatformError('gone', error.message, { cause: error, ...(error.code ? { code: error.code } : {}) })
  throw error
}

function partsOf(message: Outgoing): readonly Part[] {
  const { file } = message
  if (!file) return render(message)
  if (file.size < FILE_BYTES_MIN || file.size > FILE_BYTES_MAX)
    throw new PlatformError(
      'refused',
      `WeCom takes files of ${FILE_BYTES_MIN} to ${FILE_BYTES_MAX} bytes, this has ${file.size}`,
      {
        code: 'file_size',
      },
    )
  const isPicture = /^image\/(png|jpeg)$/.test(file.mediaType) && file.size <= IMAGE_BYTES_MAX
  const caption = message.message.text === undefined ? [] : render(message)
  return [...caption, { msgtype: isPicture ? 'image' : 'file', file }]
}

function hashOf(part: Part): string {
  const words = 'file' in part ? ['file', part.file.name, part.file.size] : part
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url')
}

/** A map that forgets its oldest entries. */
function remembering<T>() {
  const map = new Map<string, T>()
  return {
    get: (key: string): T | undefined => map.get(key),
    delete: (key: string) => map.delete(key),
    set(key: string, value: T) {
      map.delete(key)
      map.set(key, value)
      const [oldest] = map.size > REMEMBERED_MAX ? map.keys() : []
      if (oldest !== undefined) map.delete(oldest)
    },
  }
}
