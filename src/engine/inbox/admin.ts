/** For administrators: the events that were given up, and trying one again. */
import type { Instant } from '#core/clock.ts'
import type { Incoming } from '#core/platform.ts'
import type { Watch } from '../alerts/watch.ts'
import type { Tx } from '../db/transaction.ts'
import { referenceOf } from './dispatch.ts'
import * as repository from './repository.ts'

export interface ParkedFilter {
  readonly platform?: string
  /** 200 when absent. */
  readonly countMax?: number
}

/** An event that was given up, without what was said: that is private. */
export interface ParkedEvent {
  readonly id: string
  /** What the person was told, as `E12`: the log knows it too. */
  readonly reference: string
  readonly platform: string
  readonly kind: Incoming['kind']
  readonly account: string
  /** Staff number and name; null for an account that nobody has. */
  readonly person: { readonly staffNo: string; readonly name: string } | null
  readonly attempts: number
  /** The first line of the last error. */
  readonly lastError: string | null
  readonly receivedAt: Instant
}

/** Oldest first. */
export async function listParked({ sql }: Tx, filter: ParkedFilter = {}): Promise<ParkedEvent[]> {
  const rows = await repository.parked(sql, filter.platform ?? null, filter.countMax ?? 200)
  return rows.map(({ staffNo, name, receivedAt, ...row }) => ({
    ...row,
    reference: referenceOf(row.id),
    person: staffNo === null || name === null ? null : { staffNo, name },
    receivedAt: receivedAt.getTime(),
  }))
}

/** `queued` it is tried again at once, with all its attempts · `not-found` · `not-parked` it is done, or is still being tried. */
export type RetriedEvent = 'queued' | 'not-found' | 'not-parked'

/**
 * Tries an event that was given up again, as an administrator decided. It holds up nothing that came after it.
 * @param id as the list gives it, or the reference (`12` or `E12`)
 */
export async function retryParked({ sql }: Tx, id: string): Promise<RetriedEvent> {
  const number = /^E?(\d{1,18})$/i.exec(id.trim())?.[1]
  if (number === undefined || !(await repository.byId(sql, number))) return 'not-found'
  return (await repository.unpark(sql, number)) ? 'queued' : 'not-parked'
}

/** Lets an event be that was given up: nothing of it will happen. @returns false when there is none, or it was not given up */
export async function dropParked({ sql }: Tx, id: string, now: Instant): Promise<boolean> {
  const number = /^E?(\d{1,18})$/i.exec(id.trim())?.[1]
  return number !== undefined && (await repository.letBe(sql, number, now))
}

/** Events that were given up, for the administrators. */
export function parkedEvents(): Watch {
  return {
    kind: 'inbox.parked',
    async look({ sql }) {
      const parked = await repository.countParked(sql)
      return parked ? [{ facts: { count: parked.count, reference: referenceOf(parked.first) } }] : []
    },
  }
}
