/** The calls that the fake makes to an app for everything that people do on it: bodies, and the same encrypted and signed. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { RawRequest } from '#core/platform.ts'
import { type Json, list, object, string } from './fake-json.ts'
import { componentsOf, fieldOf } from './fake-look.ts'
import { APP, type FakeStore, type StoredMessage } from './fake-store.ts'

export interface Signing {
  readonly encryptKey: string | undefined
  /** Of the signature: another one than that of the encryption makes a forgery. */
  readonly signKey?: string
  readonly signedAt?: number
  readonly receivedAt: number
}

/** A body as Lark sends it by HTTP. */
export function signed(body: unknown, { encryptKey, signKey, signedAt, receivedAt }: Signing): RawRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const call = { method: 'POST', url: '/lark/events', receivedAt }
  if (encryptKey === undefined) return { ...call, headers, body: Buffer.from(text) }
  const bytes = Buffer.from(JSON.stringify({ encrypt: encrypted(text, encryptKey) }))
  const timestamp = String(Math.floor((signedAt ?? receivedAt) / 1_000))
  const signature = createHash('sha256')
    .update(`${timestamp}nonce${signKey ?? encryptKey}`)
    .update(bytes)
    .digest('hex')
  // The question whether the address is ours is encrypted, and not signed.
  if (text.includes('"url_verification"') && signKey === undefined) return { ...call, headers, body: bytes }
  return {
    ...call,
    headers: {
      ...headers,
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': 'nonce',
      'x-lark-signature': signature,
    },
    body: bytes,
  }
}

export function encrypted(text: string, key: string, iv = randomBytes(16)): string {
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(key).digest(), iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}

export interface Bodies {
  event(type: string, event: Json): Json
  message(what: {
    user: string
    room?: string
    text?: string
    type?: string
    content?: Json
    id?: string
    mentions?: readonly Json[]
    isApp?: true
  }): Json
  mention(what: { user: string; room: string; text: string; id?: string }): Json
  click(what: { user: string; on: StoredMessage; label: string }): Json
  choose(what: { user: string; on: StoredMessage; option: string }): Json
  submit(what: { user: string; on: StoredMessage; values: Readonly<Record<string, string | readonly string[]>> }): Json
  recall(what: { id: string; room: string; by?: string }): Json
  menu(what: { user: string; key: string }): Json
}

export function bodiesOf(store: FakeStore, token: string): Bodies {
  const event: Bodies['event'] = (event_type, event) => ({
    schema: '2.0',
    header: {
      event_id: `ev_${store.next()}`,
      token,
      create_time: String(store.now()),
      event_type,
      tenant_key: APP.tenant,
      app_id: APP.id,
    },
    event,
  })
  const message: Bodies['message'] = ({ user, room = store.direct(user), text = '', ...more }) =>
    event('im.message.receive_v1', {
      sender: {
        sender_id: { open_id: user, union_id: `on_${user}`, user_id: null },
        sender_type: more.isApp ? 'app' : 'user',
        tenant_key: APP.tenant,
      },
      message: {
        message_id: more.id ?? `om_${store.next()}`,
        create_time: String(store.now()),
        chat_id: room,
        chat_type: room.startsWith('oc_direct_') ? 'p2p' : 'group',
        message_type: more.type ?? 'text',
        content: JSON.stringify(more.content ?? { text }),
        ...(more.mentions ? { mentions: more.mentions } : {}),
      },
    })
  const callback = (user: string, on: StoredMessage, action: Json) =>
    event('card.action.trigger', {
      operator: { tenant_key: APP.tenant, open_id: user, union_id: `on_${user}` },
      token: 'c-token',
      action: { timezone: 'Asia/Shanghai', ...action },
      host: 'im_message',
      context: { open_message_id: on.id, open_chat_id: on.room },
    })
  const component = (on: StoredMessage, fits: (part: Json) => boolean, what: string): Json => {
    const found = componentsOf(on.content).find(fits)
    if (!found) throw new Error(`The message ${on.id} has no ${what}`)
    return found
  }
  return {
    event,
    message,
    mention: ({ text, ...more }) => message({ ...more, text: `@_user_1 ${text}`, mentions: [BOT_MENTION] }),
    click: ({ user, on, label }) => {
      const fits = (part: Json) => part['tag'] === 'button' && string(object(part['text'])['content']) === label
      return callback(user, on, { tag: 'button', value: valueIn(component(on, fits, `button "${label}"`)) })
    },
    choose: ({ user, on, option }) => {
      const optionIn = (part: Json) =>
        list(part['options']).find((one) => string(object(one['text'])['content']) === option)
      const menu = component(on, (part) => optionIn(part) !== undefined, `option "${option}"`)
      return callback(user, on, { tag: 'select_static', value: valueIn(menu), option: optionIn(menu)?.['value'] })
    },
    submit: ({ user, on, values }) => {
      const button = component(on, (part) => part['form_action_type'] === 'submit', 'form')
      const form_value = Object.fromEntries(
        componentsOf(on.content)
          .filter((part) => part['tag'] !== 'form' && part !== button && typeof part['name'] === 'string')
          .map((part) => [part['name'], sentIn(part, values)]),
      )
      return callback(user, on, { tag: 'button', name: button['name'], value: valueIn(button), form_value })
    },
    recall: ({ id, room, by = 'message_owner' }) =>
      event('im.message.recalled_v1', { message_id: id, chat_id: room, recall_time: '1', recall_type: by }),
    menu: ({ user, key }) =>
      event('application.bot.menu_v6', {
        operator: { operator_name: user, operator_id: { open_id: user } },
        event_key: key,
        timestamp: 1,
      }),
  }
}

export const BOT_MENTION = {
  key: '@_user_1',
  id: { open_id: APP.bot, union_id: 'on_bot', user_id: '' },
  name: '班长',
  mentioned_type: 'bot',
}

const valueIn = (part: Json): unknown =>
  list(part['behaviors']).find((behavior) => behavior['type'] === 'callback')?.['value']

/** What a client sends of one component: dates and times with the zone, menus their value, nothing chosen as nothing. */
function sentIn(part: Json, values: Readonly<Record<string, string | readonly string[]>>): unknown {
  const value = values[fieldOf(part)]
  if (part['tag'] === 'date_picker' || part['tag'] === 'picker_time')
    return value === undefined || value === '' ? undefined : `${String(value)} +0800`
  if (part['tag'] === 'multi_select_person') return value ?? []
  return value ?? ''
}
