/** What the metrics tell of a running app: what waits, what is wrong, and how old the newest backup is. */
import { realNow } from '#core/clock.ts'
import type { Platform } from '#core/platform.ts'
import type { App } from './app.ts'
import type { Reading } from './http/metrics.ts'

export function measuresOf(app: App, platforms: readonly Platform[]): readonly Reading[] {
  return [
    {
      name: 'rows',
      help: 'Rows by queue and state: what waits, and what needs attention (dead, unknown, failed, parked).',
      label: 'queue',
      read: () => app.rows(),
    },
    {
      name: 'overdue_seconds',
      help: 'By queue: for how long the oldest row that is due has waited, by the clock; 0 when nothing is late.',
      label: 'queue',
      read: () => app.overdueSeconds(),
    },
    {
      name: 'alerts_open',
      help: 'Alerts that hold now, by kind; administrators were told of each.',
      label: 'kind',
      read: () => app.openAlerts(),
    },
    {
      name: 'platform_healthy',
      help: '1 while the platform takes our credentials and, where there is one, its connection stands; 0 otherwise.',
      label: 'platform',
      read: async () =>
        Object.fromEntries(
          platforms.flatMap((platform) => {
            const health = platform.health?.()
            return health ? [[platform.name, health.ok ? 1 : 0]] : []
          }),
        ),
    },
    {
      name: 'backup_age_seconds',
      help: 'Real time since the newest backup; absent when there is none.',
      label: 'database',
      read: async () => {
        const madeAt = await app.newestBackupAt()
        return madeAt === undefined ? {} : { banzhang: Math.round((realNow() - madeAt) / 1000) }
      },
    },
  ]
}
