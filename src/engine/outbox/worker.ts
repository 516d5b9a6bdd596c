/** Sending: whose turn it is, one try at the platform outside any transaction, and what is written down of it. */
import { randomUUID } from 'node:crypto'
import type { Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, Platform, SentAs } from '#core/platform.ts'
import type { Tx } from '../db/transaction.ts'
import { fateOf, move, moveBlocked, patienceMs, targetOf } from './fall-over.ts'
import { withFile } from './file.ts'
import { failureOf, type Next, nextOf, type Outcome } from './outcome.ts'
import { allowance, freeAt, spend } from './pace.ts'
import type { QueueDeps } from './queue.ts'
import * as cards from './repository/cards.ts'
import * as claims from './repository/claims.ts'
import * as rows from './repository/rows.ts'
import {
  type CardRow,
  type Claimed,
  FILE_TIMEOUT_MS,
  HOLDS_UP_MS,
  LEASE_MS,
  PARALLEL_MAX,
  SEND_TIMEOUT_MS,
} from './row.ts'

export interface WorkerDeps extends QueueDeps {
  readonly log: { warn(data: object, message: string): void }
  /** A fresh time-out for one try, in milliseconds of real time. */
  readonly timeout: (ms: number) => AbortSignal
}

/**
 * Takes up everything that is due, until nothing more can be sent now. Each platform by itself, several conversations of
 * each at a time. When `signal` aborts, what is in hand is finished and nothing more is begun.
 * @returns how many rows were taken up
 * @throws only when the database does not answer
 */
export async function pump(deps: WorkerDeps, signal: AbortSignal): Promise<number> {
  let count = 0
  let moved = 0
  do {
    const drains = [...deps.platforms.values()].map((platform) => drain(deps, platform, signal))
    const done = await Promise.allSettled(drains)
    for (const one of done) if (one.status === 'rejected') throw one.reason
    const drained = done.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    count += drained.reduce((sum, one) => sum + one.count, 0)
    // What went to another platform may have come there after everything was said.
    moved = drained.reduce((sum, one) => sum + one.moved, 0)
    const beyond = outOfReach(deps.platforms.values())
    if (!signal.aborted && (beyond.length > 0 || drained.some(({ blocked }) => blocked)))
      moved += await deps.db.transact('work', (tx) => moveBlocked(deps, tx, beyond))
  } while (moved > 0 && !signal.aborted)
  return count
}

async function drain(
  deps: WorkerDeps,
  platform: Platform,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly moved: number; readonly blocked: boolean }> {
  const inHand = new Set<Promise<void>>()
  let count = 0
  let moved = 0
  let settled = 0
  const look = await deps.db.transact('work', ({ sql }) =>
    claims.isAnythingDue(sql, platform.name, readings(deps), outOfReach([platform])),
  )
  if (look.stale && !signal.aborted) await takeOverStale(deps, platform)
  const { blocked } = look
  if (!look.stale && !look.due) return { count, moved, blocked }
  try {
    for (;;) {
      const free = PARALLEL_MAX - inHand.size
      const settledBefore = settled
      const due = signal.aborted || free === 0 ? [] : await claimDue(deps, platform, free)
      for (const row of due) {
        const work = deliver(deps, platform, row).then((isMoved) => {
          inHand.delete(work)
          settled++
          if (isMoved) moved++
        })
        inHand.add(work)
      }
      count += due.length
      // What was settled while we looked may have let the next one go: only a look at rest tells that nothing is due.
      if (settled !== settledBefore && !signal.aborted) continue
      if (inHand.size === 0) return { count, moved, blocked }
      await Promise.race(inHand)
    }
  } finally {
    await Promise.all(inHand)
  }
}

/** Rooms that only the process with the platform's one connection can speak in: left alone by the others, until it has it. */
const outOfReach = (platforms: Iterable<Platform>): claims.OutOfReach =>
  [...platforms].flatMap((platform) => {
    const rooms = platform.roomsOutOfReach?.()
    return rooms === undefined ? [] : [`${platform.name}:${rooms}`]
  })

const readings = (deps: WorkerDeps) => ({ now: deps.clock.now(), real: deps.realNow() })

async function claimDue(deps: WorkerDeps, platform: Platform, countMax: number): Promise<Claimed[]> {
  return deps.db.transact('work', async ({ sql }) => {
    const at = readings(deps)
    const beyond = outOfReach([platform])
    if (!(await claims.isAnythingDue(sql, platform.name, at, beyond)).due) return []
    await claims.lockClaims(sql)
    const { appPace, roomPace } = platform.limits
    const appPaceNow = (await claims.pacesOf(sql, [platform.name])).get(platform.name)
    const free = Math.min(countMax, allowance(appPaceNow, appPace, at.now))
    if (free <= 0) return []
    const due = await claims.turns(sql, platform.name, roomPace, at, free, beyond)
    if (due.length === 0) return []
    const paces = await claims.pacesOf(
      sql,
      due.map((turn) => turn.conversation),
    )
    await claims.savePaces(
      sql,
      new Map([
        [platform.name, spend(appPaceNow, appPace, at.now, due.length)] as const,
        ...due.map(({ conversation }) => [conversation, spend(paces.get(conversation), roomPace, at.now, 1)] as const),
      ]),
    )
    return claims.claim(
      sql,
      due.map((turn) => turn.id),
      randomUUID(),
      at.real,
    )
  })
}

/** A process that ended in the middle of a send has left it unknown. */
async function takeOverStale(deps: WorkerDeps, platform: Platform): Promise<void> {
  const stale = await deps.db.transact('work', ({ sql }) => claims.staleClaims(sql, platform.name, deps.realNow()))
  const message = `the process that was sending it did not finish within ${LEASE_MS} ms`
  for (const row of stale) {
    const { operation } = row
    const outcome: Outcome = { kind: 'failed', operation, error: 'unknown', message, uncertain: operation === 'send' }
    await deps.db.transact('work', (tx) => settle(deps, tx, platform, row, outcome))
  }
}

/** Never throws: what cannot be written down is found again when the claim has run out. @returns whether it goes elsewhere */
async function deliver(deps: WorkerDeps, platform: Platform, row: Claimed): Promise<boolean> {
  const outcome = await attempt(deps, platform, row)
  try {
    return await deps.db.transact('work', (tx) => settle(deps, tx, platform, row, outcome))
  } catch (error) {
    deps.log.warn({ err: error, key: row.key }, 'the result of a send could not be written down')
    return false
  }
}

/** One try. Never throws. */
async function attempt(deps: WorkerDeps, platform: Platform, row: Claimed): Promise<Outcome> {
  const { key, recipient: to, locale, accounts } = row
  const isUncertain = row.operation === 'send' && row.errorKind === 'unknown'
  if (!row.isTheirs) {
    const message = 'the account is no longer theirs'
    return { kind: 'failed', operation: row.operation, error: 'gone', message, uncertain: isUncertain }
  }
  const said = await withFile(deps.db, row, platform.limits).catch((error: unknown) => ({ notYet: String(error) }))
  if ('gone' in said) return { kind: 'nothing-to-do', message: said.gone }
  // That it could not be read now says nothing of an earlier try: what may lie there still has to be looked for.
  if ('notYet' in said) {
    const { operation } = row
    return { kind: 'failed', operation, error: 'not-sent', message: said.notYet, uncertain: isUncertain }
  }
  const outgoing: Outgoing = { key, to, ...said, locale, accounts }
  const signal = deps.timeout(said.file ? FILE_TIMEOUT_MS : SEND_TIMEOUT_MS)
  if (row.operation === 'edit') {
    const sentAs = row.card?.sentAs
    if (sentAs && platform.edit && isEditable(platform, row, deps.clock.now()))
      return editing(platform, sentAs, outgoing, signal)
    if (row.quiet) return { kind: 'nothing-to-do', message: 'the card cannot be changed in place any more' }
  }
  const earlier = isUncertain ? await lookUp(deps, platform, row, outgoing, signal) : 'absent'
  if (earlier !== 'absent' && earlier !== 'repeat') return earlier
  return sending(platform, outgoing, signal, earlier === 'repeat')
}

async function editing(platform: Platform, sent: SentAs, outgoing: Outgoing, signal: AbortSignal): Promise<Outcome> {
  try {
    const sentAs = await answered(async () => platform.edit?.(sent, outgoing, signal) ?? sent, signal)
    return { kind: 'sent', operation: 'edit', sentAs }
  } catch (error) {
    return failureOf('edit', error, false)
  }
}

async function sending(
  platform: Platform,
  outgoing: Outgoing,
  signal: AbortSignal,
  isUncertain: boolean,
): Promise<Outcome> {
  try {
    const sentAs = await answered(async () => platform.send(outgoing, signal), signal)
    return { kind: 'sent', operation: 'send', sentAs }
  } catch (error) {
    return failureOf('send', error, isUncertain)
  }
}

function isEditable(platform: Platform, row: Claimed, now: Instant): boolean {
  const since = row.card?.sentAt
  return since === undefined || now - since < platform.limits.editWithinMs
}

/** An earlier try may have said it. What is known of it: the end of the row, or that it must, or may, be said again. */
async function lookUp(
  deps: WorkerDeps,
  platform: Platform,
  row: Claimed,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Outcome | 'absent' | 'repeat'> {
  const { afterUnknown, repeatWithinMs } = platform.limits
  if (afterUnknown === 'repeat') {
    const sinceMs = deps.realNow() - row.firstClaimedAt
    if (repeatWithinMs === undefined || sinceMs < repeatWithinMs) return 'repeat'
    return { kind: 'cannot-tell', message: `first tried ${sinceMs} ms ago: to repeat it might say it twice` }
  }
  const find = afterUnknown === 'find' ? platform.find?.bind(platform) : undefined
  if (!find) return { kind: 'cannot-tell', message: `${platform.name} cannot be asked whether it is there` }
  try {
    const found = await answered(async () => find(outgoing, row.firstClaimedAt, signal), signal)
    if (found === 'absent') return 'absent'
    if (found === 'cannot-tell')
      return { kind: 'cannot-tell', message: `${platform.name} cannot tell whether it is there` }
    return { kind: 'sent', operation: 'send', sentAs: found }
  } catch (error) {
    return failureOf('send', error, true)
  }
}

/** The answer, or an error when the time is over; whether the call listens to the signal or not. */
function answered<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(new PlatformError('not-sent', 'the time was over before it was begun'))
  return new Promise((resolve, reject) => {
    const tooLate = () => reject(new Error('no answer within the time for it'))
    signal.addEventListener('abort', tooLate, { once: true })
    call()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', tooLate))
  })
}

/**
 * Writes down what came of a try, and what it means for the card and for those behind it.
 * @returns whether it goes to another platform
 */
async function settle(deps: WorkerDeps, tx: Tx, platform: Platform, row: Claimed, outcome: Outcome): Promise<boolean> {
  const { sql } = tx
  const now = deps.clock.now()
  const card = row.cardId === undefined ? undefined : await cards.lockCard(sql, row.cardId)
  const rest = card && (await rows.behind(sql, card.id, row.id))
  const ruled = nextOf(row, outcome, platform.limits, now)
  // An old change is not tried again when a newer one is there: it would undo it.
  const isOvertaken = ruled.to === 'waiting' && ruled.operation === 'edit' && rest?.newer
  const elsewhere = isOvertaken ? undefined : await toElsewhere(deps, tx, row, ruled, { card, rest })
  if (elsewhere === 'moved') {
    if (ruled.to === 'waiting' && ruled.block) await claims.blockPace(sql, ruled.block.pace, now, ruled.block.till)
    return true
  }
  const next = isOvertaken
    ? ({ to: 'dropped', lastError: 'overtaken by a newer change' } as const)
    : (elsewhere ?? ruled)
  if (!(await rows.settleRow(sql, row, next, now))) return false
  if (ruled.to === 'waiting' && ruled.block) await claims.blockPace(sql, ruled.block.pace, now, ruled.block.till)
  if (card && rest) await settleCard(tx, row, card.id, next, rest, now)
  if (next.to !== 'dead' && next.to !== 'unknown') return false
  const { id, key, platform: name, conversation } = row
  const { to: state, errorKind, lastError, attempts } = next
  const { operation } = row
  tx.afterCommit(() =>
    deps.trouble({ id, key, platform: name, conversation, operation, state, attempts, errorKind, lastError }),
  )
  return false
}

/** What becomes of the row because its reader has another platform; undefined when that changes nothing. */
async function toElsewhere(
  deps: WorkerDeps,
  tx: Tx,
  row: Claimed,
  ruled: Next,
  { card, rest }: { readonly card: CardRow | undefined; readonly rest: rows.Behind | undefined },
): Promise<'moved' | Next | undefined> {
  const fate = fateOf(row, ruled, patienceMs(deps), deps.clock.now())
  // What is newer finds its own way.
  if (fate.kind === 'stay' || rest?.newerSend || (row.operation === 'edit' && rest?.newer)) return undefined
  const isFinal = ruled.to === 'dead'
  const target = await targetOf(deps, tx, row, { card, isFinal })
  if (!target) return undefined
  if (fate.kind === 'wait') return ruled.to === 'waiting' ? { ...ruled, dueAt: fate.at } : undefined
  if (rest?.waitingEdit !== undefined) await rows.foldInto(tx.sql, row.id, rest.waitingEdit)
  const said = (await rows.contentOf(tx.sql, row.id)) ?? row
  const why = 'lastError' in ruled ? ruled.lastError : ''
  return (await move(deps, tx, { ...row, ...said }, target, { card, isFinal, why })) ? 'moved' : undefined
}

async function settleCard(
  { sql }: Tx,
  row: Claimed,
  cardId: string,
  next: ReturnType<typeof nextOf>,
  rest: rows.Behind,
  now: Instant,
): Promise<void> {
  if (next.to === 'sent' && !rest.newerSend) await placed(sql, cardId, next, now)
  if ((next.to === 'dead' || next.to === 'unknown') && !rest.newer) await cards.setContentHash(sql, cardId, '')
  const isUnsaid = next.to === 'waiting' && next.operation === 'send' && next.errorKind !== 'unknown'
  if (isUnsaid && rest.waitingEdit !== undefined) await rows.foldInto(sql, row.id, rest.waitingEdit)
}

const placed = (sql: Tx['sql'], cardId: string, sent: { operation: 'send' | 'edit'; sentAs: SentAs }, now: Instant) =>
  cards.setPlace(sql, cardId, sent.sentAs, sent.operation === 'send' ? now : undefined)

/**
 * The next instant, by the clock, at which {@link pump} may find something to send; now when it would at once. What waits
 * for real time (a held reply, a claim that may run out) is reckoned as if the clock ran on at real speed.
 */
export async function nextDueAt(deps: WorkerDeps, tx: Tx): Promise<Instant | undefined> {
  const at = readings(deps)
  const standings = await claims.standings(tx.sql, [...deps.platforms.keys()], at, outOfReach(deps.platforms.values()))
  if (standings.length === 0) return undefined
  const paces = await claims.pacesOf(
    tx.sql,
    standings.flatMap(({ platform, conversation }) => [platform, conversation]),
  )
  const instants = standings.flatMap((standing) => {
    const limits = deps.platforms.get(standing.platform)?.limits
    if (!limits) return []
    const free = Math.max(
      freeAt(paces.get(standing.platform), limits.appPace, at.now),
      freeAt(paces.get(standing.conversation), limits.roomPace, at.now),
    )
    return turnsAt(standing, at).map(({ turn, paced }) => (paced ? Math.max(turn, free) : turn))
  })
  return instants.length === 0 ? undefined : instants.reduce((one, other) => Math.min(one, other))
}

function turnsAt(
  standing: claims.Standing,
  { now, real }: { now: Instant; real: Instant },
): { turn: Instant; paced: boolean }[] {
  const { stand, state, dueAt, heldUntil, firstFailedAt, busySince, asideDueAt } = standing
  const later = (realInstant: Date) => now + Math.max(0, realInstant.getTime() - real)
  // Nothing leaves before what is in hand is settled: by its process, or by another one when the claim has run out.
  if (busySince) return [{ turn: later(new Date(busySince.getTime() + LEASE_MS)), paced: false }]
  const turns: Instant[] = asideDueAt ? [asideDueAt.getTime()] : []
  if (stand === 'ready') turns.push(now)
  else if (stand === 'holds' && state === 'held' && heldUntil) turns.push(later(heldUntil))
  else if (stand === 'holds' && dueAt && firstFailedAt)
    turns.push(Math.min(dueAt.getTime(), firstFailedAt.getTime() + HOLDS_UP_MS))
  return turns.map((turn) => ({ turn, paced: true }))
}
