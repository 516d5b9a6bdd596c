/** Where Slack's messages go: the ways to one person, the life of a response URL, looking for a message, and the form. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '#core/clock.ts'
import type { Incoming, Outgoing, Platform, RawRequest } from '#core/platform.ts'
import { createSlack } from '../../../adapters/slack/index.ts'
import { everyField, requestCard } from '../contract/samples.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import { lookAt } from './fake-look.ts'

const START = 1_790_000_000_000
const signal = () => new AbortController().signal
let fake: FakeSlack
let slack: Platform
let an: string
let wang: string
let now: number
beforeEach(async () => {
  now = START
  fake = await startFakeSlack({ now: () => now })
  slack = createSlack(fake.config, { now: () => now, timeoutMs: 1_500 })
  an = fake.people.an
  wang = fake.people.wang
})
afterEach(() => fake.close())

async function hear(request: RawRequest): Promise<Incoming> {
  let heard: Incoming | undefined
  await slack.receive(request, async (event) => {
    heard = event
    return {}
  })
  return heard ?? expect.fail('Nothing was heard')
}
const outgoing = (
  to: Outgoing['to'],
  message: Outgoing['message'] = { text: 'You have 3 days left.' },
  key = 'k-1',
): Outgoing => ({ key, to, message, locale: 'en', accounts: {} })
const timeoff = (room = fake.rooms.general) =>
  hear(fake.slashCommand({ user: an, room, command: '/timeoff', text: '3 days' }))
const privately = (event: Incoming): Outgoing['to'] => ({
  room: event.room,
  onlyFor: event.person,
  ...(event.replyHandle === undefined ? {} : { replyHandle: event.replyHandle }),
})
const last = () => fake.posted().at(-1)
const wordsOf = (message = last()) => (message ? lookAt(message.text, message.blocks).words : '')

describe('a private answer in a channel', () => {
  it('goes by the response URL, also where the bot is not a member', async () => {
    const event = await timeoff(fake.rooms.uninvited)
    await slack.send(outgoing(privately(event)), signal())
    expect(fake.called()).toEqual(['response_url'])
    expect(last()).toMatchObject({ channel: fake.rooms.uninvited, onlyFor: an })
  })
  it('goes as an ephemeral message once the response URL has died of age', async () => {
    const event = await timeoff()
    now += 30 * MINUTE_MS
    await slack.send(outgoing(privately(event)), signal())
    expect(fake.called()).toEqual(['chat.postEphemeral'])
    expect(last()).toMatchObject({ channel: fake.rooms.general, onlyFor: an })
  })
  it('goes as an ephemeral message once the response URL is used up', async () => {
    const event = await timeoff()
    for (let n = 1; n <= 6; n += 1) await slack.send(outgoing(privately(event), { text: `Answer ${n}` }), signal())
    expect(fake.called().slice(-2)).toEqual(['response_url', 'chat.postEphemeral'])
    expect(fake.posted().map((message) => wordsOf(message))).toEqual([1, 2, 3, 4, 5, 6].map((n) => `Answer ${n}`))
  })
  it('goes to the direct message when the person is not in the channel', async () => {
    const sent = await slack.send(outgoing({ room: fake.rooms.uninvited, onlyFor: an }), signal())
    expect(sent.address).toBe(fake.rooms.direct(an))
    expect(last()?.onlyFor).toBeUndefined()
  })
  it('is not said twice when nobody knows whether it was said once', async () => {
    const event = await timeoff()
    fake.fail({ reset: 'after' })
    await expect(slack.send(outgoing(privately(event)), signal())).rejects.toMatchObject({ kind: 'unknown' })
    expect(fake.posted()).toHaveLength(1)
  })
  it('is an ordinary message in the direct room, where it can be found and changed', async () => {
    const event = await timeoff(fake.rooms.direct(an))
    const sent = await slack.send(outgoing(privately(event)), signal())
    expect(fake.called()).toEqual(['chat.postMessage'])
    await slack.edit?.(sent, outgoing(privately(event), { text: 'Corrected' }), signal())
    expect(wordsOf()).toContain('Corrected')
  })
  it('of a global shortcut goes to the direct room', async () => {
    const event = await hear(fake.shortcut({ user: an, callback: 'leave' }))
    const sent = await slack.send(outgoing({ room: event.room }), signal())
    expect(sent.address).toBe(fake.rooms.direct(an))
  })
})

describe('a message', () => {
  it('carries its key, its words for notifications, and no previews', async () => {
    await slack.send(outgoing({ room: fake.rooms.general }, { card: requestCard() }, 'key-7'), signal())
    expect(last()).toMatchObject({ metadata: { event_type: 'banzhang_message', event_payload: { key: 'key-7' } } })
    expect(last()?.previews).toBe(false)
    expect(last()?.text).toContain('Leave request')
  })
  it('to a person opens the direct room once', async () => {
    await slack.send(outgoing({ account: an }), signal())
    await slack.send(outgoing({ account: an }), signal())
    await slack.send(outgoing({ account: wang }), signal())
    expect(fake.called().filter((method) => method === 'conversations.open')).toHaveLength(2)
  })
  it('was not sent when the direct room could not be opened, however that ended', async () => {
    fake.fail({ reset: 'after' })
    await expect(slack.send(outgoing({ account: an }), signal())).rejects.toMatchObject({ kind: 'not-sent' })
    expect(fake.posted()).toEqual([])
  })
  it('to someone who is not there is gone', async () => {
    await expect(slack.send(outgoing({ account: 'U0NOBODY' }), signal())).rejects.toMatchObject({
      kind: 'gone',
      code: 'user_not_found',
    })
  })
  it('to a channel that the bot is not in is refused with the way out', async () => {
    await expect(slack.send(outgoing({ room: fake.rooms.uninvited }), signal())).rejects.toThrow('/invite @banzhang')
  })
})

describe('an ephemeral message', () => {
  async function clicked() {
    const request = fake.slashCommand({ user: an, room: fake.rooms.general, command: '/timeoff', text: '' })
    const answer = await slack.receive(request, async () => ({ message: { card: requestCard() }, key: 'k-e' }))
    const on = fake.keepAnswer(answer.body ?? '', { user: an, room: fake.rooms.general })
    const event = await hear(fake.click({ user: an, on, label: 'Approve' }))
    return event.kind === 'clicked' ? { event, on } : expect.fail('No click')
  }
  it('is replaced by the response URL of a click on it', async () => {
    const { event, on } = await clicked()
    await slack.edit?.(event.on, outgoing({ room: fake.rooms.general, onlyFor: an }, { text: 'Approved.' }), signal())
    expect(fake.called()).toEqual(['response_url'])
    expect(wordsOf(on)).toBe('Approved.')
    expect(fake.posted()).toHaveLength(1)
  })
  it('is gone for us when the click is half an hour old', async () => {
    const { event } = await clicked()
    now += 30 * MINUTE_MS
    const edit = slack.edit?.(event.on, outgoing({ room: fake.rooms.general, onlyFor: an }), signal())
    await expect(edit).rejects.toMatchObject({ kind: 'gone' })
  })
  it('is gone for us when nobody has clicked on it', async () => {
    const sent = await slack.send(outgoing({ room: fake.rooms.general, onlyFor: an }), signal())
    await expect(slack.edit?.(sent, outgoing({ room: fake.rooms.general }), signal())).rejects.toMatchObject({
      kind: 'gone',
    })
    expect(fake.called()).toEqual(['chat.postEphemeral'])
  })
})

describe('find', () => {
  it('finds a message by its blocks even if Slack has dropped the metadata', async () => {
    const message = outgoing({ account: an }, { card: requestCard() }, 'k-lost')
    const sent = await slack.send(message, signal())
    for (const stored of fake.posted()) delete (stored as { metadata?: unknown }).metadata
    expect(await slack.find?.(message, START, signal())).toEqual(sent)
    expect(await slack.find?.({ ...message, key: 'k-other' }, START, signal())).toBe('absent')
  })
  it('finds a message that has only words', async () => {
    const message = outgoing({ account: an }, { text: 'Only words' }, 'k-words')
    const sent = await slack.send(message, signal())
    for (const stored of fake.posted()) delete (stored as { metadata?: unknown }).metadata
    expect(await slack.find?.(message, START, signal())).toEqual(sent)
  })
  it('looks through several pages, and does not say absent of what it has not looked through', async () => {
    const wanted = outgoing({ room: fake.rooms.general }, { text: 'wanted' }, 'k-wanted')
    await slack.send(wanted, signal())
    fake.chat(fake.rooms.general, 450)
    expect(await slack.find?.(wanted, START, signal())).toMatchObject({ address: fake.rooms.general })
    fake.chat(fake.rooms.general, 600)
    expect(await slack.find?.(wanted, START, signal())).toBe('cannot-tell')
  })
  it('cannot tell of ephemeral messages, nor without the right to read', async () => {
    expect(await slack.find?.(outgoing({ room: fake.rooms.general, onlyFor: an }), START, signal())).toBe('cannot-tell')
    fake.fail({ error: 'missing_scope' })
    expect(await slack.find?.(outgoing({ room: fake.rooms.general }), START, signal())).toBe('cannot-tell')
    expect(await slack.find?.(outgoing({ room: fake.rooms.uninvited }), START, signal())).toBe('cannot-tell')
  })
  it('says so when it could not ask', async () => {
    fake.fail({ status: 429, retryAfter: '9' })
    await expect(slack.find?.(outgoing({ room: fake.rooms.general }), START, signal())).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 9_000,
    })
  })
})

describe('a form', () => {
  it('opens as a placeholder at once and becomes the form', async () => {
    const event = await timeoff()
    const opened = await slack.openForm?.(event, { placeholder: 'zh-CN' })
    expect(JSON.stringify(fake.views())).toContain('正在准备…')
    now += 10 * MINUTE_MS
    await slack.openForm?.(event, { form: everyField() }, opened)
    expect(fake.called()).toEqual(['views.open', 'views.update'])
    expect(JSON.stringify(fake.views())).not.toContain('正在准备…')
  })
  it('becomes the reason why there is none', async () => {
    const event = await timeoff()
    const opened = await slack.openForm?.(event, { placeholder: 'en' })
    await slack.openForm?.(event, { message: { text: 'You have no days left.' }, locale: 'en' }, opened)
    expect(JSON.stringify(fake.views())).toContain('You have no days left.')
  })
  it('opens on a click too', async () => {
    await slack.send(outgoing({ account: an }, { card: requestCard() }), signal())
    const on = last() ?? expect.fail('Nothing was posted')
    const event = await hear(fake.click({ user: an, on, label: 'Approve' }))
    expect(await slack.openForm?.(event, { form: everyField() })).toEqual({ handle: fake.views()[0]?.id })
  })
  it.each([
    ['more than 3 s after the command', 'expired_trigger_id'],
    ['a second time', 'exchanged_trigger_id'],
  ])('does not open %s, and is tried once only', async (_, code) => {
    const event = await timeoff()
    if (code === 'expired_trigger_id') now += 3_000
    else await slack.openForm?.(event, { placeholder: 'en' })
    const before = fake.called().length
    await expect(slack.openForm?.(event, { placeholder: 'en' })).rejects.toMatchObject({ kind: 'gone', code })
    expect(fake.called()).toHaveLength(before + 1)
  })
  it('does not open on plain words', async () => {
    const event = await hear(fake.message({ user: an, text: 'leave' }))
    await expect(slack.openForm?.(event, { placeholder: 'en' })).rejects.toMatchObject({ kind: 'refused' })
    expect(fake.called()).toEqual([])
  })
  it('is answered by the response URL of the command that opened it', async () => {
    const event = await timeoff(fake.rooms.uninvited)
    await slack.openForm?.(event, { form: everyField() })
    const [view] = fake.views()
    const filled = await hear(
      fake.submit({ user: an, view: view ?? expect.fail('No view'), values: { title: 'Trip', days: '3' } }),
    )
    expect(filled.room).toBe(fake.rooms.uninvited)
    await slack.send(outgoing(privately(filled)), signal())
    expect(fake.called().at(-1)).toBe('response_url')
  })
})

describe('the directory', () => {
  it('finds a person by e-mail, and says when there is none', async () => {
    expect(await slack.directory?.byEmail?.('wang@department.example', signal())).toEqual({
      account: wang,
      name: 'Wang Li',
      email: 'wang@department.example',
    })
    expect(await slack.directory?.byEmail?.('nobody@department.example', signal())).toBeUndefined()
  })
  it('knows the bot itself, so that a channel without it is found out', async () => {
    expect(await slack.directory?.self?.(signal())).toEqual({ account: fake.bot })
  })
  it('lists all members of a channel, over all pages', async () => {
    const members = await slack.directory?.members?.(fake.rooms.general, signal())
    expect(members?.map((member) => member.account)).toEqual([an, wang, fake.bot])
  })
})
