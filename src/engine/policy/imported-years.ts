/** The rows of imported years: of each year the newest holds. */
import { createHash } from 'node:crypto'
import type { Instant } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'
import { type ImportedYear, importedYearSchema, writtenYear } from './calendar.ts'

/** The newest row of all: every import raises `id`; the same one with another hash is of another database. */
export interface YearsMark {
  /** 0 when there is none. */
  readonly id: number
  readonly hash: string
}
export interface ImportedYears {
  readonly mark: YearsMark
  readonly years: readonly ImportedYear[]
}

/** Small: asked every second. */
export async function newestMark({ sql }: Tx): Promise<YearsMark> {
  const [row] = await sql<YearsMark>('SELECT id, hash FROM calendar_year ORDER BY id DESC LIMIT 1')
  return row ?? { id: 0, hash: '' }
}

/** What holds, by year. Throws for a row that this program does not read. */
export async function importedYears(tx: Tx): Promise<ImportedYears> {
  const mark = await newestMark(tx)
  const rows = await tx.sql<{ content: unknown }>(
    'SELECT DISTINCT ON (year) content FROM calendar_year WHERE id <= $1 ORDER BY year, id DESC',
    [mark.id],
  )
  return { mark, years: rows.map(({ content }) => importedYearSchema.parse(content)) }
}

/** False when this very year holds already. */
export async function insertYear(tx: Tx, year: ImportedYear, by: string, at: Instant): Promise<boolean> {
  const content = JSON.stringify(writtenYear(year))
  const hash = createHash('sha256').update(content).digest('hex')
  // Two imports at once must not both find the other's row missing.
  await tx.sql('LOCK TABLE calendar_year IN SHARE ROW EXCLUSIVE MODE')
  const [newest] = await tx.sql<{ hash: string }>(
    'SELECT hash FROM calendar_year WHERE year = $1 ORDER BY id DESC LIMIT 1',
    [year.year],
  )
  if (newest?.hash === hash) return false
  await tx.sql('INSERT INTO calendar_year (year, content, hash, loaded_at, loaded_by) VALUES ($1, $2, $3, $4, $5)', [
    year.year,
    content,
    hash,
    new Date(at),
    by,
  ])
  return true
}
