/** The log: lines of JSON on stderr, without a secret in them whatever an error carries. */
import pino from 'pino'
import type { Config } from './config.ts'

const MASK = '…'
/** What tokens look like, wherever they turn up: Slack's, bearer headers, a password in an address, a signed query. */
const SECRETS: readonly [RegExp, string][] = [
  [/\bx(?:ox[a-z]|app|oxe\.xox[a-z])-[\w-]+/gi, MASK],
  [/\bhooks\.slack\.com\/[^\s"']+/gi, `hooks.slack.com/${MASK}`],
  [/\b(Bearer\s+)[\w.~+/=-]+/g, `$1${MASK}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]+@/gi, `$1${MASK}@`],
  [/(\/forms\/)(?!p\/)[\w-]{16,}/g, `$1${MASK}`],
  [/([?&](?:access_)?(?:token|secret|corpsecret|key|ticket|signature)=)[^&\s"']+/gi, `$1${MASK}`],
]

/** Without what looks like a secret. */
export function masked(text: string): string {
  return SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text)
}

/** Of an error only what helps to find it: SDKs hang whole requests on theirs, with headers. */
function errorFacts(error: unknown, deep = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: masked(String(error)) }
  const { code, kind } = error as { code?: unknown; kind?: unknown }
  return {
    type: error.name,
    message: masked(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof kind === 'string' ? { kind } : {}),
    stack: masked(error.stack ?? ''),
    ...(error.cause !== undefined && deep < 3 ? { cause: errorFacts(error.cause, deep + 1) } : {}),
  }
}

/** Plain data without what looks like a secret, so deep; what is deeper is not written. */
const FACTS_DEEP_MAX = 4

function maskedFacts(data: Record<string, unknown>, deep = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskedFact(value, deep)]))
}

function maskedFact(value: unknown, deep: number): unknown {
  if (typeof value === 'string') return masked(value)
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  if (deep >= FACTS_DEEP_MAX) return MASK
  return Array.isArray(value)
    ? value.map((one) => maskedFact(one, deep + 1))
    : maskedFacts(value as Record<string, unknown>, deep + 1)
}

/** @param destination where the lines go; stderr when absent, written at once, so that none is lost when the process ends */
export function createLog(
  level: Config['logLevel'],
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: true }),
): pino.Logger {
  return pino(
    {
      level,
      redact: ['*.token', '*.botToken', '*.appToken', '*.signingSecrets', '*.headers.authorization'],
      serializers: { err: (error: unknown) => errorFacts(error) },
      formatters: {
        log: (data) => maskedFacts(data),
      },
    },
    destination,
  )
}
