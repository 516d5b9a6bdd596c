/** Codes that link an account: made by whoever is known already, typed from the account that is not. */
import { createHash, randomInt } from 'node:crypto'
import { DAY_MS, type Instant, MINUTE_MS } from '#core/clock.ts'
import type { Locale } from '#core/i18n.ts'
import type { Tx } from '../db/transaction.ts'
import { type Address, linkAccount, personByAccount } from './accounts.ts'
import { messages } from './i18n.ts'

/** How long a code may be typed, in minutes; exactly at the end it still counts. */
export const CODE_MINUTES = 10
/** After so many wrong codes an account waits. */
export const TRIES_MAX = 5
/** So long, in minutes, from the last wrong one on. */
export const WAIT_MINUTES = 15

/**
 * What came of a code. `linked` the account is theirs now · `taken` the account is somebody's already (`personId` says
 * whose; the code is spent only when it was their own) · `wrong` none such, used or over · `wait` too many wrong ones.
 */
export type CodeUse =
  | { readonly kind: 'linked'; readonly personId: string }
  | { readonly kind: 'taken'; readonly isOwn: boolean }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'wait'; readonly minutes: number }

/** Only its hash is kept: who reads the database links nothing. */
const hashOf = (code: string): string => createHash('sha256').update(`link:${code}`).digest('hex')

/** A new code of eight digits for one person; one that they had and did not use counts no more. */
export async function makeCode({ sql }: Pick<Tx, 'sql'>, personId: string, now: Instant): Promise<string> {
  await sql('DELETE FROM link_code WHERE person_id = $1 AND used_at IS NULL OR expires_at < $2', [
    personId,
    new Date(now - DAY_MS),
  ])
  for (;;) {
    const code = String(randomInt(100_000_000)).padStart(8, '0')
    const made = await sql(
      `INSERT INTO link_code (code_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (code_hash) DO NOTHING RETURNING code_hash`,
      [hashOf(code), personId, new Date(now), new Date(now + CODE_MINUTES * MINUTE_MS)],
    )
    if (made.length > 0) return code
  }
}

/**
 * Types a code from an account. Counts the wrong ones, so the caller must not undo what this does by a Refusal.
 * @param code as it was typed: everything but digits is passed over
 */
export async function useCode(
  tx: Pick<Tx, 'sql'>,
  { platform, account, code, now }: Address & { readonly code: string; readonly now: Instant },
): Promise<CodeUse> {
  const { sql } = tx
  const tries = await attemptsOf(tx, platform, account, now)
  if (tries.wrong >= TRIES_MAX)
    return { kind: 'wait', minutes: Math.ceil((tries.lastAt + WAIT_MINUTES * MINUTE_MS - now) / MINUTE_MS) }
  const hash = hashOf(code.normalize('NFKC').replaceAll(/\D/g, ''))
  const [found] = await sql<{ person_id: string }>(
    `SELECT c.person_id FROM link_code c JOIN person p ON p.id = c.person_id
     WHERE c.code_hash = $1 AND c.used_at IS NULL AND c.expires_at >= $2 AND p.active FOR UPDATE OF c`,
    [hash, new Date(now)],
  )
  if (!found) {
    await sql('UPDATE link_attempt SET wrong = wrong + 1, last_at = $3 WHERE platform = $1 AND account = $2', [
      platform,
      account,
      new Date(now),
    ])
    return { kind: 'wrong', triesLeft: TRIES_MAX - tries.wrong - 1 }
  }
  const owner = await personByAccount(tx, platform, account)
  if (owner) return { kind: 'taken', isOwn: owner.id === found.person_id }
  await sql('UPDATE link_code SET used_at = $2 WHERE code_hash = $1', [hash, new Date(now)])
  await sql('DELETE FROM link_attempt WHERE platform = $1 AND account = $2', [platform, account])
  await linkAccount(tx, { platform, account, personId: found.person_id, at: now })
  return { kind: 'linked', personId: found.person_id }
}

/** What whoever typed it is told, when nothing was linked. @param use anything but `linked` */
export function sayUse(locale: Locale, use: Exclude<CodeUse, { readonly kind: 'linked' }>): string {
  switch (use.kind) {
    case 'taken':
      return messages.say(locale, use.isOwn ? 'code.own' : 'account.taken')
    case 'wrong':
      return use.triesLeft > 0
        ? messages.say(locale, 'code.wrong', { minutes: CODE_MINUTES, left: use.triesLeft })
        : messages.say(locale, 'code.wait', { minutes: WAIT_MINUTES })
    case 'wait':
      return messages.say(locale, 'code.wait', { minutes: use.minutes })
  }
}

/** Held until the transaction ends, so that many at once are counted one by one. Forgotten when the wait is over. */
async function attemptsOf({ sql }: Pick<Tx, 'sql'>, platform: string, account: string, now: Instant) {
  const [row] = await sql<{ wrong: number; last_at: Date }>(
    `INSERT INTO link_attempt (platform, account, wrong, last_at) VALUES ($1, $2, 0, $3)
     ON CONFLICT (platform, account) DO UPDATE
       SET wrong = CASE WHEN link_attempt.last_at <= $4 THEN 0 ELSE link_attempt.wrong END
     RETURNING wrong, last_at`,
    [platform, account, new Date(now), new Date(now - WAIT_MINUTES * MINUTE_MS)],
  )
  return { wrong: row?.wrong ?? 0, lastAt: row?.last_at.getTime() ?? now }
}
