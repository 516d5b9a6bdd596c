/** Stated cards: what a card shows now, to whom, and where it lies. */
import { randomUUID } from 'node:crypto'
import type { Message } from '#core/card.ts'
import type { SentAs } from '#core/platform.ts'
import type { Draw, Reader, To } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { contentOn, locate, type Manner, readerOf } from './address.ts'
import { contentHash } from './content.ts'
import { type QueueDeps, unreached } from './queue.ts'
import { type Due, dueOf } from './quiet.ts'
import * as cards from './repository/cards.ts'
import * as rows from './repository/rows.ts'
import { type CardRow, type Content, type NewRow, personIn, recipientKeyOf, toOf } from './row.ts'

/** States a card to one recipient; see `Outbox.show`. It stays on the platform where it was shown while that is configured. */
export async function show(
  deps: QueueDeps,
  tx: Tx,
  key: string,
  to: To,
  draw: Draw,
  options: Manner & { readonly quiet?: boolean; readonly anew?: Draw } = {},
): Promise<void> {
  const { reader, addresses, why } = await locate(deps, tx, to, options)
  const message = draw(reader)
  const recipientKey = recipientKeyOf(to)
  const shown = (await cards.lockCards(tx.sql, key, recipientKey)).filter((card) => deps.platforms.has(card.platform))
  const quiet = options.quiet ?? false
  const isNew = ({ platform }: { readonly platform: string }) => shown.every((card) => card.platform !== platform)
  const here = 'person' in to && to.person === options.by?.person ? options.by.platform : undefined
  // Asked for on another platform than it lies on: there it is new.
  const goesOver = options.anew !== undefined && addresses.some((at) => at.platform === here && isNew(at))
  const missing = addresses.filter((at) => ('person' in to && !goesOver ? shown.length === 0 : isNew(at)))
  const home = 'person' in to ? homeOf(shown, here) : undefined
  const due = missing.length > 0 || options.anew ? await dueOf(tx, to, reader, deps.clock.now(), options) : undefined
  for (const card of shown) {
    const isSaid = !goesOver && (home === undefined || card === home)
    if (options.anew && due && isSaid)
      await sayAnew(deps, tx, { card, reader, message, instead: options.anew(reader), due })
    else {
      const now = options.anew?.(reader) ?? message
      await state(deps, tx, { card, made: false, reader, message: now, quiet: quiet || !isSaid })
    }
  }
  for (const address of missing) {
    const ensured = await cards.ensureCard(tx.sql, key, recipientKey, address)
    await state(deps, tx, { ...ensured, reader, message, quiet, due })
  }
  const lost = unreachedKey(key, to)
  if (shown.length + missing.length > 0) await rows.dropUnreached(tx.sql, lost)
  else if (!quiet) await unreached(deps, tx, { key: lost, to, message, reader, why, card: key })
}

/**
 * Of the places that one person's card has got by and by, the one where it is said: where they are now, else where it was said
 * last, or is about to be. The others are changed while that can be, and nothing new is said there.
 */
function homeOf(places: readonly CardRow[], here?: string): CardRow | undefined {
  const saidAt = ({ sentAt }: CardRow) => sentAt ?? Number.POSITIVE_INFINITY
  const there = places.find(({ platform }) => platform === here)
  return there ?? places.find((one) => places.every((other) => saidAt(one) >= saidAt(other)))
}

const unreachedKey = (key: string, to: To): string => `card:${key}>${recipientKeyOf(to)}`

/** States it to everyone who was ever shown `key`, in the order in which they were. */
export async function showAll(
  deps: QueueDeps,
  tx: Tx,
  key: string,
  draw: Draw,
  options: { readonly quiet?: boolean } = {},
): Promise<void> {
  const readers = new Map<string, { reader: Reader; message: Message }>()
  const all = await cards.lockCards(tx.sql, key)
  const ofPeople = all.filter(({ recipientKey, platform }) => personIn(recipientKey) && deps.platforms.has(platform))
  const homes = new Map<string, CardRow>()
  for (const card of ofPeople) {
    const other = homes.get(card.recipientKey)
    homes.set(card.recipientKey, (other && homeOf([other, card])) ?? card)
  }
  for (const card of all) {
    const home = homes.get(card.recipientKey)
    const drawn = readers.get(card.recipientKey) ?? (await drawnFor(deps, tx, card.recipientKey, draw))
    readers.set(card.recipientKey, drawn)
    await state(deps, tx, {
      ...drawn,
      card,
      made: false,
      quiet: (options.quiet ?? false) || (home !== undefined && card !== home),
    })
  }
}

async function drawnFor(deps: QueueDeps, tx: Tx, recipientKey: string, draw: Draw) {
  const reader = await readerOf(deps, tx, toOf(recipientKey))
  return { reader, message: draw(reader) }
}

/** The caller holds the card's lock. Unsent, its message is replaced in the queue; else a change is queued behind it. */
async function state(
  deps: QueueDeps,
  tx: Tx,
  said: { card: CardRow; made: boolean; reader: Reader; message: Message; quiet: boolean; due?: Due | undefined },
): Promise<void> {
  const { card, made, reader, message, quiet, due } = said
  const hash = contentHash(message, reader.locale)
  if (card.contentHash === hash) return
  await cards.setContentHash(tx.sql, card.id, hash)
  const content = await contentOn(tx, card.platform, reader, message)
  const last = (await rows.openRowsOfCard(tx.sql, card.id)).at(-1)
  if (last && isUnsaid(last)) return rows.replaceContent(tx.sql, last.id, content, last.quiet && quiet)
  // A change disturbs nobody: only what is new waits for the end of quiet hours.
  await rows.insertRow(tx.sql, rowOf(deps, card, content, made ? 'send' : 'edit', quiet, made ? due : undefined))
}

/** A new message takes the card's place; the one that had it shows `instead` from now on, where it can still be changed. */
async function sayAnew(
  deps: QueueDeps,
  tx: Tx,
  said: { card: CardRow; reader: Reader; message: Message; instead: Message; due: Due },
): Promise<void> {
  const { card, reader, message, instead, due } = said
  const aboutToBeSaid = (await rows.openRowsOfCard(tx.sql, card.id)).find(({ operation }) => operation === 'send')
  if (aboutToBeSaid && due.lastError === undefined) await rows.hasten(tx.sql, aboutToBeSaid.id, due.dueAt)
  if (aboutToBeSaid) return state(deps, tx, { card, made: false, reader, message, quiet: false })
  await state(deps, tx, { card, made: false, reader, message: instead, quiet: true })
  await cards.setContentHash(tx.sql, card.id, contentHash(message, reader.locale))
  const content = await contentOn(tx, card.platform, reader, message)
  await rows.insertRow(tx.sql, rowOf(deps, card, content, 'send', false, due))
}

/** The next thing to be said of a card. */
export function rowOf(
  { clock }: Pick<QueueDeps, 'clock'>,
  { id: cardId, recipientKey, platform, conversation, recipient }: CardRow,
  content: Content,
  operation: NewRow['operation'],
  quiet: boolean,
  due: Due = { dueAt: clock.now() },
): NewRow {
  const key = `c${cardId}-${randomUUID()}`
  const at = { platform, conversation, recipient, ...due, createdAt: clock.now() }
  return { ...content, ...at, key, cardId, operation, quiet, state: 'waiting', personId: personIn(recipientKey) }
}

/** Nobody has read it yet, for certain. The same change may be said again with other words. */
const isUnsaid = (row: rows.OpenRow): boolean =>
  row.state === 'waiting' && (row.operation === 'edit' || row.errorKind !== 'unknown')

/** A click brought the newest place and handle of a message. */
export async function noteSentAs(tx: Tx, platform: string, on: SentAs, sentKey?: string): Promise<void> {
  const row = sentKey === undefined ? undefined : await rows.cardIdOf(tx.sql, sentKey)
  if (!row?.cardId) {
    if (on.handle !== undefined) await cards.setHandleAt(tx.sql, platform, on)
    return
  }
  const card = await cards.lockCard(tx.sql, row.cardId)
  if (card?.platform !== platform) return
  const isSamePlace = card.sentAs?.address === on.address && card.sentAs.messageId === on.messageId
  // A click on a message whose place a newer one has taken says nothing of the newer.
  if (!isSamePlace && (await rows.behind(tx.sql, card.id, row.id)).newerSend) return
  await cards.setPlace(tx.sql, card.id, isSamePlace ? { ...card.sentAs, ...on } : on)
}
