/** One sentence, read and carried out in a transaction that the caller rolls back. */
import { textOf } from '#core/card.ts'
import type { Clock } from '#core/clock.ts'
import { Refusal } from '#core/errors.ts'
import type { Unclear, Understanding } from '#core/parser/understanding.ts'
import type { Person, PersonCtx, Reply } from '#engine/context.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { personContextOf } from '#engine/inbox/make-context.ts'
import { read, said, type Words } from '#engine/inbox/words.ts'
import { createOutbox } from '#engine/outbox/engine.ts'
import type { OpsContext } from '../command.ts'

/** What the bot would make of a sentence; one line of `understand --json`. */
export interface Understood {
  readonly sentence: string
  readonly intent: Understanding['kind']
  /** The command's id, as `leave.request`; of `help` what it is asked about. */
  readonly command?: string
  /** Whether the command was named, or a free sentence was taken for it. */
  readonly via?: 'name' | 'sentence'
  /** What was settled, by argument: dates as YYYY-MM-DD, lengths as `halfDays` or `minutes`. */
  readonly values?: Readonly<Record<string, unknown>>
  /** What must be asked before it can run. */
  readonly ask?: readonly Unclear[]
  /** Of `nothing`: why it was left alone. Of `unknown-command`: the nearest that there are. */
  readonly why?: string
  readonly nearest?: readonly string[]
  /** What it would come to, as the command counts it: for leave the minutes, every day and the chain. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** What the person would read: the question, the draft, the answer. */
  readonly reply?: string
  /** The answers that would be offered below it: buttons, then the options of a menu. */
  readonly choices?: readonly string[]
  /** The form that would open. */
  readonly form?: { readonly title: string; readonly fields: readonly string[] }
  /** "No", and the rulebook id behind it. */
  readonly refusal?: { readonly text: string; readonly rule?: string }
  /** A bug: the first line of the error. */
  readonly failure?: string
}

/** @param tx rolled back by the caller, whatever happens */
export async function understandSentence(
  context: OpsContext,
  tx: Tx,
  { person, clock, sentence }: { person: Person; clock: Clock; sentence: string },
): Promise<Understood> {
  const { app, db, platforms } = context
  const policy = app.policy.current()
  const [platform] = platforms
  const silent = { warn: () => {} }
  const outbox = createOutbox({
    db,
    clock,
    platforms: new Map(platforms.map((one) => [one.name, one])),
    policy: () => policy,
    log: silent,
  })
  // A room that is none: no question is open there, and nothing was talked about before.
  const ctx = personContextOf({ clock, registry: app.registry, policy: () => policy, outbox }, tx, person, {
    platform: platform?.name ?? 'none',
    room: '',
    event: '0',
    roomKind: 'direct',
    write: platform?.limits.writeCommand ?? ((words) => words),
  })
  const words: Words = { registry: app.registry, policy }
  const { understanding } = await read(words, ctx, sentence, false)
  return { sentence, ...meaningOf(understanding), ...(await outcomeOf(words, ctx, sentence)) }
}

function meaningOf(understanding: Understanding): Omit<Understood, 'sentence'> {
  const { kind: intent } = understanding
  switch (understanding.kind) {
    case 'command': {
      const { command, via, values, unclear } = understanding
      return { intent, command, via, values, ...(unclear.length > 0 ? { ask: unclear } : {}) }
    }
    case 'help':
      return { intent, ...(understanding.about === undefined ? {} : { command: understanding.about }) }
    case 'unknown-command':
      return { intent, why: understanding.said, nearest: understanding.nearest.map(({ name }) => name) }
    case 'nothing':
      return { intent, why: understanding.why }
    case 'cancel':
      return { intent }
  }
}

async function outcomeOf(words: Words, ctx: PersonCtx, sentence: string): Promise<Partial<Understood>> {
  try {
    const { reply } = await said(words, ctx, sentence, false)
    return answerOf(reply)
  } catch (error) {
    if (!(error instanceof Refusal)) return { failure: firstLine(error) }
    const { rule } = error
    return { refusal: { text: error.say(ctx.actor.locale), ...(rule === undefined ? {} : { rule }) } }
  }
}

function answerOf({ message, toast, form, facts }: Reply): Partial<Understood> {
  const text = message ? textOf(message) : toast
  const choices = [...(message?.card?.buttons ?? []), ...(message?.card?.select?.options ?? [])].map(
    ({ label }) => label,
  )
  return {
    ...(facts === undefined ? {} : { facts }),
    ...(text === undefined ? {} : { reply: text }),
    ...(choices.length === 0 ? {} : { choices }),
    ...(form === undefined ? {} : { form: { title: form.title, fields: form.fields.map(({ label }) => label) } }),
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n')[0] ?? ''
