/** A policy in force: its sections as they hold for the organisation, a department or a post, parsed once each. */
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { type WorkCalendar, workCalendar } from '#core/calendar/days.ts'
import type { PolicySection } from '../context.ts'
import type { PolicyReader } from '../feature.ts'
import { CalendarPolicy, type ImportedYear } from './calendar.ts'
import { type Json, type JsonMap, merge } from './merge.ts'
import { departmentChain, OrganisationPolicy } from './organisation.ts'

/** A policy as it is kept: presets laid under, defaults not filled in. JSON through and through. */
export interface PolicyContent {
  /** By section name, for the whole organisation. */
  readonly sections: JsonMap
  /** What a department changes, by department and section; null removes what lies below. */
  readonly departments: Readonly<Record<string, JsonMap>>
  readonly posts: Readonly<Record<string, JsonMap>>
}

/** For whom a section is asked. Departments above lie under departments below, the post on top of all. */
export interface PolicyFor {
  readonly department: string
  /** Empty when they have none. */
  readonly post: string
}

export interface LoadedPolicy {
  /** The number people and records name it by; 0 for one that was never stored. */
  readonly version: number
  readonly hash: string
  readonly content: PolicyContent
  /**
   * A section with its defaults; frozen, the same object every time. For the whole organisation without `who`.
   * Throws when the content does not fit the section's schema: a version that was stored by other code.
   */
  section<S extends z.ZodType>(section: PolicySection<S>, who?: PolicyFor): z.output<S>
  readonly reader: PolicyReader
  readonly calendar: WorkCalendar
  /** The years that were imported by themselves. */
  readonly importedYears: readonly ImportedYear[]
}

/** Sections that hold for everybody: no department or post has its own. */
export const COMMON_SECTIONS: readonly string[] = ['organisation', 'channels', 'calendar', 'administration', 'reports']

/** SHA-256 over the content as JSON, keys in the order of the file: the order of types and roles is what people see. */
export function hashOf(content: PolicyContent): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

/** @param chain the department and those above it, nearest first */
export function layersOf(
  content: PolicyContent,
  section: string,
  chain: readonly string[],
  post: string,
): readonly (Json | undefined)[] {
  return [
    content.sections[section],
    ...chain.toReversed().map((department) => own(own(content.departments, department), section)),
    own(own(content.posts, post), section),
  ]
}

/** The layers laid over one another; a section nobody speaks of is an empty map, so that its defaults hold. */
export function resolve(layers: readonly (Json | undefined)[]): Json {
  return layers.reduce<Json | undefined>((below, above) => merge(below, above), undefined) ?? {}
}

/**
 * @param version 0 for one that is not stored: a check, a test
 * @param imported years that were imported by themselves; one that the policy writes itself goes before
 */
export function loadPolicy(
  content: PolicyContent,
  version: number,
  imported: readonly ImportedYear[] = [],
): LoadedPolicy {
  const cache = new Map<string, unknown>()
  const section = <S extends z.ZodType>(asked: PolicySection<S>, who?: PolicyFor): z.output<S> => {
    const common = who === undefined || COMMON_SECTIONS.includes(asked.section)
    const chain = common ? [] : departmentChain(section(OrganisationPolicy), who.department)
    const key = JSON.stringify([asked.section, chain[0] ?? '', common ? '' : who.post])
    if (!cache.has(key)) {
      const layers = layersOf(content, asked.section, chain, common ? '' : who.post)
      cache.set(key, parse(asked, resolve(layers), version))
    }
    return cache.get(key) as z.output<S>
  }
  let calendar: WorkCalendar | undefined
  let departments: readonly string[] | undefined
  return {
    version,
    hash: hashOf(content),
    content,
    section,
    reader: {
      version,
      get departments() {
        departments ??= section(OrganisationPolicy).departments.map(({ id }) => id)
        return departments
      },
      section: (asked, department) => section(asked, department === undefined ? undefined : { department, post: '' }),
    },
    get calendar() {
      calendar ??= calendarOf(section(CalendarPolicy), imported)
      return calendar
    },
    importedYears: imported,
  }
}

/** Of what the file and an import both say the file holds: it stands later in each list. */
function calendarOf(
  { years, companyDays }: z.output<(typeof CalendarPolicy)['schema']>,
  imported: readonly ImportedYear[],
): WorkCalendar {
  return workCalendar({
    years: [...imported, ...years],
    companyDays: [...imported.flatMap((one) => one.companyDays), ...companyDays],
  })
}

function parse<S extends z.ZodType>(section: PolicySection<S>, value: Json, version: number): z.output<S> {
  const result = section.schema.safeParse(value)
  if (result.success) return frozen(result.data)
  const [first] = result.error.issues
  const where = [section.section, ...(first?.path ?? [])].join('.')
  throw new Error(
    `Policy version ${version} does not fit this program: ${where}: ${first?.message ?? ''}. Apply the policy file again with \`ops policy apply\``,
  )
}

/** Shared by everybody who asks: whoever changed it would change it for all. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const child of Object.values(value)) frozen(child)
  }
  return value
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}
