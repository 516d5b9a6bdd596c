/** The fake's HTTP: Lark's Open API below /open-apis, the address of a long connection, and failures on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Json, parsed, string } from './fake-json.ts'
import type { FakeSockets } from './fake-socket.ts'
import { APP, type FakeStore, type Refused } from './fake-store.ts'

/** How one call ends instead of well: the next one that is not for a token, or the next of the call `on`. */
export type Trouble = Ending & { readonly on?: string }
type Ending =
  /** Lark's code, under a status of 400, or 429 with the seconds to wait. */
  | { readonly code: number; readonly status?: number; readonly reset?: string }
  | { readonly status: number; readonly page: string }
  /** The connection is broken, before or after the call has had its effect, or in the middle of a download. */
  | { readonly drop: 'before' | 'after' | 'middle' }
  /** The call has its effect and is never answered. */
  | { readonly silent: true }

export interface Called {
  /** As `im.message.create`. */
  readonly name: string
  readonly params: Json
  readonly body: Json
  readonly authorization: string
}

export interface Desk {
  readonly store: FakeStore
  readonly sockets: FakeSockets
  readonly called: Called[]
  nextTrouble(name: string): Trouble | undefined
  /** Makes a token that Lark takes from now on. */
  freshToken(): { token: string; expire: number }
  takes(token: string): boolean
  scopes(): readonly string[]
  pageSize(): number
}

type Answered = Json | Refused | { readonly download: Buffer; readonly name: string }
type Route = (desk: Desk, at: { ids: readonly string[]; params: Json; body: Json; parts: Parts }) => Answered

export async function serve(desk: Desk): Promise<{ origin: string; stopListening: () => Promise<void> }> {
  const at = { origin: '' }
  const server = createServer((request, response) => void answer(desk, at.origin, request, response))
  server.on('upgrade', (request, stream, head) => desk.sockets.upgrade(request, stream, head))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  at.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stopListening = () =>
    new Promise<void>((closed) => {
      desk.sockets.close()
      server.closeAllConnections()
      server.close(() => closed())
    })
  return { origin: at.origin, stopListening }
}

const TOKEN = 'auth.tenantAccessToken'
const ENDPOINT = 'ws.endpoint'
const ROUTES: readonly (readonly [string, RegExp, string, Route])[] = [
  ['POST', /^\/open-apis\/im\/v1\/messages$/, 'im.message.create', ({ store }, at) => store.create(at.params, at.body)],
  ['GET', /^\/open-apis\/im\/v1\/messages\/([^/]+)$/, 'im.message.get', ({ store }, at) => store.get(at.ids[0] ?? '')],
  [
    'PATCH',
    /^\/open-apis\/im\/v1\/messages\/([^/]+)$/,
    'im.message.patch',
    ({ store }, at) => store.patch(at.ids[0] ?? '', at.body),
  ],
  [
    'PUT',
    /^\/open-apis\/im\/v1\/messages\/([^/]+)$/,
    'im.message.update',
    ({ store }, at) => store.update(at.ids[0] ?? '', at.body),
  ],
  [
    'POST',
    /^\/open-apis\/im\/v1\/messages\/([^/]+)\/reactions$/,
    'im.messageReaction.create',
    ({ store }, at) => store.react(at.ids[0] ?? '', at.body),
  ],
  ['GET', /^\/open-apis\/im\/v1\/messages\/([^/]+)\/resources\/([^/]+)$/, 'im.messageResource.get', resource],
  ['POST', /^\/open-apis\/im\/v1\/files$/, 'im.file.create', upload('file')],
  ['POST', /^\/open-apis\/im\/v1\/images$/, 'im.image.create', upload('image')],
  [
    'POST',
    /^\/open-apis\/contact\/v3\/users\/batch_get_id$/,
    'contact.user.batchGetId',
    ({ store }, at) => store.batchGetId(at.body),
  ],
  [
    'GET',
    /^\/open-apis\/contact\/v3\/departments\/0\/children$/,
    'contact.department.children',
    (desk, at) => page(desk, desk.store.children(), at.params),
  ],
  [
    'GET',
    /^\/open-apis\/contact\/v3\/users\/find_by_department$/,
    'contact.user.findByDepartment',
    (desk, at) => page(desk, desk.store.usersOf(string(at.params['department_id'])), at.params),
  ],
  [
    'GET',
    /^\/open-apis\/im\/v1\/chats\/([^/]+)\/members$/,
    'im.chatMembers.get',
    (desk, at) => page(desk, desk.store.members(at.ids[0] ?? ''), at.params),
  ],
  [
    'GET',
    /^\/open-apis\/bot\/v3\/info$/,
    'bot.info',
    () => ({ bot: { open_id: APP.bot, app_name: 'Banzhang', activate_status: 2 } }),
  ],
  [
    'GET',
    /^\/open-apis\/application\/v6\/scopes$/,
    'application.scope.list',
    (desk) => ({ data: { scopes: desk.scopes().map((scope_name) => ({ scope_name, grant_status: 1 })) } }),
  ],
  [
    'GET',
    /^\/open-apis\/application\/v7\/app_slash_commands$/,
    'app_slash_commands.list',
    (desk, at) => page(desk, desk.store.commands, at.params),
  ],
  [
    'POST',
    /^\/open-apis\/application\/v7\/app_slash_commands$/,
    'app_slash_commands.create',
    ({ store }, at) => store.addCommand(at.body),
  ],
  [
    'PATCH',
    /^\/open-apis\/application\/v7\/app_slash_commands\/([^/]+)$/,
    'app_slash_commands.patch',
    ({ store }, at) => store.changeCommand(at.ids[0] ?? '', at.body),
  ],
  [
    'DELETE',
    /^\/open-apis\/application\/v7\/app_slash_commands\/([^/]+)$/,
    'app_slash_commands.delete',
    ({ store }, at) => store.removeCommand(at.ids[0] ?? ''),
  ],
]

async function answer(desk: Desk, origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await bytesOf(request)
  const { pathname, searchParams } = new URL(request.url ?? '/', origin)
  const parts = partsOf(request.headers['content-type'] ?? '', bytes)
  const body = parsed(bytes.toString('utf8'))
  const params = Object.fromEntries(searchParams)
  const [, path, known, route] =
    ROUTES.find(([method, shape]) => method === request.method && shape.test(pathname)) ?? []
  const isToken = pathname === '/open-apis/auth/v3/tenant_access_token/internal'
  const isEndpoint = pathname === '/callback/ws/endpoint'
  const name = isToken ? TOKEN : isEndpoint ? ENDPOINT : (known ?? pathname)
  const authorization = request.headers.authorization ?? ''
  desk.called.push({ name, params, body, authorization })
  const trouble = desk.nextTrouble(name)
  if (trouble && 'drop' in trouble && trouble.drop === 'before') return void request.socket.destroy()
  if (trouble && ('page' in trouble || 'code' in trouble)) return failWith(response, trouble)
  const act = (): Answered => {
    if (isToken) return tokenFor(desk, body)
    if (isEndpoint) return endpointFor(desk, body, origin)
    if (!route || !path) return { code: 99991404, status: 404 }
    if (!desk.takes(authorization.replace('Bearer ', ''))) return { code: 99991663, status: 400 }
    const ids = (path.exec(pathname) ?? []).slice(1).map(decodeURIComponent)
    return route(desk, { ids, params, body, parts })
  }
  const result = act()
  if (trouble && 'drop' in trouble && trouble.drop === 'after') return void request.socket.destroy()
  if (trouble && 'silent' in trouble) return
  if ('download' in result) return download(response, result as { download: Buffer; name: string }, trouble)
  write(response, result)
}

function write(response: ServerResponse, result: Json | Refused): void {
  response.statusCode = typeof result['status'] === 'number' ? result['status'] : 200
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify({ code: 0, msg: 'msg', ...result }))
}

function failWith(response: ServerResponse, trouble: Extract<Trouble, { code: number } | { page: string }>): void {
  if ('page' in trouble) {
    response.writeHead(trouble.status, { 'content-type': 'text/html' })
    return void response.end(trouble.page)
  }
  if (trouble.reset !== undefined) response.setHeader('x-ogw-ratelimit-reset', trouble.reset)
  write(response, { code: trouble.code, status: trouble.status ?? 400 })
}

function tokenFor(desk: Desk, body: Json): Answered {
  if (body['app_id'] !== APP.id) return { code: 10003, status: 400 }
  if (body['app_secret'] !== APP.secret) return { code: 10014 }
  const { token, expire } = desk.freshToken()
  return { tenant_access_token: token, expire }
}

function endpointFor(desk: Desk, body: Json, origin: string): Answered {
  if (body['AppID'] !== APP.id || body['AppSecret'] !== APP.secret) return { code: 514 }
  const ClientConfig = { PingInterval: 120, ReconnectCount: -1, ReconnectInterval: 120, ReconnectNonce: 30 }
  return { data: { URL: desk.sockets.address(origin), ClientConfig } }
}

/** Short pages, as Lark's are: how many come has nothing to do with how many were asked for. */
function page(desk: Desk, items: readonly unknown[] | Refused, params: Json): Answered {
  if ('code' in items) return items as Refused
  const from = Number(params['page_token'] ?? 0)
  const to = from + Math.min(desk.pageSize(), Number(params['page_size'] ?? 50))
  const more = to < items.length ? { has_more: true, page_token: String(to) } : { has_more: false, page_token: '' }
  return { data: { items: items.slice(from, to), ...more } }
}

function upload(part: 'file' | 'image'): Route {
  return ({ store }, { parts }) => {
    const bytes = parts.get(part)
    if (!bytes || bytes.byteLength === 0) return { code: 234010, status: 400 }
    const name = parts.get('file_name')?.toString('utf8') ?? ''
    const { key } = store.addFile(name, bytes, part === 'image')
    return { data: { [`${part}_key`]: key } }
  }
}

function resource(
  { store }: Desk,
  { ids: [messageId, key], params }: { ids: readonly string[]; params: Json },
): Answered {
  const file = store.files.get(key ?? '')
  if (!file || file.messageId !== messageId) return { code: 234003, status: 400 }
  if (params['type'] !== (file.isImage ? 'image' : 'file')) return { code: 234001, status: 400 }
  return { download: file.bytes, name: file.name }
}

function download(
  response: ServerResponse,
  { download: bytes, name }: { download: Buffer; name: string },
  trouble: Trouble | undefined,
): void {
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': bytes.byteLength,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  })
  if (!trouble) return void response.end(bytes)
  response.write(bytes.subarray(0, bytes.byteLength / 2), () => setImmediate(() => response.socket?.destroy()))
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** The parts of a form by name: bytes, whatever the part says of itself. */
type Parts = ReadonlyMap<string, Buffer>
function partsOf(type: string, bytes: Buffer): Parts {
  const boundary = /boundary=("?)([^";]+)\1/.exec(type)?.[2]
  const parts = new Map<string, Buffer>()
  if (boundary === undefined) return parts
  const mark = Buffer.from(`--${boundary}`)
  for (let at = bytes.indexOf(mark); at >= 0; ) {
    const from = at + mark.byteLength + 2
    const end = bytes.indexOf(mark, from)
    if (end < 0) break
    const headEnd = bytes.indexOf('\r\n\r\n', from)
    const name = /name="([^"]*)"/.exec(bytes.subarray(from, headEnd).toString('utf8'))?.[1] ?? ''
    parts.set(name, bytes.subarray(headEnd + 4, end - 2))
    at = end
  }
  return parts
}
