/** Whom people have named to act for them, by themselves in the chat: beside what the people file names. */
import { addDays, startOfDay } from '#core/calendar/civil.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Tx } from '../db/transaction.ts'

/** What a person has named themselves; the people file's are its own, see people-rows.ts. */
const SELF = 'self'

export interface Delegation {
  readonly delegateId: string
  readonly from: Instant
  /** Exclusive. */
  readonly until: Instant
  /** Named in the chat; otherwise the people file names it. */
  readonly isOwn: boolean
}

/** Those that hold at `at` or begin later, in the order in which they begin. */
export async function delegationsOf({ sql }: Pick<Tx, 'sql'>, personId: string, at: Instant): Promise<Delegation[]> {
  const rows = await sql<{ delegate_id: string; from_at: Date; until_at: Date; source: string }>(
    'SELECT delegate_id, from_at, until_at, source FROM delegation WHERE person_id = $1 AND until_at > $2 ORDER BY from_at, id',
    [personId, new Date(at)],
  )
  return rows.map(({ delegate_id, from_at, until_at, source }) => ({
    delegateId: delegate_id,
    from: from_at.getTime(),
    until: until_at.getTime(),
    isOwn: source === SELF,
  }))
}

/**
 * Names somebody from `from` to `until`, both days in the person's zone and inclusive; today begins now. What they had named
 * themselves before ends: one person stands in at a time. The caller has refused what may not be.
 */
export async function delegateTo(
  tx: Pick<Tx, 'sql'>,
  how: {
    readonly person: { readonly id: string; readonly zone: string }
    readonly delegateId: string
    readonly from: CivilDate
    readonly until: CivilDate
    readonly at: Instant
  },
): Promise<void> {
  const { person, delegateId, from, until, at } = how
  await endOwnDelegations(tx, person.id, at)
  await tx.sql(
    'INSERT INTO delegation (person_id, delegate_id, from_at, until_at, source) VALUES ($1, $2, $3, $4, $5)',
    [
      person.id,
      delegateId,
      new Date(Math.max(at, startOfDay(from, person.zone))),
      new Date(startOfDay(addDays(until, 1), person.zone)),
      SELF,
    ],
  )
}

/** Ends what the person has named themselves; what has begun stays on record until now. @returns whether something ended */
export async function endOwnDelegations({ sql }: Pick<Tx, 'sql'>, personId: string, at: Instant): Promise<boolean> {
  const values = [personId, SELF, new Date(at)]
  const ahead = await sql(
    'DELETE FROM delegation WHERE person_id = $1 AND source = $2 AND from_at >= $3 RETURNING id',
    values,
  )
  const running = await sql(
    'UPDATE delegation SET until_at = $3 WHERE person_id = $1 AND source = $2 AND until_at > $3 RETURNING id',
    values,
  )
  return ahead.length + running.length > 0
}
