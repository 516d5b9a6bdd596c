/** What `ops check` is told about Slack: the token, the scopes, the clock, each with its remedy. */
import { MINUTE_MS, SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { CheckResult, Health } from '#core/platform.ts'
import type { Installation, SlackClient } from './client.ts'
import { SIGNATURE_AGE_MAX_MS } from './limits.ts'
import { BOT_SCOPES } from './manifest.ts'

/** Well inside the five minutes after which every call of Slack's would be refused. */
const SKEW_MAX_MS = MINUTE_MS

/** @param connection how it stands with Socket Mode; absent by HTTP alone */
export async function checkSlack(
  client: SlackClient,
  connection: (() => Health | undefined) | undefined,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const connected = connection ? [await checkConnection(client, connection, signal)] : []
  let found: Installation
  try {
    found = await client.installation(signal)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return [{ what: 'Slack token', ok: false, detail: error.message }, ...connected]
  }
  return [
    { what: 'Slack token', ok: true, detail: `installed in ${found.team}, the bot is ${found.botUser}` },
    checkScopes(found.scopes),
    checkClock(found.aheadMs),
    ...connected,
  ]
}

/** Whether Slack would let us connect; asked anew, because the command line is another process than the one that listens. */
async function checkConnection(
  client: SlackClient,
  connection: () => Health | undefined,
  signal: AbortSignal,
): Promise<CheckResult> {
  const what = 'Slack Socket Mode'
  try {
    await client.tryConnection(signal)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return { what, ok: false, detail: error.message }
  }
  const now = connection()
  return { what, ok: now?.ok ?? true, detail: now?.detail ?? 'Slack takes the app-level token' }
}

function checkScopes(granted: Installation['scopes']): CheckResult {
  const what = 'Slack scopes'
  if (!granted) return { what, ok: true, detail: 'Slack did not list them' }
  const missing = Object.keys(BOT_SCOPES).filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return { what, ok: true, detail: `all ${Object.keys(BOT_SCOPES).length} granted` }
  return {
    what,
    ok: false,
    detail: `missing ${missing.join(', ')}: update the app's manifest from adapters/slack/manifest.json and install it again`,
  }
}

function checkClock(aheadMs: number | undefined): CheckResult {
  const what = 'clock against Slack'
  if (aheadMs === undefined) return { what, ok: true, detail: 'Slack did not tell the time' }
  const seconds = Math.round(Math.abs(aheadMs) / SECOND_MS)
  if (Math.abs(aheadMs) <= SKEW_MAX_MS) return { what, ok: true, detail: `${seconds} s apart` }
  return {
    what,
    ok: false,
    detail:
      `this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Slack; from ${SIGNATURE_AGE_MAX_MS / SECOND_MS} s on ` +
      'every call is refused: switch on time synchronisation (NTP)',
  }
}
