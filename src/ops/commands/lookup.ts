/** `people accounts`, `people lookup` and `people code`: who can be reached where, and how the others come to be. */
import { DAY_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Directory, Platform } from '#core/platform.ts'
import { appendLine, appendLines } from '#engine/audit/lines.ts'
import { linkAccounts, ownersOf } from '#engine/identity/accounts.ts'
import { CODE_MINUTES, makeCode } from '#engine/identity/codes.ts'
import {
  type KnownPerson,
  knownPeople,
  type Looked,
  type ProposedLink,
  planLookup,
} from '#engine/identity/directory.ts'
import { PLATFORMS } from '#engine/policy/channels.ts'
import { done, no, type OpsCommand, type OpsContext, UsageError } from '../command.ts'
import { count, oneOf, writeInstant, writeValue, zoneOf } from '../words.ts'
import { personIn } from './accounts.ts'

/** One look-up may take so long, in milliseconds of real time. */
const LOOK_MS = 10_000

/** The platform of an argument, as it is configured here. Throws UsageError for one that is not. */
export function platformIn({ platforms }: OpsContext, name: string): Platform {
  const known = platforms.map((platform) => platform.name)
  const found = platforms.find((platform) => platform.name === oneOf('PLATFORM', name, PLATFORMS))
  if (!found)
    throw new UsageError(`PLATFORM ${name} is not configured here. Configured: ${known.join(', ') || 'none'}.`)
  return found
}

const nameOf = ({ staffNo, name }: KnownPerson): string => `${staffNo} ${writeValue(name)}`

export const peopleAccounts: OpsCommand = {
  name: 'people accounts',
  about: 'list who can be reached where; with --conflicts only what an administrator should look at',
  options: [
    { name: 'conflicts', about: 'only people without an account, with several on one platform, or who have left' },
  ],
  async run(context, { values }) {
    const zone = zoneOf(context)
    const rows = await context.db.transact('work', ({ sql }) =>
      sql<{
        staffNo: string
        name: string
        active: boolean
        platform: string | null
        account: string | null
        used: Date | null
      }>(
        `SELECT p.staff_no AS "staffNo", p.name, p.active, a.platform, a.account, a.last_used_at AS used
         FROM person p LEFT JOIN account a ON a.person_id = p.id
         WHERE p.active OR a.account IS NOT NULL ORDER BY p.staff_no, a.platform, a.account`,
      ),
    )
    const there = ({ staffNo, platform }: (typeof rows)[number]) => `${staffNo} ${platform}`
    // In the order of people and platforms: of several the next row, or the one before, is of the same.
    const hasSeveral = (n: number) =>
      [rows[n - 1], rows[n + 1]].some((other) => other && rows[n] && there(other) === there(rows[n]))
    const lines = rows.flatMap((row, n) => {
      const problem = !row.active
        ? 'has left, and is still known there'
        : row.account === null
          ? 'has no account'
          : hasSeveral(n)
            ? 'has several there: messages go to the one used last'
            : ''
      if (values['conflicts'] !== undefined && problem === '') return []
      const where = row.account === null ? '' : `  ${row.platform} ${writeValue(row.account)}`
      const used = row.used ? `, last used ${writeInstant(row.used.getTime(), zone)}` : ''
      return [`${row.staffNo} ${writeValue(row.name)}${where}${used}${problem === '' ? '' : `  — ${problem}`}`]
    })
    return done(lines.length > 0 ? lines : ['Nothing to look at.'])
  },
}

export const peopleCode: OpsCommand = {
  name: 'people code',
  about: 'make a code that links the account it is typed from to a person',
  arguments: [{ name: 'STAFFNO', about: 'their staff number' }],
  async run(context, { values }) {
    const { db, clock } = context
    return db.transact('people', async (tx) => {
      const found = await personIn(context, tx, values['STAFFNO'] ?? '')
      if ('error' in found) return no([], [found.error])
      const { person } = found
      if (!person.active) return no([], [`${person.staffNo} ${writeValue(person.name)} has left.`])
      const code = await makeCode(tx, person.id, clock.now())
      const line = { at: clock.now(), actorId: null, action: 'people.code-made', subject: `person:${person.id}` }
      await appendLine(tx.sql, line)
      return done([
        `${code} links whichever account it is typed from to ${person.staffNo} ${writeValue(person.name)}, once, within ${CODE_MINUTES} minutes.`,
        `They write to the bot: link ${code}   (绑定 ${code})`,
        'Give it to them alone: whoever types it becomes them.',
      ])
    })
  },
}

export const peopleLookup: OpsCommand = {
  name: 'people lookup',
  about: 'look for the accounts of those who have none on a platform, by e-mail and mobile; with --apply link them',
  arguments: [{ name: 'PLATFORM', about: PLATFORMS.join(', ') }],
  options: [{ name: 'apply', about: 'link what was found; without it nothing is changed' }],
  async run(context, { values }) {
    const { db } = context
    const platform = platformIn(context, values['PLATFORM'] ?? '')
    const { directory } = platform
    if (!directory?.byEmail && !directory?.byMobile)
      return no(
        [],
        [
          `${platform.name} cannot be asked by e-mail or mobile: link by a code (npm run ops -- people code STAFFNO) or by the people file.`,
        ],
      )
    const all = await db.transact('work', (tx) => knownPeople(tx, platform.name))
    const missing = all.filter(({ active, accounts }) => active && accounts.length === 0)
    const asked = missing.filter(({ email, mobile }) => (directory.byEmail && email) || (directory.byMobile && mobile))
    const { looked, stopped } = await lookUp(directory, asked)
    const found = looked.flatMap(({ byEmail, byMobile }) => [byEmail?.account ?? '', byMobile?.account ?? ''])
    const ids = await db.transact('work', (tx) => ownersOf(tx, platform.name, found))
    const names = new Map(all.map((person) => [person.id, nameOf(person)]))
    const owners = new Map([...ids].map(([account, id]) => [account, names.get(id) ?? id]))
    const plan = planLookup(looked, owners)
    const lines = [
      `${count(missing.length, 'person', 'people')} without an account on ${platform.name}; ${looked.length} looked up, ${missing.length - asked.length} have neither e-mail nor mobile to go by.`,
      ...section(`Found (${plan.links.length}):`, plan.links.map(linkLine)),
      ...section(
        `Conflicts (${plan.conflicts.length}); settle them with: npm run ops -- people link`,
        plan.conflicts.map((line) => `  ${writeValue(line)}`),
      ),
      ...section(
        `Not found (${plan.notFound.length}):`,
        plan.notFound.map((person) => `  ${nameOf(person)}`),
      ),
    ]
    const errors = stopped === undefined ? [] : [`Stopped before the end: ${stopped}`]
    if (!values['apply'] || plan.links.length === 0) {
      const ending =
        plan.links.length === 0
          ? 'There is nothing to link.'
          : 'Nothing was changed. Run again with --apply to link them.'
      return errors.length > 0 ? no([...lines, ending], errors) : done([...lines, ending])
    }
    await linkAll(context, platform.name, plan.links, 'lookup')
    const ending = `Linked ${plan.links.length}.`
    return errors.length > 0 ? no([...lines, ending], errors) : done([...lines, ending])
  },
}

export const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines]

export const linkLine = ({ person, account, by }: ProposedLink): string =>
  `  ${nameOf(person)}: ${writeValue(account)} (by ${by})`

/** All of them in one transaction. Throws a Refusal, and links none, when one has become somebody else's meanwhile. */
async function linkAll(
  { db, clock }: OpsContext,
  platform: string,
  links: readonly ProposedLink[],
  by: string,
): Promise<void> {
  const at = clock.now()
  await db.transact('people', async (tx) => {
    const pairs = links.map(({ person, account }) => ({ account, personId: person.id }))
    await linkAccounts(tx, platform, pairs, at)
    const lines = pairs.map(({ account, personId }) => ({
      at,
      actorId: null,
      action: 'people.account-linked',
      subject: `person:${personId}`,
      data: { platform, account, by },
    }))
    await appendLines(tx.sql, lines)
  })
}

/** One after the other, as look-ups are few a minute; an error in between ends it with what was found so far. */
async function lookUp(
  directory: Directory,
  people: readonly KnownPerson[],
): Promise<{ readonly looked: readonly Looked[]; readonly stopped?: string }> {
  const looked: Looked[] = []
  for (const person of people) {
    try {
      const { email, mobile } = person
      const byEmail = email ? await directory.byEmail?.(email, AbortSignal.timeout(LOOK_MS)) : undefined
      const byMobile = mobile ? await directory.byMobile?.(mobile, AbortSignal.timeout(LOOK_MS)) : undefined
      looked.push({ person, byEmail, byMobile })
    } catch (error) {
      return { looked, stopped: `${nameOf(person)}: ${whyNot(error)}` }
    }
  }
  return { looked }
}

/** What a platform answered, in a line that an administrator can act on. */
export function whyNot(error: unknown): string {
  if (!(error instanceof PlatformError)) return error instanceof Error ? error.message : String(error)
  const code = error.code === undefined ? '' : `${error.code}: `
  if (error.kind !== 'rate-limited') return `${code}${error.message}`
  const seconds = Math.ceil((error.retryAfterMs ?? DAY_MS) / 1_000)
  const wait = error.retryAfterMs === undefined ? 'later' : `in ${seconds} s`
  return `${code}${error.message}. It allows no more look-ups now: run this again ${wait}; what is linked is not looked up again.`
}
