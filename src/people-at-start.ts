/** A people file that a start must not take by itself: cut off, or empty, it would let people leave whom nobody let go. */
import { ConfigError } from '#core/errors.ts'
import { TOLD } from '#engine/alerts/alerts.ts'
import type { Person } from '#engine/context.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { peopleFor } from '#engine/identity/people.ts'
import type { FilePerson } from '#engine/identity/people-file.ts'
import { may } from '#engine/identity/permissions.ts'
import { type LoadedPolicy, loadPolicy } from '#engine/policy/loaded.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import type { PolicyStore } from '#engine/policy/store.ts'
import { checkedPeople, checkedPolicy, DEMONSTRATION, textFile } from './files.ts'

/** Fewer may leave at once, whatever share of the department they are: they change jobs, a file was not cut off. */
const LEAVING_MIN = 5

/**
 * @param start the files, what the people file says, and the policy that is to hold
 * @throws ConfigError with the counts and the way out; changes nothing
 */
export async function refuseAtStart(
  tx: Tx,
  store: PolicyStore,
  start: {
    readonly files: { readonly policy: string; readonly people: string | undefined }
    readonly people: readonly FilePerson[]
    readonly policy: LoadedPolicy
  },
): Promise<void> {
  const { files, people, policy } = start
  const active = (await peopleFor(tx, policy).all()).filter((person) => person.active)
  const wrong = wrongAtStart(active, people, policy)
  if (wrong.length === 0 || (await areOfDemonstration(active))) return
  const file = files.people ?? 'PEOPLE_FILE'
  await store.refresh(tx)
  // An import reads the file under the policy that is in force by then.
  const first =
    store.current().hash === policy.hash ? '' : `npm run ops -- policy apply ${files.policy} --yes, and then `
  throw new ConfigError([
    ...wrong.map((problem) => `${file}: ${problem}`),
    `${file}: a start does not do this by itself. Put the file right; or, if all of this is meant: ${first}npm run ops -- people import ${file} --apply`,
  ])
}

/** Invented people may go: whoever has tried the demonstration starts their own department on the same data. */
async function areOfDemonstration(active: readonly Person[]): Promise<boolean> {
  const policy = loadPolicy(await checkedPolicy(await textFile(DEMONSTRATION.policy)), 0)
  const names = new Map(
    checkedPeople(await textFile(DEMONSTRATION.people), policy).map(({ staffNo, name }) => [staffNo, name]),
  )
  return active.every(({ staffNo, name }) => names.get(staffNo) === name)
}

/** What speaks against importing `people` unasked, where `active` people are now; empty when nothing does. */
export function wrongAtStart(
  active: readonly Person[],
  people: readonly FilePerson[],
  policy: LoadedPolicy,
): readonly string[] {
  // Nobody is lost where nobody is.
  if (active.length === 0) return []
  if (people.length === 0) return [`it names nobody: all ${active.length} active people would become inactive`]
  const inFile = new Set(people.map(({ staffNo }) => staffNo))
  const leaving = active.filter(({ staffNo }) => !inFile.has(staffNo))
  const after = people.map(asPerson)
  const { fallbackRole } = policy.section(OrganisationPolicy)
  const lost = (what: string, holds: (person: Person) => boolean): readonly string[] => {
    const holders = active.filter(holds)
    const isLost = holders.length > 0 && holders.every(({ staffNo }) => !inFile.has(staffNo)) && !after.some(holds)
    return isLost ? [`${holders.length} of ${holders.length} active people with ${what} would become inactive`] : []
  }
  return [
    ...(leaving.length >= LEAVING_MIN && leaving.length * 3 > active.length
      ? [`${leaving.length} of ${active.length} active people are not in it and would become inactive`]
      : []),
    ...lost(`the fallback role ${fallbackRole}`, ({ roles }) => roles.includes(fallbackRole)),
    ...lost(`the permission ${TOLD}`, (person) => may(policy, person, TOLD)),
  ]
}

/** As they would be once imported. */
function asPerson({ staffNo, name, department, post, roles, language, zone, pattern, hired }: FilePerson): Person {
  return {
    id: staffNo,
    staffNo,
    name,
    department,
    post,
    roles,
    managerId: null,
    locale: language,
    zone,
    pattern,
    hiredOn: hired,
    active: true,
  }
}
