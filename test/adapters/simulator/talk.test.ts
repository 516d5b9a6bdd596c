/** What people do in the page reaches the bot as they meant it, and its answers reach them. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Form } from '#core/form.ts'
import type { Answer } from '#core/platform.ts'
import { type Json, never, outgoing, simulate } from './support.ts'

const form: Form = {
  form: 'leave.ask',
  value: '{"id":1}',
  title: 'Leave',
  submit: 'Send',
  cancel: 'No',
  fields: [
    { kind: 'number', name: 'days', label: 'Days', max: 5 },
    { kind: 'people', name: 'standIns', label: 'Stand-ins', optional: true },
  ],
}
const card = (title = 'Ask') => ({
  title,
  buttons: [{ action: 'leave.approve', label: 'Yes', value: '{"id":1}', style: 'primary' as const }],
})
const last = (messages: Json[]) => messages.at(-1)
const errorOf = ({ json }: { json: Json }) => (json['error'] as { code: string }).code

describe('talk in a channel', () => {
  it('is seen by its members and heard by the bot only when it is meant', async () => {
    const world = simulate()
    await world.page.say('wang', 'service', '今天谁请假 3天？')
    expect(world.heard).toEqual([])
    await world.page.say('wang', 'service', '@班长 请假 3天')
    expect(world.heard).toMatchObject([
      { kind: 'said', text: '请假 3天', room: 'service', roomKind: 'group', person: 'wang', locale: 'zh-CN' },
    ])
    expect((await world.page.reads('li', 'service')).map(({ text }) => text)).toEqual([
      '今天谁请假 3天？',
      '@班长 请假 3天',
    ])
    await world.close()
  })
  it('keeps a slash command and every answer between the person and the bot', async () => {
    const world = simulate({ answers: async () => ({ message: { text: '余额 5 天' } }) })
    await world.page.say('wang', 'service', '/balance')
    await world.page.say('wang', 'service', '@班长 余额')
    expect(world.heard).toMatchObject([{ command: 'balance', text: '' }, { text: '余额' }])
    expect((await world.page.reads('wang', 'service')).map(({ text }) => text)).toEqual([
      '/balance',
      '余额 5 天',
      '@班长 余额',
      '余额 5 天',
    ])
    expect((await world.page.reads('li', 'service')).map(({ text }) => text)).toEqual(['@班长 余额'])
    await world.close()
  })
})

describe('an answer', () => {
  it('is said once in the direct room, also when the same gesture is repeated', async () => {
    const world = simulate({ answers: async () => ({ message: { text: 'Hello' }, key: 'reply-1' }) })
    const id = randomUUID()
    await world.page.say('emma', 'dm-emma', 'hi', id)
    await world.page.say('emma', 'dm-emma', 'hi', id)
    expect((await world.page.reads('emma', 'dm-emma')).map(({ text }) => text)).toEqual(['hi', 'Hello'])
    expect(world.heard[1]).toEqual(world.heard[0])
    await world.page.say('emma', 'dm-emma', 'hi')
    expect(await world.page.reads('emma', 'dm-emma')).toHaveLength(4)
    await world.close()
  })
  it('is found by its key and brings the key back with a click', async () => {
    const world = simulate({
      answers: async (event) => (event.kind === 'said' ? { message: { card: card() }, key: 'reply-1' } : {}),
    })
    await world.page.say('emma', 'dm-emma', 'hi')
    const shown = last(await world.page.reads('emma', 'dm-emma'))
    const found = await world.platform.find(outgoing('reply-1', { account: 'emma' }, {}), 0, never())
    expect(found).toEqual({ address: 'dm-emma', messageId: shown?.['id'] })
    await world.page.post('click', {
      id: randomUUID(),
      account: 'emma',
      room: 'dm-emma',
      message: shown?.['id'],
      action: 'leave.approve',
      value: '{"id":1}',
    })
    expect(world.heard[1]).toMatchObject({ kind: 'clicked', sentKey: 'reply-1', on: found })
    await world.close()
  })
  it('brings a toast to the page and does not say it', async () => {
    const world = simulate({ answers: async () => ({ toast: 'Noted' }) })
    expect((await world.page.say('emma', 'dm-emma', 'hi')).json).toEqual({ toast: 'Noted' })
    expect(await world.page.reads('emma', 'dm-emma')).toHaveLength(1)
    await world.close()
  })
})

describe('a click', () => {
  const click = (message: string, more: object = {}) => ({
    id: randomUUID(),
    account: 'li',
    room: 'dm-li',
    message,
    action: 'leave.approve',
    value: '{"id":1}',
    ...more,
  })

  it('reaches the bot also when the card has changed meanwhile: a late click is the engine’s to answer', async () => {
    const world = simulate()
    const sent = await world.platform.send(outgoing('k1', { account: 'li' }, { card: card() }), never())
    await world.platform.edit(sent, outgoing('k1', { account: 'li' }, { card: { title: 'Withdrawn' } }), never())
    expect((await world.page.post('click', click(sent.messageId))).status).toBe(200)
    expect(world.heard).toMatchObject([
      { kind: 'clicked', key: expect.stringMatching(/^click:/), on: sent, sentKey: 'k1' },
    ])
    await world.close()
  })
  it('is refused when the card never offered it', async () => {
    const world = simulate()
    const { messageId } = await world.platform.send(outgoing('k1', { account: 'li' }, { card: card() }), never())
    for (const forged of [{ value: '{"id":2}' }, { action: 'leave.decline' }, { message: 'm999' }]) {
      expect([404, 409]).toContain((await world.page.post('click', click(messageId, forged))).status)
    }
    expect((await world.page.post('choose', { ...click(messageId), chosen: 'x' })).status).toBe(409)
    expect(world.heard).toEqual([])
    await world.close()
  })
  it('is refused on a message that only somebody else sees', async () => {
    const world = simulate()
    const { messageId } = await world.platform.send(
      outgoing('k1', { room: 'service', onlyFor: 'wang' }, { card: card() }),
      never(),
    )
    expect((await world.page.post('click', click(messageId, { room: 'service' }))).status).toBe(404)
    await world.close()
  })
})

describe('a form', () => {
  const opened = async (answer: (values: unknown) => Answer) => {
    const world = simulate({ answers: async (event) => (event.kind === 'filled' ? answer(event.values) : { form }) })
    const { json } = await world.page.say('emma', 'service', '@Banzhang form')
    const { handle } = json['form'] as { handle: string }
    const submit = (values: object, more: object = {}) =>
      world.page.post('submit', { id: randomUUID(), account: 'emma', form: handle, values, ...more })
    return { world, submit }
  }

  it('comes back with its own value and the values given', async () => {
    const { world, submit } = await opened(() => ({ message: { text: 'Filed' } }))
    expect((await submit({ days: '3', standIns: ['wang', 'li'] })).json).toEqual({})
    expect(world.heard[1]).toMatchObject({
      kind: 'filled',
      form: 'leave.ask',
      value: '{"id":1}',
      values: { days: '3', standIns: ['wang', 'li'] },
      people: ['standIns'],
      room: 'service',
    })
    expect(last(await world.page.reads('emma', 'service'))).toMatchObject({ text: 'Filed', private: true })
    await world.close()
  })
  it('stays open with the errors of the bot, and takes the next try', async () => {
    const { world, submit } = await opened((values) =>
      (values as { days: string }).days === '4' ? { errors: { days: 'Only 3 left' } } : {},
    )
    expect((await submit({ days: '4' })).json).toEqual({ errors: { days: 'Only 3 left' } })
    expect((await submit({ days: '3' })).json).toEqual({})
    expect(world.heard).toHaveLength(3)
    await world.close()
  })
  it('does not trouble the bot with what is not filled in or not of its kind', async () => {
    const { world, submit } = await opened(() => ({}))
    expect((await submit({ days: 'six' })).json).toEqual({ errors: { days: '“six” is not a number.' } })
    expect((await submit({})).json).toEqual({ errors: { days: 'Please fill this in.' } })
    expect(world.heard).toHaveLength(1)
    await world.close()
  })
  it('is sent once: a repeat is the same, another try is told that it is closed', async () => {
    const { world, submit } = await opened(() => ({ toast: 'Filed' }))
    const id = randomUUID()
    await submit({ days: '3' }, { id })
    expect((await submit({ days: '3' }, { id })).json).toEqual({ toast: 'Filed' })
    expect(world.heard[2]).toEqual(world.heard[1])
    const again = await submit({ days: '3' })
    expect([again.status, errorOf(again)]).toEqual([409, 'form-closed'])
    await world.close()
  })
  it('belongs to the person it was shown to', async () => {
    const { world, submit } = await opened(() => ({}))
    expect((await submit({ days: '3' }, { account: 'wang' })).status).toBe(409)
    expect(world.heard).toHaveLength(1)
    await world.close()
  })
  it('may lead to the next form', async () => {
    const { world, submit } = await opened(() => ({ form: { ...form, title: 'Second step' } }))
    expect((await submit({ days: '3' })).json).toMatchObject({ form: { form: { title: 'Second step' } } })
    await world.close()
  })
})

describe('changing what one said', () => {
  const change = (message: unknown, more: object = {}) => ({
    id: randomUUID(),
    account: 'wang',
    room: 'service',
    message,
    ...more,
  })

  it('tells the bot when it had heard the message, or hears of it now', async () => {
    const world = simulate()
    await world.page.say('wang', 'service', '@班长 请假 3天')
    const message = last(await world.page.reads('wang', 'service'))?.['id']
    await world.page.post('edit', change(message, { text: '算了' }))
    await world.page.post('edit', change(message, { text: '@班长 请假 2天' }))
    await world.page.post('delete', change(message))
    expect(world.heard.slice(1)).toMatchObject([
      { kind: 'edited', messageId: message, text: '算了' },
      { kind: 'edited', messageId: message, text: '请假 2天' },
      { kind: 'deleted', messageId: message },
    ])
    expect(await world.page.reads('li', 'service')).toEqual([])
    await world.close()
  })
  it('is between people when the bot was never asked', async () => {
    const world = simulate()
    await world.page.say('wang', 'service', '早')
    const message = last(await world.page.reads('wang', 'service'))?.['id']
    await world.page.post('edit', change(message, { text: '早上好' }))
    expect(last(await world.page.reads('li', 'service'))).toMatchObject({ text: '早上好', edited: true })
    await world.page.post('delete', change(message))
    expect(world.heard).toEqual([])
    await world.close()
  })
  it('is refused to others, and for the bot’s messages', async () => {
    const world = simulate()
    await world.page.say('li', 'service', '早')
    const { messageId } = await world.platform.send(outgoing('k1', { room: 'service' }, { text: 'Morning' }), never())
    const message = (await world.page.reads('wang', 'service'))[0]?.['id']
    for (const id of [message, messageId]) {
      expect((await world.page.post('edit', change(id, { text: 'x' }))).status).toBe(403)
      expect((await world.page.post('delete', change(id))).status).toBe(403)
    }
    expect((await world.page.reads('wang', 'service')).map(({ text }) => text)).toEqual(['早', 'Morning'])
    await world.close()
  })
})

describe('the bot’s own messages', () => {
  it('fail clearly when the person, the room or the membership is not there', async () => {
    const { platform, close } = simulate()
    const sent = (to: Parameters<typeof outgoing>[1]) => platform.send(outgoing('k', to, { text: 'x' }), never())
    await expect(sent({ account: 'nobody' })).rejects.toMatchObject({ kind: 'gone', code: 'account_not_found' })
    await expect(sent({ room: 'nowhere' })).rejects.toMatchObject({ kind: 'gone', code: 'room_not_found' })
    await expect(sent({ room: 'leads', onlyFor: 'wang' })).rejects.toMatchObject({
      kind: 'refused',
      code: 'not_in_room',
    })
    await close()
  })
  it('are found by key in their room, the newest that stands, and nowhere else', async () => {
    const { platform, close } = simulate()
    const message = outgoing('k1', { account: 'wang' }, { text: 'x' })
    expect(await platform.find(message, 0, never())).toBe('absent')
    await platform.send(message, never())
    const second = await platform.send(message, never())
    expect(await platform.find(message, 0, never())).toEqual(second)
    expect(await platform.find(outgoing('k1', { room: 'service' }, {}), 0, never())).toBe('absent')
    await close()
  })
  it('show the card alone where there is one, the text else', async () => {
    const { platform, page, close } = simulate()
    await platform.send(
      outgoing('k1', { account: 'wang' }, { text: 'for a notification', card: { title: 'Card' } }),
      never(),
    )
    expect(last(await page.reads('wang', 'dm-wang'))).not.toHaveProperty('text')
    await close()
  })
  it('tell the members of a room by account and name', async () => {
    const { platform, close } = simulate()
    expect(await platform.directory?.members?.('leads', never())).toEqual([
      { account: 'li', name: '李强' },
      { account: 'chen', name: '陈静' },
    ])
    await expect(platform.directory?.members?.('nowhere', never())).rejects.toMatchObject({ kind: 'gone' })
    await close()
  })
  it('take no calls from outside', async () => {
    const { platform, close } = simulate()
    const call = platform.receive(
      { method: 'POST', url: '/', headers: {}, body: new Uint8Array(), receivedAt: 0 },
      async () => ({}),
    )
    await expect(call).rejects.toMatchObject({ kind: 'not-authentic' })
    expect(platform.paths).toEqual([])
    await close()
  })
})
