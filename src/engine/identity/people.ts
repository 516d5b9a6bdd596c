/** Who there is, as handlers ask for it. Hot path: plain SQL. */

import type { WorkingPattern } from '#core/calendar/pattern.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import type { Locale } from '#core/i18n.ts'
import type { People, Person } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { departmentChain, OrganisationPolicy } from '../policy/organisation.ts'

export interface PersonRow {
  readonly id: string
  readonly staff_no: string
  readonly name: string
  readonly department: string
  readonly post: string
  readonly roles: readonly string[]
  readonly manager_id: string | null
  readonly locale: Locale
  readonly zone: string
  readonly pattern: WorkingPattern
  readonly hired_on: CivilDate | null
  readonly active: boolean
}

/** The columns of a {@link PersonRow}, of the table called `p`. The language is the one they chose, else that of the people file. */
export const PERSON_COLUMNS = `p.id, p.staff_no, p.name, p.department, p.post, p.roles, p.manager_id,
  COALESCE((SELECT c.locale FROM person_choice c WHERE c.person_id = p.id), p.locale) AS locale, p.zone, p.pattern, p.hired_on,
  p.active`

/** Chains of delegates are this long at most; longer ones are a mistake. */
const DELEGATES_MAX = 10

export function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    staffNo: row.staff_no,
    name: row.name,
    department: row.department,
    post: row.post,
    roles: row.roles,
    managerId: row.manager_id,
    locale: row.locale,
    zone: row.zone,
    pattern: row.pattern,
    hiredOn: row.hired_on,
    active: row.active,
  }
}

/**
 * The people as `policy` orders them: whose department lies below whose, which role serves everybody. Lists come in the
 * order of staff numbers.
 */
export function peopleFor(tx: Tx, policy: LoadedPolicy): People {
  const select = async (where: string, values: readonly unknown[]): Promise<readonly Person[]> => {
    const rows = await tx.sql<PersonRow>(
      `SELECT ${PERSON_COLUMNS} FROM person p WHERE ${where} ORDER BY p.staff_no`,
      values,
    )
    return rows.map(personOf)
  }
  const holding = (role: string) => select('p.active AND $1 = ANY(p.roles)', [role])
  const byId = async (id: string) => (await select('p.id = $1', [id]))[0]
  return {
    byId,
    byIds: (ids) => select('p.id = ANY($1::uuid[])', [ids]),
    byStaffNo: async (staffNo) => (await select('p.staff_no = $1', [staffNo]))[0],
    withRole: async (role, department) => {
      const organisation = policy.section(OrganisationPolicy)
      const holders = await holding(role)
      if (organisation.roles.find(({ id }) => id === role)?.serves === 'organisation') return holders
      for (const level of departmentChain(organisation, department)) {
        const here = holders.filter((person) => person.department === level)
        if (here.length > 0) return here
      }
      return []
    },
    holding,
    inDepartment: (department) => select('p.active AND p.department = $1', [department]),
    all: () => select('TRUE', []),
    delegateOf: async (personId, at, notThrough) => {
      const delegate = await lastDelegate(tx, personId, at, notThrough)
      const person = delegate === undefined ? undefined : await byId(delegate)
      return person?.active ? person : undefined
    },
  }
}

/** Follows delegations from one to the next; at a circle the last before it closes. Of several at once the newest counts. */
async function lastDelegate(
  { sql }: Tx,
  personId: string,
  at: Instant,
  notThrough: string | undefined,
): Promise<string | undefined> {
  const seen = [personId]
  while (seen.length <= DELEGATES_MAX) {
    const rows = await sql<{ delegate_id: string }>(
      'SELECT delegate_id FROM delegation WHERE person_id = $1 AND from_at <= $2 AND until_at > $2 ORDER BY from_at DESC, id DESC LIMIT 1',
      [seen.at(-1), new Date(at)],
    )
    const next = rows[0]?.delegate_id
    if (next === notThrough && next !== undefined) return undefined
    if (next === undefined || seen.includes(next)) break
    seen.push(next)
  }
  return seen.length > 1 ? seen.at(-1) : undefined
}
