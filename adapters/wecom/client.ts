/** The calls to WeCom's server API. Every call is made once: whether to repeat it is the outbox's decision, by the kind of error. */
import { type Instant, realNow, SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { API_URL, type WecomConfig } from './config.ts'
import { certainly, explainCode, explainThrown, TOKEN_STALE } from './failures.ts'
import { CALL_TIMEOUT_MS, TOKEN_MARGIN_MS, TRANSFER_PACE_MIN } from './limits.ts'

export type Json = Readonly<Record<string, unknown>>
/** What goes in the address besides the token. */
export type Query = Readonly<Record<string, string>>

export interface ClientOptions {
  /** How long a call may take before it is unknown; 8 s when absent. */
  readonly timeoutMs?: number
  /** Real time: a token's age is measured by it. */
  readonly now?: () => Instant
  /** Told how each call ended. */
  readonly onCall?: (error: PlatformError | undefined) => void
}

/** Every method throws `PlatformError`, and nothing else. A method is named as in WeCom's documents: `message/send`. */
export interface WecomClient {
  get(method: string, query: Query, signal: AbortSignal): Promise<Json>
  post(method: string, body: Json, signal: AbortSignal, query?: Query): Promise<Json>
  /** Without a token, for webhooks: their key stands for it. */
  postWithKey(method: string, key: string, body: Json, signal: AbortSignal): Promise<Json>
  upload(method: string, query: Query, file: Upload, signal: AbortSignal): Promise<Json>
  uploadWithKey(method: string, key: string, query: Query, file: Upload, signal: AbortSignal): Promise<Json>
  download(method: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}
export interface Upload {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

export function createClient(config: WecomConfig, options: ClientOptions = {}): WecomClient {
  const line = openLine(config, options)
  const withToken = renewing(config, line, options.now ?? realNow)
  return {
    get: (method, query, signal) =>
      withToken(signal, (token) => line.call(method, { ...query, access_token: token }, {}, signal)),
    post: (method, body, signal, query = {}) =>
      withToken(signal, (token) => line.call(method, { ...query, access_token: token }, jsonOf(body), signal)),
    postWithKey: (method, key, body, signal) => line.call(method, { key }, jsonOf(body), signal),
    upload: (method, query, file, signal) =>
      withToken(signal, (token) => line.call(method, { ...query, access_token: token }, formOf(file), signal)),
    uploadWithKey: (method, key, query, file, signal) => line.call(method, { ...query, key }, formOf(file), signal),
    download: (method, query, signal) =>
      withToken(signal, (token) => line.download(method, { ...query, access_token: token }, signal)),
  }
}

interface Request {
  readonly body?: string | FormData
  readonly headers?: Readonly<Record<string, string>>
  /** What it takes besides the usual time, in milliseconds. */
  readonly moreMs?: number
}

const jsonOf = (body: Json): Request => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json; charset=utf-8' },
})

function formOf({ name, mediaType, bytes }: Upload): Request {
  const form = new FormData()
  form.set('media', new Blob([Buffer.from(bytes)], { type: mediaType }), name)
  return { body: form, moreMs: (bytes.byteLength / TRANSFER_PACE_MIN) * SECOND_MS }
}

interface Line {
  call(method: string, query: Query, request: Request, signal: AbortSignal): Promise<Json>
  download(method: string, query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}

function openLine(
  { apiUrl = API_URL }: WecomConfig,
  { timeoutMs = CALL_TIMEOUT_MS, onCall = () => {} }: ClientOptions,
): Line {
  const ask = async (method: string, query: Query, { body, headers, moreMs = 0 }: Request, signal: AbortSignal) => {
    if (signal.aborted) throw new PlatformError('not-sent', `${method} was called off before it began`)
    return fetch(`${apiUrl}${method}?${new URLSearchParams(query)}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body }),
      ...(headers ? { headers } : {}),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs + moreMs))]),
    })
  }
  const told = async <R>(what: string, work: () => Promise<R>): Promise<R> => {
    try {
      const result = await work()
      onCall(undefined)
      return result
    } catch (error) {
      const explained = explainThrown(what, error)
      onCall(explained)
      throw explained
    }
  }
  return {
    call: (method, query, request, signal) =>
      told(method, async () => {
        const response = await ask(method, query, request, signal)
        return checked(method, response.status, await response.text())
      }),
    download: (method, query, signal) =>
      told(method, async () => {
        const moreMs = DOWNLOAD_MS_MAX
        const response = await ask(method, query, { moreMs }, signal)
        // The file itself comes as what it is; an error comes as JSON, or as text that is JSON.
        const type = (response.headers.get('content-type') ?? '').toLowerCase()
        const isFile = response.status === 200 && response.headers.has('content-disposition')
        if (isFile && response.body) return response.body
        if (!isFile || /json|text/.test(type)) checked(method, response.status, await response.text())
        throw new PlatformError('unknown', `WeCom answered ${method} with nothing`, { code: 'no_file' })
      }),
  }
}

/** The largest file at the slowest pace. */
const DOWNLOAD_MS_MAX = 200 * SECOND_MS

/** The answer, when it says that all is well. Throws `PlatformError`. */
function checked(what: string, status: number, text: string): Json {
  const body = status === 200 ? readJson(text) : undefined
  const code = body?.['errcode']
  if (!body || typeof code !== 'number') {
    const kind = status >= 400 && status < 500 ? 'refused' : 'unknown'
    const code = status === 200 ? 'not_wecom' : `http_${status}`
    throw new PlatformError(kind, `What answered ${what} is not WeCom (HTTP ${status})`, { code })
  }
  const errmsg = typeof body['errmsg'] === 'string' ? body['errmsg'] : ''
  if (code !== 0) throw explainCode(what, code, errmsg)
  // Only a part of the call was read, and WeCom did what was in that part. The same bytes would fare the same: a fault of ours.
  if (errmsg.includes('wrong json format'))
    throw new PlatformError('refused', `WeCom could read ${what} only in part: report it`, { code: 'wrong_json' })
  return body
}

function readJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Runs calls with the app's token: one is asked for at a time, and a call whose token was revoked is made once more with a new one. */
function renewing(config: WecomConfig, line: Line, now: () => Instant) {
  let held: { readonly token: string; readonly till: Instant } | undefined
  let asking: Promise<string> | undefined

  async function ask(): Promise<string> {
    const { corpId, app } = config
    if (corpId === undefined || !app)
      throw new PlatformError('refused', 'There is no WeCom app: set WECOM_CORP_ID, WECOM_AGENT_ID and WECOM_SECRET', {
        code: 'no_app',
      })
    const query = { corpid: corpId, corpsecret: app.secret }
    const answer = await certainly(line.call('gettoken', query, {}, new AbortController().signal))
    const { access_token: token, expires_in: lives } = answer
    if (typeof token !== 'string' || typeof lives !== 'number')
      throw new PlatformError('not-sent', 'WeCom gave no token', { code: 'no_token' })
    const livesMs = lives * SECOND_MS
    // Near its end WeCom gives the same one again: it must not be asked for at every call.
    held = { token, till: now() + livesMs - Math.min(TOKEN_MARGIN_MS, livesMs / 10) }
    return token
  }
  function current(): Promise<string> {
    if (held && held.till > now()) return Promise.resolve(held.token)
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
  return async <R>(signal: AbortSignal, call: (token: string) => Promise<R>): Promise<R> => {
    if (signal.aborted) throw new PlatformError('not-sent', 'called off before it began')
    const token = await current()
    try {
      return await call(token)
    } catch (error) {
      if (!(error instanceof PlatformError) || !TOKEN_STALE.has(Number(error.code))) throw error
      // Whoever is first to learn it throws it away; a newer one stays.
      if (held?.token === token) held = undefined
      return call(await current())
    }
  }
}
