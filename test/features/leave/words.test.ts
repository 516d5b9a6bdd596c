/** How leave is written, and that every card can be drawn from what it carries. */
import { describe, expect, it } from 'vitest'
import { textOf } from '../../../src/core/card.ts'
import { LOCALES } from '../../../src/core/i18n.ts'
import { draftCard } from '../../../src/features/leave/cards/draft.ts'
import { requestCard } from '../../../src/features/leave/cards/request.ts'
import { leave } from '../../../src/features/leave/index.ts'
import { writeAmount, writeBalance, writeDays, writeDaysBriefly } from '../../../src/features/leave/words.ts'
import { terms } from './asker.ts'

describe('an amount', () => {
  it.each([
    [1, 0, '半天', '½ day'],
    [2, 0, '1天', '1 day'],
    [3, 0, '1天半', '1½ days'],
    [7, 0, '3天半', '3½ days'],
    [8, 0, '4天', '4 days'],
    [0, 90, '1小时30分钟', '1 h 30 min'],
    [4, 120, '2天2小时', '2 days 2 h'],
    [0, 0, '0分钟', '0 min'],
  ])('of %i half-days and %i minutes is %s, %s', (halfDays, restMinutes, zh, en) => {
    expect(writeAmount({ halfDays, restMinutes }, 'zh-CN')).toBe(zh)
    expect(writeAmount({ halfDays, restMinutes }, 'en')).toBe(en)
  })

  it('of an allowance is in days of the person, without the dust of a day that does not divide in two', () => {
    expect(writeBalance(2_160, 480, 'zh-CN')).toBe('4天半')
    expect(writeBalance(445 - 222, 445, 'en')).toBe('½ day')
    expect(writeBalance(0, 480, 'en')).toBe('0 days')
    expect(writeBalance(-240, 480, 'zh-CN')).toBe('−半天')
  })
})

describe('the list of days', () => {
  it('has a line for each day, with its reason', () => {
    const { days } = terms({ from: '2026-10-09', to: '2026-10-12', toHalf: 'morning' })
    expect(writeDays(days, 'zh-CN')).toEqual([
      '10月9日（周五）：1天',
      '10月10日（周六）：1天（调休上班）',
      '10月11日（周日）：不计（周末）',
      '10月12日（周一）上午：半天',
    ])
  })

  it('is condensed when it is long, and says as much', () => {
    const { days } = terms({ from: '2026-10-12', to: '2026-10-30' })
    expect(writeDays(days, 'en')).toEqual([
      'Mon 12 Oct – Fri 16 Oct: 5 days',
      'Sat 17 Oct – Sun 18 Oct: not counted, weekend',
      'Mon 19 Oct – Fri 23 Oct: 5 days',
      'Sat 24 Oct – Sun 25 Oct: not counted, weekend',
      'Mon 26 Oct – Fri 30 Oct: 5 days',
    ])
  })

  it('keeps every counted day on a card to decide on, and puts days together that do not count for one reason', () => {
    const { days } = terms({ from: '2026-09-29', to: '2026-10-08' })
    expect(writeDaysBriefly(days, 'en')).toEqual([
      'Tue 29 Sep: 1 day',
      'Wed 30 Sep: 1 day',
      'Thu 1 Oct – Sat 3 Oct: not counted, National Day',
      'Sun 4 Oct: not counted, weekend',
      'Mon 5 Oct – Wed 7 Oct: not counted, National Day holiday',
      'Thu 8 Oct: 1 day',
    ])
  })
})

describe('the views', () => {
  const drawn = LOCALES.flatMap((locale) =>
    leave.views.map((view) => [`${view.name} in ${locale}`, view.draw({ locale, zone: 'Asia/Shanghai' })] as const),
  )

  it.each(drawn)('%s can be drawn', (_, drawing) => {
    const words = 'form' in drawing ? JSON.stringify(drawing) : textOf(drawing)
    expect(words.length).toBeGreaterThan(4)
    expect(words).not.toMatch(/\{\w+\}|undefined|NaN/)
  })

  it('stay within what every platform can show', () => {
    for (const [name, drawing] of drawn) {
      if ('fields' in drawing) expect(drawing.title.length, name).toBeLessThanOrEqual(24)
      else {
        expect(drawing.card?.fields?.length ?? 0, name).toBeLessThanOrEqual(10)
        expect(drawing.card?.list?.length ?? 0, name).toBeLessThanOrEqual(40)
        expect(drawing.card?.buttons?.length ?? 0, name).toBeLessThanOrEqual(5)
      }
    }
  })

  it('keep a typed reason as one piece of data, whatever it looks like', () => {
    const view = leave.views.find(({ name }) => name === 'leave.request')?.draw({ locale: 'en', zone: 'Asia/Shanghai' })
    expect(JSON.stringify(view)).toContain('“家里有事”')
    const nasty = '<!channel> *bold* [link](http://x) =1+1'
    const base = terms({ from: '2026-09-29' })
    const common = {
      id: 1,
      name: 'An',
      type: { 'zh-CN': '事假', en: 'Personal' },
      span: base.span,
      amount: base,
      days: base.days,
      reason: nasty,
      unknownYears: [],
      today: '2026-09-28',
      late: [],
      left: [],
      proof: undefined,
      papers: 0,
      replaces: undefined,
    }
    const reader = { locale: 'en' as const, zone: 'Asia/Shanghai' }
    const cards = [
      requestCard(reader, { ...common, othersAway: 0 }),
      draftCard(reader, { ...common, proposed: [], chain: [], told: ['Li'], lapsesAt: 0 }),
    ]
    for (const card of cards) expect(card.fields?.find(({ label }) => label === 'Reason')?.value).toBe(`“${nasty}”`)
  })
})
