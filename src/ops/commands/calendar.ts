/** `calendar import` and `calendar export`: an official year into the database and back. */
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import { civilDateAt, eachDay, formatWeekday, weekday, yearOf as yearOfDate } from '#core/calendar/civil.ts'
import type { DayInfo, WorkCalendar } from '#core/calendar/days.ts'
import { builtInYears } from '#core/calendar/year-schedule.ts'
import type { CivilDate } from '#core/command-args.ts'
import { ConfigError } from '#core/errors.ts'
import { appendLine } from '#engine/audit/lines.ts'
import { contextOf } from '#engine/inbox/make-context.ts'
import { CalendarPolicy, type ImportedYear, importedYearSchema, writtenYear } from '#engine/policy/calendar.ts'
import { readYearTable, yearSheet } from '#engine/policy/calendar-table.ts'
import { issuesOf, located, problemsOf } from '#engine/policy/check.ts'
import { type LoadedPolicy, loadPolicy } from '#engine/policy/loaded.ts'
import { locateIn } from '#engine/policy/locate.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { readYaml } from '#engine/policy/yaml.ts'
import type { Workshop } from '#engine/workshop/workshop.ts'
import { type Recounted, recounted } from '../../features/leave/usecases/recount.ts'
import { writeBalance } from '../../features/leave/words.ts'
import { asText, type BinaryFile, checkedTable, isTable } from '../../files.ts'
import { done, no, type OpsCommand, type OpsResult, UsageError } from '../command.ts'
import { formatOf, sheetFile } from '../tables.ts'
import { count, numberOf, oneLine } from '../words.ts'

const YEAR_MAX = 9_998

export const calendarImport: OpsCommand = {
  name: 'calendar import',
  about: 'show what an official year would change; with --apply let it hold',
  arguments: [{ name: 'FILE', about: 'the year: YAML, CSV or XLSX', file: 'bytes' }],
  options: [
    { name: 'sheet', takes: 'NAME', about: 'the sheet of a workbook; its first one when absent' },
    { name: 'apply', about: 'let it hold from now on; without it nothing is changed' },
  ],
  async run({ app, db, clock }, { values, bytes }) {
    const file = bytes['FILE']
    if (!file) throw new UsageError('FILE is missing.')
    const year = await readYear(file, app.workshop, values['sheet'])
    const policy = app.policy.current()
    refuseWritten(policy, year)
    const after = loadPolicy(policy.content, policy.version, [
      ...policy.importedYears.filter((one) => one.year !== year.year),
      year,
    ])
    const changes = changesOf(policy.calendar, after.calendar, year.year)
    const leave = await db.transact('work', (tx) =>
      recounted(contextOf(app.context, tx), after.calendar, `${year.year - 1}-12-01`, `${year.year}-12-31`),
    )
    const words = changes.length === 0 && isWordedOtherwise(policy, year) ? [WORDED_OTHERWISE] : []
    const lines = [
      `${year.year}, ${oneLine(year.source)}: ${summary(year)}.`,
      ...known(policy, year),
      ...changes,
      ...words,
      ...leaveLines(leave),
    ]
    if (changes.length + words.length === 0) return done([...lines, 'There is nothing to change.'])
    if (!values['apply']) return done([...lines, 'Nothing was changed. Run again with --apply to change it.'])
    await db.transact('people', async (tx) => {
      const at = clock.now()
      // A policy that was applied since it was looked at may write the year itself.
      const isNew = await app.policy.importYear(tx, year, 'ops', at, (newest) => refuseWritten(newest, year))
      if (!isNew) return
      await appendLine(tx.sql, {
        at,
        actorId: null,
        action: 'calendar.imported',
        subject: `calendar:${year.year}`,
        data: { source: year.source, version: after.calendar.version },
      })
    })
    return done([...lines, 'Done.'])
  },
}

/** @throws ConfigError with every problem and its place */
async function readYear(file: BinaryFile, workshop: Workshop, sheet: string | undefined): Promise<ImportedYear> {
  if (isTable(file.name)) {
    const read = readYearTable(await checkedTable(file, workshop, sheet === undefined ? {} : { sheet }))
    if ('problems' in read) throw new ConfigError(read.problems)
    return read.year
  }
  const yaml = readYaml(asText(file))
  if ('problems' in yaml) throw new ConfigError(yaml.problems)
  const read = importedYearSchema.safeParse(yaml.value)
  if (read.success) return read.data
  throw new ConfigError(problemsOf(located(issuesOf(importedYearSchema, yaml.value), locateIn([yaml], []))))
}

function refuseWritten(policy: LoadedPolicy, { year }: ImportedYear): void {
  if (!policy.section(CalendarPolicy).years.some((one) => one.year === year)) return
  throw new ConfigError([
    `The policy (version ${policy.version}) writes ${year} itself, under calendar.years, and that goes before an import: take it out of the policy file, apply that, and import again.`,
  ])
}

function summary({ off, work, companyDays }: ImportedYear): string {
  const days = off.reduce((sum, { from, to }) => sum + eachDay(from, to).length, 0)
  const company = companyDays.length === 0 ? '' : `, ${count(companyDays.length, 'day')} of the company`
  return `${count(days, 'day')} off in ${count(off.length, 'stretch', 'stretches')}, ${count(work.length, 'make-up day')}${company}`
}

function known({ calendar }: LoadedPolicy, { year }: ImportedYear): readonly string[] {
  return calendar.knows(year) ? [] : [`${year} was unknown until now: what was counted in it is provisional.`]
}

const WORDED_OTHERWISE = 'Every day stays what it is; names or source differ from what holds.'

/** Whether something else is written than what holds: a name in any language, the source, how the days are put together. */
function isWordedOtherwise(policy: LoadedPolicy, year: ImportedYear): boolean {
  const imported = policy.importedYears.find((one) => one.year === year.year)
  // What an export writes has the policy's own days of the company too: it is what holds, not another wording.
  return ![imported, yearOf(policy, year.year)].some(
    (one) => one !== undefined && isDeepStrictEqual(writtenYear(one), writtenYear(year)),
  )
}

/** Nobody's booked leave is changed behind their back: who asks for it and who decided it settle that. */
function leaveLines(found: readonly Recounted[]): readonly string[] {
  if (found.length === 0) return []
  const lines = found.map(({ requestId, staffNo, name, from, to, booked, counted, dayMinutes }) => {
    const words = (minutes: number) => writeBalance(minutes, dayMinutes, 'en')
    return `  #${requestId} ${staffNo} ${oneLine(name)}, ${from} to ${to}: ${words(booked)} booked, ${words(counted)} by this year`
  })
  return [
    `Leave counted before the year was known (${found.length}); it keeps its count until its owner changes it:`,
    ...lines,
  ]
}

/** Stretches of days that become something else in the same way. */
function changesOf(before: WorkCalendar, after: WorkCalendar, year: number): readonly string[] {
  const runs: { from: CivilDate; to: CivilDate; change: string }[] = []
  for (const date of eachDay(`${year - 1}-12-01`, `${year}-12-31`)) {
    const [was, is] = [told(before.day(date)), told(after.day(date))]
    const last = runs.at(-1)
    const change = `${was} → ${is}`
    if (was === is) continue
    if (last?.change === change && eachDay(last.to, date).length === 2) last.to = date
    else runs.push({ from: date, to: date, change })
  }
  if (runs.length === 0) return []
  const written = (date: CivilDate) => `${date} ${formatWeekday(weekday(date), 'en')}`
  return [
    'Changed:',
    ...runs.map(({ from, to, change }) => `  ${written(from)}${from === to ? '' : ` to ${written(to)}`}: ${change}`),
  ]
}

function told({ kind, works, name, offHalf }: DayInfo): string {
  const what = works === 'pattern' ? kind : `${kind}, ${works}`
  return `${what}${offHalf === undefined ? '' : `, ${offHalf} off`}${name === undefined ? '' : ` (${oneLine(name['zh-CN'])})`}`
}

export const calendarExport: OpsCommand = {
  name: 'calendar export',
  about: 'write the official year that holds, with the company’s days of it, as a file that reads back as the same',
  arguments: [{ name: 'YEAR', about: 'as 2026' }],
  options: [
    { name: 'format', takes: 'FORMAT', about: 'yaml, csv or xlsx; by the name of --out, else yaml' },
    { name: 'out', takes: 'FILE', about: 'write to this file instead of stdout', writes: true },
  ],
  async run({ app, clock }, { values }): Promise<OpsResult> {
    const { out } = values
    const number = numberOf('YEAR', values['YEAR'] ?? '', YEAR_MAX)
    const format = formatOf(values['format'], out, ['yaml', 'csv', 'xlsx'])
    const policy = app.policy.current()
    const year = yearOf(policy, number)
    if (year === undefined) {
      const isPast = number < yearOfDate(civilDateAt(clock.now(), policy.section(OrganisationPolicy).zone))
      return no(
        [],
        [
          isPast
            ? `No official schedule is known for ${number}.`
            : `${number} has no official schedule yet: import it when the notice is out (npm run ops -- calendar import FILE).`,
        ],
      )
    }
    if (format !== 'yaml')
      return sheetFile(app.workshop, yearSheet(year, policy.section(OrganisationPolicy).language), format, out)
    const text = stringify(writtenYear(year), { lineWidth: 0 })
    if (out === undefined) return { output: text, exitCode: 0 }
    return { ...done([`Written to ${out}.`]), files: [{ path: out, text }] }
  },
}

/** What holds for a year: the policy's own, else the imported one, else the one that is built in. */
function yearOf(policy: LoadedPolicy, number: number): ImportedYear | undefined {
  const { years, companyDays } = policy.section(CalendarPolicy)
  const inYear = (days: ImportedYear['companyDays']) => days.filter(({ date }) => date.startsWith(`${number}-`))
  const imported = policy.importedYears.find(({ year }) => year === number)
  const schedule =
    years.find(({ year }) => year === number) ?? imported ?? builtInYears().find(({ year }) => year === number)
  if (schedule === undefined) return undefined
  const own = new Map([...(imported?.companyDays ?? []), ...inYear(companyDays)].map((day) => [day.date, day]))
  return {
    year: number,
    source: schedule.source,
    off: [...schedule.off],
    work: [...schedule.work],
    weekdays: {},
    companyDays: [...own.values()],
  }
}
