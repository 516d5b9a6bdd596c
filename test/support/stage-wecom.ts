/** WeCom as a stage: encrypted calls through the real HTTP server, against a WeCom on loopback; forms are filled in on their pages. */

import { markOf } from '../../adapters/wecom/ids.ts'
import { createWecom } from '../../adapters/wecom/index.ts'
import type { Log } from '../../src/core/log.ts'
import type { Incoming, Platform, RawRequest } from '../../src/core/platform.ts'
import { leaseOfTheOnlyProcess } from '../../src/engine/db/lease.ts'
import { listenAll } from '../../src/listen.ts'
import { type FakeWecom, startFakeWecom } from '../adapters/wecom/fake.ts'
import { list, string } from '../adapters/wecom/fake-cards.ts'
import { lookAtCard, lookAtText } from '../adapters/wecom/fake-look.ts'
import type { Posted } from '../adapters/wecom/fake-state.ts'
import { type PageHand, pageHand } from './page-hand.ts'
import { platformServer } from './platform-server.ts'
import type { Backstage, SentFile, Shown, Stage } from './stage.ts'
import { type BotHand, botHand } from './stage-wecom-bot.ts'

export interface WecomStage extends Stage {
  readonly wecom: FakeWecom
  /** Undefined where the stage stands on the app alone. */
  readonly bot: BotHand | undefined
  /** Makes a call as WeCom would, through the network. */
  call(request: RawRequest): Promise<{ status: number; body: string }>
}
export interface WecomStageOptions {
  readonly answerWithinMs?: number
  readonly patienceMs?: number
  /** A smart bot too: it hears the channel, where it is named, and takes files; the app alone when absent. */
  readonly bot?: true
}

export async function wecomStage(
  backstage: Backstage & { replied(keys: readonly string[], left: boolean): Promise<void> },
  people: readonly { readonly staffNo: string; readonly name: string }[],
  log: Log,
  { answerWithinMs, patienceMs, bot: withBot }: WecomStageOptions = {},
): Promise<WecomStage> {
  // WeCom's clock goes with the story's: its paces, its tokens and its codes are of the same days.
  const wecom = await startFakeWecom({ now: backstage.now })
  const account = (staffNo: string) => `w-${staffNo.toLowerCase()}`
  for (const { staffNo, name } of people) wecom.join({ userid: account(staffNo), name, departments: [1] })
  const now = backstage.now
  const bot = withBot && (await botHand())
  const config = { ...wecom.config, ...(bot ? { bot: bot.fake.config } : {}) }
  const real = createWecom(config, { log, now, ...(patienceMs === undefined ? {} : { timeoutMs: patienceMs }) })
  const platform: Platform =
    answerWithinMs === undefined ? real : { ...real, limits: { ...real.limits, answerWithinMs } }
  const server = await platformServer(platform, backstage, log)
  const deliver = (_: Platform, event: Incoming) => {
    const work = backstage.deliver(event)
    bot?.heard(work)
    return work
  }
  const lease = async (_: string, signal: AbortSignal) => leaseOfTheOnlyProcess(signal)
  const stopListening = listenAll([platform], { deliver, replied: backstage.replied, lease }, log)
  if (bot) await bot.connected(platform)
  const call = (request: RawRequest) => server.call(request)
  const ok = async (request: RawRequest) => {
    const { status, body } = await call(request)
    if (status !== 200) throw new Error(`WeCom's call was answered with ${status}: ${body}`)
  }
  const forms = openedForms(wecom)
  const visible = (staffNo: string) =>
    wecom.posted().filter(({ room }) => room === account(staffNo) || room === wecom.chat)
  const find = (staffNo: string, id: string): Posted => {
    const posted = visible(staffNo).find(({ n }) => String(n) === id)
    if (!posted) throw new Error(`${staffNo} sees no message ${id}`)
    return posted
  }
  let said = 0
  const toApp = async (staffNo: string, text: string) => {
    said += 1
    await ok(wecom.text(account(staffNo), text, String(said)))
  }
  const inChannel = (staffNo: string, text: string) => {
    if (!bot) throw new Error('A WeCom app hears nothing of what is said in groups')
    return bot.says(account(staffNo), text, 'channel')
  }
  /** Each file is a message of its own. */
  const sendFile = async (staffNo: string, file: SentFile, id: string) => {
    const { name, mediaType, bytes } = file
    if (mediaType.startsWith('image/')) return ok(wecom.image(account(staffNo), name, bytes, id))
    if (!bot) throw new Error('A WeCom app is sent pictures and no other files')
    return bot.sends(account(staffNo), file)
  }
  // In the order in which they were seen first: two vendors' messages have no common one.
  const order: string[] = []
  return {
    platform,
    wecom,
    bot,
    call,
    account,
    async say(staffNo, text, room, files = []) {
      if (room === 'channel') await inChannel(staffNo, text)
      else if (text !== '' || files.length === 0) await toApp(staffNo, text)
      for (const [n, file] of files.entries()) await sendFile(staffNo, file, `${said}${n}f`)
      return String(said)
    },
    command: (staffNo, text, room) => (room === 'channel' ? inChannel(staffNo, text) : toApp(staffNo, text)),
    async shown(staffNo) {
      const fromApp = together(visible(staffNo)).map((parts) => shownOf(wecom, parts))
      const all = [...fromApp, ...(bot?.shown(account(staffNo)) ?? [])]
      for (const { id } of all) if (!order.includes(id)) order.push(id)
      return all.toSorted((one, other) => order.indexOf(one.id) - order.indexOf(other.id))
    },
    press: async (staffNo, id, label) =>
      bot?.has(id) ? bot.press(account(staffNo), id, label) : ok(wecom.press(find(staffNo, id), label)),
    choose: async (staffNo, id, option) => ok(wecom.choose(find(staffNo, id), option)),
    form(staffNo) {
      const hand = forms.of(account(staffNo))
      return hand && { title: hand.title, fields: hand.fields.map(({ name }) => name) }
    },
    async fill(staffNo, values) {
      const hand = forms.of(account(staffNo))
      if (!hand) throw new Error('There is no open form')
      const errors = await hand.fill(values)
      if (Object.keys(errors).length === 0) forms.close(account(staffNo))
      return errors
    },
    toasts: () => [],
    // WeCom tells an app of neither: the bot goes by what was said.
    edit: async () => {},
    remove: async () => {},
    async close() {
      await stopListening()
      await server.close()
      await platform.close?.()
      await bot?.fake.close()
      await wecom.close()
    },
  }
}

/** Whoever is sent a form opens its page at once: so it is there when a story looks. */
function openedForms(wecom: FakeWecom) {
  const opened = new Map<string, PageHand | Error>()
  wecom.whenPosted(async ({ room, card }) => {
    const link = list(card?.['button_list']).map(({ url }) => string(url))
    const url = link.find((one) => URL.canParse(one) && new URL(one).pathname.startsWith('/forms/'))
    if (url === undefined) return
    const hand = await pageHand(new URL(url).origin, url).catch((error: unknown) => new Error(String(error)))
    opened.set(room, hand)
  })
  return {
    of(room: string): PageHand | undefined {
      const hand = opened.get(room)
      if (hand instanceof Error) throw hand
      return hand
    },
    close: (room: string) => void opened.delete(room),
  }
}

/** As many texts as one message may be. */
const TEXTS_MAX = 4

/** What did not fit into a card was said in texts right before it: who reads the one has read the others. */
function together(all: readonly Posted[]): readonly (readonly Posted[])[] {
  const groups: Posted[][] = []
  let texts: Posted[] = []
  for (const posted of all) {
    if (posted.text !== undefined) {
      texts.push(posted)
      continue
    }
    const { taskId } = posted
    const marks = taskId === undefined ? [] : Array.from({ length: TEXTS_MAX }, (_, n) => markOf(`${taskId} ${n}`))
    const own = texts.filter(({ text = '' }) => marks.some((mark) => text.endsWith(mark)))
    groups.push(...texts.filter((text) => !own.includes(text)).map((text) => [text]), [...own, posted])
    texts = []
  }
  return [...groups, ...texts.map((text) => [text])]
}

function shownOf(wecom: FakeWecom, parts: readonly Posted[]): Shown {
  const shown = parts.map((part) => shownAlone(wecom, part))
  const last = shown.at(-1)
  if (!last) throw new Error('There is no message of nothing')
  return { ...last, words: shown.map(({ words }) => words).join('\n') }
}

function shownAlone(wecom: FakeWecom, { n, room, text, card, media }: Posted): Shown {
  const isGroup = room === wecom.chat
  const { words, buttons, options } = card ? lookAtCard(card) : lookAtText(text ?? '', isGroup)
  const file = media === undefined ? undefined : wecom.state.media.get(media)
  return {
    id: String(n),
    room: isGroup ? 'channel' : 'direct',
    words,
    buttons,
    options,
    onlyForMe: !isGroup,
    ...(file ? { files: [{ name: file.name, bytes: file.bytes }] } : {}),
  }
}
