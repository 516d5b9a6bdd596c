/** A message prepared for reading as a sentence: cut into clauses, with known words replaced by signs so that grammar sees only grammar. */
import type { SaidText, Span } from './fold.ts'
import { findChoices, findPeople, type Known, type KnownChoice, overlaps } from './lexicon.ts'
import { findTerms } from './scan.ts'
import type { Term } from './terms.ts'
import type { CommandWords, Moment, Vocabulary } from './understanding.ts'

/** A message with everything the grammar asks of it. */
export interface Sentence {
  readonly text: SaidText
  /** The part that is read: greetings and mentions in front are left out. */
  readonly span: Span
  readonly terms: readonly Term[]
  /** Every time word of the text, those in quotation marks too. */
  readonly allTerms: readonly Term[]
  readonly choices: readonly KnownChoice[]
  /**
   * The folded text, position by position, with signs for known words: `T` a day or time, `A` an amount, `C` an option,
   * `P` a person, `Q` quoted text. Folded text has no capitals, so signs cannot be mistaken for letters.
   */
  readonly signs: string
  readonly clauses: readonly Clause[]
}

/** A part of a sentence between two marks. */
export interface Clause extends Span {
  /** The mark it ends with: `,`, `?`, or nothing at the end. */
  readonly mark: string
}

/** Manners in the form of a condition; they make a request no less of one. Replaced by spaces. */
const POLITE_IF =
  /(?:如果|要是|若)(?:您|你|领导)?(?:可以|方便|允许|行|没问题|不忙|有可能|不介意|不影响工作|批准|核准|同意)(?:的话)?(?=[,.;!?\s]|$)|(?:可以|方便|允许|可能)的话|(?<![a-z])if (?:(?:that|it)(?:'s| is| would be) )?(?:possible|ok|okay|fine|all ?right|alright|convenient)(?: (?:with|for) (?:you|everyone|the team))?(?![a-z])|(?<![a-z])if (?:i may|you don'?t mind|you agree)(?![a-z])/g
const QUOTED = /"[^"]*"|(?<![a-z0-9])'[^']{2,}'(?![a-z0-9])/g

/** Prepares `span` of a text. Quoted words and lines that begin with `>` are somebody else's. */
export function readSentence(text: SaidText, span: Span, vocabulary: Vocabulary, moment: Moment): Sentence {
  const quotes = quotesIn(text)
  const unquoted = <T extends Span>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.start >= span.start && !quotes.some((quote) => overlaps(one, quote)))
  const allTerms = findTerms(text.folded, moment)
  const unquotedTerms = unquoted(allTerms)
  const choices = unquoted(findChoices(text.folded, vocabulary)).filter(
    (choice) =>
      !unquotedTerms.some((term) => overlaps(term, choice) && term.end - term.start > choice.end - choice.start),
  )
  const terms = unquotedTerms.filter((term) => !choices.some((choice) => overlaps(term, choice)))
  const people = unquoted(findPeople(text.folded, vocabulary)).filter(
    (person) => ![...terms, ...choices].some((one) => overlaps(one, person)),
  )
  const signs = withSigns(text.folded, quotes, terms, choices, people)
  return { text, span, terms, allTerms, choices, signs, clauses: clausesOf(text, signs, span) }
}

function quotesIn({ said, folded }: SaidText): readonly Span[] {
  const spans = [...folded.matchAll(QUOTED)].map((m) => ({ start: m.index, end: m.index + m[0].length }))
  for (const line of said.matchAll(/^>[^\n]*/gm)) spans.push({ start: line.index, end: line.index + line[0].length })
  return spans
}

function withSigns(
  folded: string,
  quotes: readonly Span[],
  terms: readonly Term[],
  choices: readonly Known[],
  people: readonly Known[],
): string {
  const units = folded.split('')
  const cover = ({ start, end }: Span, sign: string): void => {
    for (let at = start; at < end; at++) units[at] = sign
  }
  for (const match of folded.matchAll(POLITE_IF)) cover({ start: match.index, end: match.index + match[0].length }, ' ')
  for (const term of terms) cover(term, term.sense.kind === 'amount' ? 'A' : 'T')
  for (const choice of choices) cover(choice, 'C')
  for (const person of people) cover(person, 'P')
  for (const quote of quotes) cover(quote, 'Q')
  return units.join('')
}

function clausesOf({ said }: SaidText, signs: string, span: Span): readonly Clause[] {
  const clauses: Clause[] = []
  let start = span.start
  for (let at = span.start; at < span.end; at++) {
    const mark = said.charAt(at) === '\n' ? '\n' : signs.charAt(at)
    const ends = /[,;!?\n]/.test(mark) || (mark === '.' && !/[a-z0-9]/.test(signs.charAt(at + 1)))
    if (!ends) continue
    if (signs.slice(start, at).trim() !== '') clauses.push({ start, end: at, mark })
    start = at + 1
  }
  if (signs.slice(start, span.end).trim() !== '') clauses.push({ start, end: span.end, mark: '' })
  return clauses
}

/** The sentence as one command sees it: options that it does not take are ordinary words (`early` is no option of leave). */
export function forCommand(sentence: Sentence, { args }: CommandWords): Sentence {
  const taken = new Set(Object.values(args).flatMap(({ arg }) => (arg.kind === 'choice' ? [arg.of] : [])))
  const choices = sentence.choices.filter(({ of }) => taken.has(of))
  const units = sentence.signs.split('')
  for (const foreign of sentence.choices) {
    if (taken.has(foreign.of) || choices.some((choice) => overlaps(choice, foreign))) continue
    for (let at = foreign.start; at < foreign.end; at++) units[at] = sentence.text.folded.charAt(at)
  }
  return { ...sentence, choices, signs: units.join('') }
}

/** True when the sentence is an inquiry by its mark: `?` ends this clause or one of those after it. */
export const asks = ({ clauses }: Sentence, clause: Clause): boolean =>
  clauses.some(({ start, mark }) => start >= clause.start && mark.startsWith('?'))

/** What a speaker does with a topic. */
export type Act =
  /** Asks for it. The request begins at `from`; what stands before in the clause is at most a reason. */
  | { readonly act: 'request'; readonly from: number }
  | { readonly act: 'withdraw' | 'amend' | 'help' | 'help-withdraw' }
  | { readonly act: 'nothing'; readonly why: Why }

/** Why a topic that was named is left alone. */
export type Why = 'small-talk' | 'question' | 'about-another' | 'reported' | 'conditional' | 'past' | 'negated'

/** Left alone, and why. */
export const nothing = (why: Why): Act => ({ act: 'nothing', why })
