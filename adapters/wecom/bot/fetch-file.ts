/** Fetching what somebody sent to the smart bot: over HTTPS and without the connection, so that any process can do it. */
import { createDecipheriv, type Decipher } from 'node:crypto'
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { FileRef } from '#core/platform.ts'
import { certain, explainThrown } from '../failures.ts'
import { readPlace } from './decode.ts'
import { isWecomsOwn } from './hosts.ts'
import { FILE_LIVES_MS, FILE_RECEIVED_BYTES_MAX } from './limits.ts'

const WHAT = 'the download of a file'

export interface FetchDeps {
  /** Where the bot connects to; see {@link isWecomsOwn}. */
  readonly wsUrl: string | undefined
  /** Real time. */
  readonly now: () => Instant
  /** How long the whole download may take. */
  readonly withinMs: number
}

/** As {@link Platform.fetchFile}. Nothing happens on WeCom by it, so what is unknown can be tried again: it is told as `not-sent`. */
export async function fetchFile(
  { wsUrl, now, withinMs }: FetchDeps,
  file: FileRef,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const place = readPlace(file.handle)
  if (!place) throw new PlatformError('gone', 'Nobody knows where the file lies', { code: 'no_place' })
  if (!isWecomsOwn(place.url, wsUrl))
    throw new PlatformError('refused', 'The file lies on a host that is not WeCom’s: it is not fetched', {
      code: 'foreign_host',
    })
  const decipher = decipherFor(place.aeskey)
  try {
    const response = await fetch(place.url, {
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw refusal(response.status, now() - place.since > FILE_LIVES_MS)
    }
    const bytes = response.body ?? new Blob([]).stream()
    return decipher ? readable(bytes, unsealing(decipher)) : readable(bytes, counting())
  } catch (error) {
    throw certain(explainThrown(WHAT, error))
  }
}

/** The store answers so for addresses that have run out. */
const GONE: ReadonlySet<number> = new Set([400, 401, 403, 404, 410])

function refusal(status: number, isOld: boolean): PlatformError {
  const code = `http_${status}`
  if (GONE.has(status) || isOld)
    return new PlatformError('gone', 'WeCom keeps a file for five minutes, and has it no more: it must be sent again', {
      code,
    })
  return new PlatformError('not-sent', `WeCom answered ${WHAT} with HTTP ${status}`, { code })
}

/** Undefined where WeCom gave no key: then it is not encrypted. */
function decipherFor(aeskey: string | undefined): Decipher | undefined {
  if (aeskey === undefined) return undefined
  const key = Buffer.from(aeskey, 'base64')
  if (key.length !== 32) throw broken(`a key of ${key.length} bytes`)
  // Padded to 32 bytes, which Node takes for broken: it is taken off below.
  return createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
}

const broken = (why: string): PlatformError =>
  new PlatformError('refused', `The file cannot be decrypted: ${why}`, { code: 'broken_file' })

interface Step {
  next(bytes: Uint8Array): Uint8Array
  end(): Uint8Array
}

/** PKCS#7 to blocks of 32 bytes: the last two blocks of 16 are held back until the end is there. */
const PADDING_BYTES_MAX = 32

function unsealing(decipher: Decipher): Step {
  let held: Buffer = Buffer.alloc(0)
  return {
    next(bytes) {
      const all = Buffer.concat([held, decipher.update(bytes)])
      const ready = Math.max(0, all.length - PADDING_BYTES_MAX)
      held = all.subarray(ready)
      return all.subarray(0, ready)
    },
    end() {
      let last: Buffer
      try {
        last = Buffer.concat([held, decipher.final()])
      } catch {
        throw broken('it was cut off')
      }
      const padding = last.at(-1) ?? 0
      const rest = last.length - padding
      if (padding < 1 || rest < 0 || last.subarray(rest).some((byte) => byte !== padding))
        throw broken('its end is wrong')
      return last.subarray(0, rest)
    },
  }
}
const counting = (): Step => ({ next: (bytes) => bytes, end: () => new Uint8Array() })

/** The bytes as they come, each piece through `step`; whoever stops reading ends the download. */
function readable(body: ReadableStream<Uint8Array>, step: Step): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let count = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          const piece = done ? step.end() : step.next(value)
          count += value?.byteLength ?? 0
          if (count > FILE_RECEIVED_BYTES_MAX) throw broken(`it is larger than ${FILE_RECEIVED_BYTES_MAX} bytes`)
          if (piece.byteLength > 0) controller.enqueue(piece)
          if (done) controller.close()
          else if (piece.byteLength === 0) await this.pull?.(controller)
        } catch (error) {
          reader.cancel().catch(() => {})
          controller.error(certain(explainThrown(WHAT, error)))
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
