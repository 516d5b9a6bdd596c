/** What the Lark adapter is given. It reads no environment: whoever starts it does. */
import { z } from 'zod'
import { ConfigError } from '#core/errors.ts'

/** With a verification token Lark calls us by HTTP; without one we keep a connection open to it. */
export interface LarkConfig {
  /** `cli_` and 16 hexadecimal digits: "Credentials & Basic Info" of the app. */
  readonly appId: string
  readonly appSecret: string
  /** "Events & Callbacks" → "Encryption Strategy". */
  readonly verificationToken?: string
  /** From the same page; every call is then signed and encrypted. Of no use without the verification token. */
  readonly encryptKey?: string
  /** `feishu` (open.feishu.cn) when absent, `lark` (open.larksuite.com), or an origin such as `http://127.0.0.1:4000`. */
  readonly domain?: string
}

const schema = z.strictObject({
  // The SDK's connection silently does nothing for an id of another shape.
  appId: z.string().regex(/^cli_[0-9a-fA-F]{16}$/),
  appSecret: z.string().min(1),
  verificationToken: z.string().min(1).optional(),
  encryptKey: z.string().min(1).optional(),
  domain: z
    .string()
    .refine((domain) => domain in ORIGINS || isOrigin(domain))
    .optional(),
})

const ORIGINS: Readonly<Record<string, string>> = {
  feishu: 'https://open.feishu.cn',
  lark: 'https://open.larksuite.com',
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, '')
}

const remedies: Readonly<Record<string, string>> = {
  appId:
    'give the App ID, cli_ and 16 hexadecimal digits, from "Credentials & Basic Info" of the app in the developer console',
  appSecret: 'give the App Secret from the same page',
  verificationToken: 'give the Verification Token from "Events & Callbacks", "Encryption Strategy", or leave it out',
  encryptKey: 'give the Encrypt Key together with the Verification Token beside it, or leave it out',
  domain: 'give feishu, lark, or an origin such as http://127.0.0.1:4000, or leave it out for feishu',
}

/** Checks a configuration. Throws `ConfigError` that names each wrong setting and its remedy; secrets are never repeated. */
export function checkConfig(config: LarkConfig): void {
  const { error } = schema.safeParse(config)
  const wrong = new Set(error?.issues.map((issue) => String(issue.path[0] ?? '')))
  // Over a connection nothing is encrypted: a key alone was meant for a webhook whose token is missing.
  if (config.encryptKey !== undefined && config.verificationToken === undefined) wrong.add('encryptKey')
  if (wrong.size === 0) return
  throw new ConfigError(
    [...wrong].map((setting) => `lark.${setting} cannot be used: ${remedies[setting] ?? 'no such setting'}`),
  )
}

/** Where its calls go, without a slash at the end. */
export function originOf(domain: string | undefined): string {
  return ORIGINS[domain ?? 'feishu'] ?? new URL(domain ?? '').origin
}

/** Is the address Lark's, so that what is sent there is read by people? False on loopback only. */
export function reachesPeople(domain: string | undefined): boolean {
  const { hostname } = new URL(originOf(domain))
  return !(hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname))
}
