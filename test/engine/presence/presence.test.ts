/** Who is away when, by whose word, and when somebody has had time to answer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workCalendar } from '../../../src/core/calendar/days.ts'
import { DEFAULT_PATTERN } from '../../../src/core/calendar/pattern.ts'
import { addTime, workingClock } from '../../../src/core/calendar/working-time.ts'
import type { Presence, PresenceKind } from '../../../src/engine/context.ts'
import { presenceFor } from '../../../src/engine/presence/presence.ts'
import { testDatabase } from '../../support/database.ts'
import { someone } from '../identity/department.ts'

const test = testDatabase()
const calendar = workCalendar()
const AN = '00000000-0000-4000-8000-000000000001'
const LI = '00000000-0000-4000-8000-000000000002'
const an = someone({ id: AN })
const at = (local: string) => Date.parse(`${local}:00+08:00`)
const text = (instant: number) => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16)
const span = (personId: string, from: string, until: string, kind: PresenceKind = 'away') => ({
  personId,
  kind,
  from: at(from),
  until: at(until),
})
const here = <T>(work: (presence: Presence) => Promise<T>) =>
  test.db.transact('people', (tx) => work(presenceFor(tx, calendar)))

describe('who is away', () => {
  it('is known from the first instant to the last, which is not included', () =>
    here(async (presence) => {
      await presence.set('leave', '12', [span(AN, '2026-09-29T09:00', '2026-09-29T12:00')])
      const away = async (local: string) => [...(await presence.awayAt([AN, LI], at(local)))]
      expect(await away('2026-09-29T08:59')).toEqual([])
      expect(await away('2026-09-29T09:00')).toEqual([AN])
      expect(await away('2026-09-29T11:59')).toEqual([AN])
      expect(await away('2026-09-29T12:00')).toEqual([])
      expect([...(await presence.awayAt([LI], at('2026-09-29T10:00')))]).toEqual([])
    }))

  it('is not who is busy or on shift', () =>
    here(async (presence) => {
      await presence.set('meetings', '1', [span(AN, '2026-09-29T09:00', '2026-09-29T12:00', 'busy')])
      await presence.set('roster', '1', [span(AN, '2026-09-29T09:00', '2026-09-29T12:00', 'on-shift')])
      expect((await presence.awayAt([AN], at('2026-09-29T10:00'))).size).toBe(0)
    }))

  it('is what each feature last said under each reference, and nothing once it is taken back', () =>
    here(async (presence) => {
      const told = async () =>
        (await presence.between([AN, LI], at('2026-09-01T00:00'), at('2026-12-01T00:00'))).map(
          ({ feature, reference, from }) => [feature, reference, text(from)],
        )
      await presence.set('leave', '12', [
        span(AN, '2026-09-29T09:00', '2026-09-29T18:00'),
        span(AN, '2026-09-30T09:00', '2026-09-30T18:00'),
      ])
      await presence.set('leave', '13', [span(LI, '2026-10-08T09:00', '2026-10-08T18:00')])
      await presence.set('duty', '12', [span(AN, '2026-10-09T09:00', '2026-10-09T18:00', 'busy')])
      await presence.set('leave', '12', [span(AN, '2026-10-12T09:00', '2026-10-12T18:00')])
      expect(await told()).toEqual([
        ['leave', '13', '2026-10-08T09:00'],
        ['duty', '12', '2026-10-09T09:00'],
        ['leave', '12', '2026-10-12T09:00'],
      ])
      await presence.clear('leave', '12')
      await presence.set('leave', '13', [])
      expect(await told()).toEqual([['duty', '12', '2026-10-09T09:00']])
    }))

  it('between two instants are those whose span touches them', () =>
    here(async (presence) => {
      await presence.set('leave', '12', [span(AN, '2026-09-29T09:00', '2026-09-29T12:00')])
      const count = async (from: string, until: string) => (await presence.between([AN], at(from), at(until))).length
      expect(await count('2026-09-29T08:00', '2026-09-29T09:00')).toBe(0)
      expect(await count('2026-09-29T08:00', '2026-09-29T09:01')).toBe(1)
      expect(await count('2026-09-29T11:59', '2026-09-29T13:00')).toBe(1)
      expect(await count('2026-09-29T12:00', '2026-09-29T13:00')).toBe(0)
    }))

  it('a span that ends before it begins is a mistake of the feature and changes nothing', () =>
    here(async (presence) => {
      await presence.set('leave', '12', [span(AN, '2026-09-29T09:00', '2026-09-29T12:00')])
      await expect(presence.set('leave', '12', [span(AN, '2026-09-29T09:00', '2026-09-29T09:00')])).rejects.toThrow(
        /leave 12 ends before it begins/,
      )
      expect((await presence.awayAt([AN], at('2026-09-29T10:00'))).size).toBe(1)
    }))
})

describe('the working segments of a day', () => {
  const segments = (person = an, date = '2026-09-28') =>
    here(async (presence) =>
      (await presence.workingSegments(person, date)).map(
        ({ from, until }) => `${text(from).slice(5)} ${text(until).slice(5)}`,
      ),
    )

  it('are those of the person’s own pattern, in their own zone', async () => {
    expect(await segments()).toEqual(['09-28T09:00 09-28T12:00', '09-28T13:00 09-28T18:00'])
    expect(await segments(someone({ zone: 'Europe/London' }))).toEqual([
      '09-28T16:00 09-28T19:00',
      '09-28T20:00 09-29T01:00',
    ])
  })
  it('bow to holidays and make-up days, unless the pattern bows to none', async () => {
    expect(await segments(an, '2026-10-01')).toEqual([])
    expect(await segments(an, '2026-10-10')).toHaveLength(2)
    const shift = someone({ pattern: { ...DEFAULT_PATTERN, holidays: 'ignored' } })
    expect(await segments(shift, '2026-10-01')).toHaveLength(2)
  })
})

describe('the instant at which somebody has worked so long', () => {
  const next = (from: string, minutes?: number, person = an) =>
    here(async (presence) => text(await presence.nextWorkingInstant(person, at(from), minutes)))

  it.each([
    ['now, while they work', '2026-09-28T10:00', 0, '2026-09-28T10:00'],
    ['when they come back from lunch', '2026-09-28T12:00', 0, '2026-09-28T13:00'],
    ['tomorrow morning, after the day', '2026-09-28T18:00', 0, '2026-09-29T09:00'],
    ['over lunch', '2026-09-28T11:00', 120, '2026-09-28T14:00'],
    ['at the very end of a stretch', '2026-09-28T11:00', 60, '2026-09-28T12:00'],
    ['over the night', '2026-09-28T17:00', 240, '2026-09-29T12:00'],
    ['over National Day, to the 8th', '2026-09-30T17:00', 120, '2026-10-08T10:00'],
  ])('%s', async (_, from, minutes, expected) => {
    expect(await next(from, minutes)).toBe(expected)
  })

  it('does not count the time in which they are away, however many say so', () =>
    here(async (presence) => {
      await presence.set('leave', '12', [
        span(AN, '2026-09-28T10:00', '2026-09-28T12:00'),
        span(AN, '2026-09-28T13:00', '2026-09-28T18:00'),
      ])
      await presence.set('duty', '1', [
        span(AN, '2026-09-28T11:00', '2026-09-28T14:00'),
        span(AN, '2026-09-29T09:30', '2026-09-29T10:00'),
      ])
      await presence.set('meetings', '1', [span(AN, '2026-09-29T09:00', '2026-09-29T12:00', 'busy')])
      const worked = async (minutes: number) =>
        text(await presence.nextWorkingInstant(an, at('2026-09-28T09:00'), minutes))
      expect(await worked(60)).toBe('2026-09-28T10:00')
      expect(await worked(61)).toBe('2026-09-29T09:01')
      expect(await worked(120)).toBe('2026-09-29T10:30')
      expect(text(await presence.nextWorkingInstant(an, at('2026-09-28T10:30')))).toBe('2026-09-29T09:00')
    }))

  it('is sixty days away for somebody who does not come back', () =>
    here(async (presence) => {
      await presence.set('leave', '12', [span(AN, '2026-09-28T09:00', '2027-09-28T09:00')])
      expect(text(await presence.nextWorkingInstant(an, at('2026-09-28T09:00'), 30))).toBe('2026-11-27T09:00')
      expect(text(await presence.nextWorkingInstant(someone({ id: LI }), at('2026-09-28T09:00'), 1_000_000))).toBe(
        '2026-11-27T09:00',
      )
    }))

  it('is, for somebody who is never away, what the working clock says', () =>
    here((presence) =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 * 24 * 20 }),
          fc.integer({ min: 1, max: 2_000 }),
          async (later, minutes) => {
            const from = at('2026-09-21T00:00') + later * 60_000
            const { due } = addTime(from, minutes, workingClock(an.pattern, calendar, an.zone))
            expect(await presence.nextWorkingInstant(an, from, minutes)).toBe(due)
          },
        ),
        { numRuns: 40 },
      ),
    ))
})
