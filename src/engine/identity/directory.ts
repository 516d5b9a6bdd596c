/** What a platform's own directory says against what we know: who has joined, left and moved, and whose account is whose. Pure. */
import type { Account, DirectoryPerson } from '#core/platform.ts'
import type { Tx } from '../db/transaction.ts'

/** Somebody of ours, with their accounts on the one platform. */
export interface KnownPerson {
  readonly id: string
  readonly staffNo: string
  readonly name: string
  readonly department: string
  readonly email: string | null
  readonly mobile: string | null
  readonly active: boolean
  readonly accounts: readonly string[]
}

/** An account that is to become somebody's. */
export interface ProposedLink {
  readonly person: KnownPerson
  readonly account: string
  readonly by: 'staff number' | 'e-mail' | 'mobile'
}
/** What cannot be told for certain, in a sentence for administrators; never guessed. */
export type Conflict = string

export interface SyncPlan {
  readonly links: readonly ProposedLink[]
  readonly conflicts: readonly Conflict[]
  /** In the directory, and nobody of ours. */
  readonly strangers: readonly DirectoryPerson[]
  /** Ours, with no account there that is active any more. */
  readonly left: readonly KnownPerson[]
  readonly moved: readonly { readonly person: KnownPerson; readonly to: string }[]
  /** How many active people of ours had an account there: what {@link isTooMany} is measured by. */
  readonly linked: number
}

/** More at once, or more than this share of those linked, are rather a directory half seen than people who left. */
const LEAVING_MAX = 10
const LEAVING_SHARE_MAX = 0.2

/** True when so many would leave at once that somebody has to say that it is meant. Exactly at a limit is not over it. */
export const isTooMany = ({ left, linked }: Pick<SyncPlan, 'left' | 'linked'>): boolean =>
  left.length > LEAVING_MAX || left.length > linked * LEAVING_SHARE_MAX

/** Everybody of ours, those who left too, with their accounts on `platform`; by staff number. */
export async function knownPeople({ sql }: Pick<Tx, 'sql'>, platform: string): Promise<readonly KnownPerson[]> {
  return sql<KnownPerson & Record<string, unknown>>(
    `SELECT p.id, p.staff_no AS "staffNo", p.name, p.department, p.email, p.mobile, p.active,
       COALESCE(array_agg(a.account ORDER BY a.account) FILTER (WHERE a.account IS NOT NULL), '{}') AS accounts
     FROM person p LEFT JOIN account a ON a.person_id = p.id AND a.platform = $1
     GROUP BY p.id ORDER BY p.staff_no`,
    [platform],
  )
}

/** Digits alone, without the country's code of China: `+86 139 0000 0000` and `13900000000` are one number. */
const digitsOf = (mobile: string): string => mobile.replaceAll(/\D/g, '').replace(/^(?:00)?86(?=1\d{10}$)/, '')
const sameMail = (email: string): string => email.trim().toLowerCase()

/**
 * @param listing everybody in the directory, never a part of it
 * @param departments of the policy, each with every name it goes by
 */
export function planSync(
  listing: readonly DirectoryPerson[],
  people: readonly KnownPerson[],
  departments: readonly { readonly id: string; readonly names: readonly string[] }[],
): SyncPlan {
  const owners = new Map(people.flatMap((person) => person.accounts.map((account) => [account, person] as const)))
  const isHere = new Map(listing.map((one) => [one.account, one.active]))
  const linked = people.filter(({ active, accounts }) => active && accounts.length > 0)
  const unowned = listing.filter(({ account, active }) => active && !owners.has(account))
  const matchesOf = matcherOf(people)
  const matches = unowned.map((one) => ({ one, found: matchesOf(one) }))
  const { links, conflicts } = settle(matches)
  return {
    links,
    conflicts,
    strangers: matches.filter(({ found }) => found.length === 0).map(({ one }) => one),
    left: linked.filter(({ accounts }) => accounts.every((account) => isHere.get(account) !== true)),
    moved: listing.flatMap((one) => {
      const person = owners.get(one.account)
      const to = person?.active && one.active ? movedTo(one, person, departments) : undefined
      return person && to !== undefined ? [{ person, to }] : []
    }),
    linked: linked.length,
  }
}

interface Match {
  readonly person: KnownPerson
  readonly by: ProposedLink['by']
}

/**
 * Whom somebody in the directory may be: the active people of ours, each once, by the surest sign. Looked up by each sign: a
 * department of ten thousand is compared in one go.
 */
function matcherOf(people: readonly KnownPerson[]): (one: DirectoryPerson) => readonly Match[] {
  const active = people.filter((person) => person.active)
  const rank = new Map(active.map((person, n) => [person.id, n]))
  const byStaffNo = grouped(active, ({ staffNo }) => staffNo)
  const byEmail = grouped(active, ({ email }) => sameMail(email ?? ''))
  const byMobile = grouped(active, ({ mobile }) => digitsOf(mobile ?? ''))
  return ({ staffNo = '', email = '', mobile = '' }) => {
    const found = new Map<string, Match>()
    const add = (those: readonly KnownPerson[] = [], by: Match['by']) => {
      for (const person of those) if (!found.has(person.id)) found.set(person.id, { person, by })
    }
    add(byStaffNo.get(staffNo), 'staff number')
    add(byEmail.get(sameMail(email)), 'e-mail')
    add(byMobile.get(digitsOf(mobile)), 'mobile')
    return [...found.values()].toSorted(
      (one, other) => (rank.get(one.person.id) ?? 0) - (rank.get(other.person.id) ?? 0),
    )
  }
}

/** By a sign of theirs; those without it are left out. */
function grouped<T>(all: readonly T[], signOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const sign = signOf(one)
    const group = groups.get(sign)
    if (sign === '') continue
    if (group) group.push(one)
    else groups.set(sign, [one])
  }
  return groups
}

const called = ({ staffNo, name }: KnownPerson): string => `${staffNo} ${name}`

function settle(matches: readonly { readonly one: DirectoryPerson; readonly found: readonly Match[] }[]): {
  readonly links: readonly ProposedLink[]
  readonly conflicts: readonly Conflict[]
} {
  const links: ProposedLink[] = []
  const conflicts: Conflict[] = []
  const claims = grouped(
    matches.flatMap(({ one, found }) => found.map(({ person }) => ({ id: person.id, account: one.account }))),
    ({ id }) => id,
  )
  for (const { one, found } of matches) {
    const [match, ...others] = found
    if (!match) continue
    const { person, by } = match
    const rivals = (claims.get(person.id) ?? [])
      .map(({ account }) => account)
      .filter((account) => account !== one.account)
    if (others.length > 0)
      conflicts.push(`${one.account} may be ${found.map((each) => `${called(each.person)} (${each.by})`).join(' or ')}`)
    else if (person.accounts.length > 0)
      conflicts.push(`${one.account} looks like ${called(person)}, who has ${person.accounts.join(', ')} there already`)
    else if (rivals.length > 0)
      conflicts.push(`${[one.account, ...rivals].join(' and ')} both look like ${called(person)}`)
    else links.push({ person, account: one.account, by })
  }
  return { links, conflicts }
}

/** The department that the directory puts somebody in, when the policy knows it by name and it is another one. */
function movedTo(
  { departments: names }: DirectoryPerson,
  person: KnownPerson,
  departments: readonly { readonly id: string; readonly names: readonly string[] }[],
): string | undefined {
  const known = departments.filter((one) => one.names.some((name) => names.includes(name)))
  // Of several nobody can tell which one is meant; and whoever is still where we think has not moved.
  return known.length === 1 && known[0]?.id !== person.department ? known[0]?.id : undefined
}

/** What looking somebody up by e-mail and by mobile came to. */
export interface Looked {
  readonly person: KnownPerson
  readonly byEmail: Account | undefined
  readonly byMobile: Account | undefined
}

/**
 * Who is to be linked of those who were looked up.
 * @param owners whose the accounts are already, as `staff number name`
 */
export function planLookup(
  looked: readonly Looked[],
  owners: ReadonlyMap<string, string>,
): {
  readonly links: readonly ProposedLink[]
  readonly conflicts: readonly Conflict[]
  readonly notFound: readonly KnownPerson[]
} {
  const links: ProposedLink[] = []
  const conflicts: Conflict[] = []
  const notFound: KnownPerson[] = []
  const finds = grouped(
    looked.flatMap(({ person, byEmail, byMobile }) =>
      [...new Set([byEmail?.account ?? '', byMobile?.account ?? ''])].map((account) => ({ person, account })),
    ),
    ({ account }) => account,
  )
  for (const { person, byEmail, byMobile } of looked) {
    const found = byEmail ?? byMobile
    if (!found) {
      notFound.push(person)
      continue
    }
    const { account } = found
    const owner = owners.get(account)
    const rivals = (finds.get(account) ?? []).filter((other) => other.person.id !== person.id)
    if (byEmail && byMobile && byEmail.account !== byMobile.account)
      conflicts.push(`${called(person)}: the e-mail gives ${byEmail.account}, the mobile ${byMobile.account}`)
    else if (owner !== undefined) conflicts.push(`${called(person)}: ${account} belongs to ${owner} already`)
    else if (rivals.length > 0)
      conflicts.push(
        `${called(person)}: ${account} is found for ${rivals.map((one) => called(one.person)).join(', ')} too`,
      )
    else links.push({ person, account, by: byEmail ? 'e-mail' : 'mobile' })
  }
  return { links, conflicts, notFound }
}
