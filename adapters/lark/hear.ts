/** What both doors share: a body is taken out of its envelope and decoded, the handler is awaited, and its answer is drawn for Lark. */
import type { Deliver, Incoming } from '#core/platform.ts'
import { answerCallback, decodeCallback } from './callback.ts'
import { decodeMenu, decodeMessage, decodeRecalled, type Envelope, openEnvelope, type Recalled } from './decode.ts'

/** The handler threw: whatever it was, it did not take the event, and Lark is to deliver it again. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
}

/**
 * Hands one authentic body to `deliver` and gives what Lark is to be answered with; undefined for a bare acknowledgement.
 * Throws `MalformedCall` for what cannot be read, and {@link NotTaken}.
 */
export type Hear = (body: unknown, deliver: Deliver) => Promise<Readonly<Record<string, unknown>> | undefined>

export interface HearDeps {
  /** The bot's own open id; must not wait for the network. */
  readonly knownBot: () => string | undefined
  /** Who sent a message, asked of Lark; undefined when it does not say. Never throws. */
  readonly senderOf: (messageId: string) => Promise<string | undefined>
}

/** Messages kept in mind, because Lark does not tell whose message was taken back. */
const SPOKEN_MAX = 5_000

export function createHear({ knownBot, senderOf }: HearDeps): Hear {
  const spoken = new Map<string, { readonly person: string; readonly roomKind: Incoming['roomKind'] }>()

  function keep(event: Incoming): void {
    if (event.kind !== 'said' || event.messageId === undefined) return
    const [oldest] = spoken.keys()
    if (spoken.size >= SPOKEN_MAX && oldest !== undefined) spoken.delete(oldest)
    spoken.set(event.messageId, { person: event.person, roomKind: event.roomKind })
  }

  async function takenBack({ messageId, ...recalled }: Recalled): Promise<Incoming | undefined> {
    const known = spoken.get(messageId)
    const person = known?.person ?? (await senderOf(messageId))
    if (person === undefined) return undefined
    // Where it was said is not told either: what is answered in a group is answered to the person alone all the same.
    return { kind: 'deleted', ...recalled, messageId, person, roomKind: known?.roomKind ?? 'group', canCarry: [] }
  }

  function decode(envelope: Envelope): Incoming | undefined | Promise<Incoming | undefined> {
    switch (envelope.type) {
      case 'im.message.receive_v1':
        return decodeMessage(envelope, knownBot())
      case 'card.action.trigger':
        return decodeCallback(envelope)
      case 'application.bot.menu_v6':
        return decodeMenu(envelope)
      case 'im.message.recalled_v1': {
        const recalled = decodeRecalled(envelope)
        return recalled && takenBack(recalled)
      }
      default:
        return undefined
    }
  }

  return async (body, deliver) => {
    const envelope = openEnvelope(body)
    if (!envelope) return undefined
    const isCallback = envelope.type === 'card.action.trigger'
    const decoded = decode(envelope)
    const event = decoded instanceof Promise ? await decoded : decoded
    if (!event) return isCallback ? {} : undefined
    keep(event)
    const answer = await deliver(event).catch((cause: unknown) => {
      throw new NotTaken('The handler did not take it', { cause })
    })
    return isCallback ? answerCallback(envelope, answer) : undefined
  }
}
