/** Who is told of a report, and what each of them sees. */
import type { Card } from '#core/card.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Ctx, Draw, Person, Reader, To } from '#engine/context.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { noteCard, reportCard } from '../cards.ts'
import { PARTS, type Part } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { type LeaveReportPolicy, ReportsPolicy } from '../policy.ts'
import { departmentsIn, type Report, type ReportFile, type ReportHead } from '../repository.ts'
import { fileName, subjectOf, titleOf } from '../rules/head.ts'
import { writeMonth } from '../rules/month.ts'
import { changesBetween, departmentsBelow } from '../rules/sums.ts'
import { earlierOf } from './earlier.ts'
import { hiddenFrom, maySee } from './reach.ts'

export interface Named {
  readonly people: readonly Person[]
  readonly channel?: string
  /** The role that nobody has, when those of the fallback role stand in for it. */
  readonly insteadOf?: string
}

/** Whom the policy names; those of the fallback role where nobody has the role it names. Whether they may see it, too, is another question. */
export async function named(ctx: Ctx, { to }: Pick<LeaveReportPolicy, 'to'>): Promise<Named> {
  if ('channel' in to) return { people: [], channel: to.channel }
  const everybody = (await ctx.people.all()).filter(({ active }) => active)
  const holders = everybody.filter(({ roles }) => roles.includes(to.role))
  if (holders.length > 0) return { people: holders }
  const { fallbackRole } = ctx.policy(OrganisationPolicy)
  return { people: everybody.filter(({ roles }) => roles.includes(fallbackRole)), insteadOf: to.role }
}

/**
 * A new version: card, chart and sheet to those whom the policy names and to who asked, as far as they may see it; the
 * one of the schedule in short to the channels.
 */
export async function tellMade(
  ctx: Ctx,
  report: Report,
  { askedBy, due }: { readonly askedBy?: string | undefined; readonly due?: number | undefined },
): Promise<void> {
  const policy = ctx.policy(ReportsPolicy).leave
  if (policy === undefined) return
  const { people, channel, insteadOf } = await named(ctx, policy)
  const asker = askedBy === undefined ? undefined : await ctx.people.byId(askedBy)
  const departments = await departmentsIn(ctx.sql, report.id)
  const asked = new Map([...people, ...(asker ? [asker] : [])].map((person) => [person.id, person]))
  const readers = [...asked.values()].filter((person) => maySee(ctx, person, departments))
  const others = [...asked.values()].filter((person) => !readers.includes(person))
  if (others.length > 0) {
    const left = others.map(({ staffNo }) => staffNo)
    await ctx.audit('reports.left-out-people', subjectOf(report), { version: report.version, people: left })
    if (asker?.active && others.some(({ id }) => id === asker.id))
      await tellHidden(ctx, asker, hiddenFrom(ctx, asker, departments))
  }
  const all: readonly To[] = [
    ...(channel === undefined ? [] : [{ channel }]),
    ...readers.map(({ id }) => ({ person: id })),
  ]
  if (all.length === 0) await tellNobody(ctx, report, policy)
  else {
    const draw = await drawCard(ctx, report, insteadOf)
    for (const to of all) await sendWhole(ctx, report, to, draw)
  }
  if (due !== undefined) for (const note of policy.notes) await sendNote(ctx, report, note)
}

/** Who asked could see everybody then; somebody they may not see is in it after all. */
async function tellHidden(ctx: Ctx, asker: Person, hidden: ReturnType<typeof hiddenFrom>): Promise<void> {
  await ctx.outbox.send({ person: asker.id }, ({ locale }) => ({
    text: messages.say(locale, 'refuse.reach', {
      departments: hidden.map(({ name }) => inLocale(name, locale)).join(messages.say(locale, 'comma')),
    }),
  }))
}

/** It lies among the messages that nobody could be found for, of which the administrators are told. */
async function tellNobody(ctx: Ctx, report: Report, { to }: LeaveReportPolicy): Promise<void> {
  if (!('role' in to)) return
  await ctx.audit('reports.nobody-told', subjectOf(report), { version: report.version })
  const role = ctx.policy(OrganisationPolicy).roles.find(({ id }) => id === to.role)
  // No id of a channel has a colon: this is a room nowhere, and says which role is looked for.
  const nowhere = { channel: `role:${to.role}` }
  const draw: Draw = ({ locale }) => ({
    text: messages.say(locale, 'say.nobody', {
      month: writeMonth(report.month, locale),
      role: role ? inLocale(role.name, locale) : to.role,
      number: report.month,
    }),
  })
  await ctx.outbox.send(nowhere, draw, { key: `reports:${report.id}:nobody` })
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
    // The version stands behind it.
    title: titleOf(report, { version: 1, late: report.late }, locale),
    version: messages.say(locale, 'version', { version: report.version }),
  }
  return {
    text: messages.say(locale, `caption.${part}`, values),
    file: { id, name: fileName(part, report, locale) },
  }
}

/** The card of a report, for whoever reads it. @param insteadOf see {@link Recipients} */
export async function drawCard(ctx: Ctx, report: Report, insteadOf?: string): Promise<Draw> {
  const { before, toldLater } = await earlierOf(ctx, report.kind, report.month, report)
  const role = ctx.policy(OrganisationPolicy).roles.find(({ id }) => id === insteadOf)
  const view = {
    report,
    ...(before
      ? { changes: changesBetween(before.facts, report.facts, toldLater), before: before.facts }
      : { changes: [] }),
    ...(insteadOf === undefined ? {} : { insteadOf: role?.name ?? { 'zh-CN': insteadOf, en: insteadOf } }),
  }
  // Nothing in it depends on who reads but the language, and sums over ten thousand lines are not for every reader anew.
  const cards = new Map<Locale, Card>()
  return (reader) => {
    const card = cards.get(reader.locale) ?? reportCard(reader, view)
    cards.set(reader.locale, card)
    return { card }
  }
}

/** How many were away and for how long; no names and no types. A channel without a room is one of the dead letters. */
async function sendNote(ctx: Ctx, report: Report, id: string): Promise<void> {
  const channel = ctx.policy(ChannelsPolicy)[id]
  const organisation = ctx.policy(OrganisationPolicy)
  const own = organisation.departments.find((department) => department.id === channel?.department)
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
