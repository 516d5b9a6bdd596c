/** The two ways into WeCom, and how a room's address says which of them it belongs to. */
import type { CheckResult, Deliver, FileRef, Health, Outgoing, SentAs } from '#core/platform.ts'

/**
 * The smart bot: the second way in, over one long connection. It speaks in rooms whose address begins with `bot:` and with
 * accounts that have written to it.
 */
export interface WecomBot {
  /** See `Platform.listen`. */
  listen(deliver: Deliver, signal: AbortSignal): Promise<void>
  /** To a room whose address begins with `bot:`, or to an account. Throws `PlatformError`; `not-sent` while this process has no connection. */
  send(message: Outgoing, signal: AbortSignal): Promise<SentAs>
  /** See `Platform.edit`. Absent where nothing that was said can be changed. */
  edit?(sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  /** See `Platform.fetchFile`; only for files that came in through the bot. */
  fetchFile(file: FileRef, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
  isConnected(): boolean
  health(): Health
  check(signal: AbortSignal): Promise<readonly CheckResult[]>
  /** Frees sockets and timers. */
  close(): Promise<void>
}

/** A group that the app made: `chat:CHATID`. */
export const CHAT = 'chat:'
/** A group's message push (webhook), by the name it has in our settings: `hook:NAME`. */
export const HOOK = 'hook:'
/** A room in which the smart bot speaks: `bot:ID`. */
export const BOT = 'bot:'

/** What an address is; an address without a prefix is an account: the direct room of the app with that member. */
export type Way =
  | { readonly way: 'member'; readonly account: string }
  | { readonly way: 'chat'; readonly chatId: string }
  | { readonly way: 'hook'; readonly name: string }
  | { readonly way: 'bot' }

export function wayOf(room: string): Way {
  if (room.startsWith(CHAT)) return { way: 'chat', chatId: room.slice(CHAT.length) }
  if (room.startsWith(HOOK)) return { way: 'hook', name: room.slice(HOOK.length) }
  if (room.startsWith(BOT)) return { way: 'bot' }
  return { way: 'member', account: room }
}
