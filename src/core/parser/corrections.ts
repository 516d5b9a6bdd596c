/** Second thoughts about something said before: 改成周四, 不是3天，是2天, `make it Thursday`, 不请了. */
import { type ReadArguments, readArguments } from './arguments.ts'
import type { Request } from './by-name.ts'
import type { Span } from './fold.ts'
import { consistsOf, framed } from './phrases.ts'
import type { Sentence } from './sentence.ts'
import { findTopics, isSplittable, nounsOf, type Topic } from './topics.ts'
import type { CommandWords, Moment, Vocabulary } from './understanding.ts'
import { ORDERING, OWNED } from './words-zh.ts'

/** A command of changing or taking back, and what it was given. */
export interface Afterthought extends Omit<ReadArguments, 'leftover'> {
  readonly command: CommandWords
}

const INTO_ZH =
  /(?:改|换|调整?|变更?|推迟|延迟|提前|延期|延长|延|顺延|挪|移|更改|修改)(?:一下)?(?:成|为|到|在|至|作)|(?:改|换)(?:一下)?[\s,:]?(?=[TAC])/g
const SUBJECT_ZH = [
  ...ORDERING,
  ...OWNED,
  ...'X 时间 日期 天数 类型 它 日子 开始 结束 吧 原来 之前 刚刚 刚才 说 错 了'.split(' '),
]
const INTO_EN =
  /^(?:(?:please|pls|can|could|would|you|i|i'd|i'll|want|like|need|have|to|we|let|let's|me|actually|sorry|no|oh|ok|okay|wait|hmm|and|but|so|then|just|rather),? ){0,8}(?:make (?:it|that)|(?:change|move|switch|reschedule|postpone|push|shift|update|set|extend|bring|delay|correct|amend|shorten)(?: (?:it|that|this|the|my|X+|[TAC]+|of|request|type|from|day|date|dates|start|end|days|off|for|back|forward|out|up)){0,8} (?:to|until|till|into)|(?:i meant?|i meant to say|it should(?: have)? be(?:en)?|should be|correction)(?: to say)?)(?: to| for)? ?:?(?= )/
/** 不是3天,是2天 · 周四吧,不是周三 · 说错了,是4天 · `not 3 days, 2 days` · `Thursday, not Wednesday` · `Thursday instead`. The group named `to` is what is meant. */
const INSTEAD: readonly RegExp[] = [
  /^(?:我说的)?不是[^,.!?]{1,40}?[TAC][^,.!?]{0,20}?[\s,]{0,2}(?:而是|应该是|应当是|而应该是|是)(?<to>[^?]+)$/d,
  /^(?:是|应该是)?(?<to>[^,?]*[TAC][^,?]*?)吧?[\s,]{1,2}(?:而)?不是[^,?]*[TAC][^,?]*$/d,
  /^(?:我)?(?:说错|写错|打错|搞错|弄错|更正|纠正|错|不对)(?:了|一下)?[\s,:]{0,2}(?:应该|应当)?是?(?:改成)?(?<to>[^,?]*[TAC][^?]*)$/d,
  /^(?:还是|那就|不是[\s,]{1,2}(?:是)?)(?<to>[TAC][^,?]*)$/d,
  /^[^?]{0,40}?不[^?]{0,3}X+了[\s,]{0,2}(?:改|换)(?:成|到|为|在)?(?<to>[TAC][^?]*)$/d,
  /^应该是(?<to>[^,?]*[TAC][^?]*)$/d,
  /^(?:no |sorry |actually )?,? ?not [^,?]*[TAC][^,?]*?(?:,| but|, but| rather) ?(?:it'?s |i meant |rather )?(?<to>[^?]*[TAC][^?]*)$/d,
  /^(?<to>[^,?]*[TAC][^,?]*?),? (?:and )?not [^,?]*[TAC][^,?]*$/d,
  /^(?:how about |let's do |let's say )?(?<to>[^,?]*[TAC][^,?]*?),? instead(?: of [^,?]*)?$/d,
  /^no,? (?<to>[TAC][^?]*)$/d,
  /^(?:no |sorry |oh )?,? ?actually,? (?<to>[TAC][^?]*)$/d,
]
/** A change of mind is said in few words; longer messages are not searched for one. */
const CHANGE_CHARS_MAX = 200
const TAKE_IT_BACK =
  /^(?:我|那|那就|还是|先|请|帮我|算了|麻烦|,|\s){0,6}(?:撤回|撤销|作废)(?:申请|它|这个|刚才的|刚才的申请)?(?:吧|一下|了|\s){0,3}$|^(?:please |can you |could you |i want to |i'd like to |let me )?(?:withdraw|retract|take back|revoke|undo) (?:it|that|this|the request|my request)(?: please)?$|^(?:please )?take (?:it|that) back$/

/** Reads a whole message as a second thought about a topic it names or about `moment.recent`; `undefined` when it is none. */
export function findAfterthought({ sentence, vocabulary, moment, names }: Request): Afterthought | undefined {
  const topics = findTopics(sentence, vocabulary, names)
  const recent = vocabulary.commands.find(({ id }) => id === moment.recent)
  return (
    findTakingBack(sentence, vocabulary, moment, recent) ?? findChange(sentence, vocabulary, moment, topics, recent)
  )
}

const byId = (vocabulary: Vocabulary, id: string | undefined): CommandWords | undefined =>
  vocabulary.commands.find((command) => command.id === id)

function findTakingBack(
  sentence: Sentence,
  vocabulary: Vocabulary,
  moment: Moment,
  recent: CommandWords | undefined,
): Afterthought | undefined {
  const said = bodyOf(sentence, [])
  for (const command of vocabulary.commands) {
    for (const topic of (command.topics?.zh ?? []).filter(isSplittable)) {
      const [verb, object] = [topic.charAt(0), topic.charAt(1)]
      // 假不请了 names its thing; 不请了 only makes sense right after it was spoken of.
      const dropped = new RegExp(
        `^(.{0,20}?${object})?(?:就|先|我|还是|那|算了|[\\s,]){0,3}不(?:用|想|要|再|打算|准备)?${verb}(?:了|啦)(?:吧|啊|哈|谢谢|\\s){0,3}$`,
      ).exec(said)
      const front = dropped?.[1]?.slice(0, -1)
      const target = byId(vocabulary, command.withdrawnBy)
      if (dropped === null || target === undefined || (front === undefined && command !== recent)) continue
      if (front !== undefined && !consistsOf(front, [...ORDERING, ...OWNED])) continue
      const { values, unclear } = read(sentence, withoutRest(target), vocabulary, moment, [sentence.span], command)
      return { command: target, values, unclear }
    }
  }
  const target = byId(vocabulary, recent?.withdrawnBy)
  return recent !== undefined && target !== undefined && TAKE_IT_BACK.test(said)
    ? { command: target, ...read(sentence, target, vocabulary, moment, [], recent) }
    : undefined
}

function findChange(
  sentence: Sentence,
  vocabulary: Vocabulary,
  moment: Moment,
  topics: readonly Topic[],
  recent: CommandWords | undefined,
): Afterthought | undefined {
  const said = bodyOf(sentence, topics)
  const change = said.length <= CHANGE_CHARS_MAX ? newValue(said) : undefined
  if (change === undefined) return undefined
  const named = topics.find(({ end }) => end <= sentence.span.start + change.start)?.command
  const about = named ?? recent
  const target = byId(vocabulary, about?.amendedBy)
  if (about === undefined || target === undefined) return undefined
  const value = { start: sentence.span.start + change.start, end: sentence.span.start + change.end }
  // Without its topic named, a message is only about it when nothing else is in it: 改成周四开会 is about a meeting.
  const result = read(sentence, withoutRest(target), vocabulary, moment, [value], about)
  const something =
    Object.keys(result.values).length > 0 ||
    result.unclear.some(({ why, problem }) => why !== 'missing' && !problem?.startsWith('no-such-c'))
  if (!something || result.leftover !== '') return undefined
  return { command: target, values: result.values, unclear: result.unclear }
}

const withoutRest = (command: CommandWords): CommandWords => ({
  ...command,
  args: Object.fromEntries(Object.entries(command.args).filter(([, { arg }]) => arg.kind !== 'rest')),
})

/** Where the new value stands in a message of changing. */
function newValue(said: string): Span | undefined {
  const into = framed(said, INTO_ZH, SUBJECT_ZH, 'anything') ?? INTO_EN.exec(said)
  if (into !== null) return { start: into.index + into[0].length, end: said.length }
  for (const pattern of INSTEAD) {
    const to = pattern.exec(said)?.indices?.groups?.['to']
    if (to !== undefined) return { start: to[0], end: to[1] }
  }
  return undefined
}

/** The message in signs, its topics as `X`, without the marks and thanks at its end. */
function bodyOf({ signs, span }: Sentence, topics: readonly Span[]): string {
  const units = signs.slice(span.start, span.end).split('')
  for (const topic of topics) {
    for (let at = topic.start; at < topic.end; at++) {
      // A time inside the topic (周三的假) stays a time: it may be what is changed.
      if (!/[TAC]/.test(units[at - span.start] ?? '')) units[at - span.start] = 'X'
    }
  }
  return units
    .join('')
    .replace(/(?:[\s.!?,~]|吧|哈|谢谢|可以吗|行吗|好吗|please|thanks|(?<=\s)(?:ok|pls|instead)){1,6}$/, '')
}

/** What `spans` say for the arguments of `target`. */
function read(
  { text, allTerms }: Sentence,
  target: CommandWords,
  vocabulary: Vocabulary,
  moment: Moment,
  core: readonly Span[],
  about: CommandWords,
): ReadArguments {
  return readArguments({ text, terms: allTerms, core, nouns: nounsOf(about), args: target.args, vocabulary, moment })
}
