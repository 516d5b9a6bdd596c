/** The messages and forms that every adapter is tried with: the ordinary ones and the largest that the model allows. */
import { z } from 'zod'
import { button, type Card, type Markup, select } from '#core/card.ts'
import { contract } from '#core/contract.ts'
import { type Form, form } from '#core/form.ts'
import type { Outgoing, Recipient } from '#core/platform.ts'

export const Approve = contract('contract.approve', z.strictObject({ requestId: z.string() }))
export const Pick = contract('contract.pick', z.strictObject({ requestId: z.string() }))
export const Ask = contract('contract.ask', z.strictObject({ requestId: z.string() }))

/** Everything that somebody may type to make the bot shout, link or format in their stead. */
export const HOSTILE =
  '<!channel> <@U1> & <http://x.example|y> *bold* _slanted_ ~struck~ `code` @here @所有人 <at user_id="all"></at> [a](http://b.example) <b>x</b>'
/** Chinese, Latin, Arabic, an emoji family of several code points and a flag. */
export const MIXED = '请假 3天 leave إجازة 👨‍👩‍👧‍👦 🇨🇳 é 𠮷野家'

/** Bytes that are no text in any encoding, under a name in Chinese. */
export const PICTURE = {
  name: '病假条 1.png',
  mediaType: 'image/png',
  bytes: Uint8Array.from([
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    ...Array.from({ length: 500 }, (_, n) => n % 256),
  ]),
}

export function outgoing(
  key: string,
  to: Recipient,
  message: Outgoing['message'],
  more: Partial<Outgoing> = {},
): Outgoing {
  return { key, to, message, locale: 'en', accounts: {}, ...more }
}

export function requestCard(requestId = 'R1'): Card {
  return {
    title: 'Leave request',
    tone: 'waiting',
    text: 'An Lin asks for leave',
    fields: [
      { label: 'Days', value: '3' },
      { label: 'From', value: '2026-09-28' },
    ],
    list: ['first line', 'second line'],
    select: select(Pick, { requestId }, { label: 'Stand-in', options: options(3) }),
    buttons: [button(Approve, { requestId }, 'Approve', { style: 'primary' })],
    note: 'Policy version 7',
  }
}

/** Every part at the largest that `Card` allows (a menu of twenty: its size has no bound there), in characters of three bytes. */
export function largestCard(): Card {
  const requestId = `R${'9'.repeat(490)}`
  const long = (chars: number): Markup => ['字'.repeat(chars - 4), { bold: '粗体' }, { quiet: '轻' }, { newline: true }]
  return {
    title: '题'.repeat(300),
    tone: 'bad',
    text: long(6_000),
    fields: range(10).map((n) => ({ label: `${n}${'标'.repeat(200)}`, value: long(3_000) })),
    list: range(40).map(() => long(1_000)),
    select: select(Pick, { requestId }, { label: '选'.repeat(200), options: options(20, '项'.repeat(100)) }),
    buttons: range(5).map((n) =>
      button(Approve, { requestId }, `${n}${'钮'.repeat(100)}`, {
        style: n === 0 ? 'primary' : n === 1 ? 'danger' : 'plain',
        confirm: { title: '问'.repeat(200), text: '文'.repeat(600), yes: '是'.repeat(60), no: '否'.repeat(60) },
      }),
    ),
    note: long(2_000),
  }
}

/** One field of every kind, in the order of `Field`. */
export function everyField(): Form {
  return form(
    Ask,
    { requestId: 'R1' },
    {
      title: 'Ask for leave',
      intro: 'All days are working days.',
      submit: 'Send',
      cancel: 'Cancel',
      fields: [
        { kind: 'text', name: 'title', label: 'Title', hint: 'in a few words', charsMax: 80, initial: 'Trip' },
        { kind: 'longText', name: 'reason', label: 'Reason', optional: true },
        { kind: 'date', name: 'from', label: 'From', initial: '2026-09-28' },
        { kind: 'time', name: 'at', label: 'At', initial: '16:30' },
        { kind: 'number', name: 'days', label: 'Days', min: 1, max: 30, initial: '3' },
        { kind: 'choice', name: 'type', label: 'Type', options: options(3), initial: 'o1' },
        { kind: 'people', name: 'standIns', label: 'Stand-ins', countMax: 3, optional: true },
        { kind: 'file', name: 'proof', label: 'Proof', countMax: 2, optional: true },
      ],
    },
  )
}

/** The same with every text and count at its largest. */
export function largestForm(): Form {
  const long = (chars: number) => '字'.repeat(chars)
  const look = { label: long(3_000), hint: long(3_000), optional: true }
  return {
    form: 'contract.ask',
    value: JSON.stringify({ requestId: 'R'.repeat(490) }),
    title: long(24),
    intro: long(6_000),
    submit: long(60),
    cancel: long(60),
    fields: [
      { kind: 'text', name: 'title', ...look, charsMax: 9_000, initial: long(9_000) },
      { kind: 'longText', name: 'reason', ...look, charsMax: 9_000, initial: long(9_000) },
      { kind: 'date', name: 'from', ...look },
      { kind: 'time', name: 'at', ...look },
      { kind: 'number', name: 'days', ...look, min: 0, max: 1_000_000 },
      { kind: 'choice', name: 'type', ...look, options: options(250, long(200)), initial: 'o249' },
      { kind: 'people', name: 'standIns', ...look, countMax: 100 },
      { kind: 'file', name: 'proof', ...look, countMax: 100 },
      ...range(20).map((n) => ({ kind: 'text' as const, name: `more${n}`, ...look })),
    ],
  }
}

export function options(count: number, tail = ''): { value: string; label: string }[] {
  return range(count).map((n) => ({ value: `o${n}`, label: `Option ${n}${tail}` }))
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
