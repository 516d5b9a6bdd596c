/** What a backup file is: gzip over lines of JSON, told in docs/decisions/013-backup-format.md. */
import { z } from 'zod'

/** Of the file; another one is another format, which this program refuses. */
export const FORMAT = 1
/** Longer lines are not ours: a page is about half a million characters, or one row. */
export const LINE_CHARS_MAX = 256_000_000

const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)

/** The first line. */
export const headerSchema = z.strictObject({
  banzhang: z.literal('backup'),
  format: z.int(),
  /** By the clock, which may be rehearsed, and in real time. */
  madeAt: z.iso.datetime(),
  realAt: z.iso.datetime(),
  /** What had been applied, oldest first. */
  migrations: z.array(z.strictObject({ name: z.string(), checksum: z.string() })),
  /** In an order in which each comes after those it points at. */
  tables: z.array(z.strictObject({ name, columns: z.array(name).min(1), rows: z.int().min(0) })),
  /** The number each sequence gave last; absent ones have given none. */
  sequences: z.array(z.strictObject({ name, last: z.string().regex(/^\d{1,19}$/) })),
})
export type BackupHeader = z.output<typeof headerSchema>

/** Before each page: whose rows follow, in the next line, as a JSON array of arrays of texts in the order of the columns. */
export const pageSchema = z.strictObject({ table: name, rows: z.int().min(1) })

/** The last line. */
export const endSchema = z.strictObject({
  end: z.literal(true),
  rows: z.int().min(0),
  /** Over every byte before this line. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** A name of ours as SQL takes it. */
export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`
