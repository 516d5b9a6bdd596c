/** The tables of approvals: requests for decision and their steps. */
import type { Instant } from '#core/clock.ts'
import type { ApprovalView } from '../context.ts'
import type { PrismaTx, Sql } from '../db/transaction.ts'

export interface StepRow {
  readonly id: number
  readonly approvalId: number
  readonly position: number
  readonly role: string
  readonly state: ApprovalView['steps'][number]['state']
  readonly approvers: readonly string[]
  readonly openedAt: Date | null
  readonly reminded: number
  readonly handedOn: number
  readonly decidedBy: string | null
  readonly onBehalfOf: string | null
  readonly decidedAt: Date | null
  readonly reason: string | null
}
export interface ApprovalRow {
  readonly id: number
  readonly kind: string
  readonly about: unknown
  readonly requesterId: string
  readonly state: ApprovalView['state']
  readonly policyVersion: number
  readonly steps: readonly StepRow[]
}

export async function insert(
  db: PrismaTx,
  row: {
    kind: string
    about: object
    requesterId: string
    policyVersion: number
    openedAt: Instant
    roles: readonly string[]
  },
): Promise<ApprovalRow> {
  const created = await db.approval.create({
    data: {
      kind: row.kind,
      about: row.about,
      requesterId: row.requesterId,
      state: 'pending',
      policyVersion: row.policyVersion,
      openedAt: new Date(row.openedAt),
      steps: {
        create: row.roles.map((role, position) => ({
          position,
          role,
          state: 'waiting',
          approvers: [],
          reminded: 0,
          handedOn: 0,
        })),
      },
    },
    include: { steps: { orderBy: { position: 'asc' } } },
  })
  return created as unknown as ApprovalRow
}

export async function find(db: PrismaTx, id: number): Promise<ApprovalRow | undefined> {
  const row = await db.approval.findUnique({ where: { id }, include: { steps: { orderBy: { position: 'asc' } } } })
  return (row as unknown as ApprovalRow | null) ?? undefined
}

export async function approvalOf(sql: Sql, stepId: number): Promise<number | undefined> {
  const [row] = await sql<{ id: number }>('SELECT approval_id AS id FROM approval_step WHERE id = $1', [stepId])
  return row?.id
}

/** @param position only if it is this one that is open */
export async function openStepId(sql: Sql, approvalId: number, position?: number): Promise<number | undefined> {
  const [row] = await sql<{ id: number }>(
    `SELECT id FROM approval_step WHERE approval_id = $1 AND state = 'open' AND ($2::int IS NULL OR position = $2)`,
    [approvalId, position ?? null],
  )
  return row?.id
}

/** Waits until nobody else has the request in hand, and holds it until the transaction ends. */
export async function lock(sql: Sql, id: number): Promise<void> {
  await sql('SELECT id FROM approval WHERE id = $1 FOR UPDATE', [id])
}

/** Adds a step behind the last: the fallback, when the chain has nobody. */
export async function addStep(db: PrismaTx, approvalId: number, position: number, role: string): Promise<void> {
  await db.approvalStep.create({
    data: { approvalId, position, role, state: 'waiting', approvers: [], reminded: 0, handedOn: 0 },
  })
}

export async function openStep(db: PrismaTx, id: number, approvers: readonly string[], at: Instant): Promise<void> {
  await db.approvalStep.update({
    where: { id },
    data: { state: 'open', approvers: [...approvers], openedAt: new Date(at) },
  })
}

export async function skipStep(db: PrismaTx, id: number): Promise<void> {
  await db.approvalStep.update({ where: { id }, data: { state: 'skipped' } })
}

export async function handOn(db: PrismaTx, id: number, approvers: readonly string[]): Promise<void> {
  await db.approvalStep.update({
    where: { id },
    data: { approvers: [...approvers], handedOn: { increment: 1 }, reminded: 0 },
  })
}

/** @param anew others are asked now: their time begins from here */
export async function reroute(db: PrismaTx, id: number, approvers: readonly string[], anew: boolean): Promise<void> {
  await db.approvalStep.update({
    where: { id },
    data: { approvers: [...approvers], ...(anew ? { reminded: 0 } : {}) },
  })
}

/** Requests whose open step asks somebody who is not active any more; at most 50, oldest first. */
export async function waitingForInactive(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }>(
    `SELECT DISTINCT a.id FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.state = 'open'
       JOIN person p ON p.id = ANY (s.approvers) AND NOT p.active
     WHERE a.state = 'pending' ORDER BY a.id LIMIT 50`,
  )
  return rows.map(({ id }) => id)
}

export async function countReminder(db: PrismaTx, id: number): Promise<void> {
  await db.approvalStep.update({ where: { id }, data: { reminded: { increment: 1 } } })
}

/**
 * The decision itself: one conditional statement before any effect, so that of two deciders on two processes exactly one
 * wins. @returns false for the loser
 */
export async function decideStep(
  sql: Sql,
  step: {
    id: number
    state: 'approved' | 'rejected'
    by: string
    onBehalfOf: string | null
    at: Instant
    reason: string | null
  },
): Promise<boolean> {
  const rows = await sql(
    `UPDATE approval_step s SET state = $2, decided_by = $3, on_behalf_of = $4, decided_at = $5, reason = $6
     FROM approval a WHERE s.id = $1 AND s.state = 'open' AND a.id = s.approval_id AND a.state = 'pending' RETURNING s.id`,
    [step.id, step.state, step.by, step.onBehalfOf, new Date(step.at), step.reason],
  )
  return rows.length === 1
}

/** Closes the request; the steps that were never reached close with it. @returns false when it was closed already */
export async function close(
  sql: Sql,
  id: number,
  state: 'approved' | 'rejected' | 'withdrawn',
  at: Instant,
): Promise<boolean> {
  const rows = await sql(
    `UPDATE approval SET state = $2, decided_at = $3 WHERE id = $1 AND state = 'pending' RETURNING id`,
    [id, state, new Date(at)],
  )
  if (rows.length === 0) return false
  const rest = state === 'withdrawn' ? 'withdrawn' : 'skipped'
  await sql(`UPDATE approval_step SET state = $2 WHERE approval_id = $1 AND state IN ('waiting', 'open')`, [id, rest])
  return true
}

/** The open steps that `personId` is asked to decide, oldest first, at most 50; nobody decides them until the transaction ends. */
export async function waitingFor(sql: Sql, personId: string): Promise<{ approvalId: number; position: number }[]> {
  return sql(
    `SELECT s.approval_id AS "approvalId", s.position FROM approval_step s JOIN approval a ON a.id = s.approval_id
     WHERE s.state = 'open' AND a.state = 'pending' AND $1::uuid = ANY (s.approvers) ORDER BY s.id LIMIT 50 FOR UPDATE OF a`,
    [personId],
  )
}
