/** WeCom as a platform: https://developer.work.weixin.qq.com/document. How to get what it needs, and the quirks, are in README.md and BOT.md beside this file. */
import { type Instant, realNow } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { type Log, SILENT } from '#core/log.ts'
import type { Deliver, Health, Outgoing, Platform, SentAs } from '#core/platform.ts'
import { IDLE } from './bot/health.ts'
import { checkApp } from './check.ts'
import { createClient, type WecomClient } from './client.ts'
import { createCodes } from './codes.ts'
import { checkConfig, reachesPeople, type WecomConfig } from './config.ts'
import { MEDIA } from './decode.ts'
import { createDirectory } from './directory.ts'
import { fetchMedia } from './files.ts'
import { type HealthWatch, watchHealth } from './health.ts'
import { words } from './i18n.ts'
import { CALL_TIMEOUT_MS, HOOK_PACE, limits, MEMBER_PACE } from './limits.ts'
import { publishMenu } from './menu.ts'
import { createPace } from './pace.ts'
import { createProgress } from './progress.ts'
import { createReceive, WECOM_PATH } from './receive.ts'
import { createRoom } from './rooms.ts'
import { createVoice, type Voice } from './send.ts'
import { BOT, type WecomBot, wayOf } from './ways.ts'

export type { WecomConfig } from './config.ts'

export interface WecomOptions {
  /** Real time. */
  readonly now?: () => Instant
  /** How long a call to WeCom may take, 8 s when absent. */
  readonly timeoutMs?: number
  /** Where the smart bot's connection is told of; nowhere when absent. */
  readonly log?: Log
}

/** Calls nobody until it is used. Throws `ConfigError` for a configuration that cannot work. */
export function createWecom(config: WecomConfig, options: WecomOptions = {}): Platform {
  checkConfig(config)
  const { now = realNow, timeoutMs = CALL_TIMEOUT_MS } = options
  const { app, corpId } = config
  const watch = watchHealth(now)
  const client = createClient(config, { timeoutMs, now, onCall: watch.called })
  const bot = config.bot && lazyBot(config.bot, { now, timeoutMs, log: options.log ?? SILENT })
  const codes = createCodes(now)
  const voice = createVoice({
    client,
    agentId: app?.agentId,
    webhooks: config.webhooks,
    memberPace: createPace(MEMBER_PACE, now),
    hookPace: createPace(HOOK_PACE, now),
    progress: createProgress(),
    codes,
  })
  const parts: Parts = { voice, bot, hasApp: app !== undefined }
  return {
    name: 'wecom',
    limits,
    paths: app ? [WECOM_PATH] : [],
    reachesPeople: reachesPeople(config),
    receive: app && corpId !== undefined ? createReceive(app, corpId, { heard: watch.heard, codes }) : refuseCalls,
    ...(bot ? listening(bot, parts) : {}),
    send: (message, signal) => send(parts, message, signal),
    edit: (sent, message, signal) => edit(parts, sent, message, signal),
    async fetchFile(file, signal) {
      if (file.handle?.startsWith(MEDIA)) return fetchMedia(client, file, signal)
      if (!bot)
        throw new PlatformError('gone', 'The file came in by the smart bot, which is not set', { code: 'no_bot' })
      return (await bot.load()).fetchFile(file, signal)
    },
    ...(app ? ofApp(client, app.agentId, now) : {}),
    async check(signal) {
      const results = app ? await checkApp(client, app.agentId, watch.heardAt, signal) : []
      return bot ? [...results, ...(await (await bot.load()).check(signal))] : results
    },
    health: () => healthOf(watch, bot, app !== undefined),
    close: async () => bot?.now()?.close(),
  }
}

const refuseCalls: Platform['receive'] = async () => {
  throw new PlatformError('not-authentic', 'There is no WeCom app: nothing of WeCom’s comes in by HTTP')
}

function ofApp(client: WecomClient, agentId: string, now: () => Instant) {
  return {
    directory: createDirectory(client, agentId, now),
    createRoom: (room, signal) => createRoom(client, room, signal),
    publishCommands: (commands, signal) => publishMenu(client, agentId, commands, signal),
  } satisfies Partial<Platform>
}

// === The smart bot ===

interface LazyBot {
  load(): Promise<WecomBot>
  /** Undefined as long as nobody needed it. */
  now(): WecomBot | undefined
}

/** Its SDK costs memory: it is loaded when somebody listens to it or fetches from it. */
function lazyBot(
  config: NonNullable<WecomConfig['bot']>,
  deps: { readonly now: () => Instant; readonly timeoutMs: number; readonly log: Log },
): LazyBot {
  let made: WecomBot | undefined
  let loading: Promise<WecomBot> | undefined
  return {
    now: () => made,
    load: () => {
      loading ??= import('./bot/index.ts').then(({ createBot }) => {
        made = createBot(config, deps)
        return made
      })
      return loading
    },
  }
}

function listening(bot: LazyBot, { hasApp }: Parts) {
  return {
    listen: async (deliver: Deliver, signal: AbortSignal) => (await bot.load()).listen(deliver, signal),
    listensAlone: true,
    // Without an app the connection is the only way to anybody.
    roomsOutOfReach: () => (bot.now()?.isConnected() ? undefined : hasApp ? BOT : ''),
  } satisfies Partial<Platform>
}

/** Of both what is wrong; when all is well, of both how it stands. The bot of a process that waits is loaded by nobody. */
function healthOf(watch: HealthWatch, bot: LazyBot | undefined, hasApp: boolean): Health {
  const app = watch.health()
  if (!bot) return app
  const other = bot.now()?.health() ?? { ok: true, detail: IDLE, since: app.since }
  if (!hasApp) return other
  if (!app.ok || !other.ok) return app.ok ? other : app
  return { ok: true, detail: `${app.detail}; ${other.detail}`, since: Math.max(app.since, other.since) }
}

// === Which way ===

interface Parts {
  readonly voice: Voice
  readonly bot: LazyBot | undefined
  readonly hasApp: boolean
}

function send(parts: Parts, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { voice } = parts
  const { to } = message
  if ('account' in to) return toPerson(parts, to.account, message, signal)
  const { room, onlyFor } = to
  const way = wayOf(room)
  if (way.way === 'bot') return inBotRoom(parts, message, { room, onlyFor }, signal)
  if (way.way === 'member') return toPerson(parts, way.account, message, signal)
  // Nobody speaks to us in these groups, and there is nothing that only one sees.
  if (onlyFor !== undefined) return toPerson(parts, onlyFor, message, signal)
  return way.way === 'chat' ? voice.toChat(way.chatId, message, signal) : voice.toHook(way.name, message, signal)
}

function toPerson({ voice, bot, hasApp }: Parts, account: string, message: Outgoing, signal: AbortSignal) {
  return hasApp
    ? voice.toMember(account, message, signal)
    : connected(bot).send({ ...message, to: { account } }, signal)
}

/** What is for one person goes to the conversation with the app, where there is one; the room reads that it did. */
async function inBotRoom(
  parts: Parts,
  message: Outgoing,
  { room, onlyFor }: { readonly room: string; readonly onlyFor: string | undefined },
  signal: AbortSignal,
): Promise<SentAs> {
  const isPrivate = room.startsWith(`${BOT}@`)
  if (onlyFor === undefined || isPrivate || !parts.hasApp) return connected(parts.bot).send(message, signal)
  const sent = await parts.voice.toMember(onlyFor, message, signal)
  const said = { text: words.say(message.locale, 'answeredPrivately') }
  const { file: _, ...rest } = message
  const replyHandle = 'room' in message.to ? message.to.replyHandle : undefined
  const to = { room, ...(replyHandle === undefined ? {} : { replyHandle }) }
  // The answer has arrived. Whether the room learns of it does not matter enough to say it twice.
  await parts.bot
    ?.now()
    ?.send({ ...rest, key: `${message.key}:private`, message: said, to }, signal)
    .catch(() => {})
  return sent
}

function connected(bot: LazyBot | undefined): WecomBot {
  if (!bot)
    throw new PlatformError('gone', 'There is no WeCom smart bot: set WECOM_BOT_ID and WECOM_BOT_SECRET', {
      code: 'no_bot',
    })
  const made = bot.now()
  if (made) return made
  throw new PlatformError('not-sent', 'The connection of the WeCom smart bot is held by another process', {
    code: 'no_connection',
  })
}

async function edit(
  { voice, bot, hasApp }: Parts,
  sent: SentAs,
  message: Outgoing,
  signal: AbortSignal,
): Promise<SentAs> {
  const { way } = wayOf(sent.address)
  if (way === 'member' && hasApp) return voice.edit(sent, message, signal)
  const made = way === 'chat' || way === 'hook' ? undefined : connected(bot)
  if (made?.edit) return made.edit(sent, message, signal)
  throw new PlatformError('gone', 'WeCom changes nothing in a group', { code: 'no_edit' })
}
