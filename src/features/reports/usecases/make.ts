/** Makes a month's report in two steps: read and drawn outside any transaction, then kept and told in one. */
import type { z } from 'zod'
import type { Instant } from '#core/clock.ts'
import { LOCALES, type Locale } from '#core/i18n.ts'
import type { Ctx } from '#engine/context.ts'
import type { Outside } from '#engine/feature.ts'
import { keepUntil } from '#engine/files/policy.ts'
import { LATE_AFTER_MS } from '#engine/jobs/plan.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import type { MakeReport, Part } from '../contracts.ts'
import { type LeaveReportPolicy, ReportsPolicy } from '../policy.ts'
import {
  findHead,
  findReport,
  insertReport,
  lockFiles,
  lockReports,
  newestRow,
  type Report,
  type ReportFile,
  setFiles,
} from '../repository.ts'
import { chartOf } from '../rules/chart.ts'
import { type Facts, hashOf } from '../rules/facts.ts'
import { fileName, type Head, subjectOf } from '../rules/head.ts'
import { dueOf, type Month, monthCovered } from '../rules/month.ts'
import { type Made, workbookOf } from '../rules/workbook.ts'
import { earlierOf } from './earlier.ts'
import { gather } from './gather.ts'
import { isFile, named, tellMade, tellUnchanged } from './tell.ts'

export type Order = z.output<typeof MakeReport.payload>

/** The bytes of the files of a report, by language. */
export type Drawn = readonly { readonly locale: Locale; readonly part: Part; readonly bytes: Uint8Array }[]

export type Prepared =
  | { readonly outcome: 'off' }
  /** By its schedule a month is reported on once: a closed month is made again only when somebody asks. */
  | { readonly outcome: 'there-already'; readonly reportId: number }
  | { readonly outcome: 'unchanged'; readonly reportId: number }
  | {
      readonly outcome: 'made'
      readonly facts: Facts
      readonly head: Head
      readonly drawn: Drawn
      readonly newest: number
    }

/** Another process kept a report since this one began to be read: what it says may count in this one. */
export class MadeMeanwhile extends Error {}

/** The first step. Reads in pages; sheet and chart are made in the worker. */
export async function prepareReport(outside: Outside, order: Order): Promise<Prepared> {
  // From here on, what changes belongs to a later report.
  const madeAt = outside.clock.now()
  const plan = await outside.read((ctx) => planOf(ctx, order, madeAt))
  if ('outcome' in plan) return plan
  const facts = await gather(outside, plan.month)
  const hash = hashOf(facts)
  const { before, toldLater } = await outside.read((ctx) => earlierOf(ctx, order.kind, plan.month))
  if (before?.hash === hash) return { outcome: 'unchanged', reportId: before.id }
  const version = (before?.version ?? 0) + 1
  const head: Head = {
    version,
    hash,
    madeAt,
    policyVersion: plan.policyVersion,
    dueAt: plan.due ?? null,
    // Making it again is no lateness.
    late: version === 1 && plan.late,
  }
  const made = { facts, head, toldLater, ...(before ? { before } : {}) }
  const drawn = await drawAll(outside, made, plan.locales)
  return { outcome: 'made', facts, head, drawn, newest: plan.newest }
}

interface Plan {
  readonly month: Month
  readonly due: Instant | undefined
  readonly late: boolean
  readonly policyVersion: number
  readonly locales: readonly Locale[]
  /** The report that was made last. */
  readonly newest: number
}

async function planOf(ctx: Ctx, order: Order, now: Instant): Promise<Plan | Prepared> {
  const policy = ctx.policy(ReportsPolicy).leave
  const { zone } = ctx.policy(OrganisationPolicy)
  if (policy === undefined) return { outcome: 'off' }
  const newest = await newestRow(ctx.sql)
  const month = order.month ?? monthCovered(order.due ?? now, zone, ctx.calendar, policy)
  if (order.askedBy === undefined && order.month === undefined) {
    const there = await findHead(ctx.db, order.kind, month)
    if (there) return { outcome: 'there-already', reportId: there.id }
  }
  const due = order.due ?? dueOf(month, zone, ctx.calendar, policy)
  const late = order.late === true || (due !== undefined && now - due > LATE_AFTER_MS)
  return { month, due, late, newest, policyVersion: ctx.policyVersion, locales: await localesOf(ctx, policy, order) }
}

/** The languages of those who get it; others are made when somebody asks for them. */
async function localesOf(ctx: Ctx, policy: LeaveReportPolicy, { askedBy }: Order): Promise<readonly Locale[]> {
  const { language } = ctx.policy(OrganisationPolicy)
  const asker = askedBy === undefined ? undefined : await ctx.people.byId(askedBy)
  const readers = [...(await named(ctx, policy)).people, ...(asker ? [asker] : [])]
  const channel = 'channel' in policy.to ? [ctx.policy(ChannelsPolicy)[policy.to.channel]?.language ?? language] : []
  const wanted = new Set<Locale>([...readers.map(({ locale }) => locale), ...channel])
  const found = LOCALES.filter((locale) => wanted.has(locale))
  return found.length > 0 ? found : [language]
}

/** The files of a report in some languages. The same report gives the same bytes. */
export async function drawAll(
  { workshop, signal }: Pick<Outside, 'workshop' | 'signal'>,
  made: Made,
  locales: readonly Locale[],
): Promise<Drawn> {
  const drawn: { locale: Locale; part: Part; bytes: Uint8Array }[] = []
  for (const locale of locales) {
    signal.throwIfAborted()
    drawn.push({ locale, part: 'sheet', bytes: await workshop.writeSheet(workbookOf(made, locale)) })
    signal.throwIfAborted()
    drawn.push({ locale, part: 'chart', bytes: await workshop.drawChart(chartOf(made, locale)) })
  }
  return drawn
}

/** A report as it lies in the database, with the version before it. */
export async function madeOf(ctx: Ctx, reportId: number): Promise<(Made & { readonly report: Report }) | undefined> {
  const report = await findReport(ctx.db, reportId)
  if (report === undefined) return undefined
  const { before, toldLater } = await earlierOf(ctx, report.kind, report.month, report)
  return { report, facts: report.facts, head: report, toldLater, ...(before ? { before } : {}) }
}

/** What became of an order, for the command line. */
export interface Kept {
  readonly outcome: Prepared['outcome']
  readonly report?: Report
}

/** The second step, in one transaction. Throws MadeMeanwhile when another process was faster: then it is prepared anew. */
export async function keepReport(ctx: Ctx, order: Order, prepared: Prepared): Promise<Kept> {
  const { outcome } = prepared
  if (outcome === 'off') {
    await ctx.audit('reports.left-out', `report:${order.kind}`, { due: order.due ?? null, reason: 'off' })
    return { outcome }
  }
  if (outcome !== 'made') {
    const report = await findReport(ctx.db, prepared.reportId)
    if (report === undefined) throw new Error(`the report ${prepared.reportId} has vanished`)
    await ctx.audit(`reports.${outcome}`, subjectOf(report), { hash: report.hash })
    if (outcome === 'unchanged' && order.askedBy !== undefined) await tellUnchanged(ctx, report, order.askedBy)
    return { outcome, report }
  }
  const { facts, head, drawn } = prepared
  if ((await lockReports(ctx.sql)) !== prepared.newest)
    throw new MadeMeanwhile(`${facts.month}: another process made a report meanwhile`)
  const id = await insertReport(ctx.sql, { ...head, kind: order.kind, facts })
  const files = await keepFiles(ctx, { id, month: facts.month, version: head.version }, drawn)
  const report: Report = { ...head, id, kind: order.kind, month: facts.month, facts, files }
  await ctx.audit('reports.made', subjectOf(report), {
    version: head.version,
    hash: head.hash,
    late: head.late,
    askedBy: order.askedBy ?? null,
  })
  await tellMade(ctx, report, order)
  return { outcome, report }
}

const MEDIA: Readonly<Record<Part, string>> = {
  sheet: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  chart: 'image/png',
}
export const FEATURE = 'reports'
export const READ = 'reports.read'

/** Keeps drawn files beside those there are, in place of those of the same language. @returns all of them */
export async function keepFiles(
  ctx: Ctx,
  report: Pick<Report, 'id' | 'month' | 'version'>,
  drawn: Drawn,
): Promise<readonly ReportFile[]> {
  const there = await lockFiles(ctx.sql, report.id)
  const owner = {
    feature: FEATURE,
    reference: String(report.id),
    personId: null,
    permission: READ,
    keepUntil: keepUntil(ctx),
  }
  const kept: ReportFile[] = []
  for (const { locale, part, bytes } of drawn) {
    const name = fileName(part, report, locale)
    kept.push({ locale, part, id: await ctx.files.put(owner, { name, mediaType: MEDIA[part], bytes }) })
  }
  const others = there.filter((file) => !kept.some(({ locale, part }) => isFile(file, part, locale)))
  const files = [...others, ...kept]
  await setFiles(ctx.db, report.id, files)
  return files
}
