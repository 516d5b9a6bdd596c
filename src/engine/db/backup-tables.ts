/** What the database holds, from its own catalogue: tables in an order in which they can be filled, columns, sequences. */
import type { Sql } from './transaction.ts'

/** Prisma's own list of what was applied: told in the header, never copied. */
export const MIGRATIONS_TABLE = '_prisma_migrations'

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** The columns of the primary key. */
  readonly key: readonly string[]
  /** `append-only` by its trigger, numbered in its key; `written-once`: rows go, and never change. */
  readonly grows: 'append-only' | 'written-once' | 'freely'
}
export interface Column {
  readonly name: string
  /** As SQL writes it: `timestamp(3) with time zone`, `text[]`. */
  readonly type: string
}

/** What files hold: a chunk is written once, and goes with its file. */
const WRITTEN_ONCE = ['file_chunk', 'form_upload_chunk']

/** Every table of ours, each after those it points at. The list of migrations is none of them. */
export async function tablesOf(sql: Sql): Promise<readonly Table[]> {
  const columns = await sql<{ table: string; name: string; type: string; key: boolean }>(
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       coalesce(a.attnum = ANY (k.conkey), false) AS key
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
     WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> $1 ORDER BY c.relname, a.attnum`,
    [MIGRATIONS_TABLE],
  )
  const pointers = await sql<{ from: string; to: string }>(
    `SELECT DISTINCT c.relname AS from, t.relname AS to FROM pg_constraint k
     JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = 'public'`,
  )
  const sealed = await sql<{ table: string }>(
    `SELECT DISTINCT c.relname AS table FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_class c ON c.oid = t.tgrelid WHERE p.proname = 'refuse_rewriting'`,
  )
  const names = [...new Set(columns.map((column) => column.table))]
  return inOrder(names, pointers).map((name) => {
    const own = columns.filter((column) => column.table === name)
    const key = own.filter((column) => column.key)
    return {
      name,
      columns: own.map((column) => ({ name: column.name, type: column.type })),
      key: (key.length > 0 ? key : own).map((column) => column.name),
      grows: WRITTEN_ONCE.includes(name)
        ? 'written-once'
        : sealed.some(({ table }) => table === name) && key.length === 1
          ? 'append-only'
          : 'freely',
    }
  })
}

/** Pointers in a circle would leave tables over: they come last, and filling them fails, with a message. */
function inOrder(names: readonly string[], pointers: readonly { from: string; to: string }[]): readonly string[] {
  const placed: string[] = []
  let left = names
  while (left.length > 0) {
    const free = left.filter((name) =>
      pointers.every(({ from, to }) => from !== name || to === name || placed.includes(to)),
    )
    if (free.length === 0) return [...placed, ...left]
    placed.push(...free)
    left = left.filter((name) => !free.includes(name))
  }
  return placed
}

/** The number each sequence gave last; one that has given none is left out. */
export async function sequencesOf(sql: Sql): Promise<{ name: string; last: string }[]> {
  return sql(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences
     WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY sequencename`,
  )
}

/** How many rows each table holds, those without any left out. */
export async function rowCounts(sql: Sql): Promise<readonly { readonly name: string; readonly rows: number }[]> {
  const counts: { name: string; rows: number }[] = []
  for (const { name } of await tablesOf(sql)) {
    const [row] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM "${name}"`)
    if (row && row.n > 0) counts.push({ name, rows: row.n })
  }
  return counts
}
