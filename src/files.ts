/** The policy file and the people file: read, checked as a whole, and put in force. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import { appendLine } from '#engine/audit/lines.ts'
import type { Database } from '#engine/db/transaction.ts'
import { type FilePerson, readPeopleFile } from '#engine/identity/people-file.ts'
import { applyImport, type ImportPlan, planImport } from '#engine/identity/people-import.ts'
import type { LoadedPolicy, PolicyContent } from '#engine/policy/loaded.ts'
import { presetsIn } from '#engine/policy/presets.ts'
import { readPolicy } from '#engine/policy/read.ts'
import type { TextFile } from '#engine/policy/yaml.ts'
import { knownPermissions, policySections } from './app.ts'
import type { Config } from './config.ts'

const POLICIES = fileURLToPath(new URL('../policies', import.meta.url))
/** What holds with a platform and no POLICY_FILE. */
export const DEFAULT_POLICY = path.join(POLICIES, 'presets', 'default.yaml')
export const DEMONSTRATION = {
  policy: path.join(POLICIES, 'demo', 'policy.yaml'),
  people: path.join(POLICIES, 'demo', 'people.yaml'),
} as const

/** The files that a start puts in force: those of the configuration; the demonstration's without a platform. */
export function filesAtStart(config: Pick<Config, 'policyFile' | 'peopleFile' | 'demonstration'>): {
  readonly policy: string
  readonly people: string | undefined
} {
  return {
    policy: config.policyFile ?? (config.demonstration ? DEMONSTRATION.policy : DEFAULT_POLICY),
    people: config.peopleFile ?? (config.demonstration ? DEMONSTRATION.people : undefined),
  }
}

export const textFile = async (file: string): Promise<TextFile> => ({
  name: path.basename(file),
  text: await readFile(file, 'utf8'),
})

/** @throws ConfigError with every problem, each with file, line and column */
export async function checkedPolicy(file: TextFile): Promise<PolicyContent> {
  const read = await readPolicy(file, {
    sections: policySections(),
    permissions: knownPermissions(),
    presets: presetsIn(path.join(POLICIES, 'presets')),
  })
  if ('problems' in read) throw new ConfigError(read.problems)
  return read.content
}

/** @throws ConfigError with every problem, each with file, line and column */
export function checkedPeople(file: TextFile, policy: LoadedPolicy): readonly FilePerson[] {
  const read = readPeopleFile(file, policy)
  if ('problems' in read) throw new ConfigError(read.problems)
  return read.people
}

/** Imports people who were checked. */
export function importPeople(db: Database, clock: Clock, people: readonly FilePerson[]): Promise<ImportPlan> {
  return db.transact('people', async (tx) => {
    const at = clock.now()
    const plan = await planImport(tx, people)
    return applyImport(tx, plan, at, (action, subject, data) =>
      appendLine(tx.sql, { at, actorId: null, action, subject, ...(data ? { data } : {}) }),
    )
  })
}
