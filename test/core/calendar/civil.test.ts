/** Civil dates, zones and how they are written. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  civilDateAt,
  compareDates,
  daysBetween,
  eachDay,
  formatDate,
  formatInstant,
  formatMinutes,
  formatRange,
  instantAt,
  isCivilDate,
  isZone,
  lastDayOfMonth,
  minuteOf,
  monthOf,
  startOfDay,
  timeOf,
  wallTimeAt,
  weekday,
} from '#core/calendar/civil.ts'

const utc = (iso: string) => Date.parse(iso)
const dayNumbers = fc.integer({ min: -719_162, max: 2_932_896 })
/** A second opinion on dates: JavaScript's own UTC calendar. */
const byUtc = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10)

describe('civil dates', () => {
  it.each(['2026-02-28', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is a date', (date) => {
    expect(isCivilDate(date)).toBe(true)
  })

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-1-1',
    '0000-01-01',
    '',
    '2026-01-01T00:00',
  ])('%s is no date', (date) => {
    expect(isCivilDate(date)).toBe(false)
  })

  it('adds days over leap days and year ends', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2027-01-01', -1)).toBe('2026-12-31')
    expect(daysBetween('2026-12-31', '2027-01-01')).toBe(1)
    expect(daysBetween('2024-03-01', '2024-02-28')).toBe(-2)
  })

  it('agrees with the UTC calendar on every day of ten thousand years', () => {
    fc.assert(
      fc.property(dayNumbers, (day) => {
        const n = daysBetween('1970-01-01', byUtc(Math.max(day, -700_000)))
        expect(n).toBe(Math.max(day, -700_000))
        expect(addDays('1970-01-01', n)).toBe(byUtc(n))
        expect(weekday(byUtc(n)) % 7).toBe(new Date(n * 86_400_000).getUTCDay())
      }),
    )
  })

  it('refuses what is no date, naming it and the way to write one', () => {
    expect(() => addDays('2026-02-30', 1)).toThrow('2026-02-30 is not a date: write YYYY-MM-DD')
    expect(() => addDays('2026-02-20', 0.5)).toThrow('0.5 is not a number of days')
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError)
    expect(() => lastDayOfMonth('2026-13')).toThrow(RangeError)
    expect(() => weekday('morgen')).toThrow(RangeError)
  })

  it('lists days with both ends, none when they are turned round, and no more than ten years', () => {
    expect(eachDay('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
    expect(eachDay('2026-03-01', '2026-02-27')).toEqual([])
    expect(eachDay('2026-01-01', addDays('2026-01-01', 3_659))).toHaveLength(3_660)
    expect(() => eachDay('2026-01-01', addDays('2026-01-01', 3_660))).toThrow('3661 days')
  })

  it('knows months and sorts dates', () => {
    expect(monthOf('2026-09-28')).toBe('2026-09')
    expect(lastDayOfMonth('2024-02')).toBe('2024-02-29')
    expect(lastDayOfMonth('2026-02-10')).toBe('2026-02-28')
    expect(['2027-01-01', '2026-12-31', '2026-02-01'].sort(compareDates)).toEqual([
      '2026-02-01',
      '2026-12-31',
      '2027-01-01',
    ])
  })

  it('reads and writes times of day', () => {
    expect(minuteOf('00:00')).toBe(0)
    expect(minuteOf('24:00')).toBe(1_440)
    expect(timeOf(905)).toBe('15:05')
    for (const wrong of ['24:01', '9:00', '12:60', '25:00', 'noon']) expect(() => minuteOf(wrong)).toThrow(RangeError)
    expect(() => timeOf(1_441)).toThrow(RangeError)
    expect(() => timeOf(-1)).toThrow(RangeError)
  })
})

describe('zones', () => {
  it('knows IANA names and refuses offsets and inventions', () => {
    expect(isZone('Asia/Shanghai')).toBe(true)
    expect(isZone('America/Argentina/Buenos_Aires')).toBe(true)
    expect(isZone('UTC')).toBe(true)
    for (const wrong of ['+08:00', 'Asia/Beijing2', '', ' ', 'Mars/Olympus']) expect(isZone(wrong)).toBe(false)
    expect(() => wallTimeAt(0, 'Mars/Olympus')).toThrow('Mars/Olympus is not a time zone')
  })

  it('gives the date and time of the zone that is asked, not of the machine', () => {
    const instant = utc('2026-09-30T16:30:59Z')
    expect(wallTimeAt(instant, 'Asia/Shanghai')).toEqual({ date: '2026-10-01', time: '00:30', minuteOfDay: 30 })
    expect(wallTimeAt(instant, 'America/New_York')).toEqual({ date: '2026-09-30', time: '12:30', minuteOfDay: 750 })
    expect(civilDateAt(instant, 'Pacific/Kiritimati')).toBe('2026-10-01')
    expect(civilDateAt(utc('1969-12-31T15:59:59Z'), 'Asia/Shanghai')).toBe('1969-12-31')
  })

  it('takes minutes beyond the day as those of its neighbours', () => {
    expect(instantAt('2026-09-28', 1_560, 'Asia/Shanghai')).toBe(utc('2026-09-29T02:00+08:00'))
    expect(instantAt('2026-09-28', -30, 'Asia/Shanghai')).toBe(utc('2026-09-27T23:30+08:00'))
    expect(instantAt('2026-09-28', '24:00', 'Asia/Shanghai')).toBe(startOfDay('2026-09-29', 'Asia/Shanghai'))
    expect(() => instantAt('2026-09-28', 1.5, 'Asia/Shanghai')).toThrow(RangeError)
  })

  it('puts a time that the clock skips in spring at the end of the gap', () => {
    // New York, 8 March 2026: 02:00 becomes 03:00, which is 07:00 UTC.
    expect(instantAt('2026-03-08', '01:59', 'America/New_York')).toBe(utc('2026-03-08T06:59Z'))
    for (const time of ['02:00', '02:30', '03:00']) {
      expect(instantAt('2026-03-08', time, 'America/New_York')).toBe(utc('2026-03-08T07:00Z'))
    }
    expect(instantAt('2026-03-08', '03:01', 'America/New_York')).toBe(utc('2026-03-08T07:01Z'))
    // Samoa skipped 30 December 2011 altogether.
    expect(instantAt('2011-12-30', '12:00', 'Pacific/Apia')).toBe(utc('2011-12-31T00:00+14:00'))
    // In Cairo summer time begins at midnight.
    expect(wallTimeAt(startOfDay('2026-04-24', 'Africa/Cairo'), 'Africa/Cairo').time).toBe('01:00')
  })

  it('takes the first of the two times that the clock shows in autumn', () => {
    expect(instantAt('2026-11-01', '01:30', 'America/New_York')).toBe(utc('2026-11-01T05:30Z'))
    expect(instantAt('2026-11-01', '02:00', 'America/New_York')).toBe(utc('2026-11-01T07:00Z'))
    expect(wallTimeAt(utc('2026-11-01T06:30Z'), 'America/New_York').time).toBe('01:30')
  })

  const zones = fc.constantFrom(
    'Asia/Shanghai',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Kathmandu',
  )
  const minutesOfYears = fc.integer({ min: 0, max: 10 * 366 * 1_440 })

  it('never makes a later wall time an earlier instant', () => {
    fc.assert(
      fc.property(zones, minutesOfYears, fc.integer({ min: 0, max: 300 }), (zone, minute, later) => {
        const [a, b] = [instantAt('2020-01-01', minute, zone), instantAt('2020-01-01', minute + later, zone)]
        expect(a).toBeLessThanOrEqual(b)
      }),
      { numRuns: 500 },
    )
  })

  it('comes back from a wall time to its instant, or to the first showing of it', () => {
    fc.assert(
      fc.property(zones, minutesOfYears, (zone, minute) => {
        const instant = utc('2020-01-01T00:00Z') + minute * 60_000
        const { date, time } = wallTimeAt(instant, zone)
        const back = instantAt(date, time, zone)
        expect(back).toBeLessThanOrEqual(instant)
        expect(wallTimeAt(back, zone)).toEqual(wallTimeAt(instant, zone))
      }),
      { numRuns: 500 },
    )
  })

  it('agrees with Intl on every hour of the days on which clocks change', () => {
    const parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Australia/Lord_Howe',
      dateStyle: 'short',
      timeStyle: 'short',
    })
    for (const day of ['2026-04-04', '2026-10-03']) {
      for (let half = 0; half < 96; half += 1) {
        const instant = utc(`${day}T00:00Z`) + half * 1_800_000
        const { date, time } = wallTimeAt(instant, 'Australia/Lord_Howe')
        expect(`${date} ${time}`).toBe(parts.format(instant))
      }
    }
  })
})

describe('how dates and times are written', () => {
  it('writes dates with their weekday, the year only where it is needed', () => {
    expect(formatDate('2026-09-28', 'zh-CN')).toBe('9月28日（周一）')
    expect(formatDate('2026-09-28', 'en')).toBe('Mon 28 Sep')
    expect(formatDate('2026-09-28', 'zh-CN', { weekday: false })).toBe('9月28日')
    expect(formatDate('2026-09-28', 'en', { relativeTo: '2026-01-01' })).toBe('Mon 28 Sep')
    expect(formatDate('2027-01-02', 'en', { relativeTo: '2026-12-31' })).toBe('Sat 2 Jan 2027')
    expect(formatDate('2027-01-02', 'zh-CN', { year: 'always' })).toBe('2027年1月2日（周六）')
    expect(() => formatDate('2027-02-30', 'en')).toThrow(RangeError)
  })

  it('writes instants in the zone of the reader', () => {
    expect(formatInstant(utc('2026-09-28T01:00Z'), 'Asia/Shanghai', 'zh-CN')).toBe('9月28日（周一）09:00')
    expect(formatInstant(utc('2026-09-28T01:00Z'), 'America/New_York', 'en')).toBe('Sun 27 Sep, 21:00')
  })

  it('writes lengths of time in hours and minutes', () => {
    expect([0, 45, 60, 150].map((n) => formatMinutes(n, 'zh-CN'))).toEqual(['0分钟', '45分钟', '1小时', '2小时30分钟'])
    expect([0, 45, 480, -150].map((n) => formatMinutes(n, 'en'))).toEqual(['0 min', '45 min', '8 h', '−2 h 30 min'])
  })

  it('writes ranges once for a single day, and with both years when they differ', () => {
    expect(formatRange('2026-09-28', '2026-10-02', 'zh-CN')).toBe('9月28日（周一）至10月2日（周五）')
    expect(formatRange('2026-09-28', '2026-10-02', 'en')).toBe('Mon 28 Sep – Fri 2 Oct')
    expect(formatRange('2026-09-28', '2026-09-28', 'en')).toBe('Mon 28 Sep')
    expect(formatRange('2026-12-31', '2027-01-04', 'en')).toBe('Thu 31 Dec 2026 – Mon 4 Jan 2027')
  })
})
