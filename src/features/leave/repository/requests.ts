/** The rows of leave requests, drafts included. */
import { z } from 'zod'
import type { CountBasis, Span } from '#core/calendar/count.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate, HalfDay } from '#core/command-args.ts'
import type { PrismaTx } from '#engine/db/transaction.ts'
import { writtenText } from '#engine/policy/text.ts'
import type { Amount, DayLine, Terms } from '../rules/model.ts'
import { total } from '../rules/terms.ts'

export type LeaveState =
  | 'draft'
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'withdrawn'
  | 'lapsed'
  | 'discarded'
  | 'replaced'

export interface LeaveRow {
  /** The number people see. */
  readonly id: number
  readonly personId: string
  /** The first version of this leave; its own number when it was never changed. */
  readonly rootId: number
  readonly state: LeaveState
  readonly type: string
  readonly basis: CountBasis
  readonly span: Span
  readonly minutes: number
  readonly amount: Amount
  readonly days: readonly DayLine[]
  readonly provisional: boolean
  readonly reason: string | null
  readonly policyVersion: number
  readonly approvalId: number | null
  readonly createdAt: Instant
  readonly submittedAt: Instant | null
}

const half = z.enum(['morning', 'afternoon'])
/** What lies in the JSON column `days`; written by this file alone. */
const daysSchema: z.ZodType<readonly DayLine[]> = z.array(
  z.object({
    date: z.string(),
    counted: z.boolean(),
    minutes: z.int(),
    halves: z.array(half),
    halfDays: z.int(),
    restMinutes: z.int(),
    chargeMinutes: z.int(),
    reason: z.enum([
      'working-day',
      'make-up-day',
      'weekend',
      'legal-holiday',
      'bridge-day',
      'company-day',
      'not-in-pattern',
    ]),
    name: writtenText.optional(),
  }),
)

/** What a draft is made of. */
export interface NewDraft {
  readonly personId: string
  readonly terms: Terms
  readonly reason: string | null
  readonly policyVersion: number
  readonly at: Instant
  /** The leave that it is to replace. */
  readonly rootId?: number
}

export async function insertDraft(db: PrismaTx, draft: NewDraft): Promise<LeaveRow> {
  const row = await db.leaveRequest.create({
    data: {
      personId: draft.personId,
      enteredBy: draft.personId,
      rootId: draft.rootId ?? null,
      state: 'draft',
      createdAt: new Date(draft.at),
      ...written(draft),
    },
  })
  return rowOf(row)
}

/** New contents for a draft; false when it is none any more. */
export async function updateDraft(
  db: PrismaTx,
  id: number,
  draft: Pick<NewDraft, 'terms' | 'reason' | 'policyVersion'>,
): Promise<boolean> {
  const { count } = await db.leaveRequest.updateMany({ where: { id, state: 'draft' }, data: written(draft) })
  return count === 1
}

export async function findRequest(db: PrismaTx, id: number): Promise<LeaveRow | undefined> {
  const row = await db.leaveRequest.findUnique({ where: { id } })
  return row ? rowOf(row) : undefined
}

/** A person's requests in these states, newest first. */
export async function requestsOf(
  db: PrismaTx,
  personId: string,
  states: readonly LeaveState[],
  countMax: number,
): Promise<readonly LeaveRow[]> {
  const rows = await db.leaveRequest.findMany({
    where: { personId, state: { in: [...states] } },
    orderBy: { id: 'desc' },
    take: countMax,
  })
  return rows.map(rowOf)
}

/** Waiting and approved requests that touch these days and were counted provisionally, oldest first. */
export async function provisionalBetween(db: PrismaTx, from: CivilDate, to: CivilDate): Promise<readonly LeaveRow[]> {
  const rows = await db.leaveRequest.findMany({
    where: { provisional: true, state: { in: ['pending', 'approved'] }, fromDate: { lte: to }, toDate: { gte: from } },
    orderBy: { id: 'asc' },
  })
  return rows.map(rowOf)
}

/** The other versions of a leave in one state, newest first. */
export async function versionsOf(
  db: PrismaTx,
  { id, rootId }: Pick<LeaveRow, 'id' | 'rootId'>,
  state: LeaveState,
): Promise<readonly LeaveRow[]> {
  const rows = await db.leaveRequest.findMany({
    where: { OR: [{ id: rootId }, { rootId }], state, NOT: { id } },
    orderBy: { id: 'desc' },
  })
  return rows.map(rowOf)
}

/** The version of a leave that counts now: the newest that is a draft, waits or holds. Undefined when it is over. */
export async function livingVersion(db: PrismaTx, rootId: number): Promise<LeaveRow | undefined> {
  const rows = await db.leaveRequest.findMany({
    where: { OR: [{ id: rootId }, { rootId }], state: { in: ['draft', 'pending', 'approved'] } },
    orderBy: { id: 'desc' },
  })
  // A draft of a change is nothing while what it is to change still waits.
  const row = rows.find(({ state }) => state !== 'draft') ?? rows[0]
  return row && rowOf(row)
}

/** Approved leave of everybody that ended within [from, to], the longest over first. */
export async function approvedEnding(
  db: PrismaTx,
  from: string,
  to: string,
  countMax: number,
): Promise<readonly LeaveRow[]> {
  const rows = await db.leaveRequest.findMany({
    where: { state: 'approved', toDate: { gte: from, lte: to } },
    orderBy: [{ toDate: 'asc' }, { id: 'asc' }],
    take: countMax,
  })
  return rows.map(rowOf)
}

/** What a transition writes besides the state. */
export interface Marks {
  readonly submittedAt?: Instant
  /** When it came to the state it is in now: decided, taken back, replaced. Reports find by it what changed after them. */
  readonly closedAt?: Instant
  readonly policyVersion?: number
}

/** One conditional statement: only who finds the row in state `from` moves it on. False for everyone else. */
export async function move(
  db: PrismaTx,
  id: number,
  from: LeaveState,
  to: LeaveState,
  marks: Marks = {},
): Promise<boolean> {
  const { count } = await db.leaveRequest.updateMany({
    where: { id, state: from },
    data: {
      state: to,
      ...(marks.submittedAt !== undefined && { submittedAt: new Date(marks.submittedAt) }),
      ...(marks.closedAt !== undefined && { closedAt: new Date(marks.closedAt) }),
      ...(marks.policyVersion !== undefined && { policyVersion: marks.policyVersion }),
    },
  })
  return count === 1
}

export async function setApproval(db: PrismaTx, id: number, approvalId: number): Promise<void> {
  await db.leaveRequest.update({ where: { id }, data: { approvalId } })
}

type Written = Pick<NewDraft, 'terms' | 'reason' | 'policyVersion'>

function written({ terms, reason, policyVersion }: Written) {
  const { span } = terms
  return {
    type: terms.type,
    basis: terms.basis,
    fromDate: span.from,
    toDate: span.to,
    fromHalf: span.fromHalf ?? null,
    toHalf: span.toHalf ?? null,
    fromTime: span.fromTime ?? null,
    toTime: span.toTime ?? null,
    minutes: terms.minutes,
    halfDays: terms.halfDays,
    days: JSON.parse(JSON.stringify(terms.days)) as object,
    provisional: terms.provisional,
    reason,
    policyVersion,
  }
}

type Stored = Awaited<ReturnType<PrismaTx['leaveRequest']['findFirstOrThrow']>>

function rowOf(row: Stored): LeaveRow {
  const days = daysSchema.parse(row.days)
  return {
    id: row.id,
    personId: row.personId,
    rootId: row.rootId ?? row.id,
    state: row.state as LeaveState,
    type: row.type,
    basis: row.basis as CountBasis,
    span: {
      from: row.fromDate,
      to: row.toDate,
      ...(row.fromHalf && { fromHalf: row.fromHalf as HalfDay }),
      ...(row.toHalf && { toHalf: row.toHalf as HalfDay }),
      ...(row.fromTime && { fromTime: row.fromTime }),
      ...(row.toTime && { toTime: row.toTime }),
    },
    minutes: row.minutes,
    amount: total(days),
    days,
    provisional: row.provisional,
    reason: row.reason,
    policyVersion: row.policyVersion,
    approvalId: row.approvalId,
    createdAt: row.createdAt.getTime(),
    submittedAt: row.submittedAt?.getTime() ?? null,
  }
}
