/** `npm run rules`: writes docs/rules.md from docs/rules.yaml and from the tests that name a rule. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const ROOT = path.resolve(import.meta.dirname, '..')

interface Rules {
  readonly areas: Readonly<Record<string, string>>
  readonly rules: Readonly<
    Record<string, { readonly says: string; readonly reminded?: string; readonly people?: boolean }>
  >
}

export const rules = (): Rules => parse(readFileSync(path.join(ROOT, 'docs/rules.yaml'), 'utf8')) as Rules

/** Stories by the rule that the title of a test of theirs names: only what a person says, or the clock, carries a rule out. */
export function testedRules(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const file of testFiles('test/stories')) {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const titles = [
      ...text.matchAll(/\b(?:it|describe|test)(?:\.each(?:<[^(]*>)?\([\s\S]*?\))?\(\s*(['"`])((?:(?!\1).)*)\1/g),
    ].map((match) => match[2] ?? '')
    for (const id of new Set(titles.flatMap((title) => title.match(/\b[A-Z]{2,5}-\d{2}\b/g) ?? [])))
      found.set(id, [...(found.get(id) ?? []), file])
  }
  return found
}

export function rulesDocument(): string {
  const { areas, rules: all } = rules()
  const tested = testedRules()
  const status = (id: string) => {
    const rule = all[id]
    const files = (tested.get(id) ?? []).map((file) => `[${path.basename(file, '.test.ts')}](../${file})`).join(', ')
    if (rule?.reminded) return files ? `reminded: ${rule.reminded} (${files})` : 'later'
    if (files) return `carried out: ${files}`
    return rule?.people ? 'people only' : 'later'
  }
  const ids = Object.keys(all)
  const count = (word: string) => ids.filter((id) => status(id).startsWith(word)).length
  const lines = [
    '# The rules, one by one',
    '',
    'Made by `npm run rules` from [rules.yaml](rules.yaml) and from the titles of the tests; a test keeps it true.',
    '*Carried out*: a test drives the rule through what a person says or through the clock. *Reminded*: a schedule of the policy reminds of it.',
    '*People only*: nothing for a bot to do. *Later*: not yet.',
    '',
    `${ids.length} rules: ${count('carried')} carried out, ${count('reminded')} reminded, ${count('people')} for people only, ${count('later')} later.`,
  ]
  for (const [area, name] of Object.entries(areas)) {
    lines.push('', `## ${name}`, '', '| rule | says | status |', '| --- | --- | --- |')
    for (const id of ids.filter((candidate) => candidate.startsWith(`${area}-`)))
      lines.push(`| ${id} | ${all[id]?.says.replaceAll('|', '\\|')} | ${status(id)} |`)
  }
  return `${lines.join('\n')}\n`
}

function testFiles(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? testFiles(`${folder}/${entry.name}`)
        : entry.name.endsWith('.test.ts')
          ? [`${folder}/${entry.name}`]
          : [],
    )
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path.join(ROOT, 'docs/rules.md'), rulesDocument())
