/** Arguments in any order, answers to questions, and what is reported when they cannot be settled. */
import { describe, expect, it } from 'vitest'
import { type Arg, choice, date, number, optional, person, reference, rest } from '#core/command-args.ts'
import { readAnswer, understand } from '#core/parser/understand.ts'
import type { CommandWords, Vocabulary } from '#core/parser/understanding.ts'
import { tell, tellUnclear, tellValue } from './tell.ts'
import { MONDAY, VOCABULARY } from './vocabulary.ts'

const command = (args: CommandWords['args']): Vocabulary => ({
  ...VOCABULARY,
  commands: [{ id: 'test.command', names: { en: ['book'], zh: ['预订'] }, args }],
})
const told = (said: string, args: CommandWords['args']): string =>
  tell(understand(said, command(args), MONDAY))
    .replace('name: test.command', '')
    .trim()

describe('the arguments of a command stand in any order', () => {
  it.each([
    '/请假 3天 明天起 事假 家里有事',
    '/请假 事假 家里有事 3天 明天起',
    '/请假 家里有事 明天起 事假 3天',
    '/leave 家里有事 personal 3 days from tomorrow',
  ])('%s', (said) => {
    expect(tell(understand(said, VOCABULARY, MONDAY))).toBe(
      'name: leave.request leaveType=personal period=[2026-09-29, 3d] reason=家里有事',
    )
  })

  it('keeps a reason as it was typed, without the words that join it on', () => {
    const reasonOf = (said: string) => {
      const understood = understand(said, VOCABULARY, MONDAY)
      return understood.kind === 'command' ? understood.values['reason'] : undefined
    }
    expect(reasonOf('/leave 3 days from tomorrow because of my Sister’s Wedding (Bristol)')).toBe(
      'my Sister’s Wedding (Bristol)',
    )
    expect(reasonOf('/请假 3天，因为家里有事。')).toBe('家里有事')
    expect(reasonOf('/请假 明天 因：搬家')).toBe('搬家')
    expect(reasonOf('/请假 3天（家里有事）')).toBe('家里有事')
    expect(reasonOf('/leave tomorrow for a <b>funeral</b> @all')).toBe('a <b>funeral</b> @all')
    expect(reasonOf('/请假 明天')).toBeUndefined()
  })

  it('takes no day out of a reason', () => {
    expect(tell(understand('/请假 3天 因为周五要去医院', VOCABULARY, MONDAY))).toBe(
      'name: leave.request period=[3d] reason=周五要去医院',
    )
    expect(tell(understand('/leave because my mother arrives on Friday, 3 days', VOCABULARY, MONDAY))).toBe(
      'name: leave.request period=[3d] reason=my mother arrives on Friday',
    )
  })

  it('gives dates, numbers, references and people to the arguments that ask for them', () => {
    expect(told('/book 12 tomorrow', { when: date(), seats: number({ min: 1, max: 20 }) })).toBe(
      'seats=12 when=2026-09-29',
    )
    expect(told('/预订 明天 三个', { when: date(), seats: number() })).toBe('seats=3 when=2026-09-29')
    expect(told('/book #7', { item: reference() })).toBe('item=7')
    expect(told('/book 7', { item: reference() })).toBe('item=7')
    expect(told('/book @小李', { who: person() })).toBe('who=p-li')
    expect(told('/book 1002', { who: person() })).toBe('who=p-han')
    expect(told('/book LI LEI night', { who: person(), shift: choice('shift') })).toBe('shift=night who=p-li')
  })

  it('finds people by their name in either script, and asks when two bear it', () => {
    const people = [
      { id: 'p-chen', names: ['陳大文'] },
      { id: 'p-zhang1', names: ['張偉'] },
      { id: 'p-zhang2', names: ['张伟'] },
    ]
    const who = (said: string) =>
      tell(understand(said, { ...command({ who: person() }), people }, MONDAY)).replace('name: test.command ', '')
    expect(who('/book 陈大文')).toBe('who=p-chen')
    expect(who('/book 陳大文')).toBe('who=p-chen')
    expect(who('/book 張偉')).toBe('?who ambiguous "張偉" p-zhang1 | p-zhang2')
  })

  it('finds English names as words and the longest option first', () => {
    expect(told('/book lionel', { who: optional(person()), note: optional(rest()) })).toBe('note=lionel')
    expect(told('/book 年休假', { type: choice('leaveType') })).toBe('type=annual')
  })
})

describe('what cannot be settled says which argument, why, and in whose words', () => {
  it.each<[string, CommandWords['args'], string]>([
    ['/book', { when: date(), seats: number() }, '?when missing ?seats missing'],
    ['/book 40', { seats: number({ max: 20 }) }, '?seats impossible "40" out-of-range'],
    ['/book 2月30日', { when: date() }, '?when impossible "2月30日" no-such-date'],
    ['/book 周三和周五', { when: date() }, '?when ambiguous "周三和周五" 2026-09-30 | 2026-10-02'],
    ['/book 小王', { who: person() }, '?who ambiguous "小王" p-wang1 | p-wang2'],
    ['/book Zhang', { who: person() }, '?who impossible "Zhang" no-such-person'],
    ['/book purple', { shift: choice('shift') }, '?shift impossible "purple" no-such-choice'],
    ['/book 家里有很多很多事', { why: rest(5) }, '?why impossible "家里有很多很多事" too-long'],
  ])('%s', (said, args, expected) => expect(told(said, args)).toBe(expected))

  it('says nothing of optional arguments that were not given', () => {
    expect(told('/book', { when: optional(date()), who: optional(person()) })).toBe('')
  })
})

describe('an answer is read for the argument that was asked for', () => {
  const answer = (said: string, arg: Arg): string => {
    const result = readAnswer(said, arg, VOCABULARY, MONDAY)
    return 'value' in result ? tellValue(result.value) : tellUnclear(result.unclear)
  }
  it.each<[string, Arg, string]>([
    ['三天', { kind: 'period' }, '[3d]'],
    ['明天', { kind: 'period' }, '[2026-09-29]'],
    ['2', { kind: 'period' }, '[2d]'],
    ['三', { kind: 'period' }, '[3d]'],
    ['2.5', { kind: 'period' }, '[2.5d]'],
    ['2.3', { kind: 'period' }, '?period impossible "2.3" not-a-number'],
    ['下周一到周三', { kind: 'period' }, '[2026-10-05..2026-10-07]'],
    ['from tomorrow for 3 days please', { kind: 'period' }, '[2026-09-29, 3d]'],
    ['一周', { kind: 'period' }, '?period ambiguous "一周" [5d] | [7d]'],
    ['不知道', { kind: 'period' }, '?period missing "不知道"'],
    ['', { kind: 'period' }, '?period missing'],
    ['30号', { kind: 'date' }, '2026-09-30'],
    ['年假', { kind: 'choice', of: 'leaveType' }, 'annual'],
    ['是年假', { kind: 'choice', of: 'leaveType' }, 'annual'],
    ['年', { kind: 'choice', of: 'leaveType' }, 'annual'],
    ['Annual leave, please', { kind: 'choice', of: 'leaveType' }, 'annual'],
    ['产假', { kind: 'choice', of: 'leaveType' }, '?choice impossible "产假" no-such-choice'],
    ['3', { kind: 'number', min: 1, max: 5 }, '3'],
    ['6', { kind: 'number', min: 1, max: 5 }, '?number impossible "6" out-of-range'],
    ['many', { kind: 'number' }, '?number impossible "many" not-a-number'],
    ['李雷', { kind: 'person' }, 'p-li'],
    ['小王', { kind: 'person' }, '?person ambiguous "小王" p-wang1 | p-wang2'],
    ['张三', { kind: 'person' }, '?person impossible "张三" no-such-person'],
    ['#12', { kind: 'reference' }, '12'],
    ['12', { kind: 'reference' }, '12'],
    ['因为家里有事', { kind: 'rest', charsMax: 50 }, '家里有事'],
    ['My brother’s wedding', { kind: 'rest', charsMax: 50 }, 'My brother’s wedding'],
    ['太长了太长了', { kind: 'rest', charsMax: 3 }, '?rest impossible "太长了太长了…" too-long'],
  ])('%s', (said, arg, expected) => expect(answer(said, arg)).toBe(expected))
})

describe('the grammar knows no feature', () => {
  it('asks for anything that is declared with topics', () => {
    const rooms: Vocabulary = {
      commands: [
        {
          id: 'rooms.book',
          names: { en: ['room'], zh: ['会议室'] },
          args: { when: optional(date()) },
          topics: { en: ['meeting room'], zh: ['订会议室', '订房'] },
        },
      ],
      choices: {},
      people: [],
    }
    expect(tell(understand('我想明天订会议室', rooms, MONDAY))).toBe('asks: rooms.book when=2026-09-29')
    expect(tell(understand('帮我订个房', rooms, MONDAY))).toBe('asks: rooms.book')
    expect(tell(understand("I'd like a meeting room tomorrow", rooms, MONDAY))).toBe('asks: rooms.book when=2026-09-29')
    expect(tell(understand('我想请三天假', rooms, MONDAY))).toBe('nothing: small-talk')
    expect(tell(understand('the meeting room is cold', rooms, MONDAY))).toBe('nothing: small-talk')
  })
  it('understands nothing of nothing', () => {
    const empty: Vocabulary = { commands: [], choices: {}, people: [] }
    expect(tell(understand('请假 3天', empty, MONDAY))).toBe('nothing: small-talk')
    expect(tell(understand('/请假 3天', empty, MONDAY))).toBe('unknown 请假 near')
    expect(tell(understand('help', empty, MONDAY))).toBe('help')
    expect(tell(understand('  ', empty, MONDAY))).toBe('nothing: empty')
  })
})
