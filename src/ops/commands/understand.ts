/** `understand`: what the bot would make of each sentence, by really doing it in a transaction that is always rolled back. */
import { instantAt, isCivilDate } from '#core/calendar/civil.ts'
import type { Clock, Instant } from '#core/clock.ts'
import type { Person } from '#engine/context.ts'
import type { Tx } from '#engine/db/transaction.ts'
import { done, no, type OpsCommand, type OpsContext, type OpsResult, textOfLines, UsageError } from '../command.ts'
import { oneLine } from '../words.ts'
import { nameOf, personIn } from './accounts.ts'
import { type Understood, understandSentence } from './understand-sentence.ts'
import { wordsOf } from './understand-words.ts'

const SENTENCES_MAX = 10_000
/** More than a platform lets people type at once. */
const SENTENCE_CHARS_MAX = 5_000

export const understand: OpsCommand = {
  name: 'understand',
  about: 'show what the bot would make of sentences, without any effect',
  reads: 'sentences, one a line,',
  options: [
    { name: 'as', takes: 'STAFFNO', about: 'who says them', required: true },
    {
      name: 'at',
      takes: 'INSTANT',
      about: 'when, as 2026-09-28T09:00:00+08:00, or 2026-09-28T09:00 in their zone; now when absent',
    },
    { name: 'json', about: 'one JSON object a line' },
  ],
  async run(context, { values, stdin }) {
    const sentences = sentencesIn(stdin)
    const staffNo = values['as'] ?? ''
    const found = await context.db.transact('work', (tx) => personIn(context, tx, staffNo))
    if ('error' in found) return no([], [found.error])
    const { person } = found
    if (!person.active) return no([], [`${nameOf(person)} has left: the bot does nothing for them any more.`])
    const at = values['at'] === undefined ? context.clock.now() : instantOf(values['at'], person.zone)
    const understood: Understood[] = []
    for (const sentence of sentences) understood.push(await withoutEffect(context, person, at, sentence))
    return shown(understood, values['json'] !== undefined)
  },
}

/** Empty lines are nobody's words. */
function sentencesIn(stdin: string): readonly string[] {
  const lines = stdin.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length === 0) throw new UsageError('There is nothing to understand: write sentences to stdin, one a line.')
  if (lines.length > SENTENCES_MAX)
    throw new UsageError(`${lines.length} sentences are too many at once: at most ${SENTENCES_MAX}.`)
  const long = lines.find((line) => line.length > SENTENCE_CHARS_MAX)
  if (long !== undefined)
    throw new UsageError(`A line has ${long.length} characters, at most ${SENTENCE_CHARS_MAX}: ${oneLine(long)}`)
  return lines
}

/** Without an offset it is the wall clock of whoever speaks. */
function instantOf(text: string, zone: string): Instant {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text)
  const [, date = '', time = '', , offset] = match ?? []
  const instant =
    match && isCivilDate(date) && time < '24:00'
      ? offset === undefined
        ? instantAt(date, time, zone)
        : Date.parse(text)
      : Number.NaN
  if (Number.isNaN(instant))
    throw new UsageError(`--at ${oneLine(text)} is no instant: write 2026-09-28T09:00:00+08:00, or 2026-09-28T09:00.`)
  return instant
}

/** Carries the answer out of a transaction that must not commit. */
class RolledBack extends Error {
  readonly understood: Understood
  constructor(understood: Understood) {
    super('rolled back on purpose')
    this.understood = understood
  }
}

/** Nothing is stored and nothing is sent; only numbers that the database gives out, as a request's, are used up. */
async function withoutEffect(context: OpsContext, person: Person, at: Instant, sentence: string): Promise<Understood> {
  const clock: Clock = { kind: context.clock.kind, now: () => at }
  const work = async (tx: Tx): Promise<never> => {
    throw new RolledBack(await understandSentence(context, tx, { person, clock, sentence }))
  }
  try {
    return await context.db.transact('work', work)
  } catch (error) {
    if (error instanceof RolledBack) return error.understood
    throw error
  }
}

/** A sentence that a bug kept from being understood fails the command, and no other sentence. */
function shown(understood: readonly Understood[], isJson: boolean): OpsResult {
  const lines = isJson ? understood.map((one) => JSON.stringify(one)) : understood.flatMap(wordsOf)
  const failures = understood.filter((one) => one.failure !== undefined)
  if (failures.length === 0) return done(lines)
  return {
    output: textOfLines(lines),
    errors: textOfLines(failures.map((one) => `${oneLine(one.sentence)}: ${one.failure}`)),
    exitCode: 1,
  }
}
