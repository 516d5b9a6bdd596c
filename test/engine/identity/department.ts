/** A small department for the tests of identity and presence: its policy, and people who are not in any file. */
import { DEFAULT_PATTERN } from '../../../src/core/calendar/pattern.ts'
import type { Person } from '../../../src/engine/context.ts'
import type { Tx } from '../../../src/engine/db/transaction.ts'
import { type FilePerson, readPeopleFile } from '../../../src/engine/identity/people-file.ts'
import { applyImport, planImport } from '../../../src/engine/identity/people-import.ts'
import { type LoadedPolicy, loadPolicy } from '../../../src/engine/policy/loaded.ts'
import { readPolicy } from '../../../src/engine/policy/read.ts'
import { COMMON } from '../policy/files.ts'

export const at = Date.parse('2026-09-28T09:00:00+08:00')

const POLICY = `organisation:
  name: { zh: 测试, en: Test }
  departments:
    top: { name: { zh: 总部, en: Top } }
    cs: { name: { zh: 客服, en: Service }, parent: top }
    night: { name: { zh: 夜班, en: Night }, parent: cs }
    hr: { name: { zh: 人事, en: Personnel }, parent: top }
  posts:
    agent: { name: { zh: 专员, en: Agent } }
  roles:
    supervisor: { name: { zh: 主管, en: Supervisor }, may: [leave.decide, leave.read@all] }
    hr: { name: { zh: 人事, en: Personnel }, serves: organisation, may: [leave.*, people.read@own] }
    admin: { name: { zh: 管理员, en: Admin }, may: ['*@all'] }
    all-rounder: { name: { zh: 全能, en: All-rounder }, may: ['*'] }
  everyone: [leave.request, leave.decide@reports, roster.read@department]
  fallbackRole: admin
calendar:
  patterns:
    early: { segments: [{ half: morning, from: '07:00', to: '11:00' }, { half: afternoon, from: '12:00', to: '15:00' }] }
`

export async function policyOf(text = POLICY): Promise<LoadedPolicy> {
  const read = await readPolicy({ name: 'policy.yaml', text }, { sections: COMMON, presets: async () => undefined })
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return loadPolicy(read.content, 1)
}

/** Somebody of `cs`, and in what they differ. */
export function someone(differs: Partial<Person> = {}): Person {
  const staffNo = differs.staffNo ?? '1001'
  return {
    id: staffNo,
    staffNo,
    name: `人${staffNo}`,
    department: 'cs',
    post: 'agent',
    roles: [],
    managerId: null,
    locale: 'zh-CN',
    zone: 'Asia/Shanghai',
    pattern: DEFAULT_PATTERN,
    hiredOn: null,
    active: true,
    ...differs,
  }
}

/** The people of a file, which must be right. */
export async function peopleOf(text: string): Promise<readonly FilePerson[]> {
  const read = readPeopleFile({ name: 'people.yaml', text }, await policyOf())
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read.people
}

/** Puts the people of a file into the database; the audit lines it wrote. */
export async function importing(tx: Tx, text: string) {
  const lines: (readonly [action: string, data: unknown])[] = []
  const plan = await planImport(tx, await peopleOf(text))
  const done = await applyImport(tx, plan, at, async (news) => {
    lines.push(...news.map(({ action, data }) => [action, data] as const))
  })
  return { plan, done, lines }
}
