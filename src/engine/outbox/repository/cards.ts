/** SQL of the stated cards: what each recipient is shown, and where it lies. */
import type { Instant } from '#core/clock.ts'
import type { Recipient, SentAs } from '#core/platform.ts'
import type { Sql } from '../../db/transaction.ts'
import { storable } from '../content.ts'
import type { Address, CardRow } from '../row.ts'
import { instant } from './rows.ts'

interface Read {
  readonly id: string
  readonly key: string
  readonly recipientKey: string
  readonly platform: string
  readonly conversation: string
  readonly recipient: Recipient
  readonly contentHash: string
  readonly sentAs: SentAs | null
  readonly sentAt: Date | null
}
const COLUMNS = `id, key, recipient_key AS "recipientKey", platform, conversation, recipient, content_hash AS "contentHash",
  sent_as AS "sentAs", sent_at AS "sentAt"`

const cardOf = (read: Read): CardRow => ({
  ...read,
  sentAs: read.sentAs ?? undefined,
  sentAt: read.sentAt?.getTime(),
})

/** Locked, in one order everywhere, so that two who close the same cards do not wait for each other. */
export async function lockCards(sql: Sql, key: string, recipientKey?: string): Promise<CardRow[]> {
  const rows = await sql<Read>(
    `SELECT ${COLUMNS} FROM shown_card WHERE key = $1 AND ($2::text IS NULL OR recipient_key = $2) ORDER BY id FOR UPDATE`,
    [key, recipientKey ?? null],
  )
  return rows.map(cardOf)
}

export async function lockCard(sql: Sql, id: string): Promise<CardRow | undefined> {
  const [row] = await sql<Read>(`SELECT ${COLUMNS} FROM shown_card WHERE id = $1 FOR UPDATE`, [id])
  return row && cardOf(row)
}

/**
 * The card for one recipient on one platform, locked; made when it is not there, with this hash.
 * @returns `made` false when it was there
 */
export async function ensureCard(
  sql: Sql,
  key: string,
  recipientKey: string,
  address: Address,
  contentHash = '',
): Promise<{ readonly card: CardRow; readonly made: boolean }> {
  const [made] = await sql<Read>(
    `INSERT INTO shown_card (key, recipient_key, platform, conversation, recipient, content_hash)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key, recipient_key, platform) DO NOTHING RETURNING ${COLUMNS}`,
    [key, recipientKey, address.platform, address.conversation, storable(address.recipient), contentHash],
  )
  if (made) return { card: cardOf(made), made: true }
  const [there] = await sql<Read>(
    `SELECT ${COLUMNS} FROM shown_card WHERE key = $1 AND recipient_key = $2 AND platform = $3 FOR UPDATE`,
    [key, recipientKey, address.platform],
  )
  if (!there)
    throw new Error(`The card ${key} for ${recipientKey} on ${address.platform} was taken away while it was stated`)
  return { card: cardOf(there), made: false }
}

/** An empty hash says that what was stated last is not what is shown: the next statement is made again. */
export async function setContentHash(sql: Sql, id: string, hash: string): Promise<void> {
  await sql('UPDATE shown_card SET content_hash = $2 WHERE id = $1', [id, hash])
}

/** Where the card lies from now on. @param sentAt of a new message; undefined leaves it as it was */
export async function setPlace(sql: Sql, id: string, sentAs: SentAs | undefined, sentAt?: Instant): Promise<void> {
  await sql('UPDATE shown_card SET sent_as = $2, message_id = $3, sent_at = COALESCE($4, sent_at) WHERE id = $1', [
    id,
    sentAs === undefined ? null : storable(sentAs),
    sentAs?.messageId ?? null,
    instant(sentAt),
  ])
}

/**
 * The card lies with its recipient on another platform from now on, in the row `rowId` that is to be said there. The place
 * it had, when it had one, becomes a card of its own with everything else that was said of it, so that it is closed with
 * the others.
 * @returns the id of the place left behind; undefined when there was none
 */
export async function moveCard(sql: Sql, card: CardRow, to: Address, rowId: string): Promise<string | undefined> {
  await sql(
    `UPDATE shown_card SET platform = $2, conversation = $3, recipient = $4, sent_as = NULL, message_id = NULL, sent_at = NULL
     WHERE id = $1`,
    [card.id, to.platform, to.conversation, storable(to.recipient)],
  )
  // Another account on the same platform: of the place that the former one sees nothing is said any more.
  if (!card.sentAs || to.platform === card.platform) return undefined
  const [left] = await sql<{ id: string }>(
    `INSERT INTO shown_card (key, recipient_key, platform, conversation, recipient, content_hash, sent_as, message_id, sent_at)
     VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8) RETURNING id`,
    [
      card.key,
      card.recipientKey,
      card.platform,
      card.conversation,
      storable(card.recipient),
      storable(card.sentAs),
      card.sentAs.messageId,
      instant(card.sentAt),
    ],
  )
  if (!left) return undefined
  await sql('UPDATE outbox SET card_id = $2 WHERE card_id = $1 AND id <> $3', [card.id, left.id, rowId])
  return left.id
}

/** Where else the same is shown to the same recipient. */
export async function siblings(sql: Sql, card: CardRow): Promise<readonly string[]> {
  const rows = await sql<{ platform: string }>(
    'SELECT platform FROM shown_card WHERE key = $1 AND recipient_key = $2 AND id <> $3',
    [card.key, card.recipientKey, card.id],
  )
  return rows.map(({ platform }) => platform)
}

/** The card is another message from now on, of which nobody knows the place yet. */
export async function forgetPlace(sql: Sql, id: string): Promise<void> {
  await sql('UPDATE shown_card SET sent_as = NULL, message_id = NULL, sent_at = NULL WHERE id = $1', [id])
}

/** Keeps the newest handle of whatever card lies there. */
export async function setHandleAt(sql: Sql, platform: string, sentAs: SentAs): Promise<void> {
  await sql(
    `UPDATE shown_card SET sent_as = $4
     WHERE platform = $1 AND message_id = $2 AND sent_as ->> 'address' = $3`,
    [platform, sentAs.messageId, sentAs.address, storable(sentAs)],
  )
}
