/** What people do on Lark, as the events tell it, and what it is for us. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Incoming } from '#core/platform.ts'
import { createLark } from '../../../adapters/lark/index.ts'
import { everyField, outgoing } from '../contract/samples.ts'
import { type FakeLark, startFakeLark } from './fake.ts'
import type { Json } from './fake-json.ts'
import { BOT_MENTION } from './fake-requests.ts'
import { GENERAL } from './fake-store.ts'
import { SOON } from './socket-support.ts'

let fake: FakeLark
beforeEach(async () => {
  fake = await startFakeLark()
})
afterEach(() => fake.stopListening())

async function hear(body: Json, lark = createLark(fake.config), answer: Answer = {}) {
  let event: Incoming | undefined
  const { status, body: text = '' } = await lark.receive(fake.sign(body), async (heard) => {
    event = heard
    return answer
  })
  return { event, status, answer: text }
}
const direct = (type: string, content: Json) => fake.message({ user: 'ou_an', type, content, id: 'om_1' })
const inGroup = (text: string, mentions: readonly Json[]) =>
  fake.message({ user: 'ou_an', room: GENERAL, text, mentions })
const wang = { key: '@_user_2', id: { open_id: 'ou_wang' }, name: 'Wang *Li*', mentioned_type: 'user' }

describe('words', () => {
  it.each<[string, () => Json, string]>([
    ['a slash stays where it was typed', () => direct('text', { text: '/leave 3 days' }), '/leave 3 days'],
    [
      'others are named as they are called',
      () => inGroup('@_user_1 换班 @_user_2', [BOT_MENTION, wang]),
      '换班 @Wang *Li*',
    ],
    ['a mention in the middle falls away', () => inGroup('hi @_user_1 leave', [BOT_MENTION]), 'hi leave'],
    [
      'a key is not found in a longer one',
      () => inGroup('@_user_10 and @_user_1', [BOT_MENTION, { ...wang, key: '@_user_10' }]),
      '@Wang *Li* and',
    ],
    ['everybody is a word', () => inGroup('@_user_1 tell @_all', [BOT_MENTION]), 'tell @所有人'],
    ['a key typed by hand stays', () => direct('text', { text: 'what is @_user_7' }), 'what is @_user_7'],
    [
      'a rich text is its lines',
      () =>
        direct('post', {
          title: '请假',
          content: [
            [
              { tag: 'text', text: '3天 ' },
              { tag: 'a', text: 'link', href: 'https://x.example' },
            ],
            [{ tag: 'emotion', emoji_type: 'OK' }],
            [{ tag: 'text', text: '下周' }],
          ],
        }),
      '请假\n3天 link\n\n下周',
    ],
  ])('%s', async (_, body, text) => {
    expect((await hear(body())).event).toMatchObject({ kind: 'said', text })
  })

  it('a group hears only what calls the bot: another bot, another person or everybody do not', async () => {
    const lark = createLark(fake.config)
    await hear(inGroup('@_user_1 first', [BOT_MENTION]), lark)
    await expect.poll(() => fake.names(), SOON).toContain('bot.info')
    const other = { ...BOT_MENTION, id: { open_id: 'ou_other_bot' } }
    for (const mentions of [[], [wang], [other], [{ key: '@_all', id: {}, name: '所有人' }]])
      await expect.poll(async () => (await hear(inGroup('@_user_1 x', mentions), lark)).event, SOON).toBeUndefined()
    expect((await hear(inGroup('@_user_1 x', [wang, BOT_MENTION]), lark)).event).toBeDefined()
  })

  it('a message that mentions the bot in a group can be answered by its id', async () => {
    const { event } = await hear(fake.mention({ user: 'ou_an', room: GENERAL, text: 'leave', id: 'om_9' }))
    expect(event).toMatchObject({
      key: 'm:om_9',
      replyHandle: 'om_9',
      messageId: 'om_9',
      roomKind: 'group',
      canCarry: [],
    })
  })

  it.each(['sticker', 'share_chat', 'location', 'audio', 'interactive', 'kind_of_tomorrow'])(
    'a %s asks for nothing and is acknowledged',
    async (type) => {
      expect(await hear(direct(type, { x: 1 }))).toMatchObject({ event: undefined, status: 200 })
    },
  )

  it('apps are no people', async () => {
    expect((await hear(fake.message({ user: 'ou_app', text: 'leave', isApp: true }))).event).toBeUndefined()
  })
})

describe('files', () => {
  it.each<[string, Json, object]>([
    ['a file', { file_key: 'f1', file_name: '病假条.pdf' }, { id: 'f1', name: '病假条.pdf' }],
    ['a file without a name', { file_key: 'f1' }, { id: 'f1', name: 'f1' }],
  ])('%s comes with what finds it again', async (_, content, file) => {
    const { event } = await hear(direct('file', content))
    expect(event).toMatchObject({ text: '', files: [{ ...file, handle: '{"messageId":"om_1","type":"file"}' }] })
  })
  it('pictures come by themselves and in a rich text', async () => {
    const picture = { id: 'img1', name: 'image.png', handle: '{"messageId":"om_1","type":"image"}' }
    expect((await hear(direct('image', { image_key: 'img1' }))).event).toMatchObject({ text: '', files: [picture] })
    const post = { content: [[{ tag: 'text', text: '病假条' }], [{ tag: 'img', image_key: 'img1' }]] }
    expect((await hear(direct('post', post))).event).toMatchObject({ text: '病假条', files: [picture] })
  })
})

describe('other gestures', () => {
  it('an entry of the menu says its key, in the direct message', async () => {
    const { event } = await hear(fake.menu({ user: 'ou_an', key: '请假' }))
    expect(event).toMatchObject({ kind: 'said', text: '请假', person: 'ou_an', room: 'ou_an', roomKind: 'direct' })
  })

  it('what was said to another process and taken back is asked for; taken back by others it is no change of mind', async () => {
    fake.store.keep({ id: 'om_7', room: GENERAL, sender: 'ou_wang', type: 'text', content: {} })
    const { event } = await hear(fake.recall({ id: 'om_7', room: GENERAL }))
    expect(event).toMatchObject({ kind: 'deleted', messageId: 'om_7', person: 'ou_wang', key: 'd:om_7' })
    expect((await hear(fake.recall({ id: 'om_7', room: GENERAL, by: 'group_owner' }))).event).toBeUndefined()
    expect(await hear(fake.recall({ id: 'om_unknown', room: GENERAL }))).toMatchObject({
      event: undefined,
      status: 200,
    })
  })

  it.each<[string, (fake: FakeLark) => Json]>([
    ['an event that is none of ours', (lark) => lark.event('im.message.message_read_v1', { reader: {} })],
    [
      'an event of the first version',
      (lark) => ({
        uuid: 'u',
        token: lark.config.verificationToken,
        type: 'event_callback',
        event: { type: 'message' },
      }),
    ],
    [
      'a click on a card that is not ours',
      (lark) =>
        lark.event('card.action.trigger', {
          operator: { open_id: 'ou_an' },
          action: { value: { x: 1 } },
          context: { open_message_id: 'om_1', open_chat_id: 'oc_1' },
        }),
    ],
  ])('%s is acknowledged and not heard', async (_, body) => {
    expect(await hear(body(fake))).toMatchObject({ event: undefined, status: 200, answer: '{}' })
  })

  it.each<[string, Json]>([
    [
      'without a message id',
      { sender: { sender_type: 'user', sender_id: { open_id: 'ou_an' } }, message: { chat_id: 'oc_1' } },
    ],
    [
      'whose content is no JSON',
      {
        sender: { sender_type: 'user', sender_id: { open_id: 'ou_an' } },
        message: { message_id: 'om_1', chat_id: 'oc_1', chat_type: 'p2p', message_type: 'text', content: '{"te' },
      },
    ],
  ])('a message %s is told as malformed, without its words', async (_, event) => {
    await expect(hear(fake.event('im.message.receive_v1', event))).rejects.toMatchObject({ name: 'MalformedCall' })
  })
})

describe('a form', () => {
  async function openForm() {
    const lark = createLark(fake.config)
    const message = outgoing('form-1', { account: 'ou_an' }, { form: everyField() }, { locale: 'zh-CN' })
    const { messageId } = await lark.send(message, new AbortController().signal)
    const on = () => fake.store.messages.find(({ id }) => id === messageId) ?? expect.fail('the form is not there')
    return { lark, on }
  }
  const values = { title: '2026-09-28 +0800', from: '2026-09-28', at: '16:30', days: ' 3.5 ', standIns: ['ou_wang'] }

  it('brings every kind of value: only dates and times lose their zone', async () => {
    const { lark, on } = await openForm()
    const { event } = await hear(fake.submit({ user: 'ou_an', on: on(), values }), lark)
    expect(event).toMatchObject({
      kind: 'filled',
      values,
      people: ['standIns'],
      // By it a form that was taken is known, whatever Lark sends of it afterwards.
      sentKey: 'form-1',
      canCarry: ['errors', 'toast'],
      roomKind: 'direct',
    })
    expect(event?.kind === 'filled' && Object.keys(event.values)).not.toContain('reason')
  })

  it('that was refused stays open, and the toast names each field and its error, and those of the whole', async () => {
    const { lark, on } = await openForm()
    const errors = { days: '最多 30 天。', '': '这几天已经请过假。' }
    const { answer } = await hear(fake.submit({ user: 'ou_an', on: on(), values }), lark, { errors })
    expect(fake.take(answer, on())).toEqual({ type: 'error', content: 'Days：最多 30 天。\n这几天已经请过假。' })
    expect(JSON.stringify(on().content)).toContain('"tag":"form"')
  })

  it('that was taken is gone from its card, in the language it was asked in, and cannot be sent in twice', async () => {
    const { lark, on } = await openForm()
    const { answer } = await hear(fake.submit({ user: 'ou_an', on: on(), values }), lark, { toast: '已收到' })
    expect(fake.take(answer, on())).toEqual({ type: 'success', content: '已收到' })
    expect(JSON.stringify(on().content)).not.toContain('"tag":"form"')
    expect(JSON.stringify(on().content)).toContain('已提交')
    expect(JSON.stringify(on().content)).toContain('Ask for leave')
  })

  it('whose errors are too long for a toast has them cut, visibly', async () => {
    const { lark, on } = await openForm()
    const { answer } = await hear(fake.submit({ user: 'ou_an', on: on(), values }), lark, {
      errors: { '': '长'.repeat(9_000) },
    })
    const { content = '' } = fake.take(answer, on()) ?? {}
    expect(content.length).toBeLessThanOrEqual(300)
    expect(content).toMatch(/长…$/)
  })
})
