/** Applies the migrations at start, in Prisma's own format, so that `prisma migrate deploy` agrees with the result. */
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ClientBase } from 'pg'
import { ConfigError } from '#core/errors.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`
/** The key Prisma Migrate itself locks. */
const LOCK = 72707369

/**
 * Applies what is missing, each file in its own transaction; waits while another process does so.
 * @param dir the folder with one folder a migration
 * @returns the names applied now
 * @throws ConfigError when the database is newer than the program, or a migration was changed or broke off
 */
export async function migrate(db: ClientBase, dir: string): Promise<string[]> {
  const names = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  await db.query(`SELECT pg_advisory_lock(${LOCK})`)
  try {
    await db.query(TABLE)
    const { rows } = await db.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    )
    const known = new Map(rows.map((row) => [row.migration_name, row]))
    const foreign = [...known.keys()].filter((name) => !names.includes(name))
    if (foreign.length > 0)
      throw new ConfigError([
        `The database has the migration ${foreign.join(', ')}, which this program does not know: the program is older than its data. Start the newer program.`,
      ])
    const applied: string[] = []
    for (const name of names) if (await apply(db, dir, name, known.get(name))) applied.push(name)
    return applied
  } finally {
    await db.query(`SELECT pg_advisory_unlock(${LOCK})`)
  }
}

async function apply(
  db: ClientBase,
  dir: string,
  name: string,
  row: { checksum: string; finished_at: Date | null } | undefined,
) {
  const sql = await readFile(path.join(dir, name, 'migration.sql'), 'utf8')
  const checksum = createHash('sha256').update(sql).digest('hex')
  if (row?.finished_at && row.checksum === checksum) return false
  if (row)
    throw new ConfigError([
      row.finished_at
        ? `The migration ${name} was changed after it had been applied: restore the file as it was.`
        : `The migration ${name} broke off before: restore the database from a backup.`,
    ])
  await db.query('BEGIN')
  try {
    await db.query(sql)
    await db.query(
      'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 1)',
      [randomUUID(), checksum, name],
    )
    await db.query('COMMIT')
    return true
  } catch (error) {
    await db.query('ROLLBACK')
    throw new Error(`The migration ${name}: ${(error as Error).message}`, { cause: error })
  }
}
