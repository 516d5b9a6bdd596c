/** What an English sentence does with a topic: asks for it, takes it back, tells of somebody else's. */
import { type Act, asks, type Clause, nothing, type Sentence, type Why } from './sentence.ts'
import type { Topic } from './topics.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Between the words of asking and the topic. `T`, `A`, `C` are the signs of a sentence. */
const FILL =
  words(`T A C to take taking took have having had get getting be use using book booking request requesting apply applying ask
  asking put in for a an the some my of off on day days please also just really kindly possibly maybe another more extra
  additional full whole entire paid unpaid half and or from until till through starting by out any all few couple bit little hours hour at -
  & + around about approximately long short emergency urgent personal submit file filing`)
/** The speaker's own will, said in words. */
const CUE = new RegExp(
  [
    "i(?:'d| would| should) (?:(?:really|also|still|just|kindly) )?(?:like|love|prefer|appreciate)",
    '(?<!what |all )i (?:(?:really|also|still|just|urgently|would|now) )?(?:want|need|wanna|request|require)(?! you| him| her| them| someone)',
    "i(?:'m| am) (?:(?:also|just) )?(?:requesting|asking|applying|taking|booking|planning|hoping|looking|going to|gonna|writing to (?:request|ask|apply))",
    "i(?:'ll| will)(?= (?:be |have to |need to )?(?:tak|need|us|request|requir))",
    "i (?:have|must|plan|intend|hope|got|need) to(?! leave)|i must|i gotta|i've got to|i(?: was|'m|'ve been| am) (?:hoping|planning)|i had planned",
    '(?:can|could|may|might|shall) i',
    '(?:wondering|ask|know|see|check|ok|okay|possible|fine|all ?right|mind|think) if i (?:can|could|may|might|take|took|have|had|get|got)',
    '(?:would|will|is) (?:it|that) (?:be )?(?:possible|ok|okay|fine|all ?right) (?:for me|to)',
    'any chance (?:i could|i can|of|for|to)',
    '(?:let|give|grant|allow|book) me(?: down)?|put me (?:down|in)|approve (?:my|me)',
    '(?:we)? ?doctor says i need(?= )',
  ]
    .map((cue) => `(?:${cue})`)
    .join('|')
    .replace(/^/, "(?<![a-z0-9'])(?:")
    .replace(/$/, ')(?![a-z])'),
  'g',
)
const ASKING =
  /^(?:can|could|may|might|shall|would|is|any|wondering|ask|know|see|check|ok|okay|possible|fine|all|mind|think)/
/** Words that, standing first without a subject, are the speaker's own: "need Friday off". */
const OWN_VERBS = words(
  'need want wanna requesting request taking booking book applying apply asking hoping needing wanting gonna',
)
/** Standing first they tell somebody else what to do, or what was. */
const OTHERS_VERBS = words('take have get use enjoy put had took')
const REPORTS =
  /(?<![a-z])(?:said|says|told|tells|asked|asks|heard|hear|thinks|thought|wrote|mentioned|suggested|suggests|claims|reckons|wants me|asked me|tell|saying)(?![a-z])/
const CONDITION = /(?<![a-z])(?:if|unless|suppose|supposing|in case|whenever|when i|once i|assuming|should i)(?![a-z])/
const QUESTION_FIRST =
  /^\s*(?:so |and |but |hey )?(?:what|when|who|why|where|which|whose|how|is|are|am|does|do|did|has|have|was|were|will|would|should|can|could|must|isn't|aren't|doesn't|don't)(?![a-z])/
const RULE_QUESTION =
  /(?<![a-z])(?:how (?:many|much|long|often|far)|per (?:month|year|week)|a (?:month|year) max|every (?:month|year|week)|each (?:month|year|week)|maximum|max|without (?:approval|a certificate|notice|telling)|during probation|in my first|at once|get paid|paid for)(?![a-z])/
const HOW =
  /(?<![a-z])(?:how (?:do|can|could|should|would|does|to)|where (?:do|can|should) i|what(?:'s| is) the (?:way|procedure|process|command) (?:to|for))(?![a-z])/
const OTHER =
  /(?<![a-z])(?:he|she|they|him|her|them|his|their|you|your|we|us|our|who|whose|everyone|everybody|someone|somebody|boss|manager|colleague|wife|husband|mother|father|mom|mum|dad|son|daughter|kids?|team|people|staff|p+)(?![a-z])|P/
const PAST =
  /(?<![a-z])(?:i|we) (?:took|had|was|were|went|got|used|applied|requested|asked|have (?:taken|had|used)|already)(?![a-z])|i've (?:taken|had|used|been|already)|(?<![a-z])(?:yesterday|last (?:week|month|year)|ago)(?![a-z])|^\s*(?:took|had)(?![a-z])/
/** What the topic is a part of, or what is said about it: then it is not asked for. */
const COMPOUND =
  /^(?:'s)? ?(?:polic|request(?!ed|s? (?:for|please|from|starting)|$)|forms?(?![a-z])|balance|list|left|allowance|rule|calendar|system|types?(?![a-z])|application|approval|early|behind|alone|me(?![a-z])|it(?![a-z])|him|her(?![a-z])|us(?![a-z])|that(?![a-z])|the(?![a-z])|work(?![a-z])|is(?![a-z])|are(?![a-z])|was|were|has|have|will|would|can(?![a-z])|should|may(?![a-z])|must|count|requires?|needs?(?![a-z])|approved|to (?:a|an|the) |so bad|desperately)/
/** After a topic that nothing but its time makes a request. */
const PLAIN_AFTER =
  /^\s*(?:[TAC]|$|please|pls|thanks|thank|thx|for(?![a-z])|because|due|as(?![a-z])|since|starting|from|until|till|through|on(?![a-z])|if(?![a-z])|to(?![a-z])|request|too|then|also|-)/
const LONGING =
  /so bad|desperately|badly|(?<![a-z])lol|haha|(?<![a-z])i wish|dream|could use|would love|'d love|really need a(?:n)? (?:vacation|holiday|break)/

const TAKE_BACK =
  /(?<![a-z])(?:cancel|withdraw|retract|revoke|scrap|drop|forget|never ?mind|call off|take back|undo|scratch|rescind)(?: about)?(?![a-z])/g
const OWNED = words(
  'my the that this T A C for of on request requested all up about whole - from to i asked planned earlier',
)
const ORDERING =
  words(`please i i'd i'll would like want need have to can could you we let me let's actually sorry and but so oh ok okay well
  just may wish decided must T no wait then kindly think i've changed mind on second thought thoughts`)
const CLOSING = words(
  'T A C please pls thanks request application for on from to now then after all instead day days thank you anymore any more -',
)
const NEGATION =
  /(?<![a-z])(?:(?:i )?(?:do not|don'?t|no longer|won'?t|will not|wouldn'?t|would not|didn'?t|did not|never|haven'?t|have not|can'?t|cannot|shouldn'?t)|i(?:'m| am) (?:not|no longer)|not)(?![a-z])/g
const WILL_NOT = /don'?t|do not|no longer|won'?t|will not|'m not|am not/
const NEGATED_VERBS = words('want need like going think require be planning wish i necessarily intend asked')

interface Read {
  readonly sentence: Sentence
  readonly clause: Clause
  readonly topic: Topic
  /** The clause before and after the topic, in signs. */
  readonly left: string
  readonly right: string
}

/** What the speaker does with `topic` in `clause`. */
export function judgeEnglish(sentence: Sentence, clause: Clause, topic: Topic): Act {
  const read: Read = {
    sentence,
    clause,
    topic,
    left: sentence.signs.slice(clause.start, topic.start),
    right: sentence.signs.slice(topic.end, clause.end),
  }
  return judgeHowTo(read) ?? judgeTakingBack(read) ?? judgeRequest(read) ?? nothing(whyNot(read))
}

/** Words with runs of one sign as that sign; marks between them drop out. */
const tokens = (text: string): readonly string[] =>
  (text.match(/[^\s,.;:!?()]+/g) ?? []).map((word) =>
    word.replace(/([TACPQ])\1+/g, '$1').replace(/^([TAC])(?:'s|'|-[TAC])?$/, '$1'),
  )

const consistsOf = (text: string, known: ReadonlySet<string>, more?: ReadonlySet<string>): boolean =>
  tokens(text).every((word) => known.has(word) || more?.has(word) === true)

function judgeHowTo({ left, right }: Read): Act | undefined {
  if (!HOW.test(left) || /how (?:many|much|long|often)/.test(left) || /^ ?(?:affect|count|accru|calculat)/.test(right))
    return undefined
  return left.search(TAKE_BACK) >= 0 ? { act: 'help-withdraw' } : { act: 'help' }
}

function judgeTakingBack({ sentence, clause, left, right }: Read): Act | undefined {
  for (const match of left.matchAll(TAKE_BACK)) {
    const own =
      consistsOf(left.slice(0, match.index), ORDERING) && consistsOf(left.slice(match.index + match[0].length), OWNED)
    if (own && consistsOf(right.replace(/#?\d+/g, ' '), CLOSING)) return { act: 'withdraw' }
  }
  for (const match of left.matchAll(NEGATION)) {
    if (!consistsOf(left.slice(match.index + match[0].length), FILL, NEGATED_VERBS)) continue
    const before = left.slice(0, match.index)
    if (QUESTION_FIRST.test(before)) return nothing('question')
    if (REPORTS.test(before)) return nothing('reported')
    const own = consistsOf(before, ORDERING)
    if (!own) return nothing(OTHER.test(before) ? 'about-another' : 'negated')
    const ended =
      /any ?more|any longer|no longer|after all|(?:^| )(?:now|then)\s*$/.test(left + right) ||
      /any ?more|after all/.test(restOf(sentence, clause))
    return WILL_NOT.test(match[0]) && ended ? { act: 'withdraw' } : nothing('negated')
  }
  return undefined
}

const restOf = ({ signs, span }: Sentence, clause: Clause): string => signs.slice(clause.end, span.end)

function judgeRequest(read: Read): Act | undefined {
  const { sentence, clause, left, right } = read
  const previous = sentence.clauses[sentence.clauses.indexOf(clause) - 1]
  const before = previous === undefined ? '' : sentence.signs.slice(previous.start, previous.end)
  if (/(?:said|says|told me|wrote|asked|asks|message)\s?:?\s*$/.test(before)) return nothing('reported')
  if (read.topic.inOtherName || COMPOUND.test(right)) return undefined
  if (LONGING.test(left + right + restOf(sentence, clause)) && !/T/.test(left + right)) return nothing('small-talk')
  const cue = findCue(left)
  if (cue === undefined) return isElliptic(read) ? { act: 'request', from: clause.start } : undefined
  const prefix = left.slice(0, cue.at)
  if (REPORTS.test(prefix)) return nothing('reported')
  if (CONDITION.test(prefix) || (CONDITION.test(before) && /^\s*(?:then )?$/.test(prefix)))
    return nothing('conditional')
  if (/^\s*(?:why|how|what|when|where|who)(?![a-z])/.test(prefix) || RULE_QUESTION.test(left + right))
    return nothing('question')
  const dated = /[TA]/.test(sentence.signs.slice(sentence.span.start, sentence.span.end))
  if (ASKING.test(cue.words) && !dated) return nothing('question')
  const polite = ASKING.test(cue.words) || /(?:can|could|would|will) you/.test(prefix) || isTag(sentence, clause, right)
  if (asks(sentence, clause) && !polite && QUESTION_FIRST.test(left)) return nothing('question')
  return { act: 'request', from: clause.start + (opens(prefix) ? 0 : cue.at) }
}

/** "…, is that OK?", "…, please?" turn a statement into a polite request. */
const isTag = (sentence: Sentence, clause: Clause, right: string): boolean =>
  /(?:ok|okay|possible|fine|all ?right|please)/.test(right + restOf(sentence, clause))

const opens = (prefix: string): boolean =>
  tokens(prefix).every((word) =>
    [
      'T',
      'hi',
      'hello',
      'hey',
      'please',
      'so',
      'and',
      'but',
      'also',
      'well',
      'ok',
      'okay',
      'can',
      'could',
      'would',
      'will',
      'you',
      'i',
      'think',
      'was',
      'just',
      'do',
      'from',
      'on',
      'for',
      'then',
      'actually',
      'starting',
      "i'm",
      'wanted',
      'to',
      'like',
      "i'd",
      'want',
      'it',
      'be',
      'is',
      'that',
      'mind',
      'wondering',
      'there',
      'any',
      'chance',
      'request',
      'kindly',
      'grant',
      'we',
      'all',
      'right',
    ].includes(word),
  )

/** The last words of asking in front of the topic with nothing but small words between. */
function findCue(left: string): { readonly at: number; readonly words: string } | undefined {
  const cues = [...left.matchAll(CUE)].filter((match) => consistsOf(left.slice(match.index + match[0].length), FILL))
  const first = cues[0]
  return first === undefined ? undefined : { at: first.index, words: first[0] }
}

/** "3 days off please", "need Friday off", "annual leave from Monday": no subject, and nothing but the request. */
function isElliptic({ sentence, clause, left, right }: Read): boolean {
  const said = tokens(left).filter(
    (word) => !['please', 'pls', 'kindly', 'hi', 'hello', 'hey', 'also', 'and', 'so'].includes(word),
  )
  const [first = ''] = said
  if (OTHERS_VERBS.has(first) || !said.every((word) => FILL.has(word) || OWN_VERBS.has(word))) return false
  if (OWN_VERBS.has(first)) return true
  if (!/[TAC]/.test(left) || !PLAIN_AFTER.test(right)) return false
  return !asks(sentence, clause) || !QUESTION_FIRST.test(left)
}

function whyNot({ sentence, clause, left, right }: Read): Why {
  const own = /^\s*(?:i|we|i've)(?![a-z])/.test(left)
  if (REPORTS.test(left) && !own) return 'reported'
  if (CONDITION.test(left)) return 'conditional'
  if (PAST.test(sentence.text.folded.slice(clause.start, clause.end))) return 'past'
  if (asks(sentence, clause) || QUESTION_FIRST.test(left)) return 'question'
  return OTHER.test(left) || (/^\s*[A-Za-z]+ /.test(sentence.text.said.slice(clause.start)) && OTHER.test(right))
    ? 'about-another'
    : 'small-talk'
}
