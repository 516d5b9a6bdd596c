/** What is drawn fits WeCom, to the byte and to the character, and says everything that it was given. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { button, type Card, type Message, select } from '#core/card.ts'
import { LOCALES } from '#core/i18n.ts'
import { readText } from '#core/parser/fold.ts'
import { buttonKey, lookBackSOf, markOf, readButtonKey, taskIdOf } from '../../../adapters/wecom/ids.ts'
import { beginningInBytes, bytesOf, divide, fitWidth, sayable, widthOf } from '../../../adapters/wecom/measure.ts'
import { renderChange, renderForGroup, renderForMember } from '../../../adapters/wecom/render.ts'
import { anchor, LIVE } from '../../../adapters/wecom/words.ts'
import { Approve, everyField, largestCard, options, Pick, requestCard } from '../contract/samples.ts'
import { cardError, cardProblems, type Json } from './fake-cards.ts'
import { lookAtCard, lookAtText } from './fake-look.ts'

const said = (message: Message, key = 'k-1', locale: (typeof LOCALES)[number] = 'zh-CN') => ({
  key,
  message,
  locale,
  accounts: {},
})
const asJson = (card: object): Json => ({ ...card })
const anyText = fc.string({ unit: 'grapheme', maxLength: 3_000 })
const half = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

describe('measures', () => {
  it('count a Chinese character as one, a letter as a half, an emoji family as one', () => {
    expect([widthOf('请假3天'), widthOf('abcd'), widthOf('👨‍👩‍👧‍👦'), widthOf('')]).toEqual([3.5, 2, 1, 0])
  })
  it('cut to a width or to bytes within it, at a character, and only when they must', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 200 }), (text, max) => {
        const fitted = fitWidth(text, max)
        expect(widthOf(fitted)).toBeLessThanOrEqual(max)
        expect(fitted === text || fitted.endsWith('…')).toBe(true)
        if (widthOf(text) <= max) expect(fitted).toBe(text)
        const cut = beginningInBytes(text, max)
        expect(bytesOf(cut)).toBeLessThanOrEqual(max)
        expect(text.startsWith(cut)).toBe(true)
        expect(cut + fitted).not.toMatch(half)
      }),
    )
  })
  it('divide into parts that lose nothing, or say how much', () => {
    const more = (count: number) => `…（还有 ${count} 字）`
    fc.assert(
      fc.property(anyText, (text) => {
        const parts = divide(text, { partsMax: 3, bytesMax: 300, whole: LIVE }, more)
        expect(parts.length).toBeLessThanOrEqual(3)
        for (const part of parts) expect(bytesOf(part)).toBeLessThanOrEqual(300)
        const left = Number(/（还有 (\d+) 字）$/.exec(parts.at(-1) ?? '')?.[1] ?? 0)
        const kept = parts.join('').replace(/…（还有 \d+ 字）$/, '')
        const lines = (all: string) => [...all.replaceAll('\n', '')].length
        expect(lines(kept) + left).toBeGreaterThanOrEqual(lines(text))
      }),
    )
  })
  it('divide no link and no mention of ours in two, wherever they stand', () => {
    for (const live of [anchor('页面', `https://bot.example/${'f'.repeat(60)}`), '<@wangli>'])
      for (let before = 0; before < 320; before += 1) {
        const text = `${'x'.repeat(before)}${live}${'y'.repeat(200)}`
        const parts = divide(text, { partsMax: 3, bytesMax: 300, whole: LIVE }, () => '')
        expect(parts.some((part) => part.includes(live))).toBe(true)
        expect(parts.join('')).toBe(text)
      }
  })
  it('leave out what WeCom’s JSON cannot take', () => {
    expect(sayable('a\u0000b\u001fc\r\nd\te\ud800f')).toBe('abc\nd\te\uFFFDf')
    expect(JSON.stringify(sayable('\u0007\u007f\u0085'))).not.toContain('\\u')
  })
})

describe('ids', () => {
  it('are made of what WeCom takes, the same for the same key', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (key) => {
        expect(taskIdOf(key)).toMatch(/^[\w@-]{1,120}$/)
        expect([taskIdOf(key), markOf(key), lookBackSOf(key)]).toEqual([taskIdOf(key), markOf(key), lookBackSOf(key)])
        expect(lookBackSOf(key)).toBeGreaterThan(12_600)
        expect(lookBackSOf(key)).toBeLessThanOrEqual(14_400)
      }),
    )
    const marks = new Set(Array.from({ length: 200 }, (_, n) => markOf(`k-${n}`)))
    expect(marks.size).toBeGreaterThan(195)
    expect(readText(`请假 3天${markOf('k-1')}`).said, 'what is copied back reads as it was').toBe('请假 3天')
  })
  it('of buttons bring back what they were given, and fit', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), fc.string({ maxLength: 120 }), (key, value) => {
        const written = buttonKey('button', 3, 'leave.approve', key, value)
        expect(bytesOf(written)).toBeLessThanOrEqual(1_024)
        expect(readButtonKey(written)).toMatchObject({ kind: 'button', action: 'leave.approve', value })
      }),
      {
        examples: [
          ['a|b', '{"a":"|"}'],
          ['', ''],
        ],
      },
    )
    expect(readButtonKey(buttonKey('select', 0, 'a', 'k|1', 'v'))).toEqual({
      kind: 'select',
      action: 'a',
      value: 'v',
      sentKey: 'k|1',
    })
    const full = buttonKey('button', 0, 'a', 'key'.repeat(200), 'v'.repeat(512))
    expect(readButtonKey(full), 'a key that has no room is left out, never cut').toEqual({
      kind: 'button',
      action: 'a',
      value: 'v'.repeat(512),
    })
    expect(() => buttonKey('button', 0, 'a', 'k', 'v'.repeat(1_100))).toThrow(/more than WeCom takes/)
  })
})

const cards: readonly (readonly [string, Card])[] = [
  ['a request', requestCard()],
  ['the largest', largestCard()],
  ['a link alone', { title: '值班表', link: { label: '打开', url: 'https://bot.example/s?a=1' } }],
  [
    'a link that has no room',
    {
      ...requestCard(),
      buttons: Array.from({ length: 5 }, (_, n) => button(Approve, { requestId: `R${n}` }, `B${n}`)),
      link: { label: '打开表格', url: 'https://bot.example/sheet' },
    },
  ],
  [
    'ten options',
    { title: '谁？', select: select(Pick, { requestId: 'R1' }, { label: '替班', options: options(10), chosen: 'o3' }) },
  ],
  [
    'eleven options',
    {
      title: '谁？',
      select: select(Pick, { requestId: 'R1' }, { label: '替班', options: options(11), chosen: 'o10' }),
    },
  ],
  [
    'more options than five cards hold',
    { title: '谁？', select: select(Pick, { requestId: 'R1' }, { label: '替班', options: options(120) }) },
  ],
]

describe('a card', () => {
  it.each(cards)('is one that WeCom takes, whole and within its widths: %s', (_, card) => {
    for (const locale of LOCALES) {
      const { texts, cards: drawn } = renderForMember(said({ card }, 'k-1', locale))
      for (const text of texts) expect(bytesOf(text)).toBeLessThanOrEqual(2_048)
      for (const one of drawn) {
        expect(cardError(asJson(one), false)).toBeUndefined()
        expect(cardProblems(asJson(one))).toEqual([])
        expect(bytesOf(JSON.stringify(one))).toBeLessThan(16_000)
      }
      if (card.select && card.select.options.length > 10) continue
      const changed = renderChange(said({ card }, 'k-2', locale), 'bz-1')
      expect(cardError(asJson(changed.card), true)).toBeUndefined()
      expect(cardProblems(asJson(changed.card))).toEqual([])
    }
  })
  it('that fits says nothing twice, one that does not says all of it before', () => {
    expect(renderForMember(said({ card: requestCard() })).texts).toEqual([])
    const card = { ...requestCard(), text: '因'.repeat(200) }
    const { texts, cards: drawn } = renderForMember(said({ card }))
    expect(lookAtText(texts.join('\n'), false).words).toContain('因'.repeat(200))
    expect(lookAtCard(asJson(drawn[0] ?? {})).words).toContain('因…')
  })
  it('keeps a link that has no room among the buttons in words', () => {
    const { texts } = renderForMember(said({ card: cards[3]?.[1] ?? requestCard() }))
    expect(lookAtText(texts.join(''), false)).toMatchObject({ live: ['link:https://bot.example/sheet'] })
  })
  it('has its fields in a list where nothing follows them, and among its lines otherwise', () => {
    const card: Card = { ...requestCard(), list: [], note: '' }
    const [apart, among] = [card, requestCard()].map((one) => renderForMember(said({ card: one })).cards[0])
    expect(apart).toMatchObject({ horizontal_content_list: [{ keyname: 'Days', value: '3' }, { keyname: 'From' }] })
    expect(among).toMatchObject({
      sub_title_text: 'An Lin asks for leave\nDays：3\nFrom：2026-09-28\nfirst line\nsecond line\nPolicy version 7',
    })
  })
  it('with nothing to press is a text', () => {
    const { texts, cards: drawn } = renderForMember(
      said({ card: { title: '早班', tone: 'warning', fields: [{ label: '人数', value: '3' }] } }),
    )
    expect(drawn).toEqual([])
    expect(lookAtText(texts.join(''), false).words).toBe('⚠️ 早班\n人数：3')
  })
  it('marks the option that was chosen, and counts those that have no room', () => {
    const [, ten] = cards[4] ?? []
    const [, many] = cards[6] ?? []
    if (!ten || !many) throw new Error('no cards')
    expect(renderForMember(said({ card: ten })).cards[0]).toMatchObject({ button_selection: { selected_id: 'o3' } })
    const votes = renderForMember(said({ card: many })).cards
    expect(votes).toHaveLength(5)
    expect(votes.at(-1)?.main_title.desc).toBe('5/5 …（还有 20 项）')
    expect(() => renderChange(said({ card: many }), 'bz-1')).toThrow(expect.objectContaining({ kind: 'gone' }))
  })
  it('whose option carries more than WeCom takes is refused, never cut', () => {
    const menu = select(Pick, { requestId: 'R1' }, { label: 'x', options: [{ value: 'v'.repeat(129), label: 'x' }] })
    expect(() => renderForMember(said({ card: { title: 'x', select: menu } }))).toThrow(/more than WeCom takes/)
  })
  it('joins no two words to something that WeCom would act on', () => {
    const text = [{ bold: '<' }, 'a href="http://x.example">z</a>', ' <', { newline: true }, '@all>'] as const
    const drawn = renderForMember(said({ text })).texts.join('')
    expect(lookAtText(drawn, false)).toMatchObject({ live: [], words: '<a href="http://x.example">z</a> <\n@all>' })
    expect(lookAtText(renderForGroup(said({ text: ['<', '@all>'] })).join(''), true).live).toEqual([])
  })
  it('whatever people typed is taken by WeCom and shows nothing of its own making', () => {
    const words = fc.string({ unit: 'binary', maxLength: 120 })
    const hostile = fc.oneof(
      words,
      fc.constantFrom('<a href="http://x.example">y</a>', '< A\nhref=x>', '<@all>', '<', '</a>'),
    )
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const card: Card = {
          title: one,
          text: [one, other, ' href="http://x.example">z</a>'],
          fields: [{ label: other, value: one }],
          list: [other],
          note: one,
          buttons: [button(Approve, { requestId: 'R' }, one)],
        }
        const { texts, cards: drawn } = renderForMember(said({ card }))
        for (const text of texts) expect(lookAtText(text, false).live).toEqual([])
        for (const text of renderForGroup(said({ card }))) expect(lookAtText(text, true).live).toEqual([])
        for (const each of drawn) {
          expect(cardError(asJson(each), false)).toBeUndefined()
          expect(JSON.stringify(each)).not.toMatch(/\\u/)
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('a form', () => {
  const page = 'https://bot.example/forms/abc'
  it('is a card with a button that opens its page, and says what is asked', () => {
    const { texts, cards: drawn } = renderForMember(said({ form: { ...everyField(), page } }))
    const look = lookAtCard(asJson(drawn[0] ?? {}))
    expect(texts).toEqual([])
    expect(look).toMatchObject({ live: [`link:${page}`], buttons: [], problems: [] })
    expect(look.words).toContain('Ask for leave')
    expect(look.words).toContain('需要填写：Title、Reason、From、At、Days、Type、Stand-ins、Proof')
    expect(cardError(asJson(drawn[0] ?? {}), false)).toBeUndefined()
  })
  it('without a page says who can help and how to do without', () => {
    for (const [locale, hint] of [
      ['zh-CN', '请假 3天'],
      ['en', 'leave 3 days'],
    ] as const) {
      const { texts, cards: drawn } = renderForMember(said({ form: everyField() }, 'k-1', locale))
      expect(drawn).toEqual([])
      expect(texts.join('')).toContain('PUBLIC_URL')
      expect(texts.join('')).toContain(hint)
    }
  })
  it('never shows a group the address that is for one person', () => {
    expect(renderForGroup(said({ form: { ...everyField(), page } })).join('')).not.toContain('https://')
  })
})

describe('a group', () => {
  it('reads the words of a card, and where its buttons are', () => {
    const [text = ''] = renderForGroup(said({ card: requestCard() }))
    expect(text).toContain('Leave request')
    expect(text).toContain('按钮在你和应用的单聊里')
    expect(text).not.toMatch(/[\u200B\uFEFF]/)
  })
  it('has people mentioned whose account is known, and no account that would say more', () => {
    const text = ['问 ', { person: 'P1', name: '王丽' }, { person: 'P2', name: '赵敏' }, { person: 'P3', name: '钱进' }]
    const accounts = { P1: 'wangli', P2: 'a> <@all' }
    const [shown = ''] = renderForGroup({ ...said({ text }), accounts })
    expect(lookAtText(shown, true).live).toEqual(['mention:wangli'])
    expect(shown).toContain('赵敏钱进')
  })
})
