/** A rule of recurrence as people say it, in both languages. */

import { MINUTE_MS } from '../clock.ts'
import { defineMessages, type Locale } from '../i18n.ts'
import { formatMinutes, formatWeekday, type Weekday } from './civil.ts'
import { offsetMsOf, type ScheduleRule, weekdayOf } from './schedule-rule.ts'

const messages = defineMessages(
  {
    'every-month': 'each month',
    months: '{months}',
    'month-names': 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
    list: ', ',
    daily: 'every day at {at}',
    'working-day': 'every working day at {at}',
    weekly: 'every {weekday} at {at}',
    'weekly-range': '{from} to {to} at {at}',
    'last-working-day': 'last working day of {months}, {at}',
    'nth-working-day': '{n} working day of {months}, {at}',
    before: 'last {weekday} before the {n} of {months}, {at}',
    'nth-weekday': '{n} {weekday} of {months}, {at}',
    'last-weekday': 'last {weekday} of {months}, {at}',
    day: 'the {n} of {months}, {at}',
    'before-holiday': '{days} {days|day|days} before each public holiday, {at}',
    cron: 'cron {cron}',
    minus: '{rule}, moved {minutes} ahead',
    skip: '{rule} (not on days off)',
    'week-last-working-day': '{rule} (on a day off: the last working day of that week)',
    'previous-working-day': '{rule} (on a day off: the working day before)',
    'next-working-day': '{rule} (on a day off: the next working day)',
  },
  {
    'every-month': '每月',
    months: '每年{months}',
    'month-names': '1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月',
    list: '、',
    daily: '每天 {at}',
    'working-day': '每个工作日 {at}',
    weekly: '每{weekday} {at}',
    'weekly-range': '每{from}至{to} {at}',
    'last-working-day': '{months}最后一个工作日 {at}',
    'nth-working-day': '{months}第{n}个工作日 {at}',
    before: '{months}{n}日前的{weekday} {at}',
    'nth-weekday': '{months}第{n}个{weekday} {at}',
    'last-weekday': '{months}最后一个{weekday} {at}',
    day: '{months}{n}日 {at}',
    'before-holiday': '法定节假日前{days}天 {at}',
    cron: 'cron 表达式 {cron}',
    minus: '{rule}，提前{minutes}',
    skip: '{rule}（遇休息日跳过）',
    'week-last-working-day': '{rule}（遇休息日改到当周最后一个工作日）',
    'previous-working-day': '{rule}（遇休息日提前到上一个工作日）',
    'next-working-day': '{rule}（遇休息日顺延到下一个工作日）',
  },
)

/**
 * `每周五 16:00（遇休息日跳过）`, `last working day of each month, 18:00`. A cron expression of fixed hour and minute is put into
 * words, any other is shown as it stands.
 */
export function describeRule(rule: ScheduleRule, locale: Locale): string {
  const text = describeMoved(rule, locale)
  const minutes = (offsetMsOf(rule.minus) ?? 0) / MINUTE_MS
  if (minutes === 0) return text
  return messages.say(locale, 'minus', { rule: text, minutes: formatMinutes(minutes, locale) })
}

function describeMoved(rule: ScheduleRule, locale: Locale): string {
  const text = describeUsual(rule, locale)
  if ('cron' in rule || 'beforeHoliday' in rule || rule.every === 'working-day' || 'workingDay' in rule) return text
  if (rule.every === 'week') {
    const { onDayOff = 'skip' } = rule
    if (onDayOff === 'same') return text
    return messages.say(locale, onDayOff === 'skip' ? 'skip' : 'week-last-working-day', { rule: text })
  }
  const { onDayOff = 'same' } = rule
  return onDayOff === 'same' ? text : messages.say(locale, onDayOff, { rule: text })
}

function describeUsual(rule: ScheduleRule, locale: Locale): string {
  if ('cron' in rule) return describeCron(rule.cron, locale)
  const { at } = rule
  if ('beforeHoliday' in rule) return messages.say(locale, 'before-holiday', { days: rule.beforeHoliday.days, at })
  if (rule.every === 'working-day') return messages.say(locale, 'working-day', { at })
  if (rule.every === 'week') {
    return messages.say(locale, 'weekly', { weekday: formatWeekday(weekdayOf(rule.weekday), locale), at })
  }
  const months = monthsText(rule.months, locale)
  if ('workingDay' in rule) {
    if (rule.workingDay === 'last') return messages.say(locale, 'last-working-day', { months, at })
    return messages.say(locale, 'nth-working-day', { n: ordinal(rule.workingDay, locale), months, at })
  }
  if ('day' in rule) return messages.say(locale, 'day', { n: ordinal(rule.day, locale), months, at })
  const weekday = formatWeekday(weekdayOf(rule.weekday), locale)
  if ('before' in rule) return messages.say(locale, 'before', { weekday, n: ordinal(rule.before, locale), months, at })
  if (rule.nth === 'last') return messages.say(locale, 'last-weekday', { weekday, months, at })
  return messages.say(locale, 'nth-weekday', { n: ordinal(rule.nth, locale), weekday, months, at })
}

function monthsText(months: readonly number[] | undefined, locale: Locale): string {
  if (months === undefined) return messages.say(locale, 'every-month')
  const names = messages.say(locale, 'month-names').split(' ')
  const listed = months.map((month) => names[month - 1] ?? '').join(messages.say(locale, 'list'))
  return messages.say(locale, 'months', { months: listed })
}

/** `25th` in English; Chinese puts its own words around the bare number. */
function ordinal(n: number, locale: Locale): string {
  if (locale !== 'en') return String(n)
  const tens = n % 100
  if (tens >= 11 && tens <= 13) return `${n}th`
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`
}

function describeCron(cron: string, locale: Locale): string {
  const plain = messages.say(locale, 'cron', { cron })
  const [minute = '', hour = '', day = '', month = '', weekdays = ''] = cron.trim().split(/\s+/)
  if (!/^\d{1,2}$/.test(minute) || !/^\d{1,2}$/.test(hour) || month !== '*') return plain
  const at = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (/^\d{1,2}$/.test(day) && weekdays === '*') {
    return messages.say(locale, 'day', { n: ordinal(Number(day), locale), months: monthsText(undefined, locale), at })
  }
  if (day !== '*') return plain
  if (weekdays === '*') return messages.say(locale, 'daily', { at })
  const range = /^([0-7])-([0-7])$/.exec(weekdays)
  if (range !== null) {
    const [from, to] = [cronWeekday(range[1], locale), cronWeekday(range[2], locale)]
    return messages.say(locale, 'weekly-range', { from, to, at })
  }
  if (!/^[0-7](,[0-7])*$/.test(weekdays)) return plain
  const listed = weekdays.split(',').map((digit) => cronWeekday(digit, locale))
  return messages.say(locale, 'weekly', { weekday: listed.join(messages.say(locale, 'list')), at })
}

/** Cron counts Sunday as 0 or 7. */
function cronWeekday(digit: string | undefined, locale: Locale): string {
  const day = Number(digit)
  return formatWeekday((day === 0 ? 7 : day) as Weekday, locale)
}
