/** The audit log: append-only lines written in the transaction they tell of, without any lock. */
import type { Instant } from '#core/clock.ts'
import type { Sql } from '../db/transaction.ts'

/** @param actorId the person who did it; null when the clock did */
export async function appendLine(
  sql: Sql,
  line: {
    at: Instant
    actorId: string | null
    action: string
    subject: string
    data?: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  await sql('INSERT INTO audit_line (at, actor_id, action, subject, data) VALUES ($1, $2, $3, $4, $5)', [
    new Date(line.at),
    line.actorId,
    line.action,
    line.subject,
    JSON.stringify(line.data ?? {}),
  ])
}

export interface AuditLine {
  readonly id: string
  readonly at: Date
  readonly actor_id: string | null
  readonly action: string
  readonly subject: string
  readonly data: unknown
}

/** What happened to one subject, oldest first; at most 500 lines. */
export async function linesOf(sql: Sql, subject: string): Promise<AuditLine[]> {
  return sql<AuditLine>(
    'SELECT id, at, actor_id, action, subject, data FROM audit_line WHERE subject = $1 ORDER BY id LIMIT 500',
    [subject],
  )
}
