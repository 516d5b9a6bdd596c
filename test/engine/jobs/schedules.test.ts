/** Every occurrence of a schedule runs once, runs late and says so, or is left out with a reason. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workCalendar } from '../../../src/core/calendar/days.ts'
import { occurrences } from '../../../src/core/calendar/occurrences.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, manualClock } from '../../../src/core/clock.ts'
import type { Database } from '../../../src/engine/db/transaction.ts'
import { testDatabase } from '../../support/database.ts'
import { cron, entry, schedulerOf, writtenPolicy } from './schedule-support.ts'
import { at, left, stored } from './support.ts'

const test = testDatabase()
/** Monday, an hour before the daily reminder of these tests. */
const MONDAY_8 = '2026-09-28T08:00:00+08:00'
const time = (instant: Instant) => new Date(instant + 8 * HOUR_MS).toISOString().slice(5, 16).replace('T', ' ')

/** A department at work: one process with one daily reminder, loaded on Monday at 08:00. */
async function atWork(options: Parameters<typeof entry>[1] = {}) {
  const clock = manualClock(MONDAY_8)
  const policy = writtenPolicy([entry('daily', options)])
  const process = schedulerOf(test.db, clock, policy)
  await process.load()
  return { clock, policy, ...process }
}

describe('a schedule', () => {
  it('fires in its minute, once, however often the minute rings', async () => {
    const { clock, ring } = await atWork()
    clock.set(at('2026-09-28T08:59:59+08:00'))
    expect((await ring()).fired).toEqual([])
    clock.set(at('2026-09-28T09:00:00+08:00'))
    const due = clock.now()
    expect((await ring()).fired).toEqual([{ schedule: 'daily', due, late: false }])
    expect((await ring()).fired).toEqual([])
    clock.advance(30_000)
    expect((await ring()).fired).toEqual([])
    expect(await left(test.db)).toEqual(['daily'])
  })

  it('survives a restart in the ringing minute: before the tick, after it, and before its job has run', async () => {
    const { clock, policy } = await atWork()
    const restarted = async () => {
      const process = schedulerOf(test.db, clock, policy)
      await process.load()
      return process
    }
    clock.set(at('2026-09-28T09:00:05+08:00'))
    await (await restarted()).tick()
    expect(await left(test.db)).toEqual([])
    await (await restarted()).ring()
    await (await restarted()).ring()
    expect(await left(test.db)).toEqual(['daily'])
  })

  it('killed before the commit has neither fired nor moved on; the next tick fires', async () => {
    const { clock, schedules, tick } = await atWork()
    clock.set(at('2026-09-28T09:00:00+08:00'))
    await expect(
      test.db.transact('work', async (tx) => {
        await schedules.tick(tx)
        throw new Error('killed')
      }),
    ).rejects.toThrow('killed')
    expect(await stored(test.db)).toEqual([])
    expect((await tick()).fired).toHaveLength(1)
    expect(await stored(test.db)).toHaveLength(1)
  })

  it('fires nothing twice when the clock is set back, and goes on where it was', async () => {
    const { clock, ring, log, list } = await atWork()
    clock.set(at('2026-09-28T09:01:00+08:00'))
    await ring()
    const latest = clock.now()
    clock.set(at('2026-09-28T08:30:00+08:00'))
    for (let minute = 0; minute < 45; minute++) {
      expect((await ring()).fired).toEqual([])
      if (clock.now() < latest) expect((await list()).schedules[0]?.markAt).toBe(latest)
      clock.advance(MINUTE_MS)
    }
    clock.set(at('2026-09-29T09:00:00+08:00'))
    expect((await ring()).fired).toHaveLength(1)
    expect(await left(test.db)).toEqual(['daily', 'daily'])
    expect(log.lines).toEqual([])
  })

  it('fires nothing twice when it is taken out of the policy, put back, and the clock is set back too', async () => {
    const { clock, policy, load, ring } = await atWork()
    const written = policy.entries()
    clock.set(at('2026-09-28T09:00:00+08:00'))
    await ring()
    policy.write([])
    await load()
    clock.set(at('2026-09-28T08:59:00+08:00'))
    policy.write(written)
    await load()
    clock.advance(MINUTE_MS)
    expect(await ring()).toEqual({ fired: [], skipped: [], more: false })
    expect(await left(test.db)).toEqual(['daily', 'schedules.removed'])
  })

  it('says that schedules rest when the clock was far ahead', async () => {
    const { clock, ring, log } = await atWork()
    clock.advance(3 * DAY_MS)
    await ring()
    clock.advance(-2 * DAY_MS)
    await ring()
    expect(log.lines).toEqual(['warn The clock was set back by more than a day: these schedules rest'])
  })

  it('rests on days off and works on make-up days', async () => {
    const { clock, ring } = await atWork()
    const days: string[] = []
    // From the Wednesday before National Day to the Monday after the make-up Saturday.
    for (
      clock.set(at('2026-09-30T09:00:00+08:00'));
      clock.now() < at('2026-10-13T00:00:00+08:00');
      clock.advance(DAY_MS)
    ) {
      for (const { due } of (await ring()).fired) days.push(time(due).slice(0, 5))
    }
    expect(days).toEqual(['09-30', '10-08', '10-09', '10-10', '10-12'])
  })
})

describe('what was missed', () => {
  it('runs late and says so when it is still fresh', async () => {
    const { clock, ring } = await atWork()
    clock.set(at('2026-09-28T09:05:00+08:00'))
    expect((await ring()).fired).toMatchObject([{ late: false }])
    clock.set(at('2026-09-29T09:05:01+08:00'))
    expect((await ring()).fired).toMatchObject([{ late: true }])
    clock.set(at('2026-09-30T21:00:00+08:00'))
    expect((await ring()).fired).toMatchObject([{ late: true }])
    expect(await left(test.db)).toEqual(['daily', 'daily, late', 'daily, late'])
  })

  it('is left out as stale beyond its freshness, and listed with the reason', async () => {
    const { clock, ring, list } = await atWork()
    clock.set(at('2026-09-28T21:00:00.001+08:00'))
    const due = at('2026-09-28T09:00:00+08:00')
    expect(await ring()).toEqual({ fired: [], skipped: [{ schedule: 'daily', due, reason: 'stale' }], more: false })
    expect(await left(test.db)).toEqual([])
    const { schedules } = await list()
    expect(schedules).toMatchObject([{ name: 'daily', markAt: clock.now(), title: { en: 'Reminder daily' } }])
    expect(schedules[0]?.last).toEqual([{ due, state: 'skipped', reason: 'stale', firedAt: clock.now(), job: null }])
  })

  it('of three days asleep: once runs the newest, each runs all, skip runs none', async () => {
    const clock = manualClock(MONDAY_8)
    const freshForMinutes = 7 * 24 * 60
    const policy = writtenPolicy([
      entry('once', { catchUp: { missed: 'once', freshForMinutes } }),
      entry('each', { catchUp: { missed: 'each', freshForMinutes } }),
      entry('skip', { catchUp: { missed: 'skip', freshForMinutes } }),
    ])
    const { load, ring, list } = schedulerOf(test.db, clock, policy)
    await load()
    clock.set(at('2026-09-30T17:00:00+08:00'))
    await ring()
    const became = (await list()).schedules.map(({ name, last }) => [
      name,
      ...last.map(({ due, state, reason, job }) => `${time(due)} ${reason ?? state} ${job?.state ?? '-'}`),
    ])
    expect(became).toEqual([
      ['each', '09-30 09:00 late done', '09-29 09:00 late done', '09-28 09:00 late done'],
      ['once', '09-30 09:00 late done', '09-29 09:00 superseded -', '09-28 09:00 superseded -'],
      ['skip', '09-30 09:00 missed -', '09-29 09:00 missed -', '09-28 09:00 missed -'],
    ])
    expect((await ring()).fired).toEqual([])
  })

  it('of a long night comes 20 at a time, oldest first, until all have come', async () => {
    const { clock, tick, ring, runner } = await atWork({
      rule: cron('*/10 * * * *'),
      catchUp: { missed: 'each', freshForMinutes: 24 * 60 },
    })
    clock.set(at('2026-09-28T16:05:00+08:00'))
    const first = await tick()
    expect(first.fired.map(({ due }) => time(due)).at(-1)).toBe('09-28 11:20')
    expect([first.fired.length, first.more]).toEqual([20, true])
    const second = await tick()
    expect([second.fired.length, second.more]).toEqual([20, true])
    const third = await ring()
    expect(third.fired.map(({ due, late }) => [time(due), late])).toEqual([
      ['09-28 14:50', true],
      ['09-28 15:00', true],
      ['09-28 15:10', true],
      ['09-28 15:20', true],
      ['09-28 15:30', true],
      ['09-28 15:40', true],
      ['09-28 15:50', true],
      ['09-28 16:00', false],
    ])
    expect(third.more).toBe(false)
    expect(await runner.pump()).toBe(0)
    expect(await left(test.db)).toHaveLength(48)
  })

  it('of a year asleep is listed as far as it is useful, and the log says from when', async () => {
    const { clock, tick, log } = await atWork({
      rule: cron('* * * * *'),
      catchUp: { missed: 'once', freshForMinutes: 60 },
    })
    clock.advance(365 * DAY_MS)
    const { fired, skipped } = await tick()
    expect(fired).toEqual([{ schedule: 'daily', due: clock.now(), late: false }])
    expect(skipped.length).toBeGreaterThan(1_000)
    expect(log.lines).toEqual(['warn A schedule rested too long to list what it missed'])
    clock.advance(MINUTE_MS)
    expect((await tick()).fired).toHaveLength(1)
    expect(log.lines).toHaveLength(1)
  })
})

describe('loading a policy', () => {
  it('lets a new schedule begin now, without what it would have done before', async () => {
    const { clock, policy, load, ring } = await atWork()
    clock.set(at('2026-09-28T10:00:00+08:00'))
    policy.write([...policy.entries(), entry('new', { rule: cron('0 * * * *') })])
    expect(await load()).toEqual({ added: ['new'], changed: [], removed: [] })
    expect((await ring()).fired.map(({ schedule }) => schedule)).toEqual(['daily'])
    clock.set(at('2026-09-28T11:00:00+08:00'))
    expect((await ring()).fired.map(({ schedule }) => schedule)).toEqual(['new'])
  })

  it.each([
    ['rule', { rule: { every: 'working-day', at: '08:30' } }],
    ['zone', { zone: 'Asia/Tokyo' }],
  ] as const)(
    'lets a schedule with another %s begin anew, and leaves one with another title or payload alone',
    async (_, change) => {
      const { clock, policy, load, ring, list } = await atWork()
      clock.set(at('2026-09-28T09:30:00+08:00'))
      policy.write([entry('daily', { ...change, title: { 'zh-CN': '新', en: 'New' } })])
      expect(await load()).toEqual({ added: [], changed: ['daily'], removed: [] })
      expect((await ring()).fired).toEqual([])
      policy.write([
        entry('daily', { ...change, title: { 'zh-CN': '更新', en: 'Newer' }, payload: { what: 'changed' } }),
      ])
      expect(await load()).toEqual({ added: [], changed: [], removed: [] })
      expect((await list()).schedules).toMatchObject([{ title: { 'zh-CN': '更新', en: 'Newer' } }])
      clock.set(at('2026-09-29T09:00:00+08:00'))
      await ring()
      expect(await left(test.db)).toEqual([expect.stringMatching(/^changed/)])
    },
  )

  it('knows a rule again whose keys are written in another order, and catches up over a restart', async () => {
    const { clock, policy } = await atWork()
    clock.set(at('2026-09-28T09:30:00+08:00'))
    policy.write([entry('daily', { rule: { at: '09:00', every: 'working-day' } })])
    const restarted = schedulerOf(test.db, clock, policy)
    expect(await restarted.load()).toEqual({ added: [], changed: [], removed: [] })
    expect((await restarted.ring()).fired).toMatchObject([{ late: true }])
  })

  it('removes what is gone, and the audit log says so', async () => {
    const { clock, policy, load, tick, list } = await atWork()
    policy.write([])
    expect(await load()).toEqual({ added: [], changed: [], removed: ['daily'] })
    expect(await left(test.db)).toEqual(['schedules.removed'])
    clock.set(at('2026-09-28T09:00:00+08:00'))
    expect((await tick()).fired).toEqual([])
    expect((await list()).schedules).toEqual([])
  })

  it('leaves a schedule to the process that follows the newer policy', async () => {
    const { clock, policy, tick } = await atWork()
    const newer = writtenPolicy([entry('daily', { rule: { every: 'working-day', at: '09:30' } }), entry('more')])
    const other = schedulerOf(test.second, clock, newer)
    await other.load()
    clock.set(at('2026-09-28T09:00:00+08:00'))
    // The process with the older policy has neither the rule that holds nor the schedule that is new.
    expect((await tick()).fired).toEqual([])
    expect((await other.tick()).fired.map(({ schedule }) => schedule)).toEqual(['more'])
    clock.set(at('2026-09-28T09:30:00+08:00'))
    policy.write(newer.entries())
    expect((await tick()).fired.map(({ schedule }) => schedule)).toEqual(['daily'])
  })

  it('refuses two schedules of one name and a payload that does not fit its job', async () => {
    const { policy, load } = await atWork()
    policy.write([entry('twice'), entry('twice')])
    await expect(load()).rejects.toThrow('Two schedules are called twice')
    policy.write([entry('odd', { payload: { what: 7 } })])
    await expect(load()).rejects.toThrow(/^test\.remind: payload\.what: /)
  })
})

describe('a schedule that cannot be looked at', () => {
  it('is reported, stops no other, and comes late once it can', async () => {
    const clock = manualClock(MONDAY_8)
    const policy = writtenPolicy([entry('broken'), entry('sound')])
    const { load, schedules, ring, log } = schedulerOf(test.db, clock, policy)
    await load()
    clock.set(at('2026-09-28T09:00:00+08:00'))
    await refusingOccurrencesOf(test.db, 'broken', (db) => db.transact('work', (tx) => schedules.tick(tx)))
    expect(log.lines).toEqual(['error A schedule could not be looked at and will be tried again'])
    expect((await stored(test.db)).map(({ name }) => name)).toEqual(['test.remind'])
    clock.advance(HOUR_MS)
    await ring()
    expect(await left(test.db)).toEqual(['sound', 'broken, late'])
  })

  async function refusingOccurrencesOf(db: Database, name: string, work: (db: Database) => Promise<unknown>) {
    const sql = (text: string) => db.transact('people', (tx) => tx.sql(text))
    await sql(`ALTER TABLE occurrence ADD CONSTRAINT refused CHECK (schedule <> '${name}')`)
    try {
      await work(db)
    } finally {
      await sql('ALTER TABLE occurrence DROP CONSTRAINT refused')
    }
  }
})

describe('looking ahead', () => {
  const entries = [
    entry('yearly', { rule: cron('0 9 1 1 *') }),
    entry('weekly', { rule: { every: 'week', weekday: 'fri', at: '16:00', minus: 'PT30M' } }),
    entry('minutes', { rule: cron('* 3 1 * *') }),
  ]

  it('finds the next instant over all schedules, strictly after now', async () => {
    const { schedules } = schedulerOf(test.db, manualClock(MONDAY_8), writtenPolicy(entries))
    const next = (iso: string) => time(schedules.nextDueAt(at(iso)) ?? 0)
    expect(next('2026-09-28T08:00:00+08:00')).toBe('10-01 03:00')
    expect(next('2026-10-01T03:00:00+08:00')).toBe('10-01 03:01')
    expect(next('2026-10-01T03:59:00+08:00')).toBe('10-09 15:30')
    // Set back: what was found before is not the next one any more.
    expect(next('2026-09-28T08:00:00+08:00')).toBe('10-01 03:00')
    expect(next('2026-12-25T15:30:00+08:00')).toBe('01-01 03:00')
  })

  it('follows a change of the policy, and knows when nothing comes', async () => {
    const policy = writtenPolicy(entries.slice(0, 1))
    const { schedules } = schedulerOf(test.db, manualClock(MONDAY_8), policy)
    expect(schedules.nextDueAt(at(MONDAY_8))).toBe(at('2027-01-01T09:00:00+08:00'))
    policy.write(entries.slice(1, 2))
    expect(schedules.nextDueAt(at(MONDAY_8))).toBe(at('2026-10-09T15:30:00+08:00'))
    policy.write([])
    expect(schedules.nextDueAt(at(MONDAY_8))).toBeUndefined()
  })

  it('lists what will fall due, in order, with its title', async () => {
    const { schedules } = schedulerOf(test.db, manualClock(MONDAY_8), writtenPolicy(entries))
    const seen = schedules.preview(at('2026-10-09T15:30:00+08:00'), at('2027-01-02T00:00:00+08:00'))
    expect(
      seen.filter(({ schedule }) => schedule !== 'minutes').map((one) => `${time(one.at)} ${one.title.en}`),
    ).toEqual([
      '10-16 15:30 Reminder weekly',
      '10-23 15:30 Reminder weekly',
      '10-30 15:30 Reminder weekly',
      '11-06 15:30 Reminder weekly',
      '11-13 15:30 Reminder weekly',
      '11-20 15:30 Reminder weekly',
      '11-27 15:30 Reminder weekly',
      '12-04 15:30 Reminder weekly',
      '12-11 15:30 Reminder weekly',
      '12-18 15:30 Reminder weekly',
      '12-25 15:30 Reminder weekly',
      '01-01 09:00 Reminder yearly',
    ])
    expect(seen).toEqual(seen.toSorted((a, b) => a.at - b.at))
    expect(seen).toHaveLength(12 + 3 * 60)
  })

  it('refuses a preview of too much', async () => {
    const { schedules } = schedulerOf(
      test.db,
      manualClock(MONDAY_8),
      writtenPolicy([entry('all', { rule: cron('* * * * *') })]),
    )
    expect(() => schedules.preview(at(MONDAY_8), at(MONDAY_8) + 30 * DAY_MS)).toThrow(
      'More than 10000 occurrences from 2026-09-28T00:00:00.000Z to 2026-10-28T00:00:00.000Z: ask for less',
    )
  })
})

describe('whatever the clock does and whichever process rings', () => {
  it('every occurrence up to the latest instant seen has exactly one row, and ran or was left out', async () => {
    const rule = cron('*/20 * * * *')
    const steps = fc.array(
      fc.record({ minutes: fc.integer({ min: -180, max: 240 }), second: fc.boolean(), restart: fc.boolean() }),
      { minLength: 1, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.constantFrom('once', 'each', 'skip'),
        fc.nat(400),
        async (moves, missed, freshForMinutes) => {
          await test.db.transact('people', ({ sql }) => sql('TRUNCATE schedule_mark, occurrence, job'))
          const clock = manualClock(MONDAY_8)
          const policy = writtenPolicy([entry('often', { rule, catchUp: { missed, freshForMinutes } })])
          const process = (db: Database) => schedulerOf(db, clock, policy)
          let [one, two] = [process(test.db), process(test.second)]
          await one.load()
          let latest = clock.now()
          for (const { minutes, second, restart } of moves) {
            clock.advance(minutes * MINUTE_MS)
            latest = Math.max(latest, clock.now())
            if (restart) {
              ;[one, two] = [process(test.db), process(test.second)]
              await one.load()
            }
            while ((await (second ? two : one).tick()).more);
          }
          const rows = await test.db.transact('people', ({ sql }) =>
            sql<{ due_at: Date; state: string; reason: string | null; jobs: string }>(
              `SELECT due_at, state, reason, (SELECT count(*) FROM job WHERE job.id = job_id) AS jobs
             FROM occurrence ORDER BY due_at`,
            ),
          )
          const expected = occurrences(rule, at(MONDAY_8), latest, 'Asia/Shanghai', workCalendar())
          expect(rows.map(({ due_at }) => due_at.getTime())).toEqual(expected)
          for (const { state, reason, jobs } of rows) {
            expect([reason !== null, Number(jobs)]).toEqual(state === 'skipped' ? [true, 0] : [false, 1])
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('housekeeping', () => {
  it('clears away what schedules did over 90 days ago, save the last five of each that is in force', async () => {
    const clock = manualClock(MONDAY_8)
    const one = schedulerOf(test.db, clock, writtenPolicy([entry('daily'), entry('yearly')]))
    await one.load()
    const rows = (text: string) => test.db.transact('work', ({ sql }) => sql<{ schedule: string; n: number }>(text))
    const every = (schedule: string, days: number) => `INSERT INTO occurrence (schedule, due_at, state, fired_at)
      SELECT '${schedule}', at, 'queued', at FROM generate_series(1, 7) AS n,
        LATERAL (SELECT timestamptz '${MONDAY_8}' - n * interval '${days} days') AS ago (at)`
    for (const [schedule, days] of [
      ['daily', 20],
      ['yearly', 365],
      ['gone', 20],
    ] as const)
      await rows(every(schedule, days))
    const tidy = () => test.db.transact('work', (tx) => one.runner.housekeeping(tx))
    // Of the daily ones 100, 120 and 140 days old, the one 100 days old is among the last five.
    expect(await tidy()).toBe(2 + 2 + 3)
    expect(await rows('SELECT schedule, count(*)::int AS n FROM occurrence GROUP BY 1 ORDER BY 1')).toEqual([
      { schedule: 'daily', n: 5 },
      { schedule: 'gone', n: 4 },
      { schedule: 'yearly', n: 5 },
    ])
    expect(await tidy()).toBe(0)
  })
})
