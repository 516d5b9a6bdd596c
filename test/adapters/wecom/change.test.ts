/** Changing cards by the app: with the codes that WeCom gave, once each, and the several cards of a long menu. */
import { describe, expect, it } from 'vitest'
import { select } from '#core/card.ts'
import type { Platform } from '#core/platform.ts'
import { createWecom } from '../../../adapters/wecom/index.ts'
import { options, outgoing, Pick, requestCard } from '../contract/samples.ts'
import { appStage, ask, failed, say, signal, wordsOf } from './app-support.ts'
import { lookAtCard, lookAtText } from './fake-look.ts'

const start = appStage()

describe('a change of a card', () => {
  const done = (key = 'k-2') =>
    outgoing(key, { account: 'AnLin' }, { card: { title: '已同意', tone: 'good', text: '王丽' } })
  const edit = async (platform: Platform, sent: Awaited<ReturnType<typeof ask>>, message = done()) => {
    if (!platform.edit) throw new Error('there is no edit')
    return platform.edit(sent, message, signal())
  }
  it('is made once with a code, and then it is spent', async () => {
    const { fake, platform } = await start()
    const sent = await ask(platform, 'k-1')
    const after = await edit(platform, sent)
    expect(after).toEqual({ address: 'AnLin', messageId: sent.messageId })
    const { words, buttons } = lookAtCard(fake.posted()[0]?.card ?? {})
    expect(words).toContain('✅ 已同意')
    expect(buttons).toEqual([])
    expect(await failed(edit(platform, after, done('k-3')))).toMatchObject({ kind: 'gone' })
    expect(await failed(edit(platform, sent, done('k-4')))).toMatchObject({ kind: 'gone', code: '60140' })
  })
  it('is made once more after each press, and with the code that the card came with', async () => {
    const { fake, platform } = await start()
    const sent = await ask(platform, 'k-1')
    const [card] = fake.posted()
    if (!card) throw new Error('there is no card')
    let pressed: Awaited<ReturnType<typeof ask>> | undefined
    await platform.receive(fake.press(card, 'Approve'), async (event) => {
      pressed = event.kind === 'clicked' ? event.on : undefined
      return {}
    })
    const first = await edit(platform, pressed ?? sent)
    expect(first.handle, 'the code that came with the card').toBe(sent.handle)
    const second = await edit(platform, first, done('k-3'))
    expect(second.handle).toBeUndefined()
    expect(await failed(edit(platform, second, done('k-4')))).toMatchObject({ kind: 'gone' })
  })
  it('says nothing when it cannot be made', async () => {
    const { fake, platform } = await start()
    const sent = await ask(platform, 'k-1')
    const long = outgoing('k-2', { account: 'AnLin' }, { card: { ...requestCard(), text: '因'.repeat(300) } })
    const { handle: _, ...forgotten } = sent
    expect(await failed(edit(createWecom(fake.config), forgotten, long))).toMatchObject({ kind: 'gone' })
    expect(fake.posted()).toHaveLength(1)
  })
  it('is too late after 72 hours', async () => {
    const { clock, platform } = await start()
    const sent = await ask(platform, 'k-1')
    clock.advance(72 * 3_600_000 + 1)
    expect(await failed(edit(platform, sent))).toMatchObject({ kind: 'gone', code: '60140' })
  })
  it('whose answer was lost is done when the code turns out to be spent', async () => {
    const { fake, platform } = await start()
    const sent = await ask(platform, 'k-1')
    fake.fail({ on: 'message/update_template_card', reset: 'after' })
    expect(await failed(edit(platform, sent))).toMatchObject({ kind: 'unknown' })
    await edit(platform, sent)
    expect(wordsOf(fake).join()).toContain('已同意')
  })
  it('keeps what is still to be pressed, and says before it what has no room', async () => {
    const { fake, platform } = await start()
    const sent = await ask(platform, 'k-1')
    const lines = Array.from({ length: 30 }, (_, n) => `第 ${n} 项已经完成，由王丽确认`)
    await edit(platform, sent, outgoing('k-2', { account: 'AnLin' }, { card: { ...requestCard(), list: lines } }))
    const [card, text] = fake.posted()
    expect(lookAtCard(card?.card ?? {})).toMatchObject({ buttons: ['Approve'], problems: [] })
    expect(lookAtText(text?.text ?? '', false).words).toContain('第 29 项已经完成')
  })
  it('of a text, or in a group, is not possible', async () => {
    const { fake, platform } = await start()
    expect(await failed(edit(platform, await say(platform, 'k-1', 'x')))).toMatchObject({ kind: 'gone' })
    const inGroup = await say(platform, 'k-3', 'x', { room: fake.chat })
    expect(await failed(edit(platform, { ...inGroup, handle: 'x' }))).toMatchObject({ kind: 'gone' })
  })
})

describe('a menu of several cards', () => {
  const menu = (key = 'k-1') =>
    outgoing(
      key,
      { account: 'AnLin' },
      {
        card: {
          ...requestCard(),
          select: select(Pick, { requestId: 'R1' }, { label: '替班人', options: options(25) }),
        },
      },
    )
  it('shows on the card that was pressed what came of it, and leaves nothing to press on the others', async () => {
    const { fake, platform } = await start()
    const sent = await platform.send(menu(), signal())
    const vote = fake.posted().findLast(({ card }) => card?.['card_type'] === 'vote_interaction')
    if (!vote || !platform.edit) throw new Error('there is no menu')
    let on: typeof sent | undefined
    await platform.receive(fake.choose(vote, lookAtCard(vote.card ?? {}).options[0] ?? ''), async (event) => {
      on = event.kind === 'clicked' ? event.on : undefined
      return {}
    })
    expect(on).toMatchObject({ address: sent.address, messageId: sent.messageId })
    const done = { card: { title: '已选好', tone: 'good' as const, text: '王丽' } }
    await platform.edit(on ?? sent, outgoing('k-2', { account: 'AnLin' }, done), signal())
    const looks = fake.posted().flatMap(({ card }) => (card ? [lookAtCard(card)] : []))
    expect(looks).toHaveLength(3)
    for (const { words, buttons, options: left } of looks) {
      expect(words).toContain('已选好')
      expect([buttons, left]).toEqual([[], []])
    }
  })
  it('pressed where another process has sent it changes that card alone', async () => {
    const { fake, platform, wecom } = await start()
    const sent = await platform.send(menu(), signal())
    const other = wecom()
    const code = fake.state.newCode(`${sent.messageId}-1`, 'AnLin')
    const on = { ...sent, handle: `${code} -1` }
    await other.edit?.(on, outgoing('k-2', { account: 'AnLin' }, { card: { title: '已选好' } }), signal())
    const changed = fake.posted().filter(({ card }) => card && lookAtCard(card).words.includes('已选好'))
    expect(changed.map(({ taskId }) => taskId)).toEqual([`${sent.messageId}-1`])
  })
})
