/** What the WeCom adapter is given. It reads no environment: whoever starts it does. */
import { z } from 'zod'
import { ConfigError } from '#core/errors.ts'

/** One self-built app (自建应用): https://developer.work.weixin.qq.com/document/path/90226. */
export interface WecomApp {
  /** Digits alone. */
  readonly agentId: string
  readonly secret: string
  /** Of "receive messages" (接收消息): what WeCom signs its calls with. */
  readonly token: string
  /** 43 characters: the key that its calls are encrypted with. */
  readonly encodingAesKey: string
}
export interface WecomBotConfig {
  readonly botId: string
  readonly secret: string
  /** Where it connects to; WeCom's own when absent. */
  readonly url?: string
}

/** An app, a smart bot, or both. */
export interface WecomConfig {
  /** Needed by the app. */
  readonly corpId?: string
  readonly app?: WecomApp
  readonly bot?: WecomBotConfig
  /** Keys of groups' message pushes (webhooks), by the names that channels call them by: `hook:NAME`. */
  readonly webhooks: Readonly<Record<string, string>>
  /** Ends in `/cgi-bin/`. WeCom's own when absent. */
  readonly apiUrl?: string
}

export const API_URL = 'https://qyapi.weixin.qq.com/cgi-bin/'

const schema = z.strictObject({
  corpId: z.string().min(1).optional(),
  app: z
    .strictObject({
      agentId: z.string().regex(/^\d{1,12}$/),
      secret: z.string().min(1),
      token: z.string().min(1).max(32),
      encodingAesKey: z.string().regex(/^[A-Za-z0-9+/]{43}$/),
    })
    .optional(),
  bot: z
    .strictObject({
      botId: z.string().min(1),
      secret: z.string().min(1),
      url: z.url({ protocol: /^wss?$/ }).optional(),
    })
    .optional(),
  webhooks: z.record(z.string().regex(/^[^\s:]{1,64}$/), z.string().regex(/^[\w-]{8,128}$/)),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .endsWith('/cgi-bin/')
    .optional(),
})

const REMEDIES: Readonly<Record<string, string>> = {
  corpId: 'give the enterprise id (企业ID) from "My enterprise" of the admin console',
  app: 'give an app, a smart bot, or both',
  'app.agentId': 'give the AgentId of the app, a number',
  'app.secret': 'give the Secret of the app',
  'app.token': 'give the Token of "receive messages" (接收消息) of the app, at most 32 letters and digits',
  'app.encodingAesKey': 'give the EncodingAESKey of "receive messages" (接收消息) of the app, 43 letters and digits',
  'bot.botId': 'give the Bot ID of the smart bot',
  'bot.secret': 'give the Secret of the smart bot',
  'bot.url': 'give an address that begins with wss://, or leave it out',
  webhooks: 'give each webhook as name=key: a name without spaces and colons, and the part of its address after key=',
  apiUrl: 'give an address that ends in /cgi-bin/, or leave it out',
}

/** Checks a configuration. Throws `ConfigError` that names each wrong setting and its remedy; secrets are never repeated. */
export function checkConfig(config: WecomConfig): void {
  const { error } = schema.safeParse(config)
  const wrong = new Set(error?.issues.map(({ path }) => path.slice(0, path[0] === 'webhooks' ? 1 : 2).join('.')))
  if (config.app && config.corpId === undefined) wrong.add('corpId')
  if (!config.app && !config.bot) wrong.add('app')
  if (wrong.size === 0) return
  throw new ConfigError(
    [...wrong].map((setting) => `wecom.${setting} cannot be used: ${REMEDIES[setting] ?? 'no such setting'}`),
  )
}

/** Is every address on this machine? What is sent anywhere else is taken for being read by people. */
export function reachesPeople({ app, bot, webhooks, apiUrl = API_URL }: WecomConfig): boolean {
  const usesApi = app !== undefined || Object.keys(webhooks).length > 0
  return (usesApi && !isLoopback(apiUrl)) || (bot !== undefined && !(bot.url !== undefined && isLoopback(bot.url)))
}

function isLoopback(address: string): boolean {
  const { hostname } = new URL(address)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
