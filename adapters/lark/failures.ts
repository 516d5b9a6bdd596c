/**
 * What a failed call to Lark means for the outbox: by how it failed, then by Lark's own code. Pure. Messages name the call and
 * Lark's code, never a body, an address or a secret. https://open.feishu.cn/document/server-docs/im-v1/message/create (error codes)
 */
import { SECOND_MS } from '#core/clock.ts'
import { PlatformError, type PlatformErrorKind } from '#core/errors.ts'

/** Lark answered, with HTTP 200 or not, and its body says that it did not do it. */
export class LarkRefusal extends Error {
  override readonly name = 'LarkRefusal'
  readonly code: number
  /** Of the gateway, in seconds: when it takes calls again. */
  readonly resetS: string | undefined

  constructor(code: number, resetS?: string) {
    super(`Lark's code ${code}`)
    this.code = code
    this.resetS = resetS
  }
}

/** Codes that are not simply a refusal. */
const KINDS: Readonly<Record<number, PlatformErrorKind>> = {
  99991400: 'rate-limited', // the gateway's, for the app
  230020: 'rate-limited', // of a chat or a person
  11232: 'rate-limited',
  11233: 'rate-limited',
  230013: 'gone', // the person may not use the app
  230029: 'gone', // has resigned
  230053: 'gone', // has blocked the bot
  230011: 'gone', // the message was recalled
  230110: 'gone', // the message was deleted
  230017: 'gone', // not our message: nothing of ours to be changed there
  230031: 'gone', // older than 14 days
  230072: 'gone', // edited as often as can be
  230075: 'gone', // too old to be edited
  232006: 'gone', // no such chat
  232009: 'gone', // the chat was dissolved
  99992351: 'gone', // no such open id
  99992354: 'gone', // no such message id
  99992361: 'gone', // an open id of another app
  230049: 'unknown', // an earlier call with this uuid is still under way
  2200: 'unknown',
}

/** What to do about it, for the codes that an administrator can do something about. */
const REMEDIES: Readonly<Record<number, string>> = {
  10003: 'set LARK_APP_ID to the App ID under "Credentials & Basic Info"',
  10014: 'set LARK_APP_SECRET to the App Secret under "Credentials & Basic Info"',
  10015: 'set LARK_APP_SECRET to the App Secret under "Credentials & Basic Info"',
  514: 'set LARK_APP_ID and LARK_APP_SECRET to those under "Credentials & Basic Info"',
  403: 'choose the long connection under "Events & Callbacks", for events and for callbacks, and publish a version',
  1000040350: 'Lark takes 50 connections for an app: stop the other processes that use this App ID',
  99991401: 'add this machine to the IP allowlist under "Security Settings" of the app, or empty the list',
  99991672: 'add the scopes that the README lists under "Permissions & Scopes", and publish a version',
  99991679: 'add the scopes that the README lists under "Permissions & Scopes", and publish a version',
  230002: 'add the bot to the group: group settings, "Bots"',
  230006: 'switch the bot on under "Add Features", and publish a version',
  230013: 'take the person into the app’s availability, under "Version Management & Release"',
  230027: 'add the scopes that the README lists, and let the bot be in the group',
  230035: 'the group lets only some members speak: let the bot speak there',
  230099: 'a card breaks a rule of Lark: report it with the card that was shown',
  11310: 'a card breaks a limit of Lark: report it with the card that was shown',
  230025: 'a message is too large for Lark: report it',
  232011: 'add the bot to the group: group settings, "Bots"',
  40004: 'let the app see everybody: "Permissions & Scopes", "Data permissions", contacts, "All members"',
  41050: 'let the app see the person: "Permissions & Scopes", "Data permissions", contacts',
}

/** This token does not count (any more): a new one is fetched, once. */
export const isTokenRefused = (code: number): boolean => code >= 99991660 && code <= 99991669

/** Of no use to call again before somebody has changed the credentials. */
export const isCredentialRefused = (code: string | undefined): boolean =>
  code !== undefined && (['10003', '10014', '10015', '514'].includes(code) || isTokenRefused(Number(code)))

/** From what the SDK or axios threw. */
export function explain(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof LarkRefusal) return explainCode(what, error)
  const status = statusOf(error)
  if (status === 429)
    return new PlatformError('rate-limited', `Lark asks to wait before ${what}`, {
      cause: bare(error),
      code: 'http_429',
    })
  if (status !== undefined && status >= 300 && status < 500)
    return new PlatformError('refused', `Lark refused ${what} with HTTP ${status}`, {
      cause: bare(error),
      code: `http_${status}`,
    })
  if (status !== undefined)
    return new PlatformError('unknown', `Lark answered ${what} with HTTP ${status}`, {
      cause: bare(error),
      code: `http_${status}`,
    })
  if (neverConnected(error))
    return new PlatformError('not-sent', `Lark cannot be reached for ${what}: check LARK_DOMAIN and the network`, {
      cause: bare(error),
      code: codeOf(error) ?? 'unreachable',
    })
  return new PlatformError('unknown', `Lark did not answer ${what}`, {
    cause: bare(error),
    code: codeOf(error) ?? 'no_answer',
  })
}

/** For a call that only prepares or asks: when it fails there is nothing to be seen, so what is unknown was certainly not sent. */
export function certain(error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.kind !== 'unknown') return error
  return new PlatformError('not-sent', error.message, { cause: error, ...(error.code ? { code: error.code } : {}) })
}

export const certainly = <R>(call: Promise<R>): Promise<R> =>
  call.catch((error: unknown) => {
    throw certain(error)
  })

function explainCode(what: string, { code, resetS }: LarkRefusal): PlatformError {
  const kind = KINDS[code] ?? 'refused'
  if (kind === 'rate-limited') {
    const seconds = Number.parseInt(resetS ?? '', 10)
    return new PlatformError(kind, `Lark asks to wait before ${what}`, {
      code: String(code),
      appWide: code === 99991400,
      ...(Number.isNaN(seconds) ? {} : { retryAfterMs: seconds * SECOND_MS }),
    })
  }
  const remedy = REMEDIES[code]
  const did = kind === 'unknown' ? 'did not do' : 'refused'
  return new PlatformError(kind, `Lark ${did} ${what}: ${code}${remedy ? ` (${remedy})` : ''}`, { code: String(code) })
}

/** An error of axios holds the request with its token and the secret: only its name and message go on. */
function bare(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  const kept = new Error(message)
  kept.name = name
  return kept
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('response' in error)) return undefined
  const { response } = error
  if (typeof response !== 'object' || response === null || !('status' in response)) return undefined
  return typeof response.status === 'number' ? response.status : undefined
}

/** Did it fail while connecting, so that nothing was sent? Asked of the error and everything it was caused by. */
const neverConnected = (error: unknown): boolean =>
  causesOf(error).some((cause) => cause.syscall === 'connect' || cause.syscall === 'getaddrinfo')

const codeOf = (error: unknown): string | undefined =>
  causesOf(error)
    .map((cause) => cause.code)
    .find((code) => typeof code === 'string')

/** The error and its causes; of several attempts (IPv6, IPv4) each one. */
function causesOf(error: unknown, depth = 0): readonly NodeJS.ErrnoException[] {
  if (!(error instanceof Error) || depth > 5) return []
  const several = error instanceof AggregateError ? error.errors : []
  return [error, ...[error.cause, ...several].flatMap((cause) => causesOf(cause, depth + 1))]
}
