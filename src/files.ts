/** The policy file and the people file: read, checked as a whole, and put in force. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Clock, MINUTE_MS } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import type { ReadTableOptions, Table } from '#core/table/table.ts'
import { appendLines } from '#engine/audit/lines.ts'
import type { Database, Tx } from '#engine/db/transaction.ts'
import { type FilePerson, readPeopleFile } from '#engine/identity/people-file.ts'
import { applyImport, type ImportPlan } from '#engine/identity/people-import.ts'
import { readPeopleTable } from '#engine/identity/people-table.ts'
import type { LoadedPolicy, PolicyContent } from '#engine/policy/loaded.ts'
import { presetsIn } from '#engine/policy/presets.ts'
import { readPolicy } from '#engine/policy/read.ts'
import type { TextFile } from '#engine/policy/yaml.ts'
import { type Workshop, WorkshopError } from '#engine/workshop/workshop.ts'
import { knownPermissions, policySections } from './app.ts'
import type { Config } from './config.ts'

const POLICIES = fileURLToPath(new URL('../policies', import.meta.url))
/** What holds with a platform and no POLICY_FILE. */
export const DEFAULT_POLICY = path.join(POLICIES, 'presets', 'default.yaml')
export const DEMONSTRATION = {
  policy: path.join(POLICIES, 'demo', 'policy.yaml'),
  people: path.join(POLICIES, 'demo', 'people.yaml'),
} as const

/** The names of the presets that come with the product, in order. */
export const presetNames = async (): Promise<readonly string[]> =>
  (await readdir(path.join(POLICIES, 'presets')))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.basename(name, '.yaml'))
    .toSorted()

/** Where backups go that are given no other place. */
export const backupFolder = ({ dataDir }: Pick<Config, 'dataDir'>): string => path.resolve(dataDir, 'backups')

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

/** @throws ConfigError for a file that is not UTF-8 */
export const textFile = async (file: string): Promise<TextFile> => asText(await binaryFile(file))

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

/** A file as it lies on the disk; `name` is how problems call it. */
export interface BinaryFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** @throws ConfigError when this process may not read it, or it is none */
export const binaryFile = async (file: string): Promise<BinaryFile> => ({
  name: path.basename(file),
  bytes: await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([
      `${file} cannot be read (${error.code ?? error.message}): look whether it is there, and let the user that runs Banzhang read it (chown, chmod)`,
    ])
  }),
})

/** Told by its name: what is no sheet is YAML. */
export const isTable = (name: string): boolean => /\.(csv|tsv|txt|xlsx?|xlsm|et|ods)$/i.test(name)

/** @throws ConfigError with every problem, each with row and column; for a file over which the workshop died or ran too long, with the way out */
export async function checkedTable(
  file: BinaryFile,
  workshop: Workshop,
  options: ReadTableOptions = {},
): Promise<Table> {
  const read = await workshop.readTable(file, options).catch((error: unknown) => {
    if (!(error instanceof WorkshopError)) throw error
    throw new ConfigError([
      `${file.name}: reading it was given up (${error.message}). Keep nothing but the table in it, without pictures, other sheets and empty rows with formats, or split it into smaller files`,
    ])
  })
  if ('problems' in read) throw new ConfigError(read.problems)
  return read.table
}

/**
 * A people file of any kind: YAML, CSV or XLSX.
 * @throws ConfigError with every problem and its place
 */
export async function readPeople(
  file: BinaryFile,
  policy: LoadedPolicy,
  workshop: Workshop,
  options: ReadTableOptions = {},
): Promise<readonly FilePerson[]> {
  if (!isTable(file.name)) return checkedPeople(asText(file), policy)
  const read = readPeopleTable(await checkedTable(file, workshop, options), policy)
  if ('problems' in read) throw new ConfigError(read.problems)
  return read.people
}

/** @throws ConfigError for a file that is not UTF-8: read as such, its names would become � and be kept */
export function asText({ name, bytes }: BinaryFile): TextFile {
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    throw new ConfigError([`${name}: this is not UTF-8: save it in your editor with the encoding UTF-8`])
  }
}

/** Ten thousand people are one transaction: all of them, or none. */
const IMPORT_MS_MAX = 10 * MINUTE_MS

/** Imports people who were checked. */
export function importPeople(db: Database, clock: Clock, people: readonly FilePerson[]): Promise<ImportPlan> {
  const work = async (tx: Tx) => {
    const at = clock.now()
    return applyImport(tx, { people }, at, (news) =>
      appendLines(
        tx.sql,
        news.map((line) => ({ at, actorId: null, ...line })),
      ),
    )
  }
  return db.transact('people', work, { withinMs: IMPORT_MS_MAX })
}
