/** The rows of reports that were made. */
import { z } from 'zod'
import { LOCALES, type Locale } from '#core/i18n.ts'
import type { PrismaTx, Sql } from '#engine/db/transaction.ts'
import { PARTS, type Part, type ReportKind } from './contracts.ts'
import { type Adjustment, type Facts, factsSchema, type LeaveAmount, type Line } from './rules/facts.ts'
import type { Head } from './rules/head.ts'
import type { Month } from './rules/month.ts'
import type { ToldLater } from './rules/sums.ts'

/** A stored file of a report, in one language. */
export interface ReportFile {
  readonly locale: Locale
  readonly part: Part
  /** In engine/files. */
  readonly id: string
}

/** A report without what it says. */
export interface ReportHead extends Head {
  readonly id: number
  readonly kind: ReportKind
  readonly month: Month
  readonly files: readonly ReportFile[]
}
export interface Report extends ReportHead {
  readonly facts: Facts
}

/** Reports of the whole organisation; a null would not count in the unique key. */
const EVERYBODY = ''

const HEAD = {
  id: true,
  kind: true,
  month: true,
  version: true,
  hash: true,
  policyVersion: true,
  madeAt: true,
  dueAt: true,
  late: true,
  files: true,
} as const

const filesSchema = z.array(z.object({ locale: z.enum(LOCALES), part: z.enum(PARTS), id: z.string() }))

type StoredHead = Pick<Awaited<ReturnType<PrismaTx['report']['findFirstOrThrow']>>, keyof typeof HEAD>

function headOf(row: StoredHead): ReportHead {
  return {
    ...row,
    kind: row.kind as ReportKind,
    madeAt: row.madeAt.getTime(),
    dueAt: row.dueAt?.getTime() ?? null,
    files: filesSchema.parse(row.files),
  }
}

/** The facts travel as text: a month of ten thousand people is some megabytes. */
export async function insertReport(
  sql: Sql,
  report: Head & { readonly kind: ReportKind; readonly facts: Facts },
): Promise<number> {
  const { kind, facts, version, hash, policyVersion, madeAt, dueAt, late } = report
  const [row] = await sql<{ readonly id: number }>(
    `INSERT INTO report (kind, month, department, version, hash, facts, policy_version, made_at, due_at, late, files)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, '[]'::jsonb) RETURNING id`,
    [
      kind,
      facts.month,
      EVERYBODY,
      version,
      hash,
      JSON.stringify(facts),
      policyVersion,
      new Date(madeAt),
      dueAt === null ? null : new Date(dueAt),
      late,
    ],
  )
  if (row === undefined) throw new Error(`${facts.month}: the report was not written`)
  return row.id
}

export async function setFiles(db: PrismaTx, id: number, files: readonly ReportFile[]): Promise<void> {
  await db.report.update({ where: { id }, data: { files: files.map((file) => ({ ...file })) } })
}

export async function findReport(db: PrismaTx, id: number): Promise<Report | undefined> {
  const row = await db.report.findUnique({ where: { id } })
  return row ? { ...headOf(row), facts: factsSchema.parse(row.facts) } : undefined
}

/** The departments that a report tells of, those of the version before among them: its changes name them too. */
export async function departmentsIn(sql: Sql, id: number): Promise<Facts['departments']> {
  const rows = await sql<{ readonly departments: unknown }>(
    `SELECT other.facts->'departments' AS departments FROM report r
     JOIN report other ON (other.kind, other.month, other.department) = (r.kind, r.month, r.department)
       AND other.version IN (r.version, r.version - 1)
     WHERE r.id = $1 ORDER BY other.version DESC`,
    [id],
  )
  const all = rows.flatMap(({ departments }) => factsSchema.shape.departments.parse(departments))
  return [...new Map(all.map((one) => [one.id, one])).values()]
}

export async function findHeadById(db: PrismaTx, id: number): Promise<ReportHead | undefined> {
  const row = await db.report.findUnique({ where: { id }, select: HEAD })
  return row ? headOf(row) : undefined
}

/** One version of a month; the newest without a number. */
export async function findVersion(
  db: PrismaTx,
  kind: ReportKind,
  month: Month,
  version?: number,
): Promise<Report | undefined> {
  const head = await findHead(db, kind, month, version)
  return head && findReport(db, head.id)
}

/** The same, without what it says. */
export async function findHead(
  db: PrismaTx,
  kind: ReportKind,
  month: Month,
  version?: number,
): Promise<ReportHead | undefined> {
  const row = await db.report.findFirst({
    where: { kind, month, department: EVERYBODY, ...(version === undefined ? {} : { version }) },
    orderBy: { version: 'desc' },
    select: HEAD,
  })
  return row ? headOf(row) : undefined
}

/** The newest version of each month before `before` and from `from` on, newest month first. */
export async function newestVersions(
  db: PrismaTx,
  kind: ReportKind,
  { from = '', before = '9999-99', countMax }: { from?: Month; before?: Month; countMax: number },
): Promise<readonly ReportHead[]> {
  const rows = await db.report.findMany({
    where: { kind, department: EVERYBODY, month: { gte: from, lt: before } },
    orderBy: [{ month: 'desc' }, { version: 'desc' }],
    distinct: ['month'],
    take: countMax,
    select: HEAD,
  })
  return rows.map(headOf)
}

/** Every version, newest first. */
export async function allVersions(db: PrismaTx, kind: ReportKind, countMax: number): Promise<readonly ReportHead[]> {
  const rows = await db.report.findMany({
    where: { kind, department: EVERYBODY },
    orderBy: [{ month: 'desc' }, { version: 'desc' }],
    take: countMax,
    select: HEAD,
  })
  return rows.map(headOf)
}

/** Is there a report of a later month? */
export async function isFollowed(db: PrismaTx, kind: ReportKind, month: Month): Promise<boolean> {
  return (await db.report.count({ where: { kind, department: EVERYBODY, month: { gt: month } } })) > 0
}

/** What the reports have said so far of some requests in some months; what they never named is absent. */
export interface Told {
  readonly amount: LeaveAmount
  readonly who: Pick<Line, 'request' | 'staffNo' | 'name' | 'department' | 'type'>
}

/**
 * The last word of the reports on each request: what the newest version of its month has, and after that what the
 * adjustments of later months made of it. Those in reports of `exceptMonth` are left out.
 * @param months the newest version of each month that is asked about
 * @returns by `${month} ${request}`
 */
export async function toldOf(
  sql: Sql,
  kind: ReportKind,
  months: readonly Pick<ReportHead, 'id' | 'month'>[],
  requests: readonly number[],
  exceptMonth: Month,
): Promise<ReadonlyMap<string, Told>> {
  const told = new Map<string, Told>()
  if (months.length === 0 || requests.length === 0) return told
  const lines = await sql<{ readonly month: Month; readonly line: Line }>(
    `SELECT r.month, l.line FROM report r CROSS JOIN LATERAL jsonb_array_elements(r.facts->'lines') AS l(line)
     WHERE r.id = ANY($1::int[]) AND (l.line->>'request')::int = ANY($2::int[])`,
    [months.map(({ id }) => id), requests],
  )
  for (const { month, line } of lines) told.set(`${month} ${line.request}`, { amount: line.part, who: line })
  const wanted = new Set(requests)
  for (const { id, month } of months) {
    for (const { month: toldIn, line } of await adjustmentsAfter(sql, kind, month, id)) {
      if (toldIn !== exceptMonth && wanted.has(line.request))
        told.set(`${month} ${line.request}`, { amount: line.is, who: line })
    }
  }
  return told
}

/** The last word of later months' reports on a month, as it stood between two of its versions: for whoever settles by both. */
export async function toldBetween(
  sql: Sql,
  kind: ReportKind,
  month: Month,
  { after, before }: { readonly after: number; readonly before?: number | undefined },
): Promise<readonly ToldLater[]> {
  const told = new Map<number, ToldLater>()
  for (const { month: toldIn, line } of await adjustmentsAfter(sql, kind, month, after, before)) {
    const { is: amount, was: _, ...who } = line
    told.set(line.request, { ...who, amount, month: toldIn })
  }
  return [...told.values()]
}

/**
 * What the newest version of each later month adjusts of `month`, in the order of those months. A version that only repeats
 * the adjustments of the one before it said them when that one did; what was said before the row `after` is left out, and
 * rows from `before` on do not exist.
 */
async function adjustmentsAfter(
  sql: Sql,
  kind: ReportKind,
  month: Month,
  after: number,
  before?: number,
): Promise<readonly { readonly month: Month; readonly line: Adjustment }[]> {
  return sql<{ readonly month: Month; readonly line: Adjustment }>(
    `WITH there AS (
       SELECT id, month, version, facts->'adjustments' AS adjustments FROM report
       WHERE kind = $1 AND department = $2 AND month > $3 AND ($5::int IS NULL OR id < $5)
     ), newest AS (SELECT DISTINCT ON (month) * FROM there ORDER BY month, version DESC)
     SELECT n.month, a.line FROM newest n CROSS JOIN LATERAL jsonb_array_elements(n.adjustments) AS a(line)
     WHERE a.line->>'month' = $3 AND $4 < (
       SELECT min(s.id) FROM there s WHERE s.month = n.month AND s.version > COALESCE(
         (SELECT max(d.version) FROM there d WHERE d.month = n.month AND d.adjustments <> n.adjustments), 0))
     ORDER BY n.month, (a.line->>'request')::int`,
    [kind, EVERYBODY, month, after, before ?? null],
  )
}

/** Until the end of the transaction nobody else makes a report. @returns the newest row, 0 without any */
export async function lockReports(sql: Sql): Promise<number> {
  await sql('LOCK TABLE report IN SHARE ROW EXCLUSIVE MODE')
  return newestRow(sql)
}

/** The number of the report that was made last; 0 without any. */
export async function newestRow(sql: Sql): Promise<number> {
  const [row] = await sql<{ readonly id: number }>('SELECT COALESCE(max(id), 0)::int AS id FROM report')
  return row?.id ?? 0
}

/** The files of a report as they are now; nobody else changes them until the end of the transaction. */
export async function lockFiles(sql: Sql, id: number): Promise<readonly ReportFile[]> {
  const [row] = await sql<{ readonly files: unknown }>('SELECT files FROM report WHERE id = $1 FOR UPDATE', [id])
  if (row === undefined) throw new Error(`the report ${id} has vanished`)
  return filesSchema.parse(row.files)
}
