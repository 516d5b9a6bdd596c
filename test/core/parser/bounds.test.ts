/** Whatever is typed: no throw, no endless work, no text beyond the bound. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHARS_READ_MAX, fold, readText } from '#core/parser/fold.ts'
import { editDistance } from '#core/parser/names.ts'
import { reaches } from '#core/parser/phrases.ts'
import { readAnswer, understand } from '#core/parser/understand.ts'
import { AFTER_LEAVE, MONDAY, VOCABULARY } from './vocabulary.ts'

/** Pieces of real sentences in any order reach further into the grammar than random characters. */
const pieces = fc.array(
  fc.constantFrom(
    '我',
    '想',
    '要',
    '请',
    '假',
    '请假',
    '三天',
    '明天',
    '下周',
    '周三',
    '到',
    '从',
    '不',
    '改成',
    '取消',
    '如果',
    '吗',
    '，',
    '？',
    '年假',
    '小李',
    '说',
    '2点',
    '30号',
    '半',
    '的',
    '/',
    '#12',
    ' ',
    '"',
    'leave',
    ' I need ',
    ' off ',
    'Friday',
    ' to ',
    'next week',
    '3 days',
    'half ',
    'Dec 30',
    '-',
    'make it ',
    'not ',
    'help',
    'cancel',
    '1/2',
    '9999',
    '国庆',
  ),
  { maxLength: 14 },
)

/** Any UTF-16 at all, halves of emoji among it; the characters of grammar often. */
const units = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(...[...'请假三天到周/"?，'].map((c) => c.charCodeAt(0))),
    ),
    { maxLength: 60 },
  )
  .map((codes) => String.fromCharCode(...codes))

describe('any text at all is understood without an error', () => {
  it('random characters', () => {
    fc.assert(fc.property(units, (said) => void understand(said, VOCABULARY, AFTER_LEAVE)))
  })
  it('shuffled pieces of sentences', () => {
    fc.assert(
      fc.property(pieces, (said) => void understand(said.join(''), VOCABULARY, AFTER_LEAVE)),
      { numRuns: 1_000 },
    )
  })
  it('as an answer to any question', () => {
    const args = fc.constantFrom(
      { kind: 'period' } as const,
      { kind: 'date' } as const,
      { kind: 'number', min: 1, max: 5 } as const,
      { kind: 'choice', of: 'leaveType' } as const,
      { kind: 'person' } as const,
      { kind: 'reference' } as const,
      { kind: 'rest', charsMax: 20 } as const,
    )
    fc.assert(
      fc.property(pieces, args, (said, arg) => {
        const answer = readAnswer(said.join(''), arg, VOCABULARY, MONDAY)
        expect('value' in answer ? answer.value !== undefined : answer.unclear.arg === arg.kind).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
  it('names and options with signs of patterns in them are plain words', () => {
    const odd = {
      ...VOCABULARY,
      commands: VOCABULARY.commands.map((command) => ({
        ...command,
        topics: { en: ['a.*b (c', 'off+'], zh: ['[请]', '(假'] },
        names: { en: ['c++ '], zh: ['', '假(1)'] },
      })),
    }
    expect(understand('c++ tomorrow', odd, MONDAY)).toMatchObject({ kind: 'command', command: 'leave.request' })
    expect(understand('I need (假 [请] a.*b (c', odd, MONDAY).kind).toBe('nothing')
  })
})

describe('a huge message costs no more than its first two thousand characters', () => {
  it.each([
    '请',
    '请假',
    '我想请',
    '想要',
    '申请',
    '三',
    '三天事假',
    '明天',
    '"',
    "'",
    ' ',
    'leave ',
    'can i take off ',
    '不',
    '周三和',
    '2点到',
    '改成',
    'not a, ',
    '1-',
    '#1 ',
    '@',
    '小王 ',
    '12/30-',
    'half a ',
    '> a\n',
    '的',
    '到',
  ])('100 KB of %j', (piece) => {
    for (const front of ['', '/请假 ', '我想请假']) {
      const said = front + piece.repeat(Math.ceil(100_000 / piece.length))
      expect(understand(said, VOCABULARY, AFTER_LEAVE)).toEqual(
        understand(said.trimStart().slice(0, CHARS_READ_MAX), VOCABULARY, AFTER_LEAVE),
      )
    }
  })
  it('reads 2,000 characters and never half an emoji', () => {
    expect(readText('a'.repeat(CHARS_READ_MAX + 1)).said).toHaveLength(CHARS_READ_MAX)
    expect(readText(`${'a'.repeat(CHARS_READ_MAX - 1)}😀`).said).toBe('a'.repeat(CHARS_READ_MAX - 1))
  })
  it('checks each word once at each place, however ambiguous the text', () => {
    // 想要 is also 想 + 要: tried one reading after the other, forty of them would take 2^40 steps.
    expect(reaches(`${'想要'.repeat(1_000)}x`, ['想要', '想', '要']).slice(0, 3)).toEqual([false, false, false])
  })
})

/** Chinese of both scripts, much of it traditional. */
const han = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0x3400, max: 0x9fff }),
      fc.constantFrom(...[...'後請週兩裡裏麼乾干后着著'].map((c) => c.charCodeAt(0))),
    ),
  )
  .map((codes) => String.fromCharCode(...codes))

describe('folding makes text comparable and moves nothing', () => {
  it('reads traditional characters as simplified ones, each in its place', () => {
    expect(fold('我後天上午請半天假，家裡有事')).toBe('我后天上午请半天假,家里有事')
    expect(fold('說説線綫爲為裡裏衞衛')).toBe('说说线线为为里里卫卫')
    fc.assert(
      fc.property(han, (said) => {
        const folded = fold(said)
        expect(folded).toHaveLength(said.length)
        expect(fold(folded)).toBe(folded)
      }),
    )
  })
  it('leaves what simplified Chinese writes as it is, so that the parser’s own words are met', () => {
    const words = readdirSync('src/core/parser').map((file) => readFileSync(`src/core/parser/${file}`, 'utf8'))
    const code = words.join('').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    const moved = new Set([...code].filter((c) => c >= '\u3400' && c <= '\u9fff' && fold(c) !== c))
    expect([...moved]).toEqual([])
    expect(fold('干后里面只台云出发着')).toBe('干后里面只台云出发着')
  })
  it('keeps the length, and folding twice changes nothing', () => {
    fc.assert(
      fc.property(units, (said) => {
        const folded = fold(said)
        expect(folded).toHaveLength(said.length)
        expect(fold(folded)).toBe(folded)
      }),
    )
  })
  it('makes width, case, dashes, quotation marks and spaces one', () => {
    expect(fold('／ＬＥＡＶＥ　３天—“Ａ”，')).toBe('/leave 3天-"a",')
  })
  it('drops what cannot be seen and keeps the words of the person as typed', () => {
    expect(readText('  请假\u200b 3天 \u3000 Mum’s Birthday ')).toEqual({
      said: '请假 3天 Mum’s Birthday',
      folded: "请假 3天 mum's birthday",
    })
  })
})

describe('the distance of two names', () => {
  it.each([
    ['leave', 'leave', 0],
    ['laeve', 'leave', 1],
    ['leav', 'leave', 1],
    ['请加', '请假', 1],
    ['love', 'leave', 2],
  ])('%s and %s: %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))
  it('is the same both ways and zero only for equals', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
      }),
    )
  })
})
