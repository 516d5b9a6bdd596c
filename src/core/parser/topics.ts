/** Where a sentence names the thing a command asks for: 请假, 请三天事假, 三天假, `time off`, `Friday off`. */
import { fold, isHan, type Span } from './fold.ts'
import { overlaps, within } from './lexicon.ts'
import type { CommandName } from './names.ts'
import type { Sentence } from './sentence.ts'
import type { CommandWords, Vocabulary } from './understanding.ts'

/** One mention of a topic. */
export interface Topic extends Span {
  readonly command: CommandWords
  readonly language: 'zh' | 'en'
  /**
   * `whole` as listed, or `Friday off` for `day off`; `split` around its measure, 请三天假 for 请假; `object` only its
   * second half, 三天假, or 请三天: enough only beside a clear wish.
   */
  readonly kind: 'whole' | 'split' | 'object'
  /** 请了假, 请过假: it has happened. */
  readonly done: boolean
  /** It stands inside the name of another command (`my leave`, 请假记录): it can be taken back or asked about, not requested. */
  readonly inOtherName: boolean
  /** It says which one or how many: 请个假, 请几天假. */
  readonly measured: boolean
}

/** Between the halves of a split topic. */
const MEASURE = '(?:[TAC]|一?个|一下|次|几天?|点|些|的|上|共|从|到|至|[-~]|\\s)'
/** Topics of one message that are looked at: a person does not name a thing more often. */
const TOPICS_MAX = 8
const TIME_NOUNS = /^(?:days?|time|hours?)$/

/** Every topic in the sentence, in order; where two overlap, the longer. At most {@link TOPICS_MAX}. */
export function findTopics(
  sentence: Sentence,
  vocabulary: Vocabulary,
  names: readonly CommandName[],
): readonly Topic[] {
  const found: FoundTopic[] = []
  for (const command of vocabulary.commands) {
    for (const topic of command.topics?.zh ?? []) found.push(...chineseTopics(sentence, command, fold(topic.trim())))
    for (const topic of command.topics?.en ?? []) found.push(...englishTopics(sentence, command, fold(topic.trim())))
  }
  found.sort((a, b) => rank(a) - rank(b) || b.end - b.start - (a.end - a.start) || a.start - b.start)
  const kept: Topic[] = []
  for (const topic of found) {
    if (!kept.some((other) => overlaps(topic, other)))
      kept.push({ ...topic, inOtherName: insideOtherName(sentence, names, topic) })
  }
  return kept.sort((a, b) => a.start - b.start).slice(0, TOPICS_MAX)
}

type FoundTopic = Omit<Topic, 'inOtherName'>

const rank = ({ kind }: FoundTopic): number => (kind === 'object' ? 1 : 0)

/** The nouns by which a topic goes on after a value, `3 days leave`, 3天假. Folded. */
export function nounsOf(command: CommandWords): readonly string[] {
  const zh = (command.topics?.zh ?? []).filter(isSplittable).map((topic) => topic.charAt(1))
  return [
    ...(command.topics?.en ?? []),
    ...(command.topics?.zh ?? []),
    ...zh,
    ...command.names.zh,
    ...command.names.en,
  ].map((noun) => fold(noun))
}

/** Two characters, a verb and its object: 请假, 换班. 不来 is not. */
export const isSplittable = (topic: string): boolean =>
  topic.length === 2 && isHan(topic.charAt(0)) && !/^[不没别]/.test(topic)

function chineseTopics(
  { signs, text, choices }: Sentence,
  command: CommandWords,
  topic: string,
): readonly FoundTopic[] {
  const made = (start: number, end: number, more: Pick<Topic, 'kind' | 'done' | 'measured'>): FoundTopic => ({
    command,
    language: 'zh',
    start,
    end,
    ...more,
  })
  const found: FoundTopic[] = []
  for (let start = text.folded.indexOf(topic); start >= 0; start = text.folded.indexOf(topic, start + 1)) {
    const span = { start, end: start + topic.length }
    if (/[QTAP]/.test(signs.slice(span.start, span.end))) continue
    const wider = choices.find((choice) => within(span, choice) && choice.end - choice.start > topic.length)
    if (wider !== undefined) found.push(made(wider.start, wider.end, { kind: 'object', done: false, measured: false }))
    else if (topic.length > 1 || isFreeVerb(signs, span))
      found.push(made(span.start, span.end, { kind: 'whole', done: false, measured: false }))
  }
  const halves = isSplittable(topic) && (text.folded.includes(topic.charAt(0)) || text.folded.includes(topic.charAt(1)))
  if (!halves) return found
  const [verb, object] = [topic.charAt(0), topic.charAt(1)]
  for (const match of signs.matchAll(new RegExp(`${verb}(了|过)?(${MEASURE}{0,40}?)(${object}|C+(?!C))`, 'g'))) {
    const end = match.index + match[0].length
    // 请特休: an option of the command itself, whatever it ends with.
    const isOption = choices.some((choice) => choice.end === end && takes(command, choice.of))
    if ((text.folded.charAt(end - 1) !== object && !isOption) || match[0] === topic) continue
    const measured = /[TAC几个次]/.test(match[2] ?? '') || match[3] !== object
    found.push(made(match.index, end, { kind: 'split', done: match[1] !== undefined, measured }))
  }
  for (const match of signs.matchAll(
    new RegExp(
      `${verb}(?:到|至)?[TA][TA\\s]*(?=$|[,.;!?吧呢])|(?<![TA])[TA]+\\s?的?${object}|(?<![TAC])(?:[TA]+\\s?的?)?C+(?!C)`,
      'g',
    ),
  )) {
    const end = match.index + match[0].length
    if (match[0].endsWith('C') && text.folded.charAt(end - 1) !== object) continue
    found.push(made(match.index, end, { kind: 'object', done: false, measured: /[TA]/.test(match[0]) }))
  }
  // 请产假: an option nobody listed. The verb alone is the topic, the rest stays the person's own words.
  for (const match of signs.matchAll(
    new RegExp(`(?<!申)${verb}(?![问教客求示])[\\u3400-\\u9fff]{1,2}${object}(?![\\u3400-\\u9fff])`, 'g'),
  )) {
    found.push(made(match.index, match.index + 1, { kind: 'object', done: false, measured: false }))
  }
  return found
}

const takes = ({ args }: CommandWords, of: string): boolean =>
  Object.values(args).some(({ arg }) => arg.kind === 'choice' && arg.of === of)

/** 休: a topic of one character is one only with nothing but time and options around it, else it is part of a word: 休息. */
function isFreeVerb(signs: string, { start, end }: Span): boolean {
  return (
    !isHan(signs.charAt(end)) &&
    (!isHan(signs.charAt(start - 1)) || /[我想要请能来就再先]/.test(signs.charAt(start - 1)))
  )
}

/** Words before `leave` that show it to be the verb: to leave, I leave, don't leave. */
const VERB_BEFORE =
  /(?:^|\s)(?:to|i|i'll|i'd|will|can|could|may|might|should|must|would|gonna|we|you|they|he|she|it|please|let|not|don't|never|just|and|or|when|if)\s$/

function englishTopics({ signs, text }: Sentence, command: CommandWords, topic: string): readonly FoundTopic[] {
  const words = topic.split(' ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const found: FoundTopic[] = []
  if (!text.folded.includes(words.at(-1) ?? topic)) return found
  const made = (start: number, end: number): FoundTopic => ({
    command,
    language: 'en',
    kind: 'whole',
    done: false,
    measured: false,
    start,
    end,
  })
  for (const match of text.folded.matchAll(
    new RegExp(`(?<![a-z0-9_'-])${words.map((word) => `${word}s?`).join('[ -]')}(?![a-z0-9_])`, 'g'),
  )) {
    const end = match.index + match[0].length
    const signed = signs.slice(match.index, end)
    if (/[QP]/.test(signed) || (words.length === 1 && VERB_BEFORE.test(text.folded.slice(0, match.index)))) continue
    found.push(made(match.index, end))
  }
  const last = words.at(-1)
  if (words.length > 1 && last !== undefined && TIME_NOUNS.test(words[0] ?? '')) {
    // Friday off, a few hours off, and the other way round: I'd like off on Friday.
    const timed = `(?<=(?:[TA]|hours?) )${last}(?![a-z0-9_])|(?<=(?:like|want|need|be) )${last}(?= (?:on |from |for )?[TA])`
    for (const match of signs.matchAll(new RegExp(timed, 'g')))
      found.push(made(match.index, match.index + match[0].length))
  }
  return found
}

function insideOtherName({ text }: Sentence, names: readonly CommandName[], topic: FoundTopic): boolean {
  const { withdrawnBy, amendedBy, id } = topic.command
  return names.some(({ command, name }) => {
    if (
      command.id === id ||
      command.id === withdrawnBy ||
      command.id === amendedBy ||
      name.length <= topic.end - topic.start
    )
      return false
    for (let start = text.folded.indexOf(name); start >= 0; start = text.folded.indexOf(name, start + 1)) {
      if (within(topic, { start, end: start + name.length })) return true
    }
    return false
  })
}
