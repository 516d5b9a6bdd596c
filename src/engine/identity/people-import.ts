/** A people file into the database and back: first what would change, then the change itself. */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import type { Instant } from '#core/clock.ts'
import type { NewAuditLine } from '../audit/lines.ts'
import type { Tx } from '../db/transaction.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { entryOf, type FilePerson } from './people-file.ts'
import {
  deactivate,
  type PersonToWrite,
  type StoredPerson,
  storedPeople,
  writeAccounts,
  writeDelegations,
  writePeople,
} from './people-rows.ts'

/** One field of one person; `from` and `to` as the file writes them. */
export interface FieldChange {
  readonly staffNo: string
  readonly name: string
  /** `department`, `accounts.slack`, …; `active` when somebody who had left is back. */
  readonly field: string
  readonly from: unknown
  readonly to: unknown
}
export interface ImportPlan {
  /** The file that was planned for. */
  readonly people: readonly FilePerson[]
  readonly added: readonly { readonly staffNo: string; readonly name: string }[]
  readonly changed: readonly FieldChange[]
  /** In the database and active, not in the file: they become inactive, their past stays. */
  readonly left: readonly { readonly staffNo: string; readonly name: string }[]
  /** Accounts that the file gives to somebody else than the database does. */
  readonly moved: readonly {
    readonly platform: string
    readonly account: string
    readonly from: string
    readonly to: string
  }[]
  /** How many people stay as they are. */
  readonly unchanged: number
}

/** What the audit log is told of one person. */
export type ImportNews = Pick<NewAuditLine, 'action' | 'subject' | 'data'>

/** What importing these people would do; changes nothing. The staff number is the identity. */
export async function planImport(tx: Tx, people: readonly FilePerson[]): Promise<ImportPlan> {
  return planAgainst(await storedPeople(tx), people)
}

/**
 * Imports what was planned. The database may have changed since: it is planned anew under a lock, and what was done is
 * given back.
 * @param plan of which only the people count
 * @param audit given all lines at once, one for each person added, changed or left, and for each account that moved; they
 * never hold telephone numbers or addresses
 */
export async function applyImport(
  tx: Tx,
  plan: Pick<ImportPlan, 'people'>,
  at: Instant,
  audit: (news: readonly ImportNews[]) => Promise<void>,
): Promise<ImportPlan> {
  // Two imports at once would add somebody twice; readers are not held up.
  await tx.sql('LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE')
  const stored = await storedPeople(tx)
  const now = planAgainst(stored, plan.people)
  const touched = new Set([...now.added, ...now.changed].map(({ staffNo }) => staffNo))
  const added = new Map(now.added.map(({ staffNo }) => [staffNo, randomUUID() as string]))
  const idOf = (staffNo: string): string | undefined => stored.get(staffNo)?.id ?? added.get(staffNo)
  const write = now.people
    .filter(({ staffNo }) => touched.has(staffNo))
    .map((person): PersonToWrite => {
      const managerId = person.manager === null ? null : (idOf(person.manager) ?? null)
      return { id: idOf(person.staffNo) ?? '', managerId, person }
    })
  await writePeople(tx, write)
  await deactivate(
    tx,
    now.left.map(({ staffNo }) => idOf(staffNo) ?? ''),
  )
  await writeAccounts(tx, write, at)
  await writeDelegations(tx, write, idOf)
  await audit(newsOf(now, idOf))
  return now
}

/** The active people as a file would hold them: whoever writes them into one gets a file that reads back as the same people. */
export async function exportedPeople(tx: Tx): Promise<readonly FilePerson[]> {
  const stored = [...(await storedPeople(tx)).values()].filter(({ active }) => active)
  const here = new Set(stored.map(({ person }) => person.staffNo))
  return stored.map(({ person }) => {
    // A file that names somebody it does not hold would be refused.
    const manager = person.manager !== null && here.has(person.manager) ? person.manager : null
    return { ...person, manager, delegate: person.delegate.filter(({ to }) => here.has(to)) }
  })
}

/** People as a YAML file. */
export function peopleYaml(people: readonly FilePerson[], policy: LoadedPolicy): string {
  const entries = people.map((person) => entryOf(person, policy))
  return stringify({ people: entries }, { lineWidth: 0, aliasDuplicateObjects: false })
}

function planAgainst(stored: ReadonlyMap<string, StoredPerson>, people: readonly FilePerson[]): ImportPlan {
  const inFile = new Set(people.map(({ staffNo }) => staffNo))
  const named = ({ staffNo, name }: FilePerson) => ({ staffNo, name })
  const changed = people.flatMap((person) => {
    const before = stored.get(person.staffNo)
    return before === undefined ? [] : changesOf(before, person)
  })
  const added = people.filter(({ staffNo }) => !stored.has(staffNo)).map(named)
  const left = [...stored.values()].filter(({ active, person }) => active && !inFile.has(person.staffNo))
  return {
    people,
    added,
    changed,
    left: left.map(({ person }) => named(person)),
    moved: movedAccounts(stored, people),
    unchanged: people.length - added.length - new Set(changed.map(({ staffNo }) => staffNo)).size,
  }
}

const FIELDS = [
  'name',
  'department',
  'post',
  'roles',
  'manager',
  'delegate',
  'zone',
  'language',
  'hired',
  'email',
  'mobile',
  'pattern',
] as const

function changesOf({ active, person: before }: StoredPerson, after: FilePerson): readonly FieldChange[] {
  const { staffNo, name } = after
  const change = (field: string, from: unknown, to: unknown): readonly FieldChange[] =>
    isDeepStrictEqual(from, to) ? [] : [{ staffNo, name, field, from, to }]
  return [
    ...change('active', active, true),
    ...FIELDS.flatMap((field) => change(field, before[field], after[field])),
    ...(after.prefers === undefined ? [] : change('prefers', before.prefers ?? null, after.prefers)),
    ...Object.entries(after.accounts).flatMap(([platform, accounts]) =>
      change(`accounts.${platform}`, (before.accounts as Record<string, unknown>)[platform] ?? [], accounts),
    ),
  ]
}

function movedAccounts(stored: ReadonlyMap<string, StoredPerson>, people: readonly FilePerson[]): ImportPlan['moved'] {
  const owners = new Map(
    [...stored.values()].flatMap(({ person }) => accountsIn(person).map(({ key }) => [key, person.staffNo] as const)),
  )
  return people.flatMap((person) =>
    accountsIn(person).flatMap(({ key, platform, account }) => {
      const from = owners.get(key)
      return from === undefined || from === person.staffNo ? [] : [{ platform, account, from, to: person.staffNo }]
    }),
  )
}

function accountsIn({ accounts }: FilePerson) {
  return Object.entries(accounts).flatMap(([platform, list]) =>
    list.map((account) => ({ key: `${platform}:${account}`, platform, account })),
  )
}

/** Fields whose values the audit log, which forgets nothing, does not need. */
const PRIVATE = ['email', 'mobile']

function newsOf(
  { added, left, changed, moved }: ImportPlan,
  idOf: (staffNo: string) => string | undefined,
): readonly ImportNews[] {
  const subject = (staffNo: string) => `person:${idOf(staffNo) ?? staffNo}`
  const fields = new Map<string, Record<string, unknown>>()
  for (const { staffNo, field, from, to } of changed) {
    const before = fields.get(staffNo) ?? {}
    fields.set(staffNo, { ...before, [field]: PRIVATE.includes(field) ? {} : { from, to } })
  }
  const about = (action: string, { staffNo }: { readonly staffNo: string }, changes = {}): ImportNews => ({
    action,
    subject: subject(staffNo),
    data: { staffNo, ...changes },
  })
  return [
    ...added.map((person) => about('people.added', person)),
    ...left.map((person) => about('people.left', person)),
    ...[...fields].map(([staffNo, changes]) => about('people.changed', { staffNo }, changes)),
    ...moved.map(({ platform, account, from, to }) => ({
      action: 'people.account-moved',
      subject: subject(to),
      data: { platform, account, from, to },
    })),
  ]
}
