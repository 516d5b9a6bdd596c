/** Fetching what somebody sent: its bytes as they come, bounded, and given up when they stop coming. */
import type { Readable } from 'node:stream'
import { PlatformError } from '#core/errors.ts'
import type { FileRef } from '#core/platform.ts'
import type { LarkClient } from './client.ts'
import { readFileHandle } from './content.ts'
import { certain, certainly, explain } from './failures.ts'
import { FILE_BYTES_MAX } from './limits.ts'

/**
 * As {@link Platform.fetchFile}. Nothing happens on Lark by it, so what is unknown can be tried again: it is told as
 * `not-sent`. The stream fails likewise when its bytes stop coming for as long as a call may take, or break off.
 */
export function createFetchFile(client: LarkClient) {
  return async (file: FileRef, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> => {
    const handle = readFileHandle(file.handle)
    if (!handle)
      throw new PlatformError('gone', 'Lark finds a file by its message, which is not known', { code: 'no_message' })
    const { body, headers } = await certainly(client.download(handle.messageId, file.id, handle.type, signal))
    if (Number(headers['content-length']) > FILE_BYTES_MAX) {
      body.destroy()
      throw tooLarge()
    }
    return steady(body, client.timeoutMs)
  }
}

const tooLarge = () =>
  new PlatformError('refused', `A file of more than ${FILE_BYTES_MAX} bytes`, { code: 'file_too_large' })

/** The same bytes; what goes wrong on the way is told as a `PlatformError`, and whoever stops reading ends the download. */
function steady(body: Readable, stallMs: number): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let size = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await inTime(chunks.next(), stallMs)
          if (next.done) return controller.close()
          const chunk = Uint8Array.from(next.value as Uint8Array)
          size += chunk.byteLength
          if (size > FILE_BYTES_MAX) throw tooLarge()
          controller.enqueue(chunk)
        } catch (error) {
          body.destroy()
          controller.error(certain(explain('the download of a file', error)))
        }
      },
      cancel: () => void body.destroy(),
    },
    // Nothing is read before it is asked for.
    { highWaterMark: 0 },
  )
}

async function inTime<R>(work: Promise<R>, stallMs: number): Promise<R> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    const message = `The download of a file stood still for ${stallMs} ms`
    timer = setTimeout(() => reject(new PlatformError('not-sent', message, { code: 'stalled' })), stallMs)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
