/** The rows of people, accounts and delegations, as the import of a people file reads and writes them. */
import { addDays, civilDateAt, startOfDay } from '#core/calendar/civil.ts'
import type { Instant } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'
import type { PlatformName } from '../policy/channels.ts'
import { PERSON_COLUMNS, type PersonRow } from './people.ts'
import type { FileDelegate, FilePerson } from './people-file.ts'

/** A person of the database in the words of the file. */
export interface StoredPerson {
  readonly id: string
  readonly active: boolean
  readonly person: FilePerson
}
/** What is written of one person. */
export interface PersonToWrite {
  readonly id: string
  readonly managerId: string | null
  readonly person: FilePerson
}

/** The import owns the delegations of the file and touches no others. */
const SOURCE = 'people-file'

/** Everybody, those who left too, by staff number in its order. */
export async function storedPeople(tx: Tx): Promise<ReadonlyMap<string, StoredPerson>> {
  const rows = await tx.sql<
    PersonRow & {
      email: string | null
      mobile: string | null
      preferred_platform: PlatformName | null
      file_locale: PersonRow['locale']
    }
    // What they chose for themselves is none of the file's business: it is neither written into one nor taken back by one.
  >(
    `SELECT ${PERSON_COLUMNS}, p.email, p.mobile, p.preferred_platform, p.locale AS file_locale FROM person p ORDER BY p.staff_no`,
  )
  const staffNos = new Map(rows.map((row) => [row.id, row.staff_no]))
  const accounts = await accountsByPerson(tx)
  const delegates = await delegatesByPerson(tx, staffNos, new Map(rows.map((row) => [row.id, row.zone])))
  return new Map(
    rows.map((row) => {
      const person: FilePerson = {
        staffNo: row.staff_no,
        name: row.name,
        department: row.department,
        post: row.post,
        roles: row.roles.toSorted(),
        manager: row.manager_id === null ? null : (staffNos.get(row.manager_id) ?? null),
        delegate: delegates.get(row.id) ?? [],
        zone: row.zone,
        language: row.file_locale,
        hired: row.hired_on,
        email: row.email,
        mobile: row.mobile,
        pattern: row.pattern,
        ...(row.preferred_platform === null ? {} : { prefers: row.preferred_platform }),
        accounts: accounts.get(row.id) ?? {},
      }
      return [row.staff_no, { id: row.id, active: row.active, person }]
    }),
  )
}

async function accountsByPerson({ sql }: Tx): Promise<ReadonlyMap<string, FilePerson['accounts']>> {
  const rows = await sql<{ person_id: string; accounts: FilePerson['accounts'] }>(
    `SELECT person_id, json_object_agg(platform, accounts ORDER BY platform) AS accounts FROM (
       SELECT person_id, platform, array_agg(account ORDER BY account COLLATE "C") AS accounts FROM account GROUP BY person_id, platform
     ) AS each_platform GROUP BY person_id`,
  )
  return new Map(rows.map((row) => [row.person_id, row.accounts]))
}

async function delegatesByPerson(
  { sql }: Tx,
  staffNos: ReadonlyMap<string, string>,
  zones: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly FileDelegate[]>> {
  const rows = await sql<{ person_id: string; delegate_id: string; from_at: Date; until_at: Date }>(
    'SELECT person_id, delegate_id, from_at, until_at FROM delegation WHERE source = $1 ORDER BY from_at, id',
    [SOURCE],
  )
  const delegates = new Map<string, readonly FileDelegate[]>()
  for (const row of rows) {
    const zone = zones.get(row.person_id) ?? 'UTC'
    const from = civilDateAt(row.from_at.getTime(), zone)
    const until = addDays(civilDateAt(row.until_at.getTime(), zone), -1)
    const to = staffNos.get(row.delegate_id) ?? ''
    delegates.set(row.person_id, [...(delegates.get(row.person_id) ?? []), { to, from, until }])
  }
  return delegates
}

/** Adds and overwrites people by id; all of them are active afterwards. */
export async function writePeople({ sql }: Tx, people: readonly PersonToWrite[]): Promise<void> {
  if (people.length === 0) return
  const rows = people.map(({ id, managerId, person }) => ({
    id,
    staff_no: person.staffNo,
    name: person.name,
    department: person.department,
    post: person.post,
    roles: person.roles,
    manager_id: managerId,
    locale: person.language,
    zone: person.zone,
    pattern: person.pattern,
    hired_on: person.hired,
    email: person.email,
    mobile: person.mobile,
    preferred_platform: person.prefers ?? null,
  }))
  await sql(
    `INSERT INTO person (id, staff_no, name, department, post, roles, manager_id, locale, zone, pattern, hired_on, email,
       mobile, preferred_platform, active)
     SELECT id, staff_no, name, department, post, roles, manager_id, locale, zone, pattern, hired_on, email, mobile,
       preferred_platform, TRUE
     FROM json_to_recordset($1) AS r(id uuid, staff_no text, name text, department text, post text, roles text[],
       manager_id uuid, locale text, zone text, pattern jsonb, hired_on text, email text, mobile text, preferred_platform text)
     ON CONFLICT (id) DO UPDATE SET staff_no = excluded.staff_no, name = excluded.name, department = excluded.department,
       post = excluded.post, roles = excluded.roles, manager_id = excluded.manager_id, locale = excluded.locale,
       zone = excluded.zone, pattern = excluded.pattern, hired_on = excluded.hired_on, email = excluded.email,
       mobile = excluded.mobile, preferred_platform = coalesce(excluded.preferred_platform, person.preferred_platform),
       active = TRUE`,
    [JSON.stringify(rows)],
  )
}

/** Their rows stay, for the past; their accounts too, so that the bot knows who still writes. */
export async function deactivate({ sql }: Tx, ids: readonly string[]): Promise<void> {
  await sql('UPDATE person SET active = FALSE WHERE id = ANY($1::uuid[])', [ids])
}

/** Of each platform that a person's entry names, their accounts are exactly those; an account of somebody else moves. */
export async function writeAccounts({ sql }: Tx, people: readonly PersonToWrite[], at: Instant): Promise<void> {
  const named = people.flatMap(({ id, person }) =>
    Object.entries(person.accounts).map(([platform, list]) => ({ id, platform, list })),
  )
  const each = named.flatMap(({ id, platform, list }) => list.map((account) => ({ id, platform, account })))
  const columns = [each.map(({ id }) => id), each.map(({ platform }) => platform), each.map(({ account }) => account)]
  await sql(
    `DELETE FROM account a USING unnest($4::uuid[], $5::text[]) AS named(person_id, platform)
     WHERE a.person_id = named.person_id AND a.platform = named.platform AND NOT EXISTS (
       SELECT 1 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS kept(person_id, platform, account)
       WHERE kept.person_id = a.person_id AND kept.platform = a.platform AND kept.account = a.account)`,
    [...columns, named.map(({ id }) => id), named.map(({ platform }) => platform)],
  )
  await sql(
    `INSERT INTO account (platform, account, person_id, linked_at)
     SELECT platform, account, person_id, $4 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS kept(person_id, platform, account)
     ON CONFLICT (platform, account) DO UPDATE SET person_id = excluded.person_id, linked_at = excluded.linked_at, last_used_at = NULL
     WHERE account.person_id <> excluded.person_id`,
    [...columns, new Date(at)],
  )
}

/** The file's delegations of these people are exactly these. */
export async function writeDelegations(
  { sql }: Tx,
  people: readonly PersonToWrite[],
  idOf: (staffNo: string) => string | undefined,
): Promise<void> {
  await sql('DELETE FROM delegation WHERE source = $1 AND person_id = ANY($2::uuid[])', [
    SOURCE,
    people.map(({ id }) => id),
  ])
  const rows = people.flatMap(({ id, person: { zone, delegate } }) =>
    delegate.map(({ to, from, until }) => ({
      person_id: id,
      delegate_id: idOf(to),
      from_at: new Date(startOfDay(from, zone)),
      until_at: new Date(startOfDay(addDays(until, 1), zone)),
    })),
  )
  if (rows.length === 0) return
  await sql(
    `INSERT INTO delegation (person_id, delegate_id, from_at, until_at, source)
     SELECT person_id, delegate_id, from_at, until_at, $2
     FROM json_to_recordset($1) AS r(person_id uuid, delegate_id uuid, from_at timestamptz, until_at timestamptz)`,
    [JSON.stringify(rows), SOURCE],
  )
}
