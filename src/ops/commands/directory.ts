/** `directory sync`: who has joined, left and moved by a platform's own directory; shown first, then done. */
import { inLocale, LOCALES } from '#core/i18n.ts'
import { appendLines, type NewAuditLine } from '#engine/audit/lines.ts'
import { linkAccounts } from '#engine/identity/accounts.ts'
import { isTooMany, type KnownPerson, knownPeople, planSync, type SyncPlan } from '#engine/identity/directory.ts'
import { deactivate } from '#engine/identity/people-rows.ts'
import { PLATFORMS } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { filesAtStart } from '../../files.ts'
import { done, no, type OpsCommand, type OpsContext } from '../command.ts'
import { count, writeValue } from '../words.ts'
import { linkLine, platformIn, section, whyNot } from './lookup.ts'

/** A whole directory may take so long, in milliseconds of real time. */
const LISTING_MS = 5 * 60_000

export const directorySync: OpsCommand = {
  name: 'directory sync',
  about: 'compare a platform’s directory with the people here; with --apply link, let go and move them',
  arguments: [{ name: 'PLATFORM', about: PLATFORMS.join(', ') }],
  options: [
    { name: 'apply', about: 'carry it out; without it nothing is changed' },
    { name: 'force', about: 'also when more than ten, or more than a fifth, would leave at once' },
  ],
  async run(context, { values }) {
    const platform = platformIn(context, values['PLATFORM'] ?? '')
    if (!platform.directory?.people)
      return no([], [`${platform.name} lists nobody: it has no directory that an app may read.`])
    const listing = await platform.directory.people(AbortSignal.timeout(LISTING_MS)).catch((error: unknown) => ({
      error: whyNot(error),
    }))
    if ('error' in listing)
      return no([], [`${platform.name} did not give its directory: ${listing.error}`, 'Nothing was changed.'])
    if (!listing.some(({ active }) => active))
      return no(
        [],
        [
          `${platform.name} lists nobody: give the app the right to see everybody (see npm run ops -- check). Nothing was changed.`,
        ],
      )
    const planned = await context.db.transact('work', async (tx) =>
      planSync(listing, await knownPeople(tx, platform.name), departmentsOf(context)),
    )
    const lines = planLines(platform.name, listing, planned)
    const isNothing = planned.links.length + planned.left.length + planned.moved.length === 0
    if (isNothing) return done([...lines, 'There is nothing to change.'])
    if (!values['apply']) return done([...lines, 'Nothing was changed. Run again with --apply to change it.'])
    return carryOut(context, platform.name, listing, lines, values['force'] !== undefined)
  },
}

/** Planned anew where it is done: the people may have changed since. All of it in one transaction, or none. */
async function carryOut(
  context: OpsContext,
  platform: string,
  listing: Parameters<typeof planSync>[0],
  lines: readonly string[],
  forced: boolean,
) {
  const { db, clock, config } = context
  const at = clock.now()
  const applied = await db.transact('people', async (tx) => {
    await tx.sql('LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE')
    const plan = planSync(listing, await knownPeople(tx, platform), departmentsOf(context))
    if (isTooMany(plan) && !forced) return undefined
    const links = plan.links.map(({ person, account }) => ({ account, personId: person.id }))
    await linkAccounts(tx, platform, links, at)
    await deactivate(
      tx,
      plan.left.map(({ id }) => id),
    )
    await tx.sql(
      `UPDATE person SET department = moved.department FROM unnest($1::uuid[], $2::text[]) AS moved(id, department)
       WHERE person.id = moved.id`,
      [plan.moved.map(({ person }) => person.id), plan.moved.map(({ to }) => to)],
    )
    await appendLines(tx.sql, newsOf(plan, platform, at))
    return plan
  })
  if (!applied)
    return no(lines, [
      'So many would leave at once that it looks like a directory half seen. If it is meant: --apply --force. Nothing was changed.',
    ])
  const { people } = filesAtStart(config)
  const { links, left, moved } = applied
  return done([
    ...lines,
    `Done: ${links.length} linked, ${left.length} left, ${moved.length} moved.`,
    ...(people === undefined ? [] : [`At its next start the server imports ${people} again: it must say the same.`]),
  ])
}

function newsOf({ links, left, moved }: SyncPlan, platform: string, at: number): readonly NewAuditLine[] {
  const line = (action: string, { id }: KnownPerson, data: Readonly<Record<string, unknown>>): NewAuditLine => ({
    at,
    actorId: null,
    action,
    subject: `person:${id}`,
    data: { ...data, by: `directory:${platform}` },
  })
  return [
    ...links.map(({ person, account }) => line('people.account-linked', person, { platform, account })),
    ...left.map((person) => line('people.left', person, { staffNo: person.staffNo })),
    ...moved.map(({ person, to }) =>
      line('people.changed', person, { staffNo: person.staffNo, department: { from: person.department, to } }),
    ),
  ]
}

function departmentsOf({ app }: OpsContext) {
  return app.policy
    .current()
    .section(OrganisationPolicy)
    .departments.map(({ id, name }) => ({ id, names: LOCALES.map((locale) => inLocale(name, locale)) }))
}

const nameOf = ({ staffNo, name }: KnownPerson): string => `${staffNo} ${writeValue(name)}`

function planLines(platform: string, listing: Parameters<typeof planSync>[0], plan: SyncPlan): readonly string[] {
  const { links, conflicts, strangers, left, moved } = plan
  const listed = new Set(listing.map(({ account }) => account))
  // Who is not listed may only be out of the app's sight; who is inactive there has left for certain.
  const how = ({ accounts }: KnownPerson) =>
    accounts.some((account) => listed.has(account))
      ? 'inactive there'
      : 'not listed there: has left, or the app may not see them'
  return [
    `${count(listing.length, 'person', 'people')} in the directory of ${platform}; ${plan.linked} of ours have an account there.`,
    ...section(`Joined, and known here (${links.length}); they are linked:`, links.map(linkLine)),
    ...section(
      `Joined, and not known here (${strangers.length}); to add them, put these lines into the people file:`,
      strangers.map(fileLine(platform)),
    ),
    ...section(
      `Conflicts (${conflicts.length}); settle them with: npm run ops -- people link`,
      conflicts.map((line) => `  ${writeValue(line)}`),
    ),
    ...section(
      `Left (${left.length}); they become inactive, their past stays:`,
      left.map((person) => `  ${nameOf(person)} (${how(person)})`),
    ),
    ...section(
      `Moved (${moved.length}):`,
      moved.map(({ person, to }) => `  ${nameOf(person)}: ${person.department} → ${to}`),
    ),
  ]
}

/** A line of a people file, with what the directory cannot know left to be filled in. JSON is YAML. */
const fileLine =
  (platform: string) =>
  ({ account, name, email, mobile, staffNo }: Parameters<typeof planSync>[0][number]): string =>
    `  - ${JSON.stringify({
      staffNo: staffNo ?? '?',
      name: name ?? '?',
      department: '?',
      ...(email ? { email } : {}),
      ...(mobile ? { mobile } : {}),
      accounts: { [platform]: account },
    })}`
