/** An imported year is checked as a whole before anything is built on it. */
import { describe, expect, it } from 'vitest'
import { checkYearSchedule, type YearSchedule } from '#core/calendar/days.ts'
import { builtInYears } from '#core/calendar/year-schedule.ts'

/** The notice for 2026, as printed. */
const notice2026: YearSchedule = {
  year: 2026,
  source: 'State Council notice of 4 November 2025',
  off: [
    { name: '元旦', from: '2026-01-01', to: '2026-01-03' },
    { name: '春节', from: '2026-02-15', to: '2026-02-23' },
    { name: '清明节', from: '2026-04-04', to: '2026-04-06' },
    { name: '劳动节', from: '2026-05-01', to: '2026-05-05' },
    { name: '端午节', from: '2026-06-19', to: '2026-06-21' },
    { name: '中秋节', from: '2026-09-25', to: '2026-09-27' },
    { name: '国庆节', from: '2026-10-01', to: '2026-10-07' },
  ],
  work: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  weekdays: { '2026-01-01': '周四', '2026-01-04': '周日', '2026-10-10': 'Saturday' },
}
const withOff = (index: number, change: Partial<YearSchedule['off'][number]>): YearSchedule => ({
  ...notice2026,
  off: notice2026.off.map((stretch, at) => (at === index ? { ...stretch, ...change } : stretch)),
})

describe('checkYearSchedule', () => {
  it('finds nothing wrong with the notice for 2026', () => {
    expect(checkYearSchedule(notice2026)).toEqual([])
  })

  it('finds nothing wrong with the built-in years since 2014, save 2020, when an epidemic lengthened Spring Festival', () => {
    const wrong = builtInYears().filter((year) => year.year >= 2014 && checkYearSchedule(year).length > 0)
    expect(wrong.map(({ year }) => year)).toEqual([2020])
  })

  it('has the notice for 2026 built in', () => {
    const built = builtInYears().find(({ year }) => year === 2026)
    expect(built?.work).toEqual(notice2026.work)
    expect(built?.off.map(({ from, to }) => [from, to])).toEqual(notice2026.off.map(({ from, to }) => [from, to]))
  })

  it('compares the printed weekdays with the dates', () => {
    const problems = checkYearSchedule({ ...notice2026, weekdays: { '2026-01-01': '周五', '2026-01-02': '星期五' } })
    expect(problems).toEqual(['weekdays: 2026-01-01 is a Thursday, not 周五'])
  })

  it('wants make-up days on weekends, outside every stretch, once each', () => {
    const work = [...notice2026.work.slice(1), '2026-01-05', '2026-10-04', '2026-10-10']
    const problems = checkYearSchedule({ ...notice2026, work })
    expect(problems).toContain('work: 2026-01-05 is a Monday: make-up days fall on Saturday or Sunday')
    expect(problems).toContain('work: 2026-10-04 is a make-up day and also off for National Day')
    expect(problems).toContain('work: 2026-10-10 is listed twice')
  })

  it('misses a make-up day that was left out, or a day off too many', () => {
    expect(checkYearSchedule({ ...notice2026, work: notice2026.work.slice(1) }).join()).toContain('9 weekdays are off')
    expect(checkYearSchedule(withOff(6, { to: '2026-10-08' })).join()).toContain('10 weekdays are off')
  })

  it('misses a day that the law fixes', () => {
    expect(checkYearSchedule(withOff(4, { from: '2026-06-20' }))).toContain(
      'off: 2026-06-19, a day of Dragon Boat Festival by law, is not off',
    )
  })

  it('misses a stretch under another holiday’s name', () => {
    expect(checkYearSchedule(withOff(4, { name: '中秋节' }))).toEqual([
      'off: 2026-06-19 to 2026-06-21 is called Mid-Autumn Festival and holds no day of Mid-Autumn Festival by law',
    ])
  })

  it('takes holidays that fall together as one stretch under one name or both, or as stretches that touch', () => {
    const year2025 = builtInYears().find(({ year }) => year === 2025)
    if (year2025 === undefined) throw new Error('2025 is not built in')
    const before = year2025.off.filter(({ from }) => from < '2025-10-01')
    expect(year2025.off.length - before.length).toBeGreaterThan(1)
    for (const name of ['国庆节', '国庆节、中秋节', 'National Day, Mid-Autumn Festival']) {
      const off = [...before, { name, from: '2025-10-01', to: '2025-10-08' }]
      expect(checkYearSchedule({ ...year2025, off }), name).toEqual([])
    }
  })

  it('owes a day for two holidays on one date, as in the notice for 2020 before it was changed', () => {
    const year2020 = builtInYears().find(({ year }) => year === 2020)
    if (year2020 === undefined) throw new Error('2020 is not built in')
    const spring = { name: '春节', from: '2020-01-24', to: '2020-01-30' }
    const off = [...year2020.off.filter(({ from }) => !from.startsWith('2020-01-24')), spring]
    expect(checkYearSchedule({ ...year2020, off, work: [...year2020.work, '2020-02-01'] })).toEqual([])
  })

  it('names dates that do not exist, lie elsewhere, overlap or run backwards, all at once', () => {
    const problems = checkYearSchedule({
      ...notice2026,
      off: [
        { name: '元旦', from: '2026-02-30', to: '2026-01-03' },
        { name: '春节', from: '2026-02-23', to: '2026-02-15' },
        { name: '国庆节', from: '2026-10-01', to: '2026-10-31' },
      ],
      work: ['2025-10-11', '2025-12-27'],
    })
    expect(problems).toEqual([
      "off[0] New Year's Day from: 2026-02-30 is not a date: write YYYY-MM-DD",
      'off[1] Spring Festival: it ends on 2026-02-15, before it begins on 2026-02-23',
      'off[2] National Day: 2026-10-01 to 2026-10-31 is 31 days, more than 12',
      'work[0]: 2025-10-11 lies outside 2026 and the December before it',
    ])
    expect(checkYearSchedule(withOff(5, { to: '2026-10-01' })).join()).toContain('2026-10-01 is named twice')
    expect(checkYearSchedule({ ...notice2026, off: [] })).toEqual(['off: the schedule of 2026 names no day off'])
  })
})
