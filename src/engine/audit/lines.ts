/** The audit log: append-only lines written in the transaction they tell of, without any lock. */
import type { Instant } from '#core/clock.ts'
import type { Sql } from '../db/transaction.ts'

/** A line that is to be written. */
export interface NewAuditLine {
  readonly at: Instant
  /** The person who did it; null when the clock did, or the command line. */
  readonly actorId: string | null
  readonly action: string
  readonly subject: string
  readonly data?: Readonly<Record<string, unknown>>
}

export async function appendLine(sql: Sql, line: NewAuditLine): Promise<void> {
  await sql('INSERT INTO audit_line (at, actor_id, action, subject, data) VALUES ($1, $2, $3, $4, $5)', [
    new Date(line.at),
    line.actorId,
    line.action,
    line.subject,
    JSON.stringify(line.data ?? {}),
  ])
}

/** Lines of one statement. */
const LINES_MAX = 1_000

/** Many lines in their order, by one statement for each thousand. */
export async function appendLines(sql: Sql, lines: readonly NewAuditLine[]): Promise<void> {
  for (let from = 0; from < lines.length; from += LINES_MAX) {
    const some = lines.slice(from, from + LINES_MAX)
    await sql(
      `INSERT INTO audit_line (at, actor_id, action, subject, data)
       SELECT at::timestamptz, nullif(actor_id, '')::uuid, action, subject, data::jsonb
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
         AS line(at, actor_id, action, subject, data, place)
       ORDER BY place`,
      [
        some.map(({ at }) => new Date(at).toISOString()),
        some.map(({ actorId }) => actorId ?? ''),
        some.map(({ action }) => action),
        some.map(({ subject }) => subject),
        some.map(({ data }) => JSON.stringify(data ?? {})),
      ],
    )
  }
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
