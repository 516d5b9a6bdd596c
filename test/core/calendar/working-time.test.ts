/** Deadlines on the wall and in working time, with every line of their explanation. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, instantAt, wallTimeAt } from '#core/calendar/civil.ts'
import { workCalendar } from '#core/calendar/days.ts'
import { DEFAULT_PATTERN } from '#core/calendar/pattern.ts'
import { addTime, type TimeClock, timeBetween, workingClock } from '#core/calendar/working-time.ts'

const calendar = workCalendar()
const at = (iso: string) => Date.parse(`${iso}+08:00`)
const wall: TimeClock = { kind: 'wall' }
const office: TimeClock = workingClock(
  {
    ...DEFAULT_PATTERN,
    segments: [
      { half: 'morning', from: '09:00', to: '12:00' },
      { half: 'afternoon', from: '13:00', to: '17:00' },
    ],
  },
  calendar,
  'Asia/Shanghai',
)
const due = (start: string, minutes: number, clock = office) => addTime(at(start), minutes, clock).due

describe('addTime in working time', () => {
  it.each([
    ['Friday 16:30 and an hour is Monday 09:30', '2026-09-11T16:30', 60, '2026-09-14T09:30'],
    ['lunch does not count', '2026-09-28T11:45', 30, '2026-09-28T13:15'],
    ['before hours it begins with the day', '2026-09-28T07:00', 30, '2026-09-28T09:30'],
    ['after hours it begins with the next', '2026-09-28T20:00', 30, '2026-09-29T09:30'],
    ['an end on the end of a window stays there', '2026-09-28T16:30', 30, '2026-09-28T17:00'],
    ['an end on noon is noon, not after lunch', '2026-09-28T11:30', 30, '2026-09-28T12:00'],
    ['over National Day', '2026-09-30T16:30', 60, '2026-10-08T09:30'],
    ['a make-up Saturday counts', '2026-10-09T16:30', 60, '2026-10-10T09:30'],
    ['a whole day', '2026-09-28T10:00', 420, '2026-09-29T10:00'],
    ['over the turn of an unknown year', '2026-12-31T16:30', 60, '2027-01-04T09:30'],
  ])('%s', (_, start, minutes, end) => {
    expect(due(start, minutes)).toBe(at(end))
  })

  it('keeps the seconds of its start', () => {
    expect(due('2026-09-11T16:59:40', 1)).toBe(at('2026-09-14T09:00:40'))
  })

  it('is due at once for no minutes, also outside hours', () => {
    expect(addTime(at('2026-09-12T03:00'), 0, office)).toEqual({ due: at('2026-09-12T03:00'), lines: [] })
  })

  it('explains what counted and which days were passed over, and why', () => {
    const { lines } = addTime(at('2026-09-30T15:59:30'), 90, office)
    expect(lines).toEqual([
      { kind: 'counted', date: '2026-09-30', from: at('2026-09-30T15:59:30'), to: at('2026-09-30T17:00'), minutes: 60 },
      { kind: 'skipped', date: '2026-10-01', minutes: 0, reason: 'legal-holiday' },
      { kind: 'skipped', date: '2026-10-02', minutes: 0, reason: 'legal-holiday' },
      { kind: 'skipped', date: '2026-10-03', minutes: 0, reason: 'legal-holiday' },
      { kind: 'skipped', date: '2026-10-04', minutes: 0, reason: 'weekend' },
      { kind: 'skipped', date: '2026-10-05', minutes: 0, reason: 'bridge-day' },
      { kind: 'skipped', date: '2026-10-06', minutes: 0, reason: 'bridge-day' },
      { kind: 'skipped', date: '2026-10-07', minutes: 0, reason: 'bridge-day' },
      { kind: 'counted', date: '2026-10-08', from: at('2026-10-08T09:00'), to: at('2026-10-08T09:29:30'), minutes: 30 },
    ])
  })

  it('leaves the reason out when the clock has none', () => {
    const plain: TimeClock = {
      kind: 'working',
      zone: 'UTC',
      windows: (date) => (date === '2026-09-29' ? [{ from: 0, to: 60 }] : []),
    }
    const lines = addTime(Date.parse('2026-09-28T00:00Z'), 10, plain).lines
    expect(lines[0]).toEqual({ kind: 'skipped', date: '2026-09-28', minutes: 0 })
  })

  it('counts real minutes in a window over a change of the clock', () => {
    const night: TimeClock = { kind: 'working', zone: 'America/New_York', windows: () => [{ from: 0, to: 360 }] }
    // Autumn: midnight to six lasts seven hours. Spring: five, and a window inside the gap is empty.
    expect(timeBetween(Date.parse('2026-11-01T00:00-04:00'), Date.parse('2026-11-02T00:00-05:00'), night)).toBe(420)
    expect(timeBetween(Date.parse('2026-03-08T00:00-05:00'), Date.parse('2026-03-09T00:00-04:00'), night)).toBe(300)
    const gap: TimeClock = { ...night, windows: () => [{ from: 125, to: 155 }] }
    expect(addTime(Date.parse('2026-03-08T00:00-05:00'), 10, gap).due).toBe(Date.parse('2026-03-09T02:15-04:00'))
  })

  it('takes the day from its own zone', () => {
    const newYork = workingClock(DEFAULT_PATTERN, calendar, 'America/New_York')
    // Monday 06:00 in Shanghai is still Sunday evening in New York.
    expect(addTime(at('2026-09-28T06:00'), 30, newYork).due).toBe(Date.parse('2026-09-28T09:30-04:00'))
  })

  it('refuses broken numbers, and windows that never open', () => {
    for (const wrong of [-1, 0.5, Number.NaN]) {
      expect(() => addTime(0, wrong, office)).toThrow('is not a number of minutes')
      expect(() => addTime(0, wrong, wall)).toThrow('is not a number of minutes')
    }
    const never: TimeClock = { kind: 'working', zone: 'UTC', windows: () => [] }
    expect(() => addTime(0, 1, never)).toThrow('do not pass within 3660 days')
    expect(() => timeBetween(0, at('2086-01-01T00:00'), office)).toThrow('at most 3660 days')
  })
})

describe('the wall clock', () => {
  it('runs through nights, weekends and holidays', () => {
    const start = at('2026-09-30T23:50')
    expect(addTime(start, 30, wall)).toEqual({
      due: at('2026-10-01T00:20'),
      lines: [{ kind: 'wall', from: start, to: at('2026-10-01T00:20'), minutes: 30 }],
    })
    expect(timeBetween(start, at('2026-10-01T00:20:59'), wall)).toBe(30)
    expect(timeBetween(at('2026-10-01T00:20'), start, wall)).toBe(-30)
  })
})

describe('working time, against a walk minute by minute', () => {
  const windowLists = fc.constantFrom(
    [
      { from: 540, to: 720 },
      { from: 780, to: 1_020 },
    ],
    [{ from: 0, to: 1_440 }],
    [
      { from: 1, to: 2 },
      { from: 2, to: 5 },
      { from: 1_439, to: 1_440 },
    ],
    [{ from: 60, to: 240 }],
  )
  const clocks = fc
    .record({
      zone: fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe'),
      list: windowLists,
      everyday: fc.boolean(),
    })
    .map(({ zone, list, everyday }) => {
      const open = (date: string) => everyday || !['off'].includes(calendar.day(date).works)
      return { kind: 'working' as const, zone, windows: (date: string) => (open(date) ? list : []) }
    })
  // Around National Day, around both changes of the clock in New York, and the turn of the year.
  const starts = fc
    .tuple(
      fc.constantFrom('2026-09-29', '2026-03-07', '2026-10-31', '2026-12-30'),
      fc.integer({ min: 0, max: 3 * 1_440 * 60 }),
    )
    .map(([date, second]) => instantAt(date, 0, 'UTC') + second * 1_000)

  const counts = (minuteStart: number, clock: Extract<TimeClock, { kind: 'working' }>) => {
    const { date, minuteOfDay } = wallTimeAt(minuteStart, clock.zone)
    return clock.windows(date).some(({ from, to }) => from <= minuteOfDay && minuteOfDay < to)
  }
  const wholeMinute = (instant: number) => instant - (instant % 60_000)

  it('finds the same deadline', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 400 }), clocks, (someStart, minutes, clock) => {
        const start = wholeMinute(someStart)
        // A window inside the second showing of an hour runs on: windows are instants, so only clocks without that case are walked.
        fc.pre(
          clock.zone === 'Asia/Shanghai' || clock.windows('2026-01-05').some(({ to, from }) => to - from === 1_440),
        )
        let [now, left] = [start, minutes]
        while (left > 0 && now < start + 30 * 86_400_000) {
          if (counts(now, clock)) left -= 1
          now += 60_000
        }
        fc.pre(left === 0)
        expect(addTime(start, minutes, clock).due).toBe(now)
      }),
    )
  })

  it('comes back by timeBetween, and its lines add up', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 5_000 }), clocks, (start, minutes, clock) => {
        const { due: end, lines } = addTime(start, minutes, clock)
        expect(timeBetween(start, end, clock)).toBe(minutes)
        expect(timeBetween(end, start, clock)).toBe(0 - minutes)
        expect(lines.reduce((sum, line) => sum + line.minutes, 0)).toBe(minutes)
        for (const line of lines) {
          if (line.kind === 'skipped') expect(clock.windows(line.date)).toEqual([])
        }
      }),
    )
  })

  it('is never earlier for more minutes, nor for a later start', () => {
    fc.assert(
      fc.property(starts, fc.nat(600), fc.nat(600), fc.nat(86_400), clocks, (start, minutes, more, laterS, clock) => {
        const first = addTime(start, minutes, clock).due
        expect(addTime(start, minutes + more, clock).due).toBeGreaterThanOrEqual(first)
        expect(addTime(start + laterS * 1_000, minutes, clock).due).toBeGreaterThanOrEqual(first)
      }),
    )
  })

  it('counts a whole day of two windows as long as they are', () => {
    for (const date of ['2026-09-28', '2026-10-10']) {
      expect(timeBetween(at(`${date}T00:00`), at(`${addDays(date, 1)}T00:00`), office)).toBe(420)
    }
  })
})
