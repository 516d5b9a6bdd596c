/** What `check` finds out about the department: files, calendar, people, roles, channels. */
import { civilDateAt, yearOf } from '#core/calendar/civil.ts'
import { ConfigError } from '#core/errors.ts'
import { inLocale } from '#core/i18n.ts'
import type { Platform } from '#core/platform.ts'
import { TOLD } from '#engine/alerts/alerts.ts'
import { AdministrationPolicy } from '#engine/alerts/policy.ts'
import type { Person } from '#engine/context.ts'
import { accountsOf } from '#engine/identity/accounts.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { may } from '#engine/identity/permissions.ts'
import { roomsOfChannel } from '#engine/outbox/rooms.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import { type LoadedPolicy, loadPolicy } from '#engine/policy/loaded.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { OWN_MANAGER, referencesIn } from '#engine/policy/references.ts'
import { binaryFile, checkedPolicy, filesAtStart, readPeople, textFile } from '../../files.ts'
import type { OpsContext } from '../command.ts'
import { count, writeValue } from '../words.ts'
import { attention, type Finding, ok, problem } from './finding.ts'

/** A room with more is not looked through for the bot. */
const MEMBERS_MAX = 1_000
/** So many people are named. */
const NAMED_MAX = 5

/** The files that the next start puts in force. */
export async function aboutFiles({ app, config }: OpsContext): Promise<readonly Finding[]> {
  const files = filesAtStart(config)
  const inForce = app.policy.current()
  const policy = await reading('policy file', files.policy, async () => {
    const next = loadPolicy(await checkedPolicy(await textFile(files.policy)), 0)
    return next.hash === inForce.hash
      ? ok('policy file', `${files.policy} is in force, as version ${inForce.version}`)
      : attention(
          'policy file',
          `${files.policy} says something else than version ${inForce.version}, which is in force`,
          `npm run ops -- policy apply ${files.policy}; otherwise the next start puts it in force`,
        )
  })
  const { people } = files
  if (people === undefined)
    return [
      policy,
      attention('people file', 'none is named', 'set PEOPLE_FILE, so that a start knows who belongs here'),
    ]
  const read = await reading('people file', people, async () => {
    const all = await readPeople(await binaryFile(people), inForce, app.workshop)
    return ok('people file', `${people} holds ${count(all.length, 'person', 'people')}`)
  })
  return [policy, read]
}

async function reading(what: string, file: string, read: () => Promise<Finding>): Promise<Finding> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ConfigError)
      return problem(
        what,
        `${file} has ${count(error.problems.length, 'problem')}: ${error.problems[0]}`,
        `put it right: the next start would stop there`,
      )
    return problem(what, `${file}: ${(error as Error).message}`, 'make it readable, or name another')
  }
}

export function aboutCalendar({ app, clock }: OpsContext, zone: string): Finding {
  const { calendar } = app.policy.current()
  const today = civilDateAt(clock.now(), zone)
  const year = yearOf(today)
  const remedy = 'write the official notice into a file: npm run ops -- calendar import FILE'
  if (!calendar.knows(year))
    return problem('calendar', `the official schedule of ${year} is not known: counts are provisional`, remedy)
  if (calendar.knows(year + 1)) return ok('calendar', `${year} and ${year + 1} are known`)
  const detail = `${year} is known, ${year + 1} is not`
  return today >= `${year}-11-01` ? attention('calendar', detail, remedy) : ok('calendar', `${detail} yet`)
}

export async function aboutPeople({ app, db, platforms }: OpsContext): Promise<readonly Finding[]> {
  const policy = app.policy.current()
  const { people, accounts } = await db.transact('work', async (tx) => {
    const all = (await peopleFor(tx, policy).all()).filter(({ active }) => active)
    const linked = new Set<string>()
    for (const { name } of platforms)
      for (const id of Object.keys(
        await accountsOf(
          tx,
          all.map(({ id }) => id),
          name,
        ),
      ))
        linked.add(id)
    return { people: all, accounts: linked }
  })
  if (people.length === 0)
    return [
      problem(
        'people',
        'there are none',
        'write a people file and load it: npm run ops -- people import people.yaml --apply',
      ),
    ]
  const unlinked = people.filter(({ id }) => !accounts.has(id))
  const linked = `${count(people.length, 'person', 'people')}, ${people.length - unlinked.length} with an account here`
  return [
    unlinked.length === 0
      ? ok('people', linked)
      : attention(
          'people',
          `${linked}; without one: ${named(unlinked)}`,
          'give them accounts in the people file, or: npm run ops -- people link STAFFNO PLATFORM ACCOUNT',
        ),
    ...aboutRoles(policy, people, app.registry.sections),
    aboutAdministrators(policy, people),
  ]
}

function named(people: readonly Person[]): string {
  const names = people.slice(0, NAMED_MAX).map(({ staffNo, name }) => `${staffNo} ${writeValue(name)}`)
  return people.length > NAMED_MAX ? `${names.join(', ')} and ${people.length - NAMED_MAX} more` : names.join(', ')
}

/** Roles that the policy asks, and that nobody holds: what is to be decided by them goes to the fallback role. */
function aboutRoles(
  policy: LoadedPolicy,
  people: readonly Person[],
  sections: OpsContext['app']['registry']['sections'],
): readonly Finding[] {
  const { roles, fallbackRole, language } = policy.section(OrganisationPolicy)
  const isHeld = (role: string) => people.some((person) => person.roles.includes(role))
  const nameOf = (id: string) => {
    const role = roles.find((one) => one.id === id)
    return role ? `${id} (${inLocale(role.name, language)})` : id
  }
  const { content } = policy
  const layers = [content.sections, ...Object.values(content.departments), ...Object.values(content.posts)]
  const asked = new Set(
    layers.flatMap((layer) =>
      sections.flatMap(({ section, schema }) =>
        referencesIn(schema, layer[section])
          .filter(({ kind }) => kind === 'approver' || kind === 'role')
          .map(({ id }) => id),
      ),
    ),
  )
  const empty = [...asked].filter((id) => id !== OWN_MANAGER && id !== fallbackRole && !isHeld(id)).toSorted()
  const fallback = isHeld(fallbackRole)
    ? []
    : [
        problem(
          'fallback role',
          `nobody holds ${nameOf(fallbackRole)}: a request for which nobody else can decide stays undecided`,
          `give somebody the role ${fallbackRole} in the people file`,
        ),
      ]
  if (empty.length === 0) return [ok('roles', 'each that the policy asks has somebody'), ...fallback]
  return [
    attention(
      'roles',
      `nobody holds ${empty.map(nameOf).join(', ')}: what they would decide goes to ${nameOf(fallbackRole)}`,
      'give somebody these roles in the people file, or take the steps out of the policy',
    ),
    ...fallback,
  ]
}

function aboutAdministrators(policy: LoadedPolicy, people: readonly Person[]): Finding {
  const { channel } = policy.section(AdministrationPolicy)
  if (channel !== undefined) return ok('administrators', `are told in the channel ${channel}`)
  const told = people.filter((person) => may(policy, person, TOLD))
  return told.length > 0
    ? ok('administrators', `${named(told)} ${told.length === 1 ? 'is' : 'are'} told when something is wrong`)
    : problem(
        'administrators',
        'nobody is told when something is wrong',
        `give somebody a role with ${TOLD} (as admin has it), or name a room under administration.channel`,
      )
}

/** Each room of each channel: whether it is there, and the bot in it, as far as the platform can be asked. */
export async function aboutChannels(
  { app, db, platforms }: OpsContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const policy = app.policy.current()
  const findings: Finding[] = []
  for (const id of Object.keys(policy.section(ChannelsPolicy))) {
    const rooms = await db.transact('work', (tx) => roomsOfChannel(tx, policy, id))
    const here = rooms.flatMap(({ platform, room }) => {
      const found = platforms.find(({ name }) => name === platform)
      return found ? [{ platform: found, room }] : []
    })
    if (here.length === 0)
      findings.push(
        attention(
          `channel ${id}`,
          `it has a room on none of: ${platforms.map(({ name }) => name).join(', ')}`,
          `say /link channel ${id} in the room, or write its id under channels.${id} of the policy file, or nothing can be posted there`,
        ),
      )
    for (const { platform, room } of here) findings.push(await aboutRoom(`channel ${id}`, platform, room, signal))
  }
  return findings
}

async function aboutRoom(what: string, platform: Platform, room: string, signal: AbortSignal): Promise<Finding> {
  const where = `${platform.name} ${room}`
  const { directory } = platform
  if (!directory?.members) return ok(what, `${where}; ${platform.name} cannot be asked about it`)
  try {
    const members = await directory.members(room, signal)
    const self = await directory.self?.(signal)
    // Of a very large room not all members are asked for.
    if (self && members.length < MEMBERS_MAX && !members.some(({ account }) => account === self.account))
      return problem(what, `${where}: the bot is not in it`, `invite the bot into ${room}`)
    return ok(what, `${where}, ${count(members.length, 'member')}`)
  } catch (error) {
    return problem(
      what,
      `${where}: ${(error as Error).message}`,
      `look whether ${room} is the right id, and invite the bot into it`,
    )
  }
}
