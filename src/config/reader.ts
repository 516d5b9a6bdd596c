/** One setting at a time, each problem with the name, the value and the remedy. */
import { existsSync } from 'node:fs'

export type Environment = Readonly<Record<string, string | undefined>>

export const KNOWN = [
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'DATA_DIR',
  'DATABASE_URL',
  'POLICY_FILE',
  'PEOPLE_FILE',
  'SECRET_KEY',
  'LOG_LEVEL',
  'CLOCK',
  'SIMULATOR',
  'OPS_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_API_URL',
  'LARK_APP_ID',
  'LARK_APP_SECRET',
  'LARK_VERIFICATION_TOKEN',
  'LARK_ENCRYPT_KEY',
  'LARK_DOMAIN',
  'WECOM_CORP_ID',
  'WECOM_AGENT_ID',
  'WECOM_SECRET',
  'WECOM_TOKEN',
  'WECOM_ENCODING_AES_KEY',
  'WECOM_API_URL',
  'WECOM_BOT_ID',
  'WECOM_BOT_SECRET',
  'WECOM_BOT_URL',
  'WECOM_WEBHOOKS',
] as const
export type Setting = (typeof KNOWN)[number]

export function isLoopback(url: string | undefined): boolean {
  if (!url) return false
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

export type Reader = ReturnType<typeof reader>
export function reader(env: Environment, problems: string[]) {
  const text = (name: Setting) => env[name]?.trim() || undefined
  return {
    text,
    port(name: Setting) {
      const value = text(name)
      if (value === undefined) return undefined
      if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
        problems.push(`${name} is ${value}: write a port from 0 to 65535 (0 takes a free one).`)
      return Number(value)
    },
    url(name: Setting, protocols: readonly string[]) {
      const value = text(name)
      if (value === undefined) return undefined
      if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
        problems.push(`${name} is not an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`)
      return value
    },
    oneOf<const T extends string>(name: Setting, allowed: readonly T[]): T | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (!(allowed as readonly string[]).includes(value))
        problems.push(`${name} is ${value}: write ${allowed.join(', ')}.`)
      return value as T
    },
    file(name: Setting) {
      const value = text(name)
      if (value !== undefined && !existsSync(value)) problems.push(`${name} is ${value}: there is no such file.`)
      return value
    },
  }
}
