/** The policies that come with the product: each is read without a problem, and each says what its rulebook says. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPeopleFile } from '../../../src/engine/identity/people-file.ts'
import { may } from '../../../src/engine/identity/permissions.ts'
import { loadPolicy } from '../../../src/engine/policy/loaded.ts'
import { OrganisationPolicy } from '../../../src/engine/policy/organisation.ts'
import { readPolicy } from '../../../src/engine/policy/read.ts'
import { LeavePolicy } from '../../../src/features/leave/policy.ts'
import { MeetingsPolicy } from '../../../src/features/meetings/policy.ts'
import { ALL, fileOf, shipped } from './files.ts'

const read = async (path: string) => {
  const result = await readPolicy(await fileOf(path), { sections: ALL, presets: shipped })
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  return loadPolicy(result.content, 1)
}
const preset = (name: string) => read(`policies/presets/${name}.yaml`)

describe('every policy that comes with the product', () => {
  const files = readdirSync('policies/presets').map((name) => `policies/presets/${name}`)
  it.each([...files, 'policies/demo/policy.yaml'])(
    '%s is read without a problem and holds every section',
    async (path) => {
      const policy = await read(path)
      for (const section of ALL) expect(policy.section(section), section.section).toBeDefined()
      expect(policy.calendar.day('2026-10-01').kind).toBe('legal-holiday')
    },
  )
})

describe('a preset says what its organisation wrote', () => {
  it('000A meets on Fridays at four, led by 客服部主任 (MEET-04 a)', async () => {
    const { weekly } = (await preset('pm_cs_000')).section(MeetingsPolicy).series
    expect(weekly).toMatchObject({ rule: { every: 'week', weekday: 'fri', at: '16:00' }, chair: 'cs-director' })
  })

  it('001A sends three days of personal leave through three hands, ten days ahead (LEAVE-05, LEAVE-06)', async () => {
    const { chains, notice } = (await preset('mall_platform_001')).section(LeavePolicy)
    const personal = chains.filter(({ types }) => types?.includes('personal'))
    expect(personal.map(({ from, steps }) => [from, steps])).toEqual([
      [undefined, ['supervisor', 'department-manager']],
      [3, ['supervisor', 'department-manager', 'general-manager']],
    ])
    expect(notice.map(({ rule, days, months, hours }) => [rule, days ?? months ?? hours])).toEqual([
      ['LEAVE-01', 1],
      ['LEAVE-05', 3],
      ['LEAVE-06', 10],
      ['LEAVE-07', 1],
    ])
  })

  it('001D asks personnel from three days on, wherever personnel sits (LEAVE-09)', async () => {
    const policy = await preset('jinyang_001')
    expect(policy.section(LeavePolicy).chains.map(({ from, steps }) => [from, steps])).toEqual([
      [undefined, ['department-manager']],
      [3, ['department-manager', 'hr']],
    ])
    expect(policy.section(OrganisationPolicy).roles.find(({ id }) => id === 'hr')?.serves).toBe('organisation')
  })

  it('004C sends any leave through two hands (LEAVE-12)', async () => {
    const { chains } = (await preset('customer_centre_004')).section(LeavePolicy)
    expect(chains.map(({ steps }) => steps)).toEqual([['department-manager', 'general-manager']])
  })
})

describe('the demonstration department', () => {
  const demo = async () => {
    const policy = await read('policies/demo/policy.yaml')
    const people = readPeopleFile(await fileOf('policies/demo/people.yaml'), policy)
    if ('problems' in people) throw new Error(people.problems.join('\n'))
    return { policy, people: people.people }
  }

  it('has its people, in two languages, each with a post and a way into the simulator', async () => {
    const { people } = await demo()
    expect(people.length).toBeGreaterThanOrEqual(10)
    expect(new Set(people.map(({ language }) => language))).toEqual(new Set(['zh-CN', 'en']))
    for (const person of people) {
      expect(person.post, person.name).not.toBe('')
      expect(person.accounts.simulator, person.name).toHaveLength(1)
    }
  })

  it('needs one yes for three days of what /leave proposes, and asks for no notice', async () => {
    const { policy } = await demo()
    const { defaultType, chains, notice } = policy.section(LeavePolicy, { department: 'cs', post: 'agent' })
    const short = chains.filter(({ types, from = 0 }) => (types?.includes(defaultType) ?? true) && from <= 3)
    expect(short.map(({ steps }) => steps)).toEqual([['supervisor']])
    expect(notice.filter(({ types, from = 0 }) => types?.includes(defaultType) && from <= 3)).toEqual([])
  })

  it('gives every step of every chain somebody else than the asker to decide it', async () => {
    const { policy, people } = await demo()
    const organisation = policy.section(OrganisationPolicy)
    for (const asker of people) {
      for (const { steps } of policy.section(LeavePolicy, asker).chains) {
        for (const role of steps) {
          const holders = people.filter(({ roles, staffNo }) => roles.includes(role) && staffNo !== asker.staffNo)
          expect(holders, `${role} for ${asker.name}`).not.toEqual([])
        }
      }
    }
    expect(people.some(({ roles }) => roles.includes(organisation.fallbackRole))).toBe(true)
  })

  it('lets an agent ask for leave and nobody decide but those above', async () => {
    const { policy, people } = await demo()
    const person = (name: string) => {
      const found = people.find((candidate) => candidate.name === name)
      if (found === undefined) throw new Error(`${name} is not in the demonstration`)
      const { staffNo, department, post, roles, language, zone, pattern } = found
      const id = staffNo
      return {
        id,
        staffNo,
        name,
        department,
        post,
        roles,
        locale: language,
        zone,
        pattern,
        managerId: found.manager,
        hiredOn: null,
        active: true,
      }
    }
    const about = { person: person('安然') }
    expect(may(policy, person('安然'), 'leave.request', about)).toBe(true)
    expect(may(policy, person('林一诺'), 'leave.request', about)).toBe(false)
    expect(may(policy, person('林一诺'), 'leave.decide', about)).toBe(false)
    expect(may(policy, person('周敏'), 'leave.decide', about)).toBe(true)
  })
})
