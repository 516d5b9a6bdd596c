/** Every policy that was ever in force, as numbered versions in the database, and the one that is in force now. */
import type { Instant } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'
import type { ImportedYear } from './calendar.ts'
import { importedYears, insertYear, newestMark, type YearsMark } from './imported-years.ts'
import { hashOf, type LoadedPolicy, loadPolicy, type PolicyContent } from './loaded.ts'

export interface PolicyStore {
  /** The version this process works with. Throws until {@link PolicyStore.apply} has committed or {@link PolicyStore.refresh} found one. */
  current(): LoadedPolicy
  /**
   * Makes a checked policy the newest version; the same content as the newest makes none. This process follows after
   * the commit, the others at their next {@link PolicyStore.refresh}.
   * @param by who applied it: a staff number, or `start` for the file read at start
   */
  apply(
    tx: Tx,
    content: PolicyContent,
    by: string,
    at: Instant,
  ): Promise<{ readonly version: number; readonly changed: boolean }>
  /**
   * Lets an official year hold from now on, under every policy that does not write that year itself. This process follows
   * after the commit, the others at their next {@link PolicyStore.refresh}. False when it holds already.
   * @param check asked of the newest policy, which no other replaces before the commit; what it throws is thrown
   */
  importYear(
    tx: Tx,
    year: ImportedYear,
    by: string,
    at: Instant,
    check?: (newest: LoadedPolicy) => void,
  ): Promise<boolean>
  /**
   * Follows the newest committed version and the imported years; two small queries when there is nothing new. True when it
   * changed. A database that
   * was restored may hold an older one, or another one under the same number: that is followed too.
   */
  refresh(tx: Tx): Promise<boolean>
  /** The version a request was filed under. Throws when there is none of that number. */
  at(tx: Tx, version: number): Promise<LoadedPolicy>
}

/** Older versions that requests still point at, kept parsed. */
const REMEMBERED_MAX = 20

/** A version with the imported years that its calendar was made with. */
interface InForce {
  readonly policy: LoadedPolicy
  readonly years: YearsMark
}

export function createPolicyStore(): PolicyStore {
  let current: InForce | undefined
  const remembered = new Map<number, LoadedPolicy>()
  const remember = (policy: LoadedPolicy): LoadedPolicy => {
    const [oldest] = remembered.keys()
    if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
    remembered.set(policy.version, policy)
    return policy
  }
  const hold = (next: InForce): void => {
    // Their calendars are those of the years before.
    if (next.years.id !== current?.years.id) remembered.clear()
    current = next
  }
  /** A slower process must not take the newer version back. */
  const follow = (next: InForce): void => {
    if (current === undefined || (isNewer(next, current) && !isNewer(current, next))) hold(next)
  }
  return {
    current() {
      if (current === undefined)
        throw new Error('No policy is in force yet: apply one, or refresh, before anything is handled')
      return current.policy
    },
    async apply(tx, content, by, at) {
      // Two processes that start together must not both store the same file.
      await tx.sql('LOCK TABLE policy_version IN SHARE ROW EXCLUSIVE MODE')
      const newest = await newestOf(tx)
      const changed = newest?.hash !== hashOf(content)
      const version = changed ? await insert(tx, content, by, at) : newest.number
      const next = await withYears(tx, content, version)
      // The number of a version that was rolled back is never used again, but nothing may be remembered of it.
      tx.afterCommit(() => follow(next))
      return { version, changed }
    },
    async importYear(tx, year, by, at, check = () => {}) {
      // Before the lock of the years, and {@link PolicyStore.apply} never waits for that one.
      await tx.sql('LOCK TABLE policy_version IN SHARE ROW EXCLUSIVE MODE')
      const newestBefore = await newestIn(tx)
      if (newestBefore) check(newestBefore.policy)
      if (!(await insertYear(tx, year, by, at))) return false
      const next = await newestIn(tx)
      if (next) tx.afterCommit(() => follow(next))
      return true
    },
    async refresh(tx) {
      // Before the question: what was in force then had been committed, so its absence means that it was taken away.
      const before = current
      const newest = await newestOf(tx)
      if (newest === undefined) return false
      const years = await newestMark(tx)
      const gone = before !== undefined && isGone(before, newest, years)
      if (before && !gone && newest.number === before.policy.version && years.id === before.years.id) return false
      const next = await withYears(tx, await contentOf(tx, newest.number), newest.number)
      if (!gone) follow(next)
      else if (current === before) {
        remembered.clear()
        hold(next)
      }
      return current !== before
    },
    async at(tx, version) {
      if (current?.policy.version === version) return current.policy
      const known = remembered.get(version)
      return known ?? remember((await withYears(tx, await contentOf(tx, version), version)).policy)
    },
  }
}

const isNewer = (a: InForce, b: InForce): boolean => a.policy.version > b.policy.version || a.years.id > b.years.id

/** Versions and imported years are never deleted: only a restore takes them away. */
function isGone(
  { policy, years: before }: InForce,
  newest: { number: number; hash: string },
  years: YearsMark,
): boolean {
  return (
    newest.number < policy.version ||
    (newest.number === policy.version && newest.hash !== policy.hash) ||
    years.id < before.id ||
    (years.id === before.id && years.hash !== before.hash)
  )
}

async function newestIn(tx: Tx): Promise<InForce | undefined> {
  const newest = await newestOf(tx)
  return newest && withYears(tx, await contentOf(tx, newest.number), newest.number)
}

async function withYears(tx: Tx, content: PolicyContent, version: number): Promise<InForce> {
  const { mark, years } = await importedYears(tx)
  return { policy: loadPolicy(content, version, years), years: mark }
}

async function newestOf({ sql }: Tx): Promise<{ number: number; hash: string } | undefined> {
  const rows = await sql<{ number: number; hash: string }>(
    'SELECT number, hash FROM policy_version ORDER BY number DESC LIMIT 1',
  )
  return rows[0]
}

async function insert({ sql }: Tx, content: PolicyContent, by: string, at: Instant): Promise<number> {
  const rows = await sql<{ number: number }>(
    'INSERT INTO policy_version (hash, content, loaded_at, loaded_by) VALUES ($1, $2, $3, $4) RETURNING number',
    [hashOf(content), JSON.stringify(content), new Date(at), by],
  )
  return rows[0]?.number ?? 0
}

async function contentOf({ sql }: Tx, version: number): Promise<PolicyContent> {
  const rows = await sql<{ content: PolicyContent }>('SELECT content FROM policy_version WHERE number = $1', [version])
  if (rows[0] === undefined) throw new Error(`There is no policy version ${version}`)
  return rows[0].content
}
