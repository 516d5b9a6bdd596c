/** A database for one test file: a copy of the migrated template, emptied before each test. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { openPglite, pglitePool } from '../../src/engine/db/pglite.ts'
import { type Database, openDatabase, type Sql } from '../../src/engine/db/transaction.ts'
import { query } from './global-database.ts'

export interface TestDatabase {
  readonly db: Database
  /** A second set of connections to the same data, as another process has; on the embedded database the same one. */
  readonly second: Database
}

/**
 * On a server each file has a copy of its own. The embedded database takes half a second to open and as long to get warm:
 * the files of a worker come to the same one, after each other, and find it empty.
 * @param options.keep true: what one test leaves the next one of the file finds
 * @param options.own true: for a file that breaks its database, or closes it
 */
export function testDatabase(options: { keep?: boolean; own?: boolean } = {}): TestDatabase {
  let db: Database | undefined
  let second: Database | undefined
  const isShared = inject('template').kind === 'embedded' && !options.own
  beforeAll(async () => {
    if (isShared) {
      shared ??= copyOfTemplate()
      ;[db, second] = await shared
      await empty(db)
    } else [db, second] = await copyOfTemplate()
  })
  beforeEach(async () => {
    if (!options.keep) await empty(opened(db))
  })
  afterAll(async () => {
    if (isShared) return
    if (second && second !== db) await second.close()
    await db?.close()
  })
  return {
    get db() {
      return opened(db)
    },
    get second() {
      return opened(second)
    },
  }
}

let shared: Promise<[Database, Database]> | undefined

function opened(db: Database | undefined): Database {
  if (!db) throw new Error('The test database is opened before the first test')
  return db
}

async function copyOfTemplate(): Promise<[Database, Database]> {
  const template = inject('template')
  if (template.kind === 'embedded') {
    const lite = await openPglite({ loadDataDir: new Blob([readFileSync(template.file)]) })
    const db = openDatabase('embedded', new pg.Pool(pglitePool(lite)), () => lite.close())
    return [db, db]
  }
  const name = `t${randomUUID().replaceAll('-', '')}`
  await query(`${template.url}postgres`, `CREATE DATABASE ${name} TEMPLATE template_banzhang STRATEGY file_copy`)
  const open = () =>
    openDatabase('server', new pg.Pool({ connectionString: template.url + name, options: '-c timezone=UTC', max: 5 }))
  return [open(), open()]
}

/**
 * Everything goes, numbers begin at 1 again. TRUNCATE does not fire the append-only triggers. Only what was used is
 * emptied: truncating all of it took a third of the time of a short test.
 */
async function empty(db: Database) {
  await db.transact('people', async ({ sql }) => {
    const all = await tablesOf(sql)
    const [used] = await sql<Record<string, boolean>>(
      `SELECT ${all.map((table) => `EXISTS (SELECT 1 FROM ${table}) AS ${table}`).join(', ')}`,
    )
    const full = all.filter((table) => used?.[table])
    if (full.length > 0) await sql(`TRUNCATE ${full.join(', ')} RESTART IDENTITY CASCADE`)
    // A rolled back insert leaves no row, but it has taken a number.
    await sql(
      `SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
       WHERE schemaname = 'public' AND last_value IS NOT NULL`,
    )
  })
}

const known: string[] = []
async function tablesOf(sql: Sql): Promise<readonly string[]> {
  if (known.length === 0) {
    const tables = await sql<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
    )
    known.push(...tables.map(({ name }) => name))
  }
  return known
}
