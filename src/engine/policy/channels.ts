/** Where the department is spoken to: one channel of the policy is a room on each platform. */
import { z } from 'zod'
import type { Text } from '#core/i18n.ts'
import type { PolicySection } from '../context.ts'
import { departmentRef } from './references.ts'
import { idSchema, languageSchema, textSchema } from './text.ts'

/** The platforms that a policy and a people file can name. */
export const PLATFORMS = ['slack', 'lark', 'wecom', 'simulator'] as const
export type PlatformName = (typeof PLATFORMS)[number]

/** What people call them. */
const PLATFORM_NAMES: Readonly<Record<PlatformName, Text>> = {
  slack: { 'zh-CN': 'Slack', en: 'Slack' },
  lark: { 'zh-CN': '飞书', en: 'Lark' },
  wecom: { 'zh-CN': '企业微信', en: 'WeCom' },
  simulator: { 'zh-CN': '模拟器', en: 'Simulator' },
}

/** The name of a platform in every language; of one that no policy can name, the name it has itself. */
export function platformName(name: string): Text {
  const known = PLATFORMS.find((platform) => platform === name)
  return known === undefined ? { 'zh-CN': name, en: name } : PLATFORM_NAMES[known]
}

/** The platform's own id of the room, as its adapter's README says where to find it. */
const room = z.string().trim().min(1, 'write the id of the room').max(200).optional()

const channel = z.strictObject({
  name: textSchema,
  slack: room,
  lark: room,
  wecom: room,
  simulator: room,
  /** The department it belongs to: whose calendar, zone and language it follows; the whole organisation when absent. */
  department: departmentRef.optional(),
  /** The language it is written to in; the organisation's when absent. */
  language: languageSchema.optional(),
})

const schema = z.record(idSchema, channel)

export const ChannelsPolicy: PolicySection<typeof schema> = { section: 'channels', schema }
export type Channels = z.output<typeof schema>
