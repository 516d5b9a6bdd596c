/** The department that stories happen in: its policy and its people, all invented. */
import { parse } from 'yaml'
import type { Locale } from '../../src/core/i18n.ts'
import { DEMONSTRATION, textFile } from '../../src/files.ts'

/** A line of the people file, without its accounts. */
export interface Member {
  readonly staffNo: string
  readonly name: string
  readonly department: string
  readonly roles: readonly string[]
  readonly locale: Locale
  readonly manager?: string
  readonly post?: string
  readonly pattern?: string
  readonly delegate?: { readonly to: string; readonly from: string; readonly until: string }
}

export const PEOPLE: readonly Member[] = [
  { staffNo: 'M1', name: '高远', department: 'centre', roles: ['general-manager'], locale: 'zh-CN' },
  { staffNo: 'M2', name: '沈静', department: 'cs', roles: ['cs-manager'], manager: 'M1', locale: 'zh-CN' },
  { staffNo: 'S1', name: '周敏', department: 'cs', roles: ['supervisor'], manager: 'M2', locale: 'zh-CN' },
  { staffNo: 'A1', name: '安然', department: 'cs', roles: [], manager: 'S1', locale: 'zh-CN' },
  { staffNo: 'A2', name: '林一诺', department: 'cs', roles: [], manager: 'S1', locale: 'zh-CN' },
  { staffNo: 'E1', name: 'Emma Clarke', department: 'cs', roles: [], manager: 'S1', locale: 'en' },
  { staffNo: 'H1', name: '何琳', department: 'hr', roles: ['hr', 'admin'], manager: 'M1', locale: 'zh-CN' },
]

export const POLICY = `
organisation:
  name: { zh: 云杉客服中心, en: Spruce Customer Service }
  zone: Asia/Shanghai
  language: zh-CN
  departments:
    centre: { name: { zh: 客服中心, en: Service centre } }
    cs: { name: { zh: 客服部, en: Customer service }, parent: centre, channel: department }
    hr: { name: { zh: 人事部, en: Personnel }, parent: centre }
  roles:
    supervisor: { name: { zh: 客服主管, en: Supervisor }, may: [leave.read, leave.decide] }
    cs-manager: { name: { zh: 客服经理, en: Manager }, may: [leave.read, leave.decide] }
    general-manager: { name: { zh: 总经理, en: General manager }, serves: organisation, may: [leave.read, leave.decide] }
    hr: { name: { zh: 人事, en: Personnel }, serves: organisation, may: [leave.read] }
    admin: { name: { zh: 管理员, en: Administrator }, serves: organisation, may: ['*'] }
  everyone: [inbox.talk, approvals.answer, leave.request, leave.read]
  fallbackRole: admin
channels:
  department:
    name: { zh: 部门群, en: Department channel }
    simulator: cs
    slack: C0GENERAL
    lark: oc_general
    wecom: "chat:general"
    department: cs
leave:
  chains:
    - { steps: [supervisor] }
`

/** The same people, some of them otherwise, and some more. */
export function peopleWith(changes: Readonly<Record<string, Partial<Member>>>, more: readonly Member[] = []) {
  return [...PEOPLE.map((person): Member => ({ ...person, ...changes[person.staffNo] })), ...more]
}

/** Those of the demonstration, from its file. */
export async function demonstrationPeople(): Promise<readonly Member[]> {
  const file = parse((await textFile(DEMONSTRATION.people)).text) as {
    readonly people: readonly (Omit<Member, 'locale'> & { accounts: object; hired: string; language?: 'en' })[]
  }
  return file.people.map(({ accounts: _, language, ...person }): Member => ({ ...person, locale: language ?? 'zh-CN' }))
}
