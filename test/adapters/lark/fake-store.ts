/** What lies on the fake Lark: people, groups, messages, files, reactions and commands, under the rules that Lark documents. */
import { type Json, list, object, parsed, string } from './fake-json.ts'
import { cardProblems } from './fake-schema.ts'

export const APP = {
  id: 'cli_0123456789abcdef',
  secret: 'fake-app-secret',
  bot: 'ou_bot',
  tenant: 'fake-tenant',
} as const
export const GENERAL = 'oc_general'

export interface StoredMessage {
  readonly id: string
  readonly room: string
  /** An open id; the bot's own for what the bot has sent. */
  readonly sender: string
  readonly type: string
  readonly content: Json
  readonly at: number
  readonly edits: number
}
export interface StoredFile {
  readonly key: string
  readonly name: string
  readonly bytes: Buffer
  readonly isImage: boolean
  /** The message that it came with, when a person sent it. */
  readonly messageId?: string
}
export interface FakeUser {
  readonly id: string
  readonly name: string
  readonly email?: string
  readonly mobile?: string
  readonly department?: string
  readonly staffNo?: string
  readonly resigned?: true
}
export interface Refused {
  readonly code: number
  readonly status?: number
}
type Result = Json | Refused

const DAY_MS = 86_400_000

export class FakeStore {
  readonly #now: () => number
  readonly users = new Map<string, FakeUser>()
  readonly departments = new Map<string, string>()
  readonly rooms = new Map<string, Set<string>>()
  messages: StoredMessage[] = []
  readonly files = new Map<string, StoredFile>()
  readonly reactions: { readonly messageId: string; readonly emoji: string }[] = []
  commands: { readonly command_id: string; readonly command: string; readonly description: unknown }[] = []
  /** Messages that a chat takes in a second of the fake's clock. */
  chatPerSecond = Number.POSITIVE_INFINITY
  readonly #uuids = new Map<string, { readonly at: number; readonly messageId: string }>()
  #count = 0

  constructor(now: () => number) {
    this.#now = now
    for (const [id, name] of [
      ['ou_an', 'An Lin'],
      ['ou_wang', 'Wang Li'],
    ] as const)
      this.join({ id, name })
  }

  join(user: FakeUser): void {
    this.users.set(user.id, user)
    this.rooms.set(GENERAL, new Set([...(this.rooms.get(GENERAL) ?? []), user.id]))
  }
  next(): number {
    this.#count += 1
    return this.#count
  }
  direct = (user: string): string => `oc_direct_${user}`
  now = (): number => this.#now()

  /** A message that somebody has sent. */
  keep(message: { room: string; sender: string; type: string; content: Json; id?: string }): StoredMessage {
    const stored = { id: `om_${this.next()}`, at: this.#now(), edits: 0, ...message }
    this.messages.push(stored)
    return stored
  }
  addFile(name: string, bytes: Uint8Array, isImage: boolean, messageId?: string): StoredFile {
    const key = `${isImage ? 'img' : 'file'}_v3_${this.next()}`
    const file = { key, name, bytes: Buffer.from(bytes), isImage, ...(messageId === undefined ? {} : { messageId }) }
    this.files.set(key, file)
    return file
  }

  // === What the bot asks for ===

  create(params: Json, body: Json): Result {
    const to = string(body['receive_id'])
    const isPerson = params['receive_id_type'] === 'open_id'
    if (isPerson && !this.users.has(to)) return { code: 230013, status: 400 }
    if (!isPerson && !this.rooms.has(to) && !this.messages.some(({ room }) => room === to))
      return { code: 230002, status: 400 }
    const room = isPerson ? this.direct(to) : to
    const uuid = string(body['uuid'])
    if (uuid.length > 50) return { code: 230001, status: 400 }
    const former = this.#uuids.get(uuid)
    if (uuid !== '' && former && this.#now() - former.at < 3_600_000)
      return { data: { message_id: former.messageId, chat_id: room } }
    const recent = this.messages.filter((one) => one.room === room && this.#now() - one.at < 1_000)
    if (recent.length >= this.chatPerSecond) return { code: 230020, status: 400 }
    const type = string(body['msg_type'])
    const content = parsed(string(body['content']))
    const code = this.#refusalOf(type, content)
    if (code !== undefined) return { code, status: 400 }
    const { id } = this.keep({ room, sender: APP.bot, type, content })
    if (uuid !== '') this.#uuids.set(uuid, { at: this.#now(), messageId: id })
    return { data: { message_id: id, chat_id: room } }
  }

  #refusalOf(type: string, content: Json): number | undefined {
    if (type === 'interactive') return cardProblems(content, (id) => this.users.has(id)).length > 0 ? 230099 : undefined
    if (Buffer.byteLength(JSON.stringify(content)) > 30 * 1024) return 230025
    if (type === 'file') return this.files.has(string(content['file_key'])) ? undefined : 230001
    if (type !== 'post') return 230001
    const languages = Object.values(content).map(object)
    const lines = languages.flatMap((language) => (Array.isArray(language['content']) ? language['content'] : []))
    const parts = lines.flatMap((line: unknown) => list(line))
    const unknown = parts.some((part) => !['text', 'a', 'at', 'img'].includes(string(part['tag'])))
    const lost = parts.some((part) => part['tag'] === 'img' && !this.files.has(string(part['image_key'])))
    return parts.length === 0 || unknown || lost ? 230001 : undefined
  }

  #mine(id: string): StoredMessage | Refused {
    const found = this.messages.find((message) => message.id === id)
    if (!found) return { code: 230110, status: 400 }
    return found.sender === APP.bot ? found : { code: 230017, status: 400 }
  }

  patch(id: string, body: Json): Result {
    const found = this.#mine(id)
    if ('code' in found) return found
    if (found.type !== 'interactive') return { code: 230001, status: 400 }
    if (this.#now() - found.at > 14 * DAY_MS) return { code: 230031, status: 400 }
    const content = parsed(string(body['content']))
    if (this.#refusalOf('interactive', content) !== undefined) return { code: 230099, status: 400 }
    this.replace(id, content)
    return { data: {} }
  }

  update(id: string, body: Json): Result {
    const found = this.#mine(id)
    if ('code' in found) return found
    if (found.type !== body['msg_type']) return { code: 230001, status: 400 }
    if (found.edits >= 20) return { code: 230072, status: 400 }
    this.replace(id, parsed(string(body['content'])))
    return { data: {} }
  }

  replace(id: string, content: Json): void {
    this.messages = this.messages.map((one) => (one.id === id ? { ...one, content, edits: one.edits + 1 } : one))
  }

  get(id: string): Result {
    const found = this.messages.find((message) => message.id === id)
    if (!found) return { code: 230110, status: 400 }
    const isPerson = found.sender !== APP.bot
    return {
      data: { items: [{ chat_id: found.room, sender: { id: found.sender, sender_type: isPerson ? 'user' : 'app' } }] },
    }
  }

  react(id: string, body: Json): Result {
    if (!this.messages.some((message) => message.id === id)) return { code: 231003, status: 400 }
    this.reactions.push({ messageId: id, emoji: string(object(body['reaction_type'])['emoji_type']) })
    return { data: { reaction_id: `r${this.next()}` } }
  }

  // === People ===

  batchGetId(body: Json): Result {
    const wanted = (key: 'email' | 'mobile') => (Array.isArray(body[`${key}s`]) ? (body[`${key}s`] as string[]) : [])
    const listOf = (key: 'email' | 'mobile') =>
      wanted(key).map((value) => {
        const user = [...this.users.values()].find((one) => one[key] === value && !one.resigned)
        return user ? { [key]: value, user_id: user.id } : { [key]: value }
      })
    return { data: { user_list: [...listOf('email'), ...listOf('mobile')] } }
  }

  members(room: string): readonly Json[] | Refused {
    const members = this.rooms.get(room)
    if (!members) return { code: 232011 }
    return [...members].map((id) => ({ member_id: id, member_id_type: 'open_id', name: this.users.get(id)?.name }))
  }

  children(): readonly Json[] {
    return [...this.departments].map(([open_department_id, name]) => ({ open_department_id, name }))
  }

  usersOf(department: string): readonly Json[] {
    return [...this.users.values()]
      .filter((user) => (user.department ?? '0') === department)
      .map(({ id, name, email, mobile, staffNo, resigned }) => ({
        open_id: id,
        name,
        email: email ?? '',
        ...(mobile === undefined ? {} : { mobile }),
        ...(staffNo === undefined ? {} : { employee_no: staffNo }),
        department_ids: [department],
        status: { is_resigned: resigned === true, is_frozen: false, is_activated: true },
      }))
  }

  // === Commands ===

  addCommand(body: Json): Result {
    const command = string(body['command'])
    const isTaken = this.commands.some((one) => one.command === command)
    if (isTaken || !/^[a-z0-9_-]{1,32}$/.test(command)) return { code: 40000000, status: 400 }
    this.commands.push({ command_id: `c${this.next()}`, command, description: body['description'] })
    return { data: {} }
  }
  changeCommand(id: string, body: Json): Result {
    this.commands = this.commands.map((one) =>
      one.command_id === id ? { ...one, description: body['description'] } : one,
    )
    return { data: {} }
  }
  removeCommand(id: string): Result {
    this.commands = this.commands.filter((one) => one.command_id !== id)
    return { data: {} }
  }
}
