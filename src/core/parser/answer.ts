/** The answer to one question for one argument: 三天, 明天, 年假, or a bare 2. */
import type { Arg } from '../command-args.ts'
import { readArguments } from './arguments.ts'
import { fold, readText } from './fold.ts'
import { leftoverOf } from './leftover.ts'
import { optionNames } from './lexicon.ts'
import { afterGreetings } from './manners.ts'
import type { Moment, Unclear, Vocabulary } from './understanding.ts'

/** A value fit for the argument, or why there is none. `unclear.arg` is the argument's kind: its name is the asker's. */
export type Answer = { readonly value: unknown } | { readonly unclear: Unclear }

/** Reads an answer to a question about `arg`. Nothing found is `missing` (with the words said), an unknown option or person `impossible`. Never throws. */
export function readAnswer(said: string, arg: Arg, vocabulary: Vocabulary, moment: Moment): Answer {
  const text = readText(said)
  const core = { start: afterGreetings(text.folded), end: text.folded.length }
  if (core.start >= core.end) return { unclear: { arg: arg.kind, why: 'missing' } }
  if (arg.kind === 'rest') return readReason(text.said, leftoverOf(text, [core], []), arg.charsMax)
  const { values, unclear } = readArguments({
    text,
    core: [core],
    args: { answer: { arg, optional: false } },
    vocabulary,
    moment,
  })
  if (values['answer'] !== undefined) return { value: values['answer'] }
  const begun =
    arg.kind === 'choice' ? readBeginning(text.folded.slice(core.start).trim(), arg.of, vocabulary) : undefined
  if (begun !== undefined) return begun
  const [problem] = unclear
  if (problem !== undefined && problem.why !== 'missing') return { unclear: { ...problem, arg: arg.kind } }
  return { unclear: nothingFound(arg, text.said) }
}

function readReason(said: string, reason: string, charsMax: number): Answer {
  const words = reason === '' ? said : reason
  return [...words].length > charsMax
    ? { unclear: { arg: 'rest', why: 'impossible', said: `${[...words].slice(0, 40).join('')}…`, problem: 'too-long' } }
    : { value: words }
}

/** The beginning of a name is enough for an answer when it fits one option only. */
function readBeginning(said: string, of: string, vocabulary: Vocabulary): Answer | undefined {
  const beginning = fold(said)
  const fitting = [
    ...new Set(optionNames(vocabulary, of).flatMap(({ name, value }) => (name.startsWith(beginning) ? [value] : []))),
  ]
  if (fitting.length === 0) return undefined
  return fitting.length === 1
    ? { value: fitting[0] }
    : { unclear: { arg: 'choice', why: 'ambiguous', said, candidates: fitting } }
}

function nothingFound(arg: Arg, said: string): Unclear {
  const shown = said.length > 40 ? `${[...said].slice(0, 40).join('')}…` : said
  const problems: Partial<Record<Arg['kind'], string>> = {
    choice: 'no-such-choice',
    person: 'no-such-person',
    number: 'not-a-number',
    reference: 'not-a-number',
  }
  const problem = problems[arg.kind]
  return problem === undefined
    ? { arg: arg.kind, why: 'missing', said: shown }
    : { arg: arg.kind, why: 'impossible', said: shown, problem }
}
