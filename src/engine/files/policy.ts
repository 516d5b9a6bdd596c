/** The `files` section of a policy: what people may send, how large, and how long it is kept. */
import { z } from 'zod'
import { DAY_MS, type Instant } from '#core/clock.ts'
import type { Ctx, PolicySection } from '../context.ts'
import { FILE_KINDS } from './kinds.ts'

const schema = z
  .strictObject({
    bytesMaxMiB: z.int().min(1).max(50).default(20).describe('The largest file that is taken, in MiB.'),
    kinds: z
      .array(z.enum(FILE_KINDS))
      .min(1)
      .default([...FILE_KINDS])
      .describe(
        'What is taken, told by content: picture (PNG, JPEG, GIF, WebP, HEIC), pdf, document (Word, PowerPoint, text), sheet (Excel, CSV). Programs, scripts, web pages and SVG never are.',
      ),
    keepDays: z
      .int()
      .min(1)
      .max(36_500)
      .default(1_095)
      .describe('Days after which the bytes are thrown away; that there was a file stays known.'),
  })
  .prefault({})

export const FilesPolicy = { section: 'files', schema } satisfies PolicySection<typeof schema>

const MIB = 1_048_576

/** The largest file that is taken, in bytes. */
export const bytesMaxOf = (ctx: Pick<Ctx, 'policy'>): number => ctx.policy(FilesPolicy).bytesMaxMiB * MIB

/** Until when a file that comes now is kept. @param from an instant; now when absent */
export function keepUntil(ctx: Pick<Ctx, 'policy' | 'clock'>, from: Instant = ctx.clock.now()): Instant {
  return from + ctx.policy(FilesPolicy).keepDays * DAY_MS
}

/** `3.4 MB`, `120 KB`: as people's machines count them. */
export function writeBytes(bytes: number): string {
  const tenths = (unit: number) => Math.round((bytes / unit) * 10) / 10
  return bytes >= MIB ? `${tenths(MIB)} MB` : `${Math.max(1, Math.round(bytes / 1_024))} KB`
}
