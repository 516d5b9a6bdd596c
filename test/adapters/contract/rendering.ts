/** The contract of an adapter's hand: everything the model allows is drawn, in order, within limits, and data stays data. */
import { expect } from 'vitest'
import { type Card, select } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import type { Outgoing } from '#core/platform.ts'
import {
  everyField,
  HOSTILE,
  largestCard,
  largestForm,
  MIXED,
  options,
  outgoing,
  Pick,
  requestCard,
} from './samples.ts'
import type { ContractSubject, Shown } from './subject.ts'

/** Sends it to the group and gives what people see. */
async function draw(
  subject: ContractSubject,
  message: Outgoing['message'],
  more: Partial<Outgoing> = {},
): Promise<Shown> {
  const to = { room: subject.group }
  const sent = await subject.platform.send(outgoing('k-draw', to, message, more), new AbortController().signal)
  const shown = subject.shown().find((seen) => seen.messageId === sent.messageId)
  if (!shown) throw new Error(`The platform does not show the message ${sent.messageId} that send() gave`)
  return shown
}

/** The card with the same hostile words in every place where somebody's words may stand. */
function hostileCard(): Card {
  const card = requestCard()
  return {
    ...card,
    title: HOSTILE,
    text: [HOSTILE, { newline: true }, HOSTILE],
    fields: [{ label: HOSTILE, value: HOSTILE }],
    list: [HOSTILE, [HOSTILE, ' ', HOSTILE]],
    note: HOSTILE,
  }
}

function inOrder(words: string, parts: readonly string[]): void {
  let from = 0
  for (const part of parts) {
    const at = words.indexOf(part, from)
    expect(at, `"${part}" is missing or not after what stands before it, in:\n${words}`).toBeGreaterThanOrEqual(0)
    from = at + part.length
  }
}

async function cutsVisibly(subject: ContractSubject, locale: Locale, note: RegExp): Promise<void> {
  const lines = Array.from({ length: 40 }, (_, n) => `${n} ${'行'.repeat(900)}`)
  const shown = await draw(subject, { card: { title: 'Long', text: '字'.repeat(60_000), list: lines } }, { locale })
  expect(shown.problems).toEqual([])
  expect(shown.words).toMatch(note)
}

type Test = (subject: ContractSubject) => Promise<void>

export const rendering = {
  'hostile words in a text stay words': async (subject) => {
    const shown = await draw(subject, { text: HOSTILE })
    expect(shown.live).toEqual([])
    expect(shown.words).toContain(HOSTILE)
  },
  'hostile words anywhere in a card stay words': async (subject) => {
    const shown = await draw(subject, { card: hostileCard() })
    const ours = (await draw(subject, { card: requestCard() })).live
    expect(shown.live.filter((live) => !live.startsWith('bold:'))).toEqual(
      ours.filter((live) => !live.startsWith('bold:')),
    )
    expect(shown.live).not.toContain('bold:bold')
    expect(shown.words.split(HOSTILE).length - 1, 'places where the words stand').toBeGreaterThanOrEqual(8)
  },
  'hostile words in a reply carried in the answer stay words': async (subject) => {
    const seen = await subject.perform({ id: 'hr1', kind: 'command', command: 'timeoff', text: 'x' }, async () => ({
      message: { text: HOSTILE },
    }))
    expect(seen.message?.live).toEqual([])
    expect(seen.message?.words).toContain(HOSTILE)
  },
  'a person with an account is mentioned, one without is named': async (subject) => {
    const text = ['Ask ', { person: 'P1', name: 'Wang Li' }, ' or ', { person: 'P2', name: 'Zhao Min' }]
    const shown = await draw(subject, { text }, { accounts: { P1: subject.other } })
    expect(shown.live).toEqual([`mention:${subject.other}`])
    expect(shown.words).toContain('Zhao Min')
  },
  'a link of ours is a link to that address under its label': async (subject) => {
    const shown = await draw(subject, { text: ['See ', { link: 'the sheet', url: 'https://bot.example/s?a=1&b=2' }] })
    expect(shown.live).toEqual(['link:https://bot.example/s?a=1&b=2'])
    expect(shown.words).toContain('the sheet')
  },
  'emoji and mixed scripts survive': async (subject) => {
    const shown = await draw(subject, {
      card: { title: MIXED, text: MIXED, fields: [{ label: MIXED, value: MIXED }], list: [MIXED], note: MIXED },
    })
    expect(shown.words.split(MIXED).length - 1).toBe(6)
  },
  'a long text is cut with a note in English': (subject) =>
    cutsVisibly(subject, 'en', /… \(\d[\d,]* more (characters|lines)\)/),
  'a long text is cut with a note in Chinese': (subject) => cutsVisibly(subject, 'zh-CN', /…（还有 \d[\d,]* (字|行)）/),
  'a cut never splits a character': async (subject) => {
    for (const text of ['👨‍👩‍👧‍👦'.repeat(4_000), `x${'𠮷'.repeat(30_000)}`]) {
      const shown = await draw(subject, { card: { title: text, text } })
      expect(shown.problems).toEqual([])
      expect(shown.words).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/)
    }
  },
  'the parts of a card keep their order': async (subject) => {
    const shown = await draw(subject, { card: requestCard() })
    inOrder(shown.words, [
      'Leave request',
      'An Lin asks for leave',
      'Days',
      '3',
      'From',
      '2026-09-28',
      'first line',
      'second line',
      'Stand-in',
      'Approve',
      'Policy version 7',
    ])
    expect(shown.buttons).toEqual(['Approve'])
    expect(shown.options).toEqual(['Option 0', 'Option 1', 'Option 2'])
  },
  'every tone can be told from neutral': async (subject) => {
    const looks = new Set<string>()
    for (const tone of ['neutral', 'waiting', 'good', 'bad', 'warning'] as const) {
      const shown = await draw(subject, { card: { title: 'Request', tone } })
      expect(shown.words).toContain('Request')
      looks.add(`${shown.words} ${shown.live.join()}`)
    }
    expect(looks.size).toBe(5)
  },
  'a card with every part at its largest stays within limits': async (subject) => {
    const shown = await draw(subject, { card: largestCard() }, { key: `k-${'x'.repeat(60)}` })
    expect(shown.problems).toEqual([])
    expect(shown.buttons).toHaveLength(5)
    expect(shown.options).toHaveLength(20)
  },
  'buttons and choices of the largest card bring back their whole value': async (subject) => {
    const on = await draw(subject, { card: largestCard() })
    const heard: unknown[] = []
    const deliver = async (event: unknown) => {
      heard.push(event)
      return {}
    }
    await subject.perform({ id: 'lc1', kind: 'click', on, label: on.buttons[4] ?? '' }, deliver)
    await subject.perform({ id: 'lc2', kind: 'choose', on, option: on.options[19] ?? '' }, deliver)
    const value = JSON.stringify({ requestId: `R${'9'.repeat(490)}` })
    expect(heard).toMatchObject([
      { action: 'contract.approve', value },
      { action: 'contract.pick', value, chosen: 'o19' },
    ])
  },
  'a menu of a hundred options is drawn, and any of them can be chosen': async (subject) => {
    const menu = select(Pick, { requestId: 'R1' }, { label: 'Stand-in', options: options(100), chosen: 'o98' })
    const on = await draw(subject, { card: { title: 'Who stands in?', select: menu } })
    expect(on.problems).toEqual([])
    expect(on.options).toHaveLength(100)
    const heard: unknown[] = []
    await subject.perform({ id: 'hm1', kind: 'choose', on, option: 'Option 99' }, async (event) => {
      heard.push(event)
      return {}
    })
    expect(heard).toMatchObject([{ action: 'contract.pick', value: menu.value, chosen: 'o99', sentKey: 'k-draw' }])
  },
  'a card of a title alone, and empty parts, are drawn': async (subject) => {
    const empty: Card = {
      title: 'Only this',
      text: '',
      fields: [{ label: 'Why', value: '' }],
      list: ['', []],
      buttons: [],
      note: [],
    }
    for (const card of [{ title: 'Only this' }, empty]) {
      const shown = await draw(subject, { card })
      expect(shown.words).toContain('Only this')
      expect(shown.problems).toEqual([])
    }
  },
  'a form with every kind of field is drawn, its fields in order': async (subject) => {
    const form = everyField()
    const shown = await subject.showForm(form)
    expect(shown.title).toBe('Ask for leave')
    expect(shown.fields).toEqual(form.fields.map(({ name, label }) => ({ name, label })))
    expect(shown.problems).toEqual([])
  },
  'the largest form stays within limits': async (subject) => {
    const shown = await subject.showForm(largestForm())
    expect(shown.problems).toEqual([])
    expect(shown.fields).toHaveLength(28)
  },
} satisfies Record<string, Test>
