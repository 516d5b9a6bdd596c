/** The people file: who belongs to the department. Read as a whole, with every problem and its line. */

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { type WorkingPattern, workingPatternSchema } from '#core/calendar/pattern.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Locale } from '#core/i18n.ts'
import { PROBLEMS_MAX } from '#core/table/table.ts'
import { CalendarPolicy, civilDateSchema } from '../policy/calendar.ts'
import { PLATFORMS, type PlatformName } from '../policy/channels.ts'
import { type Issue, issuesOf, located, noneOf, problemsOf, valueAt } from '../policy/check.ts'
import { circlesIn } from '../policy/circles.ts'
import { danglingIn } from '../policy/cross.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { locateIn } from '../policy/locate.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { departmentRef, postRef, roleRef } from '../policy/references.ts'
import { jsonSchemaOf } from '../policy/schema.ts'
import { languageSchema, zoneSchema } from '../policy/text.ts'
import { readYaml, type TextFile } from '../policy/yaml.ts'

/** Whom somebody has named to act for them. */
export interface FileDelegate {
  /** Staff number. */
  readonly to: string
  readonly from: CivilDate
  /** Inclusive; both days in the zone of the person who is stood in for. */
  readonly until: CivilDate
}

/** A person as the file gives them, with the organisation's zone, language and pattern where the file is silent. */
export interface FilePerson {
  readonly staffNo: string
  readonly name: string
  readonly department: string
  /** Empty when they have none. */
  readonly post: string
  /** In alphabetical order. */
  readonly roles: readonly string[]
  /** Staff number. */
  readonly manager: string | null
  readonly delegate: readonly FileDelegate[]
  readonly zone: string
  readonly language: Locale
  readonly hired: CivilDate | null
  readonly email: string | null
  readonly mobile: string | null
  readonly pattern: WorkingPattern
  /** Absent: the file does not say, what they chose in chat stays. */
  readonly prefers?: PlatformName
  /** Of each platform the file names all their accounts; those on other platforms stay as they were linked in chat. */
  readonly accounts: Readonly<Partial<Record<PlatformName, readonly string[]>>>
}

/** YAML reads 0012 as 12: what is no number to reckon with must be quoted. */
const quoted = z.string({
  error: ({ input }) =>
    typeof input === 'number' ? 'write it in quotes: without them 0012 would become 12' : undefined,
})
const staffNo = quoted.trim().min(1, 'write a staff number').max(40)

const delegate = z
  .strictObject({ to: staffNo, from: civilDateSchema, until: civilDateSchema })
  .refine(({ from, until }) => from <= until, {
    path: ['until'],
    error: 'this lies before from: until is the last day',
  })

const account = quoted.trim().min(1, 'write the account').max(200)
const accounts = z.union([account, z.array(account).min(1)])

const entrySchema = z.strictObject({
  staffNo,
  name: z.string().trim().min(1, 'write a name').max(100),
  department: departmentRef,
  post: postRef.optional(),
  roles: z.array(roleRef).default([]),
  manager: staffNo.optional(),
  delegate: z.union([delegate, z.array(delegate)]).optional(),
  zone: zoneSchema.optional(),
  language: languageSchema.optional(),
  hired: civilDateSchema.optional(),
  email: z.email('this is not an e-mail address').optional(),
  mobile: quoted
    .regex(/^\+?[0-9][0-9 -]{4,24}$/, 'write a telephone number in digits, as +86 139 0000 0000')
    .optional(),
  /** The name of a pattern of the policy (calendar.patterns), or a pattern of their own. */
  pattern: z.union([z.string(), workingPatternSchema]).optional(),
  prefers: z.enum(PLATFORMS).optional(),
  accounts: z.partialRecord(z.enum(PLATFORMS), accounts).default({}),
})
const fileSchema = z.strictObject({ people: z.array(entrySchema) })
type Entry = z.output<typeof entrySchema>
/** An entry and where it stands in the list. */
interface Placed {
  readonly index: number
  readonly entry: Entry
}

/** The JSON Schema of people files, for editors. */
export function peopleJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Banzhang people',
    ...jsonSchemaOf(fileSchema),
  }
}

/** @returns everybody, or every problem of the file with its line; never both */
export function readPeopleFile(
  file: TextFile,
  policy: LoadedPolicy,
): { readonly people: readonly FilePerson[] } | { readonly problems: readonly string[] } {
  const read = readYaml(file)
  if ('problems' in read) return read
  const checked = checkPeople(read.value, policy)
  if ('people' in checked) return checked
  return { problems: problemsOf(located(checked.issues, locateIn([read], []))) }
}

/**
 * The one check of people, whatever file they come from: everything the schema says, and what one entry says of another.
 * @param value `{ people: [entry, …] }`, where paths of issues begin
 */
export function checkPeople(
  value: unknown,
  policy: LoadedPolicy,
): { readonly people: readonly FilePerson[] } | { readonly issues: readonly Issue[] } {
  const list = valueAt(value, ['people'])
  const raw: readonly unknown[] = Array.isArray(list) ? list : []
  const placed = raw.flatMap((entry, index): Placed[] => {
    const { success, data } = entrySchema.safeParse(entry)
    return success ? [{ index, entry: data }] : []
  })
  // Also of entries that are wrong elsewhere: whoever points at them is not wrong.
  const known = raw.map((entry) => valueAt(entry, ['staffNo'])).filter((no) => typeof no === 'string')
  const strangers = strangersTo(known)
  const issues = [
    ...issuesOf(fileSchema, value),
    ...danglingIn(fileSchema, value, policy.content),
    ...usedTwice(placed),
    ...wrongManagers(placed, strangers),
    ...managerCircles(placed),
    ...wrongDelegates(placed, strangers),
    ...wrongPatterns(placed, policy),
  ]
  return issues.length > 0 ? { issues } : { people: placed.map(({ entry }) => personOf(entry, policy)) }
}

/** Staff numbers, e-mail addresses, telephone numbers and accounts belong to one person each. */
function usedTwice(placed: readonly Placed[]): readonly Issue[] {
  const issues: Issue[] = []
  const first = new Map<string, string>()
  const claim = (key: string, owner: string, path: Issue['path'], what: string) => {
    const other = first.get(key)
    if (other === undefined) first.set(key, owner)
    else
      issues.push({
        path,
        part: 'value',
        message: `${what} is also that of ${other}: it can belong to one person only`,
      })
  }
  for (const { index, entry } of placed) {
    const owner = `${entry.staffNo} ${entry.name}`
    claim(`staffNo ${entry.staffNo}`, owner, ['people', index, 'staffNo'], `staff number "${entry.staffNo}"`)
    for (const key of ['email', 'mobile'] as const) {
      const value = entry[key]
      if (value === undefined) continue
      const same = key === 'email' ? value.toLowerCase() : value.replaceAll(/[ -]/g, '')
      claim(`${key} ${same}`, owner, ['people', index, key], `"${value}"`)
    }
    for (const platform of PLATFORMS) {
      for (const id of listOf(entry.accounts[platform])) {
        claim(`${platform} ${id}`, owner, ['people', index, 'accounts', platform], `the account "${id}"`)
      }
    }
  }
  return issues
}

/** What is wrong with a staff number that somebody else's entry names; undefined when it is one of the file. */
type Strangers = (staffNo: string) => string | undefined

function strangersTo(list: readonly string[]): Strangers {
  const known = new Set(list)
  let told = 0
  return (staffNo) => {
    if (known.has(staffNo)) return undefined
    told += 1
    // The nearest of ten thousand numbers takes some milliseconds: a file with more problems than anybody reads has none.
    return noneOf(staffNo, list, 'no staff number of this file:', told > PROBLEMS_MAX ? [] : list)
  }
}

function wrongManagers(placed: readonly Placed[], strangers: Strangers): readonly Issue[] {
  return placed.flatMap(({ index, entry: { manager } }): Issue[] => {
    const message = manager === undefined ? undefined : strangers(manager)
    return message === undefined ? [] : [{ path: ['people', index, 'manager'], part: 'value', message }]
  })
}

function managerCircles(placed: readonly Placed[]): readonly Issue[] {
  const managers = new Map(
    placed.flatMap(({ entry }) => (entry.manager === undefined ? [] : [[entry.staffNo, entry.manager]])),
  )
  const indexes = new Map(placed.toReversed().map(({ index, entry }) => [entry.staffNo, index]))
  return circlesIn(managers).map((circle) => {
    const index = indexes.get(circle[0] ?? '') ?? 0
    const line = [...circle, circle[0]].join(' → ')
    const message =
      circle.length === 1
        ? `${circle[0]} is their own manager: leave the manager of the person at the top away`
        : `${line} goes round in a circle: leave the manager of the person at the top away`
    return { path: ['people', index, 'manager'], part: 'value', message }
  })
}

function wrongDelegates(placed: readonly Placed[], strangers: Strangers): readonly Issue[] {
  return placed.flatMap(({ index, entry }) => {
    const single = entry.delegate !== undefined && !Array.isArray(entry.delegate)
    const list = listOf(entry.delegate)
    return list.flatMap(({ to, from, until }, at): Issue[] => {
      const path = ['people', index, 'delegate', ...(single ? [] : [at])]
      const wrong = (key: string, message: string): Issue => ({ path: [...path, key], part: 'value', message })
      if (to === entry.staffNo) return [wrong('to', 'nobody can stand in for themselves')]
      const stranger = strangers(to)
      if (stranger !== undefined) return [wrong('to', stranger)]
      const clash = list.slice(0, at).find((other) => from <= other.until && other.from <= until)
      if (clash === undefined) return []
      return [
        wrong('from', `${from} to ${until} overlaps ${clash.from} to ${clash.until}: one person stands in at a time`),
      ]
    })
  })
}

function wrongPatterns(placed: readonly Placed[], policy: LoadedPolicy): readonly Issue[] {
  const known = Object.keys(policy.section(CalendarPolicy).patterns)
  return placed.flatMap(({ index, entry }): Issue[] => {
    const { pattern } = entry
    if (typeof pattern !== 'string' || known.includes(pattern)) return []
    return [
      {
        path: ['people', index, 'pattern'],
        part: 'value',
        message: noneOf(pattern, known, 'none of calendar.patterns:'),
      },
    ]
  })
}

function personOf(entry: Entry, policy: LoadedPolicy): FilePerson {
  const organisation = policy.section(OrganisationPolicy)
  const { pattern } = entry
  const { patterns, defaultPattern } = policy.section(CalendarPolicy)
  return {
    staffNo: entry.staffNo,
    name: entry.name,
    department: entry.department,
    post: entry.post ?? '',
    roles: entry.roles.toSorted(),
    manager: entry.manager ?? null,
    delegate: listOf(entry.delegate).toSorted((a, b) => (a.from < b.from ? -1 : 1)),
    zone: entry.zone ?? organisation.zone,
    language: entry.language ?? organisation.language,
    hired: entry.hired ?? null,
    email: entry.email ?? null,
    mobile: entry.mobile ?? null,
    pattern: (typeof pattern === 'string' ? patterns[pattern] : pattern) ?? defaultPattern,
    ...(entry.prefers === undefined ? {} : { prefers: entry.prefers }),
    accounts: Object.fromEntries(
      Object.entries(entry.accounts).map(([platform, ids]) => [platform, listOf(ids).toSorted()]),
    ),
  }
}

/** A person as the file would write them, with what the policy says anyway left out. The way back of {@link readPeopleFile}. */
export function entryOf(person: FilePerson, policy: LoadedPolicy): Readonly<Record<string, unknown>> {
  const organisation = policy.section(OrganisationPolicy)
  const { patterns, defaultPattern } = policy.section(CalendarPolicy)
  const named = Object.entries(patterns).find(([, pattern]) => isDeepStrictEqual(pattern, person.pattern))
  const usual = isDeepStrictEqual(person.pattern, defaultPattern)
  const entry = {
    staffNo: person.staffNo,
    name: person.name,
    department: person.department,
    post: person.post === '' ? undefined : person.post,
    roles: person.roles.length === 0 ? undefined : person.roles,
    manager: person.manager ?? undefined,
    delegate: oneOrList(person.delegate),
    zone: person.zone === organisation.zone ? undefined : person.zone,
    language: person.language === organisation.language ? undefined : person.language,
    hired: person.hired ?? undefined,
    email: person.email ?? undefined,
    mobile: person.mobile ?? undefined,
    pattern: usual ? undefined : (named?.[0] ?? person.pattern),
    prefers: person.prefers,
    accounts: Object.keys(person.accounts).length === 0 ? undefined : mapValues(person.accounts),
  }
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))
}

function mapValues(lists: FilePerson['accounts']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, oneOrList(list)]))
}

function oneOrList<T>(list: readonly T[]): T | readonly T[] | undefined {
  return list.length <= 1 ? list[0] : list
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}
