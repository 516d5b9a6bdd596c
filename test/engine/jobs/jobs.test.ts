/** Work that is done later is done once, in order, and what fails is tried again, given up and said. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS, manualClock, SECOND_MS } from '../../../src/core/clock.ts'
import { contract } from '../../../src/core/contract.ts'
import { Refusal } from '../../../src/core/errors.ts'
import type { Database, Sql, Tx } from '../../../src/engine/db/transaction.ts'
import { job } from '../../../src/engine/feature.ts'
import { retryDelayMs } from '../../../src/engine/jobs/jobs.ts'
import { testDatabase } from '../../support/database.ts'
import { at, handlersOf, leave, left, Note, noteHandler, processOf, report, START, stored } from './support.ts'

const test = testDatabase()
const handlers = handlersOf(noteHandler)

describe('adding a job', () => {
  it('runs it once when it is due, not before, and never again', async () => {
    const clock = manualClock(START)
    const { runner, add } = processOf(test.db, handlers, { clock })
    await add(Note, { word: 'later' }, { at: clock.now() + HOUR_MS })
    clock.advance(HOUR_MS - 1)
    expect(await runner.pump()).toBe(0)
    clock.advance(1)
    expect(await runner.pump()).toBe(1)
    expect(await runner.pump()).toBe(0)
    expect(await left(test.db)).toEqual(['later'])
  })

  it('disappears with the transaction that added it', async () => {
    const clock = manualClock(START)
    const failing = handlersOf(
      noteHandler,
      job({
        on: contract('test.adds', z.strictObject({})),
        attemptsMax: 1,
        async run(ctx) {
          await ctx.jobs.add(Note, { word: 'never' })
          throw new Error('after adding')
        },
      }),
    )
    const { runner, add } = processOf(test.db, failing, { clock })
    await add(contract('test.adds', z.strictObject({})), {})
    await runner.pump()
    expect((await stored(test.db)).map(({ name, state }) => [name, state])).toEqual([['test.adds', 'failed']])
  })

  it('refuses a job that nobody declares and a payload that does not fit, by name', async () => {
    const { add } = processOf(test.db, handlers)
    await expect(add(contract('test.unheard', z.strictObject({})), {})).rejects.toThrow(
      'No feature declares the job test.unheard',
    )
    await expect(add(Note, { word: 7 } as unknown as { word: string })).rejects.toThrow(/^test\.note: payload\.word: /)
    expect(await stored(test.db)).toEqual([])
  })

  it('goes from the oldest due to the newest, and on to what they add for now', async () => {
    const clock = manualClock(START)
    const More = contract('test.more', z.strictObject({ word: z.string() }))
    const adding = handlersOf(
      noteHandler,
      job({
        on: More,
        attemptsMax: 1,
        async run(ctx, { word }) {
          await leave(ctx.sql, word, ctx.clock.now())
          await ctx.jobs.add(Note, { word: `${word}, then` })
        },
      }),
    )
    const { runner, add } = processOf(test.db, adding, { clock })
    await add(Note, { word: 'second' }, { at: clock.now() - SECOND_MS })
    await add(More, { word: 'first' }, { at: clock.now() - MINUTE_MS })
    await add(Note, { word: 'third' })
    expect(await runner.pump()).toBe(4)
    expect(await left(test.db)).toEqual(['first', 'second', 'third', 'first, then'])
  })

  it('stops after 10,000 jobs that add one another, says so, and goes on at the next round', async () => {
    const log = report()
    const Again = contract('test.again', z.strictObject({}))
    const endless = handlersOf(job({ on: Again, attemptsMax: 1, async run() {} }))
    const row = { id: '1', name: Again.name, payload: {}, due_at: new Date(0), lane: null, lane_free: true }
    // A database in which another job is always due: the bound is under test, not the disk.
    const sql = (async () => [row]) as unknown as Sql
    const never = { ...test.db, transact: (_, work) => work({ sql } as Tx) } satisfies Database
    const { runner } = processOf(never, endless, { log })
    expect(await runner.pump()).toBe(10_000)
    expect(log.lines).toEqual(['warn Jobs keep adding jobs that are due at once: the rest waits for the next round'])
    expect(await runner.pump()).toBe(10_000)
  })

  it('runs everything in the first of two calls, and nothing in the second, which waits for it', async () => {
    const { runner, add } = processOf(test.db, handlers)
    for (const word of ['a', 'b', 'c', 'd']) await add(Note, { word })
    expect(await Promise.all([runner.pump(), runner.pump()])).toEqual([4, 0])
  })

  it('stops when asked to, between two jobs', async () => {
    const stop = new AbortController()
    const stopping = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run(ctx, { word }) {
          await leave(ctx.sql, word, ctx.clock.now())
          stop.abort()
        },
      }),
    )
    const { runner, add } = processOf(test.db, stopping)
    await add(Note, { word: 'under way' })
    await add(Note, { word: 'next' })
    expect(await runner.pump(stop.signal)).toBe(1)
    expect(await left(test.db)).toEqual(['under way'])
    expect(await runner.pump()).toBe(1)
  })
})

describe('a key', () => {
  it('holds one waiting job: adding it again replaces what, when and the attempts', async () => {
    const clock = manualClock(START)
    const { runner, add } = processOf(test.db, handlers, { clock })
    await add(Note, { word: 'old' }, { key: 'k', at: clock.now() + MINUTE_MS })
    await add(Note, { word: 'new' }, { key: 'k', at: clock.now() + HOUR_MS })
    clock.advance(MINUTE_MS)
    expect(await runner.pump()).toBe(0)
    clock.advance(HOUR_MS)
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual(['new'])
  })

  it('may be used again once its job is done, also by the job itself while it runs', async () => {
    const clock = manualClock(START)
    const Daily = contract('test.daily', z.strictObject({ day: z.int() }))
    const daily = handlersOf(
      job({
        on: Daily,
        attemptsMax: 1,
        async run(ctx, { day }) {
          await leave(ctx.sql, `day ${day}`, ctx.clock.now())
          await ctx.jobs.cancel('daily')
          await ctx.jobs.add(Daily, { day: day + 1 }, { key: 'daily', at: ctx.clock.now() + DAY_MS })
        },
      }),
    )
    const { runner, add } = processOf(test.db, daily, { clock })
    await add(Daily, { day: 1 }, { key: 'daily' })
    for (let day = 0; day < 3; day++) {
      await runner.pump()
      clock.advance(DAY_MS)
    }
    expect(await left(test.db)).toEqual(['day 1', 'day 2', 'day 3'])
  })

  it('takes back what waits, and nothing else', async () => {
    const { runner, add, cancel } = processOf(test.db, handlers)
    await add(Note, { word: 'cancelled' }, { key: 'k' })
    await add(Note, { word: 'kept' }, { key: 'other' })
    await cancel('k')
    await cancel('unknown')
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual(['kept'])
    await add(Note, { word: 'again' }, { key: 'k' })
    expect(await runner.pump()).toBe(1)
  })

  it('replaced between a failure and its count: the new job keeps all its attempts', async () => {
    const clock = manualClock(START)
    const failing = handlersOf(
      job({
        on: Note,
        attemptsMax: 3,
        async run() {
          throw new Error('no')
        },
      }),
    )
    let replace: (() => Promise<void>) | undefined
    // The first transaction is the run, the second the count: between them somebody else replaces the job.
    const between: Database = {
      ...test.db,
      async transact(urgency, work) {
        try {
          return await test.db.transact(urgency, work)
        } finally {
          const now = replace
          replace = undefined
          await now?.()
        }
      },
    }
    const { runner, add } = processOf(between, failing, { clock })
    await processOf(test.db, failing, { clock }).add(Note, { word: 'old' }, { key: 'k' })
    replace = () => add(Note, { word: 'new' }, { key: 'k', at: clock.now() + HOUR_MS })
    expect(await runner.pump()).toBe(1)
    expect(await stored(test.db)).toMatchObject([
      { state: 'waiting', attempts: 0, due_at: new Date(clock.now() + HOUR_MS) },
    ])
  })
})

describe('a job that fails', () => {
  it.each([
    [1, 10 * SECOND_MS],
    [2, 30 * SECOND_MS],
    [3, 90 * SECOND_MS],
    [4, 270 * SECOND_MS],
    [5, 810 * SECOND_MS],
    [6, 2_430 * SECOND_MS],
    [7, HOUR_MS],
    [8, HOUR_MS],
    [50, HOUR_MS],
  ])('waits after failure %i for %i ms', (attempt, delayMs) => {
    expect(retryDelayMs(attempt)).toBe(delayMs)
  })

  it('leaves nothing behind, waits, is tried again, and runs when it can', async () => {
    const clock = manualClock(START)
    const log = report()
    let broken = true
    const sometimes = handlersOf(
      job({
        on: Note,
        attemptsMax: 3,
        async run(ctx, { word }) {
          await leave(ctx.sql, word, ctx.clock.now())
          if (broken) throw new Error('out of order\nsecond line')
        },
      }),
    )
    const { runner, add } = processOf(test.db, sometimes, { clock, log })
    await add(Note, { word: 'done' })
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual([])
    expect(await stored(test.db)).toMatchObject([
      { state: 'waiting', attempts: 1, last_error: 'out of order', due_at: new Date(clock.now() + 10 * SECOND_MS) },
    ])
    expect(log.lines).toEqual(['warn A job failed and will be tried again'])
    broken = false
    clock.advance(10 * SECOND_MS - 1)
    expect(await runner.pump()).toBe(0)
    clock.advance(1)
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual(['done'])
  })

  it('is given up after its attempts, told once, and does not stop the others', async () => {
    const clock = manualClock(START)
    const log = report()
    const Poison = contract('test.poison', z.strictObject({}))
    const poisoned = handlersOf(
      noteHandler,
      job({
        on: Poison,
        attemptsMax: 3,
        async run() {
          throw new Error('poison')
        },
      }),
    )
    const { runner, add, givenUp } = processOf(test.db, poisoned, { clock, log })
    await add(Poison, {})
    await add(Note, { word: 'healthy' })
    expect(await runner.pump()).toBe(2)
    expect(await left(test.db)).toEqual(['healthy'])
    for (let round = 0; round < 5; round++) {
      clock.advance(HOUR_MS)
      await runner.pump()
    }
    expect(givenUp).toEqual([{ name: 'test.poison', error: new Error('poison') }])
    expect((await stored(test.db))[0]).toMatchObject({ state: 'failed', attempts: 3, last_error: 'poison' })
    expect(log.lines.at(-1)).toBe('error A job was given up: see `ops jobs list`')
  })

  it('is given up at once when it refuses, with the words of the refusal', async () => {
    const refusing = handlersOf(
      job({
        on: Note,
        attemptsMax: 3,
        async run() {
          throw new Refusal(() => 'The month is closed: enter an adjustment instead')
        },
      }),
    )
    const { runner, add, givenUp } = processOf(test.db, refusing)
    await add(Note, { word: 'x' })
    await runner.pump()
    expect(await stored(test.db)).toMatchObject([
      { state: 'failed', attempts: 1, last_error: 'The month is closed: enter an adjustment instead' },
    ])
    expect(givenUp).toHaveLength(1)
  })

  it.each([
    ['no handler', 'test.retired', '{}', 'No feature declares the job test.retired: list its handler under `jobs`'],
    [
      'another shape',
      'test.note',
      '{"word": 7}',
      'test.note: payload.word: Invalid input: expected string, received number',
    ],
  ])('that an older program left with %s fails and is listed', async (_, name, payload, error) => {
    const { runner } = processOf(test.db, handlers)
    await test.db.transact('people', ({ sql }) =>
      sql(
        `INSERT INTO job (name, payload, state, due_at, attempts, attempts_max, created_at)
         VALUES ($1, $2, 'waiting', $3, 0, 1, $3)`,
        [name, payload, new Date(at(START))],
      ),
    )
    await runner.pump()
    expect(await stored(test.db)).toMatchObject([{ state: 'failed', last_error: error }])
  })

  it('whose end cannot be told is still given up, and the trouble is reported', async () => {
    const log = report()
    const failing = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run() {
          throw 'not even an error'
        },
      }),
    )
    const onFailed = () => Promise.reject(new Error('nobody there'))
    const { runner, add } = processOf(test.db, failing, { log, onFailed })
    await add(Note, { word: 'x' })
    expect(await runner.pump()).toBe(1)
    expect(await stored(test.db)).toMatchObject([{ state: 'failed', last_error: 'not even an error' }])
    expect(log.lines.at(-1)).toBe('error Telling that a job was given up failed')
  })
})

describe('a process that is killed while a job runs', () => {
  /** Everything is done and the connection is gone before the first commit, as after kill -9; then the database is back. */
  function dyingOnce(db: Database): Database {
    let dead = false
    return {
      ...db,
      transact: (urgency, work) =>
        db.transact(urgency, async (tx) => {
          const result = await work(tx)
          if (dead) return result
          dead = true
          throw Object.assign(new Error('terminating connection'), { code: '57P01' })
        }),
    }
  }

  it('leaves the job waiting, its effect undone and its attempts uncounted; the next one runs it once', async () => {
    const clock = manualClock(START)
    const { add, runner } = processOf(test.db, handlers, { clock })
    await add(Note, { word: 'once' })
    await expect(processOf(dyingOnce(test.db), handlers, { clock }).runner.pump()).rejects.toThrow(
      'terminating connection',
    )
    expect(await left(test.db)).toEqual([])
    expect(await stored(test.db)).toMatchObject([{ state: 'waiting', attempts: 0, last_error: null }])
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual(['once'])
  })
})

describe('what the administrator sees', () => {
  it('lists failed jobs first, then what waits, and when the next falls due', async () => {
    const clock = manualClock(START)
    const half = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run(_, { word }) {
          if (word === 'bad') throw new Error('broken')
        },
      }),
    )
    const { runner, add } = processOf(test.db, half, { clock })
    const list = (filter?: Parameters<typeof runner.list>[1]) =>
      test.db.transact('people', (tx) => runner.list(tx, filter))
    const nextDueAt = () => test.db.transact('people', (tx) => runner.nextDueAt(tx))
    expect(await nextDueAt()).toBeUndefined()
    await add(Note, { word: 'good' })
    await add(Note, { word: 'bad' }, { key: 'k', lane: 'l' })
    await add(Note, { word: 'far' }, { at: clock.now() + DAY_MS })
    await add(Note, { word: 'near' }, { at: clock.now() + HOUR_MS })
    expect(await nextDueAt()).toBe(clock.now())
    await runner.pump()
    expect(await nextDueAt()).toBe(clock.now() + HOUR_MS)
    const { jobs } = await list()
    expect(jobs.map(({ payload, state }) => [payload, state])).toEqual([
      [{ word: 'bad' }, 'failed'],
      [{ word: 'near' }, 'waiting'],
      [{ word: 'far' }, 'waiting'],
    ])
    expect(jobs[0]).toMatchObject({ id: 2, key: 'k', lane: 'l', attempts: 1, attemptsMax: 1, lastError: 'broken' })
    expect(jobs[0]).toMatchObject({ createdAt: clock.now(), finishedAt: clock.now(), dueAt: clock.now() })
    expect((await list({ state: 'waiting', limit: 1 })).jobs.map(({ payload }) => payload)).toEqual([{ word: 'near' }])
  })

  it('makes a failed job wait again with all its attempts, and says when it cannot', async () => {
    const clock = manualClock(START)
    let broken = true
    const mended = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run(ctx, { word }) {
          if (broken) throw new Error('broken')
          await leave(ctx.sql, word, ctx.clock.now())
        },
      }),
    )
    const { runner, add } = processOf(test.db, mended, { clock })
    const retry = (id: number) => test.db.transact('people', (tx) => runner.retry(tx, id))
    await add(Note, { word: 'mended' }, { key: 'k' })
    await runner.pump()
    broken = false
    expect(await retry(99)).toBe('unknown')
    expect(await retry(1)).toBe('waiting')
    expect(await stored(test.db)).toMatchObject([{ state: 'waiting', attempts: 0 }])
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual(['mended'])
    expect(await retry(1)).toBe('not-failed')
  })

  it('does not retry a job whose key has a newer one waiting', async () => {
    const failing = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run() {
          throw new Error('broken')
        },
      }),
    )
    const { runner, add } = processOf(test.db, failing)
    await add(Note, { word: 'old' }, { key: 'k' })
    await runner.pump()
    await add(Note, { word: 'new' }, { key: 'k', at: at(START) + HOUR_MS })
    expect(await test.db.transact('people', (tx) => runner.retry(tx, 1))).toBe('replaced')
    expect((await stored(test.db)).map(({ state }) => state)).toEqual(['failed', 'waiting'])
  })

  it('clears away what was done or cancelled over 30 days ago, and keeps what failed or waits', async () => {
    const clock = manualClock(START)
    const half = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run(_, { word }) {
          if (word === 'bad') throw new Error('broken')
        },
      }),
    )
    const { runner, add, cancel } = processOf(test.db, half, { clock })
    const housekeeping = () => test.db.transact('people', (tx) => runner.housekeeping(tx))
    await add(Note, { word: 'good' })
    await add(Note, { word: 'bad' })
    await add(Note, { word: 'taken back' }, { key: 'k', at: clock.now() + HOUR_MS })
    await cancel('k')
    await runner.pump()
    await add(Note, { word: 'waits' }, { at: clock.now() + 90 * DAY_MS })
    clock.advance(30 * DAY_MS)
    expect(await housekeeping()).toBe(0)
    clock.advance(1)
    expect(await housekeeping()).toBe(2)
    expect((await stored(test.db)).map(({ state }) => state)).toEqual(['failed', 'waiting'])
  })
})
