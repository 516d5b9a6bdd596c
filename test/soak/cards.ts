/** Finding the card that shows a reason, among many thousand messages. */
import type { FakeSlack } from '../adapters/slack/fake.ts'
import { lookAt } from '../adapters/slack/fake-look.ts'
import type { StoredMessage } from '../adapters/slack/fake-store.ts'

/** What plan.ts makes of a number. */
export const TOKEN = /搬家[甲乙丙丁戊己庚辛壬癸]{5}/

/** Reads each message once: a card keeps its reason while it changes. */
export function cardsOf(slack: FakeSlack) {
  const byToken = new Map<string, { message: StoredMessage; blocks: StoredMessage['blocks'] }[]>()
  let read = 0
  const catchUp = () => {
    const all = slack.posted()
    for (; read < all.length; read++) {
      const message = all[read]
      const token = message && TOKEN.exec(JSON.stringify(message.blocks))?.[0]
      if (token) byToken.set(token, [...(byToken.get(token) ?? []), { message, blocks: message.blocks }])
    }
  }
  const has = (blocks: StoredMessage['blocks'], label: string) => lookAt('', blocks).buttons.includes(label)
  const inRoom = (room: string, token: string) =>
    (byToken.get(token) ?? []).filter(({ message }) => message.channel === room && message.user === slack.bot)
  return {
    /** Something of it was shown there, with or without buttons. */
    isThere(room: string, token: string): boolean {
      catchUp()
      return inRoom(room, token).length > 0
    },
    /** The newest in this room with this button, now or when it came: people press what they still see. */
    find(room: string, token: string, label: string): StoredMessage | undefined {
      catchUp()
      const cards = inRoom(room, token)
      const now = cards.findLast(({ message }) => has(message.blocks, label))?.message
      if (now) return now
      const before = cards.findLast(({ blocks }) => has(blocks, label))
      return before && { ...before.message, blocks: before.blocks }
    },
  }
}
