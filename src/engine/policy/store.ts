/** Every policy that was ever in force, as numbered versions in the database, and the one that is in force now. */
import type { Instant } from '#core/clock.ts'
import type { Tx } from '../db/transaction.ts'
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
  /** Follows the newest committed version; one small query when there is nothing new. True when it changed. */
  refresh(tx: Tx): Promise<boolean>
  /** The version a request was filed under. Throws when there is none of that number. */
  at(tx: Tx, version: number): Promise<LoadedPolicy>
}

/** Older versions that requests still point at, kept parsed. */
const REMEMBERED_MAX = 20

export function createPolicyStore(): PolicyStore {
  let current: LoadedPolicy | undefined
  const remembered = new Map<number, LoadedPolicy>()
  const remember = (policy: LoadedPolicy): LoadedPolicy => {
    const [oldest] = remembered.keys()
    if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest)
    remembered.set(policy.version, policy)
    return policy
  }
  /** A slower process must not take the newer version back. */
  const follow = (policy: LoadedPolicy): void => {
    if (current === undefined || policy.version > current.version) current = policy
  }
  return {
    current() {
      if (current === undefined)
        throw new Error('No policy is in force yet: apply one, or refresh, before anything is handled')
      return current
    },
    async apply(tx, content, by, at) {
      // Two processes that start together must not both store the same file.
      await tx.sql('LOCK TABLE policy_version IN SHARE ROW EXCLUSIVE MODE')
      const newest = await newestOf(tx)
      const changed = newest?.hash !== hashOf(content)
      const version = changed ? await insert(tx, content, by, at) : newest.number
      const policy = loadPolicy(content, version)
      // The number of a version that was rolled back is never used again, but nothing may be remembered of it.
      tx.afterCommit(() => follow(policy))
      return { version, changed }
    },
    async refresh(tx) {
      const newest = await newestOf(tx)
      if (newest === undefined || newest.number <= (current?.version ?? 0)) return false
      follow(await read(tx, newest.number))
      return true
    },
    async at(tx, version) {
      if (current?.version === version) return current
      return remembered.get(version) ?? remember(await read(tx, version))
    },
  }
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

async function read({ sql }: Tx, version: number): Promise<LoadedPolicy> {
  const rows = await sql<{ content: PolicyContent }>('SELECT content FROM policy_version WHERE number = $1', [version])
  if (rows[0] === undefined) throw new Error(`There is no policy version ${version}`)
  return loadPolicy(rows[0].content, version)
}
