/** What a request comes to: days counted by the person's own pattern and the calendar, proposals named, contradictions refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '../../../src/core/calendar/civil.ts'
import { DEFAULT_PATTERN, type WorkingPattern } from '../../../src/core/calendar/pattern.ts'
import type { Period } from '../../../src/core/command-args.ts'
import { refuseOverAllowance, termsOf, total } from '../../../src/features/leave/rules/terms.ts'
import { asker, brief, refusal, terms } from './asker.ts'

const DAYS = (n: number): Period => ({ amount: { halfDays: n * 2 } })
const SHIFT: WorkingPattern = { ...DEFAULT_PATTERN, weekdays: [1, 2, 3, 4, 5, 6, 7], holidays: 'ignored' }
const MORNINGS: WorkingPattern = { ...DEFAULT_PATTERN, segments: [{ half: 'morning', from: '08:30', to: '12:00' }] }
/** Sunday to Thursday: a Sunday is a working day like any other. */
const SUNDAYS: WorkingPattern = { ...DEFAULT_PATTERN, weekdays: [7, 1, 2, 3, 4] }

describe('a leave is counted by working days', () => {
  it.each<[string, Period, string]>([
    ['three days, no day said: the next working day', DAYS(3), 'Tue 29 Sep – Thu 8 Oct · 6 · 1440'],
    ['a range over National Day', { from: '2026-09-30', to: '2026-10-09' }, 'Wed 30 Sep – Fri 9 Oct · 6 · 1440'],
    ['the make-up Saturday counts', { from: '2026-10-08', to: '2026-10-10' }, 'Thu 8 Oct – Sat 10 Oct · 6 · 1440'],
    [
      'an ordinary weekend inside does not',
      { from: '2026-10-16', to: '2026-10-19' },
      'Fri 16 Oct – Mon 19 Oct · 4 · 960',
    ],
    ['an amount from a holiday on', { from: '2026-10-01', ...DAYS(1) }, 'Thu 1 Oct – Thu 8 Oct · 2 · 480'],
    ['today', { from: '2026-09-28', to: '2026-09-28' }, 'Mon 28 Sep · 2 · 480'],
    ['one morning', { from: '2026-09-29', fromHalf: 'morning' }, 'Tue 29 Sep morning · 1 · 180'],
    ['one afternoon', { from: '2026-09-29', fromHalf: 'afternoon' }, 'Tue 29 Sep afternoon · 1 · 300'],
    [
      'three and a half days',
      { from: '2026-10-12', amount: { halfDays: 7 } },
      'Mon 12 Oct – Thu 15 Oct morning · 7 · 1620',
    ],
    [
      'from an afternoon on',
      { from: '2026-10-12', fromHalf: 'afternoon', ...DAYS(2) },
      'Mon 12 Oct afternoon – Wed 14 Oct morning · 4 · 960',
    ],
    [
      'to a midday',
      { from: '2026-10-12', to: '2026-10-14', toHalf: 'morning' },
      'Mon 12 Oct – Wed 14 Oct morning · 5 · 1140',
    ],
    // Lessons 2.A 2 and 3: a half on a holiday is nothing, and not minus a half.
    [
      'a half that lies on a holiday',
      { from: '2026-09-30', to: '2026-10-07', toHalf: 'morning' },
      'Wed 30 Sep – Wed 7 Oct morning · 2 · 480',
    ],
    [
      'half a day that begins on a holiday',
      { from: '2026-10-07', amount: { halfDays: 1 } },
      'Wed 7 Oct – Thu 8 Oct morning · 1 · 180',
    ],
    ['until a day', { to: '2026-09-30' }, 'Tue 29 Sep – Wed 30 Sep · 4 · 960'],
    ['one day is enough without a length', { from: '2026-10-09' }, 'Fri 9 Oct · 2 · 480'],
  ])('%s', (_, period, expected) => {
    expect(brief(terms(period))).toBe(expected)
  })

  it('explains every day, counted or not, with its reason', () => {
    const days = terms({ from: '2026-09-30', to: '2026-10-10' }).days.map(
      ({ date, halfDays, reason }) => `${date.slice(5)} ${halfDays} ${reason}`,
    )
    expect(days).toEqual([
      '09-30 2 working-day',
      ...['01', '02', '03'].map((day) => `10-${day} 0 legal-holiday`),
      ...['04', '05', '06', '07'].map((day) => expect.stringMatching(`10-${day} 0 (bridge-day|weekend|legal-holiday)`)),
      '10-08 2 working-day',
      '10-09 2 working-day',
      '10-10 2 make-up-day',
    ])
  })

  it('marks a count that an unknown year may change, and only that', () => {
    const over = terms({ from: '2026-12-30', to: '2027-01-04' })
    expect(brief(over)).toBe('Wed 30 Dec 2026 – Mon 4 Jan 2027 · 6 · 1440')
    expect(over.provisional).toBe(true)
    expect(over.byYear).toEqual([
      { year: 2026, minutes: 960 },
      { year: 2027, minutes: 480 },
    ])
    expect(terms(DAYS(3)).provisional).toBe(false)
  })

  it('leaves shift staff who bow to no calendar their holidays as working days', () => {
    expect(brief(terms({ from: '2026-10-01', to: '2026-10-03' }, { pattern: SHIFT }))).toBe(
      'Thu 1 Oct – Sat 3 Oct · 6 · 1440',
    )
  })

  // Lessons 2.A 17.
  it('lets a Sunday be taken by whoever works on Sundays', () => {
    expect(brief(terms({ from: '2026-10-18', to: '2026-10-18' }, { pattern: SUNDAYS }))).toBe('Sun 18 Oct · 2 · 480')
  })

  it('counts a morning as a whole day for those who only work mornings', () => {
    expect(brief(terms(DAYS(2), { pattern: MORNINGS }))).toBe('Tue 29 Sep – Wed 30 Sep · 4 · 420')
    expect(refusal(() => terms({ amount: { halfDays: 1 } }, { pattern: MORNINGS })).words).toMatch(/one half only/)
  })

  it('counts every day, holidays and weekends too, for a type by calendar days', () => {
    const found = terms({ from: '2026-09-30', to: '2026-10-04' }, { type: 'maternity' })
    expect(found.halfDays).toBe(10)
    expect(found.days.every(({ counted }) => counted)).toBe(true)
  })
})

describe('hours', () => {
  const hourly = { policy: { types: { personal: { minUnit: 'hour' as const } } } }
  it.each<[string, Period, string]>([
    ['two times', { from: '2026-09-29', fromTime: '14:00', toTime: '16:00' }, 'Tue 29 Sep 14:00–16:00 · 0 · 120'],
    [
      'over the break',
      { from: '2026-09-29', fromTime: '11:00', amount: { minutes: 120 } },
      'Tue 29 Sep 11:00–14:00 · 0 · 120',
    ],
    ['from a time to the end of the day', { from: '2026-09-29', fromTime: '16:00' }, 'Tue 29 Sep from 16:00 · 0 · 120'],
    [
      'a whole half is a half',
      { from: '2026-09-29', fromTime: '13:00', toTime: '18:00' },
      'Tue 29 Sep 13:00–18:00 · 1 · 300',
    ],
    ['today, later than now', { fromTime: '14:00', toTime: '15:00' }, 'Mon 28 Sep 14:00–15:00 · 0 · 60'],
    [
      'a time that has passed today means the next working day',
      { fromTime: '08:30', toTime: '10:00' },
      'Tue 29 Sep 08:30–10:00 · 0 · 60',
    ],
  ])('%s', (_, period, expected) => {
    expect(brief(terms(period, hourly))).toBe(expected)
  })

  it('asks for a time when only hours were said', () => {
    expect(refusal(() => terms({ from: '2026-09-29', amount: { minutes: 120 } }, hourly))).toMatchObject({
      field: 'fromTime',
      words: expect.stringMatching(/2 h from when/),
    })
  })

  it('does not run over the end of the day: exactly to it, and one minute beyond', () => {
    expect(brief(terms({ from: '2026-09-29', fromTime: '16:00', amount: { minutes: 120 } }, hourly))).toMatch(/120$/)
    expect(
      refusal(() => terms({ from: '2026-09-29', fromTime: '16:01', amount: { minutes: 120 } }, hourly)).words,
    ).toMatch(/1 h 59 min of work are left/)
  })

  it('are refused at once where the type is not taken in hours, before anybody is asked for a time or told of a mismatch', () => {
    for (const period of [
      { from: '2026-09-29', amount: { minutes: 120 } },
      { from: '2026-09-29', fromHalf: 'afternoon' as const, toHalf: 'afternoon' as const, amount: { minutes: 120 } },
    ])
      expect(refusal(() => terms(period)).zh).toBe('事假要按半天请，2小时不行。请换一个时长。')
    // As long as a half: the time decides whether it is one.
    expect(refusal(() => terms({ from: '2026-09-29', amount: { minutes: 240 } })).words).toMatch(/4 h from when/)
  })

  it('are refused where the type is taken in half days, and half days where it is taken whole', () => {
    const cut: Period = { from: '2026-09-29', fromTime: '14:00', toTime: '16:00' }
    expect(refusal(() => terms(cut)).words).toBe(
      'Personal leave is taken in half days; 2 h does not fit. Please choose another length.',
    )
    const whole = { policy: { types: { personal: { minUnit: 'day' as const } } } }
    expect(refusal(() => terms({ from: '2026-09-29', fromHalf: 'morning' }, whole)).zh).toMatch(/要按整天请，半天不行/)
    expect(refusal(() => terms({ from: '2026-09-29', fromTime: '14:00', toTime: '15:30' }, hourly)).words).toMatch(
      /whole hours/,
    )
  })
})

describe('what was not said is proposed and named', () => {
  it.each<[Period, readonly string[]]>([
    [{ amount: { halfDays: 6 } }, ['from']],
    [{ from: '2026-09-29' }, ['length']],
    [{ amount: { halfDays: 1 } }, ['from', 'half']],
    [{ from: '2026-09-29', to: '2026-09-30' }, []],
    [{ from: '2026-09-29', fromHalf: 'afternoon' }, []],
  ])('%j: %j', (period, proposed) => {
    expect(terms(period).proposed).toEqual(proposed)
  })

  it('takes the type of the policy when none was said, and says so', () => {
    const found = termsOf({ period: { from: '2026-09-29' } }, asker({ policy: { defaultType: 'annual' } }))
    expect(found.type).toBe('annual')
    expect(found.proposed).toEqual(['type', 'length'])
  })
})

describe('what cannot be is refused with value, rule and way out', () => {
  it.each<[string, Period, RegExp]>([
    [
      'amount and range disagree',
      { from: '2026-09-28', to: '2026-09-29', amount: { halfDays: 6 } },
      /You said 3 days, but Mon 28 Sep – Tue 29 Sep comes to 2 days/,
    ],
    [
      'the end lies before the beginning',
      { from: '2026-10-09', to: '2026-10-08' },
      /would end \(Thu 8 Oct\) before it begins \(Fri 9 Oct\)/,
    ],
    [
      'afternoon to morning of one day',
      { from: '2026-10-09', to: '2026-10-09', fromHalf: 'afternoon', toHalf: 'morning' },
      /before it begins/,
    ],
    ['a day in the past', { from: '2026-09-25' }, /Fri 25 Sep has passed/],
    ['a holiday', { from: '2026-10-02' }, /Fri 2 Oct is off anyway \(National Day\)/],
    [
      'a weekend',
      { from: '2026-10-17', to: '2026-10-18' },
      /You do not work on any day of Sat 17 Oct – Sun 18 Oct \(weekend\)/,
    ],
    ['a time outside the hours', { from: '2026-09-29', fromTime: '19:00', toTime: '20:00' }, /you do not work/],
    [
      'days with a time in the middle',
      { from: '2026-09-29', fromTime: '14:00', amount: { halfDays: 4 } },
      /a time in the middle of one \(14:00\)/,
    ],
  ])('%s', (_, period, words) => {
    expect(refusal(() => terms(period)).words).toMatch(words)
  })

  it('says in Chinese what disagrees', () => {
    expect(refusal(() => terms({ from: '2026-09-28', to: '2026-09-29', amount: { halfDays: 6 } })).zh).toBe(
      '你说3天，但9月28日（周一）至9月29日（周二）算下来是2天。请只说天数或只说起止日期，或者改其中一个。',
    )
  })

  it('names the types there are', () => {
    const found = refusal(() =>
      terms({ from: '2026-09-29' }, { type: 'moon', policy: { types: { personal: {}, annual: {} } } }),
    )
    expect(found).toMatchObject({
      words: 'There is no leave called “moon” here. There is: Personal leave, Annual leave.',
      field: 'type',
    })
  })

  it('holds 366 days at most, and one more not', () => {
    expect(terms({ from: '2026-09-29', to: addDays('2026-09-29', 365) }).days).toHaveLength(366)
    expect(refusal(() => terms({ from: '2026-09-29', to: addDays('2026-09-29', 366) })).words).toMatch(
      /367 days; one request holds at most 366/,
    )
    expect(refusal(() => terms({ amount: { halfDays: 9_999_999 } })).words).toMatch(/at most 366/)
  })

  it('takes a past day only for a type that may be filed afterwards, and only so far back', () => {
    const sick = { type: 'sick', policy: { types: { personal: {}, sick: { retrospectiveDays: 3 } } } }
    expect(brief(terms({ from: '2026-09-25' }, { ...sick, now: '2026-09-28T09:00:00+08:00', pattern: SHIFT }))).toMatch(
      /^Fri 25 Sep/,
    )
    expect(refusal(() => terms({ from: '2026-09-24' }, sick)).words).toMatch(
      /up to 3 days back; Thu 24 Sep is 4 days ago/,
    )
  })
})

describe('the allowance', () => {
  const find = (minutes: number) => () =>
    refuseOverAllowance(
      terms({ from: '2026-10-12', ...DAYS(3) }, { type: 'annual' }),
      [{ year: 2026, minutes }],
      asker(),
    )

  it('holds exactly what is left, and not a minute more', () => {
    expect(find(3 * 480)).not.toThrow()
    expect(refusal(find(3 * 480 - 1)).words).toMatch(/for 2026 there is 2½ days .*left; this request needs 3 days/)
  })

  it('is asked year by year: the new year does not pay for the old one', () => {
    const over = terms({ from: '2026-12-30', to: '2027-01-04' }, { type: 'annual' })
    const left = (year2026: number, year2027: number) => [
      { year: 2026, minutes: year2026 },
      { year: 2027, minutes: year2027 },
    ]
    expect(() => refuseOverAllowance(over, left(960, 480), asker())).not.toThrow()
    expect(refusal(() => refuseOverAllowance(over, left(959, 4_800), asker())).words).toMatch(/for 2026/)
  })

  // Lessons 2.A 15: with half a day left, either half could be booked.
  it('gives half a day for half a day, however long that half is', () => {
    for (const fromHalf of ['morning', 'afternoon'] as const) {
      const half = terms({ from: '2026-10-12', fromHalf }, { type: 'annual' })
      expect(half.byYear).toEqual([{ year: 2026, minutes: 240 }])
      expect(() => refuseOverAllowance(half, [{ year: 2026, minutes: 240 }], asker())).not.toThrow()
    }
  })
})

describe('for every stretch', () => {
  const start = fc.integer({ min: 0, max: 500 }).map((n) => addDays('2026-09-28', n))
  const patterns = fc.constantFrom(DEFAULT_PATTERN, SHIFT, SUNDAYS)
  const settled = (period: Period, pattern: WorkingPattern) => {
    try {
      return terms(period, { pattern, policy: { types: { personal: { minUnit: 'hour' } } } })
    } catch {
      return undefined
    }
  }

  it('the days add up to the whole, and the years to what the days take', () => {
    fc.assert(
      fc.property(
        start,
        fc.integer({ min: 0, max: 120 }),
        fc.constantFrom('morning' as const, undefined),
        patterns,
        (from, length, toHalf, pattern) => {
          const found = settled({ from, to: addDays(from, length), ...(toHalf && { toHalf }) }, pattern)
          if (found === undefined) return
          expect(found.days.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(found.minutes)
          expect(found.segments.reduce((sum, segment) => sum + segment.to - segment.from, 0)).toBe(found.minutes)
          expect(found.byYear.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(
            found.days.reduce((sum, { chargeMinutes }) => sum + chargeMinutes, 0),
          )
          expect(total(found.days)).toEqual({ halfDays: found.halfDays, restMinutes: found.restMinutes })
          expect(found.days).toHaveLength(length + 1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('an amount gives exactly that amount, wherever it begins', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 60 }), patterns, (from, halfDays, pattern) => {
        expect(settled({ from, amount: { halfDays } }, pattern)).toMatchObject({ halfDays, restMinutes: 0 })
      }),
      { numRuns: 60 },
    )
  })

  it('what whole and half days take from the allowance is half-days times half a day', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 60 }), patterns, (from, halfDays, pattern) => {
        const charged = settled({ from, amount: { halfDays } }, pattern)?.byYear.reduce(
          (sum, { minutes }) => sum + minutes,
          0,
        )
        expect(charged).toBe(halfDays * 240)
      }),
      { numRuns: 60 },
    )
  })
})
