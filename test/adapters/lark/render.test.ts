/** How messages, cards and forms are drawn: whole where they fit, cut where they do not, and nothing typed ever acts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Card, Message } from '#core/card.ts'
import type { Form } from '#core/form.ts'
import { escapeMarkdown } from '../../../adapters/lark/markdown.ts'
import { renderCard, renderMessage } from '../../../adapters/lark/render.ts'
import { everyField, HOSTILE, largestForm, requestCard } from '../contract/samples.ts'
import { type Json, object } from './fake-json.ts'
import { componentsOf, lookAt } from './fake-look.ts'
import { cardProblems } from './fake-schema.ts'

const place = { key: 'k-1', isDirect: true }
const reader = { locale: 'zh-CN' as const, accounts: {} }
const draw = (message: Message, to = reader) => {
  const { type, content } = renderMessage(message, place, to)
  return { type, content: content as Json, ...lookAt(type, content as Json) }
}

describe('what people type', () => {
  it('never acts in a card, whatever it is, and reads as it was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        const text = typed.replace(/\p{Cc}/gu, '')
        const { live, words } = lookAt('interactive', {
          body: { elements: [{ tag: 'markdown', content: escapeMarkdown(text) }] },
        })
        expect(live).toEqual([])
        expect(words).toBe(text)
      }),
      { numRuns: 300 },
    )
  })
  it.each([
    '# not a heading',
    '- not a list',
    '1. not a list',
    '    not code',
    '***',
    '---',
    '| a | b |',
    '$x$',
    ':OK:',
    '&lt;at id=all&gt;',
    '<at id=all></at>',
    'www.example.com',
    'https://example.com',
    '![x](y)',
    '\\*x\\*',
    "<font color='red'>x</font>",
    '<a href="https://x.example">x</a>',
  ])('%s stays what it is, alone, on a later line and in a list', (text) => {
    const card: Card = {
      title: 'x',
      text: `${text}\n${text}`,
      list: [text],
      fields: [{ label: text, value: text }],
      note: text,
    }
    expect(draw({ card }).live.filter((live) => !live.startsWith('bold:'))).toEqual([])
  })
  it('is told apart from what is ours in the same line', () => {
    const accounts = { p1: 'ou_wang', p2: 'not an id' }
    const text = [
      { bold: '*An*' },
      ' asks ',
      { person: 'p1', name: 'Wang' },
      ', ',
      { person: 'p2', name: '<at>' },
      ' ',
      { link: '[x](y)', url: 'https://bot.example/a(b)?c=1&d=2' },
      ' ',
      { link: 'bad', url: 'javascript:x' },
    ]
    for (const message of [{ text }, { card: { title: 'x', text } }])
      expect(draw(message, { ...reader, accounts }).live.toSorted()).toEqual([
        'bold:*An*',
        expect.stringMatching(/^link:https:\/\/bot\.example\/a(\(b\)|%28b%29)\?c=1&d=2$/),
        'mention:ou_wang',
      ])
  })
  it('loses its control characters and nothing else', () => {
    expect(draw({ text: 'a\u0000\u001b[31mb\tc\r\nd' }).words).toBe('a[31mb\tc\nd')
  })
})

describe('words alone', () => {
  it('are a post, whose parts are named', () => {
    expect(draw({ text: HOSTILE })).toMatchObject({ type: 'post', live: [], words: HOSTILE })
    expect(draw({ text: '' }).words).toBe('—')
    expect(draw({ text: 'a\n\nb' }).content).toEqual({
      zh_cn: { content: [[{ tag: 'text', text: 'a' }], [{ tag: 'text', text: ' ' }], [{ tag: 'text', text: 'b' }]] },
    })
  })
  it('fit, whatever they cost when they are escaped', () => {
    for (const sign of ['"', '\\', '𠮷', '\n', '字']) {
      const { content } = draw({ text: sign.repeat(50_000) })
      expect(Buffer.byteLength(JSON.stringify(JSON.stringify(content)))).toBeLessThan(30_000)
    }
  })
  it('are a card when they take the place of one', () => {
    const card = renderCard({ text: HOSTILE }, place, reader)
    expect(cardProblems(object(card))).toEqual([])
    expect(lookAt('interactive', object(card))).toMatchObject({ words: HOSTILE, live: [] })
  })
})

describe('a card', () => {
  it('asks before a button counts, opens its link, and rings with its words', () => {
    const card: Card = {
      ...requestCard(),
      buttons: [
        {
          action: 'a.b',
          label: '撤回',
          value: '{}',
          style: 'danger',
          confirm: { title: '撤回？', text: '天数会退回', yes: '是', no: '否' },
        },
      ],
      link: { label: '打开表单', url: 'https://bot.example/forms/x' },
    }
    const { content, live } = draw({ card })
    const [button, link] = componentsOf(content).filter(({ tag }) => tag === 'button')
    expect(button).toMatchObject({
      type: 'danger',
      confirm: { title: { content: '撤回？' }, text: { content: '天数会退回' } },
    })
    expect(link?.['behaviors']).toEqual([{ type: 'open_url', default_url: 'https://bot.example/forms/x' }])
    expect(live).toContain('link:https://bot.example/forms/x')
    expect(object(content['config'])).toMatchObject({
      update_multi: true,
      summary: { content: expect.stringContaining('Leave request An Lin asks') },
    })
  })
  it('whose menu is larger than any card is refused, not cut', () => {
    const options = Array.from({ length: 300 }, (_, n) => ({ value: `o${n}`, label: `${n}` }))
    const card: Card = { title: 'x', select: { action: 'a.b', label: 'x', value: '{}', options } }
    expect(() => draw({ card })).toThrow(expect.objectContaining({ kind: 'refused', code: 'too_large' }))
  })
  it('says how many lines are left out, in the language of its reader', () => {
    const list = Array.from({ length: 60 }, (_, n) => `line ${n}`)
    expect(draw({ card: { title: 'x', list } }).words).toContain('…（还有 20 行）')
    const en = { ...reader, locale: 'en' as const }
    expect(draw({ card: { title: 'x', list } }, en as never).words).toContain('… (20 more lines)')
  })
})

describe('a form', () => {
  const page = 'https://bot.example/forms/token'
  const withPage = (form: Form): Form => ({ ...form, page })

  it('has a component for every field that a card can ask for, and says where the files go', () => {
    const { content, words, live } = draw({ form: withPage(everyField()) })
    expect(cardProblems(content)).toEqual([])
    expect(componentsOf(content).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))).toEqual([
      'form',
      'text_title',
      'longText_reason',
      'date_from',
      'time_at',
      'number_days',
      'choice_type',
      'people_standIns',
      'submit',
    ])
    expect(words).toContain('卡片里不能上传文件，请点下方按钮')
    expect(live).toContain(`link:${page}`)
    expect(draw({ form: everyField() }).words).toContain('请直接把文件发给机器人')
  })
  it('begins with what it was given, and requires what is not optional', () => {
    const parts = componentsOf(draw({ form: everyField() }).content)
    const part = (name: string) => parts.find((one) => one['name'] === name)
    expect(part('text_title')).toMatchObject({ default_value: 'Trip', max_length: 80, required: true })
    expect(part('longText_reason')).toMatchObject({ input_type: 'multiline_text', required: false })
    expect(part('date_from')).toMatchObject({ initial_date: '2026-09-28' })
    expect(part('time_at')).toMatchObject({ initial_time: '16:30' })
    expect(part('choice_type')).toMatchObject({ initial_option: 'o1' })
    expect(part('people_standIns')).toMatchObject({ tag: 'multi_select_person' })
  })
  it('shows people who were chosen before, where they have an account', () => {
    const form: Form = {
      ...everyField(),
      fields: [
        { kind: 'people', name: 'one', label: 'One', countMax: 1, initial: ['p1'] },
        { kind: 'people', name: 'many', label: 'Many', initial: ['p1', 'p2'] },
      ],
    }
    const parts = componentsOf(draw({ form }, { ...reader, accounts: { p1: 'ou_wang' } }).content)
    expect(parts.find(({ tag }) => tag === 'select_person')).toMatchObject({ initial_option: 'ou_wang' })
    expect(parts.find(({ tag }) => tag === 'multi_select_person')).toMatchObject({ selected_values: ['ou_wang'] })
  })
  it('too large for a card is a link to its page, and without a page refused', () => {
    const { content, words, live } = draw({ form: withPage(largestForm()) })
    expect(cardProblems(content)).toEqual([])
    expect(words).toContain('请在网页里填写')
    expect(live).toEqual([`link:${page}`])
    expect(() => draw({ form: largestForm() })).toThrow(expect.objectContaining({ code: 'too_large' }))
  })
  it('that begins with more words than an input takes is a page too: they are never cut', () => {
    const fields: Form['fields'] = [{ kind: 'longText', name: 'reason', label: 'Reason', initial: '字'.repeat(1_001) }]
    expect(draw({ form: withPage({ ...everyField(), fields }) }).words).toContain('请在网页里填写')
  })
})
