/** Fetching what somebody sent: where it lies, and its bytes as they come. */
import { PlatformError } from '#core/errors.ts'
import type { FileRef } from '#core/platform.ts'
import { certain, certainly, type SlackClient } from './client.ts'
import { explain } from './failures.ts'
import { addressOf, isExternal, type SlackFile } from './files.ts'

/**
 * As {@link Platform.fetchFile}. Nothing happens on Slack by it, so what is unknown can be tried again: it is told as
 * `not-sent`. The stream fails likewise when its bytes stop coming for `stallMs`, or break off.
 */
export function createFetchFile(
  client: SlackClient,
  stallMs: number,
): (file: FileRef, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>> {
  return async ({ id, handle, mediaType }, signal) => {
    const address = handle ?? placeOf(await certainly(client.fileInfo(id, signal)))
    const { body } = await certainly(client.download(address, mediaType, signal))
    // The body breaks off by itself when `signal` aborts.
    return steady(body ?? new Blob([]).stream(), stallMs)
  }
}

function placeOf(file: SlackFile): string {
  const address = addressOf({ ...file, file_access: undefined })
  if (address !== undefined) return address
  if (isExternal(file))
    throw new PlatformError(
      'refused',
      'The file is a link to another service, Slack does not have it: send it as an upload',
      {
        code: 'external_file',
      },
    )
  const code = file.mode === 'hidden_by_limit' ? 'hidden_by_limit' : 'file_deleted'
  throw new PlatformError('gone', `Slack does not give the file any more: ${code}`, { code })
}

/** The same bytes; what goes wrong on the way is told as a `PlatformError`, and whoever stops reading ends the download. */
function steady(body: ReadableStream<Uint8Array>, stallMs: number): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await inTime(reader.read(), stallMs)
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          reader.cancel().catch(() => {})
          controller.error(certain(explain('the download of a file', error)))
        }
      },
      cancel: (reason) => reader.cancel(reason),
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
