/** Where the department is spoken to: one channel of the policy is a room on each platform. */
import { z } from 'zod'
import type { PolicySection } from '../context.ts'
import { departmentRef } from './references.ts'
import { idSchema, languageSchema, textSchema } from './text.ts'

/** The platforms that a policy and a people file can name. */
export const PLATFORMS = ['slack', 'lark', 'wecom', 'simulator'] as const
export type PlatformName = (typeof PLATFORMS)[number]

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
