/** `balances import` and `balances export`: what people have of each kind of leave, from a list and back. */
import { civilDateAt, yearOf } from '#core/calendar/civil.ts'
import { MINUTE_MS } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import { type Table, writeProblems } from '#core/table/table.ts'
import { contextOf } from '#engine/inbox/make-context.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { type BalanceLines, balanceSheet, readBalances } from '../../features/leave/balance-table.ts'
import {
  applyBalances,
  type BalanceChange,
  type BalancePlan,
  type Planned,
  planBalances,
  standingBalances,
} from '../../features/leave/usecases/balances.ts'
import { writeBalance } from '../../features/leave/words.ts'
import { checkedTable } from '../../files.ts'
import { done, type OpsCommand, type OpsResult, UsageError } from '../command.ts'
import { formatOf, sheetFile } from '../tables.ts'
import { count, numberOf, writeValue, zoneOf } from '../words.ts'

/** Ten thousand people are one transaction: all of them, or none. */
const IMPORT_MS_MAX = 10 * MINUTE_MS
const YEAR_MAX = 9_998

export const balancesImport: OpsCommand = {
  name: 'balances import',
  about: 'show what a list of balances would change; with --apply change it',
  arguments: [{ name: 'FILE', about: 'the list: CSV or XLSX', file: 'bytes' }],
  options: [
    { name: 'sheet', takes: 'NAME', about: 'the sheet of a workbook; its first one when absent' },
    { name: 'apply', about: 'carry it out; without it nothing is changed' },
  ],
  async run({ app, db }, { values, bytes }) {
    const file = bytes['FILE']
    if (!file) throw new UsageError('FILE is missing.')
    const { sheet, apply } = values
    const table = await checkedTable(file, app.workshop, sheet === undefined ? {} : { sheet })
    const lines = linesOf(table)
    const plan = checked(
      table,
      await db.transact(
        apply ? 'people' : 'work',
        (tx) => {
          const ctx = contextOf(app.context, tx)
          return apply ? applyBalances(ctx, lines) : planBalances(ctx, lines)
        },
        { withinMs: IMPORT_MS_MAX },
      ),
    )
    const nothing = plan.changes.length === 0
    if (apply) return done([...planLines(plan), nothing ? 'There was nothing to change.' : 'Done.'])
    const ending = nothing ? 'There is nothing to change.' : 'Nothing was changed. Run again with --apply to change it.'
    return done([...planLines(plan), ending])
  },
}

function linesOf(table: Table): BalanceLines {
  const lines = readBalances(table)
  if ('wrongHeadings' in lines) throw new ConfigError(writeProblems(table, lines.wrongHeadings))
  return lines
}

function checked(table: Table, plan: Planned): BalancePlan {
  if ('problems' in plan) throw new ConfigError(writeProblems(table, plan.problems))
  return plan
}

function planLines({ rows, changes }: BalancePlan): readonly string[] {
  return [
    `${count(rows, 'row')} in the file, ${rows - changes.length} of them unchanged.`,
    ...(changes.length === 0 ? [] : [`Changed (${changes.length}), what is left:`]),
    ...changes.map(changeLine),
  ]
}

function changeLine({ staffNo, name, type, year, dayMinutes, from, to }: BalanceChange): string {
  const words = (minutes: number) => writeBalance(minutes, dayMinutes, 'en')
  return `  ${staffNo} ${writeValue(name)}  ${type} ${year}: ${words(from)} → ${words(to)}`
}

export const balancesExport: OpsCommand = {
  name: 'balances export',
  about: 'write what everybody has of each kind of leave with an allowance, as a list that reads back as the same',
  options: [
    { name: 'year', takes: 'YEAR', about: 'the calendar year; this one when absent' },
    { name: 'format', takes: 'FORMAT', about: 'csv or xlsx; by the name of --out, else csv' },
    { name: 'out', takes: 'FILE', about: 'write to this file instead of stdout; only you can read it', writes: true },
  ],
  async run(context, { values }): Promise<OpsResult> {
    const { app, db, clock } = context
    const { out } = values
    const year =
      values['year'] === undefined
        ? yearOf(civilDateAt(clock.now(), zoneOf(context)))
        : numberOf('YEAR', values['year'], YEAR_MAX)
    const format = formatOf(values['format'], out, ['csv', 'xlsx'])
    const balances = await db.transact('work', async (tx) => {
      const ctx = contextOf(app.context, tx)
      const standing = await standingBalances(ctx, year)
      await ctx.audit('leave.balances-exported', `year:${year}`, { balances: standing.length, format })
      return standing
    })
    const { language } = app.policy.current().section(OrganisationPolicy)
    return sheetFile(app.workshop, balanceSheet(balances, language), format, out)
  },
}
