/** Makes a backup: every table as one portable file, from one consistent view of the database, in pages. */
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Instant } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import { type BackupHeader, FORMAT, quoted } from './backup-format.ts'
import { openSink, type Sink } from './backup-sink.ts'
import { MIGRATIONS_TABLE, sequencesOf, type Table, tablesOf } from './backup-tables.ts'
import type { Database, Sql, Tx } from './transaction.ts'

/** A page is about this large, whatever its rows are: neither memory nor the event loop is held for long by one of them. */
const PAGE_CHARS = 500_000
const PAGE_ROWS_FIRST = 8
const PAGE_ROWS_MAX = 500
/** Far more than any department needs; a snapshot that lasts longer is hanging. */
const SNAPSHOT_MS_MAX = 30 * 60_000
/** How the name of a file ends that is not whole yet. */
export const UNFINISHED = '.part'
/** A file that is thrown away while its bytes are read makes the backup begin again. */
const ATTEMPTS_MAX = 3

export interface MadeBackup {
  /** Absolute. */
  readonly file: string
  readonly bytes: number
  /** Over what the file holds, unpacked, up to its last line. */
  readonly sha256: string
  readonly rows: number
}

/** When a backup is made: by the clock, which may be rehearsed, and in real time. */
export interface MadeAt {
  readonly clock: Instant
  readonly real: Instant
}

/**
 * Writes everything to `file`, readable by its owner alone: it holds personal data. The file has its name when it is
 * whole; what breaks off leaves nothing behind.
 *
 * On a server all of it is read in one transaction that blocks nobody. The embedded database has one connection: there
 * the rows that nobody ever changes (audit log, ledger, bytes of files) are read afterwards, page by page, so that people
 * wait for the rest alone (docs/decisions/013-backup-format.md has the numbers).
 * @throws ConfigError when the file is there already, or cannot be written
 */
export async function makeBackup(db: Database, file: string, at: MadeAt): Promise<MadeBackup> {
  const target = path.resolve(file)
  // Of this try alone: one that was given up as too slow may still be writing, and must not put its name to another's bytes.
  const part = `${target}.${randomUUID()}${UNFINISHED}`
  try {
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
    if (await stat(target).catch(() => undefined))
      throw new ConfigError([`${target} is there already: give the backup another name. Backups never overwrite.`])
    const made = await written(db, part, at)
    await rename(part, target)
    return { file: target, bytes: (await stat(target)).size, ...made }
  } catch (error) {
    await rm(part, { force: true }).catch(() => {}) // Why it failed is the news, not what is left.
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    throw new ConfigError([`The backup ${target} cannot be written (${code}): choose another place with --to.`])
  }
}

async function written(db: Database, part: string, at: MadeAt) {
  for (let attempt = 1; ; attempt++) {
    await rm(part, { force: true })
    const sink = openSink(part)
    try {
      const snapshot = ({ sql }: Tx) => takeSnapshot(sql, sink, at, db.kind === 'embedded')
      const later = await db.transact('work', snapshot, { withinMs: SNAPSHOT_MS_MAX })
      for (const rest of later) await readRest(db, sink, rest)
      return await sink.end()
    } catch (error) {
      await sink.abandon()
      if (!(error instanceof GoneMeanwhile) || attempt >= ATTEMPTS_MAX) throw error
    }
  }
}

class GoneMeanwhile extends Error {}

/** A table whose rows never change once they are there: which of them the snapshot holds. */
type Rest =
  | { readonly table: Table; readonly upTo: string }
  | { readonly table: Table; readonly keys: readonly (readonly string[])[] }

async function takeSnapshot(sql: Sql, sink: Sink, at: MadeAt, leaveRest: boolean): Promise<readonly Rest[]> {
  await sql('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
  await settle(sql)
  const tables = await tablesOf(sql)
  await sink.put(JSON.stringify(await headerOf(sql, tables, at)))
  const later: Rest[] = []
  for (const table of tables) {
    const rest = leaveRest ? await restOf(sql, table) : undefined
    if (rest) later.push(rest)
    else await readByCursor(sql, sink, table)
  }
  return later
}

/** Every value is written as PostgreSQL's own text of it; these settings make that text the same everywhere. */
export async function settle(sql: Sql): Promise<void> {
  await sql(`SET LOCAL timezone = 'UTC'`)
  await sql(`SET LOCAL datestyle = 'ISO, YMD'`)
  await sql(`SET LOCAL bytea_output = 'hex'`)
}

async function headerOf(sql: Sql, tables: readonly Table[], at: MadeAt): Promise<BackupHeader> {
  const counts: BackupHeader['tables'][number][] = []
  for (const { name, columns } of tables) {
    const [row] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${quoted(name)}`)
    counts.push({ name, columns: columns.map((column) => column.name), rows: row?.n ?? 0 })
  }
  return {
    banzhang: 'backup',
    format: FORMAT,
    madeAt: new Date(at.clock).toISOString(),
    realAt: new Date(at.real).toISOString(),
    migrations: await sql(
      `SELECT migration_name AS name, checksum FROM ${quoted(MIGRATIONS_TABLE)}
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
    ),
    tables: counts,
    sequences: await sequencesOf(sql),
  }
}

async function readByCursor(sql: Sql, sink: Sink, table: Table): Promise<void> {
  await sql(`DECLARE page NO SCROLL CURSOR FOR ${selectFrom(table)} ORDER BY ${keyOf(table)}`)
  for (let size = PAGE_ROWS_FIRST; size > 0; ) {
    size = await putPage(sink, table, await sql<Row>(`FETCH ${size} FROM page`), size)
  }
  await sql('CLOSE page')
}

/** Undefined for tables whose rows change. */
async function restOf(sql: Sql, table: Table): Promise<Rest | undefined> {
  const [key] = table.key
  if (table.grows === 'append-only' && key !== undefined) {
    const [row] = await sql<{ upTo: string | null }>(
      `SELECT max(${quoted(key)})::text AS "upTo" FROM ${quoted(table.name)}`,
    )
    return { table, upTo: row?.upTo ?? '0' }
  }
  if (table.grows !== 'written-once') return undefined
  const rows = await sql<{ key: string[] }>(
    `SELECT ARRAY[${table.key.map((column) => `${quoted(column)}::text`).join(', ')}] AS key FROM ${quoted(table.name)}
     ORDER BY ${keyOf(table)}`,
  )
  return { table, keys: rows.map((row) => row.key) }
}

async function readRest(db: Database, sink: Sink, rest: Rest): Promise<void> {
  let after = '0'
  let taken = 0
  for (let size = PAGE_ROWS_FIRST; size > 0; ) {
    const page = await db.transact('work', async ({ sql }) => {
      await settle(sql)
      return 'upTo' in rest ? pageAfter(sql, rest, after, size) : pageOf(sql, rest, taken, size)
    })
    after = page.at(-1)?.key ?? after
    taken += page.length
    size = await putPage(sink, rest.table, page, size)
  }
}

interface Row {
  /** A JSON array of texts. */
  readonly row: string
}

function pageAfter(sql: Sql, { table, upTo }: Rest & { upTo: string }, after: string, size: number) {
  const key = quoted(table.key[0] ?? '')
  return sql<Row & { key: string }>(
    `${selectFrom(table, `, ${key}::text AS key`)} WHERE ${key} > $1::bigint AND ${key} <= $2::bigint ORDER BY ${key} LIMIT ${size}`,
    [after, upTo],
  )
}

async function pageOf(
  sql: Sql,
  { table, keys }: Rest & { keys: readonly (readonly string[])[] },
  from: number,
  size: number,
) {
  const wanted = keys.slice(from, from + size)
  const typed = table.key.map((name, at) => ({
    type: table.columns.find((column) => column.name === name)?.type ?? 'text',
    values: wanted.map((key) => key[at]),
  }))
  const rows = await sql<Row & { key: string }>(
    `${selectFrom(table, `, '' AS key`)} WHERE (${keyOf(table)}) IN (
       SELECT * FROM unnest(${typed.map(({ type }, at) => `$${at + 1}::${type}[]`).join(', ')})) ORDER BY ${keyOf(table)}`,
    typed.map(({ values }) => values),
  )
  if (rows.length < wanted.length) throw new GoneMeanwhile(`${table.name}: rows were deleted while they were read`)
  return rows
}

const keyOf = (table: Table): string => table.key.map(quoted).join(', ')

function selectFrom(table: Table, more = ''): string {
  const values = table.columns.map((column) => `${quoted(column.name)}::text`).join(', ')
  return `SELECT json_build_array(${values})::text AS row${more} FROM ${quoted(table.name)}`
}

/** @returns how many rows the next page should have; 0 when this one was empty */
async function putPage(sink: Sink, table: Table, page: readonly Row[], size: number): Promise<number> {
  if (page.length === 0) return 0
  const text = `[${page.map(({ row }) => row).join(',')}]`
  await sink.putRows(table.name, page.length, text)
  return Math.max(1, Math.min(PAGE_ROWS_MAX, size * 4, Math.floor((PAGE_CHARS * page.length) / text.length)))
}
