/** Quiet hours: what nobody asked for waits till they are over. */
import { wallTimeAt } from '#core/calendar/civil.ts'
import { type QuietHours, quietUntil } from '#core/calendar/quiet-hours.ts'
import type { Instant } from '#core/clock.ts'
import type { Reader, To } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { choiceOf } from '../identity/choices.ts'
import type { Actor } from './address.ts'

/** When something may be said, and why not before. */
export interface Due {
  readonly dueAt: Instant
  readonly lastError?: string
}

/** How the reason of a row begins that waits for nothing else; see {@link rescheduleQuiet}. */
const REASON = 'quiet hours'

/**
 * @param from what is said now, or later because its own time is not come: then a change of quiet hours leaves it alone
 * @param how.by who acts: an answer to them does not wait
 */
export async function dueOf(
  tx: Tx,
  to: To,
  reader: Reader,
  from: Instant,
  how: { readonly urgent?: boolean; readonly notBefore?: Instant; readonly by?: Actor | undefined },
): Promise<Due> {
  if (how.urgent || !('person' in to) || to.person === how.by?.person || !reader.person) return { dueAt: from }
  const { quiet } = await choiceOf(tx, to.person)
  const due: Due = quiet === null ? { dueAt: from } : dueIn(quiet, reader.zone, from)
  return due.lastError !== undefined && from === how.notBefore
    ? { ...due, lastError: `its time, and ${due.lastError}` }
    : due
}

function dueIn(quiet: QuietHours, zone: string, from: Instant): Due {
  const end = quietUntil(quiet, zone, from)
  if (end === undefined) return { dueAt: from }
  const { date, time } = wallTimeAt(end, zone)
  return { dueAt: end, lastError: `${REASON} until ${date} ${time}` }
}

/** The quiet hours of somebody have changed: what waits for the end of the old ones follows. @param quiet null for none */
export async function rescheduleQuiet(
  { sql }: Pick<Tx, 'sql'>,
  person: { readonly id: string; readonly zone: string },
  quiet: QuietHours | null,
  now: Instant,
): Promise<void> {
  const { dueAt, lastError } = quiet === null ? { dueAt: now } : dueIn(quiet, person.zone, now)
  await sql(
    `UPDATE outbox SET due_at = $2, last_error = $3
     WHERE person_id = $1 AND state = 'waiting' AND attempts = 0 AND error_kind IS NULL AND starts_with(last_error, $4)`,
    [person.id, new Date(dueAt), lastError ?? null, REASON],
  )
}
