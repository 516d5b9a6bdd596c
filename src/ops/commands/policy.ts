/** `policy check`, `policy explain` and `policy apply`: the rules, from a file to force. */
import { stringify } from 'yaml'
import { appendLine } from '#engine/audit/lines.ts'
import type { Person, PolicySection } from '#engine/context.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { diffPolicies } from '#engine/policy/diff.ts'
import { type LoadedPolicy, layersOf, loadPolicy, type PolicyFor } from '#engine/policy/loaded.ts'
import { departmentChain, OrganisationPolicy } from '#engine/policy/organisation.ts'
import type { TextFile } from '#engine/policy/yaml.ts'
import { checkedPolicy, filesAtStart, textFile } from '../../files.ts'
import { done, no, type OpsCommand, type OpsContext, UsageError } from '../command.ts'
import { count, oneOf } from '../words.ts'
import { nameOf, personIn } from './accounts.ts'
import { changeLines, strandedLines, touchedLines } from './policy-change.ts'

export const policyCheck: OpsCommand = {
  name: 'policy check',
  about: 'check a policy file and list everything that is wrong; changes nothing',
  arguments: [{ name: 'FILE', about: 'the file that a start reads when absent', file: true, optional: true }],
  async run(context, { files }) {
    const file = files['FILE'] ?? (await fileAtStart(context))
    const content = await checkedPolicy(file)
    const inForce = context.app.policy.current()
    const changes = diffPolicies(inForce.content, content)
    const compared = changes.length === 0 ? 'says the same as' : `differs in ${count(changes.length, 'place')} from`
    return done([`${file.name} is a right policy. It ${compared} version ${inForce.version}, which is in force.`])
  },
}

export const policyApply: OpsCommand = {
  name: 'policy apply',
  about: 'show what a policy file would change and whom it touches; with --yes put it in force',
  arguments: [{ name: 'FILE', about: 'the policy file', file: true }],
  options: [{ name: 'yes', about: 'put it in force; without it nothing is changed' }],
  async run(context, { values, files }) {
    const { app, db, clock } = context
    const file = files['FILE']
    if (!file) throw new UsageError('FILE is missing.')
    const content = await checkedPolicy(file)
    const inForce = app.policy.current()
    const changes = diffPolicies(inForce.content, content)
    if (changes.length === 0)
      return done([
        `${file.name} says the same as version ${inForce.version}, which is in force. There is nothing to apply.`,
      ])
    const people = await db.transact('work', (tx) => everybody(tx, inForce))
    const next = loadPolicy(content, 0)
    const shown = [
      `${count(changes.length, 'change')} against version ${inForce.version}, which is in force:`,
      ...changes.map((change) => `  ${changeLines(change)}`),
      ...touchedLines(changes, people, inForce, next),
      ...strandedLines(people, next),
    ]
    if (!values['yes']) return done([...shown, 'Nothing was changed. Run again with --yes to put it in force.'])
    const { version } = await db.transact('people', async (tx) => {
      const at = clock.now()
      const applied = await app.policy.apply(tx, content, 'ops', at)
      const data = { from: inForce.version, changes: changes.map(({ path, kind }) => `${kind} ${path}`) }
      await appendLine(tx.sql, {
        at,
        actorId: null,
        action: 'policy.applied',
        subject: `policy:${applied.version}`,
        data,
      })
      return applied
    })
    const schedules = await db.transact('people', (tx) => app.schedules.load(tx))
    return done([
      ...shown,
      `Version ${version} is in force.`,
      ...scheduleLines(schedules),
      ...(await atNextStart(context, app.policy.current())),
    ])
  },
}

function scheduleLines(
  schedules: Readonly<Record<'added' | 'changed' | 'removed', readonly string[]>>,
): readonly string[] {
  return (['added', 'changed', 'removed'] as const).flatMap((what) =>
    schedules[what].length === 0 ? [] : [`Schedules ${what}: ${schedules[what].join(', ')}`],
  )
}

/** A file that is read at every start goes before what was applied in between. */
async function atNextStart({ config }: OpsContext, inForce: LoadedPolicy): Promise<readonly string[]> {
  const { policy } = filesAtStart(config)
  const same = await textFile(policy)
    .then(checkedPolicy)
    .then(
      (content) => loadPolicy(content, 0).hash === inForce.hash,
      () => false,
    )
  return same
    ? []
    : [`At its next start the server puts ${policy} in force again: make it say the same, or set POLICY_FILE.`]
}

async function fileAtStart({ config }: OpsContext): Promise<TextFile> {
  const { policy } = filesAtStart(config)
  return { ...(await textFile(policy)), name: policy }
}

export const policyExplain: OpsCommand = {
  name: 'policy explain',
  about: 'show a section of the policy in force, with its defaults, as it holds for somebody',
  arguments: [{ name: 'SECTION', about: 'its name at the top of the file, as leave' }],
  options: [
    { name: 'person', takes: 'STAFFNO', about: 'as it holds for this person' },
    { name: 'department', takes: 'ID', about: 'as it holds for this department' },
  ],
  async run(context, { values }) {
    const policy = context.app.policy.current()
    const { sections } = context.app.registry
    const name = oneOf(
      'SECTION',
      values['SECTION'] ?? '',
      sections.map(({ section }) => section),
    )
    const section = sections.find((one) => one.section === name) as PolicySection
    const who = await whoIn(context, policy, values)
    if ('error' in who) return no([], [who.error])
    const value = policy.section(section, who.for)
    const head = [`${name}, as it holds ${who.words}; version ${policy.version}`, ...layerWords(policy, name, who.for)]
    const body = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })
    return { output: `${head.map((line) => `# ${line}\n`).join('')}${body}`, exitCode: 0 }
  },
}

interface Whom {
  readonly words: string
  readonly for: PolicyFor | undefined
}

async function whoIn(
  context: OpsContext,
  policy: LoadedPolicy,
  values: Readonly<Record<string, string>>,
): Promise<Whom | { error: string }> {
  const { person: staffNo, department } = values
  if (staffNo !== undefined && department !== undefined)
    throw new UsageError('Give --person or --department, not both.')
  if (department !== undefined) {
    const id = oneOf(
      '--department',
      department,
      policy.section(OrganisationPolicy).departments.map((one) => one.id),
    )
    return { words: `for the department ${id}`, for: { department: id, post: '' } }
  }
  if (staffNo === undefined) return { words: 'for the whole organisation', for: undefined }
  const found = await context.db.transact('work', (tx) => personIn(context, tx, staffNo))
  if ('error' in found) return found
  const { person } = found
  return {
    words: `for ${nameOf(person)} (department ${person.department}, post ${person.post || 'none'})`,
    for: person,
  }
}

/** Which parts of the file speak of the section, the lowest first. */
function layerWords(policy: LoadedPolicy, section: string, who: PolicyFor | undefined): readonly string[] {
  if (!who) return []
  const chain = departmentChain(policy.section(OrganisationPolicy), who.department)
  const names = ['the organisation', ...chain.toReversed().map((id) => `departments.${id}`), `posts.${who.post}`]
  const spoken = layersOf(policy.content, section, chain, who.post).flatMap((layer, at) =>
    layer === undefined ? [] : [names[at] ?? ''],
  )
  return [spoken.length === 0 ? 'all of it defaults' : `from ${spoken.join(', then ')}`]
}

async function everybody(tx: Tx, policy: LoadedPolicy): Promise<readonly Person[]> {
  return (await peopleFor(tx, policy).all()).filter(({ active }) => active)
}
