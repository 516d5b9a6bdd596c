/** The documents tell the truth: links lead somewhere, commands and settings exist, sentences are understood, both languages say the same. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { FEATURES } from '../../src/app.ts'
import { allInLocale, LOCALES } from '../../src/core/i18n.ts'
import { understand } from '../../src/core/parser/understand.ts'
import type { Moment, Vocabulary } from '../../src/core/parser/understanding.ts'
import { administrationFeature } from '../../src/engine/alerts/feature.ts'
import { approvalsFeature } from '../../src/engine/approvals/feature.ts'
import { momentOf, type Registry, registryOf, vocabularyOf } from '../../src/engine/inbox/registry.ts'
import { CalendarPolicy } from '../../src/engine/policy/calendar.ts'
import { ChannelsPolicy } from '../../src/engine/policy/channels.ts'
import { type LoadedPolicy, loadPolicy } from '../../src/engine/policy/loaded.ts'
import { OrganisationPolicy } from '../../src/engine/policy/organisation.ts'
import { channelsFeature } from '../../src/features/channels/index.ts'
import { checkedPeople, checkedPolicy, DEMONSTRATION, textFile } from '../../src/files.ts'
import { readCommandLine } from '../../src/ops/command-line.ts'
import { COMMANDS } from '../../src/ops/commands.ts'

const read = (file: string): string => readFileSync(file, 'utf8')
const DECISIONS = readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`)
/** What people follow step by step. */
const GUIDES = [
  'README.md',
  'docs/user-guide.md',
  'docs/user-guide.zh-CN.md',
  'docs/admin-guide.md',
  'docs/admin-guide.zh-CN.md',
  'docs/operations.md',
  'docs/operations.zh-CN.md',
  'adapters/slack/README.md',
]
const DOCUMENTS = [...GUIDES, 'docs/architecture.md', 'docs/glossary.md', ...DECISIONS]

interface Block {
  /** What stands behind the fence: `yaml policy`. */
  readonly mark: string
  readonly text: string
}
const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, mark = '', body = '']) => ({ mark, text: body }))
const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '')
/** The text of each heading, with its level. */
const headings = (text: string): readonly (readonly [number, string])[] =>
  [...prose(text).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => [marks.length, title])
/** The name under which a heading is linked to: small letters, no punctuation, hyphens for spaces. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')

describe('links', () => {
  const links = (file: string) =>
    [...prose(read(file)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to = '']) => to)
      .filter((to) => !/^(https?|mailto):/.test(to))

  it.each(DOCUMENTS)('of %s lead somewhere', (file) => {
    const dead = links(file).filter((to) => {
      const [target = '', anchor] = to.split('#')
      const found = target === '' ? file : path.join(path.dirname(file), target)
      if (!existsSync(found)) return true
      return anchor !== undefined && !headings(read(found)).some(([, title]) => slug(title) === anchor)
    })
    expect(dead).toEqual([])
  })

  it('lead from the README to every document', () => {
    const named = links('README.md')
    const reached = [...named, ...named.flatMap((to) => (to.endsWith('/') ? [] : [path.dirname(to)]))]
    for (const file of DOCUMENTS.filter((one) => one !== 'README.md'))
      expect(
        reached.some((to) => to === file || path.dirname(file) === to),
        file,
      ).toBe(true)
  })

  it('show a decision for every number, without a gap', () => {
    const numbers = DECISIONS.map((file) => Number(path.basename(file).slice(0, 3))).toSorted((a, b) => a - b)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })
})

describe('commands', () => {
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts

  it.each(DOCUMENTS)('of npm in %s exist', (file) => {
    const named = [...read(file).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  /** Everything behind `npm run ops --`, up to the end of the code it stands in. */
  const called = (file: string): readonly string[] =>
    [...read(file).matchAll(/npm run ops -- ([^`\n|<#]+)/g)].map(([, words = '']) => words.trim())

  it.each(DOCUMENTS)('of the command line in %s are taken by it, options and all', (file) => {
    const refused = called(file)
      .filter((words) => words !== '…')
      .flatMap((words) => {
        const asked = readCommandLine(words.split(/\s+/), COMMANDS)
        return 'command' in asked || asked.exitCode === 0 ? [] : [`${words}: ${asked.errors}`]
      })
    expect(refused).toEqual([])
  })

  it.each(['docs/admin-guide.md', 'docs/admin-guide.zh-CN.md'])('are all explained in %s', (file) => {
    const words = called(file)
    expect(COMMANDS.filter(({ name }) => !words.some((one) => one.startsWith(name))).map(({ name }) => name)).toEqual(
      [],
    )
  })
})

describe('settings', () => {
  const known = [...read('.env.example').matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)

  it.each(GUIDES)('named in %s are in .env.example', (file) => {
    const named = [...read(file).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !known.includes(name))).toEqual([])
  })

  it.each(['docs/admin-guide.md', 'docs/admin-guide.zh-CN.md'])('are each a line of the table in %s', (file) => {
    // What is set together stands in one line.
    const rows = [...read(file).matchAll(/^\| ((?:`[A-Z_]+`(?:, |、)?)+) \|/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/[A-Z_]+/g)].map(([name]) => name),
    )
    expect(rows.toSorted()).toEqual(known.toSorted())
  })
})

describe('what to say', () => {
  let registry: Registry
  let policy: LoadedPolicy
  let vocabulary: Vocabulary
  let moment: Moment
  beforeAll(async () => {
    registry = registryOf(
      [approvalsFeature(new Map()), administrationFeature(), ...FEATURES],
      [OrganisationPolicy, ChannelsPolicy, CalendarPolicy],
    )
    policy = loadPolicy(await checkedPolicy(await textFile(DEMONSTRATION.policy)), 1)
    const people = [
      { id: 'zhou', names: ['周敏'] },
      { id: 'emma', names: ['Emma Clarke'] },
    ]
    vocabulary = vocabularyOf(registry, policy, { department: 'cs', post: 'agent' }, people)
    // As in the demonstration, by someone who has just asked for leave.
    moment = momentOf(policy, Date.parse('2026-09-28T09:00:00+08:00'), 'Asia/Shanghai', 'leave.request')
  })
  /** The command that runs, with what it was given; a sentence about which something is asked gives `asks`. */
  const taken = (sentence: string): string => {
    const understood = understand(sentence, vocabulary, moment)
    if (understood.kind !== 'command') return understood.kind
    return understood.unclear.length > 0 ? `asks: ${understood.command}` : understood.command
  }
  const rowsUnder = (file: string, heading: string): readonly string[] => {
    const [, after = ''] = read(file).split(`\n## ${heading}\n`)
    const [section = ''] = after.split('\n## ')
    return section.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'))
  }
  const sentencesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, said = '']) => said)

  it('is understood, each row of the README in both languages alike', () => {
    const rows = rowsUnder('README.md', 'What to say')
    expect(rows.length).toBeGreaterThanOrEqual(10)
    const commands = rows.map((row) => {
      const [english, chinese, ...more] = sentencesIn(row)
      expect(more, row).toEqual([])
      expect(taken(english ?? ''), row).toBe(taken(chinese ?? ''))
      return taken(english ?? '')
    })
    expect(new Set(commands)).toEqual(new Set([...registry.commands.keys(), 'help']))
  })

  it.each(LOCALES)('is understood in %s as help shows it: every example and every name of every command', (locale) => {
    const misread = [...registry.commands.values()].flatMap(({ id, names, help }) =>
      [...allInLocale({ en: names.en, 'zh-CN': names.zh }, locale), ...allInLocale(help.examples, locale)].flatMap(
        (said) => (taken(said).replace('asks: ', '') === id ? [] : [`${said}: ${taken(said)}, not ${id}`]),
      ),
    )
    expect(misread).toEqual([])
  })

  it.each([
    ['docs/user-guide.md', 'Asking for leave'],
    ['docs/user-guide.zh-CN.md', '请假'],
  ])('is understood as a request for leave in %s', (file, heading) => {
    const said = rowsUnder(file, heading).flatMap((row) => sentencesIn(row.split('|')[1] ?? ''))
    expect(said.length).toBeGreaterThanOrEqual(6)
    expect(said.filter((sentence) => taken(sentence) !== 'leave.request')).toEqual([])
  })

  it('is ambiguous where a guide says that the bot asks', () => {
    for (const file of ['README.md', 'docs/user-guide.md', 'docs/user-guide.zh-CN.md'])
      expect(read(file)).toContain('`请一周假`')
    expect(taken('请一周假')).toBe('asks: leave.request')
  })

  it.each(['docs/admin-guide.md', 'docs/admin-guide.zh-CN.md'])(
    'needs permissions that %s lists, all of them',
    (file) => {
      const listed = [...read(file).matchAll(/^\| `([a-z]+\.[a-z]+)` \|/gm)].map(([, name = '']) => name)
      const features = [...registry.features, channelsFeature(new Map())]
      const asked = features.flatMap(({ permissions }) => Object.keys(permissions))
      expect(listed.toSorted()).toEqual([...asked, 'inbox.talk'].toSorted())
    },
  )
})

describe('examples', () => {
  it.each(['docs/admin-guide.md', 'docs/admin-guide.zh-CN.md'])(
    'of policies and people in %s are right',
    async (file) => {
      const policies = blocksOf(read(file)).filter(({ mark }) => mark === 'yaml policy')
      const people = blocksOf(read(file)).filter(({ mark }) => mark === 'yaml people')
      expect([policies.length, people.length]).toEqual([3, 1])
      const contents = []
      for (const { text } of policies) contents.push(await checkedPolicy({ name: file, text }))
      const [first] = contents
      if (!first) throw new Error(`${file} has no example of a policy`)
      const loaded = loadPolicy(first, 1)
      for (const { text } of people) expect(checkedPeople({ name: file, text }, loaded)).toHaveLength(4)
    },
  )
})

describe('both languages', () => {
  const withoutComments = ({ mark, text }: Block) => ({ mark, text: text.replaceAll(/\s+# .*$/gm, '') })

  it.each(['docs/admin-guide', 'docs/user-guide', 'docs/operations'])(
    'of %s have the same parts, tables and examples',
    (guide) => {
      const [english, chinese] = [read(`${guide}.md`), read(`${guide}.zh-CN.md`)]
      const levels = (text: string) => headings(text).map(([level]) => level)
      expect(levels(chinese)).toEqual(levels(english))
      const rows = (text: string) => prose(text).match(/^\|/gm)?.length
      expect(rows(chinese)).toBe(rows(english))
      expect(blocksOf(chinese).map(withoutComments)).toEqual(blocksOf(english).map(withoutComments))
    },
  )
})
