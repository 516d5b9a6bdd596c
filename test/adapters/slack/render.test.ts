/** How cards and forms look in Block Kit, beyond what every platform must do. */
import { describe, expect, it } from 'vitest'
import type { Card, Markup } from '#core/card.ts'
import { PlatformError } from '#core/errors.ts'
import type { Form } from '#core/form.ts'
import { formView, messageView, placeholderView, readModalMemory } from '../../../adapters/slack/modal.ts'
import { escapeText, renderMessage } from '../../../adapters/slack/render.ts'
import { everyField, HOSTILE, largestCard, options, requestCard } from '../contract/samples.ts'
import { list, messageProblems, object, viewProblems } from './fake-blocks.ts'
import { lookAt } from './fake-look.ts'

const reader = { locale: 'en' as const, accounts: { P1: 'U1' } }
const render = (card: Card, key?: string) => renderMessage({ card }, key, reader)
const blocks = (card: Card, type: string) => list(render(card).blocks).filter((block) => block['type'] === type)
const note = (markup: Markup) => list(blocks({ title: 'x', note: markup }, 'context')[0]?.['elements'])

describe('a message', () => {
  it('has nothing in its notification that could ring or link', () => {
    const { text } = renderMessage({ text: HOSTILE }, undefined, reader)
    expect(text).toBe(escapeText(HOSTILE))
    expect(text).not.toMatch(/[<>]/)
    expect(lookAt(text, []).live.filter((live) => !live.startsWith('bold'))).toEqual([])
  })
  it('uses its text for the notification and its card for the screen', () => {
    const { text, blocks: drawn } = renderMessage({ text: 'Approved', card: requestCard() }, undefined, reader)
    expect(text).toBe('Approved')
    expect(lookAt(text, drawn).words).not.toContain('Approved')
  })
  it('always has words for the notification', () => {
    expect(renderMessage({}, undefined, reader).text).not.toBe('')
    expect(renderMessage({ text: '   ' }, undefined, reader).text).not.toBe('')
  })
  it('keeps the notification short, whole characters and whole entities', () => {
    const { text } = renderMessage({ text: '&'.repeat(50_000) }, undefined, reader)
    expect(text.length).toBeLessThanOrEqual(4_000)
    const emoji = renderMessage({ text: '👍🏽'.repeat(9_000) }, undefined, reader).text
    expect(emoji.length % '👍🏽'.length).toBe(0)
  })
  it('says in its first block which row it is', () => {
    expect(render(requestCard(), 'key-1').blocks[0]?.block_id).toBe('t:key-1')
    expect(renderMessage({ text: 'x' }, 'key-1', reader).blocks[0]?.block_id).toBe('t:key-1')
  })
})

describe('a card', () => {
  it('has no newline in its title, and no tone for neutral', () => {
    const header = (card: Card) => object(blocks(card, 'header')[0]?.['text'])['text']
    expect(header({ title: 'Two\nlines' })).toBe('Two lines')
    expect(header({ title: 'Plain', tone: 'neutral' })).toBe('Plain')
    expect(header({ title: 'Done', tone: 'good' })).toBe('✅ Done')
  })
  it('separates label and value the way of the language', () => {
    const fields = [{ label: '天数', value: '3' }]
    const chinese = renderMessage({ card: { title: '请假', fields } }, undefined, { locale: 'zh-CN', accounts: {} })
    expect(lookAt('', chinese.blocks).words).toContain('天数：3')
    expect(lookAt('', render({ title: 'x', fields }).blocks).words).toContain('天数: 3')
  })
  it('marks a choice already made', () => {
    const chosen = { ...requestCard().select, chosen: 'o1' } as NonNullable<Card['select']>
    const menu = (card: Card) => object(blocks(card, 'section')[0]?.['accessory'])
    expect(object(menu({ title: 'x', select: chosen })['initial_option'])['value']).toBe('o1')
    expect(menu({ title: 'x', select: { ...chosen, chosen: 'gone' } })).not.toHaveProperty('initial_option')
  })
  it('groups a menu of more than a hundred options', () => {
    const select = { action: 'a.b', label: 'Who', value: '{}', options: options(250) }
    const groups = list(object(blocks({ title: 'x', select }, 'section')[0]?.['accessory'])['option_groups'])
    expect(groups.map((group) => object(group['label'])['text'])).toEqual(['1–100', '101–200', '201–250'])
  })
  it.each([
    ['an option that is too long', { value: '{}', options: [{ value: 'v'.repeat(76), label: 'x' }] }],
    ['a payload that is too long', { value: 'v'.repeat(900), options: options(2) }],
  ])('with %s is refused: cut short it would mean something else', (_, select) => {
    const draw = () => render({ title: 'x', select: { action: 'a.b', label: 'Who', ...select } })
    expect(draw).toThrow(PlatformError)
    expect(draw).toThrow('a.b')
  })
  it('with a link has a button that opens it and fires nothing, and is refused when Slack would not take the address', () => {
    const link = { label: 'Open it as a page', url: 'https://bot.example/forms/x' }
    const drawn = render({ ...requestCard(), link }, 'key-1')
    expect(messageProblems(drawn.blocks)).toEqual([])
    const look = lookAt('', drawn.blocks)
    expect(look.live).toContain(`link:${link.url}`)
    expect(look.words).toContain(link.label)
    expect(look.buttons).toEqual(['Approve'])
    const long = { ...link, url: `https://bot.example/${'x'.repeat(3_000)}` }
    expect(() => render({ title: 'x', link: long })).toThrow('The address behind “Open it as a page”')
  })
  it('with a button whose value is too long is refused', () => {
    const button = { action: 'a.b', label: 'Go', value: 'v'.repeat(2_001), style: 'plain' as const }
    expect(() => render({ title: 'x', buttons: [button] })).toThrow(
      'The value of the button of a.b, of 2001 characters',
    )
  })
  it('without options has no menu', () => {
    expect(
      blocks({ title: 'x', select: { action: 'a.b', label: 'Who', value: '{}', options: [] } }, 'section'),
    ).toEqual([])
  })
  it('gives each of its parts a share when it is too large as a whole', () => {
    const { blocks: drawn } = render(largestCard(), 'k')
    const words = lookAt('', drawn).words
    expect(messageProblems(drawn)).toEqual([])
    expect(words.match(/more characters/g)?.length).toBeGreaterThan(10)
    for (const part of ['题', '字', '标', '选', '项', '钮']) expect(words).toContain(part)
  })
  it('says how many lines it leaves out', () => {
    const lines = Array.from({ length: 55 }, (_, n) => `line ${n}`)
    const { words } = lookAt('', render({ title: 'x', list: lines }).blocks)
    expect(words).toContain('line 39')
    expect(words).not.toContain('line 40')
    expect(words).toContain('… (15 more lines)')
  })
})

describe('small print', () => {
  it('has mentions and links of ours, and words as words', () => {
    const elements = note([
      'By ',
      { person: 'P1', name: 'Wang' },
      ' ',
      { link: 'a*b*|c', url: 'https://x.example/?a=1&b=<2>|3' },
      HOSTILE,
    ])
    const look = lookAt('', [{ type: 'context', elements }])
    expect(look.live).toEqual(['mention:U1', 'link:https://x.example/?a=1&b=%3C2%3E%7C3'])
    expect(look.words).toContain(HOSTILE)
  })
  it('of many parts becomes one plain text', () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ bold: `part ${n} ` }))
    expect(note(many)).toMatchObject([{ type: 'plain_text' }])
    expect(messageProblems([{ type: 'context', elements: note(many) }])).toEqual([])
  })
})

describe('runs', () => {
  const drawn = (markup: Markup) => lookAt('', renderMessage({ text: markup }, undefined, reader).blocks)
  it('link only to addresses of the web and of mail', () => {
    expect(drawn([{ link: 'go', url: 'https://x.example' }]).live).toEqual(['link:https://x.example'])
    expect(drawn([{ link: 'write', url: 'mailto:an@x.example' }]).live).toEqual(['link:mailto:an@x.example'])
    expect(drawn([{ link: 'go', url: 'javascript:alert(1)' }]).live).toEqual([])
    expect(drawn([{ link: '', url: 'https://x.example' }]).words).toBe('https://x.example')
  })
  it('keep their order and their lines', () => {
    expect(drawn(['a', { newline: true }, { bold: 'b' }, { quiet: 'c' }]).words).toBe('a\nbc')
  })
})

describe('a form', () => {
  it('remembers what it is about and where it was asked for', () => {
    const view = formView(everyField(), { room: 'C1', reply: '{"at":1}' })
    expect(readModalMemory(view.private_metadata ?? '')).toEqual({
      form: 'contract.ask',
      value: '{"requestId":"R1"}',
      room: 'C1',
      reply: '{"at":1}',
    })
  })
  it.each([
    ['en', 'Fill it in as a web page'],
    ['zh-CN', '在网页上填写'],
  ] as const)('shows in %s where the same form is a page', (locale, words) => {
    const url = 'https://bot.example/forms/x'
    const view = formView({ ...everyField(), page: url }, { room: 'C1' }, locale)
    expect(viewProblems({ ...view })).toEqual([])
    const look = lookAt(
      '',
      list(view.blocks).filter((block) => block['type'] === 'rich_text'),
    )
    expect(look).toMatchObject({ words, live: [`link:${url}`] })
  })
  it('that is about more than Slack can carry is refused', () => {
    expect(() => formView({ ...everyField(), value: 'v'.repeat(3_001) }, { room: 'C1' })).toThrow(PlatformError)
  })
  it('asks each kind of field with its own element, with what is known filled in', () => {
    const inputs = list(formView(everyField(), { room: 'C1' }).blocks).filter((block) => block['type'] === 'input')
    const elements = inputs.map((block) => object(block['element']))
    expect(elements.map((element) => element['type'])).toEqual([
      'plain_text_input',
      'plain_text_input',
      'datepicker',
      'timepicker',
      'number_input',
      'static_select',
      'multi_users_select',
      'file_input',
    ])
    expect(elements[0]).toMatchObject({ initial_value: 'Trip', max_length: 80, multiline: false })
    expect(elements[1]).toMatchObject({ multiline: true })
    expect(elements[2]).toMatchObject({ initial_date: '2026-09-28' })
    expect(elements[3]).toMatchObject({ initial_time: '16:30' })
    expect(elements[4]).toMatchObject({ initial_value: '3', min_value: '1', max_value: '30' })
    expect(elements[5]).toMatchObject({ initial_option: { value: 'o1' } })
    expect(elements[6]).toMatchObject({ max_selected_items: 3 })
    expect(elements[7]).toMatchObject({ max_files: 2 })
    expect(inputs.map((block) => block['optional'])).toEqual([false, true, false, false, false, false, true, true])
  })
  it('has accounts filled in for people', () => {
    const form: Form = {
      ...everyField(),
      fields: [{ kind: 'people', name: 'who', label: 'Who', initial: ['U1', 'U2'] }],
    }
    const [input] = list(formView(form, { room: 'C1' }).blocks).filter((block) => block['type'] === 'input')
    expect(object(input?.['element'])['initial_users']).toEqual(['U1', 'U2'])
  })
  it.each(['en', 'zh-CN'] as const)('and its placeholder and refusal in %s are views that Slack takes', (locale) => {
    expect(viewProblems({ ...placeholderView(locale) })).toEqual([])
    const refusal = messageView({ card: largestCard() }, locale)
    expect(viewProblems({ ...refusal })).toEqual([])
    expect(refusal).not.toHaveProperty('submit')
  })
})
