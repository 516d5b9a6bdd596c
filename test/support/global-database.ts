/** One migrated template a run, on the embedded database or (TEST_DATABASE=server) on a PostgreSQL server of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/engine/db/migrate.ts'
import { MIGRATIONS } from '../../src/engine/db/open.ts'
import { openPglite, pglitePool } from '../../src/engine/db/pglite.ts'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    template: { readonly kind: 'embedded'; readonly file: string } | { readonly kind: 'server'; readonly url: string }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return process.env['TEST_DATABASE'] === 'server' ? onServer(project) : onEmbedded(project)
}

async function onEmbedded(project: TestProject) {
  const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-'))
  const file = path.join(folder, 'template.tar')
  const lite = await openPglite({ initDbStartParams: ['--wal-segsize=1'] } as object)
  const pool = new pg.Pool(pglitePool(lite))
  const client = await pool.connect()
  await migrate(client, MIGRATIONS)
  client.release()
  writeFileSync(file, Buffer.from(await (await lite.dumpDataDir('none')).arrayBuffer()))
  await pool.end()
  await lite.close()
  project.provide('template', { kind: 'embedded', file })
  return async () => rmSync(folder, { recursive: true })
}

async function onServer(project: TestProject) {
  const server = await startPostgres({ durable: false })
  await query(`${server.url}postgres`, 'CREATE DATABASE template_banzhang')
  const client = new pg.Client(`${server.url}template_banzhang`)
  await client.connect()
  await migrate(client, MIGRATIONS)
  await client.end()
  project.provide('template', { kind: 'server', url: server.url })
  return () => server.stop()
}

export async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
