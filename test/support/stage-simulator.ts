/** The simulator as a stage: stories go through the page's own door, as the browser does. */

import { randomUUID } from 'node:crypto'
import { createSimulator } from '../../adapters/simulator/index.ts'
import { type Card, type Message, textOf } from '../../src/core/card.ts'
import type { Form } from '../../src/core/form.ts'
import type { Locale } from '../../src/core/i18n.ts'
import type { Backstage, OpenForm, SentFile, Shown, Stage } from './stage.ts'

const ORIGIN = 'http://127.0.0.1'
const CHANNEL = 'cs'

interface View {
  readonly id: string
  readonly from?: string
  readonly text?: Message['text']
  readonly card?: Card
  readonly files?: readonly { readonly id: string; readonly name: string }[]
  readonly private?: true
  readonly deleted?: true
}
interface Outcome {
  readonly toast?: string
  readonly errors?: Readonly<Record<string, string>>
  readonly form?: { readonly handle: string; readonly form: Form }
}

export async function simulatorStage(
  backstage: Backstage,
  people: () => readonly { staffNo: string; name: string; locale: Locale }[],
): Promise<Stage> {
  const simulator = createSimulator({
    host: {
      people: async () =>
        people().map(({ staffNo, name, locale }) => ({ account: staffNo, name, title: '', department: '', locale })),
      rooms: async () => [
        {
          room: CHANNEL,
          name: { 'zh-CN': '部门群', en: 'Department' },
          members: people().map(({ staffNo }) => staffNo),
        },
      ],
      commands: async () => [],
      clock: {
        kind: 'manual',
        zone: 'Asia/Shanghai',
        now: backstage.now,
        next: async () => undefined,
        advanceTo: async () => {},
      },
    },
  })
  const stopping = new AbortController()
  void simulator.listen?.((event) => backstage.deliver(event), stopping.signal)
  const get = async <T>(path: string): Promise<T> =>
    (await answered(await simulator.fetch(new Request(`${ORIGIN}/simulator/api/${path}`)))) as T
  const { token } = await get<{ token: string }>('boot')
  const forms = new Map<string, { handle: string; form: Form }>()
  const toasts = new Map<string, string[]>()
  const places = new Map<string, string>()

  const post = async (staffNo: string, path: string, body: object): Promise<Outcome> => {
    const headers = { 'content-type': 'application/json', origin: ORIGIN, 'x-simulator-token': token }
    const outcome = (await answered(
      await simulator.fetch(
        new Request(`${ORIGIN}/simulator/api/${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ id: randomUUID(), account: staffNo, ...body }),
        }),
      ),
    )) as Outcome
    if (outcome.form) forms.set(staffNo, outcome.form)
    if (outcome.toast) toasts.set(staffNo, [...(toasts.get(staffNo) ?? []), outcome.toast])
    return outcome
  }
  const upload = async (staffNo: string, { name, bytes }: SentFile): Promise<string> => {
    const headers = { origin: ORIGIN, 'x-simulator-token': token, 'x-file-name': encodeURIComponent(name) }
    const url = `${ORIGIN}/simulator/api/upload?account=${staffNo}`
    const body = Uint8Array.from(bytes)
    const taken = await answered(await simulator.fetch(new Request(url, { method: 'POST', headers, body })))
    return (taken as { file: { id: string } }).file.id
  }
  const download = async (staffNo: string, { id, name }: { id: string; name: string }) => {
    const url = `${ORIGIN}/simulator/api/file?account=${staffNo}&id=${id}`
    const response = await simulator.fetch(new Request(url))
    if (!response.ok) throw new Error(`the simulator gives ${staffNo} no ${name}: ${response.status}`)
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) }
  }
  const roomOf = (staffNo: string, room: 'direct' | 'channel') => (room === 'direct' ? `dm-${staffNo}` : CHANNEL)
  const read = async (staffNo: string, room: 'direct' | 'channel') => {
    const found = await get<{ messages: View[] }>(`messages?account=${staffNo}&room=${roomOf(staffNo, room)}`)
    for (const message of found.messages) places.set(message.id, roomOf(staffNo, room))
    return found.messages
  }
  const bodyOf = (staffNo: string, id: string) => ({ room: places.get(id) ?? roomOf(staffNo, 'direct'), message: id })
  const cardOf = async (staffNo: string, id: string) => {
    const all = [...(await read(staffNo, 'direct')), ...(await read(staffNo, 'channel'))]
    return all.find((message) => message.id === id)?.card
  }
  return {
    platform: simulator,
    account: (staffNo) => staffNo,
    async say(staffNo, text, room, files = []) {
      const ids: string[] = []
      for (const file of files) ids.push(await upload(staffNo, file))
      const said = room === 'channel' ? `@班长 ${text}` : text
      await post(staffNo, 'say', { room: roomOf(staffNo, room), text: said, ...(ids.length > 0 ? { files: ids } : {}) })
      const mine = (await read(staffNo, room)).filter((message) => message.from === staffNo)
      return mine.at(-1)?.id ?? ''
    },
    async command(staffNo, text, room) {
      await post(staffNo, 'say', { room: roomOf(staffNo, room), text: `/${text}` })
    },
    async shown(staffNo) {
      const inRoom = async (room: 'direct' | 'channel') => {
        const of = (await read(staffNo, room)).filter((message) => message.from === undefined && !message.deleted)
        return Promise.all(
          of.map(async (message): Promise<Shown> => {
            const files = await Promise.all((message.files ?? []).map((file) => download(staffNo, file)))
            return {
              id: message.id,
              room,
              words: textOf({
                ...(message.text === undefined ? {} : { text: message.text }),
                ...(message.card ? { card: message.card } : {}),
              }),
              buttons: (message.card?.buttons ?? []).map((button) => button.label),
              options: (message.card?.select?.options ?? []).map((option) => option.label),
              onlyForMe: room === 'direct' || message.private === true,
              ...(files.length > 0 ? { files } : {}),
            }
          }),
        )
      }
      return [...(await inRoom('direct')), ...(await inRoom('channel'))]
    },
    async press(staffNo, id, label) {
      const button = (await cardOf(staffNo, id))?.buttons?.find((candidate) => candidate.label === label)
      if (!button) throw new Error(`There is no button “${label}” on ${id}`)
      await post(staffNo, 'click', { ...bodyOf(staffNo, id), action: button.action, value: button.value })
    },
    async choose(staffNo, id, option) {
      const select = (await cardOf(staffNo, id))?.select
      const chosen = select?.options.find((candidate) => candidate.label === option)
      if (!select || !chosen) throw new Error(`There is no option “${option}” on ${id}`)
      await post(staffNo, 'choose', {
        ...bodyOf(staffNo, id),
        action: select.action,
        value: select.value,
        chosen: chosen.value,
      })
    },
    form: (staffNo): OpenForm | undefined => {
      const open = forms.get(staffNo)?.form
      return open && { title: open.title, fields: open.fields.map((field) => field.name) }
    },
    async fill(staffNo, values) {
      const open = forms.get(staffNo)
      if (!open) throw new Error('There is no open form')
      const initial = Object.fromEntries(
        open.form.fields.flatMap((f) => ('initial' in f && f.initial !== undefined ? [[f.name, f.initial]] : [])),
      )
      const { errors } = await post(staffNo, 'submit', { form: open.handle, values: { ...initial, ...values } })
      if (!errors) forms.delete(staffNo)
      return errors ?? {}
    },
    toasts: (staffNo) => toasts.get(staffNo) ?? [],
    async edit(staffNo, said, text) {
      await post(staffNo, 'edit', { ...bodyOf(staffNo, said), text })
    },
    async remove(staffNo, said) {
      await post(staffNo, 'delete', bodyOf(staffNo, said))
    },
    async close() {
      stopping.abort()
      await simulator.close()
    },
  }
}

async function answered(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
