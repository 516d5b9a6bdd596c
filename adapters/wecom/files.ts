/** Files: uploaded first, then named in a message (https://developer.work.weixin.qq.com/document/path/90253), and fetched by the name that WeCom gave them. */
import { PlatformError } from '#core/errors.ts'
import type { FileRef, OutgoingFile } from '#core/platform.ts'
import type { Json, WecomClient } from './client.ts'
import { MEDIA } from './decode.ts'
import { certain, certainly, explainThrown } from './failures.ts'
import { FILE_BYTES_MAX, FILE_BYTES_MIN, IMAGE_BYTES_MAX } from './limits.ts'
import type { Progress } from './progress.ts'

/** The body of the message that shows the file. A second try under the same key names the same upload: the same bytes again. */
export interface Files {
  forMember(key: string, file: OutgoingFile, signal: AbortSignal): Promise<Json>
  forHook(key: string, hook: string, file: OutgoingFile, signal: AbortSignal): Promise<Json>
}

export function createFiles(client: WecomClient, progress: Progress): Files {
  const upload = async (key: string, file: OutgoingFile, put: (bytes: Uint8Array) => Promise<Json>) =>
    progress.once(key, async () => {
      const bytes = await bytesOf(file)
      const media = (await certainly(put(bytes)))['media_id']
      if (typeof media === 'string' && media !== '') return media
      throw new PlatformError('not-sent', 'WeCom gave no name to an upload', { code: 'no_media_id' })
    })
  return {
    async forMember(key, file, signal) {
      const type = isPicture(file) ? 'image' : 'file'
      const media = await upload(key, file, (bytes) =>
        client.upload('media/upload', { type }, { name: file.name, mediaType: file.mediaType, bytes }, signal),
      )
      return { msgtype: type, [type]: { media_id: media } }
    },
    async forHook(key, hook, file, signal) {
      const media = await upload(key, file, (bytes) =>
        client.uploadWithKey(
          'webhook/upload_media',
          hook,
          { type: 'file' },
          { name: file.name, mediaType: file.mediaType, bytes },
          signal,
        ),
      )
      return { msgtype: 'file', file: { media_id: media } }
    },
  }
}

/** What WeCom shows as a picture; everything else is a file. */
export const isPicture = ({ mediaType, size }: OutgoingFile): boolean =>
  /^image\/(png|jpeg)$/.test(mediaType) && size <= IMAGE_BYTES_MAX

/** Asked before the words above it are said. Throws `PlatformError('refused')`. */
export function checkSize({ name, size }: OutgoingFile): void {
  if (size >= FILE_BYTES_MIN && size <= FILE_BYTES_MAX) return
  throw new PlatformError(
    'refused',
    `${name} has ${size} bytes: WeCom takes files of ${FILE_BYTES_MIN} bytes to 20 MB`,
    { code: 'file_size' },
  )
}

/** Whatever goes wrong here, nothing was sent. Throws `PlatformError`. */
export async function bytesOf(file: OutgoingFile): Promise<Uint8Array> {
  try {
    return await file.read()
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause
    throw new PlatformError('not-sent', 'The file could not be read', { cause, code: 'file_not_read' })
  }
}

/** Nothing happens on WeCom by it, so what is unknown can be tried again. WeCom keeps a picture for three days. */
export async function fetchMedia(
  client: WecomClient,
  { handle = '' }: FileRef,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const body = await certainly(client.download('media/get', { media_id: handle.slice(MEDIA.length) }, signal))
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          controller.error(certain(explainThrown('the download of a file', error)))
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read before it is asked for.
    { highWaterMark: 0 },
  )
}
