/** What the simulator is told of the department: people, rooms, commands, and the clock. */
import type { Clock, Instant } from '#core/clock.ts'
import { inLocale, type Locale, type Text } from '#core/i18n.ts'
import type { Database } from '#engine/db/transaction.ts'
import { accountsOf, personByAccount } from '#engine/identity/accounts.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { may } from '#engine/identity/permissions.ts'
import { exampleOf } from '#engine/inbox/help.ts'
import { messages as inboxMessages } from '#engine/inbox/i18n.ts'
import { ChannelsPolicy } from '#engine/policy/channels.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import type { SimulatorHost } from '../adapters/simulator/index.ts'
import type { App } from '../src/app.ts'

/** @param deps.app asked late: the app is made with its platforms, the simulator among them */
export function simulatorHost(deps: {
  app: () => App
  db: Database
  clock: Clock
  advanceTo(instant: Instant): Promise<void>
}): SimulatorHost {
  const { app, db, clock } = deps
  const policy = () => app().policy.current()
  /** Those whom the people file gives an account here. */
  const everybody = () =>
    db.transact('work', async (tx) => {
      const people = (await peopleFor(tx, policy()).all()).filter((person) => person.active)
      const accounts = await accountsOf(
        tx,
        people.map((person) => person.id),
        'simulator',
      )
      return people.flatMap((person) => {
        const account = accounts[person.id]
        return account === undefined ? [] : [{ account, person }]
      })
    })
  return {
    async people() {
      const { departments, posts, language } = policy().section(OrganisationPolicy)
      // Whoever holds no role comes first: the page opens as someone who asks, not as someone who decides.
      const everyone = (await everybody()).toSorted((a, b) => a.person.roles.length - b.person.roles.length)
      const headings = [...new Set(everyone.map(({ person }) => person.department))]
      const inOrder = headings.flatMap((department) =>
        everyone.filter(({ person }) => person.department === department),
      )
      return inOrder.map(({ account, person }) => ({
        account,
        name: person.name,
        title: named(posts, person.post, person.locale),
        // One heading a department, whatever its people speak.
        department: named(departments, person.department, language),
        locale: person.locale,
      }))
    },
    async rooms() {
      const people = await everybody()
      return Object.values(policy().section(ChannelsPolicy)).flatMap((channel) =>
        channel.simulator
          ? [{ room: channel.simulator, name: channel.name, members: people.map(({ account }) => account) }]
          : [],
      )
    },
    async commands(account) {
      const person = await db.transact('work', (tx) => personByAccount(tx, 'simulator', account))
      if (!person) return []
      const { locale } = person
      const allowed = [...app().registry.commands.values()].filter((command) =>
        may(policy(), person, command.permission, { person }),
      )
      return [
        ...allowed.map((command) => ({
          say: exampleOf(command, locale),
          about: command.help.line(locale),
        })),
        { say: inboxMessages.say(locale, 'word.help'), about: inboxMessages.say(locale, 'help.line') },
      ]
    },
    clock: {
      kind: clock.kind,
      get zone() {
        return policy().section(OrganisationPolicy).zone
      },
      now: () => clock.now(),
      next: () => app().nextEvent(),
      advanceTo: deps.advanceTo,
    },
  }
}

const named = (
  all: readonly { readonly id: string; readonly name: Text }[],
  id: string | null,
  locale: Locale,
): string => {
  const found = all.find((one) => one.id === id)
  return found ? inLocale(found.name, locale) : ''
}
