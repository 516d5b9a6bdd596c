/** Who is told of a report, and what each of them sees. */
import type { Locale } from '#core/i18n.ts'
import type { Ctx, Draw, Person, Reader, To } from '#engine/context.ts'
import { ChannelsPolicy, PLATFORMS } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { noteCard, reportCard } from '../cards.ts'
import { PARTS, type Part } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { type LeaveReportPolicy, ReportsPolicy } from '../policy.ts'
import { findVersion, type Report, type ReportFile, type ReportHead } from '../repository.ts'
import { shortHash } from '../rules/facts.ts'
import { fileName, subjectOf, titleOf } from '../rules/head.ts'
import { writeMonth } from '../rules/month.ts'
import { changesBetween, departmentsBelow } from '../rules/sums.ts'

export interface Recipients {
  readonly people: readonly Person[]
  readonly channel?: string
  /** The role that nobody has, when those of the fallback role stand in for it. */
  readonly insteadOf?: string
}

/** Whom the policy names; those of the fallback role where nobody has the role it names. */
export async function recipientsOf(ctx: Ctx, { to }: Pick<LeaveReportPolicy, 'to'>): Promise<Recipients> {
  if ('channel' in to) return { people: [], channel: to.channel }
  const everybody = (await ctx.people.all()).filter(({ active }) => active)
  const holders = everybody.filter(({ roles }) => roles.includes(to.role))
  if (holders.length > 0) return { people: holders }
  const { fallbackRole } = ctx.policy(OrganisationPolicy)
  return { people: everybody.filter(({ roles }) => roles.includes(fallbackRole)), insteadOf: to.role }
}

/** A new version: card, chart and sheet to those whom the policy names and to who asked; the first one in short to the channels. */
export async function tellMade(ctx: Ctx, report: Report, askedBy: string | undefined): Promise<void> {
  const policy = ctx.policy(ReportsPolicy).leave
  if (policy === undefined) return
  const { people, channel, insteadOf } = await recipientsOf(ctx, policy)
  const ids = new Set([...people.map(({ id }) => id), ...(askedBy === undefined ? [] : [askedBy])])
  const all: readonly To[] = [
    ...(channel === undefined ? [] : [{ channel }]),
    ...[...ids].map((person) => ({ person })),
  ]
  if (all.length === 0) await ctx.audit('reports.nobody-told', subjectOf(report), { version: report.version })
  const draw = await drawCard(ctx, report, insteadOf)
  for (const to of all) await sendWhole(ctx, report, to, draw)
  if (report.version === 1) for (const note of policy.notes) await sendNote(ctx, report, note)
}

/** Card, chart and sheet, in this order. */
async function sendWhole(ctx: Ctx, report: Report, to: To, draw: Draw): Promise<void> {
  const key = `reports:${report.id}`
  await ctx.outbox.send(to, draw, { key: `${key}:card` })
  for (const part of PARTS.toReversed())
    await ctx.outbox.send(to, (reader) => fileMessage(report, part, reader), { key: `${key}:${part}` })
}

export const isFile = (file: ReportFile, part: Part, locale: Locale): boolean =>
  file.part === part && file.locale === locale

/** The id of a file of a report in one language. */
export const fileIn = ({ files }: Pick<ReportHead, 'files'>, part: Part, locale: Locale): string | undefined =>
  files.find((file) => isFile(file, part, locale))?.id

/** The file in the reader's language; in another where there is none. */
export function fileMessage(report: ReportHead, part: Part, { locale }: Pick<Reader, 'locale'>): ReturnType<Draw> {
  const id = fileIn(report, part, locale) ?? report.files.find((file) => file.part === part)?.id
  if (id === undefined) throw new Error(`the report ${report.id} has no ${part}`)
  const values = {
    title: titleOf(report, report, locale),
    version: messages.say(locale, 'version', { version: report.version }),
    hash: shortHash(report.hash),
  }
  return {
    text: messages.say(locale, `caption.${part}`, values),
    file: { id, name: fileName(part, report, locale) },
  }
}

/** The card of a report, for whoever reads it. @param insteadOf see {@link Recipients} */
export async function drawCard(ctx: Ctx, report: Report, insteadOf?: string): Promise<Draw> {
  const before =
    report.version === 1 ? undefined : await findVersion(ctx.db, report.kind, report.month, report.version - 1)
  const role = ctx.policy(OrganisationPolicy).roles.find(({ id }) => id === insteadOf)
  const view = {
    report,
    ...(before ? { changes: changesBetween(before.facts, report.facts), before: before.facts } : { changes: [] }),
    ...(insteadOf === undefined ? {} : { insteadOf: role?.name ?? { 'zh-CN': insteadOf, en: insteadOf } }),
  }
  return (reader) => ({ card: reportCard(reader, view) })
}

/** How many were away and for how long; no names and no types. */
async function sendNote(ctx: Ctx, report: Report, id: string): Promise<void> {
  const channel = ctx.policy(ChannelsPolicy)[id]
  if (channel === undefined || !PLATFORMS.some((platform) => channel[platform] !== undefined)) {
    await ctx.audit('reports.note-left-out', subjectOf(report), { channel: id, reason: 'no room' })
    return
  }
  const organisation = ctx.policy(OrganisationPolicy)
  const own = organisation.departments.find((department) => department.id === channel.department)
  const view = {
    report,
    name: own?.name ?? organisation.name,
    departments: departmentsBelow([...organisation.departments, ...report.facts.departments], own?.id),
  }
  await ctx.outbox.send({ channel: id }, (reader) => ({ card: noteCard(reader, view) }), {
    key: `reports:${report.id}:note:${id}`,
  })
}

/** Whoever asked to have it made again learns that it is the same. */
export async function tellUnchanged(ctx: Ctx, report: Report, personId: string): Promise<void> {
  await ctx.outbox.send({ person: personId }, ({ locale }) => ({
    text: messages.say(locale, 'say.unchanged', {
      month: writeMonth(report.month, locale),
      version: report.version,
      hash: shortHash(report.hash),
    }),
  }))
}

/** Whoever asked learns that it came to nothing; the others never heard of it. */
export async function tellFailed(ctx: Ctx, month: string | undefined, personId: string | undefined): Promise<void> {
  if (personId === undefined || month === undefined) return
  await ctx.outbox.send({ person: personId }, ({ locale }) => ({
    text: messages.say(locale, 'say.failed', { month: writeMonth(month, locale) }),
  }))
}
