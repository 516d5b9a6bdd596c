/** What each event of Slack's is for us, and which are none of ours. */
import { describe, expect, it } from 'vitest'
import { MalformedCall } from '#core/platform.ts'
import { decodeEvent } from '../../../adapters/slack/decode.ts'
import { changedEvent, envelope, mentionEvent, messageEvent, removedEvent } from './fake-calls.ts'
import { WORKSPACE } from './fake-store.ts'

const unknownBot = { receivedAt: 0, knownBot: () => undefined }

function decode(event: Readonly<Record<string, unknown>>, moment = unknownBot) {
  const body = envelope(WORKSPACE, 'Ev1', event)
  return decodeEvent('json' in body ? body.json : undefined, moment)
}
/** The same without `authorizations`, as some deliveries come. */
function decodeUnnamed(event: Readonly<Record<string, unknown>>, knownBot: string | undefined) {
  return decodeEvent({ team_id: WORKSPACE.team, event }, { receivedAt: 0, knownBot: () => knownBot })
}

describe('decodeEvent', () => {
  it('gives app_mention and message for one message the same key', () => {
    const text = `<@${WORKSPACE.bot}> leave 3 days`
    const mention = decode(mentionEvent('C1', 'U1', '17.1', text))
    const message = decode(messageEvent('C1', 'U1', '17.1', text))
    expect(mention?.key).toBe('m:T0TEAM:C1:17.1')
    expect(message).toEqual(mention)
  })

  it('tells messages of different rooms, times and teams apart', () => {
    const keys = [
      decode(messageEvent('D1', 'U1', '17.1', 'x')),
      decode(messageEvent('D2', 'U1', '17.1', 'x')),
      decode(messageEvent('D1', 'U1', '17.2', 'x')),
      decodeEvent({ team_id: 'T2', event: messageEvent('D1', 'U1', '17.1', 'x') }, unknownBot),
    ].map((event) => event?.key)
    expect(new Set(keys).size).toBe(4)
  })

  it.each([
    ['a bot', { bot_id: 'B9' }],
    ['a bot with the old subtype', { subtype: 'bot_message', bot_id: 'B9' }],
    ['the bot itself', { user: WORKSPACE.bot }],
    ['someone joining', { subtype: 'channel_join' }],
    ['a changed topic', { subtype: 'channel_topic' }],
    ['nobody', { user: undefined }],
  ])('hears nothing from %s', (_, change) => {
    expect(decode({ ...messageEvent('D1', 'U1', '17.1', 'leave'), ...change })).toBeUndefined()
    expect(decode({ ...mentionEvent('C1', 'U1', '17.1', `<@${WORKSPACE.bot}> leave`), ...change })).toBeUndefined()
  })

  it.each(['file_share', 'thread_broadcast', 'me_message'])('hears the words of a %s', (subtype) => {
    expect(decode({ ...messageEvent('D1', 'U1', '17.1', 'leave'), subtype })).toMatchObject({
      kind: 'said',
      text: 'leave',
    })
  })

  it('leaves alone what a channel says without naming the bot, and who is named instead', () => {
    expect(decode(messageEvent('C1', 'U1', '17.1', 'leave'))).toBeUndefined()
    expect(decode(messageEvent('C1', 'U1', '17.1', '<@U2> leave'))).toBeUndefined()
    expect(decode(messageEvent('G1', 'U1', '17.1', 'leave'))).toBeUndefined()
  })

  it('strips the mention that called it when Slack does not say who the bot is', () => {
    const event = mentionEvent('C1', 'U1', '17.1', '<@U0BOT> ask <@U2>')
    expect(decodeUnnamed(event, undefined)).toMatchObject({ text: 'ask <@U2>' })
    expect(decodeUnnamed({ ...event, text: '<@U2> ask <@U0BOT>' }, 'U0BOT')).toMatchObject({ text: '<@U2> ask' })
  })

  it('does not ask who the bot is when Slack has said so', () => {
    let asked = 0
    const knownBot = () => {
      asked += 1
      return undefined
    }
    decode(messageEvent('D1', 'U1', '17.1', 'x'), { receivedAt: 0, knownBot })
    expect(asked).toBe(0)
  })

  it('names each edit of a message by its own key, and never that of the message', () => {
    const first = decode(changedEvent('D1', 'U1', '17.1', 'leave 3 days', 'leave 2 days', '18.1'))
    const second = decode(changedEvent('D1', 'U1', '17.1', 'leave 2 days', 'leave 1 day', '19.1'))
    expect(first).toMatchObject({
      kind: 'edited',
      key: 'e:T0TEAM:D1:17.1:18.1',
      messageId: '17.1',
      text: 'leave 2 days',
    })
    expect(second?.key).toBe('e:T0TEAM:D1:17.1:19.1')
  })

  it('takes no preview, no own edit and no edit of others for an edit', () => {
    const changed = changedEvent('D1', 'U1', '17.1', 'a', 'b', '18.1')
    const { edited: _, ...unedited } = changed.message
    expect(decode({ ...changed, message: unedited })).toBeUndefined()
    expect(decode({ ...changed, message: { ...changed.message, text: 'a' } })).toBeUndefined()
    expect(decode({ ...changed, message: { ...changed.message, bot_id: 'B1' } })).toBeUndefined()
    expect(decode(changedEvent('C1', 'U1', '17.1', 'a', 'b', '18.1'))).toBeUndefined()
  })

  it('hears an edit in a channel that names the bot, before or after', () => {
    const called = `<@${WORKSPACE.bot}> leave`
    expect(decode(changedEvent('C1', 'U1', '17.1', called, 'never mind', '18.1'))).toMatchObject({ text: 'never mind' })
    expect(decode(changedEvent('C1', 'U1', '17.1', 'leave', called, '18.1'))).toMatchObject({ text: 'leave' })
  })

  it('takes a gravestone for a deleted message, with the same key as the deletion', () => {
    const removed = decode(removedEvent('D1', 'U1', '17.1', 'leave', '18.1'))
    const changed = changedEvent('D1', 'U1', '17.1', 'leave', '', '18.1')
    const stone = decode({ ...changed, message: { ...changed.message, subtype: 'tombstone', user: 'USLACKBOT' } })
    expect(removed).toMatchObject({ kind: 'deleted', key: 'd:T0TEAM:D1:17.1', messageId: '17.1', person: 'U1' })
    expect(stone).toEqual(removed)
  })

  it('hears no deletion of its own messages, nor one that does not say whose it was', () => {
    const removed = removedEvent('D1', 'U1', '17.1', 'leave', '18.1')
    expect(decode({ ...removed, previous_message: { ...removed.previous_message, bot_id: 'B1' } })).toBeUndefined()
    expect(decode({ ...removed, previous_message: undefined })).toBeUndefined()
  })

  it('leaves other kinds of events alone', () => {
    for (const type of ['reaction_added', 'message_metadata_posted', 'team_join', 'something_new'])
      expect(decode({ type })).toBeUndefined()
  })

  it.each([
    ['an event without a type', { event: {} }],
    ['a message without a channel', { event: { type: 'message', user: 'U1', ts: '1.1', text: 'x' } }],
    ['a message whose time is a number', { event: { type: 'message', channel: 'D1', user: 'U1', ts: 1.1, text: 'x' } }],
    [
      'a changed message without the message',
      { event: { type: 'message', subtype: 'message_changed', channel: 'D1', ts: '1.1' } },
    ],
    ['no event', {}],
    ['nothing', undefined],
  ])('cannot read %s, and says which part', (_, body) => {
    expect(() => decodeEvent(body, unknownBot)).toThrow(MalformedCall)
  })
})
