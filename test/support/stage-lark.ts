/** Lark as a stage: encrypted and signed calls through the real HTTP server, or frames over a real WebSocket, and the real SDK, against a Lark on loopback. */
import { createLark } from '../../adapters/lark/index.ts'
import type { Log } from '../../src/core/log.ts'
import type { Platform } from '../../src/core/platform.ts'
import { listenAll } from '../../src/listen.ts'
import { type FakeLark, startFakeLark, type Toast } from '../adapters/lark/fake.ts'
import { type Json, object, string } from '../adapters/lark/fake-json.ts'
import { componentsOf, errorsIn, fieldOf } from '../adapters/lark/fake-look.ts'
import type { StoredMessage } from '../adapters/lark/fake-store.ts'
import { isConnected, QUICK } from '../adapters/lark/socket-support.ts'
import { shownOf } from '../adapters/lark/subject.ts'
import { platformServer } from './platform-server.ts'
import type { Backstage, OpenForm, SentFile, Shown, Stage } from './stage.ts'

export interface LarkStage extends Stage {
  readonly lark: FakeLark
  /** Sends a body as Lark would, through the network. Aborting breaks the connection off. */
  call(body: Json, signal?: AbortSignal): Promise<{ status: number; body: string }>
}
export interface LarkStageOptions {
  readonly answerWithinMs?: number
  readonly patienceMs?: number
  /** By long connection; by HTTP when absent. */
  readonly over?: 'socket'
}

export async function larkStage(
  backstage: Backstage & { replied(keys: readonly string[], left: boolean): Promise<void> },
  people: readonly { readonly staffNo: string; readonly name: string }[],
  log: Log,
  { answerWithinMs, patienceMs, over }: LarkStageOptions = {},
): Promise<LarkStage> {
  const account = (staffNo: string) => `ou_${staffNo}`
  // Lark's limits in time are counted on the story's clock: what keeps the pace there keeps it here.
  const lark = await startFakeLark({ now: backstage.now })
  lark.store.chatPerSecond = 5
  for (const { staffNo, name } of people) lark.join({ id: account(staffNo), name })
  const real = createLark(over === 'socket' ? lark.socketConfig : lark.config, {
    log,
    listenTiming: QUICK,
    ...(patienceMs === undefined ? {} : { timeoutMs: patienceMs }),
  })
  const platform: Platform =
    answerWithinMs === undefined ? real : { ...real, limits: { ...real.limits, answerWithinMs } }
  const server = await platformServer(platform, backstage, log)
  const { deliver, replied } = backstage
  const stopListening = listenAll([platform], { deliver: (_, event) => deliver(event), replied }, log)
  if (over === 'socket') await isConnected(platform)
  const toasts = new Map<string, string[]>()

  async function call(body: Json, signal?: AbortSignal): Promise<{ status: number; body: string }> {
    if (over === 'socket') {
      const fate = await lark.sockets.deliver(body)
      if (fate.code === 'gone') return { status: 500, body: 'not acknowledged' }
      return { status: fate.code, body: 'data' in fate ? JSON.stringify(fate.data) : '' }
    }
    return server.call(lark.sign(body), signal)
  }
  async function ok(body: Json): Promise<string> {
    const answer = await call(body)
    if (answer.status !== 200) throw new Error(`Lark's call was answered with ${answer.status}: ${answer.body}`)
    return answer.body
  }
  /** A callback, and what its answer does: the toast is seen, the card is replaced. */
  async function click(staffNo: string, on: StoredMessage, body: Json): Promise<Toast | undefined> {
    const toast = lark.take((await ok(body)) || '{}', on)
    if (toast) toasts.set(staffNo, [...(toasts.get(staffNo) ?? []), toast.content])
    return toast
  }
  const roomOf = (staffNo: string, room: 'direct' | 'channel') =>
    room === 'direct' ? lark.store.direct(account(staffNo)) : lark.general
  const freshId = () => `om_said_${lark.store.next()}`
  const say = async (staffNo: string, room: string, what: Partial<Parameters<FakeLark['message']>[0]>) => {
    const { id = freshId() } = what
    const isGroup = room === lark.general
    const user = account(staffNo)
    lark.store.keep({ id, room, sender: user, type: what.type ?? 'text', content: {} })
    if (isGroup) await ok(lark.mention({ user, room, text: what.text ?? '', id }))
    else await ok(lark.message({ user, room, ...what, id }))
    return id
  }
  const visible = (staffNo: string) =>
    lark.posted().filter(({ room }) => room === lark.general || room === roomOf(staffNo, 'direct'))
  const find = (staffNo: string, id: string) => {
    const message = visible(staffNo).find((one) => one.id === id)
    if (!message) throw new Error(`${staffNo} sees no message ${id}`)
    return message
  }
  const partsOf = (message: StoredMessage) => componentsOf(message.content)
  /** The newest form in the direct message: one that was sent in is a form no more. */
  const openForm = (staffNo: string) =>
    visible(staffNo).findLast(
      (message) => message.room !== lark.general && partsOf(message).some((part) => part['tag'] === 'form'),
    )
  const fieldsOf = (message: StoredMessage) =>
    partsOf(message).filter(
      (part) => typeof part['name'] === 'string' && part['tag'] !== 'form' && part['tag'] !== 'button',
    )
  return {
    platform,
    lark,
    call,
    account,
    say: (staffNo, text, room, files) => saySomething(staffNo, text, roomOf(staffNo, room), files),
    // Typed with its slash, where a message is said too.
    command: async (staffNo, text, room) => void (await say(staffNo, roomOf(staffNo, room), { text: `/${text}` })),
    async shown(staffNo) {
      return visible(staffNo).map((message): Shown => {
        const { words, buttons, options, files } = shownOf(lark, message)
        const isDirect = message.room !== lark.general
        const room = isDirect ? 'direct' : 'channel'
        return { id: message.id, room, words, buttons, options, onlyForMe: isDirect, ...(files ? { files } : {}) }
      })
    },
    async press(staffNo, id, label) {
      const on = find(staffNo, id)
      await click(staffNo, on, lark.click({ user: account(staffNo), on, label }))
    },
    async choose(staffNo, id, option) {
      const on = find(staffNo, id)
      await click(staffNo, on, lark.choose({ user: account(staffNo), on, option }))
    },
    form(staffNo): OpenForm | undefined {
      const open = openForm(staffNo)
      if (!open) return undefined
      const title = string(object(object(open.content['header'])['title'])['content'])
      return { title, fields: fieldsOf(open).map(fieldOf) }
    },
    async fill(staffNo, values) {
      const on = openForm(staffNo)
      if (!on) throw new Error('There is no open form')
      const initial = Object.fromEntries(fieldsOf(on).map((part) => [fieldOf(part), initialOf(part)]))
      const filled = Object.fromEntries(
        Object.entries({ ...initial, ...values }).filter((entry): entry is [string, string | readonly string[]] => {
          return entry[1] !== undefined
        }),
      )
      const toast = await click(staffNo, on, lark.submit({ user: account(staffNo), on, values: filled }))
      return toast?.type === 'error' ? errorsIn(toast.content, on.content) : {}
    },
    toasts: (staffNo) => toasts.get(staffNo) ?? [],
    edit: () => Promise.reject(new Error('Lark tells no app that a message was edited: a story cannot edit there')),
    async remove(_, id) {
      const message = lark.store.messages.find((one) => one.id === id)
      if (!message) throw new Error(`nothing was said as ${id}`)
      await ok(lark.recall({ id, room: message.room }))
    },
    async close() {
      await server.close()
      await stopListening()
      await platform.close?.()
      await lark.stopListening()
    },
  }

  /** On Lark a file is a message of its own: what it is about is said before. @returns a name for the last of them */
  async function saySomething(
    staffNo: string,
    text: string,
    room: string,
    files: readonly SentFile[] = [],
  ): Promise<string> {
    let last = text !== '' || files.length === 0 ? await say(staffNo, room, { text }) : ''
    for (const file of files) {
      last = freshId()
      const { key, name } = lark.store.addFile(file.name, file.bytes, false, last)
      await say(staffNo, room, { id: last, type: 'file', content: { file_key: key, file_name: name } })
    }
    return last
  }
}

function initialOf(part: Json): string | readonly string[] | undefined {
  const value =
    part['default_value'] ??
    part['initial_date'] ??
    part['initial_time'] ??
    part['initial_option'] ??
    part['selected_values']
  return typeof value === 'string' || Array.isArray(value) ? value : undefined
}
