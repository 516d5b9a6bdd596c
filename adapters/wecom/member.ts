/** One message of the app's to one member. */
import { PlatformError } from '#core/errors.ts'
import type { Json, WecomClient } from './client.ts'
import { lookBackSOf } from './ids.ts'
import type { TemplateCard } from './template-card.ts'

/** What WeCom says of something it took. */
export interface Taken {
  readonly msgId?: string
  /** Of a card: changes it once. */
  readonly code?: string
}
export const textBody = (content: string): Json => ({ msgtype: 'text', text: { content } })
export const cardBody = (card: TemplateCard): Json => ({ msgtype: 'template_card', template_card: card })

/** WeCom says 0 where it could not reach somebody: with one recipient that is a failure. It writes accounts in small letters. */
export async function sendToMember(
  client: WecomClient,
  agentId: string | undefined,
  account: string,
  body: Json,
  id: string,
  signal: AbortSignal,
): Promise<Taken> {
  if (!/^[^|@\s][^|\s]{0,63}$/.test(account))
    throw new PlatformError('gone', `${account} is no account of WeCom`, { code: 'invalid_account' })
  const request = {
    touser: account,
    agentid: Number(agentId),
    ...body,
    enable_duplicate_check: 1,
    duplicate_check_interval: lookBackSOf(id),
  }
  try {
    const answer = await client.post('message/send', request, signal)
    refuseMissed(answer, account)
    const { msgid: msgId, response_code: code } = answer
    return {
      ...(typeof msgId === 'string' && msgId !== '' ? { msgId } : {}),
      ...(typeof code === 'string' && code !== '' ? { code } : {}),
    }
  } catch (error) {
    // The id of a card is made from its key: when WeCom has it already, an earlier try has put it there.
    if (error instanceof PlatformError && error.code === TASK_ID_TAKEN && body['msgtype'] === 'template_card') return {}
    throw error
  }
}
const TASK_ID_TAKEN = '42014'

export function refuseMissed(answer: Json, account: string): void {
  const listed = (field: string): boolean => {
    const value = answer[field]
    const names = typeof value === 'string' ? value.split('|') : Array.isArray(value) ? value.map(String) : []
    return names.some((name) => name.trim().toLowerCase() === account.toLowerCase())
  }
  if (listed('invaliduser'))
    throw new PlatformError(
      'refused',
      `WeCom does not reach ${account}: take the person into what the app is visible to (可见范围)`,
      { code: 'invaliduser' },
    )
  if (listed('unlicenseduser'))
    throw new PlatformError('refused', `${account} has no licence for apps' messages (基础接口许可): give them one`, {
      code: 'unlicenseduser',
    })
}
