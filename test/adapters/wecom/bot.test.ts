/** What the smart bot says, what a press on it brings, and what becomes of what failed. */
import { describe, expect, it } from 'vitest'
import { select } from '#core/card.ts'
import { everyField, HOSTILE, largestCard, options, outgoing, PICTURE, Pick, requestCard } from '../contract/samples.ts'
import { botStage, GROUP, hears, type Running, say, signal } from './bot-support.ts'
import { pressFrom } from './fake-bot-people.ts'

const stage = botStage()

describe('what is said', () => {
  it('reaches a group, a private chat and an account, and says where it lies', async () => {
    const { bot } = await stage.listening()
    const sent = [
      await say(bot, GROUP, { text: '大家好' }, 'k-1'),
      await say(bot, { room: 'bot:@wangli' }, { text: '你好' }, 'k-2'),
      await say(bot, { account: 'wangli' }, { text: '在吗' }, 'k-3'),
    ]
    expect(sent.map(({ address }) => address)).toEqual(['bot:wr-1', 'bot:@wangli', 'bot:@wangli'])
    expect(stage.fake.shown.map(({ chatId, body }) => [chatId, body['content']])).toEqual([
      ['wr-1', '大家好'],
      ['wangli', '你好'],
      ['wangli', '在吗'],
    ])
  })

  it('stays data, whoever typed it; links and bold words are ours alone', async () => {
    const { bot } = await stage.listening()
    await say(bot, GROUP, { text: [HOSTILE, { newline: true }, '# no heading\n> no quotation &lt;@U1>'] }, 'k-1')
    await say(
      bot,
      GROUP,
      { text: [{ bold: 'a*b' }, ' ', { link: 'the [sheet]', url: 'https://bot.example/s?a=(1)' }] },
      'k-2',
    )
    const [data, ours] = stage.contents()
    expect(data).not.toMatch(/[<[\]*`~]|^\s*[#>]|&lt;/m)
    expect(data).toContain('＜@U1>')
    expect(ours).toBe('**a＊b** [the ［sheet］](https://bot.example/s?a=%281%29)')
  })

  it('is a card alone where all its words fit, and words before the card where they do not', async () => {
    const { bot } = await stage.listening()
    await say(bot, GROUP, { card: requestCard() }, 'k-1')
    expect(stage.fake.shown.map(({ msgtype }) => msgtype)).toEqual(['template_card'])
    expect(stage.cardOf(0)).toMatchObject({
      main_title: { title: '⏳ Leave request' },
      sub_title_text: 'An Lin asks for leave\n• first line\n• second line\nPolicy version 7',
      horizontal_content_list: [
        { keyname: 'Days', value: '3' },
        { keyname: 'From', value: '2026-09-28' },
      ],
    })
    expect(stage.cardOf(0).button_list.map(({ text }) => text)).toEqual(['Choose', 'Approve'])
    await say(
      bot,
      GROUP,
      { card: { ...requestCard(), text: 'Long '.repeat(60), link: { label: 'Page', url: 'https://bot.example/f' } } },
      'k-2',
    )
    expect(stage.fake.shown.slice(1).map(({ msgtype }) => msgtype)).toEqual(['markdown', 'template_card'])
    expect(stage.contents()[1]).toMatch(/Leave request[\s\S]*Days: 3[\s\S]*\[Page\]\(https:\/\/bot\.example\/f\)/)
    await say(bot, GROUP, { card: { title: 'Nothing to press', text: 'x' } }, 'k-3')
    expect(stage.contents()[3]).toBe('**Nothing to press**\nx')
  })

  it('stays within WeCom’s bounds at its largest, and says what is left out', async () => {
    const { bot } = await stage.listening()
    await say(bot, GROUP, { card: { ...largestCard(), text: '字'.repeat(60_000) } }, 'k-1', { locale: 'zh-CN' })
    expect(stage.fake.shown.map(({ msgtype }) => msgtype)).toEqual([
      ...Array(4).fill('markdown'),
      'template_card',
      'template_card',
    ])
    expect(stage.contents()[3]).toMatch(/…（还有 \d+ 字）$/)
    expect(stage.cardOf(4).button_list).toHaveLength(5)
  })

  it('is the link to a form’s page, or why there is none', async () => {
    const { bot } = await stage.listening()
    const form = {
      form: 'f',
      value: '{}',
      title: 'Leave',
      fields: [{ kind: 'date' as const, name: 'from', label: 'From' }],
      submit: 'Send',
      cancel: 'No',
    }
    await say(bot, { account: 'wangli' }, { form: { ...form, page: 'https://bot.example/forms/t' } }, 'k-1')
    await say(bot, { account: 'wangli' }, { form }, 'k-2')
    expect(stage.contents()[0]).toMatch(/Leave[\s\S]*From[\s\S]*\]\(https:\/\/bot\.example\/forms\/t\)/)
    expect(stage.contents()[1]).toContain('PUBLIC_URL')
  })

  it('is a file under its caption', async () => {
    const { bot } = await stage.listening()
    const { name, mediaType, bytes } = PICTURE
    const file = { name, mediaType, size: bytes.byteLength, read: async () => bytes }
    await say(bot, GROUP, { text: 'The paper', file: { id: '1', name } }, 'k-1', { file })
    const [caption, picture] = stage.fake.shown
    expect([caption?.body['content'], picture?.msgtype]).toEqual(['The paper', 'image'])
    const media = stage.fake.media.get(String(picture?.body['media_id']))
    expect(media?.name).toBe(name)
    expect(new Uint8Array(media?.bytes ?? [])).toEqual(bytes)
    const large = { name, mediaType, size: 30_000_000, read: async () => bytes }
    await expect(say(bot, GROUP, { file: { id: '1', name } }, 'k-2', { file: large })).rejects.toMatchObject({
      kind: 'refused',
    })
  })

  it('to one person in a group is said privately; the group learns of it once for each thing that was asked', async () => {
    const { bot } = await stage.listening()
    const to = { ...GROUP, onlyFor: 'wangli', replyHandle: 'msg-1' }
    const sent = await say(bot, to, { text: 'You have 3 days left.' }, 'k-1')
    await say(bot, to, { text: 'And this.' }, 'k-2')
    await say(bot, { ...to, replyHandle: 'msg-2' }, { text: 'Other.' }, 'k-3')
    await say(bot, { ...GROUP, onlyFor: 'wangli' }, { text: 'Unasked.' }, 'k-4')
    expect(sent.address).toBe('bot:@wangli')
    expect(stage.fake.shown.map(({ chatId, body }) => [chatId, body['content']])).toEqual([
      ['wangli', 'You have 3 days left.'],
      ['wr-1', 'Answered privately.'],
      ['wangli', 'And this.'],
      ['wangli', 'Other.'],
      ['wr-1', 'Answered privately.'],
      ['wangli', 'Unasked.'],
    ])
  })

  it('is not said twice because the group could not be told', async () => {
    const { bot, logged } = await stage.listening()
    stage.fake.answers = ({ body }) => (body['chatid'] === 'wr-1' ? 86003 : undefined)
    await say(bot, { ...GROUP, onlyFor: 'wangli', replyHandle: 'msg-1' }, { text: 'x' })
    expect(stage.contents()).toEqual(['x'])
    expect(logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })
})

describe('a press', () => {
  const pressed = async (on: Running, n: number, chosen?: string) => {
    const { taskId = '', body } = stage.fake.shown.at(-1) ?? expect.fail('no card')
    const submit = body['submit_button'] as { key: string } | undefined
    const { key } = submit ?? (body['button_list'] as { key: string }[])[n] ?? expect.fail('no button')
    const before = on.heard.length
    const press = { key, taskId, ...(chosen === undefined ? {} : { options: [chosen] }) }
    stage.fake.push('aibot_event_callback', pressFrom('wangli', press, 'wr-1'))
    return hears(on, before + 1)
  }

  it('brings its action, its value, the choice, its message and the key that was sent with', async () => {
    const on = await stage.listening()
    const sent = await say(on.bot, GROUP, { card: requestCard() }, 'key-of-card>person:1')
    const about = { person: 'wangli', room: 'bot:wr-1', value: '{"requestId":"R1"}', sentKey: 'key-of-card>person:1' }
    const on1 = { address: 'bot:wr-1', messageId: sent.messageId }
    const chosen = await pressed(on, 0, 'o2')
    expect(chosen).toMatchObject({ ...about, kind: 'clicked', action: 'contract.pick', chosen: 'o2', on: on1 })
    const approved = await pressed(on, 1, 'o2')
    expect(approved).toMatchObject({ ...about, kind: 'clicked', action: 'contract.approve', on: on1 })
    expect('chosen' in approved).toBe(false)
  })

  it('on any of the cards of a long menu is the same message', async () => {
    const on = await stage.listening()
    const menu = select(Pick, { requestId: 'R1' }, { label: 'Stand-in', options: options(45) })
    const sent = await say(on.bot, GROUP, { card: { title: 'Who?', select: menu } })
    expect(await pressed(on, 0, 'o44')).toMatchObject({
      chosen: 'o44',
      action: 'contract.pick',
      on: { messageId: sent.messageId },
      sentKey: 'k-1',
    })
  })

  it('is answered by the change of its card, within five seconds and once it was pressed; otherwise it is gone', async () => {
    const on = await stage.listening()
    const sent = await say(on.bot, GROUP, { card: requestCard() })
    const change = (at: typeof sent) =>
      on.bot.edit(at, outgoing('k-2', GROUP, { card: { title: 'Approved by Wang Li', tone: 'good' } }), signal())
    await expect(change(sent)).rejects.toMatchObject({ kind: 'gone' })
    const event = await pressed(on, 1)
    if (event.kind !== 'clicked') throw new Error('no click')
    on.time.now += 4_000
    const now = await change(event.on)
    expect(now).toEqual(sent)
    expect(stage.fake.shown).toHaveLength(1)
    expect(stage.cardOf(0)).toMatchObject({
      main_title: { title: '✅ Approved by Wang Li' },
      button_list: [{ text: 'Closed' }],
    })
    on.time.now += 1_000
    await expect(change(event.on)).rejects.toMatchObject({ kind: 'gone' })
  })

  it('is not answered by a card that could not show all there is to choose from: it gets a successor', async () => {
    const on = await stage.listening()
    await say(on.bot, GROUP, { card: requestCard() })
    const event = await pressed(on, 1)
    if (event.kind !== 'clicked') throw new Error('no click')
    const menu = select(Pick, { requestId: 'R1' }, { label: 'Stand-in', options: options(25) })
    const change = on.bot.edit(event.on, outgoing('k-2', GROUP, { card: { ...requestCard(), select: menu } }), signal())
    await expect(change).rejects.toMatchObject({ kind: 'gone' })
  })

  it('answered by a form leaves its title on the card, and the link below it', async () => {
    const on = await stage.listening()
    await say(on.bot, GROUP, { card: requestCard() })
    const event = await pressed(on, 1)
    if (event.kind !== 'clicked') throw new Error('no click')
    const form = { ...everyField(), page: 'https://bot.example/forms/t' }
    await on.bot.edit(event.on, outgoing('k-2', GROUP, { form }), signal())
    expect(stage.cardOf(0)['main_title']).toEqual({ title: form.title })
    expect(stage.contents()[1]).toContain('(https://bot.example/forms/t)')
  })

  it('whose answer WeCom refuses is gone: the card gets a successor', async () => {
    const on = await stage.listening()
    await say(on.bot, GROUP, { card: requestCard() })
    const event = await pressed(on, 1)
    stage.fake.answers = ({ cmd }) => (cmd === 'aibot_respond_update_msg' ? 846_605 : undefined)
    if (event.kind !== 'clicked') throw new Error('no click')
    const change = on.bot.edit(event.on, outgoing('k-2', GROUP, { text: 'Approved.' }), signal())
    await expect(change).rejects.toMatchObject({ kind: 'gone', code: '846605' })
  })
})

describe('a failure', () => {
  it.each([
    [45009, { kind: 'rate-limited', code: '45009', retryAfterMs: 60_000 }],
    [86003, { kind: 'gone' }],
    [40003, { kind: 'gone' }],
    [45002, { kind: 'refused', code: '45002' }],
    [-1, { kind: 'not-sent' }],
    ['silent' as const, { kind: 'unknown', code: 'no_answer' }],
    ['drop' as const, { kind: 'unknown', code: 'broken' }],
  ])('is told by its kind: %s', async (answer, expected) => {
    const { bot } = await stage.listening(undefined, { timeoutMs: answer === 'silent' ? 40 : 1_500 })
    stage.fake.answers = ({ cmd }) => (cmd === 'aibot_send_msg' ? answer : undefined)
    await expect(say(bot, GROUP, { text: 'secret words' })).rejects.toMatchObject({
      name: 'PlatformError',
      ...expected,
    })
    const words = await say(bot, GROUP, { text: 'secret words' }, 'k-2').catch((error: Error) => error.message)
    expect(words).not.toMatch(/secret/)
  })

  it('of an upload has shown nothing, so that it can be tried again', async () => {
    const { bot } = await stage.listening()
    stage.fake.answers = ({ cmd }) => (cmd === 'aibot_upload_media_init' ? 'drop' : undefined)
    const { name, mediaType, bytes } = PICTURE
    const file = { name, mediaType, size: bytes.byteLength, read: async () => bytes }
    await expect(say(bot, GROUP, { file: { id: '1', name } }, 'k', { file })).rejects.toMatchObject({
      kind: 'not-sent',
    })
  })

  it('of which nobody knows is not made good by saying it again: a repeat may be the second', async () => {
    const { bot } = await stage.listening(undefined, { timeoutMs: 40 })
    stage.fake.answers = ({ cmd }) => (cmd === 'aibot_send_msg' ? 'silent' : undefined)
    await expect(say(bot, GROUP, { text: 'once' })).rejects.toMatchObject({ kind: 'unknown' })
    stage.fake.answers = () => undefined
    await expect(say(bot, GROUP, { text: 'once' })).rejects.toMatchObject({ kind: 'refused', code: 'may_be_there' })
    expect(stage.contents()).toEqual(['once'])
    // Whoever tries again after that, wants it.
    await say(bot, GROUP, { text: 'once' })
    expect(stage.contents()).toEqual(['once', 'once'])
  })

  it('in the middle of a message is gone on from: no part is said twice, and a card that is there is known', async () => {
    const { bot } = await stage.listening(undefined, { timeoutMs: 100 })
    const card = { ...requestCard(), text: 'Long '.repeat(60) }
    stage.fake.answers = ({ body }) => (body['msgtype'] === 'template_card' ? 'silent' : undefined)
    await expect(say(bot, GROUP, { card })).rejects.toMatchObject({ kind: 'unknown' })
    stage.fake.answers = () => undefined
    await say(bot, GROUP, { card })
    expect(stage.fake.shown.map(({ msgtype }) => msgtype)).toEqual(['markdown', 'template_card'])
  })

  it('comes before WeCom drops what is too much for a conversation', async () => {
    const { bot, time } = await stage.listening()
    for (let n = 0; n < 30; n++) await say(bot, GROUP, { text: `${n}` }, `k-${n}`)
    time.now += 10_000
    await expect(say(bot, GROUP, { text: 'more' }, 'k-30')).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 50_000,
    })
    await say(bot, { room: 'bot:wr-2' }, { text: 'elsewhere' }, 'k-31')
    time.now += 50_000
    await say(bot, GROUP, { text: 'more' }, 'k-30')
  })

  it('to be connected, or a call called off before it began, has certainly said nothing', async () => {
    const { bot, stop } = await stage.listening()
    await expect(bot.send(outgoing('k', GROUP, { text: 'x' }), AbortSignal.abort())).rejects.toMatchObject({
      kind: 'not-sent',
    })
    await stop()
    await expect(say(bot, GROUP, { text: 'x' })).rejects.toMatchObject({ kind: 'not-sent', code: 'no_connection' })
    expect(stage.fake.shown).toEqual([])
  })
})
