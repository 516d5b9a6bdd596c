/** A message to one person that cannot reach them on one platform goes to their next one: once each, and never back. */
import { type Card, type Message, textOf } from '#core/card.ts'
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import { appendLine } from '../audit/lines.ts'
import type { Tx } from '../db/transaction.ts'
import { addressOf } from '../identity/accounts.ts'
import { peopleFor } from '../identity/people.ts'
import { platformName } from '../policy/channels.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { accountsIn } from './address.ts'
import { rowOf } from './cards.ts'
import { contentHash } from './content.ts'
import { messages } from './i18n.ts'
import type { Next } from './outcome.ts'
import type { QueueDeps } from './queue.ts'
import * as cards from './repository/cards.ts'
import * as claims from './repository/claims.ts'
import * as rows from './repository/rows.ts'
import { type CardRow, type Claimed, directTo } from './row.ts'

type Deps = Pick<QueueDeps, 'clock' | 'platforms' | 'policy'> & {
  readonly log: { warn(data: object, message: string): void }
}
/** What of a row says where it may go. */
export type Movable = Pick<
  Claimed,
  'id' | 'key' | 'platform' | 'conversation' | 'message' | 'locale' | 'personId' | 'beenOn' | 'isTheirs'
> & { readonly claimedBy: string | undefined }

/** Where it goes next. */
interface Target {
  readonly platform: string
  readonly account: string
}

/** How long a message waits for a platform that takes none, in milliseconds by the clock. */
export const patienceMs = ({ policy }: Pick<QueueDeps, 'policy'>): number =>
  policy().section(OrganisationPolicy).otherPlatformAfterMinutes * MINUTE_MS

/**
 * What a failed try comes to for a message that may go elsewhere. `move` it goes · `wait` it stays, and is tried once more
 * at `at`, when its patience ends · `stay`. Pure; a try whose result nobody knows never goes elsewhere before it is settled.
 */
export function fateOf(
  row: Pick<Claimed, 'personId' | 'message' | 'operation' | 'quiet' | 'firstFailedAt' | 'dueAt'>,
  next: Next,
  patience: number,
  now: Instant,
): { readonly kind: 'move' | 'stay' } | { readonly kind: 'wait'; readonly at: Instant } {
  if (row.personId === undefined || row.message.form) return { kind: 'stay' }
  // A change that nobody would be told of is not worth a message elsewhere.
  if (next.to === 'dead') return { kind: row.operation === 'edit' && row.quiet ? 'stay' : 'move' }
  if (next.to !== 'waiting' || next.operation !== 'send') return { kind: 'stay' }
  if (next.errorKind !== 'not-sent' && next.errorKind !== 'rate-limited') return { kind: 'stay' }
  const since = row.firstFailedAt ?? (next.errorKind === 'rate-limited' ? row.dueAt : now)
  if (now - since >= patience) return { kind: 'move' }
  return next.failed && next.dueAt > since + patience ? { kind: 'wait', at: since + patience } : { kind: 'stay' }
}

/**
 * The person's next platform: the preferred first, none that it has been on, none where the same card lies already; the same
 * one where they have another account now than the one that it went to. While the first may come back, only one that is not
 * known to be down.
 */
export async function targetOf(
  { platforms, policy }: Pick<Deps, 'platforms' | 'policy'>,
  tx: Tx,
  row: Pick<Movable, 'platform' | 'personId' | 'beenOn' | 'isTheirs'>,
  how: { readonly card: CardRow | undefined; readonly isFinal: boolean },
): Promise<Target | undefined> {
  if (row.personId === undefined) return undefined
  const been = [
    ...(row.isTheirs ? [row.platform] : []),
    ...row.beenOn,
    ...(how.card ? await cards.siblings(tx.sql, how.card) : []),
  ]
  const names = [...platforms.values()]
    .filter(({ name, health }) => !been.includes(name) && (how.isFinal || health?.().ok !== false))
    .map(({ name }) => name)
  if (names.length === 0) return undefined
  const person = await peopleFor(tx, policy()).byId(row.personId)
  return person?.active ? addressOf(tx, row.personId, names) : undefined
}

/**
 * Takes the row to `target`, and the card it belongs to. The caller holds the card's lock.
 * @param how.isFinal the platform said no: nothing can be closed there
 * @returns false when somebody else has the row by now
 */
export async function move(
  deps: Deps,
  tx: Tx,
  row: Movable,
  target: Target,
  how: { readonly card: CardRow | undefined; readonly isFinal: boolean; readonly why: string },
): Promise<boolean> {
  const { sql } = tx
  const now = deps.clock.now()
  const address = directTo(target.platform, target.account)
  const accounts = await accountsIn(tx, target.platform, row.message)
  if (!(await rows.moveRow(sql, row, { ...address, accounts }, `not on ${row.platform}: ${how.why}`, now))) return false
  if (how.card) await moveCard(deps, tx, row, how.card, { ...address, isFinal: how.isFinal })
  const data = { from: row.platform, to: target.platform, why: how.why.slice(0, 200) }
  await appendLine(sql, { at: now, actorId: null, action: 'outbox.moved', subject: `outbox:${row.id}`, data })
  tx.afterCommit(() => deps.log.warn({ key: row.key, ...data }, 'a message goes to the next platform of its reader'))
  return true
}

async function moveCard(
  deps: Deps,
  tx: Tx,
  row: Movable,
  card: CardRow,
  to: ReturnType<typeof directTo> & { readonly isFinal: boolean },
): Promise<void> {
  const left = await cards.moveCard(tx.sql, card, to, row.id)
  if (left === undefined || to.isFinal) return
  // It may be about to be closed already, as where it is brought again as the newest message.
  if ((await rows.openRowsOfCard(tx.sql, left)).length > 0) return
  const message = closedHere(row.message, row.locale, to.platform)
  await cards.setContentHash(tx.sql, left, contentHash(message, row.locale))
  const content = { message, locale: row.locale, accounts: await accountsIn(tx, card.platform, message) }
  await rows.insertRow(tx.sql, rowOf(deps, { ...card, id: left }, content, 'edit', true))
}

/** The same card with nothing left to press. */
function closedHere(message: Message, locale: Locale, platform: string): Message {
  const note = messages.say(locale, 'moved', { platform: inLocale(platformName(platform), locale) })
  if (!message.card) return { text: `${textOf(message)}\n${note}` }
  const { buttons: _, select: __, link: ___, ...rest } = message.card
  return { card: { ...rest, note } satisfies Card }
}

/**
 * Where a platform as a whole has asked us to wait, or its one connection is not ours, its rows are not even tried: those of
 * people whose patience is over go elsewhere. A bounded number at a time.
 * @param outOfReach how the conversations begin that this process cannot speak in
 * @returns how many went
 */
export async function moveBlocked(deps: Deps, tx: Tx, outOfReach: claims.OutOfReach): Promise<number> {
  const now = deps.clock.now()
  let count = 0
  const [platforms, dueBefore] = [[...deps.platforms.keys()], now - patienceMs(deps)]
  const reachable = [...deps.platforms.values()].flatMap(({ name, health }) => (health?.().ok === false ? [] : [name]))
  for (const row of await claims.blockedRows(tx.sql, platforms, reachable, now, dueBefore, outOfReach)) {
    const card = row.cardId === undefined ? undefined : await cards.lockCard(tx.sql, row.cardId)
    if (card && (await rows.behind(tx.sql, card.id, row.id)).newer) continue
    const target = await targetOf(deps, tx, row, { card, isFinal: false })
    const isBeyond = outOfReach.some((rooms) => row.conversation.startsWith(rooms))
    const why = isBeyond ? `nobody could speak on ${row.platform}` : `${row.platform} has asked to wait`
    const how = { card, isFinal: false, why }
    if (target && (await move(deps, tx, { ...row, claimedBy: undefined }, target, how))) count++
  }
  return count
}
