/** The smart bot's voice: what is said in a room, to somebody alone, and what takes the place of a card that was pressed. */
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, OutgoingFile, SentAs } from '#core/platform.ts'
import { certain } from '../failures.ts'
import { bytesOf, checkSize, isPicture } from '../files.ts'
import { words } from '../i18n.ts'
import { taskIdOf } from '../ids.ts'
import { createPace } from '../pace.ts'
import { createProgress, type Step } from '../progress.ts'
import { remembering } from '../remembering.ts'
import { explain, isThereAlready, noConnection } from './failures.ts'
import { readHandle } from './handle.ts'
import { CHAT_PACE } from './limits.ts'
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

/** Events that the room was told of, kept in mind. */
const TOLD_MAX = 1_000

export function createVoice(deps: VoiceDeps): Voice {
  const { line, now, timeoutMs, log } = deps
  const pace = createPace(CHAT_PACE, now)
  const progress = createProgress()
  const told = remembering<true>(TOLD_MAX)

  const put = (chatId: string, body: Body, signal: AbortSignal) =>
    line.call('a message', { signal, withinMs: timeoutMs }, (connection) => connection.send(chatId, body))

  async function putPart(chatId: string, part: Part, signal: AbortSignal): Promise<void> {
    if (!('file' in part)) return put(chatId, part, signal)
    const { file, msgtype } = part
    const bytes = await bytesOf(file)
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

  /** What may be there already is not said again, see progress.ts. A card is: WeCom refuses its id the second time. */
  async function say(room: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
    const { chatId } = chatOf(room)
    const steps = partsOf(message).map((part): Step<void> => {
      const repeats = part.msgtype === 'template_card'
      return {
        what: 'file' in part ? ['file', part.file.name, part.file.size] : part,
        repeats,
        run: (within) =>
          putPart(chatId, part, within).catch((error: unknown) => {
            // The card of this very message: an earlier try has shown it.
            if (!(repeats && isThereAlready(error))) throw error
          }),
      }
    })
    await progress.run(`${message.key}\n${room}`, steps, signal, (left) => pace.take(chatId, left))
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
      if (more.length > 0) pace.take(chatId, more.length)
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
  checkSize(file)
  const caption = message.message.text === undefined ? [] : render(message)
  return [...caption, { msgtype: isPicture(file) ? 'image' : 'file', file }]
}
