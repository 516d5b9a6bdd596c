/** Whether what one part of a policy, or a people file, points at exists in another. */
import type { PolicySection } from '../context.ts'
import { type Issue, noneOf, valueAt } from './check.ts'
import type { PolicyContent } from './loaded.ts'
import { isMap } from './merge.ts'
import { grantCovers } from './organisation.ts'
import { OWN_MANAGER, type ReferenceKind, referencesIn } from './references.ts'

/** References to what the organisation and the channels do not hold. */
export function danglingIn(schema: PolicySection['schema'], value: unknown, content: PolicyContent): readonly Issue[] {
  return referencesIn(schema, value).flatMap(({ path, kind, id }): Issue[] => {
    const known = knownOf(kind, content)
    return known.includes(id) ? [] : [{ path, part: 'value', message: noneOf(id, known, `no ${kind}: there are`) }]
  })
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
