/** What the Slack adapter is given. It reads no environment: whoever starts it does. */
import { z } from 'zod'
import { ConfigError } from '#core/errors.ts'

const schema = z.strictObject({
  signingSecrets: z.array(z.string().min(1)).max(2),
  // With token rotation on, Slack puts xoxe. before it.
  botToken: z.string().regex(/^(xoxe\.)?xoxb-/),
  appToken: z
    .string()
    .regex(/^xapp-/)
    .optional(),
  /** Ends in `/api/`. Slack's own when absent. */
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .endsWith('/')
    .optional(),
})

/** With signing secrets Slack can call us, with an app-level token we connect to it; with both, both doors are open. */
export interface SlackConfig {
  /** One secret, or two while it is being rotated: the former stays valid for 24 h. None with Socket Mode alone. */
  readonly signingSecrets: readonly string[]
  readonly botToken: string
  /** Socket Mode. */
  readonly appToken?: string
  readonly apiUrl?: string
}

const remedies: Readonly<Record<string, string>> = {
  signingSecrets:
    'give one signing secret (two while it is rotated), from "Basic Information" of the app, or an app-level token for Socket Mode',
  botToken: 'give the bot token that starts with xoxb-, from "OAuth & Permissions" of the app',
  appToken: 'give the app-level token that starts with xapp-, from "Basic Information" of the app, or leave it out',
  apiUrl: 'give an address that ends in /api/, or leave it out',
}

/** Checks a configuration. Throws `ConfigError` that names each wrong setting and its remedy; secrets are never repeated. */
export function checkConfig(config: SlackConfig): void {
  const { error } = schema.safeParse(config)
  const noDoor = config.signingSecrets.length === 0 && config.appToken === undefined
  const wrong = new Set(error?.issues.map((issue) => String(issue.path[0] ?? '')))
  if (noDoor) wrong.add('signingSecrets')
  if (wrong.size === 0) return
  throw new ConfigError(
    [...wrong].map((setting) => `slack.${setting} cannot be used: ${remedies[setting] ?? 'no such setting'}`),
  )
}

/** Is the address Slack's, so that what is sent there is read by people? False on loopback only. */
export function reachesPeople(apiUrl: string | undefined): boolean {
  if (apiUrl === undefined) return true
  const { hostname } = new URL(apiUrl)
  return !(hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname))
}
