/** A job of two steps is prepared outside any transaction, beside the others, and has its effect once. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { MINUTE_MS, manualClock, SECOND_MS } from '../../../src/core/clock.ts'
import { contract } from '../../../src/core/contract.ts'
import { Refusal } from '../../../src/core/errors.ts'
import type { Outside } from '../../../src/engine/feature.ts'
import { job } from '../../../src/engine/feature.ts'
import { createJobRunner } from '../../../src/engine/jobs/jobs.ts'
import { testDatabase } from '../../support/database.ts'
import { contextOf, handlersOf, leave, left, Note, noteHandler, processOf, report, START, stored } from './support.ts'

const test = testDatabase()
const Fetch = contract('test.fetch', z.strictObject({ word: z.string() }))

/** A first step that waits to be let go on. */
function gate() {
  const asked: { word: string; outside: Outside; go(result: string): void; fail(error: Error): void }[] = []
  const handler = job({
    on: Fetch,
    attemptsMax: 2,
    prepare: (outside, { word }) =>
      new Promise<string>((go, fail) => {
        asked.push({ word, outside, go, fail })
      }),
    run: (ctx, { word }, prepared) => leave(ctx.sql, `${word}: ${prepared}`, ctx.clock.now()),
    givenUp: (ctx, { word }) => leave(ctx.sql, `${word}: given up`, ctx.clock.now()),
  })
  return { asked, handlers: handlersOf(noteHandler, handler) }
}

describe('a job of two steps', () => {
  it('lets other jobs and the database go on while it is prepared, and then has its effect once', async () => {
    const { asked, handlers } = gate()
    const { runner, add } = processOf(test.db, handlers)
    await add(Fetch, { word: 'slow' })
    expect(await runner.pump()).toBe(1)
    await add(Note, { word: 'quick' })
    expect(await runner.pump()).toBe(1)
    expect(await left(test.db)).toEqual(['quick'])
    expect(asked.map(({ word }) => word)).toEqual(['slow'])
    asked[0]?.go('done')
    expect(await runner.ended()).toBe(true)
    expect(await runner.pump()).toBe(0)
    expect(await runner.ended()).toBe(false)
    expect(await left(test.db)).toEqual(['quick', 'slow: done'])
  })

  it('is in one pair of hands: another process finds nothing, until the first one is taken for gone', async () => {
    const { asked, handlers } = gate()
    const clock = manualClock(START)
    const at = { real: 1_000_000 }
    const make = () =>
      createJobRunner({
        db: test.db,
        clock,
        handlers,
        context: contextOf(clock, handlers),
        onFailed: () => {},
        log: report(),
        realNow: () => at.real,
      })
    const [first, second] = [make(), make()]
    await processOf(test.db, handlers, { clock }).add(Fetch, { word: 'once' })
    expect(await first.pump()).toBe(1)
    at.real += 2 * MINUTE_MS - 1
    expect(await second.pump()).toBe(0)
    at.real += 1
    expect(await second.pump()).toBe(1)
    for (const [index, one] of asked.entries()) one.go(`by ${index}`)
    await Promise.all([first.ended(), second.ended()])
    // The first was too late: its claim had passed on.
    expect(await left(test.db)).toEqual(['once: by 1'])
  })

  it('has no effect when it was taken back or replaced while it was prepared', async () => {
    const { asked, handlers } = gate()
    const { runner, add, cancel } = processOf(test.db, handlers)
    await add(Fetch, { word: 'cancelled' }, { key: 'a' })
    await add(Fetch, { word: 'old' }, { key: 'b' })
    expect(await runner.pump()).toBe(2)
    await cancel('a')
    await add(Fetch, { word: 'new' }, { key: 'b' })
    expect(await runner.pump()).toBe(1)
    for (const one of asked) one.go('done')
    while (await runner.ended());
    expect(await left(test.db)).toEqual(['new: done'])
  })

  it('is tried again after a failure of either step, and says once when it is given up', async () => {
    const { asked, handlers } = gate()
    const clock = manualClock(START)
    const { runner, add, givenUp } = processOf(test.db, handlers, { clock })
    await add(Fetch, { word: 'hopeless' })
    for (const wait of [0, 10 * SECOND_MS]) {
      clock.advance(wait)
      expect(await runner.pump()).toBe(1)
      asked.at(-1)?.fail(new Error('nobody there'))
      await runner.ended()
      expect(await runner.pump()).toBe(0)
    }
    expect(await left(test.db)).toEqual(['hopeless: given up'])
    expect(givenUp.map(({ name }) => name)).toEqual(['test.fetch'])
    expect(await stored(test.db)).toMatchObject([{ state: 'failed', attempts: 2, last_error: 'nobody there' }])
  })

  it('is given up at once by a refusal, and by what telling of it throws nothing is lost', async () => {
    const log = report()
    const handlers = handlersOf(
      job({
        on: Fetch,
        attemptsMax: 5,
        prepare: () => Promise.reject(new Refusal(() => 'no')),
        run: async () => {},
        givenUp: () => Promise.reject(new Error('cannot tell')),
      }),
    )
    const { runner, add } = processOf(test.db, handlers, { log })
    await add(Fetch, { word: 'refused' })
    await runner.pump()
    await runner.ended()
    expect((await stored(test.db)).map(({ state }) => state)).toEqual(['failed'])
    expect(log.lines).toContain('error A job that was given up could not say so')
  })

  it('is given back when the process stops, uncounted, and taken up by the next at once', async () => {
    const { asked, handlers } = gate()
    const { runner, add } = processOf(test.db, handlers)
    const stopping = new AbortController()
    await add(Fetch, { word: 'interrupted' })
    await runner.pump(stopping.signal)
    stopping.abort()
    await runner.ended()
    expect(asked[0]?.outside.signal.aborted).toBe(true)
    const next = processOf(test.db, handlers)
    expect(await next.runner.pump()).toBe(1)
    asked[1]?.go('after all')
    await next.runner.ended()
    expect(await left(test.db)).toEqual(['interrupted: after all'])
    expect(await stored(test.db)).toMatchObject([{ attempts: 0, state: 'done' }])
  })

  it('goes one after the other in its lane', async () => {
    const { asked, handlers } = gate()
    const { runner, add } = processOf(test.db, handlers)
    await add(Fetch, { word: 'first' }, { lane: 'l' })
    await add(Fetch, { word: 'second' }, { lane: 'l' })
    expect(await runner.pump()).toBe(1)
    asked[0]?.go('1')
    await runner.ended()
    expect(await runner.pump()).toBe(1)
    asked[1]?.go('2')
    await runner.ended()
    expect(await left(test.db)).toEqual(['first: 1', 'second: 2'])
  })

  it('reads in short transactions of its own while it is prepared', async () => {
    const handlers = handlersOf(
      job({
        on: Fetch,
        attemptsMax: 1,
        prepare: async (outside, { word }) => {
          const read = () => outside.read(async (ctx) => (await ctx.sql<{ n: number }>('SELECT 1 AS n'))[0]?.n ?? 0)
          return `${word} ${(await read()) + (await read())}`
        },
        run: (ctx, _, prepared) => leave(ctx.sql, prepared, ctx.clock.now()),
      }),
    )
    const { runner, add } = processOf(test.db, handlers)
    await add(Fetch, { word: 'pages' })
    await runner.pump()
    await runner.ended()
    expect(await left(test.db)).toEqual(['pages 2'])
  })
})
