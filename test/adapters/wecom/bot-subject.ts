/** The WeCom smart bot and its fake, as the contract suite wants them: in a group, over its connection. */
import type { Answer, Incoming, Outgoing, Platform } from '#core/platform.ts'
import { createBot } from '../../../adapters/wecom/bot/index.ts'
import { limits } from '../../../adapters/wecom/limits.ts'
import type { ContractSubject, Failure, Gesture, Shown } from '../contract/subject.ts'
import { type BotAnswer, type BotShown, FakeBot } from './fake-bot.ts'
import { messageFrom, pressFrom, textFrom } from './fake-bot-people.ts'
import { lookAtCard, together } from './fake-look.ts'

const TIMEOUT_MS = 300
const PERSON = 'AnLin'
const GROUP_ID = 'wr-1'

const TROUBLES: Readonly<Record<Exclude<Failure, 'unreachable'>, BotAnswer>> = {
  'rate-limited': 45009,
  'rate-limited, wait unknown': 45009,
  refused: 45002,
  gone: 86003,
  'answer late': 'silent',
  'answer lost': 'drop after',
  'call lost': 'drop',
  'server error': -1,
  gibberish: 'gibberish',
}

export async function botSubject(): Promise<ContractSubject> {
  const fake = await FakeBot.start()
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const bot = createBot(fake.config, {
    now: () => Date.now(),
    timeoutMs: TIMEOUT_MS,
    log,
    timing: { reconnectFirstMs: 1 },
  })
  const off = new AbortController()
  let hear: (event: Incoming) => Promise<Answer> = async () => ({})
  const listening = bot.listen((event) => hear(event), off.signal)
  const connected = async () => {
    for (let looks = 0; !bot.isConnected() && looks < 2_000; looks++) await new Promise((turn) => setImmediate(turn))
  }
  await connected()
  /** What one message became, by the id that it was given: texts and cards of one message are read as one. */
  const messages: { readonly id: string; readonly from: number; readonly to: number }[] = []
  const platform: Platform = {
    name: 'wecom',
    limits,
    paths: [],
    reachesPeople: false,
    receive: () => Promise.reject(new Error('the smart bot is called by nobody')),
    async send(message: Outgoing, signal: AbortSignal) {
      const from = fake.shown.length
      const sent = await bot.send(message, signal)
      // What is sent anew under the same key takes the place of what was read under it.
      const before = messages.findIndex(({ id }) => id === sent.messageId)
      if (before >= 0) messages.splice(before, 1)
      messages.push({ id: sent.messageId, from, to: fake.shown.length })
      return sent
    },
    edit: bot.edit,
    fetchFile: bot.fetchFile,
    check: bot.check,
    health: bot.health,
  }
  const known = new Map<string, Readonly<Record<string, unknown>>>()
  const partsOf = ({ from, to }: { from: number; to: number }) => fake.shown.slice(from, to)
  const partWith = (on: Shown, has: (part: BotShown) => boolean): BotShown => {
    const message = messages.findLast(({ id }) => id === on.messageId)
    const found = message && partsOf(message).find((part) => part.taskId !== undefined && has(part))
    return found ?? unable(`press anything on ${on.messageId}`)
  }
  const make = (gesture: Gesture): Readonly<Record<string, unknown>> => {
    switch (gesture.kind) {
      case 'direct': {
        const [file] = gesture.files ?? []
        return file
          ? messageFrom(PERSON, { msgtype: 'file', file: fake.file(file.bytes) })
          : textFrom(PERSON, gesture.text)
      }
      case 'mention':
        return textFrom(PERSON, `@班长 ${gesture.text}`, GROUP_ID)
      case 'click': {
        const {
          body,
          taskId = '',
          chatId,
        } = partWith(gesture.on, ({ body }) => lookAtCard(body).buttons.includes(gesture.label))
        return pressFrom(PERSON, { key: keyOf(body, gesture.label), taskId }, chatId === GROUP_ID ? chatId : undefined)
      }
      case 'choose': {
        const {
          body,
          taskId = '',
          chatId,
        } = partWith(gesture.on, ({ body }) => lookAtCard(body).options.includes(gesture.option))
        return pressFrom(
          PERSON,
          { ...choiceIn(body, gesture.option), taskId },
          chatId === GROUP_ID ? chatId : undefined,
        )
      }
      default:
        return unable(gesture.kind)
    }
  }
  const subject: ContractSubject = {
    platform,
    person: PERSON,
    other: 'WangLi',
    direct: `bot:@${PERSON}`,
    group: `bot:${GROUP_ID}`,
    gestures: ['direct', 'mention', 'click', 'choose'],
    async perform(gesture, deliver, spoilt) {
      if (spoilt) return unable(`a call that is ${spoilt}`)
      // What does not name the bot is not brought to it, nor what it has said itself.
      if (gesture.kind === 'chatter' || gesture.kind === 'own') return { accepted: true }
      const body = known.get(gesture.id) ?? make(gesture)
      known.set(gesture.id, body)
      await connected()
      await new Promise<void>((done) => {
        hear = async (event) => {
          try {
            return await deliver(event)
          } finally {
            done()
          }
        }
        fake.push(body['msgtype'] === 'event' ? 'aibot_event_callback' : 'aibot_msg_callback', body)
      })
      return { accepted: true }
    },
    shown: () =>
      messages.filter(({ from, to }) => from < to).map((message) => shownOf(fake, message.id, partsOf(message))),
    // What people see of a form on WeCom is where it is: its fields are on a page of ours.
    async showForm(form) {
      const message = { form: { ...form, page: 'https://bot.example/forms/1' } }
      const said: Outgoing = { key: 'form', to: { account: PERSON }, message, locale: 'en', accounts: {} }
      const { messageId } = await platform.send(said, new AbortController().signal)
      const shown = subject.shown().find((one) => one.messageId === messageId)
      return { id: messageId, title: shown?.words ?? '', fields: [], problems: shown?.problems ?? [] }
    },
    fail(how) {
      if (how === 'unreachable') {
        off.abort()
        return
      }
      fake.answers = ({ cmd }) => {
        if (cmd !== 'aibot_send_msg') return undefined
        fake.answers = () => undefined
        return TROUBLES[how]
      }
    },
    async close() {
      off.abort()
      await listening
      await fake.close()
    },
  }
  return subject
}

function unable(what: string): never {
  throw new Error(`The smart bot has nothing like: ${what}`)
}

interface Menu {
  readonly option_list: readonly { readonly id: string; readonly text: string }[]
}
function choiceIn(card: BotShown['body'], option: string): { key: string; options: readonly string[] } {
  const menu = (card['button_selection'] ?? card['checkbox']) as Menu
  const { id } = menu.option_list.find(({ text }) => text === option) ?? unable(option)
  const submit = card['submit_button'] as { key: string } | undefined
  return { key: submit?.key ?? keyOf(card, 'Choose'), options: [id] }
}
const keyOf = (card: BotShown['body'], label: string): string =>
  (card['button_list'] as { text: string; key: string }[]).find(({ text }) => text === label)?.key ?? unable(label)

function shownOf(fake: FakeBot, messageId: string, parts: readonly BotShown[]): Shown {
  const chatId = parts[0]?.chatId ?? ''
  const files = parts.flatMap(({ body }) => {
    const found = fake.media.get(String(body['media_id']))
    return found ? [{ name: found.name, bytes: found.bytes }] : []
  })
  const looks = parts.map(({ msgtype, body }) =>
    msgtype === 'template_card' ? lookAtCard(body) : lookAtMarkdown(String(body['content'] ?? '')),
  )
  const room = chatId === GROUP_ID ? `bot:${chatId}` : `bot:@${chatId}`
  return { messageId, room, ...together(looks), ...(files.length > 0 ? { files } : {}) }
}

/** What a reader of markdown sees, and what it would act on; the marks of https://developer.work.weixin.qq.com/document/path/99110. */
function lookAtMarkdown(content: string): ReturnType<typeof lookAtCard> {
  const live: string[] = []
  const note = (what: string, words: string) => {
    live.push(what)
    return words
  }
  const words = content
    .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (_, label: string, url: string) => note(`link:${url}`, label))
    .replace(/<@(\w+)>/g, (whole, account: string) => note(`mention:${account}`, whole))
    .replace(/\*\*([^*]+)\*\*/g, (_, bold: string) => note(`bold:${bold}`, bold))
    .replace(/(?<!\*)\*([^*\s][^*]*)\*|`([^`]+)`|~~?([^~]+)~~?/g, (whole) => note(`format:${whole}`, whole))
  return { words, live, buttons: [], options: [], problems: Buffer.byteLength(content) > 20_480 ? ['too long'] : [] }
}
