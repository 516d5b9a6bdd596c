/** Which reminders a policy asks for: the organisation's, and those of departments that meet differently. */
import { describe, expect, it } from 'vitest'
import { LOCALES } from '../../../src/core/i18n.ts'
import { messages } from '../../../src/features/meetings/i18n.ts'
import { meetings } from '../../../src/features/meetings/index.ts'
import { MeetingsPolicy } from '../../../src/features/meetings/policy.ts'
import { meetingReminders } from '../../../src/features/meetings/rules.ts'
import { policyOf, WEEKLY, ZONE } from './support.ts'

const remindersIn = (...policy: Parameters<typeof policyOf>) => meetingReminders(policyOf(...policy).reader)
const names = (...policy: Parameters<typeof policyOf>) => remindersIn(...policy).map(({ name }) => name)

describe('the meetings section', () => {
  it('is empty unless written, and a series needs no more than a name and a rule', () => {
    expect(MeetingsPolicy.schema.parse({})).toEqual({ series: {} })
    const { name, rule } = WEEKLY
    expect(MeetingsPolicy.schema.parse({ series: { weekly: { name, rule } } }).series['weekly']).toEqual({
      name: { 'zh-CN': '部门例会', en: 'Department meeting' },
      rule,
      remindBeforeMinutes: 30,
      channel: 'department',
    })
  })

  it.each([
    [
      'a rule that is itself moved',
      { rule: { every: 'week', weekday: 'fri', at: '16:00', minus: 'PT30M' } },
      'remindBeforeMinutes',
    ],
    ['no lead at all', { remindBeforeMinutes: 0 }, '>=1'],
    ['more than a day of lead', { remindBeforeMinutes: 1_441 }, '<=1440'],
    ['an unknown key', { place: 'hall' }, 'place'],
    ['a name in one language', { name: { zh: '例会' } }, 'string'],
  ])('refuses %s', (_, change, said) => {
    const result = MeetingsPolicy.schema.safeParse({ series: { weekly: { ...WEEKLY, ...change } } })
    expect(JSON.stringify(result.error?.issues)).toContain(said)
  })
})

describe('the reminders', () => {
  it('come before the meeting, in the organisation’s zone, fresh until it begins', () => {
    expect(remindersIn({ weekly: { ...WEEKLY, remindBeforeMinutes: 45 } })).toEqual([
      {
        name: 'meetings.weekly',
        title: { 'zh-CN': '部门例会提醒', 'zh-TW': '部門例會提醒', en: 'Reminder: Department meeting' },
        rule: { every: 'week', weekday: 'fri', at: '16:00', minus: 'PT45M' },
        zone: ZONE,
        catchUp: { missed: 'once', freshForMinutes: 45 },
        payload: {
          series: 'weekly',
          name: { 'zh-CN': '部门例会', en: 'Department meeting' },
          channel: 'department',
          chair: 'head',
          beforeMinutes: 45,
        },
      },
    ])
  })

  it('of a department that meets differently are its own, once, though those below it meet so too', () => {
    const reminders = remindersIn({ weekly: WEEKLY }, { cs: { meetings: { series: { weekly: { channel: 'cs' } } } } })
    expect(reminders.map(({ name, payload }) => [name, payload['channel'], payload['department']])).toEqual([
      ['meetings.weekly', 'department', undefined],
      ['meetings.weekly:cs', 'cs', 'cs'],
    ])
  })

  it('of a department that overrides what its parent overrides are its own too', () => {
    const series = (channel: string) => ({ meetings: { series: { weekly: { channel } } } })
    expect(names({ weekly: WEEKLY }, { cs: series('cs'), night: series('department') })).toEqual([
      'meetings.weekly',
      'meetings.weekly:cs',
      'meetings.weekly:night',
    ])
  })

  it('of a department that only it holds, and none of one that holds none', () => {
    expect(names({}, { hr: { meetings: { series: { monthly: WEEKLY } } } })).toEqual(['meetings.monthly:hr'])
    expect(names({ weekly: WEEKLY }, { cs: { meetings: { series: { weekly: null } } } })).toEqual(['meetings.weekly'])
  })
})

describe('the sentences', () => {
  it('have the same slots in Chinese as in English', () => {
    const slots = (text: string) => [...text.matchAll(/\{([^{}|]+)/g)].map(([, slot]) => slot).sort()
    for (const [key, en] of Object.entries(messages.texts.en)) {
      expect([key, slots(messages.texts['zh-CN'][key as keyof typeof messages.texts.en])]).toEqual([key, slots(en)])
    }
  })

  it('draw a sample of every view in every language', () => {
    const drawn = meetings.views.flatMap(({ draw }) => LOCALES.map((locale) => draw({ locale, zone: ZONE })))
    expect(drawn.map((message) => ('card' in message ? message.card?.title : undefined))).toEqual([
      '部门例会将于30分钟后开始',
      '部門例會將於30分鐘後開始',
      'Department meeting starts in 30 min',
      '补发：部门例会将于12分钟后开始',
      '補發：部門例會將於12分鐘後開始',
      'Late: Department meeting starts in 12 min',
    ])
  })
})
