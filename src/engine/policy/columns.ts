/** Which column of a table is which: headings in Chinese or English, in any order, a slip answered with the nearest. */
import { inLocale } from '#core/i18n.ts'
import { wordKey } from '#core/table/cells.ts'
import type { Table, TableProblem } from '#core/table/table.ts'
import { nearest } from './nearest.ts'

/** One column that a kind of table may have. */
export interface Field<K extends string = string> {
  readonly key: K
  /** The heading that our own tables bear, in each language. */
  readonly zh: string
  readonly en: string
  /** What people also write over it; case, width, spaces and script make no difference. */
  readonly also?: readonly string[]
  readonly required?: true
}

/** Where each field stands, and what is wrong with the headings. */
export interface Columns<K extends string> {
  /** From 0; undefined for a column that the table does not have. */
  of(key: K): number | undefined
  readonly problems: readonly TableProblem[]
}

export function columnsOf<K extends string>(table: Table, fields: readonly Field<K>[]): Columns<K> {
  const { header, headerLine: line } = table
  const places = new Map<K, number>()
  const problems: TableProblem[] = []
  header.forEach((heading, column) => {
    if (heading === '') return
    const field = fields.find((candidate) => namesOf(candidate).some((name) => wordKey(name) === wordKey(heading)))
    const first = field && places.get(field.key)
    if (field === undefined) problems.push({ line, column, message: unknownHeading(heading, fields) })
    else if (first === undefined) places.set(field.key, column)
    else problems.push({ line, column, message: `this is the same column as ${header[first]}: keep one of them` })
  })
  for (const { key, zh, en, required } of fields)
    if (required && !places.has(key)) problems.push({ line, message: `there is no column ${zh} (${en})` })
  return { of: (key) => places.get(key), problems }
}

function namesOf({ key, zh, en, also = [] }: Field): readonly string[] {
  return [key, zh, inLocale({ 'zh-CN': zh, en }, 'zh-TW'), en, ...also]
}

function unknownHeading(heading: string, fields: readonly Field[]): string {
  const near = nearest(heading, fields.flatMap(namesOf))
  if (near !== undefined) return `this heading is not known, did you mean ${near}?`
  return `this heading is not known; there may be ${fields.map(({ zh, en }) => `${zh} (${en})`).join(', ')}`
}

/** A thing that people call by its name: a department, a type of leave. */
export interface Named {
  readonly id: string
  readonly names: readonly string[]
}

/** The id of what is called so: by its id, else by a name that only one of them has. */
export function idNamed(word: string, all: readonly Named[]): string | undefined {
  const key = wordKey(word)
  const byId = all.find(({ id }) => id === word.trim())
  if (byId) return byId.id
  const [found, ...more] = all.filter(({ id, names }) => [id, ...names].some((name) => wordKey(name) === key))
  return more.length === 0 ? found?.id : undefined
}

/** How a table of ours calls it: the name, where no other thing answers to it, else the id. */
export function wordFor(id: string, name: string, all: readonly Named[]): string {
  return idNamed(name, all) === id ? name : id
}
