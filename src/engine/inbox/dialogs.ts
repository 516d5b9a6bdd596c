/** What is open between a person and the bot in one room: a question that waits for its answer, and what was talked about last. */
import type { Instant } from '#core/clock.ts'
import type { Sql } from '../db/transaction.ts'

export interface DialogRow {
  readonly question: OpenQuestion | null
  readonly expiresAt: Date
  readonly recent: string | null
  readonly recentAt: Date | null
}
export interface OpenQuestion {
  /** Told in the buttons, so that one of an earlier question answers nothing. */
  readonly number: number
  /** What it shows, so that it can go on showing it without its buttons. */
  readonly title: string
  readonly command: string
  readonly values: Readonly<Record<string, unknown>>
  readonly arg: string
  /** What every meaning of the ambiguous argument has in common; empty when it was merely missing. */
  readonly agreed: Readonly<Record<string, unknown>>
  /** What the buttons stand for, as it would be typed. */
  readonly likely: readonly string[]
  /** The arguments to be asked after this one. */
  readonly then: readonly string[]
}

export async function dialogIn(
  sql: Sql,
  at: { personId: string; platform: string; room: string },
): Promise<DialogRow | undefined> {
  const [row] = await sql<DialogRow>(
    `SELECT question, expires_at AS "expiresAt", recent, recent_at AS "recentAt" FROM dialog WHERE person_id = $1 AND platform = $2 AND room = $3`,
    [at.personId, at.platform, at.room],
  )
  return row
}

export async function ask(
  sql: Sql,
  at: { personId: string; platform: string; room: string },
  question: OpenQuestion | null,
  expiresAt: Instant,
): Promise<void> {
  await sql(
    `INSERT INTO dialog (person_id, platform, room, question, expires_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (person_id, platform, room) DO UPDATE SET question = excluded.question, expires_at = excluded.expires_at`,
    [at.personId, at.platform, at.room, question === null ? null : JSON.stringify(question), new Date(expiresAt)],
  )
}

/** What was talked about last: what `改成周四` is about. */
export async function remember(
  sql: Sql,
  at: { personId: string; platform: string; room: string },
  topic: string,
  now: Instant,
): Promise<void> {
  await sql(
    `INSERT INTO dialog (person_id, platform, room, question, expires_at, recent, recent_at) VALUES ($1, $2, $3, NULL, $5, $4, $5)
     ON CONFLICT (person_id, platform, room) DO UPDATE SET recent = excluded.recent, recent_at = excluded.recent_at`,
    [at.personId, at.platform, at.room, topic, new Date(now)],
  )
}
