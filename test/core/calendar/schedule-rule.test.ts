/** Rules of recurrence as a policy writes them: what is taken, what is refused in which words, and how they are said. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeRule, type ScheduleRule, scheduleRuleSchema } from '#core/calendar/occurrences.ts'

describe('scheduleRuleSchema', () => {
  it.each<ScheduleRule>([
    { cron: '0 9 * * 1-5' },
    { cron: '0 17 L * *', minus: 'PT1H30M' },
    { every: 'working-day', at: '09:00' },
    { every: 'week', weekday: 'fri', at: '16:00' },
    { every: 'week', weekday: 'sat', at: '16:00', onDayOff: 'same' },
    { every: 'month', workingDay: 'last', at: '17:30' },
    { every: 'month', workingDay: 3, at: '09:00', months: [1, 4, 7, 10] },
    { every: 'month', weekday: 'fri', before: 25, at: '16:00' },
    { every: 'month', weekday: 'tue', nth: 'last', at: '16:00' },
    { every: 'month', day: 25, at: '17:00', onDayOff: 'previous-working-day' },
    { beforeHoliday: { days: 7 }, at: '09:00', minus: 'PT30M' },
  ])('takes %j as it is written', (rule) => {
    expect(scheduleRuleSchema.parse(rule)).toEqual(rule)
  })

  it.each<[unknown, string]>([
    ['0 9 * * *', 'write one of: cron: 0 9 * * 1-5; every: working-day'],
    [{ every: 'year' }, 'write one of'],
    [{ every: 'month', at: '09:00' }, 'write one of'],
    [{ cron: '0 0 9 * * *' }, 'cron: "0 0 9 * * *" has not five fields: write minute, hour, day, month, weekday'],
    [{ cron: '@daily' }, '"@daily" has not five fields'],
    [{ cron: '0 25 * * *' }, 'cron: "0 25 * * *" is not a cron expression'],
    [{ cron: '0 9 30 2 *' }, '"0 9 30 2 *" never happens'],
    [{ cron: '0 9 * * *', at: '09:00' }, 'Unrecognized key: "at"'],
    [{ every: 'working-day', at: '9:00' }, 'at: write a time as HH:MM'],
    [{ every: 'working-day', at: '24:00' }, 'at: write a time as HH:MM, from 00:00 to 23:59'],
    [{ every: 'week', weekday: 'Friday', at: '16:00' }, 'weekday: write a weekday as mon, tue'],
    [{ every: 'week', weekday: 'sun', at: '16:00' }, 'say onDayOff: same, skip or last-working-day'],
    [{ every: 'month', workingDay: 40, at: '16:00' }, 'workingDay: write a whole number from 1 to 23, or last'],
    [{ every: 'month', weekday: 'fri', nth: 5, at: '16:00' }, 'nth: write 1, 2, 3, 4 or last'],
    [
      { every: 'month', weekday: 'fri', before: 30, at: '16:00' },
      'before: write a whole number from 1 to 28; nth: last',
    ],
    [{ every: 'month', day: 25, at: '16:00', months: [13] }, 'months.0: write a whole number from 1 to 12'],
    [{ beforeHoliday: { days: 0 }, at: '09:00' }, 'beforeHoliday.days: write a whole number from 1 to 60'],
    [{ cron: '0 9 * * *', minus: 'P1D' }, 'minus: write how much earlier in hours and minutes, as PT30M'],
    [{ cron: '0 9 * * *', minus: 'PT' }, 'minus: write how much earlier'],
    [{ cron: '0 9 * * *', minus: 'PT169H' }, 'at most PT168H'],
  ])('refuses %j and says what was meant', (written, why) => {
    const result = scheduleRuleSchema.safeParse(written)
    expect(result.success).toBe(false)
    expect(
      result.error?.issues
        .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
        .join('; '),
    ).toContain(why)
  })

  it('has a JSON Schema, for the editor of a policy file', () => {
    expect(z.toJSONSchema(scheduleRuleSchema)).toHaveProperty('anyOf')
  })
})

describe('describeRule', () => {
  it.each<[ScheduleRule, string, string]>([
    [{ cron: '0 9 * * *' }, '每天 09:00', 'every day at 09:00'],
    [{ cron: '30 7 * * 1-5' }, '每周一至周五 07:30', 'Mon to Fri at 07:30'],
    [{ cron: '0 18 * * 1,3,0' }, '每周一、周三、周日 18:00', 'every Mon, Wed, Sun at 18:00'],
    [{ cron: '0 9 2 * *' }, '每月2日 09:00', 'the 2nd of each month, 09:00'],
    [{ cron: '*/15 * * * *' }, 'cron 表达式 */15 * * * *', 'cron */15 * * * *'],
    [{ cron: '0 9 1 */3 *' }, 'cron 表达式 0 9 1 */3 *', 'cron 0 9 1 */3 *'],
    [{ every: 'working-day', at: '08:30' }, '每个工作日 08:30', 'every working day at 08:30'],
    [
      { every: 'week', weekday: 'fri', at: '16:00' },
      '每周五 16:00（遇休息日跳过）',
      'every Fri at 16:00 (not on days off)',
    ],
    [{ every: 'week', weekday: 'fri', at: '16:00', onDayOff: 'same' }, '每周五 16:00', 'every Fri at 16:00'],
    [
      { every: 'week', weekday: 'fri', at: '16:00', onDayOff: 'last-working-day', minus: 'PT30M' },
      '每周五 16:00（遇休息日改到当周最后一个工作日），提前30分钟',
      'every Fri at 16:00 (on a day off: the last working day of that week), moved 30 min ahead',
    ],
    [
      { every: 'month', workingDay: 'last', at: '17:30' },
      '每月最后一个工作日 17:30',
      'last working day of each month, 17:30',
    ],
    [
      { every: 'month', workingDay: 3, at: '09:00', months: [3, 6] },
      '每年3月、6月第3个工作日 09:00',
      '3rd working day of Mar, Jun, 09:00',
    ],
    [
      { every: 'month', weekday: 'fri', before: 25, at: '16:00' },
      '每月25日前的周五 16:00',
      'last Fri before the 25th of each month, 16:00',
    ],
    [{ every: 'month', weekday: 'tue', nth: 2, at: '16:00' }, '每月第2个周二 16:00', '2nd Tue of each month, 16:00'],
    [
      { every: 'month', weekday: 'tue', nth: 'last', at: '16:00' },
      '每月最后一个周二 16:00',
      'last Tue of each month, 16:00',
    ],
    [
      { every: 'month', day: 11, at: '17:00', onDayOff: 'next-working-day' },
      '每月11日 17:00（遇休息日顺延到下一个工作日）',
      'the 11th of each month, 17:00 (on a day off: the next working day)',
    ],
    [{ beforeHoliday: { days: 7 }, at: '09:00' }, '法定节假日前7天 09:00', '7 days before each public holiday, 09:00'],
    [{ beforeHoliday: { days: 1 }, at: '09:00' }, '法定节假日前1天 09:00', '1 day before each public holiday, 09:00'],
  ])('says %j in both languages', (rule, zh, en) => {
    expect(describeRule(rule, 'zh-CN')).toBe(zh)
    expect(describeRule(rule, 'en')).toBe(en)
  })
})
