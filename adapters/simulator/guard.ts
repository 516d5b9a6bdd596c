/** The page's door: only the page itself, in this browser, may call. That the peer is this machine was checked before. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import type { Say } from '#core/i18n.ts'
import { messages } from './i18n.ts'
import { BODY_BYTES_MAX } from './limits.ts'
import { Refused } from './refusal.ts'

/** The header that carries the token. Another site cannot set it without being asked first, and it is never answered. */
export const TOKEN_HEADER = 'x-simulator-token'

/** Reads are for the page too: what another site embeds or links is refused, where the browser says so. */
export function checkReader(request: Request): void {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none')
    throw new Refused(403, messages.later('not-from-page'))
}

/** A change needs the page's own origin and its token. */
export function checkWriter(request: Request, token: string): void {
  checkReader(request)
  const origin = request.headers.get('origin')
  if (origin === null || origin !== new URL(request.url).origin) throw new Refused(403, messages.later('not-from-page'))
  if (!sameSecret(request.headers.get(TOKEN_HEADER) ?? '', token))
    throw new Refused(403, messages.later('stale-page'), { code: 'stale-page' })
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const sameSecret = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))

/** The JSON body in the shape asked for. Reads no more than {@link BODY_BYTES_MAX}, whatever length is announced. */
export async function bodyOf<S extends z.ZodType>(request: Request, shape: S): Promise<z.output<S>> {
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? '')) throw unreadable('not JSON')
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await bytesOf(request, BODY_BYTES_MAX)))
  } catch (error) {
    if (error instanceof Refused) throw error
    throw unreadable('not JSON')
  }
  const read = shape.safeParse(json)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw unreadable(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? ''}`)
}

const unreadable = (problem: string) => new Refused(400, messages.later('bad-request', { problem }))

/** The whole body. Reads no more than `bytesMax`, whatever length is announced. @param tooLarge says so */
export async function bytesOf(
  request: Request,
  bytesMax: number,
  tooLarge: (max: number) => Say = (max) => messages.later('too-large', { max }),
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > bytesMax) throw new Refused(413, tooLarge(bytesMax))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
