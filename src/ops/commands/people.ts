/** `people import` and `people export`: the people file into the database and back, in YAML, CSV or XLSX. */
import { appendLine } from '#engine/audit/lines.ts'
import {
  exportedPeople,
  type FieldChange,
  type ImportPlan,
  peopleYaml,
  planImport,
} from '#engine/identity/people-import.ts'
import { peopleSheet } from '#engine/identity/people-table.ts'
import { filesAtStart, importPeople, readPeople } from '../../files.ts'
import { done, type OpsCommand, type OpsContext, type OpsResult, UsageError } from '../command.ts'
import { formatOf, sheetFile } from '../tables.ts'
import { count, writeValue } from '../words.ts'

export const peopleImport: OpsCommand = {
  name: 'people import',
  about: 'show what a people file would change; with --apply change it',
  arguments: [{ name: 'FILE', about: 'the people file: YAML, CSV or XLSX', file: 'bytes' }],
  options: [
    { name: 'sheet', takes: 'NAME', about: 'the sheet of a workbook; its first one when absent' },
    { name: 'apply', about: 'carry it out; without it nothing is changed' },
  ],
  async run(context, { values, bytes }) {
    const { app, db, clock } = context
    const file = bytes['FILE']
    if (!file) throw new UsageError('FILE is missing.')
    const { sheet, apply } = values
    const people = await readPeople(file, app.policy.current(), app.workshop, sheet === undefined ? {} : { sheet })
    if (!apply) {
      const plan = await db.transact('work', (tx) => planImport(tx, people))
      const ending = changesNothing(plan)
        ? 'There is nothing to change.'
        : 'Nothing was changed. Run again with --apply to change it.'
      return done([...planLines(plan), ending])
    }
    const plan = await importPeople(db, clock, people)
    return done([
      ...planLines(plan),
      changesNothing(plan) ? 'There was nothing to change.' : 'Done.',
      ...atNextStart(context),
    ])
  },
}

/** A file that is read at every start goes before what was done in between. */
function atNextStart({ config }: OpsContext): readonly string[] {
  const { people } = filesAtStart(config)
  return people === undefined ? [] : [`At its next start the server imports ${people} again: it must say the same.`]
}

const changesNothing = ({ added, changed, left, moved }: ImportPlan): boolean =>
  added.length + changed.length + left.length + moved.length === 0

function planLines({ people, added, changed, left, moved, unchanged }: ImportPlan): readonly string[] {
  return [
    `${count(people.length, 'person', 'people')} in the file, ${unchanged} of them unchanged.`,
    ...section(`Added (${added.length}):`, added.map(personLine)),
    ...section(`Changed (${byPerson(changed).size}):`, [...byPerson(changed).values()].flatMap(changeLines)),
    ...section(`Left (${left.length}); they become inactive, their past stays:`, left.map(personLine)),
    ...section(
      `Accounts that move to somebody else (${moved.length}):`,
      moved.map(({ platform, account, from, to }) => `  ${platform} ${writeValue(account)}: from ${from} to ${to}`),
    ),
  ]
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines]
const personLine = ({ staffNo, name }: { staffNo: string; name: string }): string => `  ${staffNo} ${writeValue(name)}`

function byPerson(changes: readonly FieldChange[]): ReadonlyMap<string, readonly FieldChange[]> {
  const people = new Map<string, readonly FieldChange[]>()
  for (const change of changes) people.set(change.staffNo, [...(people.get(change.staffNo) ?? []), change])
  return people
}

function changeLines(changes: readonly FieldChange[]): readonly string[] {
  const [first] = changes
  if (!first) return []
  return [
    personLine(first),
    ...changes.map(({ field, from, to }) => `    ${field}: ${writeValue(from)} → ${writeValue(to)}`),
  ]
}

export const peopleExport: OpsCommand = {
  name: 'people export',
  about: 'write the active people as a people file that reads back as the same people',
  options: [
    { name: 'format', takes: 'FORMAT', about: 'yaml, csv or xlsx; by the name of --out, else yaml' },
    { name: 'out', takes: 'FILE', about: 'write to this file instead of stdout; only you can read it', writes: true },
  ],
  async run({ app, db, clock }, { values }): Promise<OpsResult> {
    const { out } = values
    const format = formatOf(values['format'], out, ['yaml', 'csv', 'xlsx'])
    const policy = app.policy.current()
    const people = await db.transact('work', async (tx) => {
      const all = await exportedPeople(tx)
      const data = { people: all.length, format }
      await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'people.exported', subject: 'people', data })
      return all
    })
    if (format !== 'yaml') return sheetFile(app.workshop, peopleSheet(people, policy), format, out)
    const text = peopleYaml(people, policy)
    if (out === undefined) return { output: text, exitCode: 0 }
    return { ...done([`Written to ${out}.`]), files: [{ path: out, text, isPrivate: true }] }
  },
}
