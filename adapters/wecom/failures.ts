/**
 * What a failed call to WeCom means for the outbox: by how it failed, then by WeCom's own number
 * (https://developer.work.weixin.qq.com/document/path/90313). Pure. Messages name the call and the number, never an address:
 * WeCom's addresses carry the token.
 */
import { PlatformError, type PlatformErrorKind } from '#core/errors.ts'

/** WeCom's numbers that are not simply a refusal. */
const KINDS: Readonly<Record<number, PlatformErrorKind>> = {
  // "The server is not available for now, try again later."
  [-1]: 'not-sent',
  6000: 'not-sent',
  45009: 'rate-limited',
  45033: 'rate-limited',
  45035: 'not-sent',
  // Our token is not taken any more, after it was renewed: WeCom is changing it.
  40014: 'not-sent',
  42001: 'not-sent',
  // Nobody is there to read it.
  40003: 'gone',
  46004: 'gone',
  60111: 'gone',
  81013: 'gone',
  40050: 'gone',
  49008: 'gone',
  86001: 'gone',
  86003: 'gone',
  // The card cannot be changed (any more).
  42015: 'gone',
  42016: 'gone',
  42022: 'gone',
  60140: 'gone',
  82102: 'gone',
  40007: 'gone',
  40145: 'gone',
}

const NEW_SECRET = 'set WECOM_CORP_ID and WECOM_SECRET to the enterprise id and the secret of this app'
const VISIBLE = 'take the person, or their department, into what the app is visible to (可见范围)'
/** What to do about it, for the numbers that an administrator can do something about. */
const REMEDIES: Readonly<Record<number, string>> = {
  40001: NEW_SECRET,
  40013: NEW_SECRET,
  40091: NEW_SECRET,
  40056: 'set WECOM_AGENT_ID to the AgentId of this app',
  301002: 'set WECOM_AGENT_ID to the AgentId of this app: the secret is of another one',
  43012: 'set the address under "receive messages" (接收消息) of the app: without it there are no cards with buttons',
  48002: 'the app may not call this: switch the permission on in the admin console',
  50003: 'the app is switched off: switch it on in the admin console',
  60031: 'the app is switched off: switch it on in the admin console',
  60011: VISIBLE,
  60020: 'add the address of this machine to the trusted IPs of the app (企业可信IP)',
  60021: VISIBLE,
  81013: VISIBLE,
  86008: 'the group was made by another app: make one with this app',
  93000: 'the key of the webhook is wrong or it was deleted: correct WECOM_WEBHOOKS',
  45009: 'WeCom allows no more calls for now',
  45024: 'the enterprise has used up its accounts',
}

/** Numbers that mean: we are not let in at all. Nothing works before somebody has changed it. */
export const LOCKED_OUT: ReadonlySet<string> = new Set(
  [40001, 40013, 40091, 50003, 60020, 60031].map((code) => String(code)),
)
/** Numbers for a token that was revoked or has run out. */
export const TOKEN_STALE: ReadonlySet<number> = new Set([40014, 42001])

export const remedyOf = (code: number): string | undefined => REMEDIES[code]

/** From an answer that says an error. @param errmsg WeCom's own words: only an IP address is taken from them. */
export function explainCode(what: string, code: number, errmsg: string): PlatformError {
  const ip = /from ip: ([\da-f.:]+)/i.exec(errmsg)?.[1]
  const remedy = [REMEDIES[code], code === 60020 && ip !== undefined ? `it came from ${ip}` : undefined]
  const said = remedy.filter((part) => part !== undefined).join('; ')
  const kind = KINDS[code] ?? 'refused'
  return new PlatformError(kind, `WeCom refused ${what}: ${code}${said === '' ? '' : ` (${said})`}`, {
    code: String(code),
    appWide: kind === 'rate-limited',
  })
}

/** From what `fetch` threw. */
export function explainThrown(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error
  const causes = causesOf(error)
  const code = causes.map((cause) => cause.code).find((word) => typeof word === 'string')
  const neverConnected = causes.some(
    ({ syscall, code: word }) =>
      syscall === 'connect' || syscall === 'getaddrinfo' || word === 'UND_ERR_CONNECT_TIMEOUT',
  )
  if (neverConnected)
    return new PlatformError('not-sent', `WeCom cannot be reached for ${what}: check WECOM_API_URL and the network`, {
      cause: error,
      code: code ?? 'unreachable',
    })
  return new PlatformError('unknown', `WeCom did not answer ${what}`, { cause: error, code: code ?? 'no_answer' })
}

/** For a call that only prepares or asks: when it fails there is nothing to be seen, so what is unknown was certainly not sent. */
export async function certainly<R>(call: Promise<R>): Promise<R> {
  try {
    return await call
  } catch (error) {
    throw certain(error)
  }
}

export function certain(error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.kind !== 'unknown') return error
  return new PlatformError('not-sent', error.message, { cause: error, ...(error.code ? { code: error.code } : {}) })
}

/** The error and its causes; of several attempts (IPv6, IPv4) each one. */
function causesOf(error: unknown, depth = 0): readonly NodeJS.ErrnoException[] {
  if (!(error instanceof Error) || depth > 5) return []
  const several = error instanceof AggregateError ? error.errors : []
  return [error, ...[error.cause, ...several].flatMap((cause) => causesOf(cause, depth + 1))]
}
