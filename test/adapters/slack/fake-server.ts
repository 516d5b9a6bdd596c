/** The fake's HTTP: the Web API under /api/, response URLs, uploads and downloads of files, and failures on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { object } from './fake-blocks.ts'
import type { FakeFiles } from './fake-files.ts'
import type { FakeSockets } from './fake-socket.ts'
import type { FakeStore } from './fake-store.ts'

/** How one call to the fake ends instead of well: the next one, or the next of the method `on`. */
export type Trouble = Ending & { readonly on?: string }
type Ending =
  | { readonly status: 429; readonly retryAfter?: string }
  | { readonly status: number }
  | { readonly error: string }
  /** HTTP 200 with a page. */
  | { readonly page: string }
  /** The connection is broken, before or after the call has had its effect, or (of a download) in the middle. */
  | { readonly reset: 'before' | 'after' | 'middle' }
  /** A download is sent on to this address. */
  | { readonly redirect: string }
  /** The call has its effect and is never answered. */
  | { readonly silent: true }
  /** The call has its effect and is answered when this resolves. */
  | { readonly late: Promise<void> }
  /** A download stops in the middle and stays open. */
  | { readonly stalls: true }

interface Desk {
  readonly token: string
  readonly appToken: string
  readonly files: FakeFiles
  readonly sockets: FakeSockets
  /** The methods called, in order (`response_url`, `upload`, `download` for what is no method); it is added to. */
  readonly called: string[]
  readonly nextTrouble: (method: string) => Trouble | undefined
  readonly scopes: () => readonly string[] | undefined
}

/** Listens on a free port of this machine. Stopping twice is no harm. */
export async function serve(
  store: FakeStore,
  desk: Desk,
): Promise<{ origin: string; stopListening: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(store, desk, request, response)
  })
  server.on('upgrade', (request, socket, head) => desk.sockets.upgrade(request, socket, head))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    stopListening: () =>
      new Promise((closed) => {
        desk.sockets.close()
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}

async function answer(store: FakeStore, desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bytesOf(request)
  const path = new URL(request.url ?? '/', 'http://fake').pathname.split('/')
  const [, kind = '', name = ''] = path
  if (kind === 'signin') return signIn(response)
  const api = kind === 'api'
  const method = api ? name : (OTHERS[kind] ?? 'response_url')
  desk.called.push(method)
  const trouble = desk.nextTrouble(method)
  if (trouble && 'reset' in trouble && trouble.reset === 'before') return void request.socket.destroy()
  if (trouble && ('status' in trouble || 'error' in trouble || 'page' in trouble))
    return failWith(response, trouble, api)
  if (kind === 'files-pri') return download(desk, request, response, path, trouble)
  const result = kind === 'upload' ? undefined : actOn(store, desk, request, kind, name, body.toString('utf8'))
  const status = kind === 'upload' ? desk.files.upload(path[3] ?? '', body) : 200
  if (trouble && 'reset' in trouble) return void request.socket.destroy()
  if (trouble && 'late' in trouble) await trouble.late
  else if (trouble) return
  if (!result) {
    response.statusCode = status
    return void response.end(status === 200 ? 'OK' : 'failed')
  }
  const scopes = desk.scopes()
  response.setHeader('date', new Date(store.now()).toUTCString())
  if (name === 'auth.test' && scopes) response.setHeader('x-oauth-scopes', scopes.join(','))
  if (!api && result['ok'] === true) return void response.end('ok')
  response.statusCode = api ? 200 : 404
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(result))
}
const OTHERS: Readonly<Record<string, string>> = { upload: 'upload', 'files-pri': 'download' }

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function actOn(
  store: FakeStore,
  desk: Desk,
  request: IncomingMessage,
  kind: string,
  name: string,
  text: string,
): Readonly<Record<string, unknown>> {
  if (kind !== 'api') return store.respond(name, object(JSON.parse(text)))
  const { authorization } = request.headers
  if (name === 'apps.connections.open') {
    if (authorization !== `Bearer ${desk.appToken}`) return { ok: false, error: 'invalid_auth' }
    return { ok: true, url: desk.sockets.address(`http://${request.headers.host}`) }
  }
  if (authorization !== `Bearer ${desk.token}`) return { ok: false, error: 'invalid_auth' }
  const needed = name === 'files.info' ? 'files:read' : name.startsWith('files.') ? 'files:write' : undefined
  if (needed && desk.scopes()?.includes(needed) === false) return { ok: false, error: 'missing_scope', needed }
  const args: Record<string, unknown> = Object.fromEntries(new URLSearchParams(text))
  for (const part of ['blocks', 'metadata', 'view']) {
    const value = args[part]
    if (typeof value === 'string') args[part] = JSON.parse(value)
  }
  return store.call(name, args) ?? desk.files.call(name, args) ?? { ok: false, error: 'unknown_method' }
}

/** Bytes for who may have them; whoever may not is sent to sign in, as a browser would be. */
function download(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  path: readonly string[],
  trouble: Trouble | undefined,
): void {
  const mayRead = desk.scopes()?.includes('files:read') !== false
  const authentic = request.headers.authorization === `Bearer ${desk.token}`
  const redirect = trouble && 'redirect' in trouble ? trouble.redirect : '/signin'
  if (!authentic || !mayRead || redirect !== '/signin') {
    response.writeHead(302, { location: redirect })
    return void response.end()
  }
  const found = desk.files.of(path[2]?.split('-')[1] ?? '')
  if (!found) {
    response.statusCode = 404
    return void response.end('not found')
  }
  if (trouble && 'silent' in trouble) return
  const { file, bytes } = found
  response.writeHead(200, { 'content-type': file.mimetype, 'content-length': bytes.byteLength })
  if (!trouble) return void response.end(bytes)
  // Half of it, and then nothing more or the end of the connection.
  response.write(bytes.subarray(0, bytes.byteLength / 2), () => {
    if ('reset' in trouble) setImmediate(() => request.socket.destroy())
  })
}

function signIn(response: ServerResponse): void {
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end('<!DOCTYPE html><title>Sign in</title>')
}

type Answered = Extract<Trouble, { status: number } | { error: string } | { page: string }>

function failWith(response: ServerResponse, trouble: Answered, api: boolean): void {
  if ('page' in trouble) {
    response.setHeader('content-type', 'text/html')
    return void response.end(trouble.page)
  }
  response.setHeader('content-type', 'application/json; charset=utf-8')
  if ('error' in trouble) {
    response.statusCode = api ? 200 : 404
    return void response.end(JSON.stringify({ ok: false, error: trouble.error }))
  }
  response.statusCode = trouble.status
  if ('retryAfter' in trouble && trouble.retryAfter !== undefined) response.setHeader('retry-after', trouble.retryAfter)
  response.end(JSON.stringify({ ok: false, error: trouble.status === 429 ? 'ratelimited' : 'internal_error' }))
}
