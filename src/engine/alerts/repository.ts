/** The tables of alerts and backups, in plain SQL. */
import type { Instant } from '#core/clock.ts'
import type { Sql } from '../db/transaction.ts'
import type { AlertFacts } from './watch.ts'

export interface AlertRow {
  readonly id: string
  readonly key: string
  readonly facts: AlertFacts
  readonly openedAt: Instant
  /** When it was last seen to hold. */
  readonly seenAt: Instant
  readonly closedAt: Instant | null
  /** When its card was last written. */
  readonly toldAt: Instant
}

interface Row {
  id: string
  key: string
  facts: AlertFacts
  opened_at: Date
  seen_at: Date
  closed_at: Date | null
  told_at: Date
}

const alertOf = (row: Row): AlertRow => ({
  id: row.id,
  key: row.key,
  facts: row.facts,
  openedAt: row.opened_at.getTime(),
  seenAt: row.seen_at.getTime(),
  closedAt: row.closed_at?.getTime() ?? null,
  toldAt: row.told_at.getTime(),
})

/** Opens the alert, or notes that it still holds: whoever is first opens it, on all processes. */
export async function seen(
  sql: Sql,
  key: string,
  facts: AlertFacts,
  now: Instant,
): Promise<AlertRow & { readonly isNew: boolean }> {
  const [row] = await sql<Row & { is_new: boolean }>(
    `INSERT INTO alert (key, facts, opened_at, seen_at, told_at) VALUES ($1, $2, $3, $3, $3)
     ON CONFLICT (key) WHERE closed_at IS NULL DO UPDATE SET seen_at = greatest(alert.seen_at, EXCLUDED.seen_at)
     RETURNING *, xmax = 0 AS is_new`,
    [key, JSON.stringify(facts), new Date(now)],
  )
  if (!row) throw new Error(`The alert ${key} could not be written down`)
  return { ...alertOf(row), isNew: row.is_new }
}

/** Writes down what its card says from now on. False when another process has just done so. */
export async function retold(sql: Sql, { id, toldAt }: AlertRow, facts: AlertFacts, now: Instant): Promise<boolean> {
  const rows = await sql('UPDATE alert SET facts = $2, told_at = $3 WHERE id = $1 AND told_at = $4 RETURNING id', [
    id,
    JSON.stringify(facts),
    new Date(now),
    new Date(toldAt),
  ])
  return rows.length > 0
}

export async function openAlerts(sql: Sql): Promise<AlertRow[]> {
  return (await sql<Row>('SELECT * FROM alert WHERE closed_at IS NULL ORDER BY id')).map(alertOf)
}

/** Closes what has not been seen since `quietSince`. False when it was seen meanwhile, or another process has closed it. */
export async function close(sql: Sql, id: string, quietSince: Instant, now: Instant): Promise<boolean> {
  const rows = await sql(
    'UPDATE alert SET closed_at = $3 WHERE id = $1 AND closed_at IS NULL AND seen_at <= $2 RETURNING id',
    [id, new Date(quietSince), new Date(now)],
  )
  return rows.length > 0
}

/** Those that are open, and those that ended after `since`, the newest first; at most `countMax`. */
export async function recentAlerts(sql: Sql, since: Instant, countMax: number): Promise<AlertRow[]> {
  const rows = await sql<Row>(
    `SELECT * FROM alert WHERE closed_at IS NULL OR closed_at >= $1
     ORDER BY closed_at IS NOT NULL, opened_at DESC, id DESC LIMIT $2`,
    [new Date(since), countMax],
  )
  return rows.map(alertOf)
}

/** Deletes a bounded number of those that ended before `before`. @returns how many */
export async function forgetClosed(sql: Sql, before: Instant): Promise<number> {
  const rows = await sql(
    'DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE closed_at < $1 ORDER BY id LIMIT 1000) RETURNING id',
    [new Date(before)],
  )
  return rows.length
}

/** A backup that was finished. */
export interface BackupMark {
  readonly at: Instant
  readonly realAt: Instant
  readonly bytes: number
  readonly sha256: string
  readonly rows: number
}

export async function markBackup(sql: Sql, { at, realAt, bytes, sha256, rows }: BackupMark): Promise<void> {
  await sql('INSERT INTO backup_mark (at, real_at, bytes, sha256, rows) VALUES ($1, $2, $3, $4, $5)', [
    new Date(at),
    new Date(realAt),
    bytes,
    sha256,
    rows,
  ])
}

export async function lastBackup(sql: Sql): Promise<BackupMark | undefined> {
  const [row] = await sql<{ at: Date; real_at: Date; bytes: string; sha256: string; rows: number }>(
    'SELECT at, real_at, bytes, sha256, rows FROM backup_mark ORDER BY at DESC, id DESC LIMIT 1',
  )
  return row && { ...row, at: row.at.getTime(), realAt: row.real_at.getTime(), bytes: Number(row.bytes) }
}

/** When this installation began to work: its first policy came into force. */
export async function installedAt(sql: Sql): Promise<Instant | undefined> {
  const [row] = await sql<{ at: Date | null }>('SELECT min(loaded_at) AS at FROM policy_version')
  return row?.at?.getTime()
}
