/** The kinds of days: 2026 as it was announced, 2027 as far as the law fixes it, and what a company adds. */
import { Temporal } from 'temporal-polyfill/full'
import { afterEach, describe, expect, it } from 'vitest'
import { addDays, eachDay, weekday } from '#core/calendar/civil.ts'
import { type DayKind, workCalendar, type YearSchedule } from '#core/calendar/days.ts'
import { lawDays } from '#core/calendar/law.ts'

const calendar = workCalendar()
const year2026 = eachDay('2026-01-01', '2026-12-31')
const eachYear = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const of2026 = (kind: DayKind) => year2026.filter((date) => calendar.day(date).kind === kind)

describe('2026, as announced on 4 November 2025', () => {
  it('has six make-up working days', () => {
    expect(of2026('make-up-working-day')).toEqual([
      '2026-01-04',
      '2026-02-14',
      '2026-02-28',
      '2026-05-09',
      '2026-09-20',
      '2026-10-10',
    ])
  })

  it('has the thirteen days of the law, weekends among them', () => {
    const days = of2026('legal-holiday')
    expect(days).toEqual([
      '2026-01-01',
      ...eachDay('2026-02-16', '2026-02-19'),
      '2026-04-05',
      '2026-05-01',
      '2026-05-02',
      '2026-06-19',
      '2026-09-25',
      ...eachDay('2026-10-01', '2026-10-03'),
    ])
    expect(days.filter((date) => weekday(date) > 5)).toEqual(['2026-04-05', '2026-05-02', '2026-10-03'])
  })

  it('calls every other weekday off a bridge day, and leaves weekends inside a holiday ordinary but off', () => {
    expect(of2026('bridge-day')).toEqual([
      '2026-01-02',
      '2026-02-20',
      '2026-02-23',
      '2026-04-06',
      '2026-05-04',
      '2026-05-05',
      '2026-10-05',
      '2026-10-06',
      '2026-10-07',
    ])
    expect(calendar.day('2026-01-03')).toMatchObject({
      kind: 'ordinary',
      works: 'off',
      legal: false,
      name: { 'zh-CN': '元旦' },
    })
    const saturday = calendar.day('2026-01-10')
    expect(saturday).toMatchObject({ kind: 'ordinary', works: 'pattern' })
    expect(saturday.name).toBeUndefined()
  })

  it('has the seven stretches off of the notice, under every name people use', () => {
    const runs = calendar.holidays('2026-01-01', '2026-12-31')
    expect(runs.map(({ name, from, to }) => [name['zh-CN'], from, to])).toEqual([
      ['元旦', '2026-01-01', '2026-01-03'],
      ['春节', '2026-02-15', '2026-02-23'],
      ['清明节', '2026-04-04', '2026-04-06'],
      ['劳动节', '2026-05-01', '2026-05-05'],
      ['端午节', '2026-06-19', '2026-06-21'],
      ['中秋节', '2026-09-25', '2026-09-27'],
      ['国庆节', '2026-10-01', '2026-10-07'],
    ])
    expect(runs.at(-1)?.names).toEqual(expect.arrayContaining(['国庆', '十一', '国庆节', 'National Day']))
    expect(runs.every(({ legal, provisional }) => legal && !provisional)).toBe(true)
  })

  it('gives a stretch whole also where it reaches beyond the days asked for', () => {
    expect(calendar.holidays('2026-10-07', '2026-10-20').map(({ from, to }) => [from, to])).toEqual([
      ['2026-10-01', '2026-10-07'],
    ])
    expect(calendar.holidays('2026-09-28', '2026-10-01')).toMatchObject([{ from: '2026-10-01', to: '2026-10-07' }])
    expect(calendar.holidays('2026-10-08', '2026-10-20')).toEqual([])
  })

  it('is settled, save the last three days, which the notice for 2027 may still move', () => {
    expect(year2026.filter((date) => calendar.day(date).provisional)).toEqual([
      '2026-12-29',
      '2026-12-30',
      '2026-12-31',
    ])
    expect(calendar.day('2025-12-31').provisional).toBe(false)
  })
})

describe('a year without a schedule', () => {
  it('is unknown, and everything in it provisional', () => {
    expect(calendar.knows(2026)).toBe(true)
    expect(calendar.knows(2027)).toBe(false)
    expect(eachDay('2027-01-01', '2027-12-31').every((date) => calendar.day(date).provisional)).toBe(true)
  })

  it('has only the days the law fixes off, and no bridge or make-up day', () => {
    const days = eachDay('2027-01-01', '2027-12-31').map((date) => calendar.day(date))
    expect(days.filter(({ works }) => works === 'off').map(({ date }) => date)).toEqual([
      '2027-01-01',
      ...eachDay('2027-02-05', '2027-02-08'),
      '2027-04-05',
      '2027-05-01',
      '2027-05-02',
      '2027-06-09',
      '2027-09-15',
      ...eachDay('2027-10-01', '2027-10-03'),
    ])
    expect(new Set(days.map(({ kind }) => kind))).toEqual(new Set(['legal-holiday', 'ordinary']))
    expect(calendar.holidays('2027-02-01', '2027-02-28')).toMatchObject([
      { from: '2027-02-05', to: '2027-02-08', provisional: true, name: { en: 'Spring Festival' } },
    ])
  })

  it('joins two holidays that fall on one date', () => {
    expect(calendar.day('2028-10-03').name).toEqual({
      'zh-CN': '国庆节、中秋节',
      'zh-TW': '國慶節、中秋節',
      en: 'National Day & Mid-Autumn Festival',
    })
  })

  it('knows the days of the law beyond the lunar tables by the sun alone', () => {
    expect(lawDays(2150).map(({ holiday }) => holiday)).toEqual([
      'new-year',
      'labour-day',
      'labour-day',
      'national-day',
      'national-day',
      'national-day',
    ])
  })
})

describe('the moon', () => {
  it('agrees with the Chinese calendar of ICU, save where the new moon stands within minutes of midnight', () => {
    const moon = (date: string) => {
      const { monthCode, day } = Temporal.PlainDate.from(date).withCalendar('chinese')
      return `${monthCode}-${day}`
    }
    const disagreements = eachYear(1900, 2099).flatMap((year) => {
      const of = (holiday: string) => lawDays(year).filter((day) => day.holiday === holiday)
      const eve = year >= 2025 || (year >= 2008 && year <= 2013)
      const newYear = of('spring-festival').at(eve ? 1 : 0)
      const expected = [
        [newYear, 'M01-1'] as const,
        [of('dragon-boat')[0], 'M05-5'] as const,
        [of('mid-autumn')[0], 'M08-15'] as const,
      ]
      return expected.flatMap(([day, wanted]) => (day === undefined || moon(day.date) === wanted ? [] : [day.date]))
    })
    // Approximate in some versions of ICU; almanacs give these three, and the law's 2027 rests on one of them.
    const almanac = ['1954-02-03', '2027-02-06', '2030-02-03']
    expect(disagreements.filter((date) => !almanac.includes(date))).toEqual([])
    expect(lawDays(2027).map(({ date }) => date)).toContain('2027-02-06')
  })

  describe('in any zone of the machine', () => {
    const before = process.env['TZ']
    afterEach(() => {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    })

    it.each(['America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC'])(
      'rises on the same day: %s',
      (zone) => {
        process.env['TZ'] = zone
        expect(
          workCalendar()
            .holidays('2027-01-01', '2027-12-31')
            .map(({ from }) => from),
        ).toEqual(['2027-01-01', '2027-02-05', '2027-04-05', '2027-05-01', '2027-06-09', '2027-09-15', '2027-10-01'])
      },
    )
  })
})

describe('the law of earlier years', () => {
  it.each([
    [2007, 10],
    [2013, 11],
    [2014, 11],
    [2015, 12],
    [2024, 11],
    [2025, 13],
  ])('%i fixed %i days', (year, days) => {
    expect(lawDays(year)).toHaveLength(days)
  })

  it('began Spring Festival on its eve in 2013 and again since 2025, not in between', () => {
    const first = (year: number) => lawDays(year).find(({ holiday }) => holiday === 'spring-festival')?.date
    expect([2013, 2014, 2024, 2025].map(first)).toEqual(['2013-02-09', '2014-01-31', '2024-02-10', '2025-01-28'])
  })

  it('has every day of the law off in the data of each year since 2013', () => {
    for (let year = 2013; year <= 2026; year += 1) {
      for (const { date } of lawDays(year))
        expect(calendar.day(date), date).toMatchObject({ kind: 'legal-holiday', works: 'off' })
    }
  })

  it('reads two notices for December: that of 2019 moved the last days of 2018', () => {
    expect(calendar.day('2018-12-29')).toMatchObject({ kind: 'make-up-working-day', works: 'work' })
    expect(calendar.day('2018-12-31')).toMatchObject({
      kind: 'bridge-day',
      works: 'off',
      name: { en: "New Year's Day" },
    })
  })
})

/** An invented 2027, for the mechanism only: the real one has not been announced. */
const invented2027: YearSchedule = {
  year: 2027,
  source: 'invented for a test',
  off: [
    { name: '元旦', from: '2027-01-01', to: '2027-01-03' },
    { name: '春节', from: '2027-02-05', to: '2027-02-11' },
    { name: '国庆节', from: '2027-10-01', to: '2027-10-07' },
  ],
  work: ['2027-01-30', '2026-12-27'],
}

describe('an imported year', () => {
  const withYear = workCalendar({ years: [invented2027] })

  it('settles its days and the December before', () => {
    expect(withYear.knows(2027)).toBe(true)
    expect(withYear.day('2027-02-09')).toMatchObject({
      kind: 'bridge-day',
      works: 'off',
      provisional: false,
      source: 'invented for a test',
    })
    expect(withYear.day('2027-01-30')).toMatchObject({ kind: 'make-up-working-day', provisional: false })
    expect(withYear.day('2026-12-27')).toMatchObject({ kind: 'make-up-working-day' })
    expect(withYear.day('2026-12-31').provisional).toBe(false)
    expect(withYear.day('2026-10-01').works).toBe('off')
  })

  it('replaces a built-in year as a whole', () => {
    const replaced = workCalendar({
      years: [
        { year: 2026, source: 'changed', off: [{ name: '劳动节', from: '2026-05-01', to: '2026-05-03' }], work: [] },
      ],
    })
    expect(replaced.day('2026-05-04')).toMatchObject({ kind: 'ordinary', works: 'pattern', source: 'changed' })
    expect(replaced.day('2026-05-09').works).toBe('pattern')
  })

  it('gives the calendar another version, and the same contents the same', () => {
    expect(withYear.version).not.toBe(calendar.version)
    expect(workCalendar({ years: [invented2027] }).version).toBe(withYear.version)
    expect(workCalendar().version).toBe(calendar.version)
  })

  it('keeps its days under a name of its own', () => {
    const name = { 'zh-CN': '城运会放假', en: 'City Games' }
    const own = workCalendar({ years: [{ ...invented2027, off: [{ name, from: '2027-08-02', to: '2027-08-03' }] }] })
    expect(own.holidays('2027-08-01', '2027-08-31')).toMatchObject([
      { name, names: ['城运会放假', 'City Games'], legal: false },
    ])
  })
})

describe('company days', () => {
  const name = { 'zh-CN': '司庆日', en: 'Founders’ Day' }
  const own = workCalendar({
    companyDays: [
      { date: '2026-09-28', name, works: 'off' },
      { date: '2026-10-07', name, works: 'work' },
      { date: '2026-10-08', name, works: 'off' },
      { date: '2026-03-06', name, works: 'off', half: 'afternoon' },
      { date: '2026-10-05', name, works: 'off', half: 'afternoon' },
    ],
  })

  it('go before the schedule, and are never provisional', () => {
    expect(own.day('2026-09-28')).toMatchObject({
      kind: 'company-day',
      works: 'off',
      legal: false,
      name,
      source: 'company',
    })
    expect(own.day('2026-10-07')).toMatchObject({ kind: 'company-day', works: 'work' })
    expect(
      workCalendar({ companyDays: [{ date: '2027-01-04', name, works: 'off' }] }).day('2027-01-04').provisional,
    ).toBe(false)
  })

  it('keep the mark of the law for pay', () => {
    const worked = workCalendar({ companyDays: [{ date: '2026-10-01', name, works: 'work' }] })
    expect(worked.day('2026-10-01')).toMatchObject({ kind: 'company-day', works: 'work', legal: true })
  })

  it('may free one half, and change nothing on a day that is off', () => {
    expect(own.day('2026-03-06')).toMatchObject({ kind: 'company-day', works: 'pattern', offHalf: 'afternoon' })
    expect(own.day('2026-10-05')).toMatchObject({ kind: 'bridge-day', works: 'off' })
  })

  it('stand apart from the holiday they touch, and shorten one they take from', () => {
    expect(
      own.holidays('2026-10-01', '2026-10-31').map(({ name: { en }, from, to, legal }) => [en, from, to, legal]),
    ).toEqual([
      ['National Day', '2026-10-01', '2026-10-06', true],
      ['Founders’ Day', '2026-10-08', '2026-10-08', false],
    ])
  })

  it('must have a date that exists', () => {
    expect(() => workCalendar({ companyDays: [{ date: '2026-02-30', name, works: 'off' }] })).toThrow(
      '2026-02-30 is not a date',
    )
    expect(() => calendar.day('2026-02-30')).toThrow(RangeError)
    expect(() => calendar.day(addDays('2026-02-28', 1))).not.toThrow()
  })
})
