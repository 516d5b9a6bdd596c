/** Days, stretches and lengths as people say them, at the edges of weeks, months and years. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '#core/calendar/civil.ts'
import type { Period } from '#core/command-args.ts'
import { fold } from '#core/parser/fold.ts'
import { readPeriod } from '#core/parser/period.ts'
import { findTerms } from '#core/parser/scan.ts'
import type { Moment } from '#core/parser/understanding.ts'
import { tellPeriod } from './tell.ts'
import { MONDAY, on } from './vocabulary.ts'

/** Every period that `said` may mean, in one line; the problem of an impossible one; nothing when it names no time. */
function read(said: string, moment: Moment = MONDAY): string {
  const folded = fold(said)
  const reading = readPeriod(folded, findTerms(folded, moment), moment)
  if (reading === undefined) return 'nothing'
  return reading.kind === 'wrong' ? reading.problem : reading.periods.map(tellPeriod).join(' | ')
}

/** The one period that `said` means. */
function periodOf(said: string, moment: Moment): Period {
  const folded = fold(said)
  const reading = readPeriod(folded, findTerms(folded, moment), moment)
  if (reading?.kind !== 'periods' || reading.periods.length !== 1)
    throw new Error(`${said} has no single meaning: ${read(said, moment)}`)
  return reading.periods[0] ?? {}
}

describe('a length of time is read exactly', () => {
  it.each([
    ['三天半', '[3.5d]'],
    ['两天', '[2d]'],
    ['十二天', '[12d]'],
    ['二十一天半', '[21.5d]'],
    ['一百天', '[100d]'],
    ['半天', '[0.5d]'],
    ['一个半天', '[0.5d]'],
    ['三个半天', '[1.5d]'],
    ['3个工作日', '[3d]'],
    ['1.5天', '[1.5d]'],
    ['一个半小时', '[90min]'],
    ['两小时半', '[150min]'],
    ['1小时20分钟', '[80min]'],
    ['90分钟', '[90min]'],
    ['一刻钟', '[15min]'],
    ['half a day', '[0.5d]'],
    ['a day and a half', '[1.5d]'],
    ['two and a half days', '[2.5d]'],
    ['3 1/2 days', '[3.5d]'],
    ['three working days', '[3d]'],
    ['an hour and a half', '[90min]'],
    ['1h30', '[90min]'],
    ['2hrs', '[120min]'],
  ])('%s', (said, meant) => expect(read(said)).toBe(meant))

  it.each([
    ['一周', '[5d] | [7d]'],
    ['两个星期', '[10d] | [14d]'],
    ['a week', '[5d] | [7d]'],
    ['一个月', '[22d] | [30d]'],
    ['两三天', '[2d] | [3d]'],
    ['3到5天', '[3d] | [5d]'],
    ['2 or 3 days', '[2d] | [3d]'],
  ])('%s leaves open how many days it is', (said, meant) => expect(read(said)).toBe(meant))

  it.each(['0.3天', '1.25天', '0.3 days', '0.01小时', '一点三天'])(
    '%s is no whole number of half days or minutes',
    (said) => expect(read(said)).toBe('not-a-number'),
  )
  it.each(['0天', '-3天', '负三天', '-2 days', '99999天', '0 days'])('%s is out of range', (said) =>
    expect(read(said)).toBe('out-of-range'),
  )
  it.each([
    '第三天',
    '提前3天',
    '3天以上',
    '3天内',
    '前三天',
    '每3天',
    'within 3 days',
    '3 days left',
    'every 2 days',
    'at least 3 days',
    '几天',
    'ah',
    '一点不舒服',
  ])('%s bounds or points and measures nothing', (said) => expect(read(said)).toBe('nothing'))

  it('reads every number of half days up to sixty days, in digits, in Chinese and in English', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (halfDays) => {
        for (const said of [
          `${halfDays / 2}天`,
          `${chineseDays(halfDays)}`,
          `${halfDays / 2} days`,
          `请假${halfDays / 2}天`,
        ]) {
          expect(periodOf(said, MONDAY).amount, said).toEqual({ halfDays })
        }
      }),
    )
  })

  it('reads every number of minutes up to ten hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (minutes) => {
        const [hours, over] = [Math.floor(minutes / 60), minutes % 60]
        for (const said of [
          `${minutes}分钟`,
          `${minutes} minutes`,
          ...(hours > 0 && over > 0 ? [`${hours}小时${over}分钟`, `${hours}h ${over}min`] : []),
        ]) {
          expect(periodOf(said, MONDAY).amount, said).toEqual({ minutes })
        }
      }),
    )
  })
})

describe('days are counted from the speaker’s own today', () => {
  it.each([
    ['今天', '[2026-09-28]'],
    ['明天', '[2026-09-29]'],
    ['后天', '[2026-09-30]'],
    ['大后天', '[2026-10-01]'],
    ['昨天', '[2026-09-27]'],
    ['day after tomorrow', '[2026-09-30]'],
    ['三天后', '[2026-10-01]'],
    ['两周后', '[2026-10-12]'],
    ['一个月后', '[2026-10-28]'],
    ['3天前', '[2026-09-25]'],
    ['in 3 days', '[2026-10-01]'],
    ['a week from today', '[2026-10-05]'],
    ['2 days ago', '[2026-09-26]'],
    ['半小时后', '[2026-09-28 10:30]'],
    ['明后天', '[2026-09-29..2026-09-30]'],
    ['明早', '[2026-09-29 morning..2026-09-29 morning]'],
  ])('%s', (said, meant) => expect(read(said)).toBe(meant))

  it('crosses midnight, month and year ends', () => {
    expect(read('半小时后', on('2026-12-31', '23:45'))).toBe('[2027-01-01 00:15]')
    expect(read('明天', on('2026-12-31'))).toBe('[2027-01-01]')
    expect(read('明天', on('2028-02-28'))).toBe('[2028-02-29]')
    expect(read('一个月后', on('2027-01-31'))).toBe('[2027-02-28]')
    expect(read('月底', on('2028-02-10'))).toBe('[2028-02-29]')
    expect(read('下个月1号', on('2026-12-10'))).toBe('[2027-01-01]')
    expect(read('the 1st of next month', on('2026-12-10'))).toBe('[2027-01-01]')
  })
})

describe('weeks begin on Monday', () => {
  it.each([
    ['2026-09-28', '周三', '[2026-09-30]'],
    ['2026-09-30', '周三', '[2026-09-30]'],
    ['2026-10-01', '周三', '[2026-10-07]'],
    ['2026-09-28', '下周一', '[2026-10-05]'],
    ['2026-10-04', '下周一', '[2026-10-05]'],
    ['2026-10-04', '下周日', '[2026-10-11]'],
    ['2026-10-04', '这周一', '[2026-09-28]'],
    ['2026-10-04', '星期天', '[2026-10-04]'],
    ['2026-09-28', '下下周三', '[2026-10-14]'],
    ['2026-09-28', '上周五', '[2026-09-25]'],
    ['2026-09-28', '下周六日', '[2026-10-10..2026-10-11]'],
    ['2026-10-04', '周末', '[2026-10-03..2026-10-04]'],
    ['2026-09-28', 'Wed', '[2026-09-30]'],
    ['2026-09-28', 'this Wed', '[2026-09-30]'],
    ['2026-09-28', 'next Wed', '[2026-10-07]'],
    ['2026-10-04', 'next Monday', '[2026-10-05]'],
    ['2026-09-28', 'Friday next week', '[2026-10-09]'],
    ['2026-09-28', '下周', '[2026-10-05..2026-10-09] | [2026-10-05..2026-10-11]'],
    ['2026-09-28', '下周请4天', '[2026-10-05, 4d] | [2026-10-06, 4d]'],
  ])('on %s %s is %s', (today, said, meant) => expect(read(said, on(today))).toBe(meant))

  it('a bare weekday is never past and never more than six days off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 6 }), (days, index) => {
        const today = addDays('2024-01-01', days)
        for (const said of [
          `周${'一二三四五六日'.charAt(index)}`,
          ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][index] ?? '',
        ]) {
          const from = periodOf(said, on(today)).from ?? ''
          expect(from >= today && from <= addDays(today, 6)).toBe(true)
        }
      }),
    )
  })
})

describe('a date reads back as itself in every form it is written', () => {
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  it('with its year, wherever today is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 20_000 }), (days, now) => {
        const [date, moment] = [addDays('2000-01-01', days), on(addDays('2000-01-01', now))]
        const [y, m, d] = [date.slice(0, 4), Number(date.slice(5, 7)), Number(date.slice(8))]
        const month = MONTHS[m - 1]
        const forms = [
          date,
          `${y}.${m}.${d}`,
          `${y}/${m}/${d}`,
          `${y}年${m}月${d}日`,
          `${y}年${m}月${d}号`,
          `${m}/${d}/${y}`,
          `${d} ${month} ${y}`,
          `${month} ${d}, ${y}`,
          `${y}年${han(m)}月${han(d)}日`,
        ]
        for (const said of forms) expect(periodOf(said, moment), said).toEqual({ from: date })
      }),
      { numRuns: 300 },
    )
  })

  it('without its year, for every day of the twelve months to come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 364 }), fc.integer({ min: 0, max: 3_000 }), (ahead, now) => {
        const today = addDays('2024-03-01', now)
        const date = addDays(today, ahead)
        const [m, d] = [Number(date.slice(5, 7)), Number(date.slice(8))]
        for (const said of [
          `${m}月${d}日`,
          `${m}月${d}`,
          `${m}/${d}`,
          `${han(m)}月${han(d)}号`,
          `${MONTHS[m - 1]} ${d}`,
          `${d} ${MONTHS[m - 1]}`,
        ]) {
          expect(periodOf(said, on(today)), `${said} on ${today}`).toEqual({ from: date })
        }
      }),
      { numRuns: 300 },
    )
  })

  it('as both ends of a range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 3_000 }),
        (ahead, long, now) => {
          const today = addDays('2024-03-01', now)
          const [from, to] = [addDays(today, ahead), addDays(today, ahead + long)]
          const short = (date: string) => `${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`
          const slash = (date: string) => `${Number(date.slice(5, 7))}/${Number(date.slice(8))}`
          const english = (date: string) => `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1]}`
          for (const said of [
            `${short(from)}到${short(to)}`,
            `${slash(from)}-${slash(to)}`,
            `${english(from)} to ${english(to)}`,
            `${from} to ${to}`,
            `${from}~${to}`,
          ]) {
            expect(periodOf(said, on(today)), `${said} on ${today}`).toEqual({ from, to })
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('stretches of days and hours', () => {
  it.each([
    ['下周一到周三', '[2026-10-05..2026-10-07]'],
    ['周一至周五', '[2026-09-28..2026-10-02]'],
    ['12月30日到1月2日', '[2026-12-30..2027-01-02]'],
    ['from 12 to 14 October', '[2026-10-12..2026-10-14]'],
    ['12/30-1/2', '[2026-12-30..2027-01-02]'],
    ['12.30-1.2', '[2026-12-30..2027-01-02]'],
    ['12月30-31日', '[2026-12-30..2026-12-31]'],
    ['3到5号', '[2026-10-03..2026-10-05]'],
    ['30号到2号', '[2026-09-30..2026-10-02]'],
    ['Dec 30 – Jan 2', '[2026-12-30..2027-01-02]'],
    ['next Mon to Wed', '[2026-10-05..2026-10-07]'],
    ['between Mon and Wed', '[2026-09-28..2026-09-30]'],
    ['30-31 Dec', '[2026-12-30..2026-12-31]'],
    ['周三周四', '[2026-09-30..2026-10-01]'],
    ['周三和周五', '[2026-09-30] | [2026-10-02]'],
    ['10月2日(周五)', '[2026-10-02]'],
    ['Tuesday the 29th', '[2026-09-29]'],
    ['国庆节', '[2026-10-01..2026-10-07]'],
    ['国庆后', '[2026-10-08]'],
    ['十一', '[2026-10-01..2026-10-07]'],
    ['十一月三号', '[2026-11-03]'],
    ['中秋节', 'no-such-holiday'],
    ['到周五', '[..2026-10-02]'],
    ['明天上午', '[2026-09-29 morning..2026-09-29 morning]'],
    ['明天下午到周五上午', '[2026-09-29 afternoon..2026-10-02 morning]'],
    ['明天下午起三天', '[2026-09-29 afternoon, 3d]'],
    ['明天下午2点到4点', '[2026-09-29 14:00..2026-09-29 16:00]'],
    ['14:00-16:30', '[14:00..16:30]'],
    ['上午10点到2点', '[10:00..14:00]'],
    ['9点到下午3点', '[09:00..15:00]'],
    ['9点到5点', '[09:00..17:00]'],
    ['2点到4点', '[14:00..16:00] | [02:00..04:00]'],
    ['2点半到下午4点', '[14:30..16:00]'],
    ['明天晚上10点到早上6点', '[2026-09-29 22:00..2026-09-30 06:00]'],
    ['晚上12点', '[24:00]'],
    ['12pm', '[12:00]'],
    ['12am', '[00:00]'],
    ['2-4pm', '[14:00..16:00]'],
    ['10-2pm', '[10:00..14:00]'],
    ['11am-1pm', '[11:00..13:00]'],
  ])('%s', (said, meant) => expect(read(said)).toBe(meant))
})

describe('what no calendar holds is refused, not bent into shape', () => {
  it.each([
    ['2月30日', 'no-such-date'],
    ['13月1日', 'no-such-date'],
    ['2027-02-29', 'no-such-date'],
    ['2月29日', 'no-such-date'],
    ['32号', 'no-such-date'],
    ['Feb 30', 'no-such-date'],
    ['2/30', 'no-such-date'],
    ['31 April', 'no-such-date'],
    ['25:00', 'out-of-range'],
    ['10月9日到10月8日', 'end-before-start'],
    ['Oct 9 to Oct 8', 'end-before-start'],
    ['明天到昨天', 'end-before-start'],
    ['2027-01-04 to 2026-12-30', 'end-before-start'],
    ['下午到上午', 'end-before-start'],
    ['16:00-14:00', 'end-before-start'],
    ['Dec 31-30', 'end-before-start'],
  ])('%s: %s', (said, problem) => expect(read(said)).toBe(problem))

  it('29 February is a date in the twelve months before one', () => {
    expect(read('2月29日', on('2027-03-01'))).toBe('[2028-02-29]')
    expect(read('2028-02-29')).toBe('[2028-02-29]')
  })
})

const DIGITS = '零一二三四五六七八九'

/** 1–99 in Chinese numerals. */
function han(n: number): string {
  if (n < 10) return DIGITS.charAt(n)
  const tens = Math.floor(n / 10)
  return `${tens === 1 ? '' : DIGITS.charAt(tens)}十${n % 10 === 0 ? '' : DIGITS.charAt(n % 10)}`
}

function chineseDays(halfDays: number): string {
  const days = Math.floor(halfDays / 2)
  if (days === 0) return '半天'
  return `${days === 2 ? '两' : han(days)}天${halfDays % 2 === 1 ? '半' : ''}`
}
