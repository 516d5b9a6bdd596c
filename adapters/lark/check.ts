/** What `ops check` is told about Lark: the credentials, the bot, the scopes, the connection, each with its remedy. */
import { PlatformError } from '#core/errors.ts'
import type { CheckResult, Health } from '#core/platform.ts'
import type { LarkClient } from './client.ts'
import { MORE_SCOPES, SCOPES } from './scopes.ts'

/** Of a bot that people can talk to. https://open.feishu.cn/document/client-docs/bot-v3/obtain-bot-info */
const ACTIVATED = 2

/** @param connection how it stands with the long connection; absent with a webhook */
export async function checkLark(
  client: LarkClient,
  connection: (() => Health | undefined) | undefined,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const connected = connection ? [checkConnection(connection())] : []
  try {
    const bot = await client.bot(signal)
    return [
      { what: 'Lark credentials', ok: true, detail: 'Lark takes the App ID and the App Secret' },
      checkBot(bot),
      await checkScopes(client, signal),
      ...connected,
    ]
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return [{ what: 'Lark credentials', ok: false, detail: error.message }, ...connected]
  }
}

function checkBot({ name, account, status }: Awaited<ReturnType<LarkClient['bot']>>): CheckResult {
  const what = 'Lark bot'
  if (status === undefined || status === ACTIVATED)
    return { what, ok: true, detail: `${name ?? 'the bot'} is ${account}` }
  return {
    what,
    ok: false,
    detail: `the bot is not in use (status ${status}): switch it on under "Add Features", create a version and have it approved`,
  }
}

/** Asking needs no scope of its own; where Lark does not answer, that is no fault. */
async function checkScopes(client: LarkClient, signal: AbortSignal): Promise<CheckResult> {
  const what = 'Lark scopes'
  let granted: readonly string[]
  try {
    granted = await client.scopes(signal)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return { what, ok: true, detail: `Lark does not list them (${error.message})` }
  }
  const missing = Object.keys(SCOPES).filter((scope) => !granted.includes(scope))
  const wanting = Object.keys(MORE_SCOPES).filter((scope) => !granted.includes(scope))
  if (missing.length > 0)
    return {
      what,
      ok: false,
      detail: `missing ${missing.join(', ')}: add them under "Permissions & Scopes", create a version and have it approved`,
    }
  const rest =
    wanting.length === 0 ? '' : `; without ${wanting.join(', ')}, see adapters/lark/README.md for what that leaves out`
  return { what, ok: true, detail: `all ${Object.keys(SCOPES).length} that are needed are granted${rest}` }
}

function checkConnection(now: Health | undefined): CheckResult {
  const what = 'Lark long connection'
  if (!now)
    return { what, ok: true, detail: 'this process does not listen; the log of the one that does says how it stands' }
  return { what, ok: now.ok, detail: now.detail }
}
