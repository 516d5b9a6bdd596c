/** A YAML file as plain values that still know the line each of them stands on. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml'
import type { Json } from './merge.ts'

/** A file that was read by whoever may read files; `name` is how problems call it. */
export interface TextFile {
  readonly name: string
  readonly text: string
}
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}
/** `key`: where the key is written; `value`: where what it holds begins. */
export type Part = 'key' | 'value'

export interface YamlFile {
  readonly name: string
  readonly value: Json
  /** Where something is written; undefined when the file does not hold it. */
  placeOf(path: readonly PropertyKey[], part: Part): Place | undefined
}

/** Longer files are not written by people. */
const CHARS_MAX = 2_000_000

/** Reads a file; all problems of its grammar at once. An empty file is an empty map. */
export function readYaml(file: TextFile): YamlFile | { readonly problems: readonly string[] } {
  const { name, text } = file
  if (text.length > CHARS_MAX) {
    return { problems: [`${name}: ${text.length} characters are too many: split the file, at most ${CHARS_MAX}`] }
  }
  const lines = new LineCounter()
  const doc = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file: name, line, column: col }
  }
  const problems = doc.errors.map(({ pos, code, message }) =>
    problemAt(place(pos[0]), code === 'DUPLICATE_KEY' ? 'this key is written twice: keep one of them' : message),
  )
  visit(doc, {
    Alias: (_, alias) => {
      const message = `*${alias.source}: anchors are not followed here: write the value out, or put it into a preset`
      problems.push(problemAt(place(alias.range?.[0] ?? 0), message))
    },
  })
  if (problems.length > 0) return { problems }
  const root = doc.contents
  return {
    name,
    value: (doc.toJS() ?? {}) as Json,
    placeOf(path, part) {
      const offset = offsetOf(root, path, part)
      return offset === undefined ? undefined : place(offset)
    },
  }
}

/** The one form in which a problem of a file is told: `policy.yaml:12:5 what is wrong`. */
export function problemAt({ file, line, column }: Place, message: string): string {
  return `${file}:${line}:${column} ${message}`
}

function offsetOf(root: unknown, path: readonly PropertyKey[], part: Part): number | undefined {
  let node = root
  let key: unknown
  for (const step of path) {
    key = undefined
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => keyOf(item.key) === String(step))
      key = pair?.key
      node = pair?.value
    } else if (isSeq(node)) node = node.items[Number(step)]
    else return undefined
    if (key === undefined && node === undefined) return undefined
  }
  const written = part === 'key' && key !== undefined ? key : (node ?? key)
  return rangeStart(written) ?? rangeStart(key) ?? 0
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : isAlias(key) ? '' : String(key)
}

function rangeStart(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}
