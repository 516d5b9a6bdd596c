/** The cards of a step: shown to those who are asked, brought again, and drawn anew when what is decided looks otherwise. */
import type { Ctx, Draw, Person } from '../context.ts'
import type { ApprovalKind } from '../feature.ts'
import { movedCard, openCard } from './cards.ts'
import type { ApprovalRow } from './repository.ts'
import * as repository from './repository.ts'
import { openStepOf } from './resolve.ts'

export type Kinds = ReadonlyMap<string, ApprovalKind>

/** Sends or refreshes the card of an open step for one approver. */
export async function showOpen(
  ctx: Ctx,
  kinds: Kinds,
  row: ApprovalRow,
  position: number,
  person: Person,
  extra?: string,
) {
  const draw = await drawFor(ctx, kinds, row, person, (reader, card) =>
    openCard(reader, card, { approval: row.id, position }, extra),
  )
  await ctx.outbox.show(cardKey(row.id, position), { person: person.id }, draw)
}

/**
 * Brings the card of an open step to one approver again, with `line` on it: below what was said since, and only there,
 * so that nobody has two of it.
 */
export async function bringAgain(
  ctx: Ctx,
  kinds: Kinds,
  row: ApprovalRow,
  position: number,
  person: Person,
  line: string,
) {
  const draw = await drawFor(ctx, kinds, row, person, (reader, card) =>
    openCard(reader, card, { approval: row.id, position }, line),
  )
  const moved = await drawFor(ctx, kinds, row, person, (reader, card) => movedCard(reader, card))
  await ctx.outbox.show(cardKey(row.id, position), { person: person.id }, draw, { anew: moved })
}

/** What is to be decided looks otherwise now: the cards of the open step follow. Nothing when none is open. */
export async function refresh(ctx: Ctx, kinds: Kinds, id: number): Promise<void> {
  // The request first, then its cards, as everywhere.
  await repository.lock(ctx.sql, id)
  const row = await repository.find(ctx.db, id)
  const step = row && openStepOf(row)
  if (!row || !step || row.state !== 'pending') return
  for (const person of await ctx.people.byIds(step.approvers)) await showOpen(ctx, kinds, row, step.position, person)
}

/** The feature's card, drawn once for this reader; `finish` adds buttons or the outcome. */
export async function drawFor(
  ctx: Ctx,
  kinds: Kinds,
  row: ApprovalRow,
  person: Person,
  finish: (reader: Parameters<Draw>[0], card: Awaited<ReturnType<ApprovalKind['card']>>) => ReturnType<typeof openCard>,
): Promise<Draw> {
  const kind = kindOf(kinds, row)
  const reader = { locale: person.locale, zone: person.zone, person }
  const card = await kind.card(ctx, kind.kind.payload.parse(row.about) as never, reader)
  return () => ({ card: finish(reader, card) })
}

export function kindOf(kinds: Kinds, row: ApprovalRow): ApprovalKind {
  const kind = kinds.get(row.kind)
  if (!kind) throw new Error(`approval ${row.id}: no feature declares the kind ${row.kind}`)
  return kind
}

export const cardKey = (approval: number, position: number): string => `approval:${approval}:${position}`
