/** A code typed by an account that is nobody's: it becomes the account of whoever made the code. */
import { inLocale } from '#core/i18n.ts'
import type { Incoming, Platform } from '#core/platform.ts'
import { appendLine } from '../audit/lines.ts'
import type { Reader } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { allAccountsOf } from '../identity/accounts.ts'
import { sayUse, useCode } from '../identity/codes.ts'
import { messages as identity } from '../identity/i18n.ts'
import { peopleFor } from '../identity/people.ts'
import { platformName } from '../policy/channels.ts'
import { messages } from './i18n.ts'
import type { ContextDeps } from './make-context.ts'

const TEXT_CHARS_MAX = 60

/** `/link 12345678`, `绑定 1234 5678`: the code in it; undefined for anything else. */
export function codeIn(text: string): string | undefined {
  // Anybody may write it, however long: no more than a code needs is looked at.
  const said = text.trim().slice(0, TEXT_CHARS_MAX).normalize('NFKC')
  return /^\/?\s*(?:link|绑定|綁定)\s*:?\s*(\d(?:[\d\s-]{2,18}\d))$/i.exec(said)?.[1]?.replaceAll(/\D/g, '')
}

/** Uses the code, tells the person where they were known before, and says what came of it. */
export async function linkByCode(
  deps: ContextDeps,
  tx: Tx,
  at: { readonly platform: Platform; readonly event: Incoming; readonly reader: Reader },
  code: string,
): Promise<{ readonly said: string; readonly personId: string | null }> {
  const { platform, event, reader } = at
  const { person: account } = event
  const now = deps.clock.now()
  const use = await useCode(tx, { platform: platform.name, account, code, now })
  const note = (action: string, actorId: string | null, subject: string) =>
    appendLine(tx.sql, { at: now, actorId, action, subject, data: { platform: platform.name, account, by: 'code' } })
  if (use.kind === 'wrong' && use.triesLeft === 0)
    await note('people.code-locked', null, `account:${platform.name}:${account}`)
  if (use.kind !== 'linked') return { said: sayUse(reader.locale, use), personId: null }
  const { personId } = use
  await note('people.account-linked', personId, `person:${personId}`)
  const person = await peopleFor(tx, deps.policy()).byId(personId)
  const locale = person?.locale ?? reader.locale
  const elsewhere = (await allAccountsOf(tx, personId)).some(
    (other) => other.platform !== platform.name || other.account !== account,
  )
  if (elsewhere)
    await deps.outbox.within(tx).send(
      { person: personId },
      (whom) => ({
        text: identity.say(whom.locale, 'code.told', {
          account,
          platform: inLocale(platformName(platform.name), whom.locale),
        }),
      }),
      { notOn: [platform.name], urgent: true },
    )
  const help = platform.limits.writeCommand(messages.say(locale, 'word.help'))
  return { said: identity.say(locale, 'code.linked', { name: person?.name ?? '', help }), personId }
}
