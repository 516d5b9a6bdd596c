/** WeCom as a stage: encrypted calls through the real HTTP server, against a WeCom on loopback; forms are filled in on their pages. */
import { createWecom } from '../../adapters/wecom/index.ts'
import type { Log } from '../../src/app.ts'
import type { Platform, RawRequest } from '../../src/core/platform.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createServer } from '../../src/http/server.ts'
import { type FakeWecom, startFakeWecom } from '../adapters/wecom/fake.ts'
import { list, string } from '../adapters/wecom/fake-cards.ts'
import { lookAtCard, lookAtText } from '../adapters/wecom/fake-look.ts'
import type { Posted } from '../adapters/wecom/fake-state.ts'
import { type PageHand, pageHand } from './page-hand.ts'
import type { Backstage, Shown, Stage } from './stage.ts'

export interface WecomStage extends Stage {
  readonly wecom: FakeWecom
  /** Makes a call as WeCom would, through the network. */
  call(request: RawRequest): Promise<{ status: number; body: string }>
}
export interface WecomStageOptions {
  readonly answerWithinMs?: number
  readonly patienceMs?: number
}

export async function wecomStage(
  backstage: Backstage & { replied(keys: readonly string[], left: boolean): Promise<void> },
  people: readonly { readonly staffNo: string; readonly name: string }[],
  log: Log,
  { answerWithinMs, patienceMs }: WecomStageOptions = {},
): Promise<WecomStage> {
  // WeCom's clock goes with the story's: its paces, its tokens and its codes are of the same days.
  const wecom = await startFakeWecom({ now: backstage.now })
  const account = (staffNo: string) => `w-${staffNo.toLowerCase()}`
  for (const { staffNo, name } of people) wecom.join({ userid: account(staffNo), name, departments: [1] })
  const now = backstage.now
  const real = createWecom(wecom.config, { log, now, ...(patienceMs === undefined ? {} : { timeoutMs: patienceMs }) })
  const platform: Platform =
    answerWithinMs === undefined ? real : { ...real, limits: { ...real.limits, answerWithinMs } }
  const server = createServer({
    platforms: [platform],
    deliver: (_, event) => backstage.deliver(event),
    replied: backstage.replied,
    readiness: async () => ({ ready: true, parts: [] }),
    metrics: createMetrics(),
    opsToken: undefined,
    local: {},
    rehearsal: undefined,
    log,
  })
  const port = await server.listen('127.0.0.1', 0)
  const call = async ({ method, url, headers, body }: RawRequest) => {
    const response = await fetch(`http://127.0.0.1:${port}${url}`, {
      method,
      headers: { ...headers, connection: 'close' },
      body: Buffer.from(body),
    })
    return { status: response.status, body: await response.text() }
  }
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
  return {
    platform,
    wecom,
    call,
    account,
    async say(staffNo, text, room, files = []) {
      if (room === 'channel') throw new Error('A WeCom app hears nothing of what is said in groups')
      said += 1
      if (text !== '' || files.length === 0) await ok(wecom.text(account(staffNo), text, String(said)))
      // Each picture is a message of its own.
      for (const [n, { name, mediaType, bytes }] of files.entries()) {
        if (!mediaType.startsWith('image/')) throw new Error('A WeCom app is sent pictures and no other files')
        await ok(wecom.image(account(staffNo), name, bytes, `${said}${n}`))
      }
      return String(said)
    },
    async command(staffNo, text, room) {
      if (room === 'channel') throw new Error('A WeCom app hears nothing of what is said in groups')
      said += 1
      await ok(wecom.text(account(staffNo), text, String(said)))
    },
    shown: async (staffNo) => visible(staffNo).map((posted) => shownOf(wecom, posted)),
    press: async (staffNo, id, label) => ok(wecom.press(find(staffNo, id), label)),
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
      await server.close()
      await platform.close?.()
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

function shownOf(wecom: FakeWecom, { n, room, text, card, media }: Posted): Shown {
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
