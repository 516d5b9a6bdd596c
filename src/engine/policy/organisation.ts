/** Who there is: departments, posts, roles and what each role may do. */
import { z } from 'zod'
import type { PolicySection } from '../context.ts'
import { circlesIn } from './circles.ts'
import { channelRef, departmentRef, OWN_MANAGER, roleRef } from './references.ts'
import { idSchema, languageSchema, textSchema, zoneSchema } from './text.ts'

/**
 * What a role may do: `leave.decide`, `leave.*`, `*`, with an optional reach: `@own` (oneself), `@reports` (those whose
 * manager one is), `@department` (one's department and all below it), `@all`. See engine/identity/permissions.ts for
 * what holds without one.
 */
const grantSchema = z
  .string()
  .regex(
    /^(\*|[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*(\.\*)?)(@(own|reports|department|all))?$/,
    'write a permission as leave.decide, leave.* or *, and if need be @own, @reports, @department or @all after it',
  )

const department = z.strictObject({
  name: textSchema,
  /** The department it belongs to; the one without a parent stands at the top. */
  parent: departmentRef.optional(),
  /** Where what concerns the whole department is posted; that of the parent when absent. */
  channel: channelRef.optional(),
})
const post = z.strictObject({ name: textSchema })
const role = z.strictObject({
  name: textSchema,
  may: z.array(grantSchema).default([]),
  /**
   * `department`: who holds it answers for their own department and those below. `organisation`: for everybody, wherever
   * the holder sits, as personnel does (LEAVE-09).
   */
  serves: z.enum(['department', 'organisation']).default('department'),
})

const written = z
  .strictObject({
    name: textSchema,
    zone: zoneSchema.default('Asia/Shanghai'),
    language: languageSchema.default('zh-CN'),
    departments: z.record(idSchema, department),
    posts: z.record(idSchema, post).default({}),
    roles: z.record(idSchema, role),
    everyone: z.array(grantSchema).default([]),
    /** A message to one person that has not left for so long, because the platform takes none, goes to their next one. */
    otherPlatformAfterMinutes: z.int().min(1).max(1_440).default(10),
    /** Who is asked when a step finds nobody else; never automatic approval. */
    fallbackRole: roleRef,
  })
  .superRefine((organisation, ctx) => {
    const { departments, roles } = organisation
    if (Object.keys(departments).length === 0) {
      ctx.addIssue({ code: 'custom', path: ['departments'], message: 'name at least one department' })
    }
    if (roles[OWN_MANAGER] !== undefined) {
      const message = `"${OWN_MANAGER}" is the word for each person's own manager: call the role department-manager`
      ctx.addIssue({ code: 'custom', path: ['roles', OWN_MANAGER], message })
    }
    const parents = Object.entries(departments).flatMap(([id, { parent }]): [string, string][] =>
      parent === undefined ? [] : [[id, parent]],
    )
    for (const circle of circlesIn(new Map(parents))) {
      const [id = ''] = circle
      const message = `${[...circle, id].join(' → ')} goes round in a circle: the department at the top has no parent`
      ctx.addIssue({ code: 'custom', path: ['departments', id, 'parent'], message })
    }
  })

/** Whether `leave.*` (its reach left out) gives `leave.decide`. */
export function grantCovers(granted: string, permission: string): boolean {
  if (granted === '*' || granted === permission) return true
  return granted.endsWith('.*') && permission.startsWith(granted.slice(0, -1))
}

/** Maps by id in the file, so that a file that extends a preset can add one role; lists, in the file's order, for us. */
export const organisationSchema = written.transform(({ departments, posts, roles, ...rest }) => ({
  ...rest,
  departments: withIds(departments),
  posts: withIds(posts),
  roles: withIds(roles),
}))

export const OrganisationPolicy: PolicySection<typeof organisationSchema> = {
  section: 'organisation',
  schema: organisationSchema,
}
export type Organisation = z.output<typeof organisationSchema>

/**
 * A department and those above it, nearest first; empty for one the policy does not know. Ends at a parent that is none
 * and at a circle, which a checked policy does not have.
 */
export function departmentChain(
  organisation: { readonly departments: readonly { readonly id: string; readonly parent?: string | undefined }[] },
  department: string,
): readonly string[] {
  const parents = new Map(organisation.departments.map(({ id, parent }) => [id, parent]))
  const chain: string[] = []
  let at: string | undefined = department
  while (at !== undefined && parents.has(at) && !chain.includes(at)) {
    chain.push(at)
    at = parents.get(at)
  }
  return chain
}

function withIds<T extends object>(record: Readonly<Record<string, T>>): (T & { readonly id: string })[] {
  return Object.entries(record).map(([id, entry]) => ({ id, ...entry }))
}
