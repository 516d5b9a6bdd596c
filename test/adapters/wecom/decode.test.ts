/** What WeCom's messages and events mean, case by case. */
import { describe, expect, it } from 'vitest'
import type { Incoming } from '#core/platform.ts'
import { decode } from '../../../adapters/wecom/decode.ts'
import { buttonKey } from '../../../adapters/wecom/ids.ts'
import { readXml } from '../../../adapters/wecom/xml.ts'
import { selectedItems, xmlOf } from './fake-calls.ts'

const HEAD = { ToUserName: 'ww1', FromUserName: 'AnLin', CreateTime: '1790000000', AgentID: '1000002' }
type Fields = Parameters<typeof xmlOf>[0]
const hear = (fields: Fields): Incoming | undefined => decode(readXml(xmlOf({ ...HEAD, ...fields })), '1000002')
const click = (fields: Fields) => hear({ MsgType: 'event', Event: 'template_card_event', TaskId: 'bz-1', ...fields })
const key = (kind: 'button' | 'select' = 'button') => buttonKey(kind, 0, 'leave.approve', 'c12-ab|c', '{"id":7}')

describe('what people send', () => {
  it('a text is said, in the person’s own room', () => {
    expect(hear({ MsgType: 'text', Content: ' 请假 3天\n', MsgId: '42' })).toEqual({
      kind: 'said',
      key: 'm:AnLin:42',
      person: 'AnLin',
      room: 'AnLin',
      roomKind: 'direct',
      canCarry: [],
      text: '请假 3天',
      messageId: '42',
    })
  })
  it('the same number from two people is two messages', () => {
    const keys = ['AnLin', 'wangli'].map(
      (FromUserName) => hear({ MsgType: 'text', Content: 'x', MsgId: '42', FromUserName })?.key,
    )
    expect(new Set(keys).size).toBe(2)
  })
  it('a picture is said without words, to be fetched by its name there', () => {
    const long = 'm'.repeat(300)
    const files = ['media-1', long].map((MediaId) => {
      const event = hear({ MsgType: 'image', MediaId, MsgId: '43' })
      return event?.kind === 'said' ? event.files?.[0] : undefined
    })
    expect(files[0]).toEqual({ id: 'media-1', name: '43.jpg', handle: 'media:media-1' })
    expect(files[1]?.handle).toBe(`media:${long}`)
    expect(files[1]?.id.length).toBeLessThanOrEqual(200)
  })
  it('an entry of the menu says its words', () => {
    expect(hear({ MsgType: 'event', Event: 'click', EventKey: '请假' })).toMatchObject({ kind: 'said', text: '请假' })
  })
  it('two presses of the menu are two, and one that is repeated is one', () => {
    const press = (CreateTime: string) => hear({ MsgType: 'event', Event: 'click', EventKey: '请假', CreateTime })?.key
    expect(press('1790000000')).toBe(press('1790000000'))
    expect(press('1790000000')).not.toBe(press('1790000001'))
  })
  it.each([
    ['voice', { MsgType: 'voice', MediaId: 'm', MsgId: '1' }],
    ['video', { MsgType: 'video', MediaId: 'm', MsgId: '1' }],
    ['a place', { MsgType: 'location', Label: '上海', MsgId: '1' }],
    ['a link', { MsgType: 'link', Title: 't', MsgId: '1' }],
    ['following', { MsgType: 'event', Event: 'subscribe' }],
    ['entering', { MsgType: 'event', Event: 'enter_agent', EventKey: '' }],
    ['where somebody is', { MsgType: 'event', Event: 'LOCATION' }],
    ['a page opened', { MsgType: 'event', Event: 'view', EventKey: 'https://x.example' }],
    ['an empty entry', { MsgType: 'event', Event: 'click', EventKey: '' }],
    ['WeCom itself', { MsgType: 'event', Event: 'change_contact', FromUserName: 'sys' }],
  ])('leaves alone: %s', (_, fields) => {
    expect(hear(fields)).toBeUndefined()
  })
  it('what is for another app of the enterprise is refused', () => {
    const said = () => hear({ MsgType: 'text', Content: 'x', MsgId: '1', AgentID: '1000003' })
    expect(said).toThrow(expect.objectContaining({ name: 'PlatformError', kind: 'not-authentic' }))
  })
})

describe('what people press', () => {
  it('a button brings its action, its value, its card, the newest code and the key it was sent under', () => {
    expect(click({ EventKey: key(), ResponseCode: 'r-1' })).toMatchObject({
      kind: 'clicked',
      key: 'c:r-1',
      action: 'leave.approve',
      value: '{"id":7}',
      on: { address: 'AnLin', messageId: 'bz-1', handle: 'r-1' },
      sentKey: 'c12-ab|c',
    })
  })
  it('what stands in the menu is no part of another button', () => {
    const event = click({ EventKey: key(), ResponseCode: 'r-1', SelectedItems: selectedItems('choice', ['o1']) })
    expect(event && 'chosen' in event).toBe(false)
  })
  it('a choice brings the first option chosen', () => {
    const chosen = (ids: string[]) =>
      click({ EventKey: key('select'), ResponseCode: 'r-1', SelectedItems: selectedItems('choice', ids) })
    expect(chosen(['o1'])).toMatchObject({ kind: 'clicked', chosen: 'o1' })
    expect(chosen(['o2', 'o1'])).toMatchObject({ chosen: 'o2' })
    expect(chosen([]), 'nothing was chosen').toBeUndefined()
  })
  it('a button that is not ours, or not any more, is left alone', () => {
    for (const EventKey of ['closed', '', 'b0|', 'x0|a|b|c', 'b0|%E0%A4%A|k|v'])
      expect(click({ EventKey, ResponseCode: 'r-1' })).toBeUndefined()
  })
  it('a code longer than a key may be is still a key of its own', () => {
    const keys = ['a', 'b'].map((end) => click({ EventKey: key(), ResponseCode: 'r'.repeat(400) + end })?.key ?? '')
    expect(new Set(keys).size).toBe(2)
    for (const one of keys) expect(one.length).toBeLessThanOrEqual(200)
  })
})
