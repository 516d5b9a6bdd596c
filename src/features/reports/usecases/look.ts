/** Looking at reports in the chat: the list, one month, its files, and having one made again. */
import type { z } from 'zod'
import { civilDateAt, formatInstant, monthOf } from '#core/calendar/civil.ts'
import { occurrences } from '#core/calendar/occurrences.ts'
import { DAY_MS, type Instant } from '#core/clock.ts'
import { Refusal } from '#core/errors.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Ctx, PersonCtx, Reply } from '#engine/context.ts'
import type { Outside } from '#engine/feature.ts'
import { subjectOf as fileSubject } from '#engine/files/files.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { listCard } from '../cards.ts'
import { MakeReport, type Part, RenderReport, type ReportKind } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { ReportsPolicy } from '../policy.ts'
import {
  departmentsIn,
  findHead,
  findHeadById,
  findReport,
  findVersion,
  newestVersions,
  type Report,
} from '../repository.ts'
import { subjectOf } from '../rules/head.ts'
import { addMonths, dueOf, type Month, readMonth, writeMonth } from '../rules/month.ts'
import { type Drawn, drawAll, keepFiles, madeOf } from './make.ts'
import { hiddenFrom } from './reach.ts'
import { drawCard, fileIn, fileMessage } from './tell.ts'

const LISTED_MAX = 12
/** How far a rule is looked ahead for the next time. */
const AHEAD_MS = 400 * DAY_MS
/** Older months hold nothing that could be reported on. */
const YEARS_BACK_MAX = 5
export const MAKE = 'reports.make'

export interface Asked {
  readonly kind?: string
  readonly month?: string
}

/** `/report`, `/report leave 9月`, `/report leave 2026-09 again`. */
export async function lookAtReports(ctx: PersonCtx, { month: said = '' }: Asked): Promise<Reply> {
  const { zone } = ctx.policy(OrganisationPolicy)
  const read = readMonth(said, civilDateAt(ctx.clock.now(), zone))
  if (read === undefined)
    throw new Refusal((locale) =>
      messages.say(locale, 'refuse.month', { said, command: written(ctx, locale, '2026-09') }),
    )
  if (read.month === undefined && !read.again)
    return { message: { card: listCard(readerOf(ctx), await listOf(ctx, zone)) } }
  const month = read.month ?? (await newestMonth(ctx)) ?? addMonths(monthOf(civilDateAt(ctx.clock.now(), zone)), -1)
  return read.again ? makeAgain(ctx, month) : showMonth(ctx, month, zone)
}

const newestMonth = async (ctx: Ctx): Promise<Month | undefined> =>
  (await newestVersions(ctx.db, 'leave', { countMax: 1 }))[0]?.month

async function listOf(ctx: PersonCtx, zone: string) {
  const reports = await newestVersions(ctx.db, 'leave', { countMax: LISTED_MAX })
  const policy = ctx.policy(ReportsPolicy).leave
  const now = ctx.clock.now()
  const next = policy && occurrences(policy.rule, now, now + AHEAD_MS, zone, ctx.calendar)[0]
  return { reports, next, zone }
}

async function showMonth(ctx: PersonCtx, month: Month, zone: string): Promise<Reply> {
  const report = await findVersion(ctx.db, 'leave', month)
  if (report) return show(ctx, report)
  refuseFuture(ctx, month, zone)
  const due = dueIn(ctx, month, zone)
  throw new Refusal((locale) =>
    due !== undefined && due > ctx.clock.now()
      ? messages.say(locale, 'refuse.none', { month: writeMonth(month, locale), due: writeInstant(due, zone, locale) })
      : messages.say(locale, 'refuse.none-planned', {
          month: writeMonth(month, locale),
          command: written(ctx, locale, `${month} ${messages.say(locale, 'word.again')}`),
        }),
  )
}

async function show(ctx: PersonCtx, report: Report): Promise<Reply> {
  refuseWithout(ctx, await departmentsIn(ctx.sql, report.id))
  const draw = await drawCard(ctx, report)
  await ctx.audit('reports.seen', subjectOf(report), { version: report.version })
  return { message: draw(readerOf(ctx)) }
}

/** A month of the list. */
export async function showChosen(ctx: PersonCtx, chosen: string | undefined): Promise<Reply> {
  return show(ctx, await reportOf(ctx, Number(chosen)))
}

async function reportOf(ctx: PersonCtx, id: number): Promise<Report> {
  const report = Number.isSafeInteger(id) ? await findReport(ctx.db, id) : undefined
  if (report === undefined) throw unknownReport(ctx)
  return report
}

const unknownReport = (ctx: PersonCtx): Refusal =>
  new Refusal((locale) => messages.say(locale, 'refuse.unknown', { command: written(ctx, locale) }))

/** The buttons: the file in the reader's language, privately; made first where there is none, or none any more. */
export async function sendPart(ctx: PersonCtx, reportId: number, part: Part): Promise<Reply> {
  const report = await findHeadById(ctx.db, reportId)
  if (report === undefined) throw unknownReport(ctx)
  refuseWithout(ctx, await departmentsIn(ctx.sql, reportId))
  const { locale } = ctx.actor
  const id = fileIn(report, part, locale)
  const file = id === undefined ? undefined : await ctx.files.byId(id)
  if (id !== undefined && file?.state === 'stored') {
    await ctx.outbox.send({ person: ctx.actor.id }, (reader) => fileMessage(report, part, reader))
    await ctx.audit('file.seen', fileSubject(id))
    return { toast: messages.say(locale, 'say.sent') }
  }
  await ctx.jobs.add(RenderReport, { reportId, locale, part, personId: ctx.actor.id })
  return { toast: messages.say(locale, 'say.coming') }
}

type Render = z.output<typeof RenderReport.payload>

/** The first step of {@link RenderReport}: the same report, so the same bytes as when it was made. */
export async function prepareRender(outside: Outside, { reportId, locale }: Render): Promise<Drawn> {
  const made = await outside.read((ctx) => madeOf(ctx, reportId))
  return made ? drawAll(outside, made, [locale]) : []
}

/** The second step. Whoever may not see it any more gets nothing: they were asked when they pressed. */
export async function keepRender(ctx: Ctx, { reportId, locale, part, personId }: Render, drawn: Drawn): Promise<void> {
  const report = await findHeadById(ctx.db, reportId)
  if (report === undefined || drawn.length === 0) return
  const files = await keepFiles(ctx, report, drawn)
  const id = fileIn({ files }, part, locale)
  if (id === undefined) return
  await ctx.outbox.send({ person: personId }, (reader) =>
    fileMessage({ ...report, files }, part, { ...reader, locale }),
  )
  await ctx.audit('file.seen', fileSubject(id), { person: personId })
}

/** Asked for once more: a month that is closed already, or one that should have been. */
async function makeAgain(ctx: PersonCtx, month: Month): Promise<Reply> {
  if (!ctx.may(MAKE))
    throw new Refusal((locale) => messages.say(locale, 'refuse.make', { command: written(ctx, locale, month) }))
  // Whoever is in the next version nobody knows yet, and it is sent to the one who asks.
  refuseReachOfAll(ctx)
  await refuseUnfinished(ctx, 'leave', month)
  await ctx.jobs.add(MakeReport, { kind: 'leave', month, askedBy: ctx.actor.id })
  const key = (await findHead(ctx.db, 'leave', month)) ? 'say.making' : 'say.making-first'
  const { locale } = ctx.actor
  return { message: { text: messages.say(locale, key, { month: writeMonth(month, locale) }) } }
}

/** Throws a Refusal for a month that no report can close yet: its time has not come, or nobody asks for reports. */
export async function refuseUnfinished(ctx: Ctx, kind: ReportKind, month: Month): Promise<void> {
  const policy = ctx.policy(ReportsPolicy).leave
  if (policy === undefined) throw new Refusal(messages.later('refuse.off'))
  const { zone } = ctx.policy(OrganisationPolicy)
  refuseFuture(ctx, month, zone)
  if (await findHead(ctx.db, kind, month)) return
  const now = ctx.clock.now()
  const isOver = month < monthOf(civilDateAt(now, zone))
  const due = dueOf(month, zone, ctx.calendar, policy)
  if (isOver || (due !== undefined && due <= now)) return
  throw new Refusal((locale) =>
    due === undefined
      ? messages.say(locale, 'refuse.not-over-unplanned', {
          month: writeMonth(month, locale),
          next: writeMonth(addMonths(month, 1), locale),
        })
      : messages.say(locale, 'refuse.not-over', {
          month: writeMonth(month, locale),
          due: writeInstant(due, zone, locale),
        }),
  )
}

function refuseFuture(ctx: Ctx, month: Month, zone: string): void {
  const now = monthOf(civilDateAt(ctx.clock.now(), zone))
  if (month > now)
    throw new Refusal((locale) => messages.say(locale, 'refuse.future', { month: writeMonth(month, locale) }))
  if (month < addMonths(now, -12 * YEARS_BACK_MAX))
    throw new Refusal((locale) =>
      messages.say(locale, 'refuse.too-old', { month: writeMonth(month, locale), years: YEARS_BACK_MAX }),
    )
}

function refuseReachOfAll(ctx: PersonCtx): void {
  refuseWithout(ctx, ctx.policy(OrganisationPolicy).departments)
}

/** A report tells of everybody in it: who sees it may see leave of each of these departments, not of themselves alone. */
function refuseWithout(ctx: PersonCtx, departments: Report['facts']['departments']): void {
  const missing = hiddenFrom(ctx, ctx.actor, departments)
  if (missing.length === 0) return
  throw new Refusal((locale) =>
    messages.say(locale, 'refuse.reach', {
      departments: missing.map(({ name }) => inLocale(name, locale)).join(messages.say(locale, 'comma')),
    }),
  )
}

const dueIn = (ctx: Ctx, month: Month, zone: string): Instant | undefined => {
  const policy = ctx.policy(ReportsPolicy).leave
  return policy && dueOf(month, zone, ctx.calendar, policy)
}
const readerOf = ({ actor }: PersonCtx) => ({ locale: actor.locale, zone: actor.zone, person: actor })
const writeInstant = (instant: Instant, zone: string, locale: Locale): string =>
  formatInstant(instant, zone, locale, { year: 'always' })

/** The command as this person writes it there. */
const written = (ctx: PersonCtx, locale: Locale, tail = ''): string =>
  ctx.origin.write(`${messages.say(locale, 'word.report')} ${tail}`.trim())
