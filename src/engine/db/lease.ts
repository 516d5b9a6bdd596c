/**
 * What one process holds and all others wait for: a session lock on a connection of its own. Why it is never held by two
 * that act on it is reckoned in docs/decisions/021-the-lease.md.
 */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

export interface Lease {
  /** Aborts when it is held no more, or cannot be relied on: whoever acts on it stops at once, and takes it anew. */
  readonly lost: AbortSignal
  /** Gives it to the next. Called when nothing is done on it any more, also when it was lost. Never rejects. */
  release(): Promise<void>
}

/** All in milliseconds of real time. */
export interface LeaseTiming {
  /** How often somebody who waits tries again. */
  readonly tryEveryMs: number
  /** How often who holds it asks whether its connection is alive … */
  readonly askEveryMs: number
  /** … and how long the answer may take before the lease is given up for lost. */
  readonly answerWithinMs: number
  /**
   * How long after taking it nothing is done on it yet. More than the two above together, and the two seconds that a
   * platform may take to fall silent (see Platform.listen).
   */
  readonly graceMs: number
}
export const LEASE_TIMING: LeaseTiming = { tryEveryMs: 2_000, askEveryMs: 1_000, answerWithinMs: 1_500, graceMs: 5_000 }

/** Of the pairs of numbers that locks of ours are named by; single numbers (migrations, claims) are another space. */
const LOCK_SPACE = 4_827_152

/**
 * The server notices a vanished holder after 5 + 3 × 2 s without a packet of it, and only then lets the next one have the
 * lock. Its own default is two hours.
 */
const KEEPALIVE = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3'
/** A server that has not taken the connection by then is tried again. */
const CONNECT_MS_MAX = 5_000

/**
 * Waits for the lease on a server, for as long as it takes; a server that cannot be reached is waited for too. Needs a
 * connection whose session is its own: a pooler that shares sessions between transactions (PgBouncer) cannot hold it.
 * @param config how connections to the server are opened
 * @throws the reason of `signal` when that aborts first; then nothing is held
 */
export async function leaseOnServer(
  config: pg.ClientConfig,
  name: string,
  signal: AbortSignal,
  timing: LeaseTiming = LEASE_TIMING,
): Promise<Lease> {
  let session: Session | undefined
  try {
    for (;;) {
      signal.throwIfAborted()
      session ??= await openSession(config, timing.answerWithinMs).catch(() => undefined)
      if (session && (await session.take(lockOf(name)))) {
        const lease = hold(session, lockOf(name), timing)
        if (await rested(timing.graceMs, AbortSignal.any([signal, lease.lost]))) return lease
        await lease.release()
        session = undefined
        continue
      }
      if (session?.ended.aborted) {
        session.cut()
        session = undefined
      }
      await rested(timing.tryEveryMs, signal)
    }
  } catch (error) {
    session?.cut()
    throw error
  }
}

/** On the embedded database: its folder has one process, which holds every lease at once. */
export function leaseOfTheOnlyProcess(signal: AbortSignal): Lease {
  signal.throwIfAborted()
  return { lost: new AbortController().signal, release: async () => {} }
}

const lockOf = (name: string): number => createHash('sha256').update(name).digest().readInt32BE(0)

/** False when `signal` aborted first. */
const rested = (ms: number, signal: AbortSignal): Promise<boolean> => delay(ms, true, { signal }).catch(() => false)

function hold(session: Session, lock: number, { askEveryMs }: LeaseTiming): Lease {
  const given = new AbortController()
  const watch = async () => {
    while (await rested(askEveryMs, AbortSignal.any([given.signal, session.ended])))
      if (!(await session.isAlive())) break
    // Whatever is left of the session goes too: a lock that nobody acts on would keep everybody out.
    if (!given.signal.aborted) session.cut()
  }
  const watching = watch()
  return {
    lost: session.ended,
    async release() {
      given.abort()
      await watching
      await session.give(lock)
      session.cut()
    },
  }
}

interface Session {
  /** Aborts when the connection has ended, or is cut. */
  readonly ended: AbortSignal
  /** Each is false when the connection did not answer in time; then it is cut. */
  take(lock: number): Promise<boolean>
  give(lock: number): Promise<boolean>
  isAlive(): Promise<boolean>
  cut(): void
}

async function openSession(config: pg.ClientConfig, answerWithinMs: number): Promise<Session> {
  const client = new pg.Client({
    ...config,
    // A pool hides it from copies of its settings.
    ...(config.password === undefined ? {} : { password: config.password }),
    options: [config.options, KEEPALIVE].filter(Boolean).join(' '),
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
  })
  const ended = new AbortController()
  const cut = () => {
    ended.abort(new Error('the connection that held the lease has ended'))
    // No goodbye: it would wait for a server that may be gone.
    client.connection.stream.destroy()
  }
  client.on('error', cut)
  client.on('end', cut)
  await client.connect().catch((error: unknown) => {
    cut()
    throw error
  })
  const ask = async (text: string, values: readonly number[] = []): Promise<boolean> => {
    if (ended.signal.aborted) return false
    const answer = client.query<{ yes: boolean }>(text, [...values]).then(
      ({ rows }) => rows[0]?.yes === true,
      () => undefined,
    )
    const yes = await Promise.race([answer, silenceOf(answerWithinMs, answer)])
    if (yes === undefined) cut()
    return yes ?? false
  }
  return {
    ended: ended.signal,
    take: (lock) => ask('SELECT pg_try_advisory_lock($1, $2) AS yes', [LOCK_SPACE, lock]),
    give: (lock) => ask('SELECT pg_advisory_unlock($1, $2) AS yes', [LOCK_SPACE, lock]),
    isAlive: () => ask('SELECT true AS yes'),
    cut,
  }
}

/** Undefined when `answer` has not come within `ms`. An answer that lay there unread while this process was busy counts. */
async function silenceOf(ms: number, answer: Promise<unknown>): Promise<undefined> {
  const come = new AbortController()
  void answer.then(() => come.abort())
  await rested(ms, come.signal)
  await new Promise((read) => setImmediate(read))
  await new Promise((read) => setImmediate(read))
}
