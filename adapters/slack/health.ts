/** How it stands with Slack: whether it takes our token, and in Socket Mode whether we are connected. */
import type { HealthWords } from '#core/health.ts'
import { TOKEN_REFUSED } from './failures.ts'

export const HEALTH_WORDS: HealthWords = {
  fine: 'the token was not refused',
  again: 'the token is taken again',
  connected: 'connected in Socket Mode',
  notConnected: 'not connected in Socket Mode',
  isShutOut: ({ code }) => code !== undefined && TOKEN_REFUSED.has(code),
}
