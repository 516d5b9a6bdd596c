/** One inbound event, inside one transaction: who it is, what they may, which handler, and what they are told. */

import type { Contract } from '#core/contract.ts'
import { Refusal } from '#core/errors.ts'
import type { FormValues } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { Answer, Incoming, Platform } from '#core/platform.ts'
import type { Person, PersonCtx, Reader, Reply } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { personByAccount, touchAccount } from '../identity/accounts.ts'
import { errorLine } from '../outbox/content.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { changed } from './edits.ts'
import { saidWithFiles } from './files.ts'
import { withForm, withPeople } from './form-reply.ts'
import { messages } from './i18n.ts'
import { codeIn, linkByCode } from './link-code.ts'
import { type ContextDeps, personContextOf } from './make-context.ts'
import { isFormTaken } from './repository.ts'
import { permit, said, type Words } from './words.ts'

export interface Handled {
  readonly answer: Answer
  readonly ran: string | null
  readonly about: string | null
  readonly personId: string | null
}

/**
 * Handles the event of one claimed row. A Refusal undoes everything the handler did and is told to the person; anything
 * else it throws is a bug and leaves this function, so that the whole transaction is undone.
 * @param row of the inbox
 * @param row.retried nothing can be answered to the call any more: what it would have carried is said in a message
 */
export async function dispatch(
  deps: ContextDeps,
  tx: Tx,
  platform: Platform,
  row: { id: string; event: Incoming; retried: boolean },
): Promise<Handled> {
  const { id, retried } = row
  const event: Incoming = retried ? { ...row.event, canCarry: [] } : row.event
  const policy = deps.policy()
  const person = await personByAccount(tx, platform.name, event.person)
  if (!person) return stranger(deps, tx, platform, event)
  await oneAfterTheOther(tx, person)
  await touchAccount(tx, { platform: platform.name, account: event.person }, deps.clock.now())
  const words: Words = { registry: deps.registry, policy }
  // One version from beginning to end, whatever is applied meanwhile.
  const ctx = personContextOf({ ...deps, policy: () => policy }, tx, person, {
    platform: platform.name,
    room: event.room,
    event: id,
    roomKind: event.roomKind,
    write: platform.limits.writeCommand,
    ...('files' in event && event.files ? { files: event.files } : {}),
  })
  const outcome = await tx
    .savepoint(() => route(words, ctx, platform, event, id))
    .catch((error: unknown) => refused(error, person.locale))
  // After the handler: it locks what it decides first and cards last, and so does everyone.
  if (event.kind === 'clicked') await deps.outbox.noteSentAs(tx, platform.name, event.on, event.sentKey)
  return finish(deps, tx, { platform, event, person, id, retried }, outcome)
}

interface Outcome {
  readonly reply: Reply
  readonly ran: string | null
  /** Beside which field of the form it was refused; `""` for the whole. */
  readonly field?: string
}

function refused(error: unknown, locale: Locale): Outcome {
  if (!(error instanceof Refusal)) throw error
  return { reply: { message: { text: error.say(locale) } }, ran: null, field: error.field ?? '' }
}

async function route(words: Words, ctx: PersonCtx, platform: Platform, event: Incoming, id: string): Promise<Outcome> {
  if (!ctx.actor.active) throw new Refusal(messages.later('inactive'))
  switch (event.kind) {
    case 'said': {
      const [text, named] = [typedText(platform, event), event.command !== undefined]
      const { files = [] } = event
      return files.length > 0
        ? saidWithFiles(words, ctx, { event: id, text, named, files })
        : said(words, ctx, text, named)
    }
    case 'clicked': {
      const action = words.registry.actions.get(event.action)
      const value = action && payload(action.on, event.value)
      if (!action || value === undefined) return dead(ctx)
      permit(words, ctx, action.permission)
      return { reply: await action.run(ctx, value as never, event.chosen), ran: event.action }
    }
    case 'filled': {
      const handler = words.registry.forms.get(event.form)
      const value = handler && payload(handler.on, event.value)
      if (!handler || value === undefined) return dead(ctx)
      permit(words, ctx, handler.permission)
      const { room, sentKey } = event
      if (sentKey !== undefined && (await isFormTaken(ctx.sql, id, { platform: platform.name, room, sentKey })))
        return { reply: { toast: messages.say(ctx.actor.locale, 'form.taken') }, ran: null }
      const values = await withPeople(ctx, event, trimmed(event.values))
      return { reply: await handler.run(ctx, value as never, values), ran: event.form }
    }
    case 'edited':
    case 'deleted':
      return { reply: await changed(words, ctx, event, id), ran: null }
  }
}

/**
 * What was typed, with the name of its slash command where that says something: `/timeoff 3 days`, and `/laeve` too, so
 * that the nearest can be offered. The platform's umbrella command says nothing of its own.
 */
export function typedText(platform: Platform, event: Incoming & { kind: 'said' }): string {
  const name = event.command
  return name === undefined || name === platform.limits.umbrellaCommand ? event.text : `/${name} ${event.text}`.trim()
}

/** What was put into a button or form comes back from outside: it is read like anything from outside. */
function payload(contract: Contract, value: string): unknown {
  try {
    const parsed = contract.payload.safeParse(JSON.parse(value))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

function dead(ctx: PersonCtx): Outcome {
  const { locale } = ctx.actor
  return {
    reply: {
      message: {
        text: messages.say(locale, 'button.dead', { help: ctx.origin.write(messages.say(locale, 'word.help')) }),
      },
    },
    ran: null,
  }
}

const trimmed = (values: FormValues): FormValues =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const)
      .filter(([, value]) => value !== ''),
  )

/** Events of one person are handled one after the other, on all processes. */
async function oneAfterTheOther(tx: Tx, person: Person) {
  await tx.sql(`SELECT true AS ok FROM pg_advisory_xact_lock(hashtextextended('person:' || $1, 0))`, [person.id])
}

async function finish(
  deps: ContextDeps,
  tx: Tx,
  at: { platform: Platform; event: Incoming; person: Person; id: string; retried: boolean },
  outcome: Outcome,
): Promise<Handled> {
  const { platform, event, person, retried } = at
  const { ran } = outcome
  const about = outcome.reply.about ?? null
  const done = (answer: Answer): Handled => ({ answer, ran, about, personId: person.id })
  const answered = outcome.reply.form ? await withForm(deps, tx, at, outcome.reply, outcome.reply.form) : outcome.reply
  const reply = retried ? inWords(answered, person.locale) : answered
  const carries = (what: Incoming['canCarry'][number]) => event.canCarry.includes(what)
  if (outcome.field !== undefined && event.kind === 'filled' && carries('errors') && reply.message)
    return done({ errors: { [outcome.field]: String(reply.message.text ?? '') } })
  const toast = reply.toast && carries('toast') ? { toast: reply.toast } : {}
  if (reply.form) return done({ form: reply.form, ...toast })
  if (!reply.message) return done(toast)
  const reader: Reader = { locale: person.locale, zone: person.zone, person }
  const { key } = await deps.outbox.holdReply(tx, {
    platform: platform.name,
    event,
    reader,
    message: reply.message,
    ...(reply.as ? { as: reply.as } : {}),
  })
  return done(reply.message.file ? toast : { key, message: reply.message, ...toast })
}

/** A form cannot be opened any more, a toast would not be seen: both become a sentence. */
function inWords({ form, message, toast, ...reply }: Reply, locale: Locale): Reply {
  const text = form ? messages.say(locale, 'form.lost') : toast
  const said = message ?? (text === undefined ? undefined : { text })
  return said ? { ...reply, message: said } : {}
}

/** Somebody whom the people file does not name is told how to be linked; of what they say only a code does anything. */
async function stranger(deps: ContextDeps, tx: Tx, platform: Platform, event: Incoming): Promise<Handled> {
  const nobody = { ran: null, about: null, personId: null }
  if (event.kind === 'edited' || event.kind === 'deleted') return { answer: {}, ...nobody }
  const reader = await readerOf(deps, tx, platform, event)
  const code = event.kind === 'said' ? codeIn(typedText(platform, event)) : undefined
  const linked = code === undefined ? undefined : await linkByCode(deps, tx, { platform, event, reader }, code)
  const message = { text: linked?.said ?? strangerText(platform, event.person, reader.locale) }
  const { key } = await deps.outbox.holdReply(tx, { platform: platform.name, event, reader, message })
  return { answer: { key, message }, ...nobody, personId: linked?.personId ?? null }
}

/** Who may link them, and how they can do it themselves when they are known on another platform. */
export function strangerText(platform: Pick<Platform, 'name' | 'limits'>, account: string, locale: Locale): string {
  const link = platform.limits.writeCommand(messages.say(locale, 'unlinked.link'))
  // The platform as administrators write it: the sentence is for them.
  return messages.say(locale, 'unlinked', { account, platform: platform.name, link })
}

/** In whose language: the person's own, else what the platform says of the account, else the organisation's. */
export async function readerOf(deps: ContextDeps, tx: Tx, platform: Platform, event: Incoming): Promise<Reader> {
  const person = await personByAccount(tx, platform.name, event.person)
  if (person) return { locale: person.locale, zone: person.zone, person }
  const { language, zone } = deps.policy().section(OrganisationPolicy)
  return { locale: event.locale ?? language, zone }
}

/** Backoff of a failed event: 5 s, 20 s, 80 s, then it is parked. */
export const ATTEMPTS_MAX = 4
export const retryAfterMs = (attempts: number): number => 5_000 * 4 ** attempts

/** What is kept of an error: its first line, for lists; the whole goes to the log with the reference. */
export const firstLine = (error: unknown): string =>
  errorLine((error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n')[0] ?? '')

/** Short, speakable, and found again in the log and in the inbox. */
export const referenceOf = (id: string): string => `E${id}`
