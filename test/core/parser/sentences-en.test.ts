/** English sentences, as people of a department type them, and what the bot makes of each. Said on Monday 2026-09-28. */
import { describe, expect, it } from 'vitest'
import { understand } from '#core/parser/understand.ts'
import { tell } from './tell.ts'
import { AFTER_LEAVE, MONDAY, VOCABULARY } from './vocabulary.ts'

/** Commands by name, with a slash or without. */
const BY_NAME: readonly (readonly [said: string, understood: string])[] = [
  ['/leave 3 days', 'name: leave.request period=[3d]'],
  ['leave 3 days', 'name: leave.request period=[3d]'],
  ['/leave 2026-12-30 to 2027-01-04 annual', 'name: leave.request leaveType=annual period=[2026-12-30..2027-01-04]'],
  [
    '/leave 3 days from tomorrow annual family matter',
    'name: leave.request leaveType=annual period=[2026-09-29, 3d] reason=family matter',
  ],
  ['hi banzhang, leave 3 days please', 'name: leave.request period=[3d]'],
  ['leave tomorrow', 'name: leave.request period=[2026-09-29]'],
  ['leave', 'name: leave.request ?period missing'],
  ['Leave on Friday', 'name: leave.request period=[2026-10-02]'],
  ['leave 3', 'name: leave.request period=[3d]'],
  ['time off 3 days', 'name: leave.request period=[3d]'],
  ['timeoff tomorrow', 'name: leave.request period=[2026-09-29]'],
  ['leave next Mon to Wed sick', 'name: leave.request leaveType=sick period=[2026-10-05..2026-10-07]'],
  ['leave half a day tomorrow morning', 'name: leave.request period=[2026-09-29 morning..2026-09-29 morning, 0.5d]'],
  [
    'leave 30 Dec to 2 Jan because my parents visit',
    'name: leave.request period=[2026-12-30..2027-01-02] reason=my parents visit',
  ],
  ['leave list', 'name: leave.list'],
  ['/leave-list', 'name: leave.list'],
  ['my leave', 'name: leave.list'],
  ['swap with Li Lei on Friday', 'name: shift.swap when=[2026-10-02] with=p-li'],
  ['/swap Han Meimei Friday night', 'name: shift.swap shift=night when=[2026-10-02] with=p-han'],
  ['leave withdraw #12', 'name: leave.withdraw request=12'],
  ['leave withdraw 12', 'name: leave.withdraw request=12'],
  ['/leave withdraw', 'name: leave.withdraw'],
  ['withdraw leave 12', 'name: leave.withdraw request=12'],
  ['roster', 'name: roster.show'],
  ['roster tomorrow', 'name: roster.show when=[2026-09-29]'],
  ['show me the roster', 'name: roster.show'],
  ['/roster xyz', 'name: roster.show'],
  ['leave 2026.12.30', 'name: leave.request period=[2026-12-30]'],
  ['leave from tomorrow until Friday', 'name: leave.request period=[2026-09-29..2026-10-02]'],
  ['leave this Friday', 'name: leave.request period=[2026-10-02]'],
  ['leave in 3 days', 'name: leave.request period=[2026-10-01]'],
  ['leave 30-31 Dec', 'name: leave.request period=[2026-12-30..2026-12-31]'],
  ['/leave tomorrow for a funeral', 'name: leave.request period=[2026-09-29] reason=a funeral'],
  ['leave: tomorrow', 'name: leave.request period=[2026-09-29]'],
  ['leave - 3 days', 'name: leave.request period=[3d]'],
  ['leave tmrw', 'name: leave.request period=[2026-09-29]'],
  ['leave tomorrow 2pm-4pm dentist', 'name: leave.request period=[2026-09-29 14:00..2026-09-29 16:00] reason=dentist'],
  ['leave Oct 8-10', 'name: leave.request period=[2026-10-08..2026-10-10]'],
  ['leave 8th to 10th October', 'name: leave.request period=[2026-10-08..2026-10-10]'],
  [
    'leave next week',
    'name: leave.request ?period ambiguous "next week" [2026-10-05..2026-10-09] | [2026-10-05..2026-10-11]',
  ],
  ['leave tonight', 'name: leave.request period=[2026-09-28 afternoon..2026-09-28 afternoon]'],
]

/** Sentences that ask for something. */
const REQUESTS: readonly (readonly [said: string, understood: string])[] = [
  ["I'd like to take 3 days off from tomorrow", 'asks: leave.request period=[2026-09-29, 3d]'],
  ['I need tomorrow off', 'asks: leave.request period=[2026-09-29]'],
  ['can I have Friday off?', 'asks: leave.request period=[2026-10-02]'],
  ['Could I take next Monday and Tuesday off?', 'asks: leave.request period=[2026-10-05..2026-10-06]'],
  ['I want to take leave tomorrow', 'asks: leave.request period=[2026-09-29]'],
  [
    'I would like to request 3 days of annual leave from 30 Dec',
    'asks: leave.request leaveType=annual period=[2026-12-30, 3d]',
  ],
  [
    "I'd like annual leave from Dec 30 to Jan 2",
    'asks: leave.request leaveType=annual period=[2026-12-30..2027-01-02]',
  ],
  ['I need 3 days off', 'asks: leave.request period=[3d]'],
  ['3 days off please', 'asks: leave.request period=[3d]'],
  ['need Friday off', 'asks: leave.request period=[2026-10-02]'],
  ['Friday off please', 'asks: leave.request period=[2026-10-02]'],
  ['tomorrow off, please', 'asks: leave.request period=[2026-09-29]'],
  ['annual leave from 30 Dec to 2 Jan', 'asks: leave.request leaveType=annual period=[2026-12-30..2027-01-02]'],
  ["I'm taking Friday off", 'asks: leave.request period=[2026-10-02]'],
  ["I'll take Friday off", 'asks: leave.request period=[2026-10-02]'],
  [
    'I will take next week off',
    'asks: leave.request ?period ambiguous "next week" [2026-10-05..2026-10-09] | [2026-10-05..2026-10-11]',
  ],
  ['I need a day off', 'asks: leave.request period=[1d]'],
  ["I need leave for my sister's wedding", "asks: leave.request reason=my sister's wedding ?period missing"],
  [
    "I need 2 days leave for my sister's wedding, from Friday",
    "asks: leave.request period=[2026-10-02, 2d] reason=my sister's wedding",
  ],
  ['My kid is sick so I need tomorrow off', 'asks: leave.request period=[2026-09-29] reason=My kid is sick'],
  ["I'm sick, I need today off", "asks: leave.request period=[2026-09-28] reason=I'm sick"],
  [
    'I have to take tomorrow off because my mother is in hospital',
    'asks: leave.request period=[2026-09-29] reason=my mother is in hospital',
  ],
  ['Can I take sick leave tomorrow?', 'asks: leave.request leaveType=sick period=[2026-09-29]'],
  ['May I take leave on 30 September?', 'asks: leave.request period=[2026-09-30]'],
  ['Could you give me Friday off?', 'asks: leave.request period=[2026-10-02]'],
  ['Please give me 2 days off starting tomorrow', 'asks: leave.request period=[2026-09-29, 2d]'],
  ['Is it possible for me to take Friday off?', 'asks: leave.request period=[2026-10-02]'],
  ['Would it be ok if I took Friday off?', 'asks: leave.request period=[2026-10-02]'],
  [
    'I was hoping to take the afternoon off tomorrow',
    'asks: leave.request period=[2026-09-29 afternoon..2026-09-29 afternoon]',
  ],
  ['I was wondering if I could take Friday off', 'asks: leave.request period=[2026-10-02]'],
  ['I am requesting leave from Monday to Wednesday', 'asks: leave.request period=[2026-09-28..2026-09-30]'],
  ['I request 2 days leave', 'asks: leave.request period=[2d]'],
  ['requesting 3 days of leave from Monday', 'asks: leave.request period=[2026-09-28, 3d]'],
  ['taking Friday off', 'asks: leave.request period=[2026-10-02]'],
  ["I'd like the afternoon of Friday off", 'asks: leave.request period=[2026-10-02 afternoon..2026-10-02 afternoon]'],
  ['I need tomorrow morning off', 'asks: leave.request period=[2026-09-29 morning..2026-09-29 morning]'],
  ['I want Thursday and Friday off', 'asks: leave.request period=[2026-10-01..2026-10-02]'],
  ["I'd like to book a week off", 'asks: leave.request ?period ambiguous "a week" [5d] | [7d]'],
  ["I'd like to apply for marriage leave", 'asks: leave.request leaveType=marriage ?period missing'],
  ['apply for 3 days leave', 'asks: leave.request period=[3d]'],
  ['I want to take a vacation from Dec 1 to Dec 5', 'asks: leave.request period=[2026-12-01..2026-12-05]'],
  ["If possible, I'd like Friday off", 'asks: leave.request period=[2026-10-02]'],
  ['Tomorrow I need 2pm to 4pm off', 'asks: leave.request period=[2026-09-29 14:00..2026-09-29 16:00]'],
  ['I need 2 hours off tomorrow', 'asks: leave.request period=[2026-09-29, 120min]'],
  ['can i get a half day off tomorrow', 'asks: leave.request period=[2026-09-29, 0.5d]'],
  ['I need Feb 30 off', 'asks: leave.request ?period impossible "Feb 30" no-such-date'],
  ['I want 0.3 days off', 'asks: leave.request ?period impossible "0.3 days" not-a-number'],
  ['Hello, I would like three and a half days off', 'asks: leave.request period=[3.5d]'],
  ['Put me down for leave on Friday', 'asks: leave.request period=[2026-10-02]'],
  ["I'd like some time off", 'asks: leave.request ?period missing'],
  ['I want time off', 'asks: leave.request ?period missing'],
  ['book me Friday off', 'asks: leave.request period=[2026-10-02]'],
  ['I must take Monday off', 'asks: leave.request period=[2026-09-28]'],
  ['could I please have tomorrow off, is that ok?', 'asks: leave.request period=[2026-09-29]'],
  ['I want to take leave the day after tomorrow', 'asks: leave.request period=[2026-09-30]'],
  [
    'I plan to take next Thursday off to see a doctor',
    'asks: leave.request period=[2026-10-08] reason=to see a doctor',
  ],
  ['Good morning! I need today off, I have a fever.', 'asks: leave.request period=[2026-09-28] reason=I have a fever'],
  [
    "I'd like to use 2 days of annual leave next Thursday",
    'asks: leave.request leaveType=annual period=[2026-10-08, 2d]',
  ],
  ['sick leave tomorrow', 'asks: leave.request leaveType=sick period=[2026-09-29]'],
  ["I'd like leave on the 5th", 'asks: leave.request period=[2026-10-05]'],
  ["I'd like 2-4pm off on Friday", 'asks: leave.request period=[2026-10-02 14:00..2026-10-02 16:00]'],
  ['I need Thursday afternoon off', 'asks: leave.request period=[2026-10-01 afternoon..2026-10-01 afternoon]'],
  ['please book leave 12/30-1/2', 'asks: leave.request period=[2026-12-30..2027-01-02]'],
  ['I need the day after tomorrow off', 'asks: leave.request period=[2026-09-30]'],
  ["I'd like to take National Day off", 'asks: leave.request period=[2026-10-01..2026-10-07]'],
  ["I'd like a couple of days off", 'asks: leave.request ?period ambiguous "a couple of days" [2d] | [3d]'],
  [
    'I want to take two weeks off from Dec 1',
    'asks: leave.request ?period ambiguous "two weeks Dec 1" [2026-12-01, 10d] | [2026-12-01, 14d]',
  ],
  ["I'd like to have tomorrow off if that's okay", 'asks: leave.request period=[2026-09-29]'],
  ['I would love to take Friday off if possible', 'asks: leave.request period=[2026-10-02]'],
  ['Hey, can I get the 5th off?', 'asks: leave.request period=[2026-10-05]'],
  [
    'may I have leave from 8 Oct to 10 Oct for a family trip?',
    'asks: leave.request period=[2026-10-08..2026-10-10] reason=a family trip',
  ],
  ['I need to be off on Friday', 'asks: leave.request period=[2026-10-02]'],
  [
    "I'm going to be on leave next week",
    'asks: leave.request ?period ambiguous "next week" [2026-10-05..2026-10-09] | [2026-10-05..2026-10-11]',
  ],
  [
    "Requesting sick leave for today, I've got the flu",
    "asks: leave.request leaveType=sick period=[2026-09-28] reason=I've got the flu",
  ],
  ['requesting time off: Oct 8 - Oct 10', 'asks: leave.request period=[2026-10-08..2026-10-10]'],
  [
    "I'd like to take half a day off tomorrow afternoon",
    'asks: leave.request period=[2026-09-29 afternoon..2026-09-29 afternoon, 0.5d]',
  ],
  ['I need a couple of hours off on Thursday, dentist', 'asks: leave.request period=[2026-10-01] reason=dentist'],
  ['Is it okay if I take Monday off?', 'asks: leave.request period=[2026-09-28]'],
  ['Would it be possible to take next Friday off?', 'asks: leave.request period=[2026-10-09]'],
  [
    'Any chance I could have Friday afternoon off?',
    'asks: leave.request period=[2026-10-02 afternoon..2026-10-02 afternoon]',
  ],
  ['Do you mind if I take tomorrow off?', 'asks: leave.request period=[2026-09-29]'],
  ['request leave', 'asks: leave.request ?period missing'],
  ['apply leave tomorrow', 'asks: leave.request period=[2026-09-29]'],
  ['apply for leave from 12/1 to 12/5', 'asks: leave.request period=[2026-12-01..2026-12-05]'],
  ["I'd like to apply for 2 days' leave", 'asks: leave.request period=[2d]'],
  ['I want 2 days leave please, 8 and 9 October', 'asks: leave.request period=[2026-10-08..2026-10-09, 2d]'],
  ['I want to take Oct 8th and 9th off', 'asks: leave.request period=[2026-10-08..2026-10-09]'],
  ['Need to take Monday off, moving house', 'asks: leave.request period=[2026-09-28] reason=moving house'],
  ["please may I have a day's leave on Friday", 'asks: leave.request period=[2026-10-02, 1d]'],
  ['I request you to kindly grant me leave for 2 days from tomorrow', 'asks: leave.request period=[2026-09-29, 2d]'],
  ['kindly grant me 2 days leave', 'asks: leave.request period=[2d]'],
  ['i wanna take friday off', 'asks: leave.request period=[2026-10-02]'],
  ['gonna take friday off', 'asks: leave.request period=[2026-10-02]'],
  ["I'd like off on Friday", 'asks: leave.request period=[2026-10-02]'],
  ['annual leave tomorrow', 'asks: leave.request leaveType=annual period=[2026-09-29]'],
  ['sick leave today', 'asks: leave.request leaveType=sick period=[2026-09-28]'],
  ['personal leave 2 days from Friday', 'asks: leave.request leaveType=personal period=[2026-10-02, 2d]'],
]

/** Taking back, changing, help, cancel, slips. */
const OTHERS: readonly (readonly [said: string, understood: string])[] = [
  ['cancel', 'cancel'],
  ['never mind', 'cancel'],
  ['help', 'help'],
  ['/help leave', 'help about leave.request'],
  ['/help', 'help'],
  ['/leave help', 'help about leave.request'],
  ['/laeve 3 days', 'unknown laeve near leave.request(leave)'],
  ['laeve 3 days', 'unknown laeve near leave.request(leave)'],
  ['/xyz', 'unknown xyz near'],
  ['/leave lst', 'unknown leave lst near leave.list(leave list)'],
  ["I don't want the leave any more", 'asks: leave.withdraw'],
  ['never mind my leave', 'asks: leave.withdraw'],
  ['cancel my leave', 'asks: leave.withdraw'],
  ['please cancel my leave tomorrow', 'asks: leave.withdraw period=[2026-09-29]'],
  ['withdraw my leave request', 'asks: leave.withdraw'],
  ['I want to cancel my time off on Friday', 'asks: leave.withdraw period=[2026-10-02]'],
  ['I no longer need Friday off', 'asks: leave.withdraw period=[2026-10-02]'],
  ["I don't need tomorrow off after all", 'asks: leave.withdraw period=[2026-09-29]'],
  ['forget about my leave', 'asks: leave.withdraw'],
  ['can I cancel my leave?', 'asks: leave.withdraw'],
  ['change my leave to Thursday', 'asks: leave.change period=[2026-10-01]'],
  ['move my leave to next Monday', 'asks: leave.change period=[2026-10-05]'],
  ['can you move my Friday off to Monday?', 'asks: leave.change period=[2026-09-28]'],
  ['how do I request leave?', 'help about leave.request'],
  ['how do I take time off', 'help about leave.request'],
  ['how can I cancel my leave', 'help about leave.withdraw'],
  ['how to use leave', 'help about leave.request'],
  ['help leave', 'help about leave.request'],
  ['help with leave', 'help about leave.request'],
  ['leave help', 'help about leave.request'],
  ['help me', 'help'],
  ['what can you do?', 'help'],
  ['cancel that', 'cancel'],
  ['cancel please', 'cancel'],
  ['forget it', 'cancel'],
  ['laeve', 'unknown laeve near leave.request(leave)'],
  ['leav 3 days', 'unknown leav near leave.request(leave)'],
  ['rooster', 'unknown rooster near roster.show(roster)'],
  ['/leavs', 'unknown leavs near leave.request(leave)'],
  ['/rostr', 'unknown rostr near roster.show(roster)'],
  ['roster?', 'help about roster.show'],
  ['leave?', 'help about leave.request'],
  ['cancel leave 12', 'asks: leave.withdraw request=12'],
  ['cancel my Friday off', 'asks: leave.withdraw period=[2026-10-02]'],
  ["cancel tomorrow's leave", 'asks: leave.withdraw period=[2026-09-29]'],
  ['I changed my mind, cancel my leave', 'asks: leave.withdraw'],
  ['please withdraw my leave for Friday', 'asks: leave.withdraw period=[2026-10-02]'],
  ["I don't need the day off anymore", 'asks: leave.withdraw'],
  ['scrap my leave please', 'asks: leave.withdraw'],
  ["I won't take leave after all", 'asks: leave.withdraw'],
]

/** Second thoughts shortly after a request; without one they are small talk. */
const AFTER_A_REQUEST: readonly (readonly [said: string, understood: string])[] = [
  ['withdraw it', 'asks: leave.withdraw'],
  ['make it Thursday', 'asks: leave.change period=[2026-10-01]'],
  ['change it to 2 days', 'asks: leave.change period=[2d]'],
  ['not 3 days, 2 days', 'asks: leave.change period=[2d]'],
  ['Thursday, not Wednesday', 'asks: leave.change period=[2026-10-01]'],
  ['Thursday instead', 'nothing: small-talk'],
  ['actually 2 days', 'asks: leave.change period=[2d]'],
  ['actually, 2 days', 'asks: leave.change period=[2d]'],
  ['I meant Thursday', 'asks: leave.change period=[2026-10-01]'],
  ['make it sick leave', 'asks: leave.change leaveType=sick'],
  ['make it quick', 'nothing: small-talk'],
  ['extend it to Friday', 'asks: leave.change period=[..2026-10-02]'],
  ['move it to next Monday please', 'asks: leave.change period=[2026-10-05]'],
  ['change the meeting to Thursday', 'nothing: small-talk'],
  ['make that Friday', 'asks: leave.change period=[2026-10-02]'],
  ['change to Friday', 'asks: leave.change period=[2026-10-02]'],
  ['change it from Wednesday to Thursday', 'asks: leave.change period=[2026-10-01]'],
  ['sorry, I meant 2 days', 'asks: leave.change period=[2d]'],
  ['it should be Thursday', 'asks: leave.change period=[2026-10-01]'],
  ['Friday, not Thursday', 'asks: leave.change period=[2026-10-02]'],
  ['no, Thursday', 'asks: leave.change period=[2026-10-01]'],
  ['can we make it Friday instead?', 'asks: leave.change period=[2026-10-02]'],
  ["let's make it Friday", 'asks: leave.change period=[2026-10-02]'],
  ['change the type to annual', 'asks: leave.change leaveType=annual'],
  ['make it annual leave', 'asks: leave.change leaveType=annual'],
  [
    'postpone it to next week',
    'asks: leave.change ?period ambiguous "next week" [2026-10-05..2026-10-09] | [2026-10-05..2026-10-11]',
  ],
]

describe('a command called by its English name takes its arguments in any order', () => {
  it.each(BY_NAME)('%s → %s', (said, understood) => {
    expect(tell(understand(said, VOCABULARY, MONDAY))).toBe(understood)
  })
})

describe('an English sentence that asks for leave is a request, with the days and the reason it names', () => {
  it.each(REQUESTS)('%s → %s', (said, understood) => {
    expect(tell(understand(said, VOCABULARY, MONDAY))).toBe(understood)
  })
})

describe('English words of taking back, changing, help and cancel are understood', () => {
  it.each(OTHERS)('%s → %s', (said, understood) => {
    expect(tell(understand(said, VOCABULARY, MONDAY))).toBe(understood)
  })
})

describe('an English second thought is about what was asked just before', () => {
  it.each(AFTER_A_REQUEST)('%s → %s', (said, understood) => {
    expect(tell(understand(said, VOCABULARY, AFTER_LEAVE))).toBe(understood)
  })

  it.each(['make it Thursday', 'withdraw it', 'actually, 2 days', 'change the meeting to Thursday'])(
    '%s means nothing to the bot when nothing was asked before',
    (said) => {
      expect(tell(understand(said, VOCABULARY, MONDAY))).toBe('nothing: small-talk')
    },
  )
})
