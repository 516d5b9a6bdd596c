/** Environment → Config, once, strictly: the only reader of process.env. Every problem is listed with the thing, its value and the remedy. */
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import type { Instant } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'

export interface Config {
  readonly port: number
  readonly host: string
  /** Where the platforms reach this server, without a slash at the end; absent without a platform. */
  readonly publicUrl: string | undefined
  readonly dataDir: string
  /** Absent: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** Absent: the demonstration's files without a platform, the default policy and nobody with one. */
  readonly policyFile: string | undefined
  readonly peopleFile: string | undefined
  readonly logLevel: (typeof LOG_LEVELS)[number]
  /** Rehearsal begins at `startsAt`, an instant with the offset it was written in. */
  readonly clock: { readonly kind: 'real' } | { readonly kind: 'rehearsal'; readonly startsAt: Instant }
  readonly slack: SlackSettings | undefined
  readonly simulator: boolean
  /** Opens /metrics to others than loopback. */
  readonly opsToken: string | undefined
  /** True without any platform: the demonstration department. */
  readonly demonstration: boolean
}
/** By HTTP with signing secrets, by Socket Mode with the app-level token, by both with both. */
export interface SlackSettings {
  /** None with Socket Mode alone. */
  readonly signingSecrets: readonly string[]
  readonly botToken: string
  readonly appToken: string | undefined
  readonly apiUrl: string | undefined
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** The same Monday for everyone, so that the demonstration, its pictures and the README's path look the same every day. */
export const DEMONSTRATION_STARTS = '2026-09-28T09:00:00+08:00'

const KNOWN = [
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'DATA_DIR',
  'DATABASE_URL',
  'POLICY_FILE',
  'PEOPLE_FILE',
  'LOG_LEVEL',
  'CLOCK',
  'SIMULATOR',
  'OPS_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_API_URL',
] as const
/** Prefixes that are ours alone: a misspelt name under them is an error, not something to ignore. */
const OURS = /^(SLACK|LARK|WECOM|BANZHANG)_/

export type Environment = Readonly<Record<string, string | undefined>>

/** The process's environment, completed by `.env` in the working directory where there is one; what is set already wins. */
export function environment(file = '.env'): Environment {
  if (existsSync(file)) loadEnvFile(file)
  return process.env
}

/**
 * @throws ConfigError with every problem
 */
export function readConfig(env: Environment): Config {
  const problems: string[] = []
  const read = reader(env, problems)
  const slack = readSlack(read, problems)
  const simulator = read.oneOf('SIMULATOR', ['on', 'off']) ?? (slack ? 'off' : 'on')
  if (!slack && simulator === 'off')
    problems.push(
      'SIMULATOR is off and no platform is configured: nobody could reach the bot. Set SLACK_BOT_TOKEN with SLACK_SIGNING_SECRET or SLACK_APP_TOKEN, or SIMULATOR=on.',
    )
  const clock = readClock(env, problems, slack === undefined)
  if (clock.kind === 'rehearsal' && slack && !isLoopback(slack.apiUrl))
    problems.push(
      'CLOCK is a rehearsal and Slack is the real one: people would get messages of another day. Unset CLOCK, or point SLACK_API_URL at a fake on loopback.',
    )
  for (const name of Object.keys(env))
    if (OURS.test(name) && !(KNOWN as readonly string[]).includes(name)) problems.push(unknownName(name))
  const config: Config = {
    port: read.port('PORT') ?? 3000,
    host: read.text('HOST') ?? '127.0.0.1',
    publicUrl: read.url('PUBLIC_URL', ['https:', 'http:'])?.replace(/\/+$/, ''),
    dataDir: read.text('DATA_DIR') ?? 'data',
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    policyFile: read.file('POLICY_FILE'),
    peopleFile: read.file('PEOPLE_FILE'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS) ?? 'info',
    clock,
    slack,
    simulator: simulator === 'on',
    opsToken: read.text('OPS_TOKEN'),
    demonstration: slack === undefined,
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

function readSlack(read: Reader, problems: string[]): SlackSettings | undefined {
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

function readClock(env: Environment, problems: string[], demonstration: boolean): Config['clock'] {
  const value = env['CLOCK']?.trim()
  if (!value)
    return demonstration ? { kind: 'rehearsal', startsAt: Date.parse(DEMONSTRATION_STARTS) } : { kind: 'real' }
  if (value === 'real') return { kind: 'real' }
  const start = /^rehearsal:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2}))$/.exec(value)?.[1]
  const startsAt = start ? Date.parse(start) : Number.NaN
  if (Number.isNaN(startsAt)) problems.push(`CLOCK is ${value}: write real, or rehearsal:${DEMONSTRATION_STARTS}`)
  return { kind: 'rehearsal', startsAt }
}

function unknownName(name: string): string {
  if (/^(LARK|WECOM)_/.test(name)) return `${name} is set: this version speaks Slack and the simulator; unset it.`
  return `${name} is not a setting. Known are ${KNOWN.filter((known) => known.startsWith(name.slice(0, 5))).join(', ') || KNOWN.join(', ')}.`
}

export function isLoopback(url: string | undefined): boolean {
  if (!url) return false
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

type Reader = ReturnType<typeof reader>
function reader(env: Environment, problems: string[]) {
  const text = (name: (typeof KNOWN)[number]) => env[name]?.trim() || undefined
  return {
    text,
    port(name: (typeof KNOWN)[number]) {
      const value = text(name)
      if (value === undefined) return undefined
      if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
        problems.push(`${name} is ${value}: write a port from 0 to 65535 (0 takes a free one).`)
      return Number(value)
    },
    url(name: (typeof KNOWN)[number], protocols: readonly string[]) {
      const value = text(name)
      if (value === undefined) return undefined
      if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
        problems.push(`${name} is not an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`)
      return value
    },
    oneOf<const T extends string>(name: (typeof KNOWN)[number], allowed: readonly T[]): T | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (!(allowed as readonly string[]).includes(value))
        problems.push(`${name} is ${value}: write ${allowed.join(', ')}.`)
      return value as T
    },
    file(name: (typeof KNOWN)[number]) {
      const value = text(name)
      if (value !== undefined && !existsSync(value)) problems.push(`${name} is ${value}: there is no such file.`)
      return value
    },
  }
}
