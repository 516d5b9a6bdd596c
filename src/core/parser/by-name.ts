/** Commands called by name, with a slash or without, and the slips that come near one. */
import { readArguments } from './arguments.ts'
import { fold, isHan, type Span } from './fold.ts'
import { isManners } from './leftover.ts'
import { helpSubject, isCancel, isGeneralHelp, isHelp } from './manners.ts'
import { type CommandName, type NameMatch, nameAt, nearestNames } from './names.ts'
import { forCommand, type Sentence } from './sentence.ts'
import { nounsOf } from './topics.ts'
import type { CommandWords, Moment, Understanding, Vocabulary } from './understanding.ts'

/** One message, prepared, and what it is read against. */
export interface Request {
  readonly sentence: Sentence
  readonly vocabulary: Vocabulary
  readonly moment: Moment
  /** Of all commands, longest first. */
  readonly names: readonly CommandName[]
}

/** Words that lead to a command that only has a name: `show me the roster`, 帮我查一下排班. */
const LEADING =
  /^(?:帮我|给我|请|我想|我要|想|要|看一?下|看看|查一?下|查看|查询|查|看|打开|显示|一下|\s|(?:please|can you|could you|can i|i want to|i'd like to|i would like to|let me|show|open|see|check|view|get|me|the)(?![a-z]))/
/** What follows an argument and makes the whole a statement or a question about the thing: 请假3天的人, 请假3天要总经理批. */
const STATES =
  /^(?:是|被|算|要(?!去)|需要|会|已|没|不|了|过|的(?![TAC\s]|$)|以上|以内|太|很|真|扣|得(?!去)|时(?!间)|期间|之?前|之?后|[吗么])|^\s?(?:is|are|was|were|has|have|will|would|can|could|should|may|must|does|did|do|counts?|requires?|needs?|ago|policy|request|balance)(?![a-z])/
const QUESTIONS =
  /几(?!乎)|多少|怎么|如何|什么|(?<!不管)谁|哪|多久|(?<![a-z])(?:how|what|who|why|when|which)(?![a-z])|(?<!可以|[行好能成])[吗么]\s?[?]?$/
const PRONOUNS = /[他她你您]|说|如果|要是|谁|的人/

/** A message that begins with `/`: a command, or the nearest ones. `at` is the place of the slash. */
export function bySlash(request: Request, at: number): Understanding {
  const { sentence, vocabulary, names } = request
  const { folded, said } = sentence.text
  const start = at + 1 + (folded.charAt(at + 1) === ' ' ? 1 : 0)
  const body = folded.slice(start)
  const name = nameAt(folded, start, names)
  if (name === undefined || isHelp(body)) {
    const fixed = fixedPhrase(body, vocabulary, names)
    if (fixed !== undefined) return fixed
  }
  if (name === undefined) {
    const slip = firstWord(body)
    return { kind: 'unknown-command', said: said.slice(start, start + slip.length), nearest: nearest(body, names) }
  }
  const after = folded.slice(name.end)
  if (isHelp(after) || helpSubject(`x ${after.trim()}`)?.trim() === 'x') return { kind: 'help', about: name.command.id }
  const tail: Span = { start: name.end, end: folded.length }
  const longer = names.filter((one) => one.name.length > name.name.length && one.name.startsWith(name.name))
  const [slip] =
    /^\s\S+$/.test(after) && !/[TAC#\d]/.test(sentence.signs.slice(name.end)) ? nearestNames(body, longer) : []
  if (slip !== undefined) return { kind: 'unknown-command', said: said.slice(start), nearest: nearest(body, longer) }
  return carryOut(request, name.command, 'name', tail)
}

/** Cancel and help, when the message is nothing else. */
export function fixedPhrase(
  body: string,
  vocabulary: Vocabulary,
  names: readonly CommandName[],
): Understanding | undefined {
  if (isHelp(body)) return { kind: 'help' }
  if (isCancel(body)) return { kind: 'cancel' }
  const subject = helpSubject(body)
  const about = subject === undefined ? undefined : subjectOf(subject, vocabulary, names)
  if (about !== undefined) return { kind: 'help', about }
  return isGeneralHelp(body) && nameAt(body.trim(), 0, names) === undefined ? { kind: 'help' } : undefined
}

/** The command that a whole phrase names, by a name, a topic or a slip of a name. */
function subjectOf(subject: string, vocabulary: Vocabulary, names: readonly CommandName[]): string | undefined {
  const said = subject
    .trim()
    .replace(/^\//, '')
    .replace(/^(?:a|the|my|take|taking|request|requesting) (?=\S)/, '')
  if (said === '' || said.length > 40) return undefined
  const name = nameAt(said, 0, names)
  if (name !== undefined && name.end === said.length) return name.command.id
  const topic = vocabulary.commands.find(({ topics }) =>
    [...(topics?.zh ?? []), ...(topics?.en ?? [])].some((one) => fold(one) === said),
  )
  return topic?.id ?? (/^\S+$/.test(said) && said.length > 2 ? nearestNames(said, names)[0]?.command.id : undefined)
}

/** A message that begins with a name and goes on as a command would. */
export function byName(request: Request): Understanding | undefined {
  const { sentence, names } = request
  const direct = nameAt(sentence.text.folded, sentence.span.start, names)
  const call = direct === undefined ? undefined : asCall(request, direct)
  if (call !== undefined || (direct !== undefined && direct.name.length > 2)) return call
  const silent = names.filter(
    ({ command }) => (command.topics?.zh.length ?? 0) + (command.topics?.en.length ?? 0) === 0,
  )
  return afterLeading(request, silent)
}

/**
 * The call of a name that stands after words that lead to one. Looked for before each of them: 请 leads, and begins 请假记录.
 * A name that is itself such a word (`me` in `show me the roster`) only counts when what follows reads as its arguments.
 */
function afterLeading(request: Request, names: readonly CommandName[]): Understanding | undefined {
  const { text, span } = request.sentence
  let at = span.start
  for (;;) {
    const name = nameAt(text.folded, at, names)
    const lead = LEADING.exec(text.folded.slice(at, at + 40))
    const call = name === undefined ? undefined : asCall(request, name)
    if (call !== undefined || lead === null || (name !== undefined && name.end > at + lead[0].length)) return call
    at += lead[0].length
  }
}

function asCall(message: Request, name: NameMatch): Understanding | undefined {
  const request = { ...message, sentence: forCommand(message.sentence, name.command) }
  const { sentence } = request
  const { signs, text, span } = sentence
  const tail = signs.slice(name.end, span.end)
  if (/^[\s?]*\?[\s?]*$/.test(tail)) return { kind: 'help', about: name.command.id }
  const plain = isManners(tail) || /^[\s.!~,]*$/.test(tail)
  if (!plain && (!goesOn(name, tail) || !continues(name, tail))) return undefined
  const reading = carryOut(request, name.command, 'name', { start: name.end, end: span.end })
  // Without a place for a reason, words that nothing was made of show that it was no command: roster night was fun.
  if (
    reading.kind === 'command' &&
    reading.unclear.some(({ problem }) => problem?.startsWith('no-such-c') || problem === 'no-such-person')
  ) {
    return text.folded.slice(name.end, span.end).trim().split(/\s+/).length <= 2 ? reading : undefined
  }
  const unread = leftUnread(request, name.command, { start: name.end, end: span.end })
  return unread === '' || plain ? reading : undefined
}

/** `time off-road`, `leave's`: the word goes on. */
const goesOn = ({ name }: NameMatch, tail: string): boolean =>
  isHan(name.charAt(name.length - 1)) || /^[\s,:;.\d]/.test(tail)

/** True when what follows a name reads like its arguments, not like the rest of a sentence. */
function continues({ name, command }: NameMatch, tail: string): boolean {
  if (QUESTIONS.test(tail)) return false
  const args = Object.values(command.args).map(({ arg }) => arg.kind)
  const opened = tail.replace(
    /^(?:[\s,.:;!-]|从|自|在|到|至|共|个|[和跟与找]|时间|日期|天数|(?:about|with|from|for|on|starting|this is for|please|until|till|through)(?![a-z]))+/,
    '',
  )
  const first = /^[TAC]+/.exec(opened)
  const takes =
    first !== null ||
    (args.includes('person') && /^@?P/.test(opened)) ||
    (args.some((kind) => ['reference', 'number', 'period'].includes(kind)) &&
      /^(?:#\s?)?\d+(?=\s|$|[,.!])/.test(opened))
  if (takes) {
    const after = opened.replace(/^(?:[TAC#\d]|\s(?=[TAC])|[-,到至起]|(?: to | from | for | on | and )(?=[TAC]))+/, '')
    return !STATES.test(after)
  }
  const separated = /^[\s,.:;!-]/.test(tail)
  const elliptic = isHan(name.charAt(0))
    ? separated && args.includes('rest') && tail.length <= 40 && !PRONOUNS.test(tail) && !/\?/.test(tail)
    : /^\s?:/.test(tail) && args.includes('rest')
  return elliptic && !STATES.test(tail.trim())
}

/** What is left over when the command has no place for a reason. */
function leftUnread({ sentence, vocabulary, moment }: Request, command: CommandWords, core: Span): string {
  return readArguments({
    text: sentence.text,
    terms: sentence.allTerms,
    core: [core],
    nouns: nounsOf(command),
    args: command.args,
    vocabulary,
    moment,
  }).leftover
}

/** The command with what the words in `core` give its arguments. */
function carryOut(
  { sentence, vocabulary, moment }: Request,
  command: CommandWords,
  via: 'name' | 'sentence',
  core: Span,
): Understanding {
  const { values, unclear } = readArguments({
    text: sentence.text,
    terms: sentence.allTerms,
    core: [core],
    nouns: nounsOf(command),
    args: command.args,
    vocabulary,
    moment,
  })
  return { kind: 'command', command: command.id, via, values, unclear }
}

/** A short message without a slash that comes near a name: `laeve 3 days`. Chinese names must be long enough to bear a slip. */
export function nearMiss({ sentence, names }: Request): Understanding | undefined {
  const { text, span, signs } = sentence
  const body = text.folded.slice(span.start, span.end)
  const long = names.filter(({ name }) =>
    isHan(name.charAt(0)) ? name.replace(/ /g, '').length >= 3 : name.length >= 5,
  )
  const found = nearestNames(body, long)
  const [best] = found
  if (best === undefined || best.distance === 0) return undefined
  const slip = isHan(best.name.charAt(0))
    ? firstWord(body)
    : body.split(' ').slice(0, best.name.split(' ').length).join(' ')
  if (!/^[\s,.!]*(?:[TAC]|\s)*(?:please|pls|谢谢|吧)?[\s.!]*$/.test(signs.slice(span.start + slip.length, span.end)))
    return undefined
  return {
    kind: 'unknown-command',
    said: text.said.slice(span.start, span.start + slip.length),
    nearest: found.map(({ command, name }) => ({ command: command.id, name })),
  }
}

const nearest = (body: string, names: readonly CommandName[]) =>
  nearestNames(body, names).map(({ command, name }) => ({ command: command.id, name }))

/** The word that was meant as a name: Chinese characters up to a number or a space, or everything up to a space. At most 40 characters. */
function firstWord(body: string): string {
  const han = /^[\u3400-\u9fff]{1,40}?(?=\d|\s|[,.!?]|$|[半一二两三四五六七八九十]+[天个])/.exec(body)
  return han?.[0] ?? /^\S{0,40}/.exec(body)?.[0] ?? ''
}
