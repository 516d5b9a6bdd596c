/** What administrators see of channels. Plain data in, cards out. */
import { button, type Card } from '#core/card.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import type { ChannelRoom } from '#engine/outbox/rooms.ts'
import { platformName } from '#engine/policy/channels.ts'
import { LinkRoom } from './contracts.ts'
import { messages } from './i18n.ts'

/**
 * Whether the bot is in a room; `off` on a platform that is not configured, `failed` with the platform's own word. Absent
 * while nobody has looked.
 */
export type Membership = 'yes' | 'no' | 'unknown' | 'off' | { readonly failed: string }

export interface ChannelView {
  readonly name: Text
  readonly rooms: readonly (ChannelRoom & { readonly member?: Membership | undefined })[]
}

/** @param write as a command is written there */
export function listCard(locale: Locale, channels: readonly ChannelView[], write: (said: string) => string): Card {
  return {
    title: messages.say(locale, 'list.title'),
    list: channels.flatMap(({ name, rooms }) => {
      const channel = inLocale(name, locale)
      const said = write(messages.say(locale, 'word.link', { channel }))
      if (rooms.length === 0) return [messages.say(locale, 'list.none', { channel, said })]
      return [[{ bold: channel }], ...rooms.map((room) => roomLine(locale, room))]
    }),
    note: messages.say(locale, 'list.note'),
  }
}

function roomLine(locale: Locale, { platform, room, by, member }: ChannelView['rooms'][number]): string {
  return messages.say(locale, 'list.room', {
    platform: inLocale(platformName(platform), locale),
    room,
    by: by === 'command' ? messages.say(locale, 'list.by-command') : '',
    member: memberText(locale, member),
  })
}

function memberText(locale: Locale, member: Membership | undefined): string {
  if (member === undefined) return ''
  if (typeof member === 'object') return messages.say(locale, 'member.failed', { why: member.failed })
  return messages.say(locale, `member.${member}`)
}

/** @param at.before the room that it has there now, @param at.room the one that is to take its place */
export function replaceCard(
  locale: Locale,
  at: {
    readonly id: string
    readonly name: Text
    readonly platform: string
    readonly before: string
    readonly room: string
  },
): Card {
  const channel = inLocale(at.name, locale)
  const payload = { channel: at.id, room: at.room }
  return {
    title: messages.say(locale, 'replace.title', { channel, platform: inLocale(platformName(at.platform), locale) }),
    tone: 'warning',
    text: messages.say(locale, 'replace.text', { room: at.before }),
    buttons: [
      button(LinkRoom, payload, messages.say(locale, 'button.replace'), { style: 'primary' }),
      button(LinkRoom, { ...payload, keep: true }, messages.say(locale, 'button.keep')),
    ],
  }
}
