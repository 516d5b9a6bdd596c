/** Opens the embedded folder or the PostgreSQL server, with migrations applied. */
import { chmod, mkdir } from 'node:fs/promises'
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
  if (folder !== undefined) await keepToOwner(folder)
  const lite = await openPglite(folder === undefined ? {} : { dataDir: path.resolve(folder) })
  const pool = new pg.Pool(pglitePool(lite, onDead))
  await withMigrations(pool)
  return openDatabase('embedded', pool, () => lite.close())
}

/** PGlite makes its files writable by everybody, whatever the umask is: the folder around them keeps everybody out. */
async function keepToOwner(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // A file system without owners takes no mode.
  await chmod(folder, 0o700).catch(() => {})
}

/**
 * What every connection to a server is opened with. Instants are read and written in UTC whatever the server's own zone is
 * (seen 8 h wrong otherwise). A process that sleeps in the middle of a transaction loses it after a minute, so that its
 * locks hold up nobody.
 */
const SERVER_OPTIONS = '-c timezone=UTC -c idle_in_transaction_session_timeout=60000'

/** A server that cannot be reached is given up so soon: whoever called is refused, and calls again. */
const CONNECT_MS_MAX = 5_000

/** A PostgreSQL server. */
export async function openServer(url: string, connectionsMax = 10): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    options: SERVER_OPTIONS,
    max: connectionsMax,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
  })
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
