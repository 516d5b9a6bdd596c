/** `init`: a first policy and people file from a few answers, right before they are written, and never over other files. */
import { describe, expect, it } from 'vitest'
import { loadPolicy } from '../../src/engine/policy/loaded.ts'
import { OrganisationPolicy } from '../../src/engine/policy/organisation.ts'
import { checkedPeople, checkedPolicy, presetNames } from '../../src/files.ts'
import type { WrittenFile } from '../../src/ops/command.ts'
import { departmentId } from '../../src/ops/init/files.ts'
import { runOps } from '../../src/ops/run.ts'

/** A terminal at which everything of `typed` is typed in turn, in a folder with `files`. */
async function init(
  words: readonly string[],
  typed: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
) {
  const said = { out: '', err: '', asked: [] as string[], written: [] as WrittenFile[] }
  const left = [...typed]
  const read = async (name: string) => {
    const text = files[name]
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' })
    return text
  }
  const code = await runOps(['init', ...words], {
    readFile: read,
    readBytes: async (name) => Buffer.from(await read(name)),
    readStdin: async () => '',
    ask: async (question) => {
      said.asked.push(question)
      return left.shift()
    },
    writeFile: async (file) => void said.written.push(file),
    print: async (text) => {
      said.out += text
    },
    printError: async (text) => {
      said.err += text
    },
    carryOut: () => Promise.reject(new Error('nothing is opened for init')),
  })
  return { code, ...said, left }
}

const TYPED = [
  '云杉',
  'Spruce',
  'en',
  '',
  '客服部',
  'Customer service',
  '',
  '',
  'C0123ABCD',
  '001',
  '高远',
  'U0123ABCD',
]
const ANSWERS = `
organisationZh: '云杉 "客服": # 中心'
organisationEn: "Spruce & Sons: 'service'"
language: zh-CN
zone: Europe/London
departmentZh: 部门
departmentEn: 24/7 Support
preset: mall_platform_001
platform: simulator
staffNo: 007
name: 高远
`

describe('init', () => {
  it('asks, and writes two files that a start would take', async () => {
    const { code, out, err, written, asked, left } = await init([], TYPED)
    expect({ code, err, left }).toEqual({ code: 0, err: '', left: [] })
    expect(asked).toHaveLength(12)
    const preset = asked.find((question) => question.includes('preset'))
    for (const name of await presetNames()) expect(preset).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
    expect(written.map(({ path, isPrivate }) => [path, isPrivate ?? false])).toEqual([
      ['policy.yaml', false],
      ['people.yaml', true],
    ])
    const policy = loadPolicy(await checkedPolicy({ name: 'p', text: written[0]?.text ?? '' }), 0)
    expect(policy.section(OrganisationPolicy)).toMatchObject({ language: 'en', zone: 'Asia/Shanghai' })
    const [person] = checkedPeople({ name: 'p', text: written[1]?.text ?? '' }, policy)
    expect(person).toMatchObject({
      staffNo: '001',
      department: 'customer-service',
      roles: ['admin'],
      accounts: { slack: ['U0123ABCD'] },
    })
    expect(out).toContain('What to do next:')
    expect(out).toContain('npm run ops -- check')
  })

  it('refuses an answer at once, says what may stand there, and asks again', async () => {
    const typed = TYPED.toSpliced(3, 1, 'Moon', 'Asia/Tokyo').toSpliced(9, 1, 'general', 'C0123ABCD')
    const { code, out, written } = await init([], typed)
    expect(code).toBe(0)
    expect(out).toContain('Moon: write an IANA name, as Asia/Shanghai')
    expect(out).toContain("general: Slack's ids look like C0123ABCD")
    expect(written[0]?.text).toContain('zone: Asia/Tokyo')
  })

  it.each([
    ['lark', 'oc_a0b1c2d3', 'C0123ABCD', "Lark's ids look like oc_0123abcd", 'ou_a0b1c2d3', 'U0123ABCD', 'ou_0123abcd'],
    ['wecom', 'chat:department', 'department', 'hook:NAME for a group webhook', 'ZhouMin', '周敏', 'as ZhouMin'],
  ])('knows what ids look like on %s', async (platform, room, wrongRoom, aboutRoom, account, wrong, aboutAccount) => {
    const typed = TYPED.toSpliced(7, 5, platform, wrongRoom, room, '001', '高远', wrong, account)
    const { code, out, written } = await init([], typed)
    expect(code).toBe(0)
    expect(out).toContain(aboutRoom)
    expect(out).toContain(aboutAccount)
    expect(out).toContain(`Connect ${platform}: adapters/${platform}/README.md`)
    expect(written[0]?.text).toContain(room)
    expect(written[1]?.text).toContain(account)
  })

  it('takes everything from a file, whatever the answers hold, for every preset', async () => {
    for (const preset of await presetNames()) {
      const text = ANSWERS.replace('mall_platform_001', preset)
      const { code, err, asked, written } = await init(['--answers', 'a.yaml', '--dir', 'new'], [], { 'a.yaml': text })
      expect({ preset, code, err, asked }).toEqual({ preset, code: 0, err: '', asked: [] })
      const policy = loadPolicy(await checkedPolicy({ name: 'p', text: written[0]?.text ?? '' }), 0)
      expect(policy.section(OrganisationPolicy).name.en).toBe("Spruce & Sons: 'service'")
      const [person] = checkedPeople({ name: 'p', text: written[1]?.text ?? '' }, policy)
      expect(person).toMatchObject({ staffNo: '007', accounts: { simulator: ['007'] } })
      expect(written.map(({ path }) => path)).toEqual(['new/policy.yaml', 'new/people.yaml'])
    }
  })

  it('takes options before the file, and lists every answer that will not do', async () => {
    const files = { 'a.yaml': ANSWERS }
    const better = await init(['--answers', 'a.yaml', '--zone', 'Asia/Tokyo'], [], files)
    expect(better.written[0]?.text).toContain('zone: Asia/Tokyo')
    const worse = await init(['--answers', 'a.yaml', '--preset', 'defualt', '--language', 'fr'], [], files)
    expect(worse).toMatchObject({ code: 2, written: [] })
    expect(worse.err).toMatch(/fr: write one of zh-CN[\s\S]*defualt: .*did you mean default\?/)
    const slip = await init(['--answers', 'a.yaml'], [], { 'a.yaml': 'organizationZh: x' })
    expect(slip).toMatchObject({ code: 2, err: expect.stringContaining('did you mean organisationZh?') })
  })

  it('never writes over a file that is there, without being forced', async () => {
    const files = { 'people.yaml': 'people: []', 'a.yaml': ANSWERS }
    const { code, err, written } = await init(['--answers', 'a.yaml'], [], files)
    expect({ code, written }).toEqual({ code: 1, written: [] })
    expect(err).toContain('people.yaml is there already')
    expect((await init(['--answers', 'a.yaml', '--force'], [], files)).written).toHaveLength(2)
  })

  it('ends when nobody answers any more, and writes nothing', async () => {
    const { code, err, written } = await init([], TYPED.slice(0, 4))
    expect({ code, written }).toEqual({ code: 2, written: [] })
    expect(err).toContain('Give it as --department-zh')
  })

  it.each([
    ['Customer service', 'customer-service'],
    ['24/7 Support', 'support'],
    ['客服', 'main'],
    ['Department', 'main'],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('makes an id of %s', (name, id) => expect(departmentId(name)).toBe(id))
})
