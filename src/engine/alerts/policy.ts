/** The `administration:` section of a policy file: who is told when something is wrong, and how often a backup is made. */
import { z } from 'zod'
import type { PolicySection } from '../context.ts'
import { channelRef } from '../policy/references.ts'

const backup = z.strictObject({
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as HH:MM, from 00:00 to 23:59')
    .default('03:00')
    .describe("When it is made every day, in the organisation's zone."),
  keep: z.int().min(1).max(365).default(7).describe('How many of them are kept; older ones are deleted.'),
})

const schema = z
  .strictObject({
    channel: channelRef
      .optional()
      .describe('Where administrators are told; without it everybody with administration.told is told by themselves.'),
    lateAfterMinutes: z
      .int()
      .min(5)
      .max(1_440)
      .default(15)
      .describe('How long after its time work may wait before administrators are told.'),
    backupWithinDays: z
      .int()
      .min(0)
      .max(90)
      .default(7)
      .describe('Without a backup for longer administrators are told; 0 switches that off.'),
    backup: z
      .union([z.literal('off'), backup])
      .optional()
      .describe('Backups that are made by themselves; on the embedded database every day at 03:00 when absent.'),
  })
  .prefault({})

export const AdministrationPolicy = {
  section: 'administration',
  schema,
} satisfies PolicySection<typeof schema>
export type Administration = z.output<typeof schema>
