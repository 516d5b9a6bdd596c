/** The outbox: everything that is said leaves through it, after the commit, in order, at the platforms' pace, and once. */
import type { Message } from '#core/card.ts'
import { type Clock, type Instant, realNow as machineNow } from '#core/clock.ts'
import type { Incoming, Platform, SentAs } from '#core/platform.ts'
import type { Outbox, Reader } from '../context.ts'
import type { Database, Tx } from '../db/transaction.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import type { Actor } from './address.ts'
import * as admin from './admin.ts'
import * as cards from './cards.ts'
import * as queue from './queue.ts'
import type { ListedRow, StateCount } from './repository/admin.ts'
import * as claims from './repository/claims.ts'
import type { TroubledRow } from './row.ts'
import * as worker from './worker.ts'

export interface OutboxDeps {
  readonly db: Database
  readonly clock: Clock
  /** By name. Rows for others wait until they are there again. */
  readonly platforms: ReadonlyMap<string, Platform>
  readonly policy: () => LoadedPolicy
  readonly log: { warn(data: object, message: string): void }
  /** Told after the commit of every row that became dead or unknown. */
  readonly onTrouble?: (row: TroubledRow) => void
  /** Real time of leases and held replies; the machine's when absent. */
  readonly realNow?: () => Instant
  /** Makes the time-out of one try; so much real time when absent. */
  readonly timeout?: (ms: number) => AbortSignal
}

export interface OutboxEngine {
  /**
   * `ctx.outbox`, in the transaction of the handler.
   * @param by who acts: what they are told themselves is an answer, said where they act, and waits for no quiet hours
   */
  within(tx: Tx, by?: Actor): Outbox
  /**
   * The reply to an event, to that person alone. Held back while the platform's answer may still carry it (real time now
   * + `answerWithinMs`), due at once where the answer cannot carry a message.
   * @param reply.as the key of the stated card that the reply is; only with a person who is known
   */
  holdReply(
    tx: Tx,
    reply: { platform: string; event: Incoming; reader: Reader; message: Message; as?: string },
  ): Promise<{ key: string }>
  /** It left in the HTTP answer. Nothing when it is not held any more. */
  carried(key: string): Promise<void>
  /** It did not: it is due now. @param by as {@link OutboxEngine.carryAgain} gave it */
  release(key: string, by?: string): Promise<void>
  /**
   * The reply `key` for the answer to a repeated call: undefined when the outbox says it, or has said it. `message` is what
   * it says now (absent: what it said), `by` is who may release it again.
   */
  carryAgain(platform: string, key: string): Promise<{ message?: Message; by?: string } | undefined>
  /** A click brought the newest place and handle of a message: by the key it was sent under when known, else by its place. */
  noteSentAs(tx: Tx, platform: string, on: SentAs, sentKey?: string): Promise<void>
  /**
   * Sends everything that is due by the clock, the oldest of each conversation first, until nothing more can be sent now.
   * Finishes what it has in hand when `signal` aborts. Throws only when the database does not answer.
   * @returns how many rows were taken up
   */
  pump(signal: AbortSignal): Promise<number>
  /** When `pump` may find something next, by the clock; undefined when nothing waits that this process can send. */
  nextDueAt(tx: Tx): Promise<Instant | undefined>
  /** Since when the oldest row that is due and not settled has been due, by the clock; those that only another process can send count too. */
  overdueSince(tx: Tx): Promise<Instant | undefined>
  /** Oldest first, without their content; dead and unknown rows unless the filter says otherwise. */
  list(tx: Tx, filter?: admin.OutboxFilter): Promise<ListedRow[]>
  retry(tx: Tx, id: string): Promise<admin.Retried>
  counts(tx: Tx): Promise<StateCount[]>
  /** Throws away a bounded number of rows said over 30 days ago. @returns how many */
  housekeeping(tx: Tx): Promise<number>
}

export function createOutbox(options: OutboxDeps): OutboxEngine {
  const { db, clock, platforms, policy, log } = options
  const deps: worker.WorkerDeps = {
    db,
    clock,
    platforms,
    policy,
    log,
    realNow: options.realNow ?? machineNow,
    timeout: options.timeout ?? ((ms) => AbortSignal.timeout(ms)),
    trouble: (row) => {
      log.warn(
        { ...row },
        row.state === 'dead' ? 'a message could not be sent' : 'nobody knows whether a message was sent',
      )
      options.onTrouble?.(row)
    },
  }
  return {
    within: (tx, by) => ({
      send: (to, draw, how) => queue.send(deps, tx, to, draw, { ...how, by }),
      show: (key, to, draw, how) => cards.show(deps, tx, key, to, draw, { ...how, by }),
      showAll: (key, draw, how) => cards.showAll(deps, tx, key, draw, how),
    }),
    holdReply: (tx, reply) => queue.holdReply(deps, tx, reply),
    carried: queue.gatheringCarried(deps),
    release: (key, by) => queue.release(deps, key, by),
    carryAgain: (platform, key) => queue.carryAgain(deps, platform, key),
    noteSentAs: cards.noteSentAs,
    pump: (signal) => worker.pump(deps, signal),
    nextDueAt: (tx) => worker.nextDueAt(deps, tx),
    overdueSince: ({ sql }) => claims.overdueSince(sql, [...platforms.keys()], clock.now(), deps.realNow()),
    list: admin.list,
    retry: (tx, id) => admin.retry(deps, tx, id),
    counts: admin.counts,
    housekeeping: (tx) => admin.housekeeping(deps, tx),
  }
}
