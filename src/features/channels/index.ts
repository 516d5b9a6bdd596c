/** Channels: which rooms they are said in, joined by whoever administers, in the room itself. */
import { choice } from '#core/command-args.ts'
import type { Platform } from '#core/platform.ts'
import { action, command, defineFeature, type Feature, job, view } from '#engine/feature.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import { listCard, replaceCard } from './cards.ts'
import { LinkRoom, LookAtRooms } from './contracts.ts'
import { messages } from './i18n.ts'
import { linkChannel, listChannels, membershipsOf, replaceRoom, showLooked, unlinkChannel } from './usecases.ts'

const permission = 'channels.link'
const args = { channel: choice('channel') }
const asking = { channel: { question: messages.later('ask.channel') } }
const sample = { 'zh-CN': messages.say('zh-CN', 'sample.channel'), en: messages.say('en', 'sample.channel') }

/** @param platforms by name: whether the bot is in a room is asked there */
export function channelsFeature(platforms: ReadonlyMap<string, Platform>): Feature {
  return defineFeature({
    name: 'channels',
    permissions: {
      [permission]: { 'zh-CN': '把群绑定到频道', en: 'Join rooms to channels' },
    },
    commands: [
      command({
        id: 'channels.link',
        names: { en: ['link channel'], zh: ['绑定群'] },
        permission,
        args,
        asking,
        help: {
          line: messages.later('help.link'),
          examples: { 'zh-CN': ['绑定群 部门群'], en: ['link channel department'] },
        },
        run: (ctx, { channel }) => linkChannel(ctx, channel),
      }),
      command({
        id: 'channels.unlink',
        names: { en: ['unlink channel'], zh: ['解绑群'] },
        permission,
        args,
        asking,
        help: {
          line: messages.later('help.unlink'),
          examples: { 'zh-CN': ['解绑群 部门群'], en: ['unlink channel department'] },
        },
        run: (ctx, { channel }) => unlinkChannel(ctx, channel),
      }),
      command({
        id: 'channels.list',
        names: { en: ['channels'], zh: ['群列表', '频道列表'] },
        permission,
        args: {},
        help: { line: messages.later('help.list'), examples: { 'zh-CN': ['群列表'], en: ['channels'] } },
        run: (ctx) => listChannels(ctx, platforms),
      }),
    ],
    actions: [action({ on: LinkRoom, permission, run: replaceRoom })],
    jobs: [
      job({
        on: LookAtRooms,
        title: { 'zh-CN': '查看机器人在哪些群里', en: 'Looks in which rooms the bot is' },
        attemptsMax: 1,
        prepare: (outside) => membershipsOf(outside, platforms),
        run: (ctx, about, channels) =>
          showLooked(
            ctx,
            about,
            channels,
            platforms.get(about.platform)?.limits.writeCommand ?? ((said) => `/${said}`),
          ),
      }),
    ],
    views: [
      view('channels.list', ({ locale }) => ({
        card: listCard(
          locale,
          [
            {
              name: sample,
              rooms: [
                { platform: 'slack', room: 'C0CS', by: 'policy', member: 'yes' },
                { platform: 'lark', room: 'oc_1', by: 'command', member: 'no' },
                { platform: 'wecom', room: 'cs', by: 'policy', member: { failed: 'ECONNREFUSED' } },
              ],
            },
            { name: sample, rooms: [] },
          ],
          (said) => `/${said}`,
        ),
      })),
      view('channels.replace', ({ locale }) => ({
        card: replaceCard(locale, {
          id: 'department',
          name: sample,
          platform: 'slack',
          before: 'C0OLD',
          room: 'C0NEW',
        }),
      })),
    ],
    choices: (policy) => ({
      channel: Object.entries(policy(ChannelsPolicy)).map(([value, { name }]) => ({ value, name, aliases: [value] })),
    }),
  })
}
