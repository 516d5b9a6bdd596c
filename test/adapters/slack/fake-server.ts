/** The fake's HTTP: the Web API under /api/, response URLs under /response/, and failures on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { object } from './fake-blocks.ts'
import type { FakeStore } from './fake-store.ts'

/** How one call to the fake ends instead of well: the next one, or the next of the method `on`. */
export type Trouble = Ending & { readonly on?: string }
type Ending =
  | { readonly status: 429; readonly retryAfter?: string }
  | { readonly status: number }
  | { readonly error: string }
  /** HTTP 200 with a page. */
  | { readonly page: string }
  /** The connection is broken, before or after the call has had its effect. */
  | { readonly reset: 'before' | 'after' }
  /** The call has its effect and is never answered. */
  | { readonly silent: true }

interface Desk {
  readonly token: string
  /** The methods called, in order; it is added to. */
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
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    stopListening: () =>
      new Promise((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}

async function answer(store: FakeStore, desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await textOf(request)
  const [, kind = '', name = ''] = new URL(request.url ?? '/', 'http://fake').pathname.split('/')
  const api = kind === 'api'
  const method = api ? name : 'response_url'
  desk.called.push(method)
  const trouble = desk.nextTrouble(method)
  if (trouble && 'reset' in trouble && trouble.reset === 'before') return void request.socket.destroy()
  if (trouble && ('status' in trouble || 'error' in trouble || 'page' in trouble))
    return failWith(response, trouble, api)
  const authentic = !api || request.headers.authorization === `Bearer ${desk.token}`
  const result = authentic ? actOn(store, kind, name, text) : { ok: false, error: 'invalid_auth' }
  if (trouble && 'reset' in trouble) return void request.socket.destroy()
  if (trouble) return
  const scopes = desk.scopes()
  response.setHeader('date', new Date(store.now()).toUTCString())
  if (name === 'auth.test' && scopes) response.setHeader('x-oauth-scopes', scopes.join(','))
  if (!api && result['ok'] === true) return void response.end('ok')
  response.statusCode = api ? 200 : 404
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(result))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function actOn(store: FakeStore, kind: string, name: string, text: string): Readonly<Record<string, unknown>> {
  if (kind !== 'api') return store.respond(name, object(JSON.parse(text)))
  const args: Record<string, unknown> = Object.fromEntries(new URLSearchParams(text))
  for (const part of ['blocks', 'metadata', 'view']) {
    const value = args[part]
    if (typeof value === 'string') args[part] = JSON.parse(value)
  }
  return store.call(name, args) ?? { ok: false, error: 'unknown_method' }
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
