/** Which answers are on their way with a reply: only when the last of them broke off is it for the outbox to say. */
import type { OutboxEngine } from '../outbox/engine.ts'

export interface Carriers {
  /** One more answer carries the reply `key`. @param by who may release it, when it was given to a repeat */
  carry(key: string, by?: string): void
  /** An answer that carried it has left, or broke off. */
  replied(key: string, left: boolean): Promise<void>
}

export function createCarriers(outbox: Pick<OutboxEngine, 'carried' | 'release'>): Carriers {
  const onTheirWay = new Map<string, { answers: number; by: string | undefined }>()
  return {
    carry(key, by) {
      const { answers, by: before } = onTheirWay.get(key) ?? { answers: 0, by: undefined }
      onTheirWay.set(key, { answers: answers + 1, by: by ?? before })
    },
    async replied(key, left) {
      const { answers, by } = onTheirWay.get(key) ?? { answers: 1, by: undefined }
      if (left || answers <= 1) onTheirWay.delete(key)
      else onTheirWay.set(key, { answers: answers - 1, by })
      if (left) await outbox.carried(key)
      else if (answers <= 1) await outbox.release(key, by)
    },
  }
}
