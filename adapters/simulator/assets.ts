/** The files that the page is made of, read from `web/simulator` as they are. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

const FOLDER = new URL('../../web/simulator/', import.meta.url)
const TYPES = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
} as const
/** A plain name with a known ending: no folder, no way out of the folder. */
const NAME = /^[a-z][a-z-]*\.(js|css|svg)$/

/** The file with its type and ETag, 304 when the browser has it; undefined when there is none of this name. */
export async function asset(name: string, knownTag: string | null): Promise<Response | undefined> {
  const ending = NAME.exec(name)?.[1] as keyof typeof TYPES | undefined
  if (!ending) return undefined
  const content = await readFile(new URL(name, FOLDER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!content) return undefined
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const headers = { etag, 'cache-control': 'no-cache', 'content-type': TYPES[ending] }
  return knownTag === etag ? new Response(null, { status: 304, headers }) : new Response(content, { headers })
}
