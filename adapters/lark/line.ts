/** The line to Lark: the SDK's client with our own time-out, token and reading of errors. Every call is made once; only a refused token is renewed, once. */
import type { Readable } from 'node:stream'
import type { Client, HttpInstance } from '@larksuiteoapi/node-sdk'
import type { AxiosInstance, AxiosResponse } from 'axios'
import { z } from 'zod'
import { type Instant, realNow, SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { type LarkConfig, originOf } from './config.ts'
import { certain, explain, isTokenRefused, LarkRefusal } from './failures.ts'
import { CALL_TIMEOUT_MS, PACE_MIN_BYTES_PER_S } from './limits.ts'
import { createTokens } from './token.ts'
import { within } from './within.ts'

export interface LineOptions {
  /** How long a call may take before it is unknown; 8 s when absent. */
  readonly timeoutMs?: number
  /** Told how each call ended. */
  readonly onCall?: (error: PlatformError | undefined) => void
  /** Real time. */
  readonly now?: () => Instant
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the origin, as `/open-apis/im/v1/messages`; ids in it go through {@link segment}. */
  readonly path: string
  readonly params?: Readonly<Record<string, string | number | boolean>>
  readonly data?: Readonly<Record<string, unknown>>
  /** Fields and bytes, each a part of its own, instead of JSON. */
  readonly isForm?: true
  /** Bytes on their way beside the words: the call may take longer. */
  readonly bytes?: number
}

/** What a download answered with. */
export interface Download {
  readonly body: Readable
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Line {
  /** The answer in the schema's shape. Throws `PlatformError`, and nothing else. */
  call<S extends z.ZodType>(what: string, request: Request, schema: S, signal: AbortSignal): Promise<z.output<S>>
  download(what: string, request: Request, signal: AbortSignal): Promise<Download>
  readonly timeoutMs: number
}

/** An id as a part of a path: it came from outside, and stays one part. */
export const segment = (id: string): string => encodeURIComponent(id)

/** The SDK prints every error with its request, secrets included, on the console, also those that are caught; its level "fatal" is read as "not given". */
export const silentLogger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, trace: () => {} }

/** Loads the SDK, which costs 50 MB, with the first call. */
export function openLine(config: LarkConfig, options: LineOptions = {}): Line {
  const { timeoutMs = CALL_TIMEOUT_MS, onCall = () => {}, now = realNow } = options
  let loading: Promise<Client> | undefined
  const sdk = () => {
    loading ??= loadSdk(config, timeoutMs)
    return loading
  }
  const tokens = createTokens(() => fetchToken(config, sdk), now)

  async function make(what: string, request: Request, signal: AbortSignal, isDownload: boolean): Promise<unknown> {
    // Without a token nothing was sent: whatever became of that call, this one may be made again.
    const token = await tokenFor(what)
    try {
      return await send(await sdk(), request, token, { timeoutMs, signal, isDownload })
    } catch (error) {
      if (!(error instanceof LarkRefusal) || !isTokenRefused(error.code)) throw error
      tokens.drop(token)
      return await send(await sdk(), request, await tokenFor(what), { timeoutMs, signal, isDownload })
    }
  }
  const tokenFor = (what: string) =>
    tokens.get().catch((error: unknown) => {
      throw certain(explain(`${what} (its token)`, error))
    })
  const told = async (what: string, request: Request, signal: AbortSignal, isDownload: boolean) => {
    try {
      const result = await within(what, signal, () => make(what, request, signal, isDownload))
      onCall(undefined)
      return result
    } catch (error) {
      const explained = explain(what, error)
      onCall(explained)
      throw explained
    }
  }
  return {
    timeoutMs,
    async call(what, request, schema, signal) {
      const read = schema.safeParse(await told(what, request, signal, false))
      if (read.success) return read.data
      // Lark said that it is done and left out what was done: nobody knows.
      throw new PlatformError('unknown', `Lark's answer to ${what} lacks its result`, { code: 'no_result' })
    },
    download: async (what, request, signal) => downloadSchema.parse(await told(what, request, signal, true)),
  }
}

const downloadSchema = z.object({
  body: z.custom<Readable>((value) => typeof value === 'object' && value !== null && 'pipe' in value),
  headers: z.record(z.string(), z.unknown()),
})

async function send(
  sdk: Client,
  { method, path, params, data, isForm, bytes = 0 }: Request,
  token: string,
  { timeoutMs, signal, isDownload }: { timeoutMs: number; signal: AbortSignal; isDownload: boolean },
): Promise<unknown> {
  return sdk.request(
    {
      method,
      url: path,
      ...(params ? { params } : {}),
      ...(data ? { data: { ...data } } : {}),
      ...(isForm ? { headers: { 'Content-Type': 'multipart/form-data' } } : {}),
      ...(isDownload ? { responseType: 'stream' as const } : {}),
      timeout: timeoutMs + (bytes / PACE_MIN_BYTES_PER_S) * SECOND_MS,
      signal,
    },
    { headers: { Authorization: `Bearer ${token}` } },
  )
}

const tokenSchema = z.object({ tenant_access_token: z.string().min(1), expire: z.number() })

async function fetchToken({ appId, appSecret }: LarkConfig, sdk: () => Promise<Client>) {
  const answer = await (await sdk()).request({
    method: 'POST',
    url: '/open-apis/auth/v3/tenant_access_token/internal',
    data: { app_id: appId, app_secret: appSecret },
  })
  const { success, data } = tokenSchema.safeParse(answer)
  if (!success) throw new PlatformError('not-sent', 'Lark gave an answer without a token', { code: 'no_token' })
  return { token: data.tenant_access_token, livesS: data.expire }
}

async function loadSdk(config: LarkConfig, timeoutMs: number): Promise<Client> {
  const [{ Client }, { default: axios }] = await Promise.all([import('@larksuiteoapi/node-sdk'), import('axios')])
  // No redirects: they would carry the token elsewhere.
  const http = axios.create({ timeout: timeoutMs, maxRedirects: 0 })
  http.interceptors.response.use(
    (response) => answerOf(response) as never,
    async (error: unknown) => {
      throw (await refusalIn(error)) ?? error
    },
  )
  return new Client({
    appId: config.appId,
    appSecret: config.appSecret,
    domain: originOf(config.domain),
    // The SDK's own token is fetched by each of several callers at once, and kept when Lark has refused it.
    disableTokenCache: true,
    httpInstance: forSdk(http),
    logger: silentLogger,
  })
}

/** The SDK wants the answers' data, which is what the interceptors make of them; types cannot say that. */
export const forSdk = (http: AxiosInstance): HttpInstance => http as unknown as HttpInstance

/** Throws {@link LarkRefusal} for a refusal under HTTP 200, of which the SDK makes a result, `null` or nothing. */
async function answerOf(response: AxiosResponse<unknown>): Promise<unknown> {
  const { data, headers, config } = response
  if (config.responseType !== 'stream') return plainAnswer(data)
  const plain = Object.fromEntries(Object.entries(headers))
  const isFile =
    plain['content-disposition'] !== undefined || !String(plain['content-type']).startsWith('application/json')
  if (isFile) return { body: data, headers: plain }
  plainAnswer(parsed(await beginningOf(data)))
  throw notLark()
}

function plainAnswer(data: unknown): unknown {
  const code = codeIn(data)
  if (code === undefined) throw notLark()
  if (code !== 0) throw new LarkRefusal(code)
  return data
}

const notLark = () => new PlatformError('unknown', 'What answered is not Lark', { code: 'not_lark' })

/** Of an answer below 500 whose body is Lark's: above, nobody knows what happened. */
async function refusalIn(error: unknown): Promise<LarkRefusal | undefined> {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined
  const response = error.response as AxiosResponse<unknown> | undefined
  if (!response || response.status >= 500) return undefined
  const isStream = response.config.responseType === 'stream'
  const code = codeIn(isStream ? parsed(await beginningOf(response.data)) : response.data)
  const reset: unknown = response.headers['x-ogw-ratelimit-reset']
  return code ? new LarkRefusal(code, typeof reset === 'string' ? reset : undefined) : undefined
}

function codeIn(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('code' in data)) return undefined
  return typeof data.code === 'number' ? data.code : undefined
}

/** An error's body is short; what is longer is none. */
const ERROR_BYTES_MAX = 65_536

async function beginningOf(body: unknown): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > ERROR_BYTES_MAX) return ''
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
