/** The embedded database (PGlite) behind node-postgres, so that one adapter serves both databases. */
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import type { PoolConfig } from 'pg'

/** 16 MB of shared buffers keep the process small (measured: 190 → 128 MB of WASM memory). */
export const openPglite = (options: PGliteOptions = {}): Promise<PGlite> =>
  PGlite.create({ postgresqlconf: ['shared_buffers=16MB'], ...options, extensions: { btree_gist } })

/**
 * @param onDead called after a PANIC (a full disk): the next query would spin for ever, so the process must end and
 * start again
 */
export function pglitePool(pg: PGlite, onDead: (message: string) => void = () => {}): PoolConfig {
  const config = createPgConfig(pg)
  const { connection } = config
  const parse = connection.parse.bind(connection)
  // adapter-pg passes its type parsers as `types`; PGlite 0.5.16 takes that for a list of parameter types and throws.
  connection.parse = (query: { types?: unknown }) => parse({ ...query, types: undefined })
  const emit = connection.emit.bind(connection)
  connection.emit = (name: string, message: { severity?: string; message?: string }) => {
    if (name === 'errorMessage' && message.severity === 'PANIC') onDead(message.message ?? 'PANIC')
    return emit(name, message)
  }
  return { ...(config as unknown as PoolConfig), max: 1, idleTimeoutMillis: 0 }
}
