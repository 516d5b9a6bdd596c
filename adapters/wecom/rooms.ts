/** Groups that the app makes: https://developer.work.weixin.qq.com/document/path/90245. */
import { PlatformError } from '#core/errors.ts'
import type { WecomClient } from './client.ts'
import { ROOM_MEMBERS_MAX, ROOM_MEMBERS_MIN, ROOM_NAME_CHARS_MAX } from './limits.ts'
import { oneLine, sayable } from './measure.ts'
import { CHAT } from './ways.ts'

/** @returns the group's address. People see it once something was said in it. Throws `PlatformError`. */
export async function createRoom(
  client: WecomClient,
  { name, accounts }: { readonly name: string; readonly accounts: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  const members = [...new Set(accounts)]
  if (members.length < ROOM_MEMBERS_MIN || members.length > ROOM_MEMBERS_MAX)
    throw new PlatformError(
      'refused',
      `A group of ${members.length}: WeCom makes groups of ${ROOM_MEMBERS_MIN} to ${ROOM_MEMBERS_MAX} people`,
      { code: 'room_members' },
    )
  const body = { name: [...oneLine(sayable(name))].slice(0, ROOM_NAME_CHARS_MAX).join(''), userlist: members }
  try {
    const { chatid: chatId } = await client.post('appchat/create', body, signal)
    if (typeof chatId === 'string' && chatId !== '') return CHAT + chatId
  } catch (error) {
    if (!(error instanceof PlatformError) || !ROOT_ONLY.has(error.code ?? '')) throw error
    throw new PlatformError(
      'refused',
      `WeCom makes no group for this app: ${error.message}. The app must be visible to the whole enterprise (the root department), and to each of the people`,
      { cause: error, ...(error.code ? { code: error.code } : {}) },
    )
  }
  throw new PlatformError('unknown', 'WeCom gave no name to the group', { code: 'no_chatid' })
}

/** "No permission", "not visible", "not allowed". */
const ROOT_ONLY: ReadonlySet<string> = new Set(['48002', '60011', '60021', '81013', '86007', '86216', '301002'])
