/** Whether what one part of a policy, or a people file, points at exists in another. */
import type { PolicySection } from '../context.ts'
import { type Issue, noneOf, valueAt } from './check.ts'
import type { PolicyContent } from './loaded.ts'
import { isMap } from './merge.ts'
import { grantCovers } from './organisation.ts'
import { OWN_MANAGER, type ReferenceKind, referencesIn } from './references.ts'

/** References to what the organisation and the channels do not hold, and to roles that give too little. */
export function danglingIn(schema: PolicySection['schema'], value: unknown, content: PolicyContent): readonly Issue[] {
  return referencesIn(schema, value).flatMap(({ path, kind, id, overAll }): Issue[] => {
    const known = knownOf(kind, content)
    if (!known.includes(id)) return [{ path, part: 'value', message: noneOf(id, known, `no ${kind}: there are`) }]
    if (overAll === undefined || reachesAll(content, id, overAll)) return []
    const message =
      `the role "${id}" does not give ${overAll} over everybody, so whoever holds it would get nothing: ` +
      `write ${overAll}@all under organisation.roles.${id}.may, or name another role`
    return [{ path, part: 'value', message }]
  })
}

/** Whether a role gives a permission over everybody, or everybody has it. By the written values alone, as {@link idsOf}. */
function reachesAll(content: PolicyContent, role: string, permission: string): boolean {
  const organisation = content.sections['organisation']
  const servesAll = valueAt(organisation, ['roles', role, 'serves']) === 'organisation'
  const covers = (list: unknown, usual: string) =>
    (Array.isArray(list) ? list : []).some((entry: unknown) => {
      const [granted = '', reach = usual] = typeof entry === 'string' ? entry.split('@') : []
      return reach === 'all' && grantCovers(granted, permission)
    })
  return (
    covers(valueAt(organisation, ['roles', role, 'may']), servesAll ? 'all' : 'department') ||
    covers(valueAt(organisation, ['everyone']), 'own')
  )
}

/** Grants that give nothing the product asks for: a slip that would refuse people in silence. */
export function emptyGrants(content: PolicyContent, permissions: readonly string[]): readonly Issue[] {
  const organisation = content.sections['organisation']
  const roles = valueAt(organisation, ['roles'])
  const lists = [['everyone'], ...Object.keys(isMap(roles) ? roles : {}).map((role) => ['roles', role, 'may'])]
  return lists.flatMap((path) => {
    const list = valueAt(organisation, path)
    return (Array.isArray(list) ? list : []).flatMap((entry: unknown, index): Issue[] => {
      const [granted = ''] = typeof entry === 'string' ? entry.split('@') : ['*']
      if (permissions.some((permission) => grantCovers(granted, permission))) return []
      return [
        { path: [...path, index], part: 'value', message: noneOf(granted, permissions, 'no permission: there are') },
      ]
    })
  })
}

function knownOf(kind: ReferenceKind, content: PolicyContent): readonly string[] {
  switch (kind) {
    case 'department':
      return idsOf(content, 'departments')
    case 'post':
      return idsOf(content, 'posts')
    case 'role':
      return idsOf(content, 'roles')
    case 'approver':
      return [OWN_MANAGER, ...idsOf(content, 'roles')]
    case 'channel': {
      const channels = content.sections['channels']
      return isMap(channels) ? Object.keys(channels) : []
    }
  }
}

/** Ids by the written values alone: a mistake elsewhere in the organisation must not make every reference wrong. */
export function idsOf(content: PolicyContent, key: 'departments' | 'posts' | 'roles'): readonly string[] {
  const organisation = content.sections['organisation']
  const value = isMap(organisation) ? organisation[key] : undefined
  return isMap(value) ? Object.keys(value) : []
}

/** Department and parent as written. */
export function parentsOf(
  content: PolicyContent,
): readonly { readonly id: string; readonly parent: string | undefined }[] {
  const organisation = content.sections['organisation']
  const value = isMap(organisation) ? organisation['departments'] : undefined
  return Object.entries(isMap(value) ? value : {}).map(([id, department]) => {
    const parent = isMap(department) ? department['parent'] : undefined
    return { id, parent: typeof parent === 'string' ? parent : undefined }
  })
}
