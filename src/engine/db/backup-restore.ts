/** Puts a backup in the place of everything there is, in one transaction: all of it, or nothing. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { ConfigError } from '#core/errors.ts'
import { settle } from './backup.ts'
import { type BackupHeader, quoted } from './backup-format.ts'
import { checkBackup, partsOf } from './backup-read.ts'
import { sequencesOf, type Table, tablesOf } from './backup-tables.ts'
import { MIGRATIONS } from './open.ts'
import { type Database, type Sql, sqlState, type Tx } from './transaction.ts'

/** How long others may hold what they are at before a restore gives way, in milliseconds. */
const LOCK_MS_MAX = 20_000

export interface Restored {
  readonly header: BackupHeader
  readonly rows: number
  readonly sha256: string
  /** Migrations that came after the backup and were applied to what it holds. */
  readonly migrated: readonly string[]
}

/** More than any department needs; a restore that lasts longer is hanging, and is undone. */
const RESTORE_MS_MAX = 60 * 60_000

/** A migration of this program. */
interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/**
 * Reads the file to its end first; then everything that the database holds goes, and what the file holds takes its place.
 * A backup of an older program is put into tables as they were then, and migrated. Numbers that were given stay given:
 * sequences go on from the higher of both, so that a button in an old message never finds something new.
 * @param options.finish in the same transaction, when everything is there: what has to be mended or written down
 * @param options.dir the folder of the migrations; the program's own when absent
 * @throws ConfigError for a file that is damaged, foreign, or of a newer program: nothing was changed
 */
export async function restoreBackup(
  db: Database,
  file: string,
  options: { readonly finish?: (tx: Tx, facts: Restored) => Promise<void>; readonly dir?: string } = {},
): Promise<Restored> {
  const { header } = await checkBackup(file)
  const migrations = await migrationsIn(options.dir ?? MIGRATIONS)
  const level = levelOf(file, header, migrations)
  const replace = async (tx: Tx): Promise<Restored> => {
    const { sql } = tx
    const before = await tablesOf(sql)
    await takeAll(sql, before)
    const given = await sequencesOf(sql)
    if (level === migrations.length) await sql(`TRUNCATE ${before.map(({ name }) => quoted(name)).join(', ')}`)
    else await rebuild(sql, before, migrations.slice(0, level))
    await settle(sql)
    const { rows, sha256 } = await fill(sql, file)
    await goOn(sql, [...header.sequences, ...given])
    for (const migration of migrations.slice(level)) await sql(migration.sql)
    const restored = { header, rows, sha256, migrated: migrations.slice(level).map(({ name }) => name) }
    await options.finish?.(tx, restored)
    return restored
  }
  try {
    return await db.transact('work', replace, { withinMs: RESTORE_MS_MAX })
  } catch (error) {
    const why = REASONS[sqlState(error) ?? '']
    if (why === undefined) throw error
    throw new ConfigError([`${file} was not restored: ${why}. Nothing was changed.`])
  }
}

/** What a database may say that is nobody's mistake, by SQLSTATE. */
const REASONS: Readonly<Record<string, string>> = {
  '55P03': 'others did not let go of the tables; try again in a moment, or stop the other processes',
  '40P01': 'others wanted the same tables at the same moment; try again',
  '2BP01': 'something of your own in this database (a view?) needs the tables; take it away first',
  '42501': 'the database user may not do this; it must own the tables',
}

async function migrationsIn(dir: string): Promise<readonly Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(path.join(dir, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** How many of the program's migrations the backup has. */
function levelOf(file: string, { migrations: had }: BackupHeader, migrations: readonly Migration[]): number {
  const foreign = had.find(({ name }, at) => migrations[at]?.name !== name)
  if (foreign)
    throw new ConfigError([
      `${file} was made by another or a newer program: it has the migration ${foreign.name}, which this one does not know at that place. Restore it with the newer program.`,
    ])
  const changed = had.find(({ checksum }, at) => migrations[at]?.checksum !== checksum)
  if (changed || had.length === 0)
    throw new ConfigError([
      `${file} was made when the migration ${changed?.name ?? '(none)'} said something else: it does not fit this program.`,
    ])
  return had.length
}

/** Everybody else waits from here on; whoever is in the middle of something finishes first. */
async function takeAll(sql: Sql, tables: readonly Table[]): Promise<void> {
  await sql(`SET LOCAL lock_timeout = ${LOCK_MS_MAX}`)
  await sql(`LOCK TABLE ${tables.map(({ name }) => quoted(name)).join(', ')} IN ACCESS EXCLUSIVE MODE`)
}

/** The tables as they were when the backup was made. */
async function rebuild(sql: Sql, tables: readonly Table[], migrations: readonly Migration[]): Promise<void> {
  await sql(`DROP TABLE ${tables.map(({ name }) => quoted(name)).join(', ')}`)
  // What else migrations make: functions and types of their own, not those of an extension.
  const rest = await sql<{ drop: string }>(
    `SELECT format('DROP %s %s', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
       p.oid::regprocedure) AS drop
     FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
     UNION ALL
     SELECT format('DROP TYPE %s', t.oid::regtype) FROM pg_type t
     WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')`,
  )
  for (const { drop } of rest) await sql(drop)
  for (const migration of migrations) await sql(migration.sql)
}

async function fill(sql: Sql, file: string): Promise<{ rows: number; sha256: string }> {
  const inserts = new Map<string, string>()
  const parts = partsOf(file)
  for (;;) {
    const next = await parts.next()
    // The last line agrees with what came before it: only now may it be committed.
    if (next.done) return next.value
    const part = next.value
    if ('header' in part) {
      const tables = new Map((await tablesOf(sql)).map((table) => [table.name, table]))
      for (const { name, columns } of part.header.tables) inserts.set(name, insertInto(name, columns, tables.get(name)))
    } else await sql(inserts.get(part.table) ?? '', [part.page])
  }
}

function insertInto(name: string, columns: readonly string[], table: Table | undefined): string {
  const types = columns.map((column) => table?.columns.find((one) => one.name === column)?.type)
  if (types.includes(undefined))
    throw new ConfigError([
      `The backup has ${name} (${columns.join(', ')}), which this database has not. Nothing was changed.`,
    ])
  return `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')})
    SELECT ${types.map((type, at) => `(r->>${at})::${type}`).join(', ')} FROM json_array_elements($1::json) AS r`
}

/** Each sequence goes on behind the highest number that it ever gave, here or where the backup was made. */
async function goOn(sql: Sql, given: readonly { readonly name: string; readonly last: string }[]): Promise<void> {
  const names = await sql<{ name: string }>(`SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public'`)
  for (const { name } of names) {
    const numbers = given.filter((one) => one.name === name).map(({ last }) => BigInt(last))
    if (numbers.length === 0) continue
    const highest = numbers.reduce((a, b) => (a > b ? a : b))
    await sql('SELECT setval($1::regclass, $2::bigint)', [quoted(name), String(highest)])
  }
}
