/** What a report says, as plain data: the same facts are the same text and the same hash. Pure. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { writtenText } from '#engine/policy/text.ts'

const amount = z.object({ halfDays: z.int(), restMinutes: z.int(), minutes: z.int() })
const named = z.object({ id: z.string(), name: writtenText })
const half = z.enum(['morning', 'afternoon'])
const who = {
  /** The number of the request. */
  request: z.int(),
  staffNo: z.string(),
  name: z.string(),
  /** Ids, of the lists above. */
  department: z.string(),
  type: z.string(),
}
const line = z.object({
  ...who,
  span: z.object({
    from: z.string(),
    to: z.string(),
    fromHalf: half.exactOptional(),
    toHalf: half.exactOptional(),
    fromTime: z.string().exactOptional(),
    toTime: z.string().exactOptional(),
  }),
  provisional: z.boolean(),
  /** What of it lies in the month. */
  part: amount,
  /** All of it. */
  whole: amount,
})
const adjustment = z.object({ ...who, month: z.string(), was: amount, is: amount })

/** What lies in the column `facts`; written by this feature alone. */
export const factsSchema = z.object({
  kind: z.literal('leave'),
  month: z.string(),
  /** The zone in which the month begins and ends. */
  zone: z.string(),
  organisation: writtenText,
  /** Those whose people are named, in the order of the policy. */
  departments: z.array(named),
  types: z.array(named),
  /** Approved; in the order of department, person, request. */
  lines: z.array(line),
  /** Not decided yet. */
  waiting: z.array(line),
  /** What was decided of earlier months after their reports. */
  adjustments: z.array(adjustment),
})
export type Facts = z.output<typeof factsSchema>
export type Line = Facts['lines'][number]
export type Adjustment = Facts['adjustments'][number]
export type LeaveAmount = Line['part']

export const NOTHING: LeaveAmount = { halfDays: 0, restMinutes: 0, minutes: 0 }

/** JSON with the keys of every object in order: equal facts are equal texts, wherever they come from. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  let text = ''
  if (Array.isArray(value)) {
    for (const one of value) text += text === '' ? canonical(one) : `,${canonical(one)}`
    return `[${text}]`
  }
  const map = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(map).sort()) {
    if (map[key] === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(map[key])}`
  }
  return `{${text}}`
}

/** SHA-256 over the facts, hexadecimal. */
export const hashOf = (facts: Facts): string => createHash('sha256').update(canonical(facts)).digest('hex')

/** Lines in their order: departments as listed, then staff numbers, then requests. */
export function inOrder<L extends Pick<Line, 'department' | 'staffNo' | 'request'>>(
  lines: readonly L[],
  departments: readonly { readonly id: string }[],
): L[] {
  const places = new Map(departments.map(({ id }, index) => [id, index]))
  const place = ({ department }: L) => places.get(department) ?? departments.length
  return lines.toSorted((a, b) => place(a) - place(b) || compare(a.staffNo, b.staffNo) || a.request - b.request)
}

/** By code units: the same on every machine, which the order of a language is not. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
