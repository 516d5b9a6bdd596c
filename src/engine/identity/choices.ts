/** What people have chosen for themselves: it goes before what the people file says. */
import type { QuietHours } from '#core/calendar/quiet-hours.ts'
import type { Locale } from '#core/i18n.ts'
import type { Tx } from '../db/transaction.ts'

/** Null: nothing was chosen, the people file's holds. */
export interface Choice {
  readonly locale: Locale | null
  readonly preferredPlatform: string | null
  readonly quiet: QuietHours | null
}

interface Row {
  readonly locale: Locale | null
  readonly preferred_platform: string | null
  readonly quiet_from: string | null
  readonly quiet_until: string | null
}

/** What a person has chosen; nothing of it for who has chosen nothing. */
export async function choiceOf({ sql }: Pick<Tx, 'sql'>, personId: string): Promise<Choice> {
  const [row] = await sql<Row>(
    'SELECT locale, preferred_platform, quiet_from, quiet_until FROM person_choice WHERE person_id = $1',
    [personId],
  )
  const { quiet_from: from = null, quiet_until: until = null } = row ?? {}
  return {
    locale: row?.locale ?? null,
    preferredPlatform: row?.preferred_platform ?? null,
    quiet: from === null || until === null ? null : { from, until },
  }
}

/** Chooses what is named and leaves the rest. @returns what held before */
export async function choose(tx: Pick<Tx, 'sql'>, personId: string, change: Partial<Choice>): Promise<Choice> {
  const before = await choiceOf(tx, personId)
  const { locale, preferredPlatform, quiet } = { ...before, ...change }
  await tx.sql(
    `INSERT INTO person_choice (person_id, locale, preferred_platform, quiet_from, quiet_until) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (person_id) DO UPDATE SET locale = excluded.locale, preferred_platform = excluded.preferred_platform,
       quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until`,
    [personId, locale, preferredPlatform, quiet?.from ?? null, quiet?.until ?? null],
  )
  return before
}

/** The platform that a person prefers: chosen, else the people file's; null when neither says. */
export async function preferredOf({ sql }: Pick<Tx, 'sql'>, personId: string): Promise<string | null> {
  const [row] = await sql<{ platform: string | null }>(
    `SELECT COALESCE(c.preferred_platform, p.preferred_platform) AS platform FROM person p
     LEFT JOIN person_choice c ON c.person_id = p.id WHERE p.id = $1`,
    [personId],
  )
  return row?.platform ?? null
}
