/** Balances of leave as a table: which columns there are, read and written. */
import type { Locale } from '#core/i18n.ts'
import { inLocale } from '#core/i18n.ts'
import type { Sheet, Table, TableProblem } from '#core/table/table.ts'
import { columnsOf, type Field } from '#engine/policy/columns.ts'
import { type BalanceUnit, balanceCell } from './rules/balances.ts'
import type { StandingBalance } from './usecases/balances.ts'

type Key = 'staffNo' | 'name' | 'type' | 'year' | 'days' | 'hours' | 'used' | 'daysLeft' | 'hoursLeft'

const FIELDS: readonly Field<Key>[] = [
  {
    key: 'staffNo',
    zh: '工号',
    en: 'Staff no',
    also: ['员工编号', '员工号', 'staff number', 'employee id'],
    required: true,
  },
  { key: 'name', zh: '姓名', en: 'Name' },
  { key: 'type', zh: '假期类型', en: 'Type', also: ['假别', '请假类型', '假种', 'leave type'], required: true },
  { key: 'year', zh: '年度', en: 'Year', also: ['年份', '年', 'leave year'], required: true },
  {
    key: 'days',
    zh: '全年天数',
    en: 'Days a year',
    also: ['额度', '全年额度', '总天数', 'entitlement', 'entitled days'],
  },
  { key: 'hours', zh: '全年小时', en: 'Hours a year', also: ['总小时', 'entitled hours'] },
  { key: 'used', zh: '已用', en: 'Used', also: ['已用天数', '已休', 'taken', 'days used'] },
  { key: 'daysLeft', zh: '剩余天数', en: 'Days left', also: ['剩余', '余额', '剩余假期', 'balance', 'days', '天数'] },
  { key: 'hoursLeft', zh: '剩余小时', en: 'Hours left', also: ['hours balance', '剩余时数'] },
]

/** An amount of a cell, and where it stands. */
export interface WrittenAmount {
  readonly text: string
  readonly unit: BalanceUnit
  readonly column: number
}
/** One row as it is written; what it means depends on the person. */
export interface BalanceLine {
  readonly line: number
  readonly staffNo: string
  readonly type: string
  readonly year: string
  /** What the year gives in all. */
  readonly entitled?: WrittenAmount
  /** What is left of it. */
  readonly left?: WrittenAmount
}
export interface BalanceLines {
  readonly rows: readonly BalanceLine[]
  /** What is wrong with single rows; told together with what the people and the policy say against them. */
  readonly problems: readonly TableProblem[]
  readonly columnOf: (key: 'staffNo' | 'type' | 'year') => number | undefined
}

/** Amounts may stand in either column or in both; names and what was used are for people, and are not read. */
export function readBalances(table: Table): BalanceLines | { readonly wrongHeadings: readonly TableProblem[] } {
  const columns = columnsOf(table, FIELDS)
  const wrongHeadings = [...columns.problems]
  if (!(['days', 'hours', 'daysLeft', 'hoursLeft'] as const).some((key) => columns.of(key) !== undefined))
    wrongHeadings.push({
      line: table.headerLine,
      message: 'there is no column 剩余天数 (Days left) and no column 全年天数 (Days a year): one of them is needed',
    })
  if (wrongHeadings.length > 0) return { wrongHeadings }
  const problems: TableProblem[] = []
  const rows = table.rows.map(({ line, cells }): BalanceLine => {
    const textOf = (key: Key) => cells[columns.of(key) ?? -1]?.trim() ?? ''
    const amountOf = (key: Key, unit: BalanceUnit): WrittenAmount[] => {
      const column = columns.of(key)
      return column === undefined || textOf(key) === '' ? [] : [{ text: textOf(key), unit, column }]
    }
    const [entitled, second] = [...amountOf('days', 'day'), ...amountOf('hours', 'hour')]
    const [left, fourth] = [...amountOf('daysLeft', 'day'), ...amountOf('hoursLeft', 'hour')]
    for (const twice of [second, fourth])
      if (twice)
        problems.push({ line, column: twice.column, message: 'days and hours of the same thing: keep one of them' })
    if (!entitled && !left) problems.push({ line, message: 'there is no amount in this row' })
    return {
      line,
      staffNo: textOf('staffNo'),
      type: textOf('type'),
      year: textOf('year'),
      ...(entitled && { entitled }),
      ...(left && { left }),
    }
  })
  return { rows, problems, columnOf: columns.of }
}

/** Balances as a sheet that {@link readBalances} reads as the same balances. */
export function balanceSheet(balances: readonly StandingBalance[], locale: Locale): Sheet {
  const keys = ['staffNo', 'name', 'type', 'year', 'days', 'used', 'daysLeft'] as const
  const headings = keys.map((key) => FIELDS.find((field) => field.key === key))
  return {
    name: inLocale({ 'zh-CN': '假期余额', en: 'Balances' }, locale),
    columns: headings.map((field) => ({ header: field ? inLocale({ 'zh-CN': field.zh, en: field.en }, locale) : '' })),
    rows: balances.map(({ staffNo, name, typeWord, typeName, year, dayMinutes, entitled, used }) => [
      staffNo,
      name,
      typeWord ?? inLocale(typeName, locale),
      year,
      balanceCell(entitled, dayMinutes, locale),
      balanceCell(used, dayMinutes, locale),
      balanceCell(entitled - used, dayMinutes, locale),
    ]),
    frozenColumns: 2,
  }
}
