/** Administration as a feature: its section of the policy, its permission, its backups, and what its cards look like. */
import { defineFeature, type Feature, view } from '../feature.ts'
import { TOLD } from './alerts.ts'
import { type BackupPlace, backupJob, backupSchedule } from './backups.ts'
import { alertCard, overCard } from './cards.ts'
import { messages } from './i18n.ts'
import { AdministrationPolicy } from './policy.ts'
import type { AlertFacts, AlertKind } from './watch.ts'

const openedAt = Date.parse('2026-11-02T09:12:00+08:00')
const SAMPLES: Readonly<Record<AlertKind, AlertFacts>> = {
  'outbox.dead': { platform: 'slack', count: 3 },
  'inbox.parked': { count: 1, reference: 'E12' },
  'jobs.failed': { count: 1, job: 'leave.remind' },
  'jobs.late': { count: 4, minutes: 15, job: 'leave.remind' },
  'platform.down': { platform: 'slack', detail: 'token_revoked' },
  'calendar.missing': { year: '2027' },
  'backup.missing': { days: 7, last: Date.parse('2026-10-25T03:00:00+08:00') },
}

/** @param place where backups go; without one none is made by itself */
export function administrationFeature(place?: BackupPlace): Feature {
  return defineFeature({
    name: 'administration',
    policy: AdministrationPolicy,
    permissions: {
      [TOLD]: { 'zh-CN': messages.say('zh-CN', 'permission.told'), en: messages.say('en', 'permission.told') },
    },
    jobs: place ? [backupJob(place)] : [],
    schedules: place ? [backupSchedule(place)] : [],
    views: [
      ...(Object.entries(SAMPLES) as [AlertKind, AlertFacts][]).map(([kind, facts]) =>
        view(`administration.${kind}`, (reader) => ({ card: alertCard(reader, { kind, facts, openedAt }) })),
      ),
      view('administration.over', (reader) => ({
        card: overCard(
          reader,
          { kind: 'platform.down', facts: SAMPLES['platform.down'], openedAt },
          openedAt + 95 * 60_000,
        ),
      })),
    ],
  })
}
