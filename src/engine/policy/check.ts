/** A value against its schema: every issue as a sentence that names the place, the value, what is allowed and what was probably meant. */
import { z } from 'zod'
import { isMap } from './merge.ts'
import { nearest } from './nearest.ts'
import { type Part, type Place, problemAt } from './yaml.ts'

export type Path = readonly (string | number)[]

export interface Issue {
  readonly path: Path
  /** What the issue is about: the key itself, or what stands under it. */
  readonly part: Part
  readonly message: string
}
/** Where something is written; the nearest thing around it when it is not written at all. */
export type Locate = (path: Path, part: Part) => Place

/** Everything that is wrong with `value`; empty when the schema takes it. Refinements of a part speak once its shape is right. */
export function issuesOf(schema: z.ZodType, value: unknown): readonly Issue[] {
  const result = schema.safeParse(value)
  return result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, schema, value, []))
}

/** An issue with the place it was written at, and the whole path of it. */
export interface Located extends Issue {
  readonly place: Place
}

export function located(issues: readonly Issue[], locate: Locate, prefix: Path = []): readonly Located[] {
  return issues.map((issue) => ({ ...issue, path: [...prefix, ...issue.path], place: locate(issue.path, issue.part) }))
}

/**
 * `policy.yaml:12:5 leave.types: …`, file by file and line by line. What one place has wrong is told once, in how many
 * departments and posts it may hold.
 */
export function problemsOf(issues: readonly Located[]): readonly string[] {
  const told = new Map<string, Located>()
  for (const issue of issues) {
    const key = problemAt(issue.place, `${issue.path.at(-1)}: ${issue.message}`)
    if (!told.has(key)) told.set(key, issue)
  }
  const files = [...new Set([...told.values()].map(({ place }) => place.file))]
  return [...told.values()]
    .toSorted(
      ({ place: a }, { place: b }) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    )
    .map(({ place, path, message }) => problemAt(place, `${pathText(path)}: ${message}`))
}

/** `leave.chains[1].steps`. */
export function pathText(path: Path): string {
  return (
    path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('') || 'file'
  )
}

/** A value as it is quoted in a problem. */
export function quote(value: unknown): string {
  if (isMap(value)) return 'a map'
  if (Array.isArray(value)) return 'a list'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text
}

/**
 * `"agnet" is none of agent, leader; did you mean agent?`
 * @param meant what may have been meant; `known`, as it is listed, when absent
 */
export function noneOf(value: unknown, known: readonly string[], what = 'none of', meant = known): string {
  const near = typeof value === 'string' ? nearest(value, meant) : undefined
  const more = known.length - KNOWN_LISTED_MAX
  const listed = known.slice(0, KNOWN_LISTED_MAX).join(', ')
  const list = known.length === 0 ? '(there are none)' : more > 0 ? `${listed} and ${more} more` : listed
  return `${quote(value)} is ${what} ${list}${near === undefined ? '' : `; did you mean ${near}?`}`
}

const VALUE_CHARS_MAX = 60
/** Of a thousand staff numbers nobody reads more. */
const KNOWN_LISTED_MAX = 30
const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map (key: value)',
  record: 'a map (key: value)',
}

type ZodIssue = z.core.$ZodIssue

function explain(issue: ZodIssue, schema: z.ZodType, root: unknown, prefix: Path): readonly Issue[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  const value = valueAt(root, path)
  const one = (message: string, part: Part = 'value'): readonly Issue[] => [{ path, part, message }]
  if (value === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    const wanted = issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : expected(issue.expected)
    return one(`is missing: write ${wanted}`)
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        part: 'key',
        message: unknownKey(key, keysAt(schema, path)),
      }))
    case 'invalid_type':
      return one(isOwn(issue) ? issue.message : `${quote(value)} is not ${expected(issue.expected)}`)
    case 'invalid_value':
      return one(isOwn(issue) ? issue.message : noneOf(value, issue.values.map(String)))
    case 'invalid_key':
      return one(`${quote(path.at(-1))}: ${issue.issues.map(({ message }) => message).join('; ')}`, 'key')
    case 'invalid_union':
      return isOwn(issue) || issue.errors.length === 0
        ? one(quoting(value, issue.message))
        : likeliest(issue.errors).flatMap((inner) => explain(inner, schema, root, path))
    case 'too_small':
      return one(
        isOwn(issue) ? issue.message : `${quote(value)} is too little: at least ${issue.minimum}${unit(issue.origin)}`,
      )
    case 'too_big':
      return one(
        isOwn(issue) ? issue.message : `${quote(value)} is too much: at most ${issue.maximum}${unit(issue.origin)}`,
      )
    default:
      return one(quoting(value, issue.message))
  }
}

/** A sentence about a map or list needs no quotation. */
function quoting(value: unknown, message: string): string {
  return typeof value === 'string' || typeof value === 'number' ? `${quote(value)}: ${message}` : message
}

const expected = (type: string): string => EXPECTED[type] ?? type

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ''
}

/** Whether whoever wrote the schema wrote the sentence: it knows better than ours. */
function isOwn(issue: ZodIssue): boolean {
  return !/^(Invalid (input|option)|Too (small|big))/.test(issue.message)
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  const list = known.length === 0 ? '' : `; here may stand ${known.join(', ')}`
  return `this key is not known${near === undefined ? '' : `, did you mean ${near}?`}${list}`
}

/** Of the forms a value may take the one that was meant: the form whose shape it has, then the one with least to complain about. */
function likeliest(errors: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] {
  const cost = (issues: readonly ZodIssue[]) =>
    issues.reduce((sum, { code, path }) => sum + (code === 'invalid_type' && path.length === 0 ? 100 : 1), 0)
  return errors.toSorted((a, b) => cost(a) - cost(b))[0] ?? []
}

/** The keys a map may have at `path`; empty where any may stand. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  return [...new Set(formsAt(schema, path).flatMap(keysOf))]
}

function keysOf(form: z.ZodType): readonly string[] {
  if (form instanceof z.ZodObject) return Object.keys(form.shape)
  const keys = form instanceof z.ZodRecord ? form.keyType : undefined
  return keys instanceof z.ZodEnum ? keys.options.map(String) : []
}

function formsAt(schema: z.ZodType, path: Path): readonly z.ZodType[] {
  const forms = formsOf(schema)
  const [step, ...rest] = path
  if (step === undefined) return forms
  return forms.flatMap((form) => childrenOf(form, step).flatMap((child) => formsAt(child, rest)))
}

/** What a schema takes once defaults, options and transformations are looked through; several where it is a choice. */
export function formsOf(schema: z.ZodType): readonly z.ZodType[] {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => formsOf(option as z.ZodType))
  return inner === schema ? [schema] : formsOf(inner)
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  return wraps ? (schema.unwrap() as z.ZodType) : schema
}

/** The schemas of what stands under `step` of a map or list. */
export function childrenOf(form: z.ZodType, step: string | number): readonly z.ZodType[] {
  if (form instanceof z.ZodObject) {
    const child = Object.hasOwn(form.shape, step) ? form.shape[step] : undefined
    return child === undefined ? [] : [child as z.ZodType]
  }
  if (form instanceof z.ZodRecord) return [form.valueType as z.ZodType]
  return form instanceof z.ZodArray ? [form.element as z.ZodType] : []
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isMap(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}
