/** Opens the embedded folder or the PostgreSQL server, with migrations applied. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from './migrate.ts'
import { openPglite, pglitePool } from './pglite.ts'
import { type Database, openDatabase } from './transaction.ts'

export const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

/**
 * The embedded database in `folder` (in memory when undefined). The caller holds the folder's lock.
 * @param onDead called when the database can no longer work (a full disk): the process must end
 */
export async function openEmbedded(folder: string | undefined, onDead: (message: string) => void): Promise<Database> {
  const lite = await openPglite(folder === undefined ? {} : { dataDir: path.resolve(folder) })
  const pool = new pg.Pool(pglitePool(lite, onDead))
  await withMigrations(pool)
  return openDatabase('embedded', pool, () => lite.close())
}

/**
 * What every connection to a server is opened with. Instants are read and written in UTC whatever the server's own zone is
 * (seen 8 h wrong otherwise). A process that sleeps in the middle of a transaction loses it after a minute, so that its
 * locks hold up nobody.
 */
const SERVER_OPTIONS = '-c timezone=UTC -c idle_in_transaction_session_timeout=60000'

/** A PostgreSQL server. */
export async function openServer(url: string, connectionsMax = 10): Promise<Database> {
  const pool = new pg.Pool({ connectionString: url, options: SERVER_OPTIONS, max: connectionsMax })
  await withMigrations(pool)
  return openDatabase('server', pool)
}

async function withMigrations(pool: pg.Pool) {
  const client = await pool.connect()
  try {
    await migrate(client, MIGRATIONS)
  } finally {
    client.release()
  }
}
