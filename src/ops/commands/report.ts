/** `report list`, `report make` and `report export`: the monthly reports from the command line. */
import { LOCALES, type Locale } from '#core/i18n.ts'
import type { Outside } from '#engine/feature.ts'
import { contextOf } from '#engine/inbox/make-context.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { KINDS, type ReportKind } from '../../features/reports/contracts.ts'
import { allVersions, findVersion, type ReportHead } from '../../features/reports/repository.ts'
import { fileName, subjectOf } from '../../features/reports/rules/head.ts'
import { isMonth } from '../../features/reports/rules/month.ts'
import { refuseUnfinished } from '../../features/reports/usecases/look.ts'
import {
  type Drawn,
  drawAll,
  type Kept,
  keepReport,
  MadeMeanwhile,
  madeOf,
  type Order,
  prepareReport,
} from '../../features/reports/usecases/make.ts'
import { done, no, type OpsCommand, type OpsContext, type OpsResult, UsageError, type WrittenFile } from '../command.ts'
import { columns, numberOf, oneOf, writeInstant, zoneOf } from '../words.ts'

const LISTED_MAX = 100
/** What the column holds. */
const VERSION_MAX = 2_147_483_647

const KIND = { name: 'KIND', about: `what it reports on: ${KINDS.join(', ')}` } as const
const MONTH = { name: 'MONTH', about: 'the month, as 2026-09' } as const
const LANGUAGE = {
  name: 'language',
  takes: 'LANGUAGE',
  about: `${LOCALES.join(', ')}; the organisation's when absent`,
} as const

export const reportList: OpsCommand = {
  name: 'report list',
  about: 'list the monthly reports that were made, newest first, with version and content hash',
  async run(context) {
    const { app, db } = context
    const found = await db.transact('work', async (tx) => {
      const all: ReportHead[] = []
      for (const kind of KINDS) all.push(...(await allVersions(contextOf(app.context, tx).db, kind, LISTED_MAX)))
      return all
    })
    if (found.length === 0) return done(['No report has been made yet.'])
    const zone = zoneOf(context)
    return done(
      columns([
        ['KIND', 'MONTH', 'VERSION', 'MADE', 'LATE', 'HASH'],
        ...found.map(({ kind, month, version, madeAt, late, hash }) => [
          kind,
          month,
          String(version),
          writeInstant(madeAt, zone),
          late ? 'late' : '',
          hash,
        ]),
      ]),
    )
  },
}

export const reportMake: OpsCommand = {
  name: 'report make',
  about: 'make the report of a month that is over, or make it again: the same facts give the same version',
  arguments: [KIND, MONTH],
  options: [
    { name: 'out', takes: 'FILE', about: 'write the sheet there as well; only you can read it', writes: true },
    LANGUAGE,
  ],
  async run(context, { values }) {
    const { kind, month } = askedFor(values)
    const { app, db } = context
    await db.transact('work', (tx) => refuseUnfinished(contextOf(app.context, tx), kind, month))
    const order = { kind, month }
    const kept = (await tryToMake(context, order)) ?? (await tryToMake(context, order))
    if (kept === undefined)
      return no(
        [],
        [
          `Another process made a report while this one of ${month} was being made, and once more while it was made anew: nothing was kept. See what there is (npm run ops -- report list), then try again.`,
        ],
      )
    const { outcome, report } = kept
    if (report === undefined) return no([], ['The policy asks for no monthly reports: write reports.leave into it.'])
    const line = `${kind} ${month}: ${outcome === 'made' ? 'made' : 'unchanged'}, version ${report.version}, hash ${report.hash}`
    const out = values['out']
    if (out === undefined) return done([line])
    const drawn = await draw(context, report, localeOf(context, values))
    return withFiles([line, `Sheet written to ${out}.`], [fileFor(out, 'sheet', drawn)])
  },
}

export const reportExport: OpsCommand = {
  name: 'report export',
  about: 'write the sheet of a report, and with --chart its picture: always the same bytes for the same version',
  arguments: [KIND, MONTH],
  options: [
    { name: 'version', takes: 'N', about: 'which version; the newest when absent' },
    {
      name: 'out',
      takes: 'FILE',
      about: 'where to write the sheet; its own name when absent. Only you can read it',
      writes: true,
    },
    { name: 'chart', takes: 'FILE', about: 'where to write the chart', writes: true },
    LANGUAGE,
  ],
  async run(context, { values }) {
    const { kind, month } = askedFor(values)
    const { app, db } = context
    const version = values['version'] === undefined ? undefined : numberOf('--version', values['version'], VERSION_MAX)
    const locale = localeOf(context, values)
    const report = await db.transact('work', async (tx) => {
      const ctx = contextOf(app.context, tx)
      const found = await findVersion(ctx.db, kind, month, version)
      if (found) await ctx.audit('reports.exported', subjectOf(found), { version: found.version })
      return found
    })
    if (report === undefined)
      return no([], [`There is no such report on ${kind} in ${month}. See: npm run ops -- report list`])
    const drawn = await draw(context, report, locale)
    const out = values['out'] ?? fileName('sheet', report, locale)
    const chart = values['chart']
    return withFiles(
      [
        `Version ${report.version}, hash ${report.hash}`,
        `Sheet written to ${out}.`,
        ...(chart === undefined ? [] : [`Chart written to ${chart}.`]),
      ],
      [fileFor(out, 'sheet', drawn), ...(chart === undefined ? [] : [fileFor(chart, 'chart', drawn)])],
    )
  },
}

/** Undefined when another process kept a report meanwhile: what it says may count in this one. */
async function tryToMake(context: OpsContext, order: Order): Promise<Kept | undefined> {
  const prepared = await prepareReport(outsideOf(context), order)
  try {
    return await context.db.transact('work', (tx) => keepReport(contextOf(context.app.context, tx), order, prepared))
  } catch (error) {
    if (error instanceof MadeMeanwhile) return undefined
    throw error
  }
}

function askedFor(values: Readonly<Record<string, string>>): { readonly kind: ReportKind; readonly month: string } {
  const kind = oneOf('KIND', values['KIND'] ?? '', KINDS)
  const month = values['MONTH'] ?? ''
  if (!isMonth(month)) throw new UsageError(`MONTH ${month} is no month: write it as 2026-09.`)
  return { kind, month }
}

const localeOf = ({ app }: OpsContext, values: Readonly<Record<string, string>>): Locale =>
  values['language'] === undefined
    ? app.policy.current().section(OrganisationPolicy).language
    : oneOf('--language', values['language'], LOCALES)

/** What the first step of a job has, for a command that waits for it. */
function outsideOf({ app, db, clock }: OpsContext): Outside {
  return {
    clock,
    signal: new AbortController().signal,
    workshop: app.workshop,
    read: (work) => db.transact('work', (tx) => work(contextOf(app.context, tx))),
  }
}

async function draw(context: OpsContext, { id }: ReportHead, locale: Locale): Promise<Drawn> {
  const outside = outsideOf(context)
  const made = await outside.read((ctx) => madeOf(ctx, id))
  if (made === undefined) throw new Error(`the report ${id} has vanished`)
  return drawAll(outside, made, [locale])
}

function fileFor(path: string, part: Drawn[number]['part'], drawn: Drawn): WrittenFile {
  const bytes = drawn.find((one) => one.part === part)?.bytes ?? new Uint8Array()
  return { path, text: '', base64: Buffer.from(bytes).toString('base64'), isPrivate: true }
}

const withFiles = (lines: readonly string[], files: readonly WrittenFile[]): OpsResult => ({ ...done(lines), files })
