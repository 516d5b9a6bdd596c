/** What a person may do. The one place that answers, and it answers no unless the policy says yes. */
import type { Text } from '#core/i18n.ts'
import type { Person } from '../context.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { departmentChain, grantCovers, type Organisation, OrganisationPolicy } from '../policy/organisation.ts'

/** Whom a permission reaches: oneself, those whose manager one is, one's department and all below it, everybody. */
export type Reach = 'own' | 'reports' | 'department' | 'all'

/** One permission of a person, and where it comes from. */
export interface Grant {
  /** `leave.decide`, `leave.*`, `*`. */
  readonly permission: string
  readonly reach: Reach
  /** The role that gives it; undefined for what everybody may. */
  readonly role?: { readonly id: string; readonly name: Text }
}

/**
 * May `person` do `permission`, to `about` when it concerns somebody? A permission without a reach behind an `@` reaches
 * - under `everyone`: oneself;
 * - in a role that serves the department: the holder's department and all below it;
 * - in a role that serves the organisation: everybody.
 * When it concerns nobody in particular any reach will do. Those who left may nothing.
 */
export function may(
  policy: Pick<LoadedPolicy, 'section'>,
  person: Person,
  permission: string,
  about?: { readonly person: Person },
): boolean {
  const organisation = policy.section(OrganisationPolicy)
  return grantsOf(organisation, person).some(
    (grant) =>
      grantCovers(grant.permission, permission) &&
      (about === undefined || reaches(organisation, grant.reach, person, about.person)),
  )
}

/** Everything a person may do, with its reach and its source: for the admin guide and `ops people`. */
export function permissionsOf(policy: LoadedPolicy, person: Person): readonly Grant[] {
  return grantsOf(policy.section(OrganisationPolicy), person)
}

function grantsOf(organisation: Organisation, person: Person): readonly Grant[] {
  if (!person.active) return []
  const everyone = organisation.everyone.map((entry) => grantOf(entry, 'own'))
  const roles = organisation.roles.filter(({ id }) => person.roles.includes(id))
  return [
    ...everyone,
    ...roles.flatMap(({ id, name, may: entries, serves }) =>
      entries.map((entry) => ({
        ...grantOf(entry, serves === 'organisation' ? 'all' : 'department'),
        role: { id, name },
      })),
    ),
  ]
}

function grantOf(entry: string, usual: Reach): Grant {
  const [permission = '', reach] = entry.split('@')
  return { permission, reach: (reach as Reach | undefined) ?? usual }
}

function reaches(organisation: Organisation, reach: Reach, person: Person, about: Person): boolean {
  switch (reach) {
    case 'own':
      return about.id === person.id
    case 'reports':
      return about.managerId === person.id
    case 'department':
      return departmentChain(organisation, about.department).includes(person.department)
    case 'all':
      return true
  }
}
