/** Balances from a list: what it would change, the change itself as rows of the ledger, and the list of what stands now. */
import { yearOf } from '#core/calendar/civil.ts'
import { inLocale, LOCALES, type Text } from '#core/i18n.ts'
import { PROBLEMS_MAX, type TableProblem } from '#core/table/table.ts'
import { appendLines } from '#engine/audit/lines.ts'
import type { Ctx, Person } from '#engine/context.ts'
import { noneOf } from '#engine/policy/check.ts'
import { idNamed, type Named } from '#engine/policy/columns.ts'
import { nearest } from '#engine/policy/nearest.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import type { BalanceLine, BalanceLines, WrittenAmount } from '../balance-table.ts'
import { LeavePolicy } from '../policy.ts'
import { appendAdjustments, lockLedger, type Standing, standingsOf } from '../repository/ledger.ts'
import { minutesIn } from '../rules/balances.ts'
import { fullDayMinutes } from '../rules/model.ts'
import { writeBalance } from '../words.ts'
import { allowanceMinutes } from './look.ts'

/** What one person has of one type in one year, in minutes. */
export interface StandingBalance {
  readonly staffNo: string
  readonly name: string
  readonly typeName: Text
  /** How a table calls the type when its name is not its own alone. */
  readonly typeWord?: string
  readonly year: number
  /** Of the person's full day. */
  readonly dayMinutes: number
  /** The policy's allowance and what was entered on top of it. */
  readonly entitled: number
  /** Taken or asked for. */
  readonly used: number
}
/** One balance that a list changes. */
export interface BalanceChange {
  readonly personId: string
  readonly staffNo: string
  readonly name: string
  readonly type: string
  readonly year: number
  readonly dayMinutes: number
  /** What is left, in minutes. */
  readonly from: number
  readonly to: number
}
export interface BalancePlan {
  readonly rows: number
  readonly changes: readonly BalanceChange[]
}
export type Planned = BalancePlan | { readonly problems: readonly TableProblem[] }

/** Years further away are slips: HR keeps last year's list, and next year's in December. */
const YEARS_BACK = 2
const YEARS_AHEAD = 1

/** What a list would change; changes nothing. Every problem of every row, or the plan; never both. */
export async function planBalances(ctx: Ctx, { rows, problems: unread, columnOf }: BalanceLines): Promise<Planned> {
  const people = new Map((await ctx.people.all()).map((person) => [person.staffNo, person]))
  const years = [...new Set(rows.map(({ year }) => Number(year)).filter(Number.isSafeInteger))].filter(
    (year) => year > 0 && year < 10_000,
  )
  const standings = await standingsOf(ctx.db, years)
  const problems: TableProblem[] = [...unread]
  const changes: BalanceChange[] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    const { line } = row
    const wrong = (column: number | undefined, message: string) =>
      problems.push({ line, ...(column === undefined ? {} : { column }), message })
    // Nearest names take some milliseconds each, and people wait: those that are not listed anyway have none.
    const person = personOf(row, people, problems.length < PROBLEMS_MAX)
    if (typeof person === 'string') {
      wrong(columnOf('staffNo'), person)
      continue
    }
    const type = typeOf(ctx, row, person)
    if ('problem' in type) {
      wrong(columnOf('type'), type.problem)
      continue
    }
    const year = yearIn(row.year, yearOf(ctx.today(person)))
    if (typeof year === 'string') {
      wrong(columnOf('year'), year)
      continue
    }
    const key = keyOf(person.id, type.id, year)
    const first = seen.get(key)
    if (first !== undefined) {
      wrong(columnOf('type'), `${person.staffNo}, ${type.id} and ${year} stand in row ${first} too: keep one of them`)
      continue
    }
    seen.set(key, line)
    const target = targetOf(row, person, type.allowance, standings.get(key))
    if ('problem' in target) wrong(target.column, target.problem)
    else if (target.from !== target.to)
      changes.push({
        personId: person.id,
        staffNo: person.staffNo,
        name: person.name,
        type: type.id,
        year,
        dayMinutes: fullDayMinutes(person.pattern),
        from: target.from,
        to: target.to,
      })
  }
  return problems.length > 0 ? { problems } : { rows: rows.length, changes }
}

/** Writes the differences. Planned anew while nobody else touches the ledger: what was done is given back. */
export async function applyBalances(ctx: Ctx, lines: BalanceLines): Promise<Planned> {
  await lockLedger(ctx.sql)
  const plan = await planBalances(ctx, lines)
  if ('problems' in plan) return plan
  const { changes } = plan
  await appendAdjustments(
    ctx.sql,
    ctx.clock.now(),
    changes.map(({ personId, type, year, from, to }) => ({ personId, type, leaveYear: year, minutes: to - from })),
  )
  await appendLines(
    ctx.sql,
    changes.map(({ personId, type, year, from, to }) => ({
      at: ctx.clock.now(),
      actorId: ctx.actor?.id ?? null,
      action: 'leave.balance-entered',
      subject: `person:${personId}`,
      data: { type, year, from, to },
    })),
  )
  return plan
}

/** What the active people have of every type with a yearly allowance, by staff number. */
export async function standingBalances(ctx: Ctx, year: number): Promise<readonly StandingBalance[]> {
  const people = (await ctx.people.all()).filter(({ active }) => active)
  const standings = await standingsOf(ctx.db, [year])
  const { language } = ctx.policy(OrganisationPolicy)
  return people.flatMap((person) => {
    const named = typesOf(ctx, person)
    return Object.entries(ctx.policy(LeavePolicy, person).types).flatMap(([id, { name }]): StandingBalance[] => {
      const allowance = allowanceMinutes(ctx, id, person)
      if (allowance === undefined) return []
      const { adjusted = 0, used = 0 } = standings.get(keyOf(person.id, id, year)) ?? {}
      return [
        {
          staffNo: person.staffNo,
          name: person.name,
          typeName: name,
          ...(idNamed(inLocale(name, language), named) === id ? {} : { typeWord: id }),
          year,
          dayMinutes: fullDayMinutes(person.pattern),
          entitled: allowance + adjusted,
          used,
        },
      ]
    })
  })
}

/** As {@link standingsOf} keys them. */
const keyOf = (personId: string, type: string, year: number): string => `${personId} ${type} ${year}`

function personOf(
  { staffNo }: BalanceLine,
  people: ReadonlyMap<string, Person>,
  asksNearest: boolean,
): Person | string {
  const person = people.get(staffNo)
  if (person?.active) return person
  if (person) return `${staffNo} ${person.name} has left: take the row out`
  if (staffNo === '') return 'write a staff number'
  const near = asksNearest ? nearest(staffNo, [...people.keys()]) : undefined
  return `nobody has the staff number ${JSON.stringify(staffNo)}${near === undefined ? '' : `; did you mean ${near}?`}`
}

function typesOf(ctx: Ctx, person: Person): readonly Named[] {
  return Object.entries(ctx.policy(LeavePolicy, person).types).map(([id, { name, aliases }]) => ({
    id,
    names: [...new Set([...LOCALES.map((locale) => inLocale(name, locale)), ...aliases])],
  }))
}

function typeOf(
  ctx: Ctx,
  { type }: BalanceLine,
  person: Person,
): { readonly id: string; readonly allowance: number } | { readonly problem: string } {
  const types = typesOf(ctx, person)
  const id = idNamed(type, types)
  if (id === undefined) {
    const words = types.map((one) => `${one.names[0]} (${one.id})`)
    const meant = types.flatMap((one) => [one.id, ...one.names])
    return { problem: noneOf(type, words, 'no type of leave: there are', meant) }
  }
  const allowance = allowanceMinutes(ctx, id, person)
  if (allowance === undefined)
    return {
      problem: `${id} has no yearly allowance in the policy: give it one (leave.types.${id}.allowanceDays, 0 when all of it is entered here)`,
    }
  return { id, allowance }
}

function yearIn(text: string, thisYear: number): number | string {
  const year = /^\d{4}年?$/.test(text) ? Number(text.slice(0, 4)) : 0
  if (year >= thisYear - YEARS_BACK && year <= thisYear + YEARS_AHEAD) return year
  return `${JSON.stringify(text)}: write a year from ${thisYear - YEARS_BACK} to ${thisYear + YEARS_AHEAD}`
}

type Target = { readonly from: number; readonly to: number } | { readonly problem: string; readonly column: number }

/** What is left now and what is to be left, in minutes. */
function targetOf(row: BalanceLine, person: Person, allowance: number, standing: Standing | undefined): Target {
  const { adjusted = 0, used = 0 } = standing ?? {}
  const dayMinutes = fullDayMinutes(person.pattern)
  const inWords = (minutes: number) => writeBalance(minutes, dayMinutes, 'en')
  const entitled = amountOf(row.entitled, dayMinutes)
  const left = amountOf(row.left, dayMinutes)
  for (const amount of [entitled, left]) if (amount && 'problem' in amount) return amount
  const from = allowance + adjusted - used
  const whole = entitled && 'minutes' in entitled ? entitled : undefined
  const rest = left && 'minutes' in left ? left : undefined
  if (whole && rest && whole.minutes - used !== rest.minutes)
    return {
      column: rest.column,
      problem: `${inWords(whole.minutes)} a year less ${inWords(used)} taken or asked for leave ${inWords(whole.minutes - used)}, not ${inWords(rest.minutes)}: write only one of the two, or export the list again`,
    }
  const to = rest?.minutes ?? (whole === undefined ? from : whole.minutes - used)
  // Overdrawn since the policy gives less: a list that says what holds changes nothing.
  if (to >= 0 || to === from) return { from, to }
  const column = (rest ?? whole)?.column ?? 0
  if (rest) return { column, problem: `${inWords(to)}: what is left cannot be less than nothing` }
  return { column, problem: `${inWords(used)} are taken or asked for already, ${inWords(-to)} more than this` }
}

function amountOf(
  written: WrittenAmount | undefined,
  dayMinutes: number,
):
  | { readonly minutes: number; readonly column: number }
  | { readonly problem: string; readonly column: number }
  | undefined {
  if (written === undefined) return undefined
  const { text, unit, column } = written
  const minutes = minutesIn(text, dayMinutes, unit)
  if (minutes === undefined)
    return { column, problem: `${JSON.stringify(text)} is no amount: write 7.5, 7天半, 7天3小时 or 12 h` }
  if (minutes === 'not-whole')
    return {
      column,
      problem: `${JSON.stringify(text)} comes to no whole number of minutes of a day of ${dayMinutes}: write hours`,
    }
  const max = dayMinutes * 366
  if (Math.abs(minutes) > max) return { column, problem: `${JSON.stringify(text)} is more than a year has days` }
  return { minutes, column }
}
