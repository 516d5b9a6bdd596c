/** Keys of a policy that point at something else in it: marked in the schema, checked by the reader of the file. */
import { z } from 'zod'
import { childrenOf, formsOf, type Path } from './check.ts'
import { isMap } from './merge.ts'

/** `approver` is a role, or the word `manager` for each person's own manager. */
export type ReferenceKind = 'department' | 'post' | 'role' | 'approver' | 'channel'

/** The word that stands for the requester's own manager where a role is asked for; no role may be called so. */
export const OWN_MANAGER = 'manager'

/** Which schemas hold references: read by the check of the whole file, so that no section checks for itself. */
export const references = z.registry<{
  readonly refers: ReferenceKind
  /** The permission that a role named here must give over everybody. */
  readonly overAll?: string
}>()

// Each is final: a schema made from one of these (`.min(1)`) is another schema and loses the mark; `.optional()` keeps it.
export const departmentRef = z.string().register(references, { refers: 'department' })
export const postRef = z.string().register(references, { refers: 'post' })
export const roleRef = z.string().register(references, { refers: 'role' })
/** A role to which goes what tells of everybody: it has to give `permission` over everybody. */
export const roleRefOver = (permission: string) =>
  z.string().register(references, { refers: 'role', overAll: permission })
/** Who decides a step: a role's id, or `manager`. */
export const approverRef = z.string().register(references, { refers: 'approver' })
export const channelRef = z.string().register(references, { refers: 'channel' })

/** One place of a policy that points at something. */
export interface Reference {
  readonly path: Path
  readonly kind: ReferenceKind
  readonly id: string
  readonly overAll?: string
}

/** Every reference that `value` holds under `schema`, also when other parts of it are wrong. */
export function referencesIn(schema: z.ZodType, value: unknown, path: Path = []): readonly Reference[] {
  return formsOf(schema).flatMap((form) => {
    const mark = references.get(form)
    if (mark !== undefined) {
      const { refers: kind, overAll } = mark
      return typeof value === 'string' ? [{ path, kind, id: value, ...(overAll === undefined ? {} : { overAll }) }] : []
    }
    if (Array.isArray(value)) {
      return value.flatMap((item, index) =>
        childrenOf(form, index).flatMap((child) => referencesIn(child, item, [...path, index])),
      )
    }
    if (!isMap(value)) return []
    return Object.entries(value).flatMap(([key, item]) =>
      childrenOf(form, key).flatMap((child) => referencesIn(child, item, [...path, key])),
    )
  })
}
