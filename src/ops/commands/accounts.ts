/** `people link` and `people unlink`: whose account on a platform is whose. */
import { appendLine } from '#engine/audit/lines.ts'
import type { Person } from '#engine/context.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { linkAccount, personByAccount, unlinkAccount } from '#engine/identity/accounts.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { PLATFORMS } from '#engine/policy/channels.ts'
import { nearest } from '#engine/policy/nearest.ts'
import { done, no, type OpsCommand, type OpsContext, type OpsInput, UsageError } from '../command.ts'
import { oneOf, writeValue } from '../words.ts'

const PLATFORM = { name: 'PLATFORM', about: PLATFORMS.join(', ') }
const ACCOUNT = { name: 'ACCOUNT', about: 'the id that the bot tells whoever is not linked, as U0123ABC' }

export const peopleLink: OpsCommand = {
  name: 'people link',
  about: 'say that an account on a platform belongs to a person',
  arguments: [{ name: 'STAFFNO', about: 'their staff number' }, PLATFORM, ACCOUNT],
  async run(context, input) {
    const { platform, account } = addressIn(input)
    return context.db.transact('people', async (tx) => {
      const found = await personIn(context, tx, input.values['STAFFNO'] ?? '')
      if ('error' in found) return no([], [found.error])
      const owner = await personByAccount(tx, platform, account)
      if (owner && owner.id !== found.person.id)
        return no([], [`${platform} ${writeValue(account)} belongs to ${nameOf(owner)}: unlink it there first.`])
      await linkAccount(tx, { platform, account, personId: found.person.id, at: context.clock.now() })
      if (!owner) await note(context, tx, 'people.account-linked', found.person, { platform, account })
      return done([
        `${platform} ${writeValue(account)} ${owner ? 'already belonged' : 'now belongs'} to ${nameOf(found.person)}.`,
      ])
    })
  },
}

export const peopleUnlink: OpsCommand = {
  name: 'people unlink',
  about: 'take an account away from whoever it belongs to',
  arguments: [PLATFORM, ACCOUNT],
  async run(context, input) {
    const { platform, account } = addressIn(input)
    return context.db.transact('people', async (tx) => {
      const owner = await personByAccount(tx, platform, account)
      if (!owner || !(await unlinkAccount(tx, { platform, account })))
        return no([], [`${platform} ${writeValue(account)} belongs to nobody.`])
      await note(context, tx, 'people.account-unlinked', owner, { platform, account })
      return done([`${platform} ${writeValue(account)} belonged to ${nameOf(owner)} and now belongs to nobody.`])
    })
  },
}

/** The person of a staff number, or a sentence that offers the nearest. */
export async function personIn(
  { app }: OpsContext,
  tx: Tx,
  staffNo: string,
): Promise<{ person: Person } | { error: string }> {
  const people = peopleFor(tx, app.policy.current())
  const person = await people.byStaffNo(staffNo)
  if (person) return { person }
  const near = nearest(
    staffNo,
    (await people.all()).map((one) => one.staffNo),
  )
  return {
    error: `Nobody has the staff number ${writeValue(staffNo)}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
  }
}

export const nameOf = ({ staffNo, name }: Person): string => `${staffNo} ${writeValue(name)}`

function addressIn({ values }: OpsInput) {
  const account = (values['ACCOUNT'] ?? '').trim()
  if (account === '') throw new UsageError('ACCOUNT is empty: write the id that the bot tells whoever is not linked.')
  return { platform: oneOf('PLATFORM', values['PLATFORM'] ?? '', PLATFORMS), account }
}

/** The administrator at the command line is nobody of the department. */
function note({ clock }: OpsContext, tx: Tx, action: string, { id }: Person, data: Readonly<Record<string, unknown>>) {
  return appendLine(tx.sql, { at: clock.now(), actorId: null, action, subject: `person:${id}`, data })
}
