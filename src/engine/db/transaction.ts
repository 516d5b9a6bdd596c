/** The one door to the database: every statement runs in a transaction opened here, plain SQL and Prisma on the same connection. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from './generated/client.ts'
import { type Lease, leaseOfTheOnlyProcess, leaseOnServer } from './lease.ts'

export type PrismaTx = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>
/** Plain SQL with `$1` parameters; rows as objects. Instants come and go as Date. */
export type Sql = <Row extends object = Record<string, unknown>>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>
export interface Tx {
  readonly sql: Sql
  /** Prisma in the same transaction. It is started when first used: the hot path never pays for it. */
  readonly db: PrismaTx
  /** Runs `work` behind a savepoint: when it throws, everything it wrote is undone and the transaction goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /** Runs after the commit, never after a rollback. */
  afterCommit(work: () => void): void
}

/** What is urgent goes first: people wait for inbound events, nobody for a sheet. */
export type Urgency = 'people' | 'work'

export interface Database {
  readonly kind: 'embedded' | 'server'
  /**
   * Opens a transaction, runs `work`, commits. Throws what `work` throws, after the rollback.
   * @param options.withinMs real time that `work` may take, a minute when absent; then everything is undone, `tx` is dead
   * to whoever still holds it, and {@link WorkTooLong} is thrown
   */
  transact<T>(urgency: Urgency, work: (tx: Tx) => Promise<T>, options?: { readonly withinMs?: number }): Promise<T>
  /** One statement, which is a transaction by itself: a third of the way of {@link transact}. */
  single<Row extends object = Record<string, unknown>>(
    urgency: Urgency,
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /**
   * Waits until this process alone holds `name`, for as long as it takes. At once on the embedded database, whose folder has
   * one process; some seconds after it is free on a server. @throws the reason of `signal` when that aborts first
   */
  lease(name: string, signal: AbortSignal): Promise<Lease>
  close(): Promise<void>
}

/** Nothing here should come near it. The embedded database has one connection: whoever kept it for ever would stop everything. */
const TRANSACTION_MS_MAX = 60_000
/** A connection that has not rolled back by then is closed: a server's statement may be waiting for somebody's lock. */
const ROLLBACK_MS_MAX = 2_000
/** A database that does not answer a question by then is taken for gone. */
const PING_MS_MAX = 2_000

class NoAnswer extends Error {
  override readonly message = `the database did not answer in ${PING_MS_MAX} ms`
}

/** The work inside a transaction did not end in time; nothing of it is left. */
export class WorkTooLong extends Error {
  override readonly name = 'WorkTooLong'
}

/**
 * @param pool a pool of one connection (embedded) or several (server); closed with the database
 * @param onClose what else goes with it
 */
export function openDatabase(
  kind: Database['kind'],
  pool: pg.Pool,
  onClose: () => Promise<void> = async () => {},
): Database {
  pool.on('error', () => {}) // A server that stops would end the process; the next query says so anyway.
  const slots = new Slots(pool.options.max ?? 10)
  const prisma = prismaOver(pool)
  let closing: Promise<void> | undefined
  const onConnection = async <T>(urgency: Urgency, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const free = await slots.take(urgency)
    try {
      const client = await pool.connect()
      let broken: Error | undefined
      // A server that ends the connection tells it here too; without a listener the whole process would end with it.
      const lost = (error: Error) => {
        broken = error
      }
      client.on('error', lost)
      try {
        return await work(client)
      } catch (error) {
        if (isConnectionLoss(error) || error instanceof NotRolledBack) broken = error
        throw error instanceof NotRolledBack ? error.cause : error
      } finally {
        client.off('error', lost)
        client.release(broken)
      }
    } finally {
      free()
    }
  }
  return {
    kind,
    transact: (urgency, work, { withinMs = TRANSACTION_MS_MAX } = {}) =>
      onConnection(urgency, (client) => run(client, prisma, work, withinMs)),
    single: (urgency, text, values) =>
      onConnection(urgency, async (client) => (await client.query(text, values as unknown[])).rows),
    async ping() {
      const answered = within(pool.query('SELECT 1'), PING_MS_MAX, () => new NoAnswer())
      await answered.catch((error: unknown) => {
        // The one connection of the embedded database is at work, for a bounded time: people wait, nothing is broken.
        if (kind === 'embedded' && error instanceof NoAnswer && slots.busy) return
        throw error
      })
    },
    lease: async (name, signal) =>
      kind === 'embedded' ? leaseOfTheOnlyProcess(signal) : leaseOnServer(pool.options, name, signal),
    close() {
      closing ??= (async () => {
        await prisma.client.$disconnect()
        await pool.end()
        await onClose()
      })()
      return closing
    },
  }
}

/** The result of `work`, or what `tooLate` makes when it takes longer. What it still throws then is nobody's. */
async function within<T>(work: Promise<T>, ms: number, tooLate: () => Error): Promise<T> {
  work.catch(() => {})
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** The connection is in the middle of something: it must not be used again. */
class NotRolledBack extends Error {}

async function run<T>(
  client: pg.PoolClient,
  prisma: Prismas,
  work: (tx: Tx) => Promise<T>,
  withinMs: number,
): Promise<T> {
  await client.query('BEGIN')
  const { tx, later, end } = transactionOn(client, prisma)
  let result: T
  try {
    result = await within(work(tx), withinMs, () => new WorkTooLong(`not done within ${withinMs} ms: undone`))
    await end()
    await client.query('COMMIT')
  } catch (error) {
    const undone = end().then(() => client.query('ROLLBACK').catch(() => {}))
    await within(undone, ROLLBACK_MS_MAX, () => new NotRolledBack('', { cause: error }))
    throw error
  }
  for (const after of later) after()
  return result
}

/** @returns `end` after it nobody reaches the connection through `tx` any more, however long they hold it */
function transactionOn(client: pg.PoolClient, prisma: Prismas) {
  const later: (() => void)[] = []
  let isOver = false
  const query = async (text: string, values?: readonly unknown[]) => {
    if (isOver) throw new WorkTooLong('this transaction is over')
    return client.query(text, values as unknown[])
  }
  const lazy = prisma.over(client, () => isOver)
  let depth = 0
  const tx: Tx = {
    sql: async (text, values) => (await query(text, values)).rows,
    db: lazy.db,
    async savepoint(inner) {
      const name = `s${++depth}`
      const before = later.length
      await query(`SAVEPOINT ${name}`)
      try {
        const result = await inner()
        await query(`RELEASE SAVEPOINT ${name}`)
        return result
      } catch (error) {
        await query(`ROLLBACK TO SAVEPOINT ${name}`)
        later.length = before // What was undone is not told after the commit either.
        throw error
      } finally {
        depth--
      }
    },
    afterCommit: (after) => {
      later.push(after)
    },
  }
  const end = () => {
    isOver = true
    return lazy.end()
  }
  return { tx, later, end }
}

interface Prismas {
  readonly client: PrismaClient
  /** @param isOver no statement may begin any more */
  over(client: pg.PoolClient, isOver: () => boolean): { db: PrismaTx; end(): Promise<void> }
}

/**
 * Prisma on a connection whose transaction is ours: its own BEGIN, COMMIT and ROLLBACK are swallowed, so that plain SQL,
 * savepoints and Prisma operations are one transaction.
 */
function prismaOver(pool: pg.Pool): Prismas {
  const current = new AsyncLocalStorage<pg.PoolClient>()
  const factory = new PrismaPg(pool)
  const client = new PrismaClient({
    adapter: {
      provider: factory.provider,
      adapterName: factory.adapterName,
      async connect() {
        const adapter = await factory.connect()
        const own = adapter.startTransaction
        adapter.startTransaction = (isolation) => {
          const connection = current.getStore()
          if (!connection)
            throw new Error('Prisma outside a transaction: every statement goes through Database.transact')
          return own.call(
            Object.create(adapter, { client: { value: { connect: async () => borrowed(connection) } } }),
            isolation,
          )
        }
        return adapter
      },
    },
    transactionOptions: { maxWait: TRANSACTION_MS_MAX, timeout: TRANSACTION_MS_MAX },
  })
  return {
    client,
    over: (connection, isOver) => lazyTransaction(client, isOver, (work) => current.run(connection, work)),
  }
}

const CONTROL = /^\s*(BEGIN|COMMIT|ROLLBACK)\s*;?\s*$/i

/** The same connection, deaf to transaction control and to being released. */
function borrowed(connection: pg.PoolClient): unknown {
  return {
    query: (query: { text: string }) =>
      CONTROL.test(query.text) ? Promise.resolve({ fields: [], rows: [], rowCount: 0 }) : connection.query(query),
    on: () => {},
    removeListener: () => {},
    release: () => {},
  }
}

function lazyTransaction(
  client: PrismaClient,
  isOver: () => boolean,
  inConnection: <T>(work: () => Promise<T>) => Promise<T>,
) {
  let finish: (() => void) | undefined
  let ended: Promise<unknown> | undefined
  // The transaction client travels in an object: it is a proxy, and a promise resolved with it would ask it for `then`.
  let started: Promise<{ tx: PrismaTx }> | undefined
  const start = async () => {
    if (isOver()) throw new WorkTooLong('this transaction is over')
    started ??= new Promise<{ tx: PrismaTx }>((resolve, reject) => {
      ended = inConnection(() =>
        client.$transaction((tx) => {
          resolve({ tx: tx as unknown as PrismaTx })
          return new Promise<void>((done) => {
            if (isOver())
              done() // It was begun and never waited for.
            else finish = done
          })
        }),
      ).catch(reject)
    })
    return started
  }
  const operations = (model: string) =>
    new Proxy(
      {},
      {
        get: (_, operation: string) => (args: unknown) =>
          start().then(({ tx }) =>
            (tx as unknown as Record<string, Record<string, (a: unknown) => unknown>>)[model]?.[operation]?.(args),
          ),
      },
    )
  const db = new Proxy(
    {},
    {
      get: (_, name: string) =>
        name.startsWith('$')
          ? (...args: unknown[]) =>
              start().then(({ tx }) => (tx as unknown as Record<string, (...a: unknown[]) => unknown>)[name]?.(...args))
          : operations(name),
    },
  ) as PrismaTx
  return {
    db,
    async end() {
      finish?.()
      await ended
    },
  }
}

/** The driver's own words for it, which carry no code. */
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/
const LOST_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** The database went away, before the transaction or under it: nobody's fault, and the connection must not be used again. */
export function isConnectionLoss(error: unknown): error is Error {
  const code = sqlState(error)
  if (code !== undefined) return code.startsWith('08') || code.startsWith('57P') || LOST_CODES.has(code)
  return error instanceof Error && LOST.test(error.message)
}

/** The SQLSTATE of an error, from plain SQL or from Prisma: retry and refusal are decided by it, never by Prisma's P-number. */
export function sqlState(error: unknown): string | undefined {
  const e = error as {
    code?: string
    meta?: { driverAdapterError?: { cause?: { originalCode?: string } } }
    cause?: { originalCode?: string }
  }
  return (
    e?.meta?.driverAdapterError?.cause?.originalCode ??
    e?.cause?.originalCode ??
    (typeof e?.code === 'string' && !e.code.startsWith('P2') ? e.code : undefined)
  )
}

/** As many transactions at once as there are connections; people before work. */
class Slots {
  #free: number
  readonly #waiting: Record<Urgency, (() => void)[]> = { people: [], work: [] }
  constructor(count: number) {
    this.#free = count
  }
  /** Nobody else finds a connection now. */
  get busy(): boolean {
    return this.#free === 0
  }
  async take(urgency: Urgency): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting[urgency].push(resolve))
    let given = false
    return () => {
      if (given) return
      given = true
      const next = this.#waiting.people.shift() ?? this.#waiting.work.shift()
      if (next) next()
      else this.#free++
    }
  }
}
