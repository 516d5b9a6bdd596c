/** Slack as a stage: signed requests through the real HTTP server, or frames over a real WebSocket, and the real SDK, against a Slack on loopback. */
import { createSlack } from '../../adapters/slack/index.ts'
import type { Log } from '../../src/core/log.ts'
import type { Platform, RawRequest } from '../../src/core/platform.ts'
import { listenAll } from '../../src/listen.ts'
import { type FakeSlack, startFakeSlack } from '../adapters/slack/fake.ts'
import { lookAt } from '../adapters/slack/fake-look.ts'
import type { StoredMessage } from '../adapters/slack/fake-store.ts'
import { isConnected, QUICK } from '../adapters/slack/socket-support.ts'
import { platformServer } from './platform-server.ts'
import type { Backstage, OpenForm, Shown, Stage } from './stage.ts'

type Json = Readonly<Record<string, unknown>>
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const array = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : [])

export interface SlackStage extends Stage {
  readonly slack: FakeSlack
  /** Sends a call as Slack would, through the network. Aborting breaks the connection off. */
  call(request: RawRequest, signal?: AbortSignal): Promise<{ status: number; body: string }>
  /** Resolves when the server has turned its attention to something else. */
  elsewhere(): Promise<void>
}
export interface SlackOptions {
  readonly answerWithinMs?: number
  readonly patienceMs?: number
  /** By Socket Mode: without an address, over a connection of our own. By HTTP when absent. */
  readonly over?: 'socket'
}

export async function slackStage(
  backstage: Backstage & { replied(keys: readonly string[], left: boolean): Promise<void> },
  people: readonly { readonly staffNo: string; readonly name: string }[],
  log: Log,
  { answerWithinMs, patienceMs, over }: SlackOptions = {},
): Promise<SlackStage> {
  const slack = await startFakeSlack()
  for (const { staffNo, name } of people) slack.join(`U${staffNo}`, name)
  const real = createSlack(over === 'socket' ? slack.socketConfig : slack.config, {
    log,
    socketTiming: QUICK,
    ...(patienceMs === undefined ? {} : { timeoutMs: patienceMs }),
  })
  const platform: Platform =
    answerWithinMs === undefined ? real : { ...real, limits: { ...real.limits, answerWithinMs } }
  const server = await platformServer(platform, backstage, log)
  const { deliver, replied } = backstage
  const stopListening = listenAll([platform], { deliver: (_, event) => deliver(event), replied }, log)
  if (over === 'socket') await isConnected(platform)
  const account = (staffNo: string) => `U${staffNo}`
  const said = new Map<string, { user: string; room: string; text: string }>()

  const call = async (request: RawRequest, signal?: AbortSignal) => {
    if (over === 'socket') {
      const fate = await slack.sockets.deliver(request)
      if (!fate.acknowledged) return { status: 500, body: 'not acknowledged' }
      return { status: 200, body: fate.payload === undefined ? '' : JSON.stringify(fate.payload) }
    }
    return server.call(request, signal)
  }
  const ok = async (request: RawRequest) => {
    const { status, body } = await call(request)
    if (status !== 200) throw new Error(`Slack's call was answered with ${status}: ${body}`)
    return body
  }
  const roomOf = (staffNo: string, room: 'direct' | 'channel') =>
    room === 'direct' ? slack.rooms.direct(account(staffNo)) : slack.rooms.general
  const visible = (staffNo: string): readonly StoredMessage[] =>
    slack
      .posted()
      .filter((m) => m.user === slack.bot && (m.onlyFor === undefined || m.onlyFor === account(staffNo)))
      .filter((m) => m.channel === slack.rooms.general || m.channel === slack.rooms.direct(account(staffNo)))
  const find = (staffNo: string, id: string) => {
    const message = visible(staffNo).find((m) => m.ts === id)
    if (!message) throw new Error(`${staffNo} sees no message ${id}`)
    return message
  }
  const openView = (staffNo: string) => slack.views().findLast((view) => view.user === account(staffNo))
  return {
    platform,
    slack,
    call,
    elsewhere: async () => {
      for (let time = 0; time < 3; time++)
        await (await fetch(`http://127.0.0.1:${server.port}/healthz`, { headers: { connection: 'close' } })).text()
    },
    account,
    async say(staffNo, text, room, files) {
      const ts = `${Math.floor(slack.posted().length + said.size + 1_900_000_000)}.000100`
      const user = account(staffNo)
      const channel = roomOf(staffNo, room)
      said.set(ts, { user, room: channel, text })
      const sent = files?.map(({ name, mediaType, bytes }) => slack.files.add(user, name, mediaType, bytes))
      const what = { user, text, ts, ...(sent ? { files: sent } : {}) }
      await ok(room === 'direct' ? slack.message(what) : slack.mention({ ...what, room: channel }))
      return ts
    },
    async command(staffNo, text, room) {
      const at = { user: account(staffNo), room: roomOf(staffNo, room) }
      const body = await ok(slack.slashCommand({ ...at, command: '/banzhang', text }))
      if (body !== '') slack.keepAnswer(body, at)
    },
    async shown(staffNo) {
      return visible(staffNo).map((message): Shown => {
        const { words, buttons, options } = lookAt(message.text, message.blocks)
        const direct = message.channel !== slack.rooms.general
        const files = (message.files ?? []).flatMap((file) => {
          const found = slack.files.of(String(object(file)['id']))
          return found ? [{ name: found.file.name, bytes: found.bytes }] : []
        })
        return {
          id: message.ts,
          room: direct ? 'direct' : 'channel',
          words,
          buttons,
          options,
          onlyForMe: direct || message.onlyFor !== undefined,
          ...(files.length > 0 ? { files } : {}),
        }
      })
    },
    press: async (staffNo, id, label) =>
      void (await ok(slack.click({ user: account(staffNo), on: find(staffNo, id), label }))),
    choose: async (staffNo, id, option) =>
      void (await ok(slack.choose({ user: account(staffNo), on: find(staffNo, id), option }))),
    form(staffNo): OpenForm | undefined {
      const open = openView(staffNo)
      if (!open?.view['submit']) return undefined
      const fields = array(open.view['blocks']).filter((block) => block['type'] === 'input')
      return {
        title: String(object(open.view['title'])['text']),
        fields: fields.map((block) => String(block['block_id'])),
      }
    },
    async fill(staffNo, values) {
      const view = openView(staffNo)
      if (!view) throw new Error('There is no open form')
      const initial = Object.fromEntries(
        array(view.view['blocks'])
          .filter((b) => b['type'] === 'input')
          .map((b) => [String(b['block_id']), initialOf(object(b['element']))]),
      )
      const filled = Object.fromEntries(
        Object.entries({ ...initial, ...values }).filter(([, value]) => value !== undefined),
      )
      const body = await ok(slack.submit({ user: account(staffNo), view, values: filled as Record<string, string> }))
      const answer = body === '' ? {} : object(JSON.parse(body))
      return object(answer['errors']) as Record<string, string>
    },
    toasts: () => [],
    async edit(_, id, text) {
      const before = said.get(id)
      if (!before) throw new Error(`nothing was said as ${id}`)
      await ok(slack.edit({ user: before.user, room: before.room, ts: id, before: before.text, after: text }))
    },
    async remove(_, id) {
      const before = said.get(id)
      if (!before) throw new Error(`nothing was said as ${id}`)
      await ok(slack.remove({ user: before.user, room: before.room, ts: id, before: before.text }))
    },
    async close() {
      await server.close()
      await stopListening()
      await platform.close?.()
      await slack.close()
    },
  }
}

function initialOf(element: Json): string | readonly string[] | undefined {
  const option = object(element['initial_option'])['value']
  const value = element['initial_value'] ?? element['initial_date'] ?? element['initial_time'] ?? option
  return typeof value === 'string' ? value : undefined
}
