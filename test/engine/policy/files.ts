/** Policy files written in a test: read them with every section of the product, or with a section made up for the test. */
import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { ApprovalsPolicy } from '../../../src/engine/approvals/policy.ts'
import type { PolicySection } from '../../../src/engine/context.ts'
import { CalendarPolicy } from '../../../src/engine/policy/calendar.ts'
import { ChannelsPolicy } from '../../../src/engine/policy/channels.ts'
import { type LoadedPolicy, loadPolicy, type PolicyContent } from '../../../src/engine/policy/loaded.ts'
import { OrganisationPolicy } from '../../../src/engine/policy/organisation.ts'
import { presetsIn } from '../../../src/engine/policy/presets.ts'
import { readPolicy } from '../../../src/engine/policy/read.ts'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'
import { MeetingsPolicy } from '../../../src/features/meetings/policy.ts'
import { ReportsPolicy } from '../../../src/features/reports/policy.ts'

export const COMMON: readonly PolicySection[] = [OrganisationPolicy, ChannelsPolicy, CalendarPolicy]
export const ALL: readonly PolicySection[] = [...COMMON, ApprovalsPolicy, LeavePolicy, MeetingsPolicy, ReportsPolicy]
/** The presets that come with the product. */
export const shipped = presetsIn('policies/presets')

/** A policy file of the product, read from disk. */
export const fileOf = async (path: string) => ({ name: path, text: await readFile(path, 'utf8') })

/** Reads `text` as policy.yaml; presets by name from `presets`. */
export function reading(
  text: string,
  options: { sections?: readonly PolicySection[]; presets?: Record<string, string> } = {},
) {
  const { sections = ALL, presets = {} } = options
  return readPolicy(
    { name: 'policy.yaml', text },
    {
      sections,
      presets: async (name) =>
        presets[name] === undefined ? undefined : { name: `${name}.yaml`, text: presets[name] },
    },
  )
}

export async function contentOf(...args: Parameters<typeof reading>): Promise<PolicyContent> {
  const result = await reading(...args)
  expect(result).not.toHaveProperty('problems')
  return 'content' in result ? result.content : { sections: {}, departments: {}, posts: {} }
}

export async function problemsOf(...args: Parameters<typeof reading>): Promise<readonly string[]> {
  const result = await reading(...args)
  return 'problems' in result ? result.problems : []
}

export async function loaded(...args: Parameters<typeof reading>): Promise<LoadedPolicy> {
  return loadPolicy(await contentOf(...args), 1)
}

/** An organisation of three levels, to which tests add what they are about. */
export const ORGANISATION = `organisation:
  name: { zh: 测试, en: Test }
  departments:
    top: { name: { zh: 总部, en: Top } }
    cs: { name: { zh: 客服, en: Service }, parent: top }
    night: { name: { zh: 夜班, en: Night }, parent: cs }
  posts:
    agent: { name: { zh: 专员, en: Agent } }
    lead: { name: { zh: 班长, en: Lead } }
  roles:
    boss: { name: { zh: 主管, en: Boss }, may: [leave.decide] }
    admin: { name: { zh: 管理员, en: Admin }, may: ['*'] }
  fallbackRole: admin
`
