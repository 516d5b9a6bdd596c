/** The smart bot beside the app: what is said in a group with `@`, files in its own chat, and what then lies there. */
import type { Platform } from '../../src/core/platform.ts'
import { type BotShown, FakeBot } from '../adapters/wecom/fake-bot.ts'
import { messageFrom, pressFrom, textFrom } from '../adapters/wecom/fake-bot-people.ts'
import { list, object, string } from '../adapters/wecom/fake-cards.ts'
import { lookAtCard } from '../adapters/wecom/fake-look.ts'
import type { SentFile, Shown } from './stage.ts'

/** The group that the bot is in, and its address. */
const GROUP = 'wr-1'
export const GROUP_ROOM = `bot:${GROUP}`
const MINE = /^bot-\d+$/

export interface BotHand {
  readonly fake: FakeBot
  /** Takes part in hearing: {@link BotHand.says} waits until what was said is handled. */
  heard(work: Promise<unknown>): void
  connected(platform: Platform): Promise<void>
  says(account: string, text: string, room: 'direct' | 'channel'): Promise<void>
  sends(account: string, file: SentFile): Promise<void>
  shown(account: string): readonly Shown[]
  /** Is the message one of the bot's own? */
  has(id: string): boolean
  press(account: string, id: string, label: string): Promise<void>
}

export async function botHand(): Promise<BotHand> {
  const fake = await FakeBot.start()
  let handled: (work: Promise<unknown>) => void = () => {}
  /** WeCom asks for no answer: a story goes on when the product has handled it. */
  const push = (...frame: Parameters<FakeBot['push']>) =>
    new Promise<void>((resolve, reject) => {
      handled = (work) => void work.then(() => resolve(), reject)
      fake.push(...frame)
    })
  const roomOf = ({ chatId }: BotShown) => (chatId === GROUP ? 'channel' : 'direct')
  return {
    fake,
    heard: (work) => handled(work),
    async connected(platform) {
      while (platform.roomsOutOfReach?.() !== undefined) await new Promise((turn) => setImmediate(turn))
    },
    says: (account, text, room) =>
      room === 'channel'
        ? push('aibot_msg_callback', textFrom(account, `@班长 ${text}`, GROUP))
        : push('aibot_msg_callback', textFrom(account, text)),
    sends: (account, { bytes }) =>
      push('aibot_msg_callback', messageFrom(account, { msgtype: 'file', file: fake.file(bytes) })),
    shown: (account) =>
      fake.shown.flatMap((shown, n): Shown[] => {
        if (shown.chatId !== GROUP && shown.chatId !== account) return []
        const isCard = shown.taskId !== undefined
        const look = isCard
          ? lookAtCard(shown.body)
          : { words: string(shown.body['content']), buttons: [], options: [] }
        const { words, buttons, options } = look
        return [{ id: `bot-${n}`, room: roomOf(shown), words, buttons, options, onlyForMe: shown.chatId !== GROUP }]
      }),
    has: (id) => MINE.test(id),
    press(account, id, label) {
      const shown = fake.shown[Number(id.slice('bot-'.length))]
      const found = list(shown?.body['button_list']).find(({ text }) => text === label)
      if (!shown || !found) throw new Error(`${account} sees no button ${label} on ${id}`)
      const press = { key: string(object(found)['key']), taskId: shown.taskId ?? '' }
      return push('aibot_event_callback', pressFrom(account, press, shown.chatId === GROUP ? GROUP : undefined))
    },
  }
}
