/** The embedded database (PGlite) behind node-postgres, so that one adapter serves both databases. */
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import type { PoolConfig } from 'pg'

/** 16 MB of shared buffers keep the process small (measured: 190 → 128 MB of WASM memory). */
export const openPglite = (options: PGliteOptions = {}): Promise<PGlite> =>
  PGlite.create({ postgresqlconf: ['shared_buffers=16MB'], ...options, extensions: { btree_gist } })

/** No space left. As a mere error it is the last one before a PANIC, after which the next query would spin for ever. */
const DISK_FULL = '53100'

/**
 * @param onDead called when the disk is full and after a PANIC: the process must end, and start again when there is room
 */
export function pglitePool(pg: PGlite, onDead: (message: string) => void = () => {}): PoolConfig {
  const config = createPgConfig(pg)
  const { connection } = config
  const parse = connection.parse.bind(connection)
  // adapter-pg passes its type parsers as `types`; PGlite 0.5.16 takes that for a list of parameter types and throws.
  connection.parse = (query: { types?: unknown }) => parse({ ...query, types: undefined })
  const emit = connection.emit.bind(connection)
  connection.emit = (name: string, message: { severity?: string; code?: string; message?: string }) => {
    const isDead = message?.severity === 'PANIC' || message?.code === DISK_FULL
    if (name === 'errorMessage' && isDead) onDead(message.message ?? 'PANIC')
    return emit(name, message)
  }
  return { ...(config as unknown as PoolConfig), max: 1, idleTimeoutMillis: 0 }
}
