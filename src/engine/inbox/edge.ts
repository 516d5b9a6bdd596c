/** The edge: every inbound event is stored and deduplicated, handled in one transaction, and answered within its platform's limit. */
import { type Instant, realNow } from '#core/clock.ts'
import type { Say } from '#core/i18n.ts'
import type { Answer, Incoming, Platform } from '#core/platform.ts'
import { type Database, isConnectionLoss, type Sql, type Tx } from '../db/transaction.ts'
import { storable } from '../outbox/content.ts'
import { createCarriers } from './carriers.ts'
import { ATTEMPTS_MAX, dispatch, firstLine, readerOf, referenceOf, retryAfterMs } from './dispatch.ts'
import { mayOpenForm, openEarly, showForm } from './forms.ts'
import { messages } from './i18n.ts'
import type { ContextDeps } from './make-context.ts'
import * as repository from './repository.ts'

export interface InboxDeps extends ContextDeps {
  readonly db: Database
  readonly platforms: ReadonlyMap<string, Platform>
  readonly log: { error(data: object, message: string): void; warn(data: object, message: string): void }
  /** Called after every event, so that jobs and outbox look at once. */
  wake(): void
}

export interface Inbox {
  /**
   * Takes one event of a platform: resolves with its answer, or with an empty one at the platform's limit. Throws only when
   * it could not be stored: then the platform repeats it.
   * @param withinMs how long the answer may take, in milliseconds of real time; as long as the platform waits when absent
   */
  deliver(platform: Platform, event: Incoming, withinMs?: number): Promise<Answer>
  /** The answers that carried these replies have left, or broke off: then the outbox says them. */
  replied(keys: readonly string[], left: boolean): Promise<void>
  /** Tries again what was received and never finished, on the platforms there are. @returns at how many it was this process' turn */
  pump(): Promise<number>
  nextDueAt(): Promise<Instant | undefined>
  /** Waits for everything in flight. */
  drain(): Promise<void>
  /** Throws away what was done longer ago than any platform repeats, a bounded number at a time. @returns how many */
  forget(): Promise<number>
}

/** Repeats come for up to a day; twice that is kept. */
const KEEP_MS = 48 * 3_600_000
/** Real time that one attempt may take: a handler that never ends is a bug, and others wait for its connection. */
const HANDLE_MS_MAX = 15_000
/** Real time that an event waits at the door for one of the same person that is in hand; after that it waits in its row. */
const TURN_MS_MAX = 2_000
/** How soon it is looked again whether what is in hand is done; each time twice as long. */
const LOOK_MS = 10
const EMPTY: Answer = {}

type Track = <T>(work: Promise<T>) => Promise<T>

export function createInbox(deps: InboxDeps): Inbox {
  const inFlight = new Set<Promise<unknown>>()
  const track: Track = (work) => {
    inFlight.add(work)
    const forget = () => inFlight.delete(work)
    work.then(forget, forget)
    return work
  }
  const names = [...deps.platforms.keys()]
  const carriers = createCarriers(deps.outbox)
  const deliver = async (platform: Platform, event: Incoming, withinMs: number) => {
    const { answer, by } = await take(deps, track, platform, event, withinMs)
    if (answer.key) carriers.carry(answer.key, by)
    return answer
  }
  return {
    deliver: (platform, heard, withinMs = platform.limits.answerWithinMs) =>
      track(deliver(platform, wellFormed(heard), withinMs)),
    async replied(keys, left) {
      for (const key of keys) await carriers.replied(key, left)
    },
    async pump() {
      const rows = await deps.db.transact('work', ({ sql }) => repository.due(sql, names, deps.clock.now(), 100))
      let count = 0
      for (const row of rows) if (await track(again(deps, row))) count++
      return count
    },
    nextDueAt: () => deps.db.transact('work', ({ sql }) => repository.nextDueAt(sql, names)),
    async drain() {
      while (inFlight.size > 0) await Promise.allSettled([...inFlight])
    },
    forget: () => deps.db.transact('work', ({ sql }) => repository.forget(sql, deps.clock.now() - KEEP_MS)),
  }
}

/** People type what no database stores (NUL, half a character): replaced here, so that nothing behind meets it. */
const wellFormed = (event: Incoming): Incoming => JSON.parse(storable(event)) as Incoming

const isFirstTry = (row: repository.InboxRow | undefined) => row?.state === 'received' && row.attempts === 0

interface Taken {
  readonly answer: Answer
  /** Who may release the reply, when the answer to a repeat carries it. */
  readonly by?: string
}

/** Stored, handled, and answered within the limit; what comes later goes through the outbox. */
async function take(
  deps: InboxDeps,
  track: Track,
  platform: Platform,
  event: Incoming,
  withinMs: number,
): Promise<Taken> {
  const heardAt = realNow()
  const opens = platform.openForm !== undefined && mayOpenForm(deps, platform, event)
  const store = (sql: Sql) => repository.insert(sql, platform.name, event, deps.clock.now())
  const { id, reader } = opens
    ? await deps.db.transact('people', async (tx) => ({
        id: await store(tx.sql),
        reader: await readerOf(deps, tx, platform, event),
      }))
    : { id: await store((text, values) => deps.db.single('people', text, values)), reader: undefined }
  if (id === undefined) return repeated(deps, platform, event, heardAt + withinMs)
  const early = reader && openEarly(deps, platform, event, reader.locale)
  const answered = track(inTurn(deps, platform, id).then((answer) => showForm(deps, platform, event, answer, early)))
  const inTime = await within(answered, withinMs - (realNow() - heardAt))
  deps.wake()
  if (inTime) return { answer: await carry(deps, platform, event, inTime) }
  void track(
    answered
      .then((answer) => sayLater(deps, platform, event, answer, id))
      .catch((error: unknown) =>
        deps.log.error({ err: error, reference: referenceOf(id) }, 'a late answer could not be said'),
      ),
  )
  return { answer: EMPTY }
}

/**
 * The first attempt, after what the same person said before. What is in hand is waited for; what is tried again later, or
 * was left behind, comes before this one in the queue.
 * @returns undefined when it is handled later, or by somebody else
 */
async function inTurn(deps: InboxDeps, platform: Platform, id: string): Promise<Answer | undefined> {
  const until = realNow() + TURN_MS_MAX
  for (let waitMs = LOOK_MS; ; waitMs *= 2) {
    const answer = await handle(deps, platform, id, { attempt: 0, waits: realNow() < until })
    if (answer !== 'in-hand') return answer
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

/**
 * One more attempt at an event that failed, or whose process died. The turn is counted before it is taken: an event that
 * ends its process is given up like any other. @returns false when somebody else has it
 */
async function again(deps: InboxDeps, { id, attempts, platform: name }: repository.DueRow): Promise<boolean> {
  const platform = deps.platforms.get(name)
  if (!platform) return false
  const now = deps.clock.now()
  const turn = { attempts, now, dueAt: now + retryAfterMs(attempts) }
  if (!(await deps.db.transact('work', ({ sql }) => repository.takeTurn(sql, id, turn)))) return false
  const answer =
    attempts >= ATTEMPTS_MAX
      ? await apologise(deps, platform, id, new Error('Its process ended while it was handled'), attempts)
      : await handle(deps, platform, id, { attempt: attempts + 1, waits: false })
  if (answer === undefined || answer === 'in-hand') return false
  if (answer.key) await deps.outbox.release(answer.key)
  return true
}

/**
 * One attempt at one row. Never throws: what a handler throws is counted, told with a reference, and tried again or parked.
 * @param turn.attempt its number, when it was counted already; then it is its turn
 * @param turn.waits the caller asks again when something of the same person is in hand
 * @returns undefined when somebody else has the row, when it waits for what stands before it, or nothing could be written
 */
async function handle(
  deps: InboxDeps,
  platform: Platform,
  id: string,
  { attempt, waits }: { attempt: number; waits: boolean },
): Promise<Answer | undefined | 'in-hand'> {
  try {
    const work = async (tx: Tx) => {
      const found = await repository.claimInTurn(tx.sql, id, deps.clock.now())
      if (!found) return undefined
      const { row, before } = found
      const retried = attempt > 0
      if (before && !retried) {
        if (waits && before.inHand) return 'in-hand'
        await repository.setAside(tx.sql, id, before.freeAt)
        return undefined
      }
      const { answer, ran, about, personId } = await dispatch(deps, tx, platform, { id, event: row.event, retried })
      // What the outbox says is not said again to a repeat.
      const stored = retried ? EMPTY : answer
      await repository.finish(tx.sql, id, { ran, about, personId, answer: stored, at: deps.clock.now() })
      return answer
    }
    return await deps.db.transact('people', work, { withinMs: HANDLE_MS_MAX })
  } catch (error) {
    if (isConnectionLoss(error)) {
      // Not its fault: it stays as received, and is handled when the database is back.
      deps.log.warn({ err: error, reference: referenceOf(id) }, 'the database went away under an event')
      return undefined
    }
    deps.log.error({ err: error, reference: referenceOf(id), platform: platform.name }, 'an event could not be handled')
    return apologise(deps, platform, id, error, attempt)
  }
}

/** Tells the person at the first failure and when it is given up; in between it is tried again. */
async function apologise(
  deps: InboxDeps,
  platform: Platform,
  id: string,
  error: unknown,
  attempt: number,
): Promise<Answer | undefined> {
  const reference = referenceOf(id)
  try {
    return await deps.db.transact('people', async (tx) => {
      const row = await repository.claim(tx.sql, id)
      if (!row) return undefined
      const attempts = attempt || row.attempts + 1
      const parked = attempts >= ATTEMPTS_MAX
      const dueAt = deps.clock.now() + retryAfterMs(attempts - 1)
      await repository.fail(tx.sql, id, { parked, attempts, dueAt, error: firstLine(error) })
      if (parked) deps.log.error({ reference, platform: platform.name, attempts }, 'an event was given up')
      if (attempts > 1 && !parked) return EMPTY
      const reader = await readerOf(deps, tx, platform, row.event)
      const text = parked
        ? messages.say(reader.locale, 'apology.parked', { attempts, reference })
        : messages.say(reader.locale, 'apology', { reference })
      const message = { text }
      const { key } = await deps.outbox.holdReply(tx, { platform: platform.name, event: row.event, reader, message })
      return { key, message }
    })
  } catch (second) {
    // The database itself is gone: the row stays as received and is handled when it is back.
    deps.log.error({ err: second, reference }, 'a failed event could not be recorded')
    return undefined
  }
}

/**
 * The stored reply again; nothing when the outbox says it. While the first is still being handled, an answer that can carry
 * something waits for it, as long as the platform does: who repeats a call no longer listens to the first.
 */
async function repeated(deps: InboxDeps, platform: Platform, event: Incoming, patience: Instant): Promise<Taken> {
  const until = event.canCarry.length > 0 ? patience : 0
  const look = () => deps.db.transact('people', ({ sql }) => repository.byKey(sql, platform.name, event.key))
  let row = await look()
  for (let waitMs = LOOK_MS; isFirstTry(row) && realNow() + waitMs < until; waitMs *= 2) {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    row = await look()
  }
  const { message, key, ...rest } = row?.answer ?? EMPTY
  // Where the answer cannot carry it, the first delivery's outbox row said it.
  if (!message || !event.canCarry.includes('message')) return { answer: rest }
  if (!key) return { answer: { ...rest, message } }
  const again = await deps.outbox.carryAgain(platform.name, key)
  if (!again) return { answer: rest }
  return { answer: { ...rest, message: again.message ?? message, key }, ...(again.by ? { by: again.by } : {}) }
}

/** What the answer to the call carries; what it cannot carry goes through the outbox. */
async function carry(deps: InboxDeps, platform: Platform, event: Incoming, answer: Answer): Promise<Answer> {
  if (answer.form && !event.canCarry.includes('form')) await tell(deps, platform, event, messages.later('form.lost'))
  if (!answer.key) return answer
  if (answer.message && event.canCarry.includes('message')) return answer
  await deps.outbox.release(answer.key)
  deps.wake()
  const { message: _, key: __, ...carried } = answer
  return carried
}

/** No answer will carry it any more: everything that must be known is said through the outbox. */
async function sayLater(
  deps: InboxDeps,
  platform: Platform,
  event: Incoming,
  { key, errors, form }: Answer,
  id: string,
): Promise<void> {
  await deps.db.transact('people', ({ sql }) => repository.saidElsewhere(sql, id))
  if (key) await deps.outbox.release(key)
  else if (errors) await tell(deps, platform, event, () => Object.values(errors).join('\n'))
  else if (form) await tell(deps, platform, event, messages.later('form.lost'))
  deps.wake()
}

/** Says one sentence to the person who spoke, in their language. */
async function tell(deps: InboxDeps, platform: Platform, event: Incoming, sentence: Say): Promise<void> {
  await deps.db.transact('people', async (tx) => {
    const reader = await readerOf(deps, tx, platform, event)
    const message = { text: sentence(reader.locale) }
    // Nothing carries it: it is due at once.
    await deps.outbox.holdReply(tx, { platform: platform.name, event: { ...event, canCarry: [] }, reader, message })
  })
}

/** Undefined when it takes longer. Real time: the platform's patience is not rehearsed. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
