/** Papers of a leave: taken for it, seen by those who may, reminded of when the person is back, and listed while they are owed. */
import { addDays } from '#core/calendar/civil.ts'
import type { CivilDate } from '#core/command-args.ts'
import { Refusal } from '#core/errors.ts'
import type { FormValues } from '#core/form.ts'
import { inLocale } from '#core/i18n.ts'
import type { FileRef } from '#core/platform.ts'
import type { Ctx, FileOwner, Person, PersonCtx, Reply } from '#engine/context.ts'
import type { FilePlace } from '#engine/files/events.ts'
import { keepUntil } from '#engine/files/policy.ts'
import { sendFiles } from '#engine/files/see.ts'
import { cameCard, missingCard, type OwedView, owedCard, owedListCard, type PaperLeave } from '../cards/papers.ts'
import { PapersDue } from '../contracts.ts'
import { messages } from '../i18n.ts'
import { LeavePolicy } from '../policy.ts'
import { approvedEnding, findRequest, type LeaveRow, livingVersion, requestsOf } from '../repository/requests.ts'
import { workBegins, workingDaysAfter } from '../rules/papers.ts'
import { writeSpan } from '../words.ts'
import { ownerOf, subjectOf, toldOf, typeName } from './look.ts'
import { countPapers, owedFor, papersOf, whose } from './owed.ts'
import { ownRequest, showOwn, unknownRequest } from './own.ts'
import { maySee } from './show.ts'

/** Leave that ended longer ago takes no papers by itself; by its number it does. */
const OPEN_DAYS = 90
const ROWS_MAX = 500
const LINES_MAX = 20

/** The answer to `FilesFor`: every leave of this person that could take a paper now. */
export async function placesFor(ctx: Ctx, personId: string): Promise<readonly FilePlace[]> {
  const person = await ctx.people.byId(personId)
  if (!person) return []
  const rows = await requestsOf(ctx.db, personId, ['draft', 'pending', 'approved'], LINES_MAX)
  const since = addDays(ctx.today(person), -OPEN_DAYS)
  return rows.map((row): FilePlace => {
    const type = typeName(ctx, row.type, person)
    const today = ctx.today(person)
    return {
      feature: 'leave',
      reference: papersOf(row),
      label: (locale) =>
        messages.say(locale, 'papers.place', {
          type: inLocale(type, locale),
          id: row.id,
          span: writeSpan(row.span, locale, today),
        }),
      numbers: [String(row.id)],
      // Most leave asks for no papers: nobody is asked whether they meant that. A draft that says which it needs waits for
      // them too: where a picture is a message of its own, it comes after the words.
      onlyNamed: owedFor(ctx, row, person) === undefined || row.span.to < since,
      permission: 'leave.read',
      keepUntil: keepUntil(ctx),
    }
  })
}

/** What was sent in the form's field for papers. */
export function papersIn({ origin }: PersonCtx, values: FormValues): readonly FileRef[] {
  const ids = values['papers'] ?? []
  return (origin.files ?? []).filter(({ id }) => ids.includes(id))
}

/** Papers that came with the form: they count like those that are sent afterwards. */
export async function takePapers(ctx: PersonCtx, row: LeaveRow, papers: readonly FileRef[]): Promise<void> {
  const owner: FileOwner = {
    feature: 'leave',
    reference: papersOf(row),
    personId: ctx.actor.id,
    permission: 'leave.read',
    keepUntil: keepUntil(ctx),
  }
  for (const paper of papers) {
    try {
      await ctx.files.take(owner, ctx.origin.platform, paper)
    } catch (error) {
      throw error instanceof Refusal ? new Refusal(error.say, { field: 'papers' }) : error
    }
  }
}

/** Something has come or was taken back: every card that says how many there are follows. */
export async function papersChanged(ctx: Ctx, reference: string): Promise<void> {
  const row = await livingVersion(ctx.db, Number(reference))
  const files = row ? await countPapers(ctx, row) : 0
  if (row?.state === 'pending' && row.approvalId !== null) await ctx.approvals.refresh(row.approvalId)
  if (row && row.state !== 'draft') await showOwn(ctx, row.id, { quiet: true })
  const known = row ?? (await findRequest(ctx.db, Number(reference)))
  if (!known) return
  const view = { ...paperView(ctx, known, await ownerOf(ctx, known)), files }
  await ctx.outbox.showAll(papersKey(known), (reader) => ({ card: cameCard(reader, view) }), { quiet: true })
  if (row?.state === 'approved' && files > 0)
    for (const { id } of await concerned(ctx, row))
      await ctx.outbox.show(papersKey(row), { person: id }, (reader) => ({ card: cameCard(reader, view) }))
}

/** The card about the papers of a leave, for those who are not its owner. */
const papersKey = (row: Pick<LeaveRow, 'rootId'>): string => `leave.papers:${row.rootId}`
const owedKey = (row: Pick<LeaveRow, 'rootId'>): string => `leave.papers-owed:${row.rootId}`
const jobKey = (row: Pick<LeaveRow, 'rootId'>): string => `leave.papers:${row.rootId}`

/** Those who decided it and those who were told; where there are none, the superior. */
async function concerned(ctx: Ctx, row: LeaveRow): Promise<readonly Person[]> {
  const owner = await ownerOf(ctx, row)
  const approval = row.approvalId === null ? undefined : await ctx.approvals.view(row.approvalId)
  const deciders = approval?.steps.flatMap(({ decidedBy }) => decidedBy ?? []) ?? []
  const told = await toldOf(ctx, ctx.policy(LeavePolicy, owner).types[row.type]?.tells ?? [], owner)
  const people = [...(await ctx.people.byIds(deciders)), ...told]
  const found = people.length > 0 ? people : await toldOf(ctx, ['manager'], owner)
  return [...new Map(found.filter(({ id }) => id !== owner.id).map((person) => [person.id, person])).values()]
}

/** The button: every paper, privately, to whoever may see this leave. */
export async function seePapers(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await findRequest(ctx.db, requestId)
  if (row === undefined || !(await maySee(ctx, row))) throw unknownRequest(ctx, String(requestId))
  const { name } = await ownerOf(ctx, row)
  return sendFiles(ctx, await ctx.files.of('leave', papersOf(row)), {
    what: (locale) => messages.say(locale, 'papers.what', { name, id: row.id }),
    alsoMay: true,
  })
}

/** The owner takes them back while nobody has decided. */
export async function dropPapers(ctx: PersonCtx, requestId: number): Promise<Reply> {
  const row = await ownRequest(ctx, requestId)
  if (row.state !== 'pending') throw new Refusal(messages.later('papers.refuse-drop', { id: row.id }))
  const dropped = await throwAway(ctx, row)
  const key = dropped > 0 ? 'papers.dropped' : 'papers.none'
  return { toast: messages.say(ctx.actor.locale, key) }
}

/** What was sent for a leave that is not asked for any more has no purpose: nothing of it is kept. @returns how many */
export async function throwAway(ctx: Ctx, row: Pick<LeaveRow, 'rootId'>): Promise<number> {
  const files = (await ctx.files.of('leave', papersOf(row))).filter(
    ({ state }) => state === 'stored' || state === 'wanted',
  )
  for (const { id } of files) await ctx.files.drop(id)
  return files.length
}

/** The leave holds: on the first working day back, when work begins, it is looked whether the papers are there (LEAVE-02). */
export async function awaitPapers(ctx: Ctx, row: LeaveRow, person: Person): Promise<void> {
  const owed = owedFor(ctx, row, person)
  if (!owed) return
  const at = Math.max(ctx.clock.now(), workBegins(owed.due, whose(ctx, person)))
  await ctx.jobs.add(PapersDue, { requestId: row.id, step: 'remind' }, { at, key: jobKey(row) })
}

/** Nobody waits for them any more. */
export const stopAwaiting = (ctx: Ctx, row: Pick<LeaveRow, 'rootId'>): Promise<void> => ctx.jobs.cancel(jobKey(row))

/** The job: reminds the one who owes them, and some working days later tells the superior. Each once; nothing is decided by it. */
export async function papersDue(ctx: Ctx, { requestId, step }: { requestId: number; step: 'remind' | 'tell' }) {
  const row = await findRequest(ctx.db, requestId)
  if (row?.state !== 'approved' || (await countPapers(ctx, row)) > 0) return
  const person = await ownerOf(ctx, row)
  const owed = owedFor(ctx, row, person)
  if (!owed || !person.active) return
  // Away again, or off that day by the roster: nobody hands in anything from there.
  const present = await ctx.presence.nextWorkingInstant(person, ctx.clock.now())
  if (step === 'remind' && present > ctx.clock.now()) {
    await ctx.jobs.add(PapersDue, { requestId, step }, { at: present, key: jobKey(row) })
    return
  }
  const view = { ...paperView(ctx, row, person), ...owed }
  if (step === 'remind') await remind(ctx, row, person, view)
  else await tellSuperior(ctx, row, person, view)
}

async function remind(ctx: Ctx, row: LeaveRow, person: Person, view: OwedView): Promise<void> {
  await ctx.outbox.show(owedKey(row), { person: person.id }, (reader) => ({ card: owedCard(reader, view) }))
  await ctx.audit('leave.papers-reminded', subjectOf(row.id))
  const { tellAfterDays } = ctx.policy(LeavePolicy, person).papers
  if (tellAfterDays === null) return
  const at = workBegins(workingDaysAfter(ctx.today(person), whose(ctx, person), tellAfterDays), whose(ctx, person))
  await ctx.jobs.add(PapersDue, { requestId: row.id, step: 'tell' }, { at, key: jobKey(row) })
}

async function tellSuperior(ctx: Ctx, row: LeaveRow, person: Person, view: OwedView): Promise<void> {
  for (const { id } of await toldOf(ctx, ['manager'], person))
    await ctx.outbox.show(papersKey(row), { person: id }, (reader) => ({ card: missingCard(reader, view) }))
  await ctx.audit('leave.papers-missing', subjectOf(row.id))
}

/** `请假材料`: what one owes oneself, and what is overdue of those whose leave one may see. */
export async function listPapers(ctx: PersonCtx): Promise<Reply> {
  const { locale, zone, id: actorId } = ctx.actor
  const own = await requestsOf(ctx.db, actorId, ['pending', 'approved'], LINES_MAX)
  const today = ctx.today()
  const ended = await approvedEnding(ctx.db, addDays(today, -OPEN_DAYS), today, ROWS_MAX)
  const others = ended.filter(({ personId }) => personId !== actorId)
  const owners = new Map((await ctx.people.byIds(others.map(({ personId }) => personId))).map((one) => [one.id, one]))
  const seen = others.filter(({ personId }) => {
    const person = owners.get(personId)
    return person?.active && ctx.may('leave.read', { person })
  })
  const card = owedListCard(
    { locale, zone, person: ctx.actor },
    {
      mine: (await stillOwed(ctx, own, () => ctx.actor)).slice(0, LINES_MAX),
      others: (await stillOwed(ctx, seen, (row) => owners.get(row.personId), today)).slice(0, LINES_MAX),
    },
  )
  return { message: { card } }
}

/** @param dueBy only what was due by then */
async function stillOwed(
  ctx: Ctx,
  rows: readonly LeaveRow[],
  owner: (row: LeaveRow) => Person | undefined,
  dueBy?: CivilDate,
): Promise<readonly OwedView[]> {
  const counts = await ctx.files.counts('leave', rows.map(papersOf))
  return rows.flatMap((row) => {
    const person = owner(row)
    const owed = person && owedFor(ctx, row, person)
    if (!owed || (counts.get(papersOf(row)) ?? 0) > 0 || (dueBy !== undefined && owed.due > dueBy)) return []
    return [{ ...paperView(ctx, row, person), ...owed }]
  })
}

function paperView(ctx: Ctx, { id, type, span }: LeaveRow, person: Person): PaperLeave {
  return { id, span, name: person.name, type: typeName(ctx, type, person), today: ctx.today(person) }
}
