/** A message as the page gets it: what is shown and nothing of our own bookkeeping. Pure. */
import type { Card, Markup } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import type { ChatMessage } from './chat.ts'
import type { ShelvedFile } from './shelf.ts'

export interface MessageView {
  readonly id: string
  readonly room: string
  readonly seq: number
  readonly rev: number
  readonly at: Instant
  /** Absent: the bot. */
  readonly from?: string
  readonly text?: Markup
  readonly card?: Card
  readonly files?: readonly ShelvedFile[]
  readonly accounts?: Readonly<Record<string, string>>
  /** Nobody else in the room sees it. */
  readonly private?: true
  readonly edited?: true
  readonly deleted?: true
}

export function viewOf(message: ChatMessage): MessageView {
  const { id, room, seq, rev, at, from, accounts, shown } = message
  // Where cards are shown, the text beside a card is only for notifications.
  const text = message.text ?? (shown?.card ? undefined : shown?.text)
  return {
    id,
    room,
    seq,
    rev,
    at,
    ...(from === undefined ? {} : { from }),
    ...(text === undefined ? {} : { text }),
    ...(shown?.card ? { card: shown.card } : {}),
    ...(message.files && !message.deleted ? { files: message.files } : {}),
    ...(accounts ? { accounts } : {}),
    ...(message.onlyFor === undefined ? {} : { private: true }),
    ...(message.editedAt === undefined ? {} : { edited: true }),
    ...(message.deleted ? { deleted: true } : {}),
  }
}
