/** Two processes on one database share the work: nothing runs twice, lanes stay in order, a killed one loses nothing. */
import { describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { HOUR_MS, MINUTE_MS, manualClock } from '../../../src/core/clock.ts'
import { contract } from '../../../src/core/contract.ts'
import type { Ctx } from '../../../src/engine/context.ts'
import type { Sql } from '../../../src/engine/db/transaction.ts'
import { job } from '../../../src/engine/feature.ts'
import { testDatabase } from '../../support/database.ts'
import { entry, schedulerOf, writtenPolicy } from './schedule-support.ts'
import { at, handlersOf, leave, left, Note, noteHandler, processOf, START, stored } from './support.ts'

const test = testDatabase()
/** Only a server has a second connection on which something can happen while a transaction is open. */
const onServer = it.runIf(inject('template').kind === 'server')

describe('two processes', () => {
  it('run each job once between them', async () => {
    const clock = manualClock(START)
    const one = processOf(test.db, handlersOf(noteHandler), { clock })
    const two = processOf(test.second, handlersOf(noteHandler), { clock })
    const words = Array.from({ length: 40 }, (_, n) => `job ${n}`)
    for (const word of words) await one.add(Note, { word })
    const ran = await Promise.all([one.runner.pump(), two.runner.pump(), one.runner.pump(), two.runner.pump()])
    expect(ran.reduce((sum, n) => sum + n)).toBe(40)
    expect((await left(test.db)).sort()).toEqual(words.sort())
  })

  it('fire an occurrence once, and load a policy once', async () => {
    const clock = manualClock(START)
    const policy = writtenPolicy([entry('a', { rule: { cron: '* * * * *' } }), entry('b')])
    const one = schedulerOf(test.db, clock, policy)
    const two = schedulerOf(test.second, clock, policy)
    const loaded = await Promise.all([one.load(), two.load()])
    expect(loaded.flatMap(({ added }) => added).sort()).toEqual(['a', 'b'])
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(MINUTE_MS)
      const ticked = await Promise.all([one.tick(), two.tick(), one.tick(), two.tick()])
      expect(ticked.flatMap(({ fired }) => fired)).toHaveLength(1)
    }
    expect(await stored(test.db)).toHaveLength(5)
    policy.write([])
    const again = await Promise.all([one.load(), two.load()])
    expect(again.flatMap(({ removed }) => removed).sort()).toEqual(['a', 'b'])
    expect(await left(test.db)).toEqual(['schedules.removed', 'schedules.removed'])
  })

  onServer('never run two jobs of one lane at once, and other work goes on beside it', async () => {
    const clock = manualClock(START)
    const Lane = contract('test.lane', z.strictObject({ word: z.string() }))
    let beside: ((ctx: Ctx) => Promise<void>) | undefined
    const handlers = handlersOf(
      noteHandler,
      job({
        on: Lane,
        attemptsMax: 1,
        async run(ctx, { word }) {
          await leave(ctx.sql, `${word} begins`, ctx.clock.now())
          const now = beside
          beside = undefined
          await now?.(ctx)
          await leave(ctx.sql, `${word} ends`, ctx.clock.now())
        },
      }),
    )
    const one = processOf(test.db, handlers, { clock })
    const two = processOf(test.second, handlers, { clock })
    await one.add(Lane, { word: 'first' }, { lane: 'l' })
    await one.add(Lane, { word: 'second' }, { lane: 'l' })
    await one.add(Note, { word: 'beside' })
    let ranBeside = -1
    beside = async () => {
      // One that is due before the one that runs: not even its place in the order lets it in.
      await two.add(Lane, { word: 'late comer' }, { lane: 'l', at: clock.now() - HOUR_MS })
      ranBeside = await two.runner.pump()
    }
    expect(await one.runner.pump()).toBe(3)
    expect(ranBeside).toBe(1)
    const words = (await left(test.db)).filter((word) => word !== 'beside')
    expect(words).toEqual(['first', 'late comer', 'second'].flatMap((word) => [`${word} begins`, `${word} ends`]))
    expect((await stored(test.db)).every(({ state, attempts }) => state === 'done' && attempts === 0)).toBe(true)
  })

  it('keep the order of a lane; one that failed does not hold up the others', async () => {
    const clock = manualClock(START)
    let broken = true
    const handlers = handlersOf(
      job({
        on: Note,
        attemptsMax: 3,
        async run(ctx, { word }) {
          if (word === 'first' && broken) throw new Error('not yet')
          await leave(ctx.sql, word, ctx.clock.now())
        },
      }),
    )
    const one = processOf(test.db, handlers, { clock })
    const two = processOf(test.second, handlers, { clock })
    for (const word of ['first', 'second', 'third']) await one.add(Note, { word }, { lane: 'l' })
    await Promise.all([one.runner.pump(), two.runner.pump()])
    while (await one.runner.pump());
    expect(await left(test.db)).toEqual(['second', 'third'])
    broken = false
    clock.advance(MINUTE_MS)
    await two.runner.pump()
    expect(await left(test.db)).toEqual(['second', 'third', 'first'])
  })

  onServer(
    'of which one cancels and replaces what the other is running: it is done, and what is new waits',
    async () => {
      const clock = manualClock(START)
      const meanwhile: Promise<void>[] = []
      const handlers = handlersOf(
        job({
          on: Note,
          attemptsMax: 1,
          async run(ctx, { word }) {
            await leave(ctx.sql, word, ctx.clock.now())
            if (meanwhile.length > 0) return
            meanwhile.push(two.cancel('k'))
            meanwhile.push(two.add(Note, { word: 'newer' }, { key: 'k', at: at(START) + HOUR_MS }))
            await bothWaiting(ctx.sql)
          },
        }),
      )
      const one = processOf(test.db, handlers, { clock })
      const two = processOf(test.second, handlers, { clock })
      await one.add(Note, { word: 'running' }, { key: 'k' })
      await one.runner.pump()
      await Promise.all(meanwhile)
      expect(await left(test.db)).toEqual(['running'])
      expect((await stored(test.db)).map(({ state }) => state)).toEqual(['done', 'waiting'])
    },
  )

  onServer('of which one is killed in the middle of a job: the other runs it, once', async () => {
    const clock = manualClock(START)
    let killed = false
    const handlers = handlersOf(
      job({
        on: Note,
        attemptsMax: 1,
        async run(ctx, { word }) {
          await leave(ctx.sql, word, ctx.clock.now())
          if (killed) return
          killed = true
          await ctx.sql('SELECT pg_terminate_backend(pg_backend_pid())')
        },
      }),
    )
    const one = processOf(test.db, handlers, { clock })
    const two = processOf(test.second, handlers, { clock })
    await one.add(Note, { word: 'once' })
    await expect(one.runner.pump()).rejects.toThrow(/terminat/)
    expect(await stored(test.second)).toMatchObject([{ state: 'waiting', attempts: 0 }])
    expect(await two.runner.pump()).toBe(1)
    expect(await one.runner.pump()).toBe(0)
    expect(await left(test.second)).toEqual(['once'])
  })
})

/** Resolves when two others wait for a row that is held here. */
async function bothWaiting(sql: Sql): Promise<void> {
  for (let looks = 0; looks < 10_000; looks++) {
    const [row] = await sql<{ n: string }>('SELECT count(*) AS n FROM pg_locks WHERE NOT granted')
    if (Number(row?.n) >= 2) return
  }
  throw new Error('Nobody waits for the row of the running job')
}
