/** What `ops check` is told about the app: whether WeCom lets us in, whom it is visible to, whether it is switched on. */
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { CheckResult } from '#core/platform.ts'
import type { Json, WecomClient } from './client.ts'
import { WECOM_PATH } from './receive.ts'

/** @param heardAt when WeCom called last, since this process began */
export async function checkApp(
  client: WecomClient,
  agentId: string,
  heardAt: () => Instant | undefined,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  let agent: Json
  try {
    agent = await client.get('agent/get', { agentid: agentId }, signal)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return [{ what: 'WeCom app', ok: false, detail: error.message }]
  }
  return [checkSwitch(agent), checkVisibility(agent), checkCallback(heardAt())]
}

function checkSwitch({ name, close }: Json): CheckResult {
  const what = 'WeCom app'
  if (close === 1) return { what, ok: false, detail: 'the app is switched off: switch it on in the admin console' }
  return { what, ok: true, detail: `WeCom lets us in; the app is named ${typeof name === 'string' ? name : '?'}` }
}

function checkVisibility(agent: Json): CheckResult {
  const what = 'WeCom visibility'
  const count = (field: string, list: string): number => {
    const value = agent[field]
    const listed = typeof value === 'object' && value !== null ? (value as Json)[list] : undefined
    return Array.isArray(listed) ? listed.length : 0
  }
  const [people, departments, tags] = [
    count('allow_userinfos', 'user'),
    count('allow_partys', 'partyid'),
    count('allow_tags', 'tagid'),
  ]
  if (people + departments + tags === 0)
    return { what, ok: false, detail: 'the app is visible to nobody: set its visible range (可见范围)' }
  const isWhole = (agent['allow_partys'] as { partyid?: unknown } | undefined)?.partyid
  const root = Array.isArray(isWhole) && isWhole.includes(1)
  const rooms = root
    ? ''
    : '; groups of its own it can make only when the whole enterprise (the root department) sees it'
  return { what, ok: true, detail: `departments: ${departments}, people: ${people}, tags: ${tags}${rooms}` }
}

/** WeCom tells nobody which address is set: only that it calls shows it. */
function checkCallback(heardAt: Instant | undefined): CheckResult {
  const what = 'WeCom callback'
  if (heardAt !== undefined) return { what, ok: true, detail: 'WeCom calls us, and its calls are authentic' }
  return {
    what,
    ok: true,
    detail: `WeCom cannot be asked which address is set: when nothing that people write arrives, set PUBLIC_URL + ${WECOM_PATH} under "receive messages" (接收消息)`,
  }
}
