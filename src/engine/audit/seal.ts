/** The hash chain over the audit log: sealed within a second by one sealer at a time, verified by anyone. */
import { createHash } from 'node:crypto'
import type { Database, Sql } from '../db/transaction.ts'
import type { AuditLine } from './lines.ts'

/** The advisory lock that makes one sealer at a time over all processes. */
const SEALER_LOCK = 7_102_001
const BATCH = 1_000
/**
 * Lines are numbered before they are committed: one with a lower number may come after one with a higher is sealed. So far
 * back is looked for them; further back nothing waits, since a transaction lasts a minute at most.
 */
const LOOK_BACK_LINES = 20_000
const GENESIS = '0'.repeat(64)

interface SealedLine extends AuditLine {
  readonly seq: string
  readonly previous: string
  readonly hash: string
}

/** Seals what is not sealed yet, at most 1,000 lines a call. @returns how many; 0 also while another process seals. */
export async function seal(db: Database): Promise<number> {
  return db.transact('work', async ({ sql }) => {
    const [lock] = await sql<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [SEALER_LOCK])
    if (!lock?.mine) return 0
    const lines = await sql<AuditLine>(
      `SELECT l.id, l.at, l.actor_id, l.action, l.subject, l.data FROM audit_line l
       WHERE l.id > (SELECT coalesce(max(line_id), 0) FROM audit_seal) - $2::bigint
         AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.line_id = l.id) ORDER BY l.id LIMIT $1`,
      [BATCH, LOOK_BACK_LINES],
    )
    if (lines.length === 0) return 0
    const [last] = await sql<{ seq: string; hash: string }>(
      'SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1',
    )
    let seq = BigInt(last?.seq ?? 0)
    let previous = last?.hash ?? GENESIS
    const seals = lines.map((line) => {
      const hash = hashOf(line, previous)
      const row = { seq: String(++seq), line: line.id, previous, hash }
      previous = hash
      return row
    })
    await sql(
      `INSERT INTO audit_seal (seq, line_id, previous, hash)
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])`,
      [seals.map((s) => s.seq), seals.map((s) => s.line), seals.map((s) => s.previous), seals.map((s) => s.hash)],
    )
    return seals.length
  })
}

export interface Verification {
  /** How many lines the chain holds. */
  readonly sealed: number
  /** Written a moment ago and not sealed yet. */
  readonly unsealed: number
  /** Where the chain is broken, at most ten, in words for the administrator. Empty when it holds. */
  readonly breaks: readonly string[]
}

/** Walks the whole chain in pages and computes every hash again. */
export async function verify(db: Database): Promise<Verification> {
  const breaks: string[] = []
  let sealed = 0
  let after = '0'
  let expected = GENESIS
  for (;;) {
    const page = await db.transact('work', ({ sql }) => pageOf(sql, after))
    for (const line of page) {
      sealed++
      if (BigInt(line.seq) !== BigInt(after) + 1n)
        breaks.push(`seal ${after} is followed by ${line.seq}: seals are missing`)
      if (line.previous !== expected) breaks.push(`seal ${line.seq} does not continue the chain`)
      if (line.id === null) breaks.push(`seal ${line.seq}: its line is gone`)
      else if (hashOf(line, line.previous) !== line.hash)
        breaks.push(`seal ${line.seq}: line ${line.id} (${line.action} ${line.subject}) was changed`)
      expected = line.hash
      after = line.seq
    }
    if (page.length < BATCH || breaks.length >= 10) break
  }
  const unsealed = await db.transact('work', async ({ sql }) => {
    const [row] = await sql<{ n: string }>(
      'SELECT count(*) AS n FROM audit_line l WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.line_id = l.id)',
    )
    return Number(row?.n)
  })
  return { sealed, unsealed, breaks: breaks.slice(0, 10) }
}

const pageOf = (sql: Sql, after: string) =>
  sql<SealedLine>(
    `SELECT s.seq, s.previous, s.hash, l.id, l.at, l.actor_id, l.action, l.subject, l.data
     FROM audit_seal s LEFT JOIN audit_line l ON l.id = s.line_id WHERE s.seq > $1 ORDER BY s.seq LIMIT $2`,
    [after, BATCH],
  )

/** Over the line as it lies in the database; keys of `data` come back in one order (jsonb), so its text is canonical. */
function hashOf(line: AuditLine, previous: string): string {
  const text = JSON.stringify([
    previous,
    String(line.id),
    line.at.toISOString(),
    line.actor_id,
    line.action,
    line.subject,
    line.data,
  ])
  return createHash('sha256').update(text).digest('hex')
}
