/**
 * What a failed call to Slack means for the outbox: by how it failed, then by Slack's own word. Pure. Messages name the
 * method and Slack's word, never a body, an address or a token.
 */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { SECOND_MS } from '#core/clock.ts'
import { PlatformError, type PlatformErrorKind } from '#core/errors.ts'

/** Slack's words that are not simply a refusal. https://docs.slack.dev/reference/methods, "Errors" of each method. */
const KINDS: Readonly<Record<string, PlatformErrorKind>> = {
  ratelimited: 'rate-limited',
  rate_limited: 'rate-limited',
  message_limit_exceeded: 'rate-limited',
  service_unavailable: 'not-sent',
  team_added_to_org: 'not-sent',
  // The body arrived cut off: it was not acted on.
  request_timeout: 'not-sent',
  // "Some aspect of the operation may have succeeded."
  fatal_error: 'unknown',
  internal_error: 'unknown',
  channel_not_found: 'gone',
  is_archived: 'gone',
  user_not_found: 'gone',
  users_not_found: 'gone',
  user_disabled: 'gone',
  user_not_visible: 'gone',
  user_not_in_channel: 'gone',
  message_not_found: 'gone',
  cant_update_message: 'gone',
  edit_window_closed: 'gone',
  // Modals: the second spelling is the interaction guide's.
  expired_trigger_id: 'gone',
  trigger_expired: 'gone',
  exchanged_trigger_id: 'gone',
  trigger_exchanged: 'gone',
  invalid_trigger_id: 'gone',
  not_found: 'gone',
  file_not_found: 'gone',
  file_deleted: 'gone',
  // Response URLs.
  expired_url: 'gone',
  used_url: 'gone',
}

/** What to do about it, for the words that an administrator can do something about. */
const REMEDIES: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the bot to the channel: /invite @banzhang',
  channel_not_found: 'check the channel id in the policy, and invite the bot when the channel is private',
  missing_scope: 'install the app again from the manifest, which lists every scope',
  invalid_auth: 'set SLACK_BOT_TOKEN to the token under "OAuth & Permissions"',
  not_authed: 'set SLACK_BOT_TOKEN to the token under "OAuth & Permissions"',
  token_revoked: 'install the app again and set SLACK_BOT_TOKEN to the new token',
  token_expired: 'switch token rotation off, or set SLACK_BOT_TOKEN to the new token',
  account_inactive: 'the app was removed from the workspace: install it again and set SLACK_BOT_TOKEN',
  file_uploads_disabled: 'an administrator of the workspace has switched uploads off',
  file_upload_size_restricted: 'an administrator of the workspace has set a smaller limit for files',
  storage_limit_reached: 'the workspace has no room for more files',
  invalid_blocks: 'a card breaks a limit of Slack: report it with the card that was shown',
}

/** The method that opens a connection of Socket Mode: the only one that is called with the app-level token. */
export const OPEN_CONNECTION = 'apps.connections.open'

const NEW_APP_TOKEN =
  'set SLACK_APP_TOKEN to an app-level token (xapp-…) with the scope connections:write, from "Basic Information"'
const APP_TOKEN_REMEDIES: Readonly<Record<string, string>> = {
  invalid_auth: NEW_APP_TOKEN,
  not_authed: NEW_APP_TOKEN,
  missing_args: NEW_APP_TOKEN,
  missing_scope: NEW_APP_TOKEN,
  not_allowed_token_type: NEW_APP_TOKEN,
  token_revoked: NEW_APP_TOKEN,
  account_inactive: NEW_APP_TOKEN,
  forbidden_team: 'switch Socket Mode on for the app, and let an administrator of the workspace allow it',
}

/** Words that mean: this token does not count any more. It is of no use to call again before somebody has changed it. */
export const TOKEN_REFUSED: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'user_removed_from_team',
  'team_disabled',
  'not_allowed_token_type',
])

export function remedyOf(what: string, code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  return (what === OPEN_CONNECTION ? APP_TOKEN_REMEDIES[code] : undefined) ?? REMEDIES[code]
}

/** From what the SDK, or `fetch`, threw. */
export function explain(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof WebAPIRateLimitedError)
    return new PlatformError('rate-limited', `Slack asks to wait ${error.retryAfter} s before ${what}`, {
      cause: error,
      retryAfterMs: error.retryAfter * SECOND_MS,
      code: 'ratelimited',
    })
  if (error instanceof WebAPIPlatformError) return explainWord(what, error.data.error, error)
  if (error instanceof WebAPIHTTPError)
    return new PlatformError('unknown', `Slack answered ${what} with HTTP ${error.statusCode}`, {
      cause: error,
      code: `http_${error.statusCode}`,
    })
  const original = error instanceof WebAPIRequestError ? error.original : error
  // The SDK throws a bare Error for a 429 that does not say how long to wait.
  if (original instanceof Error && original.message.startsWith('Retry header'))
    return new PlatformError('rate-limited', `Slack asks to wait before ${what}`, {
      cause: original,
      code: 'ratelimited',
    })
  if (neverConnected(original))
    return new PlatformError('not-sent', `Slack cannot be reached for ${what}: check SLACK_API_URL and the network`, {
      cause: original,
      code: codeOf(original) ?? 'unreachable',
    })
  return new PlatformError('unknown', `Slack did not answer ${what}`, {
    cause: original,
    code: codeOf(original) ?? 'no_answer',
  })
}

/** From the answer of a response URL; undefined when it took the post. */
export function kindOfResponse(
  what: string,
  response: { readonly status: number; readonly retryAfter: string | null; readonly text: string },
): PlatformError | undefined {
  const { status, retryAfter, text } = response
  if (status === 429) return asksToWait(what, retryAfter)
  const word = wordIn(text)
  if (word !== undefined) return explainWord(what, word)
  if (status === 200) return undefined
  if (status === 404 || status === 410) return explainWord(what, 'expired_url')
  if (status >= 400 && status < 500)
    return new PlatformError('refused', `Slack refused ${what}`, { code: `http_${status}` })
  return new PlatformError('unknown', `Slack answered ${what} with HTTP ${status}`, { code: `http_${status}` })
}

type Answered = Pick<Response, 'status' | 'headers'>

/** From the answer to a file's bytes; undefined when it took them. */
export function kindOfUpload(what: string, { status, headers }: Answered): PlatformError | undefined {
  if (status === 200) return undefined
  if (status === 429) return asksToWait(what, headers.get('retry-after'))
  const kind = status === 413 ? 'refused' : status < 500 ? 'not-sent' : 'unknown'
  return new PlatformError(kind, `Slack answered ${what} with HTTP ${status}`, {
    code: `http_${status}`,
  })
}

/**
 * From the answer to a download; undefined when it is the file. Without the scope Slack answers 200, or after a redirect,
 * with the page on which people sign in. @param claimed the media type that Slack has named for the file
 */
export function kindOfDownload(
  what: string,
  { status, headers }: Answered,
  claimed: string | undefined,
): PlatformError | undefined {
  const isPage = (headers.get('content-type') ?? '').toLowerCase().startsWith('text/html')
  if (status === 200 && !(isPage && claimed !== 'text/html')) return undefined
  if (status === 200 || status === 401 || status === 403)
    return new PlatformError(
      'refused',
      `Slack does not give the file to this app: it needs the scope files:read (${REMEDIES['missing_scope']})`,
      { code: 'missing_scope' },
    )
  if (status === 404 || status === 410)
    return new PlatformError('gone', 'The file is not on Slack any more', { code: 'file_not_found' })
  return kindOfUpload(what, { status, headers })
}

function asksToWait(what: string, retryAfter: string | null): PlatformError {
  const seconds = Number.parseInt(retryAfter ?? '', 10)
  return new PlatformError('rate-limited', `Slack asks to wait before ${what}`, {
    code: 'ratelimited',
    ...(Number.isNaN(seconds) ? {} : { retryAfterMs: seconds * SECOND_MS }),
  })
}

function explainWord(what: string, word: string, cause?: unknown): PlatformError {
  // Slack's words are plain; anything else is a page of a proxy between us, and nobody knows what happened behind it.
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(word))
    return new PlatformError('unknown', `What answered ${what} is not Slack`, { cause, code: 'not_slack' })
  const remedy = remedyOf(what, word)
  const message = `Slack refused ${what}: ${word}${remedy ? ` (${remedy})` : ''}`
  return new PlatformError(KINDS[word] ?? 'refused', message, { cause, code: word })
}

/** The word in `{"ok":false,"error":"used_url"}`; undefined for `ok` and for `{"ok":true}`. */
function wordIn(text: string): string | undefined {
  if (text.trim() === 'ok') return undefined
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null || !('ok' in body) || body.ok !== false) return undefined
    return 'error' in body && typeof body.error === 'string' ? body.error : 'unknown_error'
  } catch {
    return text.trimStart().startsWith('<') ? text : undefined
  }
}

/** Did it fail while connecting, so that nothing was sent? Asked of the error and everything it was caused by. */
function neverConnected(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause.syscall === 'connect' || cause.syscall === 'getaddrinfo' || cause.code === 'UND_ERR_CONNECT_TIMEOUT',
  )
}

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
