/** What a change of the policy means, in words: what is different, whom it touches, who would be left without a place. */
import type { Person } from '#engine/context.ts'
import type { PolicyChange } from '#engine/policy/diff.ts'
import type { LoadedPolicy } from '#engine/policy/loaded.ts'
import { departmentChain, OrganisationPolicy } from '#engine/policy/organisation.ts'
import { count, writeValue } from '../words.ts'

/** `leave.draftLapsesAfterHours: 24 → 48`. */
export function changeLines({ path, kind, from, to }: PolicyChange): string {
  switch (kind) {
    case 'added':
      return `+ ${path}: ${writeValue(to)}`
    case 'removed':
      return `- ${path}: ${writeValue(from)}`
    case 'changed':
      return `~ ${path}: ${writeValue(from)} → ${writeValue(to)}`
    case 'order':
      return `~ ${path || 'the sections'}: in another order, ${writeValue(to)}`
  }
}

/** Whom the changes concern, by where they stand: a department's sections its people and those below, a post's its holders. */
export function touchedLines(
  changes: readonly PolicyChange[],
  people: readonly Person[],
  ...policies: readonly LoadedPolicy[]
): readonly string[] {
  const touched = people.filter((person) => changes.some((change) => touches(change, person, policies)))
  if (touched.length === 0) return ['It touches nobody who is here now.']
  if (touched.length === people.length) return [`It touches everybody: ${count(people.length, 'person', 'people')}.`]
  const named = touched.slice(0, NAMED_MAX).map(({ staffNo, name }) => `${staffNo} ${writeValue(name)}`)
  const more = touched.length > named.length ? `, and ${touched.length - named.length} more` : ''
  return [`It touches ${count(touched.length, 'person', 'people')}: ${named.join(', ')}${more}.`]
}

const NAMED_MAX = 20

function touches({ path, kind }: PolicyChange, person: Person, policies: readonly LoadedPolicy[]): boolean {
  // Another order of departments changes what nobody reads.
  if (kind === 'order' && (path === 'departments' || path === 'posts')) return false
  const [part, id] = path.split('.')
  if (part === 'posts') return person.post === id
  if (part !== 'departments') return true
  return policies.some((policy) =>
    departmentChain(policy.section(OrganisationPolicy), person.department).includes(id ?? ''),
  )
}

/** People whose department, post or role the policy would not know any more: told, not refused, for the people file comes second. */
export function strandedLines(people: readonly Person[], policy: LoadedPolicy): readonly string[] {
  const organisation = policy.section(OrganisationPolicy)
  const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id))
  const [departments, posts, roles] = [ids(organisation.departments), ids(organisation.posts), ids(organisation.roles)]
  const lines = people.flatMap((person) => [
    ...(departments.has(person.department) ? [] : [`  ${named(person)}: there is no department ${person.department}`]),
    ...(person.post === '' || posts.has(person.post) ? [] : [`  ${named(person)}: there is no post ${person.post}`]),
    ...person.roles.filter((role) => !roles.has(role)).map((role) => `  ${named(person)}: there is no role ${role}`),
  ])
  return lines.length === 0
    ? []
    : ['These people would lose their place; import a people file that says where they belong:', ...lines]
}

const named = ({ staffNo, name }: Person): string => `${staffNo} ${writeValue(name)}`
