/** Commands asked for in free sentences: the topics a sentence names, and what it does with each. */
import { type ReadArguments, readArguments } from './arguments.ts'
import type { Request } from './by-name.ts'
import { isHan, type Span } from './fold.ts'
import { isManners } from './leftover.ts'
import { type Act, type Clause, forCommand, type Sentence, type Why } from './sentence.ts'
import { judgeEnglish } from './speech-en.ts'
import { judgeChinese } from './speech-zh.ts'
import { findTopics, nounsOf, type Topic } from './topics.ts'
import type { CommandWords, Understanding } from './understanding.ts'

/** Clauses of nothing but time, options and small words belong to the request wherever they stand: 我想请假，从明天开始，三天. */
const ONLY_ARGUMENTS =
  /^(?:[TAC\s]|从|自|起|开始|到|至|共|一共|总共|大概|就|是|的|和|跟|及|或|or|and|from|to|for|starting|until|on|a|the|total|of|in|that's|it's|-)+$/

/** What the sentence asks for, if it names a topic: a command, help with one, or why it is left alone. `undefined` when no topic is named. */
export function byTopic(request: Request): Understanding | undefined {
  const { sentence, vocabulary, names } = request
  const topics = findTopics(sentence, vocabulary, names)
  let why: Why | undefined
  for (const topic of topics) {
    const clause = sentence.clauses.find(({ start, end }) => start <= topic.start && topic.end <= end)
    if (clause === undefined) continue
    const own = forCommand(sentence, topic.command)
    const act = topic.language === 'zh' ? judgeChinese(own, clause, topic) : judgeEnglish(own, clause, topic)
    const understood = carry({ ...request, sentence: own }, act, clause, topic, topics)
    if (understood !== undefined) return understood
    why ??= act.act === 'nothing' ? act.why : 'negated'
  }
  return byOptionAlone(request) ?? (why === undefined ? undefined : { kind: 'nothing', why })
}

function carry(
  request: Request,
  act: Act,
  clause: Clause,
  topic: Topic,
  topics: readonly Topic[],
): Understanding | undefined {
  const { command } = topic
  const { vocabulary } = request
  const related = (id: string | undefined): CommandWords | undefined => vocabulary.commands.find((one) => one.id === id)
  switch (act.act) {
    case 'request':
      return asCommand(command, readRequest(request, clause, topic, topics, act.from))
    case 'withdraw':
      return (
        related(command.withdrawnBy) &&
        asCommand(
          related(command.withdrawnBy) ?? command,
          readOrder(request, clause, topic, related(command.withdrawnBy)),
        )
      )
    case 'amend':
      return (
        related(command.amendedBy) &&
        asCommand(related(command.amendedBy) ?? command, readOrder(request, clause, topic, related(command.amendedBy)))
      )
    case 'help':
      return { kind: 'help', about: command.id }
    case 'help-withdraw':
      return { kind: 'help', about: related(command.withdrawnBy)?.id ?? command.id }
    case 'nothing':
      return undefined
  }
}

const asCommand = (
  command: CommandWords,
  { values, unclear }: Pick<ReadArguments, 'values' | 'unclear'>,
): Understanding => ({
  kind: 'command',
  command: command.id,
  via: 'sentence',
  values,
  unclear,
})

function readRequest(
  { sentence, vocabulary, moment }: Request,
  clause: Clause,
  topic: Topic,
  topics: readonly Topic[],
  from: number,
): ReadArguments {
  const core: Span[] = [{ start: from, end: clause.end }]
  const aside: Span[] = from > clause.start ? [{ start: clause.start, end: from }] : []
  for (const other of sentence.clauses) {
    if (other === clause) continue
    const signs = sentence.signs.slice(other.start, other.end)
    // A clause that speaks of another time of the same thing, or asks something, is no reason.
    const foreign = topics.some(({ start }) => start >= other.start && start < other.end) || other.mark === '?'
    if (ONLY_ARGUMENTS.test(signs)) core.push(other)
    else if (!foreign && !isManners(signs.trim())) aside.push(other)
  }
  const understood = smallWords(sentence, { start: from, end: topic.end })
  return readArguments({
    text: sentence.text,
    terms: sentence.allTerms,
    core,
    aside,
    understood,
    nouns: nounsOf(topic.command),
    args: topic.command.args,
    vocabulary,
    moment,
  })
}

/** Of an order to change or take back, only its times, options and numbers are arguments. */
function readOrder(
  { sentence, vocabulary, moment }: Request,
  clause: Clause,
  topic: Topic,
  target: CommandWords | undefined,
): ReadArguments {
  const understood = smallWords(sentence, clause)
  const aside = sentence.clauses.filter((other) => other !== clause && other.mark !== '?')
  return readArguments({
    text: sentence.text,
    terms: sentence.allTerms,
    core: [clause],
    aside,
    understood,
    nouns: nounsOf(topic.command),
    args: target?.args ?? {},
    vocabulary,
    moment,
  })
}

/** The stretches of `span` that are neither time nor option nor person nor number: the words of asking themselves. */
function smallWords({ signs }: Sentence, span: Span): readonly Span[] {
  const small: Span[] = []
  for (const match of signs.slice(span.start, span.end).matchAll(/[^TACP#\d]+/g)) {
    small.push({ start: span.start + match.index, end: span.start + match.index + match[0].length })
  }
  return small
}

/** 年假3天: an option that only one command takes, and a time, are enough when there is nothing else. */
function byOptionAlone({ sentence, vocabulary, moment }: Request): Understanding | undefined {
  const { signs, span, text, choices } = sentence
  const said = signs.slice(span.start, span.end)
  const [choice] = choices
  if (choice === undefined || !isHan(text.folded.charAt(choice.start)) || !/[TA]/.test(said)) return undefined
  if (!/^(?:[TAC\s,.!~-]|从|起|开始|到|至|吧|共|谢谢){1,400}$/.test(said)) return undefined
  const takers = vocabulary.commands.filter(
    ({ topics, args }) =>
      (topics?.zh.length ?? 0) > 0 &&
      Object.values(args).some(({ arg }) => arg.kind === 'choice' && arg.of === choice.of),
  )
  const [command, other] = takers
  if (command === undefined || other !== undefined) return undefined
  return asCommand(
    command,
    readArguments({
      text,
      terms: sentence.allTerms,
      core: [span],
      nouns: nounsOf(command),
      args: command.args,
      vocabulary,
      moment,
    }),
  )
}
