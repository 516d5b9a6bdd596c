/** The app as a whole: what is made up for when it failed, and what does not grow for ever. */
import { describe, expect, it } from 'vitest'
import type { Database } from '../src/engine/db/transaction.ts'
import { stand } from './engine/inbox/support.ts'
import { testDatabase } from './support/database.ts'

const test = testDatabase()

describe('following the policy', () => {
  it('takes over the schedules of a new version, again when that failed, and then not any more', async () => {
    let calls = 0
    let failing = 0
    const flaky: Database = {
      kind: test.db.kind,
      ping: () => test.db.ping(),
      close: () => test.db.close(),
      lease: (name, signal) => test.db.lease(name, signal),
      single: (urgency, text, values) => test.db.single(urgency, text, values),
      transact: (urgency, work) =>
        ++calls === failing ? Promise.reject(new Error('the database went away')) : test.db.transact(urgency, work),
    }
    const { app } = await stand(flaky)
    const follow = async () => {
      calls = 0
      await app.followPolicy()
      return calls
    }
    failing = 2
    await expect(follow()).rejects.toThrow('the database went away')
    failing = 0
    expect(await follow()).toBe(2)
    expect(await follow()).toBe(1)
  })
})

describe('housekeeping', () => {
  it('goes on until nothing old is left, and stops when it is told to', async () => {
    const { app, clock } = await stand(test.db)
    const fill = () =>
      test.db.transact('work', ({ sql }) =>
        sql(
          `INSERT INTO inbox (platform, key, kind, event, account, room, state, attempts, due_at, received_at)
           SELECT 'slack', n::text, 'said', '{}', 'U', 'D', 'done', 0, $1, $1 FROM generate_series(1, 5001) AS n`,
          [new Date(clock.now() - 49 * 3_600_000)],
        ),
      )
    const left = async () => (await test.db.transact('work', ({ sql }) => sql('SELECT 1 FROM inbox'))).length
    await fill()
    await app.housekeeping(AbortSignal.abort())
    expect(await left()).toBe(5001)
    await app.housekeeping(new AbortController().signal)
    expect(await left()).toBe(0)
  })
})
