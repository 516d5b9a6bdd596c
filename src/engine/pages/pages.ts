/** Form pages: a form behind a link that one person can exchange, once, for a session in which it is filled in. */
import { randomBytes, randomUUID } from 'node:crypto'
import { HOUR_MS, realNow } from '#core/clock.ts'
import type { Form } from '#core/form.ts'
import type { Person } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import * as repository from './repository.ts'
import { type Sent, type Submitted, submit } from './submit.ts'
import {
  type Link,
  openedOf,
  overOf,
  type PagesDeps,
  type Session,
  type Standing,
  togetherBytesMax,
  whoseOf,
} from './view.ts'

/** Real time in which a link can be exchanged, and for which the session then holds (design section 7). */
export const LINK_MS = 24 * HOUR_MS
export const SESSION_MS = 8 * HOUR_MS
/** Kept so long after their end, so that who comes late reads why; a job that fetches an upload is done long before. */
const KEPT_MS = 48 * HOUR_MS
const SWEPT_AT_ONCE_MAX = 50
/** 256 bits. */
const SECRET_BYTES = 32

/** For whom and where a form is opened. */
export interface OpenPage {
  readonly person: Person
  readonly platform: string
  readonly account: string
  readonly room: string
  readonly roomKind: 'direct' | 'group'
  readonly form: Form
}

export interface Pages {
  /** Where pages are reached from now on, without a slash at the end; undefined: there are none. */
  at(base: string | undefined): void
  base(): string | undefined
  /** Opens a page in the caller's transaction. @returns its address; undefined while there are no pages */
  open(tx: Tx, ask: OpenPage): Promise<string | undefined>
  /** What a link is now. Spends nothing. */
  link(token: string): Promise<Link>
  /** Gives the link away for a session, once: anew only while that one has not shown the form. */
  exchange(token: string): Promise<{ readonly id: string; readonly session: string } | Exclude<Link, { state: 'open' }>>
  session(id: string, session: string): Promise<Session>
  /** The same without what is drawn: whether it is worth reading what is sent. */
  standing(id: string, session: string): Promise<Standing>
  /** What was filled in: checked, handed on as an event of the page's platform, and answered. Throws when the database is away. */
  submit(id: string, session: string, sent: Sent): Promise<Submitted>
  /** All files of one call together, in bytes. */
  bytesMax(): number
  /** Throws away what ended long ago, a bounded number. @returns how many */
  sweep(): Promise<number>
}

export function createPages(given: PagesDeps): Pages {
  const deps = { ...given, realNow: given.realNow ?? realNow }
  const { db, policy } = deps
  const now = () => deps.realNow()
  let base: string | undefined
  const pages: Pages = {
    at(next) {
      base = next?.replace(/\/+$/, '')
    },
    base: () => base,
    async open(tx, { person, ...ask }) {
      if (base === undefined) return undefined
      const token = randomBytes(SECRET_BYTES).toString('base64url')
      const at = now()
      const page = { ...ask, id: randomUUID(), token, personId: person.id, at, expiresAt: at + LINK_MS }
      await repository.insertPage(tx.sql, page)
      return `${base}/forms/${token}`
    },
    async link(token) {
      const page = await db.transact('people', ({ sql }) => repository.byToken(sql, token))
      if (!page) return { state: 'unknown' }
      const over = overOf(page) ?? (page.sessionSeen ? 'used' : now() >= page.expiresAt ? 'expired' : undefined)
      if (over === undefined) return { state: 'open', whose: whoseOf(page, policy()) }
      const { locale } = page.person
      return over === 'used' && page.sessionEnds > now()
        ? { state: over, locale, id: page.id }
        : { state: over, locale }
    },
    async exchange(token) {
      const found = await pages.link(token)
      if (found.state !== 'open') return found
      const session = randomBytes(SECRET_BYTES).toString('base64url')
      const at = now()
      const id = await db.transact('people', async ({ sql }) => {
        const given = await repository.exchange(sql, token, { session, ends: at + SESSION_MS, now: at })
        return given ? (await repository.byToken(sql, token))?.id : undefined
      })
      // Somebody was faster: what it is now says so.
      return id === undefined ? { state: 'used', locale: found.whose.locale } : { id, session }
    },
    async session(id, session) {
      return db.transact('people', async (tx) => {
        const page = await repository.bySession(tx.sql, id, session, now())
        if (!page) return { state: 'lost', locale: await repository.localeOfPage(tx.sql, id) }
        const [over, whose] = [overOf(page), whoseOf(page, policy())]
        const { locale } = whose
        if (over === 'submitted') return { state: over, whose, locale }
        if (over) return { state: over, locale }
        await repository.seen(tx.sql, id)
        return { state: 'open', page: await openedOf(deps, tx, page) }
      })
    },
    async standing(id, session) {
      return db.transact('people', async ({ sql }) => {
        const page = await repository.bySession(sql, id, session, now())
        if (!page) return { state: 'lost', locale: await repository.localeOfPage(sql, id) }
        return { state: overOf(page) ?? 'open', locale: page.person.locale }
      })
    },
    submit: (id, session, sent) => submit(deps, { id, session }, sent),
    bytesMax: () => togetherBytesMax(policy()),
    sweep: () => db.transact('work', ({ sql }) => repository.deleteEnded(sql, now() - KEPT_MS, SWEPT_AT_ONCE_MAX)),
  }
  return pages
}
