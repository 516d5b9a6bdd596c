/** For administrators: what waits or failed, trying it again, and throwing old rows away. */
import { DAY_MS } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'
import { accountsIn, locate } from './address.ts'
import { contentHash } from './content.ts'
import { onPlatform, type QueueDeps } from './queue.ts'
import * as admin from './repository/admin.ts'
import * as cards from './repository/cards.ts'
import * as rows from './repository/rows.ts'
import { recipientKeyOf, SENT_KEPT_MS, type State, type Unreached } from './row.ts'

export interface OutboxFilter {
  /** What needs an eye, `dead` and `unknown`, when absent. */
  readonly states?: readonly State[]
  readonly platform?: string
  readonly conversation?: string
  /** 200 when absent. */
  readonly countMax?: number
}

/** Oldest first. */
export function list({ sql }: Tx, filter: OutboxFilter = {}): Promise<admin.ListedRow[]> {
  return admin.listRows(sql, {
    states: filter.states ?? ['dead', 'unknown'],
    platform: filter.platform,
    conversation: filter.conversation,
    countMax: filter.countMax ?? 200,
  })
}

/**
 * `queued` · `not-found` · `not-failed` it is neither dead nor unknown · `superseded` the card shows something newer, so
 * that the row was dropped · `unreachable` still.
 */
export type Retried = 'queued' | 'not-found' | 'not-failed' | 'superseded' | 'unreachable'

/** Says a dead or unknown row again, as an administrator decided: an unknown one may be there twice then. */
export async function retry(deps: QueueDeps, tx: Tx, id: string): Promise<Retried> {
  const row = /^\d{1,18}$/.test(id) ? await admin.rowById(tx.sql, id) : undefined
  if (!row) return 'not-found'
  if (row.state !== 'dead' && row.state !== 'unknown') return 'not-failed'
  if ('unreached' in row.recipient) return retryUnreached(deps, tx, row, row.recipient)
  if (row.cardId !== null) {
    await cards.lockCard(tx.sql, row.cardId)
    if ((await rows.behind(tx.sql, row.cardId, row.id)).newer) {
      await rows.dropRows(tx.sql, [row.id], 'the card shows something newer')
      return 'superseded'
    }
    await cards.setContentHash(tx.sql, row.cardId, contentHash(row.message, row.locale))
  }
  return (await admin.requeue(tx.sql, row.id, deps.clock.now())) ? 'queued' : 'not-failed'
}

/** Somebody may have been linked, or a room named, since. The first address takes the row, the others get their own. */
async function retryUnreached(deps: QueueDeps, tx: Tx, row: admin.RetriedRow, meant: Unreached): Promise<Retried> {
  const { addresses } = await locate(deps, tx, meant.unreached)
  const now = deps.clock.now()
  let isQueued = false
  for (const address of addresses) {
    const cardId = await newCard(tx, row, meant, address)
    if (meant.card !== undefined && cardId === undefined) continue
    const accounts = await accountsIn(tx, address.platform, row.message)
    if (!isQueued) {
      if (
        !(await admin.requeue(tx.sql, row.id, now, { address, accounts, ...(cardId === undefined ? {} : { cardId }) }))
      )
        return 'not-failed'
      isQueued = true
      continue
    }
    await rows.insertRow(tx.sql, {
      ...row,
      ...address,
      accounts,
      key: onPlatform(row.key, address),
      cardId,
      operation: 'send',
      quiet: false,
      state: 'waiting',
      dueAt: now,
      createdAt: now,
    })
  }
  if (isQueued) return 'queued'
  if (addresses.length === 0) return 'unreachable'
  await rows.dropRows(tx.sql, [row.id], 'the card was shown since')
  return 'superseded'
}

/** Undefined when the row is no card, or when the card is shown there already. */
async function newCard(
  tx: Tx,
  row: admin.RetriedRow,
  meant: Unreached,
  address: Parameters<typeof cards.ensureCard>[3],
) {
  if (meant.card === undefined) return undefined
  const { card, made } = await cards.ensureCard(tx.sql, meant.card, recipientKeyOf(meant.unreached), address)
  if (!made) return undefined
  await cards.setContentHash(tx.sql, card.id, contentHash(row.message, row.locale))
  return card.id
}

/** What is not said yet, by platform and state; the platform `none` holds those whom nobody can reach. */
export const counts = ({ sql }: Tx): Promise<admin.StateCount[]> => admin.countRows(sql)

/** Throws away what was said or overtaken over 30 days ago, a bounded number at a time; stated cards are kept. @returns how many */
export async function housekeeping(deps: QueueDeps, { sql }: Tx): Promise<number> {
  const now = deps.clock.now()
  await admin.deleteOldPaces(sql, now - DAY_MS)
  return admin.deleteOld(sql, now - SENT_KEPT_MS)
}
