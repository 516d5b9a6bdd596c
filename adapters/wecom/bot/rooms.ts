/** The addresses of the smart bot's rooms: `bot:CHATID` for a group, `bot:@USERID` for the private chat with somebody. Pure. */
import { BOT } from '../ways.ts'

export const groupRoom = (chatId: string): string => `${BOT}${chatId}`
export const privateRoom = (account: string): string => `${BOT}@${account}`

/** What WeCom calls the conversation. */
export function chatOf(room: string): { readonly chatId: string; readonly isGroup: boolean } {
  const name = room.startsWith(BOT) ? room.slice(BOT.length) : room
  return name.startsWith('@') ? { chatId: name.slice(1), isGroup: false } : { chatId: name, isGroup: true }
}
