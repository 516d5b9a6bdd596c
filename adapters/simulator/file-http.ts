/** Files over HTTP: a browser brings one, takes one back, and fetches what its person may see. */
import type { Hono } from 'hono'
import type { Chat } from './chat.ts'
import { discardBody } from './gestures.ts'
import { bodyOf, bytesOf, checkWriter } from './guard.ts'
import { messages } from './i18n.ts'
import type { Inbound } from './inbound.ts'
import { FILE_NAME_CHARS_MAX, limits } from './limits.ts'
import { Refused } from './refusal.ts'
import type { FileShelf, PendingFiles, ShelvedFile } from './shelf.ts'

export interface FileParts {
  readonly chat: Chat
  readonly inbound: Inbound
  readonly shelf: FileShelf
  readonly pending: PendingFiles
}

/** The file's name, percent-encoded: headers hold no Chinese. */
export const NAME_HEADER = 'x-file-name'

export function addFiles(app: Hono, { chat, inbound, shelf, pending }: FileParts, token: string): void {
  app.post('/api/upload', async (context) => {
    checkWriter(context.req.raw, token)
    const { account = '' } = context.req.query()
    await inbound.someone(account)
    const bytes = await bytesOf(context.req.raw, limits.fileBytesMax, (max) =>
      messages.later('file-too-large', { max: Math.floor(max / 1_048_576) }),
    )
    if (bytes.byteLength === 0) throw new Refused(400, messages.later('file-empty'))
    const file = await pending.add(account, nameOf(context.req.header(NAME_HEADER)), bytes)
    return context.json({ file })
  })
  app.post('/api/discard', async (context) => {
    checkWriter(context.req.raw, token)
    const { account, file } = await bodyOf(context.req.raw, discardBody)
    await pending.discard(account, file)
    return context.json({})
  })
  app.get('/api/file', async (context) => {
    const { account = '', id = '' } = context.req.query()
    const file = pending.of(account, id) ?? (await seen(account, id))
    const bytes = file && (await shelf.read(id))
    if (!file || !bytes) throw new Refused(404, messages.later('no-such-file'))
    return new Response(Uint8Array.from(bytes), { headers: headersOf(file) })
  })

  /** Of a message in a room of this account that it may see. */
  async function seen(account: string, id: string): Promise<ShelvedFile | undefined> {
    const message = chat.withFile(id)
    if (!message || (message.onlyFor !== undefined && message.onlyFor !== account)) return undefined
    await inbound.here(account, message.room)
    return message.files?.find((file) => file.id === id)
  }
}

/** Never opened as a page, never guessed at; pictures may be drawn by the page itself. */
function headersOf({ name, picture, size }: ShelvedFile): Record<string, string> {
  return {
    'content-type': picture ?? 'application/octet-stream',
    'content-length': String(size),
    // RFC 6266 and RFC 5987: the plain name for old browsers, the real one beside it.
    'content-disposition': `attachment; filename="file"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, max-age=3600',
  }
}

function nameOf(header: string | undefined): string {
  let name = ''
  try {
    name = decodeURIComponent(header ?? '')
  } catch {
    throw new Refused(400, messages.later('bad-request', { problem: NAME_HEADER }))
  }
  const plain = [...name.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '').trim()].slice(0, FILE_NAME_CHARS_MAX).join('')
  return plain === '' ? 'file' : plain
}
