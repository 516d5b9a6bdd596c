/** Backups that make themselves: one file a day in a folder of their own, the oldest thrown away. */
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { type Instant, realNow } from '#core/clock.ts'
import { contract } from '#core/contract.ts'
import { appendLine } from '../audit/lines.ts'
import { type MadeBackup, makeBackup, UNFINISHED } from '../db/backup.ts'
import type { Database, Tx } from '../db/transaction.ts'
import { type JobHandler, job, type Schedule } from '../feature.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { messages } from './i18n.ts'
import { AdministrationPolicy } from './policy.ts'
import { markBackup } from './repository.ts'

export interface BackupPlace {
  readonly db: Database
  /** Where backups go that nobody gives a place. */
  readonly folder: string
  /** Every day at 03:00, seven kept, where the policy says nothing. */
  readonly isDaily: boolean
}

export const BackUp = contract(
  'administration.back-up',
  z.strictObject({
    keep: z.int().min(1),
    /** When it was to be made. */
    due: z.int(),
    late: z.boolean(),
  }),
)

export const ENDING = '.banzhang.gz'
const DAILY = { at: '03:00', keep: 7 }
const PREPARE_MS_MAX = 10 * 60_000

/** `daily-20261122T030000000Z.banzhang.gz`, in UTC: names are in the order of time. @param label tells who made it */
export function backupName(label: string, at: Instant): string {
  const stamp = new Date(at).toISOString().replaceAll(/[-:.]/g, '')
  return `${label}-${stamp}${ENDING}`
}

/** When they are made: as the policy says, or daily where that is the default. */
export function backupSchedule({ isDaily }: Pick<BackupPlace, 'isDaily'>): Schedule {
  return {
    job: BackUp,
    entries(policy) {
      const { backup = isDaily ? DAILY : 'off' } = policy.section(AdministrationPolicy)
      if (backup === 'off') return []
      const [hour = 0, minute = 0] = backup.at.split(':').map(Number)
      return [
        {
          name: 'administration.backup',
          title: { 'zh-CN': messages.say('zh-CN', 'job.backup'), en: messages.say('en', 'job.backup') },
          rule: { cron: `${minute} ${hour} * * *` },
          zone: policy.section(OrganisationPolicy).zone,
          // A machine that slept makes one when it wakes; yesterday's is of no use once today's is due.
          catchUp: { missed: 'once', freshForMinutes: 1_439 },
          payload: { keep: backup.keep },
        },
      ]
    },
  }
}

/** Made before the job's own transaction, which only writes down that it is whole. */
export function backupJob({ db, folder }: BackupPlace): JobHandler {
  return job({
    on: BackUp,
    title: { 'zh-CN': messages.say('zh-CN', 'job.backup'), en: messages.say('en', 'job.backup') },
    attemptsMax: 5,
    prepareMsMax: PREPARE_MS_MAX,
    async prepare({ clock }, { keep, due }) {
      const file = path.join(folder, backupName('daily', due))
      // A process that ended before it was written down has left it: it is made again.
      await rm(file, { force: true })
      await clearUnfinished(folder)
      const at = { clock: clock.now(), real: realNow() }
      const made = await makeBackup(db, file, at)
      await keepNewest(folder, keep)
      return { made, at }
    },
    async run(ctx, _, { made, at }) {
      await noteBackup(ctx, made, { at: at.clock, realAt: at.real, actor: 'schedule' })
    },
  })
}

/** Writes down that a backup is finished, with a line in the audit log. */
export async function noteBackup(
  { sql }: Pick<Tx, 'sql'>,
  { file, bytes, sha256, rows }: MadeBackup,
  { at, realAt, actor }: { readonly at: Instant; readonly realAt: Instant; readonly actor: string },
): Promise<void> {
  await markBackup(sql, { at, realAt, bytes, sha256, rows })
  const data = { file: path.basename(file), bytes, sha256, rows, by: actor }
  await appendLine(sql, { at, actorId: null, action: 'administration.backed-up', subject: 'database', data })
}

/** What a process that was ended in the middle of one has left: nobody finishes it, and it may be what fills the disk. */
async function clearUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names)
    if (name.startsWith('daily-') && name.endsWith(UNFINISHED)) await rm(path.join(folder, name), { force: true })
}

/** Of the daily ones alone: what somebody made by hand is theirs to throw away. Their names are in the order of time. */
async function keepNewest(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('daily-') && name.endsWith(ENDING)).toSorted()
  for (const name of names.slice(0, -keep)) await rm(path.join(folder, name), { force: true })
}
