/** Writing rows: what is said once, and the reply that an HTTP answer may carry. */
import { randomUUID } from 'node:crypto'
import type { Message } from '#core/card.ts'
import type { Clock, Instant } from '#core/clock.ts'
import type { Incoming } from '#core/platform.ts'
import type { Draw, Reader, To } from '../context.ts'
import type { Database, Tx } from '../db/transaction.ts'
import { type AddressBook, contentOn, locate, type Manner } from './address.ts'
import { contentHash } from './content.ts'
import { dueOf } from './quiet.ts'
import * as cards from './repository/cards.ts'
import * as rows from './repository/rows.ts'
import { type Address, directTo, recipientKeyOf, roomOf, type TroubledRow } from './row.ts'

export interface QueueDeps extends AddressBook {
  readonly db: Database
  readonly clock: Clock
  readonly realNow: () => Instant
  readonly trouble: (row: TroubledRow) => void
}

/** Says something once; see `Outbox.send`. The key counts for each recipient by itself. */
export async function send(
  deps: QueueDeps,
  tx: Tx,
  to: To,
  draw: Draw,
  options: Manner & { readonly key?: string; readonly notBefore?: Instant } = {},
): Promise<void> {
  const located = await locate(deps, tx, to, options)
  const message = draw(located.reader)
  const now = deps.clock.now()
  const key = options.key === undefined ? randomUUID() : `${options.key}>${recipientKeyOf(to)}`
  if (located.addresses.length === 0)
    return unreached(deps, tx, { key, to, message, reader: located.reader, why: located.why })
  const from = Math.max(now, options.notBefore ?? now)
  const when = await dueOf(tx, to, located.reader, from, options)
  for (const address of located.addresses) {
    await rows.insertRow(tx.sql, {
      ...(await contentOn(tx, address.platform, located.reader, message)),
      ...address,
      ...when,
      key: 'person' in to ? key : onPlatform(key, address),
      cardId: undefined,
      operation: 'send',
      quiet: false,
      state: 'waiting',
      createdAt: now,
      personId: 'person' in to ? to.person : undefined,
    })
  }
  if ('channel' in to && options.key !== undefined) await rows.dropUnreached(tx.sql, key)
}

/** A channel has a row for each platform. */
export const onPlatform = (key: string, address: Address): string => `${key}@${address.platform}`

/** Nobody knows where to say it: listed at once, and tried again when an administrator has mended it. */
export async function unreached(
  deps: QueueDeps,
  tx: Tx,
  said: { key: string; to: To; message: Message; reader: Reader; why: string; card?: string },
): Promise<void> {
  const { key, to, message, reader, why, card } = said
  const now = deps.clock.now()
  const place = { platform: UNREACHED, conversation: recipientKeyOf(to) }
  const id = await rows.insertRow(tx.sql, {
    ...place,
    key,
    recipient: { unreached: to, ...(card === undefined ? {} : { card }) },
    message,
    locale: reader.locale,
    accounts: {},
    cardId: undefined,
    operation: 'send',
    quiet: false,
    state: 'dead',
    dueAt: now,
    errorKind: 'unreachable',
    lastError: why,
    createdAt: now,
    personId: 'person' in to ? to.person : undefined,
  })
  if (id === undefined) return
  const row: TroubledRow = {
    ...place,
    id,
    key,
    operation: 'send',
    state: 'dead',
    attempts: 0,
    errorKind: 'unreachable',
    lastError: why,
  }
  tx.afterCommit(() => deps.trouble(row))
}

/** Stands for the platform of a row that found none. */
export const UNREACHED = 'none'

/**
 * The reply to an event. Held back while the answer may carry it, else due at once. As a card it takes the place of
 * whatever showed that card to this person here.
 */
export async function holdReply(
  deps: QueueDeps,
  tx: Tx,
  reply: { platform: string; event: Incoming; reader: Reader; message: Message; as?: string },
): Promise<{ key: string }> {
  const { event, reader, message } = reply
  const platform = deps.platforms.get(reply.platform)
  if (!platform)
    throw new Error(`A reply on ${reply.platform}, which is not among ${[...deps.platforms.keys()].join(', ')}`)
  const now = deps.clock.now()
  const key = `r-${randomUUID()}`
  // No answer carries a file.
  const isCarried = event.canCarry.includes('message') && !message.file
  await rows.insertRow(tx.sql, {
    ...(await contentOn(tx, platform.name, reader, message)),
    ...replyAddress(platform.name, event),
    key,
    cardId: await cardOfReply(tx, platform.name, reply),
    operation: 'send',
    quiet: false,
    state: isCarried ? 'held' : 'waiting',
    dueAt: now,
    ...(isCarried ? { heldUntil: deps.realNow() + platform.limits.answerWithinMs } : {}),
    createdAt: now,
  })
  return { key }
}

/** What concerns one person is answered to that person alone. */
function replyAddress(platform: string, event: Incoming): Address {
  if (event.roomKind === 'direct') return directTo(platform, event.person)
  const { room, person: onlyFor, replyHandle } = event
  const recipient = { room, onlyFor, ...(replyHandle === undefined ? {} : { replyHandle }) }
  return { ...roomOf(platform, room), recipient }
}

async function cardOfReply(
  tx: Tx,
  platform: string,
  { event, reader, message, as }: { event: Incoming; reader: Reader; message: Message; as?: string },
): Promise<string | undefined> {
  if (as === undefined || !reader.person) return undefined
  const { sql } = tx
  // What takes its place later is said in the direct message: a private answer in a room cannot be found again.
  const recipientKey = recipientKeyOf({ person: reader.person.id })
  const hash = contentHash(message, reader.locale)
  const { card, made } = await cards.ensureCard(sql, as, recipientKey, directTo(platform, event.person), hash)
  if (!made) {
    const open = await rows.openRowsOfCard(sql, card.id)
    const unsaid = open.filter(
      (row) => row.state === 'waiting' && !(row.operation === 'send' && row.errorKind === 'unknown'),
    )
    await rows.dropRows(
      sql,
      unsaid.map((row) => row.id),
      'the reply says it',
    )
    await cards.forgetPlace(sql, card.id)
    await cards.setContentHash(sql, card.id, hash)
  }
  return card.id
}

/**
 * They left in HTTP answers. What leaves while the ones before are being marked is gathered and marked together: under
 * load a statement for many replies, not one for each.
 */
export function gatheringCarried(deps: QueueDeps): (key: string) => Promise<void> {
  let gathered: string[] = []
  let next: Promise<void> | undefined
  let last: Promise<void> = Promise.resolve()
  const mark = async () => {
    const keys = gathered
    gathered = []
    next = undefined
    await deps.db.single('people', rows.MARK_CARRIED, [keys, new Date(deps.clock.now())])
  }
  return (key) => {
    gathered.push(key)
    if (!next) {
      next = last.then(mark)
      last = next.catch(() => {})
    }
    return next
  }
}

/** It did not leave in the HTTP answer: it is due now. @param by of {@link carryAgain} */
export async function release(deps: QueueDeps, key: string, by?: string): Promise<void> {
  await deps.db.transact('people', ({ sql }) => rows.markReleased(sql, key, deps.clock.now(), by))
}

/**
 * The platform has repeated a call whose reply this is. It is carried by the answer to the repeat, or by the outbox, never
 * by both.
 * @returns undefined when the outbox says it; `by` is who may release it again, absent when an answer has carried it before
 */
export async function carryAgain(
  deps: QueueDeps,
  platform: string,
  key: string,
): Promise<{ message?: Message; by?: string } | undefined> {
  const limits = deps.platforms.get(platform)?.limits
  if (!limits) return undefined
  const by = randomUUID()
  return deps.db.transact('people', async ({ sql }) => {
    const held = await rows.holdAgain(sql, key, by, deps.realNow() + limits.answerWithinMs)
    if (held) return { message: held.message, by }
    return (await rows.wasCarried(sql, key)) ? {} : undefined
  })
}
