/** From a verified command, shortcut, click or form of Slack's (https://docs.slack.dev/interactivity) to what it is for us. Pure. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Instant } from '#core/clock.ts'
import type { FormValues } from '#core/form.ts'
import type { Incoming } from '#core/platform.ts'
import { type Moment, read, roomKindOf } from './door.ts'
import { readFiles } from './files.ts'
import { readHandle, writeHandle } from './handle.ts'
import { readClick } from './ids.ts'
import { readModalMemory } from './modal.ts'
import { readWords } from './words.ts'

// === Commands and shortcuts ===

const commandSchema = z.object({
  team_id: z.string().default(''),
  channel_id: z.string(),
  user_id: z.string(),
  command: z.string().startsWith('/').min(2),
  text: z.string().default(''),
  trigger_id: z.string().min(1),
  response_url: z.string().optional(),
})

/** A slash command: the reply fits in the answer, for that person alone. Throws `MalformedCall`. */
export function decodeCommand(body: unknown, { receivedAt }: Moment): Incoming {
  const call = read(commandSchema, body, 'slash command')
  return {
    kind: 'said',
    key: `c:${call.team_id}:${call.trigger_id}`,
    person: call.user_id,
    room: call.channel_id,
    roomKind: roomKindOf(call.channel_id),
    canCarry: ['message'],
    replyHandle: writeHandle({
      trigger: call.trigger_id,
      at: receivedAt,
      ...(call.response_url === undefined ? {} : { url: call.response_url }),
    }),
    command: call.command.slice(1),
    text: readWords(call.text, undefined),
  }
}

const shortcutSchema = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).optional(),
  callback_id: z.string().min(1),
  trigger_id: z.string().min(1),
  response_url: z.string().optional(),
})

/** A shortcut says its name as a command. A global one has no room: it is answered in the direct message. Throws `MalformedCall`. */
export function decodeShortcut(body: unknown, { receivedAt }: Moment): Incoming {
  const call = read(shortcutSchema, body, 'shortcut')
  const room = call.channel?.id
  return {
    kind: 'said',
    key: `s:${call.team?.id ?? ''}:${call.trigger_id}`,
    person: call.user.id,
    room: room ?? call.user.id,
    roomKind: room === undefined ? 'direct' : roomKindOf(room),
    canCarry: [],
    replyHandle: writeHandle({
      trigger: call.trigger_id,
      at: receivedAt,
      ...(call.response_url === undefined ? {} : { url: call.response_url }),
    }),
    command: call.callback_id,
    text: '',
  }
}

// === Buttons and menus ===

const actionsSchema = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string() }),
  trigger_id: z.string().min(1),
  response_url: z.string().optional(),
  container: z.object({
    type: z.string().optional(),
    message_ts: z.string().optional(),
    channel_id: z.string().optional(),
    is_ephemeral: z.boolean().optional(),
  }),
  channel: z.object({ id: z.string() }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        block_id: z.string().default(''),
        action_ts: z.string().default(''),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
})

/** A click or a choice in one of our messages. Throws `MalformedCall`; undefined for elements that are not ours. */
export function decodeActions(body: unknown, { receivedAt }: Moment): Incoming | undefined {
  const call = read(actionsSchema, body, 'click')
  const [action] = call.actions
  const room = call.channel?.id ?? call.container.channel_id
  const messageId = call.container.message_ts
  if (!action || room === undefined || messageId === undefined) return undefined
  const option = action.selected_option?.value
  const clicked = readClick({
    blockId: action.block_id,
    actionId: action.action_id,
    ...(action.value === undefined ? {} : { value: action.value }),
    ...(option === undefined ? {} : { option }),
  })
  if (!clicked) return undefined
  const url = call.response_url === undefined ? {} : { url: call.response_url }
  const ephemeral = call.container.is_ephemeral ? { ephemeral: true as const } : {}
  return {
    kind: 'clicked',
    key: `a:${call.team?.id ?? ''}:${call.trigger_id}:${action.action_ts}`,
    person: call.user.id,
    room,
    roomKind: roomKindOf(room),
    canCarry: [],
    replyHandle: writeHandle({ ...url, trigger: call.trigger_id, at: receivedAt }),
    ...clicked,
    on: { address: room, messageId, handle: writeHandle({ ...url, ...ephemeral, at: receivedAt }) },
  }
}

// === Modals ===

const elementSchema = z.object({
  value: z.string().nullish(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_users: z.array(z.string()).nullish(),
  files: z.array(z.unknown()).nullish(),
})
const submissionSchema = z.object({
  trigger_id: z.string().optional(),
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string() }),
  view: z.object({
    id: z.string().min(1),
    hash: z.string().default(''),
    private_metadata: z.string().default(''),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), elementSchema)) }).default({ values: {} }),
  }),
})

/** A form sent in. Throws `MalformedCall`; undefined for a modal that is not ours. */
export function decodeSubmission(body: unknown, { receivedAt }: Moment): Incoming | undefined {
  const { team, user, view, trigger_id: trigger } = read(submissionSchema, body, 'submitted form')
  const memory = readModalMemory(view.private_metadata)
  if (!memory) return undefined
  const values: Record<string, string | readonly string[]> = {}
  const files = Object.values(view.state.values).flatMap((elements) =>
    Object.values(elements).flatMap((element) => readFiles(element.files ?? [])),
  )
  for (const [field, elements] of Object.entries(view.state.values)) {
    const value = Object.values(elements)
      .map(valueOfElement)
      .find((found) => found !== undefined)
    if (value !== undefined) values[field] = value
  }
  const people = Object.entries(view.state.values).flatMap(([field, elements]) =>
    Object.values(elements).some(({ selected_users: users }) => users && users.length > 0) ? [field] : [],
  )
  return {
    kind: 'filled',
    key: `v:${team?.id ?? ''}:${view.id}:${view.hash}:${digestOf(values)}`,
    person: user.id,
    room: memory.room,
    roomKind: roomKindOf(memory.room),
    canCarry: ['errors'],
    ...replyHandleOf(memory.reply, trigger, receivedAt),
    form: memory.form,
    value: memory.value,
    values,
    ...(files.length > 0 ? { files } : {}),
    ...(people.length > 0 ? { people } : {}),
    opened: { handle: view.id },
  }
}

/** The response URL is that of the command or click which opened the form; the trigger is the submission's own. */
function replyHandleOf(
  opener: string | undefined,
  trigger: string | undefined,
  receivedAt: Instant,
): { replyHandle?: string } {
  const former = readHandle(opener)
  if (former?.url === undefined && trigger === undefined) return {}
  const url = former?.url === undefined ? {} : { url: former.url }
  return {
    replyHandle: writeHandle({ ...url, ...(trigger === undefined ? {} : { trigger }), at: former?.at ?? receivedAt }),
  }
}

/** Undefined for a field that was left empty. */
function valueOfElement(element: z.output<typeof elementSchema>): string | readonly string[] | undefined {
  const text = element.value ?? element.selected_date ?? element.selected_time ?? element.selected_option?.value
  if (text) return text
  const list = element.selected_users ?? (element.files && readFiles(element.files).map((file) => file.id))
  return list && list.length > 0 ? list : undefined
}

/** A form that was refused with errors is sent in again under the same id and hash: only its values tell the two apart. */
const digestOf = (values: FormValues): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16)
