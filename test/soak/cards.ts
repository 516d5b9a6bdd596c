/** Finding the card that shows a reason, among many thousand messages. */

/** What plan.ts makes of a number. */
export const TOKEN = /搬家[甲乙丙丁戊己庚辛壬癸]{5}/

/** How a platform's messages are read here. */
export interface Reading<M> {
  /** All of them, the oldest first; only ever longer. */
  all(): readonly M[]
  /** What the words and buttons are made of: another object when they change. */
  content(message: M): unknown
  buttons(content: unknown): readonly string[]
  isIn(message: M, staffNo: string): boolean
}

/** Reads each message once: a card keeps its reason while it changes. */
export function cardsOf<M>(reading: Reading<M>) {
  const byToken = new Map<string, { message: M; came: unknown }[]>()
  let read = 0
  const catchUp = () => {
    const all = reading.all()
    for (; read < all.length; read++) {
      const message = all[read]
      if (message === undefined) continue
      const content = reading.content(message)
      const token = TOKEN.exec(JSON.stringify(content) ?? '')?.[0]
      if (token) byToken.set(token, [...(byToken.get(token) ?? []), { message, came: content }])
    }
  }
  const has = (content: unknown, label: string) => reading.buttons(content).includes(label)
  const seenBy = (staffNo: string, token: string) =>
    (byToken.get(token) ?? []).filter(({ message }) => reading.isIn(message, staffNo))
  return {
    /** Something of it was shown to them, with or without buttons. */
    isThere(staffNo: string, token: string): boolean {
      catchUp()
      return seenBy(staffNo, token).length > 0
    },
    /** The newest that they see with this button, now or when it came: people press what they still see. */
    find(staffNo: string, token: string, label: string): { message: M; content: unknown } | undefined {
      catchUp()
      const cards = seenBy(staffNo, token)
      const now = cards.findLast(({ message }) => has(reading.content(message), label))?.message
      if (now !== undefined) return { message: now, content: reading.content(now) }
      const before = cards.findLast(({ came }) => has(came, label))
      return before && { message: before.message, content: before.came }
    },
  }
}
