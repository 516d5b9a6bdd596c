/** `people import` and `people export`: the people file into the database and back. */
import { exportPeople, type FieldChange, type ImportPlan, planImport } from '#engine/identity/people-import.ts'
import { checkedPeople, filesAtStart, importPeople } from '../../files.ts'
import { done, type OpsCommand, type OpsContext, type OpsResult, UsageError } from '../command.ts'
import { count, writeValue } from '../words.ts'

export const peopleImport: OpsCommand = {
  name: 'people import',
  about: 'show what a people file would change; with --apply change it',
  arguments: [{ name: 'FILE', about: 'the people file, in YAML', file: true }],
  options: [{ name: 'apply', about: 'carry it out; without it nothing is changed' }],
  async run(context, { values, files }) {
    const { app, db, clock } = context
    const file = files['FILE']
    if (!file) throw new UsageError('FILE is missing.')
    if (/\.(csv|xlsx?|ods)$/i.test(file.name))
      throw new UsageError(
        `${file.name} is a sheet: this version reads people files in YAML (see policies/demo/people.yaml).`,
      )
    const people = checkedPeople(file, app.policy.current())
    if (!values['apply']) {
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
  options: [{ name: 'out', takes: 'FILE', about: 'write to this file instead of stdout; only you can read it' }],
  async run({ app, db }, { values }): Promise<OpsResult> {
    const text = await db.transact('work', (tx) => exportPeople(tx, app.policy.current()))
    const out = values['out']
    if (out === undefined) return { output: text, exitCode: 0 }
    return { ...done([`Written to ${out}.`]), files: [{ path: out, text, isPrivate: true }] }
  },
}
