/** The fake workspace: people, rooms, messages, views and triggers, and what Slack's methods do to them. No network. */
import { list, messageProblems, object, string, viewProblems } from './fake-blocks.ts'
import type { Workspace } from './fake-calls.ts'

export interface StoredMessage {
  readonly ts: string
  readonly channel: string
  readonly user: string
  /** The account that alone sees it. */
  readonly onlyFor?: string
  text: string
  blocks: readonly unknown[]
  metadata?: unknown
  /** Were previews of links allowed? */
  readonly previews?: boolean
  /** File objects, as Slack gives them. */
  readonly files?: readonly unknown[]
}
export interface StoredView {
  readonly id: string
  readonly user: string
  hash: string
  view: Readonly<Record<string, unknown>>
}
interface Room {
  readonly id: string
  readonly members: string[]
  readonly direct: boolean
  archived: boolean
}
interface ResponseUrl {
  readonly room: string
  readonly user: string
  readonly since: number
  readonly original?: string
  uses: number
}
type Args = Readonly<Record<string, unknown>>
type Result = Readonly<Record<string, unknown>>

export const WORKSPACE: Workspace = { team: 'T0TEAM', app: 'A0APP', bot: 'U0BOT', botId: 'B0BOT' }
const no = (error: string, messages: readonly string[] = []): Result => ({
  ok: false,
  error,
  ...(messages.length > 0 ? { response_metadata: { messages: messages.map((problem) => `[ERROR] ${problem}`) } } : {}),
})

/** `now` is Slack's own clock, in milliseconds: it ages triggers and response URLs. */
export class FakeStore {
  readonly now: () => number
  readonly people = new Map<string, { readonly name: string; readonly email: string }>()
  readonly rooms = new Map<string, Room>()
  readonly responseUrls = new Map<string, ResponseUrl>()
  messages: StoredMessage[] = []
  views: StoredView[] = []
  readonly #triggers = new Map<string, { readonly user: string; readonly since: number; used: boolean }>()
  #count = 0

  constructor(now: () => number) {
    this.now = now
    this.people.set('U0AN', { name: 'Lin An', email: 'an@department.example' })
    this.people.set('U0WANG', { name: 'Wang Li', email: 'wang@department.example' })
    this.#room('C0GENERAL', ['U0AN', 'U0WANG', WORKSPACE.bot])
    // A channel whose members have not invited the bot.
    this.#room('C0OTHER', ['U0WANG'])
  }

  /** A number of its own for each thing, in the order of making. */
  next(): number {
    this.#count += 1
    return this.#count
  }
  ts(): string {
    return `${Math.floor(this.now() / 1_000)}.${String(this.next()).padStart(6, '0')}`
  }
  trigger(user: string): string {
    const id = `${this.next()}.${WORKSPACE.team}.trigger`
    this.#triggers.set(id, { user, since: this.now(), used: false })
    return id
  }
  /** The room in which the bot and this person talk. */
  direct(user: string): string {
    const id = `D${user.slice(1)}`
    if (!this.rooms.has(id)) this.#room(id, [user, WORKSPACE.bot])
    return id
  }
  responseUrl(room: string, user: string, original?: string): string {
    const id = `r${this.next()}`
    this.responseUrls.set(id, {
      room,
      user,
      since: this.now(),
      uses: 0,
      ...(original === undefined ? {} : { original }),
    })
    return id
  }
  keep(message: Omit<StoredMessage, 'ts'>): StoredMessage {
    const kept = { ...message, ts: this.ts() }
    this.messages.push(kept)
    return kept
  }

  /** One Web API method. Undefined for a method that the fake does not know. */
  call(method: string, args: Args): Result | undefined {
    const methods: Readonly<Record<string, (args: Args) => Result>> = {
      'auth.test': () => ({
        ok: true,
        url: 'https://department.example/',
        team: 'Department',
        user: 'banzhang',
        team_id: WORKSPACE.team,
        user_id: WORKSPACE.bot,
        bot_id: WORKSPACE.botId,
      }),
      'chat.postMessage': (given) => this.#postMessage(given),
      'chat.postEphemeral': (given) => this.#postEphemeral(given),
      'chat.update': (given) => this.#update(given),
      'conversations.open': (given) => this.#open(given),
      'conversations.history': (given) => this.#history(given),
      'conversations.members': (given) => this.#members(given),
      'users.lookupByEmail': (given) => this.#lookup(given),
      'views.open': (given) => this.#openView(given),
      'views.update': (given) => this.#updateView(given),
    }
    return methods[method]?.(args)
  }

  /** A post to a response URL: 30 minutes, 5 uses. */
  respond(id: string, body: Args): Result {
    const url = this.responseUrls.get(id)
    if (!url) return no('expired_url')
    if (this.now() - url.since >= 30 * 60_000) return no('expired_url')
    if (url.uses >= 5) return no('used_url')
    url.uses += 1
    const problems = messageProblems(body['blocks'])
    if (problems.length > 0) return no('invalid_blocks', problems)
    const original = this.messages.find((message) => message.ts === url.original)
    const text = string(body['text'])
    if (body['replace_original'] === true && original) Object.assign(original, { text, blocks: list(body['blocks']) })
    else this.keep({ channel: url.room, user: WORKSPACE.bot, onlyFor: url.user, text, blocks: list(body['blocks']) })
    return { ok: true }
  }

  /** Somebody joins the workspace, and the room everybody is in. */
  join(user: string, name: string): void {
    this.people.set(user, { name, email: `${user.toLowerCase()}@department.example` })
    this.rooms.get('C0GENERAL')?.members.push(user)
  }

  #room(id: string, members: string[]): void {
    this.rooms.set(id, { id, members, direct: id.startsWith('D'), archived: false })
  }

  /** The room that may be posted to, or Slack's word for why not. */
  writable(id: string): Room | string {
    const room = this.rooms.get(this.people.has(id) ? this.direct(id) : id)
    if (!room) return 'channel_not_found'
    if (room.archived) return 'is_archived'
    return room.members.includes(WORKSPACE.bot) ? room : 'not_in_channel'
  }

  #content({
    text,
    blocks,
    metadata,
  }: Args): { refused: Result } | { text: string; blocks: readonly unknown[]; metadata?: unknown } {
    const problems = messageProblems(blocks)
    if (problems.length > 0)
      return {
        refused: no(
          problems.some((problem) => problem.includes('characters of blocks'))
            ? 'msg_blocks_too_long'
            : 'invalid_blocks',
          problems,
        ),
      }
    if (string(text) === '' && list(blocks).length === 0) return { refused: no('no_text') }
    return {
      text: string(text).slice(0, 40_000),
      blocks: list(blocks),
      ...(metadata === undefined ? {} : { metadata }),
    }
  }

  #postMessage(args: Args): Result {
    const room = this.writable(string(args['channel']))
    if (typeof room === 'string') return no(room)
    const content = this.#content(args)
    if ('refused' in content) return content.refused
    const previews = args['unfurl_links'] !== 'false' || args['unfurl_media'] !== 'false'
    const { ts } = this.keep({ channel: room.id, user: WORKSPACE.bot, previews, ...content })
    return {
      ok: true,
      channel: room.id,
      ts,
      message: { type: 'message', user: WORKSPACE.bot, bot_id: WORKSPACE.botId, ts, ...content },
    }
  }

  #postEphemeral(args: Args): Result {
    const room = this.writable(string(args['channel']))
    if (typeof room === 'string') return no(room)
    const onlyFor = string(args['user'])
    if (!room.members.includes(onlyFor)) return no('user_not_in_channel')
    const content = this.#content(args)
    if ('refused' in content) return content.refused
    return { ok: true, message_ts: this.keep({ channel: room.id, user: WORKSPACE.bot, onlyFor, ...content }).ts }
  }

  #update(args: Args): Result {
    const message = this.messages.find(({ channel, ts }) => channel === args['channel'] && ts === args['ts'])
    if (!message || message.onlyFor !== undefined) return no('message_not_found')
    if (message.user !== WORKSPACE.bot) return no('cant_update_message')
    const content = this.#content(args)
    if ('refused' in content) return content.refused
    Object.assign(message, content)
    return { ok: true, channel: message.channel, ts: message.ts, text: message.text }
  }

  #open(args: Args): Result {
    const [user = ''] = string(args['users']).split(',')
    return this.people.has(user) ? { ok: true, channel: { id: this.direct(user) } } : no('user_not_found')
  }

  #history(args: Args): Result {
    const channel = string(args['channel'])
    const room = this.rooms.get(channel)
    if (!room) return no('channel_not_found')
    if (!room.members.includes(WORKSPACE.bot)) return no('not_in_channel')
    const oldest = Number(args['oldest'] ?? 0)
    const all = this.messages
      .filter((message) => message.channel === channel && message.onlyFor === undefined && Number(message.ts) >= oldest)
      .reverse()
    const from = Number(args['cursor'] ?? 0)
    const limit = Math.min(Number(args['limit'] ?? 100), 999)
    const withMetadata = args['include_all_metadata'] === 'true'
    return {
      ok: true,
      messages: all.slice(from, from + limit).map(({ metadata, ...message }) => ({
        type: 'message',
        ...message,
        ...(withMetadata && metadata !== undefined ? { metadata } : {}),
      })),
      has_more: from + limit < all.length,
      response_metadata: { next_cursor: from + limit < all.length ? String(from + limit) : '' },
    }
  }

  #members(args: Args): Result {
    const room = this.rooms.get(string(args['channel']))
    if (!room) return no('channel_not_found')
    // One at a time, whatever was asked for: Slack may give fewer than the limit.
    const from = Number(args['cursor'] ?? 0)
    const next = from + 1 < room.members.length ? String(from + 1) : ''
    return { ok: true, members: room.members.slice(from, from + 1), response_metadata: { next_cursor: next } }
  }

  #lookup(args: Args): Result {
    const found = [...this.people].find(([, { email }]) => email === args['email'])
    return found
      ? { ok: true, user: { id: found[0], name: found[0].toLowerCase(), real_name: found[1].name } }
      : no('users_not_found')
  }

  #openView(args: Args): Result {
    const trigger = this.#triggers.get(string(args['trigger_id']))
    if (!trigger) return no('invalid_trigger_id')
    if (trigger.used) return no('exchanged_trigger_id')
    if (this.now() - trigger.since >= 3_000) return no('expired_trigger_id')
    const view = object(args['view'])
    const problems = viewProblems(view)
    if (problems.length > 0) return no('invalid_arguments', problems)
    trigger.used = true
    const kept: StoredView = { id: `V${this.next()}`, user: trigger.user, hash: `h${this.next()}`, view }
    this.views.push(kept)
    return { ok: true, view: { ...view, id: kept.id, hash: kept.hash } }
  }

  #updateView(args: Args): Result {
    const kept = this.views.find((view) => view.id === args['view_id'])
    if (!kept) return no('not_found')
    const view = object(args['view'])
    const problems = viewProblems(view)
    if (problems.length > 0) return no('invalid_arguments', problems)
    kept.view = view
    kept.hash = `h${this.next()}`
    return { ok: true, view: { ...view, id: kept.id, hash: kept.hash } }
  }
}
