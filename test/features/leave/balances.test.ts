/** Amounts in lists of balances are exact to the minute, both ways. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanceCell, minutesIn } from '../../../src/features/leave/rules/balances.ts'

const DAY = 480

describe('an amount in a cell', () => {
  it.each([
    ['10', 4_800],
    ['7.5', 3_600],
    ['0.25', 120],
    ['-1', -480],
    ['-0', 0],
    ['７.５天', 3_600],
    ['7天3小时', 3_540],
    ['1天 30分钟', 510],
    ['7 d 3 h 20 min', 3_560],
    ['2 days', 960],
    ['12小時', 720],
    ['1.5 h', 90],
    ['-1小时30分钟', -90],
    ['7天半', 3_600],
    ['7天半2小时', 3_720],
    ['半天', 240],
    ['−半天', -240],
    ['7½ days', 3_600],
    ['½ day', 240],
    ['7½', 3_600],
  ])('%s is so many minutes', (text, minutes) => {
    expect(minutesIn(text, DAY, 'day')).toBe(minutes)
  })
  it('without a unit counts what its column counts', () => {
    expect(minutesIn('12', DAY, 'hour')).toBe(720)
  })
  it.each([
    '',
    '天',
    '7天天',
    '3小时7天',
    '半',
    '7.5天半',
    '7半天',
    '7天半天',
    '3小时半',
    'ten',
    '1e3',
    '7,5',
    '0x10',
    '1/2',
    'NaN',
  ])('%j is none', (text) => {
    expect(minutesIn(text, DAY, 'day')).toBeUndefined()
  })
  it('that comes to no whole minute is refused, and half of an odd day is rounded down', () => {
    expect(minutesIn('0.333', DAY, 'day')).toBe('not-whole')
    expect(minutesIn('0.3', 445, 'day')).toBe('not-whole')
    expect(minutesIn('0.5', 445, 'day')).toBe(222)
    expect(minutesIn('1.50', 445, 'day')).toBe(667)
  })
})

it('every number of minutes is written so that it is read as the same, in both languages and for any length of day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -200_000, max: 200_000 }),
      fc.integer({ min: 60, max: 960 }),
      fc.constantFrom('zh-CN', 'en') as fc.Arbitrary<'zh-CN' | 'en'>,
      (minutes, day, locale) => minutesIn(String(balanceCell(minutes, day, locale)), day, 'day') === minutes,
    ),
    { numRuns: 2_000 },
  )
})
