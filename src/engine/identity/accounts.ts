/** Which account on which platform is whose. Hot path: plain SQL. */
import { type Instant, MINUTE_MS } from '#core/clock.ts'
import { Refusal } from '#core/errors.ts'
import type { Person } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { messages } from './i18n.ts'
import { PERSON_COLUMNS, type PersonRow, personOf } from './people.ts'

/** One person's account on one platform. */
export interface Address {
  readonly platform: string
  readonly account: string
}

/** The mark of last use is this coarse, so that most events write nothing. */
const TOUCH_EVERY_MS = 5 * MINUTE_MS

/** Whose account it is; also somebody who left, whom the caller tells so. Undefined when nobody's. */
export async function personByAccount(
  { sql }: Pick<Tx, 'sql'>,
  platform: string,
  account: string,
): Promise<Person | undefined> {
  const rows = await sql<PersonRow>(
    `SELECT ${PERSON_COLUMNS} FROM account a JOIN person p ON p.id = a.person_id WHERE a.platform = $1 AND a.account = $2`,
    [platform, account],
  )
  return rows[0] === undefined ? undefined : personOf(rows[0])
}

/** Links an account; once more for the same person changes nothing. Refuses an account that is somebody else's. */
export async function linkAccount(
  tx: Pick<Tx, 'sql'>,
  { platform, account, personId, at }: Address & { readonly personId: string; readonly at: Instant },
): Promise<void> {
  await linkAccounts(tx, platform, [{ account, personId }], at)
}

/** The same for many on one platform, no account twice, in one statement: all of them, or a Refusal for the first that is taken. */
export async function linkAccounts(
  { sql }: Pick<Tx, 'sql'>,
  platform: string,
  links: readonly { readonly account: string; readonly personId: string }[],
  at: Instant,
): Promise<void> {
  // The update changes nothing; it makes the statement wait for, and return, a row that another process is writing.
  const rows = await sql<{ account: string; person_id: string }>(
    `INSERT INTO account (platform, account, person_id, linked_at)
     SELECT $1, account, person_id, $4 FROM unnest($2::text[], $3::uuid[]) AS link(account, person_id) ORDER BY account
     ON CONFLICT (platform, account) DO UPDATE SET person_id = account.person_id RETURNING account, person_id`,
    [platform, links.map(({ account }) => account), links.map(({ personId }) => personId), new Date(at)],
  )
  const owners = new Map(rows.map((row) => [row.account, row.person_id]))
  if (links.some(({ account, personId }) => owners.get(account) !== personId))
    throw new Refusal(messages.later('account.taken'))
}

/** False when there was no such account. */
export async function unlinkAccount({ sql }: Pick<Tx, 'sql'>, { platform, account }: Address): Promise<boolean> {
  const rows = await sql('DELETE FROM account WHERE platform = $1 AND account = $2 RETURNING account', [
    platform,
    account,
  ])
  return rows.length > 0
}

/** Remembers that an account was used; at most one write in five minutes, save for whoever comes from another account of theirs. */
export async function touchAccount(
  { sql }: Pick<Tx, 'sql'>,
  { platform, account }: Address,
  at: Instant,
): Promise<void> {
  await sql(
    `UPDATE account a SET last_used_at = $3 WHERE platform = $1 AND account = $2
       AND (last_used_at IS NULL OR last_used_at <= $4 OR EXISTS (SELECT FROM account o
         WHERE o.person_id = a.person_id AND o.last_used_at >= a.last_used_at AND (o.platform, o.account) <> (a.platform, a.account)))`,
    [platform, account, new Date(at), new Date(at - TOUCH_EVERY_MS)],
  )
}

/** Each person's account on one platform, by person id; of several the one used last, then the one linked first. */
export async function accountsOf(
  { sql }: Pick<Tx, 'sql'>,
  personIds: readonly string[],
  platform: string,
): Promise<Readonly<Record<string, string>>> {
  const rows = await sql<{ person_id: string; account: string }>(
    `SELECT DISTINCT ON (person_id) person_id, account FROM account WHERE platform = $1 AND person_id = ANY($2::uuid[])
     ORDER BY person_id, last_used_at DESC NULLS LAST, linked_at, account`,
    [platform, personIds],
  )
  return Object.fromEntries(rows.map((row) => [row.person_id, row.account]))
}

/**
 * Where to reach a person, among `platforms` alone: on the platform they prefer, else where they were last active, else
 * on the account linked first. Undefined when nowhere.
 */
export async function addressOf(
  { sql }: Pick<Tx, 'sql'>,
  personId: string,
  platforms: readonly string[],
): Promise<Address | undefined> {
  const rows = await sql<{ platform: string; account: string }>(
    `SELECT a.platform, a.account FROM account a JOIN person p ON p.id = a.person_id
       LEFT JOIN person_choice c ON c.person_id = p.id
     WHERE a.person_id = $1 AND a.platform = ANY($2)
     ORDER BY (a.platform IS NOT DISTINCT FROM COALESCE(c.preferred_platform, p.preferred_platform)) DESC, a.last_used_at DESC NULLS LAST, a.linked_at,
       array_position($2, a.platform), a.account
     LIMIT 1`,
    [personId, platforms],
  )
  return rows[0]
}

/** An account with what is known of its use. */
export interface LinkedAccount extends Address {
  readonly linkedAt: Instant
  readonly lastUsedAt: Instant | null
}

/** All accounts of one person, by platform and then by name. */
export async function allAccountsOf({ sql }: Pick<Tx, 'sql'>, personId: string): Promise<readonly LinkedAccount[]> {
  const rows = await sql<Address & { linked_at: Date; last_used_at: Date | null }>(
    'SELECT platform, account, linked_at, last_used_at FROM account WHERE person_id = $1 ORDER BY platform, account',
    [personId],
  )
  return rows.map(({ platform, account, linked_at, last_used_at }) => ({
    platform,
    account,
    linkedAt: linked_at.getTime(),
    lastUsedAt: last_used_at?.getTime() ?? null,
  }))
}

/**
 * Who of `accounts` on one platform is whose: person ids by account; those that are nobody's are left out.
 * @param activeOnly those of people who left are nobody's either
 */
export async function ownersOf(
  { sql }: Pick<Tx, 'sql'>,
  platform: string,
  accounts: readonly string[],
  activeOnly = false,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ account: string; person_id: string }>(
    `SELECT a.account, a.person_id FROM account a JOIN person p ON p.id = a.person_id
     WHERE a.platform = $1 AND a.account = ANY($2) AND (p.active OR NOT $3)`,
    [platform, accounts, activeOnly],
  )
  return new Map(rows.map((row) => [row.account, row.person_id]))
}
