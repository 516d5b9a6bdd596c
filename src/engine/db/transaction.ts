/** The one door to the database: every statement runs in a transaction opened here, plain SQL and Prisma on the same connection. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from './generated/client.ts'

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
  /** Opens a transaction, runs `work`, commits. Throws what `work` throws, after the rollback. */
  transact<T>(urgency: Urgency, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** A transaction that lasts longer is cut off by Prisma; nothing here should come near it. */
const TRANSACTION_MS_MAX = 60_000

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
  return {
    kind,
    async transact(urgency, work) {
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
          return await run(client, prisma, work)
        } catch (error) {
          if (isConnectionLoss(error)) broken = error as Error
          throw error
        } finally {
          client.off('error', lost)
          client.release(broken)
        }
      } finally {
        free()
      }
    },
    async ping() {
      await pool.query('SELECT 1')
    },
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

async function run<T>(client: pg.PoolClient, prisma: Prismas, work: (tx: Tx) => Promise<T>): Promise<T> {
  const later: (() => void)[] = []
  await client.query('BEGIN')
  const lazy = prisma.over(client)
  let depth = 0
  const tx: Tx = {
    sql: async (text, values) => (await client.query(text, values as unknown[])).rows,
    db: lazy.db,
    async savepoint(inner) {
      const name = `s${++depth}`
      const before = later.length
      await client.query(`SAVEPOINT ${name}`)
      try {
        const result = await inner()
        await client.query(`RELEASE SAVEPOINT ${name}`)
        return result
      } catch (error) {
        await client.query(`ROLLBACK TO SAVEPOINT ${name}`)
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
  let result: T
  try {
    result = await work(tx)
    await lazy.end()
    await client.query('COMMIT')
  } catch (error) {
    await lazy.end()
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
  for (const after of later) after()
  return result
}

interface Prismas {
  readonly client: PrismaClient
  over(client: pg.PoolClient): { db: PrismaTx; end(): Promise<void> }
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
  return { client, over: (connection) => lazyTransaction(client, (work) => current.run(connection, work)) }
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

function lazyTransaction(client: PrismaClient, inConnection: <T>(work: () => Promise<T>) => Promise<T>) {
  let finish: (() => void) | undefined
  let ended: Promise<unknown> | undefined
  // The transaction client travels in an object: it is a proxy, and a promise resolved with it would ask it for `then`.
  let started: Promise<{ tx: PrismaTx }> | undefined
  const start = () => {
    started ??= new Promise<{ tx: PrismaTx }>((resolve, reject) => {
      ended = inConnection(() =>
        client.$transaction((tx) => {
          resolve({ tx: tx as unknown as PrismaTx })
          return new Promise<void>((done) => {
            finish = done
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

/** The database went away under the transaction: the connection must not be used again. */
export function isConnectionLoss(error: unknown): boolean {
  const code = sqlState(error)
  return (
    code !== undefined && (code.startsWith('08') || code.startsWith('57P') || ['ECONNRESET', 'EPIPE'].includes(code))
  )
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
