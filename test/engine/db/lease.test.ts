/** One process holds the lease; the next takes over when it is free, and never while somebody still acts on it. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { LEASE_TIMING, type Lease, type LeaseTiming, leaseOnServer } from '#engine/db/lease.ts'
import { openDatabase } from '#engine/db/transaction.ts'
import { cable } from '../../support/cuttable.ts'
import { query } from '../../support/global-database.ts'

const template = inject('template')
const SOON = { interval: 5, timeout: 8_000 }
const QUICK: LeaseTiming = { tryEveryMs: 20, askEveryMs: 15, answerWithinMs: 1_000, graceMs: 30 }

const open: { end(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.end()
})

/** A process that wants the lease. */
function wanting(name: string, url = urlOf(), timing: Partial<LeaseTiming> = {}) {
  const off = new AbortController()
  const application_name = `wants-${randomUUID()}`
  let held: Lease | undefined
  const done = leaseOnServer({ connectionString: url, application_name }, name, off.signal, { ...QUICK, ...timing })
  const settled = done.then(
    (lease) => {
      held = lease
      return 'held' as const
    },
    (error: unknown) => error,
  )
  const process = {
    settled,
    holds: () => held !== undefined && !held.lost.aborted,
    lost: () => held?.lost.aborted ?? false,
    release: async () => {
      await held?.release()
      held = undefined
    },
    giveUp: () => off.abort(),
    async end() {
      off.abort()
      await settled
      await held?.release()
    },
    /** As an administrator of the server, or a failover, ends it. */
    kill: () =>
      query(
        `${serverUrl()}postgres`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${application_name}'`,
      ),
  }
  open.push(process)
  return process
}
function serverUrl(): string {
  if (template.kind !== 'server') throw new Error('only a server has several processes')
  return template.url
}
const urlOf = () => `${serverUrl()}postgres`

describe.runIf(template.kind === 'server')('two processes on a server', () => {
  it('hold it one after the other, each when the one before has given it back', async () => {
    const name = randomUUID()
    const one = wanting(name)
    await one.settled
    const two = wanting(name)
    await expect.poll(leasesHeld, SOON).toBe(1)
    expect([one.holds(), two.holds()]).toEqual([true, false])
    await one.release()
    expect(await two.settled).toBe('held')
    expect(two.holds()).toBe(true)
  })

  it('do not keep each other from leases of other names', async () => {
    const [one, two] = [wanting(randomUUID()), wanting(randomUUID())]
    expect(await Promise.all([one.settled, two.settled])).toEqual(['held', 'held'])
  })

  it('change over when the session of the first is ended, and the first knows it before the second begins', async () => {
    const name = randomUUID()
    const one = wanting(name)
    await one.settled
    const two = wanting(name)
    let firstKnew: boolean | undefined
    void two.settled.then(() => {
      firstKnew = one.lost()
    })
    await one.kill()
    expect(await two.settled).toBe('held')
    expect(firstKnew).toBe(true)
    expect([one.holds(), two.holds()]).toEqual([false, true])
  })

  it('change over when the line to the first is cut; and it comes back when the line does and the second is done', async () => {
    const name = randomUUID()
    const line = await cable(urlOf())
    open.push({ end: line.close })
    const one = wanting(name, line.url)
    await one.settled
    line.cut()
    await expect.poll(() => one.lost(), SOON).toBe(true)
    const two = wanting(name)
    expect(await two.settled).toBe('held')
    await one.release()
    const again = wanting(name, line.url)
    line.mend()
    await two.release()
    expect(await again.settled).toBe('held')
  })

  it('know that it is lost when the server has fallen silent, and leave no lock behind that keeps everybody out', async () => {
    const name = randomUUID()
    const line = await cable(urlOf())
    open.push({ end: line.close })
    const one = wanting(name, line.url, { answerWithinMs: 100 })
    await one.settled
    line.mute()
    await expect.poll(() => one.lost(), SOON).toBe(true)
    expect(await wanting(name).settled).toBe('held')
  })

  it('begin nothing in the time in which the one before may still be at it', async () => {
    const name = randomUUID()
    const one = wanting(name, urlOf(), { graceMs: 60_000 })
    await expect.poll(leasesHeld, SOON).toBe(1)
    expect(one.holds()).toBe(false)
    one.giveUp()
    expect(await one.settled).toMatchObject({ name: 'AbortError' })
    expect(await wanting(name).settled).toBe('held')
  })

  it('stop waiting when they are told to', async () => {
    const name = randomUUID()
    await wanting(name).settled
    const two = wanting(name)
    two.giveUp()
    expect(await two.settled).toMatchObject({ name: 'AbortError' })
  })
})

/** How many leases are held on the server now; only tests of this file have any in this database. */
async function leasesHeld(): Promise<number> {
  const client = new pg.Client(urlOf())
  await client.connect()
  try {
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 4827152`,
    )
    return rows[0]?.n ?? 0
  } finally {
    await client.end()
  }
}

describe('the waits', () => {
  it('leave who has lost it the time to notice and to fall silent before the next one begins', () => {
    const { askEveryMs, answerWithinMs, graceMs } = LEASE_TIMING
    expect(graceMs).toBeGreaterThan(askEveryMs + answerWithinMs + 2_000)
  })
})

describe('the only process on an embedded database', () => {
  it('holds every lease at once, without a connection; unless it is not wanted any more', async () => {
    const db = openDatabase('embedded', new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' }))
    const lease = await db.lease('listen test', new AbortController().signal)
    expect(lease.lost.aborted).toBe(false)
    await lease.release()
    await expect(db.lease('listen test', AbortSignal.abort())).rejects.toThrow()
    await db.close()
  })
})
