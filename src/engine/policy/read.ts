/** From policy files to a checked policy: presets laid under, departments and posts laid over, every problem told at once. */
import type { PolicySection } from '../context.ts'
import { type Issue, issuesOf, type Located, located, noneOf, type Path, problemsOf } from './check.ts'
import { danglingIn, emptyGrants, idsOf, parentsOf } from './cross.ts'
import { COMMON_SECTIONS, layersOf, type PolicyContent, resolve } from './loaded.ts'
import { locateIn, startOf } from './locate.ts'
import { isMap, type Json, type JsonMap, merge } from './merge.ts'
import { departmentChain } from './organisation.ts'
import { problemAt, readYaml, type TextFile, type YamlFile } from './yaml.ts'

export interface ReadOptions {
  /** Every section that the product knows; another key at the top of a file is refused. */
  readonly sections: readonly PolicySection[]
  /** Every permission that the product asks for; roles that grant another are refused. Not checked when absent. */
  readonly permissions?: readonly string[]
  /** The text of a preset by its name in `extends`; undefined when there is none. */
  readonly presets: (name: string) => Promise<TextFile | undefined>
}
type Problems = { readonly problems: readonly string[] }

/** More files than this are a mistake. */
const FILES_MAX = 50
const OVERRIDES = ['departments', 'posts'] as const
type Overriding = (typeof OVERRIDES)[number]

/**
 * Reads a policy file with everything it extends. Of two layers the later in `extends` lies above, the file itself on
 * top; a preset that is reached twice counts where it is reached first.
 * @returns the content, or every problem with file, line and column; never both
 */
export async function readPolicy(
  file: TextFile,
  options: ReadOptions,
): Promise<{ readonly content: PolicyContent } | Problems> {
  const files: YamlFile[] = []
  const unreadable = await collect(file, [], files, options.presets)
  if (unreadable.length > 0) return { problems: unreadable }
  const content = contentOf(files, options.sections)
  const problems = problemsOf([
    ...files.flatMap((layer) => wrongShape(layer, options.sections)),
    ...organisationWide(content, files, options),
    ...unknownOverrides(content, files),
    ...overridden(content, files, options.sections),
  ])
  return problems.length > 0 ? { problems } : { content }
}

/** Reads `file` and what it extends, lowest layer first, into `files`. */
async function collect(
  file: TextFile,
  above: readonly string[],
  files: YamlFile[],
  presets: ReadOptions['presets'],
): Promise<readonly string[]> {
  const read = readYaml(file)
  if ('problems' in read) return read.problems
  if (!isMap(read.value)) return [`${file.name}:1:1 the file is not a map: write sections as key: value`]
  const names = extendsOf(read)
  if ('problems' in names) return names.problems
  const problems: string[] = []
  for (const [index, name] of names.list.entries()) {
    const at = read.placeOf(['extends', index], 'value') ?? read.placeOf(['extends'], 'value') ?? startOf(read)
    const chain = [...above, file.name]
    const preset = await presets(name)
    if (preset === undefined) problems.push(problemAt(at, `extends: there is no preset "${name}"`))
    else if (chain.includes(preset.name)) {
      const circle = [...chain.slice(chain.indexOf(preset.name)), preset.name].join(' → ')
      problems.push(problemAt(at, `extends: ${circle} goes round in a circle`))
    } else if (files.length >= FILES_MAX) problems.push(problemAt(at, `extends: more than ${FILES_MAX} files`))
    else if (!files.some((known) => known.name === preset.name)) {
      problems.push(...(await collect(preset, chain, files, presets)))
    }
  }
  files.push(read)
  return problems
}

function extendsOf(file: YamlFile): { readonly list: readonly string[] } | Problems {
  const value = (file.value as JsonMap)['extends']
  if (value === undefined || value === null) return { list: [] }
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return { list: value }
  const at = file.placeOf(['extends'], 'value') ?? startOf(file)
  return { problems: [problemAt(at, 'extends: write a list of presets, as [default]')] }
}

/** Keys that no section answers to, at the top and under a department or post; and what is no map where a map must be. */
function wrongShape(file: YamlFile, sections: readonly PolicySection[]): readonly Located[] {
  const names = sections.map(({ section }) => section)
  const own = names.filter((name) => !COMMON_SECTIONS.includes(name))
  const top = file.value as JsonMap
  const issues: Issue[] = keyIssues(Object.keys(top), [], [...names, 'extends', ...OVERRIDES])
  for (const part of OVERRIDES) {
    for (const [id, value] of entriesOf(top[part], [part], issues)) {
      for (const key of keysOf(value, [part, id], issues)) {
        const path = [part, id, key]
        if (COMMON_SECTIONS.includes(key)) {
          issues.push({
            path,
            part: 'key',
            message: `${key} is the same for everybody: write it at the top of the file`,
          })
        } else {
          issues.push(...keyIssues([key], [part, id], own))
        }
      }
    }
  }
  return located(issues, locateIn([file], []))
}

function keyIssues(keys: readonly string[], path: Path, known: readonly string[]): Issue[] {
  return keys
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: [...path, key], part: 'key', message: noneOf(key, known, 'no section: there are') }))
}

function entriesOf(value: Json | undefined, path: Path, issues: Issue[]): readonly (readonly [string, Json])[] {
  if (isMap(value)) return Object.entries(value)
  if (value !== undefined && value !== null) {
    issues.push({ path, part: 'value', message: 'this must be a map: write key: value below it' })
  }
  return []
}

function keysOf(value: Json, path: Path, issues: Issue[]): readonly string[] {
  return entriesOf(value, path, issues).map(([key]) => key)
}

function contentOf(files: readonly YamlFile[], sections: readonly PolicySection[]): PolicyContent {
  const all = files.map(({ value }) => value as JsonMap)
  const layers = (key: string) => all.map((top) => top[key])
  // By name, so that the order of features in the program makes no new version.
  const names = sections.map(({ section }) => section).toSorted()
  const merged = names.flatMap((section): [string, Json][] => {
    const value = layers(section).reduce((below, above) => merge(below, above), undefined)
    return value === undefined ? [] : [[section, value]]
  })
  const overrides = (key: Overriding) => {
    const value = layers(key).reduce((below, above) => merge(below, above, { keepNull: true }), undefined)
    const entries = isMap(value) ? Object.entries(value) : []
    return Object.fromEntries(entries.flatMap(([id, map]): [string, JsonMap][] => (isMap(map) ? [[id, map]] : [])))
  }
  return { sections: Object.fromEntries(merged), departments: overrides('departments'), posts: overrides('posts') }
}

function organisationWide(
  content: PolicyContent,
  files: readonly YamlFile[],
  { sections, permissions }: ReadOptions,
): readonly Located[] {
  const grants = permissions === undefined ? [] : emptyGrants(content, permissions)
  return [
    ...located(grants, locateIn(files, [['organisation']]), ['organisation']),
    ...sections.flatMap(({ section, schema }) => {
      const value = resolve([content.sections[section]])
      const issues = [...issuesOf(schema, value), ...danglingIn(schema, value, content)]
      return located(issues, locateIn(files, [[section]]), [section])
    }),
  ]
}

/** A department or post that has sections of its own but does not exist. */
function unknownOverrides(content: PolicyContent, files: readonly YamlFile[]): readonly Located[] {
  return OVERRIDES.flatMap((part) => {
    const known = idsOf(content, part)
    const issues = Object.keys(content[part])
      .filter((id) => !known.includes(id))
      .map((id): Issue => {
        const message = noneOf(id, known, `none of organisation.${part}:`)
        return { path: [part, id], part: 'key', message }
      })
    return located(issues, locateIn(files, []))
  })
}

/** Each section as it holds for each department, each post, and each department with each post. */
function overridden(
  content: PolicyContent,
  files: readonly YamlFile[],
  sections: readonly PolicySection[],
): readonly Located[] {
  const having = (part: Overriding) => [
    '',
    ...Object.keys(content[part]).filter((id) => idsOf(content, part).includes(id)),
  ]
  const parents = parentsOf(content)
  return sections.flatMap(({ section, schema }) => {
    const base = new Set(issuesOf(schema, resolve([content.sections[section]])).map((issue) => JSON.stringify(issue)))
    return having('departments').flatMap((department) => {
      const chain = departmentChain({ departments: parents }, department)
      return having('posts').flatMap((post) => {
        const layers = layersOf(content, section, chain, post)
        if (layers.slice(1).every((layer) => layer === undefined)) return []
        const value = resolve(layers)
        const issues = [...issuesOf(schema, value), ...danglingIn(schema, value, content)]
        const below = chain.toReversed().map((id) => ['departments', id, section])
        const prefixes = [[section], ...below, ...(post === '' ? [] : [['posts', post, section]])]
        const own = issues.filter((issue) => !base.has(JSON.stringify(issue)))
        return located(own, locateIn(files, prefixes), prefixes.at(-1))
      })
    })
  })
}
