/** The chat's memory: order, privacy, reading, bounds, and getting all of it back from a journal. */
import { describe, expect, it } from 'vitest'
import { Chat, type JournalRecord, offerOf, offers } from '../../../adapters/simulator/chat.ts'
import { OFFERED_MAX, OPEN_FORMS_MAX, ROOM_MESSAGES_MAX } from '../../../adapters/simulator/limits.ts'

const button = (label: string, value = '{}') => ({ action: 'leave.approve', label, value, style: 'plain' as const })
const said = (from: string, text: string, room = 'service') => ({ room, from, text, at: 1 })
const shown = (text: string, more: { onlyFor?: string; room?: string } = {}) => ({
  room: 'service',
  at: 1,
  shown: { text },
  ...more,
})
const texts = (chat: Chat, account: string, room = 'service') =>
  chat.page(room, account, 50).messages.map((message) => message.text ?? message.shown?.text)
const form = { form: 'leave.ask', value: '{}', title: 'Leave', fields: [], submit: 'Send', cancel: 'No' }

describe('what people see in a room', () => {
  it('shows a private message to its reader alone', () => {
    const chat = new Chat()
    chat.add(said('wang', 'morning'))
    chat.add(shown('only for Wang', { onlyFor: 'wang' }))
    expect(texts(chat, 'wang')).toEqual(['morning', 'only for Wang'])
    expect(texts(chat, 'li')).toEqual(['morning'])
  })
  it('gives the latest messages first and the way to the earlier ones', () => {
    const chat = new Chat()
    for (let n = 0; n < 5; n++) chat.add(said('wang', `line ${n}`))
    const last = chat.page('service', 'li', 2)
    expect(last.messages.map(({ text }) => text)).toEqual(['line 3', 'line 4'])
    expect(last.more).toBe(true)
    const before = chat.page('service', 'li', 3, last.messages[0]?.seq)
    expect(before.messages.map(({ text }) => text)).toEqual(['line 0', 'line 1', 'line 2'])
    expect(before.more).toBe(false)
  })
  it('forgets the oldest message of a full room and no other room', () => {
    const chat = new Chat()
    chat.add(said('wang', 'elsewhere', 'leads'))
    for (let n = 0; n <= ROOM_MESSAGES_MAX; n++) chat.add(said('wang', `line ${n}`))
    const all = chat.page('service', 'wang', ROOM_MESSAGES_MAX + 10).messages
    expect(all).toHaveLength(ROOM_MESSAGES_MAX)
    expect(all[0]?.text).toBe('line 1')
    expect(texts(chat, 'wang', 'leads')).toEqual(['elsewhere'])
  })
  it('takes a deleted message away with everything it said', () => {
    const chat = new Chat()
    const message = chat.add(said('wang', 'a secret'))
    const gone = chat.delete(message)
    expect(texts(chat, 'wang')).toEqual([])
    expect(JSON.stringify([...chat.records()])).not.toContain('a secret')
    expect(gone.rev).toBeGreaterThan(message.rev)
  })
})

describe('what was missed', () => {
  it('is every new or changed message after a number, in the order of change, without other people’s private ones', () => {
    const chat = new Chat()
    const first = chat.add(shown('first'))
    chat.add(said('wang', 'second'))
    const seen = chat.latest
    chat.add(shown('private', { onlyFor: 'li' }))
    chat.show('service', first.id, { text: 'first, changed' }, {}, 2)
    chat.add(said('li', 'elsewhere', 'leads'))
    const missed = chat.changesSince(seen, ['service'], 'wang')
    expect(missed.map((message) => message.shown?.text)).toEqual(['first, changed'])
    expect(chat.changesSince(seen, ['service'], 'li').map(({ shown: message }) => message?.text)).toEqual([
      'private',
      'first, changed',
    ])
  })
})

describe('unread', () => {
  it('counts what others said after the last reading, and nothing private to others', () => {
    const chat = new Chat()
    chat.add(said('wang', 'mine'))
    chat.add(said('li', 'one'))
    chat.add(shown('two'))
    chat.add(shown('not hers', { onlyFor: 'li' }))
    expect(chat.unread('service', 'wang')).toBe(2)
    expect(chat.markRead('service', 'wang', chat.latest)).toBe(true)
    expect(chat.unread('service', 'wang')).toBe(0)
    chat.add(said('li', 'three'))
    expect(chat.unread('service', 'wang')).toBe(1)
  })
  it('never goes back, and never ahead of what was said', () => {
    const chat = new Chat()
    chat.add(said('li', 'one'))
    chat.markRead('service', 'wang', 9_999)
    chat.add(said('li', 'two'))
    expect(chat.unread('service', 'wang')).toBe(1)
    chat.markRead('service', 'wang', chat.latest)
    expect(chat.markRead('service', 'wang', 1)).toBe(false)
    expect(chat.unread('service', 'wang')).toBe(0)
  })
})

describe('cards that change', () => {
  it('remember what they have offered, so that a late click is known', () => {
    const chat = new Chat()
    const { id } = chat.add({
      room: 'service',
      at: 1,
      shown: { card: { title: 'Ask', buttons: [button('Yes', '{"id":1}')] } },
    })
    const now = chat.show('service', id, { card: { title: 'Approved' } }, {}, 2)
    expect(now?.offered).toEqual([offerOf('leave.approve', '{"id":1}')])
    expect(now?.shown?.card?.title).toBe('Approved')
  })
  it('offer each option of a select apart from the buttons', () => {
    const select = { action: 'pick', label: 'Who', value: '{}', options: [{ value: 'a', label: 'A' }] }
    expect(offers({ title: 'Ask', buttons: [button('Yes')], select })).toEqual([
      offerOf('leave.approve', '{}'),
      offerOf('pick', '{}', 'a'),
    ])
    expect(offerOf('a', 'b", "c')).not.toBe(offerOf('a', 'b', 'c'))
  })
  it('remember a bounded number of offers, the newest first', () => {
    const chat = new Chat()
    const { id } = chat.add({ room: 'service', at: 1, shown: { text: 'x' } })
    for (let n = 0; n < OFFERED_MAX + 20; n++)
      chat.show('service', id, { card: { title: 'Ask', buttons: [button('Yes', `${n}`)] } }, {}, 2)
    const { offered = [] } = chat.get('service', id) ?? {}
    expect(offered).toHaveLength(OFFERED_MAX)
    expect(offered[0]).toBe(offerOf('leave.approve', String(OFFERED_MAX + 19)))
  })
  it('are not there to change once they are gone, and a person’s words are never changed by the bot', () => {
    const chat = new Chat()
    const words = chat.add(said('wang', 'mine'))
    expect(chat.show('service', words.id, { text: 'not yours' }, {}, 2)).toBeUndefined()
    expect(chat.show('service', 'm999', { text: 'x' }, {}, 2)).toBeUndefined()
    expect(texts(chat, 'wang')).toEqual(['mine'])
  })
})

describe('the journal', () => {
  it('gives everything back: messages, changes, deletions, readings and open forms', () => {
    const lines: JournalRecord[] = []
    const chat = new Chat((record) => lines.push(structuredClone(record)))
    const card = chat.add({
      room: 'service',
      at: 1,
      key: 'k1',
      shown: { card: { title: 'Ask', buttons: [button('Yes')] } },
    })
    chat.show('service', card.id, { card: { title: 'Approved' } }, { P1: 'wang' }, 2)
    chat.delete(chat.add(said('wang', 'gone')))
    chat.add(said('li', 'here'))
    chat.markRead('service', 'wang', 1)
    chat.openForm({ handle: 'f1', account: 'wang', room: 'service', form })
    for (const journal of [lines, [...chat.records()]]) {
      const again = new Chat()
      again.restore(journal)
      expect([...again.records()]).toEqual([...chat.records()])
      expect(again.latest).toBe(chat.latest)
      expect(again.byKey('service', 'k1')?.shown?.card?.title).toBe('Approved')
      expect(again.unread('service', 'wang')).toBe(1)
      expect(again.form('f1')?.account).toBe('wang')
    }
  })
  it('decides: what cannot be written down does not happen', () => {
    let full = false
    const chat = new Chat(() => {
      if (full) throw new Error('no space left')
    })
    const first = chat.add(said('wang', 'one'))
    full = true
    expect(() => chat.add(said('wang', 'two'))).toThrow('no space left')
    expect(() => chat.delete(first)).toThrow('no space left')
    expect(() => chat.markRead('service', 'li', 1)).toThrow('no space left')
    expect(texts(chat, 'wang')).toEqual(['one'])
    expect(chat.unread('service', 'li')).toBe(1)
  })
})

describe('open forms', () => {
  it('are bounded: the oldest is given up', () => {
    const chat = new Chat()
    for (let n = 0; n <= OPEN_FORMS_MAX; n++) chat.openForm({ handle: `f${n}`, account: 'wang', room: 'service', form })
    expect(chat.form('f0')).toBeUndefined()
    expect(chat.form(`f${OPEN_FORMS_MAX}`)).toBeDefined()
  })
})
