/** How it stands with Lark: whether it takes our credentials, and with a long connection whether we are connected. */
import type { HealthWords } from '#core/health.ts'
import { isCredentialRefused } from './failures.ts'

export const HEALTH_WORDS: HealthWords = {
  fine: 'the credentials were not refused',
  again: 'the credentials are taken again',
  connected: 'connected by long connection',
  notConnected: 'not connected',
  isShutOut: ({ code }) => isCredentialRefused(code),
}
