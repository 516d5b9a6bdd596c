/** The settings of each platform: whole sets, or what is missing of them. */
import { isLoopback, type Reader, type Setting } from './reader.ts'

/** By HTTP with signing secrets, by Socket Mode with the app-level token, by both with both. */
export interface SlackSettings {
  /** None with Socket Mode alone. */
  readonly signingSecrets: readonly string[]
  readonly botToken: string
  readonly appToken: string | undefined
  readonly apiUrl: string | undefined
}
/** By webhook with a verification token, by long connection without one. */
export interface LarkSettings {
  readonly appId: string
  readonly appSecret: string
  readonly verificationToken?: string
  readonly encryptKey?: string
  /** `feishu` in China, `lark` elsewhere, or the origin of a stand-in. */
  readonly domain: string
}
/** A self-built app, a smart bot, or both. */
export interface WecomSettings {
  readonly corpId?: string
  readonly app?: {
    readonly agentId: string
    readonly secret: string
    readonly token: string
    readonly encodingAesKey: string
  }
  readonly bot?: { readonly botId: string; readonly secret: string; readonly url?: string }
  /** Keys of group webhooks, by the name that the policy calls their room. */
  readonly webhooks: Readonly<Record<string, string>>
  readonly apiUrl?: string
}

export function readSlack(read: Reader, problems: string[]): SlackSettings | undefined {
  const secrets = read.text('SLACK_SIGNING_SECRET')
  const botToken = read.text('SLACK_BOT_TOKEN')
  const appToken = read.text('SLACK_APP_TOKEN')
  const apiUrl = read.url('SLACK_API_URL', ['https:', 'http:'])
  if (!secrets && !botToken && !appToken) {
    if (apiUrl)
      problems.push(
        'SLACK_API_URL is set, SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN) are not: set them, or unset it.',
      )
    return undefined
  }
  if (!secrets && !appToken)
    problems.push(
      'SLACK_SIGNING_SECRET is missing beside SLACK_BOT_TOKEN: copy it from “Basic Information” of your Slack app. Or, without a public address, set SLACK_APP_TOKEN (Socket Mode).',
    )
  if (!botToken)
    problems.push(
      `SLACK_BOT_TOKEN is missing beside ${[secrets && 'SLACK_SIGNING_SECRET', appToken && 'SLACK_APP_TOKEN'].filter(Boolean).join(' and ')}: copy the “Bot User OAuth Token” (xoxb-…) from “OAuth & Permissions”.`,
    )
  if (botToken && !/^(xoxe\.)?xoxb-/.test(botToken))
    problems.push(
      'SLACK_BOT_TOKEN does not begin with xoxb-: take the “Bot User OAuth Token”, not the app-level or the user token.',
    )
  if (appToken && !appToken.startsWith('xapp-'))
    problems.push(
      'SLACK_APP_TOKEN does not begin with xapp-: make an “App-Level Token” with the scope connections:write under “Basic Information”.',
    )
  if (apiUrl && !apiUrl.endsWith('/api/')) problems.push(`SLACK_API_URL is ${apiUrl}: it must end in /api/`)
  const signingSecrets = secrets?.split(',').map((secret) => secret.trim()) ?? []
  if (signingSecrets.length > 2 || signingSecrets.includes(''))
    problems.push('SLACK_SIGNING_SECRET holds one secret, or two separated by a comma while a rotation lasts.')
  return { signingSecrets, botToken: botToken ?? '', appToken, apiUrl }
}

export function readLark(read: Reader, problems: string[]): LarkSettings | undefined {
  const appId = read.text('LARK_APP_ID')
  const appSecret = read.text('LARK_APP_SECRET')
  const verificationToken = read.text('LARK_VERIFICATION_TOKEN')
  const encryptKey = read.text('LARK_ENCRYPT_KEY')
  const domain = read.text('LARK_DOMAIN')
  if (!appId && !appSecret) {
    const alone = { LARK_VERIFICATION_TOKEN: verificationToken, LARK_ENCRYPT_KEY: encryptKey, LARK_DOMAIN: domain }
    for (const [name, value] of Object.entries(alone))
      if (value) problems.push(`${name} is set, LARK_APP_ID and LARK_APP_SECRET are not: set them, or unset it.`)
    return undefined
  }
  const where = 'copy it from “Credentials & Basic Info” (凭证与基础信息) of your app.'
  if (!appId) problems.push(`LARK_APP_ID is missing beside LARK_APP_SECRET: ${where}`)
  if (!appSecret) problems.push(`LARK_APP_SECRET is missing beside LARK_APP_ID: ${where}`)
  if (appId && !/^cli_[0-9a-zA-Z]+$/.test(appId)) problems.push(`LARK_APP_ID is ${appId}: it begins with cli_.`)
  if (encryptKey && !verificationToken)
    problems.push(
      'LARK_VERIFICATION_TOKEN is missing beside LARK_ENCRYPT_KEY: copy it from “Events & Callbacks › Encryption Strategy” (加密策略). Without both, events come over the long connection.',
    )
  if (domain && domain !== 'feishu' && domain !== 'lark' && !isOrigin(domain))
    problems.push(`LARK_DOMAIN is ${domain}: write feishu, lark, or an origin as https://open.example.com`)
  return {
    appId: appId ?? '',
    appSecret: appSecret ?? '',
    ...(verificationToken ? { verificationToken } : {}),
    ...(encryptKey ? { encryptKey } : {}),
    domain: domain ?? 'feishu',
  }
}

const APP: readonly (readonly [Setting, string])[] = [
  ['WECOM_CORP_ID', '“My company › Company ID” (我的企业 › 企业ID)'],
  ['WECOM_AGENT_ID', 'the page of the app (AgentId)'],
  ['WECOM_SECRET', 'the page of the app (Secret)'],
  ['WECOM_TOKEN', '“Receive messages” of the app (接收消息 › Token)'],
  ['WECOM_ENCODING_AES_KEY', '“Receive messages” of the app (接收消息 › EncodingAESKey)'],
]

export function readWecom(read: Reader, problems: string[]): WecomSettings | undefined {
  const [corpId, agentId, secret, token, encodingAesKey] = APP.map(([name]) => read.text(name))
  const [botId, botSecret] = [read.text('WECOM_BOT_ID'), read.text('WECOM_BOT_SECRET')]
  const apiUrl = read.url('WECOM_API_URL', ['https:', 'http:'])
  const url = read.url('WECOM_BOT_URL', ['wss:', 'ws:'])
  const webhooks = readWebhooks(read.text('WECOM_WEBHOOKS'), problems)
  const hasApp = [corpId, agentId, secret, token, encodingAesKey].some(Boolean)
  const hasBot = Boolean(botId || botSecret)
  if (!hasApp && !hasBot) {
    for (const name of ['WECOM_API_URL', 'WECOM_BOT_URL', 'WECOM_WEBHOOKS'] as const)
      if (read.text(name))
        problems.push(
          `${name} is set, and neither the app (WECOM_CORP_ID, …) nor the smart bot (WECOM_BOT_ID) is: set one, or unset it.`,
        )
    return undefined
  }
  if (hasApp)
    for (const [name, where] of APP)
      if (!read.text(name)) problems.push(`${name} is missing beside the other WECOM_ settings: copy it from ${where}.`)
  if (agentId && !/^\d+$/.test(agentId)) problems.push(`WECOM_AGENT_ID is ${agentId}: it is a number, as 1000002.`)
  if (encodingAesKey && !/^[A-Za-z0-9]{43}$/.test(encodingAesKey))
    problems.push('WECOM_ENCODING_AES_KEY is not 43 letters and digits: copy it again from “Receive messages”.')
  if (hasBot && !botId)
    problems.push('WECOM_BOT_ID is missing beside WECOM_BOT_SECRET: copy it from the page of the smart bot.')
  if (hasBot && !botSecret)
    problems.push(
      'WECOM_BOT_SECRET is missing beside WECOM_BOT_ID: copy it from the page of the smart bot (long connection).',
    )
  if (url && !hasBot) problems.push('WECOM_BOT_URL is set, WECOM_BOT_ID is not: set it, or unset WECOM_BOT_URL.')
  if (apiUrl && !apiUrl.endsWith('/cgi-bin/')) problems.push(`WECOM_API_URL is ${apiUrl}: it must end in /cgi-bin/`)
  return {
    ...(corpId ? { corpId } : {}),
    ...(agentId && secret && token && encodingAesKey ? { app: { agentId, secret, token, encodingAesKey } } : {}),
    ...(botId && botSecret ? { bot: { botId, secret: botSecret, ...(url ? { url } : {}) } } : {}),
    webhooks,
    ...(apiUrl ? { apiUrl } : {}),
  }
}

/** `team=693a91f6-…,second=…` */
function readWebhooks(text: string | undefined, problems: string[]): Readonly<Record<string, string>> {
  const entries = (text ?? '').split(',').map((entry) => entry.trim())
  const webhooks: Record<string, string> = {}
  for (const entry of entries) {
    if (entry === '') continue
    const [, name, key] = /^([a-z][a-z0-9-]*)\s*=\s*([\w-]+)$/.exec(entry) ?? []
    // The key is a secret: whoever has it may post to the group.
    if (name === undefined || key === undefined)
      problems.push(
        `WECOM_WEBHOOKS: entry ${entries.indexOf(entry) + 1} is not name=key; write the key alone, not its address, as team=693a91f6-….`,
      )
    else if (Object.hasOwn(webhooks, name)) problems.push(`WECOM_WEBHOOKS names ${name} twice.`)
    else webhooks[name] = key
  }
  return webhooks
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { origin, protocol } = new URL(value)
  return ['http:', 'https:'].includes(protocol) && origin === value.replace(/\/$/, '')
}

/** Does anything of these reach people? Rehearsal refuses that. By the name of the setting that would point elsewhere. */
export function realAddresses(all: {
  slack: SlackSettings | undefined
  lark: LarkSettings | undefined
  wecom: WecomSettings | undefined
}): readonly { readonly platform: string; readonly setting: Setting }[] {
  const { slack, lark, wecom } = all
  const real: { platform: string; setting: Setting }[] = []
  if (slack && !isLoopback(slack.apiUrl)) real.push({ platform: 'Slack', setting: 'SLACK_API_URL' })
  if (lark && !(isOrigin(lark.domain) && isLoopback(lark.domain)))
    real.push({ platform: 'Lark', setting: 'LARK_DOMAIN' })
  if (wecom && (wecom.app || Object.keys(wecom.webhooks).length > 0) && !isLoopback(wecom.apiUrl))
    real.push({ platform: 'WeCom', setting: 'WECOM_API_URL' })
  if (wecom?.bot && !isLoopback(wecom.bot.url)) real.push({ platform: 'WeCom', setting: 'WECOM_BOT_URL' })
  return real
}
