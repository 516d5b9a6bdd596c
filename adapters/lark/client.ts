/** The calls to Lark, by what they are for; with connection.ts the only files that call it. */
import { z } from 'zod'
import { PlatformError } from '#core/errors.ts'
import type { LarkConfig } from './config.ts'
import * as max from './limits.ts'
import { type Line, type LineOptions, openLine, segment } from './line.ts'

/** What is put out: the kind of message, and its content as an object. */
export interface Post {
  readonly type: 'post' | 'interactive' | 'file'
  readonly content: Readonly<Record<string, unknown>>
}
export interface Placed {
  readonly room: string
  readonly messageId: string
}

/** Every method throws `PlatformError`, and nothing else. */
export type LarkClient = ReturnType<typeof createClient>

export function createClient(config: LarkConfig, options: LineOptions = {}) {
  const line = openLine(config, options)
  return { ...messagesOn(line), ...filesOn(line), ...peopleOn(line), ...appOn(line), timeoutMs: line.timeoutMs }
}

const any = z.unknown()
const messageSchema = z.object({ data: z.object({ message_id: z.string().min(1), chat_id: z.string().min(1) }) })
const foundSchema = z.object({
  data: z.object({
    items: z
      .array(
        z.object({ chat_id: z.string().optional(), sender: z.object({ id: z.string(), sender_type: z.string() }) }),
      )
      .min(1),
  }),
})

function messagesOn(line: Line) {
  return {
    /** `to` is a chat's id or, as an open id, a person; `uuid` makes it one message however often it is sent within an hour. */
    async create(to: string, { type, content }: Post, uuid: string, signal: AbortSignal): Promise<Placed> {
      const { data } = await line.call(
        'im.message.create',
        {
          method: 'POST',
          path: '/open-apis/im/v1/messages',
          params: { receive_id_type: isAccount(to) ? 'open_id' : 'chat_id' },
          data: { receive_id: to, msg_type: type, content: JSON.stringify(content), uuid },
        },
        messageSchema,
        signal,
      )
      return { room: data.chat_id, messageId: data.message_id }
    },

    /** A card by another. */
    async patch(messageId: string, { content }: Post, signal: AbortSignal): Promise<void> {
      const path = `/open-apis/im/v1/messages/${segment(messageId)}`
      const data = { content: JSON.stringify(content) }
      await line.call('im.message.patch', { method: 'PATCH', path, data }, any, signal)
    },

    /** A text by another. */
    async update(messageId: string, { type, content }: Post, signal: AbortSignal): Promise<void> {
      const path = `/open-apis/im/v1/messages/${segment(messageId)}`
      const data = { msg_type: type, content: JSON.stringify(content) }
      await line.call('im.message.update', { method: 'PUT', path, data }, any, signal)
    },

    /** Who sent a message, when it was a person. */
    async senderOf(messageId: string, signal: AbortSignal): Promise<string | undefined> {
      const path = `/open-apis/im/v1/messages/${segment(messageId)}`
      const { data } = await line.call('im.message.get', { method: 'GET', path }, foundSchema, signal)
      const sender = data.items[0]?.sender
      return sender?.sender_type === 'user' ? sender.id : undefined
    },

    /** A sign of ours on somebody's message. https://open.feishu.cn/document/server-docs/im-v1/message-reaction/emojis-introduce */
    async react(messageId: string, emoji: string, signal: AbortSignal): Promise<void> {
      const path = `/open-apis/im/v1/messages/${segment(messageId)}/reactions`
      const data = { reaction_type: { emoji_type: emoji } }
      await line.call('im.messageReaction.create', { method: 'POST', path, data }, any, signal)
    },
  }
}

/** People are named by open ids, chats by ids that begin otherwise. */
export const isAccount = (place: string): boolean => place.startsWith('ou_')

function filesOn(line: Line) {
  return {
    async uploadFile(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
      const { data } = await line.call(
        'im.file.create',
        {
          method: 'POST',
          path: '/open-apis/im/v1/files',
          data: { file_type: fileTypeOf(name), file_name: name, file: Buffer.from(bytes) },
          isForm: true,
          bytes: bytes.byteLength,
        },
        z.object({ data: z.object({ file_key: z.string().min(1) }) }),
        signal,
      )
      return data.file_key
    },

    async uploadImage(bytes: Uint8Array, signal: AbortSignal): Promise<string> {
      const { data } = await line.call(
        'im.image.create',
        {
          method: 'POST',
          path: '/open-apis/im/v1/images',
          data: { image_type: 'message', image: Buffer.from(bytes) },
          isForm: true,
          bytes: bytes.byteLength,
        },
        z.object({ data: z.object({ image_key: z.string().min(1) }) }),
        signal,
      )
      return data.image_key
    },

    /** What came with a message. */
    download: (messageId: string, key: string, type: 'file' | 'image', signal: AbortSignal) =>
      line.download(
        'im.messageResource.get',
        {
          method: 'GET',
          path: `/open-apis/im/v1/messages/${segment(messageId)}/resources/${segment(key)}`,
          params: { type },
        },
        signal,
      ),
  }
}

/** The kinds that Lark shows with a sign of their own. https://open.feishu.cn/document/server-docs/im-v1/file/create */
function fileTypeOf(name: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const kinds: Readonly<Record<string, string>> = { docx: 'doc', xlsx: 'xls', pptx: 'ppt' }
  const kind = kinds[ending] ?? ending
  return ['pdf', 'doc', 'xls', 'ppt'].includes(kind) ? kind : 'stream'
}

const idListSchema = z.object({
  data: z
    .object({
      user_list: z
        .array(z.object({ user_id: z.string().nullish(), email: z.string().nullish(), mobile: z.string().nullish() }))
        .nullish(),
    })
    .nullish(),
})
const nullable = z
  .string()
  .nullish()
  .transform((text) => text || undefined)
const memberSchema = z.object({ member_id: z.string().min(1), name: nullable })
const departmentSchema = z.object({ open_department_id: z.string().min(1), name: nullable })
const userSchema = z.object({
  open_id: z.string().min(1),
  name: nullable,
  email: nullable,
  enterprise_email: nullable,
  mobile: nullable,
  employee_no: nullable,
  department_ids: z.array(z.string()).nullish(),
  status: z
    .object({
      is_resigned: z.boolean().optional(),
      is_frozen: z.boolean().optional(),
      is_exited: z.boolean().optional(),
    })
    .nullish(),
})
export type LarkUser = z.output<typeof userSchema>

function peopleOn(line: Line) {
  return {
    /** The open id behind an e-mail address or a mobile; undefined when nobody whom the app may see has it. */
    async userBy(by: { readonly email: string } | { readonly mobile: string }, signal: AbortSignal) {
      const data = 'email' in by ? { emails: [by.email] } : { mobiles: [by.mobile] }
      const found = await line.call(
        'contact.user.batchGetId',
        {
          method: 'POST',
          path: '/open-apis/contact/v3/users/batch_get_id',
          params: { user_id_type: 'open_id' },
          data: { ...data, include_resigned: false },
        },
        idListSchema,
        signal,
      )
      return found.data?.user_list?.map((user) => user.user_id).find((id) => id) ?? undefined
    },

    members: (room: string, signal: AbortSignal) =>
      allPages(line, 'im.chatMembers.get', memberSchema, signal, {
        path: `/open-apis/im/v1/chats/${segment(room)}/members`,
        params: { member_id_type: 'open_id', page_size: max.MEMBERS_PAGE_MAX },
      }),

    /** All below the root. */
    departments: (signal: AbortSignal) =>
      allPages(line, 'contact.department.children', departmentSchema, signal, {
        path: '/open-apis/contact/v3/departments/0/children',
        params: {
          department_id_type: 'open_department_id',
          fetch_child: true,
          page_size: max.CONTACT_PAGE_MAX,
        },
      }),

    /** Those directly in it; `0` is the root. */
    usersOf: (department: string, signal: AbortSignal) =>
      allPages(line, 'contact.user.findByDepartment', userSchema, signal, {
        path: '/open-apis/contact/v3/users/find_by_department',
        params: {
          user_id_type: 'open_id',
          department_id_type: 'open_department_id',
          department_id: department,
          page_size: max.CONTACT_PAGE_MAX,
        },
      }),
  }
}

/** By hand, because the SDK's iterators end without a word when a page fails. A page may be short, or empty, and not the last. */
async function allPages<S extends z.ZodType>(
  line: Line,
  what: string,
  item: S,
  signal: AbortSignal,
  { path, params }: { readonly path: string; readonly params: Readonly<Record<string, string | number | boolean>> },
): Promise<readonly z.output<S>[]> {
  const schema = z.object({
    data: z
      .object({ items: z.array(item).nullish(), has_more: z.boolean().nullish(), page_token: z.string().nullish() })
      .nullish(),
  })
  const all: z.output<S>[] = []
  let from: string | undefined
  for (let page = 0; page < max.PAGES_MAX; page += 1) {
    const at = from === undefined ? {} : { page_token: from }
    const { data } = await line.call(what, { method: 'GET', path, params: { ...params, ...at } }, schema, signal)
    all.push(...((data?.items ?? []) as z.output<S>[]))
    if (!data?.has_more) return all
    const next = data.page_token || undefined
    if (next === undefined || next === from) break
    from = next
  }
  throw new PlatformError('unknown', `Lark's answer to ${what} has no end: what came is not the whole`, {
    code: 'incomplete',
  })
}

const botSchema = z.object({
  bot: z.object({ open_id: z.string().min(1), app_name: nullable, activate_status: z.number().nullish() }),
})
const scopesSchema = z.object({
  data: z.object({ scopes: z.array(z.object({ scope_name: z.string(), grant_status: z.number() })) }),
})
const commandSchema = z.object({ command_id: z.string().min(1), command: z.string(), description: z.unknown() })
const createdSchema = z.object({ code: z.number() })
export type RegisteredCommand = z.output<typeof commandSchema>
export interface CommandText {
  readonly command: string
  readonly description: { readonly default_value: string; readonly i18n: Readonly<Record<string, string>> }
}

const COMMANDS_PATH = '/open-apis/application/v7/app_slash_commands'

function appOn(line: Line) {
  return {
    async bot(signal: AbortSignal) {
      const { bot } = await line.call('bot.info', { method: 'GET', path: '/open-apis/bot/v3/info' }, botSchema, signal)
      return { account: bot.open_id, name: bot.app_name, status: bot.activate_status ?? undefined }
    },

    /** Those that the tenant has granted. */
    async scopes(signal: AbortSignal): Promise<readonly string[]> {
      const path = '/open-apis/application/v6/scopes'
      const { data } = await line.call('application.scope.list', { method: 'GET', path }, scopesSchema, signal)
      return data.scopes.filter(({ grant_status }) => grant_status === 1).map(({ scope_name }) => scope_name)
    },

    commands: (signal: AbortSignal) =>
      allPages(line, 'app_slash_commands.list', commandSchema, signal, { path: COMMANDS_PATH, params: {} }),
    async addCommand(data: CommandText, signal: AbortSignal): Promise<void> {
      const request = { method: 'POST' as const, path: COMMANDS_PATH, data: { ...data } }
      await line.call('app_slash_commands.create', request, createdSchema, signal)
    },
    async changeCommand(id: string, data: Pick<CommandText, 'description'>, signal: AbortSignal): Promise<void> {
      const request = { method: 'PATCH' as const, path: `${COMMANDS_PATH}/${segment(id)}`, data: { ...data } }
      await line.call('app_slash_commands.patch', request, createdSchema, signal)
    },
    async removeCommand(id: string, signal: AbortSignal): Promise<void> {
      const request = { method: 'DELETE' as const, path: `${COMMANDS_PATH}/${segment(id)}` }
      await line.call('app_slash_commands.delete', request, createdSchema, signal)
    },
  }
}
