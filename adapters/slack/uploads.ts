/** Sending a file: a place, the bytes, and its appearance in the room; and whether it is there after a lost answer. */
import { plain } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, OutgoingFile, SentAs } from '#core/platform.ts'
import { certainly, type HistoryMessage, type SlackClient } from './client.ts'
import { keyOf } from './ids.ts'
import { FILE_BYTES_MAX, SHARING_TAKES_MS } from './limits.ts'
import { renderMessage } from './render.ts'

/** Uploads kept in mind, for the time in which one may be looked for. */
const UPLOADS_MAX = 1_000

export interface Uploads {
  send(room: string, message: Outgoing, file: OutgoingFile, signal: AbortSignal): Promise<SentAs>
  /** Among the messages of the room; `cannot-tell` when one may be it and does not say so. */
  find(messages: readonly HistoryMessage[], message: Outgoing): HistoryMessage | 'cannot-tell' | undefined
  /** Slack shares a file some time after it was told to. Throws `not-sent` while a file that is not there may still come. */
  mustHaveSettled(message: Outgoing, since: Instant): void
}

/** Of a file's message the time is often not known yet when it was shared: then it is named by its file. */
const FILE_ID = 'file:'
export const isFileId = (messageId: string): boolean => messageId.startsWith(FILE_ID)

/** The keys that a message carries: in its metadata and in the ids of its blocks. */
export const keysOf = ({ key, blockIds }: HistoryMessage): readonly string[] =>
  [key, ...blockIds.map(keyOf)].filter((found) => found !== undefined)

/** @param now real time */
export function createUploads(client: SlackClient, now: () => Instant): Uploads {
  /** By the key of the row: which file was shared under it last, and when. */
  const shared = new Map<string, { readonly fileId: string; readonly at: Instant }>()
  return {
    async send(room, message, file, signal) {
      const { key } = message
      const bytes = await bytesOf(file)
      // Until it is shared a file is nowhere to be seen: whatever happens to these two, they can be made again.
      const place = await certainly(client.uploadPlace(file.name, bytes.byteLength, signal))
      await certainly(client.upload(place, bytes, signal))
      if (shared.size >= UPLOADS_MAX) shared.clear()
      shared.set(key, { fileId: place.fileId, at: now() })
      // There is always a caption: the key stands in its block.
      const { text = '' } = message.message
      const caption = { text: plain(text).trim() === '' ? file.name : text }
      const { blocks } = renderMessage(caption, key, message)
      const ts = await client.share(place, { channel: room, title: file.name, blocks }, signal)
      return { address: room, messageId: ts ?? `${FILE_ID}${place.fileId}` }
    },

    find(messages, { key, message, file }) {
      const name = file?.name ?? message.file?.name
      const fileId = shared.get(key)?.fileId
      const same = messages.find((seen) => seen.files.some(({ id }) => id === fileId))
      if (same || name === undefined) return same
      const isLike = (seen: HistoryMessage) =>
        keysOf(seen).length === 0 &&
        seen.files.some((one) => one.name === name && (file === undefined || one.size === file.size))
      return messages.some(isLike) ? 'cannot-tell' : undefined
    },

    mustHaveSettled({ key }, since) {
      if (now() - (shared.get(key)?.at ?? since) >= SHARING_TAKES_MS) return
      throw new PlatformError('not-sent', 'Slack may still be about to show the file: it is looked for again', {
        code: 'sharing',
      })
    },
  }
}

/** Read before anything is begun: whatever goes wrong here, nothing was sent. Throws `PlatformError`. */
async function bytesOf(file: OutgoingFile): Promise<Uint8Array> {
  if (file.size > FILE_BYTES_MAX)
    throw new PlatformError('refused', `A file of ${file.size} bytes: Slack takes at most ${FILE_BYTES_MAX}`, {
      code: 'file_too_large',
    })
  try {
    return await file.read()
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause
    throw new PlatformError('not-sent', 'The file could not be read', { cause, code: 'file_not_read' })
  }
}
