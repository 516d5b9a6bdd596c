/** Environment → Config, once, strictly: the only reader of process.env. Every problem is listed with the thing, its value and the remedy. */
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import type { Instant } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import {
  type LarkSettings,
  readLark,
  readSlack,
  readWecom,
  realAddresses,
  type SlackSettings,
  type WecomSettings,
} from './config/platforms.ts'
import { type Environment, KNOWN, type Reader, reader } from './config/reader.ts'

export type { Environment } from './config/reader.ts'

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
  readonly lark: LarkSettings | undefined
  readonly wecom: WecomSettings | undefined
  /** What signs the sessions of form pages. Absent: the one that is made once in `dataDir`. */
  readonly secretKey: string | undefined
  readonly simulator: boolean
  /** Opens /metrics to others than loopback. */
  readonly opsToken: string | undefined
  /** True without any platform: the demonstration department. */
  readonly demonstration: boolean
}
const SECRET_KEY_CHARS_MIN = 32
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** The same Monday for everyone, so that the demonstration, its pictures and the README's path look the same every day. */
export const DEMONSTRATION_STARTS = '2026-09-28T09:00:00+08:00'

/** Prefixes that are ours alone: a misspelt name under them is an error, not something to ignore. */
const OURS = /^(SLACK|LARK|WECOM|BANZHANG)_/

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
  const lark = readLark(read, problems)
  const wecom = readWecom(read, problems)
  const hasPlatform = [slack, lark, wecom].some((settings) => settings !== undefined)
  const simulator = read.oneOf('SIMULATOR', ['on', 'off']) ?? (hasPlatform ? 'off' : 'on')
  if (!hasPlatform && simulator === 'off')
    problems.push(
      'SIMULATOR is off and no platform is configured: nobody could reach the bot. Set those of Slack (SLACK_BOT_TOKEN, …), Lark (LARK_APP_ID, …) or WeCom (WECOM_CORP_ID, …), or SIMULATOR=on.',
    )
  const clock = readClock(env, problems, !hasPlatform)
  if (clock.kind === 'rehearsal')
    for (const { platform, setting } of realAddresses({ slack, lark, wecom }))
      problems.push(
        `CLOCK is a rehearsal and ${platform} is the real one: people would get messages of another day. Unset CLOCK, or point ${setting} at a fake on loopback.`,
      )
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:'])
  const secretKey = readSecretKey(read, problems, hasPlatform && databaseUrl !== undefined)
  for (const name of Object.keys(env))
    if (OURS.test(name) && !(KNOWN as readonly string[]).includes(name)) problems.push(unknownName(name))
  const config: Config = {
    port: read.port('PORT') ?? 3000,
    host: read.text('HOST') ?? '127.0.0.1',
    publicUrl: read.url('PUBLIC_URL', ['https:', 'http:'])?.replace(/\/+$/, ''),
    dataDir: read.text('DATA_DIR') ?? 'data',
    databaseUrl,
    policyFile: read.file('POLICY_FILE'),
    peopleFile: read.file('PEOPLE_FILE'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS) ?? 'info',
    clock,
    slack,
    lark,
    wecom,
    secretKey,
    simulator: simulator === 'on',
    opsToken: read.text('OPS_TOKEN'),
    demonstration: !hasPlatform,
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

/** Processes that share a server must sign alike; beside the embedded database one is made. */
function readSecretKey(read: Reader, problems: string[], isNeeded: boolean): string | undefined {
  const key = read.text('SECRET_KEY')
  const make = 'make one: openssl rand -base64 48'
  if (key !== undefined && key.length < SECRET_KEY_CHARS_MIN)
    problems.push(`SECRET_KEY has ${key.length} characters; it needs ${SECRET_KEY_CHARS_MIN} or more: ${make}`)
  if (key === undefined && isNeeded)
    problems.push(`SECRET_KEY is missing beside DATABASE_URL: every process needs the same one; ${make}`)
  return key
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
  return `${name} is not a setting. Known are ${KNOWN.filter((known) => known.startsWith(name.slice(0, 5))).join(', ') || KNOWN.join(', ')}.`
}
