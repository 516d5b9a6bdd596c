/** What a Chinese sentence does with a topic: asks for it, takes it back, tells of somebody else's. */
import { consistsOf, coveredFrom, framed, headOfRun } from './phrases.ts'
import { type Act, asks, type Clause, nothing, type Sentence } from './sentence.ts'
import type { Topic } from './topics.ts'
import { ADVERBS, ALL_OF_IT, BEGGING, CLOSING, DOING, FILL, OPENING, ORDERING, OWNED, WISH } from './words-zh.ts'

const WILL = [...WISH, ...FILL]
/** 不得不 is a strong wish and no negation. */
const DOUBLE_NEGATION = /不得不|不能不|不得已/g
const SELF = /(?:我(?!们|[妈爸]|的)|本人|俺(?!们))(?:自己|这边|这里)?/g
const BEGS = /(?:帮|给|替|为|允许|[批核]准|准许|同意|批|准|让)我(?:批准?|放|准|安排)?/g

const REPORTS =
  /说|讲|问|告诉|通知|听|据|转告|提到|表示|反映|回复|觉得|认为|以为|建议|答应|同意|[批核]准|允许|让|叫|要求|催|劝|看到|知道|看见/
/** A clause that hands over to somebody's words: 他说，… */
const HANDS_OVER = /(?:说|讲|道|问|表示|回复|通知|转告|告诉我|消息)\s?:?\s?$/
const CONDITION = /如果|要是|假如|假设|倘若|若是|万一|除非|一旦|只要|每次|每当|当我/
const OTHER =
  /[他她它你您谁P]|有人|大家|别人|人家|同事|老板|经理|领导|主管|主任|组长|客户|老婆|老公|孩子|儿子|女儿|[爸妈]|爷爷|奶奶|朋友|公司|部门|员工|我们|们|所有人|全员|^\s*[小老阿][\u3400-\u9fff]|[\u3400-\u9fff](?:总|姐|哥|工|师傅|老师)\s?$/
const SURNAMED =
  /^\s*(?:[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向常汤])(?!烧|温|上|便|时|多|是|间|末|全|病|天|能|好|于|要|向)[\u3400-\u9fff]{1,2}\s?$/
/** How a reason ends that stands before the wish without a comma: 孩子发烧了我想…, 家里有事要…. */
const CAUSE_ENDS =
  /(?:[了病事故院婚痛疼烧服忙累伤孕适丧坏]|难受|感冒|咳嗽|检查|手术|考试|搬家|所以|因此|去世|生日|原因|缘故)\s*$/
const CAUSE_NOT = /[他她你您谁P]|说|问|听|如果|要是|告诉/

/** What the topic is a part of, or what is said about it: then it is not asked for. */
const COMPOUND =
  /^\s?(?:的(?!话|[,.!?\s]|$)|流程|制度|规定|规则|条例|条|单|系统|记录|人(?!$)|人$|时(?!间)|的?时候|期间|之?前|之?后|以后|理由|原因|功能|按钮|表(?!$)|天数|额度|余额|方式|政策|类型|原则|难|太|很|真|是(?!因|为|由)|被|需要|得(?!去)|多少|多久|扣|算|批|没|不|比|都|也|这|那|有(?!事|急|点)|成功|失败|通过|驳回|申请(?=[被已没在是怎能]|通过))/
const POLITE_END =
  /(?:可以|行|好|能|方便|成|能行|没问题|ok)\s?(?:吗|么|嘛|不|吧)?\s?$|行不行|好不好|可不可以|能不能|可否|能否/
const ASKS_LEAVE = /可以|可不可以|可否|能|是否/
const QUESTION_WORD = /几(?!乎)|多少|怎么|怎样|如何|什么|啥|哪|谁|为何|多久|是不是|有没有|要不要|还是.+\?/
const QUESTION_END = /(?:吗|么|呢|没|没有|不)\s?$/
const HOW = /怎么|如何|怎样|咋|在哪里?|哪里|去哪里?/g
const HOW_AFTER =
  /^\s?(?:命令|指令|功能|应该|该|要|需要|到底|的话|流程|手续|是|可以){0,3}(?:怎么|如何|怎样|咋)(?:用|使用|请|申请|提|提交|操作|弄|办理|走|写|发|休|填|做|请的?)?[呢呀啊的]?\s?$|^\s?(?:的)?(?:流程|步骤|方法|用法|格式)(?:是什么|是啥|是怎样的?|怎么走)?\s?$|^\s?(?:要|该|应该)?(?:去哪里?|在哪里?|找谁)(?:申请|提交|弄|办|请)?\s?$/
/** 同事问我怎么请假 reports a question, 想问一下怎么请假 asks it. */
const REPORTED_QUESTION = /(?:[他她谁P]|同事|老板|经理|领导|客户|有人).{0,6}[问说]/
/** What follows the time of a request and makes it a statement about such requests: 请假3天的人, 请假3天要总经理批. */
const AFTER_TIME =
  /^(?:的(?!话|$|[\s,.!?TAC])|以上|以内|扣|算|被|多少|需要|要(?!去|回|陪|带|照|办|处)|是(?!因|由|去)|会|没|有问题|批)/
const LONGING = /(?:好|真|超|太|多|特别|非常|天天|每天|总|老)想|想死|梦想/

const TAKE_BACK = /(?:取消|撤回|撤销|撤掉|撤|收回|作废|退掉|放弃|销掉)(?:一下|掉|了)?/g
const CHANGE = /(?:改|修改|变更|调整|更改)(?:一?下)?/g
const CHANGED = /^(?:申请|单)?(?:的?(?:时间|日期|天数|类型))?(?:吧|一下|\s){0,3}$/
/** 请假不用了. */
const NO_MORE = /^\s?(?:就|先)?不(?:用|要|需要|办)了(?:吧|谢谢|\s){0,2}$/
const NEGATION = /不|没有?|别|未|甭|勿/g
const TAIL_WISH = /想|要|申请|批|[给帮准]我|我也|用|休|必/

interface Read {
  readonly sentence: Sentence
  readonly clause: Clause
  readonly topic: Topic
  /** The clause before and after the topic, in signs. */
  readonly left: string
  readonly right: string
}

/** What the speaker does with `topic` in `clause`. */
export function judgeChinese(sentence: Sentence, clause: Clause, topic: Topic): Act {
  const read: Read = {
    sentence,
    clause,
    topic,
    left: withoutPartner(sentence.signs.slice(clause.start, topic.start), topic).replace(DOUBLE_NEGATION, '必要必'),
    right: sentence.signs.slice(topic.end, clause.end),
  }
  return (
    judgeHowTo(read) ?? judgeTakingBack(read) ?? judgeCircumstances(read) ?? judgeRequest(read) ?? nothing(whyNot(read))
  )
}

/** 我想和小李换班: of a command that takes a person, the one named beside the speaker is an argument and no other subject. */
function withoutPartner(left: string, { command }: Topic): string {
  const takesPerson = Object.values(command.args).some(({ arg }) => arg.kind === 'person')
  return takesPerson ? left.replace(/[和跟与同找]\s?@?P+/g, (partner) => ' '.repeat(partner.length)) : left
}

function judgeHowTo({ sentence, clause, left, right }: Read): Act | undefined {
  const how = framed(left, HOW, 'anything', DOING) !== undefined || HOW_AFTER.test(right)
  const next = sentence.clauses.find(({ start }) => start >= clause.end)
  const asked =
    next !== undefined &&
    /^\s?(?:应该|该|要|请问){0,3}(?:怎么|如何|怎样)(?:弄|操作|申请|提交|办|走|请|用)?\s?$/.test(
      sentence.signs.slice(next.start, next.end),
    )
  if ((!how && !asked) || CONDITION.test(left)) return undefined
  if (REPORTED_QUESTION.test(left)) return nothing('reported')
  return (left + right).search(TAKE_BACK) >= 0 ? { act: 'help-withdraw' } : { act: 'help' }
}

function judgeTakingBack({ left, right, topic }: Read): Act | undefined {
  if (CONDITION.test(left)) return undefined
  if (framed(left, TAKE_BACK, ORDERING, OWNED) !== undefined && consistsOf(right, CLOSING)) return { act: 'withdraw' }
  if (consistsOf(left, [...ORDERING, ...OWNED]) && framed(right, TAKE_BACK, ALL_OF_IT, CLOSING) !== undefined)
    return { act: 'withdraw' }
  if (topic.kind !== 'object' && NO_MORE.test(right) && consistsOf(left, [...ORDERING, ...OWNED]))
    return { act: 'withdraw' }
  if (topic.kind !== 'object' && framed(left, CHANGE, ORDERING, OWNED) !== undefined && CHANGED.test(right))
    return { act: 'amend' }
  if (topic.kind === 'object') return undefined
  // 能不能, 可不可以 ask and do not deny; the sign put for them is no word of denying.
  const negated = framed(left.replace(/(.)不\1/g, '必要必'), NEGATION, 'anything', [
    ...WISH,
    '再',
    '是',
    '用',
    '必',
    'T',
    'A',
    'C',
    ' ',
  ])
  if (negated === undefined) return undefined
  const before = left.slice(0, negated.index)
  if (QUESTION_WORD.test(before) || /为什么|为啥/.test(before)) return nothing('question')
  if (!consistsOf(before, [...OPENING, ...ADVERBS, '我', '本人']))
    return nothing(subjectWhy(before) === 'about-another' ? 'about-another' : 'negated')
  const given = /^\s?(?:[TAC]*\s?)(?:了|啦|咯)/.test(right) || /还是\s?$/.test(before)
  return negated[0] === '不' && given && !/[吗么]/.test(right) ? { act: 'withdraw' } : nothing('negated')
}

/** What makes of the whole clause no request of now: reported, conditional, about the thing in general. */
function judgeCircumstances(read: Read): Act | undefined {
  const { sentence, clause, left, right } = read
  const index = sentence.clauses.indexOf(clause)
  const previous = sentence.clauses[index - 1]
  const before = previous === undefined ? '' : sentence.signs.slice(previous.start, previous.end)
  if (HANDS_OVER.test(before)) return nothing('reported')
  if (CONDITION.test(left) || /^.{0,4}的话/.test(right) || CONDITION.test(before)) return nothing('conditional')
  if (/^\s?(?:完|回来|结束|归来)/.test(right)) return nothing('past')
  if (COMPOUND.test(right) || (/^\s?[TAC]/.test(right) && AFTER_TIME.test(right.replace(/^[TAC\s]+/, ''))))
    return nothing(
      QUESTION_WORD.test(left + right) || QUESTION_END.test(right) || asks(sentence, clause)
        ? 'question'
        : subjectWhy(left),
    )
  return undefined
}

function judgeRequest(read: Read): Act | undefined {
  const cue = read.topic.inOtherName ? undefined : findCue(read)
  if (cue === undefined) return undefined
  if ('why' in cue) return nothing(cue.why)
  const { left, right, topic, sentence, clause } = read
  const wish = left.slice(cue.at)
  const begs = begging(left)
  const wishes = begs || headOfRun(wish, WISH, FILL) >= 0
  if (topic.kind === 'object' && !TAIL_WISH.test(left)) return undefined
  const dated = /[TA]/.test(sentence.signs.slice(sentence.span.start)) || topic.measured
  if (LONGING.test(left) && !/T/.test(left + right)) return nothing('small-talk')
  if (isDone(read, cue.at, wishes)) return nothing('past')
  const unspecified =
    /几/.test(sentence.signs.slice(topic.start, topic.end)) &&
    wishes &&
    !asks(sentence, clause) &&
    !QUESTION_END.test(right)
  if (QUESTION_WORD.test(left + right) || (/几/.test(sentence.signs.slice(topic.start, topic.end)) && !unspecified))
    return nothing('question')
  const asking = asks(sentence, clause) || QUESTION_END.test(right) || (ASKS_LEAVE.test(wish) && !/希望/.test(wish))
  if (asking && !begs && !isPolite(read, wish)) return nothing('question')
  if (asking && !dated && !begs) return nothing('question')
  return { act: 'request', from: clause.start + cue.at }
}

function isPolite({ sentence, clause, right }: Read, wish: string): boolean {
  const later = sentence.signs.slice(clause.end, sentence.span.end).replace(/[?!.]+\s*$/, '')
  return ASKS_LEAVE.test(wish) || POLITE_END.test(right.replace(/[吗么嘛]\s?$/, '吗')) || POLITE_END.test(later)
}

/** 我请假了, 请了假, 我昨天请假: it has happened. 不来了 is about to. */
function isDone({ left, right, topic, sentence, clause }: Read, at: number, wishes: boolean): boolean {
  if (topic.done || /本来|原本|原来/.test(left)) return true
  if (wishes) {
    // 我昨天想请假 tells of yesterday; 我想请昨天的假 asks for it.
    const first = headOfRun(left, WISH, FILL)
    return (
      first >= 0 &&
      /昨|前天|上(?:[周个]|星期|礼拜)|yesterday/.test(sentence.text.folded.slice(clause.start, clause.start + first))
    )
  }
  if (/已经|刚刚?(?!好)|才|曾|之前|上次/.test(left.slice(at))) return true
  if (/昨|前天|上个?(?:周|星期|礼拜|月)/.test(sentence.text.folded.slice(clause.start, topic.start))) return true
  return /^\s?[TAC]*\s?(?:了|过)/.test(right) && !sentence.text.folded.startsWith('不', topic.start)
}

type Cue = { readonly at: number } | { readonly why: 'reported' | 'about-another' } | undefined

const begging = (left: string): boolean => framed(left, BEGS, BEGGING, WILL) !== undefined

/** Where the speaker's own words of asking begin in the clause, or why they are not the speaker's own. */
function findCue(read: Read): Cue {
  const { left, right, topic } = read
  if (begging(left)) return { at: 0 }
  const self = [...left.matchAll(SELF)].at(-1)
  if (self !== undefined) return selfCue(left, self, /[TAC]/.test(left) || topic.measured)
  const wish = headOfRun(left, WISH, FILL)
  if (wish >= 0) return prefixCue(left, wish)
  const timed =
    /[TAC]/.test(left) || /^(?:时间|日期|[\s,:])*[TAC]/.test(right) || (topic.kind !== 'whole' && topic.measured)
  if (!timed) return staysAway(read) ? { at: 0 } : undefined
  if (consistsOf(left, [...OPENING, ...FILL])) return { at: 0 }
  const at = coveredFrom(left, FILL)
  return isCause(left.slice(0, at)) ? { at } : undefined
}

/** 我明天有事，不来了: the subject and the day stand in the clause before. */
function staysAway({ sentence, clause, topic, left }: Read): boolean {
  const previous = sentence.clauses[sentence.clauses.indexOf(clause) - 1]
  if (previous === undefined || !sentence.text.folded.startsWith('不', topic.start) || left.trim() !== '') return false
  const said = sentence.signs.slice(previous.start, previous.end)
  return /^[\sT]*我(?!们)/.test(said) && /T/.test(said) && !REPORTS.test(said)
}

/** 我…想请假: what stands between may be time, small words, or the reason: 我身体不舒服了想请假. */
function selfCue(left: string, self: RegExpExecArray, timed: boolean): Cue {
  const before = left.slice(0, self.index)
  const after = left.slice(self.index + self[0].length)
  if (REPORTS.test(before)) return { why: 'reported' }
  if (/(?:不是|并非|没有?|除了|不像|轮到|该)\s?$/.test(before)) return undefined
  if (/[和跟与对向给帮替让叫令使求]\s?$/.test(before)) return { why: 'about-another' }
  if (consistsOf(after, [...ADVERBS, ...WILL])) return { at: consistsOf(before, OPENING) ? 0 : self.index }
  const wish = headOfRun(after, WISH, FILL)
  if (wish < 0)
    return timed && isCause(after.slice(0, coveredFrom(after, FILL))) && !REPORTS.test(after)
      ? { at: self.index + self[0].length + coveredFrom(after, FILL) }
      : undefined
  const cause = after.slice(0, wish)
  if (REPORTS.test(cause)) return { why: 'reported' }
  return isCause(cause) || /^(?:因|由于)/.test(cause) ? { at: self.index + self[0].length + wish } : undefined
}

function prefixCue(left: string, at: number): Cue {
  const before = left.slice(0, at)
  if (consistsOf(before, OPENING)) return { at: 0 }
  if (REPORTS.test(before)) return { why: 'reported' }
  return isCause(before) ? { at } : undefined
}

const isCause = (before: string): boolean =>
  CAUSE_ENDS.test(before) &&
  !CAUSE_NOT.test(before) &&
  !/^\s*(?:[小老阿][\u3400-\u9fff]|同事|老板|经理|领导)/.test(before)

function subjectWhy(left: string): 'about-another' | 'small-talk' {
  return OTHER.test(left) || SURNAMED.test(left) ? 'about-another' : 'small-talk'
}

function whyNot({ left, right, sentence, clause, topic }: Read) {
  if (REPORTS.test(left)) return 'reported'
  const subject = left.slice(0, coveredFrom(left, WILL))
  if (OTHER.test(left) || SURNAMED.test(subject)) return 'about-another'
  if (asks(sentence, clause) || QUESTION_END.test(right) || QUESTION_WORD.test(left + right)) return 'question'
  return topic.done ? 'past' : 'small-talk'
}
