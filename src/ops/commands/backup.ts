/** `backup` and `restore`: everything in one file, and back. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { realNow } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import { backupName, ENDING, noteBackup } from '#engine/alerts/backups.ts'
import { markBackup } from '#engine/alerts/repository.ts'
import { appendLine } from '#engine/audit/lines.ts'
import { type MadeBackup, makeBackup } from '#engine/db/backup.ts'
import { type BackupFacts, checkBackup } from '#engine/db/backup-read.ts'
import { type Restored, restoreBackup } from '#engine/db/backup-restore.ts'
import { rowCounts } from '#engine/db/backup-tables.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { doubtUnsaid } from '#engine/outbox/repository/admin.ts'
import { backupFolder } from '../../files.ts'
import { done, no, type OpsCommand, type OpsContext, UsageError } from '../command.ts'
import { missingFolder } from '../folder.ts'
import { count } from '../words.ts'

export const backup: OpsCommand = {
  name: 'backup',
  about: 'write everything the database holds into one file, while people go on working',
  options: [
    {
      name: 'to',
      takes: 'FILE',
      about: `where to, on the machine that has the data; into DATA_DIR/backups when absent. It should end in ${ENDING}`,
      path: true,
    },
  ],
  async run(context, { values }) {
    const { to } = values
    const nowhere = to === undefined ? undefined : await missingFolder('--to', to)
    if (nowhere !== undefined) throw new UsageError(nowhere)
    const made = await backUp(context, to ?? backupFile(context, 'manual'), 'ops')
    return done([...madeLines(made), 'It holds personal data: only you can read it. Keep a copy on another machine.'])
  },
}

const backupFile = ({ config }: OpsContext, label: string): string =>
  path.join(backupFolder(config), backupName(label, realNow()))

async function backUp({ db, clock }: OpsContext, file: string, actor: string): Promise<MadeBackup> {
  const at = { clock: clock.now(), real: realNow() }
  const made = await makeBackup(db, file, at)
  await db.transact('work', (tx) => noteBackup(tx, made, { at: at.clock, realAt: at.real, actor }))
  return made
}

const madeLines = ({ file, rows, bytes, sha256 }: MadeBackup): readonly string[] => [
  `${file}: ${count(rows, 'row')}, ${count(bytes, 'byte')}, sha256 ${sha256}`,
]

export const restore: OpsCommand = {
  name: 'restore',
  about: 'put a backup in the place of everything the database holds; with --yes also where it holds something',
  arguments: [
    { name: 'FILE', about: 'a file that `backup` has written, on the machine that has the data', path: true },
  ],
  options: [{ name: 'yes', about: 'replace what is there, after a backup of it; without it nothing is replaced' }],
  opens: 'database',
  async run(context, { values }) {
    const file = values['FILE'] ?? ''
    const facts = await checkBackup(file)
    const there = await context.db.transact('work', ({ sql }) => rowCounts(sql))
    const lost = there.filter(({ name }) => !MADE_AT_START.includes(name))
    const newer = await newerThan(context, facts.header.madeAt)
    if (lost.length > 0 && !values['yes'])
      return no(
        [...fileLines(facts), `The database holds: ${counted(lost)}.`, newer],
        [
          'All of that would be replaced. Nothing was changed.',
          'Run again with --yes to replace it; a backup of it is made first.',
        ],
      )
    const before =
      lost.length > 0 ? madeLines(await backUp(context, backupFile(context, 'before-restore'), 'restore')) : []
    const restored = await restoreBackup(context.db, file, {
      finish: (tx, found) => afterwards(context, tx, found, file),
    })
    return done([
      ...before.map((line) => `What was there before: ${line}`),
      ...fileLines(facts),
      ...restored.migrated.map((name) => `Migrated: ${name}`),
      ...(await inForce(context)),
      'Restored. Messages that waited when it was made are looked for before they are said again; see: npm run ops -- outbox list',
    ])
  },
}

/** What people would miss, in words; by the clock, as everything is dated. */
const NEWER = [
  ['leave_request', 'created_at', 'leave request', 'leave requests'],
  ['approval_step', 'decided_at', 'decision', 'decisions'],
  ['inbox', 'received_at', 'message or click of people', 'messages and clicks of people'],
  ['outbox', 'created_at', 'message of the bot', 'messages of the bot'],
  ['stored_file', 'created_at', 'file', 'files'],
  ['report', 'made_at', 'monthly report', 'monthly reports'],
] as const

async function newerThan({ db }: OpsContext, madeAt: string): Promise<string> {
  const found = await db.transact('work', async ({ sql }) => {
    const parts: string[] = []
    for (const [table, column, one, many] of NEWER) {
      const [row] = await sql<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${table} WHERE ${column} > $1::timestamptz`,
        [madeAt],
      )
      if (row && row.n > 0) parts.push(count(row.n, one, many))
    }
    return parts
  })
  return found.length === 0
    ? 'Nothing that people asked, decided or were told is newer than the backup.'
    : `Newer than the backup, and lost with it: ${found.join(', ')}.`
}

/** What every start writes: a database that holds nothing else is empty. */
const MADE_AT_START = ['policy_version', 'schedule_mark', 'rehearsal_clock', 'pace']

const fileLines = ({ header, rows, sha256 }: BackupFacts): readonly string[] => [
  `The backup: made ${header.madeAt}${header.madeAt.slice(0, 16) === header.realAt.slice(0, 16) ? '' : ` by the clock, ${header.realAt} in truth`}, ${count(rows, 'row')}, sha256 ${sha256}.`,
  `It holds: ${counted(header.tables.filter((table) => table.rows > 0))}.`,
]

const counted = (tables: readonly { name: string; rows: number }[]): string =>
  tables.length === 0 ? 'nothing' : tables.map(({ name, rows }) => `${rows} ${name}`).join(', ')

/** In the transaction of the restore: nobody ever sees the data without it. */
async function afterwards({ clock }: OpsContext, tx: Tx, { header, rows, sha256 }: Restored, file: string) {
  const [madeAt, realAt] = [Date.parse(header.madeAt), Date.parse(header.realAt)]
  await doubtUnsaid(tx.sql, realAt)
  // The file does not hold the mark of itself.
  await markBackup(tx.sql, { at: madeAt, realAt, bytes: (await stat(file)).size, sha256, rows })
  const data = { file: path.basename(file), sha256, rows, madeAt: header.madeAt }
  await appendLine(tx.sql, {
    at: clock.now(),
    actorId: null,
    action: 'administration.restored',
    subject: 'database',
    data,
  })
}

/** This process follows at once, every other one within a second. */
async function inForce({ app, db }: OpsContext): Promise<readonly string[]> {
  try {
    await app.followPolicy()
    // Marks of schedules are restored too, and may be those of an older program.
    await db.transact('work', (tx) => app.schedules.load(tx))
    return [`The policy in force is version ${app.policy.current().version}.`]
  } catch (error) {
    const why = error instanceof ConfigError ? error.problems.join(' ') : (error as Error).message
    return [`The restored policy cannot be followed: ${why}`]
  }
}
