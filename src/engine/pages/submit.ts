/** A page sent in: its values checked, its files put down, and the whole handed to the edge as one event, whatever is sent twice. */
import type { Instant } from '#core/clock.ts'
import type { FormValues } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { Answer, Incoming } from '#core/platform.ts'
import { peopleFor } from '../identity/people.ts'
import { messages } from './i18n.ts'
import * as repository from './repository.ts'
import { type Kept, keepFiles, refOf, type SentFile } from './uploads.ts'
import { type Given, readValues } from './values.ts'
import { type Opened, openedOf, overOf, type PagesDeps, policyFor, type Session } from './view.ts'

/** More attempts at one form are no person. */
export const ATTEMPTS_MAX = 50

/** What came from the page. */
export interface Sent {
  /** By field name, as typed. */
  readonly values: Readonly<Record<string, readonly string[]>>
  /** Ids of files uploaded by an earlier attempt that shall stay. */
  readonly keep: readonly string[]
  readonly files: readonly SentFile[]
}
/**
 * `taken`: the answer is in the chat. `refused`: the page again, with what was uploaded. `failed`: the same, for nothing of
 * the person's doing. `spent`: no further attempts at this page.
 */
export type Submitted =
  | { readonly state: 'taken' }
  | {
      readonly state: 'refused' | 'failed'
      readonly page: Opened
      /** By field name; `""` is the form as a whole. */
      readonly errors: Readonly<Record<string, string>>
    }
  | { readonly state: 'spent'; readonly locale: Locale }
  | { readonly state: 'submitted' | 'inactive' | 'unlinked'; readonly locale: Locale }
  | Extract<Session, { state: 'lost' }>

type Deps = PagesDeps & { readonly realNow: () => Instant }

export async function submit(deps: Deps, at: { id: string; session: string }, sent: Sent): Promise<Submitted> {
  const { db } = deps
  const now = deps.realNow()
  const page = await db.transact('people', ({ sql }) => repository.bySession(sql, at.id, at.session, now))
  if (!page)
    return { state: 'lost', locale: await db.transact('people', ({ sql }) => repository.localeOfPage(sql, at.id)) }
  const { locale } = page.person
  const over = overOf(page)
  if (over) return { state: over, locale }
  if (page.attempts >= ATTEMPTS_MAX) return { state: 'spent', locale }
  await db.transact('people', ({ sql }) => repository.attempted(sql, page.id))
  const kept = await keepFiles(db, page, policyFor(deps.policy(), page.person), sent, now)
  const outcome = await attempt(deps, page, sent, kept)
  if (outcome === 'taken') {
    await db.transact('people', ({ sql }) => repository.submitted(sql, page.id, now))
    return { state: 'taken' }
  }
  const { errors, by } = outcome
  const drawn = await db.transact('people', async (tx) => {
    const meanwhile = await repository.bySession(tx.sql, at.id, at.session, now)
    if (meanwhile?.submittedAt !== undefined) return 'submitted'
    // What was refused here, or failed for our own reasons, is the same event once more: should one have arrived after
    // all, it is not done twice.
    if (by === 'feature') await repository.refused(tx.sql, page.id, page.round)
    if (by !== 'failure') await repository.deleteUnused(tx.sql, page.id, kept.unwanted)
    const opened = await openedOf(deps, tx, page)
    return { ...opened, uploads: opened.uploads.filter(({ id }) => !kept.unwanted.includes(id)) }
  })
  // Another tab, or the first press of the button, was taken: that counts.
  if (drawn === 'submitted') return { state: drawn, locale }
  return { state: by === 'failure' ? 'failed' : 'refused', page: drawn, errors }
}

interface Refused {
  readonly errors: Readonly<Record<string, string>>
  readonly by: 'us' | 'feature' | 'failure'
}

async function attempt(deps: Deps, page: repository.Page, sent: Sent, kept: Kept): Promise<'taken' | Refused> {
  const { form, person } = page
  const files = Object.fromEntries(
    form.fields.map(({ name }) => [name, kept.uploads.filter(({ field }) => field === name).map(({ id }) => id)]),
  )
  const isPerson = await colleaguesOf(deps, page)
  const read = readValues(form, { values: sent.values, files } satisfies Given, person.locale, isPerson)
  const errors = { ...('errors' in read ? read.errors : {}), ...kept.errors }
  if ('errors' in read || Object.keys(errors).length > 0) return { errors, by: 'us' }
  const refs = kept.uploads.map(refOf)
  const ids = refs.map(({ id }) => id)
  if (!(await deps.db.transact('people', ({ sql }) => repository.handOn(sql, ids, page.round))))
    return { errors: { '': messages.say(person.locale, 'files.gone') }, by: 'us' }
  const answer = await deliver(deps, page, {
    kind: 'filled',
    // Two at once have the same number, and the second is given the answer of the first.
    key: `page:${page.id}:${page.round}`,
    person: page.account,
    room: page.room,
    roomKind: page.roomKind,
    locale: person.locale,
    canCarry: ['errors', 'toast'],
    form: form.form,
    value: form.value,
    values: read.values satisfies FormValues,
    ...(refs.length > 0 ? { files: refs } : {}),
  })
  if (answer === undefined) return { errors: { '': messages.say(person.locale, 'not-stored') }, by: 'failure' }
  return answer.errors ? { errors: answer.errors, by: 'feature' } : 'taken'
}

/** Undefined when it could not be stored. */
async function deliver(deps: Deps, { platform }: repository.Page, event: Incoming): Promise<Answer | undefined> {
  try {
    return await deps.deliver(platform, event)
  } catch (error) {
    deps.log.error({ err: error, platform }, 'a form page could not be handed on')
    return undefined
  }
}

/** Who may be named: whoever is active. */
async function colleaguesOf({ db, policy }: Deps, { form }: repository.Page): Promise<(id: string) => boolean> {
  if (!form.fields.some(({ kind }) => kind === 'people')) return () => false
  const all = await db.transact('people', (tx) => peopleFor(tx, policy()).all())
  const active = new Set(all.filter((person) => person.active).map(({ id }) => id))
  return (id) => active.has(id)
}
